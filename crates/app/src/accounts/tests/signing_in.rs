//! Connecting an account by signing in at its platform: the way there and back through HTTP, with a server that
//! answers as Mastodon does and a small X of the test's own; and everything that is refused.
use crate::accounts::store::keys;
use crate::accounts::{find, seal_apps_anew};
use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};
use connect::mastodon::fake::{FakeMastodon, Ways};
use ground::clock::MINUTE;
use ground::crypto::{Masters, seed_file};
use ground::db::{Run, Sql};
use serde_json::{Value, json};
use tokio::net::TcpListener;

struct House {
    app: TestApp,
    agency: i64,
    author: Person,
    lead: Person,
    server: FakeMastodon,
    account: i64,
    cookie: String,
}

async fn asked_for(who: (&Person, &Person), agency: i64, platform: &str, url: &str) -> i64 {
    let new = crate::accounts::NewAccount {
        agency,
        platform: platform.into(),
        handle: "@roads".into(),
        url: url.into(),
        asking: crate::accounts::Asking {
            purpose: "News".into(),
            scope: "Roads".into(),
            apart: "Another public".into(),
            per_week: 3,
        },
    };
    let account = crate::accounts::request(&who.0.cx, &new).await.unwrap();
    crate::accounts::approve(&who.1.cx, account.id).await.unwrap();
    account.id
}

async fn house() -> House {
    house_with(Ways::default()).await
}

async fn house_with(ways: Ways) -> House {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    app.live_site(agency, &author, &lead).await;
    app.reviewed("mastodon", 90).await;
    let server = FakeMastodon::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let url = format!("http://{}/@roads", server.address);
    let account = asked_for((&author, &lead), agency, "mastodon", &url).await;
    let cookie = app.sign_in("pema@example.bt").await;
    app.drain().await;
    House { app, agency, author, lead, server, account, cookie }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).and_then(|t| t.split(after).next()).unwrap_or_default()
}

/// The link on the page that leads to the platform.
fn way_there(page: &str) -> String {
    let tag = between(page, "id=\"leave\" href=\"", "\"");
    tag.replace("&#38;", "&").replace("&amp;", "&")
}

/// What the browser asks of us when it comes back.
fn here(back: &str) -> String {
    back.strip_prefix("http://drelwa.test").unwrap_or(back).to_owned()
}

impl House {
    fn page(&self) -> String {
        format!("/accounts/{}", self.account)
    }
    fn base(&self) -> String {
        format!("http://{}", self.server.address)
    }
    async fn go(&self) -> Answer {
        let action = format!("{}/sign-in", self.page());
        self.app.submit(&self.cookie, &self.page(), &action, &[("server", &self.base())]).await
    }
    /// Goes there and lets this account of the server agree; the way back.
    async fn agreed(&self, account: &str) -> String {
        let page = self.go().await.expect(200).body;
        here(&self.server.agree(&way_there(&page), account))
    }
    async fn state(&self) -> String {
        find(self.app.cx.db(), self.account).await.unwrap().state
    }
    async fn refusals(&self) -> Vec<String> {
        let sql = Sql::new("SELECT body FROM facts WHERE kind = 'account.sign-in-refused' ORDER BY id", vec![]);
        let rows = self.app.cx.db().rows(sql).await.unwrap();
        let why = |body: String| serde_json::from_str::<Value>(&body).unwrap()["why"].as_str().unwrap().to_owned();
        rows.iter().map(|row| why(row.get("body").unwrap())).collect()
    }
}

