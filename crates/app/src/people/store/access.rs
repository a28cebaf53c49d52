//! Recovery codes, the giving back of lost access, and the quarterly review of rights.
use super::grants::GrantRow;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    SESSION_CONFIRMED = "SELECT COALESCE(confirmed_at, created_at) AS at FROM sessions WHERE id = $1";
    SESSION_CONFIRM = "UPDATE sessions SET confirmed_at = $2 WHERE id = $1";
    SESSION_PASSED = "UPDATE sessions SET passed_totp = TRUE WHERE id = $1";
    SESSION_STRONG = "SELECT passed_totp FROM sessions WHERE id = $1";
    SESSIONS_WEAK = "UPDATE sessions SET passed_totp = FALSE WHERE person_id = $1 AND (means IS NULL OR means <> 'provider')";
    SESSIONS_BY_CODE_WEAK = "UPDATE sessions SET passed_totp = FALSE WHERE person_id = $1 AND (means IS NULL OR (means <> 'provider' AND means <> 'passkey'))";
    CODES_DROP = "DELETE FROM recovery_codes WHERE person_id = $1";
    CODE_INSERT = "INSERT INTO recovery_codes (id, person_id, digest, created_at) VALUES ($1, $2, $3, $4)";
    CODE_USE = "UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND digest = $2 AND used_at IS NULL";
    CODES_LEFT = "SELECT count(*) AS n FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL";
    RECOVERY = "SELECT id, person_id, asked_by, asked_at, reason, decision FROM recoveries WHERE id = $1";
    RECOVERIES = "SELECT id, person_id, asked_by, asked_at, reason, decision FROM recoveries WHERE decision IS NULL ORDER BY id LIMIT 100";
    RECOVERY_OF = "SELECT count(*) AS n FROM recoveries WHERE person_id = $1 AND decision IS NULL";
    RECOVERY_INSERT = "INSERT INTO recoveries (id, person_id, asked_by, asked_at, reason) VALUES ($1, $2, $3, $4, $5)";
    RECOVERY_DECIDE = "UPDATE recoveries SET decision = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND decision IS NULL";
    REVIEW = "SELECT id, agency_id, opened_at, due_at, reminded_at, closed_at FROM access_reviews WHERE id = $1";
    REVIEWS_OPEN = "SELECT id, agency_id, opened_at, due_at, reminded_at, closed_at FROM access_reviews WHERE closed_at IS NULL ORDER BY due_at, id";
    REVIEW_INSERT = "INSERT INTO access_reviews (id, agency_id, opened_at, due_at) VALUES ($1, $2, $3, $4)";
    REVIEW_REMINDED = "UPDATE access_reviews SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL";
    REVIEW_CLOSE = "UPDATE access_reviews SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";
    ANSWER = "INSERT INTO review_answers (review_id, grant_id, keep, answered_by, answered_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (review_id, grant_id) DO UPDATE SET keep = $3, answered_by = $4, answered_at = $5";
    ANSWERS = "SELECT grant_id FROM review_answers WHERE review_id = $1 AND keep = TRUE ORDER BY grant_id";
    STANDING = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE decision = 'approved' AND ended_at IS NULL ORDER BY id";
    STANDING_IN = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE decision = 'approved' AND ended_at IS NULL AND agency_id = $1 AND role <> 'lead' ORDER BY id";
    STANDING_ABOVE = "SELECT id, person_id, role, agency_id, purpose, granted_by, granted_at, from_at, until, decision, decided_by, decided_at, decision_reason, ended_at, ended_why FROM role_grants WHERE decision = 'approved' AND ended_at IS NULL AND (agency_id IS NULL OR role = 'lead') ORDER BY id";
    KEPT_LAST = "SELECT grant_id, max(answered_at) AS at FROM review_answers WHERE keep = TRUE GROUP BY grant_id ORDER BY grant_id";
    LEAD_MAILS = "SELECT DISTINCT p.email, p.id FROM persons p JOIN role_grants g ON g.person_id = p.id WHERE g.agency_id = $1 AND g.role = 'lead' AND g.decision = 'approved' AND g.ended_at IS NULL AND p.state = 'active' ORDER BY p.id LIMIT 20";
}

record! {
    pub struct RecoveryRow { id: i64, person_id: i64, asked_by: String, asked_at: i64, reason: String, decision: Option<String> }
}
record! {
    pub struct ReviewRow { id: i64, agency_id: Option<i64>, opened_at: i64, due_at: i64, reminded_at: Option<i64>, closed_at: Option<i64> }
}

