//! A page of our own behind paths, fields and codes of the Graph API, for tests without a network. Times are whole seconds,
//! lists begin with the newest, and `paging.next` repeats the token, as Facebook's does.
use super::VERSION;
use super::fake_comments::{self, shown};
use super::fake_films::{self, Film, Lost};
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::meta::fake::{edge, missing, no};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const SECRET: &str = "EAAGroads0123456789";
pub const PAGE_ID: &str = "1005550001";
pub const OWN: &str = "roads";
const LONGEST: usize = 63_206;

/// How this page differs from a plain one.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// Who comments is not told.
    pub anonymous: bool,
    /// The token is a person's.
    pub person: bool,
    /// The page has no name in addresses.
    pub nameless: bool,
    /// How many bytes of a film it asks for at once.
    pub chunk: u64,
    /// A film tells its post without the page's number before it.
    pub short: bool,
    /// Comments come by rank, whatever order is asked for.
    pub ranked: bool,
}

impl Default for Ways {
    fn default() -> Ways {
        Ways { anonymous: false, person: false, nameless: false, chunk: 1 << 20, short: false, ranked: false }
    }
}

#[derive(Debug, Clone)]
pub struct Photo {
    pub alt: String,
    pub used: bool,
}

/// A post, or a comment below something.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: String,
    pub by: &'static str,
    pub message: String,
    pub media: Vec<String>,
    pub film: Option<String>,
    pub parent: Option<String>,
    pub post: Option<String>,
    pub hidden: bool,
    pub deleted: bool,
    pub at_us: i64,
}

#[derive(Default)]
pub(super) struct Held {
    next: u64,
    pub entries: Vec<Entry>,
    pub films: BTreeMap<String, Film>,
    /// New films are ready only at this look, and then perhaps come to nothing.
    pub slow: u32,
    pub fails: Option<&'static str>,
    /// Their post is told only at this look.
    pub late: u32,
    pub photos: BTreeMap<String, Photo>,
    pub lost: Option<Lost>,
    instead: Option<(String, u16, String)>,
    asked: Vec<String>,
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

impl Held {
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next + 70_000
    }
    pub fn add(&mut self, by: &'static str, message: &str, to: Option<&str>, media: Vec<String>) -> String {
        let number = self.number();
        // An answer to an answer is put below the first comment.
        let above = to.and_then(|to| self.entries.iter().find(|e| e.id == to)).cloned();
        let post = above.as_ref().map(|a| a.post.clone().unwrap_or_else(|| a.id.clone()));
        let parent = above.filter(|a| a.post.is_some()).map(|a| a.parent.unwrap_or(a.id));
        let under = post.as_deref().and_then(|p| p.split_once('_')).map_or(PAGE_ID, |(_, n)| n);
        let id = format!("{under}_{number}");
        let (message, at_us) = (message.to_owned(), Clock::system().now());
        self.entries.push(Entry {
            id: id.clone(),
            by,
            message,
            media,
            film: None,
            parent,
            post,
            hidden: false,
            deleted: false,
            at_us,
        });
        id
    }
    fn seen(&self, id: &str) -> Option<&Entry> {
        let entry = self.entries.iter().find(|e| e.id == id && !e.deleted)?;
        entry.post.as_deref().is_none_or(|post| self.seen(post).is_some()).then_some(entry)
    }
    /// Newest first.
    fn posts(&self) -> Vec<&Entry> {
        self.entries.iter().rev().filter(|e| e.post.is_none() && !e.deleted).collect()
    }
}

/// Running until dropped.
pub struct FakeFacebook {
    pub address: SocketAddr,
    pub(super) net: Arc<Net>,
    stage: Stage,
}

