//! Plans in the API.
use super::actions::{self, Beginning};
use super::coverage::{self, Group};
use super::plan::{Draft, Records};
use super::store::work::Action;
use super::store::{self, PlanRow};
use super::working::{self, Evaluation, NewAction, Reached};
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, time};
use crate::shell::paging::{Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The six parts the policy requires.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parts {
    pub goals: String,
    pub audiences: String,
    pub risks: String,
    pub resources: String,
    pub measures: String,
    pub governance: String,
}

/// A plan to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"agency": "456457715712000230", "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go", "audiences": "Parents, people above 60", "risks": "A rumour outruns us", "resources": "One officer", "measures": "Answers within four hours", "governance": "The lead approves"}}))]
pub struct NewPlan {
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
    /// The parts as records; a plan is submitted with them, and drafted without
    #[serde(default)]
    pub records: Records,
}

/// The next version of a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"version": 1, "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go"}}))]
pub struct PlanChange {
    pub version: i64,
    pub title: String,
    pub parts: Parts,
    /// The parts as records; left out, they stay as they are
    pub records: Option<Records>,
}

/// The version that was read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanVersion", example = serde_json::json!({"version": 1}))]
pub struct AtVersion {
    pub version: i64,
}

/// Why it goes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanRejection", example = serde_json::json!({"version": 1, "reason": "The measures cannot be counted."}))]
pub struct WithReason {
    pub version: i64,
    pub reason: String,
}

/// What an agency means to do on social media, without which it has no account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub struct PlanView {
    pub id: ApiId,
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
    pub records: Records,
    /// The plan of the same agency it carries on
    pub follows: Option<ApiId>,
    /// The plan of the agency above it was taken from
    pub adopted_from: Option<ApiId>,
    /// draft, submitted, approved, rejected or ended
    pub state: String,
    pub version: i64,
    pub content_hash: String,
    pub updated_at: String,
}

fn draft(title: String, p: Parts, records: Records) -> Draft {
    Draft { title, parts: [p.goals, p.audiences, p.risks, p.resources, p.measures, p.governance], records }
}

fn some(id: i64) -> Option<ApiId> {
    (id != 0).then_some(ApiId(id))
}

fn view(p: PlanRow) -> PlanView {
    PlanView {
        records: Records::read(&p.records),
        follows: some(p.follows_id),
        adopted_from: some(p.adopted_id),
        id: ApiId(p.id),
        agency: ApiId(p.agency_id),
        title: p.title,
        parts: Parts {
            goals: p.goals,
            audiences: p.audiences,
            risks: p.risks,
            resources: p.resources,
            measures: p.measures,
            governance: p.governance,
        },
        state: p.state,
        version: p.version,
        content_hash: p.content_hash,
        updated_at: time(p.updated_at),
    }
}

pub async fn list(cx: Ctx, Query(paging): Query<Paging>) -> Result<Response> {
    let scopes = cx.actor.scopes(SEE_DESK);
    let rows = store::list(cx.db(), scopes.as_deref(), paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |p| p.id);
    let items = rows.into_iter().map(view).collect();
    Ok(json(200, &Listed::<PlanView> { items, next: next.map(|n| n.to_string()) }))
}
pub async fn create(cx: Ctx, Json(new): Json<NewPlan>) -> Result<Response> {
    Ok(json(201, &view(actions::draft(&cx, new.agency.0, &draft(new.title, new.parts, new.records)).await?)))
}
pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(actions::see(&cx, id).await?)))
}
pub async fn change(cx: Ctx, Id(id): Id, Json(new): Json<PlanChange>) -> Result<Response> {
    let records = match new.records {
        Some(records) => records,
        None => actions::see(&cx, id).await?.draft().records,
    };
    Ok(json(200, &view(actions::revise(&cx, id, new.version, &draft(new.title, new.parts, records)).await?)))
}
pub async fn submit(cx: Ctx, Id(id): Id, Json(body): Json<AtVersion>) -> Result<Response> {
    Ok(json(200, &view(actions::submit(&cx, id, body.version).await?)))
}
pub async fn approve(cx: Ctx, Id(id): Id, Json(body): Json<AtVersion>) -> Result<Response> {
    Ok(json(200, &view(actions::approve(&cx, id, body.version).await?)))
}
pub async fn reject(cx: Ctx, Id(id): Id, Json(body): Json<WithReason>) -> Result<Response> {
    Ok(json(200, &view(actions::reject(&cx, id, body.version, &body.reason).await?)))
}

/// Which agency, and what its plan begins with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanStart", example = serde_json::json!({"agency": "456457715712000230", "from": "model"}))]
pub struct NewStart {
    pub agency: ApiId,
    pub from: Beginning,
}

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

/// The look back on a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPlanEvaluation", example = serde_json::json!({"reached": [{"figure": 88, "finding": "Nearly there."}], "outcome": "continue", "conclusion": "On with it."}))]
pub struct NewEvaluation {
    /// For each objective, in their order
    pub reached: Vec<Reached>,
    /// continue, change or stop
    pub outcome: String,
    /// What follows from it, in words
    pub conclusion: String,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanEvaluation")]
pub struct EvaluationView {
    pub plan: ApiId,
    pub reached: Vec<Reached>,
    pub outcome: String,
    pub conclusion: String,
    pub evaluated_by: ApiId,
    pub evaluated_at: String,
}

/// What plans cover together.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanCoverage")]
pub struct CoverageView {
    /// Agencies that exist today
    pub agencies: i64,
    /// Agencies with a plan in force
    pub with_plan: i64,
    /// Plans by which citizens take part in making a policy or a service
    pub with_participation: i64,
    pub lines: Vec<CoverageLine>,
}

/// A pillar, a domain, an objective of the policy, a cross-cutting issue or a channel.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanCoverageLine")]
pub struct CoverageLine {
    /// pillar, domain, objective, issue or channel
    pub group: String,
    pub id: String,
    pub title: String,
    /// Plans in force that cover it; 0 is a gap
    pub plans: i64,
    /// Objectives of those plans that do
    pub objectives: i64,
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

pub async fn start(cx: Ctx, Json(new): Json<NewStart>) -> Result<Response> {
    Ok(json(201, &view(actions::start(&cx, new.agency.0, new.from).await?)))
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
pub async fn evaluate(cx: Ctx, Id(id): Id, Json(new): Json<NewEvaluation>) -> Result<Response> {
    let e = Evaluation { reached: new.reached, outcome: new.outcome, conclusion: new.conclusion };
    let row = working::evaluate(&cx, id, &e).await?;
    let found = EvaluationView {
        plan: ApiId(id),
        reached: e.reached,
        outcome: row.outcome,
        conclusion: row.conclusion,
        evaluated_by: ApiId(row.evaluated_by),
        evaluated_at: time(row.at),
    };
    Ok(json(201, &found))
}
pub async fn coverage(cx: Ctx) -> Result<Response> {
    let c = coverage::coverage(&cx).await?;
    let line = |l: &coverage::Line| CoverageLine {
        group: l.group.code().into(),
        id: l.id.clone(),
        title: l.title.get(cx.lang.code()).to_owned(),
        plans: l.plans.len() as i64,
        objectives: l.objectives,
    };
    let lines = Group::ALL.iter().flat_map(|g| c.of(*g)).map(line).collect();
    let (agencies, with_plan) = (c.held.len() as i64, c.with_plan() as i64);
    Ok(json(200, &CoverageView { agencies, with_plan, with_participation: c.participation() as i64, lines }))
}
