//! Carrying a plan out: actions with an owner and a day, and the look back when its term is over.
use super::plan::records::day;
use super::rules;
use super::store::work::{self, Action, EvaluationRow};
use super::store::{self, PlanRow, UnmeasuredRow};
use super::{ActionEnded, ActionSet, PlanEvaluated, actions, model};
use crate::agencies;
use crate::ledger::Record;
use crate::people::roles::WRITE_PLANS;
use crate::people::{self, Role};
use crate::policy::Pack;
use ground::clock::DAY;
use ground::db::{DbError, Run};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something to do to carry a plan out.
#[derive(Debug, Clone, Default)]
pub struct NewAction {
    pub text: String,
    /// The objective it serves, counted from one; 0: the plan as a whole.
    pub objective: i64,
    pub owner: i64,
    /// As 2027-01-31; it is late from the next day on.
    pub due_on: String,
}

/// What was reached of one objective.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanReached")]
pub struct Reached {
    /// The figure at the end, in the objective's unit
    pub figure: Option<f64>,
    /// What was found, in words
    pub finding: String,
}

/// The look back on a plan.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// For each objective, in their order.
    pub reached: Vec<Reached>,
    /// One of `OUTCOMES`.
    pub outcome: String,
    pub conclusion: String,
}

pub const OUTCOMES: [&str; 3] = ["continue", "change", "stop"];
/// A plan whose end is nearer than this wants its successor.
pub const SOON: i64 = 60 * DAY;

impl Action {
    pub fn late(&self, now: i64) -> bool {
        self.state == "open" && self.due_at <= now
    }
    pub fn word(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "done" => "plans-action-state-done",
            "dropped" => "plans-action-state-dropped",
            _ if self.late(*now) => "plans-action-state-late",
            _ => "plans-action-state-open",
        }
    }
    pub fn tone(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "done" => "good",
            "dropped" => "",
            _ if self.late(*now) => "bad",
            _ => "",
        }
    }
    /// A time in the day it is due.
    pub fn day(&self) -> i64 {
        self.due_at - 1
    }
}

async fn checked(cx: &Ctx, plan: &PlanRow, new: &NewAction) -> Result<i64> {
    let mut wrong = vec![];
    let text = new.text.trim();
    if text.is_empty() || text.chars().count() > 500 {
        wrong.push(FieldError::new("text", Say::new("plans-error-action")));
    }
    if !people::members(cx, plan.agency_id).await?.iter().any(|m| m.id == new.owner) {
        wrong.push(FieldError::new("owner", Say::new("plans-error-owner")));
    }
    if new.objective < 0 || new.objective as usize > plan.draft().records.objectives.len() {
        wrong.push(FieldError::new("objective", Say::new("plans-error-unknown")));
    }
    let due = day(&new.due_on).and_then(|d| d.tomorrow().ok());
    let pack = cx.machine.part::<Pack>()?;
    match due {
        Some(due) if wrong.is_empty() => Ok(pack.start_of(due)),
        Some(_) => Err(Error::invalid(wrong)),
        None => {
            wrong.push(FieldError::new("due_on", Say::new("plans-error-day")));
            Err(Error::invalid(wrong))
        }
    }
}

fn row(cx: &Ctx, plan: &PlanRow, new: &NewAction, due_at: i64) -> Result<Action> {
    Ok(Action {
        id: cx.id(),
        plan_id: plan.id,
        agency_id: plan.agency_id,
        text: new.text.trim().into(),
        objective: new.objective,
        owner_id: new.owner,
        due_on: new.due_on.clone(),
        due_at,
        state: "open".into(),
        note: String::new(),
        set_by: cx.actor.person()?,
        set_at: cx.now(),
        ended_by: None,
        ended_at: None,
        version: 1,
    })
}

pub async fn add(cx: &Ctx, plan: i64, new: &NewAction) -> Result<Action> {
    let plan = actions::see(cx, plan).await?;
    rules::may_plan_action(&cx.actor, &plan, cx.now())?;
    let due_at = checked(cx, &plan, new).await?;
    let action = row(cx, &plan, new, due_at)?;
    let tx = cx.begin("plans.add-action").await?;
    work::insert_action(&tx, &action).await?;
    tx.record(cx, &ActionSet::of(&action)).await?;
    cx.commit(tx).await?;
    Ok(action)
}

/// The first actions of the model, given to the lead (or to whoever asks, where there is none), all at once.
pub async fn add_suggested(cx: &Ctx, plan: i64) -> Result<usize> {
    let plan = actions::see(cx, plan).await?;
    rules::may_plan_action(&cx.actor, &plan, cx.now())?;
    let pack = cx.machine.part::<Pack>()?;
    let kind = agencies::find(cx.db(), plan.agency_id).await?.kind;
    let members = people::members(cx, plan.agency_id).await?;
    let lead = members.iter().find(|m| m.roles.contains(&Role::Lead));
    let owner = lead.map_or(cx.actor.person()?, |m| m.id);
    let tx = cx.begin("plans.add-suggested").await?;
    let there = work::actions(&tx, plan.id).await?;
    let mut added = 0;
    for (text, objective, due_on) in model::suggested(pack, &kind, cx.lang.code(), &plan.draft().records) {
        if there.iter().any(|a| a.text == text) {
            continue;
        }
        let due_at = day(&due_on).and_then(|d| d.tomorrow().ok()).map_or(plan.ends_at, |d| pack.start_of(d));
        let action = row(cx, &plan, &NewAction { text, objective, owner, due_on }, due_at)?;
        work::insert_action(&tx, &action).await?;
        tx.record(cx, &ActionSet::of(&action)).await?;
        added += 1;
    }
    cx.commit(tx).await?;
    Ok(added)
}

