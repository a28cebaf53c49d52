//! An account on a platform of others, from the wish to the archive.
use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::http::Method;
use ground::clock::DAY;
use ground::slice::{Criterion, Observation, Verdict};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub(super) struct House {
    pub app: TestApp,
    pub health: i64,
    pub author: Person,
    pub lead: Person,
    /// What stands on the public page of the account.
    page: Arc<Mutex<String>>,
    pub url: String,
}

/// A platform's public pages, as anybody sees them.
async fn profile(page: Arc<Mutex<String>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/@health", listener.local_addr().unwrap());
    let show = move || async move { axum::response::Html(page.lock().unwrap().clone()) };
    let app = axum::Router::new().route("/@health", axum::routing::get(show));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// An agency with a plan and its own site, and Mastodon reviewed for so many days.
pub(super) async fn house(days: i64) -> House {
    let app = TestApp::new().await;
    let health = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema", Some(health), &[Role::Author]).await;
    let lead = app.person("Karma", Some(health), &[Role::Lead]).await;
    app.live_site(health, &author, &lead).await;
    if days > 0 {
        app.reviewed("mastodon", days).await;
    }
    let page = Arc::new(Mutex::new("<p>Nothing here yet.</p>".to_owned()));
    let url = profile(page.clone()).await;
    House { app, health, author, lead, page, url }
}

impl House {
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.app.api(Some(who), Method::POST, &format!("/api/v1/accounts{path}"), body).await
    }
    pub async fn get(&self, path: &str) -> Value {
        self.app.api(Some(&self.author), Method::GET, &format!("/api/v1/accounts{path}"), Value::Null).await.json()
    }
    fn wish(&self) -> Value {
        json!({"agency": self.health.to_string(), "platform": "mastodon", "handle": "@health", "url": self.url,
            "purpose": "Health in plain words", "scope": "All of health, for everybody", "per_week": 5})
    }
    /// Asked for and approved: its path.
    async fn approved(&self) -> String {
        let made = self.post(&self.author, "", self.wish()).await.expect(201).json();
        let path = format!("/{}", made["id"].as_str().unwrap());
        self.post(&self.lead, &format!("{path}/approval"), Value::Null).await.expect(200);
        path
    }
    /// Proven by a link back.
    pub async fn live(&self) -> String {
        let path = self.approved().await;
        *self.page.lock().unwrap() = "<a rel=\"me\" href=\"http://drelwa.test/agencies/MoH\">ours</a>".into();
        self.post(&self.author, &format!("{path}/proof"), json!({"method": "link"})).await.expect(200);
        path
    }
    async fn later(&mut self, days: i64) {
        self.app.advance(days * DAY);
        for who in [&mut self.author, &mut self.lead] {
            who.token = crate::people::issue_token(&self.app.cx, who.id, "test", DAY).await.unwrap();
        }
    }
    pub async fn judged(&self, control: &str) -> Observation {
        let control = self.app.all.controls.iter().find(|c| c.id == control).unwrap();
        let Criterion::Judged { judge, .. } = control.criterion else { panic!("{} is not judged", control.id) };
        judge(self.app.cx.clone(), self.health).await.unwrap()
    }
}

pub(super) fn refused(answer: Answer) -> Vec<(String, String)> {
    let problem = answer.expect(409).json();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    problem["refusals"].as_array().unwrap().iter().map(|r| (text(&r["code"]), text(&r["clause"]))).collect()
}

#[track_caller]
pub(super) fn has(found: &[(String, String)], code: &str, clause: &str) {
    assert!(found.iter().any(|(c, k)| c == code && k == clause), "{code} {clause}: {found:?}");
}

