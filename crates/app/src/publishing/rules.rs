//! What comes next for a delivery, and what an answer means for it. No database, no network: every case is a test.
use super::delivery::{Attempt, Call, Delivery, SENT, WAITING};
use connect::{Failure, Found, Safety, Standing, Verdict};
use ground::clock::{HOUR, MINUTE, SECOND};

/// A delivery that could not leave for so long is given up, and a person is told.
pub const GIVE_UP_AFTER: i64 = 24 * HOUR;
/// How often an unknown outcome is looked for before a person is asked: for more than an hour, since most outages are
/// over by then and a person knows from the second minute on that it is late.
pub const LOOKS: i64 = 14;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Done, or a person's turn.
    Nothing,
    /// Not before that moment.
    Wait(i64),
    /// Withdrawn before it left.
    Cancel,
    /// Time ran out.
    GiveUp,
    Do(Call),
    /// An earlier call has no outcome: find it.
    Settle,
    /// A person was asked for something that is no longer wanted.
    Recall,
    /// The part before it is not out: that wakes it.
    Hold,
}

/// The next step, from what is stored alone: after a crash it is the same.
pub fn next(d: &Delivery, open: Option<&Attempt>, now: i64) -> Step {
    if let Some(a) = open.filter(|a| a.by_hand()) {
        let other = d.version > a.version || (d.unwanted && a.kind != Call::TakeDown.code());
        return if other { Step::Recall } else { Step::Nothing };
    }
    if let Some(a) = open {
        // An outcome that was not understood may be looked for at once; a call that may still be running is left alone.
        let from = if a.outcome.is_empty() { a.settle_at } else { d.next_at };
        return if now < from { Step::Wait(from) } else { Step::Settle };
    }
    let call = match d.state.as_str() {
        WAITING if d.unwanted => return Step::Cancel,
        WAITING => Call::Send,
        SENT if !d.problem.is_empty() => return Step::Nothing,
        SENT if d.unwanted => Call::TakeDown,
        SENT if d.sent_version.is_some_and(|v| v < d.version) => Call::Edit,
        _ => return Step::Nothing,
    };
    if now < d.next_at {
        return Step::Wait(d.next_at);
    }
    if call == Call::Send && now > d.due_at + GIVE_UP_AFTER {
        return Step::GiveUp;
    }
    Step::Do(call)
}

/// The same for a part that follows another: no call of its own begins before that one is out. One that may have been made is
/// looked after like any other.
pub fn in_turn(step: Step, d: &Delivery, open: Option<&Attempt>, before: &Delivery) -> Step {
    let begins = d.state == WAITING && open.is_none() && step != Step::Cancel;
    if begins && before.state != SENT { Step::Hold } else { step }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done {
        remote_id: String,
        url: String,
    },
    /// The platform has it and is still working on it: ask at that moment what became of it.
    Working {
        remote_id: String,
        at: i64,
    },
    /// Nothing happened: the same again at that moment.
    Again {
        at: i64,
        why: String,
    },
    /// It will not happen until somebody changes something.
    Refused {
        problem: String,
        text: String,
    },
    /// It may have happened: keep the attempt open and look again at that moment.
    Look {
        at: i64,
        why: String,
    },
    /// Nobody but a person can tell.
    AskPerson {
        why: String,
    },
}

/// 5 s, 10 s, 20 s … at most ten minutes.
pub fn pause(tries: i64) -> i64 {
    ((5 * SECOND) << tries.clamp(0, 10)).min(10 * MINUTE)
}

/// What the answer to a first call means.
pub fn after(verdict: Verdict, tries: i64, now: i64) -> Outcome {
    match verdict {
        Verdict::Accepted { remote_id, url } => Outcome::Done { remote_id, url: url.unwrap_or_default() },
        Verdict::Pending { remote_id } => Outcome::Working { remote_id, at: now + pause(0) },
        Verdict::Rejected { code, human, .. } => Outcome::Refused { problem: code, text: human },
        Verdict::Unauthorised => Outcome::Refused { problem: "unauthorised".into(), text: String::new() },
        Verdict::NotSent { why } | Verdict::NotReady { why } => Outcome::Again { at: now + pause(tries), why },
        Verdict::RateLimited { until_us } => {
            let at = until_us.unwrap_or(0).max(now + pause(tries)).min(now + GIVE_UP_AFTER);
            Outcome::Again { at, why: "rate limit".into() }
        }
        Verdict::Unknown { why } => Outcome::Look { at: now, why },
    }
}

/// What to make of a look at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    There {
        remote_id: String,
        url: String,
    },
    /// The platform has it and is still working on it.
    Taken {
        remote_id: String,
    },
    /// It never happened: send it anew.
    NotThere,
    Later(i64),
    /// The platform knows the key or the container: the same call again cannot make a second post.
    Repeat,
    AskPerson,
}

