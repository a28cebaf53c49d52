mod pages;

use super::form::{items, numbers};
use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::http::Method;
use ground::clock::DAY;
use ground::slice::{Criterion, Verdict};
use serde_json::{Value, json};

const TERMS: &str = "1. You keep what you post.\n2. No adverts.\n3. Disputes go to the courts of Thimphu.";

struct House {
    app: TestApp,
    first: Person,
    second: Person,
    health: i64,
    author: Person,
    lead: Person,
}

async fn house() -> House {
    let app = TestApp::new().await;
    let health = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let first = app.person("Namgay", None, &[Role::Oversight]).await;
    let second = app.person("Deki", None, &[Role::Oversight]).await;
    let author = app.person("Pema", Some(health), &[Role::Author]).await;
    let lead = app.person("Karma", Some(health), &[Role::Lead]).await;
    House { app, first, second, health, author, lead }
}

/// A form with every question answered.
fn whole() -> Value {
    let answer = |choice: bool| if choice { json!({"choice": "yes"}) } else { json!({"note": "As it should be."}) };
    let answers: serde_json::Map<String, Value> = items().map(|(s, i)| (i.key.to_owned(), answer(s.choice))).collect();
    let numbers: serde_json::Map<String, Value> = numbers().map(|(i, _)| (i.key.to_owned(), json!(2))).collect();
    json!({"summary": "For news and answers.", "alignment": "Services where people are.", "answers": answers, "numbers": numbers})
}

fn yes(until: &str) -> Value {
    json!({"decision": "approved", "valid_until": until, "review_on": until, "accept_residual_risk": true})
}

impl House {
    /// Lets days pass; tokens live for one of them.
    async fn later(&mut self, days: i64) {
        self.app.advance(days * DAY);
        for who in [&mut self.first, &mut self.second, &mut self.author, &mut self.lead] {
            who.token = crate::people::issue_token(&self.app.cx, who.id, "test", DAY).await.unwrap();
        }
    }
    async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.app.api(Some(who), Method::POST, &format!("/api/v1/{path}"), body).await
    }
    async fn terms(&self, body: &str) -> Value {
        let body = json!({"taken_on": "2026-11-20", "body": body});
        self.post(&self.first, "platforms/mastodon/terms", body).await.expect(201).json()
    }
    async fn write(&self, who: &Person, body: Value) -> Value {
        self.post(who, "platforms/mastodon/reviews", body).await.expect(201).json()
    }
    async fn decide(&self, who: &Person, review: &Value, body: Value) -> Answer {
        self.post(who, &format!("platform-reviews/{}/decision", review["id"].as_str().unwrap()), body).await
    }
    /// Mastodon with a review in force until the end of this day.
    async fn approved(&self, until: &str) -> Value {
        self.terms(TERMS).await;
        let review = self.write(&self.first, whole()).await;
        self.decide(&self.second, &review, yes(until)).await.expect(200).json()
    }
    async fn status(&self) -> Value {
        self.app.get("/api/v1/platforms/mastodon").await.expect(200).json()
    }
    async fn judged(&self, control: &str) -> ground::slice::Observation {
        let control = self.app.all.controls.iter().find(|c| c.id == control).unwrap();
        let Criterion::Judged { judge, .. } = control.criterion else { panic!("{} is not judged", control.id) };
        judge(self.app.cx.clone(), self.health).await.unwrap()
    }
}

fn refused(answer: Answer) -> Vec<(String, String)> {
    let problem = answer.expect(409).json();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    problem["refusals"].as_array().unwrap().iter().map(|r| (text(&r["code"]), text(&r["clause"]))).collect()
}

#[track_caller]
fn has(found: &[(String, String)], code: &str, clause: &str) {
    assert!(found.iter().any(|(c, k)| c == code && k == clause), "{code} {clause}: {found:?}");
}

