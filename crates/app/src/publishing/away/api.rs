//! Servers that do not answer, in the API.
use super::pages;
use crate::shell::api::{Listed, time};
use axum::response::Response;
use ground::http::json;
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// A server that does not answer; what is due on it waits.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ServerAway")]
pub struct AwayView {
    /// The connector that speaks with it.
    pub platform: String,
    /// What people call the platform, in the language asked for.
    pub name: String,
    pub server: String,
    /// Accounts there that the program writes to: of your agencies, or of all if you may see all.
    pub accounts: usize,
    /// Calls in a row without an answer.
    pub failures: i64,
    pub since: String,
    /// When it is tried again.
    pub next_try: String,
    pub why: String,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let view = |r: &pages::Row| AwayView {
        platform: r.platform.clone(),
        name: r.name.clone(),
        server: r.address.clone(),
        accounts: r.accounts,
        failures: r.hold.failures,
        since: time(r.hold.since_at),
        next_try: time(r.hold.until_at),
        why: r.hold.why.clone(),
    };
    let items = pages::rows(&cx).await?.iter().map(view).collect();
    Ok(json(200, &Listed::<AwayView> { items, next: None }))
}
