//! Stopping, letting go on, and what is parked meanwhile.
use super::row::{Freeze, GOVERNMENT};
use super::rules;
use crate::ledger::Record;
use crate::newsletter;
use crate::people::roles::{OVERSEE, SEE_DESK};
use crate::publishing::delivery::{Attempt, Delivery, FROZEN, NEVER};
use crate::publishing::facts::{Frozen, Thawed};
use crate::publishing::send::{change, queue};
use crate::publishing::store::{self, freeze as rows};
use ground::clock::SECOND;
use ground::db::{DbError, Tx};
use ground::jobs::{self, Job};
use ground::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};

/// A call ends in a third of a lease; so long, at most, a freeze waits for those that had begun.
const PATIENCE: i64 = 3 * SECOND;

/// Freezes everything of an agency, or of the whole government, and tells how many calls had begun before and are not over.
/// When this returns, no other call begins.
pub async fn freeze(cx: &Ctx, agency: i64, reason: &str) -> Result<(Freeze, i64)> {
    let on = rows::on(cx.db()).await?;
    rules::may_freeze(&cx.actor, agency, on.iter().any(|f| f.agency_id == agency), reason)?;
    let f = Freeze {
        id: cx.id(),
        agency_id: agency,
        reason: reason.trim().into(),
        frozen_by: cx.actor.person()?,
        frozen_at: cx.now(),
        thawed_by: None,
        thawed_at: None,
        thaw_reason: String::new(),
    };
    let tx = cx.begin("publishing.freeze").await?;
    rows::insert(&tx, &f).await?;
    newsletter::stop(&tx, agency).await?;
    let scope = (agency != GOVERNMENT).then_some(agency);
    tx.record(cx, &Frozen { freeze: f.id, agency: scope, reason: f.reason.clone() }).await?;
    cx.commit(tx).await?;
    // In a transaction of its own, after the first is there for all to see: see above.
    let tx = cx.begin("publishing.gates").await?;
    rows::take_gate(&tx, agency).await?;
    cx.commit(tx).await?;
    Ok((f, on_their_way(cx, agency).await?))
}

/// Waits a little for the calls that had begun.
async fn on_their_way(cx: &Ctx, agency: i64) -> Result<i64> {
    let step = SECOND / 10;
    for _ in 0..PATIENCE / step {
        if rows::on_their_way(cx.db(), agency, NEVER).await? == 0 {
            return Ok(0);
        }
        tokio::time::sleep(std::time::Duration::from_micros(step.unsigned_abs())).await;
    }
    Ok(rows::on_their_way(cx.db(), agency, NEVER).await?)
}

/// Lets everything go on that no other freeze holds.
pub async fn thaw(cx: &Ctx, id: i64, reason: &str) -> Result<Freeze> {
    let f = see(cx, id).await?;
    rules::may_thaw(&cx.actor, &f, reason)?;
    let reason = reason.trim().to_owned();
    let tx = cx.begin("publishing.thaw").await?;
    rows::thaw(&tx, id, cx.actor.person()?, &reason, cx.now()).await?;
    newsletter::lift(&tx, f.agency_id).await?;
    let scope = (!f.of_all()).then_some(f.agency_id);
    tx.record(cx, &Thawed { freeze: id, agency: scope, reason }).await?;
    jobs::queue(cx, &tx, &Thaw { freeze: id, at: cx.now() }, cx.now()).await?;
    cx.commit(tx).await?;
    Ok(rows::find(cx.db(), id).await?)
}

/// Whether a freeze is somebody's to know of: that of the whole government is, to whoever has a desk.
pub fn sees(cx: &Ctx, f: &Freeze) -> bool {
    if f.of_all() {
        cx.actor.may_somewhere(SEE_DESK) || cx.actor.may_somewhere(OVERSEE)
    } else {
        cx.actor.may(SEE_DESK, f.agency_id) || rules::may(&cx.actor, f.agency_id)
    }
}

pub async fn see(cx: &Ctx, id: i64) -> Result<Freeze> {
    let f = rows::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if sees(cx, &f) { Ok(f) } else { Err(Error::not_allowed()) }
}

/// Those that hold now and that whoever asks may know of.
pub async fn on(cx: &Ctx) -> Result<Vec<Freeze>> {
    Ok(rows::on(cx.db()).await?.into_iter().filter(|f| sees(cx, f)).collect())
}

/// Whether a call of this agency may begin in this transaction: takes its gate, then looks.
pub async fn pass(tx: &Tx, agency: i64) -> Result<bool> {
    rows::take_gate(tx, agency).await?;
    Ok(!rows::holds(tx, agency).await?)
}

/// Whether an agency is frozen at this moment; before a call is made ready, where nothing is promised yet.
pub async fn holds(cx: &Ctx, agency: i64) -> Result<bool> {
    Ok(rows::holds(cx.db(), agency).await?)
}

/// Puts a delivery aside until the freeze is lifted. An attempt that had been written down is ended: it was not made.
pub async fn park(cx: &Ctx, mut d: Delivery, a: Option<&Attempt>) -> Result<bool> {
    let tx = cx.begin("publishing.park").await?;
    if let Some(a) = a {
        store::end(&tx, a, "not-sent", FROZEN, cx.now()).await?;
    }
    (d.next_at, d.problem, d.problem_text) = (NEVER, FROZEN.into(), String::new());
    change(cx, &tx, &mut d).await?;
    cx.commit(tx).await?;
    Ok(false)
}

/// What goes on in one transaction.
const AT_ONCE: i64 = 100;

/// Lets go on what is parked and held by no freeze; the sweep behind it does the same.
pub async fn look(cx: Ctx) -> Result<()> {
    loop {
        let ids = rows::to_go_on(cx.db(), AT_ONCE).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let tx = cx.begin("publishing.go-on").await?;
        for id in ids {
            let mut d = store::find(&tx, id).await?;
            if d.problem != FROZEN {
                continue;
            }
            (d.next_at, d.problem) = (cx.now(), String::new());
            change(&cx, &tx, &mut d).await?;
            queue(&cx, &tx, &d, cx.now()).await?;
        }
        cx.commit(tx).await?;
    }
}

/// Goes on with what was parked.
#[derive(Serialize, Deserialize)]
pub struct Thaw {
    pub freeze: i64,
    pub at: i64,
}

impl Job for Thaw {
    const KIND: &'static str = "publishing.thaw";
    fn key(&self) -> String {
        format!("{}:{}", self.freeze, self.at)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        look(cx).await
    }
}
