//! Answering: write, approve, reject, send; or close a message with a reason.
use super::facts::{AnswerApproved, AnswerRejected, AnswerSent, AnswerWritten, MessageClosed};
use super::message::{Answer, Message, answer_hash, script};
use super::{rules, store};
use crate::accounts;
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::publishing::{self, DeliveryConfirmed, DeliveryFailed, DeliverySent, DeliveryUnconfirmed};
use ground::db::{DbError, Tx};
use ground::facts::Recorded;
use ground::{Ctx, Error, Refusal, Result, Say};

/// A message somebody of its agency may read; others learn nothing of it.
pub async fn see(cx: &Ctx, id: i64) -> Result<Message> {
    let m = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, m.agency_id) { Ok(m) } else { Err(Error::not_allowed()) }
}

/// The platform's limit and how it counts this text, when it is over.
fn over(cx: &Ctx, m: &Message, text: &str) -> Result<Option<(usize, usize)>> {
    let Some(connector) = accounts::connector_of(cx, &m.platform)? else { return Ok(None) };
    let can = connector.capabilities();
    let found = can.count.of(text);
    Ok(can.text_limit.filter(|limit| found > *limit).map(|limit| (limit, found)))
}

/// Writes an answer. It goes out at once where the person may, else it waits for somebody else.
pub async fn answer(cx: &Ctx, id: i64, text: &str) -> Result<Answer> {
    let m = see(cx, id).await?;
    let open = store::answers(cx.db(), id).await?.iter().any(|a| matches!(a.state.as_str(), "waiting" | "sending"));
    rules::may_answer(&cx.actor, &m, text, open, over(cx, &m, text)?)?;
    let text = text.trim().to_owned();
    let at_once = rules::needs_nobody(&cx.actor, m.agency_id);
    let me = cx.actor.person()?;
    let mut a = Answer {
        id: cx.id(),
        message_id: id,
        agency_id: m.agency_id,
        content_hash: answer_hash(id, &text),
        lang: script(&text).into(),
        text,
        state: if at_once { "sending" } else { "waiting" }.into(),
        author_id: me,
        decided_by: at_once.then_some(me),
        decided_at: at_once.then(|| cx.now()),
        reason: String::new(),
        url: String::new(),
        remote_id: String::new(),
        created_at: cx.now(),
        sent_at: None,
    };
    let tx = cx.begin("inbox.answer").await?;
    store::insert_answer(&tx, &a).await?;
    let (answer, message, agency, content_hash) = (a.id, id, m.agency_id, a.content_hash.clone());
    tx.record(cx, &AnswerWritten { answer, message, agency, content_hash }).await?;
    if at_once {
        release(cx, &tx, &m, &mut a, false).await?;
    }
    cx.commit(tx).await?;
    Ok(store::answer(cx.db(), a.id).await?)
}

/// Lets an answer go: on our own site it is there, to a platform it is sent.
async fn release(cx: &Ctx, tx: &Tx, m: &Message, a: &mut Answer, by_another: bool) -> Result<()> {
    let (answer, message, agency, content_hash) = (a.id, m.id, m.agency_id, a.content_hash.clone());
    tx.record(cx, &AnswerApproved { answer, message, agency, content_hash, by_another }).await?;
    if m.on_site() {
        a.url = m.url.clone();
        return sent(cx, tx, m, a).await;
    }
    let account = accounts::find(tx, m.account_id).await?;
    if !account.is_live() {
        return Err(Error::refused(vec![Refusal::new("account-closed", Say::new("inbox-refused-account-closed"))]));
    }
    publishing::send_answer(cx, tx, a.id, &account, &m.remote_id, (&a.text, &a.lang)).await
}

/// The answer is where the citizen can read it.
async fn sent(cx: &Ctx, tx: &Tx, m: &Message, a: &mut Answer) -> Result<()> {
    (a.state, a.sent_at) = ("sent".into(), Some(cx.now()));
    store::answer_became(tx, a).await?;
    let first = m.answered_at.or(Some(cx.now()));
    store::set_state(tx, m, "answered", first, "").await?;
    let (answer, message, agency, after_us) = (a.id, m.id, a.agency_id, cx.now() - m.received_at);
    tx.record(cx, &AnswerSent { answer, message, agency, after_us }).await?;
    Ok(())
}

async fn to_decide(cx: &Ctx, id: i64) -> Result<(Answer, Message)> {
    let a = store::answer(cx.db(), id).await.map_err(DbError::unseen)?;
    let m = see(cx, a.message_id).await?;
    Ok((a, m))
}

