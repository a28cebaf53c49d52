//! What the public site reads: published views only.
use ground::db::{DbResult, Run};
use ground::{queries, record, sql};

queries! {
    ACCOUNTS_OF = "SELECT id, platform, handle, url, state, live_since, closed_at FROM accounts_public_v1 WHERE agency_id = $1 ORDER BY id LIMIT 500";
}

record! {
    pub struct AccountRow { id: i64, platform: String, handle: String, url: String, state: String, live_since: i64, closed_at: Option<i64> }
}

/// Every account that is or was an agency's official one.
pub async fn accounts_of(c: &impl Run, agency: i64) -> DbResult<Vec<AccountRow>> {
    c.rows(sql!(ACCOUNTS_OF, agency)).await?.iter().map(AccountRow::from_row).collect()
}
