//! An Official Account of our own behind paths, fields and codes of WeChat's API, for tests without a network: refusals come
//! with status 200, times are whole seconds, a draft is none any more once it is published. What each call does: `fake_calls`.
use super::words;
use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::SetFault;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::clock::{Clock, SECOND};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const APP: &str = "wx0123456789abcdef";
pub const SECRET: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
/// Numbers of messages begin here.
const FIRST: u64 = 2_247_483_650;

/// How this account differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// It may not have comments.
    pub silent: bool,
    /// Numbers come as text.
    pub numbers_as_text: bool,
    /// What publishing comes to; 0 is out.
    pub ends_as: i64,
    /// It is so many times asked about before it is out.
    pub takes: usize,
    /// Its articles' addresses are short and hold no number.
    pub short_addresses: bool,
}

#[derive(Debug, Clone)]
pub struct Article {
    pub id: String,
    pub number: u64,
    pub title: String,
    pub content: String,
    pub thumb: String,
    pub link: Option<String>,
    pub open: bool,
    pub at_s: i64,
    pub deleted: bool,
    /// How often it is yet to be asked about.
    pub left: usize,
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub article: u64,
    pub number: u64,
    pub text: String,
    pub at_s: i64,
    pub answer: Option<String>,
}

#[derive(Default)]
pub struct Held {
    pub next: u64,
    pub token: u64,
    pub asked_for_tokens: usize,
    pub lasts: Option<i64>,
    pub covers: Vec<String>,
    pub drafts: BTreeMap<String, Article>,
    pub articles: Vec<Article>,
    pub comments: Vec<Comment>,
    pub instead: Option<(String, u16, String)>,
    pub asked: Vec<String>,
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
    pub fn id(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}_-{:08}", self.next)
    }
    pub fn token(&self) -> String {
        format!("TOKEN-{}", self.token)
    }
    pub fn publish(&mut self, mut article: Article, takes: usize) -> u64 {
        article.number = FIRST + self.articles.len() as u64;
        article.left = takes;
        article.at_s = Clock::system().now() / SECOND;
        self.articles.push(article.clone());
        article.number
    }
    pub fn out(&self, id: &str) -> Option<&Article> {
        self.articles.iter().find(|a| a.id == id && !a.deleted && a.left == 0)
    }
}

/// Running until dropped.
pub struct FakeWeChat {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeWeChat {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeWeChat> {
        let manners = Manners {
            // Whether a token is the right one is looked at below, where it can be an old one.
            caller: |uri, _| match uri.query().and_then(|q| q.strip_prefix("access_token=")) {
                Some(token) if token.starts_with("TOKEN-") => Caller::Account(APP.to_owned()),
                _ if uri.path() == "/cgi-bin/stable_token" => Caller::Anybody,
                _ => Caller::Stranger,
            },
            writes: |_, uri| {
                let ends = ["freepublish/submit", "freepublish/delete", "reply/add", "reply/delete"];
                ends.iter().any(|end| uri.path().ends_with(end))
            },
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(45_011, "api minute-quota reach limit, must slower"),
                _ => no(40_001, "invalid credential, access_token is invalid or not latest"),
            },
            later: retry_after,
            html: false,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let served = net.clone();
        let stage = Stage::start(listener, manners, move |_| super::fake_calls::routes(served))?;
        Ok(FakeWeChat { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.net.held()
    }

    /// What is out and not removed, oldest first.
    pub fn texts(&self) -> Vec<String> {
        self.held().articles.iter().filter(|a| !a.deleted).map(|a| words::said(&a.content)).collect()
    }

    /// Publishes by WeChat's own page; gives the article's id.
    pub fn beside(&self, text: &str) -> String {
        let mut held = self.held();
        let id = held.id("ART");
        let article = Article {
            id: id.clone(),
            number: 0,
            title: "By hand".into(),
            content: words::content(text, &[]),
            thumb: "other".into(),
            link: None,
            open: true,
            at_s: 0,
            deleted: false,
            left: 0,
        };
        held.publish(article, 0);
        id
    }

    /// Lets somebody comment on an article; gives the comment's id as the connector names it.
    pub fn comment(&self, to: &str, text: &str) -> String {
        let mut held = self.held();
        let article = held.articles.iter().find(|a| a.id == to).unwrap().number;
        let number = held.comments.len() as u64 + 1;
        let at_s = Clock::system().now() / SECOND;
        held.comments.push(Comment { article, number, text: text.to_owned(), at_s, answer: None });
        format!("comment:{article}:{number}")
    }

    /// Answers a path with this, having done it; `None` for its own words.
    pub fn say_instead(&self, words: Option<(&str, u16, &str)>) {
        self.held().instead = words.map(|(path, status, body)| (path.to_owned(), status, body.to_owned()));
    }

    /// The tokens that were given are good no more.
    pub fn end_tokens(&self) {
        self.held().token += 1;
    }
}

pub fn no(code: i64, message: &str) -> Response {
    Json(json!({"errcode": code, "errmsg": format!("{message} rid: 655d9278-7c157f97")})).into_response()
}

pub fn yes(value: Value) -> Response {
    Json(value).into_response()
}
