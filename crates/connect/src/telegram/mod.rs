//! Telegram channels, through the Bot API. There is no key for a message, no list of what was sent, and a bot is not told
//! of its own messages: after an attempt without an answer only a person can look.
//!
//! [`Access::base_url`] is `https://api.telegram.org` or a Bot API server of one's own; [`Access::secret`] is the bot's token,
//! `123456:ABC…`. It stands in the address of every call, so no address ever goes into an error or a log.
//! [`Access::handle`] names the channel when it is connected (`@name`, or its number where it has no name). An id is
//! `chat:message`; of an album, `chat:message,message…`. Telegram takes no description of a picture, and no captions of a film.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
mod files;
mod hook;
mod inbox;
mod send;
#[cfg(test)]
mod tests;

use crate::wire::{read_of, unwritten};
use crate::{
    Access, Capabilities, Connector, Count, Failure, Found, Fut, Heard, Identity, InboundPage, Key, Kind, NotHeard,
    Notice, Post, Prepared, Problem, Proof, Recordings, Safety, Secret, Sought, Verdict, enclosed, problems,
};
use answer::{is_token, unreadable};
use ground::clock::Clock;
use ground::fetch::{Fetch, Parts, Request};
use serde_json::{Value, json};

/// Words beside a picture, a film or a sound may be shorter than words alone.
const CAPTION: usize = 1024;
const TEXT: usize = 4096;
const ALBUM: usize = 10;

pub struct Telegram {
    fetch: Fetch,
    clock: Clock,
}

/// A chat and the messages in it.
struct Place {
    chat: String,
    messages: Vec<String>,
}

/// `chat:message`; an id of another form is left for the platform to judge, in the channel itself.
fn place(access: &Access, remote_id: &str) -> Place {
    let (chat, messages) = match remote_id.split_once(':') {
        Some((chat, messages)) => (chat.to_owned(), messages),
        None => (channel(access), remote_id),
    };
    Place { chat, messages: messages.split(',').map(str::to_owned).collect() }
}

/// The channel by its number, or by its name where it is not connected yet.
fn channel(access: &Access) -> String {
    if access.remote_account_id.is_empty() { named(&access.handle) } else { access.remote_account_id.clone() }
}

/// A handle as the Bot API wants it. A number is left as it is.
fn named(handle: &str) -> String {
    let handle = handle.trim().trim_start_matches("https://t.me/");
    if handle.parse::<i64>().is_ok() { handle.to_owned() } else { format!("@{}", handle.trim_start_matches('@')) }
}

/// The address of a message: of a channel with a name for everybody, of another for its members.
fn url(chat: &Value, message: i64) -> Option<String> {
    if let Some(name) = chat.get("username").and_then(Value::as_str).filter(|n| is_name(n)) {
        return Some(format!("https://t.me/{name}/{message}"));
    }
    let id = chat.get("id").and_then(Value::as_i64)?.to_string();
    id.strip_prefix("-100").map(|id| format!("https://t.me/c/{id}/{message}"))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Telegram {
    pub fn new(fetch: Fetch, clock: Clock) -> Telegram {
        Telegram { fetch, clock }
    }

    /// The address of a call, with the token in it: for the request and nothing else.
    fn request(&self, access: &Access, method: &str) -> Result<Request, Verdict> {
        let token = access.secret.reveal();
        if !is_token(token) {
            return Err(Verdict::Unauthorised);
        }
        Ok(Request::post(access.url(&format!("/bot{token}/{method}"))))
    }

    async fn call(&self, access: &Access, method: &str, body: &Value) -> Result<Value, Verdict> {
        let answer = self.fetch.send(self.request(access, method)?.json(body)).await;
        answer::said(answer, &self.clock, access)
    }

    async fn call_parts(&self, access: &Access, method: &str, parts: Parts) -> Result<Value, Verdict> {
        let answer = self.fetch.send(self.request(access, method)?.parts(parts)).await;
        answer::said(answer, &self.clock, access)
    }

    async fn ask(&self, access: &Access, method: &str, body: &Value) -> Result<Value, Failure> {
        self.call(access, method, body).await.map_err(read_of)
    }

    async fn chat(&self, access: &Access, chat: &str) -> Result<Value, Failure> {
        let chat = self.ask(access, "getChat", &json!({"chat_id": chat})).await?;
        chat.get("id").and_then(Value::as_i64).ok_or_else(unreadable)?;
        Ok(chat)
    }

    /// The bot must exist and be allowed to post on the channel.
    async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let me = self.ask(access, "getMe", &json!({})).await?;
        let me = me.get("id").and_then(Value::as_i64).ok_or_else(unreadable)?;
        let refused = |code: &str, human: &str| Failure::Refused { code: code.to_owned(), human: human.to_owned() };
        let missing = || {
            refused(
                "no-channel",
                "The bot sees no channel of this name. Give its @name, and make the bot an administrator.",
            )
        };
        let chat = match self.chat(access, &channel(access)).await {
            Err(Failure::Gone) => return Err(missing()),
            chat => chat?,
        };
        let text = |name: &str| chat.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text("type") != "channel" {
            return Err(refused("no-channel", "This is not a channel."));
        }
        let id = chat.get("id").and_then(Value::as_i64).ok_or_else(unreadable)?;
        let member = self.ask(access, "getChatMember", &json!({"chat_id": id, "user_id": me})).await?;
        let posts = member.get("can_post_messages").and_then(Value::as_bool).unwrap_or_default();
        if member.get("status").and_then(Value::as_str) != Some("administrator") || !posts {
            return Err(refused("not-admin", "Make the bot an administrator of the channel who may post messages."));
        }
        let username = text("username");
        let known = is_name(&username);
        Ok(Identity {
            account_id: id.to_string(),
            handle: if known { format!("@{username}") } else { id.to_string() },
            name: text("title"),
            url: known.then(|| format!("https://t.me/{username}")),
        })
    }
}

