//! A server of our own that answers as a Bluesky server (PDS) with the network's view behind it does: same calls, same
//! names of errors, records that are put where nothing stands.
mod reads;

use super::at::{Place, key_of, tid, time_of};
use crate::fake::{Caller, Manners, Stage, bearer};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use unicode_segmentation::UnicodeSegmentation;

pub const ROADS: &str = "did:plc:roadsroadsroadsroads234";
const PEMA: &str = "did:plc:pemapemapemapemapema2345";
const POST: &str = super::POST;

#[derive(Debug, Clone)]
struct Held {
    /// The order in which records were first put.
    n: usize,
    value: Value,
    cid: String,
}

#[derive(Default)]
struct Net {
    records: BTreeMap<(String, String, String), Held>,
    notifications: Vec<Value>,
    sessions: usize,
    /// Sessions up to this one have run out.
    ended: usize,
    next: usize,
    instead: Option<String>,
}

type Shared = State<Arc<Mutex<Net>>>;

/// Running until dropped.
pub struct FakeBluesky {
    pub address: SocketAddr,
    net: Arc<Mutex<Net>>,
    stage: Stage,
}

fn lock(net: &Mutex<Net>) -> MutexGuard<'_, Net> {
    net.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Net {
    fn put(&mut self, did: &str, collection: &str, key: &str, value: Value) -> Held {
        self.next += 1;
        let place = (did.to_owned(), collection.to_owned(), key.to_owned());
        let n = self.records.get(&place).map_or(self.next, |h| h.n);
        let digest = Sha256::digest(value.to_string().as_bytes());
        let cid = format!("bafyrei{}", digest.iter().map(|b| format!("{b:02x}")).collect::<String>());
        let held = Held { n, value, cid };
        self.records.insert(place, held.clone());
        held
    }
    /// A key later than every other of an account.
    fn key(&self, did: &str) -> String {
        let last = self.records.keys().filter(|k| k.0 == did && k.1 == POST).filter_map(|k| time_of(&k.2)).max();
        tid(Clock::system().now().max(last.unwrap_or(0) + 1), "")
    }
    fn at(&self, uri: &str) -> Option<(Place, Held)> {
        let p = Place::of(uri)?;
        let held = self.records.get(&(p.did.clone(), p.collection.clone(), p.key.clone()))?.clone();
        Some((p, held))
    }
    fn reply_refs(&self, to: &str) -> Option<Value> {
        let (_, held) = self.at(to)?;
        let parent = json!({"uri": to, "cid": held.cid});
        let root = Some(held.value["reply"]["root"].clone()).filter(Value::is_object);
        Some(json!({"root": root.unwrap_or_else(|| parent.clone()), "parent": parent}))
    }
}

