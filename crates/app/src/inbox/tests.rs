mod hooks;
mod versions;

use super::oldest_open;
use crate::people::{self, Role};
use crate::posts;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use connect::simulator::{Fault, SetFault};
use ground::clock::MINUTE;
use ground::ctx::{Actor, Who};
use ground::search;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    agency: i64,
    /// May write answers that somebody else approves.
    author: Person,
    approver: Person,
    post: i64,
    practice: String,
}

/// A ministry with one post out on its site and on the practice network.
async fn desk() -> Desk {
    desk_on("simulator").await
}

async fn desk_on(platform: &str) -> Desk {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let practice = app.live_practice(agency, platform, &author, &lead).await;
    let post = app.released(agency, &author, &approver, &[site, practice]).await;
    Desk { app, agency, author, approver, post, practice: format!("{platform}-{agency}") }
}

impl Desk {
    async fn citizen(&self, name: &str) -> ground::Ctx {
        let email = format!("{}@example.org", name.to_lowercase());
        let (id, _) = people::join_for_story(&self.app.cx, &email, name).await.unwrap();
        self.app.cx.acting(Actor::new(Who::Citizen(id), name))
    }
    async fn fetch(&self) {
        self.app.advance(MINUTE);
        self.app.sweep().await;
    }
    async fn messages(&self) -> Vec<Value> {
        let all = self.app.api(Some(&self.author), Method::GET, "/api/v1/messages", Value::Null).await.expect(200);
        all.json()["items"].as_array().unwrap().clone()
    }
    async fn call(&self, who: &Person, path: &str, body: Value) -> crate::testkit::Answer {
        self.app.api(Some(who), Method::POST, path, body).await
    }
}

#[tokio::test]
async fn a_comment_is_one_however_often_it_is_sent_and_may_be_taken_back() {
    let d = desk().await;
    let citizen = d.citizen("Sonam").await;
    let first = super::comment(&citizen, d.post, None, "When does it open?").await.unwrap();
    let again = super::comment(&citizen, d.post, None, "When does it open?").await.unwrap();
    assert_eq!(first.id, again.id);
    for bad in ["", " ", &"x".repeat(3000)] {
        assert!(super::comment(&citizen, d.post, None, bad).await.is_err());
    }
    assert!(super::comment(&citizen, 12345, None, "hello").await.is_err(), "no such post");
    assert!(super::comment(&citizen, d.post, Some(12345), "hello").await.is_err(), "no such comment");
    assert!(super::comment(&d.author.cx, d.post, None, "hello").await.is_err(), "officers are not citizens");
    let other = d.citizen("Ugyen").await;
    assert!(super::withdraw(&other, first.id).await.is_err(), "not theirs");
    assert_eq!(super::withdraw(&citizen, first.id).await.unwrap().visibility, "withdrawn");
    assert!(super::withdraw(&citizen, first.id).await.is_err());
    posts::withdraw(&d.approver.cx, d.post, "over").await.unwrap();
    d.app.drain().await;
    assert!(super::comment(&citizen, d.post, None, "Too late").await.is_err());
}

#[tokio::test]
async fn a_citizen_comments_over_the_api_with_the_session_of_the_mailed_link() {
    let d = desk().await;
    let (id, token) = people::join_for_story(&d.app.cx, "deki@example.org", "Deki").await.unwrap();
    let citizen = Person { id, token, cx: d.app.cx.clone() };
    let path = format!("/api/v1/posts/{}/comments", d.post);
    let said = d.call(&citizen, &path, json!({"text": "Well done"})).await.expect(201).json();
    assert_eq!(said["text"], "Well done");
    d.call(&citizen, &path, json!({"text": ""})).await.expect(422);
    d.app.api(Some(&citizen), Method::GET, "/api/v1/messages", Value::Null).await.expect(403);
    d.app.api(None, Method::POST, &path, json!({"text": "hi"})).await.expect(401);
    let desk_session = Person { token: d.app.sign_in("pema.lhamo@example.bt").await, ..citizen };
    d.call(&desk_session, &path, json!({"text": "hi"})).await.expect(401);
}