#[tokio::test]
async fn p6_2_am3_no_account_without_a_review_in_force_and_never_by_who_asked() {
    let mut h = house(0).await;
    has(&refused(h.post(&h.author, "", h.wish()).await), "no-review", "P6.2-AM3");
    // Where nobody leads, nobody is asked to approve.
    let empty = crate::agencies::by_code(h.app.cx.db(), "BT-23").await.unwrap().id;
    let clerk = h.app.person("Ugyen", Some(empty), &[Role::Author]).await;
    h.app.sweep().await;
    let mut wish = h.wish();
    (wish["agency"], wish["platform"]) = (empty.to_string().into(), "site".into());
    has(&refused(h.post(&clerk, "", wish).await), "no-lead", "P6.2-AM3");
    h.app.reviewed("mastodon", 30).await;
    let asked = h.post(&h.lead, "", h.wish()).await.expect(201).json();
    let path = format!("/{}/approval", asked["id"].as_str().unwrap());
    has(&refused(h.post(&h.lead, &path, Value::Null).await), "self-approval", "P6.2-AM3");
    h.post(&h.author, &path, Value::Null).await.expect(403);
    let other = h.app.person("Dawa", Some(h.health), &[Role::Lead]).await;
    // The review runs out between the wish and the approval.
    h.later(31).await;
    let token = crate::people::issue_token(&h.app.cx, other.id, "test", DAY).await.unwrap();
    let other = Person { token, ..other };
    has(&refused(h.post(&other, &path, Value::Null).await), "no-review", "P6.2-AM3");
    // What was asked for waits where it was.
    assert_eq!(h.get(&format!("/{}", asked["id"].as_str().unwrap())).await["stage"], "planning");
}

#[tokio::test]
async fn p6_2_am4_what_it_is_for_is_said_before_anybody_approves() {
    let h = house(90).await;
    let bare = json!({"agency": h.health.to_string(), "platform": "mastodon", "handle": "@health", "url": h.url});
    let all = refused(h.post(&h.author, "", bare).await);
    for (code, clause) in [("no-purpose", "P6.2-AM4"), ("no-scope", "P6.2-SU1"), ("no-cadence", "P6.2-AM7")] {
        has(&all, code, clause);
    }
    let mut long = h.wish();
    long["scope"] = "x".repeat(4001).into();
    assert_eq!(h.post(&h.author, "", long).await.expect(422).json()["errors"][0]["field"], "scope");
    let made = h.post(&h.author, "", h.wish()).await.expect(201).json();
    let life = h.get(&format!("/{}", made["id"].as_str().unwrap())).await;
    assert_eq!((life["stage"].as_str(), life["purpose"].as_str()), (Some("planning"), Some("Health in plain words")));
    assert_eq!(life["per_week"], 5);
}

#[tokio::test]
async fn p6_2_su1_a_narrow_account_is_refused_until_it_is_said_why_the_one_there_does_not_do() {
    let h = house(90).await;
    h.approved().await;
    let mut narrow = h.wish();
    (narrow["handle"], narrow["url"]) = ("@flu-week".into(), "https://social.example/@flu-week".into());
    let answer = h.post(&h.author, "", narrow.clone()).await.expect(409);
    assert!(answer.body.contains("Mastodon · @health"), "the one to use instead: {}", answer.body);
    has(&refused(answer), "overlap", "P6.2-SU1");
    narrow["apart"] = "Emergency line with its own rota.".into();
    h.post(&h.author, "", narrow).await.expect(201);
}

