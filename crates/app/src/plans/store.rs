//! The plans slice's SQL.
use super::plan::Draft;
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE id = $1";
    INSERT = "INSERT INTO plans (id, agency_id, title, goals, audiences, risks, resources, measures, governance, state, version, content_hash, author_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', 1, $10, $11, $12, $12)";
    REVISE = "UPDATE plans SET title = $3, goals = $4, audiences = $5, risks = $6, resources = $7, measures = $8, governance = $9, content_hash = $10, author_id = $11, updated_at = $12, state = 'draft', version = version + 1 WHERE id = $1 AND version = $2";
    STATE = "UPDATE plans SET state = $4, updated_at = $5 WHERE id = $1 AND version = $2 AND state = $3";
    END_OTHERS = "UPDATE plans SET state = 'ended', updated_at = $3 WHERE agency_id = $1 AND id <> $2 AND state = 'approved'";
    APPROVED = "SELECT id FROM plans WHERE agency_id = $1 AND state = 'approved' ORDER BY id DESC LIMIT 1";
    DECIDE = "INSERT INTO plan_decisions (id, plan_id, version, kind, person_id, reason, content_hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TO_DECIDE = "SELECT id, agency_id, title, updated_at FROM plans WHERE agency_id = $1 AND state = 'submitted' AND author_id <> $2 ORDER BY id LIMIT $3";
    DECISIONS = "SELECT id, version, kind, person_id, reason, at FROM plan_decisions WHERE plan_id = $1 ORDER BY id";
}

record! {
    pub struct PlanRow { id: i64, agency_id: i64, title: String, goals: String, audiences: String, risks: String, resources: String, measures: String, governance: String, state: String, version: i64, content_hash: String, author_id: i64, created_at: i64, updated_at: i64 }
}
record! {
    pub struct PlanLine { id: i64, agency_id: i64, title: String, updated_at: i64 }
}
record! {
    pub struct DecisionRow { id: i64, version: i64, kind: String, person_id: i64, reason: String, at: i64 }
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<PlanRow> {
    PlanRow::from_row(&c.one(sql!(FIND, id)).await?)
}

pub async fn insert(tx: &Tx, id: i64, agency: i64, d: &Draft, author: i64, now: i64) -> DbResult<()> {
    let [a, b, c, e, f, g] = &d.parts;
    let q = sql!(INSERT, id, agency, &d.title, a, b, c, e, f, g, d.content_hash(agency), author, now);
    tx.exec(q).await.map(|_| ())
}

pub async fn revise(tx: &Tx, plan: &PlanRow, d: &Draft, author: i64, now: i64) -> DbResult<()> {
    let [a, b, c, e, f, g] = &d.parts;
    let hash = d.content_hash(plan.agency_id);
    tx.guard(sql!(REVISE, plan.id, plan.version, &d.title, a, b, c, e, f, g, hash, author, now)).await
}

pub async fn set_state(tx: &Tx, plan: &PlanRow, to: &str, now: i64) -> DbResult<()> {
    tx.guard(sql!(STATE, plan.id, plan.version, &plan.state, to, now)).await
}

/// One plan of an agency is in force.
pub async fn end_others(tx: &Tx, agency: i64, plan: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(END_OTHERS, agency, plan, now)).await.map(|_| ())
}

pub async fn approved(c: &impl Run, agency: i64) -> DbResult<Option<i64>> {
    c.row(sql!(APPROVED, agency)).await?.map(|r| r.get("id")).transpose()
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
        "SELECT id, agency_id, title, goals, audiences, risks, resources, measures, governance, state, version, content_hash, author_id, created_at, updated_at FROM plans WHERE id < ",
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
    c.rows(q.build()).await?.iter().map(PlanRow::from_row).collect()
}
