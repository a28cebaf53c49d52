//! What the server of our own answers, call by call.
use super::fake::{AFAR, CHANNEL, ELSEWHERE, Film, Held, ME, Net, SECRET, Upload, Word, no};
use crate::simulator::line::Scissors;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

type Asked = HashMap<String, String>;

pub async fn any(
    State(net): State<Arc<Net>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = pairs(uri.query().unwrap_or_default().as_bytes());
    let caption = if uri.path().contains("/captions/") { caption_in(&headers, body.clone()).await } else { None };
    let mut held = net.held();
    let path = uri.path().strip_prefix("/api/v1").unwrap_or_default().to_owned();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let known = crate::fake::bearer(&headers).is_some_and(|t| held.tokens.iter().any(|known| known == t));
    let given: Value = serde_json::from_slice(&body).unwrap_or_default();
    let response = match (method.as_str(), parts.as_slice()) {
        ("GET", ["oauth-clients", "local"]) => Json(json!({"client_id": "c1", "client_secret": "s1"})).into_response(),
        ("POST", ["users", "token"]) => token(&net, &mut held, &pairs(&body)),
        _ if !known => no(401, "invalid_token", "Invalid token: access token is invalid"),
        ("POST", ["videos", "upload-resumable"]) => open(&net, &mut held, &headers, given),
        ("PUT", ["videos", "upload-resumable"]) => piece(&net, &mut held, &headers, &asked, &body, &scissors),
        ("PUT", ["videos", uuid, "captions", lang]) => match (held.find_mut(uuid), caption) {
            (Some(film), Some(text)) => {
                film.captions.retain(|(known, _)| known != lang);
                film.captions.push(((*lang).to_owned(), text));
                StatusCode::NO_CONTENT.into_response()
            }
            (None, _) => gone(),
            _ => no(400, "", "Incorrect request parameters: captionfile"),
        },
        ("GET", path) => read(&net, &held, path, &asked),
        (_, path) => write(&net, &mut held, &method, path, &given),
    };
    match held.instead.clone().filter(|_| uri.path().starts_with(held.only)) {
        Some((status, text)) => (StatusCode::from_u16(status).unwrap(), text).into_response(),
        None => response,
    }
}

