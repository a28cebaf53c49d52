//! The calls that our own LinkedIn answers ([`super::fake`]).
use super::fake::{Held, KEY, Net, PAGE, Said, comment, entry, missing, no, said, shown, thread};
use super::fake_films;
use axum::Json;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Query = BTreeMap<String, String>;

/// One part of an address; an urn in it must be escaped.
fn decoded(part: &str) -> Option<String> {
    if part.contains(':') && !part.starts_with("(id:") {
        return None;
    }
    url::form_urlencoded::parse(format!("v={part}").as_bytes()).next().map(|(_, v)| v.into_owned())
}

/// The permission that a call needs (“Posts API” and “Comments API”, each under “Permissions”; the latter as of 2026).
fn needed(method: &Method, path: &str) -> &'static str {
    match (*method == Method::GET, path.starts_with("/rest/socialActions/")) {
        (true, true) => "r_organization_social_feed",
        (false, true) => "w_organization_social_feed",
        (true, false) if path.starts_with("/rest/organization") => "rw_organization_admin",
        (true, false) => "r_organization_social",
        (false, false) => "w_organization_social",
    }
}

pub(super) fn call(net: &Net, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let parts: Option<Vec<String>> = uri.path().split('/').filter(|p| !p.is_empty()).map(decoded).collect();
    let Some(parts) = parts else { return no(400, 0, "ILLEGAL_ARGUMENT", "Syntax exception in path variables") };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let needed = needed(method, uri.path());
    if net.held().permitted.as_ref().is_some_and(|all| all.split(',').all(|one| one != needed)) {
        return no(403, 100, "ACCESS_DENIED", &format!("Not enough permissions to access: {needed}"));
    }
    let query: Query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let given: Value = serde_json::from_slice(body).unwrap_or_default();
    let partial = headers.get("x-restli-method").is_some_and(|m| m == "PARTIAL_UPDATE");
    match (method.as_str(), parts.as_slice()) {
        ("POST", ["rest", "images"]) => begin_upload(net, &given),
        ("POST", ["rest", "videos"]) => match query.get("action").map(String::as_str) {
            Some("initializeUpload") => fake_films::begin(net, &given),
            Some("finalizeUpload") => fake_films::end(net, &given),
            _ => missing(),
        },
        ("GET", ["rest", "videos", urn]) => fake_films::status(net, urn),
        ("POST", ["rest", "posts"]) => post(net, &given),
        ("POST", ["rest", "posts", urn]) if partial => change(net, urn, given.pointer("/patch/$set/commentary"), true),
        ("DELETE", ["rest", "posts", urn]) => {
            // Again and again with the same answer. What stood below it is kept, though nobody sees it any more.
            net.held().said.retain(|_, s| s.urn != **urn || s.post.is_some());
            StatusCode::NO_CONTENT.into_response()
        }
        ("POST", ["rest", "socialActions", urn, "comments"]) => answer(net, urn, &given),
        (_, ["rest", "socialActions", name, "comments", id]) => {
            one_comment(net, method, (name, id), &query, given.pointer("/patch/message/$set/text"))
        }
        ("GET", _) => read(net, &parts, &query, headers),
        _ => missing(),
    }
}

fn begin_upload(net: &Net, given: &Value) -> Response {
    if given.pointer("/initializeUploadRequest/owner") != Some(&json!(PAGE)) {
        return no(400, 0, "ILLEGAL_ARGUMENT", "owner is missing");
    }
    let urn = format!("urn:li:image:C4E_{}", net.held().number());
    let to = net.ways.uploads_to.clone().unwrap_or_else(|| net.address.clone());
    let value =
        json!({"uploadUrlExpiresAt": 1_893_456_000_000_i64, "uploadUrl": format!("{to}/upload/{urn}"), "image": urn});
    Json(json!({"value": value})).into_response()
}

fn refused(code: &str, path: &str, text: &str) -> Response {
    let input = json!({"code": code, "description": text, "input": {"inputPath": {"fieldPath": path}}});
    let answer = json!({"status": 422, "message": "Input validation failed", "errorDetails": {"inputErrors": [input]}});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(answer)).into_response()
}

/// The pictures of a post, all of which must have been uploaded, or its film, which must be available.
fn pictures(net: &Net, held: &Held, content: &Value) -> bool {
    if let Some(film) = content.pointer("/media/id").and_then(Value::as_str).and_then(|id| held.films.get(id)) {
        return fake_films::is_available(net, film);
    }
    let all: Vec<&Value> = match content.pointer("/multiImage/images").and_then(Value::as_array) {
        Some(many) if many.len() > 1 => many.iter().collect(),
        Some(_) => return false,
        None => content.get("media").into_iter().collect(),
    };
    all.iter().all(|p| p["id"].as_str().is_some_and(|id| held.uploaded.contains_key(id)))
}

