mod again;
mod apps;
mod hooks;
mod keys;
mod life;
mod practice;
mod public;
mod signing_in;

use crate::people::Role;
use crate::testkit::TestApp;
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn no_plan_no_account_then_a_life_from_request_to_closure() {
    let app = TestApp::new().await;
    let moh = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let (author, lead) =
        (app.person("Pema", Some(moh), &[Role::Author]).await, app.person("Dorji", Some(moh), &[Role::Lead]).await);
    let ask = json!({"agency": moh.to_string(), "platform": "site", "handle": "Ministry of Health"});
    let refused = app.api(Some(&author), Method::POST, "/api/v1/accounts", ask.clone()).await.expect(409).json();
    assert_eq!(
        (refused["refusals"][0]["code"].as_str(), refused["refusals"][0]["clause"].as_str()),
        (Some("no-plan"), Some("P6.2-AM3"))
    );
    let site = app.live_site(moh, &author, &lead).await;
    app.api(Some(&author), Method::POST, "/api/v1/accounts", ask).await.expect(409);
    let verify =
        async |url: &str| app.get(&format!("/api/v1/verify?url={}", ground::http::openapi::encode_query(url))).await;
    let found = verify("https://DRELWA.test/agencies/MoH/?utm_source=x").await.expect(200).json();
    assert_eq!(
        (found["status"].as_str(), found["agency_name"].as_str()),
        (Some("official"), Some("Ministry of Health"))
    );
    assert_eq!(verify("https://example.org/fake").await.expect(200).json()["status"], "unknown");
    verify("not an address").await.expect(422);
    let handle = app.get("/verify?url=%40Our+site&lang=en").await.expect(200).body;
    assert!(handle.contains("An official account has this handle") && !handle.contains("✓ Official"), "{handle}");
    assert!(handle.contains("http://drelwa.test/agencies/MoH"), "the whole address to compare: {handle}");
    assert!(app.get("/verify?url=%40nobody&lang=en").await.expect(200).body.contains("not an address"));
    let page = app.get("/verify?url=http://drelwa.test/agencies/MoH").await.expect(200);
    assert!(page.body.contains("✓ Official"));
    let closure = format!("/api/v1/accounts/{site}/closure");
    app.api(Some(&lead), Method::POST, &closure, json!({"reason": ""})).await.expect(409);
    app.api(Some(&lead), Method::POST, &closure, json!({"reason": "moved"})).await.expect(200);
    assert_eq!(verify("drelwa.test/agencies/MoH").await.expect(200).json()["status"], "was-official");
    app.drain().await;
}

#[tokio::test]
async fn a_token_must_open_the_account_and_is_never_shown() {
    let app = TestApp::new().await;
    let moh = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let (author, lead) =
        (app.person("Pema", Some(moh), &[Role::Author]).await, app.person("Dorji", Some(moh), &[Role::Lead]).await);
    app.live_site(moh, &author, &lead).await;
    let ask = json!({"agency": moh.to_string(), "platform": "simulator", "handle": "@moh", "url": "https://practice.example/@moh"});
    let account = app.api(Some(&author), Method::POST, "/api/v1/accounts", ask).await.expect(201).json();
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    app.api(Some(&author), Method::POST, &format!("{path}/approval"), json!({})).await.expect(403);
    app.api(Some(&lead), Method::POST, &format!("{path}/approval"), json!({})).await.expect(200);
    let secret = "practice-token-of-moh";
    let connection = json!({"base_url": "http://127.0.0.1:9", "token": secret});
    let away = app.api(Some(&author), Method::POST, &format!("{path}/connection"), connection.clone()).await;
    let live = if away.status == 422 { panic!("{}", away.body) } else { away.expect(200).json() };
    assert_eq!(live["state"], "live");
    let all = app.api(Some(&author), Method::GET, "/api/v1/accounts", Value::Null).await.expect(200);
    assert!(!all.body.contains(secret));
    let cookie = app.sign_in("pema@example.bt").await;
    for page in ["/accounts", "/accounts/new", &format!("/accounts/{}", account["id"].as_str().unwrap())] {
        for lang in ["en", "dz"] {
            let shown = app.browse(&cookie, &format!("{page}?lang={lang}")).await.expect(200);
            assert!(!shown.body.contains(secret));
        }
    }
    app.drain().await;
}
