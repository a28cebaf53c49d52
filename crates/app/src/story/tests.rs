use super::{Stage, tell};
use crate::people::Role;
use crate::testkit::TestApp;
use axum::http::Method;
use ground::clock::DAY;
use serde_json::Value;

#[tokio::test]
async fn the_story_plays_and_leaves_work_on_every_desk() {
    let app = TestApp::new().await;
    let end = app.cx.now() + 9 * DAY;
    let stage = Stage { cx: app.cx.clone(), registry: &app.all.registry, practice: &app.practice, end };
    let cast = tell(&stage).await.unwrap();
    app.drain().await;
    for role in Role::ALL {
        let member = cast.members.iter().find(|m| m.role == role.code()).unwrap();
        let token = crate::people::issue_token(&app.cx, member.id, "demo", DAY).await.unwrap();
        let person = crate::testkit::Person { id: member.id, token, cx: app.cx.clone() };
        app.api(Some(&person), Method::GET, "/api/v1/me", Value::Null).await.expect(200);
        if role == Role::Author {
            let posts = app.api(Some(&person), Method::GET, "/api/v1/posts", Value::Null).await.expect(200).json();
            let states: Vec<_> = posts["items"].as_array().unwrap().iter().map(|p| p["state"].to_string()).collect();
            for state in ["draft", "submitted", "approved", "rejected", "withdrawn"] {
                assert!(states.contains(&format!("{state:?}")), "{state}: {states:?}");
            }
        }
    }
    assert!(!app.practice.posts().is_empty());
    what_came_back(&app, &cast).await;
}

/// The desk, the inbox, the queue and the public pages have something to show.
async fn what_came_back(app: &TestApp, cast: &super::Cast) {
    let member = |role: &str| cast.members.iter().find(|m| m.role == role).unwrap();
    let token = crate::people::issue_token(&app.cx, member("lead").id, "demo", DAY).await.unwrap();
    let lead = crate::testkit::Person { id: member("lead").id, token, cx: app.cx.clone() };
    let list = async |path: &str| {
        let answer = app.api(Some(&lead), Method::GET, path, Value::Null).await.expect(200).json();
        answer["items"].as_array().unwrap().clone()
    };
    let messages = list("/api/v1/messages").await;
    let has = |field: &str, value: &str| messages.iter().filter(|m| m[field] == value).count();
    assert!(has("state", "open") >= 4 && has("state", "answered") >= 3 && has("state", "closed") >= 3, "{messages:?}");
    assert!(has("platform", "site") >= 6 && has("platform", "simulator") >= 4 && has("lang", "dz") >= 3);
    assert!(messages.iter().all(|m| m["visibility"] == "shown"), "criticism stays, the appeal brought one back");
    assert!(messages.iter().flat_map(|m| m["answers"].as_array().unwrap()).any(|a| a["state"] == "waiting"));
    assert!(messages.iter().any(|m| !m["parent"].is_null()), "a thread");
    let decisions = list("/api/v1/decisions").await;
    let states: Vec<_> = decisions.iter().map(|d| d["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["proposed", "overturned"]);
    assert_ne!(decisions[1]["decided_by"], decisions[1]["appeal"]["decided_by"]);
    assert!(!crate::moderation::open_reports(app.cx.db(), None, 9).await.unwrap().is_empty());
    let mut deliveries = vec![];
    for post in list("/api/v1/posts").await {
        let path = format!("/api/v1/posts/{}/deliveries", post["id"].as_str().unwrap());
        deliveries.extend(list(&path).await.iter().map(|d| d["state"].to_string()));
    }
    for state in ["sent", "failed", "unconfirmed", "taken-down", "waiting"] {
        assert!(deliveries.contains(&format!("{state:?}")), "{state}: {deliveries:?}");
    }
    let outside = list("/api/v1/outside-posts").await;
    assert_eq!(outside.len(), 1, "{outside:?}");
    assert!(outside[0]["state"] == "open" && outside[0]["text"].as_str().unwrap().contains("blood bank"));
    let mails = app.mails().join("\n");
    assert!(mails.contains("/decisions/") && mails.contains("karma.tenzin@citizen.example"));
    assert_eq!(member("citizen").email, "deki.yangzom@citizen.example");
    app.sign_in_as_citizen(&member("citizen").email, "").await;
}
