//! The people slice in the API.
use crate::shell::api::ApiId;
use axum::response::Response;
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// Who a token speaks for.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    pub id: ApiId,
    pub name: String,
    pub agency: Option<ApiId>,
    /// Rights by name; `agency` absent: everywhere.
    pub rights: Vec<Held>,
}

/// A right, and where it is held.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldRight")]
pub struct Held {
    pub right: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<ApiId>,
}

pub async fn me(cx: Ctx) -> Result<Response> {
    let held = |g: &ground::ctx::Grant| Held { right: g.right.0.into(), agency: g.scope.map(ApiId) };
    let me = Me {
        id: ApiId(cx.actor.person()?),
        name: cx.actor.name.clone(),
        agency: cx.actor.home.map(ApiId),
        rights: cx.actor.grants.iter().map(held).collect(),
    };
    Ok(ground::http::json(200, &me))
}
