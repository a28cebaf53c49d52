//! The builder: nothing typed is lost, every gap leads to its step, every version can be printed.
use super::*;

#[tokio::test]
async fn the_forms_keep_what_was_typed_and_name_what_is_missing() {
    let h = office("MoH").await;
    let cookie = h.app.sign_in("pema@example.bt").await;
    let begin = h.app.submit(&cookie, "/plans/new", "/plans", &[("from", "empty")]).await.expect(303);
    let step = begin.location().to_owned();
    assert!(step.ends_with("/steps/1"), "{step}");
    let long = "x".repeat(201);
    let typed = [("title", long.as_str()), ("goals", "Fewer cases"), ("version", "1"), ("next", "on")];
    let again = h.app.submit(&cookie, &step, &step, &typed).await.expect(422);
    assert!(again.body.contains("Fewer cases") && again.body.contains("at most 200 characters"));
    let typed = [
        ("title", "Health"),
        ("goals", "Fewer cases"),
        ("objective-1-text", "Fewer cases of flu"),
        ("objective-1-target", "about 5"),
        ("objective-1-aims", "health"),
        ("version", "1"),
    ];
    let again = h.app.submit(&cookie, &step, &step, &typed).await.expect(422);
    assert!(again.body.contains("value=\"about 5\"") && again.body.contains("digits only"), "{}", again.body);
    assert!(again.body.contains("value=\"health\" checked"), "what was ticked stays ticked");
    let mut typed = typed.to_vec();
    typed[3] = ("objective-1-target", "1,500");
    typed.push(("next", "on"));
    let on = h.app.submit(&cookie, &step, &step, &typed).await.expect(303);
    assert!(on.location().ends_with("/steps/2"), "{}", on.location());
    let path = step.trim_end_matches("/steps/1").to_owned();
    let shown = h.app.browse(&cookie, &format!("{path}?lang=en")).await.expect(200).body;
    assert!(shown.contains("Still missing") && shown.contains(&format!("{path}/steps/5")), "{shown}");
    assert!(shown.contains("1500") && shown.contains("No objective lets citizens take part"));
    let refused = h.app.submit(&cookie, &path, &format!("{path}/submission"), &[("version", "2")]).await.expect(422);
    assert!(
        refused.body.contains("hours a week and the people are missing") && refused.body.contains("/policy#P6.2-AP6")
    );
    for page in
        ["/plans?lang=dz", &format!("{path}?lang=dz"), &format!("{path}/steps/3?lang=dz"), &format!("{path}/paper")]
    {
        assert!(h.app.browse(&cookie, page).await.expect(200).body.contains("lang=\"dz\""), "{page}");
    }
    let stale = h.app.submit(&cookie, &step, &step, &[("title", "Mine"), ("version", "1")]).await.expect(422);
    assert!(stale.body.contains("changed meanwhile") && stale.body.contains("value=\"Mine\""));
    h.app.browse(&cookie, &format!("{path}/steps/6")).await.expect(404);
    h.app.drain().await;
}

