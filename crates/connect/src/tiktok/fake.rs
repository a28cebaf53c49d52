//! A TikTok of our own that answers as the Content Posting API does, for tests without a network: same paths, fields and
//! codes. It fetches no pictures; it looks whether their addresses are the ones verified with the app.
use super::fake_films::{self, Film};
use super::{CREATOR_INFO, INIT, PHOTOS, STATUS, TEXT, TOKENS, film};
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::fake_permits::{Permits, form};
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const KEY: &str = "act.roads!4711.e1";
pub const OPEN_ID: &str = "-000Roads_bt";
/// What renews the key the first time.
pub const REFRESH: &str = "rft.first!1.e1";
pub const APP: (&str, &str) = ("aw0app", "s3cret");
/// The address that is verified with the app.
const VERIFIED: &str = "https://gov.example/";

/// How this TikTok differs from a plain one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// The account is private.
    pub private: bool,
    /// TikTok has not audited the app.
    pub unaudited: bool,
    /// It is asked so many times before a posting is done.
    pub slow: usize,
    /// Why postings come to nothing after they have begun.
    pub fails: Option<&'static str>,
    /// The number of a post is not told yet.
    pub looked_at: bool,
    pub html: bool,
    /// The fewest bytes a piece of a film may have, where it is not its last.
    pub least: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct Posting {
    pub publish_id: String,
    pub post_id: u64,
    pub text: String,
    pub body: Value,
    /// Of a film: what has arrived.
    pub film: Option<Film>,
    pub(super) asked: usize,
}

#[derive(Default)]
pub(super) struct Held {
    pub postings: Vec<Posting>,
    /// So many pieces of films are kept and not answered.
    pub unanswered: usize,
    /// So many are not kept.
    pub lost: usize,
    /// The addresses for pieces are no longer good.
    pub expired: bool,
    /// Where pieces are to be sent, instead of to itself.
    pub leads_to: Option<String>,
    pub permits: Permits,
    refresh: String,
    renewals: usize,
    /// Answers in place of its own, by path.
    instead: BTreeMap<String, (u16, String)>,
    calls: Vec<String>,
}

impl Held {
    pub fn number(&self) -> u64 {
        self.postings.len() as u64 + 1
    }
}

pub(super) struct Net {
    held: Mutex<Held>,
    pub ways: Ways,
    pub address: String,
}

impl Net {
    pub fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Running until dropped.
pub struct FakeTikTok {
    pub address: SocketAddr,
    pub(super) net: Arc<Net>,
    stage: Stage,
}

impl FakeTikTok {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeTikTok> {
        let manners = Manners {
            caller: |uri, headers| match bearer(headers) {
                _ if uri.path() == TOKENS => Caller::Anybody,
                // The address holds a key of its own.
                None if uri.path() == fake_films::PIECES => Caller::Account(OPEN_ID.to_owned()),
                Some(key) if key.starts_with("act.") => Caller::Account(OPEN_ID.to_owned()),
                _ => Caller::Stranger,
            },
            // Everything is asked by POST; these two calls make a post.
            writes: |_, uri| uri.path() == INIT || uri.path() == fake_films::PIECES,
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(429, "rate_limit_exceeded", "The API rate limit was exceeded."),
                _ => no(401, "access_token_invalid", "The access token is invalid or not found in the request."),
            },
            later: retry_after,
            html: ways.html,
        };
        let held = Held { refresh: REFRESH.to_owned(), ..Held::default() };
        let address = format!("http://{}", listener.local_addr()?);
        let net = Arc::new(Net { held: Mutex::new(held), ways, address });
        let shared = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(shared);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeTikTok { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// Lets the account agree to what it was sent for; where the browser is sent back to.
    pub fn agree(&self, address: &str) -> String {
        self.net.held().permits.agree(address)
    }

    /// What was posted and came to something, oldest first: of a film nothing comes before all of it has arrived.
    pub fn posted(&self) -> Vec<Posting> {
        if self.net.ways.fails.is_some() {
            return Vec::new();
        }
        let all = self.net.held().postings.clone();
        all.into_iter().filter(|p| p.film.as_ref().is_none_or(Film::is_whole)).collect()
    }

    /// Answers calls of a path with this instead of its own words, having done them.
    pub fn say_instead(&self, path: &str, status: u16, body: &str) {
        self.net.held().instead.insert(path.to_owned(), (status, body.to_owned()));
    }

    /// The paths called since last asked.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.net.held().calls)
    }
}

pub fn no(status: u16, code: &str, message: &str) -> Response {
    let body = json!({"data": {}, "error": {"code": code, "message": message, "log_id": "20260801121314ABCDEF"}});
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(body)).into_response()
}

pub(super) fn yes(data: Value) -> Response {
    Json(json!({"data": data, "error": {"code": "ok", "message": "", "log_id": "20260801121314ABCDEF"}}))
        .into_response()
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    net.held().calls.push(uri.path().to_owned());
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    let sent: Option<Value> = serde_json::from_slice(&body).ok().filter(|_| json);
    let own = match (method.as_str(), uri.path(), sent) {
        ("GET", "/v2/user/info/", _) => user(&uri),
        ("POST", CREATOR_INFO, Some(_)) => creator(&net),
        ("POST", INIT, Some(sent)) => init(&net, sent),
        ("POST", film::INIT, Some(sent)) => fake_films::init(&net, sent),
        ("PUT", fake_films::PIECES, _) => fake_films::piece(&net, &uri, &headers, &body),
        ("POST", STATUS, Some(sent)) => status(&net, &sent),
        ("POST", TOKENS, _) => keys(&net, &body),
        _ => no(400, "invalid_params", "The request is malformed."),
    };
    match net.held().instead.get(uri.path()) {
        Some((status, text)) => (StatusCode::from_u16(*status).unwrap_or(StatusCode::OK), text.clone()).into_response(),
        None => own,
    }
}

