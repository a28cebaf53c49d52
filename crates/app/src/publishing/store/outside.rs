//! The SQL of what was posted beside the program.
use crate::publishing::delivery::Delivery;
use crate::publishing::outside::OutsidePost;
use crate::shell::paging::newest;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, account_id, platform, remote_id, url, text, posted_at, seen_at, state, reason, decided_by, decided_at FROM outside_posts WHERE id = $1";
    INSERT = "INSERT INTO outside_posts (id, agency_id, account_id, platform, remote_id, url, text, posted_at, seen_at, state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '') ON CONFLICT (account_id, remote_id) DO NOTHING";
    DECIDE = "UPDATE outside_posts SET state = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND state = 'open'";
    OLDEST_OPEN = "SELECT id, agency_id, account_id, platform, remote_id, url, text, posted_at, seen_at, state, reason, decided_by, decided_at FROM outside_posts WHERE agency_id = $1 AND state = 'open' AND id > $2 ORDER BY id LIMIT $3";
    CURSOR = "SELECT account_id, cursor_at, looked_at, error, failing_since FROM outside_cursors WHERE account_id = $1";
    CURSOR_SET = "INSERT INTO outside_cursors (account_id, cursor_at, looked_at, error, failing_since) VALUES ($1, $2, $3, '', NULL) ON CONFLICT (account_id) DO UPDATE SET cursor_at = $2, looked_at = $3, error = '', failing_since = NULL";
    CURSOR_FAIL = "INSERT INTO outside_cursors (account_id, cursor_at, looked_at, error, failing_since) VALUES ($1, NULL, NULL, $2, $3) ON CONFLICT (account_id) DO UPDATE SET error = $2, failing_since = coalesce(outside_cursors.failing_since, $3)";
    SENDING = "SELECT count(*) AS n FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.ended_at IS NULL AND a.kind IN ('send', 'edit') AND a.send_key NOT LIKE 'by-hand-%' AND d.account_id = $1";
    UNCONFIRMED = "SELECT count(*) AS n FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id WHERE d.account_id = $1 AND d.remote_id = '' AND (a.outcome = 'unknown' OR (a.send_key LIKE 'by-hand-%' AND a.outcome <> 'refused')) AND a.fingerprint = $2";
    CALLED = "INSERT INTO delivery_names (account_id, remote_id, delivery_id) VALUES ($1, $2, $3) ON CONFLICT (account_id, remote_id) DO NOTHING";
    WAS_CALLED = "SELECT count(*) AS n FROM delivery_names WHERE account_id = $1 AND remote_id = $2";
    NAMELESS = "SELECT count(*) AS n FROM deliveries WHERE account_id = $1 AND remote_id = '' AND url = $2";
}

record! {
    /// Where to go on reading an account, and since when that fails.
    pub struct Cursor { account_id: i64, cursor_at: Option<String>, looked_at: Option<i64>, error: String, failing_since: Option<i64> }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<OutsidePost>> {
    rows.iter().map(OutsidePost::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<OutsidePost> {
    OutsidePost::from_row(&c.one(sql!(FIND, id)).await?)
}
/// Whether it is new; what is known already is left as it is.
pub async fn insert(tx: &Tx, p: &OutsidePost) -> DbResult<bool> {
    let q = sql!(
        INSERT,
        p.id,
        p.agency_id,
        p.account_id,
        &p.platform,
        &p.remote_id,
        &p.url,
        &p.text,
        p.posted_at,
        p.seen_at
    );
    Ok(tx.exec(q).await? == 1)
}
/// Decides it, if nobody else did meanwhile.
pub async fn decide(tx: &Tx, id: i64, state: &str, reason: &str, by: i64, now: i64) -> DbResult<()> {
    tx.guard(sql!(DECIDE, id, state, reason, by, now)).await
}
/// What nobody said a word about yet, longest known first.
pub async fn oldest_open(c: &impl Run, agencies: &[i64], after: i64, most: i64) -> DbResult<Vec<OutsidePost>> {
    let mut found = vec![];
    for agency in agencies {
        found.extend(all(&c.rows(sql!(OLDEST_OPEN, *agency, after, most)).await?)?);
    }
    found.sort_by_key(|p| p.id);
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok(found)
}

/// What a list wants: of these agencies (all when `None`), in this state, before an id, newest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub agencies: Option<Vec<i64>>,
    pub state: String,
    pub before: i64,
    pub most: i64,
}

pub async fn list(c: &impl Run, w: &Wanted) -> DbResult<Vec<OutsidePost>> {
    let Some(agencies) = &w.agencies else { return page(c, w, None).await };
    let mut found = vec![];
    for agency in agencies {
        found.extend(page(c, w, Some(*agency)).await?);
    }
    Ok(newest(found, w.most, |p| p.id))
}

async fn page(c: &impl Run, w: &Wanted, agency: Option<i64>) -> DbResult<Vec<OutsidePost>> {
    let mut q = SqlBuilder::new(
        "SELECT id, agency_id, account_id, platform, remote_id, url, text, posted_at, seen_at, state, reason, decided_by, decided_at FROM outside_posts WHERE id < ",
    );
    q.bind(w.before);
    if let Some(agency) = agency {
        q.push(" AND agency_id = ").bind(agency);
    }
    if !w.state.is_empty() {
        q.push(" AND state = ").bind(w.state.as_str());
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(w.most);
    all(&c.rows(q.build()).await?)
}

pub async fn cursor(c: &impl Run, account: i64) -> DbResult<Option<Cursor>> {
    c.row(sql!(CURSOR, account)).await?.as_ref().map(Cursor::from_row).transpose()
}
pub async fn set_cursor(tx: &Tx, account: i64, cursor: Option<&str>, now: i64) -> DbResult<()> {
    tx.exec(sql!(CURSOR_SET, account, cursor, now)).await.map(|_| ())
}
pub async fn failed(tx: &Tx, account: i64, error: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(CURSOR_FAIL, account, error, now)).await.map(|_| ())
}
/// Whether a call of the program's that makes a post, or gives one another number, is on its way to this account, or its
/// outcome is not known. What a person was asked to put up is known by its words: it may be asked for long.
pub async fn is_sending(c: &impl Run, account: i64) -> DbResult<bool> {
    Ok(c.one(sql!(SENDING, account)).await?.get::<i64>("n")? > 0)
}
/// Whether these are the words of a delivery that may be out under an id nobody told us, by a lost answer or by hand.
pub async fn unconfirmed(c: &impl Run, account: i64, fingerprint: &str) -> DbResult<bool> {
    Ok(c.one(sql!(UNCONFIRMED, account, fingerprint)).await?.get::<i64>("n")? > 0)
}
/// Whether a person said of something of ours that it stands at this address; its id nobody told us.
pub async fn nameless_at(c: &impl Run, account: i64, url: &str) -> DbResult<bool> {
    Ok(c.one(sql!(NAMELESS, account, url)).await?.get::<i64>("n")? > 0)
}
/// Keeps the number that a delivery is about to lose.
pub async fn was_called(tx: &Tx, d: &Delivery) -> DbResult<()> {
    tx.exec(sql!(CALLED, d.account_id, &d.remote_id, d.id)).await.map(|_| ())
}
/// Whether something of ours had this number once.
pub async fn had_been_called(c: &impl Run, account: i64, remote_id: &str) -> DbResult<bool> {
    Ok(c.one(sql!(WAS_CALLED, account, remote_id)).await?.get::<i64>("n")? > 0)
}
