//! Discourse forums. A post is a topic; the key stands in its `external_id`, which a forum gives to one topic only, so the
//! same key twice makes no second one. An answer in a topic carries its key unseen in its text, and is looked for before
//! it is written again.
//!
//! [`Access::base_url`] is the forum's address; [`Access::secret`] is `username:API key`. A topic's id is `t12`, any other
//! post's `p34`.
mod again;
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
mod hook;
mod latest;
#[cfg(test)]
mod tests;
mod write;

use crate::markdown;
use crate::wire::{gone, read_of, unwritten};
use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Heard, Identity, InboundPage, Key,
    Kind, NotHeard, Notice, OwnPage, Post, Prepared, Proof, Safety, Secret, Sought, Standing, Verdict,
};
use answer::{done, unreadable};
use ground::clock::{Clock, MINUTE};
use ground::crypto::hex;
use ground::fetch::{Fetch, Method, Request, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;

pub struct Discourse {
    fetch: Fetch,
    clock: Clock,
}

/// The two parts of the secret; both go into headers, so nothing else than what names and keys are made of.
fn parts(access: &Access) -> Option<(&str, &str)> {
    let fits = |t: &str| !t.is_empty() && t.chars().all(|c| !c.is_control() && !c.is_whitespace());
    access.secret.reveal().split_once(':').filter(|(user, key)| fits(user) && fits(key) && key.is_ascii())
}

/// Whose key it is.
fn user(access: &Access) -> Result<&str, Failure> {
    parts(access).map(|(user, _)| user).ok_or(Failure::Unauthorised)
}

fn mark_of(key: &str) -> String {
    let digest = Sha256::digest(format!("drelwa post {key}"));
    hex(&digest[..16])
}

fn topic_url(access: &Access, id: u64) -> String {
    access.url(&format!("/t/{id}"))
}

fn post_url(access: &Access, id: u64) -> String {
    access.url(&format!("/p/{id}"))
}

enum Place {
    Topic(u64),
    Post(u64),
}

/// `t12` or `p34`.
fn place(remote_id: &str) -> Option<Place> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    if let Some(id) = remote_id.strip_prefix('t') {
        return digits(id).map(Place::Topic);
    }
    remote_id.strip_prefix('p').and_then(digits).map(Place::Post)
}

/// The text as Markdown, with the pictures below it.
fn raw(prepared: &Prepared) -> String {
    let mut out = markdown::escape(&prepared.text);
    for media in &prepared.media {
        let (address, alt) = media.split_once('|').unwrap_or((media, ""));
        out.push_str(&format!("\n\n![{}]({address})", markdown::escape_alt(alt)));
    }
    out.trim().to_owned()
}

fn number(value: &Value, path: &str) -> Option<u64> {
    value.pointer(path).and_then(Value::as_u64).filter(|n| *n > 0)
}

/// What a call made. Any other answer is not a yes. What waits in the forum's queue is asked about later: a topic by its
/// `mark`, an answer by its mark and the moment from which on it is looked for (`MARK:MICROSECONDS`).
fn made(access: &Access, response: &Response, mark: &str) -> Verdict {
    let value: Value = response.json().unwrap_or_default();
    // Taken, and shown to everybody only after somebody there has looked at it.
    if value.get("action").and_then(Value::as_str) == Some("enqueued") {
        let id = number(&value, "/pending_post/id").unwrap_or_default();
        return Verdict::Pending { remote_id: format!("q{id}:{mark}") };
    }
    match (number(&value, "/id"), number(&value, "/topic_id"), number(&value, "/post_number")) {
        (Some(_), Some(topic), Some(1)) => {
            Verdict::Accepted { remote_id: format!("t{topic}"), url: Some(topic_url(access, topic)) }
        }
        (Some(id), Some(_), Some(_)) => {
            Verdict::Accepted { remote_id: format!("p{id}"), url: Some(post_url(access, id)) }
        }
        _ => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
    }
}

/// The topic's number in the address the forum leads to: `/t/words-of-the-title/12.json`.
fn led_to(location: &str) -> Option<u64> {
    let path = location.split(['?', '#']).next()?.trim_end_matches(".json");
    let (_, path) = path.split_once("/t/")?;
    path.split('/').filter(|p| !p.is_empty()).take(2).filter_map(|p| p.parse().ok()).last()
}

impl Discourse {
    pub fn new(fetch: Fetch, clock: Clock) -> Discourse {
        Discourse { fetch, clock }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let (user, key) = parts(access).ok_or(Verdict::Unauthorised)?;
        let request = Request::new(method, access.url(path)).header("accept", "application/json");
        Ok(request.header("api-username", user).header("api-key", key))
    }

    async fn send(&self, request: Request) -> Result<Response, Verdict> {
        done(self.fetch.send(request).await, &self.clock)
    }

    async fn get<T: DeserializeOwned>(&self, access: &Access, path: &str) -> Result<T, Failure> {
        let response = self.send(self.to(Method::GET, access, path).map_err(read_of)?).await.map_err(read_of)?;
        response.json().ok_or_else(unreadable)
    }