#[tokio::test]
async fn an_answer_takes_another_persons_approval_where_the_role_demands() {
    let d = desk().await;
    let citizen = d.citizen("Sonam").await;
    let m = super::comment(&citizen, d.post, None, "ག་དེམ་ཅིག་ལས་?").await.unwrap();
    let replies = format!("/api/v1/messages/{}/replies", m.id);
    d.call(&d.author, &replies, json!({"text": " "})).await.expect(422);
    let a = d.call(&d.author, &replies, json!({"text": "From Monday."})).await.expect(201).json();
    assert_eq!(a["state"], "waiting");
    d.call(&d.author, &replies, json!({"text": "Again"})).await.expect(409);
    let approval = format!("/api/v1/replies/{}/approval", a["id"].as_str().unwrap());
    d.call(&d.author, &approval, json!({"content_hash": a["content_hash"]})).await.expect(403);
    let other = d.call(&d.approver, &approval, json!({"content_hash": "x"})).await.expect(409).json();
    assert_eq!(other["refusals"][0]["code"], "other-words");
    let sent = d.call(&d.approver, &approval, json!({"content_hash": a["content_hash"]})).await.expect(200).json();
    assert_eq!(sent["state"], "sent");
    let seen = d.messages().await;
    assert_eq!((seen[0]["state"].as_str(), seen[0]["answered_at"].is_string()), (Some("answered"), true));
    // Whoever may approve answers at once.
    let m = super::comment(&citizen, d.post, None, "And on Sunday?").await.unwrap();
    let replies = format!("/api/v1/messages/{}/replies", m.id);
    let a = d.call(&d.approver, &replies, json!({"text": "No."})).await.expect(201).json();
    assert_eq!(a["state"], "sent");
}

#[tokio::test]
async fn replies_on_a_platform_come_in_once_and_are_answered_there_once() {
    let d = desk().await;
    let out = d.app.practice.posts().remove(0);
    d.app.practice.add_reply(&d.practice, Some(&out.id), "tashi", "Is it free?").unwrap();
    d.app.practice.add_reply(&d.practice, None, "choki", "Hello, ministry").unwrap();
    for _ in 0..3 {
        d.fetch().await;
    }
    let all = d.messages().await;
    assert_eq!(all.len(), 2, "{all:?}");
    let about = all.iter().find(|m| m["author"] == "tashi").unwrap();
    assert_eq!(about["post"], d.post.to_string());
    let replies = format!("/api/v1/messages/{}/replies", about["id"].as_str().unwrap());
    d.call(&d.approver, &replies, json!({"text": "x".repeat(501)})).await.expect(409);
    d.app.practice.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    let a = d.call(&d.approver, &replies, json!({"text": "Yes, it is free."})).await.expect(201).json();
    assert_eq!(a["state"], "sending");
    for _ in 0..4 {
        d.fetch().await;
    }
    let ours: Vec<_> = d.app.practice.posts().into_iter().filter(|p| p.reply_to.is_some()).collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    let now = d.messages().await;
    assert_eq!(now.iter().find(|m| m["author"] == "tashi").unwrap()["answers"][0]["state"], "sent");
    // A citizen goes on under our answer: it belongs to the same post.
    d.app.practice.add_reply(&d.practice, Some(&ours[0].id), "tashi", "Thank you").unwrap();
    d.fetch().await;
    let last = d.messages().await.remove(0);
    assert_eq!((last["text"].as_str(), last["post"].clone()), (Some("Thank you"), json!(d.post.to_string())));
    let closure = format!("/api/v1/messages/{}/closure", last["id"].as_str().unwrap());
    d.call(&d.author, &closure, json!({"reason": ""})).await.expect(409);
    let closed = d.call(&d.author, &closure, json!({"reason": "thanks"})).await.expect(200).json();
    assert_eq!(closed["state"], "closed");
}

#[tokio::test]
async fn an_account_that_cannot_be_read_is_shown_and_read_again_later() {
    let d = desk().await;
    d.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 0, ms: None });
    d.fetch().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    assert!(d.app.browse(&cookie, "/inbox").await.expect(200).body.contains("cannot be read"));
    d.app.practice.clear_faults();
    d.app.practice.add_reply(&d.practice, None, "choki", "Hello").unwrap();
    d.fetch().await;
    let page = d.app.browse(&cookie, "/inbox").await.expect(200).body;
    assert!(!page.contains("cannot be read") && page.contains("choki"));
}

