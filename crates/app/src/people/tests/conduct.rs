//! The code of conduct, declarations and referrals.
use super::super::*;
use super::roles::judged;
use super::{agency, facts};
use crate::testkit::TestApp;
use ground::clock::DAY;
use ground::slice::Verdict;

#[tokio::test]
async fn p6_2_cs4_the_code_is_acknowledged_by_its_edition() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    assert_eq!(judged(&app, "people-conduct", moh).await.verdict, Verdict::NotApplicable);
    app.person("Pema", Some(moh), &[Role::Author]).await;
    app.person("Karma", Some(moh), &[]).await;
    assert_eq!(judged(&app, "people-conduct", moh).await.verdict, Verdict::NotMet);
    let cookie = app.sign_in("pema@example.bt").await;
    let page = app.browse(&cookie, "/conduct").await.expect(200).body;
    assert!(page.contains("not for office hours") && page.contains("never tracks it"), "{page}");
    let digest = conduct::code(&app.cx).unwrap().digest;
    app.submit(&cookie, "/conduct", "/conduct/acknowledgement", &[("digest", "of other rules")]).await.expect(422);
    for _ in 0..2 {
        app.submit(&cookie, "/conduct", "/conduct/acknowledgement", &[("digest", &digest)]).await.expect(303);
    }
    assert_eq!(facts(&app, "conduct.acknowledged").await, 1, "once");
    assert_eq!(judged(&app, "people-conduct", moh).await.verdict, Verdict::Partly);
    let karma = app.sign_in("karma@example.bt").await;
    app.submit(&karma, "/conduct", "/conduct/acknowledgement", &[("digest", &digest)]).await.expect(303);
    assert_eq!(judged(&app, "people-conduct", moh).await.verdict, Verdict::Met);
    app.drain().await;
}

#[tokio::test]
async fn p5_i3_the_acknowledgement_names_the_version_in_force() {
    let app = TestApp::new().await;
    let pema = app.person("Pema", Some(agency(&app, "MoH").await), &[]).await;
    let code = conduct::code(&app.cx).unwrap();
    conduct::acknowledge(&pema.cx, &code.digest).await.unwrap();
    let (edition, at) = conduct::acknowledged(&pema.cx).await.unwrap().unwrap();
    assert_eq!((edition.as_str(), at), ("2016 · 2026-11", app.cx.now()));
    let cookie = app.sign_in("pema@example.bt").await;
    assert!(app.browse(&cookie, "/conduct").await.expect(200).body.contains("2016 · 2026-11"));
    let other = store::conduct::acknowledged(app.cx.db(), pema.id, "of other rules").await.unwrap();
    assert!(other.is_none(), "other rules ask anew");
    app.drain().await;
}

#[tokio::test]
async fn p5_l2_staff_rules_are_acknowledged_and_people_trained() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    assert_eq!(judged(&app, "people-law", moh).await.verdict, Verdict::NotMet);
    let digest = conduct::code(&app.cx).unwrap().digest;
    for who in [&pema, &lead] {
        conduct::acknowledge(&who.cx, &digest).await.unwrap();
        assert_eq!(judged(&app, "people-law", moh).await.verdict, Verdict::Partly);
        record_training(&lead.cx, moh, who.id, "Service rules", app.cx.now()).await.unwrap();
    }
    assert_eq!(judged(&app, "people-law", moh).await.verdict, Verdict::Met);
    app.drain().await;
}

#[tokio::test]
async fn p6_2_cs1_people_of_the_agency_contribute() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    assert_eq!(judged(&app, "people-contributors", moh).await.verdict, Verdict::NotMet);
    app.person("Pema", Some(moh), &[Role::Author]).await;
    assert_eq!(judged(&app, "people-contributors", moh).await.verdict, Verdict::Met);
    app.drain().await;
}