#[tokio::test]
async fn every_step_saves_its_own_and_a_line_left_empty_is_taken_out() {
    let h = office("BT-33-01").await;
    let plan = h.start("model").await;
    let path = format!("/plans/{}", plan["id"].as_str().unwrap());
    let cookie = h.app.sign_in("pema@example.bt").await;
    let save = async |n: usize, fields: &[(&str, &str)]| {
        let step = format!("{path}/steps/{n}");
        h.app.submit(&cookie, &step, &step, fields).await.expect(303)
    };
    save(
        2,
        &[("audience-1-who", "Farmers"), ("audience-1-channels", "radio"), ("audience-2-who", ""), ("version", "1")],
    )
    .await;
    let issue = [("issue-gender", "We look who comes"), ("risks", "Trust"), ("risk-1-risk", "R01"), ("version", "2")];
    save(3, &issue).await;
    save(4, &[("hours", "༨"), ("people", "2"), ("money", "0"), ("version", "3")]).await;
    save(5, &[("duty-lead", &h.lead.id.to_string()), ("governance", "The gup is told"), ("version", "4")]).await;
    // Going on without a change makes no version.
    let again = save(
        5,
        &[("duty-lead", &h.lead.id.to_string()), ("governance", "The gup is told"), ("version", "5"), ("next", "on")],
    )
    .await;
    assert_eq!(again.location(), path);
    let now = h.get(&h.author, &format!("/api/v1{path}")).await;
    let r = &now["records"];
    assert_eq!(now["version"], 5);
    assert_eq!((r["audiences"].as_array().unwrap().len(), &r["audiences"][0]["who"]), (1, &json!("Farmers")));
    assert_eq!(
        (&r["issues"], r["risks"].as_array().unwrap().len()),
        (&json!([{"issue": "gender", "how": "We look who comes"}]), 1)
    );
    assert_eq!(r["resources"]["hours"], 8, "Dzongkha digits are digits");
    assert_eq!(r["objectives"], plan["records"]["objectives"], "other steps are left alone");
    let paper = h.app.browse(&cookie, &format!("{path}/paper?version=1&lang=en")).await.expect(200).body;
    assert!(paper.contains("Everybody who lives here") && paper.contains("This version is not approved."));
    let paper = h.app.browse(&cookie, &format!("{path}/paper?lang=en")).await.expect(200).body;
    assert!(paper.contains("Farmers") && !paper.contains("Everybody who lives here"));
    h.app.browse(&cookie, &format!("{path}/paper?version=99")).await.expect(404);
}

#[tokio::test]
async fn actions_and_the_look_back_are_done_on_pages() {
    let h = office("MoH").await;
    let plan = h.start("model").await;
    h.approved(&plan).await;
    let path = format!("/plans/{}", plan["id"].as_str().unwrap());
    let cookie = h.app.sign_in("dorji@example.bt").await;
    let shown = h.app.browse(&cookie, &format!("{path}?lang=en")).await.expect(200).body;
    assert!(shown.contains("Take the 3 first actions of the model"), "{shown}");
    h.app.submit(&cookie, &path, &format!("{path}/actions/suggested"), &[]).await.expect(303);
    let again =
        h.app.submit(&cookie, &path, &format!("{path}/actions"), &[("text", "Ask the schools"), ("owner", "0")]).await;
    assert!(again.expect(422).body.contains("Ask the schools"));
    let shown = h.app.browse(&cookie, &format!("{path}?lang=en")).await.expect(200).body;
    let at = shown.find("/plans/actions/").unwrap();
    let action = shown[at..].split('"').next().unwrap().to_owned();
    let page = h.app.browse(&cookie, &format!("{action}?lang=en")).await.expect(200).body;
    assert!(page.contains("How did it go?"));
    let bare =
        h.app.submit(&cookie, &action, &format!("{action}/end"), &[("version", "1"), ("outcome", "dropped")]).await;
    assert!(bare.expect(422).body.contains("Say why it is dropped."));
    h.app
        .submit(&cookie, &action, &format!("{action}/end"), &[("version", "1"), ("outcome", "done")])
        .await
        .expect(303);
    let author = h.app.sign_in("pema@example.bt").await;
    h.app.browse(&author, &format!("{path}/evaluation")).await.expect(403);
    h.app.advance(366 * DAY);
    let cookie = h.app.sign_in("dorji@example.bt").await;
    let look = format!("{path}/evaluation");
    let typed = [("figure-1", "many"), ("finding-1", "Better"), ("conclusion", "On"), ("outcome", "change")];
    let again = h.app.submit(&cookie, &look, &look, &typed).await.expect(422);
    assert!(again.body.contains("value=\"many\"") && again.body.contains("digits only"), "{}", again.body);
    let shown = h.app.browse(&cookie, &format!("{path}?lang=en")).await.expect(200).body;
    assert!(shown.contains("The term of this plan is over"));
}
