//! The SQL of what the public says and is shown: reports of impostors, and the register as a signed file.
use ground::db::{DbResult, Run, Sql, Tx};
use ground::{queries, record, sql};

queries! {
    REPORT = "INSERT INTO impostor_reports (id, known_as, url, claims, state, reason, reported_at) VALUES ($1, $2, $3, $4, 'open', '', $5)";
    FIND = "SELECT id, known_as, url, claims, state, reason, reported_at, decided_at FROM impostor_reports WHERE id = $1";
    OPEN_AT = "SELECT count(*) AS n FROM impostor_reports WHERE known_as = $1 AND state = 'open'";
    CONFIRMED = "SELECT id, known_as, url, claims, state, reason, reported_at, decided_at FROM impostor_reports WHERE known_as = $1 AND state = 'confirmed' ORDER BY id DESC LIMIT 1";
    IN_STATE = "SELECT id, known_as, url, claims, state, reason, reported_at, decided_at FROM impostor_reports WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    DECIDE = "UPDATE impostor_reports SET state = $2, reason = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND state = 'open'";
    SNAPSHOT = "INSERT INTO register_snapshots (id, taken_at, digest, body, note) VALUES ($1, $2, $3, $4, $5)";
    SNAPSHOT_NEWEST = "SELECT id, taken_at, digest, body, note FROM register_snapshots ORDER BY id DESC LIMIT 1";
    SNAPSHOTS_OLD = "DELETE FROM register_snapshots WHERE id < $1";
    REGISTER = "SELECT a.id, a.agency_id, a.platform, a.handle, a.url, a.remote_id, a.state, a.live_since, a.closed_at, w.moved_at, e.successor_url FROM accounts a LEFT JOIN account_watch w ON w.account_id = a.id LEFT JOIN account_ends e ON e.account_id = a.id WHERE a.live_since IS NOT NULL AND a.id > $1 ORDER BY a.id LIMIT 1000";
}

record! {
    pub struct Report { id: i64, known_as: String, url: String, claims: String, state: String, reason: String, reported_at: i64, decided_at: Option<i64> }
}
record! {
    pub struct Snapshot { id: i64, taken_at: i64, digest: String, body: String, note: String }
}
record! {
    pub struct Line { id: i64, agency_id: i64, platform: String, handle: String, url: String, remote_id: String, state: String, live_since: i64, closed_at: Option<i64>, moved_at: Option<i64>, successor_url: Option<String> }
}

pub async fn report(tx: &Tx, id: i64, known_as: &str, url: &str, claims: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(REPORT, id, known_as, url, claims, now)).await.map(|_| ())
}
pub async fn find(c: &impl Run, id: i64) -> DbResult<Report> {
    Report::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn is_reported(c: &impl Run, known_as: &str) -> DbResult<bool> {
    Ok(c.one(sql!(OPEN_AT, known_as)).await?.get::<i64>("n")? > 0)
}
/// Asks for the report that an address is an impostor's.
pub fn confirmed_at(known_as: &str) -> Sql {
    sql!(CONFIRMED, known_as)
}
pub async fn in_state(c: &impl Run, state: &str, before: i64, most: i64) -> DbResult<Vec<Report>> {
    c.rows(sql!(IN_STATE, state, before, most)).await?.iter().map(Report::from_row).collect()
}
pub async fn decide(tx: &Tx, id: i64, state: &str, reason: &str, person: i64, now: i64) -> DbResult<()> {
    tx.guard(sql!(DECIDE, id, state, reason, person, now)).await
}

pub async fn keep(tx: &Tx, s: &Snapshot) -> DbResult<()> {
    tx.exec(sql!(SNAPSHOT, s.id, s.taken_at, &s.digest, &s.body, &s.note)).await?;
    tx.exec(sql!(SNAPSHOTS_OLD, s.id)).await.map(|_| ())
}
pub async fn newest(c: &impl Run) -> DbResult<Option<Snapshot>> {
    c.row(sql!(SNAPSHOT_NEWEST)).await?.as_ref().map(Snapshot::from_row).transpose()
}
/// A page of the register: every account that is or was official.
pub async fn register(c: &impl Run, after: i64) -> DbResult<Vec<Line>> {
    c.rows(sql!(REGISTER, after)).await?.iter().map(Line::from_row).collect()
}
