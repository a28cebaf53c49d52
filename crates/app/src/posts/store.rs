//! The posts slice's SQL.
pub mod desk;
pub mod fill;
pub mod keys;
pub mod parts;

use super::part::Part;
use super::post::{Draft, Picture, Post, Recording, State, Target, Version};
use super::recording::store as recordings;
use crate::shell::paging::newest;
use ground::db::{DbError, DbResult, Row, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};
use std::collections::HashMap;

queries! {
    POST = "SELECT id, agency_id, state, version, released_version, scheduled_at, created_at, updated_at FROM posts WHERE id = $1";
    VERSION = "SELECT post_id, version, text_en, text_dz, note, scheduled_at, content_hash, author_id, created_at FROM post_versions WHERE post_id = $1 AND version = $2";
    VERSIONS = "SELECT post_id, version, text_en, text_dz, note, scheduled_at, content_hash, author_id, created_at FROM post_versions WHERE post_id = $1 ORDER BY version";
    TARGETS = "SELECT account_id, variant FROM post_targets WHERE post_id = $1 AND version = $2 ORDER BY account_id";
    PICTURES = "SELECT m.id, m.digest, m.mime, m.width, m.height, m.alt_en, m.alt_dz FROM post_pictures pp JOIN media m ON m.id = pp.media_id WHERE pp.post_id = $1 AND pp.version = $2 ORDER BY pp.place";
    POST_INSERT = "INSERT INTO posts (id, agency_id, state, version, scheduled_at, due_at, author_id, created_at, updated_at) VALUES ($1, $2, 'draft', 1, $3, $3, $5, $4, $4)";
    POST_STEP = "UPDATE posts SET state = $3, version = $4, scheduled_at = $5, updated_at = $6, author_id = $7, due_at = CASE WHEN released_version IS NULL THEN $5 ELSE due_at END WHERE id = $1 AND version = $2";
    POST_STATE = "UPDATE posts SET state = $4, released_version = $5, updated_at = $6, due_at = CASE WHEN due_at IS NULL THEN $7 ELSE due_at END WHERE id = $1 AND version = $2 AND state = $3";
    POST_HOLD = "UPDATE posts SET updated_at = updated_at WHERE id = $1 AND state <> 'withdrawn' AND released_version = $2";
    VERSION_INSERT = "INSERT INTO post_versions (post_id, version, text_en, text_dz, note, scheduled_at, content_hash, author_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TARGET_INSERT = "INSERT INTO post_targets (post_id, version, account_id, variant) VALUES ($1, $2, $3, $4)";
    PICTURE_INSERT = "INSERT INTO post_pictures (post_id, version, place, media_id) VALUES ($1, $2, $3, $4)";
    MEDIA = "SELECT id, agency_id, digest, mime, width, height, bytes, alt_en, alt_dz FROM media WHERE id = $1";
    MEDIA_INSERT = "INSERT INTO media (id, agency_id, digest, mime, width, height, bytes, alt_en, alt_dz, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    MEDIA_ALL = "SELECT id, agency_id, digest, mime, width, height, bytes, alt_en, alt_dz FROM media WHERE id > $1 ORDER BY id LIMIT $2";
    MEDIA_RELEASED = "SELECT count(*) AS n FROM post_pictures pp JOIN posts p ON p.id = pp.post_id WHERE pp.media_id = $1 AND p.released_version IS NOT NULL AND pp.version <= p.released_version";
    DECISION_INSERT = "INSERT INTO post_decisions (id, post_id, version, kind, person_id, reason, content_hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    DECISIONS = "SELECT id, post_id, version, kind, person_id, reason, content_hash, at FROM post_decisions WHERE post_id = $1 ORDER BY id";
    HASHES = "SELECT post_id, version, content_hash FROM post_versions WHERE (post_id > $1 OR (post_id = $1 AND version > $2)) ORDER BY post_id, version LIMIT $3";
}

