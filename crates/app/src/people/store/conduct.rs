//! Acknowledgements of the code of conduct, declarations of work use, and referrals.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    ACKNOWLEDGED = "SELECT edition, acknowledged_at FROM acknowledgements WHERE person_id = $1 AND digest = $2 ORDER BY id LIMIT 1";
    ACKNOWLEDGE = "INSERT INTO acknowledgements (id, person_id, edition, digest, acknowledged_at) VALUES ($1, $2, $3, $4, $5)";
    HAVE_ACKNOWLEDGED = "SELECT count(DISTINCT p.id) AS n FROM persons p JOIN acknowledgements a ON a.person_id = p.id WHERE p.agency_id = $1 AND p.state <> 'left' AND a.digest = $2";
    DECLARATIONS = "SELECT id, platform, purpose, declared_at FROM declarations WHERE person_id = $1 AND withdrawn_at IS NULL ORDER BY id LIMIT 50";
    DECLARE = "INSERT INTO declarations (id, person_id, platform, purpose, declared_at) VALUES ($1, $2, $3, $4, $5)";
    DECLARATION_END = "UPDATE declarations SET withdrawn_at = $3 WHERE id = $1 AND person_id = $2 AND withdrawn_at IS NULL";
    DECLARED = "SELECT count(*) AS n FROM declarations WHERE withdrawn_at IS NULL";
    REFERRAL = "SELECT id, person_id, referred_by, decider_id, rule, what, referred_at, reply, replied_at, outcome, reason, decided_at FROM referrals WHERE id = $1";
    REFERRALS_WITH = "SELECT id, person_id, referred_by, decider_id, rule, what, referred_at, reply, replied_at, outcome, reason, decided_at FROM referrals WHERE person_id = $1 OR referred_by = $1 OR decider_id = $1 ORDER BY id DESC LIMIT 50";
    REFERRAL_INSERT = "INSERT INTO referrals (id, person_id, referred_by, decider_id, rule, what, referred_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    REFERRAL_REPLY = "UPDATE referrals SET reply = $2, replied_at = $3 WHERE id = $1 AND replied_at IS NULL AND decided_at IS NULL";
    REFERRAL_DECIDE = "UPDATE referrals SET outcome = $2, reason = $3, decided_at = $4 WHERE id = $1 AND decided_at IS NULL";
}

record! {
    pub struct DeclarationRow { id: i64, platform: String, purpose: String, declared_at: i64 }
}
record! {
    pub struct ReferralRow { id: i64, person_id: i64, referred_by: i64, decider_id: i64, rule: String, what: String, referred_at: i64, reply: Option<String>, replied_at: Option<i64>, outcome: Option<String>, reason: Option<String>, decided_at: Option<i64> }
}

/// Which edition somebody acknowledged with exactly these rules, and when.
pub async fn acknowledged(c: &impl Run, person: i64, digest: &str) -> DbResult<Option<(String, i64)>> {
    let row = c.row(sql!(ACKNOWLEDGED, person, digest)).await?;
    row.map(|r| Ok((r.get("edition")?, r.get("acknowledged_at")?))).transpose()
}
pub async fn acknowledge(tx: &Tx, id: i64, person: i64, edition: &str, digest: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(ACKNOWLEDGE, id, person, edition, digest, at)).await.map(|_| ())
}
pub async fn have_acknowledged(c: &impl Run, agency: i64, digest: &str) -> DbResult<i64> {
    c.one(sql!(HAVE_ACKNOWLEDGED, agency, digest)).await?.get("n")
}
pub async fn declarations(c: &impl Run, person: i64) -> DbResult<Vec<DeclarationRow>> {
    c.rows(sql!(DECLARATIONS, person)).await?.iter().map(DeclarationRow::from_row).collect()
}
pub async fn declare(tx: &Tx, person: i64, d: &DeclarationRow) -> DbResult<()> {
    tx.exec(sql!(DECLARE, d.id, person, &d.platform, &d.purpose, d.declared_at)).await.map(|_| ())
}
pub async fn end_declaration(tx: &Tx, id: i64, person: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(DECLARATION_END, id, person, at)).await
}
/// How many declarations stand. Nothing else of them is told to others.
pub async fn declared(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(DECLARED)).await?.get("n")
}
pub async fn referral(c: &impl Run, id: i64) -> DbResult<ReferralRow> {
    ReferralRow::from_row(&c.one(sql!(REFERRAL, id)).await?)
}
/// Those this person has a part in.
pub async fn referrals_with(c: &impl Run, person: i64) -> DbResult<Vec<ReferralRow>> {
    c.rows(sql!(REFERRALS_WITH, person)).await?.iter().map(ReferralRow::from_row).collect()
}
pub async fn insert_referral(tx: &Tx, r: &ReferralRow) -> DbResult<()> {
    let q = sql!(REFERRAL_INSERT, r.id, r.person_id, r.referred_by, r.decider_id, &r.rule, &r.what, r.referred_at);
    tx.exec(q).await.map(|_| ())
}
pub async fn reply(tx: &Tx, id: i64, text: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(REFERRAL_REPLY, id, text, at)).await
}
pub async fn decide_referral(tx: &Tx, id: i64, outcome: &str, reason: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(REFERRAL_DECIDE, id, outcome, reason, at)).await
}
