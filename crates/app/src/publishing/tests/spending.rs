//! The most that posts may cost in a month.
use super::*;
use crate::testkit::Answer;

async fn limit(d: &Desk, who: &Person, price: &str, most: &str) -> Answer {
    let path = format!("/api/v1/accounts/{}/spending-limit", d.accounts[1]);
    let body = json!({"price": price, "most": most, "currency": "usd"});
    d.app.api(Some(who), Method::POST, &path, body).await
}

async fn lead(d: &Desk) -> Person {
    d.app.person("Sangay Dema", Some(d.agency), &[Role::Lead]).await
}

async fn seen(d: &Desk) -> Value {
    let path = format!("/api/v1/accounts/{}/spending-limit", d.accounts[1]);
    d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(200).json()
}

#[tokio::test]
async fn what_would_cost_too_much_does_not_leave_and_goes_out_under_a_new_limit() {
    let d = desk(&["simulator"]).await;
    let lead = lead(&d).await;
    limit(&d, &d.author, "0.2", "0.50").await.expect(403);
    let wrong = limit(&d, &lead, "free", "0").await.expect(422).json();
    assert_eq!(wrong["errors"].as_array().map(Vec::len), Some(2), "{wrong}");
    limit(&d, &lead, "0.2", "0.50").await.expect(200);
    let mut posts = vec![];
    for n in 0..3 {
        posts.push(d.approved(&format!("Notice {n}"), None).await.id);
    }
    d.app.drain().await;
    let mut states = vec![];
    for post in &posts {
        states.push(d.states(*post).await.remove(1));
    }
    assert_eq!(states.iter().filter(|s| *s == "sent").count(), 2, "{states:?}");
    assert_eq!(states.iter().filter(|s| *s == "failed").count(), 1, "{states:?}");
    assert_eq!(d.out("Notice"), 2);
    let told = seen(&d).await;
    assert_eq!((&told["posts"], &told["spent"], &told["most"]), (&json!(2), &json!("0.40"), &json!("0.50")));
    let cookie = d.app.sign_in("sangay.dema@example.bt").await;
    for (lang, words) in [("en", "Cost of posts"), ("dz", "རྩོམ་གྱི་ཟད་འགྲོ")] {
        let page = d.app.browse(&cookie, &format!("/publishing/spending?lang={lang}")).await.expect(200);
        assert!(page.body.contains(words) && page.body.contains("0.40"), "{}", page.body);
    }
    let late = posts[states.iter().position(|s| s == "failed").unwrap()];
    let page = d.app.browse(&cookie, &format!("/posts/{late}/deliveries")).await.expect(200);
    assert!(page.body.contains("cost more than this account may spend"));

    limit(&d, &lead, "0.2", "1").await.expect(200);
    let delivery = store::of_post(d.app.cx.db(), late).await.unwrap().remove(1);
    crate::publishing::actions::retry(&d.approver.cx, delivery.id).await.unwrap();
    d.app.drain().await;
    assert_eq!(d.out("Notice"), 3);
    assert_eq!(seen(&d).await["spent"], "0.60");
}

#[tokio::test]
async fn what_certainly_did_not_leave_costs_nothing_and_what_may_have_does() {
    let d = desk(&["simulator"]).await;
    let lead = lead(&d).await;
    limit(&d, &lead, "1", "10").await.expect(200);
    let account = Some(format!("simulator-{}", d.agency));
    for (fault, spent) in [(Fault::RevokedToken, 0), (Fault::ErrorAfterCommit, 1), (Fault::RateLimit, 1)] {
        d.app.practice.set_fault(SetFault { fault, account: account.clone(), times: 1, ms: None });
        d.approved(&format!("Notice {fault:?}"), None).await;
        d.app.drain().await;
        assert_eq!(seen(&d).await["posts"], spent, "{fault:?}");
        d.app.practice.clear_faults();
    }
    d.live_on().await;
    // The rate limit was over and the lost answer was found: one post each; the refused one was not tried again.
    assert_eq!((d.out("Notice"), seen(&d).await["posts"].clone()), (2, json!(2)));
}

