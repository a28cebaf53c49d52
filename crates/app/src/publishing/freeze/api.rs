//! Freezes in the API.
use super::actions;
use super::row::{Freeze, GOVERNMENT};
use crate::publishing::store::freeze as rows;
use crate::shell::api::{ApiId, Listed, time, time_opt};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything outgoing stopped, of an agency or of the whole government.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Freeze")]
pub struct FreezeView {
    pub id: ApiId,
    /// Nothing where the whole government is meant.
    pub agency: Option<ApiId>,
    pub reason: String,
    pub frozen_by: ApiId,
    pub frozen_at: String,
    pub thawed_by: Option<ApiId>,
    pub thawed_at: Option<String>,
    pub thaw_reason: String,
    /// Deliveries that wait for it to be lifted; counted to a thousand.
    pub parked: i64,
    /// Calls that had begun before it and were not over yet when it was confirmed; told once.
    pub on_their_way: Option<i64>,
}

async fn view(cx: &Ctx, f: &Freeze, on_their_way: Option<i64>) -> Result<FreezeView> {
    Ok(FreezeView {
        id: ApiId(f.id),
        agency: (!f.of_all()).then_some(ApiId(f.agency_id)),
        reason: f.reason.clone(),
        frozen_by: ApiId(f.frozen_by),
        frozen_at: time(f.frozen_at),
        thawed_by: f.thawed_by.map(ApiId),
        thawed_at: time_opt(f.thawed_at),
        thaw_reason: f.thaw_reason.clone(),
        parked: if f.is_on() { rows::parked(cx.db(), f.agency_id).await? } else { 0 },
        on_their_way,
    })
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let mut items = vec![];
    for f in actions::on(&cx).await? {
        items.push(view(&cx, &f, None).await?);
    }
    Ok(json(200, &Listed::<FreezeView> { items, next: None }))
}

/// What is to be stopped, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFreeze", example = serde_json::json!({"agency": "361", "reason": "The account of the minister was taken over; nothing goes out until it is clear what else was."}))]
pub struct NewFreeze {
    /// Without one, the whole government.
    pub agency: Option<ApiId>,
    pub reason: String,
}

pub async fn freeze(cx: Ctx, Json(new): Json<NewFreeze>) -> Result<Response> {
    let agency = new.agency.map_or(GOVERNMENT, |a| a.0);
    let (f, left) = actions::freeze(&cx, agency, &new.reason).await?;
    Ok(json(201, &view(&cx, &f, Some(left)).await?))
}

/// Why it may go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Thaw", example = serde_json::json!({"reason": "All keys were changed; nothing else was touched."}))]
pub struct Why {
    pub reason: String,
}

pub async fn thaw(cx: Ctx, Id(id): Id, Json(body): Json<Why>) -> Result<Response> {
    let f = actions::thaw(&cx, id, &body.reason).await?;
    Ok(json(200, &view(&cx, &f, None).await?))
}
