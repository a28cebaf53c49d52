//! A server of our own that answers as X's API v2 does, for tests without a network: paths, fields, limits and problems as
//! in X's schemas, and the sentences it is known to refuse with. It refuses whatever is not in them.
mod shown;
mod uploads;

use crate::Count;
use crate::fake::{Caller, Manners, Stage, bearer};
use crate::fake_permits::{Permits, form};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ground::clock::Clock;
use serde_json::{Value, json};
use shown::{missing, page, problem, shown, user};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use uploads::Upload;

pub const TOKEN: &str = "YWNjZXNzLXRva2Vu";
/// Our account's number; another person's is 9.
pub const OURS: u64 = 7;
const FIRST_ID: u64 = 1_990_000_000_000_000_000;

/// How this server differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    pub html: bool,
    /// It says *posts* where others say *tweets*.
    pub newer: bool,
    /// It tells nothing about links.
    pub riddles: bool,
    /// It is asked so often before it is done with a film.
    pub works: usize,
    /// No film can be read.
    pub unreadable: bool,
    pub no_subtitles: bool,
}

#[derive(Debug, Clone)]
pub struct FakePost {
    pub id: u64,
    pub author: u64,
    pub text: String,
    pub reply_to: Option<u64>,
    pub media: Vec<String>,
    pub hidden: bool,
    pub at_us: i64,
}

#[derive(Default)]
pub struct Held {
    next: u64,
    pub posts: BTreeMap<u64, FakePost>,
    /// What each picture shows.
    pub media: BTreeMap<String, String>,
    /// What came in pieces.
    pub uploads: BTreeMap<String, Upload>,
    /// So many pieces are kept and not answered.
    pub unanswered: usize,
    /// So many pieces are not kept.
    pub lost: usize,
    /// The next end of an upload is not answered.
    pub silent_end: bool,
    refreshed: u32,
    permits: Permits,
    instead: Option<(u16, String)>,
    asked: Vec<String>,
}

pub struct Net {
    held: Mutex<Held>,
    pub ways: Ways,
}

impl Net {
    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn number(&mut self) -> u64 {
        self.next += 1;
        FIRST_ID + self.next
    }
    fn post(&mut self, author: u64, text: &str, reply_to: Option<u64>, media: Vec<String>) -> FakePost {
        let (id, at_us, text) = (self.number(), Clock::system().now(), text.to_owned());
        let post = FakePost { id, author, text, reply_to, media, hidden: false, at_us };
        self.posts.insert(id, post.clone());
        post
    }
}

/// Running until dropped.
pub struct FakeX {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeX {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeX> {
        let manners = Manners {
            caller: |uri, headers| match bearer(headers) {
                _ if uri.path() == "/2/oauth2/token" => Caller::Anybody,
                Some(TOKEN) => Caller::Account(OURS.to_string()),
                _ => Caller::Stranger,
            },
            writes: |method, uri| *method != Method::GET && uri.path().starts_with("/2/tweets"),
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => problem(429, "about:blank", "Too Many Requests", "Too Many Requests"),
                _ => problem(401, "about:blank", "Unauthorized", "Unauthorized"),
            },
            later: |until_us| ("x-rate-limit-reset", (until_us / 1_000_000 + 1).to_string()),
            html: ways.html,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeX { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What stands on our account, oldest first.
    pub fn own(&self) -> Vec<FakePost> {
        self.net.held().posts.values().filter(|p| p.author == OURS).cloned().collect()
    }

    /// Lets the account agree to what it was sent for; where the browser is sent back to.
    pub fn agree(&self, address: &str) -> String {
        self.net.held().permits.agree(address)
    }

    pub fn hidden(&self, id: &str) -> Option<bool> {
        self.net.held().posts.get(&id.parse().ok()?).map(|p| p.hidden)
    }

    pub fn alts(&self) -> Vec<String> {
        self.net.held().media.values().cloned().collect()
    }

    /// Answers everything with this instead of its own words, having done it.
    pub fn say_instead(&self, body: Option<(u16, &str)>) {
        self.net.held().instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.net.held()
    }

    /// The calls since the last time, `GET /2/users/me`.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.net.held().asked)
    }

