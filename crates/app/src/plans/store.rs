//! The plans slice's SQL.
pub mod work;

use super::plan::{Draft, PlanRow, Records};
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE id = $1";
    INSERT = "INSERT INTO plans (id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', 1, $14, $15, $16, $16)";
    REVISE = "UPDATE plans SET title = $3, goals = $4, audiences = $5, risks = $6, resources = $7, measures = $8, governance = $9, records = $10, ends_at = $11, content_hash = $12, author_id = $13, updated_at = $14, state = 'draft', version = version + 1 WHERE id = $1 AND version = $2";
    STATE = "UPDATE plans SET state = $4, updated_at = $5 WHERE id = $1 AND version = $2 AND state = $3";
    END_OTHERS = "UPDATE plans SET state = 'ended', updated_at = $3 WHERE agency_id = $1 AND id <> $2 AND state = 'approved'";
    APPROVED = "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE agency_id = $1 AND state = 'approved' ORDER BY id DESC LIMIT 1";
    DECIDE = "INSERT INTO plan_decisions (id, plan_id, version, kind, person_id, reason, content_hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TO_DECIDE = "SELECT id, agency_id, title, updated_at FROM plans WHERE agency_id = $1 AND state = 'submitted' AND author_id <> $2 ORDER BY id LIMIT $3";
    DECISIONS = "SELECT id, version, kind, person_id, reason, at FROM plan_decisions WHERE plan_id = $1 ORDER BY id";
    KEEP = "INSERT INTO plan_versions (plan_id, version, title, parts, records, content_hash, author_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    VERSION = "SELECT version, title, parts, records, content_hash, author_id, at FROM plan_versions WHERE plan_id = $1 AND version = $2";
    VERSIONS = "SELECT version, title, parts, records, content_hash, author_id, at FROM plan_versions WHERE plan_id = $1 ORDER BY version DESC LIMIT 100";
    ALL_IN_FORCE = "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE state = 'approved' AND (ends_at = 0 OR ends_at > $1) AND id > $2 ORDER BY id LIMIT 1000";
    ENDING = "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE agency_id = $1 AND state = 'approved' AND ends_at > 0 AND ends_at <= $2 ORDER BY id";
    UNMEASURED = "SELECT p.id, p.agency_id, p.title, p.updated_at, p.ends_at FROM plans p LEFT JOIN plan_evaluations e ON e.plan_id = p.id WHERE p.agency_id = $1 AND p.state IN ('approved', 'ended') AND p.records <> '{}' AND p.ends_at > 0 AND p.ends_at <= $2 AND e.plan_id IS NULL ORDER BY p.id LIMIT 20";
}

record! {
    pub struct PlanLine { id: i64, agency_id: i64, title: String, updated_at: i64 }
}
record! {
    pub struct UnmeasuredRow { id: i64, agency_id: i64, title: String, updated_at: i64, ends_at: i64 }
}
record! {
    pub struct DecisionRow { id: i64, version: i64, kind: String, person_id: i64, reason: String, at: i64 }
}
record! {
    pub struct VersionRow { version: i64, title: String, parts: String, records: String, content_hash: String, author_id: i64, at: i64 }
}

impl VersionRow {
    pub fn draft(&self) -> Draft {
        let parts = serde_json::from_str(&self.parts).unwrap_or_default();
        Draft { title: self.title.clone(), parts, records: Records::read(&self.records) }
    }
}

/// Who writes what, and until when it holds (0: nobody said).
pub struct Written<'a> {
    pub draft: &'a Draft,
    pub ends_at: i64,
    pub author: i64,
    pub at: i64,
}