#[tokio::test]
async fn an_officer_signs_in_at_the_platform_and_the_account_is_live() {
    let h = house().await;
    let shown = h.app.browse(&h.cookie, &h.page()).await.expect(200).body;
    assert!(shown.contains("Connect it by signing in at Mastodon") && shown.contains(&h.base()), "{shown}");
    let action = format!("{}/sign-in", h.page());
    assert!(h.app.submit(&h.cookie, &h.page(), &action, &[]).await.expect(422).body.contains("server-err"));
    let leaving = h.go().await.expect(200);
    assert_eq!(leaving.headers["cache-control"], "no-store");
    let there = way_there(&leaving.body);
    let asked: std::collections::BTreeMap<String, String> =
        url::Url::parse(&there).unwrap().query_pairs().into_owned().collect();
    assert!(there.starts_with(&format!("{}/oauth/authorize?", h.base())), "{there}");
    assert_eq!(asked["redirect_uri"], "http://drelwa.test/accounts/callback");
    assert_eq!((asked["code_challenge_method"].as_str(), asked["state"].len()), ("S256", 43));
    // Neither the state nor the verifier lies in the open.
    let lies = Sql::new("SELECT state_digest, verifier FROM account_sign_ins", vec![]);
    let row = h.app.cx.db().one(lies).await.unwrap();
    assert_ne!(row.get::<String>("state_digest").unwrap(), asked["state"]);
    assert!(row.get::<Vec<u8>>("verifier").unwrap().len() > 43);
    let back = here(&h.server.agree(&there, "7"));
    assert_eq!(h.app.browse(&h.cookie, &back).await.expect(303).location(), h.page());
    let account = find(h.app.cx.db(), h.account).await.unwrap();
    assert_eq!((account.state.as_str(), account.remote_id.as_str()), ("live", "7"));
    assert_eq!(account.base_url, h.base());
    let access = crate::accounts::access(&h.app.cx, &account).await.unwrap();
    assert!(access.secret.reveal().starts_with("7:given-for-code-1"));
    let sealed = keys::sealed(h.app.cx.db(), h.account).await.unwrap().unwrap();
    assert!(sealed.refresh.is_none() && sealed.secret_until.is_none(), "it has no end");
    // The program introduced itself once, and a second sign-in takes that app.
    h.agreed("7").await;
    assert_eq!(h.server.apps(), 1);
    let shown = h.app.browse(&h.cookie, &format!("{}?lang=dz", h.page())).await.expect(200).body;
    assert!(!shown.contains("given-for"), "the key is not shown");
    h.app.drain().await;
    assert!(h.refusals().await.is_empty());
}

#[tokio::test]
async fn what_comes_back_counts_once_in_time_and_where_it_was_asked() {
    let h = house().await;
    // Nobody was sent with this.
    for strange in ["/accounts/callback", "/accounts/callback?code=x&state=nobodys", "/accounts/callback?state=&code=x"]
    {
        let page = h.app.browse(&h.cookie, strange).await.expect(400).body;
        assert!(page.contains("Nobody was sent") && page.contains("href=\"/accounts\""), "{strange}: {page}");
    }
    let back = h.agreed("7").await;
    // Not signed in, in another session of the same person, and somebody else of the agency: it stays whole for who
    // asked.
    assert!(h.app.get(&back).await.expect(400).body.contains("You are not signed in here any more"));
    let elsewhere = h.app.sign_in("pema@example.bt").await;
    assert!(h.app.browse(&elsewhere, &back).await.expect(400).body.contains("Somebody else was sent"));
    let other = h.app.sign_in("karma@example.bt").await;
    let page = h.app.browse(&other, &back).await.expect(400).body;
    assert!(page.contains("Somebody else was sent") && page.contains("href=\"/accounts\""), "{page}");
    assert_eq!(h.refusals().await, ["another-session", "another-person"]);
    assert_eq!(h.state().await, "approved");
    h.app.browse(&h.cookie, &back).await.expect(303);
    assert_eq!(h.state().await, "live");
    let twice = h.app.browse(&h.cookie, &back).await.expect(422).body;
    assert!(twice.contains("used already") && twice.contains("Go to Mastodon"), "with a way on");
    let late = h.agreed("7").await;
    h.app.advance(10 * MINUTE);
    assert!(h.app.browse(&h.cookie, &late).await.expect(422).body.contains("longer than ten minutes"));
    // What lies about is forgotten.
    h.app.advance(25 * 60 * MINUTE);
    let cookie = h.app.sign_in("pema@example.bt").await;
    let action = format!("{}/sign-in", h.page());
    h.app.submit(&cookie, &h.page(), &action, &[("server", &h.base())]).await.expect(200);
    let count = Sql::new("SELECT count(*) AS n FROM account_sign_ins", vec![]);
    assert_eq!(h.app.cx.db().one(count).await.unwrap().get::<i64>("n").unwrap(), 1);
    h.app.drain().await;
}

