use super::reading::kind_key;
use crate::people::Role;
use crate::posts::{self, Draft, Target};
use crate::testkit::{Person, TestApp};
use crate::{agencies, ledger};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ground::words::Lang;
use serde_json::{Value, json};

struct Archive {
    app: TestApp,
    agency: i64,
    other: i64,
    author: Person,
    records: Person,
    oversight: Person,
    post: i64,
}

/// An approved post in one agency, an account in another; somebody who reads the records of the first.
async fn archive() -> Archive {
    let app = TestApp::new().await;
    let agency = agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let other = agencies::by_code(app.cx.db(), "BT-23").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let records = app.person("Sonam Tobgay", Some(agency), &[Role::Records]).await;
    let oversight = app.person("Namgay Wangmo", None, &[Role::Oversight]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let (a, l) = (
        app.person("Deki Om", Some(other), &[Role::Author]).await,
        app.person("Jigme Norbu", Some(other), &[Role::Lead]).await,
    );
    app.live_site(other, &a, &l).await;
    let targets = vec![Target { account: site, variant: String::new() }];
    let draft = Draft {
        text_en: "Free flu vaccination".into(), text_dz: "སྨན་ཁབ།".into(), targets, ..Draft::default()
    };
    let post = posts::draft(&author.cx, agency, &draft).await.unwrap().id;
    posts::submit(&author.cx, post, 1).await.unwrap();
    posts::approve(&approver.cx, post, 1).await.unwrap();
    app.sweep().await;
    ledger::integrate(&app.cx).await.unwrap();
    Archive { app, agency, other, author, records, oversight, post }
}

impl Archive {
    async fn get(&self, who: &Person, path: &str) -> crate::testkit::Answer {
        self.app.api(Some(who), Method::GET, path, Value::Null).await
    }
}

#[tokio::test]
async fn facts_are_listed_by_kind_and_subject_and_paged() {
    let x = archive().await;
    let list = x.get(&x.records, "/api/v1/facts?kind=post.approved").await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["subject"], json!(format!("post:{}", x.post)));
    assert_eq!(items[0]["agency"], json!(x.agency.to_string()));
    assert_eq!(items[0]["body"]["post"], json!(x.post.to_string()));
    assert!(items[0]["log_index"].is_i64() && items[0]["body"]["content_hash"].is_string());
    let story = x.get(&x.records, &format!("/api/v1/facts?subject=post:{}", x.post)).await.expect(200).json();
    let kinds: Vec<&str> = story["items"].as_array().unwrap().iter().map(|f| f["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["delivery.sent", "post.approved", "post.submitted", "post.drafted"]);

    let (mut seen, mut path) = (vec![], "/api/v1/facts?limit=3".to_owned());
    loop {
        let page = x.get(&x.records, &path).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/facts?limit=3&after={next}");
    }
    let whole = x.get(&x.records, "/api/v1/facts?limit=200").await.json();
    let whole: Vec<&str> = whole["items"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(seen, whole);
    assert!(whole.len() > 9);
}

#[tokio::test]
async fn nobody_reads_the_records_of_others() {
    let x = archive().await;
    x.get(&x.author, "/api/v1/facts").await.expect(403);
    x.app.api(None, Method::GET, "/api/v1/facts", Value::Null).await.expect(401);
    x.get(&x.records, &format!("/api/v1/facts?agency={}", x.other)).await.expect(403);
    x.get(&x.records, "/api/v1/facts?agency=x").await.expect(400);
    let all = x.get(&x.records, "/api/v1/facts?limit=200").await.json();
    let own = json!(x.agency.to_string());
    assert!(all["items"].as_array().unwrap().iter().all(|f| f["agency"] == own));
    let theirs = x.get(&x.oversight, &format!("/api/v1/facts?agency={}", x.other)).await.expect(200).json();
    let id = theirs["items"][0]["id"].as_str().unwrap();
    x.get(&x.oversight, &format!("/api/v1/facts/{id}")).await.expect(200);
    x.get(&x.records, &format!("/api/v1/facts/{id}")).await.expect(403);
    x.get(&x.records, &format!("/api/v1/facts/{id}/proof")).await.expect(403);
    x.get(&x.records, "/api/v1/facts/12345").await.expect(403);
}

#[tokio::test]
async fn sign_ins_are_for_oversight() {
    let x = archive().await;
    x.app.sign_in("pema.lhamo@example.bt").await;
    let count = async |who: &Person| {
        let list = x.get(who, "/api/v1/facts?kind=person.signed-in").await.expect(200).json();
        list["items"].as_array().unwrap().clone()
    };
    assert_eq!(count(&x.records).await.len(), 0);
    let seen = count(&x.oversight).await;
    assert_eq!(seen.len(), 1);
    x.get(&x.records, &format!("/api/v1/facts/{}", seen[0]["id"].as_str().unwrap())).await.expect(403);
    // It waits for the log: its proof comes later.
    let path = format!("/api/v1/facts/{}/proof", seen[0]["id"].as_str().unwrap());
    x.get(&x.oversight, &path).await.expect(409);
    ledger::integrate(&x.app.cx).await.unwrap();
    x.get(&x.oversight, &path).await.expect(200);
}

#[tokio::test]
async fn a_proof_opens_what_the_entry_commits_to() {
    let x = archive().await;
    for kind in ["post.approved", "post.drafted"] {
        let list = x.get(&x.records, &format!("/api/v1/facts?kind={kind}")).await.json();
        let fact = &list["items"][0];
        let path = format!("/api/v1/facts/{}/proof", fact["id"].as_str().unwrap());
        let proof = x.get(&x.records, &path).await.expect(200).json();
        let entry: Value = serde_json::from_str(proof["entry"].as_str().unwrap()).unwrap();
        assert_eq!(proof["index"], fact["log_index"]);
        let public = x.app.get(&format!("/log/entry/{}", proof["index"])).await.expect(200).body;
        assert_eq!(public, proof["entry"].as_str().unwrap());
        assert_eq!(x.app.get(&format!("/log/proof/{}", proof["index"])).await.body, proof["proof"].as_str().unwrap());
        for o in proof["openings"].as_array().unwrap() {
            let text = |name: &str| o[name].as_str().unwrap();
            let salt = STANDARD.decode(text("salt")).unwrap();
            let parts = [text("domain").as_bytes(), b"\0", text("value").as_bytes()];
            let made = STANDARD.encode(ground::crypto::hmac_sha256(&salt, &parts));
            let said = if text("field") == "sealed" { &entry["c"] } else { &entry["c"][text("field")] };
            assert_eq!(*said, json!(made));
        }
        assert_eq!(proof["openings"].as_array().unwrap().len(), if kind == "post.approved" { 2 } else { 1 });
    }
}

#[tokio::test]
async fn the_page_tells_who_what_and_about_what_in_both_languages() {
    let x = archive().await;
    let cookie = x.app.sign_in("sonam.tobgay@example.bt").await;
    let page = x.app.browse(&cookie, "/records").await.expect(200).body;
    let post = format!("/posts/{}", x.post);
    let told = |word: &str| format!("<th scope=\"row\">{word}");
    let (approved, published) = (told("Post approved"), told("Published"));
    for part in [&approved, "Dorji Wangchuk", &post, "/log/proof/", &published, ">sealed<", "/records.csv?"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("Deki Om"));
    let story = x.app.browse(&cookie, &format!("/records?subject=post:{}", x.post)).await.expect(200).body;
    assert!(story.contains("The story of Post Free flu vaccination") && !story.contains(&told("Plan approved")));
    // Another agency's account is not even called by its name.
    let other = crate::accounts::live_of(x.app.cx.db(), x.other).await.unwrap()[0].id;
    let theirs = x.app.browse(&cookie, &format!("/records?subject=account:{other}")).await.expect(200).body;
    assert!(theirs.contains(&format!("The story of Account {other}")) && !theirs.contains("Our site"));
    let none = x.app.browse(&cookie, "/records?kind=appeal.lodged").await.expect(200).body;
    assert!(none.contains("Nothing was recorded that fits") && none.contains("Show everything"));
    let dz = x.app.browse(&cookie, "/records?lang=dz").await.expect(200).body;
    assert!(dz.contains(&told("བསྐྲུན་རྫས་གནང་བ་གྲུབ།")) && dz.contains("<html lang=\"dz\""));
    let link = format!("/records?subject=post:{}", x.post);
    assert!(x.app.browse(&cookie, &post).await.expect(200).body.contains(&link));
    let author = x.app.sign_in("pema.lhamo@example.bt").await;
    assert!(!x.app.browse(&author, &post).await.expect(200).body.contains(&link));
    x.app.browse(&author, "/records").await.expect(403);
}

#[tokio::test]
async fn the_table_holds_the_same_and_no_formula() {
    let x = archive().await;
    let cookie = x.app.sign_in("sonam.tobgay@example.bt").await;
    let answer = x.app.browse(&cookie, &format!("/records.csv?subject=post:{}", x.post)).await.expect(200);
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert_eq!(answer.headers["cache-control"], "no-store");
    let text = answer.body.strip_prefix('\u{feff}').unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[1][2], &rows[1][7]), ("post.approved", "Dorji Wangchuk"));
    assert!(rows.iter().all(|r| r.iter().all(|c| crate::shell::table::plain(c) == c)));
}

#[tokio::test]
async fn every_fact_has_its_words() {
    let app = TestApp::new().await;
    for kind in app.cx.machine.bus.kinds.keys() {
        for lang in Lang::ALL {
            assert!(app.cx.words().has(lang, &kind_key(kind)), "{} has no word in {}", kind_key(kind), lang.code());
        }
    }
}
