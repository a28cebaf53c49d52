//! The practice network's own HTTP interface, with its faults.
mod media;
mod reading;
mod review;

use super::house::House;
use super::line::Scissors;
use super::state::{Event, PracticePost, State as Remembered};
use super::{Fault, Net, SetFault, control};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Names the platform in whose likeness the network is spoken to; without it, it is as it is.
pub(super) const AS: &str = "practice-as";

pub(super) const LARGEST_MEDIA: usize = 16 << 20;
/// What is sent at once at most: more than the largest picture that any platform takes.
pub(super) const LARGEST_BODY: usize = 40 << 20;

pub(super) type Answer = Result<Response, No>;

/// What the practice network says no with.
pub(super) enum No {
    Key,
    Refused(String),
    Gone,
    Disk,
    /// A fault's own answer.
    Fault(Box<Response>),
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            No::Key => (StatusCode::UNAUTHORIZED, "The access token is not valid".to_owned()),
            No::Refused(text) => (StatusCode::UNPROCESSABLE_ENTITY, text),
            No::Gone => (StatusCode::NOT_FOUND, "Not found".to_owned()),
            No::Disk => (StatusCode::INTERNAL_SERVER_ERROR, "The network could not write it down".to_owned()),
            No::Fault(response) => return *response,
        };
        (status, Json(json!({"error": text}))).into_response()
    }
}

pub(super) fn router(net: Arc<Net>) -> Router {
    Router::new()
        .route("/api/me", get(me))
        .route("/api/owner", get(owner))
        .route("/api/media", post(media::upload))
        .route("/api/recordings", post(media::tell))
        .route("/api/posts", get(reading::own_posts).post(publish))
        .route("/api/posts/{id}", put(edit).get(one).delete(remove))
        .route("/api/posts/{id}/standing", get(review::standing))
        .route("/api/own", get(reading::own_after))
        .route("/api/containers", post(contain))
        .route("/api/containers/{id}", get(container))
        .route("/api/containers/{id}/publish", post(publish_container))
        .route("/api/replies", get(reading::replies))
        .route("/api/replies/{id}", get(reading::reply))
        .route("/api/replies/{id}/hidden", put(hide))
        .route("/control/faults", get(control::faults).post(control::set_fault).delete(control::clear_faults))
        .route("/control/posts", post(control::add_post))
        .route("/control/replies", post(control::add_reply))
        .route("/control/replies/{id}", put(control::change_reply).delete(control::remove_reply))
        .route("/control/counts", post(control::set_counts))
        .route("/control/owners", post(control::set_owner))
        .route("/control/hooks", post(control::set_hook))
        .route("/posts", get(control::posts))
        .route("/posts/{id}", get(control::post))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(net)
}

/// Who calls, and what goes wrong for them this time.
struct Call {
    net: Arc<Net>,
    /// The account's name; at a platform that is played, `NAME@PLATFORM`.
    account: String,
    house: House,
    scissors: Scissors,
    fault: Option<SetFault>,
}

