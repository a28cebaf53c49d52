//! The one gate in front of every route: who asks, may they, is the form really from our page, has this request been
//! carried out before — and afterwards one rendering of errors, one set of headers, one log line.
use super::told::{log_failure, told};
use super::{Failed, FormData, Peer, bearer, cookie, form, idempotency, large, see, stands};
use crate::ctx::{Actor, Machine, Spend, Who};
use crate::error::Kind;
use crate::slice::{Answering, Assembled, Needs, Route, RouteKind};
use crate::words::Lang;
use crate::{Ctx, Error, Result, Say};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

/// Scripts, styles, fonts, pictures and films from here only; nothing inline; no frames.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the program adds to the gate: who a cookie or a token is, and how an error page looks.
pub trait Front: Send + Sync + 'static {
    fn by_cookie<'a>(&'a self, machine: &'a Arc<Machine>, headers: &'a HeaderMap) -> Answer<'a>;
    fn by_token<'a>(&'a self, machine: &'a Arc<Machine>, token: &'a str) -> Answer<'a>;
    fn error_page(&self, cx: &Ctx, error: &Error) -> Response;
}
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Actor>> + Send + 'a>>;

#[derive(Clone)]
struct Gate {
    machine: Arc<Machine>,
    front: Arc<dyn Front>,
    route: Arc<Route>,
    /// How many pieces of the address lead to the page that the form of this route stands on.
    stands_on: Option<usize>,
}

impl Gate {
    fn answer(&self, request: Request) -> Answering {
        (self.route.handler)(request, self.machine.clone())
    }
}

pub(super) const NOWHERE: &str = "(none)";

/// How long the body of a request may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(60);
/// The same for a body with a large file. A line that is too slow altogether is shown the door before.
const LARGE_BODY_TIME: Duration = Duration::from_secs(3600);
/// How many large files one person may send in an hour.
const LARGE_BODIES: u32 = 60;

impl Route {
    /// Whether it answers this method.
    fn answers_to(&self, method: &Method) -> bool {
        self.path == NOWHERE || self.method == method || (self.method == Method::GET && method == Method::HEAD)
    }
}

/// One address, with a gate for each of its methods.
struct Place {
    gates: Vec<Gate>,
    /// The methods, as the header names them.
    allow: HeaderValue,
}

impl Place {
    fn of(gates: Vec<Gate>) -> Arc<Place> {
        let names =
            gates.iter().map(|g| if g.route.method == Method::GET { "GET,HEAD" } else { g.route.method.as_str() });
        let allow = HeaderValue::from_str(&names.collect::<Vec<_>>().join(","));
        Arc::new(Place { gates, allow: allow.unwrap_or(HeaderValue::from_static("")) })
    }
    async fn answer(self: Arc<Place>, request: Request) -> Response {
        let gate = self.gates.iter().find(|g| g.route.answers_to(request.method()));
        // What has no gate of its own is refused by the first, in the manner of the place.
        let Some(gate) = gate.or(self.gates.first()) else { return StatusCode::NOT_FOUND.into_response() };
        let mut response = pass(gate, request).await;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, self.allow.clone());
        }
        response
    }
}

/// All routes of the program behind the gate.
pub fn router(machine: &Arc<Machine>, all: &Assembled, front: Arc<dyn Front>) -> Router {
    let gate = |route: Route, stands_on| Gate {
        machine: machine.clone(),
        front: front.clone(),
        route: Arc::new(route),
        stands_on,
    };
    let mut places: BTreeMap<&str, Vec<Gate>> = BTreeMap::new();
    for route in &all.routes {
        places.entry(route.path).or_default().push(gate(route.clone(), stands::on(route, &all.routes)));
    }
    let mut router = Router::new();
    for (path, gates) in places {
        let place = Place::of(gates);
        router = router.route(path, any(move |request: Request| place.clone().answer(request)));
    }
    let nowhere = Route { path: NOWHERE, ..crate::slice::get("/", || async { Error::not_found() }) };
    let lost = Place::of(vec![gate(Route { kind: RouteKind::Page, ..nowhere }, None)]);
    // Slow lines pay by the byte: pages are packed for whoever can unpack them. What is packed already is left alone.
    let films = NotForContentType::const_new("video/").and(NotForContentType::const_new("audio/"));
    let packed =
        CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(DefaultPredicate::new().and(films));
    router.fallback(move |request: Request| lost.clone().answer(request)).layer(packed)
}

