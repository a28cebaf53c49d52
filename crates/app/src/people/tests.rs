mod access;
mod authenticator;
mod conduct;
mod issuer;
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
async fn the_own_page_shows_roles_changes_the_password_and_ends_sessions() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Pema Lhamo", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema.lhamo@example.bt").await;
    let other = app.sign_in("pema.lhamo@example.bt").await;
    let page = app.browse(&cookie, "/me?lang=en").await.expect(200).body;
    assert!(page.contains("Ministry of Health") && page.contains("Author") && page.contains("no end"), "{page}");
    assert!(app.browse(&cookie, "/me?lang=dz").await.expect(200).body.contains("འགན་ཁུར་ཚུ།"));
    for path in ["/me/password", "/me/tokens", "/me/sessions/others-ended", "/me/codes"] {
        assert_eq!(forged(&app, &cookie, path).await, 403, "{path}");
    }
    let wrong = [("old", "not this one"), ("password", "short")];
    let page = app.submit(&cookie, "/me", "/me/password", &wrong).await.expect(422).body;
    assert!(page.contains("present password is not right") && page.contains("at least ten"), "{page}");
    let right = [("old", "four blue poppies"), ("password", "a yak on the pass")];
    assert_eq!(app.submit(&cookie, "/me", "/me/password", &right).await.expect(303).location(), "/me");
    app.browse(&cookie, "/me").await.expect(200);
    assert!(app.browse(&other, "/me").await.expect(303).location().starts_with("/sign-in"), "the others ended");
    assert_eq!(facts(&app, "person.password-changed").await, 1);
    app.drain().await;
}

#[tokio::test]
async fn one_session_ends_alone_and_never_somebody_elses() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Pema", Some(moh), &[Role::Author]).await;
    app.person("Karma", Some(moh), &[Role::Approver]).await;
    let pema = app.sign_in("pema@example.bt").await;
    app.advance(HOUR);
    let second = app.sign_in("pema@example.bt").await;
    let karma = app.sign_in("karma@example.bt").await;
    let page = app.browse(&second, "/me").await.expect(200).body;
    assert!(page.contains("an hour ago") && page.contains("this one"), "{page}");
    let ids: Vec<&str> =
        page.split("name=\"session\" value=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    app.submit(&karma, "/me", "/me/sessions/ended", &[("session", ids[0])]).await.expect(303);
    app.browse(&second, "/me").await.expect(200);
    app.submit(&second, "/me", "/me/sessions/ended", &[("session", ids[1])]).await.expect(303);
    app.browse(&pema, "/me").await.expect(303);
    let third = app.sign_in("pema@example.bt").await;
    app.submit(&third, "/me", "/me/sessions/others-ended", &[]).await.expect(303);
    app.browse(&second, "/me").await.expect(303);
    app.browse(&third, "/me").await.expect(200);
    app.browse(&karma, "/me").await.expect(200);
    app.drain().await;
}