    /// Lets somebody post by X's own means; gives the post's id.
    pub fn write(&self, author: u64, text: &str, reply_to: Option<&str>) -> String {
        let to = reply_to.and_then(|id| id.parse().ok());
        self.net.held().post(author, text, to, Vec::new()).id.to_string()
    }
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    net.held().asked.push(format!("{method} {uri}"));
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).skip(1).collect();
    let given = || serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let response = match (method.as_str(), parts.as_slice()) {
        ("POST", ["oauth2", "token"]) => token(&net, &headers, &body),
        ("POST", ["media", "upload"]) => uploads::picture(&net, &headers, body).await,
        ("POST", ["media", "metadata"]) => uploads::describe(&net, &given()),
        ("POST", ["media", "upload", "initialize"]) => uploads::initialize(&net, &given()),
        ("POST", ["media", "upload", id, "append"]) => uploads::append(&net, id, &headers, body).await,
        ("POST", ["media", "upload", id, "finalize"]) => uploads::finalize(&net, id),
        ("POST", ["media", "subtitles"]) => uploads::subtitles(&net, &given()),
        ("POST", ["tweets"]) => create(&net, &given()),
        ("GET", _) => read(&net, &parts, uri.query().unwrap_or_default()),
        _ => write(&net, &method, &parts, &given()),
    };
    match net.held().instead.clone() {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn invalid(said: &str) -> Response {
    let detail = "One or more parameters to your request was invalid.";
    let body = json!({
        "errors": [{"parameters": {}, "message": said}], "title": "Invalid Request", "detail": detail,
        "type": "https://api.twitter.com/2/problems/invalid-request",
    });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn forbidden(detail: &str) -> Response {
    problem(403, "about:blank", "Forbidden", detail)
}

fn read(net: &Net, parts: &[&str], query: &str) -> Response {
    let asked: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if parts == ["media", "upload"] {
        return uploads::status(net, &asked);
    }
    let held = net.held();
    match parts {
        ["users", "me"] => Json(json!({"data": user(OURS)})).into_response(),
        ["users", "by", "username", name] => match [OURS, 9].into_iter().find(|id| user(*id)["username"] == **name) {
            Some(id) => Json(json!({"data": user(id)})).into_response(),
            None => Json(missing("user", name)).into_response(),
        },
        ["users", id, list @ ("tweets" | "mentions")] if *id == OURS.to_string() => {
            let own = *list == "tweets";
            let mentions = |p: &FakePost| {
                let ours = p.reply_to.and_then(|to| held.posts.get(&to)).is_some_and(|to| to.author == OURS);
                ours || p.text.contains("@roads")
            };
            let all: Vec<&FakePost> =
                held.posts.values().rev().filter(|p| if own { p.author == OURS } else { mentions(p) }).collect();
            match page(&held, net.ways, &all, &asked) {
                Ok(page) => Json(page).into_response(),
                Err(said) => invalid(&said),
            }
        }
        ["tweets", id] => match id.parse().ok().and_then(|id: u64| held.posts.get(&id)) {
            Some(post) => Json(json!({"data": shown(&held, net.ways, post, &asked)})).into_response(),
            None => Json(missing("tweet", id)).into_response(),
        },
        _ => problem(404, "about:blank", "Not Found", "Not Found"),
    }
}

fn create(net: &Net, given: &Value) -> Response {
    let mut held = net.held();
    let known = ["text", "media", "reply"];
    if given.as_object().is_none_or(|o| o.keys().any(|k| !known.contains(&k.as_str()))) {
        return invalid("$.: is not defined in the schema and the schema does not allow additional properties");
    }
    let text = given.get("text").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let media = given.pointer("/media/media_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let media: Vec<String> = media.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
    if text.is_empty() && media.is_empty() {
        return invalid("$.text: is missing but it is required");
    }
    if Count::XWeighted.of(&text) > 280 {
        return forbidden("Your Tweet text is too long.");
    }
    if let Some(said) = uploads::refused(net, &held, &media) {
        return invalid(said);
    }
    let to = given.pointer("/reply/in_reply_to_tweet_id").and_then(Value::as_str);
    let to: Option<u64> = to.map(|id| id.parse().unwrap_or_default());
    if let Some(to) = to {
        let Some(post) = held.posts.get(&to) else {
            return forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.");
        };
        let parent = post.reply_to.and_then(|id| held.posts.get(&id));
        let summons = post.text.contains("@roads") || parent.is_some_and(|p| p.author == OURS);
        if post.author != OURS && !summons {
            return forbidden(
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
            );
        }
    }
    if !text.is_empty() && held.posts.values().any(|p| p.author == OURS && p.text == text) {
        return forbidden("You are not allowed to create a Tweet with duplicate content.");
    }
    let id = held.post(OURS, &text, to, media).id.to_string();
    let body = json!({"data": {"id": id, "text": text, "edit_history_tweet_ids": [id]}});
    (StatusCode::CREATED, Json(body)).into_response()
}

fn write(net: &Net, method: &Method, parts: &[&str], given: &Value) -> Response {
    let mut held = net.held();
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    let lost = || problem(404, "resource-not-found", "Not Found Error", "Could not find tweet.");
    match (method.as_str(), parts) {
        ("DELETE", ["tweets", one]) => match held.posts.get(&id(one)) {
            Some(post) if post.author != OURS => forbidden("You are not authorized to delete this Tweet."),
            Some(_) => {
                held.posts.remove(&id(one));
                Json(json!({"data": {"deleted": true}})).into_response()
            }
            None => lost(),
        },
        ("PUT", ["tweets", one, "hidden"]) => match (held.posts.get_mut(&id(one)), given.get("hidden")) {
            (Some(post), Some(Value::Bool(hidden))) if post.author != OURS && post.reply_to.is_some() => {
                post.hidden = *hidden;
                Json(json!({"data": {"hidden": hidden}})).into_response()
            }
            (Some(_), _) => forbidden("You are not allowed to hide this Tweet."),
            (None, _) => lost(),
        },
        _ => problem(404, "about:blank", "Not Found", "Not Found"),
    }
}

/// For a code, and for what renews, each once: `refresh-0` brings `refresh-1`.
fn token(net: &Net, headers: &HeaderMap, body: &[u8]) -> Response {
    let given = form(body);
    let of = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
    let basic = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let confidential = format!("Basic {}", STANDARD.encode("app:sesame"));
    let mut held = net.held();
    let no = |error: &str, said: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({"error": error, "error_description": said}))).into_response()
    };
    if basic != Some(confidential.as_str()) && (basic.is_some() || of("client_id") != "public") {
        return no("unauthorized_client", "Missing valid authorization header");
    }
    let scope = "tweet.read tweet.write users.read media.write tweet.moderate.write offline.access";
    if of("grant_type") == "authorization_code" {
        let app = if basic.is_some() { "app" } else { "public" };
        if held.permits.redeem(app, &given).is_none_or(|permitted| permitted != scope) {
            return no("invalid_request", "Value passed for the authorization code was invalid.");
        }
    } else if of("grant_type") != "refresh_token" || of("refresh_token") != format!("refresh-{}", held.refreshed) {
        return no("invalid_request", "Value passed for the token was invalid.");
    }
    if of("grant_type") == "refresh_token" {
        held.refreshed += 1;
    }
    let next = format!("refresh-{}", held.refreshed);
    Json(json!({
        "token_type": "bearer", "expires_in": 7200, "access_token": TOKEN, "refresh_token": next, "scope": scope,
    }))
    .into_response()
}
