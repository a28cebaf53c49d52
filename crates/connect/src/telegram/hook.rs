//! Calls of Telegram: one update each, with the word that was given to `setWebhook` in a header. A call says nothing of the
//! channel it is for, so the word begins with the numbers of the channel and of its group: `CHANNEL_GROUP_WORD`.
//!
//! Source: Bot API, “setWebhook” (`secret_token`: 1 to 256 of `A-Z a-z 0-9 _ -`) and “Getting updates”.
use super::answer::unreadable;
use super::inbox::comment;
use super::{Telegram, channel};
use crate::{Access, Failure, Heard, NotHeard, Notice, Secret, signed};
use serde_json::Value;

const HEADER: &str = "x-telegram-bot-api-secret-token";
/// The longest word of one's own: with two numbers before it it stays below what Telegram takes.
const LONGEST: usize = 200;

fn fits(word: &str) -> bool {
    (1..=LONGEST).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn refused(code: &str, human: &str) -> Failure {
    Failure::Refused { code: code.to_owned(), human: human.to_owned() }
}

/// The numbers of the channel and of its group.
fn whose(secret: &Secret) -> Option<(i64, i64)> {
    let mut parts = secret.reveal().splitn(3, '_');
    let ours = parts.next()?.parse().ok()?;
    let group = parts.next()?.parse().ok()?;
    parts.next().map(|_| (ours, group))
}

impl Telegram {
    pub(super) async fn agreed(&self, access: &Access, word: &str) -> Result<Secret, Failure> {
        if !fits(word) {
            return Err(refused("word", "Telegram takes letters, digits, _ and - in a secret, 200 at most."));
        }
        let chat = self.chat(access, &channel(access)).await?;
        let number = |name: &str| chat.get(name).and_then(Value::as_i64);
        let ours = number("id").ok_or_else(unreadable)?;
        let group = number("linked_chat_id").ok_or_else(|| {
            refused("no-group", "No group is linked to the channel, so there is nothing to call about.")
        })?;
        Ok(Secret::new(format!("{ours}_{group}_{word}")))
    }
}

pub(super) fn hear(notice: &Notice, secret: &Secret) -> Result<Heard, NotHeard> {
    signed::carries(secret, notice.header(HEADER))?;
    let (ours, group) = whose(secret).ok_or(NotHeard::Forged)?;
    let update: Value = serde_json::from_slice(&notice.body).map_err(|_| NotHeard::Unreadable)?;
    update.get("update_id").and_then(Value::as_i64).ok_or(NotHeard::Unreadable)?;
    let in_group = |m: &&Value| m.pointer("/chat/id").and_then(Value::as_i64) == Some(group);
    let Some(message) = update.get("message").filter(in_group) else { return Ok(Heard::Nothing) };
    let item = comment(message, group, ours).map_err(|_| NotHeard::Unreadable)?;
    Ok(item.map_or(Heard::Nothing, |item| Heard::Items(vec![item])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECRET: &str = "-100_-200_a_word-of_chance";

    fn call(word: &str, body: &Value) -> Notice {
        let headers = vec![(HEADER.to_owned(), word.to_owned())];
        Notice { query: String::new(), headers, body: body.to_string().into_bytes() }
    }

    fn written(chat: i64) -> Value {
        let above = json!({"message_id": 4, "forward_origin": {"chat": {"id": -100}, "message_id": 3}});
        let from = json!({"id": 9, "first_name": "Pema", "last_name": "Lhamo"});
        json!({"update_id": 1, "message": {"message_id": 5, "date": 1_000, "chat": {"id": chat, "type": "supergroup"},
            "from": from, "text": "When does it open?", "reply_to_message": above}})
    }

    #[test]
    fn a_comment_in_the_linked_group_is_an_item_and_another_group_is_nothing() {
        let secret = Secret::new(SECRET);
        let Ok(Heard::Items(items)) = hear(&call(SECRET, &written(-200)), &secret) else { panic!("no items") };
        let item = &items[0];
        assert_eq!((item.remote_id.as_str(), item.in_reply_to.as_deref()), ("-200:5", Some("-100:3")));
        assert_eq!((item.author_name.as_str(), item.text.as_str()), ("Pema Lhamo", "When does it open?"));
        assert_eq!(item.at_us, 1_000_000_000);
        assert_eq!(hear(&call(SECRET, &written(-201)), &secret), Ok(Heard::Nothing), "somebody else's group");
        assert_eq!(hear(&call(SECRET, &json!({"update_id": 2, "poll": {}})), &secret), Ok(Heard::Nothing));
    }

    #[test]
    fn a_call_without_the_word_or_with_another_is_forged() {
        let secret = Secret::new(SECRET);
        for word in ["", "a_word-of_chance", "-100_-201_a_word-of_chance", "-100_-200_A_word-of_chance"] {
            assert_eq!(hear(&call(word, &written(-200)), &secret), Err(NotHeard::Forged), "{word}");
        }
        let bare = Notice { headers: vec![], ..call("", &written(-200)) };
        assert_eq!(hear(&bare, &secret), Err(NotHeard::Forged));
        assert_eq!(hear(&call("word", &written(-200)), &Secret::new("word")), Err(NotHeard::Forged), "whose is it?");
    }

    #[test]
    fn a_genuine_call_that_cannot_be_read_is_said_so() {
        let secret = Secret::new(SECRET);
        for body in [json!([]), json!({"message": {}}), json!({"update_id": 1, "message": {"chat": {"id": -200}}})] {
            assert_eq!(hear(&call(SECRET, &body), &secret), Err(NotHeard::Unreadable), "{body}");
        }
        let bytes = Notice { body: vec![0xff, 0xfe], ..call(SECRET, &json!({})) };
        assert_eq!(hear(&bytes, &secret), Err(NotHeard::Unreadable));
    }
}
