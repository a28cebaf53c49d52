//! Plans in the API.
mod coverage;
mod evaluation;
mod shapes;
mod work;

pub use coverage::{CoverageView, coverage};
pub use evaluation::{EvaluationView, NewEvaluation, evaluate};
pub use shapes::{AtVersion, NewPlan, PlanChange, PlanView, WithReason};
pub use work::{ActionView, Completion, NewPlanAction, actions, add_action, complete};

use super::actions::{self, Beginning};
use super::store;
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed};
use crate::shell::paging::{Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use shapes::{draft, view};

/// Which agency, and what its plan begins with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanStart", example = serde_json::json!({"agency": "456457715712000230", "from": "model"}))]
pub struct NewStart {
    pub agency: ApiId,
    pub from: Beginning,
}

pub async fn list(cx: Ctx, Query(paging): Query<Paging>) -> Result<Response> {
    let scopes = cx.actor.scopes(SEE_DESK);
    let rows = store::list(cx.db(), scopes.as_deref(), paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |p| p.id);
    let items = rows.into_iter().map(view).collect();
    Ok(json(200, &Listed::<PlanView> { items, next: next.map(|n| n.to_string()) }))
}
pub async fn create(cx: Ctx, Json(new): Json<NewPlan>) -> Result<Response> {
    Ok(json(201, &view(actions::draft(&cx, new.agency.0, &draft(new.title, new.parts, new.records)).await?)))
}
pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(actions::see(&cx, id).await?)))
}
pub async fn change(cx: Ctx, Id(id): Id, Json(new): Json<PlanChange>) -> Result<Response> {
    let records = match new.records {
        Some(records) => records,
        None => actions::see(&cx, id).await?.draft().records,
    };
    Ok(json(200, &view(actions::revise(&cx, id, new.version, &draft(new.title, new.parts, records)).await?)))
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
pub async fn start(cx: Ctx, Json(new): Json<NewStart>) -> Result<Response> {
    Ok(json(201, &view(actions::start(&cx, new.agency.0, new.from).await?)))
}
