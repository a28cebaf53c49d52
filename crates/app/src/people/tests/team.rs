//! The lead and the team behind.
use super::super::*;
use super::roles::judged;
use super::{agency, facts};
use crate::testkit::TestApp;
use axum::http::Method;
use ground::clock::{DAY, HOUR};
use ground::slice::Verdict;
use serde_json::Value;

#[tokio::test]
async fn p6_2_am1_a_lead_has_an_order_a_term_and_a_deputy_and_a_vacancy_raises_an_alarm() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[]).await;
    let dorji = app.person("Dorji", Some(moh), &[]).await;
    let over = app.person("Over", None, &[Role::Oversight]).await;
    app.person("Chief", None, &[Role::Administrator]).await;
    app.sweep().await;
    assert_eq!(judged(&app, "people-lead", moh).await.verdict, Verdict::NotMet);
    assert_eq!(facts(&app, "lead.vacant").await, 1);
    assert!(app.mails().iter().any(|m| m.contains("no social media lead any more")), "{:?}", app.mails());
    let chief = app.sign_in("chief@example.bt").await;
    let desk = app.browse(&chief, "/desk").await.expect(200).body;
    assert!(desk.contains("Agencies without a lead") && desk.contains("Ministry of Health"), "{desk}");
    let path = format!("/team?agency={moh}");
    assert!(app.browse(&chief, &path).await.expect(200).body.contains("There has been no lead since"));
    let act = format!("/team/{moh}/appointments");
    let (lead, deputy) = (pema.id.to_string(), dorji.id.to_string());
    let bad = [("person", &*lead), ("order_ref", ""), ("grade", ""), ("from", "2026-11-24"), ("until", "2026-11-20")];
    let page = app.submit(&chief, &path, &act, &[&bad[..], &[("deputy", &*lead)]].concat()).await.expect(422).body;
    for part in ["An order has a number", "A grade has", "after the first", "A deputy is somebody else"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let good = [("person", &*lead), ("order_ref", "HRD/12"), ("grade", "P1"), ("from", "2026-11-24")];
    let good = [&good[..], &[("until", "2027-11-23"), ("deputy", &*deputy)]].concat();
    app.submit(&chief, &path, &act, &good).await.expect(303);
    assert_eq!(judged(&app, "people-lead", moh).await.verdict, Verdict::NotMet, "nobody approved the role");
    let waiting = granting::to_decide(&over.cx, 10).await.unwrap();
    assert_eq!(waiting.len(), 2, "for the lead and for the deputy");
    for grant in &waiting {
        granting::approve_role(&over.cx, grant.id).await.unwrap();
    }
    app.advance(HOUR);
    app.sweep().await;
    assert_eq!(facts(&app, "lead.filled").await, 1);
    let seen = judged(&app, "people-lead", moh).await;
    assert_eq!((seen.verdict, seen.evidence), (Verdict::Met, vec![format!("person:{}", pema.id)]));
    assert!(seen.until.is_some(), "the term ends");
    let page = app.browse(&chief, &path).await.expect(200).body;
    assert!(page.contains("HRD/12") && page.contains("23 November 2027") && page.contains("Dorji"), "{page}");
    app.advance(365 * DAY);
    app.sweep().await;
    assert_eq!(facts(&app, "role.ended").await, 2);
    app.advance(HOUR);
    app.sweep().await;
    assert_eq!(judged(&app, "people-lead", moh).await.verdict, Verdict::NotMet, "the term is over");
    assert_eq!(facts(&app, "lead.vacant").await, 2);
}

#[tokio::test]
async fn p6_2_am2_two_trained_people_look_after_each_account() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let author = app.person("Author", Some(moh), &[Role::Author]).await;
    let stranger = app.person("Stranger", Some(agency(&app, "BT-33").await), &[Role::Lead]).await;
    assert_eq!(judged(&app, "people-team", moh).await.verdict, Verdict::NotMet);
    let cookie = app.sign_in("lead@example.bt").await;
    let (path, act) = (format!("/team?agency={moh}"), format!("/team/{moh}/trainings"));
    let train = async |who: i64, day: &str| {
        let fields = [("trained", &*who.to_string()), ("title", "Writing"), ("held_on", day)];
        app.submit(&cookie, &path, &act, &fields).await
    };
    assert!(train(lead.id, "2027-01-01").await.expect(422).body.contains("when it has been held"));
    assert!(train(stranger.id, "2026-11-01").await.expect(422).body.contains("works for this agency"));
    train(lead.id, "2026-11-01").await.expect(303);
    assert_eq!(judged(&app, "people-team", moh).await.verdict, Verdict::Partly);
    train(author.id, "2026-11-02").await.expect(303);
    let seen = judged(&app, "people-team", moh).await;
    assert_eq!((seen.verdict, seen.evidence.len()), (Verdict::Met, 2));
    let ids = (lead.id.to_string(), author.id.to_string());
    let stand_in = [("member", &*ids.0), ("backup", &*ids.1)];
    app.submit(&cookie, &path, &format!("/team/{moh}/backups"), &stand_in).await.expect(303);
    app.submit(&cookie, &path, &format!("/team/{moh}/backups"), &[("member", &*ids.0), ("backup", &*ids.0)])
        .await
        .expect(422);
    let team =
        app.api(Some(&author), Method::GET, &format!("/api/v1/teams/{moh}"), Value::Null).await.expect(200).json();
    assert_eq!((team["enough_trained"].as_bool(), team["members"][0]["backup"].as_str()), (Some(true), Some("Author")));
    app.api(Some(&stranger), Method::GET, &format!("/api/v1/teams/{moh}"), Value::Null).await.expect(403);
    let theirs = app.sign_in("stranger@example.bt").await;
    app.browse(&theirs, &path).await.expect(403);
    app.submit(&theirs, "/me", &act, &[("trained", &*ids.0), ("title", "x"), ("held_on", "2026-11-01")])
        .await
        .expect(403);
    let held = store::grants_of(app.cx.db(), author.id).await.unwrap();
    granting::end_role(&lead.cx, author.id, held[0].id).await.unwrap();
    assert_eq!(judged(&app, "people-team", moh).await.verdict, Verdict::Partly, "without a role nobody looks after it");
    app.drain().await;
}
