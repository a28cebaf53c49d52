//! Roles asked for, decided and ended; joiners, movers and leavers.
use super::super::*;
use super::{agency, facts};
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::clock::{DAY, HOUR};
use ground::slice::{Controls, Criterion, Observation, Verdict};
use serde_json::{Value, json};

/// What a control says of an agency now.
pub async fn judged(app: &TestApp, id: &str, agency: i64) -> Observation {
    let all = &app.cx.machine.part::<Controls>().unwrap().0;
    let control = all.iter().find(|c| c.id == id).unwrap_or_else(|| panic!("no control {id}"));
    let Criterion::Judged { judge, .. } = control.criterion else { panic!("{id} is not judged") };
    judge(app.cx.clone(), agency).await.unwrap()
}

struct Office {
    app: TestApp,
    moh: i64,
    lead: Person,
    chief: Person,
    tashi: Person,
}

async fn office() -> Office {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let chief = app.person("Chief", None, &[Role::Administrator]).await;
    let tashi = app.person("Tashi", Some(moh), &[]).await;
    Office { app, moh, lead, chief, tashi }
}

pub fn wanted(person: i64, role: Role, agency: i64) -> WantedRole {
    let agency = (!role.national()).then_some(agency);
    WantedRole { person, role, agency, purpose: "the dengue campaign".into(), from: None, until: None }
}

async fn rights(app: &TestApp, who: &Person) -> String {
    app.api(Some(who), Method::GET, "/api/v1/me", Value::Null).await.expect(200).body
}

#[tokio::test]
async fn p6_2_cs2_a_role_takes_effect_when_somebody_else_approves_it_and_ends_with_its_term() {
    let Office { app, moh, chief, tashi, lead } = office().await;
    let mine = app.sign_in("tashi@example.bt").await;
    let cookie = app.sign_in("lead@example.bt").await;
    let none = [("role", "author"), ("purpose", ""), ("from", ""), ("until", "")];
    let page = app.submit(&mine, "/me", "/me/roles", &none).await.expect(422).body;
    assert!(page.contains("Say what the role is for") && page.contains("/policy#P6.2-CS2"), "{page}");
    let ask = [("role", "author"), ("purpose", "the dengue campaign"), ("from", "2026-11-26"), ("until", "2026-12-31")];
    app.submit(&mine, "/me", "/me/roles", &ask).await.expect(303);
    assert!(app.browse(&mine, "/me").await.expect(200).body.contains("waits for approval"));
    assert!(!rights(&app, &tashi).await.contains("draft-posts"), "nobody approved it yet");
    app.browse(&mine, "/roles").await.expect(403);
    let desk = app.browse(&cookie, "/desk").await.expect(200).body;
    assert!(desk.contains("Roles to decide") && desk.contains("Tashi"), "{desk}");
    let id = granting::to_decide(&lead.cx, 10).await.unwrap()[0].id;
    let path = format!("/roles/{id}");
    assert!(app.browse(&cookie, &path).await.expect(200).body.contains("the dengue campaign"));
    app.submit(&cookie, &path, &format!("{path}/approval"), &[]).await.expect(303);
    assert!(!rights(&app, &tashi).await.contains("draft-posts"), "it begins on the 26th");
    app.advance(2 * DAY);
    let tashi = Person { token: issue_token(&app.cx, tashi.id, "later", 90 * DAY).await.unwrap(), ..tashi };
    assert!(rights(&app, &tashi).await.contains("draft-posts"));
    let seen = judged(&app, "people-grants", moh).await;
    assert_eq!(seen.verdict, Verdict::Met, "{seen:?}");
    assert!(seen.until.is_some() && seen.evidence.contains(&format!("person:{}", tashi.id)), "{seen:?}");
    app.advance(37 * DAY);
    assert!(!rights(&app, &tashi).await.contains("draft-posts"), "its last day is over");
    assert_eq!(judged(&app, "people-grants", moh).await.verdict, Verdict::NotMet, "it has not ended yet");
    app.sweep().await;
    assert_eq!((facts(&app, "role.asked").await, facts(&app, "role.ended").await), (1, 1));
    let ended = store::grant(app.cx.db(), id).await.unwrap();
    assert_eq!(ended.ended_why.as_deref(), Some("term"));
    assert_eq!(judged(&app, "people-grants", moh).await.verdict, Verdict::Met, "the lead's is left");
    drop(chief);
}

