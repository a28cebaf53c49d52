//! Passkeys through HTTP, with authenticators made of software.
use super::super::*;
use super::authenticator::Device;
use super::{agency, facts};
use crate::testkit::{Answer, Person, TestApp};
use ground::clock::MINUTE;
use serde_json::Value;

/// Asks for a challenge; its token, and the options as the browser gets them.
async fn challenge(app: &TestApp, cookie: &str, page: &str, action: &str, fields: &[(&str, &str)]) -> (String, Value) {
    let begun = app.submit(cookie, page, action, fields).await.expect(200).json();
    (begun["challenge"].as_str().unwrap().into(), begun["options"]["publicKey"].clone())
}

async fn add(app: &TestApp, cookie: &str, device: &mut Device, name: &str) -> Answer {
    let page = "/me/passkeys";
    let (token, options) = challenge(app, cookie, page, "/me/passkeys/challenge", &[("name", name)]).await;
    let answer = device.make(&options);
    app.submit(cookie, page, page, &[("name", name), ("challenge", &token), ("credential", &answer)]).await
}

async fn asked(app: &TestApp, email: &str) -> (String, Value) {
    challenge(app, "", "/sign-in", "/sign-in/passkey/challenge", &[("email", email)]).await
}

async fn answered(app: &TestApp, token: &str, answer: &str) -> Answer {
    let fields = [("challenge", token), ("credential", answer), ("next", "/desk")];
    app.submit("", "/sign-in", "/sign-in/passkey", &fields).await
}

async fn enter(app: &TestApp, device: &mut Device, email: &str) -> Answer {
    let (token, options) = asked(app, email).await;
    let answer = device.sign(&options);
    answered(app, &token, &answer).await
}

fn cookie(answer: &Answer) -> String {
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn pema(app: &TestApp, device: &mut Device) -> (Person, String) {
    let moh = agency(app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Lead]).await;
    let here = app.sign_in("pema@example.bt").await;
    add(app, &here, device, "Work laptop").await.expect(303);
    (pema, here)
}

