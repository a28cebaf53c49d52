use super::*;
use crate::clock::{Clock, MINUTE, SECOND};
use crate::ctx::{Machine, Parts};
use crate::db::testing::{Fresh, fresh};
use crate::words::Words;
use std::sync::atomic::{AtomicUsize, Ordering};

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[derive(serde::Serialize, serde::Deserialize)]
struct Greet {
    who: String,
    fails: bool,
}
impl Job for Greet {
    const KIND: &'static str = "test.greet";
    const MAX_ATTEMPTS: i64 = 2;
    fn key(&self) -> String {
        self.who.clone()
    }
    async fn run(self, _: Ctx) -> Result<()> {
        RUNS.fetch_add(1, Ordering::SeqCst);
        if self.fails { Err(crate::Error::fault("nobody there")) } else { Ok(()) }
    }
}

async fn machine() -> (Fresh, Ctx, Registry) {
    let fresh = fresh().await;
    fresh.db.migrate(&[migrations()]).await.unwrap();
    let clock = Clock::frozen(1_790_000_000_000_000);
    let config = crate::config::Config::from(&[], |_| None, &[]).unwrap();
    let machine = Machine::new(Parts {
        db: fresh.db.clone(),
        ids: crate::ids::Ids::new(clock.clone(), 0),
        clock,
        words: Words::load(&[]).unwrap(),
        storage: crate::storage::Storage::new(std::env::temp_dir()),
        mail: crate::mail::Mailer::new("", "a@b.c", std::env::temp_dir()).unwrap(),
        bus: crate::facts::Bus::default(),
        config,
    });
    let mut registry = Registry::default();
    registry.jobs.insert(Greet::KIND, JobKind::of::<Greet>());
    (fresh, Ctx::system(Arc::new(machine)), registry)
}

#[tokio::test]
async fn what_is_urgent_goes_first_and_has_a_place_of_its_own() {
    let (_keep, cx, _) = machine().await;
    for (n, who) in ["first", "second", "third"].into_iter().enumerate() {
        put(&cx, who, false, cx.now() - MINUTE + n as i64).await;
    }
    let tx = cx.db().begin("t").await.unwrap();
    queue_urgent(&cx, &tx, &Greet { who: "urgent".into(), fails: false }, cx.now()).await.unwrap();
    queue_urgent(&cx, &tx, &Greet { who: "tomorrow".into(), fails: false }, cx.now() + 24 * 60 * MINUTE).await.unwrap();
    tx.commit().await.unwrap();
    let claim = async |n, urgent| {
        let tx = cx.db().begin("t").await.unwrap();
        let who = store::Claim { owner: "a", now: cx.now(), lease_until: cx.now() + MINUTE };
        let jobs = store::claim(&tx, cx.db().engine(), &who, n, urgent).await.unwrap();
        tx.commit().await.unwrap();
        jobs.into_iter().map(|j| j.job_key).collect::<Vec<_>>()
    };
    assert_eq!(claim(5, true).await, ["urgent"]);
    assert!(claim(5, true).await.is_empty(), "it is taken, and what is due tomorrow waits");
    assert_eq!(claim(2, false).await, ["first", "second"]);
    assert_eq!(claim(5, false).await, ["third"]);
}

/// With thousands due, a claim that sorts them all holds the writer for milliseconds, hundreds of times a second.
#[tokio::test]
async fn a_claim_reads_no_more_than_it_takes() {
    let (_keep, cx, _) = machine().await;
    for (urgent, index) in [(true, "jobs_urgent"), (false, "jobs_due")] {
        let asked = store::claiming(cx.db().engine(), urgent);
        let Some(plan) = crate::db::testing::plan(cx.db(), &asked).await.unwrap() else { return };
        let in_order = format!("{index} (state=? AND run_at<?)");
        assert!(plan.iter().any(|line| line.contains(&in_order)), "{plan:?}");
        assert!(!plan.iter().any(|line| line.contains("MULTI-INDEX")), "{plan:?}");
    }
}