async fn pass(gate: &Gate, mut request: Request) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let api_path = request.uri().path().starts_with("/api/");
    let mut cx = Ctx::new(gate.machine.clone(), Actor::nobody(), language(&request));
    cx.path = request.uri().path_and_query().map(|p| p.as_str().into()).unwrap_or_default();
    cx.remote = came_from(&gate.machine, &request).into();
    cx.request_id = format!("{:x}", cx.id()).into();
    let kind = if api_path { RouteKind::Api } else { gate.route.kind };
    let answered = if let Err(error) = readable(request.uri()) {
        Err(error)
    } else if !gate.route.answers_to(&method) {
        let page = gate.stands_on.filter(|_| method == Method::GET).map(|many| stands::page(request.uri(), many));
        page.map(see).ok_or_else(Error::wrong_method)
    } else if kind == RouteKind::File {
        request.extensions_mut().insert(cx.clone());
        Ok(gate.answer(request).await)
    } else {
        admit(gate, &mut cx, kind, request).await
    };
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    if let Some(Failed(error)) = response.extensions_mut().remove::<Failed>() {
        log_failure(&cx, gate.route.path, &error);
        response = render(gate, &cx, kind, &method, &error);
    }
    dress(&cx, kind, &mut response);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    gate.machine.meters.request(&method, gate.route.path, status, took.as_secs_f64());
    // Put together only where somebody listens.
    let (id, pattern) = (&*cx.request_id, gate.route.path);
    tracing::debug!(id, %method, path = told(pattern, &cx.path), status, ms = took.as_millis() as u64, "answered");
    response
}

/// Where a request came from. Only the last entry of the header is our own proxy's; the ones before are whatever the client
/// liked to say.
fn came_from(machine: &Machine, request: &Request) -> String {
    let named = request.headers().get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    let named = named.and_then(|v| v.rsplit(',').next()).map(|v| v.trim().to_owned());
    let seen = || request.extensions().get::<ConnectInfo<Peer>>().map(|c| c.0.0.ip().to_string());
    named.filter(|_| machine.config.behind_proxy).or_else(seen).unwrap_or_default()
}

/// An address is percent-encoded UTF-8 without the zero character; decoders further in would put other characters in the
/// place of what they cannot read, in silence. Such a path leads nowhere.
fn readable(uri: &Uri) -> Result<()> {
    let good = |part: &str| {
        if !part.contains('%') {
            return true;
        }
        let plain = form::percent_decoded(part);
        !plain.contains(&0) && std::str::from_utf8(&plain).is_ok()
    };
    if !good(uri.path()) {
        return Err(Error::not_found());
    }
    if good(uri.query().unwrap_or_default()) { Ok(()) } else { Err(Error::malformed(Say::new("error-address"))) }
}

/// The query says, else the cookie, else what the browser asks for first.
fn language(request: &Request) -> Lang {
    let headers = request.headers();
    let query = request.uri().query().unwrap_or_default().split('&').find_map(|p| p.strip_prefix("lang="));
    let accepts = || headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(|v| &v[..v.len().min(2)]);
    query.or_else(|| cookie(headers, "lang")).or_else(accepts).and_then(|l| l.parse().ok()).unwrap_or(Lang::En)
}

async fn admit(gate: &Gate, cx: &mut Ctx, kind: RouteKind, request: Request) -> Result<Response> {
    let headers = request.headers();
    let actor = match (kind, bearer(headers)) {
        (RouteKind::Api, Some(token)) => gate.front.by_token(&gate.machine, token).await?,
        (RouteKind::Page, _) if headers.contains_key(header::COOKIE) => {
            gate.front.by_cookie(&gate.machine, headers).await?
        }
        _ => Actor::nobody(),
    };
    cx.actor = Arc::new(actor);
    if cx.actor.token.is_some() {
        gate.machine.limits.take("api", &cx.actor.label(), 6000, crate::clock::MINUTE)?;
    }
    may_enter(gate.route.needs, &cx.actor)?;
    if !matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE) {
        let mut request = request;
        request.extensions_mut().insert(cx.clone());
        return Ok(gate.answer(request).await);
    }
    // Apart, because it is large and whoever only reads would carry it along.
    Box::pin(take(gate, cx, kind, request)).await
}

