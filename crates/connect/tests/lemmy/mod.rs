//! What the tests against a real Lemmy share: who speaks, and how the server itself is asked, past the connector.
use connect::lemmy::Lemmy;
use connect::*;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy, Method, Request};
use serde_json::{Value, json};

mod relay;
pub use relay::losing;

pub fn given(name: &str) -> String {
    ground::config::Config::environment(name).unwrap_or_else(|| panic!("{name} is not set"))
}

pub fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

pub fn access(key: &str) -> Access {
    Access {
        base_url: given("DRELWA_TEST_LEMMY_URL"),
        secret: Secret::new(key),
        remote_account_id: String::new(),
        handle: given("DRELWA_TEST_LEMMY_COMMUNITY"),
    }
}

pub async fn speaker(key: &str) -> (Lemmy, Access) {
    let mut to = access(key);
    let lemmy = Lemmy::new(fetch(), Clock::system());
    let me = lemmy.whoami(&to).await.unwrap();
    assert!(me.handle == to.handle && !me.name.is_empty() && me.url.is_some(), "{me:?}");
    assert_eq!(lemmy.resolve(&to, &me.handle).await, Ok(Some(me.account_id.clone())));
    to.remote_account_id = me.account_id;
    (lemmy, to)
}

pub async fn agency() -> (Lemmy, Access) {
    speaker(&given("DRELWA_TEST_LEMMY_KEY")).await
}

/// Asks the server itself, past the connector; a token of "" is nobody's.
pub async fn call(token: &str, method: Method, path: &str, mut body: Value) -> (u16, Value) {
    let mut url = format!("{}/api/v3{path}", given("DRELWA_TEST_LEMMY_URL").trim_end_matches('/'));
    let reads = method == Method::GET;
    match (token, reads) {
        ("", _) => {}
        (_, true) => url.push_str(&format!("{}auth={token}", if path.contains('?') { "&" } else { "?" })),
        _ => body["auth"] = json!(token),
    }
    let request = Request::new(method, url);
    let answer = fetch().send(if reads { request } else { request.json(&body) }).await.unwrap();
    (answer.status, answer.json().unwrap_or_default())
}

pub async fn good(token: &str, method: Method, path: &str, body: Value) -> Value {
    let (status, answer) = call(token, method, path, body).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

pub async fn token(key: &str) -> String {
    let (name, password) = key.split_once(':').unwrap();
    let body = json!({"username_or_email": name, "password": password});
    good("", Method::POST, "/user/login", body).await["jwt"].as_str().unwrap().to_owned()
}

pub fn number(id: &str) -> u64 {
    id[1..].parse().unwrap()
}

/// What everybody sees of a post or a comment.
pub async fn seen(id: &str) -> Value {
    let what = if id.starts_with('p') { "post" } else { "comment" };
    let answer = good("", Method::GET, &format!("/{what}?id={}", number(id)), Value::Null).await;
    answer[format!("{what}_view")].clone()
}

/// Comments as people's programs do.
pub async fn comment(token: &str, to: &str, text: &str) -> String {
    let body = match seen(to).await {
        view if to.starts_with('c') => {
            json!({"post_id": view["comment"]["post_id"], "parent_id": number(to), "content": text})
        }
        _ => json!({"post_id": number(to), "content": text}),
    };
    let made = good(token, Method::POST, "/comment", body).await;
    format!("c{}", made["comment_view"]["comment"]["id"])
}

pub fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

pub fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

pub async fn ready(lemmy: &Lemmy, to: &Access, text: &str) -> Prepared {
    lemmy.prepare(to, &post(text)).await.unwrap()
}

pub async fn publish(lemmy: &Lemmy, to: &Access, post: &Post) -> String {
    let prepared = lemmy.prepare(to, post).await.unwrap();
    match lemmy.attempt(to, &prepared, "unused").await {
        Verdict::Accepted { remote_id, url } => {
            assert!(url.is_some_and(|u| u.starts_with(&to.base_url)));
            remote_id
        }
        other => panic!("{other:?}"),
    }
}

pub async fn find(lemmy: &Lemmy, to: &Access, prepared: &Prepared, since_us: i64) -> Found {
    let (fingerprint, container) = (fingerprint(&prepared.text), prepared.container.clone());
    lemmy.find(to, &Sought { key: "unused".into(), fingerprint, container, since_us }).await
}

pub fn accepted(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
}

pub fn refused(verdict: Verdict) -> String {
    match verdict {
        Verdict::Rejected { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// An account of this name that nobody has yet; gives its key and a session.
pub async fn newcomer(name: &str) -> (String, String) {
    let name = format!("{name}{}", Clock::system().now() % 1_000_000_000);
    let password = "only for this test";
    let body = json!({"username": name, "password": password, "password_verify": password, "show_nsfw": false});
    let answer = good("", Method::POST, "/user/register", body).await;
    (format!("{name}:{password}"), answer["jwt"].as_str().unwrap().to_owned())
}

/// The words of a feed, whose texts are pages within XML.
pub fn people_read(feed: &str) -> String {
    let unescape = |text: &str| {
        let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
        signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
    };
    let mut out = String::new();
    for text in feed.split("<![CDATA[").skip(1).filter_map(|t| t.split("]]>").next()) {
        for (n, part) in text.split('<').enumerate() {
            out.push_str(if n == 0 { part } else { part.split_once('>').map_or("", |(_, words)| words) });
        }
    }
    unescape(&out)
}
