//! What people wrote, as WhatsApp tells it by calling: one call may hold many messages, of several numbers, and may come again.
//! Fields are those of the description's `/whatsapp/webhooks`; times there are whole seconds as text.
//!
//! A message that lacks its id or its moment makes the call unreadable, so that WhatsApp tells it again, and is not lost
//! unseen; one in a form that is not known comes in without words.
use super::answer::told;
use super::key;
use super::place::{Place, failed, is_person, is_wamid, sent};
use crate::meta::hear::{self as meta, Genuine, genuine, verify_token};
use crate::meta::is_number;
use crate::wire::read_of;
use crate::{Access, Failure, Heard, Inbound, NotHeard, Notice, Secret};
use ground::clock::SECOND;
use serde_json::Value;

/// Longer than WhatsApp lets people write.
const LONGEST_TEXT: usize = 10_000;
const LONGEST_NAME: usize = 100;
/// Meta gathers at most a thousand changes into one call.
const MOST: usize = 1000;
/// The last moment that can be told in microseconds and makes sense: the year 2100, in seconds.
const LATEST: i64 = 4_102_444_800;
/// Who writes the notes about answers that did not arrive.
const OURSELVES: &str = "whatsapp";
/// What WhatsApp tells beside what people say: nobody waits for an answer to these.
const NO_WORDS: [&str; 2] = ["reaction", "system"];

/// The secret as Meta's networks have it; its verify token begins with the number that this account is.
pub(super) fn agree(access: &Access, word: &str) -> Result<Secret, Failure> {
    let secret = meta::agree(word)?;
    let (ours, _) = key(access).map_err(read_of)?;
    if verify_token(&secret).and_then(number_of) == Ok(ours) {
        return Ok(secret);
    }
    let human = format!("the verify token begins with the number's id and a line: {ours}-");
    Err(Failure::Refused { code: "secret".to_owned(), human })
}

pub(super) fn hear(notice: &Notice, secret: &Secret) -> Result<Heard, NotHeard> {
    let number = number_of(verify_token(secret)?)?;
    let body = match genuine(notice, secret)? {
        Genuine::Greeting(challenge) => return Ok(Heard::Greeting(challenge)),
        Genuine::Told(body) => body,
    };
    let object = body.get("object").and_then(Value::as_str).ok_or(NotHeard::Unreadable)?;
    if object != "whatsapp_business_account" {
        return Ok(Heard::Nothing);
    }
    let entries = list(&body, "entry")?.ok_or(NotHeard::Unreadable)?;
    let mut items = Vec::new();
    for entry in entries {
        for change in list(entry, "changes")?.unwrap_or_default() {
            let value = change.get("value").unwrap_or(&Value::Null);
            let ours = value.pointer("/metadata/phone_number_id").and_then(Value::as_str) == Some(number);
            if change.get("field").and_then(Value::as_str) != Some("messages") || !ours {
                continue;
            }
            for message in list(value, "messages")?.unwrap_or_default() {
                items.extend(written(message, value)?);
            }
            for status in list(value, "statuses")?.unwrap_or_default() {
                items.extend(undelivered(status)?);
            }
        }
    }
    if items.len() > MOST {
        return Err(NotHeard::Unreadable);
    }
    items.sort_by_key(|i: &Inbound| i.at_us);
    Ok(if items.is_empty() { Heard::Nothing } else { Heard::Items(items) })
}

/// The number that the verify token is for: what stands before its first line. Without one, what people write to one number
/// could come into the inbox of another.
fn number_of(verify: &str) -> Result<&str, NotHeard> {
    let (number, rest) = verify.split_once('-').ok_or(NotHeard::Forged)?;
    if is_number(number) && !rest.is_empty() { Ok(number) } else { Err(NotHeard::Forged) }
}

/// A list, nothing where there is none, and a mistake where something else stands in its place.
fn list<'a>(value: &'a Value, name: &str) -> Result<Option<&'a [Value]>, NotHeard> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(all)) => Ok(Some(all)),
        Some(_) => Err(NotHeard::Unreadable),
    }
}

fn words<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path).and_then(Value::as_str).filter(|t| !t.trim().is_empty())
}

fn moment(value: &Value) -> Result<i64, NotHeard> {
    let at = words(value, "/timestamp").and_then(|t| t.parse::<i64>().ok());
    let at = at.or_else(|| value.get("timestamp").and_then(Value::as_i64));
    at.filter(|at| (1..LATEST).contains(at)).map(|at| at * SECOND).ok_or(NotHeard::Unreadable)
}

