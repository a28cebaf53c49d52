//! What the engine alone can do: commits of one small row, with the driver and nothing around it. The bench compares
//! the program's own writes with it; nothing else uses it.
use super::{DbError, DbResult};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

fn map(e: rusqlite::Error) -> DbError {
    DbError::Other(e.to_string())
}

fn connect(path: &Path) -> DbResult<Connection> {
    let c = Connection::open(path).map_err(map)?;
    c.execute_batch(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;
         CREATE TABLE IF NOT EXISTS small (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL);",
    )
    .map_err(map)?;
    Ok(c)
}

/// Where many wait for the lock of the file, one may wait too long; it is in the queue again at once.
fn begin(c: &mut Connection) -> DbResult<rusqlite::Transaction<'_>> {
    loop {
        match rusqlite::Transaction::new_unchecked(c, TransactionBehavior::Immediate) {
            Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {}
            other => return other.map_err(map),
        }
    }
}

fn commit_one(c: &mut Connection, id: i64) -> DbResult<()> {
    let tx = begin(c)?;
    tx.prepare_cached("INSERT INTO small (id, text) VALUES (?1, ?2)")
        .and_then(|mut s| s.execute((id, "A notice of twenty-odd bytes")))
        .map_err(map)?;
    tx.commit().map_err(map)
}

/// Commits per second by so many threads, each with a connection of its own.
pub fn commits_apart(path: &Path, writers: usize, time: Duration) -> DbResult<f64> {
    let next = AtomicI64::new(1);
    let connections: DbResult<Vec<_>> = (0..writers).map(|_| connect(path)).collect();
    let started = Instant::now();
    let ended: Vec<DbResult<()>> = std::thread::scope(|scope| {
        let work = |mut c: Connection| {
            while started.elapsed() < time {
                commit_one(&mut c, next.fetch_add(1, Ordering::Relaxed))?;
            }
            Ok(())
        };
        let all: Vec<_> = connections?.into_iter().map(|c| scope.spawn(move || work(c))).collect();
        Ok::<_, DbError>(all.into_iter().map(|t| t.join().unwrap_or(Err(DbError::Busy))).collect())
    })?;
    ended.into_iter().collect::<DbResult<Vec<()>>>()?;
    Ok((next.load(Ordering::Relaxed) - 1) as f64 / started.elapsed().as_secs_f64())
}

/// The same with one connection that the threads take in turns: no waiting for locks of files.
pub fn commits_in_turn(path: &Path, writers: usize, time: Duration) -> DbResult<f64> {
    let c = Mutex::new((connect(path)?, 0));
    let started = Instant::now();
    let work = || -> DbResult<()> {
        while started.elapsed() < time {
            let mut held = c.lock().map_err(|_| DbError::Busy)?;
            held.1 += 1;
            let id = held.1;
            commit_one(&mut held.0, id)?;
        }
        Ok(())
    };
    let ended: Vec<DbResult<()>> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..writers).map(|_| scope.spawn(work)).collect();
        all.into_iter().map(|t| t.join().unwrap_or(Err(DbError::Busy))).collect()
    });
    ended.into_iter().collect::<DbResult<Vec<()>>>()?;
    let done = c.into_inner().map_err(|_| DbError::Busy)?.1;
    Ok(done as f64 / started.elapsed().as_secs_f64())
}
