//! Signing in through a provider of accounts: who comes in, what is refused, what a token must show.
use super::super::*;
use super::issuer::{Issuer, come_back, leave, session, sign_in};
use super::{agency, facts};
use crate::testkit::TestApp;
use ground::clock::MINUTE;
use serde_json::{Value, json};

async fn pema(app: &TestApp, roles: &[Role]) -> i64 {
    let moh = agency(app, "MoH").await;
    app.person("Pema", Some(moh), roles).await.id
}

#[tokio::test]
async fn without_a_provider_nothing_of_it_is_there() {
    let app = TestApp::new().await;
    assert!(!app.get("/sign-in").await.expect(200).body.contains("provider"));
    app.get("/sign-in/provider").await.expect(404);
    app.get("/sign-in/provider/back?code=x&state=y").await.expect(404);
    assert_eq!(app.get("/signed-out").await.expect(303).location(), "/");
    app.person("Pema", None, &[]).await;
    let here = app.sign_in("pema@example.bt").await;
    assert!(!app.browse(&here, "/me").await.expect(200).body.contains("Accounts of the provider"));
    app.browse(&here, "/me/confirm/provider").await.expect(404);
}

#[tokio::test]
async fn the_first_time_by_the_verified_address_then_by_the_account_itself() {
    let issuer = Issuer::start().await;
    let app = issuer.app(&[]).await;
    let id = pema(&app, &[Role::Author]).await;
    assert!(app.get("/sign-in").await.expect(200).body.contains("Sign in with Gov ID"));
    let away = leave(&app, "", "/sign-in/provider?next=/posts").await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "drelwa"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", "http://drelwa.test/sign-in/provider/back"),
        ("scope", "openid email profile"),
    ] {
        assert_eq!(away.asked[name], value);
    }
    let code = issuer.let_in(&away.asked, app.cx.now());
    let entered = come_back(&app, &away.cookies, &code, &away.asked["state"]).await.expect(303);
    assert_eq!(entered.location(), "/posts");
    let me = app.browse(&session(&entered), "/me").await.expect(200).body;
    assert!(me.contains("<td>provider of accounts</td>") && me.contains(&issuer.url), "{me}");
    let bound = store::identities::of(app.cx.db(), id).await.unwrap();
    assert_eq!((bound.len(), bound[0].subject.as_str()), (1, "pema-1"));
    // The address may change there: it is the account that opens the door.
    issuer.said().claims = json!({"email": "lhamo@example.bt", "name": "Somebody"});
    sign_in(&app, &issuer).await.expect(303);
    assert_eq!(facts(&app, "identity.bound").await, 1);
    assert_eq!(issuer.said().lookups, 1, "what it published is read once");
    app.drain().await;
    assert_eq!(app.mails().iter().filter(|m| m.contains("was bound to your account")).count(), 1);
    // Signing out ends the session here, and shows the way to its end there.
    let here = session(&sign_in(&app, &issuer).await);
    let out = app.submit(&here, "/me", "/sign-out", &[]).await.expect(303);
    assert_eq!(out.location(), "/signed-out");
    app.browse(&here, "/me").await.expect(303);
    let page = app.get("/signed-out").await.expect(200).body;
    assert!(page.contains("/end?") && page.contains("client_id=drelwa"), "{page}");
    let by_password = app.sign_in("pema@example.bt").await;
    assert_eq!(app.submit(&by_password, "/me", "/sign-out", &[]).await.expect(303).location(), "/");
}

#[tokio::test]
async fn only_people_of_the_register_come_in_and_only_as_themselves() {
    let issuer = Issuer::start().await;
    let app = issuer.app(&[]).await;
    let id = pema(&app, &[]).await;
    let said = async |claims: Value| {
        issuer.said().claims = claims;
        sign_in(&app, &issuer).await.expect(403).body
    };
    let unknown = said(json!({"sub": "x", "email": "nobody@example.bt", "name": "Pema"})).await;
    assert!(unknown.contains("Ask the social media lead") && unknown.contains("href=\"/sign-in\""), "{unknown}");
    assert!(said(json!({"sub": "x", "email_verified": false})).await.contains("has verified"));
    assert!(said(json!({"sub": "x", "email_verified": null})).await.contains("has verified"));
    assert!(said(json!({"sub": "x", "email": null})).await.contains("has verified"));
    issuer.said().claims = json!({"email": "PEMA@example.bt"});
    sign_in(&app, &issuer).await.expect(303);
    // The address went over to another account there.
    assert!(said(json!({"sub": "pema-2"})).await.contains("bound to another account"));
    register::suspend(&app.cx, id, true).await.unwrap();
    assert!(said(json!({})).await.contains("is suspended"));
    register::suspend(&app.cx, id, false).await.unwrap();
    issuer.said().claims = json!({});
    sign_in(&app, &issuer).await.expect(303);
    let tashi = app.person("Tashi", None, &[]).await.id;
    register::suspend(&app.cx, tashi, true).await.unwrap();
    assert!(
        said(json!({"sub": "tashi-1", "email": "tashi@example.bt"})).await.contains("is suspended"),
        "by address neither"
    );
    assert_eq!(facts(&app, "identity.bound").await, 1);
    // Somebody who was invited and never set a password.
    let new = NewPerson { name: "Dechen".into(), email: "dechen@example.bt".into(), ..NewPerson::default() };
    let dechen = add_person(&app.cx, &new).await.unwrap();
    issuer.said().claims = json!({"sub": "dechen-1", "email": "dechen@example.bt"});
    sign_in(&app, &issuer).await.expect(303);
    assert_eq!(store::person(app.cx.db(), dechen).await.unwrap().state, "active");
    app.drain().await;
}

