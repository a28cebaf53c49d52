//! A Lemmy server of our own, for tests without a network: paths, fields and codes of the published description, in the
//! dialect of 0.17 or of 0.19. What it answers is in `fake_calls.rs`.
use super::fake_calls::any;
use super::words;
use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::SetFault;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "roads:right:password";
pub const ME: u64 = 7;
pub const PEMA: u64 = 9;
pub const COMMUNITY: u64 = 12;
/// Another community on the same server.
pub const ELSEWHERE: u64 = 13;

/// How this server differs from a plain one.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// Speaks as 0.17 does.
    pub old: bool,
    /// Keeps pictures.
    pub pictures: bool,
    /// The account moderates the community.
    pub moderates: bool,
    /// The account's settings: it sees what it has read.
    pub shows_read: bool,
    /// The languages the account chose; none is every language.
    pub languages: &'static [u64],
    /// Every page of a list is the first.
    pub stuck: bool,
    /// Words out of the list are not taken in titles and replaced in texts.
    pub unwanted: Option<&'static str>,
}

impl Default for Ways {
    fn default() -> Ways {
        Ways {
            old: false,
            pictures: true,
            moderates: true,
            shows_read: true,
            languages: &[],
            stuck: false,
            unwanted: None,
        }
    }
}

/// A post, or a comment below one.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: u64,
    pub by: u64,
    pub community: u64,
    /// Of a post.
    pub title: String,
    pub body: String,
    /// Of a comment: the post, and the comments above and itself.
    pub below: Option<(u64, String)>,
    pub deleted: bool,
    pub removed: bool,
    pub pinned: bool,
    pub at_us: i64,
}

#[derive(Default)]
pub struct Held {
    next: u64,
    pub posts: BTreeMap<u64, Entry>,
    pub comments: BTreeMap<u64, Entry>,
    /// Sessions that are open.
    pub tokens: Vec<String>,
    pub logins: usize,
    pub instead: Option<(u16, String)>,
    pub only: &'static str,
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
        self.next + 100
    }
    pub fn post(&mut self, by: u64, community: u64, title: &str, body: &str) -> Entry {
        let entry = Entry {
            id: self.number(),
            by,
            community,
            title: title.to_owned(),
            body: body.to_owned(),
            below: None,
            deleted: false,
            removed: false,
            pinned: false,
            at_us: Clock::system().now(),
        };
        self.posts.insert(entry.id, entry.clone());
        entry
    }
    pub fn comment(&mut self, by: u64, post: u64, parent: Option<u64>, body: &str) -> Option<Entry> {
        let community = self.posts.get(&post)?.community;
        let above = match parent {
            Some(id) => self.comments.get(&id)?.below.clone()?.1,
            None => "0".to_owned(),
        };
        // Comments have numbers of their own, which may be those of posts.
        let id = self.number() + 1000;
        let mut entry = self.post(by, community, "", body);
        self.posts.remove(&entry.id);
        (entry.id, entry.below) = (id, Some((post, format!("{above}.{id}"))));
        self.comments.insert(id, entry.clone());
        Some(entry)
    }
}

/// Running until dropped.
pub struct FakeLemmy {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

/// A refusal in the platform's own form.
pub fn no(status: u16, code: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": code}))).into_response()
}

impl FakeLemmy {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeLemmy> {
        let manners = Manners {
            // Whose key a call carries may stand in its body: each call looks for itself.
            caller: |uri, _| match uri.path() {
                "/api/v3/site" | "/api/v3/user/login" => Caller::Anybody,
                _ => Caller::Account(ME.to_string()),
            },
            writes: |method, uri| *method != Method::GET && !uri.path().starts_with("/pictrs"),
            refuses: match ways.old {
                false => |status| match status {
                    StatusCode::TOO_MANY_REQUESTS => no(400, "rate_limit_error"),
                    _ => no(401, "incorrect_login"),
                },
                true => |status| match status {
                    StatusCode::TOO_MANY_REQUESTS => no(400, "rate_limit_error"),
                    _ => no(400, "not_logged_in"),
                },
            },
            later: retry_after,
            html: false,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeLemmy { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.net.held()
    }

    fn pictures(&self) -> String {
        format!("http://{}/pictrs/image/", self.address)
    }

    /// What our account wrote and nobody took down, oldest first, in the words it was given.
    pub fn own_texts(&self) -> Vec<String> {
        let (held, at) = (self.net.held(), self.pictures());
        let all = held.posts.values().chain(held.comments.values());
        let mut own: Vec<&Entry> = all.filter(|e| e.by == ME && !e.deleted && !e.removed).collect();
        own.sort_by_key(|e| e.at_us);
        let text = |e: &&Entry| match e.below {
            Some(_) => words::plain(&e.body, &at),
            None => words::whole(&e.title, &words::plain(&e.body, &at)),
        };
        own.iter().map(text).collect()
    }

    /// Answers everything under a path with this instead of its own words, having done it.
    pub fn say_instead(&self, only: &'static str, body: Option<(u16, &str)>) {
        let mut held = self.net.held();
        held.only = only;
        held.instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    /// Lets somebody write a post by the server's own means; gives its id.
    pub fn write(&self, by: u64, community: u64, title: &str, body: &str) -> String {
        format!("p{}", self.net.held().post(by, community, title, body).id)
    }

    /// Lets whoever wrote it change a comment, or delete it.
    pub fn change_reply(&self, remote_id: &str, text: Option<&str>) {
        let mut held = self.net.held();
        let id: u64 = remote_id[1..].parse().unwrap();
        let Some(comment) = held.comments.get_mut(&id) else { return };
        match text {
            Some(text) => text.clone_into(&mut comment.body),
            None => comment.deleted = true,
        }
    }

    /// Lets somebody answer a post or a comment; gives the answer's id.
    pub fn answer(&self, to: &str, by: u64, body: &str) -> String {
        let mut held = self.net.held();
        let id: u64 = to[1..].parse().unwrap();
        let (post, parent) = match held.comments.get(&id).filter(|_| to.starts_with('c')) {
            Some(comment) => (comment.below.as_ref().unwrap().0, Some(id)),
            None => (id, None),
        };
        format!("c{}", held.comment(by, post, parent, body).unwrap().id)
    }
}
