//! The look back on a plan, objective by objective.
use crate::ledger::Record;
use crate::plans::store::work;
use crate::plans::{PlanEvaluated, actions, rules};
use ground::db::Run;
use ground::{Ctx, Error, FieldError, Result, Say, record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was reached of one objective.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanReached")]
pub struct Reached {
    /// The figure at the end, in the objective's unit
    pub figure: Option<f64>,
    /// What was found, in words
    pub finding: String,
}

/// The look back on a plan.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// For each objective, in their order.
    pub reached: Vec<Reached>,
    /// One of `OUTCOMES`.
    pub outcome: String,
    pub conclusion: String,
}

pub const OUTCOMES: [&str; 3] = ["continue", "change", "stop"];

record! {
    pub struct EvaluationRow { plan_id: i64, reached: String, outcome: String, conclusion: String, evaluated_by: i64, at: i64 }
}

/// What was reached of each objective of a plan; empty before anybody looked back.
pub async fn reached(c: &impl Run, plan: i64) -> Result<Vec<Reached>> {
    let row = work::evaluation(c, plan).await?;
    Ok(row.map(|r| serde_json::from_str(&r.reached).unwrap_or_default()).unwrap_or_default())
}

pub async fn evaluate(cx: &Ctx, plan: i64, e: &Evaluation) -> Result<EvaluationRow> {
    let plan = actions::see(cx, plan).await?;
    let before = work::evaluation(cx.db(), plan.id).await?;
    rules::may_evaluate(&cx.actor, &plan, before.as_ref(), e, cx.now())?;
    let long = |text: &str, most: usize| text.chars().count() > most;
    if long(&e.conclusion, 10_000) || e.reached.iter().any(|r| long(&r.finding, 2_000)) {
        return Err(Error::invalid(vec![FieldError::new("conclusion", Say::new("plans-error-long"))]));
    }
    let row = EvaluationRow {
        plan_id: plan.id,
        reached: serde_json::json!(e.reached).to_string(),
        outcome: e.outcome.clone(),
        conclusion: e.conclusion.trim().into(),
        evaluated_by: cx.actor.person()?,
        at: cx.now(),
    };
    let objectives = plan.draft().records.objectives;
    let attained = objectives.iter().zip(&e.reached).map(|(o, r)| r.figure.and_then(|f| o.attained(f))).collect();
    let tx = cx.begin("plans.evaluate").await?;
    work::evaluate(&tx, &row).await?;
    let fact = PlanEvaluated { plan: plan.id, agency: plan.agency_id, outcome: row.outcome.clone(), attained };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(row)
}
