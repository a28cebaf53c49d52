//! What is asked of the room. A token `sN` stands after the first N events.
use super::{ALIAS, FakeEvent, Held, Net, PEMA, ROADS, ROOM, no, not_found};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;

fn shown(held: &Held, e: &FakeEvent) -> Value {
    let mut unsigned = json!({"age": 1});
    if e.redacted {
        unsigned["redacted_because"] = json!({"type": "m.room.redaction"});
    }
    if let Some(edit) = held.edit_of(e) {
        let bundled = json!({"event_id": edit.id, "sender": edit.sender, "content": edit.content});
        unsigned["m.relations"] = json!({"m.replace": bundled});
    }
    json!({
        "event_id": e.id, "sender": e.sender, "type": e.kind, "content": e.content, "unsigned": unsigned,
        "origin_server_ts": e.at_ms, "room_id": ROOM,
    })
}

fn within(filter: &Value, e: &FakeEvent) -> bool {
    let list = |name: &str| filter.get(name).and_then(Value::as_array);
    let holds = |all: &Vec<Value>, what: &str| all.iter().any(|v| v == what);
    list("types").is_none_or(|t| holds(t, &e.kind))
        && list("senders").is_none_or(|s| holds(s, &e.sender))
        && list("not_senders").is_none_or(|s| !holds(s, &e.sender))
}

fn position(token: Option<&String>) -> Option<usize> {
    token?.strip_prefix('s')?.parse().ok()
}

fn members() -> Value {
    json!([
        {"type": "m.room.member", "state_key": PEMA, "content": {"displayname": "Pema", "membership": "join"}},
        {"type": "m.room.member", "state_key": ROADS, "content": {"displayname": "Roads", "membership": "join"}},
    ])
}

fn instead(held: &Held) -> Option<Response> {
    let body = held.instead.clone()?;
    Some(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

pub(super) fn sync(held: &Held, q: &HashMap<String, String>) -> Response {
    if let Some(instead) = instead(held) {
        return instead;
    }
    let filter: Value = q.get("filter").and_then(|f| serde_json::from_str(f).ok()).unwrap_or_default();
    let timeline = &filter["room"]["timeline"];
    let limit = timeline["limit"].as_u64().unwrap_or(10) as usize;
    let since = position(q.get("since")).unwrap_or(0);
    let news: Vec<usize> = (since..held.events.len()).filter(|n| within(timeline, &held.events[*n])).collect();
    let kept = &news[news.len().saturating_sub(limit)..];
    let next = format!("s{}", held.events.len());
    let Some(first) = kept.first() else { return Json(json!({"next_batch": next})).into_response() };
    let events: Vec<Value> = kept.iter().map(|n| shown(held, &held.events[*n])).collect();
    let timeline = json!({"events": events, "limited": kept.len() < news.len(), "prev_batch": format!("s{first}")});
    let room = json!({"timeline": timeline, "state": {"events": members()}});
    Json(json!({"next_batch": next, "rooms": {"join": {ROOM: room}}})).into_response()
}

fn messages(net: &Net, held: &Held, q: &HashMap<String, String>) -> Response {
    if let Some(instead) = instead(held) {
        return instead;
    }
    if q.contains_key("from") && position(q.get("from")).is_none() {
        return no(StatusCode::BAD_REQUEST, "M_UNKNOWN", "'from' parameter is invalid");
    }
    let filter: Value = q.get("filter").and_then(|f| serde_json::from_str(f).ok()).unwrap_or_default();
    let limit = q.get("limit").and_then(|l| l.parse().ok()).unwrap_or(10);
    let back = q.get("dir").is_some_and(|d| d == "b");
    let count = held.events.len();
    let from = position(q.get("from")).unwrap_or(if back { count } else { 0 });
    let mut all: Vec<usize> = if back {
        (position(q.get("to")).unwrap_or(0)..from.min(count)).rev().collect()
    } else {
        (from..count).collect()
    };
    if !net.ways.leaves_out {
        all.retain(|n| within(&filter, &held.events[*n]));
    }
    all.truncate(limit);
    let last = all.last().copied();
    all.retain(|n| within(&filter, &held.events[*n]));
    let chunk: Vec<Value> = all.iter().map(|n| shown(held, &held.events[*n])).collect();
    let mut page = json!({"chunk": chunk, "start": format!("s{from}")});
    if let Some(last) = last {
        page["end"] = json!(format!("s{}", if back { last } else { last + 1 }));
    }
    Json(page).into_response()
}

fn related(held: &Held, event: &str, kind: &str, q: &HashMap<String, String>) -> Response {
    let Some(parent) = held.events.iter().find(|e| e.id == event) else {
        return no(StatusCode::NOT_FOUND, "M_UNKNOWN", "Unknown parent event.");
    };
    let is = |e: &&FakeEvent| {
        let to = &e.content["m.relates_to"];
        to["rel_type"] == kind && to["event_id"] == event && !(parent.redacted && kind == "m.replace")
    };
    let all: Vec<&FakeEvent> = held.events.iter().filter(is).collect();
    let limit = q.get("limit").and_then(|l| l.parse().ok()).unwrap_or(5);
    let from = position(q.get("from")).unwrap_or(0);
    let chunk: Vec<Value> = all.iter().skip(from).take(limit).map(|e| shown(held, e)).collect();
    let mut page = json!({"chunk": chunk});
    if from + limit < all.len() {
        page["next_batch"] = json!(format!("s{}", from + limit));
    }
    Json(page).into_response()
}

pub(super) fn room(net: &Net, held: &Held, rest: &[&str], q: &HashMap<String, String>) -> Response {
    let at = |id: &str| held.events.iter().position(|e| e.id == id);
    match rest {
        ["messages"] => messages(net, held, q),
        ["event", id] => match at(id) {
            Some(n) => Json(shown(held, &held.events[n])).into_response(),
            None => not_found("Event not found."),
        },
        ["context", id] => match at(id) {
            Some(n) => Json(json!({"start": format!("s{n}"), "end": format!("s{}", n + 1)})).into_response(),
            None => not_found("Event not found."),
        },
        ["relations", id, kind] => related(held, id, kind, q),
        ["state", "m.room.encryption"] if net.ways.encrypted => {
            Json(json!({"algorithm": "m.megolm.v1.aes-sha2"})).into_response()
        }
        ["state", "m.room.name"] => Json(json!({"name": "Department of Roads"})).into_response(),
        ["state", "m.room.canonical_alias"] => Json(json!({"alias": ALIAS})).into_response(),
        ["state", _] => not_found("Event not found."),
        _ => no(StatusCode::NOT_FOUND, "M_UNRECOGNIZED", "Unrecognized request"),
    }
}