#[tokio::test]
async fn several_passkeys_are_added_listed_used_and_removed() {
    let app = TestApp::with("true").await;
    let (mut laptop, mut phone) = (Device::new(1), Device::new(2));
    let (pema, here) = pema(&app, &mut laptop).await;
    add(&app, &here, &mut phone, "Telephone").await.expect(303);
    let list = app.browse(&here, "/me/passkeys").await.expect(200).body;
    assert!(list.contains("Work laptop") && list.contains("Telephone") && list.contains("not yet"), "{list}");
    // The device offers itself, and the roles that want a second factor work at once.
    let entered = enter(&app, &mut phone, "").await.expect(303);
    assert_eq!(entered.location(), "/desk");
    app.browse(&cookie(&entered), "/people").await.expect(200);
    assert!(app.browse(&cookie(&entered), "/me").await.expect(200).body.contains("<td>passkey</td>"));
    // With the address first, only this person's passkeys are asked for.
    let (_, options) = asked(&app, "Pema@example.bt").await;
    let allowed: Vec<&str> =
        options["allowCredentials"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(allowed, [laptop.text_id(), phone.text_id()]);
    enter(&app, &mut laptop, "pema@example.bt").await.expect(303);
    let id = store::passkeys::of(app.cx.db(), pema.id).await.unwrap()[1].id.to_string();
    app.submit(&here, "/me/passkeys", "/me/passkeys/removed", &[("removed", &id)]).await.expect(303);
    let gone = enter(&app, &mut phone, "").await.expect(422);
    assert!(gone.body.contains("opens no account here"), "{}", gone.body);
    app.browse(&cookie(&entered), "/me").await.expect(303);
    app.drain().await;
    let mails = app.mails();
    for (said, n) in [("“Telephone” was added", 1), ("“Work laptop” was added", 1), ("“Telephone” was removed", 1)]
    {
        assert_eq!(mails.iter().filter(|m| m.contains(said)).count(), n, "{said}: {mails:?}");
    }
    assert_eq!((facts(&app, "passkey.added").await, facts(&app, "passkey.removed").await), (2, 1));
}

#[tokio::test]
async fn what_is_not_this_passkey_now_is_refused_with_a_sentence() {
    let app = TestApp::new().await;
    let (mut laptop, mut other) = (Device::new(1), Device::new(2));
    pema(&app, &mut laptop).await;
    app.person("Tashi", None, &[Role::Oversight]).await;
    let tashi = app.sign_in("tashi@example.bt").await;
    add(&app, &tashi, &mut other, "Key").await.expect(303);
    let said = async |device: &mut Device, email: &str| enter(&app, device, email).await.expect(422).body;
    assert!(said(&mut laptop, "tashi@example.bt").await.contains("somebody else’s account"));
    assert!(said(&mut laptop, "nobody@example.bt").await.contains("somebody else’s account"));
    assert!(said(&mut Device::new(9), "").await.contains("opens no account here"));
    let mut forged = Device::new(1);
    assert!(said(&mut forged, "").await.contains("not accepted"), "another key under the same name");
    laptop.origin = "http://drelwa.test.evil.example".into();
    assert!(said(&mut laptop, "").await.contains("not accepted"), "a false page");
    laptop.origin = "http://drelwa.test".into();
    laptop.rp = "evil.example".into();
    assert!(said(&mut laptop, "").await.contains("not accepted"));
    laptop.rp = "drelwa.test".into();
    // Once, and in time.
    let (token, options) = asked(&app, "").await;
    let answer = laptop.sign(&options);
    answered(&app, &token, &answer).await.expect(303);
    assert!(answered(&app, &token, &answer).await.expect(422).body.contains("sent twice"));
    let (token, options) = asked(&app, "").await;
    app.advance(5 * MINUTE);
    let late = answered(&app, &token, &laptop.sign(&options)).await.expect(422);
    assert!(late.body.contains("took too long"));
    assert!(answered(&app, &token, "{}").await.expect(422).body.contains("took too long"));
    // The challenge of one sign-in answers no other.
    let ((first, _), (_, second)) = (asked(&app, "").await, asked(&app, "").await);
    assert!(answered(&app, &first, &laptop.sign(&second)).await.expect(422).body.contains("not accepted"));
    let cancelled = app.submit("", "/sign-in", "/sign-in/passkey", &[("failure", "NotAllowedError")]).await.expect(422);
    assert!(cancelled.body.contains("No passkey was used"));
    // The same key a second time, for another account.
    assert!(add(&app, &tashi, &mut laptop, "Again").await.expect(422).body.contains("added already"));
    app.drain().await;
}

#[tokio::test]
async fn nobody_learns_from_a_challenge_who_has_an_account() {
    let app = TestApp::new().await;
    let mut laptop = Device::new(1);
    pema(&app, &mut laptop).await;
    let ids = async |email: &str| asked(&app, email).await.1["allowCredentials"].clone();
    let stand_in = ids("nobody@example.bt").await;
    assert_eq!(stand_in, ids("Nobody@example.bt").await, "the same every time");
    assert_ne!(stand_in, ids("somebody@example.bt").await);
    let one = |list: &Value| {
        (list.as_array().unwrap().len(), list[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(one(&stand_in), one(&ids("pema@example.bt").await), "as for somebody who has one");
    app.drain().await;
}

#[tokio::test]
async fn a_passkey_that_looks_copied_is_blocked_and_its_person_told() {
    let app = TestApp::new().await;
    let mut laptop = Device::new(1);
    let (pema, here) = pema(&app, &mut laptop).await;
    enter(&app, &mut laptop, "").await.expect(303);
    laptop.count -= 1;
    assert!(enter(&app, &mut laptop, "").await.expect(422).body.contains("had been copied"));
    laptop.count += 5;
    assert!(enter(&app, &mut laptop, "").await.expect(422).body.contains("had been copied"), "it stays blocked");
    assert!(app.browse(&here, "/me/passkeys").await.expect(200).body.contains("blocked"));
    assert_eq!(store::passkeys::good(app.cx.db(), pema.id).await.unwrap(), 0);
    app.drain().await;
    assert!(app.mails().iter().any(|m| m.contains("only a copy of it explains")), "{:?}", app.mails());
    assert_eq!(facts(&app, "passkey.blocked").await, 1);
    // One that is kept in step between devices does not count.
    let mut shared = Device::new(2);
    shared.step = 0;
    add(&app, &here, &mut shared, "Everywhere").await.expect(303);
    for _ in 0..2 {
        enter(&app, &mut shared, "").await.expect(303);
    }
    app.drain().await;
}

#[tokio::test]
async fn a_password_alone_never_grows_into_more_and_the_last_means_stays() {
    let app = TestApp::with("true").await;
    let mut laptop = Device::new(1);
    let (pema, here) = pema(&app, &mut laptop).await;
    // Whoever learnt the password comes in, but the roles rest, and no means, token or code is made or dropped.
    let thief = app.sign_in("pema@example.bt").await;
    app.browse(&thief, "/people").await.expect(403);
    let id = store::passkeys::of(app.cx.db(), pema.id).await.unwrap()[0].id.to_string();
    let refused = "did not use it in this session";
    let fields = [("name", "Mine"), ("days", "7"), ("removed", &id)];
    for action in ["/me/passkeys", "/me/passkeys/removed", "/me/tokens", "/me/recovery-codes"] {
        let answer = app.submit(&thief, "/me", action, &fields).await.expect(422).body;
        assert!(answer.contains(refused) && answer.contains("/me/confirm"), "{action}: {answer}");
    }
    let page = app.browse(&thief, "/me/codes").await.expect(200).body;
    let sealed = super::between(&page, "name=\"secret\" value=\"", "\"").to_owned();
    let secret = super::between(&page, "<p class=\"secret\">", "<");
    let code = secrets::code_at(&super::unbase32(secret), app.cx.now()).unwrap();
    let codes = app.submit(&thief, "/me/codes", "/me/codes", &[("secret", &sealed), ("code", &code)]).await.expect(422);
    assert!(codes.body.contains(refused), "{}", codes.body);
    // Their own passkey lifts the session.
    let (token, options) = challenge(&app, &thief, "/me/confirm", "/me/confirm/challenge", &[]).await;
    let answer = laptop.sign(&options);
    let fields = [("challenge", token.as_str()), ("credential", &answer), ("next", "/people")];
    let shown = app.submit(&thief, "/me/confirm", "/me/confirm/passkey", &fields).await.expect(303);
    assert_eq!(shown.location(), "/people");
    app.browse(&thief, "/people").await.expect(200);
    // The last one stays while a role wants it.
    let last = app.submit(&here, "/me/passkeys", "/me/passkeys/removed", &[("removed", &id)]).await.expect(422);
    assert!(last.body.contains("last second factor"), "{}", last.body);
    app.submit(&here, "/me/codes", "/me/codes", &[("secret", &sealed), ("code", &code)]).await.expect(303);
    app.submit(&here, "/me/passkeys", "/me/passkeys/removed", &[("removed", &id)]).await.expect(303);
    let off = app.submit(&here, "/me", "/me/codes/off", &[("confirm", "four blue poppies")]).await.expect(422);
    assert!(off.body.contains("last second factor"), "{}", off.body);
    app.drain().await;
}

#[tokio::test]
async fn a_passkey_or_a_code_shows_that_it_is_still_they() {
    let app = TestApp::new().await;
    let mut laptop = Device::new(1);
    let (pema, here) = pema(&app, &mut laptop).await;
    let token = async || app.submit(&here, "/me", "/me/tokens", &[("name", "x"), ("days", "7")]).await.status.as_u16();
    app.advance(16 * MINUTE);
    assert_eq!(token().await, 422);
    let (challenge, options) = challenge(&app, &here, "/me/confirm", "/me/confirm/challenge", &[]).await;
    // Not within another session, not for signing in, and not by somebody else's.
    let answer = laptop.sign(&options);
    assert!(answered(&app, &challenge, &answer).await.expect(422).body.contains("took too long"));
    let elsewhere = app.sign_in("pema@example.bt").await;
    let fields = [("challenge", challenge.as_str()), ("credential", &answer), ("next", "//evil.example")];
    app.submit(&elsewhere, "/me/confirm", "/me/confirm/passkey", &fields).await.expect(422);
    assert_eq!(app.submit(&here, "/me/confirm", "/me/confirm/passkey", &fields).await.expect(303).location(), "/");
    assert_eq!(token().await, 200);
    let secret = [4u8; 20];
    let sitting = front::by_session(&app.cx.machine, here.split_once('=').unwrap().1).await.unwrap();
    own::set_totp(&app.cx.acting(sitting), &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    app.advance(16 * MINUTE);
    assert_eq!(token().await, 422);
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    let by_code = [("confirm", code.as_str()), ("next", "/me")];
    app.submit(&here, "/me/confirm", "/me/confirm", &[("confirm", "000000")]).await.expect(422);
    app.submit(&here, "/me/confirm", "/me/confirm", &by_code).await.expect(303);
    assert_eq!(token().await, 200);
    app.submit(&here, "/me/confirm", "/me/confirm", &by_code).await.expect(422);
    assert_eq!(
        means::strong(app.cx.db(), &store::person(app.cx.db(), pema.id).await.unwrap()).await.unwrap().count(),
        2
    );
    app.drain().await;
}

#[tokio::test]
async fn lost_passkeys_are_given_back_by_a_paper_code_or_by_two_people() {
    let app = TestApp::new().await;
    let mut laptop = Device::new(1);
    let (pema, here) = pema(&app, &mut laptop).await;
    let page = app.submit(&here, "/me", "/me/recovery-codes", &[]).await.expect(200).body;
    let code = super::between(&page, "<ul class=\"secret\"><li>", "<").to_owned();
    let try_in =
        async |code: &str| actions::sign_in(&app.cx, "pema@example.bt", "four blue poppies", code, "here").await;
    assert!(try_in("AAAA-AAAA-AAAA-AAAA").await.is_err());
    let token = try_in(&code).await.unwrap();
    assert!(store::session(app.cx.db(), &secrets::digest(&token)).await.unwrap().unwrap().passed_totp);
    let chief = app.person("Chief", None, &[Role::Administrator]).await;
    let over = app.person("Over", None, &[Role::Oversight]).await;
    recovery::ask(&chief.cx, pema.id, "She came by").await.unwrap();
    let id = store::access::recoveries(app.cx.db()).await.unwrap()[0].id;
    recovery::decide(&over.cx, id, true).await.unwrap();
    assert!(enter(&app, &mut laptop, "").await.expect(422).body.contains("opens no account here"));
    app.browse(&here, "/me").await.expect(303);
    assert_eq!((facts(&app, "passkey.removed").await, facts(&app, "person.codes-turned").await), (1, 0));
    app.drain().await;
}
