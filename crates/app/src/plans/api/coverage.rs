//! What plans cover together, in the API.
use crate::plans::coverage::{self, Group};
use axum::response::Response;
use ground::http::json;
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// What plans cover together.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanCoverage")]
pub struct CoverageView {
    /// Agencies that exist today
    pub agencies: i64,
    /// Agencies with a plan in force
    pub with_plan: i64,
    /// Plans by which citizens take part in making a policy or a service
    pub with_participation: i64,
    pub lines: Vec<CoverageLine>,
}

/// A pillar, a domain, an objective of the policy, a cross-cutting issue or a channel.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanCoverageLine")]
pub struct CoverageLine {
    /// pillar, domain, objective, issue or channel
    pub group: String,
    pub id: String,
    pub title: String,
    /// Plans in force that cover it; 0 is a gap
    pub plans: i64,
    /// Objectives of those plans that do
    pub objectives: i64,
}

pub async fn coverage(cx: Ctx) -> Result<Response> {
    let c = coverage::coverage(&cx).await?;
    let line = |l: &coverage::Line| CoverageLine {
        group: l.group.code().into(),
        id: l.id.clone(),
        title: l.title.get(cx.lang.code()).to_owned(),
        plans: l.plans.len() as i64,
        objectives: l.objectives,
    };
    let lines = Group::ALL.iter().flat_map(|g| c.of(*g)).map(line).collect();
    let (agencies, with_plan) = (c.held.len() as i64, c.with_plan() as i64);
    Ok(json(200, &CoverageView { agencies, with_plan, with_participation: c.participation() as i64, lines }))
}
