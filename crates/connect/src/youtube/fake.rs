//! A YouTube of our own that answers as the Data API does, for tests without a network: same paths, fields and reasons. It
//! looks at no film; it keeps its bytes. What it does with calls is in `fake_calls` and `fake_upload`.
use super::{COMMENTS, MODERATION, THREADS, VIDEOS};
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::fake_permits::Permits;
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::{Clock, SECOND};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const KEY: &str = "ya29.roads-4711";
pub const CHANNEL: &str = "UCroads0000000000000bt01";
pub const STRANGER: &str = "UCpema00000000000000bt02";
pub const UPLOADS: &str = "UUroads0000000000000bt01";
pub const TOKENS: &str = "/token";
/// The app at Google, and its secret.
pub const APP: (&str, &str) = ("4711.apps.example", "GOCSPX-s3cret");
/// What renews the key.
pub const REFRESH: &str = "1//first-refresh";

/// How this YouTube differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// It is asked so many times before a film is processed.
    pub slow: usize,
    /// Google has not audited the project: films stay private.
    pub unaudited: bool,
    /// Films are refused after they were processed, for that reason.
    pub rejects: Option<&'static str>,
    /// Of every piece only so many bytes are kept.
    pub keeps: Option<usize>,
    /// Units of the quota.
    pub units: Option<u32>,
    /// Captions are refused.
    pub no_captions: bool,
    pub html: bool,
}

#[derive(Debug, Clone)]
pub struct Video {
    pub id: String,
    pub snippet: Value,
    pub privacy: String,
    pub for_children: Option<bool>,
    pub film: Vec<u8>,
    pub mime: String,
    /// Language and words.
    pub captions: Vec<(String, String)>,
    pub at_us: i64,
    pub asked: usize,
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: String,
    pub parent: Option<String>,
    pub video: String,
    pub author: &'static str,
    pub text: String,
    pub at_us: i64,
    pub standing: String,
}

/// An upload on its way.
#[derive(Debug, Clone)]
pub struct Session {
    pub about: Value,
    pub films: bool,
    pub mime: String,
    pub total: usize,
    pub got: Vec<u8>,
    /// What was made of it.
    pub made: Option<Value>,
}

#[derive(Default)]
pub struct Held {
    pub videos: Vec<Video>,
    pub comments: Vec<Comment>,
    pub sessions: Vec<Session>,
    pub used: u32,
    pub number: usize,
    /// So many of the next pieces are kept without an answer, and so many are lost.
    pub unanswered: usize,
    pub lost: usize,
    pub permits: Permits,
    /// Answers in place of its own, by path.
    instead: BTreeMap<String, (u16, String)>,
    calls: Vec<String>,
}

pub struct Net {
    held: Mutex<Held>,
    pub ways: Ways,
    pub base: String,
}

impl Net {
    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds, as YouTube tells them.
pub fn now() -> i64 {
    Clock::system().now() / SECOND * SECOND
}

pub fn text_of(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us).map(|t| t.to_string()).unwrap_or_default()
}

