//! Tasks by hand in the API.
use super::actions;
use super::rules::Said;
use super::task::Task;
use crate::people::roles::SEE_DESK;
use crate::publishing::content;
use crate::publishing::delivery::Delivery;
use crate::publishing::store::{self, by_hand};
use crate::shell::api::{ApiId, Listed, time, time_opt};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something a person is asked to do on an account that the program has no way to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HandOver")]
pub struct TaskView {
    pub delivery: ApiId,
    pub agency: ApiId,
    pub account: ApiId,
    pub post: ApiId,
    /// send, edit or take-down
    pub kind: String,
    /// open, done, refused or recalled
    pub state: String,
    /// The approved words, to be copied as they are; empty for a removal.
    pub text: String,
    pub asked_at: String,
    pub decided_at: Option<String>,
    pub decided_by: Option<ApiId>,
    pub url: String,
    pub note: String,
    /// A picture of how it stands there.
    pub media: Option<ApiId>,
}

async fn view(cx: &Ctx, d: &Delivery, t: &Task) -> Result<TaskView> {
    let text = if t.kind == "take-down" { String::new() } else { content::text(cx.db(), d).await? };
    Ok(TaskView {
        delivery: ApiId(t.delivery_id),
        agency: ApiId(t.agency_id),
        account: ApiId(t.account_id),
        post: ApiId(d.post_id),
        kind: t.kind.clone(),
        state: t.state.clone(),
        text,
        asked_at: time(t.asked_at),
        decided_at: time_opt(t.decided_at),
        decided_by: t.decided_by.map(ApiId),
        url: t.url.clone(),
        note: t.note.clone(),
        media: t.media_id.map(ApiId),
    })
}

/// So many open tasks are listed, those asked for longest first.
const MOST: i64 = 200;

pub async fn list(cx: Ctx) -> Result<Response> {
    let agencies = cx.actor.scopes(SEE_DESK).unwrap_or_default();
    let mut items = vec![];
    for t in by_hand::open(cx.db(), &agencies, MOST).await? {
        items.push(view(&cx, &store::find(cx.db(), t.delivery_id).await?, &t).await?);
    }
    Ok(json(200, &Listed::<TaskView> { items, next: None }))
}

async fn shown(cx: &Ctx, delivery: i64) -> Result<Response> {
    let (d, task) = actions::see(cx, delivery).await?;
    Ok(json(200, &view(cx, &d, &task).await?))
}

pub async fn one(cx: Ctx, Id(delivery): Id) -> Result<Response> {
    shown(&cx, delivery).await
}

/// Where it stands now, or how others can tell that it was done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HandOverDone", example = serde_json::json!({"url": "https://www.whatsapp.example/channel/0029Va/104", "note": ""}))]
pub struct Done {
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub note: String,
}

pub async fn finish(cx: Ctx, Id(delivery): Id, Json(body): Json<Done>) -> Result<Response> {
    actions::finish(&cx, delivery, Said { url: body.url, note: body.note, shown: false }, None).await?;
    shown(&cx, delivery).await
}

/// Why it cannot be done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HandOverRefused", example = serde_json::json!({"reason": "The notice board of the gewog is under snow until Monday."}))]
pub struct Refused {
    pub reason: String,
}

pub async fn refuse(cx: Ctx, Id(delivery): Id, Json(body): Json<Refused>) -> Result<Response> {
    actions::refuse(&cx, delivery, Said { note: body.reason, ..Said::default() }).await?;
    shown(&cx, delivery).await
}
