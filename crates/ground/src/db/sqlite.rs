//! SQLite: one writer thread with group commit, a few reader threads, WAL, `synchronous=FULL`.
//!
//! Each transaction is a SAVEPOINT inside a shared `BEGIN IMMEDIATE`. When one commits and others wait, the writer goes
//! on to the next before the shared COMMIT; every caller is answered only after that COMMIT is on the disk. One that
//! fails rolls back to its savepoint alone; if the COMMIT itself fails, all are told.
use super::{DbError, DbResult, Row, Sql, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Holding the writer longer is logged.
    pub slow: Duration,
    /// Holding it longer is rolled back.
    pub most: Duration,
    /// Transactions that may share one COMMIT, and how long the first may wait for it.
    pub group: usize,
    pub group_time: Duration,
    pub readers: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        let ms = Duration::from_millis;
        Limits { slow: ms(50), most: ms(5000), group: 64, group_time: ms(5), readers: 4 }
    }
}

type Reply<T> = oneshot::Sender<DbResult<T>>;

enum Ask {
    Rows(Sql, Reply<Vec<Row>>),
    Exec(Sql, Reply<u64>),
    Commit(Reply<()>),
}

enum Job {
    Begin { name: &'static str, asks: Receiver<Ask>, begun: Reply<()> },
    Close,
}

/// Connections for reads that are made at once. More would not help: they are in use for microseconds.
const AT_HAND: usize = 4;

type Read = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Clone)]
pub struct Sqlite {
    writer: Sender<Job>,
    readers: Arc<Mutex<Option<Sender<Read>>>>,
    /// Idle connections for short reads that are not worth the way to another thread.
    at_hand: Arc<Mutex<Vec<Connection>>>,
    path: PathBuf,
}

pub struct SqliteTx {
    asks: Sender<Ask>,
}

fn gone() -> DbError {
    DbError::Unavailable("the database is closed, or the transaction was rolled back for taking too long".into())
}

fn map(e: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(code, why) = &e else { return DbError::Other(e.to_string()) };
    let why = why.clone().unwrap_or_default();
    match code.code {
        ErrorCode::ConstraintViolation if code.extended_code == 787 => DbError::ForeignKey,
        ErrorCode::ConstraintViolation if matches!(code.extended_code, 1555 | 2067 | 2579) => DbError::Unique(why),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbError::Busy,
        ErrorCode::DiskFull => DbError::Full,
        ErrorCode::CannotOpen | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly => {
            DbError::Unavailable(e.to_string())
        }
        _ => DbError::Other(e.to_string()),
    }
}

fn bind(sql: &Sql) -> impl Iterator<Item = rusqlite::types::Value> + '_ {
    use rusqlite::types::Value as V;
    sql.args.iter().map(|a| match a {
        Value::Null => V::Null,
        Value::Int(n) => V::Integer(*n),
        Value::Bool(b) => V::Integer((*b).into()),
        Value::Real(x) => V::Real(*x),
        Value::Text(s) => V::Text(s.clone()),
        Value::Bytes(b) => V::Blob(b.clone()),
    })
}

/// SQLite takes `$1` for a name and counts names as they come; `?1` is a number.
fn numbered(text: &str) -> String {
    text.replace('$', "?")
}

fn rows(c: &Connection, sql: &Sql) -> DbResult<Vec<Row>> {
    let mut statement = c.prepare_cached(&numbered(&sql.text)).map_err(map)?;
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(bind(sql))).map_err(map)?;
    let mut out = vec![];
    while let Some(row) = found.next().map_err(map)? {
        let mut values = Vec::with_capacity(names.len());
        for i in 0..names.len() {
            values.push(match row.get_ref(i).map_err(map)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(x) => Value::Real(x),
                ValueRef::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
                ValueRef::Blob(b) => Value::Bytes(b.to_vec()),
            });
        }
        out.push(Row { names: names.clone(), values });
    }
    Ok(out)
}

fn one_moment(c: &Connection, first: &Sql, then: super::Then) -> DbResult<Vec<Vec<Row>>> {
    let mut found = vec![rows(c, first)?];
    for sql in then(&found[0])? {
        found.push(sql.map_or(Ok(vec![]), |sql| rows(c, &sql))?);
    }
    Ok(found)
}

fn exec(c: &Connection, sql: &Sql) -> DbResult<u64> {
    let n = c.prepare_cached(&numbered(&sql.text)).map_err(map)?.execute(params_from_iter(bind(sql))).map_err(map)?;
    Ok(n as u64)
}