#[tokio::test]
async fn p6_2_am10_a_platform_counts_after_two_people_and_until_its_day() {
    let mut h = house().await;
    assert_eq!(h.status().await["status"], "to-review");
    assert_eq!(h.judged("platforms-list").await.verdict, Verdict::NotMet);
    h.terms(TERMS).await;
    has(&refused(h.post(&h.author, "platforms/mastodon/reviews", whole()).await), "not-yours", "P6.2-AM10");
    let review = h.write(&h.first, whole()).await;
    has(&refused(h.post(&h.second, "platforms/mastodon/reviews", whole()).await), "one-waits", "");
    has(&refused(h.decide(&h.first, &review, yes("2027-03-31")).await), "self-decision", "P6.2-AM10");
    has(&refused(h.decide(&h.lead, &review, yes("2027-03-31")).await), "not-yours", "P6.2-AM10");
    for (bad, code) in [("2026-11-01", "no-end"), ("2029-03-31", "no-end"), ("", "no-end"), ("", "no-review-day")] {
        has(&refused(h.decide(&h.second, &review, yes(bad)).await), code, "P6.2-AM10");
    }
    assert_eq!(h.decide(&h.second, &review, yes("soon")).await.expect(422).json()["errors"][0]["field"], "valid_until");
    let other = json!({"decision": "maybe"});
    assert_eq!(h.decide(&h.second, &review, other).await.expect(422).json()["errors"][0]["field"], "decision");
    let unsaid = refused(h.decide(&h.second, &review, json!({"decision": "not-approved"})).await);
    assert_eq!(unsaid[0].0, "no-reason");
    let mut limited = yes("2027-03-31");
    limited["decision"] = "restricted".into();
    assert_eq!(refused(h.decide(&h.second, &review, limited).await)[0].0, "no-conditions");
    h.decide(&h.second, &review, yes("2027-03-31")).await.expect(200);
    assert_eq!(refused(h.decide(&h.second, &review, yes("2027-03-31")).await)[0].0, "wrong-state");
    let now = h.status().await;
    assert_eq!((now["status"].as_str(), now["valid_until"].as_str()), (Some("approved"), Some("2027-03-31T18:00:00Z")));
    let seen = h.judged("platforms-list").await;
    assert_eq!((seen.verdict, seen.evidence.len(), seen.until.is_some()), (Verdict::Met, 1, true));

    h.later(130).await;
    assert_eq!(h.status().await["status"], "expired", "before any sweep");
    assert_eq!(h.judged("platforms-list").await.verdict, Verdict::NotMet);
    for _ in 0..2 {
        super::actions::expire(h.app.cx.clone()).await.unwrap();
    }
    let facts = h.app.api(Some(&h.first), Method::GET, "/api/v1/facts?kind=platform.review-expired", Value::Null).await;
    assert_eq!(facts.expect(200).json()["items"].as_array().unwrap().len(), 1);
    let cookie = h.app.sign_in("namgay@example.bt").await;
    assert!(h.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains("review expired"));
    // The next review takes its place; the one before stays as it was.
    let next = h.write(&h.second, whole()).await;
    assert_eq!(next["number"], 2);
    h.decide(&h.first, &next, yes("2027-12-31")).await.expect(200);
    let path = format!("/api/v1/platform-reviews/{}", review["id"].as_str().unwrap());
    let before = h.app.api(Some(&h.author), Method::GET, &path, Value::Null).await.expect(200).json();
    assert_eq!(
        (before["content_hash"].clone(), before["state"].as_str()),
        (review["content_hash"].clone(), Some("expired"))
    );
    assert!(before["replaced_at"].is_string());
    assert_eq!(h.status().await["status"], "approved");
}

