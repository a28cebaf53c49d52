//! A Bot API of our own that answers as Telegram's does, for tests without a network: one bot, its channel, and the group
//! that is linked to it. Same methods, same codes, same sentences.
#[path = "fake_calls.rs"]
mod calls;

use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::SetFault;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const TOKEN: &str = "7:AAE-fake_word";
pub const CHANNEL: i64 = -1_001_000_000_007;
pub const GROUP: i64 = -1_001_000_000_008;

/// How this channel differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    pub html: bool,
    pub no_group: bool,
    /// The channel has no name of its own.
    pub private: bool,
    /// The bot is there, and may not post.
    pub no_admin: bool,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub chat: i64,
    pub text: String,
    pub pictures: usize,
    /// The film or sound in it: what kind, its file's name and length, and what was said of it.
    pub recording: Option<Value>,
    pub reply_to: Option<i64>,
}

#[derive(Default)]
struct Held {
    next: i64,
    messages: BTreeMap<i64, Message>,
    updates: Vec<Value>,
    instead: Option<(u16, String)>,
    /// Updates go to an address.
    calls: bool,
}

struct Net {
    held: Mutex<Held>,
    ways: Ways,
}

impl Net {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn chat(&self, id: i64) -> Value {
        match id {
            CHANNEL if self.ways.private => json!({"id": id, "type": "channel", "title": "Roads"}),
            CHANNEL => json!({"id": id, "type": "channel", "title": "Roads", "username": "roads"}),
            _ => json!({"id": id, "type": "supergroup", "title": "Roads: talk"}),
        }
    }
}

impl Held {
    fn number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }
    fn update(&mut self, message: Value) {
        let id = self.number() + 900_000_000;
        self.updates.push(json!({"update_id": id, "message": message}));
    }
}

/// Running until dropped.
pub struct FakeTelegram {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

fn token_of(uri: &Uri) -> Option<&str> {
    uri.path().strip_prefix("/bot")?.split('/').next()
}

impl FakeTelegram {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeTelegram> {
        let manners = Manners {
            caller: |uri, _| match token_of(uri) {
                Some(TOKEN) => Caller::Account("7".to_owned()),
                _ => Caller::Stranger,
            },
            writes: |_, uri| ["/send", "/edit", "/delete"].iter().any(|m| uri.path().contains(m)),
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => {
                    let text = "Too Many Requests: retry after 60";
                    let parameters = json!({"retry_after": 60});
                    let body = json!({"ok": false, "error_code": 429, "description": text, "parameters": parameters});
                    (status, Json(body)).into_response()
                }
                _ => no(401, "Unauthorized"),
            },
            later: retry_after,
            html: ways.html,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let app = move |_| {
            let routes = Router::new().route("/{bot}/{method}", post(method));
            routes.layer(DefaultBodyLimit::max(60 << 20)).with_state(held)
        };
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeTelegram { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What the bot has sent and not removed, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.net.held().messages.values().cloned().collect()
    }

    /// Whether updates go to an address, so that nobody may fetch them.
    pub fn set_webhook(&self, calls: bool) {
        self.net.held().calls = calls;
    }

