mod accessible;
mod away;
mod by_hand;
mod clocks;
mod freeze;
mod meanwhile;
mod moved;
mod outside;
mod parts;
mod practice;
mod spending;
mod working;

use super::store;
use crate::people::Role;
use crate::posts::{self, Draft, Post, Target};
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use connect::simulator::{Fault, SetFault};
use ground::clock::{HOUR, MINUTE};
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    agency: i64,
    author: Person,
    approver: Person,
    accounts: Vec<i64>,
}

/// An agency with an account on our own site (first) and on each of these platforms.
async fn desk(platforms: &[&str]) -> Desk {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let mut accounts = vec![app.live_site(agency, &author, &lead).await];
    for platform in platforms {
        accounts.push(app.live_practice(agency, platform, &author, &lead).await);
    }
    Desk { app, agency, author, approver, accounts }
}

impl Desk {
    async fn approved(&self, text: &str, at: Option<i64>) -> Post {
        let targets = self.accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        let draft =
            Draft {
                text_en: text.into(), text_dz: "གསལ་བསྒྲགས།".into(), targets, scheduled_at: at, ..Draft::default()
            };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap();
        posts::submit(&self.author.cx, post.id, 1).await.unwrap();
        posts::approve(&self.approver.cx, post.id, 1).await.unwrap()
    }
    /// Lets an hour pass in small steps, as a running program would live through it.
    async fn live_on(&self) {
        for _ in 0..60 {
            self.app.advance(MINUTE);
            self.app.sweep().await;
        }
    }
    async fn states(&self, post: i64) -> Vec<String> {
        store::of_post(self.app.cx.db(), post).await.unwrap().into_iter().map(|d| d.state).collect()
    }
    fn out(&self, text: &str) -> usize {
        self.app.practice.posts().iter().filter(|p| p.text.contains(text)).count()
    }
}

const ALL: [&str; 4] = ["simulator", "simulator-twophase", "simulator-readback", "simulator-blind"];

#[tokio::test]
async fn an_approved_post_goes_once_to_every_account() {
    let d = desk(&ALL).await;
    let post = d.approved("Free flu vaccination", None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent"; 5]);
    assert_eq!(d.out("Free flu vaccination"), 4);
    d.live_on().await;
    assert_eq!(d.out("Free flu vaccination"), 4);
    let path = format!("/api/v1/posts/{}/deliveries", post.id);
    let seen = d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(200).json();
    let items = seen["items"].as_array().unwrap();
    assert!(items.iter().all(|i| i["state"] == "sent" && i["attempts"].as_array().unwrap().len() == 1));
    assert_eq!(items[0]["url"], format!("http://drelwa.test/p/{}", post.id));
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for lang in ["en", "dz"] {
        d.app.browse(&cookie, &format!("/posts/{}/deliveries?lang={lang}", post.id)).await.expect(200);
    }
    let stranger = d.app.person("Tashi", None, &[Role::Administrator]).await;
    d.app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
}

#[tokio::test]
async fn what_is_urgent_leaves_first_and_says_why() {
    let d = desk(&["simulator"]).await;
    let targets = vec![Target { account: d.accounts[1], variant: String::new() }];
    let submitted = async |text: &str| {
        let (text_en, text_dz) = (text.to_owned(), "གསལ་བསྒྲགས།".to_owned());
        let draft = Draft { text_en, text_dz, targets: targets.clone(), ..Draft::default() };
        let post = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap();
        posts::submit(&d.author.cx, post.id, 1).await.unwrap();
        post.id
    };
    for n in 0..5 {
        posts::approve(&d.approver.cx, submitted(&format!("Usual {n}")).await, 1).await.unwrap();
    }
    let flood = submitted("Leave the river banks now").await;
    let path = format!("/api/v1/posts/{flood}/approval");
    let long = json!({"version": 1, "urgent": "x".repeat(501)});
    d.app.api(Some(&d.approver), Method::POST, &path, long).await.expect(422);
    d.app.api(Some(&d.approver), Method::POST, &path, json!({"version": 1, "urgent": " "})).await.expect(422);
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let typed = [("version", "1"), ("first", "yes"), ("urgent", "")];
    let page = d.app.submit(&cookie, &format!("/posts/{flood}"), &format!("/posts/{flood}/approval"), &typed).await;
    assert!(page.expect(422).body.contains("Say why it cannot wait"));
    let why = json!({"version": 1, "urgent": "The lake has burst"});
    d.app.api(Some(&d.approver), Method::POST, &path, why).await.expect(200);
    d.app.drain().await;
    let out = d.app.practice.posts();
    assert_eq!(out.len(), 6);
    assert!(out[0].text.contains("river banks"), "{:?}", out.iter().map(|p| &p.text).collect::<Vec<_>>());
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/posts/{flood}/deliveries")).await.expect(200);
    assert!(page.body.contains("urgent"));
    let page = d.app.browse(&cookie, &format!("/posts/{flood}")).await.expect(200);
    assert!(page.body.contains("The lake has burst"), "the reason stands in the post's story");
}

#[tokio::test]
async fn nothing_leaves_before_its_time_or_after_a_withdrawal() {
    let d = desk(&["simulator"]).await;
    let at = d.app.cx.now() + 2 * HOUR;
    let post = d.approved("Tomorrow's road works", Some(at)).await;
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["waiting"; 2]);
    posts::withdraw(&d.approver.cx, post.id, "The works were moved").await.unwrap();
    // The work that was queued before is run, late as it is: it must find the withdrawal.
    d.app.advance(3 * HOUR);
    d.app.sweep().await;
    assert_eq!(d.states(post.id).await, ["cancelled"; 2]);
    assert_eq!(d.out("road works"), 0);
}