#[tokio::test]
async fn p6_2_am5_it_is_proven_by_a_link_back_or_by_a_code_and_by_nothing_less() {
    let h = house(90).await;
    let path = h.approved().await;
    assert_eq!(h.get(&path).await["stage"], "creation");
    assert_eq!(h.judged("accounts-proven").await.verdict, Verdict::NotApplicable);
    let proof = format!("{path}/proof");
    for method in ["link", "code"] {
        let answer = h.post(&h.author, &proof, json!({"method": method})).await.expect(422).json();
        assert_eq!(answer["errors"][0]["field"], "method");
    }
    has(&refused(h.post(&h.author, &proof, json!({"method": "word of honour"})).await), "no-method", "P6.2-AM5");
    *h.page.lock().unwrap() = "<a href=\"http://drelwa.test/agencies/MoF\">others</a>".into();
    h.post(&h.author, &proof, json!({"method": "link"})).await.expect(422);
    let cookie = h.app.sign_in("pema@example.bt").await;
    let shown = h.app.browse(&cookie, &format!("/accounts{path}?lang=en")).await.expect(200).body;
    let code = shown.split("<code>drelwa-").nth(1).and_then(|s| s.split('<').next()).unwrap();
    *h.page.lock().unwrap() = format!("<p>Health for all. drelwa-{code}</p>");
    let page = format!("/accounts{path}");
    h.app.submit(&cookie, &page, &format!("{page}/proof"), &[("method", "code")]).await.expect(303);
    let life = h.get(&path).await;
    assert_eq!((life["state"].as_str(), life["stage"].as_str()), (Some("live"), Some("configuration")));
    assert_eq!(life["proofs"][0]["method"], "code");
    *h.page.lock().unwrap() = "<link href=\"http://drelwa.test/agencies/MoH\" rel=me>".into();
    let life = h.post(&h.author, &proof, json!({"method": "link"})).await.expect(200).json();
    assert_eq!(life["proofs"].as_array().unwrap().len(), 2);
    assert_eq!(h.judged("accounts-proven").await.verdict, Verdict::Met);
    // It is official, and the program has no way to it: what is approved for it is handed to a person.
    let draft =
        json!({"agency": h.health.to_string(), "texts": {"en": "Flu", "dz": "ཆམ་ནད།"}, "accounts": [&path[1..]]});
    let post = h.app.api(Some(&h.author), Method::POST, "/api/v1/posts", draft).await.expect(201).json();
    let submission = format!("/api/v1/posts/{}/submission", post["id"].as_str().unwrap());
    h.app.api(Some(&h.author), Method::POST, &submission, json!({"version": 1})).await.expect(200);
    let approval = submission.replace("submission", "approval");
    h.app.api(Some(&h.lead), Method::POST, &approval, json!({"version": 1})).await.expect(200);
    h.app.drain().await;
    let tasks = h.app.api(Some(&h.author), Method::GET, "/api/v1/hand-overs", Value::Null).await.expect(200).json();
    assert_eq!((&tasks["items"][0]["account"], &tasks["items"][0]["kind"]), (&json!(&path[1..]), &json!("send")));
    // Pages inside our own house are not fetched for anybody: the guard is that of every outward call.
    let practice = h.app.live_practice(h.health, "simulator", &h.author, &h.lead).await;
    has(&refused(h.post(&h.author, &format!("/{practice}/proof"), json!({"method": "link"})).await), "own", "P6.2-AM5");
}

async fn confirm(h: &House, path: &str, items: &[&str]) -> Value {
    let mut life = Value::Null;
    for item in items {
        let body = json!({"item": item, "note": "Seen."});
        life = h.post(&h.author, &format!("{path}/checks"), body).await.expect(200).json();
    }
    life
}

const ITEMS: [&str; 7] =
    ["second-step", "recovery", "roles", "branding", "monitoring-notice", "rules-notice", "privacy-notice"];

#[tokio::test]
async fn p6_2_am6_every_setting_is_confirmed_by_a_person_and_again_after_ninety_days() {
    let mut h = house(700).await;
    let path = h.live().await;
    assert_eq!(h.get(&path).await["missing"].as_array().unwrap().len(), 7);
    has(&refused(h.post(&h.author, &format!("{path}/checks"), json!({"item": "luck"})).await), "no-item", "P6.2-AM6");
    let half = confirm(&h, &path, &ITEMS[..4]).await;
    assert_eq!((half["stage"].as_str(), half["missing"].as_array().unwrap().len()), (Some("configuration"), 3));
    assert_eq!(h.judged("accounts-configured").await.verdict, Verdict::NotMet);
    assert_eq!(confirm(&h, &path, &ITEMS[4..]).await["stage"], "live");
    let seen = h.judged("accounts-configured").await;
    assert_eq!((seen.verdict, seen.until), (Verdict::Met, Some(h.app.cx.now() + 90 * DAY)));
    let cookie = h.app.sign_in("pema@example.bt").await;
    let page = h.app.browse(&cookie, &format!("/accounts{path}?lang=en")).await.expect(200).body;
    assert!(page.contains("Pema") && page.contains("Nothing is missing."), "{page}");
    h.later(90).await;
    assert_eq!(h.get(&path).await["stage"], "configuration");
    assert_eq!(h.judged("accounts-configured").await.verdict, Verdict::NotMet);
    let cookie = h.app.sign_in("pema@example.bt").await;
    assert!(h.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains("settings to confirm"));
}

