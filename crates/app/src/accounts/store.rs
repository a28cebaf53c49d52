//! The accounts slice's SQL.
pub mod apps;
pub mod fill;
pub mod hooks;
pub mod keys;
pub mod life;
pub mod look_up;
pub mod public;
pub mod sign_ins;
pub mod tenures;

use super::account::Account;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE id = $1";
    NAMED = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE lower(handle) IN ($1, $2) AND state = 'live' ORDER BY id LIMIT 20";
    OVERLAP = "SELECT count(*) AS n FROM accounts WHERE known_as = $1 AND state <> 'closed' AND state <> 'rejected'";
    LIVE_OF = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE agency_id = $1 AND state = 'live' AND (platform IN ('site', 'newsletter', 'podcast') OR base_url <> '') ORDER BY id";
    LIVE = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE state = 'live' AND platform <> 'site' AND base_url <> '' AND id > $1 ORDER BY id LIMIT 500";
    IN_STATE = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE agency_id = $1 AND state = $2 ORDER BY id LIMIT $3";
    INSERT = "INSERT INTO accounts (id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, version) VALUES ($1, $2, $3, $4, $5, $6, '', '', 'requested', $7, $8, $9, 1)";
    STATE = "UPDATE accounts SET state = $4, version = version + 1 WHERE id = $1 AND version = $2 AND state = $3";
    CONNECT = "UPDATE accounts SET state = 'live', base_url = $3, remote_id = $4, handle = $5, url = $6, known_as = $7, secret = $8, live_since = coalesce(live_since, $9), version = version + 1 WHERE id = $1 AND version = $2";
    CLOSE = "UPDATE accounts SET state = 'closed', secret = NULL, closed_at = $3, version = version + 1 WHERE id = $1 AND version = $2";
    DECIDE = "INSERT INTO account_decisions (id, account_id, kind, person_id, reason, at) VALUES ($1, $2, $3, $4, $5, $6)";
    DECISIONS = "SELECT id, kind, person_id, reason, at FROM account_decisions WHERE account_id = $1 ORDER BY id";
}

record! {
    pub struct DecisionRow { id: i64, kind: String, person_id: i64, reason: String, at: i64 }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<Account>> {
    rows.iter().map(Account::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Account> {
    Account::from_row(&c.one(sql!(FIND, id)).await?)
}
/// Official accounts whose handle is this, on whatever platform.
pub async fn named(c: &impl Run, handle: &str) -> DbResult<Vec<Account>> {
    let bare = handle.trim().trim_start_matches('@').to_lowercase();
    all(&c.rows(sql!(NAMED, &bare, format!("@{bare}"))).await?)
}
pub async fn overlaps(c: &impl Run, known_as: &str) -> DbResult<bool> {
    Ok(c.one(sql!(OVERLAP, known_as)).await?.get::<i64>("n")? > 0)
}
/// Live accounts that can be published to.
pub async fn live_of(c: &impl Run, agency: i64) -> DbResult<Vec<Account>> {
    all(&c.rows(sql!(LIVE_OF, agency)).await?)
}
/// Accounts in a state, oldest first.
pub async fn in_state(c: &impl Run, agencies: &[i64], state: &str, most: i64) -> DbResult<Vec<Account>> {
    let mut found = vec![];
    for agency in agencies {
        found.extend(all(&c.rows(sql!(IN_STATE, *agency, state, most)).await?)?);
    }
    Ok(found)
}
/// Live accounts on outside platforms, in order of ids.
pub async fn live(c: &impl Run, after: i64) -> DbResult<Vec<Account>> {
    all(&c.rows(sql!(LIVE, after)).await?)
}
pub async fn insert(tx: &Tx, a: &Account) -> DbResult<()> {
    let q = sql!(
        INSERT,
        a.id,
        a.agency_id,
        &a.platform,
        &a.handle,
        &a.url,
        &a.known_as,
        a.plan_id,
        a.requested_by,
        a.requested_at
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn set_state(tx: &Tx, a: &Account, to: &str) -> DbResult<()> {
    tx.guard(sql!(STATE, a.id, a.version, &a.state, to)).await
}
/// Writes what the platform said of the account, and its sealed secret. Since when it is official a later key leaves as it is.
pub async fn connect(tx: &Tx, a: &Account, sealed: Option<Vec<u8>>, now: i64) -> DbResult<()> {
    let q = sql!(CONNECT, a.id, a.version, &a.base_url, &a.remote_id, &a.handle, &a.url, &a.known_as, sealed, now);
    tx.guard(q).await
}
pub async fn close(tx: &Tx, a: &Account, now: i64) -> DbResult<()> {
    tx.guard(sql!(CLOSE, a.id, a.version, now)).await
}
pub async fn decide(tx: &Tx, id: i64, account: i64, kind: &str, person: i64, reason: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(DECIDE, id, account, kind, person, reason, now)).await.map(|_| ())
}
pub async fn decisions(c: &impl Run, account: i64) -> DbResult<Vec<DecisionRow>> {
    c.rows(sql!(DECISIONS, account)).await?.iter().map(DecisionRow::from_row).collect()
}

#[derive(Debug, Default)]
pub struct Wanted<'a> {
    pub agencies: Option<Vec<i64>>,
    pub platform: &'a str,
    pub state: &'a str,
    pub before: i64,
    pub most: i64,
}

pub async fn list(c: &impl Run, w: &Wanted<'_>) -> DbResult<Vec<Account>> {
    let mut q = SqlBuilder::new(
        "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE id < ",
    );
    q.bind(w.before);
    if let Some(agencies) = &w.agencies {
        q.push(" AND agency_id IN (").bind(-1);
        for agency in agencies {
            q.push(", ").bind(*agency);
        }
        q.push(")");
    }
    for (column, value) in [(" AND platform = ", w.platform), (" AND state = ", w.state)] {
        if !value.is_empty() {
            q.push(column).bind(value);
        }
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(w.most);
    all(&c.rows(q.build()).await?)
}
