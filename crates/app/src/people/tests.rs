use super::*;
use crate::testkit::TestApp;
use ground::clock::{HOUR, MINUTE};
use serde_json::Value;

#[tokio::test]
async fn a_person_signs_in_sees_the_desk_only_with_the_session_and_signs_out() {
    let app = TestApp::new().await;
    app.person("Pema Lhamo", Some(7), &[Role::Author]).await;
    let cookie = app.sign_in("pema.lhamo@example.bt").await;
    let me = app.browse(&cookie, "/sign-in").await.expect(200);
    assert!(me.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let bad = "email=pema.lhamo%40example.bt&password=wrong";
    let request = axum::http::Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(bad))
        .unwrap();
    let answer = app.send(request).await.expect(422);
    assert!(answer.body.contains("is not right"), "{}", answer.body);
    let out = app.send(
        axum::http::Request::post("/sign-out")
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from("csrf=forged"))
            .unwrap(),
    );
    out.await.expect(403);
}

#[tokio::test]
async fn tries_are_limited_and_the_limit_passes() {
    let app = TestApp::new().await;
    for _ in 0..10 {
        actions::sign_in(&app.cx, "nobody@example.bt", "x", "", "here").await.unwrap_err();
    }
    let error = actions::sign_in(&app.cx, "nobody@example.bt", "x", "", "here").await.unwrap_err();
    assert!(matches!(error.kind, ground::error::Kind::TooMany { .. }));
    app.advance(15 * MINUTE);
    let error = actions::sign_in(&app.cx, "nobody@example.bt", "x", "", "here").await.unwrap_err();
    assert!(matches!(error.kind, ground::error::Kind::Invalid(_)));
}

#[tokio::test]
async fn one_time_codes_are_asked_for_and_used_once() {
    let app = TestApp::new().await;
    let pema = app.person("Pema", Some(7), &[Role::Author]).await;
    let secret = [9u8; 20];
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    actions::set_totp(&pema.cx, &secret, &code).await.unwrap();
    let try_in = async |code: String| {
        actions::sign_in(&app.cx, "pema@example.bt", "four blue poppies", &code, "here").await.is_ok()
    };
    assert!(!try_in(String::new()).await);
    assert!(!try_in(code).await, "the code that set it up is spent");
    app.advance(MINUTE);
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    assert!(try_in(code.clone()).await);
    assert!(!try_in(code).await, "a code is used once");
}

#[tokio::test]
async fn a_citizens_link_is_spent_by_the_button_once_and_ends() {
    let app = TestApp::new().await;
    citizens::mail_link(&app.cx, "Deki@Example.org", "/posts/1", "here").await.unwrap();
    app.drain().await;
    let mails = app.cx.machine.config.data.join("mail");
    let file = std::fs::read_dir(mails).unwrap().next().unwrap().unwrap().path();
    let mail = std::fs::read_to_string(file).unwrap().replace("=\r\n", "");
    let token = mail.split("/citizen/enter/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    app.get(&format!("/citizen/enter/{token}")).await.expect(200);
    app.get(&format!("/citizen/enter/{token}")).await.expect(200);
    let (_, next) = citizens::enter(&app.cx, &token, "Deki").await.unwrap();
    assert_eq!(next, "/posts/1");
    assert!(citizens::enter(&app.cx, &token, "Deki").await.is_err(), "replayed");
    citizens::mail_link(&app.cx, "late@example.org", "//evil.example", "here").await.unwrap();
    app.advance(2 * HOUR);
    app.get(&format!("/citizen/enter/{token}")).await.expect(404);
    app.drain().await;
}

#[tokio::test]
async fn tokens_say_who_and_what_and_stop_when_revoked() {
    let app = TestApp::new().await;
    let pema = app.person("Pema", Some(7), &[Role::Approver]).await;
    let me = app.api(Some(&pema), axum::http::Method::GET, "/api/v1/me", Value::Null).await.expect(200).json();
    assert_eq!(me["id"], pema.id.to_string());
    assert!(me["rights"].as_array().unwrap().iter().any(|r| r["right"] == "approve-posts" && r["agency"] == "7"));
    app.advance(2 * ground::clock::DAY);
    let answer = app.api(Some(&pema), axum::http::Method::GET, "/api/v1/me", Value::Null).await.expect(401);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn nobody_holds_both_ends_of_an_approval() {
    let app = TestApp::new().await;
    let pema = app.person("Pema", Some(7), &[Role::Author]).await;
    let wanted =
        WantedRole { person: pema.id, role: Role::Approver, agency: Some(7), purpose: "x".into(), until: None };
    let error = grant_role(&app.cx, &wanted).await.unwrap_err();
    assert_eq!(error.refusals()[0].code, "separation-of-duties");
    assert_eq!(error.refusals()[0].clause, Some("P6.2-AM1"));
}

#[tokio::test]
async fn unknown_pages_and_api_paths_are_not_found_in_their_own_form() {
    let app = TestApp::new().await;
    let page = app.get("/nowhere").await.expect(404);
    assert!(page.body.contains("<h1>Not found</h1>"), "{}", page.body);
    let api = app.get("/api/v1/nowhere").await.expect(404);
    assert_eq!(api.json()["type"], "urn:drelwa:problem:not-found");
    app.get("/healthz").await.expect(200);
    app.get("/readyz").await.expect(200);
    app.get("/api/v1/openapi.json").await.expect(200);
}
