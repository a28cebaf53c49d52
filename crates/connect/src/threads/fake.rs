//! An account of our own behind paths, fields and codes of the Threads API, for tests without a network. Times are whole
//! seconds and lists begin with the newest. A film is fetched and looked into only after its container was made. A container
//! is over after a day; one that is published twice makes two posts here: nothing is known of what Threads does, so nothing
//! is relied on.
use super::VERSION;
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::meta::fake::{Progress, fetched, missing, no, time};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "THAAroads0123456789";
pub const RENEWED: &str = "THAAroads9876543210";
pub const ACCOUNT: &str = "31005550001";
pub const OWN: &str = "roads.bt";
const LONGEST: usize = 500;

/// A post, an answer, or what somebody said elsewhere and named us in.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: String,
    pub by: &'static str,
    pub text: String,
    pub alts: Vec<String>,
    /// Where its film was fetched.
    pub film: Option<String>,
    pub to: Option<String>,
    pub mentions: bool,
    pub repost: bool,
    pub hidden: bool,
    pub deleted: bool,
    pub at_us: i64,
}

#[derive(Debug, Clone, Default)]
struct Parcel {
    text: String,
    to: Option<String>,
    alts: Vec<String>,
    film: Option<String>,
    item: bool,
    progress: Progress,
}

#[derive(Default)]
struct Held {
    next: u64,
    entries: Vec<Entry>,
    parcels: BTreeMap<String, Parcel>,
    instead: Option<(String, u16, String)>,
    slow: u32,
    early: u32,
    asked: Vec<String>,
}

type Net = Arc<Mutex<Held>>;

fn held(net: &Net) -> MutexGuard<'_, Held> {
    net.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Held {
    fn number(&mut self) -> String {
        self.next += 1;
        (18_000_000 + self.next).to_string()
    }
    fn add(&mut self, by: &'static str, text: &str, to: Option<&str>, alts: Vec<String>) -> String {
        let (id, at_us) = (self.number(), Clock::system().now());
        let (text, to, new) = (text.to_owned(), to.map(str::to_owned), id.clone());
        let film = None;
        self.entries.push(Entry {
            id,
            by,
            text,
            alts,
            film,
            to,
            mentions: false,
            repost: false,
            hidden: false,
            deleted: false,
            at_us,
        });
        new
    }
    fn seen(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.id == id && !e.deleted)
    }
    fn is_below(&self, e: &Entry, id: &str) -> bool {
        e.to.as_deref().is_some_and(|to| to == id || self.seen(to).is_some_and(|up| self.is_below(up, id)))
    }
    fn list(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Value> {
        self.entries.iter().rev().filter(|e| !e.deleted && wanted(e)).map(|e| self.shown(e)).collect()
    }
    fn shown(&self, e: &Entry) -> Value {
        let mut out = json!({
            "id": e.id, "text": e.text, "timestamp": time(e.at_us), "username": e.by,
            "permalink": format!("https://www.threads.com/@{}/post/C{}", e.by, e.id),
            "has_replies": self.entries.iter().any(|o| o.to.as_deref() == Some(&e.id)),
        });
        out["media_type"] = json!(if e.repost { "REPOST_FACADE" } else { "TEXT_POST" });
        if e.repost {
            // Documentation, “Reposts”: it stands among the account's posts, and what was written is somebody else's.
            out["has_replies"] = json!(true);
            out["reposted_post"] = json!({"id": "17"});
        }
        if let Some(to) = &e.to {
            out["replied_to"] = json!({"id": to});
            out["is_reply_owned_by_me"] = json!(e.by == OWN);
        }
        out
    }
}

/// Running until dropped.
pub struct FakeThreads {
    pub address: SocketAddr,
    net: Net,
    stage: Stage,
}

