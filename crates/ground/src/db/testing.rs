//! A fresh database for each test: SQLite in a temporary folder, or one of its own on the PostgreSQL that
//! `DRELWA_TEST_POSTGRES` names, as `DRELWA_TEST_ENGINE` says. What many tests begin from is made once and copied.
use super::{Db, DbError, DbResult, Engine, Run, Sql, Value};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

fn places(text: &str) -> usize {
    let numbers = text.split('$').skip(1).map(|t| t.chars().take_while(char::is_ascii_digit).collect::<String>());
    numbers.filter_map(|n| n.parse().ok()).max().unwrap_or(0)
}

/// How the engine means to answer, a line for each step; nothing where that depends on how much there is (PostgreSQL).
pub async fn plan(db: &Db, text: &str) -> DbResult<Option<Vec<String>>> {
    if db.engine() == Engine::Postgres {
        return Ok(None);
    }
    let asked = Sql::new(format!("EXPLAIN QUERY PLAN {text}"), vec![Value::Null; places(text)]);
    let lines: DbResult<Vec<String>> = db.rows(asked).await?.iter().map(|r| r.get("detail")).collect();
    lines.map(Some)
}

/// Keeps the database until the test is over.
pub struct Fresh {
    pub db: Db,
    pub url: String,
    /// Nothing where it is kept for others.
    place: Option<Place>,
}

enum Place {
    Folder(PathBuf),
    /// On the server that the environment names.
    Database(String),
}

impl Drop for Fresh {
    fn drop(&mut self) {
        match self.place.take() {
            Some(Place::Folder(folder)) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Some(Place::Database(name)) => ended().push(name),
            None => {}
        }
    }
}

/// Databases whose tests are over. The next test drops them: by then the connections ended with their test's runtime.
fn ended() -> std::sync::MutexGuard<'static, Vec<String>> {
    static ENDED: Mutex<Vec<String>> = Mutex::new(vec![]);
    ENDED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database as it was left by whoever prepared it, to be copied for each test.
pub struct Prepared(Kept);

enum Kept {
    File(Vec<u8>),
    /// The name of a database that stays on the server, as PostgreSQL copies only what is there.
    Database(String),
}

impl Prepared {
    /// Keeps what this database holds, and ends it.
    pub async fn from(mut fresh: Fresh) -> DbResult<Prepared> {
        if let Some(Place::Folder(folder)) = &fresh.place {
            let copy = folder.join("copy.db");
            fresh.db.backup_to(&copy).await?;
            return Ok(Prepared(Kept::File(std::fs::read(copy).map_err(unavailable)?)));
        }
        fresh.db.close().await;
        let Some(Place::Database(name)) = fresh.place.take() else { return Err(DbError::NotFound) };
        Ok(Prepared(Kept::Database(name)))
    }

    pub async fn copy(&self) -> Fresh {
        let made = match &self.0 {
            Kept::File(bytes) => sqlite_of(Some(bytes)).await,
            Kept::Database(name) => postgres_of(Some(name)).await,
        };
        made.unwrap_or_else(|e| panic!("no copy of the prepared database: {e}"))
    }
}

fn unavailable(e: impl std::fmt::Display) -> DbError {
    DbError::Unavailable(e.to_string())
}

/// Runs something on a thread and a runtime of its own, whose connections end with it.
pub fn apart<T: Send + 'static, F: Future<Output = T>>(run: impl FnOnce() -> F + Send + 'static) -> T {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime needs threads, which the machine gave to this one").block_on(run())
    });
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn server() -> String {
    let named = crate::config::Config::environment("DRELWA_TEST_POSTGRES");
    named.expect("DRELWA_TEST_POSTGRES must name a PostgreSQL, such as postgres://postgres@127.0.0.1:5432/postgres")
}

/// The address of another database on the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, asked) = server.split_once('?').map_or((server, String::new()), |(a, q)| (a, format!("?{q}")));
    let (host, _) = address.rsplit_once('/').unwrap_or((address, ""));
    format!("{host}/{name}{asked}")
}

fn unique() -> String {
    let mut bytes = [0u8; 8];
    let _ = getrandom::fill(&mut bytes);
    format!("t{}", crate::crypto::hex(&bytes))
}

/// The engine the tests were asked to run on. Asking for PostgreSQL without naming one is an error, not a skip.
pub async fn fresh() -> Fresh {
    let engine = crate::config::Config::environment("DRELWA_TEST_ENGINE").unwrap_or_else(|| "sqlite".into());
    let made = match engine.as_str() {
        "sqlite" => sqlite().await,
        "postgres" => postgres_of(None).await,
        other => panic!("DRELWA_TEST_ENGINE is “{other}”; it may be sqlite or postgres"),
    };
    made.unwrap_or_else(|e| panic!("no fresh {engine} database: {e}"))
}

pub async fn sqlite() -> DbResult<Fresh> {
    sqlite_of(None).await
}

async fn sqlite_of(bytes: Option<&[u8]>) -> DbResult<Fresh> {
    let folder = std::env::temp_dir().join(format!("drelwa-{}", unique()));
    std::fs::create_dir_all(&folder).map_err(unavailable)?;
    let file = folder.join("test.db");
    if let Some(bytes) = bytes {
        std::fs::write(&file, bytes).map_err(unavailable)?;
    }
    let url = format!("sqlite:{}", file.display());
    Ok(Fresh { db: Db::open(&url).await?, url, place: Some(Place::Folder(folder)) })
}

async fn postgres_of(template: Option<&str>) -> DbResult<Fresh> {
    let name = unique();
    let like = template.map_or(String::new(), |t| format!(" TEMPLATE {t}"));
    let admin = Db::open(&server()).await?;
    let run = async |text: String| admin.rows(Sql::new(text, vec![])).await;
    let over = std::mem::take(&mut *ended());
    for name in over {
        run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    }
    run(format!("CREATE DATABASE {name}{like}")).await?;
    admin.close().await;
    let url = beside(&server(), &name);
    Ok(Fresh { db: Db::open(&url).await?, url, place: Some(Place::Database(name)) })
}
