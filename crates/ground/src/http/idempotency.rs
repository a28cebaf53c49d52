//! `Idempotency-Key`: a key is spent in the same transaction as the work it came with, so a repeated request can
//! never do the work twice; the first answer is kept for a day and given again.
//! (IETF draft-ietf-httpapi-idempotency-key-header: 409 while in flight, 422 for another body.)
use crate::clock::DAY;
use crate::ctx::Spend;
use crate::db::{Db, DbError, DbResult, MigrationSet, Run, Tx};
use crate::{Ctx, Error, Result, Say};
use crate::{queries, record, sql};

queries! {
    FIND = "SELECT digest, status, content_type, body FROM idempotency WHERE owner = $1 AND idem_key = $2";
    SPEND = "INSERT INTO idempotency (owner, idem_key, digest, status, content_type, body, at) VALUES ($1, $2, $3, 0, '', $4, $5)";
    KEEP = "INSERT INTO idempotency (owner, idem_key, digest, status, content_type, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (owner, idem_key) DO UPDATE SET status = excluded.status, content_type = excluded.content_type, body = excluded.body";
    FORGET = "DELETE FROM idempotency WHERE at < $1";
}
pub use self::ALL as QUERIES;

record! {
    pub struct Kept { digest: String, status: i64, content_type: String, body: Vec<u8> }
}

pub fn migrations() -> MigrationSet {
    crate::migrations!("ground-idempotency" => "0001_idempotency.sql")
}

pub(crate) async fn find(db: &Db, owner: &str, key: &str) -> DbResult<Option<Kept>> {
    db.row(sql!(FIND, owner, key)).await?.as_ref().map(Kept::from_row).transpose()
}

/// In the transaction of the work itself: a second request with the key fails here.
pub(crate) async fn spend(tx: &Tx, spend: &Spend, now: i64) -> Result<()> {
    let done = tx.exec(sql!(SPEND, &spend.owner, &spend.key, &spend.digest, Vec::<u8>::new(), now)).await;
    match done {
        Ok(_) => Ok(()),
        Err(DbError::Unique(_)) => Err(Error::conflict(Say::new("error-idempotency-spent"))),
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn keep(cx: &Ctx, spend: &Spend, status: u16, content_type: &str, body: &[u8]) -> Result<()> {
    let tx = cx.db().begin("idempotency.keep").await?;
    let (s, now) = (i64::from(status), cx.now());
    tx.exec(sql!(KEEP, &spend.owner, &spend.key, &spend.digest, s, content_type, body, now)).await?;
    Ok(tx.commit().await?)
}

/// A sweep: keys are kept for a day.
pub async fn forget_old(cx: Ctx) -> Result<()> {
    let tx = cx.db().begin("idempotency.forget").await?;
    tx.exec(sql!(FORGET, cx.now() - DAY)).await?;
    Ok(tx.commit().await?)
}
