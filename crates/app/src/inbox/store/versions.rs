//! The SQL of versions, and of reading messages again.
use crate::inbox::message::Message;
use crate::inbox::versions::Version;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    OF = "SELECT message_id, n, text, text_hash, seen_at FROM message_versions WHERE message_id = $1 ORDER BY n LIMIT 1000";
    LAST = "SELECT coalesce(max(n), 0) AS n FROM message_versions WHERE message_id = $1";
    INSERT = "INSERT INTO message_versions (message_id, n, text, text_hash, seen_at) VALUES ($1, $2, $3, $4, $5)";
    EDITED = "UPDATE messages SET text = $3, lang = $4, edited_at = $5, version = version + 1 WHERE id = $1 AND version = $2";
    DELETED = "UPDATE messages SET deleted_at = $3, state = $4, closed_reason = $5, version = version + 1 WHERE id = $1 AND version = $2";
    CAME_BACK = "UPDATE messages SET deleted_at = NULL, state = $3, closed_reason = $4, version = version + 1 WHERE id = $1 AND version = $2";
    JUDGE = "INSERT INTO message_judgements (message_id, at, text_hash) VALUES ($1, $2, $3) ON CONFLICT (message_id, at) DO NOTHING";
    JUDGED = "SELECT at, text_hash FROM message_judgements WHERE message_id = $1 ORDER BY at LIMIT 1000";
    DUE = "SELECT id, remote_id, received_at, rereads FROM messages WHERE account_id = $1 AND reread_at <= $2 ORDER BY reread_at, id LIMIT $3";
    REREAD = "UPDATE messages SET reread_at = $2, rereads = $3 WHERE id = $1";
    READ_SOON = "UPDATE messages SET reread_at = $2 WHERE id = $1";
    RESTS = "SELECT reread_after FROM inbox_cursors WHERE account_id = $1";
    REST = "UPDATE inbox_cursors SET reread_after = $2 WHERE account_id = $1";
}

record! {
    /// A message to read again, and how often it was.
    pub struct Due { id: i64, remote_id: String, received_at: i64, rereads: i64 }
}

pub async fn of(c: &impl Run, message: i64) -> DbResult<Vec<Version>> {
    c.rows(sql!(OF, message)).await?.iter().map(Version::from_row).collect()
}
/// The number of the newest version; 0 while there is none.
pub async fn last(c: &impl Run, message: i64) -> DbResult<i64> {
    c.one(sql!(LAST, message)).await?.get("n")
}
pub async fn insert(tx: &Tx, v: &Version) -> DbResult<()> {
    tx.exec(sql!(INSERT, v.message_id, v.n, &v.text, &v.text_hash, v.seen_at)).await.map(|_| ())
}
pub async fn edited(tx: &Tx, m: &Message, text: &str, lang: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(EDITED, m.id, m.version, text, lang, at)).await
}
pub async fn deleted(tx: &Tx, m: &Message, state: &str, reason: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(DELETED, m.id, m.version, at, state, reason)).await
}
pub async fn came_back(tx: &Tx, m: &Message, state: &str, reason: &str) -> DbResult<()> {
    tx.guard(sql!(CAME_BACK, m.id, m.version, state, reason)).await
}
pub async fn judge(tx: &Tx, message: i64, at: i64, hash: &str) -> DbResult<()> {
    tx.exec(sql!(JUDGE, message, at, hash)).await.map(|_| ())
}
/// When decisions fell, and the hash of the words they were about.
pub async fn judgements(c: &impl Run, message: i64) -> DbResult<Vec<(i64, String)>> {
    c.rows(sql!(JUDGED, message)).await?.iter().map(|r| Ok((r.get("at")?, r.get("text_hash")?))).collect()
}
/// Messages of an account whose time has come, longest overdue first.
pub async fn due(c: &impl Run, account: i64, now: i64, most: i64) -> DbResult<Vec<Due>> {
    c.rows(sql!(DUE, account, now, most)).await?.iter().map(Due::from_row).collect()
}
/// When a message is read again (never, without a time), after so many readings.
pub async fn read_again(tx: &Tx, message: i64, at: Option<i64>, rereads: i64) -> DbResult<()> {
    tx.exec(sql!(REREAD, message, at, rereads)).await.map(|_| ())
}
/// A message is read again with the next round, whenever it was to be.
pub async fn read_soon(tx: &Tx, message: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(READ_SOON, message, now)).await.map(|_| ())
}
/// Until when an account's messages are left alone.
pub async fn rests(c: &impl Run, account: i64) -> DbResult<Option<i64>> {
    Ok(c.row(sql!(RESTS, account)).await?.map(|r| r.get("reread_after")).transpose()?.flatten())
}
pub async fn rest(tx: &Tx, account: i64, until: i64) -> DbResult<()> {
    tx.exec(sql!(REST, account, until)).await.map(|_| ())
}
