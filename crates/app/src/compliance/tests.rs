mod attested;
mod built;

use super::finding::State;
use super::{actions, judging, store};
use crate::agencies;
use crate::people::Role;
use crate::policy::Pack;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::clock::{DAY, MINUTE};
use serde_json::{Value, json};

struct House {
    app: TestApp,
    agency: i64,
    author: Person,
    lead: Person,
    oversight: Person,
}

async fn house() -> House {
    housed(TestApp::new().await).await
}

async fn housed(app: TestApp) -> House {
    let agency = agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    let oversight = app.person("Namgay", None, &[Role::Oversight]).await;
    app.drain().await;
    House { app, agency, author, lead, oversight }
}

impl House {
    async fn state_of(&self, agency: i64, obligation: &str) -> State {
        let pack = self.app.cx.machine.part::<Pack>().unwrap();
        let place = pack.obligations().iter().position(|o| o.id == obligation).unwrap();
        actions::states(&self.app.cx, agency).await.unwrap()[place]
    }
    async fn state(&self, obligation: &str) -> State {
        self.state_of(self.agency, obligation).await
    }
    async fn plan(&self) -> i64 {
        let plan = self.app.planned(self.agency, &self.author, &self.lead).await;
        self.app.drain().await;
        plan
    }
    async fn call(&self, who: &Person, path: &str, body: Value) -> crate::testkit::Answer {
        let method = if body.is_null() { Method::GET } else { Method::POST };
        self.app.api(Some(who), method, path, body).await
    }
}

#[tokio::test]
async fn p6bis_me1_what_happens_is_found_at_once_with_its_evidence() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    assert_eq!(h.state("P6.2-AP1").await, State::NotMet);
    let plan = h.plan().await;
    assert_eq!(h.state("P6.2-AP1").await, State::Met);
    let shown = h.call(&h.lead, "/api/v1/compliance/agencies/MoH", Value::Null).await.expect(200).json();
    let finding = shown["findings"].as_array().unwrap().iter().find(|f| f["obligation"] == "P6.2-AP1").unwrap();
    assert_eq!(finding["controls"][0]["observations"][0]["evidence"], json!([format!("plan:{plan}")]), "{finding}");
    let cookie = h.app.sign_in("karma@example.bt").await;
    let page = h.app.browse(&cookie, "/compliance").await;
    assert_eq!(page.location(), "/compliance/agencies/MoH", "who works for one agency is led to it");
    let page = h.app.browse(&cookie, "/compliance/agencies/MoH?lang=en").await.expect(200).body;
    assert!(page.contains(&format!("href=\"/records?subject=plan:{plan}\"")), "{page}");
    let facts = h.call(&h.oversight, "/api/v1/facts?kind=finding.changed", Value::Null).await.expect(200).json();
    let told = facts["items"].as_array().unwrap().iter().any(|f| f.to_string().contains("P6.2-AP1"));
    assert!(told, "a change of a finding is a fact: {facts}");
    h.app.drain().await;
}

#[tokio::test]
async fn judging_everything_anew_gives_the_same_and_one_fact_touches_only_its_agency_and_who_answers_for_all() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    let before = store::rows(h.app.cx.db()).await.unwrap();
    h.plan().await;
    let after = store::rows(h.app.cx.db()).await.unwrap();
    let changed: Vec<i64> =
        before.iter().zip(&after).filter(|(a, b)| a.letters != b.letters).map(|(a, _)| a.agency_id).collect();
    // Its own, and the one that answers for the plans of all.
    let carrier = agencies::by_code(h.app.cx.db(), "MoICE").await.unwrap().id;
    assert_eq!(changed, [h.agency, carrier]);
    judging::everything(&h.app.cx).await.unwrap();
    let anew = store::rows(h.app.cx.db()).await.unwrap();
    let letters = |rows: &[store::MapRow]| rows.iter().map(|r| (r.agency_id, r.letters.clone())).collect::<Vec<_>>();
    assert!(letters(&after) == letters(&anew));
    // From nothing at all, too: what was kept is only kept.
    let tx = h.app.cx.db().begin("forget").await.unwrap();
    for table in ["compliance_rows", "compliance_standing"] {
        let text = format!("DELETE FROM {table}");
        ground::db::Run::exec(&tx, ground::db::Sql::new(text, vec![])).await.unwrap();
    }
    tx.commit().await.unwrap();
    judging::everything(&h.app.cx).await.unwrap();
    assert!(letters(&after) == letters(&store::rows(h.app.cx.db()).await.unwrap()));
    h.app.drain().await;
}

