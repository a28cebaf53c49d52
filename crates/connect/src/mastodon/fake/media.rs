//! Pictures, films and sound: taken, and worked on for a while.
use super::{Answer, FakeMastodon, GONE, No, Shared};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::json;

impl FakeMastodon {
    /// Says so often "not yet" of whatever is sent up from now on.
    pub fn be_slow(&self, looks: u8) {
        self.net.held().slow = Some(looks);
    }
}

pub(super) async fn upload(State(net): Shared, headers: HeaderMap, body: Bytes) -> Answer {
    let bad = No(StatusCode::UNPROCESSABLE_ENTITY, "Validation failed: File can't be blank");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).ok_or(bad)?;
    let boundary = multer::parse_boundary(kind).map_err(|_| bad)?;
    let mut form = multer::Multipart::new(axum::body::Body::from(body).into_data_stream(), boundary);
    let (mut description, mut file, mut name) = (String::new(), None, String::new());
    while let Some(field) = form.next_field().await.map_err(|_| bad)? {
        match field.name() {
            Some("description") => description = field.text().await.map_err(|_| bad)?,
            Some("file") => {
                let mime = field.content_type().map(ToString::to_string).unwrap_or_default();
                name = field.file_name().unwrap_or_default().to_owned();
                file = Some((mime, field.bytes().await.map_err(|_| bad)?));
            }
            _ => {}
        }
    }
    if !file.is_some_and(|(mime, bytes)| {
        ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind)) && !bytes.is_empty()
    }) {
        return Err(bad);
    }
    let mut held = net.held();
    let id = if net.ways.small { name } else { held.number().to_string() };
    let looks = held.slow.unwrap_or(1);
    held.media.insert(id.clone(), (description.clone(), looks));
    let answer = json!({"id": id, "type": "image", "url": null, "description": description});
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

pub(super) async fn media(State(net): Shared, Path(id): Path<String>) -> Answer {
    let mut held = net.held();
    let (description, waits) = held.media.get_mut(&id).ok_or(GONE)?;
    let done = *waits == 0;
    *waits = waits.saturating_sub(1);
    let url = done.then(|| format!("{}/media/{id}.png", net.base));
    let code = if done { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    Ok((code, Json(json!({"id": id, "type": "image", "url": url, "description": description}))).into_response())
}
