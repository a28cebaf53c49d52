//! The integrator: gives waiting facts their place in the log. One wins, on however many nodes it runs: the size of the
//! log is swapped under comparison, and the entries, the new edge and the signed checkpoint are one transaction. What
//! is signed is what is stored; a signature over another tree of the same size can leave this process by no way.
use super::entry::{Place, entry};
use super::log::Log;
use super::merkle::{Closed, Edge, Hash, leaf};
use super::note::{Checkpoint, Verifier};
use super::store::{self, FactRow, LogState};
use ground::crypto::SigningKey;
use ground::ctx::Machine;
use ground::db::{DbError, DbResult};
use ground::{Ctx, Error, Result};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Facts of one transaction: it holds the database for some milliseconds.
const BATCH: i64 = 256;
/// What comes together is signed together.
const GATHER: Duration = Duration::from_millis(250);
const LOOK: Duration = Duration::from_secs(1);

/// A fact with its place, ready to be stored.
struct Placed {
    id: i64,
    index: i64,
    n: Option<i64>,
    entry: Vec<u8>,
}

/// Takes in what waits; returns how many facts that was.
pub async fn integrate(cx: &Ctx) -> Result<usize> {
    let mut all = 0;
    loop {
        match batch(cx).await? {
            0 => return Ok(all),
            n => all += n,
        }
    }
}

/// For the schedule: what the loop below should have done and has not.
pub async fn sweep(cx: Ctx) -> Result<()> {
    integrate(&cx).await.map(|_| ())
}

/// Integrates soon after each commit, until told to stop; then once more.
pub async fn keep(machine: Arc<Machine>, mut stop: tokio::sync::watch::Receiver<bool>) {
    let cx = Ctx::system(machine);
    let mut said = String::new();
    while !*stop.borrow() {
        tokio::select! {
            () = cx.machine.wake.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
        let trouble = integrate(&cx).await.err().map(|e| e.to_string()).unwrap_or_default();
        if trouble != said && !trouble.is_empty() {
            tracing::error!(error = trouble, "the public log cannot grow");
        }
        said = trouble;
    }
}

async fn batch(cx: &Ctx) -> Result<usize> {
    if store::waiting(cx.db(), 1).await?.is_empty() {
        return Ok(0);
    }
    let log = cx.machine.part::<Log>()?;
    // Read in this order: whatever somebody else does meanwhile, the swap below notices.
    let shown = log.shown()?;
    let state = current(cx, log).await?;
    let by = Verifier::read(&state.vkey).ok_or_else(|| Error::fault("the log's verifier key cannot be read"))?;
    let key = log.key_of(&by)?;
    log.set_back(&shown, &state, &by)?;
    let mut edge = sound_edge(&state, &by)?;
    let rows = store::waiting(cx.db(), BATCH).await?;
    let (placed, closed) = place(cx, &rows, &mut edge).await?;
    let size = edge.size().cast_signed();
    let tree = Checkpoint { origin: by.name, size, root: edge.root() };
    match commit(cx, &state, &tree, &edge, &key, &placed, &closed).await {
        Ok(checkpoint) => {
            if let Err(error) = log.show(&checkpoint) {
                tracing::warn!(%error, "the last checkpoint could not be remembered");
            }
            cx.machine.meters.set("log-size", size);
            Ok(placed.len())
        }
        // Somebody else was faster; what is left, if anything, comes next time.
        Err(DbError::Guard | DbError::Unique(_) | DbError::Busy) => Ok(0),
        Err(e) => Err(e.into()),
    }
}

async fn current(cx: &Ctx, log: &Log) -> Result<LogState> {
    if let Some(state) = store::state(cx.db()).await? {
        return Ok(state);
    }
    let by = log.first()?;
    let tx = cx.db().begin("ledger.first").await?;
    store::state_new(&tx, &by.text(), &Edge::default().bytes()).await?;
    tx.commit().await?;
    store::state(cx.db()).await?.ok_or_else(|| Error::fault("the log has no state"))
}

/// The edge, if it is the one that was signed: on a changed one nothing is built.
fn sound_edge(state: &LogState, by: &Verifier) -> Result<Edge> {
    let edge =
        Edge::read(state.size, &state.edge).ok_or_else(|| Error::fault("the log's edge does not fit its size"))?;
    if state.size == 0 {
        return Ok(edge);
    }
    let signed =
        Checkpoint::open(&state.checkpoint, by).map_err(|why| Error::fault(format!("the checkpoint {why}")))?;
    if signed.size != state.size || signed.root != edge.root() {
        return Err(Error::fault("the log's edge is not what the checkpoint was signed for"));
    }
    Ok(edge)
}

async fn place(cx: &Ctx, rows: &[FactRow], edge: &mut Edge) -> Result<(Vec<Placed>, Vec<Closed>)> {
    let mut last: HashMap<(bool, &str), Hash> = HashMap::new();
    let mut counts: HashMap<(bool, i64), i64> = HashMap::new();
    let (mut placed, mut closed) = (vec![], vec![]);
    for row in rows {
        let index = edge.size().cast_signed();
        let prev = match last.get(&(row.sealed, row.subject.as_str())) {
            Some(hash) => Some(*hash),
            None => store::before(cx.db(), &row.subject, row.sealed, index).await?,
        };
        let n = match row.scope {
            None => None,
            Some(scope) => {
                let known = counts.get(&(row.sealed, scope)).copied();
                let before = match known {
                    Some(n) => n,
                    None => store::last_n(cx.db(), scope, row.sealed).await?,
                };
                counts.insert((row.sealed, scope), before + 1);
                Some(before + 1)
            }
        };
        let entry = entry(row, &Place { n, prev })?;
        let hash = leaf(&entry);
        last.insert((row.sealed, row.subject.as_str()), hash);
        closed.extend(edge.push(hash));
        placed.push(Placed { id: row.id, index, n, entry });
    }
    Ok((placed, closed))
}

async fn commit(
    cx: &Ctx,
    state: &LogState,
    tree: &Checkpoint,
    edge: &Edge,
    key: &SigningKey,
    placed: &[Placed],
    closed: &[Closed],
) -> DbResult<String> {
    let tx = cx.db().begin("ledger.integrate").await?;
    // From here on this transaction holds the log; only now is anything signed.
    store::advance(&tx, state.size, tree.size, &edge.bytes()).await?;
    for p in placed {
        store::integrate(&tx, p.id, p.index, p.n, &p.entry).await?;
    }
    for tile in closed {
        store::tile_insert(&tx, tile).await?;
    }
    let checkpoint = tree.sign(key);
    store::signed(&tx, tree.size, &checkpoint).await?;
    tx.commit().await?;
    Ok(checkpoint)
}
