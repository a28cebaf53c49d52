//! Films as our own LinkedIn takes them: cut into parts, each with an address of its own and a name that it gets when it
//! arrives; put together by these names in order; then worked on. The addresses need no key, and the one for captions does.
use super::fake::{Net, PAGE, missing, no};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where parts and captions go.
pub const PART: &str = "/upload-part/";
pub const CAPTIONS: &str = "/upload-captions/";
const CUT: u64 = 4 << 20;
const TOKEN: &str = "upload-token";

#[derive(Debug, Clone, Default)]
pub struct Film {
    pub total: u64,
    /// By their first byte.
    pub parts: BTreeMap<u64, Vec<u8>>,
    cut: u64,
    /// Whether captions were announced.
    announced: bool,
    /// About the captions, and the captions.
    pub captions: Option<(Value, String)>,
    /// So often it was asked about since it was put together; `None` before.
    asked: Option<usize>,
}

impl Film {
    pub fn bytes(&self) -> Vec<u8> {
        self.parts.values().flatten().copied().collect()
    }
    fn firsts(&self) -> impl Iterator<Item = u64> {
        (0..self.total).step_by(usize::try_from(self.cut).unwrap_or(1))
    }
    fn name(&self, first: u64) -> String {
        format!("/ambry-video/signedId/{first}-{}", self.parts.get(&first).map_or(0, Vec::len))
    }
}

fn illegal(text: &str) -> Response {
    no(400, 0, "ILLEGAL_ARGUMENT", text)
}

pub fn begin(net: &Net, given: &Value) -> Response {
    let asked = |name: &str| given.pointer(&format!("/initializeUploadRequest/{name}")).cloned().unwrap_or_default();
    let (Some(total), Some(announced)) = (asked("fileSizeBytes").as_u64(), asked("uploadCaptions").as_bool()) else {
        return illegal("fileSizeBytes is missing");
    };
    if asked("owner") != PAGE || total == 0 || asked("uploadThumbnail") != false {
        return illegal("owner is missing");
    }
    let mut held = net.held();
    let urn = format!("urn:li:video:C5F_{}", held.number());
    let film = Film { total, announced, cut: net.ways.cut.unwrap_or(CUT), ..Film::default() };
    let part = |first: u64| {
        let last = (first + film.cut).min(total) - 1;
        json!({"firstByte": first, "lastByte": last, "uploadUrl": format!("{}{PART}{urn}/{first}", net.address)})
    };
    let mut value = json!({
        "uploadUrlsExpireAt": 1_893_456_000_000_i64, "video": urn, "uploadToken": TOKEN,
        "uploadInstructions": film.firsts().map(part).collect::<Vec<_>>(),
    });
    if announced {
        value["captionsUploadUrl"] = json!(format!("{}{CAPTIONS}{urn}", net.address));
    }
    held.films.insert(urn, film);
    Json(json!({"value": value})).into_response()
}

/// `urn/FIRST`.
pub fn part(net: &Net, place: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    let mut held = net.held();
    let held = &mut *held;
    let found = place.rsplit_once('/').and_then(|(urn, first)| Some((held.films.get_mut(urn)?, first.parse().ok()?)));
    let Some((film, first)) = found else { return missing() };
    let octets = headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "application/octet-stream");
    if !octets || headers.contains_key(header::AUTHORIZATION) {
        return illegal("The address was signed for a part, without a key");
    }
    if film.asked.is_some()
        || !film.firsts().any(|f| f == first)
        || body.len() as u64 != film.cut.min(film.total - first)
    {
        return illegal("The part does not fit");
    }
    if held.lost > 0 {
        held.lost -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response();
    }
    film.parts.insert(first, body.to_vec());
    if held.unanswered > 0 {
        held.unanswered -= 1;
        return (StatusCode::GATEWAY_TIMEOUT, "<html>").into_response();
    }
    (StatusCode::OK, [(header::ETAG, format!("\"{}\"", film.name(first)))]).into_response()
}

pub async fn captions(net: &Net, urn: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else { return illegal("This is no form") };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let (mut about, mut words) = (Value::Null, String::new());
    while let Ok(Some(field)) = form.next_field().await {
        match field.name() {
            Some("metadata") => {
                about = serde_json::from_str(&field.text().await.unwrap_or_default()).unwrap_or_default()
            }
            Some("file") => words = field.text().await.unwrap_or_default(),
            _ => return illegal("The form holds more than captions"),
        }
    }
    let mut held = net.held();
    let Some(film) = held.films.get_mut(urn).filter(|f| f.announced && f.asked.is_none()) else { return missing() };
    if about["format"] != "SRT" || !words.starts_with("1\n") || net.ways.no_captions {
        return illegal("The captions cannot be read");
    }
    film.captions = Some((about, words));
    StatusCode::CREATED.into_response()
}

pub fn end(net: &Net, given: &Value) -> Response {
    let asked = |name: &str| given.pointer(&format!("/finalizeUploadRequest/{name}")).cloned().unwrap_or_default();
    let mut held = net.held();
    let silent = std::mem::take(&mut held.silent_end);
    let Some(film) = asked("video").as_str().and_then(|urn| held.films.get_mut(urn)) else { return missing() };
    let names: Vec<String> = film.firsts().map(|first| film.name(first)).collect();
    let whole = film.bytes().len() as u64 == film.total && asked("uploadedPartIds") == json!(names);
    if !whole || asked("uploadToken") != TOKEN || (film.announced && film.captions.is_none()) {
        return illegal("The parts are not all there");
    }
    film.asked = Some(0);
    if silent { (StatusCode::BAD_GATEWAY, "<html>").into_response() } else { StatusCode::OK.into_response() }
}

/// Where a film stands; every question counts.
pub fn status(net: &Net, urn: &str) -> Response {
    let mut held = net.held();
    let Some(film) = held.films.get_mut(urn) else { return missing() };
    let before = film.asked;
    film.asked = film.asked.map(|asked| asked + 1);
    let mut it = json!({"id": urn, "owner": PAGE, "status": "AVAILABLE"});
    match before {
        None => it["status"] = json!("WAITING_UPLOAD"),
        Some(asked) if asked < net.ways.works => it["status"] = json!("PROCESSING"),
        Some(_) if net.ways.unreadable => {
            it["status"] = json!("PROCESSING_FAILED");
            it["processingFailureReason"] = json!("Unsupported video format");
        }
        Some(_) => {}
    }
    Json(it).into_response()
}

/// Whether a post may refer to it.
pub fn is_available(net: &Net, film: &Film) -> bool {
    film.asked.is_some_and(|asked| asked >= net.ways.works) && !net.ways.unreadable
}
