//! The queue's SQL. Claiming is one of the four places where the engines may differ.
use crate::db::{Db, DbResult, Engine, Row, Run, Tx};
use crate::{queries, record, sql};

const COLUMNS: &str = "id, kind, job_key, args, run_at, state, attempts, last_error, queued_at";

queries! {
    INSERT = "INSERT INTO jobs (id, kind, job_key, args, run_at, state, attempts, lease_until, owner, last_error, queued_at, urgent)
              VALUES ($1, $2, $3, $4, $5, 'queued', 0, 0, '', '', $6, $7) ON CONFLICT (kind, job_key) DO NOTHING";
    DONE = "DELETE FROM jobs WHERE id = $1 AND owner = $2";
    AGAIN = "UPDATE jobs SET state = 'queued', run_at = $3, last_error = $4, lease_until = 0, owner = '' WHERE id = $1 AND owner = $2";
    FAILED = "UPDATE jobs SET state = 'failed', last_error = $3, lease_until = 0, owner = '' WHERE id = $1 AND owner = $2";
    RETRY = "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $2 WHERE id = $1 AND state = 'failed'";
    LIST_FAILED = "SELECT id, kind, job_key, args, run_at, state, attempts, last_error, queued_at FROM jobs WHERE state = 'failed' ORDER BY id DESC LIMIT 100";
    COUNT_STATE = "SELECT count(*) AS n FROM jobs WHERE state = $1";
    OLDEST_DUE = "SELECT min(run_at) AS at FROM jobs WHERE state = 'queued' AND run_at <= $1";
    SWEEP_NEW = "INSERT INTO sweeps (name, started_at, done_at, lease_until, last_error) VALUES ($1, 0, 0, 0, '') ON CONFLICT (name) DO NOTHING";
    SWEEP_CLAIM = "UPDATE sweeps SET started_at = $2, lease_until = $3 WHERE name = $1 AND started_at <= $4 AND lease_until < $2";
    SWEEP_DONE = "UPDATE sweeps SET done_at = $2, lease_until = 0, last_error = $3 WHERE name = $1";
    SWEEPS_BACK = "UPDATE sweeps SET started_at = 0, lease_until = CASE WHEN lease_until > $2 THEN $2 ELSE lease_until END WHERE started_at > $1";
    LEASES_BACK = "UPDATE jobs SET lease_until = $1 WHERE state = 'running' AND lease_until > $1";
    QUEUED_BACK = "UPDATE jobs SET run_at = run_at - queued_at + $1, queued_at = $1 WHERE state = 'queued' AND queued_at > $1 AND run_at > $1";
    AGAIN_BACK = "UPDATE jobs SET run_at = $1 WHERE state = 'queued' AND attempts > 0 AND run_at > $2";
    SWEEP_LIST = "SELECT name, started_at, done_at, last_error FROM sweeps ORDER BY name";
}

record! {
    pub struct JobRow { id: i64, kind: String, job_key: String, args: String, run_at: i64, state: String, attempts: i64, last_error: String, queued_at: i64 }
}
record! {
    pub struct SweepRow { name: String, started_at: i64, done_at: i64, last_error: String }
}

/// A job to be queued.
pub struct New<'a> {
    pub id: i64,
    pub kind: &'a str,
    pub key: &'a str,
    pub args: &'a str,
    pub at: i64,
    pub urgent: bool,
}

pub async fn insert(tx: &Tx, j: &New<'_>, now: i64) -> DbResult<()> {
    tx.exec(sql!(INSERT, j.id, j.kind, j.key, j.args, j.at, now, j.urgent)).await.map(|_| ())
}

/// Who claims, and until when it is theirs.
pub struct Claim<'a> {
    pub owner: &'a str,
    pub now: i64,
    pub lease_until: i64,
}

/// The first `n` of those that `which` means, as a table of ids. Each is read in an index from its beginning; one question for
/// both kinds of due jobs would read and sort everything that is due, at every claim.
fn first(engine: Engine, urgent: bool, which: &str) -> String {
    let only = if urgent { "urgent AND " } else { "" };
    let skip = if engine == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    format!(
        "SELECT id, run_at FROM (SELECT id, run_at FROM jobs WHERE {only}{which} ORDER BY run_at, id LIMIT $4 {skip}) q"
    )
}

