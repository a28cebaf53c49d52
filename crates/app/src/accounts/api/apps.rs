//! The program as platforms know it, in the API. A secret goes in and never comes out.
use crate::accounts::apps::{self, NewApp};
use crate::accounts::store::apps::AppRow;
use crate::shell::api::{ApiId, Listed, time};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The government's app at a platform.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAccountApp", example = serde_json::json!({"platform": "youtube", "client_id": "4711.apps.example", "client_secret": "…"}))]
pub struct NewAppBody {
    /// facebook, instagram, linkedin, threads, tiktok, x or youtube
    pub platform: String,
    /// Its server, `https://…`; left out, the one most accounts are on.
    #[serde(default)]
    pub server: String,
    pub client_id: String,
    /// Kept sealed and never shown again.
    pub client_secret: String,
}

/// How a platform knows the program.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountApp")]
pub struct AppView {
    pub id: ApiId,
    pub platform: String,
    pub server: String,
    pub client_id: String,
    /// Where browsers came back to when it was set: the platform must know this address.
    pub redirect: String,
    /// The program introduced itself; nobody entered it.
    pub introduced: bool,
    pub set_at: String,
}

fn view(row: AppRow) -> AppView {
    AppView {
        id: ApiId(row.id),
        platform: row.platform,
        server: row.server,
        client_id: row.client_id,
        redirect: row.redirect,
        introduced: row.introduced,
        set_at: time(row.set_at),
    }
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let items = apps::list(&cx).await?.into_iter().map(view).collect();
    Ok(json(200, &Listed::<AppView> { items, next: None }))
}

pub async fn set(cx: Ctx, Json(b): Json<NewAppBody>) -> Result<Response> {
    let new = NewApp { platform: b.platform, server: b.server, id: b.client_id, secret: b.client_secret };
    Ok(json(200, &view(apps::set(&cx, &new).await?)))
}

pub async fn remove(cx: Ctx, Id(id): Id) -> Result<Response> {
    apps::remove(&cx, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