impl FakeThreads {
    pub fn start(listener: TcpListener) -> std::io::Result<FakeThreads> {
        let manners = Manners {
            caller: |_, headers| match bearer(headers) {
                Some(SECRET) => Caller::Account(ACCOUNT.to_owned()),
                _ => Caller::Stranger,
            },
            // Making a container is no post yet.
            writes: |method, uri| *method != Method::GET && !uri.path().ends_with("/threads"),
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(400, 4, None, "Application request limit reached"),
                _ => no(400, 190, Some(463), "Error validating access token: Session has expired."),
            },
            later: retry_after,
            html: false,
        };
        let net = Net::default();
        let held = net.clone();
        let stage = Stage::start(listener, manners, move |_| Router::new().fallback(any).with_state(held))?;
        Ok(FakeThreads { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }
    /// What the account has said and not taken down, oldest first.
    pub fn own(&self) -> Vec<Entry> {
        held(&self.net).entries.iter().filter(|e| e.by == OWN && !e.deleted).cloned().collect()
    }
    pub fn is_hidden(&self, id: &str) -> bool {
        held(&self.net).entries.iter().any(|e| e.id == id && e.hidden)
    }
    /// Every call, with its query.
    pub fn asked(&self) -> Vec<String> {
        held(&self.net).asked.clone()
    }
    /// Answers calls whose address has this in it with other words, having done what was asked; with blank ones in order again.
    pub fn say_instead(&self, part: &str, status: u16, body: &str) {
        held(&self.net).instead = (status > 0).then(|| (part.to_owned(), status, body.to_owned()));
    }
    /// New containers are ready only at this look.
    pub fn be_slow(&self, looks: u32) {
        held(&self.net).slow = looks;
    }
    /// So often a container that is finished is not there yet.
    pub fn be_early(&self, times: u32) {
        held(&self.net).early = times;
    }
    pub fn set_state(&self, container: &str, state: &'static str) {
        if let Some(it) = held(&self.net).parcels.get_mut(container) {
            it.progress.state = Some(state);
        }
    }
    /// All containers are that much older.
    pub fn let_pass(&self, us: i64) {
        held(&self.net).parcels.values_mut().for_each(|p| p.progress.made_us -= us);
    }
    pub fn write(&self, by: &'static str, to: Option<&str>, text: &str) -> String {
        held(&self.net).add(by, text, to, Vec::new())
    }
    /// The account passes on what somebody else wrote.
    pub fn repost(&self, text: &str) -> String {
        let mut held = held(&self.net);
        let id = held.add(OWN, text, None, Vec::new());
        held.entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.repost = true);
        id
    }
    pub fn mention(&self, by: &'static str, to: Option<&str>, text: &str) -> String {
        let mut held = held(&self.net);
        let id = held.add(by, text, to, Vec::new());
        held.entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.mentions = true);
        id
    }
}

/// Only the way on is told, not that there is more.
fn edge(all: &[Value], query: &HashMap<String, String>) -> Response {
    Json(crate::meta::fake::edge(all, query, None)).into_response()
}