impl Connector for Telegram {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "telegram",
            name: "Telegram",
            kind: Kind::Messaging,
            publishes: true,
            text_limit: Some(TEXT),
            count: Count::Utf16Units,
            max_media: ALBUM,
            needs_media: false,
            alt_limit: None,
            image_types: ["image/jpeg", "image/png", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(10_000_000),
            // Films that apps play in their place, and sound that they play as such; all else would be a mere file.
            recordings: Some(Recordings {
                types: ["video/mp4", "audio/mpeg", "audio/mp4"].map(str::to_owned).to_vec(),
                bytes: Some(files::LARGEST),
                seconds: None,
                captions: false,
                needed: false,
            }),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            // A message can be removed for good, not hidden: a person who appeals could not be given theirs back.
            can_hide: false,
            reads_comments: true,
            rereads: false,
            lists_own: false,
            has_metrics: false,
            calls_us: true,
            key: Key::BotToken,
            server: Some("https://api.telegram.org"),
            safety: Safety::Blind,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if !post.media.is_empty() || post.recording.is_some() {
            can.text_limit = Some(CAPTION);
        }
        problems(&can, post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.who(access))
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let chat = self.chat(access, &named(handle)).await?;
            Ok(chat.get("id").and_then(Value::as_i64).map(|id| id.to_string()))
        })
    }

    /// Looks whether Telegram answers at all and the channel is there: where an attempt without an answer leaves nothing to
    /// ask, it is better not begun.
    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            let unseen = |f| if f == Failure::Gone { answer::no_channel() } else { unwritten(f) };
            self.chat(access, &channel(access)).await.map_err(unseen)?;
            let media = match &post.recording {
                Some(recording) => vec![enclosed::recording(recording, files::LARGEST).await?],
                None => post.media.iter().map(enclosed::picture).collect(),
            };
            Ok(Prepared::of(post, media))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match self.send(access, prepared).await {
                Ok(result) => send::sent(&result),
                Err(verdict) => verdict,
            }
        })
    }

    fn find<'a>(&'a self, _access: &'a Access, _sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async { Found::CannotTell })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match self.change(access, &place(access, remote_id), prepared).await {
                Ok(()) => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
                Err(verdict) => verdict,
            }
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let place = place(access, remote_id);
            let done = match place.messages.as_slice() {
                [one] => self.call(access, "deleteMessage", &json!({"chat_id": place.chat, "message_id": one})).await,
                // Those that are gone already are passed over.
                all => self.call(access, "deleteMessages", &json!({"chat_id": place.chat, "message_ids": all})).await,
            };
            let accepted = Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
            match done {
                Ok(Value::Bool(true)) => accepted,
                Ok(_) => Verdict::Unknown { why: "the answer to a removal cannot be read".to_owned() },
                Err(Verdict::Rejected { code, .. }) if code == "gone" => accepted,
                Err(verdict) => verdict,
            }
        })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.updates(access, cursor))
    }

    fn agree<'a>(&'a self, access: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        Box::pin(self.agreed(access, word))
    }

    fn hear(&self, notice: &Notice, secret: &Secret, _: i64) -> Result<Heard, NotHeard> {
        hook::hear(notice, secret)
    }
}
