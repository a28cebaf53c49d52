//! The SQL of accounts that went over from one agency to another.
use crate::accounts::account::Account;
use ground::db::{DbResult, Run, Sql, Tx};
use ground::{queries, record, sql};

queries! {
    OPEN_OF = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE agency_id = $1 AND state IN ('requested', 'approved', 'live') AND id > $2 ORDER BY id LIMIT 100";
    HAND_OVER = "UPDATE accounts SET agency_id = $3, version = version + 1 WHERE id = $1 AND version = $2";
    TENURE = "INSERT INTO account_tenures (account_id, agency_id, heir_id, until_at, reorganisation_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, agency_id) DO NOTHING";
    TENURES = "SELECT agency_id, until_at FROM account_tenures WHERE account_id = $1 ORDER BY until_at DESC LIMIT 20";
}

record! {
    /// Whose it was, until when.
    pub struct Tenure { agency_id: i64, until_at: i64 }
}

/// What an agency has or has asked for, in order of ids.
pub async fn open_of(c: &impl Run, agency: i64, after: i64) -> DbResult<Vec<Account>> {
    c.rows(sql!(OPEN_OF, agency, after)).await?.iter().map(Account::from_row).collect()
}
pub async fn hand_over(tx: &Tx, a: &Account, heir: i64, until: i64, reorganisation: i64) -> DbResult<()> {
    tx.guard(sql!(HAND_OVER, a.id, a.version, heir)).await?;
    tx.exec(sql!(TENURE, a.id, a.agency_id, heir, until, reorganisation)).await.map(|_| ())
}
/// Whether an account was another agency's before.
pub async fn came_over(c: &impl Run, account: i64) -> DbResult<bool> {
    Ok(!c.rows(of_account(account)).await?.is_empty())
}
/// Asks whose an account was before.
pub fn of_account(account: i64) -> Sql {
    sql!(TENURES, account)
}
