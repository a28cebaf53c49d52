//! Plans in the API.
use super::actions;
use super::plan::Draft;
use super::store::{self, PlanRow};
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, time};
use crate::shell::paging::{Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The six parts the policy requires.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parts {
    pub goals: String,
    pub audiences: String,
    pub risks: String,
    pub resources: String,
    pub measures: String,
    pub governance: String,
}

/// A plan to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"agency": "456457715712000230", "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go", "audiences": "Parents, people above 60", "risks": "A rumour outruns us", "resources": "One officer", "measures": "Answers within four hours", "governance": "The lead approves"}}))]
pub struct NewPlan {
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
}

/// The next version of a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"version": 1, "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go"}}))]
pub struct PlanChange {
    pub version: i64,
    pub title: String,
    pub parts: Parts,
}

/// The version that was read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanVersion", example = serde_json::json!({"version": 1}))]
pub struct AtVersion {
    pub version: i64,
}

/// Why it goes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanRejection", example = serde_json::json!({"version": 1, "reason": "The measures cannot be counted."}))]
pub struct WithReason {
    pub version: i64,
    pub reason: String,
}

/// What an agency means to do on social media, without which it has no account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub struct PlanView {
    pub id: ApiId,
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
    /// draft, submitted, approved, rejected or ended
    pub state: String,
    pub version: i64,
    pub content_hash: String,
    pub updated_at: String,
}

fn draft(title: String, p: Parts) -> Draft {
    Draft { title, parts: [p.goals, p.audiences, p.risks, p.resources, p.measures, p.governance] }
}

fn view(p: PlanRow) -> PlanView {
    PlanView {
        id: ApiId(p.id),
        agency: ApiId(p.agency_id),
        title: p.title,
        parts: Parts {
            goals: p.goals,
            audiences: p.audiences,
            risks: p.risks,
            resources: p.resources,
            measures: p.measures,
            governance: p.governance,
        },
        state: p.state,
        version: p.version,
        content_hash: p.content_hash,
        updated_at: time(p.updated_at),
    }
}

pub async fn list(cx: Ctx, Query(paging): Query<Paging>) -> Result<Response> {
    let scopes = cx.actor.scopes(SEE_DESK);
    let rows = store::list(cx.db(), scopes.as_deref(), paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |p| p.id);
    let items = rows.into_iter().map(view).collect();
    Ok(json(200, &Listed::<PlanView> { items, next: next.map(|n| n.to_string()) }))
}
pub async fn create(cx: Ctx, Json(new): Json<NewPlan>) -> Result<Response> {
    Ok(json(201, &view(actions::draft(&cx, new.agency.0, &draft(new.title, new.parts)).await?)))
}
pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(actions::see(&cx, id).await?)))
}
pub async fn change(cx: Ctx, Id(id): Id, Json(new): Json<PlanChange>) -> Result<Response> {
    Ok(json(200, &view(actions::revise(&cx, id, new.version, &draft(new.title, new.parts)).await?)))
}
pub async fn submit(cx: Ctx, Id(id): Id, Json(body): Json<AtVersion>) -> Result<Response> {
    Ok(json(200, &view(actions::submit(&cx, id, body.version).await?)))
}
pub async fn approve(cx: Ctx, Id(id): Id, Json(body): Json<AtVersion>) -> Result<Response> {
    Ok(json(200, &view(actions::approve(&cx, id, body.version).await?)))
}
pub async fn reject(cx: Ctx, Id(id): Id, Json(body): Json<WithReason>) -> Result<Response> {
    Ok(json(200, &view(actions::reject(&cx, id, body.version, &body.reason).await?)))
}
