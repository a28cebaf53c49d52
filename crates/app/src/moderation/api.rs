//! Moderation in the API.
use super::actions::{self, NewDecision};
use super::case::{Appeal, Decision};
use super::store;
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is to be done about a message, on which published ground, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDecision", example = serde_json::json!({"action": "hide", "ground": "MG-5", "reason": "It advertises a shop under a notice about vaccination."}))]
pub struct NewDecisionBody {
    /// none, label, collapse, mask or hide
    pub action: String,
    /// The id of a published ground; left out for none.
    #[serde(default)]
    pub ground: String,
    pub reason: String,
    /// The person concerned holds a public office: some grounds then take two.
    #[serde(default)]
    pub public_figure: bool,
    /// The hash of the words that were seen (`text_hash` of the message's last version): refused when they were changed since.
    #[serde(default)]
    pub text_hash: String,
}

/// A decision about a message: ground, reason, and what was written when it was decided.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Decision")]
pub struct DecisionView {
    pub id: ApiId,
    pub message: ApiId,
    pub agency: ApiId,
    pub action: String,
    pub ground: String,
    pub reason: String,
    /// What was written when it was decided.
    pub snapshot: String,
    pub snapshot_hash: String,
    /// proposed, final, declined or overturned
    pub state: String,
    pub decided_by: ApiId,
    pub decided_at: String,
    pub second_by: Option<ApiId>,
    pub second_reason: String,
    pub appeal_by: String,
    /// hidden, shown or not-possible on the platform it was written on; empty while that is under way, or on our site
    pub on_platform: String,
    pub appeal: Option<AppealView>,
}

/// An appeal against a decision.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Appeal")]
pub struct AppealView {
    pub id: ApiId,
    pub decision: ApiId,
    pub lodged_by: String,
    pub text: String,
    /// open, upheld or overturned
    pub state: String,
    pub lodged_at: String,
    pub answer_by: String,
    pub decided_by: Option<ApiId>,
    pub decided_at: Option<String>,
    pub reason: String,
}

fn appeal_view(a: &Appeal) -> AppealView {
    AppealView {
        id: ApiId(a.id),
        decision: ApiId(a.decision_id),
        lodged_by: a.lodged_by.clone(),
        text: a.text.clone(),
        state: a.state.clone(),
        lodged_at: time(a.lodged_at),
        answer_by: time(a.answer_by),
        decided_by: a.decided_by.map(ApiId),
        decided_at: time_opt(a.decided_at),
        reason: a.reason.clone(),
    }
}

async fn view(cx: &Ctx, d: &Decision) -> Result<DecisionView> {
    Ok(DecisionView {
        id: ApiId(d.id),
        message: ApiId(d.message_id),
        agency: ApiId(d.agency_id),
        action: d.action.clone(),
        ground: d.ground.clone(),
        reason: d.reason.clone(),
        snapshot: d.snapshot.clone(),
        snapshot_hash: d.snapshot_hash.clone(),
        state: d.state.clone(),
        decided_by: ApiId(d.decided_by),
        decided_at: time(d.decided_at),
        second_by: d.second_by.map(ApiId),
        second_reason: d.second_reason.clone(),
        appeal_by: time(d.appeal_by),
        on_platform: d.on_platform.clone(),
        appeal: store::appeal_of(cx.db(), d.id).await?.as_ref().map(appeal_view),
    })
}

pub async fn decide(cx: Ctx, Id(message): Id, Json(b): Json<NewDecisionBody>) -> Result<Response> {
    let new = NewDecision {
        action: b.action,
        ground: b.ground,
        reason: b.reason,
        public_figure: b.public_figure,
        seen: b.text_hash,
    };
    let d = actions::decide(&cx, message, &new).await?;
    Ok(json(201, &view(&cx, &d).await?))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct DecisionFilter {
    /// proposed, final, declined or overturned
    #[schemars(extend("enum" = ["proposed", "final", "declined", "overturned"]))]
    pub state: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

pub async fn list(cx: Ctx, Query(q): Query<DecisionFilter>) -> Result<Response> {
    let paging = Paging { after: q.after, limit: q.limit };
    one_of("state", q.state.as_deref(), &["proposed", "final", "declined", "overturned"])?;
    let (scopes, state) = (cx.actor.scopes(SEE_DESK), q.state.unwrap_or_default());
    let rows = store::decisions(cx.db(), scopes.as_deref(), &state, paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |d| d.id);
    let mut items = vec![];
    for d in &rows {
        items.push(view(&cx, d).await?);
    }
    Ok(json(200, &Listed::<DecisionView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let d = actions::see(&cx, id).await?;
    Ok(json(200, &view(&cx, &d).await?))
}

/// Whether the second reviewer agrees, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DecisionConfirmation", example = serde_json::json!({"agree": true, "reason": "It asks to vote for a party."}))]
pub struct Second {
    pub agree: bool,
    pub reason: String,
}

pub async fn second(cx: Ctx, Id(id): Id, Json(b): Json<Second>) -> Result<Response> {
    let d = actions::second(&cx, id, b.agree, &b.reason).await?;
    Ok(json(200, &view(&cx, &d).await?))
}

/// Why the decision is wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"text": "I do not sell anything."}))]
pub struct NewAppeal {
    pub text: String,
}

pub async fn appeal(cx: Ctx, Id(id): Id, Json(b): Json<NewAppeal>) -> Result<Response> {
    Ok(json(201, &appeal_view(&actions::appeal(&cx, id, &b.text).await?)))
}

/// What somebody without a part in it decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"outcome": "overturn", "reason": "It belongs to the topic."}))]
pub struct AppealDecision {
    /// uphold (the decision stands) or overturn (the comment is back)
    pub outcome: String,
    pub reason: String,
}

pub async fn decide_appeal(cx: Ctx, Id(id): Id, Json(b): Json<AppealDecision>) -> Result<Response> {
    Ok(json(200, &appeal_view(&actions::decide_appeal(&cx, id, &b.outcome, &b.reason).await?)))
}