#[tokio::test]
async fn an_answer_is_good_once_in_time_and_in_the_browser_that_asked() {
    let issuer = Issuer::start().await;
    let app = issuer.app(&[]).await;
    pema(&app, &[]).await;
    let away = leave(&app, "", "/sign-in/provider").await;
    let state = away.asked["state"].clone();
    let code = issuer.let_in(&away.asked, app.cx.now());
    let said = async |cookies: &str, code: &str, state: &str| {
        let answer = come_back(&app, cookies, code, state).await.expect(400).body;
        assert!(answer.contains("Begin the sign-in again") && answer.contains("href=\"/sign-in\""), "{answer}");
        answer
    };
    assert!(said(&away.cookies, &code, "").await.contains("not begun in this browser"));
    assert!(said(&away.cookies, &code, "made-up").await.contains("not begun in this browser"));
    assert!(said("", &code, &state).await.contains("not begun in this browser"), "no cookie");
    let other = leave(&app, "", "/sign-in/provider").await;
    assert!(said(&other.cookies, &code, &state).await.contains("not begun in this browser"), "somebody else's");
    come_back(&app, &away.cookies, &code, &state).await.expect(303);
    assert!(said(&away.cookies, &code, &state).await.contains("used already"));
    // A code that was used, behind a state that was not; then a code of nobody.
    let again = leave(&app, &away.cookies, "/sign-in/provider").await;
    assert!(said(&again.cookies, &code, &again.asked["state"]).await.contains("could not be verified"));
    // Two windows of one browser do not end each other.
    let first = leave(&app, "", "/sign-in/provider").await;
    leave(&app, &first.cookies, "/sign-in/provider").await;
    let code = issuer.let_in(&first.asked, app.cx.now());
    come_back(&app, &first.cookies, &code, &first.asked["state"]).await.expect(303);
    let late = leave(&app, "", "/sign-in/provider").await;
    let code = issuer.let_in(&late.asked, app.cx.now());
    app.advance(15 * MINUTE);
    assert!(said(&late.cookies, &code, &late.asked["state"]).await.contains("a quarter of an hour"));
    // The provider let nobody in; and an answer that names another issuer.
    for (more, part) in
        [("error=access_denied", "did not sign you in"), ("code=x&iss=https://evil.example", "not begun")]
    {
        let away = leave(&app, "", "/sign-in/provider").await;
        let path = format!("/sign-in/provider/back?{more}&state={}", away.asked["state"]);
        assert!(app.browse(&away.cookies, &path).await.expect(400).body.contains(part));
    }
    let away = leave(&app, "", "/sign-in/provider?next=//evil.example").await;
    let code = issuer.let_in(&away.asked, app.cx.now());
    assert_eq!(come_back(&app, &away.cookies, &code, &away.asked["state"]).await.expect(303).location(), "/");
    app.drain().await;
}

#[tokio::test]
async fn a_token_that_is_not_the_providers_for_us_and_of_now_opens_nothing() {
    let issuer = Issuer::start().await;
    let app = issuer.app(&[]).await;
    pema(&app, &[]).await;
    let now = app.cx.now() / ground::clock::SECOND;
    let refused = async |claims: Value, why: &str| {
        issuer.said().claims = claims;
        let answer = sign_in(&app, &issuer).await;
        assert_eq!(answer.status.as_u16(), 400, "{why}: {}", answer.body);
        assert!(answer.body.contains("could not be verified"), "{why}: {}", answer.body);
    };
    refused(json!({"nonce": "another"}), "another nonce").await;
    refused(json!({"nonce": null}), "no nonce").await;
    refused(json!({"iss": "https://evil.example"}), "another issuer").await;
    refused(json!({"aud": "another"}), "for another").await;
    refused(json!({"aud": ["drelwa", "another"], "azp": "drelwa"}), "for others too").await;
    refused(json!({"azp": "another"}), "another party").await;
    refused(json!({"exp": now - 61}), "over").await;
    refused(json!({"iat": now - 11 * 60}), "kept").await;
    refused(json!({"iat": now + 90}), "of tomorrow").await;
    refused(json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "another access token").await;
    issuer.said().claims = json!({"exp": now - 30, "iat": now + 30});
    sign_in(&app, &issuer).await.expect(303);
    for alg in ["none", "HS256"] {
        issuer.said().alg = alg;
        refused(json!({}), alg).await;
    }
    issuer.said().alg = "ES256";
    // A key that nobody published; then published: it is looked up.
    issuer.change_key(false);
    app.advance(MINUTE);
    refused(json!({}), "a key of nobody").await;
    issuer.change_key(true);
    issuer.said().claims = json!({});
    app.advance(MINUTE);
    sign_in(&app, &issuer).await.expect(303);
    app.drain().await;
}

#[tokio::test]
async fn what_the_id_token_leaves_out_is_asked_for() {
    let issuer = Issuer::start().await;
    let app = issuer.app(&[]).await;
    pema(&app, &[]).await;
    issuer.said().claims = json!({"email": null, "email_verified": null});
    issuer.said().info = json!(false);
    sign_in(&app, &issuer).await.expect(503);
    issuer.said().info = json!({"sub": "somebody else", "email": "pema@example.bt", "email_verified": true});
    sign_in(&app, &issuer).await.expect(503);
    issuer.said().info = json!({"sub": "pema-1", "email": "pema@example.bt", "email_verified": true});
    sign_in(&app, &issuer).await.expect(303);
    app.drain().await;
}
