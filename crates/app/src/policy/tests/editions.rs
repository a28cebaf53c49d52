//! A second edition of the policy: mapped, compared, taken in, told, and carried into what was found.
use super::*;
use crate::people::Role;
use crate::policy::redline::{Fate, redline};
use crate::policy::{reviewing, store};
use crate::shell::changes::Change;
use crate::testkit::TestApp;
use axum::http::Method;
use serde_json::{Value, json};

const EDITION: &str = r#""reviews_held_on": []
      },
      {
        "id": "2026",
        "adopted_on": "2026-11-01",
        "adopted_by": { "en": "Cabinet", "dz": "ལྷན་རྒྱས།" },
        "review_every_months": 24,
        "reviews_held_on": []
      }
    ]"#;

/// The shipped pack with a further edition of three clauses: one changed, one with other words that is looked at anew, one new.
pub fn two_editions() -> Vec<(String, Vec<u8>)> {
    let text = |name: &'static str| Source::Embedded.read(name).expect("embedded").into_owned();
    let mut map = String::from("id,to,carries,note\n");
    for clause in bhutan().clauses().iter() {
        let (to, carries) = match clause.id.as_str() {
            "P6.2-AP1" => ("N-AP1", "yes"),
            "P6.2-AM7" => ("N-AM7", "no"),
            _ => ("", "no"),
        };
        map.push_str(&format!("{},{to},{carries},\n", clause.id));
    }
    let old = bhutan().clause("P6.2-AP1").expect("a clause").text.get("en").to_owned();
    let clauses = format!(
        "{}N-AP1,2026,plans,A plan,,\"{} It is public.\",,draft\nN-AM7,2026,accounts,Active,,Accounts are used.,,draft\nN-X1,2026,accounts,New,,Something new is asked.,,draft\n",
        text("clauses.csv"),
        old.replace('"', "\"\"")
    );
    let obligations = format!(
        "{}N-AP1,Agency,shall,A plan,,\nN-AM7,Agency,shall,Active accounts,,\nN-X1,Agency,must,Something new,,\n",
        text("obligations.csv")
    );
    let files = Source::names().map(|name| {
        let text = match name {
            "pack.json" => text(name).replacen("\"reviews_held_on\": []\n      }\n    ]", EDITION, 1),
            "clauses.csv" => clauses.clone(),
            "obligations.csv" => obligations.clone(),
            "clause_map.csv" => map.clone(),
            _ => text(name),
        };
        (name.to_owned(), text.into_bytes())
    });
    files.collect()
}

fn second() -> Pack {
    let files = Source::Files(two_editions());
    Pack::load(&files).unwrap_or_else(|faults| panic!("{:#?}", &faults[..faults.len().min(10)]))
}