    /// Answers everything with this instead of its own words, having done it.
    pub fn say_instead(&self, body: Option<(u16, &str)>) {
        self.net.held().instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    /// Lets somebody write in the group below a message of the channel, or below another comment; gives its id.
    pub fn comment(&self, to: &str, text: &str) -> String {
        let mut held = self.net.held();
        let id = held.number();
        let (chat, above) = to.split_once(':').unwrap_or_default();
        let above: i64 = above.split(',').next().and_then(|n| n.parse().ok()).unwrap_or_default();
        let above =
            if chat == CHANNEL.to_string() { self.copy(id + 5000, above) } else { json!({"message_id": above}) };
        let message = json!({
            "message_id": id, "date": Clock::system().now() / 1_000_000, "chat": self.net.chat(GROUP), "text": text,
            "from": {"id": 9, "is_bot": false, "first_name": "Pema", "last_name": "D.", "username": "pema", "language_code": "en"},
            "reply_to_message": above,
        });
        held.update(message);
        format!("{GROUP}:{id}")
    }

    /// Lets Telegram tell the bot this.
    pub fn tell(&self, message: Value) {
        self.net.held().update(message);
    }

    fn copy(&self, id: i64, message: i64) -> Value {
        json!({
            "message_id": id, "date": 1_795_000_000, "chat": self.net.chat(GROUP), "sender_chat": self.net.chat(CHANNEL),
            "is_automatic_forward": true, "text": "as on the channel",
            "forward_origin": {"type": "channel", "chat": self.net.chat(CHANNEL), "message_id": message},
        })
    }
}

fn no(status: u16, description: &str) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (code, Json(json!({"ok": false, "error_code": status, "description": description}))).into_response()
}

fn yes(result: &Value) -> Response {
    Json(json!({"ok": true, "result": result})).into_response()
}

type Given = Map<String, Value>;

/// A file as it came: what it is called, and its length.
type Files = HashMap<String, (String, usize)>;

async fn given(headers: &HeaderMap, body: Bytes) -> (Given, Files) {
    let (mut fields, mut files) = (Map::new(), HashMap::new());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else {
        return (serde_json::from_slice(&body).unwrap_or_default(), files);
    };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file) = field.file_name().map(str::to_owned) {
            files.insert(name, (file, field.bytes().await.map(|b| b.len()).unwrap_or_default()));
        } else {
            let text = field.text().await.unwrap_or_default();
            // Numbers and lists come as text in a form.
            let value = if name == "caption" || name == "title" {
                Value::String(text)
            } else {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            };
            fields.insert(name, value);
        }
    }
    (fields, files)
}

fn text<'a>(given: &'a Given, name: &str) -> &'a str {
    given.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number, which may come as text.
fn number(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn chat(given: &Given) -> Option<i64> {
    match number(given.get("chat_id")) {
        Some(id) => Some(id).filter(|id| [CHANNEL, GROUP].contains(id)),
        None => (text(given, "chat_id") == "@roads").then_some(CHANNEL),
    }
}

async fn method(
    State(net): State<Arc<Net>>,
    Path((_, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (given, files) = given(&headers, body).await;
    let response = answer(&net, &method, &given, &files);
    match net.held().instead.clone() {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn answer(net: &Net, method: &str, given: &Given, files: &Files) -> Response {
    if method == "getMe" {
        return yes(&json!({"id": 7, "is_bot": true, "first_name": "Roads bot", "username": "roads_bot"}));
    }
    if method == "getUpdates" {
        let mut held = net.held();
        if held.calls {
            let more = "use deleteWebhook to delete the webhook first";
            return no(409, &format!("Conflict: can't use getUpdates method while webhook is active; {more}"));
        }
        // Whatever is before the offset is taken.
        if let Some(from) = number(given.get("offset")) {
            held.updates.retain(|u| number(u.get("update_id")).is_some_and(|id| id >= from));
        }
        return yes(&held.updates.iter().take(100).cloned().collect());
    }
    let Some(chat) = chat(given) else { return no(400, "Bad Request: chat not found") };
    match method {
        "getChat" => {
            let mut full = net.chat(chat);
            if chat == CHANNEL && !net.ways.no_group {
                full["linked_chat_id"] = json!(GROUP);
            }
            yes(&full)
        }
        "getChatMember" if net.ways.no_admin => yes(&json!({"status": "member", "user": {"id": 7}})),
        "getChatMember" => yes(&json!({"status": "administrator", "user": {"id": 7}, "can_post_messages": true})),
        "sendMessage" => calls::message(net, chat, given),
        "sendPhoto" => calls::enclosed(net, chat, given, files, "photo"),
        "sendVideo" => calls::enclosed(net, chat, given, files, "video"),
        "sendAudio" => calls::enclosed(net, chat, given, files, "audio"),
        "sendMediaGroup" => calls::album(net, chat, given, files),
        "editMessageText" | "editMessageCaption" | "editMessageMedia" => calls::edit(net, method, given, files),
        "deleteMessage" | "deleteMessages" => calls::delete(net, method, given),
        _ => no(404, "Not Found"),
    }
}
