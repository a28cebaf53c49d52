//! Plans from their beginning to the look back, over the API and on the pages.
mod pages;
mod work;

use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::http::Method;
use ground::clock::DAY;
use serde_json::{Value, json};

/// An agency with somebody who writes and somebody who approves.
pub struct Office {
    pub app: TestApp,
    pub agency: i64,
    pub author: Person,
    pub lead: Person,
}

pub async fn office(code: &str) -> Office {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), code).await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let lead = app.person("Dorji", Some(agency), &[Role::Lead]).await;
    Office { app, agency, author, lead }
}

impl Office {
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.app.api(Some(who), Method::POST, path, body).await
    }
    pub async fn get(&self, who: &Person, path: &str) -> Value {
        self.app.api(Some(who), Method::GET, path, Value::Null).await.expect(200).json()
    }
    pub async fn start(&self, from: &str) -> Value {
        let body = json!({"agency": self.agency.to_string(), "from": from});
        self.post(&self.author, "/api/v1/plans/starts", body).await.expect(201).json()
    }
    pub async fn approved(&self, plan: &Value) -> String {
        let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
        let version = json!({"version": plan["version"]});
        self.post(&self.author, &format!("{path}/submission"), version.clone()).await.expect(200);
        self.post(&self.lead, &format!("{path}/approval"), version).await.expect(200);
        path
    }
    /// The same person some days later: tokens hold for a day.
    pub async fn again(&self, who: &Person) -> Person {
        let token = crate::people::issue_token(&self.app.cx, who.id, "test", DAY).await.unwrap();
        Person { id: who.id, token, cx: who.cx.clone() }
    }
    /// What a control of this slice says of the agency now, with its sentence.
    pub async fn judged(&self, control: &str) -> (ground::slice::Verdict, &'static str) {
        self.judged_of(control, self.agency).await
    }
    pub async fn judged_of(&self, control: &str, agency: i64) -> (ground::slice::Verdict, &'static str) {
        let control = super::controls::ALL.iter().find(|c| c.id == control).expect("a control");
        let ground::slice::Criterion::Judged { judge, .. } = control.criterion else { panic!("not judged") };
        let seen = judge(self.app.cx.as_system(), agency).await.unwrap();
        (seen.verdict, seen.say.key)
    }
}

use ground::slice::Verdict::{Met, NotApplicable, NotMet, Partly};

#[tokio::test]
async fn p6_2_ap1_a_plan_is_written_submitted_and_approved_by_another() {
    let h = office("MoH").await;
    assert_eq!(h.judged("plans-in-force").await, (NotMet, "plans-told-none"));
    let agency = h.agency.to_string();
    let new = json!({"agency": agency, "title": "Health", "parts": {"goals": "x"}});
    let plan = h.post(&h.author, "/api/v1/plans", new).await.expect(201).json();
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let refused = h.post(&h.author, &format!("{path}/submission"), json!({"version": 1})).await.expect(409).json();
    let clauses: Vec<&str> =
        refused["refusals"].as_array().unwrap().iter().filter_map(|r| r["clause"].as_str()).collect();
    for clause in ["P6.2-AP1", "P6.2-AP4", "P6.2-AP5", "P6.2-AP6", "P6.2-AP7", "P6.2-AP8"] {
        assert!(clauses.contains(&clause), "{clause}: {refused}");
    }
    let model = h.start("model").await;
    let change = json!({"version": 1, "title": "Health", "parts": model["parts"], "records": model["records"]});
    h.app.api(Some(&h.author), Method::PATCH, &path, change.clone()).await.expect(200);
    h.app.api(Some(&h.author), Method::PATCH, &path, change).await.expect(409);
    h.post(&h.author, &format!("{path}/submission"), json!({"version": 2})).await.expect(200);
    h.post(&h.author, &format!("{path}/approval"), json!({"version": 2})).await.expect(403);
    let done = h.post(&h.lead, &format!("{path}/approval"), json!({"version": 2})).await.expect(200).json();
    assert_eq!(done["state"], "approved");
    let in_force = super::approved_plan(h.app.cx.db(), h.agency, h.app.cx.now()).await.unwrap();
    assert_eq!(in_force.map(|p| p.to_string()).as_deref(), done["id"].as_str());
    assert_eq!(h.judged("plans-in-force").await, (Met, "plans-told-in-force"));
    assert_eq!(h.judged("plans-six-parts").await, (Met, "plans-told-six-parts"));
    let stranger = h.app.person("Karma", Some(8), &[Role::Lead]).await;
    h.app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
    h.app.api(Some(&stranger), Method::GET, "/api/v1/plans/12345", Value::Null).await.expect(403);
    // Its term ends it: no account is asked for any more.
    h.app.advance(366 * DAY);
    assert_eq!(super::approved_plan(h.app.cx.db(), h.agency, h.app.cx.now()).await.unwrap(), None);
    assert_eq!(h.judged("plans-in-force").await, (Partly, "plans-told-over"));
    h.app.drain().await;
}

