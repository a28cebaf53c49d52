//! What is sent up to the page: pictures, and films in the pieces the server asks for. A film is worked on for a while, and
//! public when told so by its number. One that is published twice makes two posts here, and a post that is deleted leaves its
//! film behind: nothing is known of what Facebook does, so nothing is relied on.
use super::fake::{FakeFacebook, Held, Net, OWN, PAGE_ID, Photo, success};
use crate::meta::fake::{missing, no};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Meta's page on video errors names both.
const LARGEST: u64 = 2_000_000_000;
const WRONG_PLACE: i64 = 1_363_037;

#[derive(Debug, Clone, Default)]
pub struct Film {
    pub bytes: Vec<u8>,
    pub size: u64,
    pub description: String,
    pub published: bool,
    /// Every caption file by its name.
    pub captions: Vec<(String, String)>,
    pub deleted: bool,
    session: String,
    ended: bool,
    /// So many looks until it is ready.
    looks: u32,
    /// So many looks after it was published until its post is told.
    untold: u32,
    failed: Option<&'static str>,
    post: Option<String>,
}

/// Answers to pieces of films that are lost.
#[derive(Debug, Clone)]
pub struct Lost {
    /// The n-th of those to come; with 0 all of them.
    pub nth: u32,
    /// Whether the piece had arrived.
    pub kept: bool,
    pub status: u16,
    /// What is said instead.
    pub text: &'static str,
}

impl Held {
    /// Whether the answer to this piece is lost.
    fn lose_this(&mut self) -> Option<Lost> {
        let lost = self.lost.as_mut()?;
        if lost.nth > 1 {
            lost.nth -= 1;
            return None;
        }
        if lost.nth == 0 { Some(lost.clone()) } else { self.lost.take() }
    }
}

impl FakeFacebook {
    /// Every film that was begun, by its number.
    pub fn films(&self) -> BTreeMap<String, Film> {
        self.net.held().films.clone()
    }
    /// New films are worked on for so many looks and then perhaps come to nothing; their post is told after so many more.
    pub fn be_slow(&self, looks: u32, fails: Option<&'static str>, late: u32) {
        let mut held = self.net.held();
        (held.slow, held.fails, held.late) = (looks, fails, late);
    }
    /// Lets somebody share a film in a post of the page, by Facebook's own means; gives the post's id.
    pub fn share(&self, film: &str, text: &str) -> String {
        let mut held = self.net.held();
        let post = held.add(OWN, text, None, Vec::new());
        held.entries.iter_mut().filter(|e| e.id == post).for_each(|e| e.film = Some(film.to_owned()));
        post
    }
    pub fn lose(&self, lost: Option<Lost>) {
        self.net.held().lost = lost;
    }
}

/// Fields and files of a form, by name: file name and bytes.
async fn form(headers: &HeaderMap, body: Bytes) -> Option<Vec<(String, String, Bytes)>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), multer::parse_boundary(kind).ok()?);
    let mut out = Vec::new();
    while let Ok(Some(field)) = form.next_field().await {
        let (name, file) = (field.name()?.to_owned(), field.file_name().unwrap_or_default().to_owned());
        out.push((name, file, field.bytes().await.ok()?));
    }
    Some(out)
}

/// An unpublished picture.
pub(super) async fn photo(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    let form = form(headers, body).await.unwrap_or_default();
    let field = |name: &str| form.iter().find(|f| f.0 == name).map(|f| f.2.clone()).unwrap_or_default();
    if !field("source").starts_with(b"\x89PNG") || field("published") != "false" {
        return no(400, 324, None, "(#324) Missing or invalid image file");
    }
    let mut held = net.held();
    let id = held.number().to_string();
    let alt = String::from_utf8_lossy(&field("alt_text_custom")).into_owned();
    held.photos.insert(id.clone(), Photo { alt, used: false });
    Json(json!({"id": id})).into_response()
}

