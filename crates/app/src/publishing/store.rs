//! The publishing slice's SQL.
pub mod away;
pub mod by_hand;
pub mod fill;
pub mod freeze;
pub mod late;
pub mod out;
pub mod outside;
pub mod spending;
pub mod turned;

use super::delivery::{Attempt, Delivery};
use super::site::SitePost;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE id = $1";
    OF_POST = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE post_id = $1 ORDER BY id";
    IN_STATE = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE agency_id = $1 AND state = $2 ORDER BY id LIMIT $3";
    STUCK = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE agency_id = $1 AND state = 'sent' AND problem <> 'frozen' AND (problem <> '' OR tries >= 5) ORDER BY id LIMIT $2";
    OF_PART = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE post_id = $1 AND account_id = $2 AND part = $3";
    WAKE = "UPDATE deliveries SET next_at = $4, due_at = $4, step = step + 1, updated_at = $4 WHERE post_id = $1 AND account_id = $2 AND part = $3 AND state = 'waiting' AND NOT unwanted";
    OF_REMOTE = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE account_id = $1 AND remote_id = $2 ORDER BY id LIMIT 1";
    INSERT = "INSERT INTO deliveries (id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, problem, problem_text, tries, step, created_at, updated_at, urgent, part) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $11, $12, $15, '', '', '', '', 0, 1, $13, $13, $14, $16)";
    GIVE_OVER = "UPDATE deliveries SET agency_id = $3 WHERE post_id = $1 AND account_id = $2 AND reply_to = '' AND sent_at IS NULL";
    CHANGE = "UPDATE deliveries SET version = $3, state = $4, unwanted = $5, reason = $6, next_at = $7, remote_id = $8, url = $9, sent_version = $10, sent_at = $11, problem = $12, problem_text = $13, tries = $14, due_at = $15, step = step + 1, updated_at = $16, urgent = $17 WHERE id = $1 AND step = $2";
    ATTEMPTS = "SELECT delivery_id, n, kind, send_key, version, prepared, fingerprint, begun_at, settle_at, looked, outcome, why, ended_at, boot, boot_us, paid FROM delivery_attempts WHERE delivery_id = $1 ORDER BY n";
    OPEN = "SELECT delivery_id, n, kind, send_key, version, prepared, fingerprint, begun_at, settle_at, looked, outcome, why, ended_at, boot, boot_us, paid FROM delivery_attempts WHERE delivery_id = $1 AND ended_at IS NULL";
    UNANSWERED = "SELECT count(*) AS n FROM delivery_attempts WHERE delivery_id = $1 AND outcome = 'not-there' AND why <> ''";
    LAST_N = "SELECT coalesce(max(n), 0) AS n FROM delivery_attempts WHERE delivery_id = $1";
    ATTEMPT_INSERT = "INSERT INTO delivery_attempts (delivery_id, n, kind, send_key, version, prepared, fingerprint, begun_at, settle_at, looked, outcome, why, boot, boot_us, paid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', $10, $11, $12)";
    ATTEMPT_END = "UPDATE delivery_attempts SET outcome = $3, why = $4, ended_at = $5 WHERE delivery_id = $1 AND n = $2 AND ended_at IS NULL";
    ATTEMPT_PUT_OFF = "UPDATE delivery_attempts SET outcome = 'unknown' WHERE delivery_id = $1 AND n = $2 AND ended_at IS NULL";
    ATTEMPT_LOOK = "UPDATE delivery_attempts SET outcome = 'unknown', why = $3, looked = looked + 1 WHERE delivery_id = $1 AND n = $2 AND ended_at IS NULL";
    ATTEMPT_WORKING = "UPDATE delivery_attempts SET outcome = 'working', why = '', looked = looked + 1 WHERE delivery_id = $1 AND n = $2 AND ended_at IS NULL";
    ATTEMPT_AGAIN = "UPDATE delivery_attempts SET outcome = '', settle_at = $3 WHERE delivery_id = $1 AND n = $2 AND ended_at IS NULL";
    LOST = "SELECT id, step, urgent FROM deliveries WHERE state = 'waiting' AND next_at < $1 AND updated_at < $1 ORDER BY id LIMIT 500";
    LOST_BEHIND = "SELECT id, step, urgent FROM deliveries WHERE state = 'sent' AND problem = '' AND (unwanted OR sent_version < version) AND next_at < $1 AND updated_at < $1 ORDER BY id LIMIT 500";
    LOST_OPEN = "SELECT d.id, d.step, d.urgent FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.ended_at IS NULL AND a.settle_at < $1 AND d.updated_at < $1 AND d.next_at < $1 ORDER BY d.id LIMIT 500";
    SITE_PUT = "INSERT INTO site_posts (post_id, agency_id, account_id, version, state, reason, published_at, updated_at) VALUES ($1, $2, $3, $4, 'out', '', $5, $5) ON CONFLICT (post_id) DO UPDATE SET version = $4, state = 'out', reason = '', updated_at = $5";
    SITE_POST = "SELECT post_id, agency_id, account_id, version, state, reason, published_at, updated_at FROM site_posts WHERE post_id = $1";
    SITE_DOWN = "UPDATE site_posts SET state = 'taken-down', reason = $2, updated_at = $3 WHERE post_id = $1";
    SENT_TWICE = "SELECT account_id, remote_id, count(*) AS n FROM deliveries WHERE remote_id <> '' GROUP BY account_id, remote_id HAVING count(*) > 1 LIMIT 100";
}

