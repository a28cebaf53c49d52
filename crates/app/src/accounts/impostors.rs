//! Reports of accounts that claim to be the government. The public is shown nothing of one until somebody who oversees the
//! government has looked at it.
use super::address::known_as;
use super::care::short;
use super::store::{self, public::Report};
use super::{ImpostorJudged, ImpostorReported, rules};
use crate::ledger::Record;
use crate::people::roles::OVERSEE;
use ground::clock::HOUR;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

/// Reports of one place within an hour.
const MOST: u32 = 5;

/// Anybody may report an address; who did is not kept.
pub async fn report(cx: &Ctx, url: &str, claims: &str) -> Result<i64> {
    let wrong = |field: &'static str, key| Error::invalid(vec![FieldError::new(field, Say::new(key))]);
    let known = known_as(url).ok_or_else(|| wrong("url", "accounts-error-url"))?;
    if url.chars().count() > 500 {
        return Err(wrong("url", "accounts-error-long"));
    }
    if claims.trim().is_empty() {
        return Err(wrong("claims", "accounts-error-claims"));
    }
    short(&[("claims", claims)])?;
    if store::life::verdict(cx.db(), &known).await?.is_some_and(|(a, more)| a.is_live() && more.moved_at.is_none()) {
        return Err(wrong("url", "accounts-error-is-official"));
    }
    cx.machine.limits.take("impostor", &cx.remote, MOST, HOUR)?;
    // Once is enough: whoever decides sees the address, not how loudly it was reported.
    if store::public::is_reported(cx.db(), &known).await? {
        return Ok(0);
    }
    let tx = cx.begin("accounts.report-impostor").await?;
    let id = cx.id();
    store::public::report(&tx, id, &known, url.trim(), claims.trim(), cx.now()).await?;
    tx.record(cx, &ImpostorReported { report: id, url: url.trim().into() }).await?;
    cx.commit(tx).await?;
    Ok(id)
}

pub async fn see(cx: &Ctx, id: i64) -> Result<Report> {
    if !cx.actor.may_everywhere(OVERSEE) {
        return Err(Error::not_allowed());
    }
    store::public::find(cx.db(), id).await.map_err(DbError::unseen)
}

/// Reports nobody has looked at, for whoever may.
pub async fn open(cx: &Ctx, most: i64) -> Result<Vec<Report>> {
    if !cx.actor.may_everywhere(OVERSEE) {
        return Ok(vec![]);
    }
    Ok(store::public::in_state(cx.db(), "open", i64::MAX, most).await?)
}

pub async fn judge(cx: &Ctx, id: i64, decision: &str, reason: &str) -> Result<Report> {
    let report = see(cx, id).await?;
    rules::may_judge_report(&cx.actor, report.state == "open", decision, reason)?;
    short(&[("reason", reason)])?;
    let tx = cx.begin("accounts.judge-report").await?;
    store::public::decide(&tx, id, decision, reason.trim(), cx.actor.person()?, cx.now()).await?;
    tx.record(cx, &ImpostorJudged { report: id, url: report.url, decision: decision.into() }).await?;
    cx.commit(tx).await?;
    Ok(store::public::find(cx.db(), id).await?)
}