#[tokio::test]
async fn a_correction_changes_what_is_out_and_a_withdrawal_takes_it_down() {
    let d = desk(&["simulator"]).await;
    let post = d.approved("Clinic opens at 8", None).await;
    d.app.drain().await;
    posts::correct(&d.author.cx, post.id, 1, "Clinic opens at 9", "གསལ་བསྒྲགས།", "The hour was wrong").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.out("opens at 8"), 1, "what is out stays until the correction is approved");
    posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    assert_eq!((d.out("opens at 8"), d.out("opens at 9")), (0, 1));
    posts::withdraw(&d.approver.cx, post.id, "No longer offered").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["taken-down"; 2]);
    assert_eq!(d.out("Clinic"), 0);
}

#[tokio::test]
async fn every_fault_on_every_platform_ends_in_one_post_or_in_a_question() {
    let d = desk(&ALL).await;
    for fault in Fault::ALL {
        for (n, platform) in ALL.iter().enumerate() {
            let account = format!("{platform}-{}", d.agency);
            let fault = SetFault { fault, account: Some(account.clone()), times: 1, ms: Some(50) };
            d.app.practice.set_fault(fault.clone());
            let text = format!("Notice {:?} {n}", fault.fault);
            let targets = vec![Target { account: d.accounts[n + 1], variant: String::new() }];
            let draft = Draft {
                text_en: text.clone(), text_dz: "གསལ་བསྒྲགས།".into(), targets, ..Draft::default()
            };
            let post = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap();
            posts::submit(&d.author.cx, post.id, 1).await.unwrap();
            posts::approve(&d.approver.cx, post.id, 1).await.unwrap();
            d.app.drain().await;
            for minute in 0..30 {
                // An outage is not spent by what it turns away: it ends by itself.
                if minute == 3 {
                    d.app.practice.clear_faults();
                }
                d.app.advance(MINUTE);
                d.app.sweep().await;
            }
            let state = d.states(post.id).await.remove(0);
            let out = d.out(&text);
            let what = format!("{fault:?} on {platform}: {state}, {out} out");
            assert!(out <= 1, "{what}");
            match state.as_str() {
                "sent" => assert_eq!(out, 1, "{what}"),
                "unconfirmed" => assert_eq!(*platform, "simulator-blind", "{what}"),
                "failed" => assert_eq!((fault.fault, out), (Fault::RevokedToken, 0), "{what}"),
                _ => panic!("{what}: {:?}", store::of_post(d.app.cx.db(), post.id).await.unwrap()),
            }
        }
    }
}

