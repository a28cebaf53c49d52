//! A site of our own that answers as WordPress does, for tests without a network: same addresses, codes, error words.
mod comments;
mod posts;

use super::place::Place;
use super::words::{escaped, whole};
use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::plain::plain;
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

#[derive(Debug, Clone)]
pub struct FakePost {
    pub id: u64,
    pub status: String,
    pub slug: String,
    pub title: String,
    pub content: String,
    pub featured: u64,
    pub author: u64,
    pub date_us: i64,
    pub modified_us: i64,
    age: u64,
}

#[derive(Debug, Clone)]
pub struct FakeComment {
    pub id: u64,
    pub post: u64,
    pub parent: u64,
    pub status: String,
    pub author: u64,
    pub name: String,
    pub content: String,
    pub date_us: i64,
    age: u64,
}

#[derive(Debug, Clone)]
pub struct FakeMedia {
    pub id: u64,
    pub slug: String,
    pub url: String,
    pub alt: String,
}

/// How this site differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// No readable addresses: only `?rest_route=`.
    pub no_paths: bool,
    /// Answers writes with a web page instead of JSON, having done them.
    pub html: bool,
    /// Deletes at once.
    pub no_trash: bool,
}

#[derive(Default)]
struct Held {
    /// Posts and pictures are counted together, comments apart.
    posts_made: u64,
    comments_made: u64,
    age: u64,
    posts: BTreeMap<u64, FakePost>,
    comments: BTreeMap<u64, FakeComment>,
    media: BTreeMap<u64, FakeMedia>,
    instead: Option<String>,
}

impl Held {
    fn older(&mut self) -> u64 {
        self.age += 1;
        self.age
    }
}

struct Net {
    held: Mutex<Held>,
    ways: Ways,
    clock: Clock,
    base: String,
}

