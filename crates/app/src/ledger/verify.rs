//! The check of the whole log against the ledger, from the first fact to the signature; a page at a time, whatever the
//! size. Each entry is made again from its fact, each hash from its entry, the root from the hashes.
use super::entry::{Place, entry};
use super::log::Log;
use super::merkle::{Edge, Hash, leaf};
use super::note::{Checkpoint, Verifier};
use super::store::{self, FactRow, LogState};
use ground::slice::Finding;
use ground::{Ctx, Result};
use std::collections::HashMap;

const PAGE: i64 = 500;
/// More of the same helps nobody.
const MOST: usize = 200;

#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn say(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Finding { place: place.into(), what: what.into() });
        }
    }
}

pub async fn verify(cx: Ctx) -> Result<Vec<Finding>> {
    let mut found = Found::default();
    let log = cx.machine.part::<Log>()?;
    let shown = log.shown()?;
    match store::state(cx.db()).await? {
        None => unbegun(&cx, &shown, &mut found).await?,
        Some(state) => match Verifier::read(&state.vkey) {
            None => found.say("log", "its verifier key cannot be read"),
            Some(by) => {
                if log.held()?.is_some() && log.key_of(&by).is_err() {
                    found.say("log", "the key of this folder is not the key of the log");
                }
                whole(&cx, &state, &by, &shown, &mut found).await?;
            }
        },
    }
    Ok(found.0)
}

/// There is no log: then nothing may claim to be in it.
async fn unbegun(cx: &Ctx, shown: &str, found: &mut Found) -> Result<()> {
    let strays = store::count_stray(cx.db(), 0).await?;
    let rest = store::count_tiles(cx.db()).await? + store::count_states(cx.db()).await?;
    if strays > 0 || rest > 0 || !shown.is_empty() {
        found.say("log", "its state is missing");
    }
    Ok(())
}

/// What is known while the leaves go by.
struct Walk {
    edge: Edge,
    counts: HashMap<(bool, i64), i64>,
    /// Roots at the sizes that were signed.
    roots: HashMap<i64, Hash>,
    tiles: i64,
}

async fn whole(cx: &Ctx, state: &LogState, by: &Verifier, shown: &str, found: &mut Found) -> Result<()> {
    let shown = match Checkpoint::open(shown, by) {
        _ if shown.is_empty() => None,
        Ok(checkpoint) => Some(checkpoint),
        Err(why) => {
            found.say("the checkpoint shown last", why);
            None
        }
    };
    let mut walk = Walk { edge: Edge::default(), counts: HashMap::new(), roots: HashMap::new(), tiles: 0 };
    let marks: Vec<i64> = shown.iter().map(|c| c.size).collect();
    // A wrong size must not send us on an endless walk.
    let count = store::count_integrated(cx.db()).await?;
    let size = state.size.min(count + 10 * PAGE);
    let mut from = 0;
    while from < size {
        let to = size.min(from + PAGE);
        let rows = store::integrated(cx.db(), from, to).await?;
        page(cx, &rows, to, &mut walk, &marks, found).await?;
        from = to;
    }
    ends(cx, state, by, &walk, found).await?;
    if let Some(shown) = shown {
        let size = walk.edge.size().cast_signed();
        let known = if shown.size == size { Some(walk.edge.root()) } else { walk.roots.get(&shown.size).copied() };
        if known != Some(shown.root) {
            found.say("the checkpoint shown last", format!("is of {} entries that are not these", shown.size));
        }
    }
    Ok(())
}

async fn page(cx: &Ctx, rows: &[FactRow], to: i64, walk: &mut Walk, marks: &[i64], found: &mut Found) -> Result<()> {
    let mut last: HashMap<(bool, &str), Hash> = HashMap::new();
    for row in rows {
        let index = row.leaf_index.unwrap_or_default();
        gap(cx, index, walk, found).await?;
        if marks.contains(&index) {
            walk.roots.insert(index, walk.edge.root());
        }
        let place = format!("fact {}", row.id);
        let prev = match last.get(&(row.sealed, row.subject.as_str())) {
            Some(hash) => Some(*hash),
            None => store::before(cx.db(), &row.subject, row.sealed, index).await?,
        };
        let due = row.scope.map(|scope| {
            let n = walk.counts.entry((row.sealed, scope)).or_default();
            let due = *n + 1;
            // One gap is one finding: the count goes on from what stands there.
            *n = row.n.unwrap_or(due);
            due
        });
        if row.n != due {
            found.say(&place, "breaks the count of its agency");
        }
        let stored = row.entry.clone().unwrap_or_default();
        if !entry(row, &Place { n: row.n, prev }).is_ok_and(|made| made == stored) {
            found.say(&place, "is not what its entry in the log says");
        }
        let hash = leaf(&stored);
        last.insert((row.sealed, row.subject.as_str()), hash);
        grow(cx, hash, walk, found).await?;
    }
    gap(cx, to, walk, found).await
}

/// Says what is missing before an index, and goes on behind it.
async fn gap(cx: &Ctx, index: i64, walk: &mut Walk, found: &mut Found) -> Result<()> {
    let due = walk.edge.size().cast_signed();
    if due < index {
        found.say("log", format!("entries {due} to {} are missing", index - 1));
    }
    for _ in due..index {
        grow(cx, [0; 32], walk, found).await?;
    }
    Ok(())
}

async fn grow(cx: &Ctx, hash: Hash, walk: &mut Walk, found: &mut Found) -> Result<()> {
    for (level, number, root) in walk.edge.push(hash) {
        walk.tiles += 1;
        let kept = store::tile_roots(cx.db(), level, number, number + 1).await?;
        if kept != [root.to_vec()] {
            found.say(format!("tile {level}/{number}"), "is not the tile of these entries");
        }
    }
    Ok(())
}

/// What the state says of all of it.
async fn ends(cx: &Ctx, state: &LogState, by: &Verifier, walk: &Walk, found: &mut Found) -> Result<()> {
    let root = walk.edge.root();
    if state.size != walk.edge.size().cast_signed() {
        found.say("log", format!("says it has {} entries", state.size));
    }
    if state.edge != walk.edge.bytes() {
        found.say("log", "its edge is not that of its entries");
    }
    if state.size > 0 || !state.checkpoint.is_empty() {
        match Checkpoint::open(&state.checkpoint, by) {
            Err(why) => found.say("checkpoint", why),
            Ok(c) if c.size != state.size => {
                found.say("checkpoint", format!("is of {} entries, not {}", c.size, state.size))
            }
            Ok(c) if c.root != root => found.say("checkpoint", "is not of these entries"),
            Ok(_) => {}
        }
    }
    // While we looked, the log may have grown.
    let now = store::state(cx.db()).await?;
    let grown = now.is_some_and(|now| now.size != state.size);
    if !grown {
        if store::count_tiles(cx.db()).await? != walk.tiles {
            found.say("log", "there are tiles that no entries fill");
        }
        if store::count_states(cx.db()).await? != 1 {
            found.say("log", "has more than one state");
        }
        let strays = store::count_stray(cx.db(), state.size).await?;
        if strays > 0 {
            found.say("ledger", format!("{strays} facts claim a place the log does not have"));
        }
    }
    Ok(())
}
