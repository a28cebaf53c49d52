//! Pages of organisations on LinkedIn, through its Community Management API. There is no key for a post: after an attempt
//! without an answer the page's own posts are looked through for its words.
//!
//! [`Access::base_url`] is `https://api.linkedin.com`; [`Access::secret`] is a member's access token, sent in a header only.
//! The member administers the page. [`Access::remote_account_id`] is the page, `urn:li:organization:N`; before it is
//! connected, [`Access::handle`] names it: the last part of its address. Remote ids are LinkedIn's urns ([`urn`]).
//! What renews a key is kept as `client_id:client_secret:refresh_token`.
//!
//! Source: LinkedIn's API documentation (“Marketing”, “Community Management”), as of the version below.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod comments;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_calls;
#[cfg(test)]
mod fake_films;
mod film;
mod keys;
mod list;
mod little;
mod own;
#[cfg(test)]
mod tests;
mod urn;
mod who;
mod words;
mod write;

use crate::{
    Access, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Identity, InboundPage, Key,
    Kind, OwnPage, Post, Prepared, Problem, Proof, Recordings, Renewed, Safety, Secret, SignIn, Sought, Verdict,
    problems,
};
use answer::done;
use ground::clock::{Clock, MINUTE};
use ground::fetch::{Fetch, Method, Request, Response};
use std::time::Duration;

/// The version of the interface, by year and month (“Versioning”). LinkedIn answers to one for about a year; this one was
/// in use in June 2026.
const VERSION: &str = "202606";
/// The version of the protocol below it (“Protocol Version”).
const PROTOCOL: &str = "2.0.0";
/// Where keys are given and renewed (“Refresh Tokens with OAuth 2.0”).
const TOKENS: &str = "https://www.linkedin.com/oauth/v2/accessToken";
/// The longest text of a post and of a comment. LinkedIn does not say what it counts; UTF-16 units are the most of all
/// that it may be, letters of the common scripts being one each.
const TEXT: usize = 3000;
const ANSWER: usize = 1250;
/// Pictures in one post (“MultiImage API”: 2 to 20).
const PICTURES: usize = 20;
/// The longest description of a picture (“Posts API”, `altText`).
const ALT: usize = 4086;
/// LinkedIn names no size in bytes but one in dots (36,152,320); what it is sent stays well below what its own page takes.
const PICTURE_BYTES: usize = 5 << 20;
/// LinkedIn's times are in milliseconds, ours in microseconds.
const MILLISECOND: i64 = 1000;
/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// Posts of the last so many milliseconds are watched for comments: thirty days.
const WATCHED_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How long a film is looked at after it was brought, before that is left to a later try, and how often. Between two tries
/// to send a part it is waited as long, and longer each time.
const WATCHED: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(2);

pub struct LinkedIn {
    fetch: Fetch,
    clock: Clock,
    tokens: String,
    watched: Duration,
    pause: Duration,
}

/// The page an account is.
fn page(access: &Access) -> Result<String, Failure> {
    let id = urn::organization(&access.remote_account_id);
    id.map(|id| format!("urn:li:organization:{id}")).ok_or_else(who::no_page)
}

impl LinkedIn {
    pub fn new(fetch: Fetch, clock: Clock) -> LinkedIn {
        LinkedIn { fetch, clock, tokens: TOKENS.to_owned(), watched: WATCHED, pause: PAUSE }
    }

    /// Looks at films for that long and that often.
    #[cfg(test)]
    pub(crate) fn watching(self, watched: Duration, pause: Duration) -> LinkedIn {
        LinkedIn { watched, pause, ..self }
    }

    /// Gets its keys at another address.
    #[cfg(test)]
    pub(crate) fn giving_keys_at(self, address: &str) -> LinkedIn {
        LinkedIn { tokens: address.to_owned(), ..self }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let request = self.with_key(Request::new(method, access.url(path)), access)?;
        Ok(request.header("accept", "application/json"))
    }

    fn with_key(&self, request: Request, access: &Access) -> Result<Request, Verdict> {
        let key = access.secret.reveal().trim();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Verdict::Unauthorised);
        }
        let request = request.bearer(key).header("linkedin-version", VERSION);
        Ok(request.header("x-restli-protocol-version", PROTOCOL))
    }

    async fn send(&self, request: Request, access: &Access) -> Result<Response, Verdict> {
        done(self.fetch.send(request).await, &self.clock, access)
    }
}

/// A verdict, whichever way it was reached.
fn either(verdict: Result<Verdict, Verdict>) -> Verdict {
    verdict.unwrap_or_else(|verdict| verdict)
}

impl Connector for LinkedIn {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "linkedin",
            name: "LinkedIn",
            kind: Kind::Page,
            publishes: true,
            text_limit: Some(TEXT),
            count: Count::Utf16Units,
            max_media: PICTURES,
            needs_media: false,
            alt_limit: Some(ALT),
            image_types: ["image/jpeg", "image/png", "image/gif"].map(str::to_owned).to_vec(),
            image_bytes: Some(PICTURE_BYTES),
            recordings: Some(Recordings {
                types: vec![film::FILM_TYPE.to_owned()],
                bytes: Some(film::FILM_BYTES),
                seconds: Some(film::FILM_SECONDS),
                captions: true,
                needed: false,
            }),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            // The interface has no way to hide a comment; removing one could not be undone.
            can_hide: false,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            calls_us: false,
            key: Key::Token,
            server: Some("https://api.linkedin.com"),
            safety: Safety::ReadBack,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if post.reply_to.is_some() {
            (can.text_limit, can.max_media, can.recordings) = (Some(ANSWER), 0, None);
        }
        problems(&can, post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.who(access))
    }

    fn renew<'a>(&'a self, access: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        let _ = access;
        Box::pin(async move { self.keys().renewed(refresh).await.map(Some) })
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(keys::sign_in())
    }

    fn exchange<'a>(&'a self, _access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move { self.keys().granted(&keys::sign_in(), brought).await })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move { Ok(self.named(access, handle).await?.map(|page| page.urn())) })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready(access, post))
    }

    fn prepare_edit<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready_to_change(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            either(match &prepared.reply_to {
                Some(to) => self.answer(access, to, prepared).await,
                None => self.publish(access, prepared).await,
            })
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move { either(self.change(access, remote_id, prepared).await) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { either(self.remove(access, remote_id).await) })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments(access, cursor))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
