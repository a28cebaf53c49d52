//! A fresh database for each test: SQLite in a temporary folder, or a schema of its own on the PostgreSQL that
//! `DRELWA_TEST_POSTGRES` names, as `DRELWA_TEST_ENGINE` says.
use super::{Db, DbResult};
use std::path::PathBuf;

/// Keeps the database's folder until the test is over.
pub struct Fresh {
    pub db: Db,
    pub url: String,
    folder: Option<PathBuf>,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
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
        "postgres" => postgres().await,
        other => panic!("DRELWA_TEST_ENGINE is “{other}”; it may be sqlite or postgres"),
    };
    made.unwrap_or_else(|e| panic!("no fresh {engine} database: {e}"))
}

pub async fn sqlite() -> DbResult<Fresh> {
    let folder = std::env::temp_dir().join(format!("drelwa-{}", unique()));
    std::fs::create_dir_all(&folder).map_err(|e| super::DbError::Unavailable(e.to_string()))?;
    let url = format!("sqlite:{}", folder.join("test.db").display());
    Ok(Fresh { db: Db::open(&url).await?, url, folder: Some(folder) })
}

async fn postgres() -> DbResult<Fresh> {
    let Some(base) = crate::config::Config::environment("DRELWA_TEST_POSTGRES") else {
        panic!("DRELWA_TEST_POSTGRES must name a PostgreSQL, such as postgres://postgres@127.0.0.1:5432/postgres")
    };
    let schema = unique();
    let admin = Db::open(&base).await?;
    let tx = admin.begin("schema").await?;
    super::Run::exec(&tx, super::Sql::new(format!("CREATE SCHEMA {schema}"), vec![])).await?;
    tx.commit().await?;
    admin.close().await;
    let url = format!("{base}?search_path={schema}");
    Ok(Fresh { db: Db::open(&url).await?, url, folder: None })
}
