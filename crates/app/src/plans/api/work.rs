//! Actions of a plan in the API.
use crate::plans::working::{self, Action, NewAction};
use crate::plans::{actions, store};
use crate::shell::api::{ApiId, Listed};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something to do to carry a plan out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"text": "Write the rota", "objective": 1, "owner": "456457715712000231", "due_on": "2027-01-31"}))]
pub struct NewPlanAction {
    /// At most 500 characters
    pub text: String,
    /// The objective it serves, counted from one; 0: the plan as a whole
    #[serde(default)]
    pub objective: i64,
    /// Somebody with a role in the agency
    pub owner: ApiId,
    /// It is late from the next day on
    pub due_on: String,
}

/// An action of a plan.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanAction")]
pub struct ActionView {
    pub id: ApiId,
    pub plan: ApiId,
    pub text: String,
    /// The objective it serves, counted from one; 0: the plan as a whole
    pub objective: i64,
    pub owner: ApiId,
    pub due_on: String,
    /// open, done or dropped
    pub state: String,
    /// Open, and its day is over
    pub late: bool,
    /// What was said when it ended
    pub note: String,
    pub version: i64,
}

/// How an action ended.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanActionCompletion", example = serde_json::json!({"version": 1, "outcome": "done", "note": "The rota hangs at the door."}))]
pub struct Completion {
    pub version: i64,
    pub outcome: Outcome,
    /// Why, where it was dropped
    #[serde(default)]
    pub note: String,
}

/// Done, or not to be done any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PlanActionOutcome")]
pub enum Outcome {
    Done,
    Dropped,
}

fn action_view(a: Action, now: i64) -> ActionView {
    ActionView {
        id: ApiId(a.id),
        plan: ApiId(a.plan_id),
        late: a.late(now),
        text: a.text,
        objective: a.objective,
        owner: ApiId(a.owner_id),
        due_on: a.due_on,
        state: a.state,
        note: a.note,
        version: a.version,
    }
}

pub async fn actions(cx: Ctx, Id(id): Id) -> Result<Response> {
    actions::see(&cx, id).await?;
    let all = store::work::actions(cx.db(), id).await?;
    let items = all.into_iter().map(|a| action_view(a, cx.now())).collect();
    Ok(json(200, &Listed::<ActionView> { items, next: None }))
}
pub async fn add_action(cx: Ctx, Id(id): Id, Json(new): Json<NewPlanAction>) -> Result<Response> {
    let new = NewAction { text: new.text, objective: new.objective, owner: new.owner.0, due_on: new.due_on };
    Ok(json(201, &action_view(working::add(&cx, id, &new).await?, cx.now())))
}
pub async fn complete(cx: Ctx, Id(id): Id, Json(c): Json<Completion>) -> Result<Response> {
    let ended = working::end(&cx, id, c.version, c.outcome == Outcome::Done, &c.note).await?;
    Ok(json(200, &action_view(ended, cx.now())))
}
