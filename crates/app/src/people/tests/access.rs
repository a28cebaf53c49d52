//! Second factors, confirmation of risky acts, lost access, and the quarterly review.
use super::super::*;
use super::roles::wanted;
use super::{agency, between, facts};
use crate::testkit::TestApp;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::Who;

/// The roles of the pack that want a second factor rest until there is one, for pages and for tokens.
#[tokio::test]
async fn roles_that_want_a_second_factor_rest_until_there_is_one() {
    let app = TestApp::with("true").await;
    let moh = agency(&app, "MoH").await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    app.person("Pema", Some(moh), &[Role::Author]).await;
    let author = app.sign_in("pema@example.bt").await;
    app.browse(&author, "/desk").await.expect(200);
    let cookie = app.sign_in("lead@example.bt").await;
    let refused = app.browse(&cookie, "/people").await.expect(403).body;
    assert!(refused.contains("wants a second factor") && refused.contains("/me/codes"), "{refused}");
    assert!(app.browse(&cookie, "/me").await.expect(200).body.contains("Your roles rest"));
    let me = async || app.api(Some(&lead), axum::http::Method::GET, "/api/v1/me", serde_json::Value::Null).await;
    assert!(!me().await.expect(200).body.contains("approve-posts"));
    let secret = [4u8; 20];
    own::set_totp(&lead.cx, &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    app.browse(&cookie, "/people").await.expect(403);
    app.advance(MINUTE);
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    let token = actions::sign_in(&app.cx, "lead@example.bt", "four blue poppies", &code, "here").await.unwrap();
    app.browse(&format!("{DESK_COOKIE}={token}"), "/people").await.expect(200);
    assert!(me().await.expect(200).body.contains("approve-posts"));
    app.drain().await;
}

#[tokio::test]
async fn a_recovery_code_opens_the_door_once_in_place_of_the_telephone() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    app.submit(&cookie, "/me", "/me/recovery-codes", &[]).await.expect(422);
    let secret = [4u8; 20];
    own::set_totp(&pema.cx, &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    app.submit(&cookie, "/me", "/me/recovery-codes", &[]).await.expect(422);
    app.advance(MINUTE);
    let code = secrets::code_at(&secret, app.cx.now()).unwrap();
    let token = actions::sign_in(&app.cx, "pema@example.bt", "four blue poppies", &code, "here").await.unwrap();
    let cookie = format!("{DESK_COOKIE}={token}");
    let page = app.submit(&cookie, "/me", "/me/recovery-codes", &[]).await.expect(200).body;
    let code = between(&page, "<ul class=\"secret\"><li>", "<").to_owned();
    assert_eq!(page.matches("<li>").count() >= 10, code.len() == 19, "{code}");
    let try_in = async |code: &str| {
        actions::sign_in(&app.cx, "pema@example.bt", "four blue poppies", code, "here").await.is_ok()
    };
    assert!(!try_in("AAAA-AAAA-AAAA-AAAA").await);
    assert!(try_in(&code.to_lowercase().replace('-', " ")).await);
    assert!(!try_in(&code).await, "each is good once");
    assert!(app.browse(&cookie, "/me").await.expect(200).body.contains("9 left"));
    app.submit(&cookie, "/me", "/me/codes/off", &[("confirm", "four blue poppies")]).await.expect(303);
    assert_eq!(store::access::recovery_codes_left(app.cx.db(), pema.id).await.unwrap(), 0);
    assert_eq!((facts(&app, "recovery.codes-made").await, facts(&app, "recovery.code-used").await), (1, 1));
    app.drain().await;
}

#[tokio::test]
async fn risky_acts_ask_for_the_password_again_after_a_while() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let tashi = app.person("Tashi", Some(moh), &[]).await;
    let asked = granting::ask_role(&tashi.cx, &wanted(tashi.id, Role::Author, moh)).await.unwrap();
    let cookie = app.sign_in("lead@example.bt").await;
    app.advance(16 * MINUTE);
    let path = format!("/roles/{}", asked.id);
    let approve = format!("{path}/approval");
    assert!(app.browse(&cookie, &path).await.expect(200).body.contains("last asked for a while ago"));
    let token = [("name", "x"), ("days", "7")];
    app.submit(&cookie, "/me", "/me/tokens", &token).await.expect(422);
    app.submit(&cookie, &path, &approve, &[]).await.expect(422);
    app.submit(&cookie, &path, &approve, &[("confirm", "wrong")]).await.expect(422);
    assert!(store::grant(app.cx.db(), asked.id).await.unwrap().waits());
    app.submit(&cookie, &path, &approve, &[("confirm", "four blue poppies")]).await.expect(303);
    assert!(!store::grant(app.cx.db(), asked.id).await.unwrap().waits());
    app.submit(&cookie, "/me", "/me/tokens", &token).await.expect(200);
    let link = format!("/people/{}/link", tashi.id);
    app.submit(&cookie, "/people", &link, &[]).await.expect(200);
    app.advance(16 * MINUTE);
    app.submit(&cookie, "/people", &link, &[]).await.expect(422);
    own::confirm(&lead.cx, "four blue poppies", "confirm").await.unwrap_err();
    app.drain().await;
}