async fn notice(item: &str, control: &str) {
    let mut h = house(700).await;
    assert_eq!(h.judged(control).await.verdict, Verdict::NotApplicable);
    let path = h.live().await;
    let others: Vec<&str> = ITEMS.into_iter().filter(|i| *i != item).collect();
    confirm(&h, &path, &others).await;
    assert_eq!(h.judged(control).await.verdict, Verdict::NotMet, "everything else is no help");
    confirm(&h, &path, &[item]).await;
    let seen = h.judged(control).await;
    assert_eq!((seen.verdict, seen.evidence), (Verdict::Met, vec![format!("account:{}", &path[1..])]));
    h.later(91).await;
    assert_eq!(h.judged(control).await.verdict, Verdict::NotMet, "it is looked at again");
}

#[tokio::test]
async fn p6_2_mo8_every_profile_tells_that_government_reads_along() {
    notice("monitoring-notice", "accounts-monitoring-notice").await;
}

#[tokio::test]
async fn p6_2_mo9_every_profile_leads_to_the_rules_for_comments() {
    notice("rules-notice", "accounts-rules-notice").await;
}

#[tokio::test]
async fn p6_2_rm7_every_profile_leads_to_the_privacy_notice() {
    notice("privacy-notice", "accounts-privacy-notice").await;
}

#[tokio::test]
async fn p6_2_am7_an_account_without_a_post_for_ninety_days_is_noticed_and_a_post_ends_it() {
    let mut h = house(0).await;
    let approver = h.app.person("Dorji", Some(h.health), &[Role::Approver]).await;
    let practice = h.app.live_practice(h.health, "simulator", &h.author, &h.lead).await;
    h.later(60).await;
    h.app.released(h.health, &h.author, &approver, &[practice]).await;
    h.later(60).await;
    h.app.sweep().await;
    assert_eq!(h.get(&format!("/{practice}")).await["quiet_since"], Value::Null, "posted sixty days ago");
    assert_eq!(h.judged("accounts-active").await.verdict, Verdict::Partly, "the site has had none for 120 days");
    h.later(31).await;
    h.app.sweep().await;
    h.app.sweep().await;
    assert!(h.get(&format!("/{practice}")).await["quiet_since"].is_string());
    let facts = h.app.api(Some(&h.lead), Method::GET, "/api/v1/facts?kind=account.quiet", Value::Null).await;
    assert_eq!(facts.expect(200).json()["items"].as_array().unwrap().len(), 2, "once each");
    let cookie = h.app.sign_in("karma@example.bt").await;
    assert!(h.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains("quiet for 90 days"));
    h.app.released(h.health, &h.author, &approver, &[practice]).await;
    assert_eq!(h.get(&format!("/{practice}")).await["quiet_since"], Value::Null);
    h.app.drain().await;
}

#[tokio::test]
async fn p6_2_am8_every_year_the_lead_says_what_it_achieved_and_what_follows() {
    let mut h = house(700).await;
    let path = h.live().await;
    confirm(&h, &path, &ITEMS).await;
    assert_eq!(h.judged("accounts-evaluated").await.verdict, Verdict::Met);
    h.later(366).await;
    confirm(&h, &path, &ITEMS).await;
    assert_eq!(h.get(&path).await["stage"], "evaluation");
    assert_eq!(h.judged("accounts-evaluated").await.verdict, Verdict::NotMet);
    let evaluations = format!("{path}/evaluations");
    let all = refused(h.post(&h.lead, &evaluations, json!({"decision": "", "results": "", "reasons": ""})).await);
    assert_eq!(all.iter().filter(|(_, clause)| clause == "P6.2-AM8").count(), 3);
    let keep = json!({"decision": "keep", "results": "3,000 readers.", "reasons": "Parents read nothing else."});
    h.post(&h.author, &evaluations, keep.clone()).await.expect(403);
    assert_eq!(h.post(&h.lead, &evaluations, keep).await.expect(200).json()["stage"], "live");
    assert_eq!(h.judged("accounts-evaluated").await.verdict, Verdict::Met);
    let cookie = h.app.sign_in("karma@example.bt").await;
    let page = h.app.browse(&cookie, &format!("/accounts{path}?lang=en")).await.expect(200).body;
    assert!(page.contains("Evaluated: Keep it") && page.contains("3,000 readers."), "{page}");
    let form = [("decision", "merge"), ("results", "kept results"), ("reasons", "")];
    let page = format!("/accounts{path}");
    let again = h.app.submit(&cookie, &page, &format!("{page}/evaluations"), &form).await.expect(422).body;
    assert!(again.contains("kept results"));
}

