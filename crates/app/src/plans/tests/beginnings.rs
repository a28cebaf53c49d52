//! How plans begin, are approved and end.
use super::*;

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
    let in_force = crate::plans::approved_plan(h.app.cx.db(), h.agency, h.app.cx.now()).await.unwrap();
    assert_eq!(in_force.map(|p| p.to_string()).as_deref(), done["id"].as_str());
    assert_eq!(h.judged("plans-in-force").await, (Met, "plans-told-in-force"));
    assert_eq!(h.judged("plans-six-parts").await, (Met, "plans-told-six-parts"));
    let stranger = h.app.person("Karma", Some(8), &[Role::Lead]).await;
    h.app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
    h.app.api(Some(&stranger), Method::GET, "/api/v1/plans/12345", Value::Null).await.expect(403);
    // Its term ends it: no account is asked for any more.
    h.app.advance(366 * DAY);
    assert_eq!(crate::plans::approved_plan(h.app.cx.db(), h.agency, h.app.cx.now()).await.unwrap(), None);
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
