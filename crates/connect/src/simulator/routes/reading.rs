//! What stands on an account and below its posts.
use super::{Answer, Call, No, Shared, Wire};
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Listing {
    key: Option<String>,
    since_us: Option<i64>,
}

pub(super) async fn own_posts(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Query(q): Query<Listing>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let value = {
        let state = call.net.state();
        let mine = state.posts.values().filter(|p| p.account == call.account);
        let posts: Vec<_> = mine
            .filter(|p| q.key.is_none() || p.key == q.key)
            .filter(|p| q.since_us.is_none_or(|since| p.at_us >= since))
            .map(|p| json!({"id": p.id, "text": p.text}))
            .collect();
        json!({"posts": posts})
    };
    call.end(value).await
}

#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
}

const PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct AfterId {
    after: Option<String>,
}

/// What stands on the account after a post, oldest first; without one only where to begin.
pub(super) async fn own_after(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Query(q): Query<AfterId>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    call.house.able(|can| can.lists_own)?;
    let value = {
        let state = call.net.state();
        let mine = || state.posts.values().filter(|p| p.account == call.account);
        let last = mine().next_back().map(|p| p.id.clone()).unwrap_or_default();
        let newer: Vec<_> = match &q.after {
            Some(after) => mine().filter(|p| p.id > *after).take(PAGE + 1).collect(),
            None => vec![],
        };
        let shown = newer.iter().take(PAGE).map(|p| json!({"id": p.id, "text": p.text, "at_us": p.at_us}));
        json!({"posts": shown.collect::<Vec<_>>(), "last": last, "more": newer.len() > PAGE})
    };
    call.end(value).await
}

pub(super) async fn replies(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Query(q): Query<After>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    call.house.able(|can| can.reads_comments)?;
    let value = {
        let state = call.net.state();
        let mine: Vec<_> =
            state.replies.iter().filter(|r| r.account == call.account && r.n > q.after).take(PAGE + 1).collect();
        json!({"replies": mine.iter().take(PAGE).collect::<Vec<_>>(), "more": mine.len() > PAGE})
    };
    call.end(value).await
}

/// One reply to the account, as it reads now.
pub(super) async fn reply(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    call.house.able(|can| can.rereads)?;
    let value = {
        let state = call.net.state();
        let mine = state.replies.iter().find(|r| r.id == id && r.account == call.account);
        json!(mine.ok_or(No::Gone)?)
    };
    call.end(value).await
}
