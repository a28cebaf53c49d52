//! A text as a message of a room, and a message as the text people read.
use super::entities::{Event, Picture};
use crate::Prepared;
use ground::crypto::hex;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Where a message of ours carries its mark: keys are known to one device only, the mark to whoever reads the room.
const MARK: &str = "bt.drelwa.mark";

/// What a key is recognised by in the room; it does not tell the key.
pub(super) fn mark(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    hex(&digest[..16])
}

pub(super) fn marked(event: &Event) -> Option<&str> {
    event.content.get(MARK)?.as_str()
}

/// A mark that is none of ours and none of anybody's.
pub(super) fn strangely_marked(event: &Event) -> bool {
    event.content.get(MARK).is_some_and(|mark| !mark.is_string())
}

/// Nothing that JSON would spell out in six letters; line ends and tabs stay.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// What is said, without how it hangs together with other messages. `None`: the picture's note cannot be read.
pub(super) fn content(prepared: &Prepared) -> Option<Map<String, Value>> {
    let text = clean(&prepared.text);
    let content = match prepared.media.first() {
        None => json!({"msgtype": "m.text", "body": text}),
        Some(note) => {
            let p: Picture = serde_json::from_str(note).ok()?;
            // The caption is the text. Matrix has no field of its own for the description: it is the name of the file.
            let body = if text.trim().is_empty() { &p.alt } else { &text };
            let kind = match p.mime.split('/').next() {
                Some("video") => "m.video",
                Some("audio") => "m.audio",
                _ => "m.image",
            };
            json!({"msgtype": kind, "body": body, "filename": p.alt, "url": p.uri,
                   "info": {"mimetype": p.mime, "size": p.size}})
        }
    };
    content.as_object().cloned()
}

pub(super) fn new(prepared: &Prepared, key: &str) -> Option<Value> {
    let mut content = content(prepared)?;
    content.insert(MARK.to_owned(), json!(mark(key)));
    // Nobody is called by name unless asked for.
    content.insert("m.mentions".to_owned(), json!({}));
    if let Some(to) = &prepared.reply_to {
        content.insert("m.relates_to".to_owned(), json!({"m.in_reply_to": {"event_id": to}}));
    }
    Some(Value::Object(content))
}

/// Other words in the place of a message. Programs that know no edits show the text after a star.
pub(super) fn replacing(prepared: &Prepared, event: &str) -> Option<Value> {
    let content = content(prepared)?;
    let mut out = content.clone();
    let body = content.get("body").and_then(Value::as_str).unwrap_or_default();
    out.insert("body".to_owned(), json!(format!("* {body}")));
    out.insert("m.new_content".to_owned(), Value::Object(content));
    out.insert("m.mentions".to_owned(), json!({}));
    out.insert("m.relates_to".to_owned(), json!({"rel_type": "m.replace", "event_id": event}));
    Some(Value::Object(out))
}

fn relation<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    event.content.get("m.relates_to")?.get(name)?.as_str()
}

pub(super) fn is_edit(event: &Event) -> bool {
    relation(event, "rel_type") == Some("m.replace")
}

/// Redacted events have lost their content.
pub(super) fn is_redacted(event: &Event) -> bool {
    event.unsigned.get("redacted_because").is_some() || event.content.as_object().is_none_or(Map::is_empty)
}

/// The message this answers: directly, or as part of a thread.
pub(super) fn answers(event: &Event) -> Option<&str> {
    let direct = event.content.get("m.relates_to").and_then(|r| r.get("m.in_reply_to")?.get("event_id")?.as_str());
    direct.or_else(|| relation(event, "event_id").filter(|_| relation(event, "rel_type") == Some("m.thread")))
}

/// What people read, after edits of its own author. `None`: nothing was said, or it is a program's notice.
pub(super) fn text(event: &Event) -> Option<String> {
    if event.kind != "m.room.message" || is_redacted(event) || is_edit(event) {
        return None;
    }
    if event.content.get("msgtype").and_then(Value::as_str).is_none_or(|t| t == "m.notice") {
        return None;
    }
    let newest = &event.unsigned["m.relations"]["m.replace"];
    let edited =
        newest["content"]["m.new_content"]["body"].as_str().filter(|_| newest["sender"] == event.sender.as_str());
    let body = edited.or_else(|| event.content.get("body")?.as_str())?;
    let body = if answers(event).is_some() { without_quote(body) } else { body };
    Some(clean(body)).filter(|t| !t.trim().is_empty())
}

/// What stands beside an event whose newest edit this is.
pub(super) fn newer(edit: &Event) -> Value {
    json!({"m.relations": {"m.replace": {"sender": edit.sender, "content": edit.content}}})
}

/// Older programs put what they answer before the answer, as lines after `> `.
fn without_quote(body: &str) -> &str {
    if !body.starts_with("> <") && !body.starts_with("> * <") {
        return body;
    }
    let mut rest = body;
    while rest.starts_with("> ") || rest.starts_with(">\n") {
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    rest.trim_start_matches('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(content: Value, unsigned: Value) -> Event {
        Event {
            event_id: "$1".into(),
            sender: "@a:b".into(),
            kind: "m.room.message".into(),
            content,
            unsigned,
            origin_server_ts: 1,
        }
    }

    #[test]
    fn what_people_read() {
        let reply = json!({"m.in_reply_to": {"event_id": "$0"}});
        let thread = json!({"rel_type": "m.thread", "event_id": "$9"});
        let said = |content| text(&event(content, json!({})));
        assert_eq!(said(json!({"msgtype": "m.text", "body": "a <b>\u{0}"})).as_deref(), Some("a <b>"));
        assert_eq!(said(json!({"msgtype": "m.notice", "body": "a"})), None);
        assert_eq!(said(json!({"body": "a"})), None);
        assert_eq!(said(json!({"msgtype": "m.text", "body": ["a"]})), None);
        assert_eq!(said(json!({})), None);
        assert_eq!(said(json!({"msgtype": "m.text", "body": "> quoted by hand"})).as_deref(), Some("> quoted by hand"));
        let quoted = json!({"msgtype": "m.text", "body": "> <@a:b> old\n> more\n\nnew", "m.relates_to": reply});
        assert_eq!((answers(&event(quoted.clone(), json!({}))), said(quoted).as_deref()), (Some("$0"), Some("new")));
        assert_eq!(answers(&event(json!({"m.relates_to": thread}), json!({}))), Some("$9"));
        let edit = |sender: &str| json!({"m.relations": {"m.replace": {"sender": sender, "content": {"m.new_content": {"body": "new"}}}}});
        let old = json!({"msgtype": "m.text", "body": "old"});
        assert_eq!(text(&event(old.clone(), edit("@a:b"))).as_deref(), Some("new"));
        assert_eq!(text(&event(old.clone(), edit("@other:b"))).as_deref(), Some("old"), "nobody else's edit counts");
        assert_eq!(text(&event(old, json!({"redacted_because": {}}))), None);
    }
}