/// Somebody else approves exactly these words (`seen` is their hash).
pub async fn approve(cx: &Ctx, id: i64, seen: &str) -> Result<Answer> {
    let (mut a, m) = to_decide(cx, id).await?;
    rules::may_decide(&cx.actor, &a, seen, m.deleted_at.is_some())?;
    let tx = cx.begin("inbox.approve").await?;
    store::decide(&tx, id, "sending", cx.actor.person()?, cx.now(), "").await?;
    release(cx, &tx, &m, &mut a, true).await?;
    cx.commit(tx).await?;
    Ok(store::answer(cx.db(), id).await?)
}

pub async fn reject(cx: &Ctx, id: i64, seen: &str, reason: &str) -> Result<Answer> {
    let (a, m) = to_decide(cx, id).await?;
    rules::may_decide(&cx.actor, &a, seen, false)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::refused(vec![Refusal::new("no-reason", Say::new("inbox-refused-no-reason"))]));
    }
    let tx = cx.begin("inbox.reject").await?;
    store::decide(&tx, id, "rejected", cx.actor.person()?, cx.now(), reason).await?;
    let (answer, message, agency) = (id, m.id, m.agency_id);
    tx.record(cx, &AnswerRejected { answer, message, agency, reason: reason.into() }).await?;
    cx.commit(tx).await?;
    Ok(store::answer(cx.db(), id).await?)
}

/// Nothing to answer: thanks, a joke, a double. The reason stays.
pub async fn close(cx: &Ctx, id: i64, reason: &str) -> Result<Message> {
    let m = see(cx, id).await?;
    rules::may_close(&cx.actor, &m, reason)?;
    let tx = cx.begin("inbox.close").await?;
    store::set_state(&tx, &m, "closed", m.answered_at, reason.trim()).await?;
    tx.record(cx, &MessageClosed { message: id, agency: m.agency_id, reason: reason.trim().into() }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// The answer a delivery's fact is about, if it is about one.
fn answer_of(about: &str) -> Option<i64> {
    about.strip_prefix("answer:").and_then(|id| id.parse().ok())
}

pub async fn delivered(cx: Ctx, f: Recorded<DeliverySent>) -> Result<()> {
    let Some(id) = answer_of(&f.fact.about) else { return Ok(()) };
    let mut a = store::answer(cx.db(), id).await?;
    if a.state == "sent" {
        return Ok(());
    }
    let m = store::find(cx.db(), a.message_id).await?;
    (a.remote_id, a.url) = (f.fact.remote_id, f.fact.url);
    let tx = cx.begin("inbox.delivered").await?;
    sent(&cx, &tx, &m, &mut a).await?;
    Ok(cx.commit(tx).await?)
}

async fn became(cx: Ctx, about: &str, state: &str, reason: String) -> Result<()> {
    let Some(id) = answer_of(about) else { return Ok(()) };
    let mut a = store::answer(cx.db(), id).await?;
    if a.state == "sent" {
        return Ok(());
    }
    (a.state, a.reason) = (state.into(), reason);
    let tx = cx.begin("inbox.not-delivered").await?;
    store::answer_became(&tx, &a).await?;
    Ok(cx.commit(tx).await?)
}

pub async fn not_delivered(cx: Ctx, f: Recorded<DeliveryFailed>) -> Result<()> {
    became(cx, &f.fact.about, "failed", format!("{} {}", f.fact.problem, f.fact.text).trim().to_owned()).await
}

pub async fn not_confirmed(cx: Ctx, f: Recorded<DeliveryUnconfirmed>) -> Result<()> {
    became(cx, &f.fact.about, "unconfirmed", f.fact.why).await
}

/// A person looked: the answer is there, or it is on its way again.
pub async fn confirmed(cx: Ctx, f: Recorded<DeliveryConfirmed>) -> Result<()> {
    let Some(id) = answer_of(&f.fact.about).filter(|_| f.fact.there) else {
        return became(cx, &f.fact.about, "sending", String::new()).await;
    };
    let mut a = store::answer(cx.db(), id).await?;
    if a.state == "sent" {
        return Ok(());
    }
    let m = store::find(cx.db(), a.message_id).await?;
    a.url = publishing::find(cx.db(), f.fact.delivery).await?.url;
    let tx = cx.begin("inbox.confirmed").await?;
    sent(&cx, &tx, &m, &mut a).await?;
    Ok(cx.commit(tx).await?)
}