record! {
    pub struct PostRow { id: i64, agency_id: i64, state: String, version: i64, released_version: Option<i64>, scheduled_at: Option<i64>, created_at: i64, updated_at: i64 }
}
record! {
    pub struct VersionRow { post_id: i64, version: i64, text_en: String, text_dz: String, note: String, scheduled_at: Option<i64>, content_hash: String, author_id: i64, created_at: i64 }
}
record! {
    pub struct MediaRow { id: i64, agency_id: i64, digest: String, mime: String, width: i64, height: i64, bytes: i64, alt_en: String, alt_dz: String }
}
record! {
    pub struct DecisionRow { id: i64, post_id: i64, version: i64, kind: String, person_id: i64, reason: String, content_hash: String, at: i64 }
}

fn picture(r: &Row) -> DbResult<Picture> {
    Ok(Picture {
        id: r.get("id")?,
        digest: r.get("digest")?,
        mime: r.get("mime")?,
        width: r.get("width")?,
        height: r.get("height")?,
        alt_en: r.get("alt_en")?,
        alt_dz: r.get("alt_dz")?,
    })
}

fn target(r: &Row) -> DbResult<Target> {
    Ok(Target { account: r.get("account_id")?, variant: r.get("variant")? })
}

async fn pictures(c: &impl Run, post: i64, version: i64) -> DbResult<Vec<Picture>> {
    c.rows(sql!(PICTURES, post, version)).await?.iter().map(picture).collect()
}

async fn targets(c: &impl Run, post: i64, version: i64) -> DbResult<Vec<Target>> {
    c.rows(sql!(TARGETS, post, version)).await?.iter().map(target).collect()
}

async fn full(c: &impl Run, v: VersionRow) -> DbResult<Version> {
    Ok(Version {
        number: v.version,
        targets: targets(c, v.post_id, v.version).await?,
        pictures: pictures(c, v.post_id, v.version).await?,
        recording: recordings::of_version(c, v.post_id, v.version).await?,
        parts: parts::of_version(c, v.post_id, v.version).await?,
        text_en: v.text_en,
        text_dz: v.text_dz,
        note: v.note,
        scheduled_at: v.scheduled_at,
        content_hash: v.content_hash,
        author: v.author_id,
        at: v.created_at,
    })
}

pub async fn version(c: &impl Run, post: i64, version: i64) -> DbResult<Version> {
    let row = VersionRow::from_row(&c.one(sql!(VERSION, post, version)).await?)?;
    full(c, row).await
}

