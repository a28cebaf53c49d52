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
}
