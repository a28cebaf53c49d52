mod access;
mod authenticator;
mod conduct;
mod issuer;
mod links;
mod mine;
mod passkeys;
mod provider;
mod provider_roles;
mod roles;
mod team;

use super::*;
use crate::testkit::TestApp;
use ground::clock::{HOUR, MINUTE};
use ground::db::Run;
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
    let elsewhere = actions::sign_in(&app.cx, "nobody@example.bt", "x", "", "elsewhere").await.unwrap_err();
    assert!(matches!(elsewhere.kind, ground::error::Kind::Invalid(_)), "nobody is shut out by somebody else's tries");
    app.advance(15 * MINUTE);
    let error = actions::sign_in(&app.cx, "nobody@example.bt", "x", "", "here").await.unwrap_err();
    assert!(matches!(error.kind, ground::error::Kind::Invalid(_)));
}

#[tokio::test]
async fn a_whole_office_signs_in_through_one_address() {
    let app = TestApp::new().await;
    app.person("Pema", Some(7), &[Role::Author]).await;
    for _ in 0..60 {
        actions::sign_in(&app.cx, "pema@example.bt", "four blue poppies", "", "office").await.unwrap();
    }
}

#[tokio::test]
async fn one_time_codes_are_asked_for_and_used_once() {
    let app = TestApp::new().await;
    let pema = app.person("Pema", Some(7), &[Role::Author]).await;
    let secret = [9u8; 20];
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    own::set_totp(&pema.cx, &secret, &code).await.unwrap();
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
    let wanted = WantedRole {
        person: pema.id,
        role: Role::Approver,
        agency: Some(7),
        purpose: "x".into(),
        from: None,
        until: None,
    };
    let error = grant_role(&app.cx, &wanted).await.unwrap_err();
    assert_eq!(error.refusals()[0].code, "separation-of-duties");
    assert_eq!(error.refusals()[0].clause, Some("P6.2-AP8"));
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

async fn agency(app: &TestApp, code: &str) -> i64 {
    crate::agencies::by_code(app.cx.db(), code).await.unwrap().id
}

/// A post without the page's token, as another site would send it.
async fn forged(app: &TestApp, cookie: &str, path: &str) -> u16 {
    let request = axum::http::Request::post(path)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("name=x&days=7"))
        .unwrap();
    app.send(request).await.status.as_u16()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).unwrap_or_else(|| panic!("{from} is not in {text}")).split(to).next().unwrap()
}

/// What an authenticator app does with the secret that was typed into it.
fn unbase32(text: &str) -> Vec<u8> {
    let (mut bytes, mut kept, mut bits) = (vec![], 0u32, 0);
    for c in text.bytes() {
        let five = if c.is_ascii_uppercase() { c - b'A' } else { c - b'2' + 26 };
        (kept, bits) = (kept << 5 | u32::from(five), bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(kept >> bits & 0xff).unwrap());
        }
    }
    bytes
}

