//! What nothing can compute: one test for each obligation that the lead of an agency attests.
use crate::agencies::{self, Agency};
use crate::compliance::finding::{self, State};
use crate::compliance::{actions, judging};
use crate::people::{self, Role};
use crate::policy::Pack;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::clock::DAY;
use ground::slice::Criterion;
use serde_json::{Value, json};
use std::collections::BTreeSet;

macro_rules! attested { ($(fn $name:ident($id:literal);)*) => {
    const ALL: &[&str] = &[$($id),*];
    $(#[tokio::test] async fn $name() { walk($id).await; })*
} }

attested! {
    fn p2_r1_that_people_talk_with_the_public_is_attested("P2-R1");
    fn p2_r2_what_each_account_serves_is_attested("P2-R2");
    fn p2_r4_the_way_to_act_for_a_child_in_danger_is_attested("P2-R4");
    fn p3_d5_work_across_agencies_is_attested("P3-D5");
    fn p3_d7_that_what_comes_offline_counts_the_same_is_attested("P3-D7");
    fn p3_d8_that_data_is_open_is_attested("P3-D8");
    fn p3_d9_the_answer_to_scams_and_trolls_is_attested("P3-D9");
    fn p4_s3_the_service_to_businesses_is_attested("P4-S3");
    fn p4_s4_programmes_for_families_and_communities_are_attested("P4-S4");
    fn p4_s5_the_invitation_to_public_discourse_is_attested("P4-S5");
    fn p4_s6_that_what_is_said_is_checked_and_timely_is_attested("P4-S6");
    fn p4_o2_consultation_on_what_is_urgent_is_attested("P4-O2");
    fn p4_o3_the_following_of_ideas_is_attested("P4-O3");
    fn p4_o4_the_sharing_between_agencies_is_attested("P4-O4");
    fn p4_o5_the_end_of_earlier_policies_is_attested("P4-O5");
    fn p4_o6_the_look_through_own_policies_is_attested("P4-O6");
    fn p5_l1_the_media_act_is_attested("P5-L1");
    fn p5_l3_the_national_security_act_is_attested("P5-L3");
    fn p5_l4_the_penal_code_is_attested("P5-L4");
    fn p5_l5_the_amended_penal_code_is_attested("P5-L5");
    fn p5_i2_information_security_is_attested("P5-I2");
    fn p6bis_me5_the_revision_of_the_policy_is_attested("P6bis-ME5");
    fn p6_2_am16_that_nothing_is_posted_beside_the_tool_is_attested("P6.2-AM16");
    fn p6_2_pl2_engagement_on_what_is_urgent_is_attested("P6.2-PL2");
}

const REASON: &str = "Done and looked at in October; four people took part.";
const ADDRESS: &str = "https://www.moh.example.bt/minutes/10";
const FILE: &str = "File 12/2026, page 3";

#[tokio::test]
async fn every_attested_obligation_has_its_test() {
    let app = TestApp::new().await;
    let attested = app.all.controls.iter().filter(|c| matches!(c.criterion, Criterion::Attested { .. }));
    let served: BTreeSet<&str> = attested.flat_map(|c| c.obligations).copied().collect();
    assert_eq!(served, ALL.iter().copied().collect());
}

struct Office<'a> {
    app: &'a TestApp,
    id: &'a str,
    control: &'a str,
    agency: Agency,
    lead: Person,
    /// The lead's browser, signed in.
    browser: String,
}

