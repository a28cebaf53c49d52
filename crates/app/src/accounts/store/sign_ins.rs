//! The SQL of those who were sent to a platform to sign in.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    ASKED = "SELECT id, account_id, person_id, session_id, app_id, server, redirect, verifier, expires_at, used_at FROM account_sign_ins WHERE state_digest = $1";
    ASK = "INSERT INTO account_sign_ins (id, state_digest, account_id, person_id, session_id, app_id, server, redirect, verifier, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SPEND = "UPDATE account_sign_ins SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    FORGET_OLD = "DELETE FROM account_sign_ins WHERE expires_at < $1";
    FORGET_ALL = "DELETE FROM account_sign_ins";
}

record! {
    pub struct AskedRow { id: i64, account_id: i64, person_id: i64, session_id: Option<i64>, app_id: i64, server: String, redirect: String, verifier: Vec<u8>, expires_at: i64, used_at: Option<i64> }
}

pub async fn asked(c: &impl Run, digest: &str) -> DbResult<Option<AskedRow>> {
    c.row(sql!(ASKED, digest)).await?.as_ref().map(AskedRow::from_row).transpose()
}
/// Keeps what was asked; what ended before `old` is forgotten.
pub async fn ask(tx: &Tx, a: &AskedRow, digest: &str, old: i64) -> DbResult<()> {
    tx.exec(sql!(FORGET_OLD, old)).await?;
    let verifier = a.verifier.clone();
    let q = sql!(
        ASK,
        a.id,
        digest,
        a.account_id,
        a.person_id,
        a.session_id,
        a.app_id,
        &a.server,
        &a.redirect,
        verifier,
        a.expires_at
    );
    tx.exec(q).await.map(|_| ())
}
/// Whether this is its one use, and in time.
pub async fn spend(tx: &Tx, id: i64, now: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(SPEND, id, now)).await? == 1)
}
pub async fn forget_all(tx: &Tx) -> DbResult<()> {
    tx.exec(sql!(FORGET_ALL)).await.map(|_| ())
}
