//! The inbox slice's SQL.
pub mod fill;
pub mod heard;
pub mod versions;

use super::message::{Answer, Message};
use crate::shell::paging::newest;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, answered_at, closed_reason, edited_at, deleted_at, version FROM messages WHERE id = $1";
    BY_REMOTE = "SELECT id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, answered_at, closed_reason, edited_at, deleted_at, version FROM messages WHERE account_id = $1 AND remote_id = $2";
    INSERT = "INSERT INTO messages (id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, closed_reason, reread_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', 'shown', $15, $16, '', $17, 1) ON CONFLICT (account_id, remote_id) DO NOTHING";
    STATE = "UPDATE messages SET state = $3, answered_at = $4, closed_reason = $5, version = version + 1 WHERE id = $1 AND version = $2";
    VISIBILITY = "UPDATE messages SET visibility = $2, version = version + 1 WHERE id = $1";
    ANSWER = "SELECT id, message_id, agency_id, text, lang, content_hash, state, author_id, decided_by, decided_at, reason, url, remote_id, created_at, sent_at FROM answers WHERE id = $1";
    ANSWERS = "SELECT id, message_id, agency_id, text, lang, content_hash, state, author_id, decided_by, decided_at, reason, url, remote_id, created_at, sent_at FROM answers WHERE message_id = $1 ORDER BY id";
    ANSWER_BY_REMOTE = "SELECT a.message_id FROM answers a JOIN messages m ON m.id = a.message_id WHERE +m.account_id = $1 AND a.remote_id = $2 LIMIT 1";
    ANSWER_INSERT = "INSERT INTO answers (id, message_id, agency_id, text, lang, content_hash, state, author_id, decided_by, decided_at, reason, url, remote_id, created_at, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', $11, NULL)";
    ANSWER_DECIDE = "UPDATE answers SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE id = $1 AND state = 'waiting'";
    ANSWER_STATE = "UPDATE answers SET state = $2, remote_id = $3, url = $4, sent_at = $5, reason = $6 WHERE id = $1";
    CURSOR = "SELECT account_id, cursor_at, read_at, error, failing_since FROM inbox_cursors WHERE account_id = $1";
    CURSOR_SET = "INSERT INTO inbox_cursors (account_id, cursor_at, read_at, error, failing_since) VALUES ($1, $2, $3, '', NULL) ON CONFLICT (account_id) DO UPDATE SET cursor_at = $2, read_at = $3, error = '', failing_since = NULL";
    CURSOR_FAIL = "INSERT INTO inbox_cursors (account_id, cursor_at, read_at, error, failing_since) VALUES ($1, NULL, 0, $2, $3) ON CONFLICT (account_id) DO UPDATE SET error = $2, failing_since = coalesce(inbox_cursors.failing_since, $3)";
    OLDEST_OPEN = "SELECT id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, answered_at, closed_reason, edited_at, deleted_at, version FROM messages WHERE agency_id = $1 AND state = 'open' AND id > $2 ORDER BY id LIMIT $3";
    TO_APPROVE = "SELECT id, message_id, agency_id, text, lang, content_hash, state, author_id, decided_by, decided_at, reason, url, remote_id, created_at, sent_at FROM answers WHERE agency_id = $1 AND state = 'waiting' AND author_id <> $2 ORDER BY id LIMIT $3";
}

