//! Where a platform may call: who may set it, what is shown once, and that a change of keys keeps it.
use crate::accounts::{change_keys, door};
use crate::people::Role;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::crypto::{Masters, seed_file};
use serde_json::{Value, json};

struct House {
    app: TestApp,
    author: Person,
    lead: Person,
    site: i64,
    account: i64,
}

async fn house() -> House {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let account = app.live_practice(agency, "simulator", &author, &lead).await;
    app.drain().await;
    House { app, author, lead, site, account }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).and_then(|t| t.split(after).next()).unwrap_or_default()
}

#[tokio::test]
async fn the_card_shows_the_address_always_and_the_secret_once_in_both_languages() {
    let h = house().await;
    let cookie = h.app.sign_in("pema@example.bt").await;
    let page = format!("/accounts/{}", h.account);
    let action = format!("{page}/hook");
    let before = h.app.browse(&cookie, &page).await.expect(200).body;
    assert!(before.contains("Calls from the platform") && !before.contains("/hooks/"));
    let too_long = "x".repeat(501);
    let again = h.app.submit(&cookie, &page, &action, &[("hook_secret", &too_long)]).await.expect(422).body;
    assert!(again.contains("500 characters") && !again.contains(&too_long), "a secret is not written back");
    let made = h.app.submit(&cookie, &page, &action, &[]).await.expect(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let secret = between(&made.body, "<p class=\"secret\">", "<").to_owned();
    assert_eq!(secret.len(), 32);
    let address = format!("http://drelwa.test/hooks/{}/", h.account);
    for lang in ["en", "dz"] {
        let shown = h.app.browse(&cookie, &format!("{page}?lang={lang}")).await.expect(200).body;
        assert!(shown.contains(&address) && !shown.contains(&secret), "{lang}");
    }
    let shown = h.app.browse(&cookie, &format!("{page}?lang=en")).await.body;
    assert!(shown.contains("It has not called yet."));
    let path = format!("/hooks/{}/{}", h.account, between(&shown, &address, "<"));
    h.app.send(axum::http::Request::post(&path).body(axum::body::Body::from("{}")).unwrap()).await.expect(403);
    assert!(h.app.browse(&cookie, &page).await.body.contains("not signed with this secret"));
    h.app.submit(&cookie, &page, &format!("{action}/removal"), &[]).await.expect(303);
    assert!(!h.app.browse(&cookie, &page).await.body.contains("/hooks/"));
    h.app.drain().await;
    let facts = ["account.hook-set", "account.hook-removed"];
    for kind in facts {
        let sql = ground::db::Sql::new("SELECT body FROM facts WHERE kind = $1", vec![kind.into()]);
        let rows = ground::db::Run::rows(h.app.cx.db(), sql).await.unwrap();
        let body: String = rows[0].get("body").unwrap();
        assert!(rows.len() == 1 && !body.contains(&secret), "{kind}: {body}");
    }
}

#[tokio::test]
async fn only_whoever_may_connect_the_account_sees_and_sets_it_and_only_where_the_platform_calls() {
    let h = house().await;
    let api = |account: i64| format!("/api/v1/accounts/{account}/hook");
    let body = json!({"hook_secret": "of the vendor's"});
    let set = async |who: &Person, account: i64| h.app.api(Some(who), Method::PUT, &api(account), body.clone()).await;
    let agreed = set(&h.author, h.account).await.expect(200).json();
    assert_eq!(agreed["secret"], "of the vendor's");
    let site = set(&h.author, h.site).await.expect(409).json();
    assert_eq!(site["refusals"][0]["code"], "no-calls");
    let far = h
        .app
        .person("Far", Some(crate::agencies::by_code(h.app.cx.db(), "BT-23").await.unwrap().id), &[Role::Author])
        .await;
    let approver = h.app.person("Dorji", Some(h.agency().await), &[Role::Approver]).await;
    for who in [&far, &approver] {
        let seen = h.app.api(Some(who), Method::GET, &api(h.account), Value::Null).await;
        assert!(matches!(seen.status.as_u16(), 403 | 409), "{}", seen.body);
        assert!(matches!(set(who, h.account).await.status.as_u16(), 403 | 409));
    }
    let cookie = h.app.sign_in("dorji@example.bt").await;
    let shown = h.app.browse(&cookie, &format!("/accounts/{}", h.account)).await.expect(200).body;
    assert!(!shown.contains("/hooks/") && !shown.contains("Calls from the platform"));
    h.app.api(None, Method::GET, &api(h.account), Value::Null).await.expect(401);
    let closing = crate::accounts::Closing { reason: "over".into(), ..Default::default() };
    crate::accounts::close(&h.lead.cx, h.account, &closing).await.unwrap();
    assert_eq!(set(&h.author, h.account).await.expect(409).json()["refusals"][0]["code"], "wrong-state");
    h.app.drain().await;
}

impl House {
    async fn agency(&self) -> i64 {
        crate::accounts::find(self.app.cx.db(), self.account).await.unwrap().agency_id
    }
}

#[tokio::test]
async fn a_change_of_keys_keeps_the_secret_sealed_anew() {
    let h = house().await;
    let path = format!("/api/v1/accounts/{}/hook", h.account);
    let agreed = h.app.api(Some(&h.author), Method::PUT, &path, json!({})).await.expect(200).json();
    let name = agreed["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let open = async || {
        let door = door(&h.app.cx, h.account, &name).await.unwrap().unwrap();
        door.secret.reveal().to_owned()
    };
    let lies = async || {
        let sql = ground::db::Sql::new("SELECT secret FROM account_hooks", vec![]);
        ground::db::Run::one(h.app.cx.db(), sql).await.unwrap().get::<Vec<u8>>("secret").unwrap()
    };
    let (secret, sealed) = (open().await, lies().await);
    assert_eq!(secret, agreed["secret"].as_str().unwrap());
    assert!(!sealed.windows(secret.len()).any(|w| w == secret.as_bytes()), "not in the open");
    seed_file(&Masters::next_path(&h.app.cx.machine.config.data.join("master.key"))).unwrap();
    assert_eq!(change_keys(&h.app.cx, 10).await.unwrap(), 1);
    assert_eq!(open().await, secret);
    assert_ne!(lies().await, sealed);
    h.app.drain().await;
}
