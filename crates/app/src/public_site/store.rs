//! What the public site reads: published views only. The post page asks everything in one trip.
use ground::db::{Db, DbResult, Row, Run, SqlBuilder};
use ground::{queries, record, sql};

queries! {
    ACCOUNTS_READ = "SELECT platform, count(*) AS n FROM accounts_public_v1 WHERE state = 'live' GROUP BY platform ORDER BY platform";
    ACCOUNTS_OF = "SELECT id, platform, handle, url, state, live_since, closed_at FROM accounts_public_v1 WHERE agency_id = $1 UNION ALL SELECT account_id AS id, platform, handle, url, 'handed-over' AS state, live_since, until_at AS closed_at FROM account_tenures_v1 WHERE agency_id = $1 ORDER BY id LIMIT 500";
    POST = "SELECT s.post_id, s.version, s.state, s.reason, s.published_at, s.updated_at, a.code, a.name_en, a.name_dz, v.text_en, v.text_dz, EXISTS (SELECT 1 FROM post_pictures_v1 p WHERE p.post_id = s.post_id AND p.version = s.version) AS pictured, EXISTS (SELECT 1 FROM post_recordings_v1 r WHERE r.post_id = s.post_id AND r.version = s.version) AS recorded, EXISTS (SELECT 1 FROM comments_v1 c WHERE c.post_id = s.post_id) AS commented FROM site_posts_v1 s JOIN agencies_v1 a ON a.id = s.agency_id JOIN post_versions_v1 v ON v.post_id = s.post_id AND v.version = s.version WHERE s.post_id = $1";
    PICTURES = "SELECT p.media_id, p.width, p.height, p.alt_en, p.alt_dz FROM site_posts_v1 s JOIN post_pictures_v1 p ON p.post_id = s.post_id AND p.version = s.version WHERE s.post_id = $1 ORDER BY p.place";
    RECORDING = "SELECT r.recording_id, r.mime, r.bytes, r.duration_ms, r.said_en, r.said_dz FROM site_posts_v1 s JOIN post_recordings_v1 r ON r.post_id = s.post_id AND r.version = s.version WHERE s.post_id = $1";
    RELEASES = "SELECT r.version, r.at, r.text_en, r.text_dz, r.note FROM site_posts_v1 s JOIN post_releases_v1 r ON r.post_id = s.post_id AND r.version <= s.version WHERE s.post_id = $1 AND s.version > 1 ORDER BY r.version LIMIT 100";
    ELSEWHERE = "SELECT d.platform, a.handle, d.url FROM deliveries_v1 d JOIN accounts_public_v1 a ON a.id = d.account_id WHERE d.post_id = $1 AND d.state = 'sent' AND d.platform <> 'site' AND d.url <> '' ORDER BY d.id LIMIT 50";
    // The pluses keep SQLite from the index of all comments that answer none, which is everybody's, and from looking through all
    // messages for those of the conversations.
    COMMENTS = "WITH RECURSIVE top AS (SELECT id FROM comments_v1 WHERE post_id = $1 AND +parent_id IS NULL AND id > $2 ORDER BY id LIMIT $3), thread AS (SELECT id, id AS root FROM top UNION ALL SELECT c.id, t.root FROM thread t JOIN comments_v1 c ON c.parent_id = t.id) SELECT t.root, c.id, c.parent_id, c.citizen_id, c.author_name, c.text, c.lang, c.visibility, c.written_at, d.id AS decision_id, d.ground, w.id AS answer_id, w.text AS answer_text, w.lang AS answer_lang, w.sent_at FROM thread t JOIN comments_v1 c ON c.id = +t.id LEFT JOIN moderation_decisions_v1 d ON d.id = (SELECT max(x.id) FROM moderation_decisions_v1 x WHERE x.message_id = c.id AND x.state = 'final' AND x.action = c.visibility) LEFT JOIN answers_v1 w ON w.message_id = c.id AND w.state = 'sent' WHERE t.id = t.root OR t.id > $4 ORDER BY t.root, t.id, w.id LIMIT $5";
    AGENCIES_LIKE = "SELECT code, name_en, name_dz FROM agencies_v1 WHERE current = $1 AND (lower(name_en) LIKE $2 OR name_dz LIKE $2 OR lower(code) = $3) ORDER BY id LIMIT 8";
    AGENCIES_SPEAKING = "SELECT a.code, a.name_en, a.name_dz FROM agencies_v1 a WHERE EXISTS (SELECT 1 FROM accounts_public_v1 p WHERE p.agency_id = a.id) ORDER BY a.id LIMIT 1000";
}

