//! The SQL of secrets and the keys they are sealed with.
use crate::accounts::account::Account;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    SEALED = "SELECT a.id, a.agency_id, a.secret, a.refresh, a.sealed_by, a.secret_until, a.secret_round, k.wrapped, k.master FROM accounts a LEFT JOIN account_keys k ON k.agency_id = a.sealed_by WHERE a.id = $1 AND a.state = 'live'";
    SEALED_WITH = "SELECT a.id, a.agency_id, a.secret, a.refresh, a.sealed_by, a.secret_until, a.secret_round, k.wrapped, k.master FROM accounts a LEFT JOIN account_keys k ON k.agency_id = a.sealed_by WHERE a.sealed_by = $1 AND a.secret IS NOT NULL ORDER BY a.id";
    SEALED_BARE = "SELECT a.id, a.agency_id, a.secret, a.refresh, a.sealed_by, a.secret_until, a.secret_round, k.wrapped, k.master FROM accounts a LEFT JOIN account_keys k ON k.agency_id = a.sealed_by WHERE a.sealed_by IS NULL AND a.secret IS NOT NULL ORDER BY a.id LIMIT 100";
    KEY = "SELECT agency_id, wrapped, master, generation FROM account_keys WHERE agency_id = $1";
    KEY_NEW = "INSERT INTO account_keys (agency_id, wrapped, master, generation, made_at) VALUES ($1, $2, $3, 1, $4) ON CONFLICT (agency_id) DO NOTHING";
    KEY_HOLD = "UPDATE account_keys SET generation = generation WHERE agency_id = $1";
    KEY_CHANGE = "UPDATE account_keys SET wrapped = $2, master = $3, generation = generation + 1, made_at = $4 WHERE agency_id = $1";
    KEYS_BEHIND = "SELECT agency_id, wrapped, master, generation FROM account_keys WHERE master <> $1 ORDER BY agency_id LIMIT 100";
    PUT = "UPDATE accounts SET secret = $2, refresh = $3, sealed_by = $4 WHERE id = $1";
    PUT_LASTING = "UPDATE accounts SET refresh = $2, sealed_by = $3, secret_until = $4, secret_round = coalesce(secret_round, 0) + 1, renewing_since = NULL WHERE id = $1";
    CLAIM = "UPDATE accounts SET renewing_since = $3 WHERE id = $1 AND coalesce(secret_round, 0) = $2 AND (renewing_since IS NULL OR renewing_since < $4)";
    LET_GO = "UPDATE accounts SET renewing_since = NULL WHERE id = $1 AND coalesce(secret_round, 0) = $2";
    RENEWED = "UPDATE accounts SET secret = $3, refresh = $4, sealed_by = $5, secret_until = $6, secret_round = coalesce(secret_round, 0) + 1, renewing_since = NULL WHERE id = $1 AND coalesce(secret_round, 0) = $2";
    FORGET = "UPDATE accounts SET refresh = NULL, secret_until = NULL WHERE id = $1";
    UNTIL = "SELECT secret_until FROM accounts WHERE id = $1 AND state = 'live' AND refresh IS NULL";
    ENDING = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE state = 'live' AND refresh IS NULL AND secret_until IS NOT NULL AND secret_until <= $1 AND id > $2 ORDER BY id LIMIT 100";
    WARN = "INSERT INTO account_warnings (account_id, secret_until, days, at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, secret_until, days) DO NOTHING";
}

