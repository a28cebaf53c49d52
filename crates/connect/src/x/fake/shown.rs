//! How the server of our own shows a post and a page of posts, as X does.
use super::{FakePost, Held, OURS, Ways};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything of a post that may be asked for here.
const FIELDS: [&str; 8] =
    ["created_at", "author_id", "entities", "referenced_tweets", "note_tweet", "lang", "public_metrics", "text"];
const PARAMETERS: [&str; 7] =
    ["tweet.fields", "max_results", "since_id", "start_time", "pagination_token", "expansions", "user.fields"];

pub fn problem(status: u16, kind: &str, title: &str, detail: &str) -> Response {
    let kind = if kind == "about:blank" { kind.to_owned() } else { format!("https://api.x.com/2/problems/{kind}") };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (code, Json(json!({"title": title, "detail": detail, "type": kind, "status": status}))).into_response()
}

/// What is not there, as reads tell it: with status 200.
pub fn missing(what: &str, value: &str) -> Value {
    json!({"errors": [{
        "value": value, "detail": format!("Could not find {what} with id: [{value}]."), "title": "Not Found Error",
        "resource_type": what, "parameter": "id", "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }]})
}

pub fn user(id: u64) -> Value {
    let (name, username) = if id == OURS { ("Department of Roads", "roads") } else { ("Pema D.", "pema") };
    json!({"id": id.to_string(), "name": name, "username": username})
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The words with short links in place of links, and what each stands for.
fn shortened(post: &FakePost, text: &str) -> (String, Vec<Value>) {
    let (mut out, mut urls) = (String::new(), Vec::new());
    let mut link = |to: String, media: Option<&String>| {
        let n = if media.is_some() { 99 } else { urls.len() };
        let url = format!("https://t.co/L{}n{n}", post.id);
        urls.push(
            json!({"start": 0, "end": 23, "url": url, "expanded_url": to, "display_url": to, "media_key": media}),
        );
        url
    };
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let space = &word[bare.len()..];
        match bare {
            b if b.starts_with("https://") => out.push_str(&link(b.to_owned(), None)),
            b if b.ends_with(".bt") => out.push_str(&link(format!("http://{b}"), None)),
            b => out.push_str(&escaped(b)),
        }
        out.push_str(space);
    }
    for (n, media) in post.media.iter().enumerate() {
        let url = link(format!("https://x.com/roads/status/{}/photo/{}", post.id, n + 1), Some(media));
        if n == 0 {
            out.push_str(&format!("{}{url}", if out.is_empty() { "" } else { " " }));
        }
    }
    (out, urls)
}

pub fn shown(held: &Held, ways: Ways, post: &FakePost, asked: &BTreeMap<String, String>) -> Value {
    let asked = asked.get("tweet.fields").map(String::as_str).unwrap_or_default();
    let wants = |field: &str| asked.split(',').any(|f| f == field);
    let parent = post.reply_to.and_then(|id| held.posts.get(&id)).filter(|p| p.author != post.author);
    let before = parent.map(|p| format!("@{} ", user(p.author)["username"].as_str().unwrap_or_default()));
    let before = before.filter(|b| !post.text.starts_with(b.as_str())).unwrap_or_default();
    let (text, urls) = shortened(post, &format!("{before}{}", post.text));
    let mut out = json!({"id": post.id.to_string(), "text": text});
    let mut tell = |field: &str, name: &str, value: Value| {
        if wants(field) && !value.is_null() {
            out[name] = value;
        }
    };
    let (referenced, reposts) =
        if ways.newer { ("referenced_posts", "repost_count") } else { ("referenced_tweets", "retweet_count") };
    tell(
        "created_at",
        "created_at",
        json!(jiff::Timestamp::from_microsecond(post.at_us).unwrap_or_default().to_string()),
    );
    tell("author_id", "author_id", json!(post.author.to_string()));
    tell("lang", "lang", json!("en"));
    if !urls.is_empty() && !ways.riddles {
        tell("entities", "entities", json!({"urls": urls}));
    }
    let reply = post.reply_to.map(|id| json!([{"type": "replied_to", "id": id.to_string()}]));
    tell("referenced_tweets", referenced, json!(reply));
    let replies = held.posts.values().filter(|p| p.reply_to == Some(post.id)).count();
    let mut counts = json!({"like_count": 3, "quote_count": 1, "reply_count": replies, "impression_count": 120, "bookmark_count": 0});
    counts[reposts] = json!(2);
    tell("public_metrics", "public_metrics", counts);
    out
}

/// A page of a list that begins with the newest, or what is wrong with the question.
pub fn page(held: &Held, ways: Ways, all: &[&FakePost], asked: &BTreeMap<String, String>) -> Result<Value, String> {
    if let Some(other) = asked.keys().find(|k| !PARAMETERS.contains(&k.as_str())) {
        return Err(format!("The query parameter [{other}] is not known"));
    }
    let of = |name: &str| asked.get(name).map(String::as_str);
    if let Some(field) = of("tweet.fields").unwrap_or("text").split(',').find(|f| !FIELDS.contains(f)) {
        return Err(format!("The `tweet.fields` query parameter value [{field}] is not one of [{}]", FIELDS.join(",")));
    }
    let most: usize = of("max_results").unwrap_or("10").parse().unwrap_or_default();
    if !(5..=100).contains(&most) {
        return Err(format!("The `max_results` query parameter value [{most}] is not between 5 and 100"));
    }
    let since =
        of("since_id").map(|id| id.parse::<u64>().map_err(|_| "since_id: not a number".to_owned())).transpose()?;
    let start = match of("start_time") {
        Some(t) if t.len() == 20 && t >= "2010-11-06T00:00:00Z" => t.parse::<jiff::Timestamp>().ok(),
        Some(t) => return Err(format!("Invalid use of 'start_time' [{t}]")),
        None => None,
    };
    let start = start.map_or(i64::MIN, |t| t.as_microsecond());
    let before: u64 = match of("pagination_token") {
        Some(token) => token.strip_prefix("7140w").and_then(|n| n.parse().ok()).ok_or("pagination_token: not valid")?,
        None => u64::MAX,
    };
    let fits = |p: &&&FakePost| p.id < before && p.id > since.unwrap_or_default() && p.at_us >= start;
    let mut found: Vec<&&FakePost> = all.iter().filter(fits).take(most + 1).collect();
    let more = found.len() > most;
    found.truncate(most);
    let mut meta = json!({"result_count": found.len()});
    let (Some(newest), Some(oldest)) = (found.first(), found.last()) else { return Ok(json!({"meta": meta})) };
    meta["newest_id"] = json!(newest.id.to_string());
    meta["oldest_id"] = json!(oldest.id.to_string());
    if more {
        meta["next_token"] = json!(format!("7140w{}", oldest.id));
    }
    let mut page = json!({"data": found.iter().map(|p| shown(held, ways, p, asked)).collect::<Vec<_>>(), "meta": meta});
    if of("expansions") == Some("author_id") {
        page["includes"] = json!({"users": [user(OURS), user(9)]});
    }
    Ok(page)
}