record! {
    pub struct AccountRow { id: i64, platform: String, handle: String, url: String, state: String, live_since: i64, closed_at: Option<i64> }
}
record! {
    /// `state` is out or taken-down.
    pub struct PostRow { post_id: i64, version: i64, state: String, reason: String, published_at: i64, updated_at: i64, code: String, name_en: String, name_dz: String, text_en: String, text_dz: String, pictured: bool, recorded: bool, commented: bool }
}
record! {
    pub struct PictureRow { media_id: i64, width: i64, height: i64, alt_en: String, alt_dz: String }
}
record! {
    /// A film or sound recording, and what is said in it.
    pub struct RecordingRow { recording_id: i64, mime: String, bytes: i64, duration_ms: Option<i64>, said_en: String, said_dz: String }
}
record! {
    pub struct ReleaseRow { version: i64, at: i64, text_en: String, text_dz: String, note: String }
}
record! {
    pub struct ElsewhereRow { platform: String, handle: String, url: String }
}
record! {
    /// One comment, with the decision that stands about it and an answer of the agency; once for each answer.
    pub struct CommentRow { root: i64, id: i64, parent_id: Option<i64>, citizen_id: Option<i64>, author_name: String, text: String, lang: String, visibility: String, written_at: i64, decision_id: Option<i64>, ground: Option<String>, answer_id: Option<i64>, answer_text: Option<String>, answer_lang: Option<String>, sent_at: Option<i64> }
}
record! {
    pub struct AgencyRow { code: String, name_en: String, name_dz: String }
}
record! {
    /// A post in a list, with its first picture.
    pub struct CardRow { post_id: i64, version: i64, published_at: i64, updated_at: i64, code: String, name_en: String, name_dz: String, text_en: String, text_dz: String, media_id: Option<i64>, mime: Option<String>, width: Option<i64>, height: Option<i64>, alt_en: Option<String>, alt_dz: Option<String> }
}

impl RecordingRow {
    /// How long it plays, as it is read.
    pub fn duration(&self) -> String {
        self.duration_ms.map(crate::posts::duration).unwrap_or_default()
    }
}

/// Platforms with live official accounts, and how many.
pub async fn accounts_read(c: &impl Run) -> DbResult<Vec<(String, i64)>> {
    c.rows(sql!(ACCOUNTS_READ)).await?.iter().map(|r| Ok((r.get("platform")?, r.get("n")?))).collect()
}

/// Every account that is or was an agency's official one.
pub async fn accounts_of(c: &impl Run, agency: i64) -> DbResult<Vec<AccountRow>> {
    c.rows(sql!(ACCOUNTS_OF, agency)).await?.iter().map(AccountRow::from_row).collect()
}

/// Which conversations of a post are wanted: those begun after an id, and of them what was written after another.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    pub after: i64,
    pub conversations: i64,
    pub written_after: i64,
    pub most: i64,
}

/// Everything the page of a post shows.
pub struct Whole {
    pub post: PostRow,
    pub pictures: Vec<PictureRow>,
    pub recording: Option<RecordingRow>,
    pub releases: Vec<ReleaseRow>,
    pub elsewhere: Vec<ElsewhereRow>,
    pub comments: Vec<CommentRow>,
}