impl Call {
    fn begin(net: Arc<Net>, headers: &HeaderMap, scissors: Scissors, write: bool) -> Result<Call, No> {
        let house = net.house(headers.get(AS).and_then(|v| v.to_str().ok()))?;
        let account = house.account(bearer(headers).ok_or(No::Key)?).ok_or(No::Key)?;
        let fault = net.faults().meet(&account, write);
        let call = Call { net, account, house, scissors, fault };
        let Some(fault) = &call.fault else { return Ok(call) };
        let answer = match fault.fault {
            Fault::RevokedToken => No::Key.into_response(),
            Fault::Outage => (StatusCode::SERVICE_UNAVAILABLE, "down for a while").into_response(),
            Fault::RateLimit => {
                let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(json!({"error": "Slow down"}))).into_response();
                if let Some(ms) = fault.ms {
                    response.headers_mut().insert(header::RETRY_AFTER, ms.div_ceil(1000).into());
                }
                response
            }
            Fault::DropBefore => {
                call.scissors.cut();
                StatusCode::OK.into_response()
            }
            _ => return Ok(call),
        };
        Err(No::Fault(Box::new(answer)))
    }

    /// Does the work where blocking is allowed and where a caller who hangs up cannot stop it half-way.
    async fn change<F>(&self, work: F) -> Result<Value, No>
    where
        F: FnOnce(&mut Remembered, &str, i64) -> Result<Value, No> + Send + 'static,
    {
        let (net, account) = (self.net.clone(), self.account.clone());
        let now = net.clock.now();
        let done = tokio::task::spawn_blocking(move || work(&mut net.state(), &account, now)).await;
        done.unwrap_or(Err(No::Disk))
    }

    /// Answers, unless something is to go wrong after the work is done.
    async fn end(self, value: Value) -> Answer {
        match self.fault.as_ref().map(|f| (f.fault, f.ms)) {
            Some((Fault::ErrorAfterCommit, _)) => {
                return Ok((StatusCode::INTERNAL_SERVER_ERROR, "something went wrong").into_response());
            }
            Some((Fault::DropAfter, _)) => self.scissors.cut(),
            Some((Fault::Review | Fault::ReviewRefused, _)) => return review::taken(&self, value).await,
            Some((Fault::Slow, ms)) => tokio::time::sleep(Duration::from_millis(ms.unwrap_or(1000))).await,
            _ => {}
        }
        Ok(Json(value).into_response())
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

type Shared = State<Arc<Net>>;
type Wire = ConnectInfo<Scissors>;

#[derive(Deserialize)]
struct NewPost {
    text: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    media: Vec<String>,
    reply_to: Option<String>,
}

impl NewPost {
    fn checked(self, house: &House, state: &Remembered, account: &str, now: i64) -> Result<PracticePost, No> {
        let media: Option<Vec<_>> = self.media.iter().map(|id| state.media.get(id).cloned()).collect();
        let post = PracticePost {
            id: format!("p{:08}", state.number()),
            account: account.to_owned(),
            text: self.text,
            lang: self.lang,
            media: media.ok_or_else(|| No::Refused("A picture is not there".to_owned()))?,
            reply_to: self.reply_to,
            key: None,
            at_us: now,
            edits: 0,
        };
        let ours = post.reply_to.as_ref().is_some_and(|to| state.posts.contains_key(to));
        if !post.reply_to.as_ref().is_none_or(|to| ours || state.replies.iter().any(|r| r.id == *to)) {
            return Err(No::Refused("What it answers is not there".to_owned()));
        }
        house.takes(&post, ours)?;
        Ok(post)
    }
}

fn commit(state: &mut Remembered, event: Event) -> Result<(), No> {
    state.commit(event).map_err(|_| No::Disk)
}

async fn me(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let name = call.account.split('@').next().unwrap_or_default();
    let me = json!({"id": call.account, "handle": format!("@{name}@practice"), "name": name});
    call.end(me).await
}

/// Whose the caller's name is today.
async fn owner(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let id = call.net.state().owners.get(&call.account).unwrap_or(&call.account).clone();
    call.end(json!({"id": id})).await
}

async fn publish(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap, Json(new): Json<NewPost>) -> Answer {
    let call = Call::begin(net, &headers, wire, true)?;
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let house = call.house.clone();
    let done = call.change(move |state, account, now| {
        let earlier = key.as_ref().and_then(|k| state.keys.get(&(account.to_owned(), k.clone())));
        if let Some(id) = earlier {
            return Ok(json!({"id": id}));
        }
        let mut post = new.checked(&house, state, account, now)?;
        post.key = key;
        let id = post.id.clone();
        commit(state, Event::Posted { post, container: None })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}

async fn contain(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap, Json(new): Json<NewPost>) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let house = call.house.clone();
    let done = call.change(move |state, account, now| {
        let mut post = new.checked(&house, state, account, now)?;
        post.id = format!("c{:08}", state.number());
        let id = post.id.clone();
        commit(state, Event::Contained { post })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}

async fn container(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let value = {
        let state = call.net.state();
        let mine = state.containers.get(&id).is_some_and(|c| c.account == call.account);
        if !mine {
            return Err(No::Gone);
        }
        json!({"id": id, "post": state.published.get(&id)})
    };
    call.end(value).await
}

async fn publish_container(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, true)?;
    let done = call.change(move |state, account, now| {
        let mut post = state.containers.get(&id).filter(|c| c.account == account).cloned().ok_or(No::Gone)?;
        if let Some(post) = state.published.get(&id) {
            return Ok(json!({"id": post}));
        }
        (post.id, post.at_us) = (format!("p{:08}", state.number()), now);
        let answer = json!({"id": post.id});
        commit(state, Event::Posted { post, container: Some(id) })?;
        Ok(answer)
    });
    let value = done.await?;
    call.end(value).await
}

async fn edit(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(new): Json<NewPost>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, true)?;
    let house = call.house.able(|can| can.can_edit)?;
    let done = call.change(move |state, account, now| {
        own(state, account, &id)?;
        let PracticePost { text, lang, media, .. } = new.checked(&house, state, account, now)?;
        commit(state, Event::Edited { id: id.clone(), text, lang, media })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}

async fn remove(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let call = Call::begin(net, &headers, wire, true)?;
    call.house.able(|can| can.can_delete)?;
    let done = call.change(move |state, account, _| {
        own(state, account, &id)?;
        commit(state, Event::Removed { id: id.clone() })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}

async fn one(State(net): Shared, ConnectInfo(wire): Wire, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    call.house.able(|can| can.has_metrics)?;
    let value = {
        let state = call.net.state();
        own(&state, &call.account, &id)?;
        let replies = state.replies.iter().filter(|r| r.in_reply_to.as_deref() == Some(&id)).count();
        let (likes, shares, views) = state.counts.get(&id).copied().unwrap_or_default();
        json!({"id": id, "likes": likes, "shares": shares, "views": views, "replies": replies})
    };
    call.end(value).await
}

fn own(state: &Remembered, account: &str, id: &str) -> Result<(), No> {
    state.posts.get(id).filter(|p| p.account == account).map(|_| ()).ok_or(No::Gone)
}

#[derive(Deserialize)]
struct Hidden {
    hidden: bool,
}

async fn hide(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(h): Json<Hidden>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, true)?;
    call.house.able(|can| can.can_hide)?;
    let done = call.change(move |state, account, _| {
        if !state.replies.iter().any(|r| r.id == id && r.account == account) {
            return Err(No::Gone);
        }
        commit(state, Event::Hidden { id: id.clone(), hidden: h.hidden })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}