record! {
    pub struct Lost { id: i64, step: i64, urgent: bool }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<Delivery>> {
    rows.iter().map(Delivery::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Delivery> {
    Delivery::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn of_post(c: &impl Run, post: i64) -> DbResult<Vec<Delivery>> {
    all(&c.rows(sql!(OF_POST, post)).await?)
}
/// One part of a post on one account.
pub async fn of_part(c: &impl Run, d: &Delivery, part: i64) -> DbResult<Option<Delivery>> {
    c.row(sql!(OF_PART, d.post_id, d.account_id, part)).await?.as_ref().map(Delivery::from_row).transpose()
}
/// Makes a later part due now, where it waits and is wanted; whether there is one.
pub async fn wake(tx: &Tx, d: &Delivery, part: i64, now: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(WAKE, d.post_id, d.account_id, part, now)).await? == 1)
}
/// The delivery behind a platform's own id.
pub async fn of_remote(c: &impl Run, account: i64, remote_id: &str) -> DbResult<Option<Delivery>> {
    c.row(sql!(OF_REMOTE, account, remote_id)).await?.as_ref().map(Delivery::from_row).transpose()
}
pub async fn insert(tx: &Tx, d: &Delivery) -> DbResult<()> {
    let q = sql!(
        INSERT,
        d.id,
        d.post_id,
        d.agency_id,
        d.account_id,
        &d.platform,
        &d.reply_to,
        &d.body,
        &d.lang,
        d.version,
        d.unwanted,
        &d.reason,
        d.due_at,
        d.created_at,
        d.urgent,
        d.next_at,
        d.part
    );
    tx.exec(q).await?;
    freeze::make_gate(tx, d.agency_id).await
}
/// What is not out of a post on this account belongs to the agency that is named now.
pub async fn give_over(tx: &Tx, d: &Delivery) -> DbResult<()> {
    tx.exec(sql!(GIVE_OVER, d.post_id, d.account_id, d.agency_id)).await?;
    freeze::make_gate(tx, d.agency_id).await
}
/// Writes what changed, if nobody else changed it since it was read.
pub async fn change(tx: &Tx, d: &Delivery, now: i64) -> DbResult<()> {
    let q = sql!(
        CHANGE,
        d.id,
        d.step,
        d.version,
        &d.state,
        d.unwanted,
        &d.reason,
        d.next_at,
        &d.remote_id,
        &d.url,
        d.sent_version,
        d.sent_at,
        &d.problem,
        &d.problem_text,
        d.tries,
        d.due_at,
        now,
        d.urgent
    );
    tx.guard(q).await
}
pub async fn attempts(c: &impl Run, delivery: i64) -> DbResult<Vec<Attempt>> {
    c.rows(sql!(ATTEMPTS, delivery)).await?.iter().map(Attempt::from_row).collect()
}
pub async fn open(c: &impl Run, delivery: i64) -> DbResult<Option<Attempt>> {
    c.row(sql!(OPEN, delivery)).await?.as_ref().map(Attempt::from_row).transpose()
}
/// Attempts that got no clear answer and were nowhere to be seen afterwards.
pub async fn unanswered(c: &impl Run, delivery: i64) -> DbResult<i64> {
    c.one(sql!(UNANSWERED, delivery)).await?.get("n")
}
pub async fn last_n(c: &impl Run, delivery: i64) -> DbResult<i64> {
    c.one(sql!(LAST_N, delivery)).await?.get("n")
}
pub async fn begin(tx: &Tx, a: &Attempt) -> DbResult<()> {
    let q = sql!(
        ATTEMPT_INSERT,
        a.delivery_id,
        a.n,
        &a.kind,
        &a.send_key,
        a.version,
        &a.prepared,
        &a.fingerprint,
        a.begun_at,
        a.settle_at,
        &a.boot,
        a.boot_us,
        &a.paid
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn end(tx: &Tx, a: &Attempt, outcome: &str, why: &str, now: i64) -> DbResult<()> {
    tx.guard(sql!(ATTEMPT_END, a.delivery_id, a.n, outcome, why, now)).await
}
pub async fn looked(tx: &Tx, a: &Attempt, why: &str) -> DbResult<()> {
    tx.guard(sql!(ATTEMPT_LOOK, a.delivery_id, a.n, why)).await
}
/// The platform has it and is working on it.
pub async fn working(tx: &Tx, a: &Attempt) -> DbResult<()> {
    tx.guard(sql!(ATTEMPT_WORKING, a.delivery_id, a.n)).await
}
/// It is not looked for yet.
pub async fn put_off(tx: &Tx, a: &Attempt) -> DbResult<()> {
    tx.guard(sql!(ATTEMPT_PUT_OFF, a.delivery_id, a.n)).await
}
/// Its call is made once more: it is on its way again, until then.
pub async fn again(tx: &Tx, a: &Attempt, settle_at: i64) -> DbResult<()> {
    tx.guard(sql!(ATTEMPT_AGAIN, a.delivery_id, a.n, settle_at)).await
}
/// Deliveries whose next step should have been made before that moment.
pub async fn lost(c: &impl Run, before: i64) -> DbResult<Vec<Lost>> {
    let mut rows = c.rows(sql!(LOST, before)).await?;
    rows.extend(c.rows(sql!(LOST_BEHIND, before)).await?);
    rows.extend(c.rows(sql!(LOST_OPEN, before)).await?);
    rows.iter().map(Lost::from_row).collect()
}
pub async fn site_put(tx: &Tx, d: &Delivery, now: i64) -> DbResult<()> {
    tx.exec(sql!(SITE_PUT, d.post_id, d.agency_id, d.account_id, d.version, now)).await.map(|_| ())
}
pub async fn site_post(c: &impl Run, post: i64) -> DbResult<Option<SitePost>> {
    c.row(sql!(SITE_POST, post)).await?.as_ref().map(SitePost::from_row).transpose()
}
pub async fn site_down(tx: &Tx, d: &Delivery, now: i64) -> DbResult<()> {
    tx.guard(sql!(SITE_DOWN, d.post_id, &d.reason, now)).await
}
/// Posts of a platform that two deliveries claim: there must be none.
pub async fn claimed_twice(c: &impl Run) -> DbResult<Vec<(i64, String)>> {
    let rows = c.rows(sql!(SENT_TWICE)).await?;
    rows.iter().map(|r| Ok((r.get("account_id")?, r.get("remote_id")?))).collect()
}

/// What needs a person: unconfirmed; out, and not to be corrected or taken down; then failed; oldest first.
pub async fn attention(c: &impl Run, agencies: &[i64], most: i64) -> DbResult<Vec<Delivery>> {
    let mut found = vec![];
    let in_state = |state, agency: i64| sql!(IN_STATE, agency, state, most);
    for agency in agencies {
        found.extend(all(&c.rows(in_state("unconfirmed", *agency)).await?)?);
    }
    for agency in agencies {
        found.extend(all(&c.rows(sql!(STUCK, *agency, most)).await?)?);
    }
    for agency in agencies {
        found.extend(all(&c.rows(in_state("failed", *agency)).await?)?);
    }
    Ok(found)
}

/// Where the deliveries of these posts stand: post and state.
pub async fn states_of(c: &impl Run, posts: &[i64]) -> DbResult<Vec<(i64, String)>> {
    let mut found = vec![];
    for some in posts.chunks(500) {
        let mut q = SqlBuilder::new("SELECT post_id, state FROM deliveries WHERE reply_to = '' AND post_id IN (");
        q.bind(-1);
        for post in some {
            q.push(", ").bind(*post);
        }
        q.push(")");
        for row in c.rows(q.build()).await? {
            found.push((row.get("post_id")?, row.get("state")?));
        }
    }
    Ok(found)
}
