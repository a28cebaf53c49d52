//! Making the next step: the job that moves one delivery on until it has to wait.
use super::content;
use super::delivery::{Attempt, CANCELLED, Call, Delivery};
use super::facts::DeliveryCancelled;
use super::outcome::finish;
use super::rules::{self, Outcome, Step};
use super::{away, by_hand, freeze, own, parts, ready, settle, spending, store, why};
use crate::accounts::{self, Account};
use crate::ledger::Record;
use crate::posts;
use connect::{Access, Connector, Prepared, Verdict, fingerprint};
use ground::clock::SECOND;
use ground::db::{Run, Tx};
use ground::error::Kind;
use ground::jobs::{self, Job};
use ground::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Moves one delivery on. `step` and `at` only tell one such job from the next.
#[derive(Serialize, Deserialize)]
pub struct StepJob {
    pub delivery: i64,
    pub step: i64,
    pub at: i64,
}

impl Job for StepJob {
    const KIND: &'static str = "publishing.step";
    fn key(&self) -> String {
        format!("{}:{}:{}", self.delivery, self.step, self.at)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        advance(&cx, self.delivery, self.at).await
    }
}

pub async fn queue(cx: &Ctx, tx: &Tx, d: &Delivery, at: i64) -> Result<()> {
    let job = StepJob { delivery: d.id, step: d.step, at };
    if d.urgent { jobs::queue_urgent(cx, tx, &job, at).await } else { jobs::queue(cx, tx, &job, at).await }
}

/// Writes a change and remembers that the row is one step further.
pub async fn change(cx: &Ctx, tx: &Tx, d: &mut Delivery) -> Result<()> {
    store::change(tx, d, cx.now()).await?;
    d.step += 1;
    Ok(())
}

/// For tests of crashes: stands still here for ever if the program was told to, so that it can be killed here.
pub async fn stop_at(cx: &Ctx, step: &str) {
    if cx.machine.config.stop_at == step {
        eprintln!("standing still at {step}");
        std::future::pending::<()>().await;
    }
}

/// How long after its beginning a call can no longer be on its way: half a lease, while calls end in a third of one.
pub fn settling(cx: &Ctx) -> i64 {
    i64::from(cx.machine.config.lease_s) * SECOND / 2
}

/// Whether a call that was written down so long ago is better not made: others may take it for over before it is.
pub fn overslept(cx: &Ctx, ago: Option<i64>) -> bool {
    ago.is_none_or(|ago| ago > settling(cx) / 6)
}

/// By a job that was to run at that moment.
pub async fn advance(cx: &Ctx, id: i64, job_at: i64) -> Result<()> {
    // Whoever was faster changed the row: look again. More than a few times is a mistake, not a race.
    let mut conflicts = 0;
    loop {
        let d = store::find(cx.db(), id).await?;
        let open = store::open(cx.db(), id).await?;
        let over_at = open.as_ref().map_or(0, |a| a.begun(&cx.machine.clock).over_at);
        let mut step = rules::next(&d, open.as_ref(), over_at, cx.now());
        // Read after the row itself: when that one came out since, this row was changed with it.
        if let Some(before) = parts::before(cx.db(), &d).await? {
            step = rules::in_turn(step, &d, open.as_ref(), &before);
        }
        let made = match (step, open) {
            (Step::Nothing, _) => return Ok(()),
            (Step::Wait(at), _) => {
                let tx = cx.begin("publishing.wait").await?;
                // A job that ran before its time must not leave one of its own name behind, which is there already.
                queue(cx, &tx, &d, if at == job_at { at + 1 } else { at }).await?;
                return Ok(cx.commit(tx).await?);
            }
            (Step::Cancel, _) => cancel(cx, d).await,
            (Step::Hold, _) => parts::hold(cx, d).await,
            (Step::GiveUp, _) => {
                let outcome = Outcome::Refused { problem: "gave-up".into(), text: d.problem_text.clone() };
                finish(cx, d, Call::Send, None, outcome).await.map(|()| true)
            }
            (Step::Settle, Some(open)) => settle::settle(cx, d, open).await.map(|()| true),
            (Step::Recall, Some(open)) => by_hand::recall(cx, d, &open).await,
            (Step::Settle | Step::Recall, None) => return Ok(()),
            // Nothing is promised by this look: the transaction that begins the call looks again.
            (Step::Do(call), _) if call != Call::TakeDown && freeze::holds(cx, d.agency_id).await? => {
                freeze::park(cx, d, None).await
            }
            (Step::Do(call), _) => make(cx, d, call).await,
        };
        match made {
            Ok(true) => conflicts = 0,
            Ok(false) => return Ok(()),
            Err(e) if matches!(e.kind, Kind::Conflict) && conflicts < 5 => conflicts += 1,
            Err(e) => return Err(e),
        }
    }
}

/// Why nothing new begins on an account: it was closed, or it went over to another agency, in whose name this was not approved.
/// What is out there already is corrected and taken down all the same, and whoever asked something is answered.
pub async fn barred(c: &impl Run, d: &Delivery) -> Result<Option<&'static str>> {
    let account = accounts::find(c, d.account_id).await?;
    if !account.is_live() {
        return Ok(Some(CLOSED));
    }
    Ok((account.agency_id != d.agency_id && !d.is_answer()).then_some("handed-over"))
}

