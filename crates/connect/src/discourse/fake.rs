//! A forum of our own that answers as Discourse does, for tests without a network: same paths, codes and sentences.
mod writes;

use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::SetFault;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "roads:0123456789abcdef";
const PAGE: usize = 50;

/// How this forum differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    pub html: bool,
    /// The account is no moderator.
    pub plain: bool,
    /// What is new waits for somebody to look at it.
    pub queues: bool,
    /// Titles have at least so many characters.
    pub shortest: usize,
    /// The list of posts begins with the post it was asked to go on from.
    pub old: bool,
}

#[derive(Debug, Clone)]
pub struct ForumPost {
    pub id: u64,
    pub topic: u64,
    pub number: u64,
    pub user: &'static str,
    pub raw: String,
    pub reply_to: Option<u64>,
    pub deleted: bool,
    at_us: i64,
}

#[derive(Debug, Clone)]
pub struct Topic {
    pub id: u64,
    pub title: String,
    pub external_id: Option<String>,
    pub deleted: bool,
}

#[derive(Default)]
struct Held {
    next: u64,
    topics: BTreeMap<u64, Topic>,
    posts: BTreeMap<u64, ForumPost>,
    instead: Option<(u16, String)>,
    /// Nothing waits any more.
    lets_through: bool,
}

struct Net {
    held: Mutex<Held>,
    ways: Ways,
}

impl Net {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
    fn topic(&mut self, title: &str, external_id: Option<String>) -> u64 {
        let id = self.number() + 1000;
        self.topics.insert(id, Topic { id, title: title.to_owned(), external_id, deleted: false });
        id
    }
    fn post(&mut self, topic: u64, user: &'static str, raw: &str, reply_to: Option<u64>) -> ForumPost {
        let number = self.posts.values().filter(|p| p.topic == topic).count() as u64 + 1;
        let (id, at_us, raw) = (self.number(), Clock::system().now(), raw.to_owned());
        let post = ForumPost { id, topic, number, user, raw, reply_to, deleted: false, at_us };
        self.posts.insert(id, post.clone());
        post
    }
    fn seen(&self, post: &ForumPost) -> bool {
        !post.deleted && self.topics.get(&post.topic).is_some_and(|t| !t.deleted)
    }
}

/// Running until dropped.
pub struct FakeDiscourse {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

fn key(headers: &HeaderMap) -> Option<String> {
    let of = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    Some(format!("{}:{}", of("api-username")?, of("api-key")?))
}

impl FakeDiscourse {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeDiscourse> {
        let manners = Manners {
            caller: |_, headers| match key(headers) {
                Some(key) if key == SECRET => Caller::Account("7".to_owned()),
                _ => Caller::Stranger,
            },
            writes: |method, uri| *method != Method::GET && !uri.path().starts_with("/uploads"),
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(429, "You’ve performed this action too many times.", "rate_limit"),
                _ => no(
                    403,
                    "You are not permitted to view the requested resource. The API username or key is invalid.",
                    "invalid_access",
                ),
            },
            later: retry_after,
            html: ways.html,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeDiscourse { address: stage.address, net, stage })
    }

    /// Whatever is said from now on passes the queue.
    pub fn let_through(&self) {
        self.net.held().lets_through = true;
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What our account has written and not removed, oldest first. An answer in a topic that is removed is not removed
    /// itself, though nobody sees it.
    pub fn own(&self) -> Vec<ForumPost> {
        self.net.held().posts.values().filter(|p| p.user == "roads" && !p.deleted).cloned().collect()
    }

    pub fn titles(&self) -> Vec<String> {
        self.net.held().topics.values().filter(|t| !t.deleted).map(|t| t.title.clone()).collect()
    }

    /// Answers everything with this instead of its own words, having done it.
    pub fn say_instead(&self, body: Option<(u16, &str)>) {
        self.net.held().instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    /// Lets somebody begin a topic by the forum's own means; gives its id.
    pub fn write(&self, user: &'static str, raw: &str) -> String {
        let mut held = self.net.held();
        let topic = held.topic("By hand", None);
        held.post(topic, user, raw, None);
        format!("t{topic}")
    }

    /// Lets whoever wrote it change a post, or remove it.
    pub fn change_reply(&self, remote_id: &str, text: Option<&str>) {
        let mut held = self.net.held();
        let id: u64 = remote_id[1..].parse().unwrap_or_default();
        let Some(post) = held.posts.get_mut(&id) else { return };
        match text {
            Some(text) => text.clone_into(&mut post.raw),
            None => post.deleted = true,
        }
    }

    /// Lets somebody answer a topic or a post; gives the answer's id.
    pub fn answer(&self, to: &str, user: &'static str, raw: &str) -> String {
        let mut held = self.net.held();
        let id: u64 = to[1..].parse().unwrap_or_default();
        let (topic, number) = match held.posts.get(&id).filter(|_| to.starts_with('p')) {
            Some(post) => (post.topic, Some(post.number)),
            None => (id, None),
        };
        format!("p{}", held.post(topic, user, raw, number).id)
    }
}

fn no(status: u16, text: &str, kind: &str) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (code, Json(json!({"errors": [text], "error_type": kind}))).into_response()
}

fn missing() -> Response {
    no(404, "The requested URL or resource could not be found.", "not_found")
}

fn refused(text: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"action": "create_post", "errors": [text]}))).into_response()
}

