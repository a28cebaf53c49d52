//! The metrics slice's SQL.
use connect::Counts;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    FACT = "INSERT INTO figure_facts (fact_id) VALUES ($1) ON CONFLICT (fact_id) DO NOTHING";
    DAY = "INSERT INTO figure_days (agency_id, day, account_id, kind, n) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (agency_id, day, account_id, kind) DO UPDATE SET n = figure_days.n + 1";
    POST = "INSERT INTO figure_posts (post_id, kind, n) VALUES ($1, $2, 1) ON CONFLICT (post_id, kind) DO UPDATE SET n = figure_posts.n + 1";
    ANSWER = "INSERT INTO figure_answers (message_id, agency_id, account_id, day, answered_at, after_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO UPDATE SET day = excluded.day, answered_at = excluded.answered_at, after_us = excluded.after_us WHERE excluded.answered_at < figure_answers.answered_at";
    BY_DAY = "SELECT day, kind, CAST(sum(n) AS BIGINT) AS n FROM figure_days WHERE agency_id = $1 AND day >= $2 AND day <= $3 GROUP BY day, kind ORDER BY day, kind";
    BY_ACCOUNT = "SELECT account_id, kind, CAST(sum(n) AS BIGINT) AS n FROM figure_days WHERE agency_id = $1 AND day >= $2 AND day <= $3 GROUP BY account_id, kind ORDER BY account_id, kind";
    OF_POST = "SELECT kind, n FROM figure_posts WHERE post_id = $1 ORDER BY kind";
    ANSWERED = "SELECT count(*) AS n FROM figure_answers WHERE agency_id = $1 AND day >= $2 AND day <= $3 AND (CAST($4 AS BIGINT) = 0 OR account_id = $4)";
    RANKED = "SELECT after_us FROM (SELECT after_us, row_number() OVER (ORDER BY after_us, message_id) AS r FROM figure_answers WHERE agency_id = $1 AND day >= $2 AND day <= $3 AND (CAST($4 AS BIGINT) = 0 OR account_id = $4)) t WHERE r = $5";
    DUE_INSERT = "INSERT INTO figure_due (delivery_id, stage, post_id, account_id, remote_id, due_at, tries) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (delivery_id, stage) DO NOTHING";
    DUE = "SELECT delivery_id, stage, post_id, account_id, remote_id, due_at, tries FROM figure_due WHERE due_at <= $1 ORDER BY due_at, delivery_id LIMIT $2";
    DUE_DONE = "DELETE FROM figure_due WHERE delivery_id = $1 AND stage = $2";
    DUE_LATER = "UPDATE figure_due SET due_at = $3, tries = tries + 1 WHERE delivery_id = $1 AND stage = $2";
    MEASURE = "INSERT INTO figure_measures (delivery_id, stage, post_id, account_id, measured_at, likes, shares, replies, views) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (delivery_id, stage) DO NOTHING";
    MEASURES = "SELECT delivery_id, stage, post_id, account_id, measured_at, likes, shares, replies, views FROM figure_measures WHERE post_id = $1 ORDER BY account_id, measured_at, stage";
    REPLIES = "SELECT m.post_id, m.replies, (SELECT count(*) FROM messages_v1 c WHERE c.post_id = m.post_id AND +c.account_id = m.account_id AND c.written_at <= m.measured_at) AS comments, (SELECT count(*) FROM messages_v1 c JOIN answers_v1 a ON a.message_id = c.id WHERE c.post_id = m.post_id AND +c.account_id = m.account_id AND a.state = 'sent' AND a.sent_at <= m.measured_at) AS answers, (SELECT count(*) FROM delivery_parts_v1 p WHERE p.post_id = m.post_id AND p.account_id = m.account_id AND p.sent_at <= m.measured_at) AS parts FROM figure_measures m WHERE m.account_id = $1 AND m.measured_at >= $2 AND m.replies IS NOT NULL AND NOT EXISTS (SELECT 1 FROM figure_measures l WHERE l.post_id = m.post_id AND l.delivery_id = m.delivery_id AND l.replies IS NOT NULL AND l.measured_at > m.measured_at) ORDER BY m.measured_at DESC LIMIT 1000";
    CURSOR = "SELECT fact_id FROM figure_cursors WHERE name = 'facts'";
    CURSOR_SET = "INSERT INTO figure_cursors (name, fact_id) VALUES ('facts', $1) ON CONFLICT (name) DO UPDATE SET fact_id = excluded.fact_id";
}

record! {
    pub struct DueRow { delivery_id: i64, stage: String, post_id: i64, account_id: i64, remote_id: String, due_at: i64, tries: i64 }
}
record! {
    pub struct Measure { delivery_id: i64, stage: String, post_id: i64, account_id: i64, measured_at: i64, likes: Option<i64>, shares: Option<i64>, replies: Option<i64>, views: Option<i64> }
}
record! {
    /// What a platform counted below a post, and what was known here of that moment; `parts`: what of ours follows it.
    pub struct Replies { post_id: i64, replies: i64, comments: i64, answers: i64, parts: i64 }
}

