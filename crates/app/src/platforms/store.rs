//! The platforms slice's SQL.
pub mod terms;
use super::review::Review;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE id = $1";
    IN_FORCE = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE platform = $1 AND agency_id = $2 AND ended_at IS NULL AND decided_at IS NOT NULL ORDER BY id DESC LIMIT 1";
    ALL_IN_FORCE = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE agency_id = $1 AND ended_at IS NULL AND decided_at IS NOT NULL ORDER BY id LIMIT 500";
    OF_PLATFORM = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE platform = $1 AND agency_id = $2 ORDER BY id DESC LIMIT 100";
    WAITING = "SELECT count(*) AS n FROM platform_reviews WHERE platform = $1 AND agency_id = $2 AND state = 'written'";
    LAST_NUMBER = "SELECT max(number) AS n FROM platform_reviews WHERE platform = $1 AND agency_id = $2";
    ADAPTED = "SELECT count(*) AS n FROM platform_reviews WHERE platform = $1 AND agency_id <> 0 AND ended_at IS NULL AND state IN ('approved', 'restricted')";
    INSERT = "INSERT INTO platform_reviews (id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version) VALUES ($1, $2, $3, $4, $5, $6, 'written', $7, $8, $9, $10, NULL, NULL, '', '', NULL, NULL, NULL, 1)";
    DECIDE = "UPDATE platform_reviews SET state = $3, decided_by = $4, decided_at = $5, reason = $6, conditions = $7, valid_until = $8, review_at = $9, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'written'";
    END_OTHERS = "UPDATE platform_reviews SET ended_at = $4 WHERE platform = $1 AND agency_id = $2 AND id <> $3 AND ended_at IS NULL AND decided_at IS NOT NULL";
    REVIEW_NOW = "UPDATE platform_reviews SET review_at = $2, version = version + 1 WHERE platform = $1 AND agency_id = 0 AND ended_at IS NULL AND state IN ('approved', 'restricted') AND review_at > $2";
    PAST = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE state IN ('approved', 'restricted') AND valid_until <= $1 ORDER BY id LIMIT 200";
    EXPIRE = "UPDATE platform_reviews SET state = 'expired', version = version + 1 WHERE id = $1 AND version = $2";
    ENDING = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE agency_id = $1 AND ended_at IS NULL AND (state = 'expired' OR (state IN ('approved', 'restricted') AND review_at <= $2)) ORDER BY valid_until, id LIMIT $3";
}

const REVIEWS: &str = "SELECT id, platform, agency_id, base_id, terms_id, number, state, form, content_hash, written_by, written_at, decided_by, decided_at, reason, conditions, valid_until, review_at, ended_at, version FROM platform_reviews WHERE state = 'written' AND written_by <> ";

fn reviews(rows: &[ground::db::Row]) -> DbResult<Vec<Review>> {
    rows.iter().map(Review::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Review> {
    Review::from_row(&c.one(sql!(FIND, id)).await?)
}
/// The decided review that counts, or did until it expired.
pub async fn in_force(c: &impl Run, platform: &str, agency: i64) -> DbResult<Option<Review>> {
    c.row(sql!(IN_FORCE, platform, agency)).await?.as_ref().map(Review::from_row).transpose()
}
pub async fn all_in_force(c: &impl Run, agency: i64) -> DbResult<Vec<Review>> {
    reviews(&c.rows(sql!(ALL_IN_FORCE, agency)).await?)
}
/// Every version, newest first.
pub async fn of_platform(c: &impl Run, platform: &str, agency: i64) -> DbResult<Vec<Review>> {
    reviews(&c.rows(sql!(OF_PLATFORM, platform, agency)).await?)
}
pub async fn one_waits(c: &impl Run, platform: &str, agency: i64) -> DbResult<bool> {
    Ok(c.one(sql!(WAITING, platform, agency)).await?.get::<i64>("n")? > 0)
}
pub async fn next_number(c: &impl Run, platform: &str, agency: i64) -> DbResult<i64> {
    Ok(c.one(sql!(LAST_NUMBER, platform, agency)).await?.get::<Option<i64>>("n")?.unwrap_or(0) + 1)
}
/// Agencies that adapted the model and may use the platform.
pub async fn adapted(c: &impl Run, platform: &str) -> DbResult<i64> {
    c.one(sql!(ADAPTED, platform)).await?.get("n")
}
pub async fn insert(tx: &Tx, r: &Review) -> DbResult<()> {
    let q = sql!(
        INSERT,
        r.id,
        &r.platform,
        r.agency_id,
        r.base_id,
        r.terms_id,
        r.number,
        &r.form,
        &r.content_hash,
        r.written_by,
        r.written_at
    );
    tx.exec(q).await.map(|_| ())
}
/// The decision as it stands in `r`; another version or state than was read is a conflict.
pub async fn decide(tx: &Tx, r: &Review) -> DbResult<()> {
    let q = sql!(
        DECIDE,
        r.id,
        r.version,
        &r.state,
        r.decided_by,
        r.decided_at,
        &r.reason,
        &r.conditions,
        r.valid_until,
        r.review_at
    );
    tx.guard(q).await
}
/// One review of a platform is in force for whom it is made.
pub async fn end_others(tx: &Tx, r: &Review, now: i64) -> DbResult<()> {
    tx.exec(sql!(END_OTHERS, &r.platform, r.agency_id, r.id, now)).await.map(|_| ())
}
pub async fn review_now(tx: &Tx, platform: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(REVIEW_NOW, platform, now)).await.map(|_| ())
}
pub async fn past(c: &impl Run, now: i64) -> DbResult<Vec<Review>> {
    reviews(&c.rows(sql!(PAST, now)).await?)
}
pub async fn expire(tx: &Tx, r: &Review) -> DbResult<()> {
    tx.guard(sql!(EXPIRE, r.id, r.version)).await
}
/// Written by others for one of these and not decided, oldest first.
pub async fn to_decide(c: &impl Run, scopes: &[i64], me: i64, most: i64) -> DbResult<Vec<Review>> {
    let mut q = SqlBuilder::new(REVIEWS);
    q.bind(me).push(" AND agency_id IN (").bind(-1);
    for scope in scopes {
        q.push(", ").bind(*scope);
    }
    q.push(") ORDER BY id LIMIT ").bind(most);
    reviews(&c.rows(q.build()).await?)
}
/// Past their day, or due for the next review by then.
pub async fn ending(c: &impl Run, agency: i64, by: i64, most: i64) -> DbResult<Vec<Review>> {
    reviews(&c.rows(sql!(ENDING, agency, by, most)).await?)
}
