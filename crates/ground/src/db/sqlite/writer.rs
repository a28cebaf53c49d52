//! The one writer. Each transaction is a SAVEPOINT inside a shared `BEGIN IMMEDIATE`. When one commits and others wait,
//! the writer goes on to the next before the shared COMMIT; every caller is answered only after that COMMIT is on the
//! disk. One that fails rolls back to its savepoint alone; if the COMMIT itself fails, all are told.
//!
//! The writer's thread begins and ends transactions and watches the time; between the two the connection is lent, and
//! statements run where they are asked. A dozen of them cost two ways between threads, not a dozen.
use super::{Limits, exec, gone, map, rows};
use crate::db::{DbError, DbResult, Row, Sql};
use rusqlite::{Connection, ErrorCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;

type Reply<T> = oneshot::Sender<DbResult<T>>;

pub(super) enum Job {
    Begin { name: &'static str, begun: Reply<SqliteTx> },
    Close,
}

/// The writing connection, and whose turn it is.
struct Desk {
    c: Mutex<Connection>,
    turn: AtomicU64,
}

impl Desk {
    fn c(&self) -> MutexGuard<'_, Connection> {
        self.c.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction that has its turn. Dropped without `commit`, it is rolled back.
pub struct SqliteTx {
    desk: Arc<Desk>,
    turn: u64,
    end: Sender<Reply<()>>,
}

impl SqliteTx {
    fn at_desk<T>(&self, work: impl FnOnce(&Connection) -> DbResult<T>) -> DbResult<T> {
        let c = self.desk.c();
        // Looked at under the lock: the turn of one that took too long was ended under it.
        if self.desk.turn.load(Ordering::Relaxed) == self.turn { work(&c) } else { Err(gone()) }
    }
    pub fn rows(&self, sql: &Sql) -> DbResult<Vec<Row>> {
        self.at_desk(|c| rows(c, sql))
    }
    pub fn exec(&self, sql: &Sql) -> DbResult<u64> {
        self.at_desk(|c| exec(c, sql))
    }
    pub async fn commit(self) -> DbResult<()> {
        let (reply, wait) = oneshot::channel();
        self.end.send(reply).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }
}

pub(super) struct Writer {
    desk: Arc<Desk>,
    limits: Limits,
}

impl Writer {
    pub fn new(c: Connection, limits: Limits) -> Writer {
        Writer { desk: Arc::new(Desk { c: Mutex::new(c), turn: AtomicU64::new(0) }), limits }
    }

    pub fn run(self, jobs: &Receiver<Job>) {
        while let Ok(Job::Begin { name, begun }) = jobs.recv() {
            if !self.group(jobs, name, begun) {
                return;
            }
        }
    }

    /// One of the few statements every transaction needs, prepared once.
    fn say(&self, statement: &str) -> rusqlite::Result<()> {
        self.desk.c().prepare_cached(statement)?.execute([]).map(|_| ())
    }

    /// A full disk ends the whole transaction by itself.
    fn ended_by_itself(&self) -> bool {
        self.desk.c().is_autocommit()
    }

    /// One shared BEGIN … COMMIT. False: the database was closed.
    fn group(&self, jobs: &Receiver<Job>, name: &'static str, begun: Reply<SqliteTx>) -> bool {
        if let Err(e) = self.say("BEGIN IMMEDIATE") {
            let _ = begun.send(Err(map(e)));
            return true;
        }
        let started = Instant::now();
        let mut waiting: Vec<Reply<()>> = vec![];
        let mut open = true;
        let mut next = Some((name, begun));
        while let Some((name, begun)) = next.take() {
            if let Some(reply) = self.one(name, begun) {
                waiting.push(reply);
            }
            if self.ended_by_itself() {
                break;
            }
            if waiting.len() < self.limits.group && started.elapsed() < self.limits.group_time {
                match jobs.try_recv() {
                    Ok(Job::Begin { name, begun }) => next = Some((name, begun)),
                    Ok(Job::Close) => open = false,
                    Err(_) => {}
                }
            }
        }
        if self.ended_by_itself() {
            for reply in waiting {
                let _ = reply.send(Err(DbError::Full));
            }
            return open;
        }
        let end = if waiting.is_empty() { "ROLLBACK" } else { "COMMIT" };
        let ended = self.say(end);
        if ended.is_err() && !self.ended_by_itself() {
            let _ = self.desk.c().execute_batch("ROLLBACK");
        }
        for reply in waiting {
            let _ = reply.send(match &ended {
                Ok(()) => Ok(()),
                Err(e) => Err(match e.sqlite_error_code() {
                    Some(ErrorCode::DiskFull) => DbError::Full,
                    Some(ErrorCode::DatabaseBusy) => DbError::Busy,
                    _ => DbError::Other(format!("commit failed: {e}")),
                }),
            });
        }
        open
    }

    /// One transaction in its savepoint; returns whom to tell after the COMMIT.
    fn one(&self, name: &'static str, begun: Reply<SqliteTx>) -> Option<Reply<()>> {
        if let Err(e) = self.say("SAVEPOINT t") {
            let _ = begun.send(Err(map(e)));
            return None;
        }
        let started = Instant::now();
        let (end, ends) = mpsc::channel();
        let turn = self.desk.turn.load(Ordering::Relaxed);
        let _ = begun.send(Ok(SqliteTx { desk: self.desk.clone(), turn, end }));
        let reply = match ends.recv_timeout(self.limits.most) {
            Ok(reply) => Some(reply),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                tracing::error!(name, "a transaction held the database too long and was rolled back");
                None
            }
        };
        let c = self.desk.c();
        self.desk.turn.store(turn + 1, Ordering::Relaxed);
        let held = started.elapsed();
        if held > self.limits.slow {
            tracing::warn!(name, ms = held.as_millis() as u64, "a transaction held the database long");
        }
        let back = || c.execute_batch("ROLLBACK TO t; RELEASE t");
        let Some(reply) = reply else {
            let _ = back();
            return None;
        };
        match c.prepare_cached("RELEASE t").and_then(|mut s| s.execute([])) {
            Ok(_) => Some(reply),
            Err(e) => {
                let _ = back();
                let _ = reply.send(Err(map(e)));
                None
            }
        }
    }
}
