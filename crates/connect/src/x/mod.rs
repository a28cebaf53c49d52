//! X, by its API v2. There is no key of ours that X would know: after an attempt without an answer the account's own posts
//! are looked through. X refuses the same words twice within a short time, and that refusal is looked into, not believed.
//!
//! [`Access::base_url`] is `https://api.x.com`; [`Access::secret`] is an OAuth 2.0 token of the account, good for two hours;
//! [`Access::remote_account_id`] is the account's number. Ids are numbers. X takes money for posts and for what is read.
//!
//! Sources: X's generated schemas (PyPI `xdk` 0.10.6, npm `@xdevplatform/xdk` 0.6.6) and `docs.x.com`.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
mod film;
mod keys;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod write;

use crate::{
    Access, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Identity, InboundPage, Key,
    Kind, OwnPage, Post, Prepared, Proof, Recordings, Renewed, Safety, Secret, SignIn, Sought, Verdict,
};
use answer::{data, unreadable};
use ground::clock::Clock;
use ground::fetch::{Fetch, Method, Request};
use serde_json::Value;
use std::time::Duration;

/// What is asked of a post. X's pages name them under `tweet.fields`, where answers say *tweet*; its newest packages under
/// `post.fields`, where they say *post*. The older name is asked with, and both are understood in answers.
const POST_FIELDS: &str = "created_at,author_id,entities,referenced_tweets,note_tweet";
/// What is counted: under `public_metrics` (`PostPublicMetrics` in `xdk` 0.10.6; the older name in X's pages).
const REPOSTS: [&str; 2] = ["repost_count", "retweet_count"];
/// `docs.x.com`, *Media*: pictures up to 5 MB, four to a post. Films go another way ([`film`]).
const PICTURES: usize = 4;
const PICTURE_BYTES: usize = 5_000_000;
const PICTURE_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
/// `docs.x.com`, *Media metadata*.
const ALT_LENGTH: usize = 1_000;
/// Without a paid subscription.
const TEXT_LENGTH: usize = 280;

/// How long a film is looked at after it was brought, before that is left to a later try.
const WATCHED: Duration = Duration::from_secs(30);
/// Before a piece is brought again, longer each time.
const PAUSE: Duration = Duration::from_secs(1);

pub struct X {
    fetch: Fetch,
    clock: Clock,
    piece: usize,
    watched: Duration,
    pause: Duration,
}

/// An id, which is a number of at most twenty digits.
fn digits(id: &str) -> Option<u64> {
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).then(|| id.parse().ok()).flatten()
}