fn post(net: &Net, given: &Value) -> Response {
    let mut held = net.held();
    let text = given["commentary"].as_str().unwrap_or_default();
    if given["author"] != PAGE || given["visibility"] != "PUBLIC" || given["lifecycleState"] != "PUBLISHED" {
        return no(403, 100, "ACCESS_DENIED", "Not enough permissions to access: posts.CREATE");
    }
    if shown(text).chars().count() > 3000 {
        return refused("FIELD_LENGTH_TOO_LONG", "commentary", "The text is too long");
    }
    if let Some(old) = held.said.values().find(|s| s.post.is_none() && s.raw == text && given["content"].is_null()) {
        let text = format!("Duplicate post is detected. Content is a duplicate of {}", old.urn);
        return refused("DUPLICATE_POST", "", &text);
    }
    if !pictures(net, &held, &given["content"]) {
        return refused("INVALID_URN_ID", "content/media/id", "The picture is not known");
    }
    let mut text = text.to_owned();
    if net.ways.shortens {
        let short =
            |w: &str| if w.starts_with("https://") { r"https://lnkd.in/gX1\_".to_owned() } else { w.to_owned() };
        text = text.split(' ').map(short).collect::<Vec<_>>().join(" ");
    }
    let made = held.say(Said { content: given["content"].clone(), ..said(PAGE, &text) });
    (StatusCode::CREATED, [("x-restli-id", made.urn)], "").into_response()
}

fn change(net: &Net, urn: &str, text: Option<&Value>, ours: bool) -> Response {
    let mut held = net.held();
    let Some(said) = held.said.values_mut().find(|s| s.urn == urn && ours) else { return missing() };
    said.raw = text.and_then(Value::as_str).unwrap_or_default().to_owned();
    StatusCode::NO_CONTENT.into_response()
}

fn answer(net: &Net, urn: &str, given: &Value) -> Response {
    let mut held = net.held();
    let (object, text) = (given["object"].as_str().unwrap_or_default(), given["message"]["text"].as_str());
    let Some(post) = held.post_of(object).map(|p| p.urn.clone()) else { return missing() };
    let parent = given["parentComment"].as_str().map(str::to_owned);
    if given["actor"] != PAGE || parent.as_deref().unwrap_or(object) != urn {
        return no(400, 0, "ILLEGAL_ARGUMENT", "The object does not match the path");
    }
    if let Some(parent) = &parent {
        match held.find(parent) {
            Some((_, Said { parent: None, .. })) => {}
            Some(_) => return no(400, 0, "ILLEGAL_ARGUMENT", "Comments cannot be nested deeper"),
            None => return missing(),
        }
    }
    let said = held.say(Said { post: Some(post), parent, ..said(PAGE, text.unwrap_or_default()) });
    let number = held.find(&said.urn).map(|(n, _)| n).unwrap_or_default();
    (StatusCode::CREATED, [("x-restli-id", number.to_string())], Json(comment(&held, number, &said))).into_response()
}

fn one_comment(net: &Net, method: &Method, at: (&str, &str), query: &Query, text: Option<&Value>) -> Response {
    let number: u64 = at.1.parse().unwrap_or_default();
    let mut held = net.held();
    let Some(said) = held.said.get(&number).filter(|s| s.post.as_deref().is_some_and(|p| thread(p) == at.0)).cloned()
    else {
        return missing();
    };
    if *method == Method::GET {
        return Json(comment(&held, number, &said)).into_response();
    }
    if query.get("actor").map(String::as_str) != Some(PAGE) || said.actor != PAGE {
        return no(403, 100, "ACCESS_DENIED", "Not enough permissions to access: socialActions");
    }
    if *method == Method::DELETE {
        held.said.remove(&number);
        return StatusCode::NO_CONTENT.into_response();
    }
    drop(held);
    change(net, &said.urn, text, true);
    let held = net.held();
    Json(comment(&held, number, &Said { raw: text.and_then(Value::as_str).unwrap_or_default().into(), ..said }))
        .into_response()
}

fn list(net: &Net, query: &Query, all: Vec<Value>) -> Response {
    let number = |name: &str, or: usize| query.get(name).and_then(|n| n.parse().ok()).unwrap_or(or);
    let (start, count) = (number("start", 0), number("count", 10).min(100));
    let from = if net.ways.stuck { 0 } else { start };
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(from).take(count).collect();
    let mut paging = json!({"start": start, "count": count, "links": []});
    if !net.ways.stuck {
        paging["total"] = json!(total);
    }
    Json(json!({"elements": page, "paging": paging})).into_response()
}

fn social(held: &Held, urn: &str) -> Option<Value> {
    held.find(urn)?;
    let below = held.said.values().filter(|s| s.post.as_deref() == Some(urn) || s.parent.as_deref() == Some(urn));
    Some(json!({
        "entity": urn, "commentsState": "OPEN",
        "commentSummary": {"count": below.count(), "topLevelCount": held.below(urn).count()},
        "reactionSummaries": {
            "LIKE": {"reactionType": "LIKE", "count": 3}, "PRAISE": {"reactionType": "PRAISE", "count": 2},
        },
    }))
}