/// A request with a body, which somebody who may has sent.
async fn take(gate: &Gate, cx: &mut Ctx, kind: RouteKind, request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let streamed = gate.route.large.filter(|_| large::is_multipart(&parts.headers));
    let body = match streamed {
        Some(field) => {
            let form = read_large(gate, cx, &parts.headers, body, field).await?;
            // The body is used up; its digest stands for it wherever requests are compared.
            let digest = Bytes::from(large::digest(&form));
            parts.extensions.insert(form);
            digest
        }
        None => read_body(&parts.headers, body, gate.route.body_limit).await?,
    };
    if kind == RouteKind::Page {
        let form = match parts.extensions.remove::<FormData>() {
            Some(form) => form,
            None => form::read(&parts.headers, &body).await?,
        };
        check_origin(cx, &parts.headers, &form)?;
        parts.extensions.insert(form);
        parts.extensions.insert(cx.clone());
        return Ok(gate.answer(Request::from_parts(parts, Body::empty())).await);
    }
    if gate.route.large.is_some() && streamed.is_none() {
        return Err(Error::wrong_type("multipart/form-data"));
    }
    // A key that cannot be read is refused: without it the request would be carried out twice.
    let key = parts.headers.get("idempotency-key").map(|v| v.to_str().unwrap_or_default().to_owned());
    match key {
        Some(key) if parts.method == Method::POST => once(gate, cx, key, parts, body).await,
        _ => {
            parts.extensions.insert(cx.clone());
            Ok(gate.answer(Request::from_parts(parts, Body::from(body))).await)
        }
    }
}

fn may_enter(needs: Needs, actor: &Actor) -> Result<()> {
    let yes = match needs {
        Needs::Nothing => true,
        Needs::SignedIn => matches!(actor.who, Who::Person(_)),
        Needs::Citizen => matches!(actor.who, Who::Citizen(_)),
        Needs::May(right) => actor.may_somewhere(right),
    };
    match (yes, actor.who, needs) {
        (true, ..) => Ok(()),
        (false, Who::Nobody, _) | (false, _, Needs::Citizen) => Err(Error::sign_in()),
        _ => Err(Error::not_allowed()),
    }
}

async fn read_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if said.is_some_and(|n| n > limit) {
        return Err(Error::too_large());
    }
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, limit)).await {
        Ok(whole) => whole.map_err(|_| Error::too_large()),
        Err(_) => Err(Error::too_slow()),
    }
}

async fn read_large(gate: &Gate, cx: &Ctx, headers: &HeaderMap, body: Body, field: &'static str) -> Result<FormData> {
    let machine = &gate.machine;
    let begin = || machine.limits.take("large", &cx.actor.label(), LARGE_BODIES, crate::clock::HOUR);
    let (large, small) = (machine.config.recording_bytes, gate.route.body_limit);
    let most = large::Most { field, large, small, begin: &begin };
    match tokio::time::timeout(LARGE_BODY_TIME, large::read(&machine.storage, headers, body, &most)).await {
        Ok(form) => form,
        Err(_) => Err(Error::too_slow()),
    }
}

/// A form must come from one of our own pages: the browser says so (`Sec-Fetch-Site`, `Origin`), and whoever is signed
/// in also sends the session's own token.
fn check_origin(cx: &Ctx, headers: &HeaderMap, form: &FormData) -> Result<()> {
    let refuse = || Err(Error::new(Kind::NotAllowed, Say::new("error-csrf")));
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if text("sec-fetch-site").is_some_and(|s| s != "same-origin" && s != "none") {
        return refuse();
    }
    if let (Some(origin), Some(host)) = (text("origin"), text("host")) {
        let origin_host = origin.split_once("://").map_or("", |(_, h)| h);
        if origin_host != host && origin != cx.machine.base_url() {
            return refuse();
        }
    }
    let signed_in = cx.actor.who != Who::Nobody;
    if signed_in && !crate::crypto::same(form.text("csrf").as_bytes(), cx.actor.csrf.as_bytes()) {
        return refuse();
    }
    Ok(())
}

