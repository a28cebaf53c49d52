//! Platforms whose clock is behind ours: what went out there looks older than the call that made it, and must be found all
//! the same, or it would be said twice.
use super::bench::{benches_by, post};
use super::*;
use ground::clock::{Clock, DAY, HOUR};
use ground::fetch::{Fetch, FetchPolicy};

/// A machine whose clock is that far ahead of everybody's.
fn ahead(by: i64) -> Fetch {
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    fetch.by(Clock::frozen(Clock::system().now() + by))
}

/// What is found of a post that is out, on each platform that reads its own posts back, where the call is said to have been made that
/// much later than its clock says.
async fn found_by(fetch: &Fetch, by: i64) -> Vec<(&'static str, Found)> {
    let mut all = vec![];
    for b in benches_by(fetch).await {
        let can = b.connector.capabilities();
        if can.safety != Safety::ReadBack {
            continue;
        }
        let prepared = b.connector.prepare(&b.access, &post("The pass is closed")).await.unwrap();
        let since_us = Clock::system().now() + by;
        let done = b.connector.attempt(&b.access, &prepared, "k").await;
        assert!(matches!(done, Verdict::Accepted { .. } | Verdict::Pending { .. }), "{}: {done:?}", can.platform);
        let (fingerprint, container) = (fingerprint(&prepared.text), prepared.container.clone());
        let sought = Sought { key: "k".into(), fingerprint, container, since_us };
        all.push((can.platform, b.connector.find(&b.access, &sought).await));
    }
    assert!(all.len() >= 5, "{all:?}");
    all
}

#[tokio::test]
async fn what_is_out_is_found_though_the_clock_there_is_an_hour_behind() {
    for (platform, found) in found_by(&ahead(HOUR), HOUR).await {
        assert_ne!(found, Found::No, "{platform}: it is out, and would be said again");
    }
}

/// Were the clocks not compared, it would look as if nothing had happened.
#[tokio::test]
async fn not_knowing_the_clock_there_it_would_be_missed() {
    let missed = found_by(&ahead(0), HOUR).await.into_iter().filter(|(_, found)| *found == Found::No).count();
    assert!(missed >= 3, "{missed}");
}

/// A clock that is days off is no clock: nothing is concluded from it.
#[tokio::test]
async fn a_clock_that_is_days_behind_proves_nothing() {
    for (platform, found) in found_by(&ahead(3 * DAY), 3 * DAY).await {
        assert_ne!(found, Found::No, "{platform}");
    }
}