#[tokio::test]
async fn a_lead_does_not_approve_what_they_wrote_and_what_changed_is_not_approved() {
    let h = office("MoH").await;
    let body = json!({"agency": h.agency.to_string(), "from": "model"});
    let plan = h.post(&h.lead, "/api/v1/plans/starts", body).await.expect(201).json();
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    h.post(&h.lead, &format!("{path}/submission"), json!({"version": 1})).await.expect(200);
    let own = h.post(&h.lead, &format!("{path}/approval"), json!({"version": 1})).await.expect(409).json();
    assert_eq!(own["refusals"][0]["code"], "self-approval");
    let change = json!({"version": 1, "title": "Another", "parts": plan["parts"]});
    let changed = h.app.api(Some(&h.author), Method::PATCH, &path, change).await.expect(200).json();
    assert_eq!((&changed["state"], &changed["version"]), (&json!("draft"), &json!(2)));
    assert_eq!(changed["records"], plan["records"], "records that are left out stay");
    assert_ne!(changed["content_hash"], plan["content_hash"]);
}

#[tokio::test]
async fn p6_2_ap1_a_gewog_adopts_the_plan_of_its_dzongkhag() {
    let h = office("BT-33-01").await;
    let none = json!({"agency": h.agency.to_string(), "from": "adoption"});
    let refused = h.post(&h.author, "/api/v1/plans/starts", none).await.expect(422).json();
    assert!(refused.to_string().contains("No agency above yours has a plan in force."), "{refused}");
    let above = crate::agencies::by_code(h.app.cx.db(), "BT-33").await.unwrap().id;
    let writer = h.app.person("Tshering", Some(above), &[Role::Author]).await;
    let decider = h.app.person("Sonam", Some(above), &[Role::Lead]).await;
    let dzongkhag = h.app.planned(above, &writer, &decider).await;
    let plan = h.start("adoption").await;
    assert_eq!(plan["adopted_from"], json!(dzongkhag.to_string()));
    let texts = |p: &Value| p["records"]["objectives"].as_array().unwrap().iter().map(|o| o["text"].clone()).collect();
    let of_above: Vec<Value> = texts(&h.get(&writer, &format!("/api/v1/plans/{dzongkhag}")).await);
    assert_eq!(texts(&plan) as Vec<Value>, of_above);
    assert_eq!(plan["records"]["resources"]["hours"], 6, "resources are those of a gewog");
    let lead = h.lead.id.to_string();
    let duties = plan["records"]["duties"].as_array().unwrap();
    assert!(duties.iter().any(|d| d["role"] == "approver" && d["person"] == lead.as_str()), "{duties:?}");
    h.approved(&plan).await;
    assert_eq!(h.judged("plans-in-force").await, (Met, "plans-told-in-force"));
}

#[tokio::test]
async fn a_plan_before_records_is_still_in_force_and_only_partly_enough() {
    let h = office("MoH").await;
    let plan = h.start("model").await;
    let path = h.approved(&plan).await;
    let id: i64 = path.rsplit('/').next().unwrap().parse().unwrap();
    let tx = h.app.cx.begin("t").await.unwrap();
    let old = ground::db::Sql::new("UPDATE plans SET records = '{}', ends_at = 0 WHERE id = $1", vec![id.into()]);
    ground::db::Run::exec(&tx, old).await.unwrap();
    tx.commit().await.unwrap();
    h.app.advance(3000 * DAY);
    assert_eq!(h.judged("plans-in-force").await, (Met, "plans-told-in-force"));
    assert_eq!(h.judged("plans-six-parts").await, (Partly, "plans-told-words-only"));
    assert_eq!(h.judged("plans-measured").await.0, Met);
}

