//! Reviews of the policy, and editions as they are taken in and adopted here. The pack says which editions there are and
//! from which day each holds; what people did about them stands here.
use super::store::{self, EditionRow, ReviewRow};
use super::{Edition, EditionAdopted, EditionTakenIn, OVERSEE, Pack, ReviewClosed, ReviewOpened};
use crate::ledger::Record;
use ground::clock::DAY;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

const LONGEST: usize = 4000;
/// What a review comes to.
pub const OUTCOMES: [(&str, &str); 2] = [("keep", "policy-outcome-keep"), ("revise", "policy-outcome-revise")];
/// So long an edition that was taken in is news.
const NEWS: i64 = 60 * DAY;

pub(super) fn allowed(cx: &Ctx) -> Result<()> {
    if cx.actor.may_everywhere(OVERSEE) { Ok(()) } else { Err(Error::not_allowed()) }
}

fn text(field: &'static str, given: &str, key: &'static str) -> Option<FieldError> {
    let good = !given.trim().is_empty() && given.chars().count() <= LONGEST;
    (!good).then(|| FieldError::new(field, Say::new(key)))
}

/// The edition in force today, with the reviews of it that were held here beside those the pack tells of.
pub async fn in_force(cx: &Ctx) -> Result<Option<Edition>> {
    let pack = cx.machine.part::<Pack>()?;
    let Some(edition) = pack.policy_on(pack.day_at(cx.now())) else { return Ok(None) };
    let mut edition = edition.clone();
    for review in store::reviews_of(cx.db(), &edition.id).await? {
        edition.reviews_held_on.extend(review.closed_at.map(|at| pack.day_at(at)));
    }
    Ok(Some(edition))
}

/// Opens a review of the edition in force: one at a time.
pub async fn open(cx: &Ctx, scope: &str) -> Result<ReviewRow> {
    allowed(cx)?;
    if let Some(wrong) = text("scope", scope, "policy-error-scope") {
        return Err(Error::invalid(vec![wrong]));
    }
    let pack = cx.machine.part::<Pack>()?;
    let edition = pack.policy_on(pack.day_at(cx.now())).ok_or_else(Error::not_found)?.id.clone();
    let tx = cx.begin("policy.open-review").await?;
    if store::reviews_of(&tx, &edition).await?.iter().any(|r| r.closed_at.is_none()) {
        return Err(Error::conflict(Say::new("policy-error-open")));
    }
    let (id, opened_by) = (cx.id(), cx.actor.person()?);
    store::open(&tx, id, &edition, scope.trim(), opened_by, cx.now()).await?;
    tx.record(cx, &ReviewOpened { review: id, edition }).await?;
    cx.commit(tx).await?;
    Ok(store::review(cx.db(), id).await?)
}

/// Closes it with what it came to. Held reviews set the clock anew.
pub async fn close(cx: &Ctx, id: i64, outcome: &str, result: &str) -> Result<ReviewRow> {
    allowed(cx)?;
    let mut wrong: Vec<FieldError> = text("result", result, "policy-error-result").into_iter().collect();
    if OUTCOMES.iter().all(|(code, _)| *code != outcome) {
        wrong.push(FieldError::new("outcome", Say::new("policy-error-outcome")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let tx = cx.begin("policy.close-review").await?;
    let review = store::review(&tx, id).await.map_err(DbError::unseen)?;
    if review.closed_at.is_some() {
        return Err(Error::conflict(Say::new("policy-error-closed")));
    }
    store::close(&tx, id, outcome, result.trim(), cx.actor.person()?, cx.now()).await?;
    tx.record(cx, &ReviewClosed { review: id, edition: review.edition, outcome: outcome.into() }).await?;
    cx.commit(tx).await?;
    Ok(store::review(cx.db(), id).await?)
}

/// Notes editions of the pack that were not there before. The first look at a new installation is no news to anybody.
pub async fn take_in(cx: Ctx) -> Result<()> {
    let known = store::editions(cx.db()).await?;
    for edition in &cx.machine.part::<Pack>()?.policy().editions {
        if known.iter().all(|k| k.id != edition.id) {
            let first = known.is_empty();
            let tx = cx.begin("policy.take-in").await?;
            store::take_in(&tx, &edition.id, first, cx.now()).await?;
            let adopted_on = edition.adopted_on.to_string();
            tx.record(&cx, &EditionTakenIn { edition: edition.id.clone(), adopted_on, first }).await?;
            cx.commit(tx).await?;
        }
    }
    Ok(())
}

/// Records by which order a new edition was adopted, by whoever oversees.
pub async fn adopt(cx: &Ctx, id: &str, order_ref: &str) -> Result<EditionRow> {
    allowed(cx)?;
    if let Some(wrong) = text("order_ref", order_ref, "policy-error-order") {
        return Err(Error::invalid(vec![wrong]));
    }
    let tx = cx.begin("policy.adopt").await?;
    let edition = store::edition(&tx, id).await?.ok_or_else(Error::not_found)?;
    if edition.recorded_at.is_some() {
        return Err(Error::conflict(Say::new("policy-error-adopted")));
    }
    store::adopt(&tx, id, order_ref.trim(), cx.actor.person()?, cx.now()).await?;
    tx.record(cx, &EditionAdopted { edition: id.into(), order_ref: order_ref.trim().into() }).await?;
    cx.commit(tx).await?;
    store::edition(cx.db(), id).await?.ok_or_else(Error::not_found)
}

/// The edition that was taken in lately, with when, for those it is news to.
pub async fn news(cx: &Ctx) -> Result<Option<(String, i64)>> {
    let newest = store::editions(cx.db()).await?.into_iter().filter(|e| !e.first).max_by_key(|e| e.taken_at);
    Ok(newest.filter(|e| e.taken_at + NEWS > cx.now()).map(|e| (e.id, e.taken_at)))
}
