//! What the public asks, says and keeps.
use super::life::{has, house, refused};
use crate::people::Role;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use base64::Engine as _;
use ground::clock::DAY;
use ground::http::openapi::encode_query;
use serde_json::{Value, json};

const FAKE: &str = "https://social.example/@health-bhutan";

async fn verdict(app: &TestApp, url: &str) -> Value {
    app.get(&format!("/api/v1/verify?url={}", encode_query(url))).await.expect(200).json()
}

async fn judge(app: &TestApp, who: &Person, id: &str, decision: &str) -> crate::testkit::Answer {
    let body = json!({"decision": decision, "reason": "The ministry says it is not theirs."});
    app.api(Some(who), Method::POST, &format!("/api/v1/impostor-reports/{id}/decision"), body).await
}

#[tokio::test]
async fn p4_s2_an_impostor_is_shown_to_the_public_only_after_somebody_looked() {
    let h = house(0).await;
    let oversight = h.app.person("Namgay", None, &[Role::Oversight]).await;
    let report = |url: &str| json!({"url": url, "claims": "Asks for fees."});
    let send = async |url: &str| h.app.api(None, Method::POST, "/api/v1/impostor-reports", report(url)).await;
    send("not an address").await.expect(422);
    send("http://drelwa.test/agencies/MoH").await.expect(422);
    send(FAKE).await.expect(204);
    assert_eq!(verdict(&h.app, FAKE).await["status"], "unknown", "nobody has looked");
    send(FAKE).await.expect(204);
    let open =
        h.app.api(Some(&oversight), Method::GET, "/api/v1/impostor-reports", Value::Null).await.expect(200).json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "said twice, kept once");
    h.app.api(Some(&h.lead), Method::GET, "/api/v1/impostor-reports", Value::Null).await.expect(403);
    let id = open["items"][0]["id"].as_str().unwrap();
    judge(&h.app, &h.lead, id, "confirmed").await.expect(403);
    has(&refused(judge(&h.app, &oversight, id, "perhaps").await), "no-decision", "");
    judge(&h.app, &oversight, id, "confirmed").await.expect(200);
    has(&refused(judge(&h.app, &oversight, id, "dismissed").await), "wrong-state", "");
    assert_eq!(verdict(&h.app, "social.example/@Health-Bhutan/").await["status"], "reported-impostor");
    let page = h.app.get(&format!("/verify?lang=en&url={}", encode_query(FAKE))).await.expect(200).body;
    assert!(page.contains("Reported as an impostor") && page.contains("not theirs"), "{page}");
    // Somebody who floods is told to wait; who it was is kept nowhere.
    for n in 0..3 {
        send(&format!("https://social.example/@n{n}")).await.expect(204);
    }
    send("https://social.example/@more").await.expect(429);
    h.app.drain().await;
}

#[tokio::test]
async fn reports_come_in_and_are_decided_through_pages() {
    let app = TestApp::new().await;
    app.person("Namgay", None, &[Role::Oversight]).await;
    app.person("Karma", Some(7), &[Role::Lead]).await;
    let again = app.submit("", "/verify/report", "/verify/report", &[("url", FAKE), ("claims", "")]).await.expect(422);
    assert!(again.body.contains(FAKE));
    let fields = [("url", FAKE), ("claims", "Asks for fees.")];
    let thanks = app.submit("", "/verify/report?lang=en", "/verify/report", &fields).await.expect(200);
    assert!(thanks.body.contains("role=\"status\""));
    let cookie = app.sign_in("namgay@example.bt").await;
    assert!(app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains(FAKE));
    let list = app.browse(&cookie, "/desk/impostors").await.expect(200).body;
    let path = list.split("href=\"/desk/impostors/").nth(1).and_then(|s| s.split('"').next()).unwrap();
    let path = format!("/desk/impostors/{path}");
    let decision = format!("{path}/decision");
    let empty = app.submit(&cookie, &path, &decision, &[("decision", "dismissed"), ("reason", "")]).await.expect(422);
    assert!(empty.body.contains("value=\"dismissed\" selected"));
    app.submit(&cookie, &path, &decision, &[("decision", "dismissed"), ("reason", "A fan page.")]).await.expect(303);
    assert_eq!(verdict(&app, FAKE).await["status"], "unknown");
    for lang in ["en", "dz"] {
        app.browse(&cookie, &format!("{path}?lang={lang}")).await.expect(200);
    }
    let lead = app.sign_in("karma@example.bt").await;
    app.browse(&lead, "/desk/impostors").await.expect(403);
    app.browse(&lead, &path).await.expect(403);
    app.drain().await;
}