#[tokio::test]
async fn p6_2_cs5_a_lost_second_factor_is_reset_by_two_people() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let chief = app.person("Chief", None, &[Role::Administrator]).await;
    let over = app.person("Over", None, &[Role::Oversight]).await;
    recovery::ask(&lead.cx, pema.id, "She came by").await.unwrap_err();
    let secret = [4u8; 20];
    own::set_totp(&pema.cx, &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    let theirs = app.sign_in("chief@example.bt").await;
    let path = format!("/people/{}", pema.id);
    app.submit(&theirs, &path, &format!("{path}/codes-off"), &[("reason", "")]).await.expect(422);
    app.submit(&theirs, &path, &format!("{path}/codes-off"), &[("reason", "She came by")]).await.expect(303);
    let id = store::access::recoveries(app.cx.db()).await.unwrap()[0].id;
    let own = recovery::decide(&chief.cx, id, true).await.unwrap_err();
    assert_eq!((own.refusals()[0].code, own.refusals()[0].clause), ("self-approval", Some("P6.2-CS5")));
    recovery::decide(&lead.cx, id, true).await.unwrap_err();
    app.browse(&theirs, &format!("/recoveries/{id}")).await.expect(403);
    let second = app.sign_in("over@example.bt").await;
    assert!(app.browse(&second, "/desk").await.expect(200).body.contains("Access to give back"));
    let page = format!("/recoveries/{id}");
    assert!(app.browse(&second, &page).await.expect(200).body.contains("She came by"));
    app.submit(&second, &page, &format!("{page}/decision"), &[("do", "grant")]).await.expect(303);
    app.sign_in("pema@example.bt").await;
    app.drain().await;
    assert!(app.mails().iter().any(|m| m.contains("two people reset the one-time codes")), "{:?}", app.mails());
    recovery::decide(&over.cx, id, true).await.unwrap_err();
    for (kind, n) in [("recovery.asked", 1), ("recovery.decided", 1), ("person.codes-turned", 2)] {
        assert_eq!(facts(&app, kind).await, n, "{kind}");
    }
}

#[tokio::test]
async fn every_quarter_each_right_is_confirmed_or_lapses() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Lead", Some(moh), &[Role::Lead]).await;
    app.person("Chief", None, &[Role::Administrator]).await;
    let chief = store::person_by_email(app.cx.db(), "chief@example.bt").await.unwrap().unwrap().id;
    let chief_cx = acting_as(&app.cx, chief).await.unwrap();
    let mut people = vec![];
    for (name, role) in [("Keep", Role::Author), ("Forget", Role::Records), ("Drop", Role::Approver)] {
        let who = app.person(name, Some(moh), &[]).await;
        grant_role(&chief_cx, &wanted(who.id, role, moh)).await.unwrap();
        people.push(who);
    }
    let (keep, forget, drop) = (&people[0], &people[1], &people[2]);
    app.sweep().await;
    assert_eq!(facts(&app, "review.opened").await, 0, "nothing is a quarter old");
    app.advance(91 * DAY);
    app.sweep().await;
    assert_eq!(facts(&app, "review.opened").await, 2, "of the agency, and of those above");
    let cookie = app.sign_in("lead@example.bt").await;
    assert!(app.browse(&cookie, "/desk").await.expect(200).body.contains("Review of access"));
    let open = store::access::reviews_open(app.cx.db()).await.unwrap();
    let mine = open.iter().find(|r| r.agency_id == Some(moh)).unwrap().id;
    let above = open.iter().find(|r| r.agency_id.is_none()).unwrap().id;
    app.browse(&cookie, &format!("/reviews/{above}")).await.expect(403);
    let path = format!("/reviews/{mine}");
    let page = app.browse(&cookie, &path).await.expect(200).body;
    assert!(page.contains("Keep") && page.contains("Forget") && page.contains("Drop"), "{page}");
    let grant = async |who: i64| store::grants_of(app.cx.db(), who).await.unwrap().remove(0);
    let ids = (grant(keep.id).await.id.to_string(), grant(drop.id).await.id.to_string());
    app.submit(&cookie, &path, &format!("{path}/answers"), &[("keep", &ids.0), ("drop", &ids.1)]).await.expect(303);
    assert_eq!(grant(drop.id).await.ended_why.as_deref(), Some("review"));
    app.advance(24 * DAY);
    app.sweep().await;
    let reminders = app.mails().iter().filter(|m| m.contains("end by themselves")).count();
    assert_eq!(reminders, 2, "one to the lead, one to the administrator");
    app.advance(7 * DAY);
    app.sweep().await;
    assert_eq!(facts(&app, "review.closed").await, 2);
    let now = app.cx.now();
    assert!(grant(keep.id).await.live(now) && !grant(forget.id).await.live(now));
    assert!(grant(chief).await.live(now), "one administrator remains");
    assert_eq!(facts(&app, "role.ended").await, 2, "dropped and forgotten");
    let late = reviewing::answer(&app.cx, mine, &[], &[]).await.unwrap_err();
    assert!(matches!(late.kind, ground::error::Kind::Conflict) && app.cx.actor.who == Who::System);
    app.advance(HOUR);
    app.sweep().await;
}
