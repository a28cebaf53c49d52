//! What our own YouTube answers to everything but uploads.
use super::cost;
use super::fake::{APP, CHANNEL, Comment, Held, KEY, Net, REFRESH, STRANGER, TOKENS, UPLOADS, Video, no, text_of};
use super::fake_upload::words;
use super::{CHANNELS, COMMENTS, MODERATION, PLAYLIST, THREADS, VIDEOS};
use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Asked = BTreeMap<String, String>;

/// Answers that come with a thread.
const TOLD_WITH: usize = 2;

impl Held {
    /// Whether the quota still holds so much.
    pub fn pays(&mut self, quota: Option<u32>, units: u32) -> bool {
        let enough = quota.is_none_or(|all| self.used + units <= all);
        if enough {
            self.used += units;
        }
        enough
    }
}

pub fn call(net: &Net, method: &Method, path: &str, asked: &Asked, body: &[u8]) -> Response {
    if path == TOKENS {
        return keys(net, body);
    }
    let mut held = net.held();
    let units = if method == Method::GET { cost::LIST } else { cost::WRITE };
    if !held.pays(net.ways.units, units) {
        return no(403, "quotaExceeded", "You have exceeded your <a href=\"/quota\">quota</a>.");
    }
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    match (method.as_str(), path) {
        ("GET", CHANNELS) => channels(asked),
        ("GET", VIDEOS) => videos(net, &mut held, asked),
        ("PUT", VIDEOS) => update(net, &mut held, asked, &sent),
        ("DELETE", VIDEOS) => delete_video(&mut held, asked),
        ("GET", PLAYLIST) => uploads(&held, asked),
        ("GET", THREADS) => threads(&held, asked),
        ("GET", COMMENTS) => comments(&held, asked),
        ("POST", THREADS) => {
            let to = word(&sent, "/snippet/videoId");
            // The page of `commentThreads.insert` wants both, and names this refusal.
            if to.is_empty() || word(&sent, "/snippet/channelId").is_empty() {
                return no(400, "channelOrVideoIdMissing", "Each comment thread must be linked to a channel or video.");
            }
            say(&mut held, &to, &word(&sent, "/snippet/topLevelComment/snippet/textOriginal"))
        }
        ("POST", COMMENTS) => {
            let to = word(&sent, "/snippet/parentId");
            say(&mut held, &to, &word(&sent, "/snippet/textOriginal"))
        }
        ("PUT", COMMENTS) => reword(&mut held, &sent),
        ("DELETE", COMMENTS) => delete_comment(&mut held, asked),
        ("POST", MODERATION) => moderate(&mut held, asked),
        _ => no(404, "notFound", "There is no such call."),
    }
}

