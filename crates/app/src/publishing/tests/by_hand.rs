//! What a person puts on an account that the program has no way to.
use super::{Desk, desk};
use crate::people::Role;
use crate::posts;
use crate::testkit::{Answer, Person};
use axum::http::Method;
use ground::clock::{DAY, MINUTE};
use ground::db::Run;
use serde_json::{Value, json};

/// An agency with its own site, a practice account, and one that is written to by hand (last).
async fn board() -> Desk {
    let mut d = desk(&["simulator"]).await;
    let lead = d.app.person("Sonam Tobgay", Some(d.agency), &[Role::Lead]).await;
    d.accounts.push(d.app.live_by_hand(d.agency, &d.author, &lead).await);
    d
}

impl Desk {
    async fn call(&self, who: &Person, method: Method, path: &str, body: Value) -> Answer {
        let token = crate::people::issue_token(&self.app.cx, who.id, "now", DAY).await.unwrap();
        self.app.api(Some(&Person { token, ..who.clone() }), method, path, body).await
    }
    async fn tasks(&self) -> Vec<Value> {
        let list = self.call(&self.author, Method::GET, "/api/v1/hand-overs", Value::Null).await.expect(200).json();
        list["items"].as_array().unwrap().clone()
    }
    async fn kinds(&self) -> Vec<String> {
        self.tasks().await.iter().map(|t| t["kind"].as_str().unwrap().to_owned()).collect()
    }
    async fn answered(&self, task: &Value, path: &str, body: Value) -> Answer {
        let delivery = task["delivery"].as_str().unwrap();
        self.call(&self.author, Method::POST, &format!("/api/v1/deliveries/{delivery}/hand-over{path}"), body).await
    }
    async fn by_hand(&self, post: i64) -> (String, String) {
        let path = format!("/api/v1/posts/{post}/deliveries");
        let all = self.call(&self.author, Method::GET, &path, Value::Null).await.expect(200).json();
        let d = all["items"].as_array().unwrap().iter().find(|d| d["handle"] == "notice-board").unwrap().clone();
        (d["state"].as_str().unwrap().into(), d["url"].as_str().unwrap().into())
    }
}

#[tokio::test]
async fn approved_words_are_handed_over_once_and_are_out_when_a_person_says_so() {
    let d = board().await;
    let post = d.approved("Free flu vaccination", None).await;
    assert!(d.tasks().await.is_empty(), "nothing is asked before it is due");
    d.app.drain().await;
    d.live_on().await;
    let task = d.tasks().await.remove(0);
    assert_eq!(task["text"], "གསལ་བསྒྲགས།\n\nFree flu vaccination");
    assert_eq!((d.tasks().await.len(), d.by_hand(post.id).await.0), (1, "by-hand".to_owned()));
    assert_eq!(d.out("Free flu vaccination"), 1, "the other account was written to by the program");
    let path = format!("/publishing/by-hand/{}", task["delivery"].as_str().unwrap());
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for lang in ["en", "dz"] {
        for page in [path.as_str(), "/publishing/by-hand", "/desk"] {
            let text = d.app.browse(&cookie, &format!("{page}?lang={lang}")).await.expect(200).body;
            assert!(text.contains("notice-board"), "{page} {lang}");
        }
    }

    // Nothing that others could look at, or an address that is none.
    d.answered(&task, "", json!({})).await.expect(422);
    d.answered(&task, "", json!({"url": "javascript:alert(1)"})).await.expect(422);
    d.answered(&task, "/refusal", json!({"reason": " "})).await.expect(422);
    let stranger = d.app.person("Tashi", None, &[Role::Administrator]).await;
    let api = format!("/api/v1/deliveries/{}/hand-over", task["delivery"].as_str().unwrap());
    d.call(&stranger, Method::POST, &api, json!({"note": "mine"})).await.expect(403);

    let done = d.answered(&task, "", json!({"url": "https://board.example/7"})).await.expect(200).json();
    assert_eq!((&done["state"], &done["url"]), (&json!("done"), &json!("https://board.example/7")));
    assert_eq!(d.by_hand(post.id).await, ("sent".into(), "https://board.example/7".into()));
    d.answered(&task, "", json!({"note": "again"})).await.expect(409);
    d.live_on().await;
    assert!(d.tasks().await.is_empty());
    assert_eq!(d.states(post.id).await, ["sent"; 3]);
}

