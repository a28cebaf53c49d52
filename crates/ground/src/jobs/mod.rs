//! Work for later, in the database: queued in the caller's transaction, claimed by one worker, tried again with
//! growing pauses, kept when it failed for good. Beside jobs ("this item") there are sweeps ("what should have
//! happened and has not?"), which take no input and run every so often on one node at a time.
mod run;
mod store;
#[cfg(test)]
mod tests;
mod turned;

pub use run::{Health, drain, health, run_due, sweep_due, work};
pub use store::{ALL as QUERIES, JobRow, count_failed, failed, retry};
pub use turned::Shown;

use crate::db::{DbResult, MigrationSet, Tx};
use crate::{Ctx, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

pub type Done = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// One kind of work. `run` must be idempotent: it may be repeated after a crash.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `publishing.send`
    const KIND: &'static str;
    const MAX_ATTEMPTS: i64 = 10;
    /// Two jobs of one kind with one key are one job.
    fn key(&self) -> String;
    fn run(self, cx: Ctx) -> impl Future<Output = Result<()>> + Send;
}

#[derive(Clone)]
pub struct JobKind {
    pub kind: &'static str,
    pub max_attempts: i64,
    pub run: Arc<dyn Fn(Ctx, String) -> Done + Send + Sync>,
}

impl JobKind {
    pub fn of<J: Job>() -> JobKind {
        let run = |cx: Ctx, args: String| -> Done {
            Box::pin(async move {
                let job: J = serde_json::from_str(&args).map_err(crate::Error::fault)?;
                job.run(cx).await
            })
        };
        JobKind { kind: J::KIND, max_attempts: J::MAX_ATTEMPTS, run: Arc::new(run) }
    }
}

/// Runs every so many microseconds, on one node.
#[derive(Clone)]
pub struct Sweep {
    pub name: &'static str,
    pub every: i64,
    pub run: Arc<dyn Fn(Ctx) -> Done + Send + Sync>,
}

/// Everything a worker knows how to do.
#[derive(Clone, Default)]
pub struct Registry {
    pub jobs: BTreeMap<&'static str, JobKind>,
    pub sweeps: Vec<Sweep>,
}

/// Queues a job in the caller's transaction, to run at `at` (now when it lies in the past).
pub async fn queue<J: Job>(cx: &Ctx, tx: &Tx, job: &J, at: i64) -> Result<()> {
    let args = serde_json::to_string(job).map_err(crate::Error::fault)?;
    let (kind, key, args) = (J::KIND, &*job.key(), &*args);
    Ok(queue_raw(cx, tx, &Raw { kind, key, args, at, urgent: false }).await?)
}

/// The same for what goes before everything else that is due. A place at each node with more than one is kept free for it.
pub async fn queue_urgent<J: Job>(cx: &Ctx, tx: &Tx, job: &J, at: i64) -> Result<()> {
    let args = serde_json::to_string(job).map_err(crate::Error::fault)?;
    let (kind, key, args) = (J::KIND, &*job.key(), &*args);
    Ok(queue_raw(cx, tx, &Raw { kind, key, args, at, urgent: true }).await?)
}

/// A job by the name of its kind.
#[derive(Clone, Copy)]
pub struct Raw<'a> {
    pub kind: &'a str,
    pub key: &'a str,
    pub args: &'a str,
    pub at: i64,
    pub urgent: bool,
}

/// The same by name: for reactions, whose kind is known only at assembly.
pub async fn queue_raw(cx: &Ctx, tx: &Tx, job: &Raw<'_>) -> DbResult<()> {
    let Raw { kind, key, args, at, urgent } = *job;
    store::insert(tx, &store::New { id: cx.id(), kind, key, args, at, urgent }, cx.now()).await
}

pub fn migrations() -> MigrationSet {
    crate::migrations!("ground-jobs" => "0001_jobs.sql", "0002_urgent.sql", "0003_urgent_by_state.sql")
}
