//! Many messages at once, some of them answered: for measuring with a large database.
use crate::inbox::message::{Answer, Message};
use ground::db::{DbResult, Tx};
use ground::values;

pub async fn messages(tx: &Tx, all: &[Message]) -> DbResult<()> {
    let row = |m: &Message| {
        values![
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
            &m.state,
            &m.visibility,
            m.written_at,
            m.received_at,
            m.answered_at,
            &m.closed_reason,
            m.version
        ]
    };
    let head = "INSERT INTO messages (id, agency_id, account_id, platform, remote_id, post_id, parent_id, citizen_id, author_id, author_name, author_url, text, lang, url, state, visibility, written_at, received_at, answered_at, closed_reason, version)";
    tx.insert_many(head, all.iter().map(row).collect()).await
}

pub async fn answers(tx: &Tx, all: &[Answer]) -> DbResult<()> {
    let row = |a: &Answer| {
        values![
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
            &a.reason,
            &a.url,
            &a.remote_id,
            a.created_at,
            a.sent_at
        ]
    };
    let head = "INSERT INTO answers (id, message_id, agency_id, text, lang, content_hash, state, author_id, decided_by, decided_at, reason, url, remote_id, created_at, sent_at)";
    tx.insert_many(head, all.iter().map(row).collect()).await
}
