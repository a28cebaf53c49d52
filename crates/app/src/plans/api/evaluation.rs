//! The look back on a plan in the API.
use crate::plans::working::{self, Evaluation, Reached};
use crate::shell::api::{ApiId, time};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The look back on a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPlanEvaluation", example = serde_json::json!({"reached": [{"figure": 88, "finding": "Nearly there."}], "outcome": "continue", "conclusion": "On with it."}))]
pub struct NewEvaluation {
    /// For each objective, in their order
    pub reached: Vec<Reached>,
    /// continue, change or stop
    pub outcome: String,
    /// What follows from it, in words
    pub conclusion: String,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanEvaluation")]
pub struct EvaluationView {
    pub plan: ApiId,
    pub reached: Vec<Reached>,
    pub outcome: String,
    pub conclusion: String,
    pub evaluated_by: ApiId,
    pub evaluated_at: String,
}

pub async fn evaluate(cx: Ctx, Id(id): Id, Json(new): Json<NewEvaluation>) -> Result<Response> {
    let e = Evaluation { reached: new.reached, outcome: new.outcome, conclusion: new.conclusion };
    let row = working::evaluate(&cx, id, &e).await?;
    let found = EvaluationView {
        plan: ApiId(id),
        reached: e.reached,
        outcome: row.outcome,
        conclusion: row.conclusion,
        evaluated_by: ApiId(row.evaluated_by),
        evaluated_at: time(row.at),
    };
    Ok(json(201, &found))
}