impl Office<'_> {
    async fn state(&self) -> State {
        let pack = self.app.cx.machine.part::<Pack>().unwrap();
        let place = pack.obligations().iter().position(|o| o.id == self.id).unwrap();
        actions::states(&self.app.cx, self.agency.id).await.unwrap()[place]
    }
    fn path(&self) -> String {
        format!("/compliance/agencies/{}", self.agency.code)
    }
    fn action(&self) -> String {
        format!("{}/attestations", self.path())
    }
    /// The page as the lead sees it today.
    async fn page(&self) -> String {
        self.app.browse(&self.browser, &format!("{}?lang=en", self.path())).await.expect(200).body
    }
    /// Whether the lead is asked to say it: on the page, and at the desk.
    async fn asked(&self) -> bool {
        let page = self.page().await;
        let list = page.split("id=\"asked\"").nth(1).and_then(|p| p.split("</section>").next()).unwrap_or_default();
        let asked = list.contains(&format!("href=\"#{}\"", self.id));
        assert_eq!(asked, list.contains(&format!("{} · ", self.id)), "{list}");
        let desk = self.app.browse(&self.browser, "/desk?lang=en").await.expect(200).body;
        assert!(!asked || desk.contains(&format!("{}#asked", self.path())), "{desk}");
        asked
    }
    /// What the API tells of this control.
    async fn told(&self) -> Value {
        // Tokens last a day, and this test lives for a year.
        let token = people::issue_token(&self.app.cx, self.lead.id, "today", DAY).await.unwrap();
        let who = Person { token, ..self.lead.clone() };
        let path = format!("/api/v1{}", self.path());
        let all = self.app.api(Some(&who), Method::GET, &path, Value::Null).await.expect(200).json();
        let findings = all["findings"].as_array().unwrap();
        let finding = findings.iter().find(|f| f["obligation"] == self.id).unwrap();
        let control = finding["controls"].as_array().unwrap().iter().find(|c| c["control"] == self.control).unwrap();
        json!({"finding": finding["state"], "control": control["state"], "seen": control["observations"]})
    }
    async fn say(&self, fields: &[(&str, &str)]) -> crate::testkit::Answer {
        let mut all = vec![("control", self.control)];
        all.extend(fields);
        self.app.submit(&self.browser, &self.path(), &self.action(), &all).await
    }
    fn evidence(&self) -> String {
        format!("agency:{}\n{ADDRESS}\r\n  {FILE}  \n\n{FILE}", self.agency.id)
    }
}

/// Wanted, said with a sentence and where it can be seen, shown, lapsed after its year, wanted again.
async fn walk(id: &str) {
    let app = TestApp::new().await;
    let pack = app.cx.machine.part::<Pack>().unwrap();
    let (obligation, day) = (pack.obligations().find(id).unwrap(), pack.day_at(app.cx.now()));
    // Each agency carries it, or whoever holds the duty.
    let code = ["MoH", "MoICE"].into_iter().find(|code| finding::carries(pack, obligation, code, day)).unwrap();
    let agency = agencies::by_code(app.cx.db(), code).await.unwrap();
    let serves = |c: &&ground::slice::Control| c.obligations.contains(&id);
    let mut controls = app.all.controls.iter().filter(serves);
    // Where the program shows a part itself, what is not said or denied leaves it partly met.
    let built = controls.clone().any(|c| matches!(c.criterion, Criterion::Built));
    let (unsaid, denied) = if built { (State::Partly, State::Partly) } else { (State::Unknown, State::NotMet) };
    let control = controls.find(|c| matches!(c.criterion, Criterion::Attested { .. })).unwrap().id;
    let lead = app.person("Karma", Some(agency.id), &[Role::Lead]).await;
    app.drain().await;
    let browser = app.sign_in("karma@example.bt").await;
    let mut o = Office { app: &app, id, control, agency, lead, browser };

    // It is wanted, and not met before somebody says so.
    assert_eq!(o.state().await, unsaid);
    assert!(o.asked().await);
    assert_eq!(o.told().await, json!({"finding": unsaid.code(), "control": "not-assessed", "seen": []}));
    nobody_else_may_say_it(&o).await;
    what_is_not_shown_is_not_taken(&o).await;
    assert_eq!(o.state().await, unsaid);

    // The lead says so, in a sentence, with where it can be seen.
    let evidence = o.evidence();
    o.say(&[("verdict", "met"), ("reason", REASON), ("evidence", &evidence)]).await.expect(303);
    app.drain().await;
    assert_eq!(o.state().await, State::Met);
    it_is_shown(&o).await;
    assert!(!o.asked().await);

    // After its year it is not known any more, and the lead is asked again.
    let until = o.told().await["seen"][0]["until"].as_str().unwrap().to_owned();
    assert!(until.starts_with("2027-11-"), "a year from November 2026: {until}");
    app.advance(361 * DAY);
    judging::lapse(&app.cx).await.unwrap();
    app.drain().await;
    o.browser = app.sign_in("karma@example.bt").await;
    assert_eq!(o.state().await, unsaid, "what was said a year ago is not known any more");
    assert!(o.asked().await);
    assert!(o.page().await.contains("lapsed</span> <a href=\"#"));
    assert_eq!(o.told().await["control"], "not-assessed");
    o.say(&[("verdict", "not-met"), ("reason", "Nobody has done it since.")]).await.expect(303);
    app.drain().await;
    assert_eq!(o.state().await, denied);
    assert_eq!(o.told().await["control"], "not-met");
    assert!(!o.asked().await);
    app.drain().await;
}

