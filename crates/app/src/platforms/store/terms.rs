//! The SQL of terms of use.
use crate::platforms::review::Terms;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT id, platform, taken_at, source, body, digest, previous_id, note, recorded_by, recorded_at, acknowledged_by, acknowledged_at, effect, effect_note FROM platform_terms WHERE id = $1";
    NEWEST = "SELECT id, platform, taken_at, source, body, digest, previous_id, note, recorded_by, recorded_at, acknowledged_by, acknowledged_at, effect, effect_note FROM platform_terms WHERE platform = $1 ORDER BY id DESC LIMIT 1";
    OF = "SELECT id, platform, taken_at, source, body, digest, previous_id, note, recorded_by, recorded_at, acknowledged_by, acknowledged_at, effect, effect_note FROM platform_terms WHERE platform = $1 ORDER BY id DESC LIMIT 50";
    INSERT = "INSERT INTO platform_terms (id, platform, taken_at, source, body, digest, previous_id, note, recorded_by, recorded_at, acknowledged_by, acknowledged_at, effect, effect_note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '')";
    ACKNOWLEDGE = "UPDATE platform_terms SET acknowledged_by = $2, acknowledged_at = $3, effect = $4, effect_note = $5 WHERE id = $1 AND acknowledged_at IS NULL";
    OPEN = "SELECT id, platform, taken_at, source, body, digest, previous_id, note, recorded_by, recorded_at, acknowledged_by, acknowledged_at, effect, effect_note FROM platform_terms WHERE acknowledged_at IS NULL AND recorded_by <> $1 ORDER BY id LIMIT $2";
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Terms> {
    Terms::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn newest(c: &impl Run, platform: &str) -> DbResult<Option<Terms>> {
    c.row(sql!(NEWEST, platform)).await?.as_ref().map(Terms::from_row).transpose()
}
pub async fn of_platform(c: &impl Run, platform: &str) -> DbResult<Vec<Terms>> {
    c.rows(sql!(OF, platform)).await?.iter().map(Terms::from_row).collect()
}
pub async fn insert(tx: &Tx, t: &Terms) -> DbResult<()> {
    let q = sql!(
        INSERT,
        t.id,
        &t.platform,
        t.taken_at,
        &t.source,
        &t.body,
        &t.digest,
        t.previous_id,
        &t.note,
        t.recorded_by,
        t.recorded_at,
        t.acknowledged_by,
        t.acknowledged_at,
        &t.effect
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn acknowledge(tx: &Tx, id: i64, person: i64, now: i64, effect: &str, note: &str) -> DbResult<()> {
    tx.guard(sql!(ACKNOWLEDGE, id, person, now, effect, note)).await
}
/// Changes of terms that others recorded and nobody has looked at.
pub async fn to_look_at(c: &impl Run, me: i64, most: i64) -> DbResult<Vec<Terms>> {
    c.rows(sql!(OPEN, me, most)).await?.iter().map(Terms::from_row).collect()
}
