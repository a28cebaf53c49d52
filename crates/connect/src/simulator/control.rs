//! The practice network's strings: faults, replies, counts, and what is on it. For this machine only, so without a key.
use super::routes::{Answer, No};
use super::state::Event;
use super::{Net, SetFault};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReply {
    account: String,
    in_reply_to: Option<String>,
    author: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherWords {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOwnPost {
    account: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCounts {
    post: String,
    #[serde(default)]
    likes: u64,
    #[serde(default)]
    shares: u64,
    #[serde(default)]
    views: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOwner {
    name: String,
    owner: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHook {
    account: String,
    /// Empty: nobody is called any more.
    #[serde(default)]
    address: String,
    #[serde(default)]
    secret: String,
}

#[derive(Deserialize)]
pub(super) struct Whose {
    account: Option<String>,
}

pub(super) async fn set_fault(State(net): State<Arc<Net>>, Json(fault): Json<SetFault>) -> Answer {
    net.faults().set(fault);
    Ok((StatusCode::CREATED, Json(json!({"faults": net.faults().all()}))).into_response())
}

pub(super) async fn faults(State(net): State<Arc<Net>>) -> Answer {
    Ok(Json(json!({"faults": net.faults().all()})).into_response())
}

pub(super) async fn clear_faults(State(net): State<Arc<Net>>) -> Answer {
    net.faults().clear();
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn add_reply(State(net): State<Arc<Net>>, Json(r): Json<NewReply>) -> Answer {
    let id = net.reply(&r.account, r.in_reply_to.as_deref(), &r.author, &r.text).map_err(|_| No::Disk)?;
    Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
}

fn reply_became(net: &Net, event: Event, id: &str) -> Answer {
    let mut state = net.state();
    if !state.replies.iter().any(|r| r.id == id) {
        return Err(No::Gone);
    }
    state.commit(event).map_err(|_| No::Disk)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn change_reply(
    State(net): State<Arc<Net>>,
    Path(id): Path<String>,
    Json(new): Json<OtherWords>,
) -> Answer {
    reply_became(&net, Event::Reworded { id: id.clone(), text: new.text }, &id)
}

pub(super) async fn remove_reply(State(net): State<Arc<Net>>, Path(id): Path<String>) -> Answer {
    reply_became(&net, Event::TakenBack { id: id.clone() }, &id)
}

pub(super) async fn add_post(State(net): State<Arc<Net>>, Json(p): Json<NewOwnPost>) -> Answer {
    let id = net.post(&p.account, &p.text).map_err(|_| No::Disk)?;
    Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
}

pub(super) async fn set_counts(State(net): State<Arc<Net>>, Json(c): Json<NewCounts>) -> Answer {
    let event = Event::Counted { id: c.post, likes: c.likes, shares: c.shares, views: c.views };
    net.state().commit(event).map_err(|_| No::Disk)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn set_owner(State(net): State<Arc<Net>>, Json(o): Json<NewOwner>) -> Answer {
    net.state().commit(Event::Moved { name: o.name, owner: o.owner }).map_err(|_| No::Disk)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn set_hook(State(net): State<Arc<Net>>, Json(h): Json<NewHook>) -> Answer {
    net.state().commit(Event::hook(&h.account, &h.address, &h.secret)).map_err(|_| No::Disk)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn posts(State(net): State<Arc<Net>>, Query(whose): Query<Whose>) -> Answer {
    let state = net.state();
    let mine = |a: &str| whose.account.as_deref().is_none_or(|w| w == a);
    let posts: Vec<_> = state.posts.values().filter(|p| mine(&p.account)).collect();
    let replies: Vec<_> = state.replies.iter().filter(|r| mine(&r.account)).collect();
    Ok(Json(json!({"posts": posts, "replies": replies})).into_response())
}

/// A post as a reader sees it.
pub(super) async fn post(State(net): State<Arc<Net>>, Path(id): Path<String>) -> Result<Response, No> {
    let state = net.state();
    let post = state.posts.get(&id).ok_or(No::Gone)?;
    let mut text = format!("@{}\n\n{}\n", post.account, post.text);
    for media in &post.media {
        text.push_str(&format!("\n[{}, {} bytes: {}]\n", media.mime, media.size, media.alt));
    }
    for reply in state.replies.iter().filter(|r| r.in_reply_to.as_deref() == Some(&id) && !r.hidden) {
        text.push_str(&format!("\n> {}: {}\n", reply.author, reply.text));
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
