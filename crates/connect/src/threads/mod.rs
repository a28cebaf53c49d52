//! Threads, through Meta's Threads API. A post is a container first, which nobody sees, and is published by its id; after an
//! attempt without an answer the container tells whether it is out.
//!
//! [`Access::base_url`] is the API's host, [`Access::secret`] a token of the account that is good for sixty days,
//! [`Access::remote_account_id`] the account's number. Threads is not in Meta's machine-readable description; paths,
//! parameters and fields are those of Meta's documentation and of its published collection of calls, in which the token
//! stands in a header. `auto_publish_text` is not used: it would give up the two steps.
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod film_tests;
mod inbox;
mod own;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod tests;
mod words;
mod write;

use crate::meta::answer::unreadable;
use crate::meta::container::Words;
use crate::meta::film::films;
use crate::meta::hear::{Interest, agree, look};
use crate::meta::renew::sign_in;
use crate::meta::{Graph, id_in, is_number, is_username, on_site, query};
use crate::oauth::Tokens;
use crate::wire::read_of;
use crate::{
    Access, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Heard, Identity,
    InboundPage, Key, Kind, NotHeard, Notice, OwnPage, Post, Prepared, Problem, Proof, Renewed, Safety, Secret, SignIn,
    Sought, Verdict,
};
use ground::clock::Clock;
use ground::fetch::{Fetch, Method};
use serde_json::Value;

/// The only version there is (Threads documentation, overview).
const VERSION: &str = "v1.0";
/// Where people read; the second is the older name, which still leads there.
const SITES: [&str; 2] = ["threads.com", "threads.net"];
const PROFILE_FIELDS: &str = "id,username,name";
/// Insights of a post (documentation, insights). Names change: one that is not told is “not told”.
const COUNTED: &str = "views,likes,replies,reposts,quotes";
/// A container (documentation, troubleshooting: publishing status).
const CONTAINER: Words = Words { state: "status", why: "error_message", publish: "/threads_publish" };
/// Characters in a post, and in what a picture is described with; the second is told by others.
const LONGEST: usize = 500;
const LONGEST_ALT: usize = 1_000;
/// Pictures in a carousel.
const PICTURES: usize = 20;
/// Different links in a post, since December 2025 (documentation, “Text attachments”).
const LINKS: usize = 5;
/// The largest film in bytes (documentation, overview: video specifications), and the longest in seconds.
const FILM_BYTES: u64 = 1_000_000_000;
const FILM_SECONDS: u64 = 300;

/// What the program asks to be allowed (Meta's page on Threads' access tokens).
const SCOPES: [&str; 7] = [
    "threads_basic",
    "threads_content_publish",
    "threads_read_replies",
    "threads_manage_replies",
    "threads_manage_insights",
    "threads_manage_mentions",
    "threads_delete",
];
const ASKED: &str = "https://threads.com/oauth/authorize";

/// What a profile's app is told of: replies, and mentions of it. Threads names no object, but one change by its field.
const HEARD: Interest = Interest { object: None, fields: &["replies", "mentions"] };

pub struct Threads {
    graph: Graph,
}

fn on_threads(address: Option<&str>) -> Option<String> {
    on_site(address, &SITES)
}

impl Threads {
    pub fn new(fetch: Fetch, clock: Clock) -> Threads {
        Threads { graph: Graph::new(fetch, clock, "Threads", VERSION) }
    }

    /// The account whose token it is.
    async fn me(&self, access: &Access) -> Result<Identity, Failure> {
        let at = self.graph.path("me", &query(&[("fields", PROFILE_FIELDS)]));
        let me = self.graph.get(access, &at).await?;
        let account_id = id_in(&me).filter(|id| is_number(id)).ok_or_else(unreadable)?;
        let text = |name: &str| me.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        let username = text("username").filter(|n| is_username(n)).ok_or_else(unreadable)?;
        Ok(Identity {
            handle: format!("@{username}"),
            name: text("name").unwrap_or(username).to_owned(),
            url: Some(format!("https://www.{}/@{username}", SITES[0])),
            account_id,
        })
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        if !is_number(remote_id) {
            return Err(Failure::Gone);
        }
        let at = self.graph.path(remote_id, &format!("/insights{}", query(&[("metric", COUNTED)])));
        let told = self.graph.get(access, &at).await?;
        let list = told.get("data").and_then(Value::as_array).ok_or_else(unreadable)?;
        let count = |name: &str| {
            let one = list.iter().find(|m| m.get("name").and_then(Value::as_str) == Some(name))?;
            one.pointer("/values/0/value").or_else(|| one.pointer("/total_value/value")).and_then(Value::as_u64)
        };
        let shares = match (count("reposts"), count("quotes")) {
            (Some(reposts), Some(quotes)) => Some(reposts.saturating_add(quotes)),
            (one, other) => one.or(other),
        };
        Ok(Counts { likes: count("likes"), shares, replies: count("replies"), views: count("views") })
    }
}

impl Connector for Threads {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "threads",
            name: "Threads",
            kind: Kind::Microblog,
            publishes: true,
            text_limit: Some(LONGEST),
            count: Count::Chars,
            max_media: PICTURES,
            needs_media: false,
            alt_limit: Some(LONGEST_ALT),
            image_types: ["image/jpeg", "image/png"].map(str::to_owned).to_vec(),
            image_bytes: Some(8_000_000),
            recordings: Some(films(FILM_BYTES, Some(FILM_SECONDS), false)),
            can_edit: false,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            calls_us: true,
            key: Key::Token,
            server: Some("https://graph.threads.net"),
            safety: Safety::TwoPhase,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        words::problems(&self.capabilities(), post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.me(access))
    }

    /// The token renews itself, in the header: Meta's collection of calls has it there, so it need not stand in an address.
    fn renew<'a>(&'a self, access: &'a Access, _refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        Box::pin(async move {
            let at = format!("/refresh_access_token{}", query(&[("grant_type", "th_refresh_token")]));
            let request = self.graph.to(Method::GET, access, &at).map_err(read_of)?;
            self.graph.renewed(access, request).await
        })
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(sign_in(ASKED, &SCOPES, &[]))
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move {
            let address = access.url("/oauth/access_token");
            let tokens = Tokens::new(&self.graph.fetch, &self.graph.clock, "Threads", address);
            let short = tokens.granted(&sign_in(ASKED, &SCOPES, &[]), brought).await?;
            self.graph.longer(access, &brought.app, &short.secret, "th_exchange_token").await
        })
    }

    /// Only of the account itself: of others Threads tells no id.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let me = self.me(access).await?;
            let same = me.handle.trim_start_matches('@').eq_ignore_ascii_case(handle.trim_start_matches('@'));
            Ok(same.then_some(me.account_id))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.make_ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.publish(access, prepared))
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.remove(access, remote_id))
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.set_hidden(access, remote_id, hidden))
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.answers_and_mentions(access, cursor))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn agree<'a>(&'a self, _access: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        Box::pin(async move { agree(word) })
    }

    fn hear(&self, notice: &Notice, secret: &Secret, _now_us: i64) -> Result<Heard, NotHeard> {
        look(notice, secret, &HEARD)
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