/// A platform that answers every call without a word and shows nothing afterwards: after some calls a person is asked.
#[tokio::test]
async fn what_never_gets_a_clear_answer_is_not_sent_for_ever() {
    let d = desk(&["simulator-readback"]).await;
    d.app.practice.set_fault(SetFault { fault: Fault::DropBefore, account: None, times: 0, ms: None });
    let post = d.approved("Road closed", None).await;
    d.app.drain().await;
    d.live_on().await;
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["sent", "unconfirmed"]);
    let path = format!("/api/v1/posts/{}/deliveries", post.id);
    let seen = d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(200).json();
    let items = seen["items"].as_array().unwrap();
    let ours = items.iter().find(|i| i["platform"] == "simulator-readback").unwrap();
    assert_eq!(ours["attempts"].as_array().unwrap().len(), 5, "{ours}");
}

#[tokio::test]
async fn what_nobody_can_tell_is_decided_by_a_person() {
    let d = desk(&["simulator-blind"]).await;
    d.app.practice.set_fault(SetFault::once(Fault::DropBefore));
    let post = d.approved("Water will be off", None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent", "unconfirmed"]);
    d.live_on().await;
    assert_eq!(d.out("Water"), 0, "nothing is sent again by itself");
    let id = store::of_post(d.app.cx.db(), post.id).await.unwrap()[1].id;
    let path = format!("/api/v1/deliveries/{id}/confirmation");
    let page = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let shown = d.app.browse(&page, &format!("/posts/{}/deliveries", post.id)).await.expect(200);
    assert!(shown.body.contains("Nobody can tell") && shown.body.contains("name=\"there\""));
    // Who may not say it is told who may; both see where to look.
    let author = d.app.sign_in("pema.lhamo@example.bt").await;
    let theirs = d.app.browse(&author, &format!("/posts/{}/deliveries", post.id)).await.expect(200).body;
    assert!(theirs.contains("Whoever approves posts") && !theirs.contains("name=\"there\""), "{theirs}");
    for page in [&shown.body, &theirs] {
        assert!(page.contains(&format!("href=\"/practice#a{}\"", d.accounts[1])), "{page}");
    }
    d.app.api(Some(&d.author), Method::POST, &path, json!({"there": true})).await.expect(403);
    d.app.api(Some(&d.approver), Method::POST, &path, json!({"there": true, "url": "nowhere"})).await.expect(422);
    d.app.api(Some(&d.approver), Method::POST, &path, json!({"there": false})).await.expect(200);
    d.app.drain().await;
    assert_eq!((d.states(post.id).await[1].as_str(), d.out("Water")), ("sent", 1));
    d.app.api(Some(&d.approver), Method::POST, &path, json!({"there": false})).await.expect(409);
}

#[tokio::test]
async fn a_worker_that_died_before_or_after_its_call_neither_doubles_nor_loses() {
    for happened in [false, true] {
        let d = desk(&["simulator", "simulator-twophase", "simulator-readback"]).await;
        let post = d.approved("Bridge closed", None).await;
        // What a killed worker leaves behind: the attempt's row and, or not, the post.
        for (n, delivery) in d.left_behind(post.id, happened).await {
            assert_eq!(store::open(d.app.cx.db(), delivery).await.unwrap().unwrap().n, n);
        }
        d.app.drain().await;
        d.live_on().await;
        assert_eq!(d.states(post.id).await, ["sent"; 4], "happened: {happened}");
        assert_eq!(d.out("Bridge closed"), 3, "happened: {happened}");
    }
}

impl Desk {
    /// Begins each delivery as the engine does and stops where a kill would: before the call's outcome is written.
    async fn left_behind(&self, post: i64, happened: bool) -> Vec<(i64, i64)> {
        let cx = &self.app.cx;
        let wanted = crate::ledger::Wanted { kind: Some("post.approved".into()), most: 1, ..Default::default() };
        let id = crate::ledger::facts(cx.db(), &wanted).await.unwrap()[0].id;
        super::actions::schedule(cx.clone(), crate::ledger::load(cx.clone(), id).await.unwrap()).await.unwrap();
        let mut begun = vec![];
        for d in store::of_post(cx.db(), post).await.unwrap().into_iter().filter(|d| d.platform != "site") {
            let (id, platform) = (d.id, d.platform.clone());
            let (_, connector, access) = super::send::way(cx, &d).await.unwrap().unwrap();
            let said = super::content::post(cx, &d).await.unwrap();
            let prepared = connector.prepare(&access, &said).await.unwrap();
            let print = connect::fingerprint(&said.text);
            let (_, a) =
                super::send::begin(cx, d, super::delivery::Call::Send, &prepared, print).await.unwrap().unwrap();
            if happened {
                let verdict = connector.attempt(&access, &prepared, &a.send_key).await;
                assert!(matches!(verdict, connect::Verdict::Accepted { .. }), "{platform}: {verdict:?}");
            }
            begun.push((a.n, id));
        }
        begun
    }
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_by_a_person() {
    let d = desk(&["simulator"]).await;
    d.app.practice.set_fault(SetFault { fault: Fault::RevokedToken, account: None, times: 0, ms: None });
    let post = d.approved("Library hours", None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent", "failed"]);
    let id = store::of_post(d.app.cx.db(), post.id).await.unwrap()[1].id;
    let path = format!("/api/v1/deliveries/{id}/retry");
    let clear = d.app.api(Some(&d.author), Method::POST, "/api/v1/simulator/faults", json!({"fault": "none"})).await;
    clear.expect(201);
    let odd = d.app.api(Some(&d.author), Method::POST, "/api/v1/simulator/faults", json!({"fault": "fire"})).await;
    odd.expect(422);
    d.app.api(Some(&d.approver), Method::POST, &path, Value::Null).await.expect(200);
    d.app.drain().await;
    assert_eq!((d.states(post.id).await[1].as_str(), d.out("Library")), ("sent", 1));
    d.app.api(Some(&d.approver), Method::POST, &path, Value::Null).await.expect(409);
    assert!(super::verify(d.app.cx.clone()).await.unwrap().is_empty());
}

#[tokio::test]
async fn p6_2_am16_the_tool_sends_approved_deliveries_only_and_each_names_its_attempt() {
    let d = desk(&["simulator"]).await;
    d.approved("Road to Bazam open", None).await;
    // A draft, and one that waits for approval, leave nothing.
    let to = |account: i64| Target { account, variant: String::new() };
    let draft = Draft {
        text_en: "Not approved".into(),
        text_dz: "ཆ་འཇོག་མ་འབད།".into(),
        targets: d.accounts.iter().map(|a| to(*a)).collect(),
        ..Default::default()
    };
    posts::draft(&d.author.cx, d.agency, &draft).await.unwrap();
    let waits = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap();
    posts::submit(&d.author.cx, waits.id, 1).await.unwrap();
    d.app.drain().await;
    d.app.advance(HOUR);
    d.app.sweep().await;
    // Each thing on the platform is a delivery of ours that names its attempt, and there is no more than that.
    let out = d.app.practice.posts();
    assert_eq!(out.len(), 1, "{out:?}");
    let practice = d.accounts[1];
    for post in &out {
        let delivery = store::of_remote(d.app.cx.db(), practice, &post.id).await.unwrap().unwrap();
        let attempts = store::attempts(d.app.cx.db(), delivery.id).await.unwrap();
        let sent = attempts.iter().find(|a| a.kind == "send" && a.ended_at.is_some()).unwrap();
        assert_eq!((Some(sent.version), post.key.as_deref()), (delivery.sent_version, Some(&*sent.send_key)));
    }
    // The interface tells of the account, and nothing with which one could publish beside the tool.
    let path = format!("/api/v1/accounts/{practice}");
    let told = d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(200).json();
    let names: Vec<&String> = told.as_object().unwrap().keys().collect();
    for part in ["secret", "token", "key", "credential", "refresh"] {
        assert!(!names.iter().any(|n| n.contains(part)), "{part}: {names:?}");
    }
    d.app.drain().await;
}
