//! Appointments of leads, vacancies, training and who stands in for whom.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    APPOINTMENTS = "SELECT id, agency_id, person_id, grant_id, order_ref, grade, from_at, until, deputy_id, deputy_grant_id, appointed_by, appointed_at FROM lead_appointments WHERE agency_id = $1 ORDER BY id DESC LIMIT 50";
    APPOINTMENT_INSERT = "INSERT INTO lead_appointments (id, agency_id, person_id, grant_id, order_ref, grade, from_at, until, deputy_id, deputy_grant_id, appointed_by, appointed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    TEAMS = "SELECT DISTINCT agency_id FROM persons WHERE agency_id IS NOT NULL AND state = 'active' ORDER BY agency_id";
    LEAD_GRANTS = "SELECT agency_id, until, from_at, ended_at FROM role_grants WHERE role = 'lead' AND decision = 'approved' AND agency_id IS NOT NULL ORDER BY id";
    VACANCIES = "SELECT id, agency_id, since FROM lead_vacancies WHERE ended_at IS NULL ORDER BY since, id";
    VACANCY = "SELECT id, agency_id, since FROM lead_vacancies WHERE agency_id = $1 AND ended_at IS NULL";
    VACANCY_INSERT = "INSERT INTO lead_vacancies (id, agency_id, since) VALUES ($1, $2, $3)";
    VACANCY_END = "UPDATE lead_vacancies SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    TRAINING_INSERT = "INSERT INTO trainings (id, agency_id, person_id, title, held_on, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    TRAINED = "SELECT person_id, max(held_on) AS held_on FROM trainings WHERE agency_id = $1 GROUP BY person_id ORDER BY person_id";
    BACKUPS = "SELECT person_id, backup_id FROM team_backups WHERE agency_id = $1 ORDER BY person_id";
    BACKUP_SET = "INSERT INTO team_backups (agency_id, person_id, backup_id, set_by, set_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agency_id, person_id) DO UPDATE SET backup_id = $3, set_by = $4, set_at = $5";
    LEADS = "SELECT DISTINCT p.email, p.id FROM persons p JOIN role_grants g ON g.person_id = p.id WHERE g.role = 'lead' AND g.decision = 'approved' AND g.ended_at IS NULL AND (g.from_at IS NULL OR g.from_at <= $1) AND (g.until IS NULL OR g.until > $1) AND p.state = 'active' ORDER BY p.id";
    LEADS_OF = "SELECT DISTINCT p.email, p.id FROM persons p JOIN role_grants g ON g.person_id = p.id WHERE g.role = 'lead' AND g.agency_id = $1 AND g.decision = 'approved' AND g.ended_at IS NULL AND (g.from_at IS NULL OR g.from_at <= $2) AND (g.until IS NULL OR g.until > $2) AND p.state = 'active' ORDER BY p.id";
    OVERSEERS = "SELECT DISTINCT p.email, p.id FROM persons p JOIN role_grants g ON g.person_id = p.id WHERE g.role IN ('administrator', 'oversight') AND g.decision = 'approved' AND g.ended_at IS NULL AND p.state = 'active' ORDER BY p.id LIMIT 20";
}

record! {
    pub struct AppointmentRow { id: i64, agency_id: i64, person_id: i64, grant_id: i64, order_ref: String, grade: String, from_at: i64, until: i64, deputy_id: Option<i64>, deputy_grant_id: Option<i64>, appointed_by: String, appointed_at: i64 }
}
record! {
    pub struct VacancyRow { id: i64, agency_id: i64, since: i64 }
}
record! {
    pub struct LeadTerm { agency_id: i64, until: Option<i64>, from_at: Option<i64>, ended_at: Option<i64> }
}

impl AppointmentRow {
    /// A time in the last day of the term.
    pub fn last_day(&self) -> i64 {
        self.until - 1
    }
}

impl LeadTerm {
    pub fn live(&self, now: i64) -> bool {
        self.over(now).is_none() && self.from_at.is_none_or(|from| from <= now)
    }
    /// When it was over, if it is.
    pub fn over(&self, now: i64) -> Option<i64> {
        self.ended_at.or(self.until.filter(|until| *until <= now))
    }
}