/// A step of an upload.
pub(super) async fn upload(net: &Net, headers: &HeaderMap, body: Bytes) -> Response {
    if let Ok(given) = serde_json::from_slice::<Value>(&body) {
        let mut held = net.held();
        return match given.get("upload_phase").and_then(Value::as_str) {
            Some("start") => begin(&mut held, net.ways.chunk, &given),
            Some("finish") => end(&mut held, &given),
            _ => no(400, 100, None, "(#100) Invalid parameter"),
        };
    }
    let Some(form) = form(headers, body).await else { return no(400, 100, None, "(#100) Invalid parameter") };
    let field = |name: &str| form.iter().find(|f| f.0 == name).map(|f| f.2.clone()).unwrap_or_default();
    let text = |name: &str| String::from_utf8_lossy(&field(name)).into_owned();
    let bytes = field("video_file_chunk");
    let mut held = net.held();
    let lost = held.lose_this();
    let Some(film) = held.films.values_mut().find(|f| f.session == text("upload_session_id") && !f.ended) else {
        return no(400, 100, None, "(#100) Invalid upload session");
    };
    if text("upload_phase") != "transfer" {
        return no(400, 100, None, "(#100) Invalid parameter");
    }
    if text("start_offset").parse() != Ok(film.bytes.len() as u64) {
        return wrong_place(film, net.ways.chunk);
    }
    // What is beyond the piece that was asked for is not kept.
    let kept = bytes.len().min(net.ways.chunk as usize).min((film.size as usize).saturating_sub(film.bytes.len()));
    if lost.as_ref().is_none_or(|l| l.kept) {
        film.bytes.extend_from_slice(&bytes[..kept]);
    }
    match lost {
        Some(l) => (StatusCode::from_u16(l.status).unwrap_or_default(), l.text).into_response(),
        None => Json(wanted(film, net.ways.chunk)).into_response(),
    }
}

fn wanted(film: &Film, chunk: u64) -> Value {
    let from = film.bytes.len() as u64;
    json!({"start_offset": from.to_string(), "end_offset": (from + chunk).min(film.size).to_string()})
}

