//! The SQL of the addresses that platforms call.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};
use std::collections::BTreeSet;

queries! {
    HOOK = "SELECT account_id, name, set_at, heard_at, refused_at, refused_why FROM account_hooks WHERE account_id = $1";
    SEALED = "SELECT h.account_id, h.secret, k.wrapped, k.master, h.sealed_by FROM account_hooks h JOIN account_keys k ON k.agency_id = h.sealed_by WHERE h.account_id = $1";
    SEALED_WITH = "SELECT h.account_id, h.secret, k.wrapped, k.master, h.sealed_by FROM account_hooks h JOIN account_keys k ON k.agency_id = h.sealed_by WHERE h.sealed_by = $1 ORDER BY h.account_id";
    SET = "INSERT INTO account_hooks (account_id, name, secret, sealed_by, set_at, refused_why) VALUES ($1, $2, $3, $4, $5, '') ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, sealed_by = excluded.sealed_by, set_at = excluded.set_at, heard_at = NULL, refused_at = NULL, refused_why = ''";
    SEAL = "UPDATE account_hooks SET secret = $2, sealed_by = $3 WHERE account_id = $1";
    REMOVE = "DELETE FROM account_hooks WHERE account_id = $1";
    HEARD = "UPDATE account_hooks SET heard_at = $2 WHERE account_id = $1 AND (heard_at IS NULL OR heard_at < $3)";
    REFUSED = "UPDATE account_hooks SET refused_at = $2, refused_why = $3 WHERE account_id = $1 AND (refused_at IS NULL OR refused_at < $4 OR refused_why <> $3)";
    CALLED = "SELECT account_id FROM account_hooks WHERE heard_at > $1 AND account_id > $2 AND account_id <= $3";
}

record! {
    /// Where a platform may call, and when it did.
    pub struct Hook { account_id: i64, name: String, set_at: i64, heard_at: Option<i64>, refused_at: Option<i64>, refused_why: String }
}
record! {
    /// The secret as it lies, with the key it was sealed with.
    pub struct SealedHook { account_id: i64, secret: Vec<u8>, wrapped: Vec<u8>, master: String, sealed_by: i64 }
}

pub async fn hook(c: &impl Run, account: i64) -> DbResult<Option<Hook>> {
    c.row(sql!(HOOK, account)).await?.as_ref().map(Hook::from_row).transpose()
}
pub async fn sealed(c: &impl Run, account: i64) -> DbResult<Option<SealedHook>> {
    c.row(sql!(SEALED, account)).await?.as_ref().map(SealedHook::from_row).transpose()
}
pub async fn sealed_with(c: &impl Run, agency: i64) -> DbResult<Vec<SealedHook>> {
    c.rows(sql!(SEALED_WITH, agency)).await?.iter().map(SealedHook::from_row).collect()
}
/// A new secret. The address stays what it is where there is one.
pub async fn set(tx: &Tx, account: i64, name: &str, secret: Vec<u8>, agency: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(SET, account, name, secret, agency, at)).await.map(|_| ())
}
pub async fn seal(tx: &Tx, account: i64, secret: Vec<u8>, agency: i64) -> DbResult<()> {
    tx.guard(sql!(SEAL, account, secret, agency)).await
}
/// Whether there was one.
pub async fn remove(tx: &Tx, account: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(REMOVE, account)).await? == 1)
}
/// Written down at most once between `before` and now, however many calls come.
pub async fn heard(tx: &Tx, account: i64, now: i64, before: i64) -> DbResult<()> {
    tx.exec(sql!(HEARD, account, now, before)).await.map(|_| ())
}
pub async fn refused(tx: &Tx, account: i64, why: &str, now: i64, before: i64) -> DbResult<()> {
    tx.exec(sql!(REFUSED, account, now, why, before)).await.map(|_| ())
}
/// Accounts between these ids (the first excluded) whose platform called since then.
pub async fn called(c: &impl Run, since: i64, after: i64, last: i64) -> DbResult<BTreeSet<i64>> {
    c.rows(sql!(CALLED, since, after, last)).await?.iter().map(|row| row.get("account_id")).collect()
}