fn connect(path: &Path, writes: bool) -> DbResult<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if writes {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let c = Connection::open_with_flags(path, flags)
        .map_err(|e| DbError::Unavailable(format!("{}: {e}", path.display())))?;
    // Without this a statement is planned anew, from its text, whenever other values are bound to it.
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(map)?;
    let set = |text: &str| c.execute_batch(text).map_err(map);
    set(
        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
    )?;
    if writes {
        set("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;")?;
    } else {
        set("PRAGMA query_only = ON; PRAGMA synchronous = FULL;")?;
    }
    c.set_prepared_statement_cache_capacity(256);
    Ok(c)
}

impl Sqlite {
    pub fn open(path: &Path, limits: Limits) -> DbResult<Sqlite> {
        let c = connect(path, true)?;
        let (writer, jobs) = mpsc::channel();
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let failed = |e: std::io::Error| DbError::Unavailable(e.to_string());
        thread("db-writer").spawn(move || Writer { c, limits }.run(&jobs)).map_err(failed)?;
        let (readers, reads) = mpsc::channel::<Read>();
        let reads = Arc::new(Mutex::new(reads));
        for _ in 0..limits.readers {
            let (c, reads) = (connect(path, false)?, reads.clone());
            let next = move || reads.lock().ok().and_then(|r| r.recv().ok());
            let run = move || {
                while let Some(read) = next() {
                    read(&c);
                }
            };
            thread("db-reader").spawn(run).map_err(failed)?;
        }
        let at_hand = (0..AT_HAND).map(|_| connect(path, false)).collect::<DbResult<_>>()?;
        let (readers, at_hand) = (Arc::new(Mutex::new(Some(readers))), Arc::new(Mutex::new(at_hand)));
        Ok(Sqlite { writer, readers, at_hand, path: path.into() })
    }

    pub async fn begin(&self, name: &'static str) -> DbResult<SqliteTx> {
        let (asks, receive) = mpsc::channel();
        let (begun, wait) = oneshot::channel();
        self.writer.send(Job::Begin { name, asks: receive, begun }).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())??;
        Ok(SqliteTx { asks })
    }

    async fn on_reader<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        let (reply, wait) = oneshot::channel();
        let read: Read = Box::new(move |c| {
            let _ = reply.send(work(c));
        });
        let readers = self.readers.lock().ok().and_then(|r| r.clone()).ok_or_else(gone)?;
        readers.send(read).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }

    pub async fn read(&self, sql: Sql) -> DbResult<Vec<Row>> {
        self.on_reader(move |c| rows(c, &sql)).await
    }

    /// One transaction around them: they see one moment, and the file is locked once. Short reads by key: they are made
    /// here and now when a connection is at hand, which is cheaper than the way to a reader and back.
    pub async fn read_then(&self, first: Sql, then: super::Then) -> DbResult<Vec<Vec<Row>>> {
        let work = move |c: &Connection| {
            c.prepare_cached("BEGIN").and_then(|mut s| s.execute([])).map_err(map)?;
            let found = one_moment(c, &first, then);
            c.prepare_cached("COMMIT").and_then(|mut s| s.execute([])).map_err(map)?;
            found
        };
        let at_hand = self.at_hand.lock().ok().and_then(|mut all| all.pop());
        let Some(c) = at_hand else { return self.on_reader(work).await };
        let found = work(&c);
        if let Ok(mut all) = self.at_hand.lock() {
            all.push(c);
        }
        found
    }

    pub async fn check(&self, text: &str) -> DbResult<()> {
        let text = numbered(text);
        self.on_reader(move |c| c.prepare(&text).map(|_| ()).map_err(map)).await
    }

    pub async fn integrity(&self) -> DbResult<Vec<String>> {
        self.on_reader(|c| {
            let found = rows(c, &Sql::new("PRAGMA integrity_check", vec![]))?;
            let all: DbResult<Vec<String>> = found.iter().map(|r| r.get("integrity_check")).collect();
            Ok(all?.into_iter().filter(|line| line != "ok").collect())
        })
        .await
    }

    pub async fn backup_to(&self, path: &Path) -> DbResult<()> {
        let (from, to) = (self.path.clone(), path.to_owned());
        let copy = move || {
            let source = connect(&from, false)?;
            let mut target = Connection::open(&to).map_err(map)?;
            let backup = rusqlite::backup::Backup::new(&source, &mut target).map_err(map)?;
            // In one step: a copy in parts begins anew whenever somebody writes, on a busy server for ever. Writers do
            // not wait for it.
            backup.run_to_completion(i32::MAX, Duration::from_millis(5), None).map_err(map)
        };
        tokio::task::spawn_blocking(copy).await.map_err(|e| DbError::Other(e.to_string()))?
    }

    pub fn close(&self) {
        let _ = self.writer.send(Job::Close);
        if let Ok(mut readers) = self.readers.lock() {
            readers.take();
        }
        if let Ok(mut at_hand) = self.at_hand.lock() {
            at_hand.clear();
        }
    }
}