fn wrong_place(film: &Film, chunk: u64) -> Response {
    let from = film.bytes.len() as u64;
    let error = json!({
        "message": "There was a problem uploading your video. Please try uploading it again.",
        "type": "OAuthException", "code": 6000, "error_subcode": WRONG_PLACE, "is_transient": false,
        "error_data": {"start_offset": from, "end_offset": (from + chunk).min(film.size)},
    });
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

fn begin(held: &mut Held, chunk: u64, given: &Value) -> Response {
    let size = given.get("file_size").and_then(Value::as_u64).unwrap_or_default();
    match size {
        0 => return no(400, 6000, Some(1_363_022), "The video you tried to upload is too small."),
        size if size > LARGEST => return no(400, 6000, Some(1_363_023), "The video you tried to upload is too large."),
        _ => {}
    }
    let (id, session) = (held.number().to_string(), held.number().to_string());
    let film = Film { size, session: session.clone(), looks: held.slow, failed: held.fails, ..Film::default() };
    let mut out = wanted(&film, chunk);
    (out["video_id"], out["upload_session_id"]) = (json!(id), json!(session));
    held.films.insert(id, film);
    Json(out).into_response()
}

fn end(held: &mut Held, given: &Value) -> Response {
    let session = given.get("upload_session_id").and_then(Value::as_str).unwrap_or_default();
    let Some((id, film)) = held.films.iter_mut().find(|(_, f)| f.session == session && !f.ended) else {
        return no(400, 100, None, "(#100) Invalid upload session");
    };
    if film.bytes.len() as u64 != film.size {
        return no(
            400,
            6000,
            Some(1_363_033),
            "There was a problem uploading your video. Please try uploading it again.",
        );
    }
    if film.bytes.get(4..8) != Some(b"ftyp".as_slice()) {
        return no(
            400,
            6000,
            Some(1_363_031),
            "No Video Detected. It looks like you are uploading another kind of file.",
        );
    }
    film.ended = true;
    given.get("description").and_then(Value::as_str).unwrap_or_default().clone_into(&mut film.description);
    // Unless it is told otherwise, the end of an upload is a post.
    if given.get("published") != Some(&json!(false)) {
        let id = id.clone();
        publish(held, &id);
    }
    success()
}

fn publish(held: &mut Held, id: &str) {
    let words = held.films.get(id).map(|f| f.description.clone()).unwrap_or_default();
    let post = held.add(OWN, &words, None, Vec::new());
    held.entries.iter_mut().filter(|e| e.id == post).for_each(|e| e.film = Some(id.to_owned()));
    let untold = held.late;
    if let Some(film) = held.films.get_mut(id) {
        (film.published, film.post, film.untold) = (true, Some(post), untold);
    }
}

pub(super) async fn captions(net: &Net, id: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let form = form(headers, body).await.unwrap_or_default();
    let file = form.iter().find(|f| f.0 == "captions_file");
    let mut held = net.held();
    let Some(film) = held.films.get_mut(id).filter(|f| f.ended && !f.deleted) else { return missing() };
    let Some((_, name, bytes)) = file else { return no(400, 100, None, "(#100) Missing captions_file") };
    let locale = name.strip_suffix(".srt").and_then(|n| n.rsplit_once('.')).map(|(_, locale)| locale);
    let text = String::from_utf8_lossy(bytes).into_owned();
    if locale != Some("en_US") || !text.starts_with("1\n00:") || text.contains("WEBVTT") {
        return no(400, 100, Some(1_363_127), "The captions are no SubRip file named film.locale.srt.");
    }
    film.captions.push((name.clone(), text));
    success()
}

/// What a film says of itself; each look brings it on.
pub(super) fn read(held: &mut Held, id: &str, short: bool) -> Option<Response> {
    let film = held.films.get_mut(id).filter(|f| !f.deleted)?;
    film.looks = film.looks.saturating_sub(1);
    let ready = film.looks == 0;
    let status = match (film.ended, ready, film.failed) {
        (false, ..) => "uploading",
        (_, false, _) => "processing",
        (_, true, Some(_)) => "error",
        (_, true, None) => "ready",
    };
    let mut processing = json!({"status": if ready { "complete" } else { "in_progress" }});
    if let Some(why) = film.failed.filter(|_| ready) {
        processing = json!({"status": "error", "errors": [{"code": 1_363_031, "message": why}]});
    }
    let mut out = json!({
        "id": id, "published": film.published, "permalink_url": format!("/reel/{id}/"), "views": 7,
        "status": {
            "video_status": status, "processing_phase": processing,
            "uploading_phase": {"status": if film.ended { "complete" } else { "in_progress" }, "source_file_size": film.size},
            "publishing_phase": {"status": if film.published { "complete" } else { "not_started" }},
        },
    });
    if film.published {
        if let Some(post) = film.post.as_deref().filter(|_| film.untold == 0) {
            out["post_id"] = json!(if short { post.rsplit('_').next().unwrap_or_default() } else { post });
        }
        film.untold = film.untold.saturating_sub(1);
    }
    Some(Json(out).into_response())
}

/// Publishing a film, changing its words, or removing it.
pub(super) fn write(held: &mut Held, verb: &str, id: &str, given: &Value) -> Option<Response> {
    let film = held.films.get_mut(id).filter(|f| !f.deleted)?;
    if verb == "DELETE" {
        film.deleted = true;
        held.entries.iter_mut().filter(|e| e.film.as_deref() == Some(id)).for_each(|e| e.deleted = true);
        return Some(success());
    }
    if let Some(text) = given.get("description").and_then(Value::as_str) {
        text.clone_into(&mut film.description);
        held.entries.iter_mut().filter(|e| e.film.as_deref() == Some(id)).for_each(|e| text.clone_into(&mut e.message));
        return Some(success());
    }
    if given.get("published") != Some(&json!(true)) {
        return Some(no(400, 100, None, "(#100) Invalid parameter"));
    }
    if !film.ended || film.looks > 0 || film.failed.is_some() {
        return Some(no(400, 100, None, "(#100) The video is not ready"));
    }
    publish(held, id);
    Some(success())
}

/// What a post with a film shows.
pub(super) fn attachment(film: &str) -> Value {
    let url = format!("https://www.facebook.com/{PAGE_ID}/videos/{film}/");
    json!({"data": [{"media_type": "video", "target": {"id": film, "url": url}}]})
}