#[tokio::test]
async fn a_comment_that_names_a_hundred_thousand_people_is_kept_as_far_as_anybody_reads() {
    let d = desk().await;
    let names = "@roads@gov.example ".repeat(100_000);
    d.app.practice.add_reply(&d.practice, None, "choki", &names).unwrap();
    d.app.practice.add_reply(&d.practice, None, "tashi", "Is the road open?").unwrap();
    for _ in 0..3 {
        d.fetch().await;
    }
    let all = d.messages().await;
    assert_eq!(all.iter().map(|m| m["author"].as_str().unwrap()).collect::<Vec<_>>(), ["tashi", "choki"]);
    let kept = all[1]["text"].as_str().unwrap();
    assert!(names.starts_with(kept.strip_suffix('…').unwrap()), "the beginning of what was written");
    assert_eq!(
        (kept.chars().count(), &all[1]["shortened"], &all[0]["shortened"]),
        (20_000, &json!(true), &json!(false))
    );
    assert_eq!(all[1]["versions"].as_array().unwrap().len(), 1, "read again, it is the same");
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let list = d.app.browse(&cookie, "/inbox").await.expect(200).body;
    assert!(list.contains("Is the road open?") && list.len() < 20_000, "one line of it in the list: {}", list.len());
    let page = format!("/inbox/{}", all[1]["id"].as_str().unwrap());
    let one = d.app.browse(&cookie, &page).await.expect(200).body;
    assert!(one.contains("Very long") && one.len() < 50_000, "{}", one.len());
    let scopes = Some(vec![d.agency]);
    let wanted = search::Wanted { text: "roads", kind: Some("message"), scopes, most: 10, ..search::Wanted::default() };
    assert_eq!(search::find(d.app.cx.db(), &wanted).await.unwrap().len(), 1);
}

#[tokio::test]
async fn pages_in_both_languages_and_nothing_for_strangers() {
    let d = desk().await;
    let citizen = d.citizen("Sonam").await;
    let m = super::comment(&citizen, d.post, None, "<script>alert(1)</script>").await.unwrap();
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for page in ["/inbox", "/inbox?state=all", "/inbox?state=closed", &format!("/inbox/{}", m.id)] {
        for lang in ["en", "dz"] {
            let at = format!("{page}{}lang={lang}", if page.contains('?') { '&' } else { '?' });
            let shown = d.app.browse(&cookie, &at).await.expect(200);
            assert!(!shown.body.contains("<script>alert"));
        }
    }
    let page = format!("/inbox/{}", m.id);
    let back = d.app.submit(&cookie, &page, &format!("{page}/answers"), &[("text", "")]).await.expect(422);
    assert!(back.body.contains("Please write something"));
    d.app.submit(&cookie, &page, &format!("{page}/answers"), &[("text", "Good morning")]).await.expect(303);
    let other = crate::agencies::by_code(d.app.cx.db(), "MoE").await.map(|a| a.id).unwrap_or(d.agency + 1);
    let stranger = d.app.person("Tashi", Some(other), &[Role::Author]).await;
    let path = format!("/api/v1/messages/{}", m.id);
    d.app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
    d.app.api(Some(&stranger), Method::GET, "/api/v1/messages/1", Value::Null).await.expect(403);
    d.call(&stranger, &format!("{path}/replies"), json!({"text": "hi"})).await.expect(403);
    assert_eq!(oldest_open(d.app.cx.db(), &[d.agency], 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_nobody_can_tell_about_is_decided_by_a_person() {
    let d = desk_on("simulator-blind").await;
    d.app.practice.add_reply(&d.practice, None, "choki", "When is the clinic open?").unwrap();
    d.fetch().await;
    let message = d.messages().await.remove(0);
    let replies = format!("/api/v1/messages/{}/replies", message["id"].as_str().unwrap());
    d.app.practice.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    let a = d.call(&d.approver, &replies, json!({"text": "From eight."})).await.expect(201).json();
    for _ in 0..8 {
        d.fetch().await;
    }
    let state = async || d.messages().await.remove(0)["answers"][0]["state"].clone();
    assert_eq!(state().await, "unconfirmed");
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let page = format!("/answers/{}/delivery", a["id"].as_str().unwrap());
    let shown = d.app.browse(&cookie, &page).await.expect(200).body;
    let action = shown.split("action=\"/deliveries/").nth(1).and_then(|t| t.split('"').next()).unwrap();
    let action = format!("/deliveries/{action}");
    let wrong = [("there", "yes"), ("url", "javascript:1")];
    d.app.submit(&cookie, &page, &action, &wrong).await.expect(422);
    let there = [("there", "yes"), ("url", "https://practice.example/1")];
    assert_eq!(d.app.submit(&cookie, &page, &action, &there).await.expect(303).location(), page);
    d.app.drain().await;
    assert_eq!((state().await, d.messages().await.remove(0)["state"].clone()), (json!("sent"), json!("answered")));
    d.app.person("Far Away", None, &[Role::Administrator]).await;
    let stranger = d.app.sign_in("far.away@example.bt").await;
    d.app.browse(&stranger, &page).await.expect(403);
}
