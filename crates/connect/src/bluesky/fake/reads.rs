//! What can be asked of the server and of the view behind it.
use super::{Held, Net, ROADS, Shared, bad, ended, lock, no};
use crate::bluesky::at::{Place, key_of};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

type Asked = Query<Vec<(String, String)>>;

pub(super) async fn query(
    State(net): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    Query(asked): Asked,
) -> Response {
    let net = lock(&net);
    if let Some(no) = ended(&net, &headers) {
        return no;
    }
    if let Some(instead) = &net.instead {
        return ([("content-type", "application/json")], instead.clone()).into_response();
    }
    let one = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
    let limit = one("limit").parse().unwrap_or(50).clamp(1, 100);
    let shown = |k: &(String, String, String), h: &Held| json!({"uri": format!("at://{}/{}/{}", k.0, k.1, k.2), "cid": h.cid, "value": h.value});
    match name.as_str() {
        "com.atproto.repo.getRecord" => {
            let key = (one("repo").to_owned(), one("collection").to_owned(), one("rkey").to_owned());
            match net.records.get(&key) {
                Some(held) => Json(shown(&key, held)).into_response(),
                None => bad("RecordNotFound", &format!("Could not locate record: {}", key.2)),
            }
        }
        "com.atproto.repo.listRecords" => {
            let (reverse, from) = (one("reverse") == "true", one("cursor"));
            let all = net.records.iter().filter(|(k, _)| k.0 == one("repo") && k.1 == one("collection"));
            let after = |k: &str| from.is_empty() || if reverse { k > from } else { k < from };
            let mut found: Vec<Value> = all.filter(|(k, _)| after(&k.2)).map(|(k, h)| shown(k, h)).collect();
            if !reverse {
                found.reverse();
            }
            found.truncate(limit);
            let cursor = found.last().and_then(|r| r["uri"].as_str()).map(key_of).map(str::to_owned);
            Json(json!({"records": found, "cursor": cursor})).into_response()
        }
        "com.atproto.identity.resolveHandle" => match one("handle") {
            "roads.test" => Json(json!({"did": ROADS})).into_response(),
            _ => bad("InvalidRequest", "Unable to resolve handle"),
        },
        "app.bsky.actor.getProfile" => {
            Json(json!({"did": ROADS, "handle": "roads.test", "displayName": "Roads"})).into_response()
        }
        "app.bsky.feed.getPosts" => {
            let wanted = asked.iter().filter(|(n, _)| n == "uris").filter_map(|(_, uri)| net.at(uri));
            let posts: Vec<Value> = wanted.map(|(place, held)| view(&net, &place, &held)).collect();
            Json(json!({"posts": posts})).into_response()
        }
        "app.bsky.notification.listNotifications" => {
            let before: usize = one("cursor").parse().unwrap_or(net.notifications.len());
            let from = before.saturating_sub(limit);
            let page: Vec<&Value> = net.notifications[from..before].iter().rev().collect();
            let cursor = (from > 0).then(|| from.to_string());
            Json(json!({"notifications": page, "cursor": cursor})).into_response()
        }
        _ => no(StatusCode::NOT_IMPLEMENTED, "MethodNotImplemented", "Method Not Implemented"),
    }
}

fn view(net: &Net, place: &Place, held: &Held) -> Value {
    let uri = place.uri();
    let replies = net.records.values().filter(|h| h.value["reply"]["parent"]["uri"] == uri).count();
    json!({
        "uri": uri, "cid": held.cid, "record": held.value, "author": {"did": place.did},
        "indexedAt": "2026-01-01T00:00:00.000Z",
        "replyCount": replies, "repostCount": 0, "likeCount": 0, "quoteCount": 0,
    })
}
