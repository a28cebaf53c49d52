//! Calls of the platform in the API. The secret is in the answer to the one call that makes it; that is no POST, so that no
//! answer is kept for an `Idempotency-Key`.
use crate::accounts::hooks;
use crate::shell::api::{time, time_opt};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::http::{Id, Json, json};
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the platform may call about the account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountHook")]
pub struct HookView {
    pub address: String,
    /// Since when its secret is the one it is.
    pub set_at: String,
    /// When a genuine call last came.
    pub heard_at: Option<String>,
    /// When a call last counted for nothing.
    pub refused_at: Option<String>,
    /// forged or unreadable
    pub refused_why: Option<String>,
}

/// The secret for its calls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountHookSecret", example = serde_json::json!({"hook_secret": ""}))]
pub struct HookBody {
    /// Where the platform gives one; left out, one is made.
    #[serde(default)]
    pub hook_secret: String,
}

/// What to give to the platform.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountHookAgreed")]
pub struct AgreedView {
    pub address: String,
    /// Never shown again.
    pub secret: String,
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let hook = hooks::see(&cx, id).await?.ok_or_else(Error::not_found)?;
    let view = HookView {
        address: hooks::address(&cx, &hook),
        set_at: time(hook.set_at),
        heard_at: time_opt(hook.heard_at),
        refused_at: time_opt(hook.refused_at),
        refused_why: Some(hook.refused_why).filter(|why| !why.is_empty()),
    };
    Ok(json(200, &view))
}

pub async fn set(cx: Ctx, Id(id): Id, Json(b): Json<HookBody>) -> Result<Response> {
    let agreed = hooks::set(&cx, id, &b.hook_secret).await?;
    Ok(json(200, &AgreedView { address: agreed.address, secret: agreed.secret }))
}

pub async fn remove(cx: Ctx, Id(id): Id) -> Result<Response> {
    hooks::remove(&cx, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