fn pairs(text: &[u8]) -> Asked {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn gone() -> Response {
    no(404, "", "Video not found")
}

async fn caption_in(headers: &HeaderMap, body: Bytes) -> Option<String> {
    let boundary = multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()?;
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let field = form.next_field().await.ok()??;
    let fits = field.name() == Some("captionfile") && field.file_name().is_some_and(|n| n.ends_with(".vtt"));
    let text = field.text().await.ok()?;
    (fits && text.starts_with("WEBVTT")).then_some(text)
}

fn token(net: &Net, held: &mut Held, given: &Asked) -> Response {
    let text = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
    if (text("client_id"), text("client_secret")) != ("c1", "s1") {
        return no(400, "invalid_client", "Invalid client: client is invalid");
    }
    match text("grant_type") {
        "password" => {
            held.logins += 1;
            if format!("{}:{}", text("username"), text("password")) != SECRET {
                return no(400, "invalid_grant", "Invalid grant: user credentials are invalid");
            }
            if let Some(code) = net.ways.admits {
                return no(if code == "missing_two_factor" { 401 } else { 400 }, code, "Not so fast");
            }
        }
        "refresh_token" => {
            let before = held.refreshes.len();
            held.refreshes.retain(|known| known != text("refresh_token"));
            if held.refreshes.len() == before {
                return no(400, "invalid_grant", "Invalid grant: refresh token is invalid");
            }
            held.renewed += 1;
        }
        _ => return no(400, "", "Unsupported grant type"),
    }
    let number = held.logins + held.renewed;
    let (token, refresh) = (format!("a{number}f0"), format!("r{number}f0"));
    held.tokens.push(token.clone());
    held.refreshes.push(refresh.clone());
    let body = json!({
        "token_type": "Bearer", "access_token": token, "refresh_token": refresh, "expires_in": net.ways.lasts_s,
        "refresh_token_expires_in": 1_209_600,
    });
    Json(body).into_response()
}

fn open(net: &Net, held: &mut Held, headers: &HeaderMap, given: Value) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let chars = |name: &str| given[name].as_str().map_or(0, |t| t.chars().count());
    let own = [CHANNEL, ELSEWHERE].contains(&given["channelId"].as_u64().unwrap_or_default());
    let fits = (3..=120).contains(&chars("name")) && (3..=10_000).contains(&chars("description"));
    if !own
        || !fits
        || given["privacy"] != 3
        || chars("filename") < 4
        || !text("x-upload-content-type").starts_with("video/")
    {
        return no(400, "", "Incorrect request parameters");
    }
    let Ok(size) = text("x-upload-content-length").parse::<u64>() else { return no(400, "", "No size") };
    if size > 64 << 20 {
        return no(413, "max_file_size_reached", "Video file is too large");
    }
    // The same name, size and moment are the same upload.
    let id = format!("4f1e-{}-{size}", given["lastModified"]);
    let own = format!("//{}/api/v1/videos/upload-resumable?upload_id={id}", net.host);
    let location = held.location.clone().unwrap_or(own);
    if let Some(upload) = held.uploads.get(&id).filter(|u| u.done.is_none() && !u.bytes.is_empty()) {
        let range = format!("bytes=0-{}", upload.bytes.len() - 1);
        return (StatusCode::OK, [(header::LOCATION, location), (header::RANGE, range)]).into_response();
    }
    held.uploads.insert(id, Upload { given, size, bytes: Vec::new(), done: None });
    (StatusCode::CREATED, [(header::LOCATION, location)]).into_response()
}

fn piece(net: &Net, held: &mut Held, headers: &HeaderMap, asked: &Asked, body: &[u8], line: &Scissors) -> Response {
    let range = headers.get("content-range").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let Some((place, size)) = range.strip_prefix("bytes ").and_then(|r| r.split_once('/')) else {
        return no(400, "", "No range");
    };
    let id = asked.get("upload_id").cloned().unwrap_or_default();
    let Some(mut upload) = held.uploads.get(&id).cloned() else { return no(404, "", "Upload not found") };
    if size.parse() != Ok(upload.size) {
        return no(400, "", "Another size");
    }
    if place == "*" {
        held.questions += 1;
    } else {
        held.pieces += 1;
        if held.lose_pieces > 0 {
            held.lose_pieces -= 1;
            line.cut();
            return StatusCode::OK.into_response();
        }
        let from = place.split('-').next().and_then(|n| n.parse::<usize>().ok());
        if from != Some(upload.bytes.len()) {
            return no(409, "", "Pieces come one after another");
        }
        upload.bytes.extend_from_slice(body);
        if held.end_after == Some(held.pieces) {
            held.tokens.clear();
            held.refreshes.clear();
        }
    }
    if upload.bytes.len() as u64 == upload.size && upload.done.is_none() {
        upload.done = Some(made(net, held, &upload));
    }
    held.uploads.insert(id, upload.clone());
    if place != "*" && held.lose_answers > 0 {
        held.lose_answers -= 1;
        line.cut();
    }
    match upload.done {
        Some(uuid) => Json(json!({"video": {"id": 1, "shortUUID": "x", "uuid": uuid}})).into_response(),
        None => {
            let range = format!("bytes=0-{}", upload.bytes.len() as i64 - 1);
            (StatusCode::PERMANENT_REDIRECT, [(header::RANGE, range)]).into_response()
        }
    }
}

/// The video of a whole upload.
fn made(net: &Net, held: &mut Held, upload: &Upload) -> String {
    let given = &upload.given;
    let text = |name: &str| given[name].as_str().map(str::to_owned);
    let channel = given["channelId"].as_u64().unwrap();
    let id = held.film(channel, given["name"].as_str().unwrap(), text("description"), 3).id;
    let film = held.films.get_mut(&id).unwrap();
    film.bytes = upload.bytes.clone();
    film.language = text("language");
    if net.ways.transcodes && given["waitTranscoding"] == true {
        film.state = 2;
    }
    film.uuid.clone()
}

