//! The SQL of calls that were heard.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    HEARD = "INSERT INTO inbox_heard (account_id, call_hash, at) VALUES ($1, $2, $3) ON CONFLICT (account_id, call_hash) DO NOTHING";
    FORGET = "DELETE FROM inbox_heard WHERE at < $1";
}

/// Whether this call is heard for the first time.
pub async fn first(tx: &Tx, account: i64, hash: &str, at: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(HEARD, account, hash, at)).await? == 1)
}
pub async fn forget(tx: &Tx, before: i64) -> DbResult<()> {
    tx.exec(sql!(FORGET, before)).await.map(|_| ())
}
