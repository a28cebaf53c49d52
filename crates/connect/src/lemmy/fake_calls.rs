//! What the server of our own answers, call by call.
use super::fake::{COMMUNITY, ELSEWHERE, Entry, Held, ME, Net, SECRET, no};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The most of a list that a page holds.
const PAGE: usize = 50;

type Asked = HashMap<String, String>;

pub async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let asked: Asked = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let given: Value = serde_json::from_slice(&body).unwrap_or_default();
    let caller = caller(&net, &headers, &asked, &given);
    let response = match (method.as_str(), uri.path()) {
        ("GET", "/api/v3/site") => site(&net, caller),
        ("POST", "/api/v3/user/login") => login(&net, &given),
        ("POST", "/pictrs/image") => upload(&net, &headers, body).await,
        (_, path) => match (caller, path.strip_prefix("/api/v3")) {
            (_, None) => StatusCode::NOT_FOUND.into_response(),
            (false, _) if net.ways.old => no(400, "not_logged_in"),
            (false, _) => no(401, "incorrect_login"),
            (true, Some(path)) if method == Method::GET => read(&net, path, &asked),
            (true, Some(path)) => write(&net, &method, path, &given),
        },
    };
    let held = net.held();
    match held.instead.clone().filter(|_| uri.path().starts_with(held.only)) {
        Some((status, text)) => {
            let (web, json) = (text.starts_with('<'), text.starts_with(['{', '[']));
            let kind = if web {
                "text/html"
            } else if json {
                "application/json"
            } else {
                "text/plain"
            };
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        None => response,
    }
}

/// Whether a call carries an open session, where this dialect has it.
fn caller(net: &Net, headers: &HeaderMap, asked: &Asked, given: &Value) -> bool {
    let token = if net.ways.old {
        asked.get("auth").cloned().or_else(|| given.get("auth").and_then(Value::as_str).map(str::to_owned))
    } else if asked.contains_key("auth") || given.get("auth").is_some() {
        // A key that stands where it need not.
        None
    } else {
        crate::fake::bearer(headers).map(str::to_owned)
    };
    token.is_some_and(|t| net.held().tokens.contains(&t))
}

fn site(net: &Net, caller: bool) -> Response {
    let me = json!({
        "local_user_view": {
            "local_user": {"id": 1, "person_id": ME, "show_read_posts": net.ways.shows_read, "show_bot_accounts": true},
            "person": {"id": ME, "name": "roads", "bot_account": false},
        },
        "discussion_languages": net.ways.languages,
    });
    let version = if net.ways.old { "0.17.4" } else { "0.19.5" };
    let mut site = json!({"version": version, "site_view": {"site": {"name": "Agency"}}});
    if caller {
        site["my_user"] = me;
    }
    Json(site).into_response()
}

fn login(net: &Net, given: &Value) -> Response {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    if format!("{}:{}", text("username_or_email"), text("password")) != SECRET {
        return if net.ways.old { no(400, "password_incorrect") } else { no(401, "incorrect_login") };
    }
    let mut held = net.held();
    held.logins += 1;
    let token = format!("eyJ0.session-{}.x_y", held.logins);
    held.tokens.push(token.clone());
    Json(json!({"jwt": token, "registration_created": false, "verify_email_sent": false})).into_response()
}

/// A time as this dialect writes it.
fn time(net: &Net, at_us: i64) -> String {
    let text = jiff::Timestamp::from_microsecond(at_us).unwrap().to_string();
    if net.ways.old { text.trim_end_matches('Z').to_owned() } else { text }
}

fn person(id: u64) -> Value {
    let (name, shown) = if id == ME { ("roads", Value::Null) } else { ("pema", json!("Pema D.")) };
    json!({"id": id, "name": name, "display_name": shown, "actor_id": format!("https://forum.example/u/{name}")})
}

fn community(id: u64) -> Value {
    let name = if id == COMMUNITY { "roads" } else { "talk" };
    json!({
        "id": id, "name": name, "title": "Department of Roads", "actor_id": format!("https://forum.example/c/{name}"),
        "removed": false, "deleted": false, "nsfw": false, "local": true,
    })
}

fn post(net: &Net, p: &Entry) -> Value {
    let mut out = json!({
        "id": p.id, "name": p.title, "creator_id": p.by, "community_id": p.community, "removed": p.removed,
        "deleted": p.deleted, "published": time(net, p.at_us), "featured_community": p.pinned, "featured_local": false,
        "ap_id": format!("https://forum.example/post/{}", p.id),
    });
    if !p.body.is_empty() {
        out["body"] = json!(p.body);
    }
    out
}