fn time(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us).unwrap().to_string()
}

fn person(net: &Net, id: u64) -> Value {
    let (name, shown, host) = match id {
        ME => ("agency", "Agency", net.host.as_str()),
        AFAR => ("dorji", "", "mastodon.example"),
        _ => ("pema", "Pema D.", net.host.as_str()),
    };
    json!({"id": id, "name": name, "displayName": shown, "host": host, "url": format!("http://{host}/accounts/{name}")})
}

fn channel(net: &Net, id: u64) -> Value {
    let name = if id == CHANNEL { "roads" } else { "talk" };
    let url = format!("http://{}/video-channels/{name}", net.host);
    json!({
        "id": id, "name": name, "displayName": "Department of Roads", "host": net.host, "url": url,
        "ownerAccount": person(net, ME),
    })
}

fn video(net: &Net, held: &Held, f: &Film, whole: bool) -> Value {
    let comments = held.words.values().filter(|w| w.video == f.id && !w.deleted).count();
    let cut = |text: &String| {
        if whole || text.chars().count() <= 250 {
            text.clone()
        } else {
            text.chars().take(247).collect::<String>() + "..."
        }
    };
    json!({
        "id": f.id, "uuid": f.uuid, "shortUUID": "x", "name": f.name, "description": f.description.as_ref().map(cut),
        "privacy": {"id": f.privacy, "label": "-"}, "state": {"id": f.state, "label": "-"}, "publishedAt": time(f.at_us),
        "createdAt": time(f.at_us), "channel": channel(net, f.channel), "account": person(net, ME), "views": 41, "likes": 5,
        "dislikes": 0, "comments": comments, "blacklisted": f.blocked.is_some(), "blacklistedReason": f.blocked,
    })
}

fn comment(net: &Net, held: &Held, w: &Word) -> Value {
    let below = held.words.values().filter(|c| c.thread == w.id && c.id != w.id).count();
    json!({
        "id": w.id, "url": "https://videos.example/x", "text": if w.deleted { "" } else { w.text.as_str() }, "threadId": w.thread,
        "inReplyToCommentId": w.above, "videoId": w.video, "createdAt": time(w.at_us), "isDeleted": w.deleted,
        "totalReplies": below, "account": if w.deleted { Value::Null } else { person(net, w.by) }, "heldForReview": false,
    })
}

fn tree(net: &Net, held: &Held, w: &Word) -> Value {
    let below = held.words.values().filter(|c| c.above == Some(w.id));
    json!({"comment": comment(net, held, w), "children": below.map(|c| tree(net, held, c)).collect::<Vec<_>>()})
}

/// A page of a list that is newest first.
fn page(mut list: Vec<(i64, Value)>, asked: &Asked) -> Response {
    let number = |name: &str, other: usize| asked.get(name).and_then(|n| n.parse().ok()).unwrap_or(other);
    list.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let data: Vec<Value> =
        list.iter().skip(number("start", 0)).take(number("count", 15).min(100)).map(|(_, v)| v.clone()).collect();
    Json(json!({"total": list.len(), "data": data})).into_response()
}

