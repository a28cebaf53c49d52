//! What follows from approvals and withdrawals, what people decide about deliveries, and the look for lost ones.
use super::delivery::{CANCELLED, Delivery, FAILED, FROZEN, NEVER, SENT, UNCONFIRMED, WAITING};
use super::facts::DeliveryConfirmed;
use super::send::{StepJob, change, queue};
use super::{parts, store, turned};
use crate::accounts;
use crate::ledger::Record;
use crate::people::roles::{APPROVE_POSTS, SEE_DESK};
use crate::posts::{self, PostApproved, PostWithdrawn, State, Version};
use ground::clock::{MINUTE, SECOND};
use ground::db::{DbError, Tx};
use ground::facts::Recorded;
use ground::{Ctx, Error, Refusal, Result, Say, jobs};

/// An approved version is due on each of its accounts; what is out already will be corrected.
pub async fn schedule(cx: Ctx, f: Recorded<PostApproved>) -> Result<()> {
    let (post, version) = (f.fact.post, f.fact.version);
    let approved = posts::version(cx.db(), post, version).await?;
    let tx = cx.begin("publishing.schedule").await?;
    let withdrawn = posts::find(&tx, post).await?.state == State::Withdrawn;
    let known = store::of_post(&tx, post).await?;
    let (urgent, mut wanted) = (f.fact.urgent.is_some(), vec![]);
    for target in &approved.targets {
        let account = accounts::find(&tx, target.account).await?;
        for part in 1..=parts::last(&account, &approved) {
            wanted.push((account.id, part));
            if let Some(d) = known.iter().find(|d| (d.account_id, d.part) == (account.id, part)) {
                renew(&cx, &tx, Delivery { urgent, ..d.clone() }, &approved, f.fact.at).await?;
                continue;
            }
            let what = What { id: post, version, part, reply_to: "", body: "", lang: "" };
            // Whose account it has become since does not say whose words these are.
            let fresh = fresh(&cx, &what, &account, f.fact.at);
            let d = Delivery { agency_id: f.fact.agency, unwanted: withdrawn, urgent, ..fresh };
            store::insert(&tx, &d).await?;
            if part == 1 || withdrawn {
                queue(&cx, &tx, &d, d.due_at).await?;
            }
        }
    }
    let unwanted = known.into_iter().filter(|d| !wanted.contains(&(d.account_id, d.part)));
    unwant(&cx, &tx, unwanted.collect(), "").await?;
    Ok(cx.commit(tx).await?)
}

/// What a new delivery carries.
struct What<'a> {
    id: i64,
    version: i64,
    part: i64,
    reply_to: &'a str,
    body: &'a str,
    lang: &'a str,
}

/// An answer that may go out now, to a message on a platform: sent exactly once like a post, in the caller's
/// transaction. `delivery.sent` or `delivery.failed` about `answer:ID` tells what became of it.
pub async fn send_answer(
    cx: &Ctx,
    tx: &Tx,
    answer: i64,
    account: &accounts::Account,
    reply_to: &str,
    text: (&str, &str),
) -> Result<()> {
    let what = What { id: answer, version: 1, part: 1, reply_to, body: text.0, lang: text.1 };
    let d = fresh(cx, &what, account, cx.now());
    store::insert(tx, &d).await?;
    queue(cx, tx, &d, d.due_at).await
}

fn fresh(cx: &Ctx, what: &What<'_>, account: &accounts::Account, at: i64) -> Delivery {
    let now = cx.now();
    Delivery {
        id: cx.id(),
        post_id: what.id,
        agency_id: account.agency_id,
        account_id: account.id,
        platform: account.platform.clone(),
        reply_to: what.reply_to.into(),
        body: what.body.into(),
        lang: what.lang.into(),
        version: what.version,
        state: WAITING.into(),
        unwanted: false,
        reason: String::new(),
        due_at: at,
        // A later part is woken by the one before it.
        next_at: if what.part == 1 { at } else { NEVER },
        remote_id: String::new(),
        url: String::new(),
        sent_version: None,
        sent_at: None,
        problem: String::new(),
        problem_text: String::new(),
        tries: 0,
        step: 1,
        created_at: now,
        updated_at: now,
        urgent: false,
        part: what.part,
    }
}

/// A later version replaces what waits, failed or is out; what stands on a platform and says the same already is left alone.
async fn renew(cx: &Ctx, tx: &Tx, mut d: Delivery, new: &Version, at: i64) -> Result<()> {
    if d.version >= new.number {
        return Ok(());
    }
    let settled = d.state == SENT && d.problem.is_empty() && d.sent_version == Some(d.version);
    if settled && !accounts::is_ours(&d.platform) {
        let out = posts::version(tx, d.post_id, d.version).await?;
        if out.says_the_same(new, d.account_id, d.part) {
            (d.version, d.sent_version) = (new.number, Some(new.number));
            return change(cx, tx, &mut d).await;
        }
    }
    d.version = new.number;
    (d.tries, d.next_at) = (0, at);
    (d.problem, d.problem_text) = (String::new(), String::new());
    if matches!(d.state.as_str(), WAITING | FAILED | CANCELLED) {
        (d.state, d.due_at) = (WAITING.into(), at);
    }
    change(cx, tx, &mut d).await?;
    queue(cx, tx, &d, at).await
}