fn post_view(net: &Net, held: &Held, p: &Entry) -> Value {
    let below = held.comments.values().filter(|c| c.below.as_ref().is_some_and(|(post, _)| *post == p.id)).count();
    let counts = json!({"post_id": p.id, "comments": below, "score": -1, "upvotes": 1, "downvotes": 2});
    json!({"post": post(net, p), "creator": person(p.by), "community": community(p.community), "counts": counts})
}

fn comment_view(net: &Net, held: &Held, c: &Entry) -> Value {
    let (id, path) = c.below.clone().unwrap();
    let above = held.posts.get(&id).unwrap();
    json!({
        "comment": {
            "id": c.id, "creator_id": c.by, "post_id": id, "content": c.body, "removed": c.removed, "deleted": c.deleted,
            "published": time(net, c.at_us), "path": path,
        },
        "creator": person(c.by), "post": post(net, above), "community": community(c.community),
        "counts": {"comment_id": c.id, "score": 1, "upvotes": 1, "downvotes": 0, "child_count": 0},
    })
}

/// Newer versions show people what they took down themselves.
fn own_too(net: &Net, entry: &Entry) -> bool {
    entry.by == ME && !net.ways.old
}

/// One page of a list, newest first.
fn page<'a>(net: &Net, asked: &Asked, all: impl Iterator<Item = &'a Entry>) -> Vec<&'a Entry> {
    let number = |name: &str| asked.get(name).and_then(|n| n.parse::<usize>().ok());
    let (page, limit) = (number("page").unwrap_or(1).max(1), number("limit").unwrap_or(10).min(PAGE));
    let mut all: Vec<&Entry> = all.filter(|e| !e.removed && (!e.deleted || own_too(net, e))).collect();
    all.sort_by_key(|e| (!e.pinned, std::cmp::Reverse(e.at_us), std::cmp::Reverse(e.id)));
    let skipped = if net.ways.stuck { 0 } else { (page - 1) * limit };
    all.into_iter().skip(skipped).take(limit).collect()
}

