//! A clock of this machine that was wrong and is set right, and another machine's that is wrong: nothing is said twice, and
//! nothing waits for a time that was shown by mistake.
use super::super::delivery::Call;
use super::super::send;
use super::*;
use ground::clock::{Clock, DAY, SECOND};
use ground::db::Run;
use ground::sql;

impl Desk {
    fn clock(&self) -> &Clock {
        &self.app.cx.machine.clock
    }
    fn lost(&self, platform: &str, fault: Fault, times: u32) {
        let account = Some(format!("{platform}-{}", self.agency));
        self.app.practice.set_fault(SetFault { fault, account, times, ms: None });
    }
    async fn minutes(&self, n: i64) {
        for _ in 0..2 * n {
            self.app.advance(MINUTE / 2);
            self.app.sweep().await;
        }
    }
    /// As if another machine, or this one before it was started anew, had made the calls.
    async fn of_another_machine(&self) {
        let tx = self.app.cx.db().begin("t").await.unwrap();
        tx.exec(sql!("UPDATE delivery_attempts SET boot = 'another'")).await.unwrap();
        tx.commit().await.unwrap();
    }
    /// Written down as begun, with a call that is on its way for ever.
    async fn begun(&self, text: &str) -> i64 {
        let at = self.app.cx.now() + MINUTE;
        let post = self.approved(text, Some(at)).await.id;
        self.app.drain().await;
        self.app.advance(MINUTE);
        let d = store::of_post(self.app.cx.db(), post).await.unwrap().remove(1);
        let prepared = connect::Prepared { text: text.into(), ..Default::default() };
        let print = connect::fingerprint(text);
        assert!(send::begin(&self.app.cx, d, Call::Send, &prepared, print).await.unwrap().is_some());
        post
    }
}

#[tokio::test]
async fn what_went_out_under_a_clock_that_was_ahead_is_found_when_it_is_set_right() {
    for wrong in [10 * MINUTE, HOUR, 30 * DAY] {
        let d = desk(&["simulator-readback"]).await;
        d.clock().turn(wrong);
        d.lost("simulator-readback", Fault::DropAfter, 1);
        let post = d.approved("Heard nothing", None).await.id;
        d.app.drain().await;
        assert_eq!((d.out("Heard nothing"), d.states(post).await[1].as_str()), (1, "waiting"));
        d.clock().turn(-wrong);
        d.minutes(3).await;
        assert_eq!((d.out("Heard nothing"), d.states(post).await[1].as_str()), (1, "sent"), "{wrong}");
    }
}

#[tokio::test]
async fn what_another_machine_sent_under_a_wrong_clock_is_not_sent_again() {
    for wrong in [10 * MINUTE, 5 * HOUR, -10 * MINUTE] {
        let d = desk(&["simulator-readback"]).await;
        d.clock().turn(wrong);
        d.lost("simulator-readback", Fault::DropAfter, 1);
        let post = d.approved("Heard nothing", None).await.id;
        d.app.drain().await;
        d.clock().turn(-wrong);
        d.of_another_machine().await;
        // Nobody looked for so long.
        d.app.advance(8 * MINUTE);
        for _ in 0..2 {
            d.live_on().await;
        }
        let state = if wrong > 0 { "unconfirmed" } else { "sent" };
        assert_eq!((d.out("Heard nothing"), d.states(post).await[1].as_str()), (1, state), "{wrong}");
    }
}

/// Its clock was ahead by more than a day, and it is looked for when that day is over.
#[tokio::test]
async fn what_another_machine_sent_days_ago_is_not_sent_again() {
    let d = desk(&["simulator-readback"]).await;
    d.clock().turn(36 * HOUR);
    d.lost("simulator-readback", Fault::DropAfter, 1);
    let post = d.approved("Heard nothing", None).await.id;
    d.app.drain().await;
    d.clock().turn(-36 * HOUR);
    d.of_another_machine().await;
    d.app.advance(2 * DAY);
    for _ in 0..2 {
        d.live_on().await;
    }
    assert_eq!((d.out("Heard nothing"), d.states(post).await[1].as_str()), (1, "unconfirmed"));
}

#[tokio::test]
async fn what_another_machine_surely_did_not_send_is_sent_once() {
    let d = desk(&["simulator-readback"]).await;
    d.lost("simulator-readback", Fault::DropBefore, 1);
    let post = d.approved("Never arrived", None).await.id;
    d.app.drain().await;
    d.of_another_machine().await;
    d.minutes(5).await;
    assert_eq!((d.out("Never arrived"), d.states(post).await[1].as_str()), (1, "sent"));
}

/// A lease that seems to have run out is no sign that a call is over: it is waited for by time that nobody sets.
#[tokio::test]
async fn a_clock_that_is_ahead_does_not_end_a_call_that_is_on_its_way() {
    for elsewhere in [false, true] {
        let d = desk(&["simulator-readback"]).await;
        let post = d.begun("On its way").await;
        if elsewhere {
            d.of_another_machine().await;
        }
        d.clock().turn(HOUR);
        for _ in 0..2 {
            d.app.sweep().await;
            d.app.advance(14 * SECOND);
            assert_eq!(d.out("On its way"), 0, "{elsewhere}");
        }
        d.minutes(3).await;
        assert_eq!((d.out("On its way"), d.states(post).await[1].as_str()), (1, "sent"), "{elsewhere}");
    }
}

#[tokio::test]
async fn what_waits_for_a_time_that_was_shown_by_mistake_waits_no_longer() {
    let d = desk(&["simulator"]).await;
    d.clock().turn(3 * HOUR);
    d.lost("simulator", Fault::RateLimit, 1);
    let at_once = d.approved("At once", None).await.id;
    let planned_at = d.app.cx.now() + 2 * HOUR;
    let planned = d.approved("Planned", Some(planned_at)).await.id;
    d.app.drain().await;
    assert_eq!((d.out("At once"), d.out("Planned")), (0, 0));
    d.clock().turn(-3 * HOUR);
    d.minutes(3).await;
    assert_eq!((d.out("At once"), d.states(at_once).await), (1, vec!["sent".to_owned(); 2]));
    // What a person planned goes out when it was planned for, and then at once.
    d.app.advance(planned_at - d.app.cx.now() - SECOND);
    d.app.drain().await;
    assert_eq!(d.out("Planned"), 0);
    d.app.advance(SECOND);
    d.app.drain().await;
    assert_eq!((d.out("Planned"), d.states(planned).await), (1, vec!["sent".to_owned(); 2]));
}