/// Carries a request with an `Idempotency-Key` out once; repeats its answer afterwards.
async fn once(
    gate: &Gate,
    cx: &mut Ctx,
    key: String,
    mut parts: axum::http::request::Parts,
    body: Bytes,
) -> Result<Response> {
    if key.is_empty() || key.len() > 200 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::malformed(Say::new("error-idempotency-key")));
    }
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), b"\0", parts.uri.path().as_bytes(), b"\0", &body] {
        hash.update(part);
    }
    let digest = crate::crypto::hex(&hash.finalize());
    let spend = Spend { owner: cx.actor.label(), key, digest };
    if let Some(kept) = idempotency::find(cx.db(), &spend.owner, &spend.key).await? {
        if kept.digest != spend.digest {
            return Err(Error::invalid(vec![crate::FieldError::new(
                "Idempotency-Key",
                Say::new("error-idempotency-other"),
            )]));
        }
        if kept.status == 0 {
            return Err(Error::conflict(Say::new("error-idempotency-spent")));
        }
        let status = StatusCode::from_u16(u16::try_from(kept.status).unwrap_or(200)).unwrap_or(StatusCode::OK);
        let headers = [
            (header::CONTENT_TYPE, kept.content_type),
            (header::HeaderName::from_static("idempotent-replay"), "true".into()),
        ];
        return Ok((status, headers, kept.body).into_response());
    }
    if let Ok(mut slot) = cx.spend.lock() {
        *slot = Some(spend.clone());
    }
    parts.extensions.insert(cx.clone());
    let response = gate.answer(Request::from_parts(parts, Body::from(body))).await;
    if response.extensions().get::<Failed>().is_some() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.map_err(Error::fault)?;
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // The work is done; not being able to keep the answer must not say otherwise.
    if let Err(error) = idempotency::keep(cx, &spend, head.status.as_u16(), content_type, &bytes).await {
        tracing::error!(%error, route = gate.route.path, "an answer could not be kept for its Idempotency-Key");
    }
    Ok(Response::from_parts(head, Body::from(bytes)))
}

fn render(gate: &Gate, cx: &Ctx, kind: RouteKind, method: &Method, error: &Error) -> Response {
    match kind {
        RouteKind::Api => super::problem_json(cx, error),
        RouteKind::File => (super::problem::status(error), cx.words().say(cx.lang, &error.say)).into_response(),
        RouteKind::Page if matches!(error.kind, Kind::SignIn) && method == Method::GET => {
            let citizen = gate.route.needs == Needs::Citizen;
            let page = if citizen { "/citizen/sign-in" } else { "/sign-in" };
            let next: String = crate::http::openapi::encode_query(&cx.path);
            super::see(format!("{page}?next={next}"))
        }
        RouteKind::Page => gate.front.error_page(cx, error),
    }
}

fn dress(cx: &Ctx, kind: RouteKind, response: &mut Response) {
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("same-origin"));
    if let Ok(id) = HeaderValue::from_str(&cx.request_id) {
        headers.insert("x-request-id", id);
    }
    if kind == RouteKind::Page {
        headers.insert(header::CONTENT_SECURITY_POLICY, fixed(CSP));
        headers.insert("cross-origin-opener-policy", fixed("same-origin"));
        headers.insert("permissions-policy", fixed("camera=(), geolocation=(), microphone=(), interest-cohort=()"));
        let lang = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", cx.lang.code());
        if cx.path.contains("lang=")
            && let Ok(lang) = HeaderValue::from_str(&lang)
        {
            headers.append(header::SET_COOKIE, lang);
        }
        headers.insert(header::VARY, fixed("Cookie, Accept-Language"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let signed_in = cx.actor.who != Who::Nobody;
        headers.insert(header::CACHE_CONTROL, fixed(if signed_in { "no-store" } else { "no-cache" }));
    }
    if cx.machine.config.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000"));
    }
}