fn read(net: &Net, held: &Held, path: &[&str], asked: &Asked) -> Response {
    match path {
        ["users", "me"] => {
            let channels = [channel(net, ELSEWHERE), channel(net, CHANNEL)];
            Json(json!({"id": 1, "username": "agency", "account": person(net, ME), "videoChannels": channels}))
                .into_response()
        }
        ["video-channels", "roads"] => Json(channel(net, CHANNEL)).into_response(),
        ["video-channels", _] => no(404, "", "Video channel not found"),
        ["accounts", "agency"] => Json(person(net, ME)).into_response(),
        ["accounts", _] => no(404, "", "Account not found"),
        ["accounts", "agency", "video-channels"] => {
            page(vec![(2, channel(net, ELSEWHERE)), (1, channel(net, CHANNEL))], asked)
        }
        ["users", "me", "videos"] => {
            page(held.films.values().map(|f| (f.at_us, video(net, held, f, false))).collect(), asked)
        }
        ["users", "me", "videos", "comments"] if !net.ways.old => {
            let all = held.words.values().filter(|w| !w.deleted).filter_map(|w| {
                let film = held.films.get(&w.video)?;
                let mut it = comment(net, held, w);
                it["video"] =
                    json!({"id": film.id, "uuid": film.uuid, "name": film.name, "channel": channel(net, film.channel)});
                Some((w.at_us, it))
            });
            page(all.collect(), asked)
        }
        ["videos", uuid] => held.find(uuid).map_or_else(gone, |f| Json(video(net, held, f, true)).into_response()),
        ["videos", uuid, "comment-threads"] => {
            let Some(film) = held.find(uuid) else { return gone() };
            let first = held.words.values().filter(|w| w.video == film.id && w.above.is_none());
            page(first.map(|w| (w.at_us, comment(net, held, w))).collect(), asked)
        }
        ["videos", uuid, "comment-threads", id] => {
            let film = held.find(uuid).map(|f| f.id);
            let word = id.parse().ok().and_then(|id: u64| held.words.get(&id)).filter(|w| Some(w.video) == film);
            word.map_or_else(gone, |w| Json(tree(net, held, w)).into_response())
        }
        // So it answers what it does not know.
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn write(net: &Net, held: &mut Held, method: &Method, path: &[&str], given: &Value) -> Response {
    let done = || StatusCode::NO_CONTENT.into_response();
    match (method.as_str(), path) {
        ("PUT", ["videos", uuid]) => {
            let now = held.moment();
            let Some(film) = held.find_mut(uuid) else { return gone() };
            let text = |name: &str| given[name].as_str().map(str::to_owned);
            if text("name").is_some_and(|n| !(3..=120).contains(&n.chars().count())) {
                return no(400, "", "Incorrect request parameters: name");
            }
            film.name = text("name").unwrap_or_else(|| film.name.clone());
            film.description = text("description").or_else(|| film.description.clone());
            film.language = text("language").or_else(|| film.language.clone());
            if let Some(privacy) = given["privacy"].as_u64() {
                if film.privacy == 3 && privacy != 3 {
                    film.at_us = now;
                }
                film.privacy = privacy;
            }
            done()
        }
        ("DELETE", ["videos", uuid]) => {
            let Some(id) = held.find(uuid).map(|f| f.id) else { return gone() };
            held.films.remove(&id);
            done()
        }
        ("POST", ["videos", uuid, rest @ ..]) => {
            let Some(video) = held.find(uuid).map(|f| f.id) else { return gone() };
            let above = match rest {
                ["comment-threads"] => None,
                ["comments", id] => id.parse().ok(),
                _ => return no(400, "", "Bad request"),
            };
            if above.is_some_and(|id| held.words.get(&id).is_none_or(|w| w.video != video || w.deleted)) {
                return no(404, "", "Video comment thread not found");
            }
            let text = given["text"].as_str().unwrap_or_default();
            if text.is_empty() || text.chars().count() > 10_000 {
                return no(400, "", "Incorrect request parameters: text");
            }
            let word = held.say(video, above, ME, text);
            Json(json!({"comment": comment(net, held, &word)})).into_response()
        }
        ("DELETE", ["videos", _, "comments", id]) => {
            let word = id.parse().ok().and_then(|id: u64| held.words.get_mut(&id));
            match word {
                None => no(404, "", "Video comment thread not found"),
                Some(word) if word.deleted => no(409, "", "This comment is already deleted"),
                Some(word) => {
                    word.deleted = true;
                    done()
                }
            }
        }
        _ => no(400, "", "Bad request"),
    }
}
