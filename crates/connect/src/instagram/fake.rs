//! An account of our own behind paths, fields and codes of Instagram's API, for tests without a network. Times are whole
//! seconds, posts and comments begin with the newest, answers with the oldest, and `paging.next` repeats the token. A film is
//! fetched and looked into only after its container was made. A container is over after a day; one that is published twice
//! makes two posts here: nothing is known of what Instagram does, so nothing is relied on.
use super::VERSION;
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::meta::fake::{Progress, edge, fetched, missing, no, time};
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

pub const SECRET: &str = "IGAAroads0123456789";
pub const RENEWED: &str = "IGAAroads9876543210";
pub const ACCOUNT: &str = "17841005550001";
pub const OWN: &str = "roads.bt";
const SCOPED: &str = "9005550001";
const LONGEST: usize = 2_200;

/// How this account differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// Who comments is not told.
    pub anonymous: bool,
    /// `me` comes in a list of one, its number as a number.
    pub listed: bool,
}

/// A post, a comment below one, or an answer to a comment.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: String,
    pub by: &'static str,
    pub text: String,
    pub alts: Vec<String>,
    /// Where its film was fetched.
    pub film: Option<String>,
    pub post: Option<String>,
    pub parent: Option<String>,
    pub hidden: bool,
    pub deleted: bool,
    pub at_us: i64,
}

#[derive(Debug, Clone, Default)]
struct Parcel {
    caption: String,
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
    asked: Vec<String>,
    ways: Ways,
}

type Net = Arc<Mutex<Held>>;

fn held(net: &Net) -> MutexGuard<'_, Held> {
    net.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Held {
    fn number(&mut self) -> String {
        self.next += 1;
        (17_900_000 + self.next).to_string()
    }
    fn add(&mut self, by: &'static str, text: &str, to: Option<&str>, alts: Vec<String>) -> String {
        let (id, at_us) = (self.number(), Clock::system().now());
        // An answer to an answer is put below the first comment.
        let above = to.and_then(|to| self.entries.iter().find(|e| e.id == to)).cloned();
        let post = above.as_ref().map(|a| a.post.clone().unwrap_or_else(|| a.id.clone()));
        let parent = above.filter(|a| a.post.is_some()).map(|a| a.parent.unwrap_or(a.id));
        let (text, new) = (text.to_owned(), id.clone());
        self.entries.push(Entry { id, by, text, alts, film: None, post, parent, hidden: false, deleted: false, at_us });
        new
    }
    fn seen(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.id == id && !e.deleted)
    }
    /// Newest first.
    fn list(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        self.entries.iter().rev().filter(|e| !e.deleted && wanted(e)).collect()
    }
    fn answers(&self, id: &str) -> Vec<Value> {
        self.list(|e| e.parent.as_deref() == Some(id)).into_iter().rev().map(|e| self.comment(e, false)).collect()
    }
    fn comments(&self, id: &str) -> Vec<&Entry> {
        self.list(|e| e.post.as_deref() == Some(id) && e.parent.is_none())
    }
    fn post(&self, e: &Entry) -> Value {
        json!({
            "id": e.id, "caption": e.text, "timestamp": time(e.at_us), "username": OWN, "like_count": 3,
            "comments_count": self.list(|o| o.post.as_deref() == Some(&e.id)).len(),
            "permalink": format!("https://www.instagram.com/{}/C{}/", if e.film.is_some() { "reel" } else { "p" }, e.id),
        })
    }
    fn comment(&self, e: &Entry, with_answers: bool) -> Value {
        let mut out = json!({"id": e.id, "text": e.text, "timestamp": time(e.at_us), "like_count": 2});
        if !self.ways.anonymous {
            out["username"] = json!(e.by);
            out["from"] = json!({"id": if e.by == OWN { SCOPED } else { "900900" }, "username": e.by});
        }
        if let Some(parent) = &e.parent {
            out["parent_id"] = json!(parent);
        }
        let answers = self.answers(&e.id);
        if with_answers && !answers.is_empty() {
            let few = HashMap::from([("limit".to_owned(), "25".to_owned())]);
            out["replies"] = edge(&answers, &few, Some("https://graph.instagram.com/next"));
        }
        out
    }
}

/// Running until dropped.
pub struct FakeInstagram {
    pub address: SocketAddr,
    net: Net,
    stage: Stage,
}

