//! Everything outgoing stopped at once.
use super::{Desk, desk};
use crate::people::Role;
use crate::posts;
use crate::testkit::{Answer, Person};
use axum::http::Method;
use connect::simulator::{Fault, SetFault};
use ground::clock::{DAY, MINUTE, SECOND};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/api/v1/freezes";

impl Desk {
    async fn asks(&self, who: &Person, method: Method, path: &str, body: Value) -> Answer {
        let token = crate::people::issue_token(&self.app.cx, who.id, "now", DAY).await.unwrap();
        self.app.api(Some(&Person { token, ..who.clone() }), method, path, body).await
    }
    async fn freezes(&self, who: &Person, body: Value) -> Answer {
        self.asks(who, Method::POST, PATH, body).await
    }
    fn mine(&self, reason: &str) -> Value {
        json!({"agency": self.agency.to_string(), "reason": reason})
    }
    async fn thaws(&self, who: &Person, freeze: &Value, reason: &str) -> Answer {
        let path = format!("{PATH}/{}/thaw", freeze["id"].as_str().unwrap());
        self.asks(who, Method::POST, &path, json!({"reason": reason})).await
    }
    async fn recorded(&self, kind: &str) -> usize {
        let wanted = crate::ledger::Wanted { kind: Some(kind.into()), most: 99, ..Default::default() };
        crate::ledger::facts(self.app.cx.db(), &wanted).await.unwrap().len()
    }
}

#[tokio::test]
async fn nothing_leaves_while_a_freeze_holds_and_it_goes_on_when_it_is_lifted() {
    let d = desk(&["simulator", "simulator-blind"]).await;
    let out = d.approved("Out already", None).await;
    d.app.drain().await;
    // Without a reason, by somebody who may not, twice.
    d.freezes(&d.approver, d.mine(" ")).await.expect(409);
    d.freezes(&d.author, d.mine("An account was taken over")).await.expect(403);
    d.freezes(&d.approver, json!({"reason": "Everything"})).await.expect(403);
    let freeze = d.freezes(&d.approver, d.mine("An account was taken over")).await.expect(201).json();
    assert_eq!((&freeze["on_their_way"], &freeze["parked"]), (&json!(0), &json!(0)));
    let again = d.freezes(&d.approver, d.mine("Once more")).await;
    assert_eq!(again.status.as_u16(), 409, "{}", again.body);

    let post = d.approved("Not now", None).await;
    posts::correct(&d.author.cx, out.id, 1, "Corrected now", "གསལ་བསྒྲགས།", "The hour was wrong").await.unwrap();
    posts::approve(&d.approver.cx, out.id, 2).await.unwrap();
    d.live_on().await;
    assert_eq!((d.out("Not now"), d.out("Corrected now"), d.out("Out already")), (0, 0, 2));
    let path = format!("/api/v1/posts/{}/deliveries", post.id);
    let seen = d.asks(&d.author, Method::GET, &path, Value::Null).await.expect(200).json();
    assert!(seen["items"].as_array().unwrap().iter().all(|i| i["state"] == "frozen"), "{seen}");
    let list = d.asks(&d.author, Method::GET, PATH, Value::Null).await.expect(200).json();
    assert_eq!(list["items"][0]["parked"], 6, "three of the new post and three corrections: {list}");
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    for lang in ["en", "dz"] {
        for page in ["/desk".to_owned(), "/publishing/freeze".into(), format!("/posts/{}/deliveries", out.id)] {
            let body = d.app.browse(&cookie, &format!("{page}?lang={lang}")).await.expect(200).body;
            assert!(page.starts_with("/posts") || body.contains("An account was taken over"), "{page} {lang}");
        }
    }
    let others = d.app.person("Tashi", None, &[Role::Administrator]).await;
    d.asks(&others, Method::GET, PATH, Value::Null).await.expect(403);

    d.thaws(&d.author, &freeze, "It may go on").await.expect(403);
    d.thaws(&d.approver, &freeze, "").await.expect(409);
    let thawed = d.thaws(&d.approver, &freeze, "All keys were changed").await.expect(200).json();
    assert_eq!(thawed["thaw_reason"], "All keys were changed");
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent"; 3]);
    assert_eq!((d.out("Not now"), d.out("Corrected now"), d.out("Out already")), (2, 2, 0));
    assert_eq!((d.recorded("publishing.frozen").await, d.recorded("publishing.thawed").await), (1, 1));
}

#[tokio::test]
async fn the_whole_government_is_stopped_by_whoever_oversees_it_and_removals_go_through() {
    let d = desk(&["simulator"]).await;
    let overseer = d.app.person("Ugyen Dema", None, &[Role::Oversight]).await;
    let out = d.approved("To be taken down", None).await;
    d.app.drain().await;
    let freeze = d.freezes(&overseer, json!({"reason": "A key of the network was stolen"})).await.expect(201).json();
    assert_eq!(freeze["agency"], Value::Null);
    let mine = d.freezes(&d.approver, d.mine("Ours as well")).await.expect(201).json();
    let post = d.approved("Waits for both", None).await;
    posts::withdraw(&d.approver.cx, out.id, "Not true").await.unwrap();
    d.app.drain().await;
    assert_eq!((d.states(out.id).await, d.out("To be taken down")), (vec!["taken-down".to_owned(); 2], 0));
    d.thaws(&d.approver, &freeze, "We think it is over").await.expect(403);
    d.thaws(&overseer, &freeze, "The key was changed").await.expect(200);
    d.app.drain().await;
    assert_eq!(d.out("Waits for both"), 0, "the agency's own freeze still holds");
    d.thaws(&d.approver, &mine, "All is well").await.expect(200);
    d.app.drain().await;
    assert_eq!((d.states(post.id).await, d.out("Waits for both")), (vec!["sent".to_owned(); 2], 1));
}

