//! The SQL of freezes.
use crate::publishing::freeze::{Freeze, GOVERNMENT};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT id, agency_id, reason, frozen_by, frozen_at, thawed_by, thawed_at, thaw_reason FROM freezes WHERE id = $1";
    ON = "SELECT id, agency_id, reason, frozen_by, frozen_at, thawed_by, thawed_at, thaw_reason FROM freezes WHERE thawed_at IS NULL ORDER BY agency_id";
    HOLDS = "SELECT count(*) AS n FROM freezes WHERE thawed_at IS NULL AND agency_id IN ($1, 0)";
    PAST = "SELECT id, agency_id, reason, frozen_by, frozen_at, thawed_by, thawed_at, thaw_reason FROM freezes WHERE agency_id = $1 AND thawed_at IS NOT NULL ORDER BY id DESC LIMIT $2";
    INSERT = "INSERT INTO freezes (id, agency_id, reason, frozen_by, frozen_at, thaw_reason) VALUES ($1, $2, $3, $4, $5, '')";
    THAW = "UPDATE freezes SET thawed_by = $2, thawed_at = $3, thaw_reason = $4 WHERE id = $1 AND thawed_at IS NULL";
    GATE_MAKE = "INSERT INTO publishing_gates (agency_id, passed) VALUES ($1, 0) ON CONFLICT (agency_id) DO NOTHING";
    GATE_PASS = "UPDATE publishing_gates SET passed = passed + 1 WHERE agency_id = $1";
    GATE_ALL = "UPDATE publishing_gates SET passed = passed + 1 WHERE agency_id > $1";
    ON_THEIR_WAY = "SELECT count(*) AS n FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.ended_at IS NULL AND a.outcome = '' AND a.kind <> 'take-down' AND a.settle_at < $2 AND (d.agency_id = $1 OR $1 = 0)";
    PARKED = "SELECT count(*) AS n FROM (SELECT id FROM deliveries WHERE problem = 'frozen' AND (agency_id = $1 OR $1 = 0) LIMIT 1000) p";
    PARKED_IDS = "SELECT d.id FROM deliveries d WHERE d.problem = 'frozen' AND NOT EXISTS (SELECT 1 FROM freezes f WHERE f.thawed_at IS NULL AND f.agency_id IN (d.agency_id, 0)) ORDER BY +d.id LIMIT $1";
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Freeze> {
    Freeze::from_row(&c.one(sql!(FIND, id)).await?)
}
/// Those that hold now; that of the whole government first.
pub async fn on(c: &impl Run) -> DbResult<Vec<Freeze>> {
    c.rows(sql!(ON)).await?.iter().map(Freeze::from_row).collect()
}
/// Whether anything of this agency may not leave.
pub async fn holds(c: &impl Run, agency: i64) -> DbResult<bool> {
    Ok(c.one(sql!(HOLDS, agency)).await?.get::<i64>("n")? > 0)
}
/// Those that were lifted, the newest first.
pub async fn past(c: &impl Run, agency: i64, most: i64) -> DbResult<Vec<Freeze>> {
    c.rows(sql!(PAST, agency, most)).await?.iter().map(Freeze::from_row).collect()
}
pub async fn insert(tx: &Tx, f: &Freeze) -> DbResult<()> {
    tx.exec(sql!(INSERT, f.id, f.agency_id, &f.reason, f.frozen_by, f.frozen_at)).await.map(|_| ())
}
pub async fn thaw(tx: &Tx, id: i64, by: i64, reason: &str, now: i64) -> DbResult<()> {
    tx.guard(sql!(THAW, id, by, now, reason)).await
}
pub async fn make_gate(tx: &Tx, agency: i64) -> DbResult<()> {
    tx.exec(sql!(GATE_MAKE, agency)).await.map(|_| ())
}
/// Takes the gate of an agency, or every gate, until the transaction ends.
pub async fn take_gate(tx: &Tx, agency: i64) -> DbResult<()> {
    let q = if agency == GOVERNMENT { sql!(GATE_ALL, agency) } else { sql!(GATE_PASS, agency) };
    tx.exec(q).await.map(|_| ())
}
/// Calls that began and have no outcome yet; not those that a person makes.
pub async fn on_their_way(c: &impl Run, agency: i64, never: i64) -> DbResult<i64> {
    c.one(sql!(ON_THEIR_WAY, agency, never)).await?.get("n")
}
/// How much is parked; a thousand is as far as it counts.
pub async fn parked(c: &impl Run, agency: i64) -> DbResult<i64> {
    c.one(sql!(PARKED, agency)).await?.get("n")
}
/// What is parked and held by no freeze any more. Few are ever parked: they are sorted, for in the order of ids every delivery
/// would be read.
pub async fn to_go_on(c: &impl Run, most: i64) -> DbResult<Vec<i64>> {
    c.rows(sql!(PARKED_IDS, most)).await?.iter().map(|r| r.get("id")).collect()
}
