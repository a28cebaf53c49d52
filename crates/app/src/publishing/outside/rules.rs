//! Who may decide about a post from outside, and what follows from what is open. Pure.
use super::post::{OutsidePost, late_at};
use crate::people::roles::APPROVE_POSTS;
use ground::clock::DAY;
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::slice::Verdict;
use ground::{Error, Refusal, Result, Say};

/// An account that could not be read for so long is not known any more.
pub const BLIND_AFTER: i64 = 2 * DAY;
/// The longest reason that is taken.
pub const MOST_REASON: usize = 2000;

pub fn may_decide(actor: &Actor, post: &OutsidePost, reason: &str) -> Result<()> {
    if !actor.may(APPROVE_POSTS, post.agency_id) {
        return Err(Error::not_allowed());
    }
    let mut no = vec![];
    if !post.is_open() {
        no.push(Refusal::new("decided", Say::new("publishing-refused-outside-decided")).clause("P6.2-AM16"));
    }
    let n = reason.trim().chars().count();
    if n == 0 {
        let say = Say::new("publishing-refused-outside-reason");
        no.push(Refusal::new("no-reason", say).clause("P6.2-AM16").field("reason"));
    } else if n > MOST_REASON {
        let say = Say::new("publishing-refused-outside-long").arg("limit", MOST_REASON).arg("found", n);
        no.push(Refusal::new("reason-too-long", say).field("reason"));
    }
    all_or_nothing(no)
}

/// What is to be said of an agency, and until when: from when its oldest open post from outside was seen, and from when each
/// account that can be read was read last.
pub fn verdict(oldest_open: Option<i64>, looked_at: &[i64], now: i64) -> (Verdict, Option<i64>) {
    let first = looked_at.iter().min().copied();
    match (oldest_open, first) {
        (Some(seen), _) if late_at(seen) <= now => (Verdict::NotMet, None),
        (Some(seen), _) => (Verdict::Partly, Some(late_at(seen))),
        (None, None) => (Verdict::NotApplicable, None),
        (None, Some(first)) if first + BLIND_AFTER <= now => (Verdict::Partly, Some(now + BLIND_AFTER)),
        (None, Some(first)) => (Verdict::Met, Some(first + BLIND_AFTER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::clock::HOUR;
    use ground::ctx::{Grant, Who};

    #[test]
    fn what_is_open_too_long_is_not_met_and_what_cannot_be_read_is_not_known() {
        let now = 100 * DAY;
        for (open, looked, expected) in [
            (None, vec![], (Verdict::NotApplicable, None)),
            (None, vec![now - DAY, now], (Verdict::Met, Some(now + DAY))),
            (None, vec![now - 2 * DAY, now], (Verdict::Partly, Some(now + 2 * DAY))),
            (Some(now - HOUR), vec![now], (Verdict::Partly, Some(now + 23 * HOUR))),
            (Some(now - DAY), vec![now], (Verdict::NotMet, None)),
            // The account was closed meanwhile; what was found on it still wants a word.
            (Some(now), vec![], (Verdict::Partly, Some(now + DAY))),
        ] {
            assert_eq!(verdict(open, &looked, now), expected, "{open:?} {looked:?}");
        }
    }

    #[test]
    fn whoever_may_publish_decides_once_and_says_why() {
        let mut post = OutsidePost {
            id: 1,
            agency_id: 7,
            account_id: 2,
            platform: "mastodon".into(),
            remote_id: "9".into(),
            url: String::new(),
            text: "The road is open".into(),
            posted_at: 0,
            seen_at: 0,
            state: "open".into(),
            reason: String::new(),
            decided_by: None,
            decided_at: None,
        };
        let who = |scope| Actor {
            grants: vec![Grant { right: APPROVE_POSTS, scope: Some(scope) }],
            ..Actor::new(Who::Person(1), "x")
        };
        let codes = |r: Result<()>| r.unwrap_err().refusals().iter().map(|r| r.code).collect::<Vec<_>>();
        assert!(may_decide(&who(7), &post, "Sent from the telephone at the landslide").is_ok());
        assert!(matches!(may_decide(&who(8), &post, "x").unwrap_err().kind, ground::error::Kind::NotAllowed));
        assert_eq!(codes(may_decide(&who(7), &post, &"x".repeat(MOST_REASON + 1))), ["reason-too-long"]);
        post.state = "adopted".into();
        assert_eq!(codes(may_decide(&who(7), &post, " ")), ["decided", "no-reason"]);
    }
}
