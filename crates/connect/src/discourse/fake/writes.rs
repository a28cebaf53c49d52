//! What changes something on the forum: new topics and answers, corrections, removals, files.
use super::*;

fn create(net: &Net, given: &Value) -> Response {
    let mut held = net.held();
    let raw = given.get("raw").and_then(Value::as_str).unwrap_or_default().trim();
    if raw.chars().count() > 16_000 {
        return refused("Body is limited to 16000 characters; you entered more.");
    }
    if raw.is_empty() {
        return refused("Body can't be blank");
    }
    if net.ways.queues && !held.lets_through {
        return Json(json!({"action": "enqueued", "success": true, "pending_post": {"id": 5, "raw": raw}}))
            .into_response();
    }
    if let Some(topic) = given.get("topic_id").and_then(Value::as_u64) {
        if held.topics.get(&topic).is_none_or(|t| t.deleted) {
            return forbidden();
        }
        if held.posts.values().any(|p| p.raw == raw && p.user == "roads") {
            return refused("Body is too similar to what you recently posted");
        }
        let number = given.get("reply_to_post_number").and_then(Value::as_u64);
        return Json(shown(&held.post(topic, "roads", raw, number))).into_response();
    }
    let title = given.get("title").and_then(Value::as_str).unwrap_or_default();
    if title.chars().count() < net.ways.shortest {
        return refused("Title is too short (minimum is 15 characters)");
    }
    let external_id = given.get("external_id").and_then(Value::as_str).map(str::to_owned);
    if external_id.is_some() && held.topics.values().any(|t| t.external_id == external_id) {
        return refused("External has already been taken");
    }
    let topic = held.topic(title, external_id);
    Json(shown(&held.post(topic, "roads", raw, None))).into_response()
}

pub(super) fn write(net: &Net, method: &Method, parts: &[&str], given: &Value) -> Response {
    if (method.as_str(), parts) == ("POST", &["posts"]) {
        return create(net, given);
    }
    let mut held = net.held();
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    let moderates = !net.ways.plain;
    match (method.as_str(), parts) {
        ("DELETE", ["t", one]) => match held.topics.get_mut(&id(one)) {
            Some(topic) if topic.deleted => {
                if moderates {
                    forbidden()
                } else {
                    missing()
                }
            }
            Some(topic) => {
                topic.deleted = true;
                let topic = topic.id;
                held.posts.values_mut().filter(|p| p.topic == topic && p.number == 1).for_each(|p| p.deleted = true);
                StatusCode::OK.into_response()
            }
            None => missing(),
        },
        ("DELETE", ["posts", one]) => match held.posts.get_mut(&id(one)) {
            Some(post) if post.deleted => {
                if moderates {
                    forbidden()
                } else {
                    missing()
                }
            }
            Some(post) if post.user != "roads" && !moderates => forbidden(),
            Some(post) => {
                post.deleted = true;
                StatusCode::OK.into_response()
            }
            None => missing(),
        },
        ("PUT", ["posts", one, "recover"]) if moderates => match held.posts.get_mut(&id(one)) {
            Some(post) => {
                post.deleted = false;
                Json(shown(post)).into_response()
            }
            None => missing(),
        },
        ("PUT", ["posts", one]) => {
            let Some(post) = held.posts.get_mut(&id(one)) else { return missing() };
            let new = |name: &str| given.pointer(&format!("/post/{name}")).and_then(Value::as_str);
            if new("original_text").is_some_and(|old| old != post.raw) {
                return no(409, "That post was edited by another user and your changes can no longer be saved.", "");
            }
            post.raw = new("raw").unwrap_or_default().to_owned();
            let post = post.clone();
            if let Some(title) = given.get("title").and_then(Value::as_str)
                && let Some(topic) = held.topics.get_mut(&post.topic)
            {
                topic.title = title.to_owned();
            }
            Json(json!({"post": shown(&post)})).into_response()
        }
        _ => forbidden(),
    }
}

pub(super) async fn upload(headers: &HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else { return refused("No file was given") };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let mut name = String::new();
    while let Ok(Some(field)) = form.next_field().await {
        if let Some(file) = field.file_name().map(str::to_owned) {
            let whole = field.bytes().await.unwrap_or_default();
            if !whole.starts_with(b"\x89PNG") {
                return refused("Sorry, the file you are trying to upload is not an image");
            }
            name = file;
        }
    }
    Json(json!({"id": 3, "url": format!("//forum.example/{name}"), "short_url": format!("upload://{name}")}))
        .into_response()
}