async fn make(cx: &Ctx, d: Delivery, call: Call) -> Result<bool> {
    if call == Call::Send
        && let Some(problem) = barred(cx.db(), &d).await?
    {
        return finish(cx, d, call, None, refused(problem)).await.map(|()| true);
    }
    if accounts::is_ours(&d.platform) { own::call(cx, d, call).await } else { call_platform(cx, d, call).await }
}

async fn cancel(cx: &Ctx, mut d: Delivery) -> Result<bool> {
    let tx = cx.begin("publishing.cancel").await?;
    d.state = CANCELLED.into();
    change(cx, &tx, &mut d).await?;
    let (delivery, post, agency, account) = (d.id, d.post_id, d.agency_id, d.account_id);
    let fact = DeliveryCancelled { delivery, about: d.about(), post, agency, account, part: d.part_told() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(true)
}

/// Whether a call may begin, looked at in the transaction that begins it.
pub enum Admitted {
    /// With this number.
    Go(i64),
    Frozen,
    /// This version may not leave (any more), or not there; whoever changed that has queued what follows, or the look for what
    /// is lost does.
    Changed,
}

pub async fn admitted(tx: &Tx, d: &Delivery, call: Call) -> Result<Admitted> {
    if call != Call::TakeDown {
        if !freeze::pass(tx, d.agency_id).await? {
            return Ok(Admitted::Frozen);
        }
        if !d.is_answer() && !posts::hold(tx, d.post_id, d.version).await? {
            return Ok(Admitted::Changed);
        }
    }
    if call == Call::Send && barred(tx, d).await?.is_some() {
        return Ok(Admitted::Changed);
    }
    Ok(Admitted::Go(store::last_n(tx, d.id).await? + 1))
}

pub fn attempt(cx: &Ctx, d: &Delivery, call: Call, n: i64, prepared: String, print: String) -> Attempt {
    let (now, steady) = (cx.now(), cx.machine.clock.steady());
    Attempt {
        delivery_id: d.id,
        n,
        kind: call.code().into(),
        send_key: format!("drelwa-{}-{n}", d.id),
        version: d.version,
        prepared,
        fingerprint: print,
        begun_at: now,
        settle_at: now + settling(cx),
        looked: 0,
        outcome: String::new(),
        why: String::new(),
        ended_at: None,
        boot: steady.boot,
        boot_us: steady.at,
        paid: String::new(),
    }
}

/// Why there is no way to an account that a person writes to.
const BY_HAND: &str = "by-hand";
const CLOSED: &str = "account-closed";

/// The way to an account: its connector and its key, or why there is none.
pub async fn way(cx: &Ctx, d: &Delivery) -> Result<Result<(Account, Arc<dyn Connector>, Access), &'static str>> {
    let account = accounts::find(cx.db(), d.account_id).await?;
    if !account.is_live() {
        return Ok(Err(CLOSED));
    }
    if !account.publishes() {
        return Ok(Err(BY_HAND));
    }
    let Some(connector) = accounts::connector_of(cx, &d.platform)? else { return Ok(Err("no-connector")) };
    let access = accounts::access(cx, &account).await?;
    Ok(Ok((account, connector, access)))
}

/// What a platform lets only its own application do, a person does there.
fn is_left_to_people(connector: &dyn Connector, call: Call) -> bool {
    let can = connector.capabilities();
    match call {
        Call::Send => false,
        Call::Edit => !can.can_edit,
        Call::TakeDown => !can.can_delete,
    }
}

fn refused(problem: &str) -> Outcome {
    Outcome::Refused { problem: problem.into(), text: String::new() }
}

