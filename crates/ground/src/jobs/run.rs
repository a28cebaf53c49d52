//! Workers and the scheduler.
use super::{JobRow, Registry, store};
use crate::clock::{MINUTE, SECOND};
use crate::ctx::Machine;
use crate::{Ctx, Result};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A sweep may take this many leases of a job; after that its node is taken for dead and another begins it anew.
pub(super) const SWEEP_LEASES: i64 = 3;
/// The name under which the scheduler itself beats.
const SCHEDULER: &str = "scheduler";

/// How the background work is doing, for the health page.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Health {
    pub queued: i64,
    pub running: i64,
    pub failed: i64,
    /// How late the oldest due job is, µs.
    pub late: i64,
    pub sweeps: Vec<SweepHealth>,
}

#[derive(Debug, Clone, serde::Serialize)]
pub struct SweepHealth {
    pub name: String,
    pub started_at: i64,
    pub done_at: i64,
    pub last_error: String,
}

pub async fn health(cx: &Ctx) -> Result<Health> {
    let (db, now) = (cx.db(), cx.now());
    let late = store::oldest_due(db, now).await?.map_or(0, |at| now - at);
    let sweeps = store::sweeps(db).await?.into_iter();
    let sweeps = sweeps
        .map(|s| SweepHealth { name: s.name, started_at: s.started_at, done_at: s.done_at, last_error: s.last_error })
        .collect();
    Ok(Health {
        queued: store::count(db, "queued").await?,
        running: store::count(db, "running").await?,
        failed: store::count(db, "failed").await?,
        late,
        sweeps,
    })
}

/// Jobs of this node that ended well and still stand in the queue. They leave it in the transaction that claims the next
/// ones: a job costs no transaction of its own. If the program dies before, they run once more, which jobs must bear.
#[derive(Default)]
struct Ended(Mutex<Vec<i64>>);

impl Ended {
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<i64>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
    fn take(&self) -> Vec<i64> {
        std::mem::take(&mut *self.all())
    }
}

/// Works until `stop` is told: claims due jobs, runs up to `config.workers` at once, runs sweeps when they are due.
pub async fn work(machine: Arc<Machine>, registry: Registry, mut stop: tokio::sync::watch::Receiver<bool>) {
    let slots = machine.config.workers.max(1);
    let owner = format!("{}-{}", machine.config.node, machine.ids.token());
    let room = Arc::new(tokio::sync::Semaphore::new(slots));
    let ended = Arc::new(Ended::default());
    let mut next_sweep = Instant::now();
    while !*stop.borrow() {
        // Made before anything is looked at, so that what happens from here on wakes it.
        let woken = machine.wake.notified();
        let cx = Ctx::system(machine.clone());
        // Not by the clock, which may be set back.
        if Instant::now() >= next_sweep {
            next_sweep = Instant::now() + Duration::from_secs(1);
            let (cx, registry) = (cx.clone(), registry.clone());
            tokio::spawn(async move {
                if let Err(error) = sweep_due(&cx, &registry).await {
                    tracing::error!(%error, "the scheduler could not run");
                }
            });
        }
        // Taken before the places are counted: whoever ended has left its place by then.
        let done = ended.take();
        let free = room.available_permits();
        // The last place is kept for what is urgent, where there is more than one.
        let usual = if slots > 1 { free.saturating_sub(1) } else { free };
        let claimed =
            if free == 0 && done.is_empty() { Ok(vec![]) } else { claim(&cx, &owner, &done, free, usual).await };
        match claimed {
            Ok(jobs) if !jobs.is_empty() => {
                for job in jobs {
                    let Ok(permit) = room.clone().acquire_owned().await else { return };
                    let (cx, registry, owner, ended) = (cx.clone(), registry.clone(), owner.clone(), ended.clone());
                    tokio::spawn(async move {
                        let id = job.id;
                        let well = run_one(&cx, &registry, &owner, job).await;
                        drop(permit);
                        if well {
                            ended.all().push(id);
                        }
                        cx.machine.wake.notify_waiters();
                    });
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                ended.all().extend(done);
                tracing::error!(%error, "no job could be claimed");
            }
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
            _ = stop.changed() => {}
        }
    }
    // What runs may finish; what does not is taken over when its lease runs out.
    let all = u32::try_from(slots).unwrap_or(1);
    let _ = tokio::time::timeout(Duration::from_secs(10), room.acquire_many(all)).await;
    if let Err(error) = leave(&Ctx::system(machine), &owner, &ended.take()).await {
        tracing::warn!(%error, "jobs that ended will run again");
    }
}

/// Takes what ended well out of the queue.
async fn leave(cx: &Ctx, owner: &str, done: &[i64]) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    let tx = cx.db().begin("jobs.finish").await?;
    for id in done {
        store::done(&tx, *id, owner).await?;
    }
    Ok(tx.commit().await?)
}

