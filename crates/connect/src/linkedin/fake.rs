//! A LinkedIn of our own that answers as the Community Management API does, for tests without a network: same paths,
//! headers, codes and sentences. It reads little text as LinkedIn does: what is not escaped cuts the text off.
use super::fake_films::{self, Film};
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::fake_permits::Permits;
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::clock::Clock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const KEY: &str = "AQVroads-token";
pub const PAGE: &str = "urn:li:organization:2414183";

/// How this LinkedIn differs from a plain one.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    pub html: bool,
    /// Puts short addresses of its own in place of links.
    pub shortens: bool,
    /// Pages of lists do not turn.
    pub stuck: bool,
    /// The key's owner may only advertise for the page.
    pub stranger: bool,
    /// Where pictures are to be sent, instead of to itself.
    pub uploads_to: Option<String>,
    /// Nobody tells their names.
    pub nameless: bool,
    /// Films are cut into parts of so many bytes.
    pub cut: Option<u64>,
    /// It is asked so often before it is done with a film.
    pub works: usize,
    /// No film can be read.
    pub unreadable: bool,
    pub no_captions: bool,
}

#[derive(Debug, Clone)]
pub struct Said {
    pub urn: String,
    /// Little text of a post, plain text of a comment.
    pub raw: String,
    pub actor: String,
    pub content: Value,
    /// The post and the comment it stands below.
    pub post: Option<String>,
    pub parent: Option<String>,
    pub(super) at_ms: i64,
    pub(super) state: &'static str,
}

#[derive(Default)]
pub(super) struct Held {
    next: u64,
    /// By number: posts and comments.
    pub said: BTreeMap<u64, Said>,
    pub uploaded: BTreeMap<String, Vec<u8>>,
    pub films: BTreeMap<String, Film>,
    /// So many parts of films are kept and not answered.
    pub unanswered: usize,
    /// So many are not kept.
    pub lost: usize,
    /// The next end of an upload is not answered.
    pub silent_end: bool,
    pub calls: Vec<String>,
    pub instead: Option<(u16, String)>,
    pub permits: Permits,
    /// What the key's owner permitted by signing in; a key that was there before may everything.
    pub permitted: Option<String>,
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

impl Held {
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        7_000_000_000_000_000_000 + self.next
    }
    pub fn say(&mut self, said: Said) -> Said {
        let number = self.number();
        let urn = match &said.post {
            Some(post) => format!("urn:li:comment:({},{number})", thread(post)),
            None => format!("urn:li:share:{number}"),
        };
        let said = Said { urn, at_ms: Clock::system().now() / 1000, ..said };
        self.said.insert(number, said.clone());
        said
    }
    pub fn find(&self, urn: &str) -> Option<(u64, &Said)> {
        self.said.iter().find(|(_, s)| s.urn == urn).map(|(n, s)| (*n, s))
    }
    /// The post that a share's or an activity's name stands for.
    pub fn post_of(&self, name: &str) -> Option<&Said> {
        let number = name.rsplit(':').next()?;
        let post = self.said.get(&number.parse().ok()?).filter(|s| s.post.is_none())?;
        (name == post.urn || name == thread(&post.urn)).then_some(post)
    }
    pub fn below<'a>(&'a self, urn: &'a str) -> impl Iterator<Item = (&'a u64, &'a Said)> {
        let direct = move |s: &&Said| match &s.parent {
            Some(parent) => parent == urn,
            None => s.post.as_deref() == Some(urn),
        };
        self.said.iter().filter(move |(_, s)| direct(s))
    }
}

/// Threads are named by the activity behind a post.
pub(super) fn thread(post: &str) -> String {
    format!("urn:li:activity:{}", post.rsplit(':').next().unwrap_or_default())
}

pub(super) fn said(actor: &str, raw: &str) -> Said {
    Said {
        urn: String::new(),
        raw: raw.to_owned(),
        actor: actor.to_owned(),
        content: Value::Null,
        post: None,
        parent: None,
        at_ms: 0,
        state: "PUBLISHED",
    }
}

/// What people see of little text: everything up to the first reserved character that is no element and not escaped.
pub fn shown(little: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    let chars: Vec<char> = little.chars().collect();
    while let Some(c) = chars.get(at).copied() {
        at += 1;
        match c {
            '\\' => out.extend(chars.get(at).inspect(|_| at += 1)),
            '{' => {
                let rest: String = chars[at..].iter().collect();
                let Some((word, _)) = rest.strip_prefix("hashtag|\\#|").and_then(|r| r.split_once('}')) else { break };
                out.push_str(&format!("#{word}"));
                at += "hashtag|\\#|}".chars().count() + word.chars().count();
            }
            c if r"|{}@[]()<>#*_~".contains(c) => break,
            c => out.push(c),
        }
    }
    out
}

/// Running until dropped.
pub struct FakeLinkedIn {
    pub address: SocketAddr,
    pub(super) net: Arc<Net>,
    stage: Stage,
}

impl FakeLinkedIn {
    /// Lets the member agree to what they were sent for; where their browser is sent back to.
    pub fn agree(&self, address: &str) -> String {
        self.net.held().permits.agree(address)
    }

