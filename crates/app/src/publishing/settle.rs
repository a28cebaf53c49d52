//! Finding out what became of a call without an answer: after a crash, a time-out, a dropped connection.
use super::begun::Begun;
use super::delivery::{Attempt, Call, Delivery, UNCONFIRMED, WORKING};
use super::facts::DeliveryUnconfirmed;
use super::outcome::finish;
use super::rules::{self, Looked, Outcome};
use super::send::{barred, change, ended, overslept, settling, stop_at, way};
use super::{away, freeze, spending, store, why};
use crate::ledger::Record;
use crate::posts;
use connect::{Access, Connector, Found, Prepared, Sought};
use ground::clock::{DAY, MINUTE, Steady};
use ground::db::Tx;
use ground::{Ctx, Error, Result};

pub async fn settle(cx: &Ctx, d: Delivery, a: Attempt) -> Result<()> {
    if a.kind != Call::Send.code() {
        // Editing to the same text and removing twice do no harm: once nothing is on its way any more, simply anew.
        return anew(cx, d, &a, "unknown", 0).await;
    }
    let (account, connector, access) = match way(cx, &d).await? {
        Ok(way) => way,
        Err(problem) => return finish(cx, d, Call::Send, Some(&a), Outcome::AskPerson { why: problem.into() }).await,
    };
    let server = match away::look(cx, &account, connector.as_ref(), &access).await? {
        away::Way::Go(server) => server,
        away::Way::Wait(at, why) => return put_off(cx, d, &a, at, why).await,
    };
    if d.state == WORKING {
        let told = connector.standing(&access, &d.remote_id).await;
        stop_at(cx, "looked").await;
        let outcome = rules::after_standing(told, &d.remote_id, &a, cx.now());
        return finish(cx, d, Call::Send, Some(&a), outcome).await;
    }
    let begun = a.begun(&cx.machine.clock);
    let prepared: Prepared = serde_json::from_str(&a.prepared).map_err(Error::fault)?;
    let sought = Sought {
        key: a.send_key.clone(),
        fingerprint: a.fingerprint.clone(),
        container: prepared.container.clone(),
        since_us: begun.at,
    };
    let mut found = connector.find(&access, &sought).await;
    let safety = connector.capabilities_at(&access).await.safety;
    away::looked(cx, &server, (connector.as_ref(), &access), (&found, safety)).await?;
    if found == Found::No && !begun.is_sure && begun.over_at <= cx.now() {
        found = look_wider(connector.as_ref(), &access, &sought).await;
    }
    if let Found::Yes { remote_id, .. } = &found
        && store::of_remote(cx.db(), account.id, remote_id).await?.is_some_and(|other| other.id != d.id)
    {
        // The same words were said before, by another delivery: this proves nothing.
        found = Found::CannotTell;
    }
    stop_at(cx, "looked").await;
    let look = |at| Outcome::Look { at, why: why::LOOKING.into() };
    let outcome = match rules::after_look(found, safety, &a, &begun, cx.now()) {
        Looked::There { remote_id, url } => Outcome::Done { remote_id, url },
        Looked::Taken { remote_id } => Outcome::Working { remote_id, at: cx.now() + rules::pause(0) },
        Looked::NotThere => match rules::before_anew(store::unanswered(cx.db(), d.id).await?, &a) {
            Some(pause) => return anew(cx, d, &a, "not-there", pause).await,
            None => Outcome::AskPerson { why: a.why.clone() },
        },
        Looked::Later(at) => look(at),
        Looked::Repeat => match may_repeat(cx, &d, &a, &begun).await? {
            Repeat::Stopped => {
                let why = why::STOPPED.to_owned();
                return put_off(cx, d, &a, cx.now() + MINUTE, why).await;
            }
            Repeat::Unwanted => look(cx.now() + rules::pause(a.looked)),
            Repeat::From(then) if overslept(cx, cx.machine.clock.steady().since(&then)) => look(cx.now()),
            Repeat::From(_) => {
                let verdict = connector.attempt(&access, &prepared, &a.send_key).await;
                stop_at(cx, "repeated").await;
                away::learn(cx, &account, &server, &verdict).await?;
                rules::after_repeat(verdict, a.looked, cx.now())
            }
        },
        Looked::AskPerson => Outcome::AskPerson { why: a.why.clone() },
    };
    ended(cx, d, Call::Send, &a, outcome).await.map(|_| ())
}

/// Nobody knows how long ago that call was: where the same words stand there from the week before, they may be its.
async fn look_wider(connector: &dyn Connector, access: &Access, sought: &Sought) -> Found {
    let wider = Sought { since_us: sought.since_us.saturating_sub(7 * DAY), ..sought.clone() };
    match connector.find(access, &wider).await {
        Found::No => Found::No,
        _ => Found::CannotTell,
    }
}

/// Nothing can be looked for now: that was no look, or a server that is away for long would use them up unseen.
async fn put_off(cx: &Ctx, mut d: Delivery, a: &Attempt, at: i64, why: String) -> Result<()> {
    let tx = cx.begin("publishing.put-off").await?;
    if d.state != WORKING {
        store::put_off(&tx, a).await?;
    }
    (d.next_at, d.problem_text) = (at, why);
    change(cx, &tx, &mut d).await?;
    Ok(cx.commit(tx).await?)
}

/// Whether a call may be repeated.
enum Repeat {
    /// No freeze may hold it back.
    Stopped,
    /// It was withdrawn, other words took the place of these, or the account is another agency's: they may only be looked for.
    Unwanted,
    /// Written down at that moment as on its way again.
    From(Steady),
}

/// A repeated call is a call: it needs what a first one needs, and may be on its way as long.
async fn may_repeat(cx: &Ctx, d: &Delivery, a: &Attempt, begun: &Begun) -> Result<Repeat> {
    let tx = cx.begin("publishing.repeat").await?;
    if !freeze::pass(&tx, d.agency_id).await? {
        return Ok(Repeat::Stopped);
    }
    let stands = d.is_answer() || posts::hold(&tx, d.post_id, a.version).await?;
    if !stands || barred(&tx, d).await?.is_some() {
        return Ok(Repeat::Unwanted);
    }
    let steady = cx.machine.clock.steady();
    // As long after its first beginning as it takes for the repeated one to be over.
    let lasts = cx.now().saturating_add(settling(cx)).saturating_sub(begun.over_at).max(0);
    store::again(&tx, a, a.settle_at.saturating_add(lasts)).await?;
    cx.commit(tx).await?;
    Ok(Repeat::From(steady))
}

/// Ends the attempt; the next step begins a new one.
async fn anew(cx: &Ctx, mut d: Delivery, a: &Attempt, outcome: &str, pause: i64) -> Result<()> {
    let tx = cx.begin("publishing.anew").await?;
    store::end(&tx, a, outcome, &a.why, cx.now()).await?;
    if a.kind == Call::Send.code() {
        spending::give_back(&tx, &d, a).await?;
    }
    d.next_at = cx.now() + pause;
    change(cx, &tx, &mut d).await?;
    Ok(cx.commit(tx).await?)
}

/// Marks it as unconfirmed: a person's turn.
pub async fn ask(cx: &Ctx, tx: &Tx, d: &mut Delivery, why: String) -> Result<()> {
    d.state = UNCONFIRMED.into();
    d.problem_text.clone_from(&why);
    let (delivery, post, agency, account) = (d.id, d.post_id, d.agency_id, d.account_id);
    let part = d.part_told();
    tx.record(cx, &DeliveryUnconfirmed { delivery, about: d.about(), post, agency, account, why, part }).await?;
    Ok(())
}