record! {
    pub struct Cursor { account_id: i64, cursor_at: Option<String>, read_at: i64, error: String, failing_since: Option<i64> }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<Message>> {
    rows.iter().map(Message::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Message> {
    Message::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn by_remote(c: &impl Run, account: i64, remote_id: &str) -> DbResult<Option<Message>> {
    c.row(sql!(BY_REMOTE, account, remote_id)).await?.as_ref().map(Message::from_row).transpose()
}
/// Whether it is new; what is known already is left as it is. `reread_at`: when it is read again, if it can be.
pub async fn insert(tx: &Tx, m: &Message, reread_at: Option<i64>) -> DbResult<bool> {
    let q = sql!(
        INSERT,
        m.id,
        m.agency_id,
        m.account_id,
        &m.platform,
        &m.remote_id,
        m.post_id,
        m.parent_id,
        m.citizen_id,
        &m.author_id,
        &m.author_name,
        &m.author_url,
        &m.text,
        &m.lang,
        &m.url,
        m.written_at,
        m.received_at,
        reread_at
    );
    Ok(tx.exec(q).await? == 1)
}
pub async fn set_state(tx: &Tx, m: &Message, state: &str, answered_at: Option<i64>, reason: &str) -> DbResult<()> {
    tx.guard(sql!(STATE, m.id, m.version, state, answered_at, reason)).await
}
pub async fn set_visibility(tx: &Tx, id: i64, visibility: &str) -> DbResult<()> {
    tx.guard(sql!(VISIBILITY, id, visibility)).await
}
pub async fn answer(c: &impl Run, id: i64) -> DbResult<Answer> {
    Answer::from_row(&c.one(sql!(ANSWER, id)).await?)
}
pub async fn answers(c: &impl Run, message: i64) -> DbResult<Vec<Answer>> {
    c.rows(sql!(ANSWERS, message)).await?.iter().map(Answer::from_row).collect()
}
/// The message that an answer of ours, by its id on the platform, was given to.
pub async fn answered_with(c: &impl Run, account: i64, remote_id: &str) -> DbResult<Option<i64>> {
    c.row(sql!(ANSWER_BY_REMOTE, account, remote_id)).await?.map(|r| r.get("message_id")).transpose()
}
pub async fn insert_answer(tx: &Tx, a: &Answer) -> DbResult<()> {
    let q = sql!(
        ANSWER_INSERT,
        a.id,
        a.message_id,
        a.agency_id,
        &a.text,
        &a.lang,
        &a.content_hash,
        &a.state,
        a.author_id,
        a.decided_by,
        a.decided_at,
        a.created_at
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn decide(tx: &Tx, answer: i64, state: &str, by: i64, at: i64, reason: &str) -> DbResult<()> {
    tx.guard(sql!(ANSWER_DECIDE, answer, state, by, at, reason)).await
}
pub async fn answer_became(tx: &Tx, a: &Answer) -> DbResult<()> {
    tx.guard(sql!(ANSWER_STATE, a.id, &a.state, &a.remote_id, &a.url, a.sent_at, &a.reason)).await
}
pub async fn cursor(c: &impl Run, account: i64) -> DbResult<Option<Cursor>> {
    c.row(sql!(CURSOR, account)).await?.as_ref().map(Cursor::from_row).transpose()
}
pub async fn set_cursor(tx: &Tx, account: i64, cursor: Option<&str>, now: i64) -> DbResult<()> {
    tx.exec(sql!(CURSOR_SET, account, cursor.map(str::to_owned), now)).await.map(|_| ())
}
pub async fn cursor_failed(tx: &Tx, account: i64, error: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(CURSOR_FAIL, account, error, now)).await.map(|_| ())
}
/// What was not answered yet, longest waiting first, after an id.
pub async fn oldest_open(c: &impl Run, agencies: &[i64], after: i64, most: i64) -> DbResult<Vec<Message>> {
    let mut found = vec![];
    for agency in agencies {
        found.extend(all(&c.rows(sql!(OLDEST_OPEN, *agency, after, most)).await?)?);
    }
    found.sort_by_key(|m| m.id);
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok(found)
}
/// Answers of others that wait for somebody, oldest first.
pub async fn to_approve(c: &impl Run, agencies: &[i64], me: i64, most: i64) -> DbResult<Vec<Answer>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(TO_APPROVE, *agency, me, most)).await?;
        found.extend(rows.iter().map(Answer::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    Ok(found)
}
/// Messages of these agencies (all when `None`) in this state, before an id, newest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub agencies: Option<Vec<i64>>,
    pub state: String,
    pub post: Option<i64>,
    pub before: i64,
    pub most: i64,
}

pub async fn list(c: &impl Run, w: &Wanted) -> DbResult<Vec<Message>> {
    let Some(agencies) = &w.agencies else { return page(c, w, None).await };
    let mut rows = vec![];
    for agency in agencies {
        rows.extend(page(c, w, Some(*agency)).await?);
    }
    Ok(newest(rows, w.most, |m| m.id))
}

async fn page(c: &impl Run, w: &Wanted, agency: Option<i64>) -> DbResult<Vec<Message>> {
    let mut q = SqlBuilder::new(
        "SELECT id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, answered_at, closed_reason, edited_at, deleted_at, version FROM messages WHERE id < ",
    );
    q.bind(w.before);
    if let Some(agency) = agency {
        q.push(" AND agency_id = ").bind(agency);
    }
    if !w.state.is_empty() {
        q.push(" AND state = ").bind(w.state.as_str());
    }
    if let Some(post) = w.post {
        q.push(" AND post_id = ").bind(post);
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(w.most);
    all(&c.rows(q.build()).await?)
}