/// RFC 9207: a server that sends a browser back says who it is, and one that announced it always does.
#[tokio::test]
async fn another_server_than_the_one_that_was_asked_connects_nothing() {
    let h = house_with(Ways { names: true, ..Ways::default() }).await;
    let back = h.agreed("7").await;
    let (rest, own) = back.split_once("&iss=").unwrap();
    for (foreign, what) in [
        (format!("{rest}&iss=https%3A%2F%2Fevil.example%2F"), "another name"),
        (format!("{rest}&iss={}.evil.example", own.trim_end_matches("%2F")), "a name that begins alike"),
        (format!("{rest}&iss="), "no name"),
        (rest.to_owned(), "nothing, where it was announced"),
        (rest.replace("code=", "error=access_denied&x="), "an error that nobody signed"),
    ] {
        let page = h.app.browse(&h.cookie, &foreign).await.expect(400).body;
        assert!(page.contains("Another server") && page.contains("href=\"/accounts\""), "{what}: {page}");
    }
    assert_eq!(h.refusals().await, ["another-server"; 5]);
    assert_eq!(h.state().await, "approved");
    // It stays whole for the answer that is the server's own.
    h.app.browse(&h.cookie, &back).await.expect(303);
    assert_eq!(h.state().await, "live");
    // Whoever announced nothing is not missed, and believed when it speaks.
    let h = house().await;
    let page = h.app.browse(&h.cookie, &format!("{}&iss=https://evil.example", h.agreed("7").await)).await;
    assert!(page.expect(400).body.contains("Another server"));
    let own = url::form_urlencoded::byte_serialize(h.base().as_bytes()).collect::<String>();
    h.app.browse(&h.cookie, &format!("{}&iss={own}", h.agreed("7").await)).await.expect(303);
    h.app.drain().await;
}

#[tokio::test]
async fn who_does_not_permit_it_or_signs_in_as_somebody_else_connects_nothing() {
    let h = house().await;
    let state = async || {
        let there = way_there(&h.go().await.expect(200).body);
        let url = url::Url::parse(&there).unwrap();
        url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    };
    let come = async |more: &str| {
        let path = format!("/accounts/callback?state={}{more}", state().await);
        h.app.browse(&h.cookie, &path).await.expect(422).body
    };
    assert!(come("&error=access_denied&error_description=No").await.contains("it was not permitted"));
    assert!(come("&error=user_cancelled_login").await.contains("it was not permitted"));
    assert!(come("&error=invalid_scope").await.contains("(invalid_scope)"));
    // What is in the address is not taken for the platform's word.
    let odd = come("&error=%3Cb%3ECall+us%3C%2Fb%3E").await;
    assert!(!odd.contains("Call us"), "{odd}");
    assert!(come("").await.contains("without what is needed"));
    assert_eq!(h.refusals().await, ["denied", "denied", "failed", "failed", "failed"]);
    assert!(come("&code=made-up").await.contains("gives no key"));
    // Pema's own account of the server, which is not the one that was approved.
    let back = h.agreed("9").await;
    assert!(h.app.browse(&h.cookie, &back).await.expect(422).body.contains("another account"));
    assert_eq!(h.state().await, "approved");
    // A server that forgot the program is introduced to anew.
    let back = h.agreed("7").await;
    h.server.forget_apps();
    assert!(h.app.browse(&h.cookie, &back).await.expect(422).body.contains("does not know the app"));
    let back = h.agreed("7").await;
    h.app.browse(&h.cookie, &back).await.expect(303);
    assert_eq!((h.state().await.as_str(), h.server.apps()), ("live", 1));
    h.app.drain().await;
}

#[tokio::test]
async fn only_whoever_may_connect_the_account_is_sent_and_only_to_addresses_that_may_be_called() {
    let h = house().await;
    let api = format!("/api/v1/accounts/{}/sign-in", h.account);
    let begin = async |who: &Person, body: Value| h.app.api(Some(who), Method::POST, &api, body).await;
    let begun = begin(&h.author, json!({})).await.expect(200).json();
    assert!(begun["url"].as_str().unwrap().starts_with(&h.base()), "the server of its address: {begun}");
    assert_eq!(begun["expires_at"], "2026-11-24T03:40:00Z");
    // A program of theirs asked: any session of theirs will do.
    let back = here(&h.server.agree(begun["url"].as_str().unwrap(), "7"));
    assert!(h.app.browse(&h.app.sign_in("karma@example.bt").await, &back).await.expect(400).body.contains("Somebody"));
    h.app.browse(&h.cookie, &back).await.expect(303);
    for closed in ["http://10.0.0.1", "https://169.254.169.254", "ftp://example.org", "nonsense", "http://example.org"]
    {
        let refused = begin(&h.author, json!({"base_url": closed})).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], "server", "{closed}: {refused}");
    }
    let away = begin(&h.author, json!({"base_url": "http://127.0.0.1:9"})).await.expect(422).json();
    assert_eq!(away["errors"][0]["field"], "sign_in", "{away}");
    let approver = h.app.person("Dorji", Some(h.agency), &[Role::Approver]).await;
    let bt23 = crate::agencies::by_code(h.app.cx.db(), "BT-23").await.unwrap().id;
    let far = h.app.person("Far", Some(bt23), &[Role::Author]).await;
    for who in [&approver, &far] {
        assert!(matches!(begin(who, json!({})).await.status.as_u16(), 403 | 409));
    }
    h.app.api(None, Method::POST, &api, json!({})).await.expect(401);
    let practice = h.app.live_practice(h.agency, "simulator", &h.author, &h.lead).await;
    let path = format!("/api/v1/accounts/{practice}/sign-in");
    let none = h.app.api(Some(&h.author), Method::POST, &path, json!({})).await.expect(409).json();
    assert_eq!(none["refusals"][0]["code"], "no-sign-in");
    let shown = h.app.browse(&h.cookie, &format!("/accounts/{practice}")).await.expect(200).body;
    assert!(!shown.contains("by signing in"));
    // A password is asked for again before, like before a key is typed.
    h.app.advance(20 * MINUTE);
    assert!(h.go().await.expect(422).body.contains("confirm_sign_in"));
    h.app.drain().await;
}