/// When whoever sits at this session last showed that it is they.
pub async fn confirmed_at(c: &impl Run, session: i64) -> DbResult<i64> {
    c.one(sql!(SESSION_CONFIRMED, session)).await?.get("at")
}
pub async fn confirm_session(tx: &Tx, session: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(SESSION_CONFIRM, session, at)).await
}
/// Whether whoever sits at this session showed a second factor.
pub async fn session_strong(c: &impl Run, session: i64) -> DbResult<bool> {
    c.one(sql!(SESSION_STRONG, session)).await?.get("passed_totp")
}
/// A second factor was shown in this session.
pub async fn session_passed(tx: &Tx, session: i64) -> DbResult<()> {
    tx.exec(sql!(SESSION_PASSED, session)).await.map(|_| ())
}
/// Nothing strong of ours is left: what was shown before counts no more.
pub async fn weaken_sessions(tx: &Tx, person: i64) -> DbResult<()> {
    tx.exec(sql!(SESSIONS_WEAK, person)).await.map(|_| ())
}
/// The same for sessions that a one-time code opened.
pub async fn weaken_code_sessions(tx: &Tx, person: i64) -> DbResult<()> {
    tx.exec(sql!(SESSIONS_BY_CODE_WEAK, person)).await.map(|_| ())
}
pub async fn drop_recovery_codes(tx: &Tx, person: i64) -> DbResult<()> {
    tx.exec(sql!(CODES_DROP, person)).await.map(|_| ())
}
pub async fn insert_recovery_code(tx: &Tx, id: i64, person: i64, digest: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(CODE_INSERT, id, person, digest, at)).await.map(|_| ())
}
/// Spends a recovery code; fails when it is none of theirs or was used.
pub async fn use_recovery_code(tx: &Tx, person: i64, digest: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(CODE_USE, person, digest, at)).await
}
pub async fn recovery_codes_left(c: &impl Run, person: i64) -> DbResult<i64> {
    c.one(sql!(CODES_LEFT, person)).await?.get("n")
}
pub async fn recovery(c: &impl Run, id: i64) -> DbResult<RecoveryRow> {
    RecoveryRow::from_row(&c.one(sql!(RECOVERY, id)).await?)
}
pub async fn recoveries(c: &impl Run) -> DbResult<Vec<RecoveryRow>> {
    c.rows(sql!(RECOVERIES)).await?.iter().map(RecoveryRow::from_row).collect()
}
pub async fn recovery_waits(c: &impl Run, person: i64) -> DbResult<bool> {
    Ok(c.one(sql!(RECOVERY_OF, person)).await?.get::<i64>("n")? > 0)
}
pub async fn insert_recovery(tx: &Tx, r: &RecoveryRow) -> DbResult<()> {
    tx.exec(sql!(RECOVERY_INSERT, r.id, r.person_id, &r.asked_by, r.asked_at, &r.reason)).await.map(|_| ())
}
pub async fn decide_recovery(tx: &Tx, id: i64, decision: &str, by: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(RECOVERY_DECIDE, id, decision, by, at)).await
}
pub async fn review(c: &impl Run, id: i64) -> DbResult<ReviewRow> {
    ReviewRow::from_row(&c.one(sql!(REVIEW, id)).await?)
}
pub async fn reviews_open(c: &impl Run) -> DbResult<Vec<ReviewRow>> {
    c.rows(sql!(REVIEWS_OPEN)).await?.iter().map(ReviewRow::from_row).collect()
}
pub async fn insert_review(tx: &Tx, r: &ReviewRow) -> DbResult<()> {
    tx.exec(sql!(REVIEW_INSERT, r.id, r.agency_id, r.opened_at, r.due_at)).await.map(|_| ())
}
pub async fn review_reminded(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(REVIEW_REMINDED, id, at)).await
}
pub async fn close_review(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(REVIEW_CLOSE, id, at)).await
}
pub async fn answer(tx: &Tx, review: i64, grant: i64, keep: bool, by: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(ANSWER, review, grant, keep, by, at)).await.map(|_| ())
}
/// The grants somebody confirmed in this review.
pub async fn kept(c: &impl Run, review: i64) -> DbResult<Vec<i64>> {
    c.rows(sql!(ANSWERS, review)).await?.iter().map(|r| r.get("grant_id")).collect()
}
pub async fn standing(c: &impl Run) -> DbResult<Vec<GrantRow>> {
    c.rows(sql!(STANDING)).await?.iter().map(GrantRow::from_row).collect()
}
/// What a review is about: an agency's roles but for its leads; or (`None`) leads and roles over the whole government.
pub async fn standing_in(c: &impl Run, agency: Option<i64>) -> DbResult<Vec<GrantRow>> {
    let rows = match agency {
        Some(agency) => c.rows(sql!(STANDING_IN, agency)).await?,
        None => c.rows(sql!(STANDING_ABOVE)).await?,
    };
    rows.iter().map(GrantRow::from_row).collect()
}
/// When each grant was last confirmed in a review.
pub async fn kept_last(c: &impl Run) -> DbResult<Vec<(i64, i64)>> {
    let rows = c.rows(sql!(KEPT_LAST)).await?;
    rows.iter().map(|r| Ok((r.get("grant_id")?, r.get("at")?))).collect()
}
/// Addresses of the leads of an agency.
pub async fn lead_mails(c: &impl Run, agency: i64) -> DbResult<Vec<String>> {
    c.rows(sql!(LEAD_MAILS, agency)).await?.iter().map(|r| r.get("email")).collect()
}
