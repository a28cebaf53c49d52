//! What the methods do that send, change and remove messages.
use super::{CHANNEL, GROUP};
use super::{Files, Given, Message, Net, chat, no, number, text, yes};
use axum::response::Response;
use serde_json::{Value, json};

/// The hosted Bot API's limits on pictures and on all other files: 10 and 50 MB.
const PICTURE: usize = 10 << 20;
const FILE: usize = 50 << 20;

pub(super) fn message(net: &Net, chat: i64, given: &Given) -> Response {
    let words = text(given, "text").trim().to_owned();
    if words.encode_utf16().count() > 4096 {
        return no(400, "Bad Request: message is too long");
    }
    if words.is_empty() {
        return no(400, "Bad Request: message text is empty");
    }
    told(made(net, chat, given, words, (0, None)))
}

pub(super) fn enclosed(net: &Net, chat: i64, given: &Given, files: &Files, kind: &str) -> Response {
    let Some((name, bytes)) = files.get(kind).filter(|(_, bytes)| *bytes > 0) else {
        return no(400, &format!("Bad Request: there is no {kind} in the request"));
    };
    if *bytes > if kind == "photo" { PICTURE } else { FILE } {
        return no(413, "Request Entity Too Large");
    }
    let words = text(given, "caption").trim().to_owned();
    if words.encode_utf16().count() > 1024 {
        return no(400, "Bad Request: message caption is too long");
    }
    let with = if kind == "photo" { (1, None) } else { (0, Some(recording(kind, name, *bytes, given))) };
    told(made(net, chat, given, words, with))
}

/// A film or sound, and what was said of it beside its words.
fn recording(kind: &str, name: &str, bytes: usize, said: &Given) -> Value {
    let mut out = json!({"kind": kind, "file": name, "bytes": bytes});
    for name in ["width", "height", "duration", "supports_streaming", "title"] {
        if let Some(value) = said.get(name) {
            out[name] = value.clone();
        }
    }
    out
}

fn told(made: Result<Value, &str>) -> Response {
    match made {
        Ok(message) => yes(&message),
        Err(text) => no(400, text),
    }
}

fn made(
    net: &Net,
    chat: i64,
    given: &Given,
    text: String,
    (pictures, recording): (usize, Option<Value>),
) -> Result<Value, &'static str> {
    let mut held = net.held();
    let reply_to = given.get("reply_parameters").map(|r| number(r.get("message_id")).unwrap_or_default());
    // Messages of others in the group are not held here: those are taken on trust.
    if reply_to.is_some_and(|id| chat == CHANNEL && !held.messages.contains_key(&id)) {
        return Err("Bad Request: message to be replied not found");
    }
    let id = held.number();
    held.messages.insert(id, Message { chat, text: text.clone(), pictures, recording, reply_to });
    if chat == CHANNEL && !net.ways.no_group {
        let copy = json!({
            "message_id": id + 5000, "date": 1_795_000_000, "chat": net.chat(GROUP), "sender_chat": net.chat(CHANNEL),
            "is_automatic_forward": true, "text": text,
        });
        held.update(copy);
    }
    Ok(json!({"message_id": id, "chat": net.chat(chat), "date": 1_795_000_000, "text": text}))
}

pub(super) fn album(net: &Net, chat: i64, given: &Given, files: &Files) -> Response {
    let items = given.get("media").and_then(Value::as_array).cloned().unwrap_or_default();
    let there = |m: &Value| {
        let name = m.get("media").and_then(Value::as_str).and_then(|m| m.strip_prefix("attach://"));
        name.and_then(|n| files.get(n)).is_some_and(|(_, bytes)| *bytes > 0)
    };
    if !(2..=10).contains(&items.len()) || !items.iter().all(there) {
        return no(400, "Bad Request: wrong number or kind of media");
    }
    let captions: Vec<&str> =
        items.iter().map(|m| m.get("caption").and_then(Value::as_str).unwrap_or_default()).collect();
    if captions.iter().any(|c| c.encode_utf16().count() > 1024) {
        return no(400, "Bad Request: message caption is too long");
    }
    let one = |c: &&str| made(net, chat, given, (*c).to_owned(), (1, None));
    told(captions.iter().map(one).collect::<Result<Vec<Value>, &str>>().map(Value::Array))
}

pub(super) fn edit(net: &Net, method: &str, given: &Given, files: &Files) -> Response {
    let mut held = net.held();
    let id = number(given.get("message_id")).unwrap_or_default();
    let Some(message) = held.messages.get_mut(&id).filter(|m| Some(m.chat) == chat(given)) else {
        return no(400, "Bad Request: message to edit not found");
    };
    let (words, most) = match method {
        "editMessageText" if message.pictures > 0 || message.recording.is_some() => {
            return no(400, "Bad Request: there is no text in the message to edit");
        }
        "editMessageText" => (text(given, "text"), 4096),
        "editMessageCaption" => (text(given, "caption"), 1024),
        _ => {
            let media = given.get("media").and_then(Value::as_object).cloned().unwrap_or_default();
            let name = text(&media, "media").strip_prefix("attach://").unwrap_or_default();
            let Some((file, bytes)) = files.get(name).filter(|(_, bytes)| *bytes > 0) else {
                return no(400, "Bad Request: wrong file");
            };
            (message.pictures, message.recording) = match text(&media, "type") {
                kind @ ("video" | "audio") => (0, Some(recording(kind, file, *bytes, &media))),
                _ => (1, None),
            };
            (given.get("media").and_then(|m| m.get("caption")).and_then(Value::as_str).unwrap_or_default(), 1024)
        }
    };
    if words.encode_utf16().count() > most {
        return no(400, "Bad Request: message is too long");
    }
    if words == message.text && method != "editMessageMedia" {
        return no(400, "Bad Request: message is not modified: specified new message content is the same");
    }
    message.text = words.to_owned();
    yes(&json!({"message_id": id, "chat": net.chat(message.chat)}))
}

pub(super) fn delete(net: &Net, method: &str, given: &Given) -> Response {
    let mut held = net.held();
    let ids: Vec<i64> = match given.get("message_ids").and_then(Value::as_array) {
        Some(ids) => ids.iter().filter_map(|id| number(Some(id))).collect(),
        None => number(given.get("message_id")).into_iter().collect(),
    };
    let Some(first) = ids.first() else { return no(400, "Bad Request: message identifier is not specified") };
    if method == "deleteMessage" && !held.messages.contains_key(first) {
        return no(400, "Bad Request: message to delete not found");
    }
    for id in ids {
        held.messages.remove(&id);
    }
    yes(&json!(true))
}
