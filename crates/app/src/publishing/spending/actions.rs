//! Stating a limit, lifting it, and taking a place under it.
use super::row::Limit;
use super::rules;
use crate::accounts::{self, Account};
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::policy::Pack;
use crate::publishing::delivery::{Attempt, Delivery};
use crate::publishing::facts::{LimitLifted, LimitSet};
use crate::publishing::store::spending as rows;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, Result};

/// The month of a moment, `2026-11`, by the country's own calendar.
pub fn month(cx: &Ctx, at: i64) -> Result<String> {
    let day = cx.machine.part::<Pack>()?.day_at(at);
    Ok(format!("{:04}-{:02}", day.year(), day.month()))
}

/// Takes a place for one more post and says in which month; nothing where the account's limit has none left. Where there is
/// no limit none is taken, and the month is empty.
pub async fn take(cx: &Ctx, tx: &Tx, d: &Delivery) -> Result<Option<String>> {
    if rows::limit(tx, d.account_id).await?.is_none() {
        return Ok(Some(String::new()));
    }
    let month = month(cx, cx.now())?;
    Ok(rows::take(tx, d.account_id, &month).await?.then_some(month))
}

/// It is certain that nothing came of a call: the place it took, if it took one, is free again.
pub async fn give_back(tx: &Tx, d: &Delivery, a: &Attempt) -> Result<()> {
    if a.paid.is_empty() { Ok(()) } else { Ok(rows::give_back(tx, d.account_id, &a.paid).await?) }
}

pub async fn see(cx: &Ctx, account: i64) -> Result<Account> {
    let account = accounts::find(cx.db(), account).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, account.agency_id) { Ok(account) } else { Err(Error::not_allowed()) }
}

async fn to_set(cx: &Ctx, account: i64) -> Result<Account> {
    let account = see(cx, account).await?;
    if rules::may(&cx.actor, account.agency_id) { Ok(account) } else { Err(Error::not_allowed()) }
}

/// States what a post of an account costs and the most it may spend in a month, in place of what was stated before.
pub async fn set(cx: &Ctx, account: i64, price: &str, most: &str, currency: &str) -> Result<Limit> {
    let account = to_set(cx, account).await?;
    let (price, most, currency) = rules::good_limit(price, most, currency)?;
    let l = Limit { account_id: account.id, price, most, currency, set_by: cx.actor.person()?, set_at: cx.now() };
    let tx = cx.begin("publishing.limit").await?;
    rows::set(&tx, &l).await?;
    let (agency, account, currency) = (account.agency_id, account.id, l.currency.clone());
    tx.record(cx, &LimitSet { agency, account, price, most, currency }).await?;
    cx.commit(tx).await?;
    Ok(l)
}

/// Nothing ends it any more.
pub async fn lift(cx: &Ctx, account: i64) -> Result<()> {
    let account = to_set(cx, account).await?;
    let tx = cx.begin("publishing.limit").await?;
    rows::lift(&tx, account.id).await?;
    tx.record(cx, &LimitLifted { agency: account.agency_id, account: account.id }).await?;
    Ok(cx.commit(tx).await?)
}
