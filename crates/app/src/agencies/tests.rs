use super::*;
use crate::people::Role;
use crate::policy::Pack;
use crate::testkit::TestApp;
use axum::body::Body;
use axum::http::{Method, Request, header};
use ground::clock::DAY;
use serde_json::Value;

#[tokio::test]
async fn the_register_is_whole_and_loading_again_changes_nothing() {
    let app = TestApp::new().await;
    let pack = app.cx.machine.part::<Pack>().unwrap();
    assert_eq!(load_register(&app.cx, pack).await.unwrap(), 0, "the test kit loaded it already");
    let count = async |kind: &str| {
        let path = format!("/api/v1/agencies?kind={kind}&limit=200");
        let first = app.get(&path).await.expect(200).json();
        let mut n = first["items"].as_array().unwrap().len();
        if let Some(next) = first["next"].as_str() {
            n += app.get(&format!("{path}&after={next}")).await.expect(200).json()["items"].as_array().unwrap().len();
        }
        n
    };
    assert_eq!(count("gewog").await, 205);
    assert_eq!(count("dzongkhag").await, 20);
    assert_eq!(count("thromde").await, 4);
    app.drain().await;
}

#[tokio::test]
async fn two_gewogs_of_one_name_are_two_agencies() {
    let app = TestApp::new().await;
    let found = app.get("/api/v1/agencies?kind=gewog&q=norbugang").await.expect(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let page = app.get("/agencies?q=norbugang&lang=dz").await.expect(200);
    assert!(page.body.contains("lang=\"dz\""));
    app.get("/agencies?kind=%27%3B--").await.expect(200);
    app.drain().await;
}

async fn code_of(app: &TestApp, code: &str) -> Agency {
    by_code(app.cx.db(), code).await.unwrap()
}

fn act(kind: &str, from: &[&str], to: &[&str], heir: &str, on: &str) -> serde_json::Value {
    serde_json::json!({"kind": kind, "from": from, "to": to, "heir": heir, "effective_on": on,
        "reason": "The reform of the civil service.", "order_ref": "Civil Service Reform Act of Bhutan 2022"})
}

const ACTS: &str = "/api/v1/agencies/reorganisations";

#[tokio::test]
async fn a_reorganisation_takes_effect_on_its_day_and_can_be_taken_back_before() {
    let app = TestApp::new().await;
    let admin = app.person("Deki", None, &[Role::Administrator]).await;
    let lead = app.person("Karma", Some(code_of(&app, "MoH").await.id), &[Role::Lead]).await;
    let later = act("merge", &["NSB"], &["MoF"], "", "2026-12-01");
    app.api(Some(&lead), Method::POST, ACTS, later.clone()).await.expect(403);
    let no = app.api(Some(&admin), Method::POST, ACTS, act("split", &["NSB", "XX"], &["MoF"], "", "soon")).await;
    let told = no.expect(422).json().to_string();
    for field in ["\"from\"", "\"to\"", "\"effective_on\""] {
        assert!(told.contains(field), "{told}");
    }
    let ordered = app.api(Some(&admin), Method::POST, ACTS, later.clone()).await.expect(201).json();
    assert_eq!(ordered["state"], "ordered");
    app.api(Some(&admin), Method::POST, ACTS, later.clone()).await.expect(422);
    let back = format!("{ACTS}/{}/revocation", ordered["id"].as_str().unwrap());
    assert_eq!(app.api(Some(&admin), Method::POST, &back, Value::Null).await.expect(200).json()["state"], "revoked");
    app.api(Some(&admin), Method::POST, &back, Value::Null).await.expect(409);
    app.api(Some(&admin), Method::POST, ACTS, later).await.expect(201);
    app.sweep().await;
    assert!(code_of(&app, "NSB").await.current, "its day has not come");
    app.advance(8 * DAY);
    app.sweep().await;
    let nsb = code_of(&app, "NSB").await;
    assert_eq!((nsb.current, nsb.valid_until.as_deref()), (false, Some("2026-12-01")));
    let (before, after) =
        (succession(app.cx.db(), "MoF").await.unwrap().0, succession(app.cx.db(), "NSB").await.unwrap().1);
    assert!(before.iter().any(|a| a.code == "NSB") && after.iter().any(|a| a.code == "MoF"));
    // The pack, which knows nothing of it, does not bring it back.
    load_register(&app.cx, app.cx.machine.part::<Pack>().unwrap()).await.unwrap();
    assert_eq!(code_of(&app, "NSB").await, nsb);
    let page = app.get("/agencies/NSB?lang=en").await.expect(200).body;
    assert!(page.contains("no longer exists") && page.contains("Reform Act") && page.contains("/agencies/MoF"));
    assert_eq!(app.get(ACTS).await.expect(200).json()["items"].as_array().unwrap().len(), 2);
    app.drain().await;
}

#[tokio::test]
async fn what_a_later_pack_ends_is_an_act_on_record() {
    let app = TestApp::new().await;
    let files = crate::policy::Source::names().map(|name| {
        let text =
            std::fs::read_to_string(format!("{}/../../packs/bhutan/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let row = text.lines().find(|l| l.starts_with("NSB,")).unwrap_or("-").to_owned();
        let ended = row.replacen(",,,,,", ",,,2026-01-01,MoF,", 1);
        assert!(name != "agencies.csv" || ended != row, "{row}");
        (name.to_owned(), text.replace(&row, &ended).into_bytes())
    });
    let pack = Pack::load(&crate::policy::Source::Files(files.collect())).unwrap();
    load_register(&app.cx, &pack).await.unwrap();
    let (act, heir) = ending(app.cx.db(), code_of(&app, "NSB").await.id).await.unwrap().unwrap();
    assert_eq!((act.ordered_by, act.effective_on.as_str(), heir.code.as_str()), (0, "2026-01-01", "MoF"));
    load_register(&app.cx, &pack).await.unwrap();
    app.drain().await;
}

async fn bring(app: &TestApp, who: &crate::testkit::Person, table: &str) -> crate::testkit::Answer {
    let body =
        format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{table}\r\n--b--\r\n");
    let request = Request::post("/api/v1/agencies/table")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    app.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn agencies_come_in_and_go_out_as_a_table() {
    let app = TestApp::new().await;
    let admin = app.person("Deki", None, &[Role::Administrator]).await;
    let head = "code,kind,name_en,name_dz,parent_code,valid_from,valid_until,successor_codes\n";
    // What goes out comes back in and changes nothing.
    let out = app.get("/agencies.csv").await.expect(200).body;
    let again = bring(&app, &admin, &out).await.expect(200).json();
    assert_eq!((&again["registered"], &again["changed"]), (&Value::from(0), &Value::from(0)), "{again}");
    assert!(again["unchanged"].as_u64().unwrap() > 270);
    // Two of one name are two agencies; a name that a table program would run is words again when it comes back.
    let new = format!("{head}X-1,gewog,Gakiling,,BT-23,,,\nX-2,gewog,\"=HYPERLINK(1)\",,X-1,2020-01-01,,\n");
    assert_eq!(bring(&app, &admin, &new).await.expect(200).json()["registered"], 2);
    let named = app.get("/api/v1/agencies?q=gakiling").await.expect(200).json();
    assert!(named["items"].as_array().unwrap().len() >= 3);
    let out = app.get("/agencies.csv").await.expect(200).body;
    assert!(out.contains("'=HYPERLINK(1)") && !out.contains(",=HYPERLINK"));
    assert_eq!(bring(&app, &admin, &out).await.expect(200).json()["changed"], 0);
    assert_eq!(code_of(&app, "X-2").await.name_en, "=HYPERLINK(1)");
    let right = format!("{head}X-2,gewog,Norbugang,,BT-23,2020-01-01,,\n");
    assert_eq!(bring(&app, &admin, &right).await.expect(200).json()["changed"], 1);
    // One fault, and nothing is done; every row and column is named.
    let bad = format!(
        "{head}X-3,gewog,Good,,,,,\nMoH,ministry,Another name,,,,,\nX-4,kingdom,A,,NOPE,,,\nX-1,gewog,Gakiling,,BT-23,,2026-01-01,\nX-5,gewog,B,,X-5,,,\n"
    );
    let told = bring(&app, &admin, &bad).await.expect(422).json().to_string();
    for place in ["row 3, code", "row 4, kind", "row 4, parent_code", "row 5, valid_until", "row 6, parent_code"] {
        assert!(told.contains(place), "{place}: {told}");
    }
    assert!(by_code(app.cx.db(), "X-3").await.is_err());
    let lead = app.person("Karma", Some(code_of(&app, "MoH").await.id), &[Role::Lead]).await;
    bring(&app, &lead, &new).await.expect(403);
    app.drain().await;
}