fn user(uri: &Uri) -> Response {
    if uri.query() != Some("fields=open_id,display_name") {
        return no(400, "invalid_params", "Fields is invalid");
    }
    yes(json!({"user": {"open_id": OPEN_ID, "display_name": "Department of Roads"}}))
}

fn creator(net: &Net) -> Response {
    let levels = match net.ways.private {
        true => ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        false => ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    };
    yes(json!({
        "creator_avatar_url": "https://p16.example/a.webp",
        "creator_username": "roads.bt",
        "creator_nickname": "Department of Roads",
        "privacy_level_options": levels,
        "comment_disabled": false,
        "duet_disabled": true,
        "stitch_disabled": true,
        "max_video_post_duration_sec": 600,
    }))
}

/// Why nobody may be shown a post so.
pub(super) fn level_refused(net: &Net, level: &str) -> Option<Response> {
    if level == "PUBLIC_TO_EVERYONE" && net.ways.private {
        return Some(no(403, "privacy_level_option_mismatch", "Privacy level option mismatch."));
    }
    let code = "unaudited_client_can_only_post_to_private_accounts";
    let barred = net.ways.unaudited && (!net.ways.private || level != "SELF_ONLY");
    barred.then(|| no(403, code, "Please review our integration guidelines."))
}

fn init(net: &Net, body: Value) -> Response {
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let photos = body.pointer("/source_info/photo_images").and_then(Value::as_array).cloned().unwrap_or_default();
    let description = text("/post_info/description");
    let plain = text("/media_type") == "PHOTO"
        && text("/post_mode") == "DIRECT_POST"
        && text("/source_info/source") == "PULL_FROM_URL"
        && body.pointer("/source_info/photo_cover_index").and_then(Value::as_u64) == Some(0);
    if !plain || photos.is_empty() || photos.len() > PHOTOS || description.encode_utf16().count() > TEXT {
        return no(400, "invalid_params", "One or more fields in request is invalid.");
    }
    if let Some(refused) = level_refused(net, &text("/post_info/privacy_level")) {
        return refused;
    }
    if !photos.iter().all(|p| p.as_str().is_some_and(|p| p.starts_with(VERIFIED))) {
        return no(403, "url_ownership_unverified", "Please review our URL ownership verification rules.");
    }
    let mut held = net.held();
    let number = held.number();
    let publish_id = format!("p_pub_url~v2.{}", 7_400_000_000_000_000_000 + number);
    let post_id = 7_500_000_000_000_000_000 + number;
    let posting = Posting { publish_id: publish_id.clone(), post_id, text: description, body, film: None, asked: 0 };
    held.postings.push(posting);
    yes(json!({"publish_id": publish_id}))
}

fn status(net: &Net, sent: &Value) -> Response {
    let mut held = net.held();
    let id = sent.get("publish_id").and_then(Value::as_str).unwrap_or_default();
    let Some(posting) = held.postings.iter_mut().find(|p| p.publish_id == id) else {
        return no(400, "invalid_publish_id", "The publish id does not exist.");
    };
    let arrived = posting.film.as_ref().map(|film| (film.got.len(), film.is_whole()));
    if let Some((bytes, false)) = arrived {
        return yes(json!({"status": "PROCESSING_UPLOAD", "uploaded_bytes": bytes}));
    }
    posting.asked += 1;
    if posting.asked <= net.ways.slow
        && let Some((bytes, _)) = arrived
    {
        return yes(json!({"status": "PROCESSING_UPLOAD", "uploaded_bytes": bytes}));
    }
    if posting.asked <= net.ways.slow {
        return yes(json!({"status": "PROCESSING_DOWNLOAD", "downloaded_bytes": 0}));
    }
    if let Some(reason) = net.ways.fails {
        return yes(json!({"status": "FAILED", "fail_reason": reason, "downloaded_bytes": 0}));
    }
    let public = posting.body.pointer("/post_info/privacy_level").and_then(Value::as_str) != Some("SELF_ONLY");
    let ids = if public && !net.ways.looked_at { vec![posting.post_id] } else { vec![] };
    yes(json!({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids, "downloaded_bytes": 22}))
}

/// For a code, and for what renews: each is good for one call.
fn keys(net: &Net, body: &[u8]) -> Response {
    let form = form(body);
    let is = |name: &str, value: &str| form.get(name).is_some_and(|v| v == value);
    let mut held = net.held();
    let error = if !is("grant_type", "refresh_token") && !is("grant_type", "authorization_code") {
        "unsupported_grant_type"
    } else if !is("client_key", APP.0) || !is("client_secret", APP.1) {
        "invalid_client"
    } else if is("grant_type", "authorization_code") {
        if held.permits.redeem(APP.0, &form).is_some() { "" } else { "invalid_grant" }
    } else if !is("refresh_token", &held.refresh) {
        "invalid_grant"
    } else {
        ""
    };
    if !error.is_empty() {
        // Told with status 200.
        return Json(json!({"error": error, "error_description": "No.", "log_id": "2026"})).into_response();
    }
    held.renewals += 1;
    held.refresh = format!("rft.next!{}.e1", held.renewals);
    Json(json!({
        "access_token": format!("act.next!{}.e1", held.renewals),
        "expires_in": 7200,
        "open_id": OPEN_ID,
        "refresh_token": held.refresh,
        "refresh_expires_in": 15_552_000,
        "scope": "user.info.basic,video.publish",
        "token_type": "Bearer",
    }))
    .into_response()
}