impl FakeFacebook {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeFacebook> {
        let manners = Manners {
            caller: |_, headers| match bearer(headers) {
                Some(SECRET) => Caller::Account(PAGE_ID.to_owned()),
                _ => Caller::Stranger,
            },
            // Sending something up is no post yet.
            writes: |method, uri| {
                let up = ["/photos", "/videos", "/captions"].iter().any(|end| uri.path().ends_with(end));
                *method != Method::GET && !up
            },
            // Neither 401 nor 429: Facebook tells both by its codes.
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(400, 32, None, "(#32) Page request limit reached"),
                _ => no(400, 190, Some(463), "Error validating access token: it has expired."),
            },
            later: retry_after,
            html: false,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeFacebook { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What the page has said and not taken down, oldest first.
    pub fn own(&self) -> Vec<Entry> {
        let held = self.net.held();
        held.entries.iter().filter(|e| e.by == OWN && !e.deleted).cloned().collect()
    }

    pub fn photos(&self) -> Vec<Photo> {
        self.net.held().photos.values().cloned().collect()
    }

    pub fn is_hidden(&self, id: &str) -> bool {
        self.net.held().entries.iter().any(|e| e.id == id && e.hidden)
    }

    /// Every address that was asked, with its query.
    pub fn asked(&self) -> Vec<String> {
        self.net.held().asked.clone()
    }

    /// Answers everything with this instead of its own words, having done it.
    pub fn say_instead(&self, body: Option<(u16, &str)>) {
        self.net.held().instead = body.map(|(status, text)| (String::new(), status, text.to_owned()));
    }

    /// The same for calls whose method and address have this in them.
    pub fn say_of(&self, part: &str, status: u16, text: &str) {
        self.net.held().instead = Some((part.to_owned(), status, text.to_owned()));
    }

    /// Lets somebody post or comment by Facebook's own means; gives the id.
    pub fn write(&self, by: &'static str, to: Option<&str>, text: &str) -> String {
        self.net.held().add(by, text, to, Vec::new())
    }

    /// Lets whoever wrote it change a comment, or delete it.
    pub fn change_reply(&self, id: &str, text: Option<&str>) {
        let mut held = self.net.held();
        let Some(entry) = held.entries.iter_mut().find(|e| e.id == id) else { return };
        match text {
            Some(text) => text.clone_into(&mut entry.message),
            None => entry.deleted = true,
        }
    }

    /// Makes an entry older or younger than it is.
    pub fn set_time(&self, id: &str, at_us: i64) {
        self.net.held().entries.iter_mut().filter(|e| e.id == id).for_each(|e| e.at_us = at_us);
    }
}

pub(super) fn success() -> Response {
    Json(json!({"success": true})).into_response()
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    net.held().asked.push(format!("{method} {uri}"));
    let parts: Vec<&str> = uri.path().split('/').filter(|p| !p.is_empty()).collect();
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let response = match (method.as_str(), parts.as_slice()) {
        (_, [version, ..]) if *version != VERSION => no(400, 2500, None, "Unknown path components"),
        ("POST", [_, PAGE_ID, "photos"]) => fake_films::photo(&net, &headers, body).await,
        ("POST", [_, PAGE_ID, "videos"]) => fake_films::upload(&net, &headers, body).await,
        ("POST", [_, film, "captions"]) => fake_films::captions(&net, film, &headers, body).await,
        ("GET", [_, rest @ ..]) => read(&net, rest, &query),
        (_, [_, rest @ ..]) => write(&net, &method, rest, &serde_json::from_slice(&body).unwrap_or_default()),
        _ => no(400, 2500, None, "Unknown path components"),
    };
    let instead = net.held().instead.clone().filter(|(part, ..)| format!("{method} {uri}").contains(part.as_str()));
    match instead {
        Some((_, status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

fn read(net: &Net, parts: &[&str], query: &HashMap<String, String>) -> Response {
    let mut held = net.held();
    if let [id] = parts
        && let Some(film) = fake_films::read(&mut held, id, net.ways.short)
    {
        return film;
    }
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    // As Facebook's does, it repeats the token.
    let next = Some(format!("https://graph.facebook.com/next?access_token={SECRET}"));
    let next = next.as_deref();
    match parts {
        ["me" | "roads.bt" | PAGE_ID] => {
            if net.ways.person && of("fields").contains("category") {
                return no(400, 100, None, "(#100) Tried accessing nonexisting field (category) on node type (User)");
            }
            let mut me = json!({"id": PAGE_ID, "name": "Department of Roads", "category": "Government organisation"});
            if !net.ways.nameless {
                me["username"] = json!("roads.bt");
                me["link"] = json!("https://www.facebook.com/roads.bt");
            }
            Json(me).into_response()
        }
        [PAGE_ID, "published_posts"] => {
            let inner = fake_comments::beside(of("fields"));
            let show = |p: &&Entry| {
                let mut out = shown(p, net.ways);
                let below = inner.as_ref().map(|asked| held.comments(&p.id, asked, net.ways)).unwrap_or_default();
                if let Some(inner) = inner.as_ref().filter(|_| !below.is_empty()) {
                    out["comments"] = edge(&below, inner, next);
                }
                out
            };
            let all: Vec<Value> = held.posts().iter().map(show).collect();
            Json(edge(&all, query, next)).into_response()
        }
        [id, "comments"] if held.seen(id).is_some() => {
            if (of("filter"), of("order")) != ("stream", "reverse_chronological") {
                return no(400, 100, None, "(#100) this page only answers as it is meant to be asked");
            }
            Json(edge(&held.comments(id, query, net.ways), query, next)).into_response()
        }
        [id] => match held.seen(id) {
            Some(e) => {
                let mut out = shown(e, net.ways);
                let below = held.below(id).len();
                let photos: Vec<Value> = e.media.iter().map(|_| json!({"media_type": "photo"})).collect();
                if e.post.is_some() {
                    (out["like_count"], out["comment_count"]) = (json!(2), json!(below));
                } else {
                    out["reactions"] = json!({"data": [], "summary": {"total_count": 3}});
                    out["comments"] = json!({"data": [], "summary": {"total_count": below}});
                    match photos.len() {
                        0 => {
                            if let Some(film) = &e.film {
                                out["attachments"] = fake_films::attachment(film);
                            }
                        }
                        1 => out["attachments"] = json!({"data": photos}),
                        _ => {
                            out["attachments"] =
                                json!({"data": [{"media_type": "album", "subattachments": {"data": photos}}]});
                        }
                    }
                }
                Json(out).into_response()
            }
            None => missing(),
        },
        _ => missing(),
    }
}

fn write(net: &Net, method: &Method, parts: &[&str], given: &Value) -> Response {
    let mut held = net.held();
    let message = given.get("message").and_then(Value::as_str);
    if message.is_some_and(|m| m.encode_utf16().count() > LONGEST) {
        return no(400, 100, None, "(#100) The message is too long");
    }
    match (method.as_str(), parts) {
        ("POST", [PAGE_ID, "feed"]) => {
            let ids = given.get("attached_media").and_then(Value::as_array).cloned().unwrap_or_default();
            let ids: Vec<String> =
                ids.iter().filter_map(|m| m.get("media_fbid")?.as_str()).map(str::to_owned).collect();
            let text = message.unwrap_or_default();
            if text.trim().is_empty() && ids.is_empty() {
                return no(400, 100, None, "(#100) Missing message or attachment");
            }
            if ids.is_empty() && held.posts().first().is_some_and(|p| p.by == OWN && p.message == text) {
                return no(400, 506, None, "(#506) Duplicate status message");
            }
            for id in &ids {
                match held.photos.get_mut(id) {
                    Some(photo) if !photo.used => photo.used = true,
                    _ => return no(400, 100, None, "(#100) This picture cannot be attached"),
                }
            }
            Json(json!({"id": held.add(OWN, text, None, ids)})).into_response()
        }
        ("POST", [id, "comments"]) => {
            if held.seen(id).is_none() {
                return missing();
            }
            let media = given.get("attachment_id").and_then(Value::as_str).map(str::to_owned);
            let id = held.add(OWN, message.unwrap_or_default(), Some(id), media.into_iter().collect());
            Json(json!({"id": id})).into_response()
        }
        (verb @ ("POST" | "DELETE"), [id]) => {
            if let Some(done) = fake_films::write(&mut held, verb, id, given) {
                return done;
            }
            if held.seen(id).is_none() {
                return missing();
            }
            let Some(entry) = held.entries.iter_mut().find(|e| e.id == *id) else { return missing() };
            let hides = given.get("is_hidden").and_then(Value::as_bool);
            match (verb, message, hides) {
                ("DELETE", ..) => entry.deleted = true,
                (_, Some(text), None) if entry.by == OWN => text.clone_into(&mut entry.message),
                (_, None, Some(hidden)) if entry.by != OWN => entry.hidden = hidden,
                _ => return no(403, 200, None, "(#200) Permissions error"),
            }
            success()
        }
        _ => no(400, 100, None, "Unsupported request"),
    }
}
