//! The SQL of what was written under a clock that was ahead and has been set back since.
use crate::publishing::delivery::Delivery;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    AHEAD = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE state IN ('waiting', 'working') AND updated_at > $1 AND next_at < $2 ORDER BY id LIMIT 500";
    HOLDS_AHEAD = "SELECT count(*) AS n FROM sending_holds WHERE since_at > $1";
    DROP_HOLDS = "DELETE FROM sending_holds WHERE since_at > $1";
}

/// What was changed after that moment and waits for one before `most`.
pub async fn ahead(c: &impl Run, now: i64, most: i64) -> DbResult<Vec<Delivery>> {
    c.rows(sql!(AHEAD, now, most)).await?.iter().map(Delivery::from_row).collect()
}
/// Whether a server or an account is left alone since a moment that has not come.
pub async fn holds_ahead(c: &impl Run, now: i64) -> DbResult<bool> {
    Ok(c.one(sql!(HOLDS_AHEAD, now)).await?.get::<i64>("n")? > 0)
}
pub async fn drop_holds(tx: &Tx, now: i64) -> DbResult<()> {
    tx.exec(sql!(DROP_HOLDS, now)).await.map(|_| ())
}