/// Up to `free` jobs, the urgent ones first, and of the usual ones no more than `usual`; what ended leaves the queue.
async fn claim(cx: &Ctx, owner: &str, done: &[i64], free: usize, usual: usize) -> Result<Vec<JobRow>> {
    let now = cx.now();
    // A look through a reader first: an idle queue must not keep the writer busy.
    let idle = async || Ok::<_, crate::Error>(store::oldest_due(cx.db(), now).await?.is_none());
    if done.is_empty() && idle().await? && store::count(cx.db(), "running").await? == 0 {
        return Ok(vec![]);
    }
    let tx = cx.db().begin("jobs.claim").await?;
    for id in done {
        store::done(&tx, *id, owner).await?;
    }
    let number = |n: usize| i64::try_from(n).unwrap_or(1);
    let lease_until = now + i64::from(cx.machine.config.lease_s) * SECOND;
    let who = store::Claim { owner, now, lease_until };
    let engine = cx.db().engine();
    let mut jobs = store::claim(&tx, engine, &who, number(free), true).await?;
    let left = usual.min(free.saturating_sub(jobs.len()));
    if left > 0 {
        jobs.extend(store::claim(&tx, engine, &who, number(left), false).await?);
    }
    tx.commit().await?;
    Ok(jobs)
}

/// Whether it ended well; what did not is written down here.
async fn run_one(cx: &Ctx, registry: &Registry, owner: &str, job: JobRow) -> bool {
    let outcome = match registry.jobs.get(job.kind.as_str()) {
        None => Err(crate::Error::fault(format!("nobody knows jobs of kind {}", job.kind))),
        Some(kind) if job.attempts > kind.max_attempts => Err(crate::Error::fault("too many attempts")),
        Some(kind) => {
            let task = tokio::spawn((kind.run)(cx.clone(), job.args.clone()));
            task.await.unwrap_or_else(|panic| Err(crate::Error::fault(format!("panicked: {panic}"))))
        }
    };
    let Err(error) = outcome else {
        cx.machine.meters.job(&job.kind, "done");
        return true;
    };
    let max = registry.jobs.get(job.kind.as_str()).map_or(0, |k| k.max_attempts);
    if let Err(error) = failed(cx, owner, &job, max, error).await {
        tracing::error!(job = job.id, kind = job.kind, %error, "the outcome of a job could not be written");
    }
    false
}

async fn failed(cx: &Ctx, owner: &str, job: &JobRow, max: i64, error: crate::Error) -> Result<()> {
    let tx = cx.db().begin("jobs.finish").await?;
    if job.attempts >= max {
        tracing::error!(job = job.id, kind = job.kind, %error, "given up");
        store::give_up(&tx, job.id, owner, &error.to_string()).await?;
        cx.machine.meters.job(&job.kind, "failed");
    } else {
        tracing::warn!(job = job.id, kind = job.kind, attempt = job.attempts, %error, "will be tried again");
        store::again(&tx, job.id, owner, cx.now() + pause(job.attempts), &error.to_string()).await?;
        cx.machine.meters.job(&job.kind, "again");
    }
    Ok(tx.commit().await?)
}

/// 2 s, 4 s, 8 s … at most an hour.
fn pause(attempts: i64) -> i64 {
    (SECOND << attempts.clamp(1, 12)).min(60 * MINUTE)
}

/// Runs what is due now, once each, in order; says how many. For tests and one-off commands.
pub async fn run_due(cx: &Ctx, registry: &Registry) -> Result<usize> {
    let jobs = claim(cx, "here", &[], 1000, 1000).await?;
    let n = jobs.len();
    for job in jobs {
        let id = job.id;
        if run_one(&cx.as_system(), registry, "here", job).await {
            leave(cx, "here", &[id]).await?;
        }
    }
    Ok(n)
}

/// Runs until nothing is due any more.
pub async fn drain(cx: &Ctx, registry: &Registry) -> Result<()> {
    while run_due(cx, registry).await? > 0 {}
    Ok(())
}

/// Runs every sweep whose time has come, and lets the scheduler's heart beat.
pub async fn sweep_due(cx: &Ctx, registry: &Registry) -> Result<()> {
    let beat = super::Sweep { name: SCHEDULER, every: 10 * SECOND, run: Arc::new(|_| Box::pin(async { Ok(()) })) };
    // A look through a reader first: most seconds nothing is due, and then the writer is left alone.
    let mut known = store::sweeps(cx.db()).await?;
    if super::turned::set_right(cx, &known).await? {
        known = store::sweeps(cx.db()).await?;
    }
    let lease = SWEEP_LEASES * i64::from(cx.machine.config.lease_s) * SECOND;
    for sweep in registry.sweeps.iter().chain([&beat]) {
        let now = cx.now();
        if known.iter().any(|k| k.name == sweep.name && k.started_at > now - sweep.every) {
            continue;
        }
        let tx = cx.db().begin("jobs.sweep").await?;
        store::sweep_new(&tx, sweep.name).await?;
        let mine = store::sweep_claim(&tx, sweep.name, now, now + lease, now - sweep.every).await?;
        tx.commit().await?;
        if !mine {
            continue;
        }
        let task = tokio::spawn((sweep.run)(cx.as_system()));
        let outcome = task.await.unwrap_or_else(|panic| Err(crate::Error::fault(format!("panicked: {panic}"))));
        let error = outcome.err().map(|e| e.to_string()).unwrap_or_default();
        if !error.is_empty() {
            tracing::error!(sweep = sweep.name, error, "a sweep failed");
        }
        let tx = cx.db().begin("jobs.sweep").await?;
        store::sweep_done(&tx, sweep.name, cx.now(), &error).await?;
        tx.commit().await?;
    }
    Ok(())
}