/// A person's message to the number. What is said in groups is not said to the agency.
fn written(message: &Value, value: &Value) -> Result<Option<Inbound>, NotHeard> {
    let kind = words(message, "/type").unwrap_or_default();
    if NO_WORDS.contains(&kind) || message.get("group_id").is_some_and(|g| !g.is_null()) {
        return Ok(None);
    }
    let wamid = words(message, "/id").filter(|id| is_wamid(id)).ok_or(NotHeard::Unreadable)?;
    let at_us = moment(message)?;
    // People may keep their number to themselves; they are read, and cannot be answered.
    let from = words(message, "/from").map(|f| f.trim_start_matches('+')).filter(|f| is_person(f)).unwrap_or_default();
    Ok(Some(Inbound {
        remote_id: Place::written(from, wamid),
        in_reply_to: above(message, from),
        author_id: if from.is_empty() { wamid } else { from }.to_owned(),
        author_name: name(value, from),
        author_url: None,
        text: text(message, kind).chars().take(LONGEST_TEXT).collect(),
        lang: None,
        at_us,
        url: None,
    }))
}

/// What a message is written below: one of ours, or an earlier one of the same person's.
fn above(message: &Value, from: &str) -> Option<String> {
    let wamid = words(message, "/context/id").filter(|id| is_wamid(id))?;
    let theirs = !from.is_empty() && words(message, "/context/from").map(|f| f.trim_start_matches('+')) == Some(from);
    Some(if theirs { Place::written(from, wamid) } else { sent(wamid) })
}

/// What was written, a picture's caption, or the button that was pressed; else what kind of message it is.
fn text(message: &Value, kind: &str) -> String {
    let at: &[&str] = match kind {
        "text" => &["/text/body"],
        "image" => &["/image/caption"],
        "video" => &["/video/caption"],
        "document" => &["/document/caption"],
        "button" => &["/button/text"],
        "interactive" => &["/interactive/button_reply/title", "/interactive/list_reply/title"],
        _ => &[],
    };
    match at.iter().find_map(|at| words(message, at)) {
        Some(words) => words.to_owned(),
        None => wordless(kind).to_owned(),
    }
}

fn wordless(kind: &str) -> &'static str {
    match kind {
        "image" | "sticker" => "(A picture without words)",
        "audio" => "(A recording)",
        "video" => "(A film without words)",
        "document" => "(A document)",
        "location" => "(A place on the map)",
        "contacts" => "(Somebody's telephone number)",
        _ => "(A message without words)",
    }
}

/// The name the person chose. Where they chose none, or their number, it is the last three digits: the number itself is
/// shown to nobody in passing.
fn name(value: &Value, from: &str) -> String {
    let contacts = value.get("contacts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let theirs = |c: &&Value| contacts.len() == 1 || words(c, "/wa_id") == Some(from);
    let chosen = contacts.iter().find(theirs).and_then(|c| words(c, "/profile/name")).unwrap_or_default();
    let chosen: String = chosen.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let numbers: String = chosen.chars().filter_map(|c| c.to_digit(10)).map(|d| d.to_string()).collect();
    // A number may be written without its country's code.
    let is_a_number = numbers.len() >= 7 || (!from.is_empty() && from.ends_with(&numbers) && numbers.len() >= 5);
    if !is_a_number && !chosen.trim().is_empty() {
        return chosen.trim().to_owned();
    }
    match from.get(from.len().saturating_sub(3)..).filter(|end| !end.is_empty()) {
        Some(end) => format!("WhatsApp …{end}"),
        None => "WhatsApp".to_owned(),
    }
}

/// An answer of ours that WhatsApp took and then could not deliver, as a message below it; nothing of one that goes its way.
fn undelivered(status: &Value) -> Result<Option<Inbound>, NotHeard> {
    if words(status, "/status") != Some("failed") || status.get("group_id").is_some_and(|g| !g.is_null()) {
        return Ok(None);
    }
    let wamid = words(status, "/id").filter(|id| is_wamid(id)).ok_or(NotHeard::Unreadable)?;
    Ok(Some(Inbound {
        remote_id: failed(wamid),
        in_reply_to: Some(sent(wamid)),
        author_id: OURSELVES.to_owned(),
        author_name: "WhatsApp".to_owned(),
        author_url: None,
        text: format!("(An answer to this person did not arrive. {})", told(status.get("errors"))),
        lang: None,
        at_us: moment(status)?,
        url: None,
    }))
}
