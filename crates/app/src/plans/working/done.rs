//! An action is changed, done or dropped.
use super::Action;
use super::doing::{NewAction, checked, row};
use crate::ledger::Record;
use crate::plans::plan::PlanRow;
use crate::plans::store::work;
use crate::plans::{ActionEnded, ActionSet, actions, rules};
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

/// An action of a plan somebody of the agency may look at.
pub async fn action(cx: &Ctx, id: i64) -> Result<(Action, PlanRow)> {
    let action = work::action(cx.db(), id).await.map_err(DbError::unseen)?;
    let plan = actions::see(cx, action.plan_id).await?;
    Ok((action, plan))
}

pub async fn change(cx: &Ctx, id: i64, seen: i64, new: &NewAction) -> Result<Action> {
    let (action, plan) = action(cx, id).await?;
    rules::may_change_action(&cx.actor, &action, seen)?;
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
    rules::may_end_action(&cx.actor, &action, seen, done, note)?;
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
