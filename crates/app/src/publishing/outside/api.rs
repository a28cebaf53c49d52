//! Posts from outside in the API.
use super::actions;
use super::post::{How, OutsidePost};
use crate::people::roles::SEE_DESK;
use crate::publishing::store::outside::{self, Wanted};
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A post on an account of an agency that was not made through this program.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OutsidePost")]
pub struct OutsideView {
    pub id: ApiId,
    pub agency: ApiId,
    pub account: ApiId,
    pub platform: String,
    /// The platform's own id of it.
    pub remote_id: String,
    pub url: String,
    /// Its first thousand characters.
    pub text: String,
    pub posted_at: String,
    pub seen_at: String,
    /// open, explained or adopted
    pub state: String,
    /// Why, once it was decided.
    pub reason: String,
    pub decided_by: Option<ApiId>,
    pub decided_at: Option<String>,
}

fn view(p: &OutsidePost) -> OutsideView {
    OutsideView {
        id: ApiId(p.id),
        agency: ApiId(p.agency_id),
        account: ApiId(p.account_id),
        platform: p.platform.clone(),
        remote_id: p.remote_id.clone(),
        url: p.url.clone(),
        text: p.text.clone(),
        posted_at: time(p.posted_at),
        seen_at: time(p.seen_at),
        state: p.state.clone(),
        reason: p.reason.clone(),
        decided_by: p.decided_by.map(ApiId),
        decided_at: time_opt(p.decided_at),
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct OutsideFilter {
    pub agency: Option<ApiId>,
    /// open, explained or adopted
    #[schemars(extend("enum" = ["open", "explained", "adopted"]))]
    pub state: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

pub async fn list(cx: Ctx, Query(q): Query<OutsideFilter>) -> Result<Response> {
    let agency = q.agency.map(|a| a.0);
    one_of("state", q.state.as_deref(), &["open", "explained", "adopted"])?;
    if agency.is_some_and(|a| !cx.actor.may(SEE_DESK, a)) {
        return Err(Error::not_allowed());
    }
    let paging = Paging { after: q.after, limit: q.limit };
    let wanted = Wanted {
        agencies: agency.map(|a| vec![a]).or_else(|| cx.actor.scopes(SEE_DESK)),
        state: q.state.unwrap_or_default(),
        before: paging.before_id(),
        most: paging.limit() + 1,
    };
    let (rows, next) = cut(outside::list(cx.db(), &wanted).await?, paging.limit(), |p| p.id);
    Ok(json(200, &Listed::<OutsideView> { items: rows.iter().map(view).collect(), next: next.map(|n| n.to_string()) }))
}

/// Why a post stands there, or why it is taken over.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OutsideReason", example = serde_json::json!({"reason": "Posted from a telephone at the landslide, where the program could not be reached."}))]
pub struct Why {
    pub reason: String,
}

pub async fn explain(cx: Ctx, Id(id): Id, Json(body): Json<Why>) -> Result<Response> {
    Ok(json(200, &view(&actions::decide(&cx, id, How::Explained, &body.reason).await?)))
}

pub async fn adopt(cx: Ctx, Id(id): Id, Json(body): Json<Why>) -> Result<Response> {
    Ok(json(200, &view(&actions::decide(&cx, id, How::Adopted, &body.reason).await?)))
}