fn forbidden() -> Response {
    no(403, "You are not permitted to view the requested resource.", "invalid_access")
}

fn person(name: &str) -> Option<u64> {
    match name {
        "roads" => Some(7),
        "pema" => Some(9),
        _ => None,
    }
}

fn shown(p: &ForumPost) -> Value {
    let at = jiff::Timestamp::from_microsecond(p.at_us).unwrap_or_default().to_string();
    json!({
        "id": p.id, "topic_id": p.topic, "topic_slug": "words", "post_number": p.number, "post_type": 1, "username": p.user,
        "name": if p.user == "pema" { "Pema D." } else { "" }, "user_id": person(p.user), "raw": p.raw, "created_at": at,
        "reply_to_post_number": p.reply_to, "reply_count": 0, "actions_summary": [{"id": 2, "count": 3}], "hidden": false,
        "deleted_at": p.deleted.then_some(at.as_str()),
    })
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().trim_end_matches(".json").to_owned();
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let response = match (method.as_str(), parts.as_slice()) {
        ("POST", ["uploads"]) => writes::upload(&headers, body).await,
        ("GET", _) => read(&net, &parts, uri.query().unwrap_or_default()),
        _ => writes::write(&net, &method, &parts, &serde_json::from_slice(&body).unwrap_or_default()),
    };
    match net.held().instead.clone() {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn read(net: &Net, parts: &[&str], query: &str) -> Response {
    let held = net.held();
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    match parts {
        ["u", name] => match person(name) {
            Some(id) => Json(json!({"user": {"id": id, "username": name, "name": ""}})).into_response(),
            None => missing(),
        },
        ["posts"] => {
            let before = query.strip_prefix("before=").and_then(|n| n.parse().ok()).unwrap_or(u64::MAX);
            let within = |p: &&ForumPost| held.seen(p) && if net.ways.old { p.id <= before } else { p.id < before };
            let page: Vec<Value> = held.posts.values().rev().filter(within).take(PAGE).map(shown).collect();
            Json(json!({"latest_posts": page})).into_response()
        }
        ["posts", "by_number", topic, number] => {
            let wanted = (id(topic), id(number));
            let found = held.posts.values().find(|p| (p.topic, p.number) == wanted);
            found.map_or_else(missing, |p| Json(shown(p)).into_response())
        }
        ["posts", one] => match held.posts.get(&id(one)) {
            // Moderators see what was removed.
            Some(post) if held.seen(post) || !net.ways.plain => Json(shown(post)).into_response(),
            _ => missing(),
        },
        ["t", "external_id", key] => {
            let found = held.topics.values().find(|t| !t.deleted && t.external_id.as_deref() == Some(*key));
            found.map_or_else(missing, |t| {
                let to = format!("/t/2-words-7/{}.json", t.id);
                (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)], "").into_response()
            })
        }
        ["t", one] => {
            let Some(topic) = held.topics.get(&id(one)).filter(|t| !t.deleted || !net.ways.plain) else {
                return missing();
            };
            let posts: Vec<&ForumPost> = held.posts.values().filter(|p| p.topic == topic.id).collect();
            let by = posts.first().map(|p| p.user).unwrap_or_default();
            Json(json!({
                "id": topic.id, "title": topic.title, "views": 12, "like_count": 3,
                "posts_count": posts.iter().filter(|p| !p.deleted).count(),
                "deleted_at": topic.deleted.then_some("2026-11-29T00:00:00.000Z"),
                "post_stream": {"posts": posts.iter().take(20).map(|p| shown(p)).collect::<Vec<_>>()},
                "details": {"created_by": {"id": person(by), "username": by}},
            }))
            .into_response()
        }
        _ => missing(),
    }
}