pub async fn versions(c: &impl Run, post: i64) -> DbResult<Vec<Version>> {
    let rows: DbResult<Vec<_>> = c.rows(sql!(VERSIONS, post)).await?.iter().map(VersionRow::from_row).collect();
    let mut all = vec![];
    for row in rows? {
        all.push(full(c, row).await?);
    }
    Ok(all)
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Post> {
    let row = PostRow::from_row(&c.one(sql!(POST, id)).await?)?;
    let current = version(c, id, row.version).await?;
    post(row, current)
}

fn post(row: PostRow, current: Version) -> DbResult<Post> {
    let state = State::parse(&row.state).ok_or_else(|| DbError::Other(format!("post {} is {}", row.id, row.state)))?;
    Ok(Post {
        id: row.id,
        agency: row.agency_id,
        state,
        current,
        released: row.released_version,
        scheduled_at: row.scheduled_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What a list wants: posts of these agencies (all when `None`), in this state, before an id, newest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub agencies: Option<Vec<i64>>,
    pub state: Option<State>,
    pub before: i64,
    pub most: i64,
}

pub async fn list(c: &impl Run, w: &Wanted) -> DbResult<Vec<Post>> {
    let Some(agencies) = &w.agencies else { return page(c, w, None).await };
    let mut all = vec![];
    for agency in agencies {
        all.extend(page(c, w, Some(*agency)).await?);
    }
    Ok(newest(all, w.most, |p| p.id))
}

const WITH_VERSION: &str = "SELECT p.id, p.agency_id, p.state, p.released_version, p.scheduled_at, p.created_at, p.updated_at, v.post_id, v.version, v.text_en, v.text_dz, v.note, v.scheduled_at AS version_scheduled_at, v.content_hash, v.author_id, v.created_at AS version_created_at FROM posts p JOIN post_versions v ON v.post_id = p.id AND v.version = p.version";

async fn page(c: &impl Run, w: &Wanted, agency: Option<i64>) -> DbResult<Vec<Post>> {
    let mut q = SqlBuilder::new(WITH_VERSION);
    q.push(" WHERE p.id < ").bind(w.before);
    if let Some(agency) = agency {
        q.push(" AND p.agency_id = ").bind(agency);
    }
    if let Some(state) = w.state {
        q.push(" AND p.state = ").bind(state.code());
    }
    q.push(" ORDER BY p.id DESC LIMIT ").bind(w.most);
    whole(c, c.rows(q.build()).await?).await
}

/// These posts, in the order of their ids, newest first.
pub async fn these(c: &impl Run, ids: &[i64]) -> DbResult<Vec<Post>> {
    let mut q = SqlBuilder::new(WITH_VERSION);
    within(q.push(" WHERE p.id"), ids.iter().copied());
    q.push(" ORDER BY p.id DESC");
    whole(c, c.rows(q.build()).await?).await
}

fn within(q: &mut SqlBuilder, ids: impl Iterator<Item = i64>) {
    q.push(" IN (").bind(-1);
    for id in ids {
        q.push(", ").bind(id);
    }
    q.push(")");
}

/// Puts posts together with where they go, what follows, their pictures and recordings: a few questions, however many posts.
async fn whole(c: &impl Run, rows: Vec<Row>) -> DbResult<Vec<Post>> {
    let ids: DbResult<Vec<i64>> = rows.iter().map(|r| r.get("id")).collect();
    let ids = ids?;
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut q = SqlBuilder::new(
        "SELECT t.post_id, t.account_id, t.variant FROM post_targets t JOIN posts p ON p.id = t.post_id AND p.version = t.version WHERE t.post_id",
    );
    within(&mut q, ids.iter().copied());
    q.push(" ORDER BY t.post_id, t.account_id");
    let mut targets: HashMap<i64, Vec<Target>> = HashMap::new();
    for r in c.rows(q.build()).await? {
        targets.entry(r.get("post_id")?).or_default().push(target(&r)?);
    }
    let mut q = SqlBuilder::new(
        "SELECT pp.post_id, m.id, m.digest, m.mime, m.width, m.height, m.alt_en, m.alt_dz FROM post_pictures pp JOIN posts p ON p.id = pp.post_id AND p.version = pp.version JOIN media m ON m.id = pp.media_id WHERE pp.post_id",
    );
    within(&mut q, ids.iter().copied());
    q.push(" ORDER BY pp.post_id, pp.place");
    let mut pictures: HashMap<i64, Vec<Picture>> = HashMap::new();
    for r in c.rows(q.build()).await? {
        pictures.entry(r.get("post_id")?).or_default().push(picture(&r)?);
    }
    let mut q = SqlBuilder::new(
        "SELECT pr.post_id, r.id, r.digest, r.mime, r.bytes, r.duration_ms, pr.said_en, pr.said_dz FROM post_recordings pr JOIN posts p ON p.id = pr.post_id AND p.version = pr.version JOIN recordings r ON r.id = pr.recording_id WHERE pr.post_id",
    );
    within(&mut q, ids.iter().copied());
    let mut heard: HashMap<i64, Recording> = HashMap::new();
    for r in c.rows(q.build()).await? {
        heard.insert(r.get("post_id")?, recordings::recording(&r)?);
    }
    let mut parts: HashMap<i64, Vec<Part>> = parts::of_posts(c, &ids).await?;
    let put_together = |r: &Row| {
        let id = r.get("id")?;
        let row = PostRow {
            id,
            agency_id: r.get("agency_id")?,
            state: r.get("state")?,
            version: r.get("version")?,
            released_version: r.get("released_version")?,
            scheduled_at: r.get("scheduled_at")?,
            created_at: r.get("created_at")?,
            updated_at: r.get("updated_at")?,
        };
        let current = Version {
            number: row.version,
            targets: targets.remove(&id).unwrap_or_default(),
            pictures: pictures.remove(&id).unwrap_or_default(),
            recording: heard.remove(&id),
            parts: parts.remove(&id).unwrap_or_default(),
            text_en: r.get("text_en")?,
            text_dz: r.get("text_dz")?,
            note: r.get("note")?,
            scheduled_at: r.get("version_scheduled_at")?,
            content_hash: r.get("content_hash")?,
            author: r.get("author_id")?,
            at: r.get("version_created_at")?,
        };
        post(row, current)
    };
    rows.iter().map(put_together).collect()
}

pub async fn insert(tx: &Tx, id: i64, agency: i64, draft: &Draft, author: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(POST_INSERT, id, agency, draft.scheduled_at, now, author)).await.map(|_| ())
}

/// Goes on to the next version; fails when somebody was faster. When something released was due stays as it was.
pub async fn step(tx: &Tx, post: &Post, state: State, next: &Version, now: i64) -> DbResult<()> {
    let (number, at, author) = (next.number, next.scheduled_at, next.author);
    tx.guard(sql!(POST_STEP, post.id, post.current.number, state.code(), number, at, now, author)).await
}

/// Changes the state of this exact version. What is released without a time of its own is due now.
pub async fn set_state(tx: &Tx, post: &Post, to: State, released: Option<i64>, now: i64) -> DbResult<()> {
    let due = released.map(|_| now);
    tx.guard(sql!(POST_STATE, post.id, post.current.number, post.state.code(), to.code(), released, now, due)).await
}

/// Whether this version may leave now. Holds the post until the transaction ends, so that it cannot be withdrawn meanwhile.
pub async fn hold(tx: &Tx, post: i64, version: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(POST_HOLD, post, version)).await? == 1)
}

