//! A PeerTube server of our own, for tests without a network: paths, fields and codes of the published types, and pieces of a
//! file as `@uploadx/core` takes them. What it answers is in `fake_calls.rs`.
use super::fake_calls::any;
use super::{place, words};
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::simulator::SetFault;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "agency:right:password";
pub const ME: u64 = 7;
pub const PEMA: u64 = 9;
/// Somebody on another server, whose words come as HTML.
pub const AFAR: u64 = 11;
pub const CHANNEL: u64 = 12;
/// Another channel of the same account.
pub const ELSEWHERE: u64 = 13;

/// How this server differs from a plain one.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// From before 6.2: no list of everything below one's videos.
    pub old: bool,
    /// Makes other forms of a film before it shows it.
    pub transcodes: bool,
    /// How long a session is good for, in seconds.
    pub lasts_s: u64,
    /// What name and password are answered with, if not with a session.
    pub admits: Option<&'static str>,
}

impl Default for Ways {
    fn default() -> Ways {
        Ways { old: false, transcodes: false, lasts_s: 86_400, admits: None }
    }
}

#[derive(Debug, Clone)]
pub struct Film {
    pub id: u64,
    pub uuid: String,
    pub channel: u64,
    pub name: String,
    pub description: Option<String>,
    pub language: Option<String>,
    pub privacy: u64,
    pub state: u64,
    pub blocked: Option<&'static str>,
    pub bytes: Vec<u8>,
    pub captions: Vec<(String, String)>,
    pub at_us: i64,
}

#[derive(Debug, Clone)]
pub struct Word {
    pub id: u64,
    pub video: u64,
    pub thread: u64,
    pub above: Option<u64>,
    pub by: u64,
    pub text: String,
    pub deleted: bool,
    pub at_us: i64,
}

#[derive(Debug, Clone)]
pub struct Upload {
    pub given: Value,
    pub size: u64,
    pub bytes: Vec<u8>,
    pub done: Option<String>,
}

#[derive(Default)]
pub struct Held {
    next: u64,
    last_us: i64,
    pub films: BTreeMap<u64, Film>,
    pub words: BTreeMap<u64, Word>,
    pub uploads: BTreeMap<String, Upload>,
    pub tokens: Vec<String>,
    pub refreshes: Vec<String>,
    pub logins: usize,
    pub renewed: usize,
    /// Pieces that came, and questions how far an upload is.
    pub pieces: usize,
    pub questions: usize,
    /// So many pieces are taken and their answers lost; so many are lost on the way.
    pub lose_answers: usize,
    pub lose_pieces: usize,
    /// Every session ends when this many pieces came.
    pub end_after: Option<usize>,
    /// Where an upload is said to be.
    pub location: Option<String>,
    pub instead: Option<(u16, String)>,
    pub only: &'static str,
}

pub struct Net {
    held: Mutex<Held>,
    pub ways: Ways,
    pub host: String,
}

impl Net {
    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next + 100
    }
    /// Later than every moment before.
    pub fn moment(&mut self) -> i64 {
        self.last_us = Clock::system().now().max(self.last_us + 1_000);
        self.last_us
    }
    pub fn film(&mut self, channel: u64, name: &str, description: Option<String>, privacy: u64) -> Film {
        let id = self.number();
        let film = Film {
            id,
            uuid: format!("9c9de5e8-0a1e-484a-b099-{id:012x}"),
            channel,
            name: name.to_owned(),
            description,
            language: None,
            privacy,
            state: 1,
            blocked: None,
            bytes: Vec::new(),
            captions: Vec::new(),
            at_us: self.moment(),
        };
        self.films.insert(id, film.clone());
        film
    }
    pub fn find(&self, uuid: &str) -> Option<&Film> {
        self.films.values().find(|f| f.uuid == uuid)
    }
    pub fn find_mut(&mut self, uuid: &str) -> Option<&mut Film> {
        self.films.values_mut().find(|f| f.uuid == uuid)
    }
    pub fn say(&mut self, video: u64, above: Option<u64>, by: u64, text: &str) -> Word {
        let id = self.number() + 1_000;
        let thread = above.and_then(|a| self.words.get(&a)).map_or(id, |w| w.thread);
        let word = Word { id, video, thread, above, by, text: text.to_owned(), deleted: false, at_us: self.moment() };
        self.words.insert(id, word.clone());
        word
    }
}