#[tokio::test]
async fn the_last_place_is_taken_once_and_a_new_month_begins_anew() {
    let d = desk(&["simulator"]).await;
    let lead = lead(&d).await;
    limit(&d, &lead, "1", "1").await.expect(200);
    let (db, account) = (d.app.cx.db(), d.accounts[1]);
    let mut taken = vec![];
    for month in ["2026-10", "2026-10", "2026-11"] {
        let tx = db.begin("t").await.unwrap();
        taken.push(store::spending::take(&tx, account, month).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(taken, [true, false, true]);
    let cookie = d.app.sign_in("sangay.dema@example.bt").await;
    let path = format!("/publishing/spending/{account}");
    let again = d
        .app
        .submit(&cookie, "/publishing/spending", &path, &[("price", "a lot"), ("most", "5"), ("currency", "BTN")])
        .await
        .expect(422);
    assert!(again.body.contains("a lot") && again.body.contains("digits behind it"), "{}", again.body);
    d.app
        .submit(&cookie, "/publishing/spending", &path, &[("price", "0.5"), ("most", "5"), ("currency", "BTN")])
        .await
        .expect(303);
    d.app.submit(&cookie, "/publishing/spending", &format!("{path}/lifting"), &[]).await.expect(303);
    let path = format!("/api/v1/accounts/{account}/spending-limit");
    d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(404);
}

/// Only what took a place under the limit gives one back.
#[tokio::test]
async fn what_a_person_cannot_put_on_by_hand_makes_no_room_under_the_limit() {
    let d = desk(&["simulator-blind"]).await;
    let lead = lead(&d).await;
    limit(&d, &lead, "1", "1").await.expect(200);
    let account = Some(format!("simulator-blind-{}", d.agency));
    d.app.practice.set_fault(SetFault { fault: Fault::DropAfter, account, times: 1, ms: None });
    let targets = vec![Target { account: d.accounts[1], variant: String::new() }];
    let parts = vec![posts::Part { en: "In Paro".into(), dz: String::new() }];
    let draft = Draft {
        text_en: "Power".into(), text_dz: "གསལ་བསྒྲགས།".into(), targets, parts, ..Draft::default()
    };
    let post = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap();
    posts::submit(&d.author.cx, post.id, 1).await.unwrap();
    posts::approve(&d.approver.cx, post.id, 1).await.unwrap();
    d.app.drain().await;
    let first = store::of_post(d.app.cx.db(), post.id).await.unwrap().remove(0);
    crate::publishing::actions::confirm(&d.approver.cx, first.id, true, "https://practice.example/1").await.unwrap();
    d.app.drain().await;
    let second = store::of_post(d.app.cx.db(), post.id).await.unwrap().remove(1);
    let path = format!("/api/v1/deliveries/{}/hand-over/refusal", second.id);
    d.app.api(Some(&d.author), Method::POST, &path, json!({"reason": "Nobody can sign in"})).await.expect(200);
    assert_eq!(seen(&d).await["posts"], 1);
    let more = d.approved("Notice", None).await.id;
    d.app.drain().await;
    assert_eq!((d.states(more).await[1].as_str(), d.out("Notice")), ("failed", 0));
}

#[tokio::test]
async fn what_began_before_there_was_a_limit_makes_no_room_under_it() {
    let d = desk(&["simulator-readback"]).await;
    let lead = lead(&d).await;
    let account = Some(format!("simulator-readback-{}", d.agency));
    d.app.practice.set_fault(SetFault { fault: Fault::DropBefore, account, times: 1, ms: None });
    d.approved("Never arrived", None).await;
    d.app.drain().await;
    limit(&d, &lead, "1", "1").await.expect(200);
    d.approved("Notice", None).await;
    d.app.drain().await;
    assert_eq!((d.out("Notice"), seen(&d).await["posts"].clone()), (1, json!(1)));
    // The first is looked for, is not there, and would be sent anew.
    d.live_on().await;
    assert_eq!((d.out("Never arrived"), seen(&d).await["posts"].clone()), (0, json!(1)));
}