/// Newest first.
pub async fn appointments(c: &impl Run, agency: i64) -> DbResult<Vec<AppointmentRow>> {
    c.rows(sql!(APPOINTMENTS, agency)).await?.iter().map(AppointmentRow::from_row).collect()
}
pub async fn insert_appointment(tx: &Tx, a: &AppointmentRow) -> DbResult<()> {
    let q = sql!(
        APPOINTMENT_INSERT,
        a.id,
        a.agency_id,
        a.person_id,
        a.grant_id,
        &a.order_ref,
        &a.grade,
        a.from_at,
        a.until,
        a.deputy_id,
        a.deputy_grant_id,
        &a.appointed_by,
        a.appointed_at
    );
    tx.exec(q).await.map(|_| ())
}
/// Agencies that somebody works for here.
pub async fn teams(c: &impl Run) -> DbResult<Vec<i64>> {
    c.rows(sql!(TEAMS)).await?.iter().map(|r| r.get("agency_id")).collect()
}
pub async fn lead_terms(c: &impl Run) -> DbResult<Vec<LeadTerm>> {
    c.rows(sql!(LEAD_GRANTS)).await?.iter().map(LeadTerm::from_row).collect()
}
pub async fn vacancies(c: &impl Run) -> DbResult<Vec<VacancyRow>> {
    c.rows(sql!(VACANCIES)).await?.iter().map(VacancyRow::from_row).collect()
}
pub async fn vacancy(c: &impl Run, agency: i64) -> DbResult<Option<VacancyRow>> {
    c.row(sql!(VACANCY, agency)).await?.as_ref().map(VacancyRow::from_row).transpose()
}
pub async fn insert_vacancy(tx: &Tx, v: &VacancyRow) -> DbResult<()> {
    tx.exec(sql!(VACANCY_INSERT, v.id, v.agency_id, v.since)).await.map(|_| ())
}
pub async fn end_vacancy(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(VACANCY_END, id, at)).await
}
pub struct Training<'a> {
    pub id: i64,
    pub agency: i64,
    pub person: i64,
    pub title: &'a str,
    pub held_on: i64,
    pub by: &'a str,
    pub at: i64,
}
pub async fn insert_training(tx: &Tx, t: &Training<'_>) -> DbResult<()> {
    tx.exec(sql!(TRAINING_INSERT, t.id, t.agency, t.person, t.title, t.held_on, t.by, t.at)).await.map(|_| ())
}
/// Who of an agency was trained, and when last.
pub async fn trained(c: &impl Run, agency: i64) -> DbResult<Vec<(i64, i64)>> {
    let rows = c.rows(sql!(TRAINED, agency)).await?;
    rows.iter().map(|r| Ok((r.get("person_id")?, r.get("held_on")?))).collect()
}
pub async fn backups(c: &impl Run, agency: i64) -> DbResult<Vec<(i64, i64)>> {
    let rows = c.rows(sql!(BACKUPS, agency)).await?;
    rows.iter().map(|r| Ok((r.get("person_id")?, r.get("backup_id")?))).collect()
}
pub async fn set_backup(tx: &Tx, agency: i64, person: i64, backup: i64, by: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(BACKUP_SET, agency, person, backup, by, at)).await.map(|_| ())
}
/// Addresses of those who serve the whole government.
/// Where to write to everybody who leads an agency now.
pub async fn leads(c: &impl Run, now: i64) -> DbResult<Vec<String>> {
    c.rows(sql!(LEADS, now)).await?.iter().map(|r| r.get("email")).collect()
}
/// The same for one agency.
pub async fn leads_of(c: &impl Run, agency: i64, now: i64) -> DbResult<Vec<String>> {
    c.rows(sql!(LEADS_OF, agency, now)).await?.iter().map(|r| r.get("email")).collect()
}
pub async fn overseers(c: &impl Run) -> DbResult<Vec<String>> {
    c.rows(sql!(OVERSEERS)).await?.iter().map(|r| r.get("email")).collect()
}