    pub fn start(listener: TcpListener, ways: Ways) -> std::io::Result<FakeLinkedIn> {
        let manners = Manners {
            caller: |uri, headers| match bearer(headers) {
                _ if uri.path() == "/oauth/v2/accessToken" => Caller::Anybody,
                Some(KEY) => Caller::Account("member".to_owned()),
                None if uri.path().starts_with(fake_films::PART) => Caller::Account("member".to_owned()),
                _ => Caller::Stranger,
            },
            writes: |method, uri| {
                let harmless = ["/rest/images", "/rest/videos", fake_films::CAPTIONS];
                let harmless = harmless.iter().any(|start| uri.path().starts_with(start));
                matches!(*method, Method::POST | Method::DELETE) && !harmless
            },
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(
                    429,
                    101,
                    "TOO_MANY_REQUESTS",
                    "Resource level throttle APPLICATION DAY limit for calls is reached.",
                ),
                _ => no(401, 65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
            },
            later: retry_after,
            html: ways.html,
        };
        let address = format!("http://{}", listener.local_addr()?);
        let net = Arc::new(Net { held: Mutex::default(), ways, address });
        let held = net.clone();
        let app = move |_| Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(held);
        let stage = Stage::start(listener, manners, app)?;
        Ok(FakeLinkedIn { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// What the page has said and not removed, oldest first.
    pub fn own(&self) -> Vec<Said> {
        self.net.held().said.values().filter(|s| s.actor == PAGE).cloned().collect()
    }

    /// Answers everything with this instead of its own words, having done it.
    pub fn say_instead(&self, body: Option<(u16, &str)>) {
        self.net.held().instead = body.map(|(status, text)| (status, text.to_owned()));
    }

    /// The calls so far: method and address.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.net.held().calls)
    }

    /// Lets somebody post on the page by LinkedIn's own means; gives the post's id.
    pub fn write(&self, raw: &str, state: &'static str) -> String {
        self.net.held().say(Said { state, ..said(PAGE, raw) }).urn
    }

    /// Lets somebody comment on a post or a comment; gives the comment's id.
    pub fn comment(&self, to: &str, actor: &str, text: &str) -> String {
        let mut held = self.net.held();
        let (post, parent) = match held.find(to) {
            Some((_, Said { post: Some(post), .. })) => (post.clone(), Some(to.to_owned())),
            _ => (to.to_owned(), None),
        };
        held.say(Said { post: Some(post), parent, ..said(actor, text) }).urn
    }
}

pub(super) fn no(status: u16, number: i64, code: &str, text: &str) -> Response {
    let answer = json!({"status": status, "serviceErrorCode": number, "code": code, "message": text});
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(answer)).into_response()
}

pub(super) fn missing() -> Response {
    no(404, 0, "NOT_FOUND", "The requested entity could not be found")
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    net.held().calls.push(format!("{method} {uri}"));
    let has = |name: &str, value: &str| headers.get(name).is_some_and(|v| v == value);
    let response = if uri.path() == "/oauth/v2/accessToken" {
        super::fake_calls::keys(&net, &body)
    } else if let Some(place) = uri.path().strip_prefix(fake_films::PART) {
        fake_films::part(&net, place, &headers, &body)
    } else if !has("linkedin-version", super::VERSION) || !has("x-restli-protocol-version", "2.0.0") {
        no(426, 0, "NONEXISTENT_VERSION", "Requested version is not active")
    } else if let Some(urn) = uri.path().strip_prefix(fake_films::CAPTIONS) {
        fake_films::captions(&net, urn, &headers, body).await
    } else if let Some(urn) = uri.path().strip_prefix("/upload/") {
        net.held().uploaded.insert(urn.to_owned(), body.to_vec());
        StatusCode::CREATED.into_response()
    } else {
        super::fake_calls::call(&net, &method, &uri, &headers, &body)
    };
    match net.held().instead.clone() {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap_or_default(), text).into_response(),
        None => response,
    }
}

pub(super) fn entry(said: &Said) -> Value {
    json!({
        "id": said.urn, "author": said.actor, "commentary": said.raw, "visibility": "PUBLIC", "createdAt": said.at_ms,
        "lastModifiedAt": said.at_ms, "publishedAt": (said.state == "PUBLISHED").then_some(said.at_ms),
        "lifecycleState": said.state, "content": said.content, "isReshareDisabledByAuthor": false,
        "distribution": {"feedDistribution": "MAIN_FEED"},
    })
}

pub(super) fn comment(held: &Held, number: u64, said: &Said) -> Value {
    let mut it = json!({
        "id": number.to_string(), "actor": said.actor, "commentUrn": said.urn, "message": {"attributes": [], "text": said.raw},
        "object": thread(said.post.as_deref().unwrap_or_default()), "created": {"actor": said.actor, "time": said.at_ms},
        "lastModified": {"actor": said.actor, "time": said.at_ms},
        "commentsSummary": {"aggregatedTotalComments": held.below(&said.urn).count(), "totalFirstLevelComments": 0},
        "likesSummary": {"aggregatedTotalLikes": 0, "likedByCurrentUser": false},
    });
    if let Some(parent) = &said.parent {
        it["parentComment"] = json!(parent);
    }
    it
}