/// How a claim is asked: due jobs that wait, and those whose lease ran out, which was their owner's death.
pub(super) fn claiming(engine: Engine, urgent: bool) -> String {
    let waiting = first(engine, urgent, "state = 'queued' AND run_at <= $2");
    let left = first(engine, urgent, "state = 'running' AND lease_until < $2");
    format!(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $3, owner = $1 WHERE id IN (
           SELECT id FROM ({waiting} UNION ALL {left}) due ORDER BY run_at, id LIMIT $4) RETURNING {COLUMNS}"
    )
}

/// Up to `n` due jobs become this owner's, only urgent ones or any, the longest due first.
pub async fn claim(tx: &Tx, engine: Engine, c: &Claim<'_>, n: i64, urgent: bool) -> DbResult<Vec<JobRow>> {
    let text = claiming(engine, urgent);
    let values = vec![c.owner.into(), c.now.into(), c.lease_until.into(), n.into()];
    // No engine promises to return the rows in the order in which they were chosen.
    let mut claimed = rows(tx.rows(crate::db::Sql::new(text, values)).await?)?;
    claimed.sort_by_key(|j| (j.run_at, j.id));
    Ok(claimed)
}

fn rows(rows: Vec<Row>) -> DbResult<Vec<JobRow>> {
    rows.iter().map(JobRow::from_row).collect()
}

pub async fn done(tx: &Tx, id: i64, owner: &str) -> DbResult<u64> {
    tx.exec(sql!(DONE, id, owner)).await
}
pub async fn again(tx: &Tx, id: i64, owner: &str, at: i64, error: &str) -> DbResult<u64> {
    tx.exec(sql!(AGAIN, id, owner, at, error)).await
}
pub async fn give_up(tx: &Tx, id: i64, owner: &str, error: &str) -> DbResult<u64> {
    tx.exec(sql!(FAILED, id, owner, error)).await
}
/// The jobs given up, newest first.
pub async fn failed(db: &Db) -> DbResult<Vec<JobRow>> {
    rows(db.rows(sql!(LIST_FAILED)).await?)
}
pub async fn count(db: &Db, state: &str) -> DbResult<i64> {
    db.one(sql!(COUNT_STATE, state)).await?.get("n")
}
pub async fn count_failed(db: &Db) -> DbResult<i64> {
    count(db, "failed").await
}
/// Puts a job that was given up back into the queue.
pub async fn retry(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(RETRY, id, at)).await
}
pub async fn oldest_due(db: &Db, now: i64) -> DbResult<Option<i64>> {
    db.one(sql!(OLDEST_DUE, now)).await?.get("at")
}
pub async fn sweep_new(tx: &Tx, name: &str) -> DbResult<()> {
    tx.exec(sql!(SWEEP_NEW, name)).await.map(|_| ())
}
pub async fn sweep_claim(tx: &Tx, name: &str, now: i64, lease: i64, due_if_before: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(SWEEP_CLAIM, name, now, lease, due_if_before)).await? == 1)
}
pub async fn sweep_done(tx: &Tx, name: &str, now: i64, error: &str) -> DbResult<()> {
    tx.exec(sql!(SWEEP_DONE, name, now, error)).await.map(|_| ())
}
pub async fn sweeps(db: &Db) -> DbResult<Vec<SweepRow>> {
    db.rows(sql!(SWEEP_LIST)).await?.iter().map(SweepRow::from_row).collect()
}

/// Moments that were written under a clock that has been set back since, as far as the queue can tell them.
pub struct Back {
    pub now: i64,
    /// No job is another's for longer.
    pub lease_until: i64,
    /// No sweep is.
    pub sweep_until: i64,
    /// No job that failed waits longer.
    pub again_until: i64,
}

pub async fn set_back(tx: &Tx, b: &Back) -> DbResult<()> {
    tx.exec(sql!(SWEEPS_BACK, b.now, b.sweep_until)).await?;
    tx.exec(sql!(LEASES_BACK, b.lease_until)).await?;
    tx.exec(sql!(QUEUED_BACK, b.now)).await?;
    tx.exec(sql!(AGAIN_BACK, b.now, b.again_until)).await.map(|_| ())
}