#[tokio::test]
async fn nobody_approves_what_they_asked_for_or_what_is_theirs() {
    let Office { app, moh, lead, chief, tashi } = office().await;
    let by_lead = granting::ask_role(&lead.cx, &wanted(tashi.id, Role::Author, moh)).await.unwrap();
    let own = granting::approve_role(&lead.cx, by_lead.id).await.unwrap_err();
    assert_eq!(own.refusals()[0].code, "self-approval");
    assert_eq!(own.refusals()[0].clause, Some("P6.2-AP8"));
    assert!(granting::to_decide(&lead.cx, 10).await.unwrap().is_empty(), "it does not wait for whoever asked");
    granting::approve_role(&chief.cx, by_lead.id).await.unwrap();
    let twice = granting::approve_role(&chief.cx, by_lead.id).await.unwrap_err();
    assert_eq!(twice.refusals()[0].code, "decided");
    // About leads only those who serve the whole government decide; a lead of another agency learns nothing.
    let deputy = app.person("Deputy", Some(moh), &[]).await;
    let second = granting::ask_role(&deputy.cx, &wanted(deputy.id, Role::Lead, moh)).await.unwrap();
    let not = granting::approve_role(&lead.cx, second.id).await.unwrap_err();
    assert_eq!(not.refusals()[0].code, "not-yours");
    let cookie = app.sign_in("lead@example.bt").await;
    app.browse(&cookie, &format!("/roles/{}", second.id)).await.expect(403);
    app.browse(&cookie, "/roles/4711").await.expect(403);
    let blank = granting::refuse_role(&chief.cx, second.id, " ").await.unwrap_err();
    assert!(matches!(blank.kind, ground::error::Kind::Invalid(_)));
    granting::refuse_role(&chief.cx, second.id, "There is a lead.").await.unwrap();
    let refused = store::grant(app.cx.db(), second.id).await.unwrap();
    assert_eq!((refused.decision.as_deref(), refused.live(app.cx.now())), (Some("refused"), false));
    let third = granting::ask_role(&deputy.cx, &wanted(deputy.id, Role::Approver, moh)).await.unwrap();
    granting::end_role(&deputy.cx, deputy.id, third.id).await.unwrap();
    let back = store::grant(app.cx.db(), third.id).await.unwrap();
    assert_eq!(back.decision.as_deref(), Some("withdrawn"));
    assert_eq!(facts(&app, "role.refused").await, 2);
    app.drain().await;
}

#[tokio::test]
async fn p6_2_ap8_roles_that_must_be_apart_are_refused_also_when_both_only_wait() {
    let Office { app, moh, lead, chief, tashi } = office().await;
    granting::ask_role(&tashi.cx, &wanted(tashi.id, Role::Moderator, moh)).await.unwrap();
    let error = granting::ask_role(&tashi.cx, &wanted(tashi.id, Role::Records, moh)).await.unwrap_err();
    let said = app.cx.words().say(ground::words::Lang::En, &error.refusals()[0].say);
    assert_eq!(error.refusals()[0].clause, Some("P6.2-AP8"));
    assert!(said.contains("be Moderator: who hides a comment does not look after the copy"), "{said}");
    let error = granting::ask_role(&chief.cx, &wanted(chief.id, Role::Oversight, moh)).await.unwrap_err();
    assert_eq!(error.refusals()[0].code, "separation-of-duties");
    assert_eq!(judged(&app, "people-duties", moh).await.verdict, Verdict::Partly, "only the lead is there");
    for (name, role) in [("A", Role::Author), ("M", Role::Moderator), ("R", Role::Records)] {
        app.person(name, Some(moh), &[role]).await;
    }
    assert_eq!(judged(&app, "people-duties", moh).await.verdict, Verdict::Met);
    let held = store::grants_of(app.cx.db(), lead.id).await.unwrap();
    granting::end_role(&chief.cx, lead.id, held[0].id).await.unwrap();
    assert_eq!(judged(&app, "people-duties", moh).await.verdict, Verdict::NotMet, "no lead");
    let nobody = agency(&app, "BT-33").await;
    assert_eq!(judged(&app, "people-duties", nobody).await.verdict, Verdict::NotMet);
    app.drain().await;
}

#[tokio::test]
async fn the_only_administrator_may_give_one_second_role_over_the_whole_government() {
    let app = TestApp::new().await;
    let chief = app.person("Chief", None, &[Role::Administrator]).await;
    let second = app.person("Second", None, &[]).await;
    let third = app.person("Third", None, &[]).await;
    let given = granting::ask_role(&chief.cx, &wanted(second.id, Role::Oversight, 0)).await.unwrap();
    assert!(given.live(app.cx.now()), "there was nobody else");
    let waits = granting::ask_role(&chief.cx, &wanted(third.id, Role::Administrator, 0)).await.unwrap();
    assert!(waits.waits(), "now there is");
    granting::end_role(&chief.cx, second.id, given.id).await.unwrap();
    let fourth = app.person("Fourth", None, &[]).await;
    let again = granting::ask_role(&chief.cx, &wanted(fourth.id, Role::Oversight, 0)).await.unwrap();
    assert!(again.waits(), "ending the other one makes nobody alone at once");
    app.advance(31 * DAY);
    let later = app.person("Fifth", None, &[]).await;
    let chief = acting_as(&app.cx, chief.id).await.unwrap();
    assert!(!granting::ask_role(&chief, &wanted(later.id, Role::Oversight, 0)).await.unwrap().waits());
    app.drain().await;
}