impl FakeBluesky {
    pub fn start(listener: TcpListener) -> std::io::Result<FakeBluesky> {
        let net = Arc::<Mutex<Net>>::default();
        let stage = Stage::start(listener, MANNERS, |_| router(net.clone()))?;
        Ok(FakeBluesky { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// Our account's posts that stand, oldest first.
    pub fn posts(&self) -> Vec<Value> {
        let net = lock(&self.net);
        let mut mine: Vec<&Held> =
            net.records.iter().filter(|(k, _)| k.0 == ROADS && k.1 == POST).map(|r| r.1).collect();
        mine.sort_by_key(|h| h.n);
        mine.into_iter().map(|h| h.value.clone()).collect()
    }

    /// The answers that stand aside under a post.
    pub fn hidden(&self, root: &str) -> Vec<Value> {
        let gate = (ROADS.to_owned(), "app.bsky.feed.threadgate".to_owned(), key_of(root).to_owned());
        let net = lock(&self.net);
        net.records.get(&gate).and_then(|h| h.value["hiddenReplies"].as_array().cloned()).unwrap_or_default()
    }

    /// Posts on our account as somebody with its password would; gives the address.
    pub fn add_own(&self, text: &str) -> String {
        let mut net = lock(&self.net);
        let key = net.key(ROADS);
        let value = json!({"$type": POST, "text": text, "createdAt": jiff::Timestamp::now().to_string()});
        net.put(ROADS, POST, &key, value);
        format!("at://{ROADS}/{POST}/{key}")
    }

    /// Lets a stranger answer a post; its author is told, for the reason given.
    pub fn add_reply(&self, to: &str, text: &str, reason: &str) -> String {
        self.add_reply_of("2031-01-01T00:00:00Z".parse().unwrap_or_default(), to, text, reason)
    }

    /// The same, said at that moment by the clock of whoever wrote it. The view orders by it where it is the earlier one, and
    /// tells it as when it came (`sortAt` in the view's own tables).
    pub fn add_reply_of(&self, written: jiff::Timestamp, to: &str, text: &str, reason: &str) -> String {
        let mut net = lock(&self.net);
        let (key, reply) = (net.key(PEMA), net.reply_refs(to));
        let now = jiff::Timestamp::now().min(written);
        let mut value = json!({"$type": POST, "text": text, "createdAt": written.to_string(), "langs": ["en"]});
        if let Some(reply) = reply {
            value["reply"] = reply;
        }
        let held = net.put(PEMA, POST, &key, value.clone());
        let uri = format!("at://{PEMA}/{POST}/{key}");
        net.notifications.push(json!({
            "uri": uri, "cid": held.cid, "reason": reason, "record": value, "isRead": false,
            "author": {"did": PEMA, "handle": "pema.test"}, "indexedAt": format!("{now:.3}"),
        }));
        net.notifications.sort_by_key(|n| n["indexedAt"].as_str().map(str::to_owned));
        uri
    }

    /// Lets the view say another moment of a notification.
    pub fn misdate(&self, uri: &str, at: &str) {
        let mut net = lock(&self.net);
        for n in net.notifications.iter_mut().filter(|n| n["uri"] == uri) {
            n["indexedAt"] = json!(at);
        }
        net.notifications.sort_by_key(|n| n["indexedAt"].as_str().map(str::to_owned));
    }

    /// Lets whoever wrote it put another record in its place, or remove it.
    pub fn change_reply(&self, uri: &str, text: Option<&str>) {
        let mut net = lock(&self.net);
        let Some((place, held)) = net.at(uri) else { return };
        match text {
            Some(text) => {
                let mut value = held.value;
                value["text"] = json!(text);
                net.put(&place.did, &place.collection, &place.key, value);
            }
            None => drop(net.records.remove(&(place.did, place.collection, place.key))),
        }
    }

    /// Every session that is open runs out.
    pub fn end_sessions(&self) {
        let mut net = lock(&self.net);
        net.ended = net.sessions;
    }

    /// How many sessions were opened.
    pub fn sessions(&self) -> usize {
        lock(&self.net).sessions
    }

    /// Answers every read with this.
    pub fn say_instead(&self, body: Option<String>) {
        lock(&self.net).instead = body;
    }
}

const MANNERS: Manners = Manners {
    caller: |uri, headers| match bearer(headers) {
        Some(_) => Caller::Account("roads".into()),
        None if uri.path().ends_with("createSession") => Caller::Account("roads".into()),
        None => Caller::Stranger,
    },
    writes: |method, uri| {
        *method == Method::POST && uri.path().contains("com.atproto.repo") && !uri.path().ends_with("uploadBlob")
    },
    refuses: |status| match status {
        StatusCode::TOO_MANY_REQUESTS => no(status, "RateLimitExceeded", "Rate Limit Exceeded"),
        _ => no(status, "AuthenticationRequired", "Invalid identifier or password"),
    },
    later: crate::fake::retry_after,
    html: false,
};

fn no(status: StatusCode, name: &str, message: &str) -> Response {
    (status, Json(json!({"error": name, "message": message}))).into_response()
}

fn bad(name: &str, message: &str) -> Response {
    no(StatusCode::BAD_REQUEST, name, message)
}

fn router(net: Arc<Mutex<Net>>) -> Router {
    let read = |name: &str| format!("/xrpc/{name}");
    Router::new()
        .route(&read("com.atproto.server.createSession"), post(create_session))
        .route(&read("com.atproto.repo.uploadBlob"), post(upload))
        .route(&read("com.atproto.repo.putRecord"), post(put_record))
        .route(&read("com.atproto.repo.deleteRecord"), post(delete_record))
        .route(&read("{name}"), get(reads::query))
        .layer(DefaultBodyLimit::max(8 << 20))
        .with_state(net)
}

async fn create_session(State(net): Shared, Json(asked): Json<Value>) -> Response {
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let known = [ROADS, "roads.test"].contains(&text("identifier").as_str());
    if !known || text("password").trim().is_empty() {
        return no(StatusCode::UNAUTHORIZED, "AuthenticationRequired", "Invalid identifier or password");
    }
    let mut net = lock(&net);
    net.sessions += 1;
    let token = format!("session-{}", net.sessions);
    Json(json!({"accessJwt": token, "refreshJwt": "r", "did": ROADS, "handle": "roads.test", "active": true}))
        .into_response()
}

/// Whether the call's session has run out.
fn ended(net: &Net, headers: &HeaderMap) -> Option<Response> {
    let n = bearer(headers).and_then(|t| t.strip_prefix("session-")).and_then(|n| n.parse::<usize>().ok());
    let over = n.is_none_or(|n| n <= net.ended);
    over.then(|| bad("ExpiredToken", "Token has expired"))
}

async fn upload(State(net): Shared, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(no) = ended(&lock(&net), &headers) {
        return no;
    }
    let mime = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !["image/", "video/", "text/vtt"].iter().any(|kind| mime.starts_with(kind)) || body.is_empty() {
        return bad("InvalidMimeType", "Wrong type of file");
    }
    // What a film's own first bytes say counts for more than what it is said to be.
    let mime = if body.get(4..12) == Some(b"ftypqt  ") { "video/quicktime" } else { mime };
    let digest: String = Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
    let blob =
        json!({"$type": "blob", "ref": {"$link": format!("bafkrei{digest}")}, "mimeType": mime, "size": body.len()});
    Json(json!({"blob": blob})).into_response()
}

async fn put_record(State(net): Shared, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    let mut net = lock(&net);
    if let Some(no) = ended(&net, &headers) {
        return no;
    }
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let (did, collection, key) = (text("repo"), text("collection"), text("rkey"));
    let record = asked["record"].clone();
    if did != ROADS {
        return bad("InvalidRequest", "Could not find repo");
    }
    if collection == POST {
        if time_of(&key).is_none() {
            return bad("InvalidRequest", "Invalid record key: expected a TID");
        }
        let said = record["text"].as_str().unwrap_or_default();
        if said.graphemes(true).count() > 300 || said.len() > 3000 {
            return bad(
                "InvalidRequest",
                "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes",
            );
        }
        if record["createdAt"].as_str().and_then(crate::wire::time).is_none() {
            return bad(
                "InvalidRequest",
                "Invalid app.bsky.feed.post record: Record/createdAt must be an valid atproto datetime",
            );
        }
    }
    if let Some(wrong) = wrong_film(&record["embed"]) {
        return bad("InvalidRequest", &format!("Invalid app.bsky.feed.post record: Record/embed/{wrong}"));
    }
    let uri = format!("at://{did}/{collection}/{key}");
    let old = net.records.get(&(did.clone(), collection.clone(), key.clone())).cloned();
    let same = old.as_ref().is_some_and(|o| o.value == record);
    let swap = asked.as_object().and_then(|o| o.get("swapRecord"));
    let stands = old.as_ref().map_or(Value::Null, |o| json!(o.cid));
    if !same && swap.is_some_and(|s| *s != stands) {
        return bad("InvalidSwap", &format!("Record was at {stands}"));
    }
    let held = net.put(&did, &collection, &key, record);
    Json(json!({"uri": uri, "cid": held.cid, "validationStatus": "valid"})).into_response()
}

/// What the lexicon does not take of a film.
fn wrong_film(embed: &Value) -> Option<&'static str> {
    if embed["$type"] != "app.bsky.embed.video" {
        return None;
    }
    let small = |blob: &Value, most: u64| blob["size"].as_u64().is_some_and(|n| n <= most);
    let captions = embed["captions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let alt = embed["alt"].as_str().unwrap_or_default();
    if embed["video"]["mimeType"] != "video/mp4" || !small(&embed["video"], 100_000_000) {
        Some("video must be a video/mp4 of at most 100000000 bytes")
    } else if captions.len() > 20 || captions.iter().any(|c| c["file"]["mimeType"] != "text/vtt") {
        Some("captions must be at most 20 of text/vtt")
    } else if captions.iter().any(|c| !small(&c["file"], 20_000) || !c["lang"].is_string()) {
        Some("captions/0/file blob too large (maximum 20000)")
    } else if alt.len() > 10_000 || alt.graphemes(true).count() > 1000 {
        Some("alt must not be longer than 1000 graphemes")
    } else {
        None
    }
}

async fn delete_record(State(net): Shared, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    let mut net = lock(&net);
    if let Some(no) = ended(&net, &headers) {
        return no;
    }
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    net.records.remove(&(text("repo"), text("collection"), text("rkey")));
    Json(json!({})).into_response()
}
