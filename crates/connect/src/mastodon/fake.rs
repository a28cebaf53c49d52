//! A server of our own that answers as Mastodon does, for tests without a network: same paths, same codes, same HTML.
mod about;
mod apps;
mod html;
mod media;
mod told;

use crate::Count;
use crate::fake::{Caller, Manners, Stage, bearer};
use crate::simulator::SetFault;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ground::clock::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

#[derive(Debug, Clone)]
pub struct FakeStatus {
    pub id: u64,
    pub account: String,
    pub text: String,
    pub lang: Option<String>,
    pub media: Vec<String>,
    pub reply_to: Option<String>,
    pub at_us: i64,
    pub visibility: &'static str,
}

/// How this server differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// Knows only `/api/v1/instance`.
    pub old: bool,
    /// Answers writes with a web page instead of JSON, having done them.
    pub html: bool,
    pub text_limit: Option<usize>,
    /// Takes no notice of keys and says in its NodeInfo that it is not Mastodon.
    pub keyless: bool,
    /// Offers what a small server of another make was seen to offer: removes nothing, turns no pages of statuses, begins
    /// with the newest notification, of every type, keeps files by their names, and escapes no HTML.
    pub small: bool,
    /// Names itself to browsers that it sends back (RFC 9207), as Doorkeeper does where an issuer is set.
    pub names: bool,
}

