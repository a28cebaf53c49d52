//! Verbs on plans.
use super::plan::Draft;
use super::rules::{self, Facts};
use super::store::{self, PlanRow};
use super::{PlanApproved, PlanDrafted, PlanRejected, PlanSubmitted};
use crate::ledger::Record;
use crate::people::roles::{SEE_DESK, WRITE_PLANS};
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

fn check(d: &Draft) -> Result<()> {
    let mut wrong = vec![];
    if d.title.chars().count() > 200 {
        wrong.push(FieldError::new("title", Say::new("plans-error-title")));
    }
    for ((name, _), text) in super::plan::PARTS.iter().zip(&d.parts) {
        if text.chars().count() > 20_000 {
            wrong.push(FieldError::new(*name, Say::new("plans-error-long")));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// A plan somebody of its agency may look at.
pub async fn see(cx: &Ctx, id: i64) -> Result<PlanRow> {
    let plan = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, plan.agency_id) { Ok(plan) } else { Err(Error::not_allowed()) }
}

fn facts<'a>(plan: &'a PlanRow, draft: &'a Draft) -> Facts<'a> {
    Facts { agency: plan.agency_id, state: &plan.state, version: plan.version, author: plan.author_id, draft }
}

pub async fn draft(cx: &Ctx, agency: i64, draft: &Draft) -> Result<PlanRow> {
    if !cx.actor.may(WRITE_PLANS, agency) {
        return Err(Error::not_allowed());
    }
    check(draft)?;
    let tx = cx.begin("plans.draft").await?;
    let id = cx.id();
    store::insert(&tx, id, agency, draft, cx.actor.person()?, cx.now()).await?;
    tx.record(cx, &PlanDrafted { plan: id, agency, content_hash: draft.content_hash(agency) }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

pub async fn revise(cx: &Ctx, id: i64, seen: i64, draft: &Draft) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let before = plan.draft();
    rules::may_revise(&cx.actor, &facts(&plan, &before), seen)?;
    check(draft)?;
    let tx = cx.begin("plans.revise").await?;
    store::revise(&tx, &plan, draft, cx.actor.person()?, cx.now()).await?;
    let content_hash = draft.content_hash(plan.agency_id);
    tx.record(cx, &PlanDrafted { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

pub async fn submit(cx: &Ctx, id: i64, seen: i64) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    rules::may_submit(&cx.actor, &facts(&plan, &draft), seen)?;
    let tx = cx.begin("plans.submit").await?;
    store::set_state(&tx, &plan, "submitted", cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "submission", cx.actor.person()?, "", cx.now()).await?;
    let content_hash = plan.content_hash.clone();
    tx.record(cx, &PlanSubmitted { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Approves the exact version; the agency's earlier plan ends with it.
pub async fn approve(cx: &Ctx, id: i64, seen: i64) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    rules::may_approve(&cx.actor, &facts(&plan, &draft), seen)?;
    let tx = cx.begin("plans.approve").await?;
    store::set_state(&tx, &plan, "approved", cx.now()).await?;
    store::end_others(&tx, plan.agency_id, id, cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "approval", cx.actor.person()?, "", cx.now()).await?;
    let content_hash = plan.content_hash.clone();
    tx.record(cx, &PlanApproved { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

pub async fn reject(cx: &Ctx, id: i64, seen: i64, reason: &str) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    rules::may_reject(&cx.actor, &facts(&plan, &draft), seen, reason)?;
    let tx = cx.begin("plans.reject").await?;
    store::set_state(&tx, &plan, "rejected", cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "rejection", cx.actor.person()?, reason.trim(), cx.now()).await?;
    let fact = PlanRejected { plan: id, agency: plan.agency_id, reason: reason.trim().into() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}
