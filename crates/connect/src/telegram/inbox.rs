//! What people write in the group that is linked to the channel, which is where comments on its messages stand. A bot is
//! told only of what happens while it is a member there, and keeps what it was told for a day.
use super::answer::{CALLS_US, unreadable};
use super::{Telegram, channel, is_name, url};
use crate::{Access, Failure, Inbound, InboundPage};
use ground::clock::SECOND;
use serde_json::{Value, json};

/// How many updates are given at once; Telegram has no more.
const AT_ONCE: usize = 100;
/// What stands for a picture, a sound or the like that came without a word.
const WORDLESS: &str = "(A message without words)";

fn number(value: &Value, path: &str) -> Option<i64> {
    value.pointer(path).and_then(Value::as_i64)
}

fn words<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

impl Telegram {
    /// Asking with a cursor tells Telegram that everything before it is taken: one bot serves one channel.
    pub(super) async fn updates(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let from = cursor.as_deref().map(|c| c.parse::<i64>()).transpose().map_err(|_| Failure::Refused {
            code: "cursor".to_owned(),
            human: "This is no place in the list of updates.".to_owned(),
        })?;
        let chat = self.chat(access, &channel(access)).await?;
        // Without a group there is nothing to read, and nothing is taken from Telegram.
        let Some(group) = number(&chat, "/linked_chat_id") else {
            return Ok(InboundPage { items: Vec::new(), cursor, more: false });
        };
        let ours = number(&chat, "/id").ok_or_else(unreadable)?;
        let mut body = json!({"limit": AT_ONCE, "timeout": 0, "allowed_updates": ["message"]});
        if let Some(from) = from {
            body["offset"] = json!(from);
        }
        let answer = match self.ask(access, "getUpdates", &body).await {
            // While Telegram calls, it has nothing to be fetched.
            Err(Failure::Refused { code, .. }) if code == CALLS_US => {
                return Ok(InboundPage { items: Vec::new(), cursor, more: false });
            }
            answer => answer?,
        };
        let updates = answer.as_array().ok_or_else(unreadable)?;
        let (mut next, mut items) = (from, Vec::new());
        for update in updates {
            let id = number(update, "/update_id").filter(|id| (0..i64::MAX).contains(id)).ok_or_else(unreadable)?;
            next = next.max(Some(id + 1));
            if let Some(message) = update.get("message").filter(|m| number(m, "/chat/id") == Some(group)) {
                items.extend(comment(message, group, ours)?);
            }
        }
        items.sort_by_key(|i: &Inbound| i.at_us);
        let more = updates.len() >= AT_ONCE;
        Ok(InboundPage { items, cursor: next.map(|n| n.to_string()), more })
    }
}

/// A message of the group, if somebody else wrote it: the channel's own come there too, and those of the group's
/// administrators who write in its name.
pub(super) fn comment(message: &Value, group: i64, ours: i64) -> Result<Option<Inbound>, Failure> {
    let forwarded = message.get("is_automatic_forward").and_then(Value::as_bool).unwrap_or_default();
    let in_name_of = number(message, "/sender_chat/id");
    // Somebody joined, a title was changed: no person's words.
    let service = ["new_chat_members", "left_chat_member", "new_chat_title", "pinned_message"];
    if forwarded
        || in_name_of == Some(ours)
        || in_name_of == Some(group)
        || service.iter().any(|s| message.get(s).is_some())
    {
        return Ok(None);
    }
    let id = number(message, "/message_id").filter(|id| *id > 0).ok_or_else(unreadable)?;
    let date = number(message, "/date").filter(|d| *d > 0).ok_or_else(unreadable)?;
    // Somebody may write in the name of a channel of their own.
    let author = if in_name_of.is_some() { "/sender_chat" } else { "/from" };
    let at = |name: &str| words(message, &format!("{author}/{name}"));
    let author_id = number(message, &format!("{author}/id")).ok_or_else(unreadable)?;
    let name = format!("{} {} {}", at("title"), at("first_name"), at("last_name"));
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let username = Some(at("username")).filter(|n| is_name(n));
    let text = Some(words(message, "/text")).filter(|t| !t.is_empty()).unwrap_or(words(message, "/caption"));
    Ok(Some(Inbound {
        remote_id: format!("{group}:{id}"),
        in_reply_to: message.get("reply_to_message").and_then(|above| answered(above, group, ours)),
        author_id: author_id.to_string(),
        author_name: if name.is_empty() {
            username.map_or_else(|| author_id.to_string(), |n| format!("@{n}"))
        } else {
            name
        },
        author_url: username.map(|n| format!("https://t.me/{n}")),
        text: if text.is_empty() { WORDLESS } else { text }.to_owned(),
        lang: None,
        at_us: date.saturating_mul(SECOND),
        url: message.get("chat").and_then(|chat| url(chat, id)),
    }))
}

/// What a comment stands under: a message of the channel, which comes into the group as a copy, or another comment.
fn answered(above: &Value, group: i64, ours: i64) -> Option<String> {
    let origin = number(above, "/forward_origin/chat/id").or_else(|| number(above, "/forward_from_chat/id"));
    let message = number(above, "/forward_origin/message_id").or_else(|| number(above, "/forward_from_message_id"));
    match message.filter(|_| origin == Some(ours)) {
        Some(message) => Some(format!("{ours}:{message}")),
        None => number(above, "/message_id").map(|id| format!("{group}:{id}")),
    }
}
