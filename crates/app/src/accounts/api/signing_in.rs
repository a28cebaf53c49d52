//! Signing in at the platform in the API: where a browser of the same person is to go. It comes back to a page of the
//! program.
use crate::accounts::signing_in;
use crate::shell::api::time;
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the account is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountSignIn", example = serde_json::json!({"base_url": "https://social.example.org"}))]
pub struct SignInBody {
    /// The server; left out, the platform's usual one, or that of the account's address.
    #[serde(default)]
    pub base_url: String,
}

/// Where to go, and until when.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountSignInBegun")]
pub struct BegunView {
    /// At the platform. Good once, and only for whoever asked: they must be signed in here in the same browser.
    pub url: String,
    pub expires_at: String,
}

pub async fn begin(cx: Ctx, Id(id): Id, Json(b): Json<SignInBody>) -> Result<Response> {
    let begun = signing_in::begin(&cx, id, &b.base_url).await?;
    Ok(json(200, &BegunView { url: begun.url, expires_at: time(begun.until) }))
}
