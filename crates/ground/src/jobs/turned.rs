//! A clock that was set back. Sweeps that ran, jobs that are taken and jobs that wait would stand still until the time that was
//! shown then comes again. That is seen within a second, by time that nobody can set, and at a start by the rows themselves.
use super::store::{self, SweepRow};
use crate::clock::{MINUTE, SECOND, Steady};
use crate::{Ctx, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Less than this is waited for.
const NOTICED: i64 = MINUTE;

/// What the clock showed when it was looked at last.
#[derive(Default)]
pub struct Shown(Mutex<Option<(Steady, i64)>>);

impl Shown {
    pub(super) fn seen(&self) -> MutexGuard<'_, Option<(Steady, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// By how much the clock was set back since the last look. At the first one the sweeps tell: they began no later than now.
    fn back(&self, steady: Steady, now: i64, sweeps: &[SweepRow]) -> i64 {
        let mut shown = self.seen();
        let back = match shown.as_ref() {
            Some((then, at)) => steady.since(then).map_or(0, |passed| at.saturating_add(passed) - now),
            None => sweeps.iter().map(|s| s.started_at - now).max().unwrap_or(0),
        };
        *shown = Some((steady, now));
        back
    }
}

/// Puts what stands in the future because of it to now; says whether there was something.
pub(super) async fn set_right(cx: &Ctx, sweeps: &[SweepRow]) -> Result<bool> {
    let now = cx.now();
    let back = cx.machine.shown.back(cx.machine.clock.steady(), now, sweeps);
    if back <= NOTICED {
        return Ok(false);
    }
    tracing::warn!(seconds = back / SECOND, "the clock was set back: what waits for the time it showed is put to now");
    let lease = i64::from(cx.machine.config.lease_s) * SECOND;
    let (lease_until, sweep_until) = (now + lease, now + super::run::SWEEP_LEASES * lease);
    let tx = cx.db().begin("jobs.turned").await?;
    store::set_back(&tx, &store::Back { now, lease_until, sweep_until, again_until: now + 60 * MINUTE }).await?;
    tx.commit().await?;
    Ok(true)
}
