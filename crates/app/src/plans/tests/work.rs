//! Carrying a plan out, looking back, and beginning the next.
use super::*;

#[tokio::test]
async fn p6_2_ap2_actions_have_an_owner_and_a_day_and_are_late_after_it() {
    let mut h = office("MoH").await;
    let draft = h.start("model").await;
    let path = format!("/api/v1/plans/{}", draft["id"].as_str().unwrap());
    let new =
        json!({"text": "Write the rota", "objective": 2, "owner": h.author.id.to_string(), "due_on": "2026-12-31"});
    let early = h.post(&h.author, &format!("{path}/actions"), new.clone()).await.expect(409).json();
    assert_eq!(early["refusals"][0]["code"], "wrong-state", "a draft is not carried out");
    h.approved(&draft).await;
    assert_eq!(h.judged("plans-carried-out").await, (NotMet, "plans-told-no-actions"));
    let day = jiff::Timestamp::from_microsecond(h.app.cx.now() + 10 * DAY).unwrap().to_string()[..10].to_owned();
    for (field, wrong) in
        [("text", json!(" ")), ("owner", json!("99")), ("due_on", json!("soon")), ("objective", json!(9))]
    {
        let mut bad = new.clone();
        bad[field] = wrong;
        let told = h.post(&h.author, &format!("{path}/actions"), bad).await.expect(422).json();
        assert_eq!(told["errors"][0]["field"], field, "{told}");
    }
    let mut new = new;
    new["due_on"] = json!(day);
    let action = h.post(&h.lead, &format!("{path}/actions"), new).await.expect(201).json();
    assert_eq!((&action["state"], &action["late"]), (&json!("open"), &json!(false)));
    assert_eq!(h.judged("plans-carried-out").await, (Met, "plans-told-carried-out"));
    h.app.advance(8 * DAY);
    assert_eq!(crate::plans::due_actions(&h.author.cx, 10).await.unwrap().len(), 1, "it is on the owner's desk");
    assert!(crate::plans::due_actions(&h.lead.cx, 10).await.unwrap().is_empty());
    h.app.advance(4 * DAY);
    assert_eq!(h.judged("plans-carried-out").await, (Partly, "plans-told-late"));
    h.author = h.again(&h.author).await;
    let other = h.app.person("Karma", Some(h.agency), &[Role::Moderator]).await;
    let end = format!("/api/v1/plans/actions/{}/completion", action["id"].as_str().unwrap());
    let done = json!({"version": 1, "outcome": "done", "note": "At the door"});
    let no = h.post(&other, &end, done.clone()).await.expect(409).json();
    assert_eq!(no["refusals"][0]["code"], "not-yours");
    let bare = h.post(&h.author, &end, json!({"version": 1, "outcome": "dropped"})).await.expect(409).json();
    assert_eq!(bare["refusals"][0]["clause"], "P6.2-AP2", "{bare}");
    let ended = h.post(&h.author, &end, done.clone()).await.expect(200).json();
    assert_eq!((&ended["state"], &ended["note"]), (&json!("done"), &json!("At the door")));
    h.post(&h.author, &end, done).await.expect(409);
    assert_eq!(h.judged("plans-carried-out").await, (Met, "plans-told-carried-out"));
    h.app.drain().await;
}

#[tokio::test]
async fn the_first_actions_of_the_model_are_taken_once() {
    let h = office("MoH").await;
    let plan = h.start("model").await;
    h.approved(&plan).await;
    let id: i64 = plan["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(crate::plans::add_suggested(&h.author.cx, id).await.unwrap(), 3);
    assert_eq!(crate::plans::add_suggested(&h.author.cx, id).await.unwrap(), 0);
    let all = h.get(&h.author, &format!("/api/v1/plans/{id}/actions")).await;
    let lead = h.lead.id.to_string();
    assert!(
        all["items"].as_array().unwrap().iter().all(|a| a["owner"] == lead.as_str() && a["objective"] != 0),
        "{all}"
    );
}

#[tokio::test]
async fn p6_2_ap7_a_plan_is_looked_back_on_and_the_next_begins_where_it_came_to() {
    let mut h = office("MoH").await;
    let plan = h.start("model").await;
    let path = h.approved(&plan).await;
    let objectives = plan["records"]["objectives"].as_array().unwrap().len();
    let found = json!({"figure": 45, "finding": "Half of the way"});
    let back = json!({"reached": vec![found; objectives], "outcome": "continue", "conclusion": "On with it"});
    let early = h.post(&h.lead, &format!("{path}/evaluation"), back.clone()).await.expect(409).json();
    assert_eq!(early["refusals"][0]["code"], "too-early");
    h.app.advance(366 * DAY);
    (h.author, h.lead) = (h.again(&h.author).await, h.again(&h.lead).await);
    assert_eq!(h.judged("plans-measured").await, (NotMet, "plans-told-unmeasured"));
    let (soon, unmeasured) = crate::plans::ending(&h.lead.cx, &[h.agency]).await.unwrap();
    assert_eq!((soon.len(), unmeasured.len()), (1, 1), "both are on the lead's desk");
    let mut half = back.clone();
    half["reached"] = json!([{"figure": 45, "finding": ""}]);
    half["conclusion"] = json!(" ");
    let no = h.post(&h.lead, &format!("{path}/evaluation"), half).await.expect(409).json();
    assert_eq!(no["refusals"].as_array().unwrap().len(), objectives + 1, "{no}");
    h.post(&h.author, &format!("{path}/evaluation"), back.clone()).await.expect(403);
    h.post(&h.lead, &format!("{path}/evaluation"), back.clone()).await.expect(201);
    h.post(&h.lead, &format!("{path}/evaluation"), back).await.expect(409);
    assert_eq!(h.judged("plans-measured").await, (Met, "plans-told-measured"));
    let facts = h.app.person("Chimi", Some(h.agency), &[Role::Records]).await;
    let facts = h.get(&facts, "/api/v1/facts?kind=plan.evaluated").await;
    assert_eq!(facts["items"][0]["body"]["attained"][0], 47, "45 of 95: {facts}");
    let next = h.start("renewal").await;
    assert_eq!(next["follows"], plan["id"]);
    let goal = &next["records"]["objectives"][0];
    assert_eq!((&goal["baseline"], &goal["target"]), (&json!(45.0), &json!(95.0)));
    assert!(next["records"]["starts_on"].as_str() > plan["records"]["ends_on"].as_str());
    h.approved(&next).await;
    assert_eq!(h.get(&h.author, &path).await["state"], "ended");
    assert_eq!(h.judged("plans-in-force").await, (Met, "plans-told-in-force"));
}