pub async fn insert_version(tx: &Tx, post: i64, v: &Version) -> DbResult<()> {
    let q = sql!(
        VERSION_INSERT,
        post,
        v.number,
        &v.text_en,
        &v.text_dz,
        &v.note,
        v.scheduled_at,
        &v.content_hash,
        v.author,
        v.at
    );
    tx.exec(q).await?;
    for t in &v.targets {
        tx.exec(sql!(TARGET_INSERT, post, v.number, t.account, &t.variant)).await?;
    }
    for (place, p) in (0i64..).zip(&v.pictures) {
        tx.exec(sql!(PICTURE_INSERT, post, v.number, place, p.id)).await?;
    }
    if let Some(r) = &v.recording {
        recordings::attach(tx, post, v.number, r).await?;
    }
    parts::insert(tx, post, v).await
}

pub async fn media(c: &impl Run, id: i64) -> DbResult<MediaRow> {
    MediaRow::from_row(&c.one(sql!(MEDIA, id)).await?)
}

pub async fn insert_media(tx: &Tx, m: &MediaRow, by: i64, now: i64) -> DbResult<()> {
    let q = sql!(
        MEDIA_INSERT,
        m.id,
        m.agency_id,
        &m.digest,
        &m.mime,
        m.width,
        m.height,
        m.bytes,
        &m.alt_en,
        &m.alt_dz,
        by,
        now
    );
    tx.exec(q).await.map(|_| ())
}

pub async fn media_after(c: &impl Run, id: i64, most: i64) -> DbResult<Vec<MediaRow>> {
    c.rows(sql!(MEDIA_ALL, id, most)).await?.iter().map(MediaRow::from_row).collect()
}

/// Whether a picture belongs to something that was approved: then anybody may see it.
pub async fn is_released(c: &impl Run, media: i64) -> DbResult<bool> {
    Ok(c.one(sql!(MEDIA_RELEASED, media)).await?.get::<i64>("n")? > 0)
}

pub async fn decide(tx: &Tx, d: &DecisionRow) -> DbResult<()> {
    let q = sql!(DECISION_INSERT, d.id, d.post_id, d.version, &d.kind, d.person_id, &d.reason, &d.content_hash, d.at);
    tx.exec(q).await.map(|_| ())
}

pub async fn decisions(c: &impl Run, post: i64) -> DbResult<Vec<DecisionRow>> {
    c.rows(sql!(DECISIONS, post)).await?.iter().map(DecisionRow::from_row).collect()
}

/// Versions in order, for checking them all.
pub async fn hashes_after(c: &impl Run, post: i64, version: i64, most: i64) -> DbResult<Vec<(i64, i64, String)>> {
    let rows = c.rows(sql!(HASHES, post, version, most)).await?;
    rows.iter().map(|r| Ok((r.get("post_id")?, r.get("version")?, r.get("content_hash")?))).collect()
}
