//! SQLite: one writer thread with group commit, a few reader threads, WAL, `synchronous=FULL`.
//!
//! Each transaction is a SAVEPOINT inside a shared `BEGIN IMMEDIATE`. When one commits and others wait, the writer goes
//! on to the next before the shared COMMIT; every caller is answered only after that COMMIT is on the disk. One that
//! fails rolls back to its savepoint alone; if the COMMIT itself fails, all are told.
use super::{DbError, DbResult, Row, Sql, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, params_from_iter};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
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

type Read = Box<dyn FnOnce(&Reader) + Send>;

#[derive(Clone)]
pub struct Sqlite {
    writer: Sender<Job>,
    readers: Arc<Mutex<Option<Sender<Read>>>>,
    /// For reads so short that handing them to another thread would take longer than they do.
    brief: Arc<[Mutex<Option<Reader>>]>,
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

/// What a connection remembers of a statement whose text is a constant of the program, by the place of that text.
#[derive(Default)]
struct Known(RefCell<HashMap<(usize, usize), Prepared>>);

/// The text as SQLite takes it, and the names of its columns, once they were asked for.
type Prepared = (Arc<str>, Option<Names>);
type Names = Arc<[String]>;

impl Known {
    fn of(&self, sql: &Sql) -> Prepared {
        let Cow::Borrowed(text) = &sql.text else { return (numbered(&sql.text).into(), None) };
        let mut known = self.0.borrow_mut();
        known.entry(place(text)).or_insert_with(|| (numbered(text).into(), None)).clone()
    }
    fn names(&self, sql: &Sql, statement: &Statement<'_>) -> Names {
        let names: Names = statement.column_names().map(str::to_owned).collect();
        if let Cow::Borrowed(text) = &sql.text
            && let Some(known) = self.0.borrow_mut().get_mut(&place(text))
        {
            known.1 = Some(names.clone());
        }
        names
    }
}

/// A text that lives as long as the program is known by where it lies.
fn place(text: &'static str) -> (usize, usize) {
    (text.as_ptr() as usize, text.len())
}

/// A connection for reading.
struct Reader {
    c: Connection,
    known: Known,
}

impl Reader {
    fn open(path: &Path) -> DbResult<Reader> {
        Ok(Reader { c: connect(path, false)?, known: Known::default() })
    }
    fn rows(&self, sql: &Sql) -> DbResult<Vec<Row>> {
        rows(&self.c, &self.known, sql)
    }
    /// One transaction around them: they see one moment, and the file is locked once.
    fn read_all(&self, all: &[Sql]) -> DbResult<Vec<Vec<Row>>> {
        let run = |text| self.c.prepare_cached(text).and_then(|mut s| s.execute([])).map_err(map);
        run("BEGIN")?;
        let found = all.iter().map(|sql| self.rows(sql)).collect();
        if let Err(e) = run("COMMIT") {
            let _ = self.c.execute_batch("ROLLBACK");
            return Err(e);
        }
        found
    }
}

fn rows(c: &Connection, known: &Known, sql: &Sql) -> DbResult<Vec<Row>> {
    let (text, names) = known.of(sql);
    let mut statement = c.prepare_cached(&text).map_err(map)?;
    let names = names.unwrap_or_else(|| known.names(sql, &statement));
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
        thread("db-writer").spawn(move || Writer { c, known: Known::default(), limits }.run(&jobs)).map_err(failed)?;
        let (readers, reads) = mpsc::channel::<Read>();
        let reads = Arc::new(Mutex::new(reads));
        for _ in 0..limits.readers {
            let (reader, reads) = (Reader::open(path)?, reads.clone());
            let next = move || reads.lock().ok().and_then(|r| r.recv().ok());
            let run = move || {
                while let Some(read) = next() {
                    read(&reader);
                }
            };
            thread("db-reader").spawn(run).map_err(failed)?;
        }
        let brief: DbResult<Arc<[_]>> =
            (0..limits.readers).map(|_| Ok(Mutex::new(Some(Reader::open(path)?)))).collect();
        Ok(Sqlite { writer, readers: Arc::new(Mutex::new(Some(readers))), brief: brief?, path: path.into() })
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
        work: impl FnOnce(&Reader) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        let (reply, wait) = oneshot::channel();
        let read: Read = Box::new(move |reader| {
            let _ = reply.send(work(reader));
        });
        let readers = self.readers.lock().ok().and_then(|r| r.clone()).ok_or_else(gone)?;
        readers.send(read).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }

    pub async fn read(&self, sql: Sql) -> DbResult<Vec<Row>> {
        self.on_reader(move |r| r.rows(&sql)).await
    }

    /// On this very thread while a connection is free: by key and in a few rows it takes microseconds, less than two
    /// threads need to wake each other. A reader of a WAL waits for nobody.
    pub async fn read_all(&self, all: Vec<Sql>) -> DbResult<Vec<Vec<Row>>> {
        for free in self.brief.iter() {
            if let Ok(reader) = free.try_lock() {
                return reader.as_ref().ok_or_else(gone)?.read_all(&all);
            }
        }
        self.on_reader(move |r| r.read_all(&all)).await
    }

    pub async fn check(&self, text: &str) -> DbResult<()> {
        let text = numbered(text);
        self.on_reader(move |r| r.c.prepare(&text).map(|_| ()).map_err(map)).await
    }

    pub async fn integrity(&self) -> DbResult<Vec<String>> {
        self.on_reader(|r| {
            let found = r.rows(&Sql::new("PRAGMA integrity_check", vec![]))?;
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
        for one in self.brief.iter() {
            if let Ok(mut one) = one.lock() {
                one.take();
            }
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
    known: Known,
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
                Ok(Ask::Rows(sql, reply)) => drop(reply.send(rows(&self.c, &self.known, &sql))),
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
