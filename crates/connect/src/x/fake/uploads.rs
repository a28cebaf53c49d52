//! What the server of our own takes as media: a picture in one call; a film and its subtitles in pieces that are numbered
//! from 0, put together at the end, and then worked on. Times, sizes and words as in X's pages on media.
use super::{Held, Net, invalid};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CATEGORIES: [&str; 3] = ["tweet_image", "tweet_video", "subtitles"];
const TYPES: [&str; 4] = ["video/mp4", "video/quicktime", "text/srt", "text/vtt"];
const LARGEST: u64 = 16_000_000_000;
const LARGEST_PIECE: usize = 5_000_000;
const LAST_NUMBER: u32 = 999;
const KEPT_S: u64 = 86_400;

#[derive(Debug, Clone)]
pub struct Upload {
    pub category: String,
    pub mime: String,
    total: u64,
    pieces: BTreeMap<u32, Vec<u8>>,
    /// So often it was asked about since it was put together; `None` before.
    asked: Option<usize>,
    /// Code of the language, its name, the words.
    pub subtitles: Vec<(String, String, String)>,
}

impl Upload {
    pub fn bytes(&self) -> Vec<u8> {
        self.pieces.values().flatten().copied().collect()
    }
}

fn ok(status: u16, data: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap_or_default(), Json(json!({"data": data}))).into_response()
}

fn unknown() -> Response {
    super::problem(404, "resource-not-found", "Not Found Error", "Could not find media.")
}

/// The fields of a form, and the file in it.
async fn form(headers: &HeaderMap, body: Bytes) -> Option<(BTreeMap<String, String>, Bytes)> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).ok()?;
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let (mut fields, mut whole) = (BTreeMap::new(), Bytes::new());
    while let Some(field) = form.next_field().await.ok()? {
        match field.name().map(str::to_owned)?.as_str() {
            "media" => whole = field.bytes().await.ok()?,
            name => drop(fields.insert(name.to_owned(), field.text().await.ok()?)),
        }
    }
    Some((fields, whole))
}

pub async fn picture(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    let Some((fields, whole)) = form(headers, body).await else {
        return invalid("media: is missing but it is required");
    };
    let fits = fields.len() == 1 && fields.get("media_category").is_some_and(|c| c == "tweet_image");
    if !fits || !whole.starts_with(b"\x89PNG") {
        return invalid("media type unrecognized.");
    }
    let mut held = net.held();
    let id = held.number().to_string();
    held.media.insert(id.clone(), String::new());
    ok(200, &json!({"id": id, "media_key": format!("3_{id}"), "size": whole.len(), "expires_after_secs": KEPT_S}))
}

pub fn describe(net: &Net, given: &Value) -> Response {
    let id = given.get("id").and_then(Value::as_str).unwrap_or_default();
    let alt = given.pointer("/metadata/alt_text/text").and_then(Value::as_str).unwrap_or_default();
    match net.held().media.get_mut(id) {
        Some(shows) if !alt.is_empty() && alt.chars().count() <= 1000 => {
            *shows = alt.to_owned();
            ok(200, &json!({"id": id, "associated_metadata": {"alt_text": {"text": alt}}}))
        }
        _ => invalid("metadata.alt_text: is not valid"),
    }
}

pub fn initialize(net: &Net, given: &Value) -> Response {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (category, mime) = (text("media_category"), text("media_type"));
    let total = given.get("total_bytes").and_then(Value::as_u64).unwrap_or_default();
    let known = CATEGORIES.contains(&category.as_str()) && TYPES.contains(&mime.as_str());
    if !known || !(1..=LARGEST).contains(&total) {
        return invalid("$.media_type: does not have a value in the enumeration");
    }
    let mut held = net.held();
    let id = held.number().to_string();
    let upload = Upload { category, mime, total, pieces: BTreeMap::new(), asked: None, subtitles: vec![] };
    held.uploads.insert(id.clone(), upload);
    ok(200, &json!({"id": id, "media_key": format!("13_{id}"), "expires_after_secs": KEPT_S}))
}