#[tokio::test]
async fn p6_2_am11_what_is_not_answered_is_named_at_once_with_its_clause() {
    let h = house().await;
    let all = refused(h.post(&h.first, "platforms/mastodon/reviews", json!({})).await);
    for clause in ["P6.2-AM11", "P6.2-AM12", "P6.2-AM13", "P6.2-AM14"] {
        has(&all, "unanswered", clause);
    }
    has(&all, "no-terms", "P6.2-AM12");
    assert_eq!(all.iter().filter(|(c, k)| c == "unanswered" && k == "P6.2-AM11").count(), 10);
    h.terms(TERMS).await;
    let mut form = whole();
    form["answers"]["export"] = json!({"choice": "perhaps"});
    let one = refused(h.post(&h.first, "platforms/mastodon/reviews", form.clone()).await);
    assert_eq!(one, [("unanswered".to_owned(), "P6.2-AM11".to_owned())]);
    form["answers"]["colour"] = json!({"choice": "yes"});
    form["answers"]["licence"] = json!({"choice": "yes", "note": "x".repeat(4001)});
    let wrong = h.post(&h.first, "platforms/mastodon/reviews", form).await.expect(422).json();
    let fields: Vec<&str> = wrong["errors"].as_array().unwrap().iter().filter_map(|e| e["field"].as_str()).collect();
    assert_eq!(fields, ["colour", "licence"]);
}

#[tokio::test]
async fn p6_2_am12_terms_are_kept_by_their_hash_and_a_change_wants_somebody_else() {
    let h = house().await;
    let kept = h.terms(TERMS).await;
    assert_eq!(kept["sha256"], ground::crypto::sha256_hex(TERMS.as_bytes()));
    assert_eq!(kept["acknowledged"], true);
    let review = h.write(&h.first, whole()).await;
    assert_eq!(h.terms(TERMS).await["acknowledged"], true, "nothing changed");
    let changed = h.terms(&TERMS.replace("No adverts", "Adverts")).await;
    assert_eq!((changed["acknowledged"].as_bool(), &changed["previous"]), (Some(false), &changed["previous"]));
    let no = refused(h.decide(&h.second, &review, yes("2027-03-31")).await);
    has(&no, "terms-changed", "P6.2-AM12");
    has(&no, "older-terms", "P6.2-AM12");
    let path = format!("platform-terms/{}/acknowledgement", changed["id"].as_str().unwrap());
    let says = json!({"effect": "review", "note": "Adverts now stand beside our posts."});
    has(&refused(h.post(&h.first, &path, says.clone()).await), "self-decision", "P6.2-AM12");
    assert_eq!(refused(h.post(&h.second, &path, json!({"effect": "x", "note": ""})).await).len(), 2);
    let cookie = h.app.sign_in("deki@example.bt").await;
    let page =
        h.app.browse(&cookie, &format!("/desk/platform-terms/{}?lang=en", changed["id"].as_str().unwrap())).await;
    let page = page.expect(200).body;
    assert!(page.contains("<del>2. No adverts.\n</del><ins>2. Adverts.\n</ins>"), "{page}");
    h.post(&h.second, &path, says).await.expect(200);
    let soon = json!({"taken_on": "2027-01-01", "body": "short"});
    assert_eq!(refused(h.post(&h.first, "platforms/mastodon/terms", soon).await).len(), 2);
    has(&refused(h.decide(&h.second, &review, yes("2027-03-31")).await), "older-terms", "P6.2-AM12");
}

#[tokio::test]
async fn p6_2_am12_a_change_that_matters_makes_the_next_review_due_now() {
    let mut h = house().await;
    h.approved("2027-03-31").await;
    assert_eq!(h.judged("platforms-terms").await.verdict, Verdict::Met);
    h.later(1).await;
    let changed = h.terms(&TERMS.replace("Thimphu", "Dublin")).await;
    assert_eq!(h.judged("platforms-terms").await.verdict, Verdict::Partly);
    let path = format!("platform-terms/{}/acknowledgement", changed["id"].as_str().unwrap());
    h.post(&h.second, &path, json!({"effect": "review", "note": "Another court."})).await.expect(200);
    let now = h.status().await;
    assert_eq!(now["status"], "approved", "what holds goes on until its day");
    assert_eq!(h.judged("platforms-assessed").await.verdict, Verdict::Partly);
    let cookie = h.app.sign_in("namgay@example.bt").await;
    assert!(h.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains("next review due"));
    let page = h.app.browse(&cookie, "/desk/platforms/mastodon?lang=en").await.expect(200).body;
    assert!(page.contains("The next review is due."), "{page}");
    h.app.advance(400 * DAY);
    assert_eq!(h.judged("platforms-terms").await.verdict, Verdict::NotMet);
}