/// The plan this one carries on, and the one of the agency above it was taken from (0: none).
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin {
    pub follows: i64,
    pub adopted: i64,
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<PlanRow>> {
    rows.iter().map(PlanRow::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<PlanRow> {
    PlanRow::from_row(&c.one(sql!(FIND, id)).await?)
}

pub async fn insert(tx: &Tx, id: i64, agency: i64, w: &Written<'_>, from: Origin) -> DbResult<()> {
    let d = w.draft;
    let [a, b, c, e, f, g] = &d.parts;
    let (hash, records) = (d.content_hash(agency), d.records.written());
    let (follows, adopted) = (from.follows, from.adopted);
    let q = sql!(
        INSERT, id, agency, &d.title, a, b, c, e, f, g, records, w.ends_at, follows, adopted, hash, w.author, w.at
    );
    tx.exec(q).await?;
    keep(tx, id, agency, 1, w).await
}

pub async fn revise(tx: &Tx, plan: &PlanRow, w: &Written<'_>) -> DbResult<()> {
    let d = w.draft;
    let [a, b, c, e, f, g] = &d.parts;
    let (hash, records) = (d.content_hash(plan.agency_id), d.records.written());
    let q = sql!(REVISE, plan.id, plan.version, &d.title, a, b, c, e, f, g, records, w.ends_at, hash, w.author, w.at);
    tx.guard(q).await?;
    keep(tx, plan.id, plan.agency_id, plan.version + 1, w).await
}

/// Every version stays readable.
async fn keep(tx: &Tx, plan: i64, agency: i64, version: i64, w: &Written<'_>) -> DbResult<()> {
    let parts = serde_json::json!(w.draft.parts).to_string();
    let (hash, records) = (w.draft.content_hash(agency), w.draft.records.written());
    let q = sql!(KEEP, plan, version, &w.draft.title, parts, records, hash, w.author, w.at);
    tx.exec(q).await.map(|_| ())
}

pub async fn version(c: &impl Run, plan: i64, version: i64) -> DbResult<Option<VersionRow>> {
    c.row(sql!(VERSION, plan, version)).await?.as_ref().map(VersionRow::from_row).transpose()
}

/// Newest first.
pub async fn versions(c: &impl Run, plan: i64) -> DbResult<Vec<VersionRow>> {
    c.rows(sql!(VERSIONS, plan)).await?.iter().map(VersionRow::from_row).collect()
}

pub async fn set_state(tx: &Tx, plan: &PlanRow, to: &str, now: i64) -> DbResult<()> {
    tx.guard(sql!(STATE, plan.id, plan.version, &plan.state, to, now)).await
}

/// One plan of an agency is in force.
pub async fn end_others(tx: &Tx, agency: i64, plan: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(END_OTHERS, agency, plan, now)).await.map(|_| ())
}

/// The plan that was approved last, also when its term is over.
pub async fn approved(c: &impl Run, agency: i64) -> DbResult<Option<PlanRow>> {
    c.row(sql!(APPROVED, agency)).await?.as_ref().map(PlanRow::from_row).transpose()
}

/// Every plan in force at this time, a thousand at once, after `after`.
pub async fn all_in_force(c: &impl Run, now: i64, after: i64) -> DbResult<Vec<PlanRow>> {
    all(&c.rows(sql!(ALL_IN_FORCE, now, after)).await?)
}

/// Approved plans whose term ends before this time.
pub async fn ending(c: &impl Run, agency: i64, before: i64) -> DbResult<Vec<PlanRow>> {
    all(&c.rows(sql!(ENDING, agency, before)).await?)
}

/// Plans whose term is over and that nobody looked back on, those before first.
pub async fn unmeasured(c: &impl Run, agency: i64, now: i64) -> DbResult<Vec<UnmeasuredRow>> {
    c.rows(sql!(UNMEASURED, agency, now)).await?.iter().map(UnmeasuredRow::from_row).collect()
}

pub async fn decide(tx: &Tx, id: i64, plan: &PlanRow, kind: &str, person: i64, reason: &str, now: i64) -> DbResult<()> {
    let q = sql!(DECIDE, id, plan.id, plan.version, kind, person, reason, &plan.content_hash, now);
    tx.exec(q).await.map(|_| ())
}

pub async fn decisions(c: &impl Run, plan: i64) -> DbResult<Vec<DecisionRow>> {
    c.rows(sql!(DECISIONS, plan)).await?.iter().map(DecisionRow::from_row).collect()
}

/// Plans others submitted, oldest first.
pub async fn to_decide(c: &impl Run, agencies: &[i64], me: i64, most: i64) -> DbResult<Vec<PlanLine>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(TO_DECIDE, *agency, me, most)).await?;
        found.extend(rows.iter().map(PlanLine::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    Ok(found)
}

pub async fn list(c: &impl Run, agencies: Option<&[i64]>, before: i64, most: i64) -> DbResult<Vec<PlanRow>> {
    let mut q = SqlBuilder::new(
        "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, records, ends_at, follows_id, adopted_id, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE id < ",
    );
    q.bind(before);
    if let Some(agencies) = agencies {
        q.push(" AND agency_id IN (").bind(-1);
        for agency in agencies {
            q.push(", ").bind(*agency);
        }
        q.push(")");
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(most);
    all(&c.rows(q.build()).await?)
}