fn broken_second(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = two_editions();
    let found = files.iter_mut().find(|(name, _)| name == file).expect("the file");
    let text = String::from_utf8(found.1.clone()).expect("text");
    assert!(text.contains(from), "{file} has no {from:?}");
    found.1 = text.replacen(from, to, 1).into_bytes();
    let faults = Pack::load(&Source::Files(files)).expect_err("a broken pack");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_broken_map_is_told_with_its_row() {
    told(&broken_second("clause_map.csv", ",N-AP1,yes", ",N-AP9,yes"), "to: \"N-AP9\" does not stand in clauses.csv");
    told(&broken_second("clause_map.csv", ",N-AP1,yes", ",P1-N1,yes"), "\"P1-N1\" is of edition 2016, which is not");
    told(&broken_second("clause_map.csv", "P2-R1,,no", "P2-R1,,yes"), "row 3, carries: nothing can carry over");
    told(&broken_second("clause_map.csv", "P2-R1,,no,\n", ""), "clauses.csv, row 3, id: is followed by edition 2026");
    told(
        &broken_second("clause_map.csv", "P2-R1,", "P2-R2,"),
        "clause_map.csv, row 4, id: \"P2-R2\" stands already in row 3",
    );
}

#[test]
fn a_broken_register_of_laws_is_told_with_its_row() {
    told(
        &broken("laws.csv", ",icma-2018,", ",icma-2019,"),
        "row 2, successors: \"icma-2019\" does not stand in laws.csv",
    );
    told(&broken("laws.csv", ",replaced,icma-2018,", ",in-force,icma-2018,"), "row 2, successors: what is replaced");
    told(&broken("laws.csv", ",2006,replaced", ",2026,replaced"), "the one that came later the greater");
    told(&broken("laws.csv", ",P5-L1,", ",P5-L9,"), "row 2, clauses: \"P5-L9\" does not stand in clauses.csv");
    told(&broken("laws.csv", "csa-2010,", "ICMA-2006,"), "row 4, id: \"ICMA-2006\" stands already in row 2");
    told(&broken("laws.csv", "title_dz", "title_fr"), "row 1, title_fr: \"fr\" is not a language");
    let pack = bhutan();
    for law in ["P5-L1", "P5-L2", "P5-L3", "P5-L4", "P5-L5", "P5-I1", "P5-I2", "P5-I3"] {
        assert!(pack.laws().iter().any(|l| l.clauses.iter().any(|c| c == law)), "{law} rests on nothing");
    }
}

#[test]
fn two_editions_are_compared_word_by_word() {
    let pack = second();
    let line = redline(&pack, "2026", "en").expect("two editions");
    let row = |id: &str| line.rows.iter().find(|r| r.new == id).expect("a row");
    let plan = row("N-AP1");
    assert_eq!((plan.fate, plan.old.as_slice(), plan.carries), (Fate::Changed, &["P6.2-AP1"][..], true));
    assert!(plan.words.contains(&Change::Came("It is public. ".into())), "{:?}", plan.words);
    assert_eq!((row("N-AM7").fate, row("N-AM7").carries), (Fate::Changed, false));
    assert_eq!(row("N-X1").fate, Fate::New);
    assert_eq!(line.rows.iter().filter(|r| r.fate == Fate::Dropped).count(), 173);
    assert_eq!(pack.carried("N-AP1"), ["N-AP1", "P6.2-AP1"]);
    assert_eq!(pack.carried("N-AM7"), ["N-AM7"]);
    assert!(redline(&pack, "2016", "en").is_none() && redline(&bhutan(), "2016", "en").is_none());
}

/// A program with the second edition, as if the first had been there before.
async fn later() -> (TestApp, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in two_editions() {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let app = TestApp::with_settings(&[("pack", &dir.path().to_string_lossy())]).await;
    let tx = app.cx.begin("test").await.unwrap();
    store::take_in(&tx, "2016", true, app.cx.now()).await.unwrap();
    app.cx.commit(tx).await.unwrap();
    (app, dir)
}

#[tokio::test]
async fn a_new_edition_is_taken_in_told_compared_and_adopted() {
    let (app, _pack) = later().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    app.person("Karma", Some(agency), &[Role::Lead]).await;
    let oversight = app.person("Namgay", None, &[Role::Oversight]).await;
    app.sweep().await;
    let told = app.mails();
    let mail = told.iter().find(|m| m.contains("karma@example.bt") && m.contains("2026")).expect("a mail to the lead");
    assert!(mail.contains("/policy/editions/2026"), "{mail}");
    assert!(!told.iter().any(|m| m.contains("policy/editions/2016")), "what was there is no news");
    let cookie = app.sign_in("karma@example.bt").await;
    let desk = app.browse(&cookie, "/desk?lang=en").await.expect(200).body;
    assert!(desk.contains("href=\"/policy/editions/2026\""));
    let page = app.get("/policy/editions/2026?lang=en").await.expect(200).body;
    for part in ["<ins>", "<del>", "put in: </span>It is public.", "taken out: </span>", "to be looked at anew"] {
        assert!(page.contains(part), "{part}");
    }
    let page = app.get("/policy?lang=en").await.expect(200).body;
    assert!(page.contains("id=\"N-AP1\"><span id=\"P6.2-AP1\">"), "old links lead to the clause in its place");
    let changes = app.get("/api/v1/policy/editions/2026/changes").await.expect(200).json();
    assert_eq!(changes["clauses"][0]["words"].as_array().map(|w| !w.is_empty()), Some(true));
    app.get("/policy/editions/2016").await.expect(404);
    let adopt = "/api/v1/policy/editions/2026/adoption";
    app.api(Some(&oversight), Method::POST, adopt, json!({"order_ref": " "})).await.expect(422);
    let adopted = app.api(Some(&oversight), Method::POST, adopt, json!({"order_ref": "Cabinet decision 7"})).await;
    assert!(adopted.expect(200).json()["recorded_at"].is_string());
    app.api(Some(&oversight), Method::POST, adopt, json!({"order_ref": "again"})).await.expect(409);
    let facts = app.api(Some(&oversight), Method::GET, "/api/v1/facts?kind=policy.edition-adopted", Value::Null).await;
    assert_eq!(facts.expect(200).json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_review_that_was_held_sets_the_clock_anew() {
    let app = TestApp::new().await;
    let oversight = app.person("Namgay", None, &[Role::Oversight]).await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    app.drain().await;
    let clock = async || app.get("/api/v1/policy").await.expect(200).json()["review"].clone();
    assert_eq!(clock().await["overdue_since"], "2026-01-12");
    let new = json!({"scope": "Every clause, with what agencies and the public say."});
    app.api(Some(&lead), Method::POST, "/api/v1/policy/reviews", new.clone()).await.expect(403);
    let open = app.api(Some(&oversight), Method::POST, "/api/v1/policy/reviews", new.clone()).await.expect(201).json();
    app.api(Some(&oversight), Method::POST, "/api/v1/policy/reviews", new).await.expect(409);
    assert_eq!(clock().await["overdue"], true, "opened is not held");
    let close = format!("/api/v1/policy/reviews/{}/closure", open["id"].as_str().unwrap());
    app.api(Some(&oversight), Method::POST, &close, json!({"outcome": "shrug", "result": ""})).await.expect(422);
    let result = json!({"outcome": "revise", "result": "Platforms have changed; a new edition follows."});
    app.api(Some(&oversight), Method::POST, &close, result.clone()).await.expect(200);
    app.api(Some(&oversight), Method::POST, &close, result).await.expect(409);
    let now = clock().await;
    assert_eq!((&now["overdue"], &now["due_on"]), (&json!(false), &json!("2028-11-24")));
    let cookie = app.sign_in("namgay@example.bt").await;
    let page = app.browse(&cookie, "/policy/reviews?lang=en").await.expect(200).body;
    assert!(page.contains("Platforms have changed") && page.contains("24 November 2028"), "{page}");
    let form = [("scope", "The next one.")];
    let sent = app.submit(&cookie, "/policy/reviews", "/policy/reviews", &form).await.expect(303);
    assert_eq!(sent.location(), "/policy/reviews");
    assert!(reviewing::in_force(&app.cx).await.unwrap().unwrap().reviews_held_on.len() == 1);
    app.drain().await;
}