async fn nobody_else_may_say_it(o: &Office<'_>) {
    let app = o.app;
    let other = agencies::by_code(app.cx.db(), "MoF").await.unwrap().id;
    let said = json!({"control": o.control, "verdict": "met", "reason": REASON, "evidence": [FILE]});
    let fields = [("control", o.control), ("verdict", "met"), ("reason", REASON), ("evidence", FILE)];
    for (name, agency, role) in [
        ("Pema", Some(o.agency.id), Role::Author),
        ("Dorji", Some(o.agency.id), Role::Approver),
        ("Tashi", Some(other), Role::Lead),
    ] {
        let who = app.person(name, agency, &[role]).await;
        let path = format!("/api/v1{}", o.action());
        app.api(Some(&who), Method::POST, &path, said.clone()).await.expect(403);
    }
    // By the form it is the same.
    let cookie = app.sign_in("pema@example.bt").await;
    app.submit(&cookie, "/me", &o.action(), &fields).await.expect(403);
    app.api(None, Method::POST, &format!("/api/v1{}", o.action()), said).await.expect(401);
    app.drain().await;
}

async fn what_is_not_shown_is_not_taken(o: &Office<'_>) {
    let bare = o.say(&[("verdict", "met"), ("reason", " "), ("evidence", " \n")]).await.expect(422).body;
    assert!(bare.contains("Write why.") && bare.contains("Say where it can be seen."), "{bare}");
    let other = agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    for invented in ["post:1".to_owned(), format!("agency:{other}")] {
        let fields = [("verdict", "met"), ("reason", REASON), ("evidence", &*invented)];
        let told = o.say(&fields).await.expect(422).body;
        assert!(told.contains(&format!("Nothing of this agency is on record as {invented}.")), "{told}");
        assert!(told.contains(&format!(">{REASON}</textarea>")), "what was typed is kept: {told}");
    }
}

async fn it_is_shown(o: &Office<'_>) {
    let subject = format!("agency:{}", o.agency.id);
    let told = o.told().await;
    assert_eq!((&told["finding"], &told["control"]), (&json!("met"), &json!("met")), "{told}");
    let seen = &told["seen"][0];
    assert_eq!((&seen["source"], &seen["reason"]), (&json!("own"), &json!(REASON)), "{told}");
    assert_eq!(seen["evidence"], json!([subject, ADDRESS, FILE]));
    let page = o.page().await;
    assert!(page.contains(&format!("“{REASON}”")), "{page}");
    for shown in [
        format!("<a href=\"/records?subject={subject}\">{subject}</a>"),
        format!("<a href=\"{ADDRESS}\">{ADDRESS}</a>"),
        format!("<li>{FILE}</li>"),
    ] {
        assert!(page.contains(&shown), "{shown} is not on the page: {page}");
    }
    let wanted = crate::ledger::Wanted {
        kind: Some("attestation.given".into()),
        subject: Some(subject),
        most: 9,
        ..Default::default()
    };
    let facts = crate::ledger::facts(o.app.cx.db(), &wanted).await.unwrap();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].actor, format!("person:{}", o.lead.id), "who said it is on record");
}