/// So often it is sent anew after a platform gave no clear answer and then showed nothing.
const MOST_ANEW: i64 = 5;

/// How long to wait before it is sent anew; `None`: a person's turn, because the platform keeps answering like this. A
/// platform that refuses words as said before, and whose list does not show them, would be asked for ever otherwise. What
/// a crash left behind has no answer and counts for nothing.
pub fn before_anew(unanswered: i64, a: &Attempt) -> Option<i64> {
    if a.why.is_empty() || unanswered == 0 {
        return Some(0);
    }
    (unanswered + 1 < MOST_ANEW).then(|| pause(unanswered))
}

/// "No" counts only once the call can no longer be on its way; until then it may still arrive.
pub fn after_look(found: Found, safety: Safety, a: &Attempt, now: i64) -> Looked {
    let settled = now >= a.settle_at;
    let repeatable = match safety {
        Safety::Keyed { hours } => now < a.begun_at + i64::from(hours) * HOUR,
        Safety::TwoPhase => a.prepared.contains("\"container\":\""),
        Safety::ReadBack | Safety::Blind => false,
    };
    match found {
        Found::Yes { remote_id, url } => Looked::There { remote_id, url: url.unwrap_or_default() },
        Found::Taken { remote_id } => Looked::Taken { remote_id },
        Found::No if settled => Looked::NotThere,
        Found::No => Looked::Later(a.settle_at),
        Found::CannotTell if safety == Safety::Blind || a.looked >= LOOKS => Looked::AskPerson,
        Found::CannotTell if repeatable && settled => Looked::Repeat,
        Found::CannotTell if !settled => Looked::Later(a.settle_at),
        Found::CannotTell => Looked::Later(now + pause(a.looked)),
    }
}

/// What the answer to a repeated call means. Only success is news: that this repetition did not arrive says nothing
/// about the first.
pub fn after_repeat(verdict: Verdict, looked: i64, now: i64) -> Outcome {
    match after(verdict, looked, now) {
        done @ (Outcome::Done { .. } | Outcome::Working { .. }) => done,
        Outcome::Refused { problem, text } if problem != "unauthorised" => {
            Outcome::AskPerson { why: format!("{problem}: {text}") }
        }
        Outcome::Again { at, why } | Outcome::Look { at, why } => {
            Outcome::Look { at: at.max(now + pause(looked)), why }
        }
        Outcome::Refused { problem, .. } => Outcome::Look { at: now + pause(looked), why: problem },
        other => other,
    }
}

