//! What an earlier try made ready and left: on platforms that publish in two steps the first step may be a film of hundreds of
//! megabytes, and its container is still there when only the second did not arrive. Pure.
use super::delivery::{Attempt, Call};
use connect::Prepared;
use ground::clock::HOUR;

/// Platforms throw containers away that nobody published: where they do not tell when, none before a day is over.
const KEPT: i64 = 20 * HOUR;

/// What the last attempt would have published, if it surely did not and the same may be tried again.
pub fn left(attempts: &[Attempt], version: i64, now: i64) -> Option<(Prepared, String)> {
    let last = attempts.last()?;
    let unsent = last.kind == Call::Send.code() && last.outcome == "not-sent" && last.version == version;
    if !unsent || last.by_hand() {
        return None;
    }
    let made = attempts.iter().find(|a| a.prepared == last.prepared)?;
    let prepared: Prepared = serde_json::from_str(&last.prepared).ok()?;
    let until = prepared.until_us.unwrap_or(made.begun_at + KEPT);
    (prepared.container.is_some() && now < until).then(|| (prepared, last.fingerprint.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(n: i64, outcome: &str, container: Option<&str>) -> Attempt {
        let prepared = Prepared { container: container.map(str::to_owned), ..Prepared::default() };
        let (prepared, at) = (serde_json::to_string(&prepared).unwrap(), n * HOUR);
        let send_key = format!("drelwa-1-{n}");
        let sample = Attempt { version: 2, begun_at: at, settle_at: at, ended_at: Some(at), ..Attempt::sample() };
        Attempt { n, send_key, prepared, outcome: outcome.into(), ..sample }
    }

    #[test]
    fn a_container_is_used_again_only_where_nothing_was_published_with_it() {
        let container = |all: &[Attempt], now| left(all, 2, now).and_then(|(p, _)| p.container);
        let ready = [attempt(1, "not-sent", Some("c1"))];
        assert_eq!(container(&ready, 2 * HOUR).as_deref(), Some("c1"));
        for outcome in ["refused", "unknown", "not-there", "accepted", "", "working"] {
            assert_eq!(container(&[attempt(1, outcome, Some("c1"))], 2 * HOUR), None, "{outcome}");
        }
        assert_eq!(container(&[attempt(1, "not-sent", None)], 2 * HOUR), None, "nothing was made ready");
        assert_eq!(left(&ready, 3, 2 * HOUR), None, "another version");
        assert_eq!(container(&[], 0), None);
        let edited = Attempt { kind: "edit".into(), ..attempt(1, "not-sent", Some("c1")) };
        assert_eq!(container(&[edited], 2 * HOUR), None);
    }

    #[test]
    fn a_container_is_used_no_longer_than_the_platform_keeps_it() {
        let kept = |until_us| {
            let prepared = Prepared { container: Some("c1".into()), until_us, ..Prepared::default() };
            Attempt { prepared: serde_json::to_string(&prepared).unwrap(), ..attempt(1, "not-sent", None) }
        };
        let short = [kept(Some(2 * HOUR))];
        assert!(left(&short, 2, 2 * HOUR - 1).is_some() && left(&short, 2, 2 * HOUR).is_none());
        let long = [kept(Some(40 * HOUR))];
        assert!(left(&long, 2, 39 * HOUR).is_some(), "as long as it says");
    }

    #[test]
    fn a_container_ages_from_when_it_was_made() {
        let all: Vec<Attempt> = (1..22).map(|n| attempt(n, "not-sent", Some("c1"))).collect();
        assert!(left(&all[..19], 2, 20 * HOUR).is_some());
        assert!(left(&all, 2, 21 * HOUR).is_none());
    }
}