#[tokio::test]
async fn p6_2_am13_what_is_left_of_the_risk_is_signed_and_never_approved_when_extreme() {
    let h = house().await;
    h.terms(TERMS).await;
    let mut form = whole();
    form["numbers"]["residual-likelihood"] = 4.into();
    form["numbers"]["residual-impact"] = 4.into();
    let review = h.write(&h.first, form).await;
    let mut decision = yes("2027-03-31");
    decision["accept_residual_risk"] = false.into();
    let no = refused(h.decide(&h.second, &review, decision.clone()).await);
    has(&no, "risk-not-accepted", "P6.2-AM13");
    has(&no, "extreme-risk", "P6.2-AM13");
    decision["decision"] = "restricted".into();
    decision["conditions"] = "Warnings only.".into();
    has(&refused(h.decide(&h.second, &review, decision.clone()).await), "risk-not-accepted", "P6.2-AM13");
    decision["accept_residual_risk"] = true.into();
    h.decide(&h.second, &review, decision).await.expect(200);
    let told = h.status().await;
    assert_eq!(
        (told["conditions"].as_str(), told["summary"]["residual_privacy_risk"].as_i64()),
        (Some("Warnings only."), Some(16))
    );
    let page = h.app.get("/platforms/mastodon?lang=en").await.expect(200).body;
    assert!(page.contains("Extreme") && page.contains("Warnings only."), "{page}");
}

#[tokio::test]
async fn p6_2_am14_security_is_assessed_and_its_answers_are_not_for_attackers() {
    let h = house().await;
    h.terms(TERMS).await;
    let mut form = whole();
    form["answers"]["recovery"] = json!({"choice": "no", "note": "By a mailbox that anybody could take."});
    form["numbers"]["security-likelihood"] = 5.into();
    form["numbers"]["security-impact"] = 3.into();
    let review = h.write(&h.first, form).await;
    has(&refused(h.decide(&h.second, &review, yes("2027-03-31")).await), "extreme-risk", "P6.2-AM14");
    let mut limited = yes("2027-03-31");
    (limited["decision"], limited["conditions"]) = ("restricted".into(), "Role mailboxes only.".into());
    h.decide(&h.second, &review, limited).await.expect(200);
    let told = h.status().await;
    assert!(told["summary"]["answers"]["recovery"].is_null() && told["summary"]["answers"]["purpose"].is_object());
    assert!(!h.app.get("/platforms/mastodon").await.expect(200).body.contains("anybody could take"));
    let cookie = h.app.sign_in("pema@example.bt").await;
    let path = format!("/desk/platform-reviews/{}", review["id"].as_str().unwrap());
    assert!(h.app.browse(&cookie, &path).await.expect(200).body.contains("anybody could take"));
}