impl SqliteTx {
    async fn ask<T>(&self, make: impl FnOnce(Reply<T>) -> Ask) -> DbResult<T> {
        let (reply, wait) = oneshot::channel();
        self.asks.send(make(reply)).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }
    pub async fn rows(&self, sql: Sql) -> DbResult<Vec<Row>> {
        self.ask(|reply| Ask::Rows(sql, reply)).await
    }
    pub async fn exec(&self, sql: Sql) -> DbResult<u64> {
        self.ask(|reply| Ask::Exec(sql, reply)).await
    }
    pub async fn commit(self) -> DbResult<()> {
        self.ask(Ask::Commit).await
    }
}

struct Writer {
    c: Connection,
    limits: Limits,
}

impl Writer {
    fn run(self, jobs: &Receiver<Job>) {
        while let Ok(Job::Begin { name, asks, begun }) = jobs.recv() {
            if !self.group(jobs, name, asks, begun) {
                return;
            }
        }
    }

    /// One of the few statements every transaction needs, prepared once.
    fn say(&self, statement: &str) -> rusqlite::Result<()> {
        self.c.prepare_cached(statement)?.execute([]).map(|_| ())
    }

    /// One shared BEGIN … COMMIT. False: the database was closed.
    fn group(&self, jobs: &Receiver<Job>, name: &'static str, asks: Receiver<Ask>, begun: Reply<()>) -> bool {
        if let Err(e) = self.say("BEGIN IMMEDIATE") {
            let _ = begun.send(Err(map(e)));
            return true;
        }
        let started = Instant::now();
        let mut waiting: Vec<Reply<()>> = vec![];
        let mut open = true;
        let mut next = Some((name, asks, begun));
        while let Some((name, asks, begun)) = next.take() {
            if let Some(reply) = self.one(name, &asks, begun) {
                waiting.push(reply);
            }
            // A full disk ends the whole transaction by itself: nothing more may join this group.
            if self.c.is_autocommit() {
                break;
            }
            if waiting.len() < self.limits.group && started.elapsed() < self.limits.group_time {
                match jobs.try_recv() {
                    Ok(Job::Begin { name, asks, begun }) => next = Some((name, asks, begun)),
                    Ok(Job::Close) => open = false,
                    Err(_) => {}
                }
            }
        }
        if self.c.is_autocommit() {
            for reply in waiting {
                let _ = reply.send(Err(DbError::Full));
            }
            return open;
        }
        let end = if waiting.is_empty() { "ROLLBACK" } else { "COMMIT" };
        let ended = self.say(end);
        if ended.is_err() && !self.c.is_autocommit() {
            let _ = self.c.execute_batch("ROLLBACK");
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
    fn one(&self, name: &'static str, asks: &Receiver<Ask>, begun: Reply<()>) -> Option<Reply<()>> {
        if let Err(e) = self.say("SAVEPOINT t") {
            let _ = begun.send(Err(map(e)));
            return None;
        }
        let started = Instant::now();
        let _ = begun.send(Ok(()));
        let reply = loop {
            let left = self.limits.most.saturating_sub(started.elapsed());
            match asks.recv_timeout(left) {
                Ok(Ask::Rows(sql, reply)) => drop(reply.send(rows(&self.c, &sql))),
                Ok(Ask::Exec(sql, reply)) => drop(reply.send(exec(&self.c, &sql))),
                Ok(Ask::Commit(reply)) => break Some(reply),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) => {
                    tracing::error!(name, "a transaction held the database too long and was rolled back");
                    break None;
                }
            }
        };
        let held = started.elapsed();
        if held > self.limits.slow {
            tracing::warn!(name, ms = held.as_millis() as u64, "a transaction held the database long");
        }
        let ended =
            if reply.is_some() { self.say("RELEASE t") } else { self.c.execute_batch("ROLLBACK TO t; RELEASE t") };
        match (ended, reply) {
            (Ok(()), reply) => reply,
            (Err(e), Some(reply)) => {
                let _ = self.c.execute_batch("ROLLBACK TO t; RELEASE t");
                let _ = reply.send(Err(map(e)));
                None
            }
            (Err(_), None) => None,
        }
    }
}
