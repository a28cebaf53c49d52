//! The SQL of films and sound recordings.
use crate::posts::post::Recording;
use ground::db::{DbResult, Row, Run, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, digest, mime, bytes, duration_ms FROM recordings WHERE id = $1";
    INSERT = "INSERT INTO recordings (id, agency_id, digest, mime, bytes, duration_ms, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    AFTER = "SELECT id, agency_id, digest, mime, bytes, duration_ms FROM recordings WHERE id > $1 ORDER BY id LIMIT $2";
    OF_VERSION = "SELECT r.id, r.digest, r.mime, r.bytes, r.duration_ms, pr.said_en, pr.said_dz FROM post_recordings pr JOIN recordings r ON r.id = pr.recording_id WHERE pr.post_id = $1 AND pr.version = $2";
    ATTACH = "INSERT INTO post_recordings (post_id, version, recording_id, said_en, said_dz) VALUES ($1, $2, $3, $4, $5)";
    ELSEWHERE = "SELECT count(*) AS n FROM post_recordings pr JOIN posts p ON p.id = pr.post_id AND p.version = pr.version WHERE pr.recording_id = $1 AND pr.post_id <> $2 AND p.state <> 'withdrawn'";
    // What is approved for later is not public before.
    PUBLIC = "SELECT pr.said_en, pr.said_dz FROM post_recordings pr JOIN posts p ON p.id = pr.post_id AND p.released_version = pr.version WHERE pr.recording_id = $1 AND p.state <> 'withdrawn' AND p.due_at <= $2 ORDER BY pr.post_id DESC LIMIT 1";
    NEWEST = "SELECT said_en, said_dz FROM post_recordings WHERE recording_id = $1 ORDER BY post_id DESC, version DESC LIMIT 1";
}

record! {
    pub struct RecordingRow { id: i64, agency_id: i64, digest: String, mime: String, bytes: i64, duration_ms: Option<i64> }
}
record! {
    /// What is said in it, in each language.
    pub struct SaidRow { said_en: String, said_dz: String }
}

impl RecordingRow {
    pub fn with(self, said_en: String, said_dz: String) -> Recording {
        let (id, digest, mime, bytes, duration_ms) = (self.id, self.digest, self.mime, self.bytes, self.duration_ms);
        Recording { id, digest, mime, bytes, duration_ms, said_en, said_dz }
    }
}

pub fn recording(r: &Row) -> DbResult<Recording> {
    Ok(Recording {
        id: r.get("id")?,
        digest: r.get("digest")?,
        mime: r.get("mime")?,
        bytes: r.get("bytes")?,
        duration_ms: r.get("duration_ms")?,
        said_en: r.get("said_en")?,
        said_dz: r.get("said_dz")?,
    })
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<RecordingRow> {
    RecordingRow::from_row(&c.one(sql!(FIND, id)).await?)
}

pub async fn insert(tx: &Tx, r: &RecordingRow, by: i64, now: i64) -> DbResult<()> {
    let q = sql!(INSERT, r.id, r.agency_id, &r.digest, &r.mime, r.bytes, r.duration_ms, by, now);
    tx.exec(q).await.map(|_| ())
}

pub async fn after(c: &impl Run, id: i64, most: i64) -> DbResult<Vec<RecordingRow>> {
    c.rows(sql!(AFTER, id, most)).await?.iter().map(RecordingRow::from_row).collect()
}

pub async fn of_version(c: &impl Run, post: i64, version: i64) -> DbResult<Option<Recording>> {
    c.row(sql!(OF_VERSION, post, version)).await?.as_ref().map(recording).transpose()
}

pub async fn attach(tx: &Tx, post: i64, version: i64, r: &Recording) -> DbResult<()> {
    tx.exec(sql!(ATTACH, post, version, r.id, &r.said_en, &r.said_dz)).await.map(|_| ())
}

/// Whether it belongs to another post that is not withdrawn.
pub async fn is_elsewhere(c: &impl Run, id: i64, post: i64) -> DbResult<bool> {
    Ok(c.one(sql!(ELSEWHERE, id, post)).await?.get::<i64>("n")? > 0)
}

/// What is said in it as the public may read it; `None` while it is not public, and no longer when it was withdrawn.
pub async fn public(c: &impl Run, id: i64, now: i64) -> DbResult<Option<SaidRow>> {
    c.row(sql!(PUBLIC, id, now)).await?.as_ref().map(SaidRow::from_row).transpose()
}

/// The same as it was written last, for the desk.
pub async fn newest(c: &impl Run, id: i64) -> DbResult<Option<SaidRow>> {
    c.row(sql!(NEWEST, id)).await?.as_ref().map(SaidRow::from_row).transpose()
}
