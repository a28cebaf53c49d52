//! The SQL of posts that wait for a day on which a token may have ended.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    WAITING = "SELECT p.id AS post_id, p.agency_id, t.account_id, p.due_at FROM posts p JOIN post_targets t ON t.post_id = p.id AND t.version = p.version WHERE p.id IN (SELECT q.id FROM posts q WHERE q.state = 'approved' AND q.due_at > $1 AND q.due_at < $2 AND q.id > $3 ORDER BY q.id LIMIT 200) ORDER BY p.id, t.account_id";
    WARN = "INSERT INTO post_key_warnings (post_id, account_id, key_until, at) VALUES ($1, $2, $3, $4) ON CONFLICT (post_id, account_id, key_until) DO NOTHING";
}

record! {
    pub struct Waiting { post_id: i64, agency_id: i64, account_id: i64, due_at: i64 }
}

/// Approved posts that are due in this time, with each of their accounts, in order of ids.
pub async fn waiting(c: &impl Run, from: i64, to: i64, after: i64) -> DbResult<Vec<Waiting>> {
    c.rows(sql!(WAITING, from, to, after)).await?.iter().map(Waiting::from_row).collect()
}
/// Whether this warning is given for the first time.
pub async fn warn(tx: &Tx, w: &Waiting, until: i64, at: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(WARN, w.post_id, w.account_id, until, at)).await? == 1)
}
