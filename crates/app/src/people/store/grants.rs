//! Roles that were asked for, given and ended.
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    GRANT = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE id = $1";
    GRANTS_OF = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE person_id = $1 ORDER BY id";
    GRANT_INSERT = "INSERT INTO role_grants (id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    GRANT_DECIDE = "UPDATE role_grants SET decision = $2, decided_by = $3, decided_at = $4, decision_reason = $5 WHERE id = $1 AND decision IS NULL";
    GRANT_END = "UPDATE role_grants SET ended_at = $2, ended_by = $3, ended_why = $4 WHERE id = $1 AND decision = 'approved' AND ended_at IS NULL";
    RUN_OUT = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE until <= $1 AND ended_at IS NULL AND (decision = 'approved' OR decision IS NULL) ORDER BY id LIMIT 200";
    OTHER_NATIONALS = "SELECT count(*) AS n FROM role_grants WHERE role IN ('administrator', 'oversight') AND decision = 'approved' AND person_id <> $1 AND person_id <> $2 AND (ended_at IS NULL OR ended_at > $3)";
    OTHER_ADMINISTRATORS = "SELECT count(*) AS n FROM role_grants g JOIN persons p ON p.id = g.person_id WHERE g.role = 'administrator' AND g.decision = 'approved' AND g.person_id <> $1 AND g.ended_at IS NULL AND (g.until IS NULL OR g.until > $2) AND p.state = 'active'";
    HELD_IN = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE agency_id = $1 AND decision = 'approved' AND ended_at IS NULL ORDER BY id LIMIT 1000";
    ENDED_LATE = "SELECT count(*) AS n FROM role_grants WHERE agency_id = $1 AND decision = 'approved' AND ended_at IS NULL AND until <= $2";
}

record! {
    pub struct GrantRow { id: i64, person_id: i64, role: String, agency_id: Option<i64>, purpose: String, granted_by: String, granted_at: i64, from_at: Option<i64>, until: Option<i64>, decision: Option<String>, decided_by: Option<String>, decided_at: Option<i64>, decision_reason: Option<String>, ended_at: Option<i64>, ended_why: Option<String> }
}

impl GrantRow {
    pub fn waits(&self) -> bool {
        self.decision.is_none()
    }
    /// Approved and not over; it may begin later.
    pub fn stands(&self, now: i64) -> bool {
        self.decision.as_deref() == Some("approved")
            && self.ended_at.is_none()
            && self.until.is_none_or(|until| until > now)
    }
    /// In effect now.
    pub fn live(&self, now: i64) -> bool {
        self.stands(now) && self.from_at.is_none_or(|from| from <= now)
    }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<GrantRow>> {
    rows.iter().map(GrantRow::from_row).collect()
}

pub async fn grant(c: &impl Run, id: i64) -> DbResult<GrantRow> {
    GrantRow::from_row(&c.one(sql!(GRANT, id)).await?)
}
pub async fn grants_of(c: &impl Run, person: i64) -> DbResult<Vec<GrantRow>> {
    all(&c.rows(sql!(GRANTS_OF, person)).await?)
}
/// Everything approved and not ended in one agency.
pub async fn held_in(c: &impl Run, agency: i64) -> DbResult<Vec<GrantRow>> {
    all(&c.rows(sql!(HELD_IN, agency)).await?)
}
pub async fn insert_grant(tx: &Tx, g: &GrantRow) -> DbResult<()> {
    let q = sql!(
        GRANT_INSERT,
        g.id,
        g.person_id,
        &g.role,
        g.agency_id,
        &g.purpose,
        &g.granted_by,
        g.granted_at,
        g.from_at,
        g.until,
        g.decision.as_deref(),
        g.decided_by.as_deref(),
        g.decided_at
    );
    tx.exec(q).await.map(|_| ())
}
/// Decides once: fails when it was decided before.
pub async fn decide_grant(tx: &Tx, id: i64, decision: &str, by: &str, at: i64, reason: &str) -> DbResult<()> {
    tx.guard(sql!(GRANT_DECIDE, id, decision, by, at, reason)).await
}
pub async fn end_grant(tx: &Tx, id: i64, at: i64, by: &str, why: &str) -> DbResult<()> {
    tx.guard(sql!(GRANT_END, id, at, by, why)).await
}
/// Grants whose last day has passed and that nobody ended.
pub async fn run_out(c: &impl Run, now: i64) -> DbResult<Vec<GrantRow>> {
    all(&c.rows(sql!(RUN_OUT, now)).await?)
}
pub async fn ended_late(c: &impl Run, agency: i64, before: i64) -> DbResult<i64> {
    c.one(sql!(ENDED_LATE, agency, before)).await?.get("n")
}
/// How many others hold, or lately held, a role over the whole government.
pub async fn other_nationals(c: &impl Run, one: i64, other: i64, since: i64) -> DbResult<i64> {
    c.one(sql!(OTHER_NATIONALS, one, other, since)).await?.get("n")
}
/// How many others administer the program now.
pub async fn other_administrators(c: &impl Run, but: i64, now: i64) -> DbResult<i64> {
    c.one(sql!(OTHER_ADMINISTRATORS, but, now)).await?.get("n")
}
/// What waits for a decision: in these agencies, without the roles of leads; or everywhere (`None`).
pub async fn waiting(c: &impl Run, agencies: Option<&[i64]>, most: i64) -> DbResult<Vec<GrantRow>> {
    let mut sql = SqlBuilder::new(
        "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE decision IS NULL",
    );
    if let Some(agencies) = agencies {
        sql.push(" AND role <> 'lead' AND agency_id IN (").bind(-1);
        for agency in agencies {
            sql.push(", ").bind(*agency);
        }
        sql.push(")");
    }
    sql.push(" ORDER BY id LIMIT ").bind(most);
    all(&c.rows(sql.build()).await?)
}