#[tokio::test]
async fn a_correction_and_a_removal_are_tasks_too() {
    let d = board().await;
    let post = d.approved("Clinic opens at 8", None).await;
    d.app.drain().await;
    let task = d.tasks().await.remove(0);
    d.answered(&task, "", json!({"note": "On the board of the gewog office"})).await.expect(200);
    posts::correct(&d.author.cx, post.id, 1, "Clinic opens at 9", "གསལ་བསྒྲགས།", "The hour was wrong").await.unwrap();
    posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    let task = d.tasks().await.remove(0);
    assert_eq!((&task["kind"], &task["text"]), (&json!("edit"), &json!("གསལ་བསྒྲགས།\n\nClinic opens at 9")));
    d.answered(&task, "", json!({"note": "Replaced"})).await.expect(200);
    posts::withdraw(&d.approver.cx, post.id, "No longer offered").await.unwrap();
    d.app.drain().await;
    let task = d.tasks().await.remove(0);
    assert_eq!((&task["kind"], &task["text"]), (&json!("take-down"), &json!("")));
    d.answered(&task, "", json!({})).await.expect(200);
    assert_eq!(d.states(post.id).await, ["taken-down"; 3]);
    let wanted = crate::ledger::Wanted { kind: Some("delivery.hand-over-ended".into()), most: 9, ..Default::default() };
    assert_eq!(crate::ledger::facts(d.app.cx.db(), &wanted).await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_changed_while_a_task_was_open_is_taken_back() {
    let d = board().await;
    // Corrected before anybody put it up: only the new words are to be put up.
    let post = d.approved("Clinic opens at 8", None).await;
    d.app.drain().await;
    posts::correct(&d.author.cx, post.id, 1, "Clinic opens at 9", "གསལ་བསྒྲགས།", "The hour was wrong").await.unwrap();
    posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    let tasks = d.tasks().await;
    assert_eq!((tasks.len(), &tasks[0]["kind"]), (1, &json!("send")));
    assert!(tasks[0]["text"].as_str().unwrap().contains("opens at 9"));

    // Withdrawn before anybody said a word: whether it is up, only a person knows.
    posts::withdraw(&d.approver.cx, post.id, "No longer offered").await.unwrap();
    d.app.drain().await;
    assert!(d.kinds().await.is_empty());
    assert_eq!(d.by_hand(post.id).await.0, "unconfirmed");
    let delivery = tasks[0]["delivery"].as_str().unwrap();
    let path = format!("/api/v1/deliveries/{delivery}/confirmation");
    d.call(&d.approver, Method::POST, &path, json!({"there": true})).await.expect(200);
    d.app.drain().await;
    assert_eq!(d.kinds().await, ["take-down"], "it is up and has to go");
    d.app.advance(MINUTE);
    d.app.sweep().await;
    assert_eq!(d.kinds().await.len(), 1);
}

#[tokio::test]
async fn what_only_the_platforms_own_application_does_is_asked_of_a_person() {
    let d = desk(&["simulator"]).await;
    let post = d.approved("The pass is closed", None).await;
    d.app.drain().await;
    // As if it stood on a platform that lets programs neither correct nor remove what they posted.
    let tx = d.app.cx.begin("test").await.unwrap();
    let sql = "UPDATE deliveries SET platform = 'tiktok' WHERE platform = 'simulator'";
    assert_eq!(tx.exec(ground::db::Sql::new(sql, vec![])).await.unwrap(), 1);
    tx.commit().await.unwrap();
    posts::correct(&d.author.cx, post.id, 1, "The pass is open", "གསལ་བསྒྲགས།", "Snow was cleared").await.unwrap();
    posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    assert_eq!(d.kinds().await, ["edit"]);
    posts::withdraw(&d.approver.cx, post.id, "No longer needed").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.kinds().await, ["take-down"], "nobody need correct what has to go");
    let task = d.tasks().await.remove(0);
    d.answered(&task, "", json!({})).await.expect(200);
    assert_eq!(d.states(post.id).await, ["taken-down"; 2]);
    d.live_on().await;
    assert!(d.tasks().await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_done_by_hand_is_failed_and_can_be_asked_again() {
    let d = board().await;
    let post = d.approved("The road is closed", None).await;
    d.app.drain().await;
    let task = d.tasks().await.remove(0);
    d.answered(&task, "/refusal", json!({"reason": "The board is under snow"})).await.expect(200);
    assert_eq!(d.by_hand(post.id).await.0, "failed");
    let path = format!("/api/v1/deliveries/{}/retry", task["delivery"].as_str().unwrap());
    d.call(&d.approver, Method::POST, &path, Value::Null).await.expect(200);
    d.app.drain().await;
    assert_eq!(d.kinds().await, ["send"]);
}

#[tokio::test]
async fn whoever_approves_shows_a_picture_of_it() {
    let d = board().await;
    d.approved("Vaccination on Monday", None).await;
    d.app.drain().await;
    let task = d.tasks().await.remove(0);
    let path = format!("/publishing/by-hand/{}", task["delivery"].as_str().unwrap());
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let (here, note) = ((path.as_str(), path.as_str()), [("note", "On the board of the gewog office")]);
    let wrong = d.app.submit_file(&cookie, here, &note, ("picture", "a.png", b"no picture")).await.expect(422).body;
    assert!(wrong.contains("href=\"#picture\"") && wrong.contains("On the board of the gewog office"), "{wrong}");
    let picture = posts::sample_picture(20, 10);
    d.app.submit_file(&cookie, here, &note, ("picture", "board.png", &picture)).await.expect(303);
    let shown = d.app.browse(&cookie, &path).await.expect(200).body;
    let source = shown.split("class=\"proof\" src=\"").nth(1).and_then(|s| s.split('"').next()).unwrap().to_owned();
    d.app.browse(&cookie, &source).await.expect(200);
    d.app.get(&source).await.expect(404);
}
