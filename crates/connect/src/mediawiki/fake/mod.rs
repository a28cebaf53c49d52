//! A wiki of our own that answers as MediaWiki's API does, for tests without a network: same parameters, same codes, every
//! error with HTTP 200. It merges nothing: an edit of an older state is a conflict.
mod read;
mod write;

use super::{talk, wikitext};
use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::{Fault, SetFault};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "Roads@drelwa:0123456789abcdef0123456789abcdef";
pub const US: (&str, u64) = ("Roads", 7);

/// How this wiki differs from a plain one.
#[derive(Clone)]
pub struct Ways {
    pub html: bool,
    /// Rights the account lacks.
    pub lacks: &'static [&'static str],
    /// The longest list given at once.
    pub list: usize,
    pub bytes: usize,
    /// Answers edits with this instead of its own words, having done them.
    pub instead: Option<&'static str>,
}

impl Default for Ways {
    fn default() -> Ways {
        Ways { html: false, lacks: &[], list: 500, bytes: 1 << 20, instead: None }
    }
}

pub(super) const RIGHTS: [&str; 7] = ["read", "edit", "createpage", "createtalk", "upload", "delete", "deleterevision"];

#[derive(Clone)]
pub(super) struct Rev {
    pub id: u64,
    pub parent: u64,
    pub page: u64,
    pub user: (String, u64),
    pub comment: String,
    pub text: String,
    pub at_us: i64,
    pub hidden: bool,
}

#[derive(Clone)]
pub(super) struct Page {
    pub id: u64,
    pub ns: u64,
    pub title: String,
}

#[derive(Default)]
pub(super) struct Held {
    next: u64,
    pub pages: BTreeMap<u64, Page>,
    pub revs: BTreeMap<u64, Rev>,
    pub files: HashMap<String, Vec<u8>>,
    /// Cookie and token, and whose it is once signed in.
    pub sessions: HashMap<String, Option<(String, u64)>>,
    /// How often signing in will still be refused.
    pub refused: u32,
    pub uploads: usize,
    /// Answers every question with this.
    pub instead: Option<String>,
}

pub(super) struct Net {
    held: Mutex<Held>,
    pub ways: Ways,
}