fn organization(number: &str, net: &Net) -> Value {
    json!({
        "id": number.parse::<u64>().unwrap_or_default(), "vanityName": "roads-bhutan", "localizedName": "Department of Roads",
        "primaryOrganizationType": "NONE", "staffCount": net.held().said.len(),
    })
}

fn read(net: &Net, parts: &[&str], query: &Query, headers: &HeaderMap) -> Response {
    let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    match parts {
        ["rest", "organizations"] if asked("q") == "vanityName" => {
            let found = asked("vanityName") == "roads-bhutan";
            let all = found.then(|| organization("2414183", net)).into_iter().collect();
            list(net, query, all)
        }
        ["rest", "organizations", "2414183"] => Json(organization("2414183", net)).into_response(),
        ["rest", "organizationAcls"] if asked("q") == "roleAssignee" => {
            let role = if net.ways.stranger { "DIRECT_SPONSORED_CONTENT_POSTER" } else { "ADMINISTRATOR" };
            let right =
                json!({"role": role, "organization": PAGE, "roleAssignee": "urn:li:person:me", "state": "APPROVED"});
            let other = json!({"role": "ADMINISTRATOR", "organization": "urn:li:organization:5", "state": "APPROVED"});
            list(net, query, vec![other, right])
        }
        ["rest", "people", id] => match id.strip_prefix("(id:").and_then(|id| id.strip_suffix(')')) {
            _ if net.ways.nameless => no(403, 100, "ACCESS_DENIED", "Not enough permissions to access: people.GET"),
            Some("pema_D-1") => {
                Json(json!({"id": "pema_D-1", "localizedFirstName": "Pema", "localizedLastName": "D."})).into_response()
            }
            Some(_) => Json(json!({"id": "private"})).into_response(),
            None => missing(),
        },
        ["rest", "posts"] if asked("q") == "author" && asked("sortBy") == "CREATED" => {
            let held = net.held();
            let all = held.said.values().rev().filter(|s| s.post.is_none() && s.actor == asked("author"));
            list(net, query, all.map(entry).collect())
        }
        ["rest", "posts", urn] => {
            let held = net.held();
            held.find(urn).map_or_else(missing, |(_, s)| Json(entry(s)).into_response())
        }
        ["rest", "socialMetadata"] if headers.get("x-restli-method").is_some_and(|m| m == "BATCH_GET") => {
            let ids = asked("ids").trim_start_matches("List(").trim_end_matches(')').to_owned();
            let held = net.held();
            let told = ids.split(',').filter_map(|urn| Some((urn.to_owned(), social(&held, urn)?)));
            Json(json!({"results": told.collect::<serde_json::Map<_, _>>(), "statuses": {}, "errors": {}}))
                .into_response()
        }
        ["rest", "socialMetadata", urn] => {
            let held = net.held();
            social(&held, urn).map_or_else(missing, |it| Json(it).into_response())
        }
        ["rest", "socialActions", urn, "comments"] => {
            let held = net.held();
            if held.find(urn).is_none() {
                return missing();
            }
            list(net, query, held.below(urn).map(|(n, s)| comment(&held, *n, s)).collect())
        }
        _ => missing(),
    }
}

/// For a code, and for what renews.
pub(super) fn keys(net: &Net, body: &[u8]) -> Response {
    let form = crate::fake_permits::form(body);
    let is = |name: &str, value: &str| form.get(name).is_some_and(|v| v == value);
    if !is("client_id", "86app") || !is("client_secret", "WPL_AP1.x==") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client", "error_description": "no"})))
            .into_response();
    }
    if is("grant_type", "authorization_code") {
        // LinkedIn tells what was permitted with commas between.
        let permitted = net.held().permits.redeem("86app", &form).map(|scope| scope.replace(' ', ","));
        return match permitted {
            Some(scope) => {
                net.held().permitted = Some(scope.clone());
                Json(json!({
                    "access_token": KEY, "expires_in": 5_183_999, "scope": scope,
                    "refresh_token": "AQXfirst", "refresh_token_expires_in": 31_536_059,
                }))
                .into_response()
            }
            None => {
                let said = "Unable to retrieve access token: appid/redirect uri/code verifier does not match";
                let error = json!({"error": "invalid_request", "error_description": said});
                (StatusCode::BAD_REQUEST, Json(error)).into_response()
            }
        };
    }
    let new = match form.get("refresh_token").map(String::as_str) {
        Some("AQXfirst") => json!({"access_token": "AQVnew", "expires_in": 5_183_999, "refresh_token": "AQXsecond:2"}),
        Some("AQXsecond:2") => json!({"access_token": "AQVnewer", "expires_in": 5_183_999, "refresh_token": " "}),
        Some("AQXodd") => json!({"access_token": ["x"]}),
        _ => {
            let error = json!({"error": "invalid_grant", "error_description": "AQXold and WPL_AP1.x== are not good"});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
    };
    Json(new).into_response()
}
