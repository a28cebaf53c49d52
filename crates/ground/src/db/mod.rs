//! One database façade over two engines: SQLite in the program, PostgreSQL when one machine is not enough. The rest of
//! the program sees `Db`, `Tx`, `Row` and SQL text, never a driver.
mod error;
mod migrate;
mod postgres;
#[doc(hidden)]
pub mod raw;
mod sql;
mod sqlite;
#[doc(hidden)]
pub mod testing;
#[cfg(test)]
mod tests;
mod value;

pub use error::{DbError, DbResult};
pub use migrate::{Migration, MigrationSet};
pub use sql::{Sql, SqlBuilder};
pub use value::{FromValue, Row, Value};

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What else is to be read, now that the first answer is known; `None` keeps a place empty.
pub(crate) type Then = Box<dyn FnOnce(&[Row]) -> DbResult<Vec<Option<Sql>>> + Send>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Clone)]
enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Inner);

enum TxInner {
    Sqlite(sqlite::SqliteTx),
    Postgres(Box<postgres::PostgresTx>),
}

/// A transaction. Dropped without `commit`, it never happened. On both engines a statement that failed spoils it: it can
/// only be dropped, so that no caller commits half of what it meant.
pub struct Tx {
    inner: TxInner,
    spoilt: AtomicBool,
}

/// Running statements: on a transaction, or (reads only) on the database itself.
pub trait Run: Sync {
    fn rows(&self, sql: Sql) -> impl Future<Output = DbResult<Vec<Row>>> + Send;
    fn exec(&self, sql: Sql) -> impl Future<Output = DbResult<u64>> + Send;
    /// The first row, if there is one.
    fn row(&self, sql: Sql) -> impl Future<Output = DbResult<Option<Row>>> + Send {
        async move { Ok(self.rows(sql).await?.into_iter().next()) }
    }
    /// The first row; its absence is `NotFound`.
    fn one(&self, sql: Sql) -> impl Future<Output = DbResult<Row>> + Send {
        async move { self.rows(sql).await?.into_iter().next().ok_or(DbError::NotFound) }
    }
}

impl Db {
    /// `sqlite:PATH` or `postgres://…`; `search_path=NAME` in the query of the latter names a schema.
    pub async fn open(url: &str) -> DbResult<Db> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Db(Inner::Sqlite(sqlite::Sqlite::open(Path::new(path), sqlite::Limits::default())?)));
        }
        Db::open_postgres(url).await
    }
    /// The same for loading in bulk, with nobody else to wait for it: a transaction may take ten minutes and change a
    /// gigabyte.
    pub async fn open_to_fill(url: &str) -> DbResult<Db> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let most = std::time::Duration::from_secs(600);
            let limits = sqlite::Limits { most, slow: most, bulk: true, ..sqlite::Limits::default() };
            return Ok(Db(Inner::Sqlite(sqlite::Sqlite::open(Path::new(path), limits)?)));
        }
        Db::open_postgres(url).await
    }
    async fn open_postgres(url: &str) -> DbResult<Db> {
        Ok(Db(Inner::Postgres(postgres::Postgres::open(url).await?)))
    }
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }
    /// Begins a transaction; `name` appears in the log when it holds the database too long.
    pub async fn begin(&self, name: &'static str) -> DbResult<Tx> {
        let inner = match &self.0 {
            Inner::Sqlite(db) => TxInner::Sqlite(db.begin(name).await?),
            Inner::Postgres(db) => TxInner::Postgres(Box::new(db.begin(name).await?)),
        };
        Ok(Tx { inner, spoilt: AtomicBool::new(false) })
    }
    /// Several reads that see one moment, in one trip to the database.
    pub async fn read_all<const N: usize>(&self, all: [Sql; N]) -> DbResult<[Vec<Row>; N]> {
        let rows = match &self.0 {
            Inner::Sqlite(db) => {
                let mut all = all.into_iter();
                let first = all.next().ok_or_else(|| DbError::Other("nothing is asked".into()))?;
                let rest: Vec<Option<Sql>> = all.map(Some).collect();
                db.read_then(first, Box::new(move |_| Ok(rest))).await
            }
            Inner::Postgres(db) => db.read_all(&all).await,
        };
        rows?.try_into().map_err(|_| DbError::Other("an answer is missing".into()))
    }
    /// A first read that says which others are needed, all of one moment where the engine answers at once. On
    /// PostgreSQL, where each answer is a journey, the others are asked together after the first.
    pub async fn read_then(
        &self,
        first: Sql,
        then: impl FnOnce(&[Row]) -> DbResult<Vec<Option<Sql>>> + Send + 'static,
    ) -> DbResult<Vec<Vec<Row>>> {
        match &self.0 {
            Inner::Sqlite(db) => db.read_then(first, Box::new(then)).await,
            Inner::Postgres(db) => {
                let mut found = vec![db.rows(first).await?];
                let wanted = then(&found[0])?;
                let places: Vec<bool> = wanted.iter().map(Option::is_some).collect();
                let all: Vec<Sql> = wanted.into_iter().flatten().collect();
                let mut rest = if all.is_empty() { vec![] } else { db.read_all(&all).await? }.into_iter();
                let next = |there: bool| if there { rest.next().unwrap_or_default() } else { vec![] };
                found.extend(places.into_iter().map(next));
                Ok(found)
            }
        }
    }
    /// Prepares a statement without running it.
    pub async fn check(&self, text: &str) -> DbResult<()> {
        match &self.0 {
            Inner::Sqlite(db) => db.check(text).await,
            Inner::Postgres(db) => db.check(text).await,
        }
    }
    /// A copy of the whole database into a new file, while it is in use. SQLite only.
    pub async fn backup_to(&self, path: &Path) -> DbResult<()> {
        match &self.0 {
            Inner::Sqlite(db) => db.backup_to(path).await,
            Inner::Postgres(_) => Err(DbError::Other("PostgreSQL is backed up with its own pg_dump".into())),
        }
    }
    /// What the engine finds wrong with its own files; empty is well.
    pub async fn integrity(&self) -> DbResult<Vec<String>> {
        match &self.0 {
            Inner::Sqlite(db) => db.integrity().await,
            Inner::Postgres(_) => Ok(vec![]),
        }
    }
    pub async fn close(&self) {
        match &self.0 {
            Inner::Sqlite(db) => db.close(),
            Inner::Postgres(db) => db.close(),
        }
    }
}