#[tokio::test]
async fn p6_2_cs3_a_declaration_is_voluntary_and_holds_no_address() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Pema", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let declare = async |platform: &str, purpose: &str| {
        let fields = [("platform", platform), ("purpose", purpose)];
        app.submit(&cookie, "/conduct", "/conduct/declarations", &fields).await
    };
    assert!(declare("nowhere", "").await.expect(422).body.contains("Choose a platform"));
    for address in ["see https://x.example/pema", "I am @pema there", "www.pema.example"] {
        assert!(declare("facebook", address).await.expect(422).body.contains("Leave out names"), "{address}");
    }
    declare("facebook", "answering farmers about seeds").await.expect(303);
    let page = app.browse(&cookie, "/conduct").await.expect(200).body;
    let id = super::between(&page, "name=\"declaration\" value=\"", "\"").to_owned();
    assert!(page.contains("answering farmers"));
    assert!(app.get("/transparency").await.expect(200).body.contains("One officer has declared"));
    app.person("Lead", Some(moh), &[Role::Lead]).await;
    let lead = app.sign_in("lead@example.bt").await;
    assert!(!app.browse(&lead, "/conduct").await.expect(200).body.contains("answering farmers"), "nobody else's");
    let fields = [("declaration", id.as_str())];
    app.submit(&lead, "/conduct", "/conduct/declarations/withdrawn", &fields).await.expect(422);
    app.submit(&cookie, "/conduct", "/conduct/declarations/withdrawn", &fields).await.expect(303);
    assert!(app.get("/transparency").await.expect(200).body.contains("No officer has declared"));
    assert_eq!((facts(&app, "declaration.made").await, facts(&app, "declaration.withdrawn").await), (1, 1));
    app.drain().await;
}

#[tokio::test]
async fn p6_2_cs5_a_matter_of_conduct_is_told_answered_and_decided_by_somebody_else() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let boss = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let over = app.person("Over", None, &[Role::Oversight]).await;
    app.person("Chief", None, &[Role::Administrator]).await;
    let lead = app.sign_in("lead@example.bt").await;
    let (about, decider) = (pema.id.to_string(), over.id.to_string());
    let bad = [("person", about.as_str()), ("rule", "no"), ("what", ""), ("decider", about.as_str())];
    let page = app.submit(&lead, "/conduct", "/conduct/referrals", &bad).await.expect(422).body;
    for part in ["Choose a rule", "Say what happened", "somebody else who may decide"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let good = [("person", about.as_str()), ("rule", "c7"), ("what", "An unkind reply"), ("decider", decider.as_str())];
    let made = app.submit(&lead, "/conduct", "/conduct/referrals", &good).await.expect(303);
    let path = made.location().to_owned();
    app.drain().await;
    assert!(app.mails().iter().any(|m| m.contains("pema@example.bt") && m.contains("nobody decides before")));
    let (mine, theirs) = (app.sign_in("pema@example.bt").await, app.sign_in("over@example.bt").await);
    let chief = app.sign_in("chief@example.bt").await;
    app.browse(&chief, &path).await.expect(403);
    assert!(app.browse(&mine, &path).await.expect(200).body.contains("An unkind reply"));
    let decision = format!("{path}/decision");
    let reason = [("do", "unfounded"), ("reason", "It was fair.")];
    let early = app.submit(&theirs, &path, &decision, &reason).await.expect(422).body;
    assert!(early.contains("have not been heard yet") && early.contains("/policy#P6.2-CS5"), "{early}");
    app.submit(&lead, &path, &decision, &reason).await.expect(403);
    app.submit(&lead, &path, &format!("{path}/reply"), &[("reply", "x")]).await.expect(403);
    app.submit(&mine, &path, &format!("{path}/reply"), &[("reply", "I quoted the law.")]).await.expect(303);
    app.submit(&mine, &path, &format!("{path}/reply"), &[("reply", "again")]).await.expect(422);
    app.submit(&theirs, &path, &decision, &reason).await.expect(303);
    assert!(app.browse(&lead, &path).await.expect(200).body.contains("I quoted the law."));
    app.submit(&theirs, &path, &decision, &reason).await.expect(422);
    let silent = app.submit(&lead, "/conduct", "/conduct/referrals", &good).await.expect(303).location().to_owned();
    let path = "/api/v1/facts?kind=referral.made";
    let told = app.api(Some(&boss), axum::http::Method::GET, path, serde_json::Value::Null).await.expect(200).json();
    assert_eq!(told["items"].as_array().unwrap().len(), 0, "who reads an agency's records does not learn of it");
    app.advance(14 * DAY);
    let theirs = app.sign_in("over@example.bt").await;
    app.submit(&theirs, &silent, &format!("{silent}/decision"), &reason).await.expect(303);
    for (kind, n) in [("referral.made", 2), ("referral.answered", 1), ("referral.decided", 2)] {
        assert_eq!(facts(&app, kind).await, n, "{kind}");
    }
    app.drain().await;
}

#[tokio::test]
async fn the_public_statement_is_made_from_the_configuration() {
    let app = TestApp::new().await;
    let page = app.get("/transparency").await.expect(200).body;
    for part in ["Nobody is watched", "password alone", "No official account is live", "Records of sign-in and access"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let strong = TestApp::with("true").await;
    assert!(strong.get("/transparency").await.expect(200).body.contains("sign in with a second factor"));
}
