//! Deliveries in the API.
use super::delivery::{Attempt, Delivery, shown_state};
use super::{PracticeControl, actions, store};
use crate::accounts;
use crate::shell::api::{ApiId, Listed, time, time_opt};
use axum::response::Response;
use connect::simulator::{Fault, SetFault};
use ground::http::{Id, Json, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a post on one account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Delivery")]
pub struct DeliveryView {
    pub id: ApiId,
    /// The post's or the reply's id.
    pub post: ApiId,
    /// 1 is the post itself; a later part answers the one before it on the same account, and waits until that one is out.
    pub part: i64,
    pub account: ApiId,
    pub platform: String,
    pub handle: String,
    /// waiting, sending, checking, working (the platform has it and is not done with it), sent, failed, unconfirmed, cancelled or taken-down
    pub state: String,
    pub due_at: String,
    /// Goes before everything else that is due.
    pub urgent: bool,
    /// The version that should be out.
    pub version: i64,
    /// The version that is out.
    pub sent_version: Option<i64>,
    pub sent_at: Option<String>,
    /// The platform's own id of it.
    pub remote_id: String,
    pub url: String,
    /// Why it failed, could not be corrected or taken down; empty otherwise.
    pub problem: String,
    pub problem_text: String,
    pub attempts: Vec<AttemptView>,
}

/// One call to the platform, written down before it was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Attempt")]
pub struct AttemptView {
    pub n: i64,
    /// send, edit or take-down
    pub kind: String,
    pub version: i64,
    pub key: String,
    pub begun_at: String,
    pub ended_at: Option<String>,
    /// accepted, not-sent, refused, unknown, not-there; empty while in flight
    pub outcome: String,
    pub why: String,
}

fn attempt(a: &Attempt) -> AttemptView {
    AttemptView {
        n: a.n,
        kind: a.kind.clone(),
        version: a.version,
        key: a.send_key.clone(),
        begun_at: time(a.begun_at),
        ended_at: time_opt(a.ended_at),
        outcome: a.outcome.clone(),
        why: a.why.clone(),
    }
}

async fn view(cx: &Ctx, d: &Delivery) -> Result<DeliveryView> {
    let account = accounts::find(cx.db(), d.account_id).await?;
    let attempts = store::attempts(cx.db(), d.id).await?;
    let open = attempts.iter().find(|a| a.ended_at.is_none());
    Ok(DeliveryView {
        id: ApiId(d.id),
        post: ApiId(d.post_id),
        part: d.part,
        account: ApiId(d.account_id),
        platform: d.platform.clone(),
        handle: account.handle,
        state: shown_state(d, open).into(),
        due_at: time(d.due_at),
        urgent: d.urgent,
        version: d.version,
        sent_version: d.sent_version,
        sent_at: time_opt(d.sent_at),
        remote_id: d.remote_id.clone(),
        url: d.url.clone(),
        problem: d.problem.clone(),
        problem_text: d.problem_text.clone(),
        attempts: attempts.iter().map(attempt).collect(),
    })
}

pub async fn list(cx: Ctx, Id(post): Id) -> Result<Response> {
    crate::posts::see(&cx, post).await?;
    let mut items = vec![];
    for d in store::of_post(cx.db(), post).await? {
        items.push(view(&cx, &d).await?);
    }
    Ok(json(200, &Listed::<DeliveryView> { items, next: None }))
}

pub async fn of_answer(cx: Ctx, Id(answer): Id) -> Result<Response> {
    let d = actions::see_answer(&cx, answer).await?;
    Ok(json(200, &view(&cx, &d).await?))
}

/// What a person saw on the platform.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeliveryConfirmation", example = serde_json::json!({"there": true, "url": "https://social.example.org/@health/1"}))]
pub struct Confirmation {
    /// Whether the post is on the platform.
    pub there: bool,
    /// Its address, if it is.
    #[serde(default)]
    pub url: String,
}

pub async fn confirm(cx: Ctx, Id(id): Id, Json(body): Json<Confirmation>) -> Result<Response> {
    let d = actions::confirm(&cx, id, body.there, &body.url).await?;
    Ok(json(200, &view(&cx, &d).await?))
}

pub async fn retry(cx: Ctx, Id(id): Id) -> Result<Response> {
    let d = actions::retry(&cx, id).await?;
    Ok(json(200, &view(&cx, &d).await?))
}

/// What the practice network shall do wrong.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fault", example = serde_json::json!({"fault": "drop-after", "account": "moh-bhutan", "times": 1}))]
pub struct NewFault {
    /// rate-limit, error-after-commit, drop-after, drop-before, revoked-token, slow, outage, review (taken and out only later) or review-refused; none clears all
    pub fault: String,
    /// The account's name on the practice network; everybody's if left out.
    pub account: Option<String>,
    /// How many writes it spoils; 0: until cleared.
    pub times: Option<u32>,
    /// For rate-limit and slow: milliseconds.
    pub ms: Option<u64>,
}

pub async fn fault(cx: Ctx, Json(new): Json<NewFault>) -> Result<Response> {
    let PracticeControl(network) = cx.machine.part().map_err(|_| Error::not_found())?;
    // It spoils the calls of everybody, which in earnest is nobody's right.
    if !accounts::demonstrates(&cx) {
        return Err(Error::not_found());
    }
    // Nothing is written here: the transaction is for the Idempotency-Key, which it spends.
    let tx = cx.begin("publishing.fault").await?;
    cx.commit(tx).await?;
    if new.fault == "none" {
        network.clear_faults();
        return Ok(json(201, &new));
    }
    let wanted = serde_json::from_value::<Fault>(serde_json::Value::String(new.fault.clone()));
    let unknown = || Error::invalid(vec![FieldError::new("fault", Say::new("publishing-error-fault"))]);
    let fault = wanted.map_err(|_| unknown())?;
    network.set_fault(SetFault { fault, account: new.account.clone(), times: new.times.unwrap_or(1), ms: new.ms });
    Ok(json(201, &new))
}