/// The rows are taken in the order in which everybody takes them; what follows a post goes before the post does.
async fn unwant(cx: &Ctx, tx: &Tx, mut all: Vec<Delivery>, reason: &str) -> Result<()> {
    all.retain(|d| !d.unwanted);
    for d in &mut all {
        (d.unwanted, d.reason) = (true, reason.to_owned());
        (d.tries, d.next_at) = (0, cx.now());
        (d.problem, d.problem_text) = (String::new(), String::new());
        change(cx, tx, d).await?;
    }
    for d in all.iter().rev() {
        queue(cx, tx, d, cx.now()).await?;
    }
    Ok(())
}

/// What waits is cancelled, what is out is taken down.
pub async fn withdraw(cx: Ctx, f: Recorded<PostWithdrawn>) -> Result<()> {
    let tx = cx.begin("publishing.withdraw").await?;
    let all = store::of_post(&tx, f.fact.post).await?;
    unwant(&cx, &tx, all, &f.fact.reason).await?;
    Ok(cx.commit(tx).await?)
}

/// Puts lost deliveries back into the queue: whatever should have moved two minutes ago and has not.
pub async fn watch(cx: Ctx) -> Result<()> {
    turned::set_right(&cx).await?;
    let slow = (2 * i64::from(cx.machine.config.lease_s) * SECOND).min(2 * MINUTE);
    let lost = store::lost(cx.db(), cx.now() - slow).await?;
    if lost.is_empty() {
        return Ok(());
    }
    let tx = cx.begin("publishing.watch").await?;
    for l in lost {
        // A name of its own, once a minute: the job that was lost may still stand in the queue as failed.
        let at = cx.now() / MINUTE * MINUTE;
        let job = StepJob { delivery: l.id, step: l.step, at };
        if l.urgent { jobs::queue_urgent(&cx, &tx, &job, at).await? } else { jobs::queue(&cx, &tx, &job, at).await? }
    }
    Ok(cx.commit(tx).await?)
}

pub async fn see(cx: &Ctx, id: i64) -> Result<Delivery> {
    let d = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, d.agency_id) { Ok(d) } else { Err(Error::not_allowed()) }
}

/// The delivery of an answer.
pub async fn see_answer(cx: &Ctx, answer: i64) -> Result<Delivery> {
    let found = store::of_post(cx.db(), answer).await?.into_iter().find(Delivery::is_answer);
    see(cx, found.ok_or_else(Error::not_allowed)?.id).await
}

async fn to_decide(cx: &Ctx, id: i64) -> Result<Delivery> {
    let d = see(cx, id).await?;
    if cx.actor.may(APPROVE_POSTS, d.agency_id) { Ok(d) } else { Err(Error::not_allowed()) }
}

/// A person sends it again, who looks after the account now: in the name of the agency that has it, with what follows it there.
async fn takes_over(cx: &Ctx, tx: &Tx, d: &mut Delivery) -> Result<()> {
    let account = accounts::find(tx, d.account_id).await?;
    if account.agency_id == d.agency_id || d.is_answer() {
        return Ok(());
    }
    if !cx.actor.may(APPROVE_POSTS, account.agency_id) {
        return Err(Error::not_allowed());
    }
    d.agency_id = account.agency_id;
    Ok(store::give_over(tx, d).await?)
}

fn refuse(code: &'static str, key: &'static str) -> Error {
    Error::refused(vec![Refusal::new(code, Say::new(key)).clause("P6.2-AM16")])
}

/// A person looked at the platform: it is there, or it is not and will be sent again.
pub async fn confirm(cx: &Ctx, id: i64, there: bool, url: &str) -> Result<Delivery> {
    let mut d = to_decide(cx, id).await?;
    if d.state != UNCONFIRMED {
        return Err(refuse("not-unconfirmed", "publishing-refused-not-unconfirmed"));
    }
    let url = url.trim();
    if there && !url.is_empty() && !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(Error::invalid(vec![ground::FieldError::new("url", Say::new("publishing-error-url"))]));
    }
    let tx = cx.begin("publishing.confirm").await?;
    let now = cx.now();
    if there {
        let sent = store::attempts(&tx, id).await?.last().map_or(d.version, |a| a.version);
        (d.state, d.url, d.sent_version, d.sent_at) = (SENT.into(), url.into(), Some(sent), Some(now));
    } else {
        takes_over(cx, &tx, &mut d).await?;
        (d.state, d.tries, d.due_at) = (WAITING.into(), 0, now);
    }
    (d.next_at, d.problem_text) = (now, String::new());
    change(cx, &tx, &mut d).await?;
    queue(cx, &tx, &d, now).await?;
    if there {
        parts::follow(cx, &tx, &d).await?;
    }
    let (post, agency, account, part) = (d.post_id, d.agency_id, d.account_id, d.part_told());
    tx.record(cx, &DeliveryConfirmed { delivery: id, about: d.about(), post, agency, account, there, part }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Tries again what failed, or what could not be corrected or taken down.
pub async fn retry(cx: &Ctx, id: i64) -> Result<Delivery> {
    let mut d = to_decide(cx, id).await?;
    if d.state != FAILED && (d.state != SENT || matches!(d.problem.as_str(), "" | FROZEN)) {
        return Err(refuse("nothing-failed", "publishing-refused-nothing-failed"));
    }
    let tx = cx.begin("publishing.retry").await?;
    let now = cx.now();
    if d.state == FAILED {
        takes_over(cx, &tx, &mut d).await?;
        (d.state, d.due_at) = (WAITING.into(), now);
    }
    (d.next_at, d.tries) = (now, 0);
    (d.problem, d.problem_text) = (String::new(), String::new());
    change(cx, &tx, &mut d).await?;
    queue(cx, &tx, &d, now).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}
