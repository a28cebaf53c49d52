//! Platforms that take a post and show it only later, or not at all.
use super::*;

async fn taken(d: &Desk, fault: Fault, minutes: u64) -> Post {
    let account = Some(format!("simulator-{}", d.agency));
    d.app.practice.set_fault(SetFault { fault, account, times: 1, ms: Some(minutes * 60_000) });
    let post = d.approved(&format!("Looked at: {fault:?}"), None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent", "working"]);
    post
}

#[tokio::test]
async fn what_is_looked_at_is_asked_about_until_it_is_out_and_is_not_late_meanwhile() {
    let d = desk(&["simulator"]).await;
    let post = taken(&d, Fault::Review, 20).await;
    for _ in 0..10 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
    }
    assert_eq!(d.states(post.id).await, ["sent", "working"]);
    let late = crate::publishing::late(d.app.cx.db(), &[d.agency], d.app.cx.now(), 10).await.unwrap();
    assert!(late.is_empty(), "it has left");
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for (lang, words) in [("en", "taken, not out yet"), ("dz", "ད་ལྟོ་མ་ཐོན")] {
        let page = d.app.browse(&cookie, &format!("/posts/{}/deliveries?lang={lang}", post.id)).await.expect(200);
        assert!(page.body.contains(words), "{lang}");
    }
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["sent", "sent"]);
    assert_eq!(d.out("Looked at"), 1);
    let path = format!("/api/v1/posts/{}/deliveries", post.id);
    let seen = d.app.api(Some(&d.author), Method::GET, &path, Value::Null).await.expect(200).json();
    assert!(seen["items"][1]["url"].as_str().is_some_and(|u| u.contains("/posts/p")), "{seen}");
    assert_eq!(seen["items"][1]["attempts"].as_array().unwrap().len(), 1, "it was sent once: {seen}");
}

#[tokio::test]
async fn what_is_refused_after_the_look_is_told_as_failed_and_may_be_tried_again() {
    let d = desk(&["simulator"]).await;
    let post = taken(&d, Fault::ReviewRefused, 3).await;
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["sent", "failed"]);
    assert_eq!(d.out("Looked at"), 0);
    let delivery = store::of_post(d.app.cx.db(), post.id).await.unwrap().remove(1);
    assert_eq!((delivery.problem.as_str(), delivery.remote_id.as_str()), ("not-shown", ""));
    crate::publishing::actions::retry(&d.approver.cx, delivery.id).await.unwrap();
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent", "sent"]);
    assert_eq!(d.out("Looked at"), 1);
}

#[tokio::test]
async fn what_is_withdrawn_during_the_look_is_taken_down_once_it_is_out() {
    let d = desk(&["simulator"]).await;
    let post = taken(&d, Fault::Review, 20).await;
    posts::withdraw(&d.approver.cx, post.id, "Not needed").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.states(post.id).await[1], "working", "nobody claims that it is down");
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["taken-down"; 2]);
    assert_eq!(d.out("Looked at"), 0);
}

#[tokio::test]
async fn what_was_made_ready_is_not_made_ready_again_when_only_publishing_did_not_arrive() {
    let d = desk(&["simulator-twophase"]).await;
    let account = Some(format!("simulator-twophase-{}", d.agency));
    d.app.practice.set_fault(SetFault { fault: Fault::RateLimit, account, times: 1, ms: Some(1000) });
    let post = d.approved("A long film", None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent", "waiting"]);
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["sent", "sent"]);
    let delivery = store::of_post(d.app.cx.db(), post.id).await.unwrap().remove(1);
    let attempts = store::attempts(d.app.cx.db(), delivery.id).await.unwrap();
    let outcomes: Vec<&str> = attempts.iter().map(|a| a.outcome.as_str()).collect();
    assert_eq!(outcomes, ["not-sent", "accepted"]);
    assert_eq!(attempts[0].prepared, attempts[1].prepared, "the same container");
    assert_eq!(d.out("A long film"), 1);
}

#[tokio::test]
async fn a_look_without_end_becomes_a_question() {
    let d = desk(&["simulator"]).await;
    let post = taken(&d, Fault::Review, 60 * 24 * 30).await;
    d.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 0, ms: None });
    d.live_on().await;
    assert_eq!(d.states(post.id).await[1], "working", "a server that is away has not said no");
    d.app.practice.clear_faults();
    d.app.advance(24 * HOUR);
    d.live_on().await;
    assert_eq!(d.states(post.id).await[1], "unconfirmed");
    let delivery = store::of_post(d.app.cx.db(), post.id).await.unwrap().remove(1);
    let there = "https://practice.example/p/1";
    crate::publishing::actions::confirm(&d.approver.cx, delivery.id, true, there).await.unwrap();
    assert_eq!(d.states(post.id).await[1], "sent");
}