#[tokio::test]
async fn a_handle_that_moved_to_a_stranger_is_official_no_longer_and_the_lead_is_told() {
    let h = house(0).await;
    let practice = h.app.live_practice(h.health, "simulator", &h.author, &h.lead).await;
    let url = format!("https://practice.example/@simulator-{}", h.health);
    assert_eq!(verdict(&h.app, &url).await["status"], "official");
    let name = format!("simulator-{}", h.health);
    h.app.practice.move_name(&name, "stranger").unwrap();
    h.app.advance(DAY);
    h.app.sweep().await;
    let told = verdict(&h.app, &url).await;
    assert_eq!(told["status"], "was-official");
    assert!(told["until"].is_string());
    let page = h.app.get(&format!("/verify?lang=en&url={}", encode_query(&url))).await.expect(200).body;
    assert!(page.contains("taken over by somebody else") && !page.contains("✓ Official"), "{page}");
    let cookie = h.app.sign_in("karma@example.bt").await;
    assert!(
        h.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains("its handle belongs to somebody else")
    );
    let one = h.app.browse(&cookie, &format!("/accounts/{practice}?lang=en")).await.expect(200).body;
    assert!(one.contains("This handle belongs to somebody else now"));
    let kept = h.app.get("/register.json").await.expect(200).json();
    let id = json!(practice.to_string());
    let line = kept["accounts"].as_array().unwrap().iter().find(|a| a["id"] == id).unwrap().clone();
    assert_eq!(line["status"], "was-official");
    // An outage says nothing: what was known stays. When it is ours again, the public is told.
    h.app.advance(DAY);
    h.app.practice.set_fault(connect::simulator::SetFault {
        fault: connect::simulator::Fault::Outage,
        account: Some(name.clone()),
        times: 0,
        ms: None,
    });
    h.app.sweep().await;
    assert_eq!(verdict(&h.app, &url).await["status"], "was-official");
    h.app.practice.clear_faults();
    h.app.practice.move_name(&name, &name).unwrap();
    h.app.advance(DAY);
    h.app.sweep().await;
    assert_eq!(verdict(&h.app, &url).await["status"], "official");
    let lead = crate::people::issue_token(&h.app.cx, h.lead.id, "test", DAY).await.unwrap();
    let lead = Person { token: lead, ..h.lead.clone() };
    let path = format!("/api/v1/facts?subject=account:{practice}");
    let facts = h.app.api(Some(&lead), Method::GET, &path, Value::Null).await.expect(200).json();
    let kinds = facts["items"].as_array().unwrap().iter().filter_map(|f| f["kind"].as_str());
    let kinds: Vec<&str> = kinds.filter(|kind| kind.starts_with("account.handle")).collect();
    assert_eq!(kinds, ["account.handle-back", "account.handle-moved"]);
    h.app.drain().await;
}

#[tokio::test]
async fn the_register_is_a_file_anybody_can_check_with_the_key_of_the_log() {
    let h = house(0).await;
    h.app.get("/register.json").await.expect(404);
    h.app.live_practice(h.health, "simulator", &h.author, &h.lead).await;
    h.app.sweep().await;
    let body = h.app.get("/register.json").await.expect(200).body;
    let kept: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(kept["accounts"].as_array().unwrap().len(), 2);
    assert_eq!((&kept["accounts"][0]["agency"], &kept["accounts"][0]["status"]), (&json!("MoH"), &json!("official")));
    let note = h.app.get("/register.json.note").await.expect(200).body;
    let (text, signature) = note.split_once("\n\n").unwrap();
    let b64 = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let digest = text.lines().find_map(|l| l.strip_prefix("sha256 ")).unwrap();
    assert_eq!(b64(digest), ground::crypto::sha256(body.as_bytes()));
    crate::ledger::integrate(&h.app.cx).await.unwrap();
    let vkey = h.app.get("/log/vkey").await.expect(200).body;
    let key: [u8; 32] = b64(vkey.trim().splitn(3, '+').nth(2).unwrap())[1..].try_into().unwrap();
    let signature: [u8; 64] = b64(signature.trim().rsplit(' ').next().unwrap())[4..].try_into().unwrap();
    assert!(ground::crypto::signature_holds(&key, format!("{text}\n").as_bytes(), &signature));
    // Nothing changed: the same file. A day later it is signed anew.
    h.app.sweep().await;
    assert_eq!(h.app.get("/register.json").await.expect(200).body, body);
    h.app.advance(DAY);
    h.app.sweep().await;
    assert_ne!(h.app.get("/register.json").await.expect(200).body, body);
}
