//! Writing what became of a call: the end of its attempt, where the delivery stands, and the fact.
use super::delivery::{Attempt, Call, Delivery, FAILED, SENT, TAKEN_DOWN, WAITING, WORKING};
use super::facts::{DeliveryEdited, DeliveryFailed, DeliverySent, DeliveryTakenDown};
use super::rules::Outcome;
use super::send::change;
use super::{parts, settle, spending, store};
use crate::accounts;
use crate::ledger::Record;
use ground::db::Tx;
use ground::{Ctx, Result};

pub async fn finish(cx: &Ctx, d: Delivery, call: Call, a: Option<&Attempt>, outcome: Outcome) -> Result<()> {
    let tx = cx.begin("publishing.finish").await?;
    write(cx, &tx, d, call, a, outcome).await?;
    Ok(cx.commit(tx).await?)
}

/// Whether the call was about words that were replaced meanwhile, or that are to be withdrawn. That it came to nothing stands
/// in the way of nothing that is wanted now.
fn is_past(d: &Delivery, call: Call, a: Option<&Attempt>) -> bool {
    call != Call::TakeDown && a.is_some_and(|a| d.unwanted || a.version < d.version)
}

/// Writes what an outcome means: the end of the attempt, the delivery, and the fact.
pub async fn write(
    cx: &Ctx,
    tx: &Tx,
    mut d: Delivery,
    call: Call,
    a: Option<&Attempt>,
    outcome: Outcome,
) -> Result<()> {
    let now = cx.now();
    let (ended, why) = match &outcome {
        Outcome::Done { .. } => ("accepted", ""),
        Outcome::Again { why, .. } => ("not-sent", why.as_str()),
        Outcome::Refused { problem, .. } => ("refused", problem.as_str()),
        Outcome::Look { why, .. } => ("", why.as_str()),
        Outcome::Working { .. } => ("working", ""),
        Outcome::AskPerson { why } => ("unknown", why.as_str()),
    };
    match a {
        Some(a) if ended.is_empty() => store::looked(tx, a, why).await?,
        Some(a) if ended == WORKING => store::working(tx, a).await?,
        Some(a) => store::end(tx, a, ended, why, now).await?,
        None => {}
    }
    if let (Call::Send, Some(a), Outcome::Again { .. } | Outcome::Refused { .. }) = (call, a, &outcome) {
        spending::give_back(tx, &d, a).await?;
    }
    let is_past = is_past(&d, call, a);
    d.problem = String::new();
    d.problem_text = String::new();
    match outcome {
        Outcome::Done { remote_id, url } => return done(cx, tx, d, call, a, remote_id, url).await,
        Outcome::Again { .. } | Outcome::Refused { .. } if is_past => {
            if d.state == WORKING {
                (d.state, d.remote_id, d.due_at) = (WAITING.into(), String::new(), now);
            }
            (d.tries, d.next_at) = (0, now);
        }
        Outcome::Again { at, why } => {
            (d.tries, d.next_at, d.problem_text) = (d.tries + 1, at, why);
        }
        Outcome::Look { at, why } => (d.next_at, d.problem_text) = (at, why),
        Outcome::Working { remote_id, at } => (d.state, d.remote_id, d.next_at) = (WORKING.into(), remote_id, at),
        Outcome::Refused { problem, text } => {
            if call == Call::Send {
                // An id it was worked on under leads nowhere any more.
                (d.state, d.remote_id) = (FAILED.into(), String::new());
            }
            (d.problem, d.problem_text) = (problem.clone(), text.clone());
            let (delivery, post, agency, account) = (d.id, d.post_id, d.agency_id, d.account_id);
            let (about, part) = (d.about(), d.part_told());
            tx.record(cx, &DeliveryFailed { delivery, about, post, agency, account, problem, text, part }).await?;
        }
        Outcome::AskPerson { why } => settle::ask(cx, tx, &mut d, why).await?,
    }
    change(cx, tx, &mut d).await
}

async fn done(
    cx: &Ctx,
    tx: &Tx,
    mut d: Delivery,
    call: Call,
    a: Option<&Attempt>,
    remote_id: String,
    url: String,
) -> Result<()> {
    let version = a.map_or(d.version, |a| a.version);
    let (delivery, about, post, agency, account) = (d.id, d.about(), d.post_id, d.agency_id, d.account_id);
    let part = d.part_told();
    d.tries = 0;
    match call {
        Call::Send => {
            d.state = SENT.into();
            (d.remote_id, d.url) = (remote_id.clone(), url.clone());
            (d.sent_version, d.sent_at) = (Some(version), Some(cx.now()));
            accounts::posted(tx, account, cx.now()).await?;
            tx.record(cx, &DeliverySent { delivery, about, post, agency, account, version, remote_id, url, part })
                .await?;
            change(cx, tx, &mut d).await?;
            return parts::follow(cx, tx, &d).await;
        }
        Call::Edit => {
            d.sent_version = Some(version);
            // Some platforms know an answer by its newest words.
            if d.is_later_part() && !remote_id.is_empty() && remote_id != d.remote_id {
                store::outside::was_called(tx, &d).await?;
                d.remote_id = remote_id;
            }
            tx.record(cx, &DeliveryEdited { delivery, about, post, agency, account, version, part }).await?;
        }
        Call::TakeDown => {
            d.state = TAKEN_DOWN.into();
            tx.record(cx, &DeliveryTakenDown { delivery, about, post, agency, account, part }).await?;
        }
    }
    change(cx, tx, &mut d).await
}
