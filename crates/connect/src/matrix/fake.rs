//! A homeserver of our own with one room, that answers as Synapse does, for tests without a network.
mod reads;

use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const ROOM: &str = "!room:fake.test";
pub const ALIAS: &str = "#roads:fake.test";
const ROADS: &str = "@roads:fake.test";
const PEMA: &str = "@pema:fake.test";

#[derive(Debug, Clone)]
pub struct FakeEvent {
    pub id: String,
    pub sender: String,
    pub kind: String,
    pub content: Value,
    pub at_ms: i64,
    pub redacted: bool,
}

/// How this server differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// Answers writes with a web page instead of JSON, having done them.
    pub html: bool,
    /// The room is encrypted.
    pub encrypted: bool,
    /// Takes a page first and leaves out what was not asked for then, so that a page may be empty that is not the last.
    pub leaves_out: bool,
}

#[derive(Default)]
struct Held {
    events: Vec<FakeEvent>,
    /// By device and transaction id.
    sent: HashMap<(String, String), String>,
    uploads: Vec<(String, usize)>,
    instead: Option<String>,
}

struct Net {
    held: Mutex<Held>,
    ways: Ways,
    clock: Clock,
}

impl Net {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn push(&mut self, sender: &str, kind: &str, content: Value, now: i64) -> String {
        let id = format!("$event-{}", self.events.len() + 1);
        let (sender, kind) = (sender.to_owned(), kind.to_owned());
        self.events.push(FakeEvent { id: id.clone(), sender, kind, content, at_ms: now / 1000, redacted: false });
        id
    }

    /// The newest edit of a message by its own author.
    fn edit_of(&self, event: &FakeEvent) -> Option<&FakeEvent> {
        let edits = |e: &&FakeEvent| {
            let to = &e.content["m.relates_to"];
            to["rel_type"] == "m.replace" && to["event_id"] == event.id.as_str() && e.sender == event.sender
        };
        self.events.iter().rev().find(edits).filter(|_| !event.redacted)
    }
}

