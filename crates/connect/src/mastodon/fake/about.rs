//! What the server says of itself.
use super::{Answer, GONE, Net, Shared};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

fn configuration(net: &Net) -> Value {
    json!({
        "statuses": {"max_characters": net.ways.text_limit.unwrap_or(500), "max_media_attachments": 4,
                     "characters_reserved_per_url": 23},
        "media_attachments": {"supported_mime_types": ["image/jpeg", "image/png", "video/mp4"],
                              "image_size_limit": 8_388_608, "description_limit": 1500},
    })
}

pub(super) async fn instance(State(net): Shared) -> Response {
    Json(json!({"uri": "fake", "version": "4.0.0", "configuration": configuration(&net)})).into_response()
}

pub(super) async fn instance_2(State(net): Shared) -> Answer {
    if net.ways.old {
        return Err(GONE);
    }
    Ok(Json(json!({"domain": "fake", "version": "4.5.0", "configuration": configuration(&net)})).into_response())
}

pub(super) async fn nodeinfo_links(State(net): Shared) -> Response {
    let href = format!("{}/nodeinfo/2.0", net.base);
    Json(json!({"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]})).into_response()
}

pub(super) async fn nodeinfo(State(net): Shared) -> Response {
    let name = if net.ways.keyless { "other" } else { "mastodon" };
    Json(json!({"version": "2.0", "software": {"name": name, "version": "4.5.0"}})).into_response()
}