async fn facts(app: &TestApp, kind: &str) -> i64 {
    let sql = ground::sql!("SELECT count(*) AS n FROM facts WHERE kind = $1", kind);
    app.cx.db().one(sql).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn a_lead_adds_a_person_gives_a_role_suspends_and_lets_in_again() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Lead", Some(moh), &[Role::Lead]).await;
    let cookie = app.sign_in("lead@example.bt").await;
    assert_eq!(forged(&app, &cookie, "/people").await, 403);
    let home = moh.to_string();
    let bad = [("name", "Tashi <b>"), ("email", "nowhere"), ("agency", home.as_str())];
    let page = app.submit(&cookie, "/people/new", "/people", &bad).await.expect(422).body;
    assert!(page.contains("not an e-mail address") && page.contains("value=\"Tashi &#60;b&#62;\""), "{page}");
    let good = [("name", "Tashi"), ("email", " Tashi@Example.bt "), ("agency", home.as_str())];
    let made = app.submit(&cookie, "/people/new", "/people", &good).await.expect(200).body;
    let link = between(&made, "<p class=\"secret\">http://drelwa.test", "<").to_owned();
    let taken = app.submit(&cookie, "/people/new", "/people", &good).await.expect(422).body;
    assert!(taken.contains("is there already"));
    let list = app.browse(&cookie, "/people?q=tash").await.expect(200).body;
    assert!(list.contains("tashi@example.bt") && !list.contains("lead@example.bt"), "{list}");
    let path = between(&list, "<th scope=\"row\"><a href=\"", "\"").to_owned();
    app.get(&link).await.expect(200);
    let wrong = [("role", "approver"), ("agency", home.as_str()), ("purpose", ""), ("until", "2020-02-30")];
    let page = app.submit(&cookie, &path, &format!("{path}/roles"), &wrong).await.expect(422).body;
    assert!(page.contains("year-month-day") && page.contains("value=\"2020-02-30\""), "{page}");
    let late = [("role", "author"), ("agency", home.as_str()), ("purpose", ""), ("until", "2026-11-23")];
    let page = app.submit(&cookie, &path, &format!("{path}/roles"), &late).await.expect(422).body;
    assert!(page.contains("lies in the past") && page.contains("Say what the role is for"), "every reason");
    let right = [("role", "author"), ("agency", home.as_str()), ("purpose", "dengue"), ("until", "2026-11-24")];
    app.submit(&cookie, &path, &format!("{path}/roles"), &right).await.expect(303);
    let page = app.browse(&cookie, &path).await.expect(200).body;
    assert!(page.contains("dengue") && page.contains("24 November 2026"), "the last day counts: {page}");
    let toxic = [("role", "approver"), ("agency", home.as_str()), ("purpose", "x"), ("until", "")];
    let page = app.submit(&cookie, &path, &format!("{path}/roles"), &toxic).await.expect(422).body;
    assert!(page.contains("who writes does not approve") && page.contains("/policy#P6.2-AP8"));
    let grant = between(&page, "name=\"grant\" value=\"", "\"").to_owned();
    app.submit(&cookie, &path, &format!("{path}/roles/ended"), &[("grant", &grant)]).await.expect(303);
    app.submit(&cookie, &path, &format!("{path}/roles/ended"), &[("grant", &grant)]).await.expect(422);
    app.submit(&cookie, &path, &format!("{path}/suspension"), &[]).await.expect(303);
    app.get(&link).await.expect(404);
    app.submit(&cookie, &path, &format!("{path}/link"), &[]).await.expect(422);
    app.submit(&cookie, &path, &format!("{path}/return"), &[]).await.expect(303);
    for (kind, n) in [("person.suspended", 1), ("person.let-in", 1), ("role.refused", 1), ("person.link-given", 1)] {
        assert_eq!(facts(&app, kind).await, n, "{kind}");
    }
    app.drain().await;
}

#[tokio::test]
async fn another_agencys_people_are_closed_and_say_nothing() {
    let app = TestApp::new().await;
    let (moh, moic) = (agency(&app, "MoH").await, agency(&app, "MoESD").await);
    app.person("Lead", Some(moh), &[Role::Lead]).await;
    let other = app.person("Dorji Secret", Some(moic), &[Role::Author]).await;
    let chief = app.person("Chief", Some(moh), &[Role::Administrator]).await;
    let cookie = app.sign_in("lead@example.bt").await;
    let there = app.browse(&cookie, &format!("/people/{}", other.id)).await.expect(403).body;
    let nowhere = app.browse(&cookie, "/people/4711").await.expect(403).body;
    assert!(!there.contains("Dorji"), "{there}");
    let plain = |body: &str| body.split("<p class=\"meta\">").next().unwrap().replace(&other.id.to_string(), "4711");
    assert_eq!(plain(&there), plain(&nowhere), "whether somebody is there is not told");
    for action in ["roles", "roles/ended", "suspension", "return", "link", "codes-off"] {
        let path = format!("/people/{}/{action}", other.id);
        let fields = [("role", "author"), ("agency", ""), ("purpose", "x")];
        app.submit(&cookie, "/people", &path, &fields).await.expect(403);
    }
    assert!(!app.browse(&cookie, "/people").await.expect(200).body.contains("Dorji"));
    app.browse(&cookie, &format!("/people?agency={moic}")).await.expect(403);
    let elsewhere = [("name", "X"), ("email", "x@example.bt"), ("agency", &moic.to_string())];
    app.submit(&cookie, "/me", "/people", &elsewhere).await.expect(403);
    let page = format!("/people/{}", chief.id);
    let refused = app.submit(&cookie, "/me", &format!("{page}/link"), &[]).await.expect(422).body;
    assert!(refused.contains("also Administrator beyond what you manage"), "{refused}");
    app.submit(&cookie, "/me", &format!("{page}/suspension"), &[]).await.expect(422);
    let author = app.sign_in("dorji.secret@example.bt").await;
    app.browse(&author, "/people").await.expect(403);
    let chief = app.sign_in("chief@example.bt").await;
    assert!(app.browse(&chief, "/people").await.expect(200).body.contains("Dorji"));
    app.browse(&chief, "/people/4711").await.expect(404);
    app.drain().await;
}