#[tokio::test]
async fn p3_d4_who_leaves_or_moves_loses_access_at_once() {
    let Office { app, moh, lead, chief, tashi } = office().await;
    assert_eq!(judged(&app, "people-staff", moh).await.verdict, Verdict::Partly, "nobody said how they are employed");
    for who in [&lead, &tashi] {
        movement::change_details(&chief.cx, who.id, "civil-servant", "Officer").await.unwrap();
    }
    assert_eq!(judged(&app, "people-staff", moh).await.verdict, Verdict::Met);
    assert_eq!(judged(&app, "people-staff", agency(&app, "BT-33").await).await.verdict, Verdict::NotApplicable);
    grant_role(&app.cx, &wanted(tashi.id, Role::Author, moh)).await.unwrap();
    let cookie = app.sign_in("lead@example.bt").await;
    let path = format!("/people/{}", tashi.id);
    let page = app.browse(&cookie, &path).await.expect(200).body;
    assert!(page.contains("civil servant") && page.contains("Officer"), "{page}");
    let bad = [("employment", "king"), ("job_title", "x")];
    app.submit(&cookie, &path, &format!("{path}/details"), &bad).await.expect(422);
    let moe = agency(&app, "MoESD").await;
    app.submit(&cookie, &path, &format!("{path}/move"), &[("to", &moe.to_string())]).await.expect(403);
    movement::move_person(&chief.cx, tashi.id, Some(moe)).await.unwrap();
    let held = store::grants_of(app.cx.db(), tashi.id).await.unwrap();
    assert_eq!(held[0].ended_why.as_deref(), Some("moved"));
    app.browse(&cookie, &path).await.expect(403);
    grant_role(&app.cx, &wanted(tashi.id, Role::Author, moe)).await.unwrap();
    let mine = app.sign_in("tashi@example.bt").await;
    let link = set_up_link(&app.cx, tashi.id).await.unwrap();
    movement::leave(&chief.cx, tashi.id).await.unwrap();
    app.browse(&mine, "/me").await.expect(303);
    app.get(link.strip_prefix("http://drelwa.test").unwrap()).await.expect(404);
    app.api(Some(&tashi), Method::GET, "/api/v1/me", Value::Null).await.expect(401);
    movement::leave(&chief.cx, tashi.id).await.unwrap_err();
    movement::leave(&chief.cx, chief.id).await.unwrap_err();
    let theirs = app.sign_in("chief@example.bt").await;
    let page = app.browse(&theirs, &path).await.expect(200).body;
    assert!(page.contains("has left") && page.contains("Let in again") && !page.contains("/departure"), "{page}");
    app.submit(&theirs, &path, &format!("{path}/return"), &[]).await.expect(303);
    app.sign_in("tashi@example.bt").await;
    let again = acting_as(&app.cx, tashi.id).await.unwrap();
    assert!(again.actor.grants.is_empty(), "the roles ended for good");
    for (kind, n) in [("person.moved", 1), ("person.moved-away", 1), ("person.left", 1), ("person.let-in", 1)] {
        assert_eq!(facts(&app, kind).await, n, "{kind}");
    }
    app.drain().await;
}

/// Sends a table from the page, as a browser does.
async fn upload(app: &TestApp, cookie: &str, what: &str, bytes: &[u8]) -> crate::testkit::Answer {
    let here = ("/people/import", "/people/import");
    app.submit_file(cookie, here, &[("do", what)], ("file", "s.csv", bytes)).await
}

