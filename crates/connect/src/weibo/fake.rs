//! A Weibo of our own behind the three paths that are used, for tests without a network: ids as numbers and as text, refusals
//! with 400 or 403 and a code.
use crate::Count;
use crate::fake::{Caller, Manners, Stage, retry_after};
use crate::simulator::SetFault;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const TOKEN: &str = "2.00abcDEFghiJKL0123456789";
pub const UID: u64 = 1_404_376_560;
pub const RIP: &str = "211.156.0.1";

/// How this server differs from the real one and from a plain account.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    /// The safe domain that a link must be of; without one, no link is asked for.
    pub domain: Option<&'static str>,
    /// The app may not look at people.
    pub no_names: bool,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub text: String,
    pub rip: String,
    pub picture: Option<String>,
}

#[derive(Default)]
pub struct Held {
    pub posts: Vec<Entry>,
    pub instead: Option<(u16, String)>,
    pub asked: Vec<String>,
}

struct Net {
    held: Mutex<Held>,
    ways: Ways,
}

/// Running until dropped.
pub struct FakeWeibo {
    pub address: SocketAddr,
    net: Arc<Net>,
    stage: Stage,
}

fn held(net: &Net) -> MutexGuard<'_, Held> {
    net.held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeWeibo {
    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeWeibo> {
        let manners = Manners {
            caller: |_, headers| match headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) {
                Some(value) if value.strip_prefix("OAuth2 ") == Some(TOKEN) => Caller::Account(UID.to_string()),
                _ => Caller::Stranger,
            },
            writes: |method, _| *method == Method::POST,
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(403, 10_023, "User requests out of rate limit!"),
                _ => no(403, 21_327, "expired_token"),
            },
            later: retry_after,
            html: false,
        };
        let net = Arc::new(Net { held: Mutex::default(), ways });
        let served = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(served);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeWeibo { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    pub fn held(&self) -> MutexGuard<'_, Held> {
        held(&self.net)
    }

    /// Answers with this instead of its own words, having done it.
    pub fn say_instead(&self, words: Option<(u16, &str)>) {
        self.held().instead = words.map(|(status, body)| (status, body.to_owned()));
    }
}

fn no(status: u16, code: i64, message: &str) -> Response {
    let body = json!({"error": message, "error_code": code, "request": "/2/statuses/share.json"});
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(body)).into_response()
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    held(&net).asked.push(uri.to_string());
    let response = match (method.as_str(), uri.path()) {
        ("GET", "/2/account/get_uid.json") => Json(json!({"uid": UID})).into_response(),
        ("GET", "/2/users/show.json") if net.ways.no_names => no(403, 10_014, "Insufficient app permissions!"),
        ("GET", "/2/users/show.json") if uri.query() == Some(&format!("uid={UID}")) => {
            Json(json!({"id": UID, "idstr": UID.to_string(), "screen_name": "不丹公路"})).into_response()
        }
        ("POST", "/2/statuses/share.json") => share(&net, &headers, body).await,
        _ => no(404, 10_020, "Request api not found!"),
    };
    let instead = held(&net).instead.clone();
    match instead {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

/// The fields of either kind of form, a file as its first bytes in text.
async fn fields(headers: &HeaderMap, body: Bytes) -> HashMap<String, String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else {
        return url::form_urlencoded::parse(&body).into_owned().collect();
    };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let mut out = HashMap::new();
    while let Ok(Some(field)) = form.next_field().await {
        let (name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
        let bytes = field.bytes().await.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        out.insert(name, file.map_or(text, |f| format!("{f} {}", bytes.starts_with(b"\x89PNG"))));
    }
    out
}

async fn share(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    let given = fields(headers, body).await;
    let of = |name: &str| given.get(name).cloned().unwrap_or_default();
    let text = of("status");
    if of("access_token") != TOKEN {
        return no(400, 21_323, "access_token is missing");
    }
    if of("rip").is_empty() {
        return no(400, 10_016, "Miss required parameter (rip) , see doc for more info.");
    }
    if Count::WeiboStyle.of(&text) > 140 {
        return no(400, 20_012, "Text too long, please input text less than 140 characters!");
    }
    if net.ways.domain.is_some_and(|domain| !text.contains(&format!("https://{domain}/"))) {
        return no(400, 10_017, "Parameter (status)'s value invalid, expect (domain) , see doc for more info.");
    }
    // “No #topic# may stand in the text”; with which code it is refused is not told.
    let between: Vec<&str> = text.split('#').skip(1).collect();
    if between.split_last().is_some_and(|(_, topics)| topics.iter().any(|topic| !topic.trim().is_empty())) {
        return no(400, 10_017, "Parameter (status)'s value invalid, expect (no topic) , see doc for more info.");
    }
    let mut held = held(net);
    if held.posts.last().is_some_and(|p| p.text == text) {
        return no(400, 20_019, "Repeat content!");
    }
    held.posts.push(Entry { text: text.clone(), rip: of("rip"), picture: given.get("pic").cloned() });
    // The number does not fit into what some languages count with; the text beside it does.
    let id = 5_000_000_000_000_000 + held.posts.len() as u64;
    let user = json!({"id": UID, "idstr": UID.to_string(), "screen_name": "不丹公路"});
    Json(json!({"created_at": "Wed Oct 24 23:49:17 +0800 2012", "id": id, "idstr": id.to_string(), "mid": id.to_string(), "text": text, "user": user}))
        .into_response()
}
