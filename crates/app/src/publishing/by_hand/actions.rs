//! Handing over, taking back, and what people say became of it.
use super::rules::{self, Said};
use super::task::{DONE, RECALLED, REFUSED, Task};
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::posts;
use crate::publishing::delivery::{Attempt, Call, Delivery, NEVER, WAITING};
use crate::publishing::facts::{HandedOver, HandedOverEnded};
use crate::publishing::rules::Outcome;
use crate::publishing::send::{self, Admitted, change, queue};
use crate::publishing::store::{self, by_hand};
use crate::publishing::{content, freeze, outcome, settle, store::find};
use connect::fingerprint;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, FieldError, Result};

/// Asks a person to make the call. `false`: this version may not leave (any more).
pub async fn ask(cx: &Ctx, mut d: Delivery, call: Call) -> Result<bool> {
    // By these words it is known again where it stands there without a number.
    let print = fingerprint(&content::text(cx.db(), &d).await?);
    let tx = cx.begin("publishing.by-hand").await?;
    let n = match send::admitted(&tx, &d, call).await? {
        Admitted::Go(n) => n,
        Admitted::Changed => return Ok(false),
        Admitted::Frozen => {
            drop(tx);
            return freeze::park(cx, d, None).await;
        }
    };
    let a = Attempt {
        send_key: format!("{}{}-{n}", Attempt::BY_HAND, d.id),
        settle_at: NEVER,
        ..send::attempt(cx, &d, call, n, "{}".into(), print)
    };
    store::begin(&tx, &a).await?;
    (d.next_at, d.problem, d.problem_text) = (NEVER, String::new(), String::new());
    change(cx, &tx, &mut d).await?;
    let (delivery, agency, account, kind) = (d.id, d.agency_id, d.account_id, call.code().to_owned());
    by_hand::insert(&tx, &d, n, &kind, cx.now()).await?;
    tx.record(cx, &HandedOver { delivery, about: d.about(), agency, account, kind, version: d.version }).await?;
    cx.commit(tx).await?;
    Ok(false)
}

/// The post was corrected or withdrawn while the task was open: it is no longer to be done. What was to be sent may be up
/// already; nobody but a person can tell.
pub async fn recall(cx: &Ctx, mut d: Delivery, a: &Attempt) -> Result<bool> {
    let tx = cx.begin("publishing.recall").await?;
    store::end(&tx, a, RECALLED, "", cx.now()).await?;
    by_hand::end(&tx, d.id, a.n, RECALLED, &Said::default(), None, None, cx.now()).await?;
    d.next_at = cx.now();
    if d.unwanted && d.state == WAITING {
        settle::ask(cx, &tx, &mut d, "it had been handed over before it was withdrawn".into()).await?;
    }
    change(cx, &tx, &mut d).await?;
    ended(cx, &tx, &d, a, RECALLED, "").await?;
    queue(cx, &tx, &d, cx.now()).await?;
    cx.commit(tx).await?;
    Ok(true)
}

async fn ended(cx: &Ctx, tx: &Tx, d: &Delivery, a: &Attempt, outcome: &str, note: &str) -> Result<()> {
    let (delivery, agency, account) = (d.id, d.agency_id, d.account_id);
    let (kind, outcome, note) = (a.kind.clone(), outcome.to_owned(), note.to_owned());
    tx.record(cx, &HandedOverEnded { delivery, about: d.about(), agency, account, kind, outcome, note }).await?;
    Ok(())
}

/// The newest task of a delivery, with the delivery.
pub async fn see(cx: &Ctx, delivery: i64) -> Result<(Delivery, Task)> {
    let d = find(cx.db(), delivery).await.map_err(DbError::unseen)?;
    if !cx.actor.may(SEE_DESK, d.agency_id) {
        return Err(Error::not_allowed());
    }
    let task = by_hand::newest(cx.db(), delivery).await?.ok_or_else(Error::not_allowed)?;
    Ok((d, task))
}

async fn open(cx: &Ctx, delivery: i64) -> Result<Attempt> {
    store::open(cx.db(), delivery).await?.filter(Attempt::by_hand).ok_or_else(|| Error::conflict(changed()))
}

fn changed() -> ground::Say {
    ground::Say::new("publishing-refused-by-hand-decided")
}

/// What is wrong with a picture, told at the field it has here.
fn of_the_proof(e: Error) -> Error {
    let wrong: Vec<FieldError> = e.fields().iter().map(|f| FieldError::new("picture", f.say.clone())).collect();
    if wrong.is_empty() { e } else { Error::invalid(wrong) }
}

/// It was done: the delivery is out, corrected or taken down as if the program had done it.
pub async fn finish(cx: &Ctx, delivery: i64, said: Said, picture: Option<Vec<u8>>) -> Result<Delivery> {
    let (d, task) = see(cx, delivery).await?;
    rules::may_finish(&cx.actor, &task, &Said { shown: picture.is_some(), ..said.clone() })?;
    let a = open(cx, delivery).await?;
    let media = match picture {
        Some(bytes) => Some(posts::keep_picture(cx, d.agency_id, bytes, "", "").await.map_err(of_the_proof)?.id),
        None => None,
    };
    let call = Call::of(&a.kind);
    let tx = cx.begin("publishing.by-hand-done").await?;
    by_hand::end(&tx, d.id, a.n, DONE, &said, media, Some(cx.actor.person()?), cx.now()).await?;
    ended(cx, &tx, &d, &a, DONE, said.note.trim()).await?;
    let url = if said.url.trim().is_empty() { d.url.clone() } else { said.url.trim().to_owned() };
    // A platform that tells no number of its own leaves this empty.
    let outcome = Outcome::Done { remote_id: String::new(), url };
    let now = Delivery { next_at: cx.now(), ..d };
    outcome::write(cx, &tx, now.clone(), call, Some(&a), outcome).await?;
    // What was corrected or withdrawn since is the next task.
    queue(cx, &tx, &Delivery { step: now.step + 1, ..now }, cx.now()).await?;
    cx.commit(tx).await?;
    Ok(find(cx.db(), delivery).await?)
}

/// It cannot be done, with the reason: shown as failed, to be tried again.
pub async fn refuse(cx: &Ctx, delivery: i64, said: Said) -> Result<Delivery> {
    let (d, task) = see(cx, delivery).await?;
    rules::may_refuse(&cx.actor, &task, &said)?;
    let a = open(cx, delivery).await?;
    let text = said.note.trim().to_owned();
    let tx = cx.begin("publishing.by-hand-refused").await?;
    by_hand::end(&tx, d.id, a.n, REFUSED, &said, None, Some(cx.actor.person()?), cx.now()).await?;
    ended(cx, &tx, &d, &a, REFUSED, &text).await?;
    let outcome = Outcome::Refused { problem: "by-hand".into(), text };
    outcome::write(cx, &tx, Delivery { next_at: cx.now(), ..d }, Call::of(&a.kind), Some(&a), outcome).await?;
    cx.commit(tx).await?;
    Ok(find(cx.db(), delivery).await?)
}
