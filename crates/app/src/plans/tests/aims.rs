//! What plans serve: one agency by one, and all together.
use super::*;

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