#[tokio::test]
async fn what_is_said_lapses_and_the_worse_of_two_looks_counts() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    assert_eq!(h.state("P2-R1").await, State::Unknown);
    let path = "/api/v1/compliance/agencies/MoH/attestations";
    let said =
        json!({"control": "good-sense", "verdict": "met", "reason": "Talked about in May", "evidence": ["File 4"]});
    for who in [&h.author, &h.oversight] {
        h.call(who, path, said.clone()).await.expect(403);
    }
    let refused = h.call(&h.lead, path, json!({"control": "four", "verdict": "x", "reason": " "})).await.expect(409);
    assert_eq!(refused.json()["refusals"].as_array().unwrap().len(), 3, "{}", refused.body);
    h.call(&h.lead, path, said).await.expect(200);
    assert_eq!(h.state("P2-R1").await, State::Met);
    actions::review(&h.oversight.cx, h.agency, "good-sense", "not-met", "Asked three, none knew").await.unwrap();
    assert_eq!(h.state("P2-R1").await, State::NotMet);
    assert!(actions::review(&h.lead.cx, h.agency, "good-sense", "met", "x").await.is_err());
    h.app.advance(181 * DAY);
    h.app.sweep().await;
    assert_eq!(h.state("P2-R1").await, State::Met, "a review ends after half a year");
    h.app.advance(200 * DAY);
    h.app.sweep().await;
    assert_eq!(h.state("P2-R1").await, State::Unknown, "what was said a year ago is not known any more");
    h.app.drain().await;
}

#[tokio::test]
async fn p6bis_me4_an_overdue_review_is_shown_where_it_is_carried() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    let lead_ministry = agencies::by_code(h.app.cx.db(), "MoICE").await.unwrap().id;
    assert_eq!(h.state_of(lead_ministry, "P6bis-ME4").await, State::NotMet);
    assert_eq!(h.state("P6bis-ME4").await, State::NotApplicable, "only who carries it answers for it");
    let page = h.app.sign_in("namgay@example.bt").await;
    let page = h.app.browse(&page, "/compliance/agencies/MoICE?lang=en").await.expect(200).body;
    assert!(page.contains("overdue since 2026-01-12"), "{page}");
    h.app.drain().await;
}

#[tokio::test]
async fn p6bis_me2_who_asks_for_help_is_answered_and_waiting_too_long_is_found() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    let carried = agencies::by_code(h.app.cx.db(), "MoICE").await.unwrap().id;
    assert_eq!(h.state_of(carried, "P6bis-ME2").await, State::Met);
    let cookie = h.app.sign_in("karma@example.bt").await;
    let (page, action) = ("/compliance/agencies/MoH", "/compliance/agencies/MoH/requests");
    let empty = h.app.submit(&cookie, page, action, &[("obligation", "P6.2-AP1"), ("wish", "")]).await.expect(422);
    assert!(empty.body.contains("Write why."), "{}", empty.body);
    h.app.submit(&cookie, page, action, &[("obligation", "P6.2-AP1"), ("wish", "A model plan")]).await.expect(303);
    h.app.drain().await;
    let oversight = h.app.sign_in("namgay@example.bt").await;
    let list = h.app.browse(&oversight, "/compliance/help").await.expect(200).body;
    assert!(list.contains("A model plan") && list.contains("Ministry of Health"), "{list}");
    h.app.advance(15 * DAY);
    h.app.sweep().await;
    assert_eq!(h.state_of(carried, "P6bis-ME2").await, State::NotMet);
    let id = store::requests_open(h.app.cx.db()).await.unwrap()[0].id;
    let oversight = h.app.sign_in("namgay@example.bt").await;
    let answer = format!("/compliance/help/{id}/answer");
    h.app.submit(&oversight, "/compliance/help", &answer, &[("answer", "It is on its way")]).await.expect(303);
    h.app.drain().await;
    assert_eq!(h.state_of(carried, "P6bis-ME2").await, State::Met);
    let cookie = h.app.sign_in("karma@example.bt").await;
    assert!(h.app.browse(&cookie, page).await.expect(200).body.contains("It is on its way"));
    h.app.drain().await;
}