fn read(net: &Net, path: &str, asked: &Asked) -> Response {
    let held = net.held();
    let number = |name: &str| asked.get(name).and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
    let comments = |list: Vec<&Entry>| list.into_iter().map(|c| comment_view(net, &held, c)).collect::<Vec<_>>();
    match path {
        "/community" => match asked.get("name").map(String::as_str) {
            Some("roads" | "roads@forum.example") => {
                Json(json!({"community_view": {"community": community(COMMUNITY)}, "moderators": []})).into_response()
            }
            Some("talk") => Json(json!({"community_view": {"community": community(ELSEWHERE)}})).into_response(),
            _ if net.ways.old => no(404, "couldnt_find_community"),
            _ => no(400, "couldnt_find_community"),
        },
        "/user" => {
            let of = number("person_id");
            let posts = page(net, asked, held.posts.values().filter(|p| p.by == of));
            let posts: Vec<Value> = posts.into_iter().map(|p| post_view(net, &held, p)).collect();
            let theirs = comments(page(net, asked, held.comments.values().filter(|c| c.by == of)));
            Json(json!({"person_view": {"person": person(of)}, "posts": posts, "comments": theirs, "moderates": []}))
                .into_response()
        }
        "/post" => match held.posts.get(&number("id")) {
            // The account sees its own posts that were taken down, except in older versions.
            Some(p) if p.by == ME && !net.ways.old || !p.deleted => {
                Json(json!({"post_view": post_view(net, &held, p)})).into_response()
            }
            _ => no(404, "couldnt_find_post"),
        },
        "/comment" => match held.comments.get(&number("id")) {
            Some(c) => Json(json!({"comment_view": comment_view(net, &held, c)})).into_response(),
            None => no(404, "couldnt_find_comment"),
        },
        "/comment/list" => {
            let here = number("community_id");
            let list = page(net, asked, held.comments.values().filter(|c| c.community == here));
            Json(json!({"comments": comments(list)})).into_response()
        }
        "/user/replies" => {
            let to_me = |c: &&Entry| c.by != ME && answered(&held, c).is_some_and(|e| e.by == ME);
            Json(json!({"replies": comments(page(net, asked, held.comments.values().filter(to_me)))})).into_response()
        }
        "/user/mention" => {
            let names_me = |c: &&Entry| c.by != ME && c.body.contains("@roads@forum.example");
            Json(json!({"mentions": comments(page(net, asked, held.comments.values().filter(names_me)))}))
                .into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What a comment answers.
fn answered<'a>(held: &'a Held, comment: &Entry) -> Option<&'a Entry> {
    let (post, path) = comment.below.as_ref()?;
    match path.rsplit('.').nth(1)?.parse().ok()? {
        0 => held.posts.get(post),
        id => held.comments.get(&id),
    }
}

fn write(net: &Net, method: &Method, path: &str, given: &Value) -> Response {
    let mut held = net.held();
    let number = |name: &str| given.get(name).and_then(Value::as_u64).unwrap_or_default();
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let flag = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or_default();
    if let Some(name) = text("name") {
        let fits = (3..=200).contains(&name.trim().chars().count()) && !name.contains('\n');
        if !fits {
            return no(400, "invalid_post_title");
        }
        if net.ways.unwanted.is_some_and(|word| name.contains(word)) {
            return no(400, "slurs");
        }
    }
    let body = text("body").or_else(|| text("content"));
    if body.is_some_and(|b| b.chars().count() > 10_000) {
        return no(400, "invalid_body_field");
    }
    let body = body.map(|b| net.ways.unwanted.map_or_else(|| b.to_owned(), |word| b.replace(word, "*removed*")));
    let id = match (method.as_str(), path) {
        ("POST", "/post") => match number("community_id") {
            COMMUNITY => {
                let title = text("name").unwrap_or_default();
                held.post(ME, COMMUNITY, title, &body.unwrap_or_default()).id
            }
            _ => return no(400, "couldnt_find_community"),
        },
        ("PUT", "/post") => {
            let (title, id) = (text("name").map(str::to_owned), number("post_id"));
            match held.posts.get_mut(&id) {
                Some(post) if post.by != ME => return no(400, "no_post_edit_allowed"),
                Some(post) => {
                    post.title = title.unwrap_or_else(|| post.title.clone());
                    post.body = body.unwrap_or_else(|| post.body.clone());
                    id
                }
                None => return no(404, "couldnt_find_post"),
            }
        }
        ("POST", "/post/delete") => match held.posts.get_mut(&number("post_id")) {
            Some(post) if post.deleted == flag("deleted") => return no(400, "couldnt_update_post"),
            Some(post) if post.by != ME => return no(400, "no_post_edit_allowed"),
            Some(post) => {
                post.deleted = flag("deleted");
                post.id
            }
            None => return no(404, "couldnt_find_post"),
        },
        _ => return write_comment(net, held, method, path, given, body),
    };
    let view = post_view(net, &held, &held.posts[&id]);
    Json(json!({"post_view": view})).into_response()
}

fn write_comment(
    net: &Net,
    mut held: std::sync::MutexGuard<'_, Held>,
    method: &Method,
    path: &str,
    given: &Value,
    body: Option<String>,
) -> Response {
    let number = |name: &str| given.get(name).and_then(Value::as_u64);
    let flag = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or_default();
    if (method.as_str(), path) == ("POST", "/comment") {
        let post = number("post_id").unwrap_or_default();
        if held.posts.get(&post).is_none_or(|p| p.deleted) {
            return no(404, "couldnt_find_post");
        }
        return match held.comment(ME, post, number("parent_id"), &body.unwrap_or_default()) {
            Some(comment) => Json(json!({"comment_view": comment_view(net, &held, &comment)})).into_response(),
            None => no(400, "couldnt_create_comment"),
        };
    }
    let Some(comment) = held.comments.get_mut(&number("comment_id").unwrap_or_default()) else {
        return no(404, "couldnt_find_comment");
    };
    match (method.as_str(), path) {
        ("PUT", "/comment") if comment.by == ME => comment.body = body.unwrap_or_default(),
        ("POST", "/comment/delete") if comment.by == ME => {
            if comment.deleted == flag("deleted") {
                return no(400, "couldnt_update_comment");
            }
            comment.deleted = flag("deleted");
        }
        ("POST", "/comment/remove") if net.ways.moderates => comment.removed = flag("removed"),
        ("POST", "/comment/remove") => return no(400, "not_a_mod_or_admin"),
        _ => return no(400, "no_comment_edit_allowed"),
    }
    let comment = comment.clone();
    Json(json!({"comment_view": comment_view(net, &held, &comment)})).into_response()
}

async fn upload(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    if !net.ways.pictures {
        return StatusCode::NOT_FOUND.into_response();
    }
    let of = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let token = match net.ways.old {
        true => of(header::COOKIE).strip_prefix("jwt=").unwrap_or_default(),
        false => crate::fake::bearer(headers).unwrap_or_default(),
    };
    if !net.held().tokens.iter().any(|t| t == token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let boundary = multer::parse_boundary(of(header::CONTENT_TYPE)).unwrap_or_default();
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("images[]") {
            let whole = field.bytes().await.unwrap_or_default();
            if !whole.starts_with(b"\x89PNG") {
                return (StatusCode::BAD_REQUEST, Json(json!({"msg": "Invalid media"}))).into_response();
            }
            let file = json!({"file": "0b6f-44.png", "delete_token": "x"});
            return (StatusCode::CREATED, Json(json!({"msg": "ok", "files": [file]}))).into_response();
        }
    }
    StatusCode::BAD_REQUEST.into_response()
}