record! {
    /// A secret as it lies, with the key it was sealed with.
    pub struct Sealed { id: i64, agency_id: i64, secret: Option<Vec<u8>>, refresh: Option<Vec<u8>>, sealed_by: Option<i64>, secret_until: Option<i64>, secret_round: Option<i64>, wrapped: Option<Vec<u8>>, master: Option<String> }
}
record! {
    pub struct KeyRow { agency_id: i64, wrapped: Vec<u8>, master: String, generation: i64 }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<Sealed>> {
    rows.iter().map(Sealed::from_row).collect()
}

pub async fn sealed(c: &impl Run, account: i64) -> DbResult<Option<Sealed>> {
    c.row(sql!(SEALED, account)).await?.as_ref().map(Sealed::from_row).transpose()
}
pub async fn sealed_with(c: &impl Run, agency: i64) -> DbResult<Vec<Sealed>> {
    all(&c.rows(sql!(SEALED_WITH, agency)).await?)
}
/// Sealed with the master key itself, as it was done once.
pub async fn sealed_bare(c: &impl Run) -> DbResult<Vec<Sealed>> {
    all(&c.rows(sql!(SEALED_BARE)).await?)
}
/// The key of an agency, held until the transaction ends: whoever changes it waits.
pub async fn hold(tx: &Tx, agency: i64) -> DbResult<Option<KeyRow>> {
    tx.exec(sql!(KEY_HOLD, agency)).await?;
    tx.row(sql!(KEY, agency)).await?.as_ref().map(KeyRow::from_row).transpose()
}
pub async fn insert(tx: &Tx, agency: i64, wrapped: Vec<u8>, master: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(KEY_NEW, agency, wrapped, master, at)).await.map(|_| ())
}
pub async fn change(tx: &Tx, agency: i64, wrapped: Vec<u8>, master: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(KEY_CHANGE, agency, wrapped, master, at)).await
}
/// Keys that another master key wraps.
pub async fn behind(c: &impl Run, master: &str) -> DbResult<Vec<KeyRow>> {
    c.rows(sql!(KEYS_BEHIND, master)).await?.iter().map(KeyRow::from_row).collect()
}
pub async fn put(tx: &Tx, account: i64, secret: Vec<u8>, refresh: Option<Vec<u8>>, agency: i64) -> DbResult<()> {
    tx.guard(sql!(PUT, account, secret, refresh, agency)).await
}
/// What belongs to a secret that was just put in: what renews it, whose key sealed it, until when it is good.
pub async fn lasting(tx: &Tx, account: i64, refresh: Option<Vec<u8>>, agency: i64, until: Option<i64>) -> DbResult<()> {
    tx.guard(sql!(PUT_LASTING, account, refresh, agency, until)).await
}
/// Whether the renewing of this round is ours: nobody else's, or of somebody who let it lie since before `stale`.
pub async fn claim(tx: &Tx, account: i64, round: i64, now: i64, stale: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(CLAIM, account, round, now, stale)).await? == 1)
}
pub async fn let_go(tx: &Tx, account: i64, round: i64) -> DbResult<()> {
    tx.exec(sql!(LET_GO, account, round)).await.map(|_| ())
}
pub async fn renewed(tx: &Tx, s: &Sealed, round: i64) -> DbResult<()> {
    let (secret, refresh) = (s.secret.clone(), s.refresh.clone());
    tx.guard(sql!(RENEWED, s.id, round, secret, refresh, s.sealed_by, s.secret_until)).await
}
pub async fn forget(tx: &Tx, account: i64) -> DbResult<()> {
    tx.exec(sql!(FORGET, account)).await.map(|_| ())
}
/// When the secret of a live account ends, where nobody renews it.
pub async fn until(c: &impl Run, account: i64) -> DbResult<Option<i64>> {
    match c.row(sql!(UNTIL, account)).await? {
        Some(row) => row.get("secret_until"),
        None => Ok(None),
    }
}
/// Live accounts whose secret ends by then and that nobody renews, in order of ids.
pub async fn ending(c: &impl Run, by: i64, after: i64) -> DbResult<Vec<Account>> {
    c.rows(sql!(ENDING, by, after)).await?.iter().map(Account::from_row).collect()
}
/// Whether this warning is given for the first time.
pub async fn warn(tx: &Tx, account: i64, until: i64, days: i64, at: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(WARN, account, until, days, at)).await? == 1)
}
