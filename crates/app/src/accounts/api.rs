//! Accounts in the API.
use super::account::Account;
use super::actions::{self, NewAccount, Verified};
use super::store::{self, Wanted};
use crate::agencies;
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct AccountFilter {
    pub agency: Option<ApiId>,
    pub platform: Option<String>,
    /// requested, approved, live or closed
    #[schemars(extend("enum" = ["requested", "approved", "live", "closed"]))]
    pub state: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// An account to ask for, under the plan in force.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAccount", example = serde_json::json!({"agency": "456457715712000230", "platform": "mastodon", "handle": "@health", "url": "https://social.example.org/@health"}))]
pub struct NewAccountBody {
    pub agency: ApiId,
    pub platform: String,
    pub handle: String,
    /// Its public address; may be left out for our own site.
    #[serde(default)]
    pub url: String,
}

/// What opens an approved account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"base_url": "https://social.example.org", "token": "…"}))]
pub struct Connection {
    /// The server: `https://social.example.org`
    pub base_url: String,
    /// The access token. It is kept sealed and never shown again.
    pub token: String,
}

/// Why it is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountClosure", example = serde_json::json!({"reason": "The agency was merged."}))]
pub struct Reason {
    pub reason: String,
}

/// An official account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountView {
    pub id: ApiId,
    pub agency: ApiId,
    pub platform: String,
    pub handle: String,
    pub url: String,
    /// requested, approved, live or closed
    pub state: String,
    pub plan: ApiId,
    pub requested_at: String,
    pub live_since: Option<String>,
    pub closed_at: Option<String>,
}

fn view(a: Account) -> AccountView {
    AccountView {
        id: ApiId(a.id),
        agency: ApiId(a.agency_id),
        platform: a.platform,
        handle: a.handle,
        url: a.url,
        state: a.state,
        plan: ApiId(a.plan_id),
        requested_at: time(a.requested_at),
        live_since: time_opt(a.live_since),
        closed_at: time_opt(a.closed_at),
    }
}

pub async fn list(cx: Ctx, Query(f): Query<AccountFilter>) -> Result<Response> {
    let paging = Paging { after: f.after, limit: f.limit };
    let agency = f.agency.map(|a| a.0);
    one_of("state", f.state.as_deref(), &["requested", "approved", "live", "closed"])?;
    if agency.is_some_and(|a| !cx.actor.may(SEE_DESK, a)) {
        return Err(Error::not_allowed());
    }
    let (platform, state) = (f.platform.unwrap_or_default(), f.state.unwrap_or_default());
    let wanted = Wanted {
        agencies: agency.map(|a| vec![a]).or_else(|| cx.actor.scopes(SEE_DESK)),
        platform: &platform,
        state: &state,
        before: paging.before_id(),
        most: paging.limit() + 1,
    };
    let (rows, next) = cut(store::list(cx.db(), &wanted).await?, paging.limit(), |a| a.id);
    let items = rows.into_iter().map(view).collect();
    Ok(json(200, &Listed::<AccountView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn create(cx: Ctx, Json(b): Json<NewAccountBody>) -> Result<Response> {
    let new = NewAccount { agency: b.agency.0, platform: b.platform, handle: b.handle, url: b.url };
    Ok(json(201, &view(actions::request(&cx, &new).await?)))
}
pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(actions::see(&cx, id).await?)))
}
pub async fn approve(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(actions::approve(&cx, id).await?)))
}
pub async fn connect(cx: Ctx, Id(id): Id, Json(b): Json<Connection>) -> Result<Response> {
    Ok(json(200, &view(actions::connect(&cx, id, &b.base_url, &b.token).await?)))
}
pub async fn close(cx: Ctx, Id(id): Id, Json(b): Json<Reason>) -> Result<Response> {
    Ok(json(200, &view(actions::close(&cx, id, &b.reason).await?)))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Asked {
    /// Any form of the address: with or without scheme, or `@user@host`.
    pub url: Option<String>,
}

/// What is known of an address.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Verified")]
pub struct VerifiedView {
    /// official, was-official or unknown
    pub status: String,
    pub agency: Option<ApiId>,
    pub agency_name: Option<String>,
    pub platform: Option<String>,
    pub handle: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
}

pub async fn verify(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let (status, account) = match actions::verify(&cx, q.url.as_deref().unwrap_or_default()).await? {
        Verified::Official(a) => ("official", Some(*a)),
        Verified::WasOfficial(a) => ("was-official", Some(*a)),
        Verified::Unknown => ("unknown", None),
        Verified::NotAnAddress => {
            return Err(Error::invalid(vec![FieldError::new("url", Say::new("accounts-error-url"))]));
        }
    };
    let name = match &account {
        Some(a) => Some(agencies::name(cx.db(), a.agency_id, cx.lang).await?),
        None => None,
    };
    let view = VerifiedView {
        status: status.into(),
        agency: account.as_ref().map(|a| ApiId(a.agency_id)),
        agency_name: name,
        platform: account.as_ref().map(|a| a.platform.clone()),
        handle: account.as_ref().map(|a| a.handle.clone()),
        since: account.as_ref().and_then(|a| time_opt(a.live_since)),
        until: account.as_ref().and_then(|a| time_opt(a.closed_at)),
    };
    Ok(json(200, &view))
}