async fn any(State(net): State<Net>, method: Method, uri: Uri, body: Bytes) -> Response {
    held(&net).asked.push(format!("{method} {uri}"));
    let parts: Vec<&str> = uri.path().split('/').filter(|p| !p.is_empty()).collect();
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let given: Value = serde_json::from_slice(&body).unwrap_or_default();
    let response = match (method.as_str(), parts.as_slice()) {
        ("GET", ["refresh_access_token"]) => match query.get("grant_type").map(String::as_str) {
            Some("th_refresh_token") => {
                Json(json!({"access_token": RENEWED, "token_type": "bearer", "expires_in": 5_184_000})).into_response()
            }
            _ => no(400, 100, None, "Invalid parameter"),
        },
        ("GET", [VERSION, rest @ ..]) => read(&net, rest, &query),
        (_, [VERSION, rest @ ..]) => write(&net, &method, rest, &given),
        _ => no(400, 2500, None, "Unknown path components"),
    };
    let instead = held(&net).instead.clone().filter(|(part, ..)| uri.to_string().contains(part.as_str()));
    match instead {
        Some((_, status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn read(net: &Net, parts: &[&str], query: &HashMap<String, String>) -> Response {
    let mut held = held(net);
    match parts {
        ["me"] => Json(json!({"id": ACCOUNT, "username": OWN, "name": "Department of Roads"})).into_response(),
        [ACCOUNT, "threads"] => edge(&held.list(|e| e.by == OWN && e.to.is_none()), query),
        [ACCOUNT, "replies"] => edge(&held.list(|e| e.by == OWN && e.to.is_some()), query),
        [ACCOUNT, "mentions"] => edge(&held.list(|e| e.mentions), query),
        [id, "conversation"] if held.seen(id).is_some() => {
            if query.get("reverse").map(String::as_str) != Some("true") {
                return no(400, 100, None, "this server only answers as it is meant to be asked");
            }
            edge(&held.list(|e| held.is_below(e, id)), query)
        }
        [id, "insights"] if held.seen(id).is_some() => {
            let replies = held.list(|e| held.is_below(e, id)).len();
            let one = |name: &str| {
                let value = if name == "replies" { replies } else { name.len() };
                json!({"name": name, "period": "lifetime", "values": [{"value": value}], "id": format!("{id}/{name}")})
            };
            let wanted = query.get("metric").map(String::as_str).unwrap_or_default();
            Json(json!({"data": wanted.split(',').map(one).collect::<Vec<_>>()})).into_response()
        }
        [id] => {
            if let Some(it) = held.parcels.get_mut(*id) {
                let state = it.progress.look();
                let mut out = json!({"id": id, "status": state});
                if state == "ERROR" {
                    out["error_message"] = json!(it.progress.failed.unwrap_or("UNKNOWN"));
                }
                return Json(out).into_response();
            }
            held.seen(id).map_or_else(missing, |e| Json(held.shown(e)).into_response())
        }
        _ => missing(),
    }
}

/// What a container is given, or what is wrong with it.
fn boxed(held: &Held, given: &Value) -> Result<Parcel, Box<Response>> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let wrong = |what: &str| Box::new(no(400, 100, None, what));
    let mut it = Parcel { text: text("text").unwrap_or_default(), to: text("reply_to_id"), ..Parcel::default() };
    if it.text.chars().count() > LONGEST {
        return Err(wrong("Param text must be at most 500 characters long."));
    }
    // Documentation, “Text attachments”: more than five different links fail at this step, under this name.
    let links = it.text.split_whitespace().filter(|word| word.starts_with("https://"));
    if links.collect::<std::collections::BTreeSet<_>>().len() > 5 {
        return Err(wrong("THREADS_API__LINK_LIMIT_EXCEEDED"));
    }
    if it.to.as_deref().is_some_and(|to| held.seen(to).is_none()) {
        return Err(Box::new(missing()));
    }
    match text("media_type").as_deref() {
        Some("TEXT") if it.text.trim().is_empty() => return Err(wrong("The parameter text is required.")),
        Some("TEXT") => {}
        Some("IMAGE") => {
            if !text("image_url").is_some_and(|u| u.starts_with("https://")) {
                return Err(wrong("Param image_url is not a valid URI."));
            }
            it.alts = vec![text("alt_text").unwrap_or_default()];
            it.item = given.get("is_carousel_item") == Some(&json!(true));
        }
        Some("VIDEO") => {
            it.film = text("video_url").filter(|u| u.starts_with("https://"));
            let Some(film) = &it.film else { return Err(wrong("Param video_url is not a valid URI.")) };
            it.alts = vec![text("alt_text").unwrap_or_default()];
            it.progress.failed = fetched(film);
        }
        Some("CAROUSEL") => {
            let children = text("children").unwrap_or_default();
            for id in children.split(',') {
                match held.parcels.get(id) {
                    Some(one) if one.item && one.progress.state() == "FINISHED" => it.alts.extend(one.alts.clone()),
                    _ => return Err(wrong("A child of the carousel is not ready.")),
                }
            }
            if !(2..=20).contains(&it.alts.len()) {
                return Err(wrong("A carousel has two to twenty children."));
            }
        }
        _ => return Err(wrong("Unknown media_type.")),
    }
    Ok(it)
}

fn write(net: &Net, method: &Method, parts: &[&str], given: &Value) -> Response {
    let mut held = held(net);
    match (method.as_str(), parts) {
        ("POST", [ACCOUNT, "threads"]) => {
            let mut it = match boxed(&held, given) {
                Ok(it) => it,
                Err(response) => return *response,
            };
            it.progress = Progress::new(held.slow, it.progress.failed);
            let id = held.number();
            held.parcels.insert(id.clone(), it);
            Json(json!({"id": id})).into_response()
        }
        ("POST", [ACCOUNT, "threads_publish"]) => {
            let id = given.get("creation_id").and_then(Value::as_str).unwrap_or_default();
            let not_there = || no(400, 24, Some(4_279_009), "The requested resource does not exist");
            // People who run this API see it of containers that it called finished a moment before.
            if held.early > 0 {
                held.early -= 1;
                return not_there();
            }
            let Some(it) = held.parcels.get_mut(id).filter(|b| !b.item && b.progress.may_go_out()) else {
                return not_there();
            };
            it.progress.state = Some("PUBLISHED");
            let it = it.clone();
            let id = held.add(OWN, &it.text, it.to.as_deref(), it.alts);
            held.entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.film.clone_from(&it.film));
            Json(json!({"id": id})).into_response()
        }
        ("POST", [id, "manage_reply"]) => {
            let hide = given.get("hide").and_then(Value::as_bool).unwrap_or_default();
            match held.entries.iter_mut().find(|e| e.id == *id && e.to.is_some() && !e.deleted) {
                Some(e) => e.hidden = hide,
                None => return missing(),
            }
            Json(json!({"success": true})).into_response()
        }
        ("DELETE", [id]) => match held.entries.iter_mut().find(|e| e.id == *id && e.by == OWN && !e.deleted) {
            Some(e) => {
                e.deleted = true;
                Json(json!({"success": true, "deleted_id": id})).into_response()
            }
            None => missing(),
        },
        _ => no(400, 100, None, "Unsupported request"),
    }
}