fn word(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn is(asked: &Asked, name: &str, value: &str) -> bool {
    asked.get(name).is_some_and(|v| v == value)
}

fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A page of a list; one without anything in it may lack its items.
fn page(kind: &str, all: Vec<Value>, asked: &Asked) -> Response {
    let size: usize = asked.get("maxResults").and_then(|n| n.parse().ok()).unwrap_or(5);
    let start: usize = asked.get("pageToken").and_then(|t| t.strip_prefix("P+=")?.parse().ok()).unwrap_or(0);
    let mut out = json!({"kind": format!("youtube#{kind}ListResponse"), "pageInfo": {"totalResults": all.len()}});
    if start + size < all.len() {
        out["nextPageToken"] = json!(format!("P+={}", start + size));
    }
    let some: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    if !some.is_empty() || kind != "channel" {
        out["items"] = json!(some);
    }
    Json(out).into_response()
}

fn channels(asked: &Asked) -> Response {
    let ours = is(asked, "mine", "true") || is(asked, "id", CHANNEL) || is(asked, "forHandle", "@roads.bt");
    let channel = json!({
        "kind": "youtube#channel",
        "id": CHANNEL,
        "snippet": {"title": "Department of Roads", "customUrl": "@roads.bt"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
    });
    page("channel", if ours { vec![channel] } else { vec![] }, asked)
}

fn status(net: &Net, video: &Video) -> Value {
    let upload = match net.ways.rejects {
        _ if video.asked < net.ways.slow => "uploaded",
        Some(_) => "rejected",
        None => "processed",
    };
    let mut out = json!({"uploadStatus": upload, "privacyStatus": video.privacy, "madeForKids": video.for_children});
    if upload == "rejected" {
        out["rejectionReason"] = json!(net.ways.rejects);
    }
    out
}

fn videos(net: &Net, held: &mut Held, asked: &Asked) -> Response {
    let mut found = vec![];
    let replies = |id: &str| held.comments.iter().filter(|c| c.video == id).count();
    let counted: Vec<(String, usize)> = held.videos.iter().map(|v| (v.id.clone(), replies(&v.id))).collect();
    let part = asked.get("part").map(String::as_str).unwrap_or_default();
    for video in held.videos.iter_mut().filter(|v| is(asked, "id", &v.id)) {
        let mut out = json!({"kind": "youtube#video", "id": video.id});
        for part in part.split(',') {
            let count = counted.iter().find(|(id, _)| *id == video.id).map_or(0, |(_, n)| *n);
            out[part] = match part {
                "snippet" => video.snippet.clone(),
                "status" => status(net, video),
                "statistics" => json!({"viewCount": "4711", "likeCount": "12", "commentCount": count.to_string()}),
                "fileDetails" => json!({"fileSize": video.film.len().to_string()}),
                "processingDetails" => json!({"processingStatus": "processing"}),
                _ => return no(400, "unknownPart", "There is no such part."),
            };
        }
        video.asked += 1;
        found.push(out);
    }
    page("video", found, asked)
}

/// A part that is sent takes the place of the old one altogether.
fn update(net: &Net, held: &mut Held, asked: &Asked, sent: &Value) -> Response {
    let id = word(sent, "/id");
    let Some(video) = held.videos.iter_mut().find(|v| v.id == id) else {
        return no(404, "videoNotFound", "The video that you are trying to update cannot be found.");
    };
    let snippet = sent.get("snippet").cloned().unwrap_or_default();
    match asked.get("part").map(String::as_str) {
        Some("status") => {
            video.for_children = sent.pointer("/status/selfDeclaredMadeForKids").and_then(Value::as_bool);
            let asked_for = word(sent, "/status/privacyStatus");
            if asked_for == "public" && net.ways.unaudited {
                video.privacy = "private".into();
            } else {
                video.privacy = asked_for;
            }
            Json(json!({"kind": "youtube#video", "id": id, "status": status(net, video)})).into_response()
        }
        Some("snippet") => {
            if !snippet.get("categoryId").is_some_and(Value::is_string) {
                return no(
                    400,
                    "invalidCategoryId",
                    "The snippet.categoryId property specifies an invalid category ID.",
                );
            }
            if let Some(refused) = words(&word(&snippet, "/title"), &word(&snippet, "/description")) {
                return refused;
            }
            video.snippet = snippet.clone();
            Json(json!({"kind": "youtube#video", "id": id, "snippet": snippet})).into_response()
        }
        _ => no(400, "unknownPart", "There is no such part."),
    }
}

fn delete_video(held: &mut Held, asked: &Asked) -> Response {
    let before = held.videos.len();
    held.videos.retain(|v| !is(asked, "id", &v.id));
    if held.videos.len() < before { nothing() } else { no(404, "videoNotFound", "The video cannot be found.") }
}

fn uploads(held: &Held, asked: &Asked) -> Response {
    if !is(asked, "playlistId", UPLOADS) {
        return no(404, "playlistNotFound", "The playlist cannot be found.");
    }
    let item = |v: &Video| {
        let mut out = json!({
            "kind": "youtube#playlistItem",
            "snippet": {
                "title": v.snippet["title"],
                "description": v.snippet["description"],
                "publishedAt": text_of(v.at_us),
            },
            "contentDetails": {"videoId": v.id},
            "status": {"privacyStatus": v.privacy},
        });
        if v.privacy == "public" {
            out["contentDetails"]["videoPublishedAt"] = json!(text_of(v.at_us));
        }
        out
    };
    page("playlistItem", held.videos.iter().rev().map(item).collect(), asked)
}

fn comment(c: &Comment) -> Value {
    let name = if c.author == STRANGER { "@pema" } else { "@roads.bt" };
    let mut snippet = json!({
        "authorDisplayName": name,
        "authorChannelId": {"value": c.author},
        "textDisplay": c.text,
        "videoId": c.video,
        "likeCount": 3,
        "publishedAt": text_of(c.at_us),
        "updatedAt": text_of(c.at_us),
    });
    if let Some(parent) = &c.parent {
        snippet["parentId"] = json!(parent);
    }
    json!({"kind": "youtube#comment", "id": c.id, "snippet": snippet})
}

fn threads(held: &Held, asked: &Asked) -> Response {
    let fits = is(asked, "allThreadsRelatedToChannelId", CHANNEL) && is(asked, "order", "time");
    if !fits || !is(asked, "textFormat", "plainText") {
        return no(400, "invalidFilters", "The filters do not fit.");
    }
    let thread = |c: &Comment| {
        let answers: Vec<Value> =
            held.comments.iter().filter(|a| a.parent.as_ref() == Some(&c.id)).map(comment).collect();
        json!({
            "kind": "youtube#commentThread",
            "id": c.id,
            "snippet": {"videoId": c.video, "topLevelComment": comment(c), "totalReplyCount": answers.len()},
            "replies": {"comments": answers.iter().rev().take(TOLD_WITH).collect::<Vec<_>>()},
        })
    };
    let firsts =
        held.comments.iter().rev().filter(|c| c.parent.is_none() && is(asked, "moderationStatus", &c.standing));
    page("commentThread", firsts.map(thread).collect(), asked)
}

fn comments(held: &Held, asked: &Asked) -> Response {
    let wanted = |c: &&Comment| match &c.parent {
        Some(parent) if is(asked, "parentId", parent) => true,
        _ => is(asked, "id", &c.id),
    };
    page("comment", held.comments.iter().filter(wanted).map(comment).collect(), asked)
}

fn say(held: &mut Held, to: &str, text: &str) -> Response {
    if text.trim().is_empty() {
        return no(400, "commentTextRequired", "The text is missing.");
    }
    match held.add_comment(CHANNEL, to, text) {
        Some(id) => Json(json!({"kind": "youtube#comment", "id": id})).into_response(),
        None => no(404, "parentCommentNotFound", "What is answered cannot be found."),
    }
}

fn reword(held: &mut Held, sent: &Value) -> Response {
    let (id, text) = (word(sent, "/id"), word(sent, "/snippet/textOriginal"));
    match held.comments.iter_mut().find(|c| c.id == id && c.author == CHANNEL) {
        Some(c) => {
            c.text = text;
            Json(comment(c)).into_response()
        }
        None => no(404, "commentNotFound", "The comment cannot be found."),
    }
}

fn delete_comment(held: &mut Held, asked: &Asked) -> Response {
    let before = held.comments.len();
    held.comments.retain(|c| !is(asked, "id", &c.id));
    if held.comments.len() < before { nothing() } else { no(404, "commentNotFound", "The comment cannot be found.") }
}

fn moderate(held: &mut Held, asked: &Asked) -> Response {
    let Some(c) = held.comments.iter_mut().find(|c| is(asked, "id", &c.id)) else {
        return no(404, "commentNotFound", "The comment cannot be found.");
    };
    match asked.get("moderationStatus").map(String::as_str) {
        Some(standing @ ("published" | "heldForReview")) => c.standing = standing.to_owned(),
        _ => return no(400, "operationNotSupported", "There is no such standing."),
    }
    nothing()
}

/// For a code, and for what renews, which stays the same.
fn keys(net: &Net, body: &[u8]) -> Response {
    let form: Asked = url::form_urlencoded::parse(body).into_owned().collect();
    let error = if !is(&form, "client_id", APP.0) || !is(&form, "client_secret", APP.1) {
        "invalid_client"
    } else if is(&form, "grant_type", "authorization_code") {
        match net.held().permits.redeem(APP.0, &form) {
            Some(scope) => {
                let key = json!({"access_token": KEY, "expires_in": 3599, "refresh_token": REFRESH, "scope": scope});
                return Json(key).into_response();
            }
            None => "invalid_grant",
        }
    } else if !is(&form, "refresh_token", REFRESH) || !is(&form, "grant_type", "refresh_token") {
        "invalid_grant"
    } else {
        let new = json!({"access_token": "ya29.next", "expires_in": 3599, "scope": "youtube", "token_type": "Bearer"});
        return Json(new).into_response();
    };
    let told = json!({"error": error, "error_description": "Token has been expired or revoked."});
    (StatusCode::BAD_REQUEST, Json(told)).into_response()
}
