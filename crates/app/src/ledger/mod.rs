//! The ledger: what happened, in order, in one table — and the outbox, for whatever follows is queued with it.
//! Behind it one integrator takes facts into the transparency log, whose tiles anybody may read and check.
mod record;
mod store;

pub use record::{History, Record, load};
pub use store::{FactRow, Wanted};

use ground::db::Run;
use ground::slice::Slice;
use ground::{Result, migrations};

pub fn slice() -> Slice {
    Slice::new("ledger")
        .migrations(migrations!("ledger" => "0001_facts.sql", "0002_kinds_of_scope.sql"))
        .queries(store::ALL)
}

/// Facts as a reader of the ledger wants them, newest first.
pub async fn facts(c: &impl Run, wanted: &Wanted) -> Result<Vec<FactRow>> {
    Ok(store::page(c, wanted).await?)
}

/// All of one subject, oldest first: its story.
pub async fn story(c: &impl Run, subject: &str) -> Result<Vec<FactRow>> {
    Ok(store::of_subject(c, subject).await?)
}
