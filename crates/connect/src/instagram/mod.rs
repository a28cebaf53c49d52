//! Instagram, for professional accounts, through Meta's API with Instagram's own login. A post is a container first, which
//! nobody sees, and is published by its id; after an attempt without an answer the container tells whether it is out. A film
//! is a *reel*, which also stands among the account's posts; Instagram fetches it, as it does pictures, because sending bytes
//! is for accounts reached through a Facebook page only (Meta's page on resumable uploads). A comment knows no second step:
//! it is looked for where it was written, before anything is written again.
//!
//! [`Access::base_url`] is the API's host, [`Access::secret`] a token of the account that is good for sixty days,
//! [`Access::remote_account_id`] the account's number. Paths, parameters and fields are those of the description that comes
//! with Meta's own client (`facebook-business` 26.0.3 on PyPI: `iguserforigonlyapi.py`, `igmediaforigonlyapi.py`,
//! `iguser.py`, `igcomment.py`, `igrefreshaccesstokenforigonlyapi.py`).
//!
//! A post's id here is its number; a comment's is the post's and its own with a line between, for nothing else tells the two
//! apart.
#[cfg(test)]
pub(crate) mod bench;
mod comments;
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
mod write;

use crate::meta::answer::unreadable;
use crate::meta::container::Words;
use crate::meta::film::films;
use crate::meta::hear::{Interest, agree, look};
use crate::meta::renew::sign_in;
use crate::meta::{Graph, is_id, is_number, is_username, on_site, query};
use crate::oauth::Tokens;
use crate::{
    Access, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Heard, Identity,
    InboundPage, Key, Kind, NotHeard, Notice, OwnPage, Post, Prepared, Problem, Proof, Renewed, Safety, Secret, SignIn,
    Sought, Verdict, problems,
};
use ground::clock::Clock;
use ground::fetch::{Fetch, Request};
use serde_json::Value;

/// The version the description is of (`apiconfig.py`).
const VERSION: &str = "v26.0";
/// Where people read.
const SITE: &str = "instagram.com";
/// `id` is the account's as this app knows it, `user_id` the one that stands in paths.
const ACCOUNT_FIELDS: &str = "id,user_id,username,name";
/// What is counted on a post itself, on a comment, and what Insights count (`insightsresult.py`; names change: one that is
/// not told is “not told”).
const COUNT_FIELDS: &str = "like_count,comments_count";
const COMMENT_COUNT_FIELDS: &str = "like_count";
const COUNTED: &str = "views,shares";
/// A container (Meta's page on the container of Instagram). The description of Instagram's own login writes the edge
/// `/mediapublish`; `iguser.py` and the documentation write it like this.
const CONTAINER: Words = Words { state: "status_code", why: "status", publish: "/media_publish" };
/// Pictures in a carousel.
const PICTURES: usize = 10;
const JPEG: &str = "image/jpeg";
/// The largest film in bytes (Meta's page on publishing, reel specifications; older texts of it name 1 GB),
/// and the longest in seconds.
const FILM_BYTES: u64 = 300_000_000;
const FILM_SECONDS: u64 = 900;

/// What the program asks to be allowed (Meta's page “Business Login for Instagram”).
const SCOPES: [&str; 4] = [
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
];
const ASKED: &str = "https://www.instagram.com/oauth/authorize";
/// Whoever is signed in there with an account of their own is asked for another.
const MORE: [(&str, &str); 1] = [("force_reauth", "true")];
/// Where the first token comes from, which is not where all else is.
const TOKENS: &str = "https://api.instagram.com/oauth/access_token";

/// What an account's app is told of: comments, and mentions of it.
const HEARD: Interest = Interest { object: Some("instagram"), fields: &["comments", "mentions"] };

pub struct Instagram {
    graph: Graph,
    tokens: String,
}

/// Who the token is of.
struct Own {
    account_id: String,
    scoped_id: Option<String>,
    username: String,
    name: String,
}

fn on_instagram(address: Option<&str>) -> Option<String> {
    on_site(address, &[SITE])
}

/// A post's number, and a comment's if it is one.
fn parts(id: &str) -> Option<(&str, Option<&str>)> {
    is_id(id).then(|| id.split_once('_').map_or((id, None), |(post, comment)| (post, Some(comment))))
}

impl Instagram {
    pub fn new(fetch: Fetch, clock: Clock) -> Instagram {
        Instagram { graph: Graph::new(fetch, clock, "Instagram", VERSION), tokens: TOKENS.to_owned() }
    }

    /// Gets its first tokens at another address.
    #[cfg(test)]
    pub(crate) fn giving_keys_at(self, address: &str) -> Instagram {
        Instagram { tokens: address.to_owned(), ..self }
    }

