//! PostgreSQL: a pool of connections, READ COMMITTED transactions, statements prepared once a connection.
use super::{DbError, DbResult, Row, Sql, Value};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};

#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
}

pub struct PostgresTx {
    /// Taken by commit; what is left at drop is rolled back.
    client: Option<Object>,
    name: &'static str,
    started: Instant,
}

fn map(e: &tokio_postgres::Error) -> DbError {
    let Some(db) = e.as_db_error() else { return DbError::Unavailable(e.to_string()) };
    let code = db.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        DbError::Unique(db.constraint().unwrap_or_default().into())
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        DbError::ForeignKey
    } else if *code == SqlState::DISK_FULL {
        DbError::Full
    } else if [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::LOCK_NOT_AVAILABLE]
        .contains(code)
    {
        DbError::Busy
    } else {
        DbError::Other(format!("{}: {}", code.code(), db.message()))
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Value::Int(n) if *ty == Type::INT2 => i16::try_from(*n)?.to_sql(ty, out),
            Value::Int(n) if *ty == Type::FLOAT8 => (*n as f64).to_sql(ty, out),
            Value::Int(n) => n.to_sql(ty, out),
            Value::Bool(b) => b.to_sql(ty, out),
            Value::Real(x) => x.to_sql(ty, out),
            Value::Text(s) => s.to_sql(ty, out),
            Value::Bytes(b) => b.to_sql(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    tokio_postgres::types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Value, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Value::Bytes(<Vec<u8>>::from_sql(ty, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => Value::Text(String::from_sql(ty, raw)?),
            _ => return Err(format!("a column of type {ty} is not of the house dialect; cast it").into()),
        })
    }
    fn from_sql_null(_: &Type) -> Result<Value, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Value::Null)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

async fn rows(client: &Object, sql: &Sql) -> DbResult<Vec<Row>> {
    let statement = client.prepare_cached(&sql.text).await.map_err(|e| map(&e))?;
    let args: Vec<&(dyn ToSql + Sync)> = sql.args.iter().map(|a| a as _).collect();
    let found = client.query(&statement, &args).await.map_err(|e| map(&e))?;
    let names: Arc<[String]> = statement.columns().iter().map(|c| c.name().to_owned()).collect();
    found
        .iter()
        .map(|row| {
            let values: Result<Vec<Value>, _> = (0..names.len()).map(|i| row.try_get(i)).collect();
            Ok(Row { names: names.clone(), values: values.map_err(|e| DbError::Other(e.to_string()))? })
        })
        .collect()
}

impl Postgres {
    pub async fn open(url: &str) -> DbResult<Postgres> {
        // The driver has no word for a schema: take it out and hand it over as a start-up option.
        let (plain, schema) = match url.split_once("search_path=") {
            Some((before, schema)) => (before.trim_end_matches(['?', '&']).to_owned(), Some(schema.to_owned())),
            None => (url.to_owned(), None),
        };
        let mut config: tokio_postgres::Config =
            plain.parse().map_err(|e| DbError::Unavailable(format!("the address cannot be read: {e}")))?;
        config.connect_timeout(Duration::from_secs(5)).application_name("drelwa");
        if let Some(schema) = schema {
            config.options(format!("-c search_path={schema}"));
        }
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(16)
            .wait_timeout(Some(Duration::from_secs(30)))
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|e| DbError::Unavailable(e.to_string()))?;
        let db = Postgres { pool };
        drop(db.client().await?);
        Ok(db)
    }
    async fn client(&self) -> DbResult<Object> {
        self.pool.get().await.map_err(|e| {
            use std::error::Error as _;
            let why = e.source().map(|s| s.source().map_or_else(|| s.to_string(), ToString::to_string));
            DbError::Unavailable(why.unwrap_or_else(|| e.to_string()))
        })
    }
    pub async fn begin(&self, name: &'static str) -> DbResult<PostgresTx> {
        let client = self.client().await?;
        client.batch_execute("BEGIN").await.map_err(|e| map(&e))?;
        Ok(PostgresTx { client: Some(client), name, started: Instant::now() })
    }
    pub async fn rows(&self, sql: Sql) -> DbResult<Vec<Row>> {
        rows(&self.client().await?, &sql).await
    }
    /// Sent one after the other without waiting, in one transaction that sees one moment.
    pub async fn read_all(&self, all: &[Sql]) -> DbResult<Vec<Vec<Row>>> {
        let client = self.client().await?;
        for sql in all {
            client.prepare_cached(&sql.text).await.map_err(|e| map(&e))?;
        }
        let begin = client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let found = futures_util::future::join_all(all.iter().map(|sql| rows(&client, sql)));
        let (begun, found, ended) = futures_util::future::join3(begin, found, client.batch_execute("COMMIT")).await;
        begun.map_err(|e| map(&e))?;
        let found = found.into_iter().collect::<DbResult<_>>()?;
        ended.map_err(|e| map(&e))?;
        Ok(found)
    }
    pub async fn check(&self, text: &str) -> DbResult<()> {
        let client = self.client().await?;
        let statement = client.prepare(text).await.map_err(|e| map(&e))?;
        for column in statement.columns() {
            let fine = [Type::INT8, Type::BOOL, Type::FLOAT8, Type::TEXT, Type::BYTEA, Type::INT4, Type::VARCHAR];
            if !fine.contains(column.type_()) {
                let (name, ty) = (column.name(), column.type_());
                return Err(DbError::Other(format!(
                    "column {name} is of type {ty}, not of the house dialect; cast it"
                )));
            }
        }
        Ok(())
    }
    pub fn close(&self) {
        self.pool.close();
    }
}

impl PostgresTx {
    fn client(&self) -> DbResult<&Object> {
        self.client.as_ref().ok_or_else(|| DbError::Other("the transaction is over".into()))
    }
    pub async fn rows(&self, sql: Sql) -> DbResult<Vec<Row>> {
        rows(self.client()?, &sql).await
    }
    pub async fn exec(&self, sql: Sql) -> DbResult<u64> {
        let client = self.client()?;
        let statement = client.prepare_cached(&sql.text).await.map_err(|e| map(&e))?;
        let args: Vec<&(dyn ToSql + Sync)> = sql.args.iter().map(|a| a as _).collect();
        client.execute(&statement, &args).await.map_err(|e| map(&e))
    }
    pub async fn batch(&self, text: &str) -> DbResult<()> {
        self.client()?.batch_execute(text).await.map_err(|e| map(&e))
    }
    pub async fn commit(mut self) -> DbResult<()> {
        let client = self.client.take().ok_or_else(|| DbError::Other("the transaction is over".into()))?;
        // A transaction that failed on the way answers COMMIT with ROLLBACK and no error: ask what really happened.
        let done = client.simple_query("COMMIT").await;
        let held = self.started.elapsed();
        if held > Duration::from_millis(500) {
            tracing::warn!(name = self.name, ms = held.as_millis() as u64, "a transaction was open long");
        }
        match done {
            Ok(_) => Ok(()),
            Err(e) => {
                drop(Object::take(client));
                Err(map(&e))
            }
        }
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if client.batch_execute("ROLLBACK").await.is_err() {
                        drop(Object::take(client));
                    }
                });
            }
            // No runtime is left to say ROLLBACK: closing the connection does.
            Err(_) => drop(Object::take(client)),
        }
    }
}