impl Net {
    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn space(title: &str) -> u64 {
    match title.split_once(':').map(|(space, _)| space) {
        Some("Talk") => 1,
        Some("User") => 2,
        Some("User talk") => 3,
        Some("File") => 6,
        _ => 0,
    }
}

pub(super) fn time(at_us: i64) -> String {
    jiff::Timestamp::from_second(at_us.div_euclid(1_000_000)).unwrap_or_default().to_string()
}

impl Held {
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
    pub fn by_title(&self, title: &str) -> Option<Page> {
        self.pages.values().find(|p| p.title == title).cloned()
    }
    pub fn of_page(&self, id: u64) -> impl DoubleEndedIterator<Item = &Rev> {
        self.revs.values().filter(move |r| r.page == id)
    }
    pub fn current(&self, id: u64) -> Option<&Rev> {
        self.of_page(id).next_back()
    }
    /// Saves as the wiki does: signatures written out, no space at the end.
    pub fn save(&mut self, title: &str, user: (&str, u64), text: &str, comment: &str) -> (u64, u64, u64) {
        let page = self.by_title(title).unwrap_or_else(|| {
            let id = self.number();
            let page = Page { id, ns: space(title), title: title.to_owned() };
            self.pages.insert(id, page.clone());
            page
        });
        let at_us = Clock::system().now();
        let sign = format!("[[User:{0}|{0}]] ([[User talk:{0}|talk]]) {1} (UTC)", user.0, time(at_us));
        let text = text.replace("~~~~", &sign).trim_end().to_owned();
        let parent = self.current(page.id).map_or(0, |r| r.id);
        let (id, user) = (self.number(), (user.0.to_owned(), user.1));
        let comment = comment.to_owned();
        self.revs.insert(id, Rev { id, parent, page: page.id, user, comment, text, at_us, hidden: false });
        (page.id, parent, id)
    }
}

/// Running until dropped.
pub struct FakeWiki {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeWiki {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeWiki> {
        let manners = Manners {
            // Whoever is not known is told so in words of the API.
            caller: |_, _| Caller::Account("wiki".to_owned()),
            writes: |_, uri| {
                let query = uri.query().unwrap_or_default();
                ["action=edit&", "action=delete&", "action=revisiondelete&"].iter().any(|a| query.contains(a))
            },
            refuses: |_| no("ratelimited", "You've exceeded your rate limit. Please wait some time and try again."),
            later: retry_after,
            html: ways.html,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let stage = Stage::start(listener, manners, move |_| {
            Router::new().route("/api.php", get(api).post(api)).layer(DefaultBodyLimit::max(40 << 20)).with_state(held)
        })?;
        Ok(FakeWiki { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        match fault.fault {
            Fault::RevokedToken => self.revoke(if fault.times == 0 { u32::MAX } else { fault.times }),
            _ => self.stage.set_fault(fault),
        }
    }

    /// Ends every session, and refuses so many attempts to sign in.
    pub fn revoke(&self, times: u32) {
        let mut held = self.net.held();
        held.sessions.clear();
        held.refused = times;
    }

    /// What our account said and did not take back, oldest first.
    pub fn texts(&self) -> Vec<String> {
        let held = self.net.held();
        let mut out = Vec::new();
        for rev in held.revs.values().filter(|r| r.user.0 == US.0 && !r.comment.starts_with(super::HIDDEN)) {
            let Some(page) = held.pages.get(&rev.page) else { continue };
            let Some(now) = held.current(page.id) else { continue };
            if page.ns == 0 && rev.parent == 0 {
                out.push(wikitext::plain(&now.text));
            }
            let before = held.revs.get(&rev.parent).map(|r| r.text.clone()).unwrap_or_default();
            let lines = talk::added(&before, &rev.text);
            if page.ns == 1 && !talk::places(&now.text, &lines).is_empty() {
                out.push(talk::words(&lines, US.0));
            }
        }
        out
    }

    /// The newest text of a page.
    pub fn source(&self, title: &str) -> Option<String> {
        let held = self.net.held();
        held.by_title(title).and_then(|p| held.current(p.id).map(|r| r.text.clone()))
    }

    pub fn titles(&self) -> Vec<String> {
        self.net.held().pages.values().map(|p| p.title.clone()).collect()
    }

    pub fn title_of(&self, id: &str) -> Option<String> {
        let id = id.parse().ok()?;
        self.net.held().pages.get(&id).map(|p| p.title.clone())
    }

    /// The revisions nobody may read.
    pub fn hidden(&self) -> usize {
        self.net.held().revs.values().filter(|r| r.hidden).count()
    }

    pub fn uploads(&self) -> usize {
        self.net.held().uploads
    }

    pub fn say_instead(&self, body: Option<&str>) {
        self.net.held().instead = body.map(str::to_owned);
    }

    /// Lets somebody write a page by the wiki's own means; gives page and revision.
    pub fn write(&self, title: &str, user: (&str, u64), text: &str) -> (String, String) {
        let (page, _, rev) = self.net.held().save(title, user, text, "");
        (page.to_string(), format!("r{rev}"))
    }

    pub fn rename(&self, id: &str, to: &str) {
        let id: u64 = id.parse().unwrap_or_default();
        if let Some(page) = self.net.held().pages.get_mut(&id) {
            page.title = to.to_owned();
        }
    }

    /// Lets a stranger write on the talk page of a page.
    pub fn comment(&self, page: &str, text: &str) -> String {
        let Some(title) = self.title_of(page) else { return String::new() };
        let title = format!("Talk:{title}");
        let before = self.source(&title).map(|s| s + "\n\n").unwrap_or_default();
        self.write(&title, ("Pema", 9), &format!("{before}{text} --~~~~")).1
    }
}

pub(super) fn no(code: &str, info: &str) -> Response {
    let body = json!({"error": {"code": code, "info": info, "docref": "See the wiki's api.php for API usage."}});
    ([("mediawiki-api-error", code.to_owned())], Json(body)).into_response()
}

pub(super) fn yes(value: &Value) -> Response {
    Json(value).into_response()
}

pub(super) struct Call {
    pub given: HashMap<String, String>,
    pub file: Option<Vec<u8>>,
    pub cookie: Option<String>,
    pub user: Option<(String, u64)>,
}

impl Call {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
    pub fn has(&self, name: &str, word: &str) -> bool {
        self.get(name).is_some_and(|v| v.split('|').any(|w| w == word))
    }
}

async fn read_call(uri: &Uri, headers: &HeaderMap, body: Bytes) -> Call {
    let pairs = |text: &[u8]| url::form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let mut given: HashMap<String, String> = pairs(uri.query().unwrap_or_default().as_bytes()).into_iter().collect();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut file = None;
    if let Ok(boundary) = multer::parse_boundary(kind) {
        let mut form = multer::Multipart::new(axum::body::Body::from(body).into_data_stream(), boundary);
        while let Ok(Some(field)) = form.next_field().await {
            let name = field.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "file" => file = field.bytes().await.ok().map(|b| b.to_vec()),
                _ => drop(given.insert(name, field.text().await.unwrap_or_default())),
            }
        }
    } else {
        given.extend(pairs(&body));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split("; "));
    let cookie = cookies.filter_map(|c| c.strip_prefix("wiki_session=")).next().map(str::to_owned);
    Call { given, file, cookie, user: None }
}

async fn api(State(net): State<Arc<Net>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    // What is secret stands in the body, where no log of a web server has it.
    let query = uri.query().unwrap_or_default();
    if ["token=", "lgpassword=", "text=", "0123456789abcdef0123"].iter().any(|s| query.contains(s)) {
        return no(
            "mustpostparams",
            "The following parameters were found in the query string, but must be in the POST body",
        );
    }
    let mut call = read_call(&uri, &headers, body).await;
    let mut held = net.held();
    call.user = call.cookie.as_ref().and_then(|c| held.sessions.get(c)).cloned().flatten();
    if call.get("assert") == Some("user") && call.user.is_none() {
        return no("assertuserfailed", "You are no longer logged in, so the action could not be completed.");
    }
    let action = call.get("action").unwrap_or_default().to_owned();
    match action.as_str() {
        "login" => return write::login(&mut held, &call),
        "query"
            if call.has("list", "recentchanges")
                || call.has("list", "usercontribs")
                || call.has("prop", "revisions") =>
        {
            if let Some(instead) = &held.instead {
                return ([(header::CONTENT_TYPE, "application/json")], instead.clone()).into_response();
            }
        }
        "query" => {}
        _ if call.get("token").is_none()
            || call.get("token") != call.cookie.as_ref().map(|c| format!("{c}+\\")).as_deref() =>
        {
            return no("badtoken", "Invalid CSRF token.");
        }
        _ => {}
    }
    let may = |right: &str| !net.ways.lacks.contains(&right);
    match action.as_str() {
        "query" => read::query(&mut held, &net.ways, &call),
        "edit" => match (net.ways.instead, write::edit(&mut held, &net.ways, &call)) {
            (Some(instead), _) => ([(header::CONTENT_TYPE, "application/json")], instead).into_response(),
            (None, response) => response,
        },
        "upload" if may("upload") => write::upload(&mut held, &call),
        "delete" if may("delete") => write::delete(&mut held, &call),
        "revisiondelete" if may("deleterevision") => write::hide(&mut held, &call),
        "upload" | "delete" | "revisiondelete" => {
            no("permissiondenied", "The action you have requested is limited to users in the group: Administrators.")
        }
        _ => no("badvalue", "Unrecognized value for parameter \"action\"."),
    }
}