    /// The topic that has this key: the forum leads to it.
    async fn by_key(&self, access: &Access, mark: &str) -> Result<Option<u64>, Failure> {
        let request = self.to(Method::GET, access, &format!("/t/external_id/{mark}.json")).map_err(read_of)?;
        let answer = self.fetch.send(request).await;
        if let Some(location) = answer.as_ref().ok().filter(|r| (300..400).contains(&r.status)) {
            let topic = location.header("location").and_then(led_to);
            return topic.map(Some).ok_or_else(unreadable);
        }
        match done(answer, &self.clock).map_err(read_of) {
            Ok(response) => number(&response.json().unwrap_or_default(), "/id").map(Some).ok_or_else(unreadable),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What became of something in the queue. That it was refused there is told to nobody but the forum's moderators: it
    /// waits, then.
    async fn stands(&self, access: &Access, remote_id: &str) -> Result<Standing, Failure> {
        let parts: Vec<&str> = remote_id.strip_prefix('q').unwrap_or_default().split(':').collect();
        let is_mark = |mark: &str| mark.len() == 32 && mark.bytes().all(|b| b.is_ascii_hexdigit());
        let mark = parts.get(1).copied().filter(|mark| is_mark(mark)).ok_or(Failure::Gone)?;
        if let Some(since) = parts.get(2) {
            let since_us = since.parse().map_err(|_| Failure::Gone)?;
            return Ok(match self.marked(access, mark, since_us).await? {
                Found::Yes { remote_id, url } => Standing::Out { remote_id, url },
                Found::Taken { .. } | Found::No | Found::CannotTell => Standing::Working,
            });
        }
        let topic = self.by_key(access, mark).await?;
        Ok(topic.map_or(Standing::Working, |topic| Standing::Out {
            remote_id: format!("t{topic}"),
            url: Some(topic_url(access, topic)),
        }))
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let path = match place(remote_id).ok_or(Failure::Gone)? {
            Place::Topic(id) => format!("/t/{id}.json"),
            Place::Post(id) => format!("/posts/{id}.json"),
        };
        let it: Value = self.get(access, &path).await?;
        if it.get("deleted_at").is_some_and(Value::is_string) {
            return Err(Failure::Gone);
        }
        let count = |name: &str| it.get(name).and_then(Value::as_u64);
        if path.starts_with("/t/") {
            let replies = count("posts_count").map(|n| n.saturating_sub(1));
            return Ok(Counts { likes: count("like_count"), shares: None, replies, views: count("views") });
        }
        // Of all kinds of actions the second is the like.
        let actions = it.get("actions_summary").and_then(Value::as_array).ok_or_else(unreadable)?;
        let likes = actions.iter().find(|a| a.get("id").and_then(Value::as_u64) == Some(2));
        let likes = likes.and_then(|a| a.get("count")).and_then(Value::as_u64).unwrap_or_default();
        Ok(Counts { likes: Some(likes), shares: None, replies: count("reply_count"), views: None })
    }
}

impl Connector for Discourse {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "discourse",
            name: "Discourse",
            kind: Kind::Forum,
            publishes: true,
            text_limit: Some(16_000),
            count: Count::Chars,
            max_media: 10,
            needs_media: false,
            alt_limit: Some(500),
            image_types: ["image/jpeg", "image/png", "image/gif", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(4 << 20),
            recordings: None,
            can_edit: true,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: true,
            lists_own: true,
            has_metrics: true,
            calls_us: true,
            key: Key::NamedPassword,
            server: None,
            // A key is known as long as its topic is there.
            safety: Safety::Keyed { hours: 24 * 365 },
            proof: Proof::Contract,
        }
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let name: String = url::form_urlencoded::byte_serialize(user(access)?.as_bytes()).collect();
            let me: Value = self.get(access, &format!("/u/{name}.json")).await?;
            let text = |name: &str| {
                me.pointer(&format!("/user/{name}")).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let username = Some(text("username")).filter(|n| !n.is_empty()).ok_or_else(unreadable)?;
            Ok(Identity {
                account_id: number(&me, "/user/id").ok_or_else(unreadable)?.to_string(),
                handle: format!("@{username}"),
                name: text("name"),
                url: Some(access.url(&format!("/u/{name}"))),
            })
        })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let name: String =
                url::form_urlencoded::byte_serialize(handle.trim_start_matches('@').as_bytes()).collect();
            let them: Value = self.get(access, &format!("/u/{name}.json")).await?;
            number(&them, "/user/id").map(|id| Some(id.to_string())).ok_or_else(unreadable)
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            let mut media = Vec::new();
            for picture in &post.media {
                media.push(self.upload(access, picture).await?);
            }
            Ok(Prepared::of(post, media))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match &prepared.reply_to {
                Some(to) => self.reply(access, to, prepared, key).await.unwrap_or_else(unwritten),
                None => self.begin(access, prepared, key).await,
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move { self.change(access, remote_id, prepared).await.unwrap_or_else(unwritten) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match place(remote_id) {
                Some(Place::Topic(id)) => self.remove(access, remote_id, &format!("/t/{id}.json")).await,
                Some(Place::Post(id)) => self.remove(access, remote_id, &format!("/posts/{id}.json")).await,
                None => gone(),
            }
        })
    }

    /// Removed posts are kept, and can be brought back by a moderator.
    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let Some(Place::Post(id)) = place(remote_id) else { return Verdict::unsupported("hide") };
            if hidden {
                return self.remove(access, remote_id, &format!("/posts/{id}.json")).await;
            }
            let request = match self.to(Method::PUT, access, &format!("/posts/{id}/recover.json")) {
                Ok(request) => request.json(&json!({})),
                Err(verdict) => return verdict,
            };
            match self.send(request).await {
                Ok(_) => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
                Err(verdict) => verdict,
            }
        })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments(access, cursor))
    }

    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        Box::pin(self.reread(access, remote_id))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn hear(&self, notice: &Notice, secret: &Secret, _: i64) -> Result<Heard, NotHeard> {
        hook::hear(notice, secret)
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