impl FakeInstagram {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeInstagram> {
        let manners = Manners {
            caller: |uri, headers| match bearer(headers) {
                Some(SECRET) => Caller::Account(ACCOUNT.to_owned()),
                // Renewing names the token as the description does.
                None if uri.path() == "/refresh_access_token" => Caller::Anybody,
                _ => Caller::Stranger,
            },
            // Making a container is no post yet.
            writes: |method, uri| *method != Method::GET && !uri.path().ends_with("/media"),
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(400, 4, None, "Application request limit reached"),
                _ => no(400, 190, Some(463), "Error validating access token: Session has expired."),
            },
            later: retry_after,
            html: false,
        };
        let net: Net = Arc::new(Mutex::new(Held { ways, ..Held::default() }));
        let held = net.clone();
        let stage = Stage::start(listener, manners, move |_| Router::new().fallback(any).with_state(held))?;
        Ok(FakeInstagram { address: stage.address, net, stage })
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
    /// Answers calls whose method and address have this in them with other words, having done what was asked; with 0 in order again.
    pub fn say_instead(&self, part: &str, status: u16, body: &str) {
        held(&self.net).instead = (status > 0).then(|| (part.to_owned(), status, body.to_owned()));
    }
    /// New containers are ready only at this look.
    pub fn be_slow(&self, looks: u32) {
        held(&self.net).slow = looks;
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
    pub fn set_time(&self, id: &str, at_us: i64) {
        held(&self.net).entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.at_us = at_us);
    }
    pub fn write(&self, by: &'static str, to: Option<&str>, text: &str) -> String {
        held(&self.net).add(by, text, to, Vec::new())
    }
}