    async fn me(&self, access: &Access) -> Result<Own, Failure> {
        let at = self.graph.path("me", &query(&[("fields", ACCOUNT_FIELDS)]));
        let told = self.graph.get(access, &at).await?;
        // The documentation shows it in a list of one.
        let me = told.pointer("/data/0").unwrap_or(&told);
        let number = |name: &str| {
            let value = me.get(name)?;
            let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()))?;
            Some(text).filter(|t| is_number(t))
        };
        let text = |name: &str| me.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        let username = text("username").filter(|n| is_username(n)).ok_or_else(unreadable)?;
        Ok(Own {
            account_id: number("user_id").ok_or_else(unreadable)?,
            scoped_id: number("id"),
            name: text("name").unwrap_or(username).to_owned(),
            username: username.to_owned(),
        })
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let (post, comment) = parts(remote_id).ok_or(Failure::Gone)?;
        let fields = if comment.is_some() { COMMENT_COUNT_FIELDS } else { COUNT_FIELDS };
        let at = self.graph.path(comment.unwrap_or(post), &query(&[("fields", fields)]));
        let it = self.graph.get(access, &at).await?;
        let count = |name: &str| it.get(name).and_then(Value::as_u64);
        let counts = Counts { likes: count("like_count"), shares: None, replies: count("comments_count"), views: None };
        if comment.is_some() {
            return Ok(counts);
        }
        let at = self.graph.path(post, &format!("/insights{}", query(&[("metric", COUNTED)])));
        let told = match self.graph.get(access, &at).await {
            Ok(told) => told,
            // A permission of its own, and not for every kind of post.
            Err(Failure::Refused { .. } | Failure::Gone) => return Ok(counts),
            Err(failure) => return Err(failure),
        };
        let list = told.get("data").and_then(Value::as_array).ok_or_else(unreadable)?;
        let insight = |name: &str| {
            let one = list.iter().find(|m| m.get("name").and_then(Value::as_str) == Some(name))?;
            one.pointer("/values/0/value").or_else(|| one.pointer("/total_value/value")).and_then(Value::as_u64)
        };
        Ok(Counts { shares: insight("shares"), views: insight("views"), ..counts })
    }
}

impl Connector for Instagram {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "instagram",
            name: "Instagram",
            kind: Kind::Page,
            publishes: true,
            // Told by others, not by the description; counted in the unit in which a text is longest.
            text_limit: Some(2_200),
            count: Count::Utf16Units,
            max_media: PICTURES,
            needs_media: true,
            alt_limit: Some(1_000),
            image_types: vec![JPEG.to_owned()],
            image_bytes: Some(8_000_000),
            recordings: Some(films(FILM_BYTES, Some(FILM_SECONDS), false)),
            can_edit: false,
            can_delete: false,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            calls_us: true,
            key: Key::Token,
            server: Some("https://graph.instagram.com"),
            safety: Safety::TwoPhase,
            proof: Proof::Contract,
        }
    }

    /// A comment has no pictures and no film.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if post.reply_to.is_some() {
            can.max_media = 0;
            can.recordings = None;
        }
        problems(&can, post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let Own { account_id, username, name, .. } = self.me(access).await?;
            let url = Some(format!("https://www.{SITE}/{username}/"));
            Ok(Identity { account_id, handle: format!("@{username}"), name, url })
        })
    }

    /// The token renews itself. Here it stands in the address: the description names it as this call's parameter, and
    /// nothing says that a header is read as well. Errors show no address.
    fn renew<'a>(&'a self, access: &'a Access, _refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        Box::pin(async move {
            let token = access.secret.reveal();
            if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(Failure::Unauthorised);
            }
            let given = query(&[("grant_type", "ig_refresh_token"), ("access_token", token)]);
            let request = Request::get(access.url(&format!("/refresh_access_token{given}")));
            self.graph.renewed(access, request.header("accept", "application/json")).await
        })
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(sign_in(ASKED, &SCOPES, &MORE))
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move {
            let tokens = Tokens::new(&self.graph.fetch, &self.graph.clock, "Instagram", self.tokens.clone());
            let short = tokens.granted(&sign_in(ASKED, &SCOPES, &MORE), brought).await?;
            self.graph.longer(access, &brought.app, &short.secret, "ig_exchange_token").await
        })
    }

    /// Only of the account itself: with Instagram's own login nothing is told of others.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let me = self.me(access).await?;
            Ok(me.username.eq_ignore_ascii_case(handle.trim_start_matches('@')).then_some(me.account_id))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.make_ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match &prepared.reply_to {
                Some(to) => self.comment(access, to, prepared).await,
                None => self.publish(access, prepared).await,
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.set_hidden(access, remote_id, hidden))
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments(access, cursor))
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