async fn put(cx: &Ctx, who: &str, fails: bool, at: i64) {
    let tx = cx.db().begin("t").await.unwrap();
    queue(cx, &tx, &Greet { who: who.into(), fails }, at).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_job_runs_once_when_due_and_one_key_is_one_job() {
    let (_keep, cx, registry) = machine().await;
    put(&cx, "pema", false, cx.now()).await;
    put(&cx, "pema", false, cx.now()).await;
    put(&cx, "later", false, cx.now() + MINUTE).await;
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 1);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 0);
    cx.machine.clock.advance(MINUTE);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_ended_has_left_the_queue_when_it_stops() {
    let (_keep, cx, registry) = machine().await;
    for n in 0..40 {
        put(&cx, &format!("w{n}"), false, cx.now()).await;
    }
    put(&cx, "fails", true, cx.now()).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(work(cx.machine.clone(), registry, stopped));
    let left =
        async || store::count(cx.db(), "queued").await.unwrap() + store::count(cx.db(), "running").await.unwrap();
    for _ in 0..600 {
        if left().await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(left().await, 1, "the others leave while it works; what failed waits for its next try");
    put(&cx, "last", false, cx.now()).await;
    cx.machine.wake.notify_waiters();
    while left().await != 1 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    stop.send(true).unwrap();
    worker.await.unwrap();
    assert_eq!((left().await, store::count(cx.db(), "queued").await.unwrap()), (1, 1));
}

#[tokio::test]
async fn a_failing_job_is_tried_again_later_then_kept_and_may_be_put_back() {
    let (_keep, cx, registry) = machine().await;
    put(&cx, "fails", true, cx.now()).await;
    run_due(&cx, &registry).await.unwrap();
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 0, "pauses first");
    cx.machine.clock.advance(MINUTE);
    run_due(&cx, &registry).await.unwrap();
    let kept = failed(cx.db()).await.unwrap();
    assert_eq!((kept.len(), kept[0].attempts), (1, 2));
    assert!(kept[0].last_error.contains("nobody there"));
    let tx = cx.db().begin("t").await.unwrap();
    retry(&tx, kept[0].id, cx.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 1);
}

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_ends() {
    let (_keep, cx, registry) = machine().await;
    put(&cx, "orphan", false, cx.now()).await;
    let tx = cx.db().begin("t").await.unwrap();
    let now = cx.now();
    let who = store::Claim { owner: "dead", now, lease_until: now + MINUTE };
    let claimed = store::claim(&tx, cx.db().engine(), &who, 10, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 0);
    cx.machine.clock.advance(MINUTE + SECOND);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 1);
}

#[tokio::test]
async fn a_sweep_runs_as_often_as_it_says_and_its_error_is_kept() {
    let (_keep, cx, mut registry) = machine().await;
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let run = move |_| -> Done {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(crate::Error::fault("dust")) })
    };
    registry.sweeps.push(Sweep { name: "test.sweep", every: MINUTE, run: Arc::new(run) });
    for _ in 0..3 {
        sweep_due(&cx, &registry).await.unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
    cx.machine.clock.advance(MINUTE);
    sweep_due(&cx, &registry).await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
    let health = health(&cx).await.unwrap();
    assert!(health.sweeps.iter().any(|s| s.name == "test.sweep" && s.last_error.contains("dust")));
    assert!(health.sweeps.iter().any(|s| s.name == "scheduler" && s.done_at == cx.now()));
}

/// Whoever waits for a time that was shown by mistake would wait until it comes again.
#[tokio::test]
async fn what_was_written_under_a_clock_that_was_ahead_waits_no_longer_when_it_is_set_back() {
    let (_keep, cx, mut registry) = machine().await;
    static SWEPT: AtomicUsize = AtomicUsize::new(0);
    let count = |_| -> Done {
        Box::pin(async {
            SWEPT.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    };
    registry.sweeps.push(Sweep { name: "test.count", every: 30 * SECOND, run: Arc::new(count) });
    let swept = || SWEPT.load(Ordering::SeqCst);
    let clock = &cx.machine.clock;
    clock.turn(180 * MINUTE);
    sweep_due(&cx, &registry).await.unwrap();
    put(&cx, "taken", false, cx.now() - SECOND).await;
    let tx = cx.db().begin("t").await.unwrap();
    let lease_until = cx.now() + i64::from(cx.machine.config.lease_s) * SECOND;
    let who = store::Claim { owner: "dead", now: cx.now(), lease_until };
    assert_eq!(store::claim(&tx, cx.db().engine(), &who, 1, false).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    put(&cx, "in five minutes", false, cx.now() + 5 * MINUTE).await;
    put(&cx, "fails", true, cx.now()).await;
    run_due(&cx, &registry).await.unwrap();
    assert_eq!((swept(), health(&cx).await.unwrap().queued), (1, 2));

    clock.turn(-180 * MINUTE);
    clock.advance(31 * SECOND);
    sweep_due(&cx, &registry).await.unwrap();
    assert_eq!(swept(), 2, "it is due by the time that is shown now");
    clock.advance(3 * SECOND);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 1, "what failed is tried again");
    clock.advance(5 * MINUTE);
    assert_eq!(run_due(&cx, &registry).await.unwrap(), 2, "what was taken by a dead one, and what was to wait so long");
    sweep_due(&cx, &registry).await.unwrap();
    assert_eq!(swept(), 3);

    // A little is waited for: clocks of nodes differ by that much.
    clock.turn(-20 * SECOND);
    sweep_due(&cx, &registry).await.unwrap();
    assert_eq!(swept(), 3);
    // The program was not running when it was set back: the sweeps tell.
    clock.turn(-60 * MINUTE);
    cx.machine.shown.seen().take();
    sweep_due(&cx, &registry).await.unwrap();
    assert_eq!(swept(), 4);
}