#[tokio::test]
async fn codes_are_set_up_with_the_secret_shown_and_turned_off_with_the_password() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let page = app.browse(&cookie, "/me/codes").await.expect(200).body;
    let (sealed, shown) = (between(&page, "name=\"secret\" value=\"", "\""), between(&page, "otpauth://", "\""));
    let secret = own::same_secret(&pema.cx, &own::me(&pema.cx).await.unwrap(), sealed).unwrap();
    assert!(shown.contains(&secret.base32) && page.contains(&format!("<p class=\"secret\">{}</p>", secret.base32)));
    let again = app.submit(&cookie, "/me/codes", "/me/codes", &[("secret", sealed), ("code", "12x")]).await.expect(422);
    assert!(again.body.contains(&secret.base32) && again.body.contains("value=\"12x\""), "the same secret, as typed");
    let bytes = unbase32(&secret.base32);
    let code = secrets::code_at(&bytes, app.cx.now()).unwrap();
    app.submit(&cookie, "/me/codes", "/me/codes", &[("secret", sealed), ("code", &code)]).await.expect(303);
    assert!(app.browse(&cookie, "/me").await.expect(200).body.contains("/me/codes/off"));
    app.advance(MINUTE);
    let code = secrets::code_at(&bytes, app.cx.now()).unwrap();
    let twice = [("secret", sealed), ("code", code.as_str())];
    app.submit(&cookie, "/me", "/me/codes", &twice).await.expect(422);
    app.submit(&cookie, "/me", "/me/codes/off", &[("confirm", "no")]).await.expect(422);
    app.submit(&cookie, "/me", "/me/codes/off", &[("confirm", "four blue poppies")]).await.expect(303);
    app.advance(HOUR);
    let late = app.submit(&cookie, "/me", "/me/codes", &twice).await.expect(422);
    assert!(late.body.contains("waited too long") && !late.body.contains(&secret.base32));
    assert_eq!(facts(&app, "person.codes-turned").await, 2);
    app.drain().await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_revoked() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let mut pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let karma = app.person("Karma", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let wrong = app.submit(&cookie, "/me", "/me/tokens", &[("name", ""), ("days", "9999")]).await.expect(422).body;
    assert!(wrong.contains("1 to 80 characters") && wrong.contains("Choose a term"), "{wrong}");
    let made = app.submit(&cookie, "/me", "/me/tokens", &[("name", "night script"), ("days", "30")]).await.expect(200);
    pema.token = between(&made.body, "<p class=\"secret\">", "<").into();
    let page = app.browse(&cookie, "/me").await.expect(200).body;
    assert!(page.contains("night script") && !page.contains(&pema.token));
    let me = async || app.api(Some(&pema), axum::http::Method::GET, "/api/v1/me", Value::Null).await;
    me().await.expect(200);
    let id = between(&page, "name=\"token\" value=\"", "\"");
    own::revoke_token(&karma.cx, id.parse().unwrap()).await.unwrap_err();
    assert!(own::issue_token(&karma.cx, pema.id, "x", 7 * ground::clock::DAY).await.is_err(), "for somebody else");
    app.submit(&cookie, "/me", "/me/tokens/revoked", &[("token", id)]).await.expect(303);
    me().await.expect(401);
    assert_eq!(facts(&app, "token.revoked").await, 1);
    app.drain().await;
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

#[tokio::test]
async fn a_set_up_link_works_once_in_time_and_the_last_one_only() {
    let app = TestApp::new().await;
    let new =
        NewPerson { agency: Some(7), name: "Tashi".into(), email: "tashi@example.bt".into(), ..Default::default() };
    let id = add_person(&app.cx, &new).await.unwrap();
    let token = async || {
        let link = set_up_link(&app.cx, id).await.unwrap();
        link.split("/set-up/").nth(1).unwrap().to_owned()
    };
    let first = token().await;
    let second = token().await;
    assert!(actions::set_up(&app.cx, &first, "a yak on the pass").await.is_err(), "a newer one was given");
    let short = actions::set_up(&app.cx, &second, "short").await.unwrap_err();
    assert!(matches!(short.kind, ground::error::Kind::Invalid(_)));
    assert!(actions::set_up(&app.cx, &second, "a yak on the pass").await.unwrap().is_some());
    assert!(actions::set_up(&app.cx, &second, "another password").await.is_err(), "replayed");
    app.get(&format!("/set-up/{second}")).await.expect(404);
    assert!(app.get("/set-up/%FF").await.expect(404).body.contains("<h1>Not found</h1>"));
    let late = token().await;
    app.advance(3 * ground::clock::DAY);
    app.get(&format!("/set-up/{late}")).await.expect(404);
    assert!(actions::set_up(&app.cx, &late, "another password").await.is_err(), "run out");
    let mine = acting_as(&app.cx, id).await.unwrap();
    let secret = [5u8; 20];
    own::set_totp(&mine, &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    let lost = token().await;
    let entered = actions::set_up(&app.cx, &lost, "a third password").await.unwrap();
    assert!(entered.is_none(), "a link does not stand for the one-time code");
    app.drain().await;
}

#[tokio::test]
async fn the_first_start_s_link_makes_one_administrator_and_no_second() {
    let app = TestApp::new().await;
    let first = first_link(&app.cx).await.unwrap().unwrap();
    let link = first_link(&app.cx).await.unwrap().unwrap();
    let path = |link: &str| link.strip_prefix("http://drelwa.test").unwrap().to_owned();
    app.get(&path(&first)).await.expect(404);
    let path = path(&link);
    app.get(&path).await.expect(200);
    let send = async |fields: &str| {
        let request = axum::http::Request::post(&path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(fields.to_owned()))
            .unwrap();
        app.send(request).await
    };
    let again = send("name=Kinley&email=nowhere&password=short").await.expect(422).body;
    assert!(again.contains("href=\"#email\"") && again.contains("href=\"#password\""), "{again}");
    assert!(again.contains("value=\"Kinley\""), "what was typed is kept");
    let good = "name=Kinley+Dorji&email=kinley@example.bt&password=four+blue+poppies";
    assert_eq!(send(good).await.expect(303).location(), "/people");
    send(good).await.expect(404);
    assert!(first_link(&app.cx).await.unwrap().is_none());
    let cookie = app.sign_in("kinley@example.bt").await;
    app.browse(&cookie, "/people").await.expect(200);
    app.drain().await;
}
