//! Migrations: numbered SQL files of each slice, run once, in order, never changed afterwards.
use super::{Db, DbError, DbResult, Engine, Run, Sql, Tx, TxInner};
use crate::sql;

/// One file, with the override of an engine where the text cannot be the same.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub name: &'static str,
    pub text: &'static str,
    pub sqlite: Option<&'static str>,
    pub postgres: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    pub slice: &'static str,
    pub all: &'static [Migration],
}

/// `migrations!("posts" => "0001_posts.sql", "0002_media.sql")`: files of the caller's `migrations` folder. An entry in
/// brackets, `["a.sqlite.sql", "a.postgres.sql"]`, has a text for each engine.
#[macro_export]
macro_rules! migrations {
    (@one [$sqlite:literal, $postgres:literal]) => {
        $crate::db::Migration {
            name: $sqlite, text: "",
            sqlite: Some(include_str!(concat!("migrations/", $sqlite))),
            postgres: Some(include_str!(concat!("migrations/", $postgres))),
        }
    };
    (@one $file:literal) => {
        $crate::db::Migration { name: $file, text: include_str!(concat!("migrations/", $file)), sqlite: None, postgres: None }
    };
    ($slice:literal => $($file:tt),+ $(,)?) => {
        $crate::db::MigrationSet { slice: $slice, all: const { &[$($crate::migrations!(@one $file)),+] } }
    };
}

impl Migration {
    fn text(&self, engine: Engine) -> String {
        match engine {
            Engine::Sqlite => keyed(self.sqlite.unwrap_or(self.text)),
            Engine::Postgres => render(self.postgres.unwrap_or(self.text)),
        }
    }
    fn checksum(&self) -> String {
        let whole = [self.text, self.sqlite.unwrap_or(""), self.postgres.unwrap_or("")].join("\0");
        crate::crypto::sha256_hex(whole.as_bytes())
    }
}

/// SQLite keeps a table in the order of its key, without another index for it, when the key's type is called INTEGER.
fn keyed(text: &str) -> String {
    text.replace("BIGINT NOT NULL PRIMARY KEY", "INTEGER NOT NULL PRIMARY KEY")
}

/// The one token of table definitions that differs in PostgreSQL.
fn render(text: &str) -> String {
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .map(|word| match word.strip_prefix("BLOB") {
            Some(rest) if rest.len() <= 1 => format!("BYTEA{rest}"),
            _ => word.to_owned(),
        })
        .collect()
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    slice TEXT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, PRIMARY KEY (slice, name))";

impl Tx {
    async fn batch(&self, text: &str) -> DbResult<()> {
        match &self.inner {
            TxInner::Postgres(tx) => tx.batch(text).await,
            TxInner::Sqlite(_) => {
                for statement in statements(text) {
                    self.exec(Sql::new(statement, vec![])).await?;
                }
                Ok(())
            }
        }
    }
}

/// Splits at semicolons that end a line: migrations are written so.
fn statements(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines().filter(|l| !l.trim_start().starts_with("--")) {
        let last = all.last_mut();
        let ends = line.trim_end().ends_with(';');
        if let Some(last) = last {
            last.push_str(line.trim_end().trim_end_matches(';'));
            last.push('\n');
        }
        if ends {
            all.push(String::new());
        }
    }
    all.retain(|s| !s.trim().is_empty());
    all
}

impl Db {
    /// Runs what has not run yet, in one transaction: all or nothing. A file that was changed after it ran is refused.
    pub async fn migrate(&self, sets: &[MigrationSet]) -> DbResult<usize> {
        let tx = self.begin("migrate").await?;
        if self.engine() == Engine::Postgres {
            // Two nodes may start at once.
            tx.batch("SELECT pg_advisory_xact_lock(7352914)").await?;
        }
        tx.batch(TABLE).await?;
        let mut ran = 0;
        for set in sets {
            for m in set.all {
                let known =
                    tx.row(sql!("SELECT checksum FROM migrations WHERE slice = $1 AND name = $2", set.slice, m.name));
                if let Some(row) = known.await? {
                    if row.get::<String>("checksum")? != m.checksum() {
                        return Err(DbError::Other(format!(
                            "migration {}/{} was changed after it had run; add a new one instead",
                            set.slice, m.name
                        )));
                    }
                    continue;
                }
                tx.batch(&m.text(self.engine()))
                    .await
                    .map_err(|e| DbError::Other(format!("migration {}/{}: {e}", set.slice, m.name)))?;
                let q = sql!(
                    "INSERT INTO migrations (slice, name, checksum) VALUES ($1, $2, $3)",
                    set.slice,
                    m.name,
                    m.checksum()
                );
                tx.exec(q).await?;
                ran += 1;
            }
        }
        tx.commit().await?;
        Ok(ran)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_type_is_rendered() {
        assert_eq!(render("a BLOB NOT NULL,\nblobs BLOB, c BLOB)"), "a BYTEA NOT NULL,\nblobs BYTEA, c BYTEA)");
        assert_eq!(render("BLOBBY BLOB"), "BLOBBY BYTEA");
        let made = keyed("id BIGINT NOT NULL PRIMARY KEY,\n n BIGINT NOT NULL, PRIMARY KEY (n)");
        assert_eq!(made, "id INTEGER NOT NULL PRIMARY KEY,\n n BIGINT NOT NULL, PRIMARY KEY (n)");
    }

    #[test]
    fn statements_end_where_a_line_ends_with_a_semicolon() {
        assert_eq!(statements("-- note\nA (\n 1);\nB;\n").len(), 2);
    }
}