#[tokio::test]
async fn p6_2_am9_it_ends_with_archive_notice_parked_name_and_a_way_on() {
    let h = house(90).await;
    let path = h.live().await;
    let closure = format!("{path}/closure");
    let all = refused(
        h.post(&h.lead, &closure, json!({"reason": "merged", "successor": "https://nowhere.example/@x"})).await,
    );
    for code in ["no-archive", "no-notice", "not-parked"] {
        has(&all, code, "P6.2-AM9");
    }
    has(&all, "unknown-successor", "");
    let whole = json!({"reason": "merged", "archive": "Exported to the records room.", "notice": "Find us on our own site.",
        "parked": true, "successor": "http://drelwa.test/agencies/MoH"});
    assert_eq!(h.post(&h.lead, &closure, whole).await.expect(200).json()["state"], "closed");
    let asked = format!("/api/v1/verify?url={}", ground::http::openapi::encode_query(&h.url));
    let told = h.app.get(&asked).await.expect(200).json();
    assert_eq!(
        (told["status"].as_str(), told["successor"].as_str(), told["notice"].as_str()),
        (Some("was-official"), Some("http://drelwa.test/agencies/MoH"), Some("Find us on our own site."))
    );
    assert!(told["until"].is_string());
    let page = h.app.get(&asked.replace("/api/v1", "")).await.expect(200).body;
    assert!(page.contains("Find us on our own site."));
    assert_eq!(h.judged("accounts-ended-well").await.verdict, Verdict::Met);
    assert_eq!(h.get(&path).await["stage"], "closed");
    let id: i64 = path[1..].parse().unwrap();
    assert!(super::super::store::keys::sealed(h.app.cx.db(), id).await.unwrap().is_none());
}

#[tokio::test]
async fn p6_2_pl1_an_agency_speaks_on_its_own_site_first() {
    let h = house(90).await;
    assert_eq!(h.judged("accounts-first-party").await.verdict, Verdict::Met);
    let elsewhere = crate::agencies::by_code(h.app.cx.db(), "BT-23").await.unwrap().id;
    let control = h.app.all.controls.iter().find(|c| c.id == "accounts-first-party").unwrap();
    let Criterion::Judged { judge, .. } = control.criterion else { panic!() };
    assert_eq!(judge(h.app.cx.clone(), elsewhere).await.unwrap().verdict, Verdict::NotMet);
    let (author, lead) = (
        h.app.person("Ugyen", Some(elsewhere), &[Role::Author]).await,
        h.app.person("Jigme", Some(elsewhere), &[Role::Lead]).await,
    );
    let site = h.app.live_site(elsewhere, &author, &lead).await;
    h.app.live_practice(elsewhere, "simulator", &author, &lead).await;
    crate::accounts::close(&lead.cx, site, &crate::accounts::Closing { reason: "x".into(), ..Default::default() })
        .await
        .unwrap();
    assert_eq!(judge(h.app.cx.clone(), elsewhere).await.unwrap().verdict, Verdict::Partly);
}

#[tokio::test]
async fn p6_2_am10_an_account_whose_platform_lost_its_review_is_seen() {
    let mut h = house(30).await;
    h.live().await;
    let seen = h.judged("accounts-on-reviewed-platforms").await;
    assert_eq!(seen.verdict, Verdict::Met);
    assert!(seen.until.is_some());
    h.later(31).await;
    assert_eq!(h.judged("accounts-on-reviewed-platforms").await.verdict, Verdict::NotMet);
}
