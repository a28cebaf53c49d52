//! Uploads as our own YouTube takes them: a session is begun, pieces come, and what has arrived can be asked.
use super::cost;
use super::fake::{Held, Net, Session, Video, no};
use super::{CAPTIONS, FILMS};
use axum::Json;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

pub fn upload(
    net: &Net,
    method: &Method,
    path: &str,
    asked: &BTreeMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let number = asked.get("upload_id").and_then(|n| n.parse::<usize>().ok());
    match (method.as_str(), number) {
        ("POST", None) => begin(net, path, asked, headers, body),
        ("PUT", Some(number)) => piece(net, number, headers, body),
        _ => no(400, "badRequest", "This is no upload."),
    }
}

fn begin(net: &Net, path: &str, asked: &BTreeMap<String, String>, headers: &HeaderMap, body: &[u8]) -> Response {
    let (films, part) = match path {
        FILMS => (true, "snippet,status"),
        CAPTIONS => (false, "snippet"),
        _ => return no(404, "notFound", "There is no such upload."),
    };
    let about: Value = serde_json::from_slice(body).unwrap_or_default();
    let is = |name: &str, value: &str| asked.get(name).is_some_and(|v| v == value);
    let total = header(headers, "x-upload-content-length").parse::<usize>();
    let (true, true, Ok(total)) = (is("uploadType", "resumable"), is("part", part), total) else {
        return no(400, "badRequest", "The upload is not described.");
    };
    let text = |path: &str| about.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let mut held = net.held();
    if films {
        if let Some(refused) = words(text("/snippet/title"), text("/snippet/description")) {
            return refused;
        }
    } else if net.ways.no_captions {
        return no(400, "invalidMetadata", "The request contains invalid metadata values.");
    } else if !held.videos.iter().any(|v| v.id == text("/snippet/videoId")) {
        return no(404, "videoNotFound", "The video could not be found.");
    }
    if !held.pays(net.ways.units, if films { 0 } else { cost::CAPTIONS }) {
        return no(403, "quotaExceeded", "You have exceeded your <a href=\"/quota\">quota</a>.");
    }
    let mime = header(headers, "x-upload-content-type").to_owned();
    held.sessions.push(Session { about, films, mime, total, got: vec![], made: None });
    let at = format!("{}{path}?uploadType=resumable&upload_id={}", net.base, held.sessions.len());
    (StatusCode::OK, [("location", at)]).into_response()
}

/// What YouTube refuses about a title and a description.
pub fn words(title: &str, description: &str) -> Option<Response> {
    if title.is_empty() || title.chars().count() > 100 || title.contains(['<', '>']) {
        return Some(no(400, "invalidTitle", "The request metadata specifies an invalid video title."));
    }
    let bad = description.len() > 5000 || description.contains(['<', '>']);
    bad.then(|| no(400, "invalidDescription", "The request metadata specifies an invalid video description."))
}

/// `bytes 0-9/20` or `bytes */20`.
fn range(text: &str) -> Option<(Option<(usize, usize)>, usize)> {
    let (span, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let span = match span.split_once('-') {
        Some((from, to)) => Some((from.parse().ok()?, to.parse().ok()?)),
        None if span == "*" => None,
        None => return None,
    };
    Some((span, total.parse().ok()?))
}

fn go_on(session: &Session) -> Response {
    let Some(last) = session.got.len().checked_sub(1) else { return StatusCode::PERMANENT_REDIRECT.into_response() };
    (StatusCode::PERMANENT_REDIRECT, [("range", format!("bytes=0-{last}"))]).into_response()
}

fn piece(net: &Net, number: usize, headers: &HeaderMap, body: &[u8]) -> Response {
    // Google wants to be told that nothing comes.
    if header(headers, "content-length") != body.len().to_string() {
        return no(411, "lengthRequired", "The length is missing.");
    }
    let mut held = net.held();
    let held = &mut *held;
    let (unanswered, lost) = (&mut held.unanswered, &mut held.lost);
    let Some(session) = number.checked_sub(1).and_then(|n| held.sessions.get_mut(n)) else {
        return no(404, "notFound", "The upload session has ended.");
    };
    let Some((span, total)) = range(header(headers, "content-range")) else {
        return no(400, "badRequest", "The range cannot be read.");
    };
    if total != session.total {
        return no(400, "badRequest", "The size has changed.");
    }
    let mut silent = false;
    if let Some((from, to)) = span {
        if from != session.got.len() || to + 1 - from != body.len() {
            return no(400, "badRequest", "The piece does not fit.");
        }
        if *lost > 0 {
            *lost -= 1;
            return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response();
        }
        let whole = from + body.len() == total;
        let kept = if whole { body.len() } else { net.ways.keeps.unwrap_or(body.len()).min(body.len()) };
        session.got.extend_from_slice(&body[..kept]);
        silent = *unanswered > 0;
        *unanswered = unanswered.saturating_sub(1);
    }
    let done = session.got.len() == session.total;
    let answer = if done { made(held, number - 1) } else { go_on(session) };
    if silent { (StatusCode::BAD_GATEWAY, "<html>").into_response() } else { answer }
}

/// The film or the captions, made once.
fn made(held: &mut Held, at: usize) -> Response {
    let session = held.sessions[at].clone();
    if let Some(made) = session.made {
        return (StatusCode::CREATED, Json(made)).into_response();
    }
    let made = if session.films {
        let id = held.add_video(&session.about, session.got, &session.mime);
        let video: Option<&Video> = held.videos.last();
        json!({
            "kind": "youtube#video",
            "id": id,
            "snippet": session.about.get("snippet"),
            "status": {"uploadStatus": "uploaded", "privacyStatus": video.map(|v| v.privacy.clone())},
        })
    } else {
        let text = |path: &str| session.about.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let words = String::from_utf8_lossy(&session.got).into_owned();
        let id = text("/snippet/videoId");
        if let Some(video) = held.videos.iter_mut().find(|v| v.id == id) {
            video.captions.push((text("/snippet/language"), words));
        }
        json!({"kind": "youtube#caption", "id": format!("captions-{at}"), "snippet": session.about.get("snippet")})
    };
    held.sessions[at].made = Some(made.clone());
    (StatusCode::CREATED, Json(made)).into_response()
}