pub async fn append(net: &Net, id: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let Some((fields, piece)) = form(headers, body).await else { return invalid("media: is missing") };
    let number = fields.get("segment_index").and_then(|n| n.parse::<u32>().ok()).filter(|n| *n <= LAST_NUMBER);
    let Some(number) = number.filter(|_| (1..=LARGEST_PIECE).contains(&piece.len())) else {
        return invalid("segment_index: is not valid");
    };
    let mut held = net.held();
    let held = &mut *held;
    let Some(upload) = held.uploads.get_mut(id) else { return unknown() };
    if upload.asked.is_some() {
        return invalid("The media is finalized already.");
    }
    if held.lost > 0 {
        held.lost -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response();
    }
    // The same number again takes the place of what came before.
    upload.pieces.insert(number, piece.to_vec());
    if held.unanswered > 0 {
        held.unanswered -= 1;
        return (StatusCode::GATEWAY_TIMEOUT, "<html>").into_response();
    }
    ok(200, &json!({"expires_at": 1_893_456_000}))
}

pub fn finalize(net: &Net, id: &str) -> Response {
    let mut held = net.held();
    let silent = std::mem::take(&mut held.silent_end);
    let Some(upload) = held.uploads.get_mut(id) else { return unknown() };
    let in_order = upload.pieces.keys().copied().eq(0..upload.pieces.len() as u32);
    if !in_order || upload.bytes().len() as u64 != upload.total {
        return invalid("Segments do not add up to provided total file size.");
    }
    upload.asked = Some(0);
    if silent {
        return (StatusCode::BAD_GATEWAY, "<html>").into_response();
    }
    told(net, &held, id)
}

/// Where X is with a film. Subtitles are ready at once.
fn told(net: &Net, held: &Held, id: &str) -> Response {
    let Some(upload) = held.uploads.get(id) else { return unknown() };
    let mut data =
        json!({"id": id, "media_key": format!("13_{id}"), "size": upload.total, "expires_after_secs": KEPT_S});
    let film = upload.category == "tweet_video";
    match upload.asked {
        Some(asked) if film && asked < net.ways.works => {
            let state = if asked == 0 { "pending" } else { "in_progress" };
            data["processing_info"] = json!({"state": state, "check_after_secs": 1, "progress_percent": 10});
        }
        Some(_) if film && net.ways.unreadable => {
            let error = json!({"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"});
            data["processing_info"] = json!({"state": "failed", "error": error});
        }
        Some(asked) if film && asked > 0 => data["processing_info"] = json!({"state": "succeeded"}),
        _ => {}
    }
    ok(200, &data)
}

pub fn status(net: &Net, asked: &BTreeMap<String, String>) -> Response {
    let of = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    if of("command") != "STATUS" {
        return invalid("command: does not have a value in the enumeration");
    }
    let mut held = net.held();
    if let Some(asked) = held.uploads.get_mut(of("media_id")).and_then(|u| u.asked.as_mut()) {
        *asked += 1;
    }
    told(net, &held, of("media_id"))
}

pub fn subtitles(net: &Net, given: &Value) -> Response {
    let text = |path: &str| given.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (code, name) = (text("/subtitles/language_code"), text("/subtitles/display_name"));
    let mut held = net.held();
    let words = held.uploads.get(&text("/subtitles/id"));
    let words = words.filter(|u| u.category == "subtitles" && u.asked.is_some()).map(Upload::bytes);
    let fits = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) && !name.is_empty();
    let (Some(words), true, false) = (words, fits && text("/media_category") == "TweetVideo", net.ways.no_subtitles)
    else {
        return invalid("subtitles: are not valid");
    };
    match held.uploads.get_mut(&text("/id")).filter(|u| u.category == "tweet_video" && u.asked.is_some()) {
        Some(film) => {
            film.subtitles.push((code, name, String::from_utf8_lossy(&words).into_owned()));
            ok(200, &json!({"id": text("/id"), "media_category": "TweetVideo"}))
        }
        None => unknown(),
    }
}

/// Why a post may not have these media.
pub fn refused(net: &Net, held: &Held, media: &[String]) -> Option<&'static str> {
    let film = |id: &String| held.uploads.get(id).filter(|u| u.category == "tweet_video");
    let done = |u: &Upload| u.asked.is_some_and(|asked| asked >= net.ways.works) && !net.ways.unreadable;
    if media.iter().any(|id| !held.media.contains_key(id) && !film(id).is_some_and(done)) {
        return Some("Your media IDs are invalid.");
    }
    let films = media.iter().filter(|id| film(id).is_some()).count();
    (media.len() > 4 || (films > 0 && media.len() > 1)).then_some("Too many media for one post.")
}