#[tokio::test]
async fn what_is_more_than_a_day_late_after_a_freeze_waits_for_a_person() {
    let d = desk(&["simulator"]).await;
    let freeze = d.freezes(&d.approver, d.mine("A long one")).await.expect(201).json();
    let post = d.approved("Yesterday's news", None).await;
    d.app.drain().await;
    d.app.advance(DAY + MINUTE);
    d.thaws(&d.approver, &freeze, "All is well").await.expect(200);
    d.app.drain().await;
    d.live_on().await;
    assert_eq!((d.states(post.id).await, d.out("Yesterday's news")), (vec!["failed".to_owned(); 2], 0));
}

/// Rounds of each race; `DRELWA_TEST_RACES` for more.
fn rounds() -> u64 {
    let asked = ground::config::Config::environment("DRELWA_TEST_RACES");
    asked.and_then(|n| n.parse().ok()).unwrap_or(12)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_begins_after_a_freeze_was_confirmed() {
    let d = desk(&["simulator", "simulator-readback"]).await;
    for round in 0..rounds() {
        let text = format!("Race {round} of many");
        for _ in 0..4 {
            d.approved(&text, None).await;
        }
        for platform in ["simulator", "simulator-readback"] {
            let account = Some(format!("{platform}-{}", d.agency));
            let slow = SetFault { fault: Fault::Slow, account, times: 4, ms: Some(3 + round % 7) };
            d.app.practice.set_fault(slow);
        }
        let freezing = async {
            tokio::time::sleep(Duration::from_millis(round * 37 % 150)).await;
            let freeze = d.freezes(&d.approver, d.mine("A race")).await.expect(201).json();
            assert_eq!(freeze["on_their_way"], 0, "calls here end within three seconds");
            (freeze, d.out(&text))
        };
        // Three workers at once.
        let ((), (), (), (freeze, out)) = tokio::join!(d.app.drain(), d.app.drain(), d.app.drain(), freezing);
        d.app.advance(MINUTE);
        d.app.sweep().await;
        assert_eq!(d.out(&text), out, "round {round}: something left after the freeze was confirmed");
        d.app.practice.clear_faults();
        d.thaws(&d.approver, &freeze, "The race is over").await.expect(200);
        d.app.drain().await;
        assert_eq!(d.out(&text), 8, "round {round}: everything is there once when it was lifted");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_stays_out_after_a_withdrawal_that_raced_with_sending() {
    let d = desk(&["simulator", "simulator-twophase"]).await;
    for round in 0..rounds() {
        let text = format!("Withdrawn {round} of many");
        let post = d.approved(&text, None).await;
        let withdrawing = async {
            tokio::time::sleep(Duration::from_millis(round * 11 % 60)).await;
            posts::withdraw(&d.approver.cx, post.id, "Not true").await.unwrap();
        };
        tokio::join!(d.app.drain(), withdrawing);
        d.app.advance(MINUTE);
        d.app.sweep().await;
        assert_eq!(d.out(&text), 0, "round {round}");
        let states = d.states(post.id).await;
        assert!(states.iter().all(|s| matches!(s.as_str(), "cancelled" | "taken-down")), "round {round}: {states:?}");
    }
}

#[tokio::test]
async fn nothing_is_two_minutes_late_without_a_person_told() {
    let d = desk(&["simulator"]).await;
    let lead = d.app.person("Kinley Wangmo", Some(d.agency), &[Role::Lead]).await;
    let outage = SetFault { fault: Fault::Outage, account: None, times: 100_000, ms: None };
    d.app.practice.set_fault(outage);
    d.approved("Late news", None).await;
    d.app.drain().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let late = async || d.app.browse(&cookie, "/desk").await.expect(200).body.contains("Late news");
    for _ in 0..3 {
        d.app.advance(30 * SECOND);
        d.app.sweep().await;
    }
    assert_eq!((d.recorded("delivery.late").await, late().await), (0, false));
    d.app.advance(30 * SECOND);
    d.app.sweep().await;
    assert_eq!(d.recorded("delivery.late").await, 1, "told before it is two minutes late");
    d.app.advance(SECOND);
    assert!(late().await, "and it stands on the desk");
    let told = || d.app.mails().into_iter().filter(|m| m.contains("Something is late")).count();
    let leads = told();
    assert!(leads >= 1, "leads of the agency ({}) are written to", lead.id);
    for _ in 0..10 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
    }
    assert_eq!((d.recorded("delivery.late").await, told()), (1, leads), "once");
    d.app.practice.clear_faults();
    d.live_on().await;
    assert_eq!((d.out("Late news"), late().await), (1, false));
}