/// Running until dropped.
pub struct FakeYouTube {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeYouTube {
    /// Lets whoever manages the channel agree to what they were sent for; where their browser is sent back to.
    pub fn agree(&self, address: &str) -> String {
        self.net.held().permits.agree(address)
    }

    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeYouTube> {
        let manners = Manners {
            caller: |uri, headers| match bearer(headers) {
                _ if uri.path() == TOKENS => Caller::Anybody,
                Some(key) if key.starts_with("ya29.") => Caller::Account(CHANNEL.to_owned()),
                _ => Caller::Stranger,
            },
            writes: |method, uri| match *method {
                Method::DELETE => true,
                Method::PUT => [VIDEOS, COMMENTS].contains(&uri.path()),
                Method::POST => [THREADS, COMMENTS, MODERATION].contains(&uri.path()),
                _ => false,
            },
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(429, "rateLimitExceeded", "Too many requests."),
                _ => no(401, "authError", "Invalid Credentials"),
            },
            later: retry_after,
            html: ways.html,
        };
        let base = format!("http://{}", listener.local_addr()?);
        let net = Arc::new(Net { held: Mutex::default(), ways, base });
        let shared = net.clone();
        let stage = Stage::start(listener, manners, move |_| Router::new().fallback(any).with_state(shared))?;
        Ok(FakeYouTube { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.net.held()
    }

    /// Public films and the channel's own comments, oldest first.
    pub fn texts(&self) -> Vec<String> {
        let held = self.held();
        let word = |v: &Video| v.snippet.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let videos = held.videos.iter().filter(|v| v.privacy == "public").map(word);
        let own = held.comments.iter().filter(|c| c.author == CHANNEL).map(|c| c.text.clone());
        videos.chain(own).collect()
    }

    /// Somebody publishes a film in YouTube's own page.
    pub fn beside(&self, title: &str) -> String {
        let mut held = self.held();
        let about = json!({
            "snippet": {"title": title, "description": "", "categoryId": "22", "tags": ["roads"]},
            "status": {"privacyStatus": "public"},
        });
        held.add_video(&about, vec![0; 9], "video/mp4")
    }

    /// Somebody writes below a video or a comment.
    pub fn comment(&self, author: &'static str, to: &str, text: &str) -> String {
        self.held().add_comment(author, to, text).unwrap_or_default()
    }

    /// Answers calls of a path with this instead of its own words, having done them.
    pub fn say_instead(&self, path: &str, status: u16, body: &str) {
        self.held().instead.insert(path.to_owned(), (status, body.to_owned()));
    }

    /// What was called since last asked, as `PUT /path`.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.held().calls)
    }
}

impl Held {
    pub fn add_video(&mut self, about: &Value, film: Vec<u8>, mime: &str) -> String {
        self.number += 1;
        let id = format!("vid-{:07}", self.number);
        let text = |path: &str| about.pointer(path).and_then(Value::as_str);
        self.videos.push(Video {
            id: id.clone(),
            snippet: about.get("snippet").cloned().unwrap_or_default(),
            // What nobody says anything about is public.
            privacy: text("/status/privacyStatus").unwrap_or("public").to_owned(),
            for_children: about.pointer("/status/selfDeclaredMadeForKids").and_then(Value::as_bool),
            film,
            mime: mime.to_owned(),
            captions: vec![],
            at_us: now(),
            asked: 0,
        });
        id
    }

    pub fn add_comment(&mut self, author: &'static str, to: &str, text: &str) -> Option<String> {
        self.number += 1;
        let number = self.number;
        let parent = self.comments.iter().find(|c| c.id == to && c.parent.is_none()).map(|c| c.video.clone());
        let (id, parent, video) = match parent {
            Some(video) => (format!("{to}.8a-{number:05}"), Some(to.to_owned()), video),
            None if self.videos.iter().any(|v| v.id == to) => (format!("Ugx-{number:022}"), None, to.to_owned()),
            None => return None,
        };
        let (text, standing) = (text.to_owned(), "published".to_owned());
        self.comments.push(Comment { id: id.clone(), parent, video, author, text, at_us: now(), standing });
        Some(id)
    }
}

pub fn no(status: u16, reason: &str, message: &str) -> Response {
    let body = json!({"error": {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "youtube.test", "reason": reason}],
    }});
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(body)).into_response()
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    net.held().calls.push(format!("{method} {}", uri.path()));
    let asked: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    // Google's servers take no POST and no PUT that does not say how long it is, not even one of no bytes (RFC 9110, 15.5.12).
    let awaited = matches!(method, Method::POST | Method::PUT);
    if awaited && !headers.contains_key("content-length") && !headers.contains_key("transfer-encoding") {
        return (StatusCode::LENGTH_REQUIRED, "<!DOCTYPE html><title>Error 411 (Length Required)!!1</title>")
            .into_response();
    }
    let own = if uri.path().starts_with("/upload/") {
        super::fake_upload::upload(&net, &method, uri.path(), &asked, &headers, &body)
    } else {
        super::fake_calls::call(&net, &method, uri.path(), &asked, &body)
    };
    match net.held().instead.get(uri.path()) {
        Some((status, text)) => (StatusCode::from_u16(*status).unwrap_or(StatusCode::OK), text.clone()).into_response(),
        None => own,
    }
}