/// What became of something the platform was still working on, under the id it gave then. For a day it is asked at growing
/// pauses; a question that got no answer is no answer.
pub fn after_standing(told: Result<Standing, Failure>, remote_id: &str, a: &Attempt, now: i64) -> Outcome {
    let remote_id = remote_id.to_owned();
    match told {
        Ok(Standing::Out { remote_id, url }) => Outcome::Done { remote_id, url: url.unwrap_or_default() },
        Ok(Standing::NotTold) => Outcome::Done { remote_id, url: String::new() },
        Ok(Standing::Refused { code, human }) => Outcome::Refused { problem: code, text: human },
        Err(Failure::Gone) => Outcome::AskPerson { why: "the platform took it and no longer knows it".into() },
        _ if now > a.begun_at + GIVE_UP_AFTER => {
            Outcome::AskPerson { why: "the platform took it a day ago and does not say that it is out".into() }
        }
        Err(Failure::RateLimited { until_us: Some(until) }) => {
            Outcome::Working { remote_id, at: until.clamp(now + pause(a.looked), now + HOUR) }
        }
        Ok(Standing::Working) | Err(_) => Outcome::Working { remote_id, at: now + pause(a.looked) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::delivery::{CANCELLED, FAILED, TAKEN_DOWN, UNCONFIRMED, WORKING};
    use super::*;

    fn delivery(state: &str) -> Delivery {
        let (text, now) = (String::new, 0);
        Delivery {
            id: 1,
            post_id: 1,
            agency_id: 1,
            account_id: 1,
            platform: "practice".into(),
            reply_to: text(),
            body: text(),
            lang: text(),
            version: 1,
            state: state.into(),
            unwanted: false,
            reason: text(),
            due_at: 100,
            next_at: 100,
            remote_id: text(),
            url: text(),
            sent_version: None,
            sent_at: None,
            problem: text(),
            problem_text: text(),
            tries: 0,
            step: 1,
            created_at: now,
            updated_at: now,
            urgent: false,
            part: 1,
        }
    }
    fn open(outcome: &str) -> Attempt {
        Attempt {
            delivery_id: 1,
            n: 1,
            kind: "send".into(),
            send_key: "k".into(),
            version: 1,
            prepared: "{}".into(),
            fingerprint: String::new(),
            begun_at: 0,
            settle_at: 1000,
            looked: 0,
            outcome: outcome.into(),
            why: String::new(),
            ended_at: None,
        }
    }

    #[test]
    fn what_waits_goes_out_when_due_and_not_before() {
        let d = delivery(WAITING);
        assert_eq!(next(&d, None, 99), Step::Wait(100));
        assert_eq!(next(&d, None, 100), Step::Do(Call::Send));
        assert_eq!(next(&d, None, 101 + GIVE_UP_AFTER), Step::GiveUp);
        assert_eq!(next(&Delivery { unwanted: true, ..d }, None, 0), Step::Cancel);
    }

    #[test]
    fn a_part_begins_when_the_part_before_is_out() {
        let part = |state: &str| Delivery { part: 2, ..delivery(state) };
        let step = |d: &Delivery, open: Option<&Attempt>, before: &str, now| {
            in_turn(next(d, open, now), d, open, &delivery(before))
        };
        for before in [WAITING, WORKING, UNCONFIRMED, FAILED, CANCELLED, TAKEN_DOWN] {
            for now in [99, 100, 101 + GIVE_UP_AFTER] {
                assert_eq!(step(&part(WAITING), None, before, now), Step::Hold, "{before} at {now}");
            }
            let unwanted = Delivery { unwanted: true, ..part(WAITING) };
            assert_eq!(step(&unwanted, None, before, 100), Step::Cancel, "{before}");
            assert_eq!(step(&part(WAITING), Some(&open("unknown")), before, 100), Step::Settle, "{before}");
            // What is out is corrected and taken down whatever became of the other since.
            let out = Delivery { sent_version: Some(1), ..part(SENT) };
            assert_eq!(step(&Delivery { version: 2, ..out.clone() }, None, before, 100), Step::Do(Call::Edit));
            assert_eq!(step(&Delivery { unwanted: true, ..out }, None, before, 100), Step::Do(Call::TakeDown));
        }
        assert_eq!(step(&part(WAITING), None, SENT, 100), Step::Do(Call::Send));
        assert_eq!(step(&part(WAITING), None, SENT, 99), Step::Wait(100));
    }

    #[test]
    fn what_a_platform_keeps_answering_without_a_word_becomes_a_question() {
        let mute = Attempt { why: "the answer was cut off".into(), ..open("unknown") };
        let after = |n| before_anew(n, &mute);
        assert_eq!([after(0), after(1), after(3), after(4)], [Some(0), Some(pause(1)), Some(pause(3)), None]);
        assert_eq!(before_anew(99, &open("")), Some(0), "a crash says nothing of the platform");
    }

    #[test]
    fn what_is_out_is_corrected_or_taken_down_unless_a_person_must_act() {
        let out = Delivery { sent_version: Some(1), ..delivery(SENT) };
        assert_eq!(next(&out, None, 200), Step::Nothing);
        let newer = Delivery { version: 2, ..out.clone() };
        assert_eq!(next(&newer, None, 200), Step::Do(Call::Edit));
        let gone = Delivery { unwanted: true, ..newer };
        assert_eq!(next(&gone, None, 200), Step::Do(Call::TakeDown));
        assert_eq!(next(&Delivery { problem: "x".into(), ..gone }, None, 200), Step::Nothing);
        for state in [FAILED, UNCONFIRMED, CANCELLED, TAKEN_DOWN] {
            assert_eq!(next(&Delivery { unwanted: true, version: 9, ..delivery(state) }, None, 200), Step::Nothing);
        }
    }

    #[test]
    fn nothing_is_sent_while_an_outcome_is_open() {
        for state in [WAITING, SENT] {
            for unwanted in [false, true] {
                let d = Delivery { unwanted, ..delivery(state) };
                assert_eq!(next(&d, Some(&open("")), 999), Step::Wait(1000), "the call may still be running");
                assert_eq!(next(&d, Some(&open("")), 1000), Step::Settle);
                assert_eq!(next(&d, Some(&open("unknown")), 100), Step::Settle, "an unknown one is looked for at once");
            }
        }
    }

    #[test]
    fn what_a_platform_works_on_is_asked_about_for_a_day() {
        let a = open("working");
        let ask = |told, now| after_standing(told, "w1", &a, now);
        let out = Standing::Out { remote_id: "7".into(), url: Some("https://x.example/7".into()) };
        let done = Outcome::Done { remote_id: "7".into(), url: "https://x.example/7".into() };
        assert_eq!(ask(Ok(out), 9), done);
        assert_eq!(ask(Ok(Standing::NotTold), 9), Outcome::Done { remote_id: "w1".into(), url: String::new() });
        let no = Standing::Refused { code: "blurred".into(), human: "No".into() };
        assert_eq!(ask(Ok(no), 9), Outcome::Refused { problem: "blurred".into(), text: "No".into() });
        let later =
            |told, now| matches!(ask(told, now), Outcome::Working { remote_id, at } if remote_id == "w1" && at > now);
        let mute = || Err(Failure::Unreachable { why: String::new() });
        assert!(later(Ok(Standing::Working), 9) && later(mute(), 9) && later(Err(Failure::Unauthorised), 9));
        assert!(later(Err(Failure::RateLimited { until_us: Some(i64::MAX) }), 9));
        assert!(matches!(ask(Err(Failure::Gone), 9), Outcome::AskPerson { .. }));
        let day = a.begun_at + GIVE_UP_AFTER + 1;
        assert!(matches!(ask(Ok(Standing::Working), day), Outcome::AskPerson { .. }));
        assert!(matches!(ask(mute(), day), Outcome::AskPerson { .. }));
        let taken = after(Verdict::Pending { remote_id: "w1".into() }, 0, 0);
        assert_eq!(taken, Outcome::Working { remote_id: "w1".into(), at: 5 * SECOND });
        let d = Delivery { next_at: 50, ..delivery(WORKING) };
        assert_eq!((next(&d, Some(&a), 49), next(&d, Some(&a), 50)), (Step::Wait(50), Step::Settle));
    }

    #[test]
    fn only_what_never_left_is_sent_again() {
        let again = |v| matches!(after(v, 0, 0), Outcome::Again { .. });
        assert!(again(Verdict::NotSent { why: String::new() }));
        assert!(again(Verdict::NotReady { why: String::new() }));
        assert!(again(Verdict::RateLimited { until_us: None }));
        assert!(!again(Verdict::Unknown { why: String::new() }));
        assert!(!again(Verdict::Unauthorised));
        let until = after(Verdict::RateLimited { until_us: Some(HOUR) }, 0, 0);
        assert_eq!(until, Outcome::Again { at: HOUR, why: "rate limit".into() });
        assert_eq!((pause(0), pause(1), pause(60)), (5 * SECOND, 10 * SECOND, 10 * MINUTE));
    }

    #[test]
    fn no_counts_only_when_nothing_can_arrive_any_more() {
        let a = open("unknown");
        assert_eq!(after_look(Found::No, Safety::ReadBack, &a, 999), Looked::Later(1000));
        assert_eq!(after_look(Found::No, Safety::ReadBack, &a, 1000), Looked::NotThere);
        let yes = Found::Yes { remote_id: "7".into(), url: None };
        let there = Looked::There { remote_id: "7".into(), url: String::new() };
        assert_eq!(after_look(yes, Safety::Blind, &a, 1), there);
        let taken = after_look(Found::Taken { remote_id: "7".into() }, Safety::Blind, &a, 1);
        assert_eq!(taken, Looked::Taken { remote_id: "7".into() });
    }

    #[test]
    fn what_cannot_be_told_is_repeated_only_where_that_is_safe() {
        let look = |safety, a: &Attempt, now| after_look(Found::CannotTell, safety, a, now);
        let a = open("unknown");
        let keyed = Safety::Keyed { hours: 1 };
        assert_eq!(look(Safety::Blind, &a, 0), Looked::AskPerson);
        assert_eq!(look(keyed, &a, 999), Looked::Later(1000));
        assert_eq!(look(keyed, &a, 1000), Looked::Repeat);
        assert!(matches!(look(keyed, &a, HOUR), Looked::Later(_)), "the platform has forgotten the key");
        assert!(matches!(look(Safety::TwoPhase, &a, 2000), Looked::Later(_)), "no container, nothing to repeat");
        let contained = Attempt { prepared: "{\"container\":\"c1\"}".into(), ..open("unknown") };
        assert_eq!(look(Safety::TwoPhase, &contained, 2000), Looked::Repeat);
        assert_eq!(look(Safety::ReadBack, &Attempt { looked: LOOKS, ..open("unknown") }, 2000), Looked::AskPerson);
    }

    #[test]
    fn a_repetition_that_failed_says_nothing_about_the_first() {
        for verdict in [
            Verdict::NotSent { why: String::new() },
            Verdict::RateLimited { until_us: None },
            Verdict::Unauthorised,
            Verdict::Unknown { why: String::new() },
        ] {
            assert!(matches!(after_repeat(verdict, 0, 0), Outcome::Look { .. }));
        }
        let no = Verdict::Rejected { code: "duplicate".into(), human: "seen".into(), field: None };
        assert!(matches!(after_repeat(no, 0, 0), Outcome::AskPerson { .. }));
    }
}