/// Parameters of one statement, when many rows go in at once.
const MOST_ARGS: usize = 900;

impl Tx {
    /// Returns once the transaction is durable.
    pub async fn commit(self) -> DbResult<()> {
        if self.spoilt.load(Ordering::Relaxed) {
            return Err(DbError::Other("a statement of the transaction failed; it cannot be committed".into()));
        }
        match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await,
        }
    }
    /// A statement that must touch exactly one row.
    pub async fn guard(&self, sql: Sql) -> DbResult<()> {
        if self.exec(sql).await? == 1 { Ok(()) } else { self.spoil(Err(DbError::Guard)) }
    }
    /// Many rows by one kind of statement: `head` is `INSERT INTO … (…)`. For loading in bulk.
    pub async fn insert_many(&self, head: &str, rows: Vec<Vec<Value>>) -> DbResult<()> {
        let width = rows.first().map_or(1, Vec::len).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let args: Vec<Value> = rows.by_ref().take(MOST_ARGS / width).flatten().collect();
            let row = |n: usize| {
                let places: Vec<String> = (1..=width).map(|i| format!("${}", n * width + i)).collect();
                format!("({})", places.join(", "))
            };
            let all: Vec<String> = (0..args.len() / width).map(row).collect();
            self.exec(Sql::new(format!("{head} VALUES {}", all.join(", ")), args)).await?;
        }
        Ok(())
    }
    /// From here on much is written at once: SQLite moves its log into the file rarely and keeps the pages it changes in
    /// memory, until the database is closed. A commit stays as durable as any other.
    pub async fn in_bulk(&self) -> DbResult<()> {
        let TxInner::Sqlite(tx) = &self.inner else { return Ok(()) };
        for set in ["PRAGMA wal_autocheckpoint = 100000", "PRAGMA cache_size = -400000"] {
            self.spoil(tx.rows(&Sql::new(set, vec![])))?;
        }
        Ok(())
    }
    fn spoil<T>(&self, result: DbResult<T>) -> DbResult<T> {
        if result.is_err() {
            self.spoilt.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Run for Db {
    async fn rows(&self, sql: Sql) -> DbResult<Vec<Row>> {
        match &self.0 {
            Inner::Sqlite(db) => db.read(sql).await,
            Inner::Postgres(db) => db.rows(sql).await,
        }
    }
    async fn exec(&self, _: Sql) -> DbResult<u64> {
        Err(DbError::Other("writes need a transaction".into()))
    }
}

impl Run for Tx {
    async fn rows(&self, sql: Sql) -> DbResult<Vec<Row>> {
        self.spoil(match &self.inner {
            TxInner::Sqlite(tx) => tx.rows(&sql),
            TxInner::Postgres(tx) => tx.rows(sql).await,
        })
    }
    async fn exec(&self, sql: Sql) -> DbResult<u64> {
        self.spoil(match &self.inner {
            TxInner::Sqlite(tx) => tx.exec(&sql),
            TxInner::Postgres(tx) => tx.exec(sql).await,
        })
    }
}
