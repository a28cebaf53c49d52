//! The SQL of podcasts.
use super::show::{Episode, Show};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    SHOW = "SELECT account_id, title, description, lang, category, email, artwork, artwork_mime, updated_at FROM podcast_shows WHERE account_id = $1";
    PUT_SHOW = "INSERT INTO podcast_shows (account_id, title, description, lang, category, email, artwork, artwork_mime, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (account_id) DO UPDATE SET title = excluded.title, description = excluded.description, lang = excluded.lang, category = excluded.category, email = excluded.email, artwork = excluded.artwork, artwork_mime = excluded.artwork_mime, updated_at = excluded.updated_at";
    // When it was first out stays, whatever is corrected later.
    PUT = "INSERT INTO podcast_episodes (id, account_id, post_id, version, state, published_at, updated_at) VALUES ($1, $2, $3, $4, 'out', $5, $5)
        ON CONFLICT (account_id, post_id) DO UPDATE SET version = excluded.version, state = 'out', updated_at = excluded.updated_at";
    TAKE_OUT = "UPDATE podcast_episodes SET state = 'taken-down', updated_at = $3 WHERE account_id = $1 AND post_id = $2";
    EPISODES = "SELECT e.id, e.post_id, e.published_at, v.text_en, v.text_dz, coalesce(t.variant, '') AS variant, r.recording_id, r.mime, r.bytes, r.duration_ms, r.said_en, r.said_dz FROM podcast_episodes e JOIN post_versions_v1 v ON v.post_id = e.post_id AND v.version = e.version JOIN post_recordings_v1 r ON r.post_id = e.post_id AND r.version = e.version LEFT JOIN post_targets_v1 t ON t.post_id = e.post_id AND t.version = e.version AND t.account_id = e.account_id WHERE e.account_id = $1 AND e.state = 'out' AND e.id < $2 ORDER BY e.id DESC LIMIT $3";
    CHANGED = "SELECT max(updated_at) AS at FROM podcast_episodes WHERE account_id = $1";
}

pub async fn show(c: &impl Run, account: i64) -> DbResult<Option<Show>> {
    c.row(sql!(SHOW, account)).await?.as_ref().map(Show::from_row).transpose()
}

pub async fn put_show(tx: &Tx, s: &Show) -> DbResult<()> {
    let q = sql!(
        PUT_SHOW,
        s.account_id,
        &s.title,
        &s.description,
        &s.lang,
        &s.category,
        &s.email,
        &s.artwork,
        &s.artwork_mime,
        s.updated_at
    );
    tx.exec(q).await.map(|_| ())
}

pub async fn put(tx: &Tx, id: i64, account: i64, post: i64, version: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(PUT, id, account, post, version, now)).await.map(|_| ())
}

pub async fn take_out(tx: &Tx, account: i64, post: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(TAKE_OUT, account, post, now)).await.map(|_| ())
}

/// Episodes that are out and older than this one, the newest first.
pub async fn episodes(c: &impl Run, account: i64, before: i64, most: i64) -> DbResult<Vec<Episode>> {
    c.rows(sql!(EPISODES, account, before, most)).await?.iter().map(Episode::from_row).collect()
}

/// When an episode last came, changed or went.
pub async fn changed(c: &impl Run, account: i64) -> DbResult<i64> {
    Ok(c.one(sql!(CHANGED, account)).await?.get::<Option<i64>>("at")?.unwrap_or(0))
}