/// Running until dropped.
pub struct FakeMatrix {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeMatrix {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeMatrix> {
        let net = Arc::new(Net { held: Mutex::default(), ways, clock: Clock::system() });
        let manners = Manners {
            caller: |_, headers| match user(headers) {
                Some(user) => Caller::Account(user.to_owned()),
                None => Caller::Stranger,
            },
            writes: |method, _| *method == Method::PUT,
            refuses: |status| match status {
                StatusCode::UNAUTHORIZED => no(status, "M_UNKNOWN_TOKEN", "Invalid access token passed."),
                _ => no(status, "M_LIMIT_EXCEEDED", "Too Many Requests"),
            },
            later: retry_after,
            html: ways.html,
        };
        let stage = Stage::start(listener, manners, |_| Router::new().fallback(answer).with_state(net.clone()))?;
        Ok(FakeMatrix { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What our user has said and not taken away, oldest first, in its newest words.
    pub fn texts(&self) -> Vec<String> {
        let held = self.net.held();
        let said = held.events.iter().filter(|e| {
            let is_edit = e.content["m.relates_to"]["rel_type"] == "m.replace";
            e.kind == "m.room.message" && e.sender == ROADS && !e.redacted && !is_edit
        });
        let newest = |e: &FakeEvent| match held.edit_of(e) {
            Some(edit) => edit.content["m.new_content"]["body"].as_str().unwrap_or_default().to_owned(),
            None => e.content["body"].as_str().unwrap_or_default().to_owned(),
        };
        said.map(newest).collect()
    }

    pub fn events(&self) -> Vec<FakeEvent> {
        self.net.held().events.clone()
    }

    pub fn uploads(&self) -> Vec<(String, usize)> {
        self.net.held().uploads.clone()
    }

    /// Says something by other means: `roads` or `pema`. Gives the event's id.
    pub fn say(&self, user: &str, content: Value) -> String {
        let sender = if user == "roads" { ROADS } else { PEMA };
        self.net.held().push(sender, "m.room.message", content, self.net.clock.now())
    }

    /// Lets whoever said it put other words in its place, or take it away.
    pub fn change_said(&self, event: &str, text: Option<&str>) {
        let mut held = self.net.held();
        match text {
            Some(text) => {
                let content = json!({"msgtype": "m.text", "body": format!("* {text}"),
                    "m.new_content": {"msgtype": "m.text", "body": text},
                    "m.relates_to": {"rel_type": "m.replace", "event_id": event}});
                held.push(PEMA, "m.room.message", content, self.net.clock.now());
            }
            None => {
                held.events.iter_mut().filter(|e| e.id == event).for_each(|e| {
                    (e.redacted, e.content) = (true, json!({}));
                });
            }
        }
    }

    pub fn react(&self, to: &str) {
        let content = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": to, "key": "👍"}});
        self.net.held().push(PEMA, "m.reaction", content, self.net.clock.now());
    }

    /// Answers every read of messages with this instead of JSON of its own.
    pub fn say_instead(&self, body: Option<String>) {
        self.net.held().instead = body;
    }
}

/// An error as Matrix words it.
fn no(status: StatusCode, code: &str, error: &str) -> Response {
    (status, Json(json!({"errcode": code, "error": error}))).into_response()
}

fn not_found(error: &str) -> Response {
    no(StatusCode::NOT_FOUND, "M_NOT_FOUND", error)
}

/// Whose key a request carries: `roads:DEVICE`.
fn user(headers: &HeaderMap) -> Option<&str> {
    let (user, device) = bearer(headers)?.split_once(':')?;
    (user == "roads" && !device.is_empty()).then_some(user)
}

fn decoded(part: &str) -> String {
    let pair = format!("x={part}");
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

async fn answer(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let q: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let path: Vec<String> = uri.path().split('/').skip(2).map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut held = net.held();
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let device = bearer(&headers).unwrap_or_default();
    match (method.as_str(), path.as_slice()) {
        ("GET", ["client", _, "account", "whoami"]) => {
            Json(json!({"user_id": ROADS, "device_id": device})).into_response()
        }
        ("GET", ["client", _, "joined_rooms"]) => Json(json!({"joined_rooms": [ROOM]})).into_response(),
        ("GET", ["client", _, "media", "config"]) => Json(json!({"m.upload.size": 50_000})).into_response(),
        ("GET", ["client", _, "directory", "room", ALIAS]) => {
            Json(json!({"room_id": ROOM, "servers": ["fake.test"]})).into_response()
        }
        ("GET", ["client", _, "directory", "room", _]) => not_found("Room alias not found"),
        ("POST", ["media", _, "upload"]) => {
            let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            held.uploads.push((kind.to_owned(), body.len()));
            Json(json!({"content_uri": format!("mxc://fake.test/{}", held.uploads.len())})).into_response()
        }
        ("GET", ["client", _, "sync"]) => reads::sync(&held, &q),
        (_, ["client", _, "rooms", room, ..]) if *room != ROOM => {
            no(StatusCode::FORBIDDEN, "M_FORBIDDEN", "User @roads:fake.test not in room")
        }
        ("GET", ["client", _, "rooms", _, rest @ ..]) => reads::room(&net, &held, rest, &q),
        ("PUT", ["client", _, "rooms", _, "send", kind, transaction]) => {
            if json.to_string().len() > 64_000 {
                return no(StatusCode::PAYLOAD_TOO_LARGE, "M_TOO_LARGE", "event too large");
            }
            let key = (device.to_owned(), (*transaction).to_owned());
            let id = held.sent.get(&key).cloned();
            let id = id.unwrap_or_else(|| held.push(ROADS, kind, json, net.clock.now()));
            held.sent.insert(key, id.clone());
            Json(json!({"event_id": id})).into_response()
        }
        ("PUT", ["client", _, "rooms", _, "redact", event, transaction]) => {
            let key = (device.to_owned(), (*transaction).to_owned());
            if let Some(id) = held.sent.get(&key) {
                return Json(json!({"event_id": id})).into_response();
            }
            if let Some(e) = held.events.iter_mut().find(|e| e.id == *event) {
                (e.redacted, e.content) = (true, json!({}));
            }
            let id = held.push(ROADS, "m.room.redaction", json!({"redacts": event}), net.clock.now());
            held.sent.insert(key, id.clone());
            Json(json!({"event_id": id})).into_response()
        }
        _ => no(StatusCode::NOT_FOUND, "M_UNRECOGNIZED", "Unrecognized request"),
    }
}