/// A name people have at X.
fn is_name(name: &str) -> bool {
    (1..=50).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What may go into a header.
fn is_token(token: &str) -> bool {
    (1..=4096).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

/// What X gives to turn a page with.
fn is_short_word(token: &str) -> bool {
    token.len() <= 512 && is_token(token)
}

fn profile_url(name: &str) -> String {
    format!("https://x.com/{name}")
}

/// Where people see a post. X leads to it under any name.
fn post_url(handle: &str, id: &str) -> String {
    let name = Some(handle.trim_start_matches('@')).filter(|n| is_name(n)).unwrap_or("i");
    format!("https://x.com/{name}/status/{id}")
}

impl X {
    pub fn new(fetch: Fetch, clock: Clock) -> X {
        X { fetch, clock, piece: film::PIECE, watched: WATCHED, pause: PAUSE }
    }

    /// Brings smaller pieces, does not wait between tries, and looks at a film for that long.
    #[cfg(test)]
    pub(crate) fn in_pieces(self, piece: usize, watched: Duration) -> X {
        X { piece, watched, pause: Duration::ZERO, ..self }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let token = Some(access.secret.reveal()).filter(|t| is_token(t)).ok_or(Verdict::Unauthorised)?;
        Ok(Request::new(method, access.url(path)).header("accept", "application/json").bearer(token))
    }

    /// A list that belongs to the account.
    fn mine(&self, access: &Access, list: &str) -> Result<String, Failure> {
        let human = "The account's number at X is not known: connect it again.".to_owned();
        let id = digits(&access.remote_account_id).ok_or(Failure::Refused { code: "account".to_owned(), human })?;
        Ok(format!("/2/users/{id}/{list}"))
    }

    /// One post. Without a query X tells its id and its words.
    async fn one(&self, access: &Access, id: &str, query: &str) -> Result<Value, Failure> {
        let id = digits(id).ok_or(Failure::Gone)?;
        let answer = self.get(access, &format!("/2/tweets/{id}{query}")).await?;
        data(&answer).cloned()
    }

    async fn user(&self, access: &Access, path: &str) -> Result<Identity, Failure> {
        let answer = self.get(access, path).await?;
        let user = data(&answer)?;
        let text = |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, username) = (text("id"), text("username"));
        if digits(id).is_none() || !is_name(username) {
            return Err(unreadable());
        }
        let url = Some(profile_url(username));
        Ok(Identity { account_id: id.to_owned(), handle: format!("@{username}"), name: text("name").to_owned(), url })
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let post = self.one(access, remote_id, "?tweet.fields=public_metrics").await?;
        let counted = post.get("public_metrics").filter(|m| m.is_object()).ok_or_else(unreadable)?;
        let count = |name: &str| counted.get(name).and_then(Value::as_u64);
        // Whoever quotes a post passes it on, too.
        let reposts = REPOSTS.into_iter().find_map(count);
        let shares = reposts.map(|n| n.saturating_add(count("quote_count").unwrap_or_default()));
        Ok(Counts {
            likes: count("like_count"),
            shares,
            replies: count("reply_count"),
            views: count("impression_count"),
        })
    }
}

impl Connector for X {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "x",
            name: "X",
            kind: Kind::Microblog,
            publishes: true,
            text_limit: Some(TEXT_LENGTH),
            count: Count::XWeighted,
            max_media: PICTURES,
            needs_media: false,
            alt_limit: Some(ALT_LENGTH),
            image_types: PICTURE_TYPES.map(str::to_owned).to_vec(),
            image_bytes: Some(PICTURE_BYTES),
            recordings: Some(Recordings {
                types: film::FILM_TYPES.map(str::to_owned).to_vec(),
                bytes: Some(film::FILM_BYTES),
                seconds: Some(film::FILM_SECONDS),
                captions: true,
                needed: false,
            }),
            // Only for accounts with a paid subscription, for a short time, and under a new id each time.
            can_edit: false,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            calls_us: false,
            key: Key::Token,
            server: Some("https://api.x.com"),
            safety: Safety::ReadBack,
            proof: Proof::Contract,
        }
    }

    /// Pay per use, since February 2026.
    fn is_billed(&self) -> bool {
        true
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.user(access, "/2/users/me"))
    }

    fn renew<'a>(&'a self, access: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        Box::pin(async move { self.keys(access).renewed(refresh).await.map(Some) })
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(keys::sign_in())
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move { self.keys(access).granted(&keys::sign_in(), brought).await })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let name = handle.trim().trim_start_matches('@');
            if !is_name(name) {
                return Err(Failure::Gone);
            }
            let user = self.user(access, &format!("/2/users/by/username/{name}")).await?;
            Ok(Some(user.account_id))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            let mut media = Vec::new();
            for picture in &post.media {
                media.push(self.upload(access, picture).await?);
            }
            let Some(recording) = &post.recording else { return Ok(Prepared::of(post, media)) };
            let film = self.film(access, recording).await?;
            media.push(film.id.clone());
            Ok(Prepared { container: Some(film.kept), until_us: film.until_us, ..Prepared::of(post, media) })
        })
    }

    /// X knows no key of ours.
    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if let Some(film) = &prepared.container
                && let Err(verdict) = self.may_refer(access, film).await
            {
                return verdict;
            }
            self.publish(access, prepared).await
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.remove(access, remote_id))
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.conceal(access, remote_id, hidden))
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.mentions(access, cursor))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