async fn call_platform(cx: &Ctx, d: Delivery, call: Call) -> Result<bool> {
    let (account, connector, access) = match way(cx, &d).await? {
        Ok(way) => way,
        Err(BY_HAND) => return by_hand::ask(cx, d, call).await,
        Err(problem) => return finish(cx, d, call, None, refused(problem)).await.map(|()| true),
    };
    if call == Call::Send && parts::is_after_nameless(cx.db(), &d).await? {
        return by_hand::ask(cx, d, call).await;
    }
    if call != Call::Send && d.remote_id.is_empty() {
        return finish(cx, d, call, None, refused("no-remote-id")).await.map(|()| true);
    }
    if is_left_to_people(connector.as_ref(), call) {
        return by_hand::ask(cx, d, call).await;
    }
    let server = match away::look(cx, &account, connector.as_ref(), &access).await? {
        away::Way::Go(server) => server,
        away::Way::Wait(at, why) => return wait(cx, d, at, why).await,
    };
    let left = match call {
        Call::Send if d.tries > 0 => ready::left(&store::attempts(cx.db(), d.id).await?, d.version, cx.now()),
        _ => None,
    };
    let (prepared, print) = if call == Call::TakeDown {
        (Prepared::default(), String::new())
    } else if let Some(left) = left {
        left
    } else {
        let post = content::post(cx, &d).await?;
        let made = match call {
            Call::Edit => connector.prepare_edit(&access, &post),
            _ => connector.prepare(&access, &post),
        };
        match made.await {
            Ok(prepared) => (prepared, fingerprint(&post.text)),
            Err(verdict) => {
                away::learn(cx, &account, &server, &verdict).await?;
                let outcome = match harmless(rules::after(verdict, d.tries, cx.now()), &d, cx.now()) {
                    // Making ready is not having said it.
                    Outcome::Done { .. } => {
                        Outcome::Again { at: cx.now() + rules::pause(d.tries), why: why::MAKING_READY.into() }
                    }
                    other => other,
                };
                return finish(cx, d, call, None, outcome).await.map(|()| true);
            }
        }
    };
    stop_at(cx, "prepared").await;
    let Some((d, a)) = begin(cx, d, call, &prepared, print).await? else { return Ok(false) };
    stop_at(cx, "begun").await;
    // A machine that slept between writing the row and making the call must not make it: somebody may be looking already.
    let paused = overslept(cx, a.ago(&cx.machine.clock));
    let verdict = match call {
        _ if paused => Verdict::NotSent { why: why::PAUSED.into() },
        Call::Send => connector.attempt(&access, &prepared, &a.send_key).await,
        Call::Edit => connector.edit(&access, &d.remote_id, &prepared).await,
        Call::TakeDown => connector.take_down(&access, &d.remote_id).await,
    };
    stop_at(cx, "called").await;
    let mut outcome = rules::after(verdict.clone(), d.tries, cx.now());
    if call != Call::Send {
        outcome = harmless(outcome, &d, cx.now());
    }
    let done = matches!(outcome, Outcome::Done { .. });
    let changed = ended(cx, d, call, &a, outcome).await?;
    stop_at(cx, "settled").await;
    // What became of the call was written first; what it says of the server may be lost.
    if !paused {
        away::learn(cx, &account, &server, &verdict).await?;
    }
    // Whoever wanted something of it while it was on its way found it on its way: that is looked at here.
    Ok(changed || !done)
}

/// Writes what became of a call, and says whether the delivery was changed while it was on its way: withdrawn, or corrected.
/// That changes what is wanted, and nothing about what happened.
pub async fn ended(cx: &Ctx, mut d: Delivery, call: Call, a: &Attempt, outcome: Outcome) -> Result<bool> {
    for changed in [false, true, true, true] {
        match finish(cx, d.clone(), call, Some(a), outcome.clone()).await {
            Err(e) if matches!(e.kind, Kind::Conflict) => {}
            written => return written.map(|()| changed),
        }
        // Somebody who took us for dead has found out what became of it.
        if store::open(cx.db(), d.id).await?.is_none_or(|open| open.n != a.n) {
            return Ok(true);
        }
        d = store::find(cx.db(), d.id).await?;
    }
    Ok(true)
}

/// Nothing is sent before that moment; this was no try.
async fn wait(cx: &Ctx, mut d: Delivery, at: i64, why: String) -> Result<bool> {
    let tx = cx.begin("publishing.hold").await?;
    (d.next_at, d.problem_text) = (at, why);
    change(cx, &tx, &mut d).await?;
    queue(cx, &tx, &d, at).await?;
    cx.commit(tx).await?;
    Ok(false)
}

/// What may be repeated without harm is repeated when its outcome is not known.
fn harmless(outcome: Outcome, d: &Delivery, now: i64) -> Outcome {
    match outcome {
        // A correction or removal that was taken counts as made.
        Outcome::Working { remote_id, .. } => Outcome::Done { remote_id, url: String::new() },
        Outcome::Look { why, .. } => Outcome::Again { at: now + rules::pause(d.tries), why },
        other => other,
    }
}

/// Writes the attempt down before its call. `None`: this version may not leave (any more); whoever changed that has
/// queued what follows.
pub async fn begin(
    cx: &Ctx,
    mut d: Delivery,
    call: Call,
    prepared: &Prepared,
    print: String,
) -> Result<Option<(Delivery, Attempt)>> {
    let tx = cx.begin("publishing.begin").await?;
    let n = match admitted(&tx, &d, call).await? {
        Admitted::Go(n) => n,
        Admitted::Changed => return Ok(None),
        Admitted::Frozen => {
            drop(tx);
            freeze::park(cx, d, None).await?;
            return Ok(None);
        }
    };
    let paid = if call == Call::Send { spending::take(cx, &tx, &d).await? } else { Some(String::new()) };
    let Some(paid) = paid else {
        drop(tx);
        finish(cx, d, call, None, refused("limit")).await?;
        return Ok(None);
    };
    let prepared = serde_json::to_string(prepared).map_err(Error::fault)?;
    let a = Attempt { paid, ..attempt(cx, &d, call, n, prepared, print) };
    change(cx, &tx, &mut d).await?;
    store::begin(&tx, &a).await?;
    cx.commit(tx).await?;
    Ok(Some((d, a)))
}