/// A refusal in the platform's own form.
pub fn no(status: u16, code: &str, detail: &str) -> Response {
    let mut body = json!({"type": "about:blank", "title": "Refused", "detail": detail, "status": status});
    if !code.is_empty() {
        body["code"] = json!(code);
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
}

fn caller(uri: &Uri, headers: &HeaderMap) -> Caller {
    match uri.path() {
        "/api/v1/oauth-clients/local" | "/api/v1/users/token" => Caller::Anybody,
        _ if bearer(headers).is_some() => Caller::Account(ME.to_string()),
        _ => Caller::Stranger,
    }
}

/// Making public, correcting, removing and commenting; what is sent up nobody sees.
fn writes(method: &Method, uri: &Uri) -> bool {
    let Some(rest) = uri.path().strip_prefix("/api/v1/videos/") else { return false };
    match *method {
        Method::POST => rest.contains("/comment"),
        Method::PUT => rest != "upload-resumable" && !rest.contains("/captions/"),
        Method::DELETE => true,
        _ => false,
    }
}

/// Running until dropped.
pub struct FakePeerTube {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakePeerTube {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakePeerTube> {
        let manners = Manners {
            caller,
            writes,
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(429, "", "Too many requests, please try again later."),
                _ => no(401, "invalid_token", "Invalid token: access token is invalid"),
            },
            later: retry_after,
            html: false,
        };
        let host = listener.local_addr()?.to_string();
        let net = Arc::new(Net { held: Mutex::default(), ways, host });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakePeerTube { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.net.held()
    }

    /// Pieces that came and questions how far an upload is.
    pub fn sent(&self) -> (usize, usize) {
        let held = self.net.held();
        (held.pieces, held.questions)
    }

    /// Sessions opened with the password and sessions renewed.
    pub fn signed_in(&self) -> (usize, usize) {
        let held = self.net.held();
        (held.logins, held.renewed)
    }

    /// What our account made public and said, and nobody took down, oldest first, in the words it was given.
    pub fn own_texts(&self) -> Vec<String> {
        let held = self.net.held();
        let films = held.films.values().filter(|f| f.privacy == 1);
        let mut all: Vec<(i64, String)> =
            films.map(|f| (f.at_us, words::whole(&f.name, f.description.as_deref().unwrap_or_default()))).collect();
        all.extend(held.words.values().filter(|w| w.by == ME && !w.deleted).map(|w| (w.at_us, w.text.clone())));
        all.sort();
        all.into_iter().map(|(_, text)| text).collect()
    }

    /// Answers everything under a path with this instead of its own words, having done it.
    pub fn say_instead(&self, only: &'static str, body: Option<(u16, &str)>) {
        let mut held = self.net.held();
        held.only = only;
        held.instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    /// Lets somebody put a video up by the server's own means; gives its id.
    pub fn put_up(&self, channel: u64, name: &str, description: Option<&str>) -> String {
        self.net.held().film(channel, name, description.map(str::to_owned), 1).uuid
    }

    /// Lets somebody answer a video or a comment; gives the answer's id.
    pub fn answer(&self, to: &str, by: u64, text: &str) -> String {
        let mut held = self.net.held();
        let (uuid, above) = match place(to).unwrap() {
            super::Place::Video(uuid) => (uuid, None),
            super::Place::Comment { video, id, .. } => (video, Some(id)),
        };
        let video = held.find(uuid).unwrap().id;
        let word = held.say(video, above, by, text);
        format!("{uuid}.{}.{}", word.thread, word.id)
    }
}