#[derive(Default)]
struct Held {
    next: u64,
    statuses: BTreeMap<u64, FakeStatus>,
    keys: HashMap<(String, String), u64>,
    /// Description, and how often "not yet" will still be said.
    media: HashMap<String, (String, u8)>,
    slow: Option<u8>,
    /// Notification id, type, whom, status.
    told: Vec<(u64, &'static str, String, u64)>,
    instead: Option<String>,
    apps: apps::Apps,
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

impl Held {
    fn number(&mut self) -> u64 {
        self.next += 1;
        // As long as real ones are.
        110_000_000_000_000_000 + self.next
    }
}

/// Running until dropped.
pub struct FakeMastodon {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

impl FakeMastodon {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeMastodon> {
        let base = format!("http://{}", listener.local_addr()?);
        let net = Arc::new(Net { held: Mutex::default(), ways, clock: Clock::system(), base });
        let stage = Stage::start(listener, manners(ways), |_| router(net.clone()))?;
        Ok(FakeMastodon { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What our accounts have published, oldest first.
    pub fn statuses(&self) -> Vec<FakeStatus> {
        self.net.held().statuses.values().filter(|s| s.account != "9").cloned().collect()
    }

    /// Lets a stranger answer a status; everybody mentioned is told.
    pub fn add_reply(&self, status: &str, text: &str) {
        let mut held = self.net.held();
        let id = held.number();
        let owner = status.parse().ok().and_then(|n: u64| held.statuses.get(&n)).map(|s| s.account.clone());
        let fake = FakeStatus {
            id,
            account: "9".into(),
            text: text.to_owned(),
            lang: Some("en".into()),
            media: Vec::new(),
            reply_to: Some(status.to_owned()),
            at_us: self.net.clock.now(),
            visibility: "public",
        };
        held.statuses.insert(id, fake);
        let n = held.number();
        held.told.extend(owner.map(|o| (n, "mention", o, id)));
    }

    /// Lets whoever wrote it change a status, or remove it.
    pub fn change_reply(&self, status: &str, text: Option<&str>) {
        let (mut held, id) = (self.net.held(), status.parse().unwrap_or(0));
        match (text, held.statuses.get_mut(&id)) {
            (Some(text), Some(status)) => text.clone_into(&mut status.text),
            _ => drop(held.statuses.remove(&id)),
        }
    }

    /// Lets somebody who has the account's password post on it by the server's own means: `public`, or `direct` to one
    /// person. Gives the status' id.
    pub fn add_own(&self, account: &str, text: &str, visibility: &'static str) -> String {
        let mut held = self.net.held();
        let id = held.number();
        let (lang, at_us) = (Some("en".into()), self.net.clock.now());
        let (account, text) = (account.to_owned(), text.to_owned());
        held.statuses
            .insert(id, FakeStatus { id, account, text, lang, media: Vec::new(), reply_to: None, at_us, visibility });
        id.to_string()
    }

    /// Answers every list of statuses with this instead of JSON of its own.
    pub fn say_instead(&self, body: Option<String>) {
        self.net.held().instead = body;
    }

    /// Lets a stranger like a status.
    pub fn add_like(&self, status: &str) {
        let mut held = self.net.held();
        let n = held.number();
        let liked = status.parse().ok().and_then(|id: u64| held.statuses.get(&id)).map(|s| (s.account.clone(), s.id));
        held.told.extend(liked.map(|(owner, id)| (n, "favourite", owner, id)));
    }
}

type Shared = State<Arc<Net>>;
type Answer = Result<Response, No>;

/// An error as Mastodon words it.
#[derive(Clone, Copy)]
struct No(StatusCode, &'static str);

impl IntoResponse for No {
    fn into_response(self) -> Response {
        no(self.0, self.1)
    }
}

fn no(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"error": text}))).into_response()
}

const GONE: No = No(StatusCode::NOT_FOUND, "Record not found");

fn router(net: Arc<Net>) -> Router {
    Router::new()
        .route("/api/v1/apps", post(apps::introduce))
        .route("/oauth/token", post(apps::token))
        .route(apps::ANNOUNCES, get(apps::announce))
        .route("/api/v1/accounts/verify_credentials", get(me))
        .route("/api/v1/accounts/lookup", get(lookup))
        .route("/api/v1/accounts/{id}/statuses", get(own))
        .route("/api/v1/statuses", post(publish))
        .route("/api/v1/statuses/{id}", get(one).put(edit).delete(remove))
        .route("/api/v1/notifications", get(told::notifications))
        .route("/api/v2/media", post(media::upload))
        .route("/api/v1/media/{id}", get(media::media))
        .route("/api/v1/instance", get(about::instance))
        .route("/api/v2/instance", get(about::instance_2))
        .route("/.well-known/nodeinfo", get(about::nodeinfo_links))
        .route("/nodeinfo/2.0", get(about::nodeinfo))
        .layer(DefaultBodyLimit::max(20 << 20))
        .with_state(net)
}

fn manners(ways: Ways) -> Manners {
    Manners {
        caller: |uri, headers| match caller(headers) {
            _ if apps::is(uri.path()) || uri.path().contains("nodeinfo") => Caller::Anybody,
            Some(id) => Caller::Account(id),
            None => Caller::Stranger,
        },
        writes: |method, uri| *method != Method::GET && uri.path().starts_with("/api/v1/statuses"),
        // A small server of another make was seen to say 422 of a key it does not know.
        refuses: if ways.small {
            |status| refusal(status, StatusCode::UNPROCESSABLE_ENTITY)
        } else {
            |status| refusal(status, status)
        },
        later: |at| {
            ("x-ratelimit-reset", jiff::Timestamp::from_microsecond(at).map(|t| t.to_string()).unwrap_or_default())
        },
        html: ways.html,
    }
}

fn refusal(status: StatusCode, of_a_key: StatusCode) -> Response {
    match status {
        StatusCode::UNAUTHORIZED => no(of_a_key, "The access token is invalid"),
        _ => no(status, "Too many requests"),
    }
}

/// Whose key a request carries: `NUMBER:anything`.
fn caller(headers: &HeaderMap) -> Option<String> {
    let id = bearer(headers)?.split(':').next()?;
    (!id.is_empty() && id.chars().all(|c| c.is_ascii_digit())).then(|| id.to_owned())
}

fn account(net: &Net, id: &str) -> Value {
    let name = if id == "9" { "pema" } else { "roads" };
    json!({"id": id, "username": name, "acct": name, "display_name": name, "url": format!("{}/@{name}", net.base)})
}

fn status(net: &Net, held: &Held, s: &FakeStatus) -> Value {
    let replies = held.statuses.values().filter(|r| r.reply_to.as_deref() == Some(&s.id.to_string())).count();
    let small = net.ways.small;
    json!({
        "id": s.id.to_string(), "url": format!("{}/@x/{}", net.base, s.id), "uri": format!("{}/s/{}", net.base, s.id),
        "content": if small { s.text.replace('\n', "<br>") } else { html::html(&s.text) }, "text": small.then_some(&s.text),
        "spoiler_text": "", "visibility": s.visibility, "language": s.lang,
        "created_at": jiff::Timestamp::from_microsecond(s.at_us).map(|t| t.to_string()).unwrap_or_default(),
        "in_reply_to_id": s.reply_to, "account": account(net, &s.account),
        "favourites_count": 0, "reblogs_count": 0, "replies_count": replies,
    })
}

async fn me(State(net): Shared, headers: HeaderMap) -> Response {
    Json(account(&net, &caller(&headers).unwrap_or_default())).into_response()
}

#[derive(Deserialize)]
struct Looked {
    acct: String,
}

async fn lookup(State(net): Shared, Query(q): Query<Looked>) -> Answer {
    match q.acct.as_str() {
        "roads" => Ok(Json(account(&net, "7")).into_response()),
        "pema" => Ok(Json(account(&net, "9")).into_response()),
        _ => Err(GONE),
    }
}

#[derive(Deserialize)]
struct Paging {
    limit: Option<usize>,
    max_id: Option<u64>,
    min_id: Option<u64>,
    #[serde(rename = "types[]")]
    types: Option<String>,
}

async fn own(State(net): Shared, Path(id): Path<String>, Query(q): Query<Paging>) -> Response {
    let held = net.held();
    if let Some(instead) = &held.instead {
        return ([(header::CONTENT_TYPE, "application/json")], instead.clone()).into_response();
    }
    let small = net.ways.small;
    let limit = if small { 256 } else { q.limit.unwrap_or(20).min(40) };
    let within = |n: u64| small || (q.max_id.is_none_or(|m| n < m) && q.min_id.is_none_or(|m| n > m));
    let mine: Vec<_> = held.statuses.values().filter(|s| s.account == id && within(s.id)).collect();
    // From an id on, the page next to it; otherwise the latest. Newest first either way.
    let next = q.min_id.is_some() && !small;
    let page = if next { &mine[..mine.len().min(limit)] } else { &mine[mine.len().saturating_sub(limit)..] };
    Json(page.iter().rev().map(|s| status(&net, &held, s)).collect::<Vec<_>>()).into_response()
}

#[derive(Deserialize)]
struct NewStatus {
    status: String,
    #[serde(default)]
    media_ids: Vec<String>,
    in_reply_to_id: Option<String>,
    language: Option<String>,
}

fn checked(net: &Net, held: &Held, new: &NewStatus) -> Result<(), No> {
    let bad = |text| Err(No(StatusCode::UNPROCESSABLE_ENTITY, text));
    if new.status.trim().is_empty() && new.media_ids.is_empty() {
        return bad("Validation failed: Text can't be blank");
    }
    if Count::MastodonStyle.of(&new.status) > net.ways.text_limit.unwrap_or(500) {
        return bad("Validation failed: Text character limit exceeded");
    }
    if new.media_ids.iter().any(|id| !held.media.contains_key(id)) {
        return bad("Media not found");
    }
    match &new.in_reply_to_id {
        Some(id) if !id.parse().is_ok_and(|n: u64| held.statuses.contains_key(&n)) => Err(GONE),
        _ => Ok(()),
    }
}

async fn publish(State(net): Shared, headers: HeaderMap, Json(new): Json<NewStatus>) -> Answer {
    let mut held = net.held();
    let who = caller(&headers).unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(|k| (who.clone(), k.to_owned()));
    let key = key.filter(|_| !net.ways.keyless);
    let earlier = key.as_ref().and_then(|k| held.keys.get(k)).and_then(|id| held.statuses.get(id));
    if let Some(earlier) = earlier {
        return Ok(Json(status(&net, &held, earlier)).into_response());
    }
    checked(&net, &held, &new)?;
    let id = held.number();
    let made = FakeStatus {
        id,
        account: who,
        text: new.status,
        lang: new.language,
        media: new.media_ids,
        reply_to: new.in_reply_to_id,
        at_us: net.clock.now(),
        visibility: "public",
    };
    let answer = status(&net, &held, &made);
    held.statuses.insert(id, made);
    held.keys.extend(key.map(|k| (k, id)));
    Ok(Json(answer).into_response())
}

/// One's own status, or anybody's where only reading.
fn found(held: &Held, id: &str, who: Option<&str>) -> Result<FakeStatus, No> {
    let status = id.parse().ok().and_then(|n: u64| held.statuses.get(&n));
    status.filter(|s| who.is_none_or(|w| s.account == w)).cloned().ok_or(GONE)
}

async fn one(State(net): Shared, Path(id): Path<String>) -> Answer {
    let held = net.held();
    Ok(Json(status(&net, &held, &found(&held, &id, None)?)).into_response())
}

async fn edit(State(net): Shared, Path(id): Path<String>, headers: HeaderMap, Json(new): Json<NewStatus>) -> Answer {
    let mut held = net.held();
    let mut s = found(&held, &id, caller(&headers).as_deref())?;
    checked(&net, &held, &new)?;
    (s.text, s.media, s.lang) = (new.status, new.media_ids, new.language);
    let answer = status(&net, &held, &s);
    held.statuses.insert(s.id, s);
    Ok(Json(answer).into_response())
}

async fn remove(State(net): Shared, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    if net.ways.small {
        return Err(GONE);
    }
    let mut held = net.held();
    let s = found(&held, &id, caller(&headers).as_deref())?;
    let answer = status(&net, &held, &s);
    held.statuses.remove(&s.id);
    Ok(Json(answer).into_response())
}