pub async fn post(db: &Db, id: i64, talk: Talk) -> DbResult<Option<Whole>> {
    // Most posts have no picture, no recording, no correction and no comment: what the first answer rules out is not asked for.
    let then = move |rows: &[Row]| {
        let Some(post) = rows.first() else { return Ok(vec![]) };
        let (pictured, commented): (bool, bool) = (post.get("pictured")?, post.get("commented")?);
        let recorded: bool = post.get("recorded")?;
        let corrected = post.get::<i64>("version")? > 1;
        let comments = || sql!(COMMENTS, id, talk.after, talk.conversations, talk.written_after, talk.most);
        Ok(vec![
            Some(sql!(ELSEWHERE, id)),
            pictured.then(|| sql!(PICTURES, id)),
            recorded.then(|| sql!(RECORDING, id)),
            corrected.then(|| sql!(RELEASES, id)),
            commented.then(comments),
        ])
    };
    let mut found = db.read_then(sql!(POST, id), then).await?.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let (post, elsewhere, pictures) = (next(), next(), next());
    let (recording, releases, comments) = (next(), next(), next());
    let Some(post) = post.first() else { return Ok(None) };
    Ok(Some(Whole {
        post: PostRow::from_row(post)?,
        pictures: pictures.iter().map(PictureRow::from_row).collect::<DbResult<_>>()?,
        recording: recording.first().map(RecordingRow::from_row).transpose()?,
        releases: releases.iter().map(ReleaseRow::from_row).collect::<DbResult<_>>()?,
        elsewhere: elsewhere.iter().map(ElsewhereRow::from_row).collect::<DbResult<_>>()?,
        comments: comments.iter().map(CommentRow::from_row).collect::<DbResult<_>>()?,
    }))
}

/// Which posts a list wants, newest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub agency: Option<i64>,
    /// Published before this time, or then with a smaller id.
    pub before: Option<(i64, i64)>,
    pub ids: Option<Vec<i64>>,
    pub most: i64,
}

pub async fn cards(c: &impl Run, w: &Wanted) -> DbResult<Vec<CardRow>> {
    let mut q = SqlBuilder::new(
        "SELECT s.post_id, s.version, s.published_at, s.updated_at, a.code, a.name_en, a.name_dz, v.text_en, v.text_dz, p.media_id, p.mime, p.width, p.height, p.alt_en, p.alt_dz FROM site_posts_v1 s JOIN agencies_v1 a ON a.id = s.agency_id JOIN post_versions_v1 v ON v.post_id = s.post_id AND v.version = s.version LEFT JOIN post_pictures_v1 p ON p.post_id = s.post_id AND p.version = s.version AND p.place = 0 WHERE s.state = 'out'",
    );
    if let Some(agency) = w.agency {
        q.push(" AND s.agency_id = ").bind(agency);
    }
    if let Some((at, id)) = w.before {
        q.push(" AND (s.published_at, s.post_id) < (").bind(at).push(", ").bind(id).push(")");
    }
    if let Some(ids) = &w.ids {
        q.push(" AND s.post_id IN (").bind(-1);
        for id in ids {
            q.push(", ").bind(*id);
        }
        q.push(")");
    }
    q.push(" ORDER BY s.published_at DESC, s.post_id DESC LIMIT ").bind(w.most);
    c.rows(q.build()).await?.iter().map(CardRow::from_row).collect()
}

/// Agencies of this name (a part of it is enough) or code.
pub async fn agencies_like(c: &impl Run, text: &str) -> DbResult<Vec<AgencyRow>> {
    let text = text.trim().to_lowercase().replace(['%', '_'], "");
    if text.is_empty() {
        return Ok(vec![]);
    }
    c.rows(sql!(AGENCIES_LIKE, true, format!("%{text}%"), text)).await?.iter().map(AgencyRow::from_row).collect()
}

/// Agencies that have or had an official account.
pub async fn agencies_speaking(c: &impl Run) -> DbResult<Vec<AgencyRow>> {
    c.rows(sql!(AGENCIES_SPEAKING)).await?.iter().map(AgencyRow::from_row).collect()
}
