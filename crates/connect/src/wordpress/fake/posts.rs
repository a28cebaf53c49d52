//! Posts and pictures.
use super::{FakeMedia, FakePost, Held, Net, ROADS, gmt, included, no, no_route, only, page};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;

fn shown(net: &Net, p: &FakePost) -> Value {
    json!({
        "id": p.id, "status": p.status, "slug": p.slug, "link": format!("{}/?p={}", net.base, p.id),
        "date_gmt": gmt(p.date_us), "modified_gmt": gmt(p.modified_us), "author": p.author,
        "title": {"raw": p.title, "rendered": p.title}, "featured_media": p.featured,
        "content": {"raw": p.content, "rendered": p.content, "protected": false},
    })
}

fn gone() -> Response {
    no(StatusCode::NOT_FOUND, "rest_post_invalid_id", "Invalid post ID.")
}

pub(super) fn insert(held: &mut Held, new: &Value, author: u64, now: i64) -> u64 {
    held.posts_made += 1;
    let (id, age) = (held.posts_made, held.older());
    let post = FakePost {
        id,
        status: "draft".into(),
        slug: String::new(),
        title: String::new(),
        content: String::new(),
        featured: 0,
        author,
        date_us: now,
        modified_us: now,
        age,
    };
    held.posts.insert(id, post);
    apply(held, id, new, now);
    id
}

/// What a post becomes by what is sent about it.
pub(super) fn apply(held: &mut Held, id: u64, change: &Value, now: i64) {
    let Some(p) = held.posts.get_mut(&id) else { return };
    let text = |name: &str| change.get(name).and_then(Value::as_str).map(str::to_owned);
    p.title = text("title").unwrap_or_else(|| p.title.clone());
    p.content = text("content").unwrap_or_else(|| p.content.clone());
    p.slug = text("slug").unwrap_or_else(|| p.slug.clone());
    p.featured = change.get("featured_media").and_then(Value::as_u64).unwrap_or(p.featured);
    let status = text("status").unwrap_or_else(|| p.status.clone());
    if p.status == "draft" {
        p.date_us = now;
    }
    p.status = status;
    p.modified_us = now;
    if p.status != "draft" && p.slug.is_empty() {
        p.slug = p.title.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-");
    }
}

pub(super) fn make(net: &Net, held: &mut Held, new: &Value) -> Response {
    let empty = |name: &str| new.get(name).and_then(Value::as_str).unwrap_or_default().trim().is_empty();
    if empty("title") && empty("content") {
        return no(StatusCode::BAD_REQUEST, "empty_content", "Content, title, and excerpt are empty.");
    }
    let id = insert(held, new, ROADS, net.clock.now());
    (StatusCode::CREATED, Json(shown(net, &held.posts[&id]))).into_response()
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
    let Some(post) = held.posts.get(&id).cloned() else { return gone() };
    match method {
        "GET" => Json(shown(net, &post)).into_response(),
        "POST" => {
            apply(held, id, change, net.clock.now());
            Json(shown(net, &held.posts[&id])).into_response()
        }
        "DELETE" if q.get("force").is_some_and(|f| f == "true") => {
            held.posts.remove(&id);
            held.comments.retain(|_, c| c.post != id);
            Json(json!({"deleted": true, "previous": shown(net, &post)})).into_response()
        }
        "DELETE" if net.ways.no_trash => {
            let words = "The post does not support trashing. Set 'force=true' to delete.";
            no(StatusCode::NOT_IMPLEMENTED, "rest_trash_not_supported", words)
        }
        "DELETE" if post.status == "trash" => {
            no(StatusCode::GONE, "rest_already_trashed", "The post has already been deleted.")
        }
        "DELETE" => {
            let change = json!({"status": "trash", "slug": format!("{}__trashed", post.slug)});
            apply(held, id, &change, net.clock.now());
            Json(shown(net, &held.posts[&id])).into_response()
        }
        _ => no_route(),
    }
}

pub(super) fn list(net: &Net, held: &Held, q: &HashMap<String, String>) -> Response {
    let is = |name: &str, value: &str| q.get(name).is_none_or(|v| v == value);
    let after = q.get("modified_after").map(|a| a.trim_end_matches('Z').to_owned());
    let status = q.get("status").map_or("publish", String::as_str);
    let include = included(q);
    let within = |p: &&FakePost| {
        is("author", &p.author.to_string())
            && (p.status == status || (status == "any" && p.status != "trash"))
            && after.as_ref().is_none_or(|a| gmt(p.modified_us) > *a)
            && include.as_ref().is_none_or(|i| i.contains(&p.id))
    };
    let mut all: Vec<&FakePost> = held.posts.values().filter(within).collect();
    if is("orderby", "modified") {
        all.sort_by_key(|p| gmt(p.modified_us));
    }
    if is("order", "desc") {
        all.reverse();
    }
    let page = page(&all, q);
    if page.is_empty() && q.get("page").is_some_and(|p| p != "1") {
        let words = "The page number requested is larger than the number of pages available.";
        return no(StatusCode::BAD_REQUEST, "rest_post_invalid_page_number", words);
    }
    Json(page.into_iter().map(|n| only(shown(net, all[n]), q)).collect::<Vec<_>>()).into_response()
}

pub(super) fn media(held: &Held, q: &HashMap<String, String>) -> Response {
    let found = held.media.values().filter(|m| q.get("slug").is_none_or(|s| *s == m.slug));
    Json(found.map(|m| json!({"id": m.id, "slug": m.slug, "source_url": m.url})).collect::<Vec<_>>()).into_response()
}

pub(super) async fn upload(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    let bad = || no(StatusCode::BAD_REQUEST, "rest_upload_no_content_disposition", "No Content-Disposition supplied.");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else { return bad() };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let (mut alt, mut file) = (String::new(), None);
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("alt_text") {
            alt = field.text().await.unwrap_or_default();
        } else if let Some(name) = field.file_name().map(str::to_owned) {
            file = Some((name, field.bytes().await.unwrap_or_default()));
        }
    }
    let Some((name, bytes)) = file else { return bad() };
    // A PNG, or an MP4.
    if !bytes.starts_with(b"\x89PNG") && bytes.get(4..8) != Some(b"ftyp".as_slice()) {
        let words = "Sorry, you are not allowed to upload this file type.";
        return no(StatusCode::INTERNAL_SERVER_ERROR, "rest_upload_unknown_error", words);
    }
    let mut held = net.held();
    held.posts_made += 1;
    let (id, slug) = (held.posts_made, name.split('.').next().unwrap_or_default().to_owned());
    let url = format!("{}/wp-content/uploads/2026/11/{name}", net.base);
    held.media.insert(id, FakeMedia { id, slug, url: url.clone(), alt: alt.clone() });
    (StatusCode::CREATED, Json(json!({"id": id, "source_url": url, "alt_text": alt}))).into_response()
}
