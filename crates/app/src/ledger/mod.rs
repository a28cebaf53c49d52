//! The ledger: what happened, in order, in one table — and the outbox, for whatever follows is queued with it.
//!
//! Behind it one integrator takes facts into the transparency log, within a second of their commit: canonical entries
//! (`entry.rs`) in a Merkle tree (`merkle.rs`) under a signed checkpoint (`note.rs`), served as tiles that anybody may
//! read and check (`tiles.rs`). What people write and who they are goes in as commitments.
mod entry;
mod integrate;
mod log;
mod merkle;
mod note;
mod pages;
mod record;
mod store;
#[cfg(test)]
mod tests;
mod tiles;
mod verify;

pub use integrate::{integrate, keep};
pub use log::Log;
pub use note::b64;
pub use record::{History, Record, load};
pub use store::{FactRow, Wanted, find};
pub use tiles::Proven;

use entry::Place;
use ground::clock::MINUTE;
use ground::db::Run;
use ground::slice::{Control, Criterion, Needs, Slice, get};
use ground::{Ctx, Error, Result, migrations, words};

const CONTROLS: &[Control] = &[Control {
    id: "ledger-log",
    obligations: &["P6.2-CM10"],
    shown_by: "every act is a fact in an append-only log under a signed checkpoint that anybody may check",
    page: "/log",
    criterion: Criterion::Built,
}];

pub fn slice() -> Slice {
    Slice::new("ledger")
        .migrations(migrations!("ledger" => "0001_facts.sql", "0002_log.sql", "0003_kinds_of_scope.sql"))
        .file(get("/log/checkpoint", tiles::checkpoint))
        .file(get("/log/vkey", tiles::vkey))
        .file(get("/log/tile/{*tile}", tiles::tile))
        .file(get("/log/entry/{index}", tiles::entry_file))
        .file(get("/log/proof/{index}", tiles::proof_file))
        .page(get("/log", pages::log), Needs::Nothing)
        .sweep("ledger.integrate", MINUTE, integrate::sweep)
        .controls(CONTROLS)
        .queries(store::ALL)
        .words(words!("ledger"))
        .verify(verify::verify)
}

/// Facts as a reader of the ledger wants them, newest first.
pub async fn facts(c: &impl Run, wanted: &Wanted) -> Result<Vec<FactRow>> {
    Ok(store::page(c, wanted).await?)
}

/// Facts after an id, oldest first, for those who walk over all of them.
pub async fn since(c: &impl Run, after: i64, most: i64) -> Result<Vec<FactRow>> {
    Ok(store::since(c, after, most).await?)
}

/// How far the log is: its entries, and the facts that wait for it.
pub async fn extent(c: &impl Run) -> Result<(i64, i64)> {
    let size = store::state(c).await?.map_or(0, |s| s.size);
    Ok((size, store::count_waiting(c).await?))
}

/// A note of this text, signed with the key of the log as its checkpoints are; `None` where the key is on another node.
pub async fn signed(cx: &Ctx, text: &str) -> Result<Option<String>> {
    let log = cx.machine.part::<Log>()?;
    let by = match store::state(cx.db()).await? {
        Some(state) => note::Verifier::read(&state.vkey).ok_or_else(|| Error::fault("the log's key cannot be read"))?,
        None => log.first()?,
    };
    log.sign(&by, text)
}

/// A fact's entry with its proof and what opens its commitments; `None` while it waits for the log.
pub async fn proof(c: &impl Run, fact: &FactRow) -> Result<Option<(Proven, Vec<Opening>)>> {
    let Some(index) = fact.leaf_index else { return Ok(None) };
    let Some(proven) = tiles::proven(c, index).await? else { return Ok(None) };
    let prev = store::before(c, &fact.subject, fact.sealed, index).await?;
    Ok(Some((proven, entry::openings(fact, &Place { n: fact.n, prev })?)))
}

pub use entry::Opening;