/// An action of a plan somebody of the agency may look at.
pub async fn action(cx: &Ctx, id: i64) -> Result<(Action, PlanRow)> {
    let action = work::action(cx.db(), id).await.map_err(DbError::unseen)?;
    let plan = actions::see(cx, action.plan_id).await?;
    Ok((action, plan))
}

pub async fn change(cx: &Ctx, id: i64, seen: i64, new: &NewAction) -> Result<Action> {
    let (action, plan) = action(cx, id).await?;
    if !cx.actor.may(WRITE_PLANS, plan.agency_id) {
        return Err(Error::not_allowed());
    }
    rules::may_end_action(&cx.actor, &action, seen, "open", "")?;
    let due_at = checked(cx, &plan, new).await?;
    let shall = Action { id, version: seen, ..row(cx, &plan, new, due_at)? };
    let tx = cx.begin("plans.change-action").await?;
    work::change_action(&tx, &shall).await?;
    tx.record(cx, &ActionSet::of(&shall)).await?;
    cx.commit(tx).await?;
    Ok(work::action(cx.db(), id).await?)
}

/// Done, or dropped with the reason.
pub async fn end(cx: &Ctx, id: i64, seen: i64, done: bool, note: &str) -> Result<Action> {
    let (action, _) = action(cx, id).await?;
    let to = if done { "done" } else { "dropped" };
    let note = note.trim();
    rules::may_end_action(&cx.actor, &action, seen, to, note)?;
    if note.chars().count() > 2000 {
        return Err(Error::invalid(vec![FieldError::new("note", Say::new("plans-error-note"))]));
    }
    let tx = cx.begin("plans.end-action").await?;
    work::end_action(&tx, &action, to, note, cx.actor.person()?, cx.now()).await?;
    let late = action.due_at <= cx.now();
    let fact = ActionEnded { action: id, plan: action.plan_id, agency: action.agency_id, outcome: to.into(), late };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(work::action(cx.db(), id).await?)
}

/// What was reached of each objective of a plan; empty before anybody looked back.
pub async fn reached(c: &impl Run, plan: i64) -> Result<Vec<Reached>> {
    let row = work::evaluation(c, plan).await?;
    Ok(row.map(|r| serde_json::from_str(&r.reached).unwrap_or_default()).unwrap_or_default())
}

pub async fn evaluate(cx: &Ctx, plan: i64, e: &Evaluation) -> Result<EvaluationRow> {
    let plan = actions::see(cx, plan).await?;
    let before = work::evaluation(cx.db(), plan.id).await?;
    rules::may_evaluate(&cx.actor, &plan, before.as_ref(), e, cx.now())?;
    let long = |text: &str, most: usize| text.chars().count() > most;
    if long(&e.conclusion, 10_000) || e.reached.iter().any(|r| long(&r.finding, 2_000)) {
        return Err(Error::invalid(vec![FieldError::new("conclusion", Say::new("plans-error-long"))]));
    }
    let row = EvaluationRow {
        plan_id: plan.id,
        reached: serde_json::json!(e.reached).to_string(),
        outcome: e.outcome.clone(),
        conclusion: e.conclusion.trim().into(),
        evaluated_by: cx.actor.person()?,
        at: cx.now(),
    };
    let objectives = plan.draft().records.objectives;
    let attained = objectives.iter().zip(&e.reached).map(|(o, r)| r.figure.and_then(|f| o.attained(f))).collect();
    let tx = cx.begin("plans.evaluate").await?;
    work::evaluate(&tx, &row).await?;
    let fact = PlanEvaluated { plan: plan.id, agency: plan.agency_id, outcome: row.outcome.clone(), attained };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(row)
}

/// What somebody has to do within a week or is late with, first what is late longest.
pub async fn due_actions(cx: &Ctx, most: i64) -> Result<Vec<Action>> {
    Ok(work::actions_of(cx.db(), cx.actor.person()?, cx.now() + 7 * DAY, most).await?)
}

/// Plans of agencies somebody writes plans for that end soon or are over, and those nobody looked back on.
pub async fn ending(cx: &Ctx, agencies: &[i64]) -> Result<(Vec<PlanRow>, Vec<UnmeasuredRow>)> {
    let (mut soon, mut unmeasured) = (vec![], vec![]);
    for agency in agencies {
        soon.extend(store::ending(cx.db(), *agency, cx.now() + SOON).await?);
        unmeasured.extend(store::unmeasured(cx.db(), *agency, cx.now()).await?);
    }
    Ok((soon, unmeasured))
}