async fn any(State(net): State<Net>, method: Method, uri: Uri, body: Bytes) -> Response {
    held(&net).asked.push(format!("{method} {uri}"));
    let parts: Vec<&str> = uri.path().split('/').filter(|p| !p.is_empty()).collect();
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let given: Value = serde_json::from_slice(&body).unwrap_or_default();
    let of = |name: &str| query.get(name).map(String::as_str);
    let response = match (method.as_str(), parts.as_slice()) {
        ("GET", ["refresh_access_token"]) => match (of("grant_type"), of("access_token")) {
            (Some("ig_refresh_token"), Some(SECRET)) => {
                Json(json!({"access_token": RENEWED, "token_type": "bearer", "expires_in": 5_184_000})).into_response()
            }
            _ => no(400, 190, None, &format!("Malformed access token {}", of("access_token").unwrap_or_default())),
        },
        ("GET", [VERSION, rest @ ..]) => read(&net, rest, &query),
        (_, [VERSION, rest @ ..]) => write(&net, &method, rest, &given),
        _ => no(400, 2500, None, "Unknown path components"),
    };
    let instead = held(&net).instead.clone().filter(|(part, ..)| format!("{method} {uri}").contains(part.as_str()));
    match instead {
        Some((_, status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn read(net: &Net, parts: &[&str], query: &HashMap<String, String>) -> Response {
    let mut held = held(net);
    let next = format!("https://graph.instagram.com/next?access_token={SECRET}");
    let listed = |all: Vec<Value>| Json(edge(&all, query, Some(&next))).into_response();
    match parts {
        ["me"] => {
            let me = json!({"id": SCOPED, "user_id": ACCOUNT, "username": OWN, "name": "Department of Roads"});
            if held.ways.listed {
                let number: u64 = ACCOUNT.parse().unwrap_or_default();
                return Json(json!({"data": [{"user_id": number, "username": OWN}]})).into_response();
            }
            Json(me).into_response()
        }
        [ACCOUNT, "media"] => {
            listed(held.list(|e| e.post.is_none() && e.by == OWN).iter().map(|e| held.post(e)).collect())
        }
        [id, "comments"] if held.seen(id).is_some() => {
            let answers = query.get("fields").is_some_and(|f| f.contains("replies"));
            listed(held.comments(id).iter().map(|e| held.comment(e, answers)).collect())
        }
        [id, "replies"] if held.seen(id).is_some() => listed(held.answers(id)),
        [id, "insights"] if held.seen(id).is_some() => {
            let one = |name: &str| json!({"name": name, "period": "lifetime", "values": [{"value": name.len()}]});
            let wanted = query.get("metric").map(String::as_str).unwrap_or_default();
            Json(json!({"data": wanted.split(',').map(one).collect::<Vec<_>>()})).into_response()
        }
        [id] => {
            if let Some(it) = held.parcels.get_mut(*id) {
                let state = it.progress.look();
                let why = it.progress.failed.filter(|_| state == "ERROR").unwrap_or("2207026");
                return Json(json!({"id": id, "status_code": state, "status": format!("{state}: {why}")}))
                    .into_response();
            }
            match held.seen(id) {
                Some(e) if e.post.is_none() => Json(held.post(e)).into_response(),
                Some(e) => Json(held.comment(e, false)).into_response(),
                None => missing(),
            }
        }
        _ => missing(),
    }
}

/// What a container is given, or what is wrong with it.
fn boxed(held: &Held, given: &Value) -> Result<Parcel, Box<Response>> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut it = Parcel { caption: text("caption").unwrap_or_default(), ..Parcel::default() };
    if it.caption.encode_utf16().count() > LONGEST {
        return Err(Box::new(no(400, 36_004, Some(2_207_010), "The caption is too long.")));
    }
    if text("media_type").as_deref() == Some("CAROUSEL") {
        let children = given.get("children").and_then(Value::as_array).cloned().unwrap_or_default();
        for id in children.iter().filter_map(Value::as_str) {
            match held.parcels.get(id) {
                Some(one) if one.item && one.progress.state() == "FINISHED" => it.alts.extend(one.alts.clone()),
                _ => return Err(Box::new(no(400, 9_007, Some(2_207_027), "A child of the carousel is not ready."))),
            }
        }
        if !(2..=10).contains(&it.alts.len()) {
            return Err(Box::new(no(400, 100, None, "A carousel has two to ten children.")));
        }
        return Ok(it);
    }
    if text("media_type").as_deref() == Some("REELS") {
        // Reels have no alternative text, and are told by an address only: bytes are for the other login.
        it.film = text("video_url").filter(|u| u.starts_with("https://"));
        let Some(film) = &it.film else {
            return Err(Box::new(no(400, 9_004, Some(2_207_052), "The video_url cannot be fetched.")));
        };
        it.progress.failed = fetched(film);
        return Ok(it);
    }
    if !text("image_url").is_some_and(|u| u.starts_with("https://") && u.ends_with(".jpg")) {
        return Err(Box::new(no(400, 9_004, Some(2_207_052), "Only photo or video can be accepted as media type.")));
    }
    it.alts = vec![text("alt_text").unwrap_or_default()];
    it.item = given.get("is_carousel_item") == Some(&json!(true));
    Ok(it)
}

fn write(net: &Net, method: &Method, parts: &[&str], given: &Value) -> Response {
    let mut held = held(net);
    let message = given.get("message").and_then(Value::as_str).unwrap_or_default();
    match (method.as_str(), parts) {
        ("POST", [ACCOUNT, "media"]) => {
            let mut it = match boxed(&held, given) {
                Ok(it) => it,
                Err(response) => return *response,
            };
            it.progress = Progress::new(held.slow, it.progress.failed);
            let id = held.number();
            held.parcels.insert(id.clone(), it);
            Json(json!({"id": id})).into_response()
        }
        ("POST", [ACCOUNT, "media_publish"]) => {
            let id = given.get("creation_id").and_then(Value::as_str).unwrap_or_default();
            let Some(it) = held.parcels.get_mut(id).filter(|p| !p.item && p.progress.may_go_out()) else {
                return no(400, 9_007, Some(2_207_027), "Media ID is not available");
            };
            it.progress.state = Some("PUBLISHED");
            let it = it.clone();
            let id = held.add(OWN, &it.caption, None, it.alts);
            held.entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.film.clone_from(&it.film));
            Json(json!({"id": id})).into_response()
        }
        ("POST", [id, edge @ ("comments" | "replies")]) => match held.seen(id).map(|e| e.post.is_none()) {
            Some(is_post) if is_post == (*edge == "comments") => {
                Json(json!({"id": held.add(OWN, message, Some(id), Vec::new())})).into_response()
            }
            Some(_) => no(400, 100, None, "Tried accessing nonexisting field"),
            None => missing(),
        },
        ("POST", [id]) => match held.entries.iter_mut().find(|e| e.id == *id && e.post.is_some() && !e.deleted) {
            Some(e) if e.by != OWN => {
                e.hidden = given.get("hide").and_then(Value::as_bool).unwrap_or_default();
                Json(json!({"success": true})).into_response()
            }
            Some(_) => no(403, 10, None, "Application does not have permission for this action"),
            None => missing(),
        },
        _ => no(400, 100, None, "Unsupported request"),
    }
}