/// An X of the test's own: gives a key for one code, and tells whose it is.
async fn small_x() -> String {
    let token = async |headers: axum::http::HeaderMap, body: String| {
        use base64::Engine;
        let basic = base64::engine::general_purpose::STANDARD.encode("app-of-bhutan:s3same");
        let known = headers.get("authorization").is_some_and(|v| v == format!("Basic {basic}").as_str());
        if !known || !body.contains("code=good") || !body.contains("code_verifier=") {
            return (axum::http::StatusCode::BAD_REQUEST, axum::Json(json!({"error": "invalid_request"})));
        }
        let scope = "tweet.read tweet.write users.read media.write tweet.moderate.write offline.access";
        let key = json!({"access_token": "key-of-x", "refresh_token": "next-of-x", "expires_in": 7200, "scope": scope});
        (axum::http::StatusCode::OK, axum::Json(key))
    };
    let me = async || axum::Json(json!({"data": {"id": "7", "username": "roads", "name": "Roads"}}));
    let router = Router::new().route("/2/oauth2/token", post(token)).route("/2/users/me", get(me));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

#[tokio::test]
async fn an_app_that_an_administrator_entered_gives_a_key_that_is_renewed_and_survives_a_change_of_keys() {
    let h = house().await;
    h.app.reviewed("x", 90).await;
    let account = asked_for((&h.author, &h.lead), h.agency, "x", "https://x.com/roads").await;
    let page = format!("/accounts/{account}");
    let shown = h.app.browse(&h.cookie, &page).await.expect(200).body;
    assert!(shown.contains("does not know this program yet") && !shown.contains(&format!("{page}/sign-in")), "{shown}");
    let base = small_x().await;
    let path = format!("/api/v1/accounts/{account}/sign-in");
    let begin = async || h.app.api(Some(&h.author), Method::POST, &path, json!({"base_url": base})).await;
    assert!(begin().await.expect(422).body.contains("Nobody has entered"));
    let admin = h.app.person("Namgay", None, &[Role::Administrator]).await;
    let body = json!({"platform": "x", "server": base, "client_id": "app-of-bhutan", "client_secret": "s3same"});
    let set = h.app.api(Some(&admin), Method::PUT, "/api/v1/account-apps", body).await.expect(200);
    assert!(!set.body.contains("s3same") && set.json()["redirect"] == "http://drelwa.test/accounts/callback");
    // The secret lies sealed, and a change of the master key takes it along.
    let lies = async || {
        let sql = Sql::new("SELECT secret FROM account_apps WHERE platform = 'x'", vec![]);
        h.app.cx.db().one(sql).await.unwrap().get::<Vec<u8>>("secret").unwrap()
    };
    let before = lies().await;
    seed_file(&Masters::next_path(&h.app.cx.machine.config.data.join("master.key"))).unwrap();
    seal_apps_anew(&h.app.cx).await.unwrap();
    let after = lies().await;
    assert!(before != after && ![before, after].iter().any(|s| s.windows(6).any(|w| w == b"s3same")));
    let begun = begin().await.expect(200).json();
    let there = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    assert_eq!((there.host_str(), there.path()), (Some("x.com"), "/i/oauth2/authorize"));
    let state = there.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    h.app.browse(&h.cookie, &format!("/accounts/callback?state={state}&code=good")).await.expect(303);
    let row = keys::sealed(h.app.cx.db(), account).await.unwrap().unwrap();
    assert_eq!(row.secret_until, Some(h.app.cx.now() + 120 * MINUTE));
    let opened = crate::accounts::vault::open(&h.app.cx, account).await.unwrap();
    assert_eq!(opened.secret, "key-of-x");
    assert_eq!(opened.refresh.as_deref(), Some("app-of-bhutan:s3same:next-of-x"), "as the connector keeps it");
    h.app.drain().await;
}
