//! Comments.
use super::{FakeComment, Held, Net, ROADS, gmt, included, no, no_route, only, page};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;

fn shown(net: &Net, c: &FakeComment) -> Value {
    let (user, address) = if c.author == 0 { ("", "pema@example.test") } else { ("roads", "roads@example.test") };
    json!({
        "id": c.id, "post": c.post, "parent": c.parent, "author": c.author, "author_name": c.name,
        "author_email": address, "author_url": if user.is_empty() { "" } else { net.base.as_str() },
        "date_gmt": gmt(c.date_us), "content": {"raw": c.content, "rendered": format!("<p>{}</p>", c.content)},
        "link": format!("{}/?p={}#comment-{}", net.base, c.post, c.id), "status": c.status, "type": "comment",
    })
}

pub(super) fn insert(held: &mut Held, new: &Value, author: u64, name: &str, now: i64) -> u64 {
    held.comments_made += 1;
    let (id, age) = (held.comments_made, held.older());
    let number = |name: &str| new.get(name).and_then(Value::as_u64).unwrap_or(0);
    let text = |name: &str| new.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let comment = FakeComment {
        id,
        post: number("post"),
        parent: number("parent"),
        status: text("status"),
        author,
        name: name.to_owned(),
        content: text("content"),
        date_us: now,
        age,
    };
    held.comments.insert(id, comment);
    id
}

pub(super) fn make(net: &Net, held: &mut Held, new: &Value) -> Response {
    let number = |name: &str| new.get(name).and_then(Value::as_u64).unwrap_or(0);
    let content = new.get("content").and_then(Value::as_str).unwrap_or_default();
    if !held.posts.contains_key(&number("post")) {
        let words = "Sorry, you are not allowed to create this comment without a post.";
        return no(StatusCode::FORBIDDEN, "rest_comment_invalid_post_id", words);
    }
    if content.trim().is_empty() {
        return no(StatusCode::BAD_REQUEST, "rest_comment_content_invalid", "Invalid comment content.");
    }
    let same = |c: &FakeComment| {
        c.post == number("post")
            && c.parent == number("parent")
            && c.author == ROADS
            && c.content == content
            && c.status != "trash"
    };
    if held.comments.values().any(same) {
        let words = "Duplicate comment detected; it looks as though you&#8217;ve already said that!";
        return no(StatusCode::CONFLICT, "comment_duplicate", words);
    }
    let id = insert(held, new, ROADS, "Department of Roads", net.clock.now());
    (StatusCode::CREATED, Json(shown(net, &held.comments[&id]))).into_response()
}

pub(super) fn one(
    net: &Net,
    held: &mut Held,
    id: &str,
    method: &str,
    q: &HashMap<String, String>,
    change: &Value,
) -> Response {
    let Ok(id) = id.parse::<u64>() else { return no_route() };
    let Some(c) = held.comments.get_mut(&id) else {
        return no(StatusCode::NOT_FOUND, "rest_comment_invalid_id", "Invalid comment ID.");
    };
    let text = |name: &str| change.get(name).and_then(Value::as_str).map(str::to_owned);
    let force = q.get("force").is_some_and(|f| f == "true");
    match method {
        "GET" => {}
        "POST" => {
            c.content = text("content").unwrap_or_else(|| c.content.clone());
            c.status = text("status").unwrap_or_else(|| c.status.clone());
        }
        "DELETE" if force => {
            let was = shown(net, c);
            held.comments.remove(&id);
            return Json(json!({"deleted": true, "previous": was})).into_response();
        }
        "DELETE" if net.ways.no_trash => {
            let words = "The comment does not support trashing. Set 'force=true' to delete.";
            return no(StatusCode::NOT_IMPLEMENTED, "rest_trash_not_supported", words);
        }
        "DELETE" if c.status == "trash" => {
            return no(StatusCode::GONE, "rest_already_trashed", "The comment has already been trashed.");
        }
        "DELETE" => c.status = "trash".into(),
        _ => return no_route(),
    }
    Json(shown(net, c)).into_response()
}

pub(super) fn list(net: &Net, held: &Held, q: &HashMap<String, String>) -> Response {
    let is = |name: &str, value: u64| q.get(name).is_none_or(|v| *v == value.to_string());
    let after = q.get("after").map(|a| a.trim_end_matches('Z').to_owned());
    let include = included(q);
    let status = |c: &FakeComment| match q.get("status").map_or("approve", String::as_str) {
        "all" => matches!(c.status.as_str(), "approved" | "hold"),
        "approve" => c.status == "approved",
        other => c.status == other,
    };
    let within = |c: &&FakeComment| {
        status(c)
            && is("post", c.post)
            && is("parent", c.parent)
            && is("author", c.author)
            && q.get("author_exclude").is_none_or(|a| *a != c.author.to_string())
            && after.as_ref().is_none_or(|a| gmt(c.date_us) > *a)
            && include.as_ref().is_none_or(|i| i.contains(&c.id))
    };
    let mut all: Vec<&FakeComment> = held.comments.values().filter(within).collect();
    if q.get("order").is_none_or(|o| o == "desc") {
        all.reverse();
    }
    let total = all.len().to_string();
    let page: Vec<Value> = page(&all, q).into_iter().map(|n| only(shown(net, all[n]), q)).collect();
    ([("x-wp-total", total)], Json(page)).into_response()
}
