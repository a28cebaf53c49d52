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
    Attempt { outcome: outcome.into(), ..Attempt::sample() }
}
fn next(d: &Delivery, open: Option<&Attempt>, now: i64) -> Step {
    super::next(d, open, open.map_or(0, |a| a.settle_at), now)
}
fn after_look(found: Found, safety: Safety, a: &Attempt, now: i64) -> Looked {
    let begun = Begun { at: a.begun_at, over_at: a.settle_at, is_sure: true };
    super::after_look(found, safety, a, &begun, now)
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
    assert_eq!(until, Outcome::Again { at: HOUR, why: why::RATE_LIMIT.into() });
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
    let unsure = |hours| {
        let begun = Begun { at: 0, over_at: 1000, is_sure: false };
        super::after_look(Found::CannotTell, Safety::Keyed { hours }, &a, &begun, 1000)
    };
    assert!(matches!(unsure(24), Looked::Later(_)), "it may have forgotten it");
    assert_eq!(unsure(24 * 365), Looked::Repeat, "it never forgets one");
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