#[tokio::test]
async fn p6_2_am15_an_agency_inherits_the_model_writes_what_differs_and_is_never_laxer() {
    let h = house().await;
    let own = json!({"agency": h.health.to_string(), "answers": {"purpose": {"note": "Health only."}, "data": {"note": "As it should be."}}});
    has(&refused(h.post(&h.author, "platforms/mastodon/reviews", own.clone()).await), "no-model", "P6.2-AM15");
    h.terms(TERMS).await;
    let model = h.write(&h.first, whole()).await;
    let mut limited = yes("2027-03-31");
    (limited["decision"], limited["conditions"]) = ("restricted".into(), "No advice about cases.".into());
    h.decide(&h.second, &model, limited.clone()).await.expect(200);
    let adapted = h.write(&h.author, own.clone()).await;
    assert_eq!(adapted["model"], model["id"]);
    assert_eq!(adapted["answers"].as_object().unwrap().len(), 1, "only what differs: {adapted}");
    has(&refused(h.decide(&h.lead, &adapted, yes("2027-03-31")).await), "laxer", "P6.2-AM15");
    has(&refused(h.decide(&h.author, &adapted, limited.clone()).await), "not-yours", "P6.2-AM10");
    h.decide(&h.lead, &adapted, limited.clone()).await.expect(200);
    assert_eq!(h.status().await["summary"]["adapted_by"], 1);
    assert_eq!(h.judged("platforms-models").await.evidence.len(), 2);
    let cookie = h.app.sign_in("karma@example.bt").await;
    let page =
        h.app.browse(&cookie, &format!("/desk/platform-reviews/{}?lang=en", adapted["id"].as_str().unwrap())).await;
    let page = page.expect(200).body;
    assert!(
        page.contains("one answer differs") && page.contains("Differs from the model") && page.contains("Health only.")
    );
    // Another agency sees nothing of it, and a newer model wants a new adaptation.
    let other = h.app.person("Karma Two", Some(8), &[Role::Lead]).await;
    let path = format!("/api/v1/platform-reviews/{}", adapted["id"].as_str().unwrap());
    h.app.api(Some(&other), Method::GET, &path, Value::Null).await.expect(403);
    h.post(&other, "platforms/mastodon/reviews", own.clone()).await.expect(403);
    let again = h.write(&h.author, own).await;
    let next = h.write(&h.first, whole()).await;
    h.decide(&h.second, &next, limited.clone()).await.expect(200);
    has(&refused(h.decide(&h.lead, &again, limited).await), "model-changed", "P6.2-AM15");
}

#[tokio::test]
async fn p3_d10_what_is_retired_stays_as_history_and_is_not_reviewed() {
    let h = house().await;
    let plus = h.app.get("/api/v1/platforms/google-plus").await.expect(200).json();
    assert_eq!((plus["status"].as_str(), plus["named_by_policy"].as_bool()), (Some("retired"), Some(true)));
    let body = json!({"taken_on": "2026-11-20", "body": TERMS});
    has(&refused(h.post(&h.first, "platforms/google-plus/terms", body).await), "not-reviewable", "P6.2-AM10");
    for (own, status) in [("site", "approved"), ("simulator", "restricted")] {
        assert_eq!(h.app.get(&format!("/api/v1/platforms/{own}")).await.expect(200).json()["status"], status);
        has(
            &refused(h.post(&h.first, &format!("platforms/{own}/reviews"), whole()).await),
            "not-reviewable",
            "P6.2-AM10",
        );
    }
}

#[tokio::test]
async fn p6_2_pl3_a_platform_is_chosen_by_four_weighted_scores() {
    let h = house().await;
    h.terms(TERMS).await;
    let mut form = whole();
    form["numbers"].as_object_mut().unwrap().remove("score-cost");
    form["numbers"]["weight-security"] = 6.into();
    let no = refused(h.post(&h.first, "platforms/mastodon/reviews", form.clone()).await);
    assert_eq!(no.iter().filter(|(c, k)| c == "no-number" && k == "P6.2-PL3").count(), 2);
    for (key, n) in [("score-fit", 5), ("weight-fit", 5), ("score-cost", 1), ("weight-security", 1)] {
        form["numbers"][key] = n.into();
    }
    let review = h.write(&h.first, form).await;
    h.decide(&h.second, &review, yes("2027-03-31")).await.expect(200);
    // (5·5 + 1·2 + 2·2 + 2·1) / 10
    assert_eq!(h.status().await["summary"]["score"], 3.3);
    assert!(h.app.get("/platforms/mastodon?lang=en").await.expect(200).body.contains("3.3"));
}

#[tokio::test]
async fn p5_i1_the_fit_with_the_governments_plan_is_said_and_public() {
    let h = house().await;
    h.terms(TERMS).await;
    let mut form = whole();
    form["alignment"] = " ".into();
    has(&refused(h.post(&h.first, "platforms/mastodon/reviews", form).await), "no-alignment", "P5-I1");
    h.approved("2027-03-31").await;
    assert!(h.app.get("/platforms/mastodon").await.expect(200).body.contains("Services where people are."));
}
