//! Giving somebody something to do for a plan.
use super::Action;
use crate::agencies;
use crate::ledger::Record;
use crate::people::{self, Role};
use crate::plans::plan::PlanRow;
use crate::plans::plan::records::day;
use crate::plans::store::work;
use crate::plans::{ActionSet, actions, model, rules};
use crate::policy::Pack;
use ground::{Ctx, Error, FieldError, Result, Say};

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

pub(super) async fn checked(cx: &Ctx, plan: &PlanRow, new: &NewAction) -> Result<i64> {
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

pub(super) fn row(cx: &Ctx, plan: &PlanRow, new: &NewAction, due_at: i64) -> Result<Action> {
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