/// One thing of the plan in force is taken away: what is said then.
async fn without(change: impl Fn(&mut Value), control: &str) -> (ground::slice::Verdict, &'static str) {
    let h = office("MoH").await;
    let mut plan = h.start("model").await;
    change(&mut plan["records"]);
    let body = json!({"version": 1, "title": "Health", "parts": plan["parts"], "records": plan["records"]});
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let plan = h.app.api(Some(&h.author), Method::PATCH, &path, body).await.expect(200).json();
    h.approved(&plan).await;
    h.judged(control).await
}

#[tokio::test]
async fn p6_2_su2_a_plan_lets_citizens_take_part() {
    assert_eq!(without(|_| (), "plans-participation").await, (Met, "plans-told-participation"));
    let silent = |r: &mut Value| {
        r["objectives"].as_array_mut().unwrap().iter_mut().for_each(|o| o["participation"] = json!(false));
    };
    assert_eq!(without(silent, "plans-participation").await, (NotMet, "plans-told-no-participation"));
}

#[tokio::test]
async fn p6_2_su3_a_plan_reaches_people_by_other_ways_too() {
    assert_eq!(without(|_| (), "plans-channels").await, (Met, "plans-told-channels"));
    let only = |r: &mut Value| {
        r["audiences"].as_array_mut().unwrap().iter_mut().for_each(|a| a["channels"] = json!(["social"]));
    };
    assert_eq!(without(only, "plans-channels").await, (NotMet, "plans-told-no-channels"));
}

#[tokio::test]
async fn p6_2_cc1_a_plan_takes_up_cross_cutting_issues() {
    assert_eq!(without(|_| (), "plans-issues").await, (Met, "plans-told-issues"));
    assert_eq!(without(|r| r["issues"] = json!([]), "plans-issues").await, (NotMet, "plans-told-no-issues"));
}

#[tokio::test]
async fn p4_o0_every_objective_in_force_is_bound() {
    assert_eq!(without(|_| (), "plans-goals-bound").await, (Met, "plans-told-bound"));
}

/// Two agencies whose plans cover different pillars: together they are judged where the whole government is answered for.
#[tokio::test]
async fn p4_s1_every_pillar_is_in_a_plan_of_somebody() {
    let h = office("MoH").await;
    let carrier = crate::agencies::by_code(h.app.cx.db(), "MoICE").await.unwrap().id;
    let national = async || {
        (h.judged_of("plans-pillars-covered", carrier).await, h.judged_of("plans-aims-covered", carrier).await)
    };
    assert_eq!(national().await.0, (NotMet, "plans-told-nothing-covered"));
    assert_eq!(h.judged("plans-pillars-covered").await.0, NotApplicable, "another agency answers for it");
    h.approved(&h.start("model").await).await;
    assert_eq!(national().await.0, (Partly, "plans-told-pillars-open"));
    for (n, code) in ["BT-33", "BT-33-01"].iter().enumerate() {
        let agency = crate::agencies::by_code(h.app.cx.db(), code).await.unwrap().id;
        let writer = h.app.person(&format!("Writer {n}"), Some(agency), &[Role::Author]).await;
        let decider = h.app.person(&format!("Decider {n}"), Some(agency), &[Role::Lead]).await;
        h.app.planned(agency, &writer, &decider).await;
    }
    assert_eq!(national().await.0, (Met, "plans-told-pillars-covered"));
    let page = h.app.sign_in("pema@example.bt").await;
    let shown = h.app.browse(&page, "/plans/coverage?lang=en").await.expect(200).body;
    assert!(shown.contains("Conservation of the environment") && shown.contains("Nobody"), "a gap is shown");
}

#[tokio::test]
async fn p4_s0_what_no_plan_serves_is_counted() {
    let h = office("BT-33").await;
    let carrier = crate::agencies::by_code(h.app.cx.db(), "MoICE").await.unwrap().id;
    h.approved(&h.start("model").await).await;
    assert_eq!(h.judged_of("plans-aims-covered", carrier).await, (Partly, "plans-told-aims-open"));
    let shown = h.get(&h.author, "/api/v1/plans/coverage").await;
    assert_eq!((&shown["with_plan"], &shown["with_participation"]), (&json!(1), &json!(1)));
    let line = |id: &str| shown["lines"].as_array().unwrap().iter().find(|l| l["id"] == id).unwrap()["plans"].clone();
    assert_eq!((line("pillar-environment"), line("time-use"), line("gender")), (json!(1), json!(0), json!(1)));
    h.app.advance(366 * DAY);
    assert_eq!(h.judged_of("plans-aims-covered", carrier).await.0, NotMet, "terms that are over cover nothing");
}
