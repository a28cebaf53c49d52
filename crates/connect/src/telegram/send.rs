//! Messages as they go out and as they are changed.
use super::answer::{self, gone};
use super::{Place, Telegram, channel, files, place, url};
use crate::{Access, Prepared, Verdict, enclosed};
use ground::fetch::Parts;
use serde_json::{Value, json};

/// What a message answers, as the Bot API wants it.
fn answers(place: &Place) -> Option<Value> {
    let first = place.messages.first()?.parse::<i64>().ok()?;
    Some(json!({"message_id": first}))
}

/// The message or messages a call made, as one id. Any other answer is not a yes.
pub(super) fn sent(result: &Value) -> Verdict {
    let all: Vec<&Value> = match result {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    };
    let ids: Option<Vec<i64>> = all.iter().map(|m| m.get("message_id")?.as_i64().filter(|id| *id > 0)).collect();
    let chat = all.first().and_then(|m| m.get("chat"));
    let id = chat.and_then(|c| c.get("id")).and_then(Value::as_i64);
    match (ids.filter(|ids| !ids.is_empty()), chat, id) {
        (Some(ids), Some(chat), Some(id)) => {
            let list: Vec<String> = ids.iter().map(i64::to_string).collect();
            Verdict::Accepted { remote_id: format!("{id}:{}", list.join(",")), url: url(chat, ids[0]) }
        }
        _ => Verdict::Unknown { why: "the answer to a message cannot be read".to_owned() },
    }
}

impl Telegram {
    pub(super) async fn send(&self, access: &Access, prepared: &Prepared) -> Result<Value, Verdict> {
        let to = prepared.reply_to.as_ref().map(|id| place(access, id));
        let chat = to.as_ref().map_or_else(|| channel(access), |p| p.chat.clone());
        let reply = to.as_ref().map(|p| answers(p).ok_or_else(gone)).transpose()?;
        let files = enclosed::all(prepared).await?;
        if files.is_empty() {
            let mut body = json!({"chat_id": chat, "text": prepared.text});
            if let Some(reply) = reply {
                body["reply_parameters"] = reply;
            }
            return self.call(access, "sendMessage", &body).await;
        }
        let mut parts = Parts::new().field("chat_id", &chat);
        if let Some(reply) = reply {
            parts = parts.field("reply_parameters", &reply.to_string());
        }
        if let [one] = files.as_slice() {
            parts = parts.field("caption", &prepared.text);
            for (name, value) in one.details(&prepared.text) {
                parts = files::field(parts, name, &value);
            }
            return self.call_parts(access, one.method(), one.part(parts, one.kind())).await;
        }
        let mut album = Vec::new();
        for (n, one) in files.iter().enumerate() {
            // The words of an album are those of its first picture.
            let caption = if n == 0 { prepared.text.as_str() } else { "" };
            album.push(json!({"type": one.kind(), "media": format!("attach://file{n}"), "caption": caption}));
        }
        parts = parts.field("media", &Value::Array(album).to_string());
        for (n, one) in files.iter().enumerate() {
            parts = one.part(parts, &format!("file{n}"));
        }
        self.call_parts(access, "sendMediaGroup", parts).await
    }

    /// Each call changes one message to what it shall be; what is so already is left.
    pub(super) async fn change(&self, access: &Access, place: &Place, prepared: &Prepared) -> Result<(), Verdict> {
        let same = |answer: Result<Value, Verdict>| match answer {
            Err(Verdict::Rejected { code, .. }) if code == answer::SAME => Ok(()),
            other => other.map(drop),
        };
        let files = enclosed::all(prepared).await?;
        let one = place.messages.first().cloned().unwrap_or_default();
        if files.is_empty() && place.messages.len() == 1 {
            let body = json!({"chat_id": place.chat, "message_id": one, "text": prepared.text});
            return match self.call(access, "editMessageText", &body).await {
                // It is a picture or a film with words beside it. Nothing was changed yet.
                Err(Verdict::Rejected { code, .. }) if code == answer::NO_TEXT => {
                    let body = json!({"chat_id": place.chat, "message_id": one, "caption": prepared.text});
                    same(self.call(access, "editMessageCaption", &body).await)
                }
                answer => same(answer),
            };
        }
        // An album can neither grow nor shrink.
        if files.len() != place.messages.len() {
            return Err(Verdict::unsupported("edit"));
        }
        for (n, (message, file)) in place.messages.iter().zip(&files).enumerate() {
            let caption = if n == 0 { prepared.text.as_str() } else { "" };
            let name = file.kind();
            let mut media = json!({"type": name, "media": format!("attach://{name}"), "caption": caption});
            for (name, value) in file.details(caption) {
                media[name] = value;
            }
            let parts = Parts::new().field("chat_id", &place.chat).field("message_id", message);
            let parts = file.part(parts.field("media", &media.to_string()), name);
            same(self.call_parts(access, "editMessageMedia", parts).await)?;
        }
        Ok(())
    }
}
