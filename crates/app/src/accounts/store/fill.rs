//! Many live accounts at once: for measuring with a large database.
use crate::accounts::account::Account;
use ground::db::{DbResult, Tx};
use ground::values;

pub async fn accounts(tx: &Tx, all: &[Account]) -> DbResult<()> {
    let row = |a: &Account| {
        values![
            a.id,
            a.agency_id,
            &a.platform,
            &a.handle,
            &a.url,
            &a.known_as,
            &a.base_url,
            &a.remote_id,
            &a.state,
            a.plan_id,
            a.requested_by,
            a.requested_at,
            a.live_since,
            a.version
        ]
    };
    let head = "INSERT INTO accounts (id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, version)";
    tx.insert_many(head, all.iter().map(row).collect()).await
}