#[tokio::test]
async fn the_map_is_for_whoever_oversees_and_bodies_of_another_power_keep_their_evidence() {
    let h = house().await;
    h.plan().await;
    judging::everything(&h.app.cx).await.unwrap();
    let cookie = h.app.sign_in("namgay@example.bt").await;
    let map = h.app.browse(&cookie, "/compliance?lang=en").await.expect(200).body;
    assert!(map.contains("href=\"/compliance/agencies/MoH\"") && !map.contains("Norbugang"), "gewogs when asked for");
    let gewogs = h.app.browse(&cookie, "/compliance?kind=gewog&every=yes").await.expect(200).body;
    assert_eq!(gewogs.matches("<th scope=\"row\">").count(), 205 + gewogs.matches("<time").count());
    let clause = h.app.browse(&cookie, "/compliance/clauses/P6.2-AP1").await.expect(200).body;
    assert!(clause.contains("/compliance/agencies/MoH#P6.2-AP1"), "{clause}");
    h.app.browse(&cookie, "/compliance/clauses/P9").await.expect(404);
    let court = h.app.browse(&cookie, "/compliance/agencies/NAB?lang=en").await.expect(200).body;
    assert!(court.contains("of another power") && !court.contains("/records?subject="), "{court}");
    let table = h.app.browse(&cookie, "/compliance/findings.csv").await.expect(200).body;
    assert!(table.contains("MoH,ministry,P6.2-AP1,shall,met"), "{}", &table[..400]);
    let author = h.app.sign_in("pema@example.bt").await;
    h.app.browse(&author, "/compliance/agencies/MoF").await.expect(403);
    h.app.browse(&author, "/compliance/agencies/Nowhere").await.expect(403);
    h.app.browse(&author, "/compliance/help").await.expect(403);
    h.app.drain().await;
}

#[tokio::test]
async fn the_oscal_documents_refer_to_each_other() {
    let h = house().await;
    h.plan().await;
    judging::everything(&h.app.cx).await.unwrap();
    let catalog = h.app.get("/api/v1/compliance/oscal/catalog").await.expect(200).json();
    let controls: Vec<&Value> = catalog["catalog"]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|g| g["controls"].as_array().unwrap())
        .collect();
    assert_eq!(controls.len(), 175);
    let profile = h.app.get("/api/v1/compliance/oscal/profiles/gewog").await.expect(200).json();
    let wanted = profile["profile"]["imports"][0]["include-controls"][0]["with-ids"].as_array().unwrap();
    assert!(wanted.iter().all(|id| controls.iter().any(|c| c["id"] == *id)) && wanted.len() > 100);
    h.app.get("/api/v1/compliance/oscal/profiles/kingdom").await.expect(404);
    let results = h.call(&h.lead, "/api/v1/compliance/oscal/results/MoH", Value::Null).await.expect(200).json();
    let result = &results["assessment-results"]["results"][0];
    let own: Vec<&Value> = result["observations"].as_array().unwrap().iter().map(|o| &o["uuid"]).collect();
    for f in result["findings"].as_array().unwrap() {
        for r in f["related-observations"].as_array().unwrap_or(&vec![]) {
            assert!(own.contains(&&r["observation-uuid"]), "{f}");
        }
    }
    h.app.advance(MINUTE);
    h.app.drain().await;
}

#[tokio::test]
async fn what_was_shown_for_a_clause_holds_for_the_one_in_its_place_where_the_edition_says_so() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in crate::policy::tests::editions::two_editions() {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let app = TestApp::with_settings(&[("pack", &dir.path().to_string_lossy())]).await;
    let h = housed(app).await;
    h.plan().await;
    judging::everything(&h.app.cx).await.unwrap();
    assert_eq!(h.state("N-AP1").await, State::Met, "carried over by the map");
    assert_eq!(h.state("P6.2-AP1").await, State::NotApplicable, "of an edition that is no longer in force");
    for anew in ["N-AM7", "N-X1"] {
        assert_eq!(h.state(anew).await, State::Unknown, "{anew} is to be looked at");
    }
    let map =
        h.call(&h.oversight, "/api/v1/compliance/oscal/catalog", Value::Null).await.expect(200).json().to_string();
    assert!(map.contains("N-X1") && !map.contains("\"P6.2-AP1\""));
    h.app.drain().await;
}
