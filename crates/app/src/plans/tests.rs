use crate::people::Role;
use crate::testkit::TestApp;
use axum::http::Method;
use serde_json::{Value, json};

fn parts() -> Value {
    json!({"goals": "Fewer flu cases", "audiences": "Parents", "risks": "Rumours; we answer", "resources": "4 hours", "measures": "Answers in a day", "governance": "Lead and two officers"})
}

#[tokio::test]
async fn a_plan_is_written_submitted_and_approved_by_another() {
    let app = TestApp::new().await;
    let (author, lead) =
        (app.person("Pema", Some(7), &[Role::Author]).await, app.person("Dorji", Some(7), &[Role::Lead]).await);
    let call = async |who, path: &str, body: Value| app.api(Some(who), Method::POST, path, body).await;
    let plan = call(&author, "/api/v1/plans", json!({"agency": "7", "title": "Health", "parts": {"goals": "x"}}))
        .await
        .expect(201)
        .json();
    let id = plan["id"].as_str().unwrap().to_owned();
    let refused =
        call(&author, &format!("/api/v1/plans/{id}/submission"), json!({"version": 1})).await.expect(409).json();
    assert_eq!(refused["refusals"].as_array().unwrap().len(), 5);
    assert_eq!(refused["refusals"][0]["clause"], "P6.2-AP4");
    let change = json!({"version": 1, "title": "Health", "parts": parts()});
    app.api(Some(&author), Method::PATCH, &format!("/api/v1/plans/{id}"), change.clone()).await.expect(200);
    app.api(Some(&author), Method::PATCH, &format!("/api/v1/plans/{id}"), change).await.expect(409);
    call(&author, &format!("/api/v1/plans/{id}/submission"), json!({"version": 2})).await.expect(200);
    call(&author, &format!("/api/v1/plans/{id}/approval"), json!({"version": 2})).await.expect(403);
    let done = call(&lead, &format!("/api/v1/plans/{id}/approval"), json!({"version": 2})).await.expect(200).json();
    assert_eq!(done["state"], "approved");
    assert_eq!(super::approved_plan(app.cx.db(), 7).await.unwrap().unwrap().to_string(), id);
    let stranger = app.person("Karma", Some(8), &[Role::Lead]).await;
    app.api(Some(&stranger), Method::GET, &format!("/api/v1/plans/{id}"), Value::Null).await.expect(403);
    app.api(Some(&stranger), Method::GET, "/api/v1/plans/12345", Value::Null).await.expect(403);
    app.drain().await;
}

#[tokio::test]
async fn the_forms_keep_what_was_typed_and_name_what_is_missing() {
    let app = TestApp::new().await;
    let moh = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    app.person("Pema", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let long = "x".repeat(201);
    let again =
        app.submit(&cookie, "/plans/new", "/plans", &[("title", &long), ("goals", "Fewer cases")]).await.expect(422);
    assert!(again.body.contains("Fewer cases") && again.body.contains("at most 200 characters"));
    let saved =
        app.submit(&cookie, "/plans/new", "/plans", &[("title", "Health"), ("goals", "Fewer cases")]).await.expect(303);
    let path = saved.location().to_owned();
    let refused = app.submit(&cookie, &path, &format!("{path}/submission"), &[("version", "1")]).await.expect(422);
    assert!(refused.body.contains("The resources are missing.") && refused.body.contains("/policy#P6.2-AP6"));
    assert!(app.browse(&cookie, "/plans?lang=dz").await.expect(200).body.contains("lang=\"dz\""));
    app.drain().await;
}