impl Net {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person whose key `roads:key` is.
const ROADS: u64 = 7;

/// Running until dropped.
pub struct FakeWordPress {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeWordPress {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeWordPress> {
        let base = format!("http://{}", listener.local_addr()?);
        let net = Arc::new(Net { held: Mutex::default(), ways, clock: Clock::system(), base });
        let manners = Manners {
            caller,
            writes: |method, uri| *method != Method::GET && route(uri).is_some_and(|r| is_one(&r)),
            refuses: |status| match status {
                StatusCode::UNAUTHORIZED => no(status, "rest_not_logged_in", "You are not currently logged in."),
                _ => no(status, "too_many_requests", "Too many requests"),
            },
            later: retry_after,
            html: ways.html,
        };
        let stage = Stage::start(listener, manners, |_| Router::new().fallback(answer).with_state(net.clone()))?;
        Ok(FakeWordPress { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What our person has published and not taken down, oldest first. What stands under a post that was taken down was
    /// not taken down itself.
    pub fn texts(&self) -> Vec<String> {
        let held = self.net.held();
        let posts = held.posts.values().filter(|p| p.status == "publish" && p.author == ROADS);
        let comments = held.comments.values().filter(|c| c.status == "approved" && c.author == ROADS);
        let mut all: Vec<(u64, String)> = posts.map(|p| (p.age, whole(&p.title, &p.content))).collect();
        all.extend(comments.map(|c| (c.age, plain(&c.content))));
        all.sort();
        all.into_iter().map(|(_, text)| text).collect()
    }

    pub fn posts(&self) -> Vec<FakePost> {
        self.net.held().posts.values().cloned().collect()
    }

    pub fn comments(&self) -> Vec<FakeComment> {
        self.net.held().comments.values().cloned().collect()
    }

    pub fn media(&self) -> Vec<FakeMedia> {
        self.net.held().media.values().cloned().collect()
    }

    /// Lets a stranger answer a post or a comment; it waits for approval.
    pub fn add_reply(&self, to: &str, text: &str) {
        let mut held = self.net.held();
        let (post, parent) = match to.parse() {
            Ok(Place::Post(id)) => (id, 0),
            Ok(Place::Comment(id)) => (held.comments.get(&id).map_or(0, |c| c.post), id),
            Err(()) => return,
        };
        let comment = json!({"post": post, "parent": parent, "status": "hold", "content": escaped(text)});
        comments::insert(&mut held, &comment, 0, "Pema", self.net.clock.now());
    }

    /// Lets the site's people change a comment, or put it into the trash.
    pub fn change_reply(&self, remote_id: &str, text: Option<&str>) {
        let mut held = self.net.held();
        let id = remote_id.parse().map_or(0, Place::number);
        let Some(comment) = held.comments.get_mut(&id) else { return };
        match text {
            Some(text) => comment.content = escaped(text),
            None => comment.status = "trash".into(),
        }
    }

    /// Lets the site's people type another date for the newest comment, as an import of another site's comments does.
    pub fn redate_newest(&self, date_us: i64) {
        if let Some(mut newest) = self.net.held().comments.last_entry() {
            newest.get_mut().date_us = date_us;
        }
    }

    /// Lets somebody write a post by the site's own pages. Gives the number.
    pub fn add_post(&self, author: u64, text: &str, status: &str) -> u64 {
        let post = json!({"title": escaped(text), "content": "", "status": status, "slug": ""});
        posts::insert(&mut self.net.held(), &post, author, self.net.clock.now())
    }

    /// Lets somebody change a post by the site's own pages.
    pub fn change(&self, id: u64, change: &Value) {
        posts::apply(&mut self.net.held(), id, change, self.net.clock.now());
    }

    /// Answers every list with this instead of JSON of its own.
    pub fn say_instead(&self, body: Option<String>) {
        self.net.held().instead = body;
    }
}

/// An error as WordPress words it.
fn no(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message, "data": {"status": status.as_u16()}}))).into_response()
}

fn no_route() -> Response {
    no(StatusCode::NOT_FOUND, "rest_no_route", "No route was found matching the URL and request method.")
}

fn asked(uri: &Uri) -> HashMap<String, String> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

/// What of the API is asked for, without the slash and version before it: `posts/12`; empty for its index.
fn route(uri: &Uri) -> Option<String> {
    let route = match uri.path().strip_prefix("/wp-json") {
        Some(rest) => rest.to_owned(),
        None => asked(uri).remove("rest_route")?,
    };
    match route.strip_prefix("/wp/v2/") {
        Some(rest) => Some(rest.to_owned()),
        None => (route.trim_matches('/').is_empty()).then(String::new),
    }
}

/// Whether this is one post or comment, and not the list of them.
fn is_one(route: &str) -> bool {
    route.starts_with("posts/") || route.starts_with("comments/")
}

fn caller(uri: &Uri, headers: &HeaderMap) -> Caller {
    if route(uri).is_none_or(|r| r.is_empty()) {
        return Caller::Anybody;
    }
    let key = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Basic "));
    match key.and_then(|k| STANDARD.decode(k).ok()).as_deref() {
        Some(b"roads:key") => Caller::Account("roads".into()),
        _ => Caller::Stranger,
    }
}

/// A time as WordPress writes it: whole seconds, no zone.
fn gmt(at_us: i64) -> String {
    let at = jiff::Timestamp::from_microsecond(at_us).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Which are asked for, if only some are.
fn included(q: &HashMap<String, String>) -> Option<Vec<u64>> {
    q.get("include").map(|i| i.split(',').filter_map(|n| n.parse().ok()).collect())
}

/// Of a thing, what is asked for.
fn only(mut thing: Value, q: &HashMap<String, String>) -> Value {
    if let (Some(fields), Some(all)) = (q.get("_fields"), thing.as_object_mut()) {
        all.retain(|name, _| fields.split(',').any(|f| f == name));
    }
    thing
}

fn page<T>(all: &[T], q: &HashMap<String, String>) -> Vec<usize> {
    let number = |name: &str, usual: usize| q.get(name).and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (size, n) = (number("per_page", 10).min(100), number("page", 1));
    let from = number("offset", size * (n - 1)).min(all.len());
    (from..(from + size).min(all.len())).collect()
}

async fn answer(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let is_path = uri.path().starts_with("/wp-json");
    let Some(route) = route(&uri).filter(|_| !(is_path && net.ways.no_paths)) else {
        return "<!DOCTYPE html><html>A front page</html>".into_response();
    };
    let (q, json) = (asked(&uri), serde_json::from_slice(&body).unwrap_or(Value::Null));
    if route == "media" && method == Method::POST {
        return posts::upload(&net, &headers, body).await;
    }
    let mut held = net.held();
    let mut parts = route.split('/');
    let (kind, id) = (parts.next().unwrap_or_default(), parts.next());
    if id.is_none()
        && method == Method::GET
        && let Some(instead) = &held.instead
    {
        return ([(header::CONTENT_TYPE, "application/json")], instead.clone()).into_response();
    }
    match (kind, id, method.as_str()) {
        ("", None, "GET") => Json(json!({"name": "Roads", "namespaces": ["oembed/1.0", "wp/v2"]})).into_response(),
        ("users", Some("me"), "GET") => Json(person(&net)).into_response(),
        ("users", None, "GET") => {
            let listed =
                q.get("slug").is_some_and(|s| s == "roads") && held.posts.values().any(|p| p.status == "publish");
            Json(if listed { vec![person(&net)] } else { vec![] }).into_response()
        }
        ("media", None, "GET") => posts::media(&held, &q),
        ("posts", None, "GET") => posts::list(&net, &held, &q),
        ("posts", None, "POST") => posts::make(&net, &mut held, &json),
        ("posts", Some(id), method) => posts::one(&net, &mut held, id, method, &q, &json),
        ("comments", None, "GET") => comments::list(&net, &held, &q),
        ("comments", None, "POST") => comments::make(&net, &mut held, &json),
        ("comments", Some(id), method) => comments::one(&net, &mut held, id, method, &q, &json),
        _ => no_route(),
    }
}

fn person(net: &Net) -> Value {
    json!({"id": ROADS, "name": "Department of Roads", "slug": "roads", "link": format!("{}/?author={ROADS}", net.base)})
}
