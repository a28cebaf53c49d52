//! The government's apps at platforms: who may enter one, what is refused, and that the secret never comes out.
use crate::people::Role;
use crate::testkit::TestApp;
use axum::http::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/account-apps";

#[tokio::test]
async fn an_administrator_enters_an_app_once_and_nobody_else_does() {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    let admin = app.person("Namgay", None, &[Role::Administrator]).await;
    let body = json!({"platform": "youtube", "client_id": "4711.apps.example", "client_secret": "GOCSPX-s3cret"});
    for (who, status) in [(Some(&lead), 403), (None, 401)] {
        app.api(who, Method::PUT, PATH, body.clone()).await.expect(status);
        app.api(who, Method::GET, PATH, Value::Null).await.expect(status);
    }
    let first = app.api(Some(&admin), Method::PUT, PATH, body.clone()).await.expect(200).json();
    assert_eq!(
        (first["server"].as_str(), first["introduced"].as_bool()),
        (Some("https://www.googleapis.com"), Some(false))
    );
    let again = app.api(Some(&admin), Method::PUT, PATH, body).await.expect(200).json();
    let all = app.api(Some(&admin), Method::GET, PATH, Value::Null).await.expect(200);
    assert!(!all.body.contains("s3cret"));
    assert_eq!(all.json()["items"].as_array().unwrap().len(), 1, "the second took the place of the first");
    assert_ne!(first["id"], again["id"]);
    let one = format!("{PATH}/{}", again["id"].as_str().unwrap());
    app.api(Some(&lead), Method::DELETE, &one, Value::Null).await.expect(403);
    app.api(Some(&admin), Method::DELETE, &one, Value::Null).await.expect(204);
    app.api(Some(&admin), Method::DELETE, &one, Value::Null).await.expect(404);
    app.drain().await;
    let facts =
        ground::db::Sql::new("SELECT kind, body FROM facts WHERE kind LIKE 'account.app-%' ORDER BY id", vec![]);
    let rows = ground::db::Run::rows(app.cx.db(), facts).await.unwrap();
    let kinds: Vec<String> = rows.iter().map(|r| r.get("kind").unwrap()).collect();
    assert_eq!(kinds, ["account.app-set", "account.app-set", "account.app-removed"]);
    assert!(rows.iter().all(|r| !r.get::<String>("body").unwrap().contains("s3cret")));
}

#[tokio::test]
async fn the_page_shows_the_address_to_come_back_to_and_refuses_what_is_no_app() {
    let app = TestApp::new().await;
    app.person("Namgay", None, &[Role::Administrator]).await;
    let cookie = app.sign_in("namgay@example.bt").await;
    for lang in ["en", "dz"] {
        let shown = app.browse(&cookie, &format!("/accounts/apps?lang={lang}")).await.expect(200).body;
        assert!(shown.contains("http://drelwa.test/accounts/callback") && shown.contains("offline.access"), "{lang}");
        assert!(!shown.contains("option value=\"mastodon\""), "there the program introduces itself");
    }
    let submit = async |fields: &[(&str, &str)]| app.submit(&cookie, "/accounts/apps", "/accounts/apps", fields).await;
    let empty = submit(&[]).await.expect(422).body;
    assert!(empty.contains("client_id-err") && empty.contains("client_secret-err"), "{empty}");
    for (id, secret, server) in [("a:b", "c", ""), ("a", "c d", ""), ("a", "c", "http://10.0.0.1"), ("a", "c", "x")] {
        let form = [("platform", "x"), ("client_id", id), ("client_secret", secret), ("server", server)];
        let refused = submit(&form).await.expect(422).body;
        assert!(!refused.contains(&format!("value=\"{secret}\"")), "a secret is not written back");
    }
    submit(&[("platform", "mastodon"), ("client_id", "a"), ("client_secret", "b")]).await.expect(422);
    submit(&[("platform", "x"), ("client_id", "a"), ("client_secret", "sesame")]).await.expect(303);
    let shown = app.browse(&cookie, "/accounts/apps?lang=en").await.expect(200).body;
    assert!(shown.contains("https://api.x.com") && !shown.contains("sesame"));
    let action = shown.split("action=\"").find(|a| a.contains("/removal")).unwrap().split('"').next().unwrap();
    app.submit(&cookie, "/accounts/apps", action, &[]).await.expect(303);
    assert!(!app.browse(&cookie, "/accounts/apps").await.body.contains("/removal"));
    app.drain().await;
}