/// Whether this fact was not counted before; from now on it is.
pub async fn first_time(tx: &Tx, fact: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(FACT, fact)).await? == 1)
}
pub async fn add(tx: &Tx, agency: i64, day: &str, account: i64, kind: &str) -> DbResult<()> {
    tx.exec(sql!(DAY, agency, day, account, kind)).await.map(|_| ())
}
pub async fn add_to_post(tx: &Tx, post: i64, kind: &str) -> DbResult<()> {
    tx.exec(sql!(POST, post, kind)).await.map(|_| ())
}
/// Keeps the earliest answer of a message, in whatever order they come.
pub async fn answered(tx: &Tx, message: i64, agency: i64, account: i64, day: &str, at: (i64, i64)) -> DbResult<()> {
    tx.exec(sql!(ANSWER, message, agency, account, day, at.0, at.1)).await.map(|_| ())
}
pub async fn by_day(c: &impl Run, agency: i64, from: &str, to: &str) -> DbResult<Vec<(String, String, i64)>> {
    let rows = c.rows(sql!(BY_DAY, agency, from, to)).await?;
    rows.iter().map(|r| Ok((r.get("day")?, r.get("kind")?, r.get("n")?))).collect()
}
pub async fn by_account(c: &impl Run, agency: i64, from: &str, to: &str) -> DbResult<Vec<(i64, String, i64)>> {
    let rows = c.rows(sql!(BY_ACCOUNT, agency, from, to)).await?;
    rows.iter().map(|r| Ok((r.get("account_id")?, r.get("kind")?, r.get("n")?))).collect()
}
pub async fn of_post(c: &impl Run, post: i64) -> DbResult<Vec<(String, i64)>> {
    c.rows(sql!(OF_POST, post)).await?.iter().map(|r| Ok((r.get("kind")?, r.get("n")?))).collect()
}
/// How many messages got their first answer; `account` 0 is every account.
pub async fn answered_count(c: &impl Run, agency: i64, from: &str, to: &str, account: i64) -> DbResult<i64> {
    c.one(sql!(ANSWERED, agency, from, to, account)).await?.get("n")
}
/// The `rank`-th shortest time to a first answer, from 1.
pub async fn ranked(c: &impl Run, agency: i64, from: &str, to: &str, account: i64, rank: i64) -> DbResult<Option<i64>> {
    c.row(sql!(RANKED, agency, from, to, account, rank)).await?.map(|r| r.get("after_us")).transpose()
}
pub async fn insert_due(tx: &Tx, d: &DueRow) -> DbResult<()> {
    let q = sql!(DUE_INSERT, d.delivery_id, &d.stage, d.post_id, d.account_id, &d.remote_id, d.due_at);
    tx.exec(q).await.map(|_| ())
}
pub async fn due(c: &impl Run, now: i64, most: i64) -> DbResult<Vec<DueRow>> {
    c.rows(sql!(DUE, now, most)).await?.iter().map(DueRow::from_row).collect()
}
pub async fn due_done(tx: &Tx, d: &DueRow) -> DbResult<()> {
    tx.exec(sql!(DUE_DONE, d.delivery_id, &d.stage)).await.map(|_| ())
}
pub async fn due_later(tx: &Tx, d: &DueRow, at: i64) -> DbResult<()> {
    tx.exec(sql!(DUE_LATER, d.delivery_id, &d.stage, at)).await.map(|_| ())
}
pub async fn measured(tx: &Tx, d: &DueRow, c: &Counts, now: i64) -> DbResult<()> {
    let int = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok());
    let (likes, shares, replies, views) = (int(c.likes), int(c.shares), int(c.replies), int(c.views));
    let q = sql!(MEASURE, d.delivery_id, &d.stage, d.post_id, d.account_id, now, likes, shares, replies, views);
    tx.exec(q).await.map(|_| ())
}
pub async fn measures(c: &impl Run, post: i64) -> DbResult<Vec<Measure>> {
    c.rows(sql!(MEASURES, post)).await?.iter().map(Measure::from_row).collect()
}
/// The newest count of replies of each of an account's posts that was measured since.
pub async fn replies(c: &impl Run, account: i64, since: i64) -> DbResult<Vec<Replies>> {
    c.rows(sql!(REPLIES, account, since)).await?.iter().map(Replies::from_row).collect()
}
pub async fn cursor(c: &impl Run) -> DbResult<i64> {
    Ok(c.row(sql!(CURSOR)).await?.map(|r| r.get("fact_id")).transpose()?.unwrap_or(0))
}
pub async fn set_cursor(tx: &Tx, fact: i64) -> DbResult<()> {
    tx.exec(sql!(CURSOR_SET, fact)).await.map(|_| ())
}
