//! Accounts in the API.
pub mod apps;
pub mod hook;
pub mod public;
pub mod signing_in;

use super::account::Account;
use super::actions::{self, NewAccount};
use super::life::CHECKS;
use super::rules::{Asking, Closing, Evaluating};
use super::store::{self, Wanted};
use super::{care, proof};
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
#[schemars(rename = "NewAccount", example = serde_json::json!({"agency": "456457715712000230", "platform": "mastodon", "handle": "@health", "url": "https://social.example.org/@health", "purpose": "Health in plain words", "scope": "All of health, for everybody", "per_week": 5}))]
pub struct NewAccountBody {
    pub agency: ApiId,
    pub platform: String,
    pub handle: String,
    /// Its public address; may be left out for our own site.
    #[serde(default)]
    pub url: String,
    /// What it is for. This and what follows may be left out for our own site and the practice network.
    #[serde(default)]
    pub purpose: String,
    /// What it will speak about, and for whom.
    #[serde(default)]
    pub scope: String,
    /// Why an account the agency has on this platform does not do.
    #[serde(default)]
    pub apart: String,
    /// Posts a week, as meant.
    #[serde(default)]
    pub per_week: i64,
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
    /// What renews it, on platforms whose tokens run out. It is kept sealed, too.
    #[serde(default)]
    pub refresh_token: String,
    /// Until when the token is good, where it ends: 2027-01-31T00:00
    #[serde(default)]
    pub good_until: Option<String>,
}

/// How it ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountClosure", example = serde_json::json!({"reason": "The agency was merged.", "archive": "Exported to the records of the ministry.", "notice": "We speak at the ministry's account now.", "parked": true, "successor": "https://social.example.org/@ministry"}))]
pub struct ClosureBody {
    pub reason: String,
    /// Where its records are kept. This and what follows: for accounts of other platforms that were official.
    #[serde(default)]
    pub archive: String,
    /// What the public is told.
    #[serde(default)]
    pub notice: String,
    /// Whether the name stays in our hands.
    #[serde(default)]
    pub parked: bool,
    /// The address of the official account people go to now.
    #[serde(default)]
    pub successor: String,
}

/// How its public page proves it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountProof", example = serde_json::json!({"method": "link"}))]
pub struct ProofBody {
    /// link (it leads to our page of the agency) or code (it shows the code given for it)
    pub method: String,
}

/// One thing that is as it should be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountCheck", example = serde_json::json!({"item": "second-step", "note": "Keys for both owners."}))]
pub struct CheckBody {
    /// second-step, recovery, roles, branding, monitoring-notice, rules-notice or privacy-notice
    pub item: String,
    #[serde(default)]
    pub note: String,
}

/// What became of its purpose, and what follows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountEvaluation", example = serde_json::json!({"decision": "keep", "results": "Answers within two hours; 3,000 followers.", "reasons": "It reaches parents who read nothing else."}))]
pub struct EvaluationBody {
    /// keep, change, merge or close
    pub decision: String,
    /// Measured against the plan.
    pub results: String,
    pub reasons: String,
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
    /// It is on the practice network: nothing said there reaches anybody.
    pub practice: bool,
}

/// An account with its life: where it stands and what is missing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountLife {
    #[serde(flatten)]
    pub account: AccountView,
    /// planning, creation, configuration, live, evaluation or closed
    pub stage: String,
    pub purpose: Option<String>,
    pub scope: Option<String>,
    pub per_week: Option<i64>,
    /// How it was proven, newest first.
    pub proofs: Vec<ProofView>,
    /// Items to set right or to look at again.
    pub missing: Vec<String>,
    pub evaluate_by: Option<String>,
    /// Since when nothing was posted, where that is noticed.
    pub quiet_since: Option<String>,
    /// Since when the handle belongs to somebody else.
    pub moved_at: Option<String>,
}

/// A proof that the account is ours.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountProofView")]
pub struct ProofView {
    /// platform, link or code
    pub method: String,
    pub at: String,
}

async fn life(cx: &Ctx, a: Account) -> Result<AccountLife> {
    let l = care::life(cx, &a).await?;
    let open = l.open_checks(cx.now());
    let missing = CHECKS.iter().filter(|i| a.is_live() && open.iter().any(|o| o.key == i.key));
    Ok(AccountLife {
        stage: l.stage(&a, cx.now()).code().into(),
        proofs: l.proofs.iter().map(|p| ProofView { method: p.method.clone(), at: time(p.at) }).collect(),
        missing: missing.map(|i| i.key.to_owned()).collect(),
        evaluate_by: time_opt(l.evaluate_by(&a)),
        quiet_since: time_opt(l.quiet()),
        moved_at: time_opt(l.moved()),
        purpose: l.asked.as_ref().map(|r| r.purpose.clone()),
        scope: l.asked.as_ref().map(|r| r.scope.clone()),
        per_week: l.asked.as_ref().map(|r| r.per_week),
        account: view(cx, a),
    })
}

fn view(cx: &Ctx, a: Account) -> AccountView {
    AccountView {
        practice: a.is_practice(cx),
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
    let items = rows.into_iter().map(|a| view(&cx, a)).collect();
    Ok(json(200, &Listed::<AccountView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn create(cx: Ctx, Json(b): Json<NewAccountBody>) -> Result<Response> {
    let asking = Asking { purpose: b.purpose, scope: b.scope, apart: b.apart, per_week: b.per_week };
    let new = NewAccount { agency: b.agency.0, platform: b.platform, handle: b.handle, url: b.url, asking };
    Ok(json(201, &view(&cx, actions::request(&cx, &new).await?)))
}
pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let account = actions::see(&cx, id).await?;
    Ok(json(200, &life(&cx, account).await?))
}
pub async fn approve(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(&cx, actions::approve(&cx, id).await?)))
}
pub async fn connect(cx: Ctx, Id(id): Id, Json(b): Json<Connection>) -> Result<Response> {
    let until = b.good_until.as_deref().map(|text| {
        let wrong = || Error::invalid(vec![FieldError::new("good_until", Say::new("accounts-error-until"))]);
        ground::words::parse_local(text).ok_or_else(wrong)
    });
    let key = actions::Key { secret: b.token, refresh: b.refresh_token, until: until.transpose()? };
    Ok(json(200, &view(&cx, actions::connect_with(&cx, id, &b.base_url, &key).await?)))
}
pub async fn prove(cx: Ctx, Id(id): Id, Json(b): Json<ProofBody>) -> Result<Response> {
    let account = proof::prove(&cx, id, &b.method).await?;
    Ok(json(200, &life(&cx, account).await?))
}
pub async fn confirm(cx: Ctx, Id(id): Id, Json(b): Json<CheckBody>) -> Result<Response> {
    let account = care::confirm(&cx, id, &b.item, &b.note).await?;
    Ok(json(200, &life(&cx, account).await?))
}
pub async fn evaluate(cx: Ctx, Id(id): Id, Json(b): Json<EvaluationBody>) -> Result<Response> {
    let evaluating = Evaluating { decision: b.decision, results: b.results, reasons: b.reasons };
    let account = care::evaluate(&cx, id, &evaluating).await?;
    Ok(json(200, &life(&cx, account).await?))
}
pub async fn close(cx: Ctx, Id(id): Id, Json(b): Json<ClosureBody>) -> Result<Response> {
    let ClosureBody { reason, archive, notice, parked, successor } = b;
    let closing = Closing { reason, archive, notice, parked, successor };
    Ok(json(200, &view(&cx, actions::close(&cx, id, &closing).await?)))
}
