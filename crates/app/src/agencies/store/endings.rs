//! The SQL of reorganisations and of how agencies end.
use super::Agency;
use crate::agencies::reorganisation::{Ending, Reorganisation};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT id, kind, effective_on, reason, order_ref, heir_id, state, ordered_by, ordered_at FROM agency_reorganisations WHERE id = $1";
    LIST = "SELECT id, kind, effective_on, reason, order_ref, heir_id, state, ordered_by, ordered_at FROM agency_reorganisations WHERE id < $1 ORDER BY id DESC LIMIT $2";
    DUE = "SELECT id, kind, effective_on, reason, order_ref, heir_id, state, ordered_by, ordered_at FROM agency_reorganisations WHERE state = $1 AND effective_on <= $2 ORDER BY effective_on, id";
    INSERT = "INSERT INTO agency_reorganisations (id, kind, effective_on, reason, order_ref, heir_id, state, ordered_by, ordered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    STATE = "UPDATE agency_reorganisations SET state = $3 WHERE id = $1 AND state = $2";
    PART = "INSERT INTO agency_reorganisation_parts (reorganisation_id, agency_id, part) VALUES ($1, $2, $3)";
    PARTS = "SELECT a.id, a.code, a.kind, a.name_en, a.name_dz, a.parent_code, a.valid_from, a.valid_until, a.current FROM agency_reorganisation_parts p JOIN agencies a ON a.id = p.agency_id WHERE p.reorganisation_id = $1 AND p.part = $2 ORDER BY a.id";
    END = "INSERT INTO agency_endings (agency_id, reorganisation_id, heir_id, effective) VALUES ($1, $2, $3, $4)";
    ENDINGS = "SELECT agency_id, reorganisation_id, heir_id, effective FROM agency_endings ORDER BY agency_id";
    ENDING = "SELECT agency_id, reorganisation_id, heir_id, effective FROM agency_endings WHERE agency_id = $1";
    TAKE_EFFECT = "UPDATE agency_endings SET effective = $2 WHERE agency_id = $1";
    FORGET = "DELETE FROM agency_endings WHERE reorganisation_id = $1";
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Reorganisation> {
    Reorganisation::from_row(&c.one(sql!(FIND, id)).await?)
}
/// Newest first.
pub async fn list(c: &impl Run, before: i64, most: i64) -> DbResult<Vec<Reorganisation>> {
    c.rows(sql!(LIST, before, most)).await?.iter().map(Reorganisation::from_row).collect()
}
pub async fn due(c: &impl Run, state: &str, today: &str) -> DbResult<Vec<Reorganisation>> {
    c.rows(sql!(DUE, state, today)).await?.iter().map(Reorganisation::from_row).collect()
}
pub async fn insert(tx: &Tx, r: &Reorganisation) -> DbResult<()> {
    let q = sql!(
        INSERT,
        r.id,
        &r.kind,
        &r.effective_on,
        &r.reason,
        &r.order_ref,
        r.heir_id,
        &r.state,
        r.ordered_by,
        r.ordered_at
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn set_state(tx: &Tx, id: i64, from: &str, to: &str) -> DbResult<()> {
    tx.guard(sql!(STATE, id, from, to)).await
}
pub async fn insert_part(tx: &Tx, id: i64, agency: i64, part: &str) -> DbResult<()> {
    tx.exec(sql!(PART, id, agency, part)).await.map(|_| ())
}
/// The agencies that end in it (`from`) or carry on (`to`).
pub async fn parts(c: &impl Run, id: i64, part: &str) -> DbResult<Vec<Agency>> {
    super::all(&c.rows(sql!(PARTS, id, part)).await?)
}
pub async fn end(tx: &Tx, e: &Ending) -> DbResult<()> {
    tx.exec(sql!(END, e.agency_id, e.reorganisation_id, e.heir_id, e.effective)).await.map(|_| ())
}
pub async fn all(c: &impl Run) -> DbResult<Vec<Ending>> {
    c.rows(sql!(ENDINGS)).await?.iter().map(Ending::from_row).collect()
}
pub async fn of(c: &impl Run, agency: i64) -> DbResult<Option<Ending>> {
    c.row(sql!(ENDING, agency)).await?.as_ref().map(Ending::from_row).transpose()
}
pub async fn take_effect(tx: &Tx, agency: i64) -> DbResult<()> {
    tx.guard(sql!(TAKE_EFFECT, agency, true)).await
}
pub async fn forget(tx: &Tx, id: i64) -> DbResult<()> {
    tx.exec(sql!(FORGET, id)).await.map(|_| ())
}
