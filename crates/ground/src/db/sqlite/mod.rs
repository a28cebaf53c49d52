//! SQLite: one writer with group commit (`writer.rs`), a few reader threads, WAL, `synchronous=FULL`.
mod writer;

pub use writer::SqliteTx;

use super::value::Names;
use super::{DbError, DbResult, Row, Sql, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, params_from_iter};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use writer::{Job, Writer};

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
    /// One transaction changes very much: what it changed stays in memory, and what a statement would have to put back
    /// goes to a file. In memory that is a list, walked from its beginning after every statement.
    pub bulk: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        let ms = Duration::from_millis;
        Limits { slow: ms(50), most: ms(5000), group: 64, group_time: ms(5), readers: hands(), bulk: false }
    }
}

/// How many readers there are: one for each processor. More would not help, and each holds the whole schema, its
/// statements and its pages in memory.
fn hands() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8))
}

type Read = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Clone)]
pub struct Sqlite {
    writer: Sender<Job>,
    readers: Arc<Mutex<Option<Sender<Read>>>>,
    path: PathBuf,
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

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Bool(b) => ValueRef::Integer((*b).into()),
            Value::Real(x) => ValueRef::Real(*x),
            Value::Text(s) => ValueRef::Text(s.as_bytes()),
            Value::Bytes(b) => ValueRef::Blob(b),
        }))
    }
}

/// SQLite takes `$1` for a name and counts names as they come; `?1` is a number.
fn numbered(text: &str) -> String {
    text.replace('$', "?")
}

fn names(statement: &rusqlite::Statement<'_>) -> Names {
    statement.column_names().map(str::to_owned).collect()
}

/// What is known of statements that are part of the program, by where they lie in it: their text as SQLite takes it, and
/// their columns. Both would be made anew for every question otherwise.
#[derive(Default)]
struct Known(HashMap<(usize, usize), (Arc<str>, OnceCell<Names>)>);

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// More texts than the program has statements are not kept.
const MOST_KNOWN: usize = 4096;

impl Known {
    fn text(&mut self, fixed: &'static str) -> Arc<str> {
        let key = (fixed.as_ptr() as usize, fixed.len());
        if let Some((text, _)) = self.0.get(&key) {
            return text.clone();
        }
        let text: Arc<str> = numbered(fixed).into();
        if self.0.len() < MOST_KNOWN {
            self.0.insert(key, (text.clone(), OnceCell::new()));
        }
        text
    }
    fn names(&self, fixed: &'static str, statement: &rusqlite::Statement<'_>) -> Names {
        let key = (fixed.as_ptr() as usize, fixed.len());
        self.0.get(&key).map_or_else(|| names(statement), |(_, known)| known.get_or_init(|| names(statement)).clone())
    }
}

fn prepared<'c>(c: &'c Connection, sql: &Sql) -> DbResult<(CachedStatement<'c>, Names)> {
    match sql.text {
        Cow::Borrowed(fixed) => KNOWN.with_borrow_mut(|known| {
            let statement = c.prepare_cached(&known.text(fixed)).map_err(map)?;
            let names = known.names(fixed, &statement);
            Ok((statement, names))
        }),
        Cow::Owned(ref text) => {
            let statement = c.prepare_cached(&numbered(text)).map_err(map)?;
            let names = names(&statement);
            Ok((statement, names))
        }
    }
}

/// What the database holds is UTF-8, unless somebody wrote something else into the file.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), str::to_owned)
}

fn rows(c: &Connection, sql: &Sql) -> DbResult<Vec<Row>> {
    let (mut statement, names) = prepared(c, sql)?;
    let mut found = statement.query(params_from_iter(&sql.args)).map_err(map)?;
    let mut out = vec![];
    while let Some(row) = found.next().map_err(map)? {
        let mut values = Vec::with_capacity(names.len());
        for i in 0..names.len() {
            values.push(match row.get_ref(i).map_err(map)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(x) => Value::Real(x),
                ValueRef::Text(t) => Value::Text(text(t)),
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
    let n = prepared(c, sql)?.0.execute(params_from_iter(&sql.args)).map_err(map)?;
    Ok(n as u64)
}

/// What the connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Reading,
    Writing,
    Filling,
}

fn connect(path: &Path, what: For) -> DbResult<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if what != For::Reading {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let c = Connection::open_with_flags(path, flags)
        .map_err(|e| DbError::Unavailable(format!("{}: {e}", path.display())))?;
    // Without this a statement is planned anew, from its text, whenever other values are bound to it.
    c.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(map)?;
    let set = |text: &str| c.execute_batch(text).map_err(map);
    set(
        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;",
    )?;
    let wal = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000;";
    match what {
        For::Writing => set(&format!("PRAGMA cache_size = -8000; {wal}"))?,
        For::Filling => set(&format!("PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE; {wal}"))?,
        // The system keeps the file's pages in memory once for all; each connection keeps the few it uses most.
        For::Reading => set("PRAGMA cache_size = -2000; PRAGMA query_only = ON;")?,
    }
    c.set_prepared_statement_cache_capacity(256);
    Ok(c)
}

impl Sqlite {
    pub fn open(path: &Path, limits: Limits) -> DbResult<Sqlite> {
        let c = connect(path, if limits.bulk { For::Filling } else { For::Writing })?;
        let (writer, jobs) = mpsc::channel();
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let failed = |e: std::io::Error| DbError::Unavailable(e.to_string());
        thread("db-writer").spawn(move || Writer::new(c, limits).run(&jobs)).map_err(failed)?;
        let (readers, reads) = mpsc::channel::<Read>();
        let reads = Arc::new(Mutex::new(reads));
        for _ in 0..limits.readers {
            let (c, reads) = (connect(path, For::Reading)?, reads.clone());
            let next = move || reads.lock().ok().and_then(|r| r.recv().ok());
            let run = move || {
                while let Some(read) = next() {
                    read(&c);
                }
            };
            thread("db-reader").spawn(run).map_err(failed)?;
        }
        Ok(Sqlite { writer, readers: Arc::new(Mutex::new(Some(readers))), path: path.into() })
    }

    pub async fn begin(&self, name: &'static str) -> DbResult<SqliteTx> {
        let (begun, wait) = oneshot::channel();
        self.writer.send(Job::Begin { name, begun }).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
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

    /// One transaction around them: they see one moment, and the file is locked once. On a reader's thread like every
    /// read: a thread that does nothing but read keeps SQLite's instructions close, which is worth more than the way there.
    pub async fn read_then(&self, first: Sql, then: super::Then) -> DbResult<Vec<Vec<Row>>> {
        self.on_reader(move |c| {
            c.prepare_cached("BEGIN").and_then(|mut s| s.execute([])).map_err(map)?;
            let found = one_moment(c, &first, then);
            c.prepare_cached("COMMIT").and_then(|mut s| s.execute([])).map_err(map)?;
            found
        })
        .await
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
            let source = connect(&from, For::Reading)?;
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
    }
}