#[tokio::test]
async fn a_table_of_joiners_movers_and_leavers_is_carried_out_whole_or_not_at_all() {
    let Office { app, moh, chief, tashi, .. } = office().await;
    grant_role(&app.cx, &wanted(tashi.id, Role::Author, moh)).await.unwrap();
    let cookie = app.sign_in("chief@example.bt").await;
    let faulty = b"action,email,name,agency\njoin,a@x.bt,A,MoH\njoin,b@x.bt,B,Nowhere\nleave,c@x.bt,,\njoin,lead@example.bt,L,MoESD\nleave,chief@example.bt,,\n";
    let page = upload(&app, &cookie, "carry-out", faulty).await.expect(422).body;
    for part in ["is not the code of an agency", "Nobody with the address c@x.bt", "this is a move", "own account"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(store::person_by_email(app.cx.db(), "a@x.bt").await.unwrap().is_none(), "nothing was done");
    let wrong = upload(&app, &cookie, "check", b"action,email,name\njoin,a@x.bt,P\xffma\n").await.expect(422).body;
    assert!(wrong.contains("The cell under name is not UTF-8"), "{wrong}");
    let many = format!("action,email\n{}", "leave,a@b.bt\n".repeat(100_000));
    let page = upload(&app, &cookie, "check", many.as_bytes()).await.expect(422).body;
    assert!(page.contains("at most 5,000 lines") || page.contains("at most 5000 lines"), "{page}");
    let good = "action;email;name;agency;employment;job_title\njoin;pem@x.bt;=cmd() Pem;MoH;contract;@home\nmove;lead@example.bt;;MoESD;;\nleave;tashi@example.bt;;;;\n";
    let page = upload(&app, &cookie, "check", good.as_bytes()).await.expect(200).body;
    assert!(page.contains("This would happen") && page.contains("one person joins"), "{page}");
    assert!(store::person_by_email(app.cx.db(), "pem@x.bt").await.unwrap().is_none());
    upload(&app, &cookie, "carry-out", good.as_bytes()).await.expect(200);
    app.drain().await;
    let mails = app.mails();
    assert!(mails.iter().any(|m| m.contains("pem@x.bt") && m.contains("/set-up/")), "{mails:?}");
    let again = upload(&app, &cookie, "carry-out", good.as_bytes()).await.expect(200).body;
    assert!(again.contains("3 lines change nothing"), "doing it twice is doing it once: {again}");
    for (kind, n) in [("person.invited", 1), ("person.moved", 1), ("person.left", 1), ("role.ended", 2)] {
        assert_eq!(facts(&app, kind).await, n, "{kind}");
    }
    let table = app.browse(&cookie, "/people.csv").await.expect(200);
    assert!(table.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(table.body.contains("'=cmd() Pem") && table.body.contains("'@home"), "{}", table.body);
    drop(chief);
}

#[tokio::test]
async fn people_and_their_roles_in_the_api() {
    let Office { app, moh, lead, .. } = office().await;
    let call = async |method, path: &str, body| app.api(Some(&lead), method, path, body).await;
    let new = json!({"agency": moh.to_string(), "name": "Pem", "email": "pem@x.bt", "employment": "contract"});
    let made = call(Method::POST, "/api/v1/people", new.clone()).await.expect(201).json();
    call(Method::POST, "/api/v1/people", new).await.expect(422);
    let path = format!("/api/v1/people/{}", made["id"].as_str().unwrap());
    let role = json!({"role": "author", "agency": moh.to_string(), "purpose": "x", "until": "2027-01-31"});
    let asked = call(Method::POST, &format!("{path}/roles"), role.clone()).await.expect(201).json();
    assert_eq!((asked["decision"].as_str(), asked["live"].as_bool()), (Some("waiting"), Some(false)));
    assert_eq!(asked["until"], "2027-01-31T18:00:00Z", "the last day counts in full");
    call(Method::POST, &format!("{path}/roles"), role).await.expect(409);
    let list = call(Method::GET, "/api/v1/people?q=pem", Value::Null).await.expect(200).json();
    assert_eq!(list["items"][0]["state"], "invited");
    let left = call(Method::POST, &format!("{path}/departure"), Value::Null).await.expect(200).json();
    assert_eq!((left["state"].as_str(), left["roles"][0]["decision"].as_str()), (Some("left"), Some("withdrawn")));
    let stranger = app.person("Dorji", Some(agency(&app, "BT-33").await), &[Role::Lead]).await;
    app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
    app.api(Some(&stranger), Method::GET, "/api/v1/people/4711", Value::Null).await.expect(403);
    app.drain().await;
}

#[tokio::test]
async fn an_invitation_by_mail_works_once_and_for_a_week() {
    let Office { app, moh, lead, .. } = office().await;
    let new = NewPerson { agency: Some(moh), name: "Pem".into(), email: "pem@x.bt".into(), ..Default::default() };
    let id = add_person(&lead.cx, &new).await.unwrap();
    let cookie = app.sign_in("lead@example.bt").await;
    let path = format!("/people/{id}");
    app.submit(&cookie, &path, &format!("{path}/invitation"), &[]).await.expect(303);
    app.drain().await;
    let mail = app.mails().into_iter().find(|m| m.contains("pem@x.bt")).unwrap();
    let link = mail.split("http://drelwa.test").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    app.get(&link).await.expect(200);
    app.advance(7 * DAY + HOUR);
    app.get(&link).await.expect(404);
}
