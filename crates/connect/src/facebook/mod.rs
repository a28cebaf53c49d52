//! Facebook Pages, through Meta's Graph API. A post is made by one call that knows no key of ours, so after an attempt
//! without an answer the page's own posts are looked through; an answer to a comment is looked for where it was written. A
//! film is a draft first and published by its id, which then says whether it is out.
//!
//! [`Access::base_url`] is the Graph host, [`Access::secret`] a page's token, [`Access::remote_account_id`] the page's
//! number. Paths, parameters and fields are those of the description that comes with Meta's own client (`facebook-business`
//! 26.0.3 on PyPI: `page.py`, `pagepost.py`, `comment.py`, `advideo.py`).
mod again;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_comments;
#[cfg(test)]
mod fake_films;
mod film;
#[cfg(test)]
mod film_tests;
mod keys;
mod list;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod tests;
mod upload;
mod write;

use crate::meta::answer::unreadable;
use crate::meta::film::films;
use crate::meta::hear::{Interest, agree, look};
use crate::meta::{Graph, account as page, id_in, is_id, is_number, is_username, on_site, query};
use crate::wire::unwritten;
use crate::{
    Access, Again, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Heard, Identity,
    InboundPage, Key, Kind, NotHeard, Notice, OwnPage, Post, Prepared, Problem, Proof, Safety, Secret, SignIn, Sought,
    Standing, Verdict, problems,
};
use ground::clock::Clock;
use ground::fetch::Fetch;
use serde_json::Value;

/// The version the description is of (`apiconfig.py`).
const VERSION: &str = "v26.0";
/// Where people read what was posted.
const WEB: &str = "https://www.facebook.com";
/// What is asked about a page. Only pages have a category, so a person's token is refused.
const PAGE_FIELDS: &str = "id,name,username,link,category";
/// What is counted on a post; people who reacted, whatever the reaction. Insights are not read: their names change and the
/// newest count people, not views; a film has a count of its own.
const POST_COUNTS: &str = "reactions.limit(0).summary(total_count),comments.filter(stream).limit(0).summary(total_count),\
                           shares,attachments{media_type,target{id}}";
const COMMENT_COUNTS: &str = "like_count,comment_count";
/// The largest film in bytes (Meta's page on video errors, 1363023), and how much of one is sent at once.
const FILM_BYTES: u64 = 2_000_000_000;
const PIECE: usize = 16 << 20;
/// One picture goes with an answer to a comment.
const PICTURES_OF_AN_ANSWER: usize = 1;

/// What a page's app is told of: posts and comments on the page, and mentions of it.
const HEARD: Interest = Interest { object: Some("page"), fields: &["feed", "mention"] };

pub struct Facebook {
    graph: Graph,
    piece: usize,
}

/// Whether an id is a post's of this page; comments' begin with the number of what they stand under.
fn is_post_of(access: &Access, id: &str) -> bool {
    id.split_once('_').is_some_and(|(page, _)| page == access.remote_account_id)
}

/// The address Facebook gives, if it is one of Facebook's.
fn on_facebook(address: Option<&str>) -> Option<String> {
    on_site(address, &["facebook.com"])
}

/// A node or an edge of it, by a checked id.
fn path(id: &str, rest: &str) -> String {
    format!("/{VERSION}/{id}{rest}")
}

impl Facebook {
    pub fn new(fetch: Fetch, clock: Clock) -> Facebook {
        Facebook { graph: Graph::new(fetch, clock, "Facebook", VERSION), piece: PIECE }
    }

    /// The page whose token it is.
    async fn me(&self, access: &Access) -> Result<Identity, Failure> {
        let me = match self.graph.get(access, &path("me", &query(&[("fields", PAGE_FIELDS)]))).await {
            // A person has no such fields.
            Err(Failure::Refused { code, .. }) if code == "refused" => return Err(not_a_page()),
            other => other?,
        };
        let account_id = id_in(&me).filter(|id| is_number(id)).ok_or_else(unreadable)?;
        let text = |name: &str| me.get(name).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
        let name = text("name").ok_or_else(unreadable)?.to_owned();
        text("category").ok_or_else(not_a_page)?;
        let handle = text("username").filter(|n| is_username(n)).map(|n| format!("@{n}"));
        let url = on_facebook(text("link")).unwrap_or_else(|| format!("{WEB}/{account_id}"));
        Ok(Identity { handle: handle.unwrap_or_else(|| account_id.clone()), account_id, name, url: Some(url) })
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        if !is_id(remote_id) {
            return Err(Failure::Gone);
        }
        let post = is_post_of(access, remote_id);
        let fields = if post { POST_COUNTS } else { COMMENT_COUNTS };
        let it = self.graph.get(access, &path(remote_id, &query(&[("fields", fields)]))).await?;
        let count = |at: &str| it.pointer(at).and_then(Value::as_u64);
        if !post {
            return Ok(Counts {
                likes: count("/like_count"),
                shares: None,
                replies: count("/comment_count"),
                views: None,
            });
        }
        let views = self.views(access, remote_id, &it).await?;
        Ok(Counts {
            likes: count("/reactions/summary/total_count"),
            // Not there where nobody shared it, but not certainly only there: that is “not told”.
            shares: count("/shares/count"),
            replies: count("/comments/summary/total_count"),
            views,
        })
    }
}

fn not_a_page() -> Failure {
    Failure::Refused { code: "not-a-page".into(), human: "This is not the token of a page.".into() }
}

impl Connector for Facebook {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "facebook",
            name: "Facebook Pages",
            kind: Kind::Page,
            publishes: true,
            // Told by others, not by the description; counted in the unit in which a text is longest.
            text_limit: Some(63_206),
            count: Count::Utf16Units,
            max_media: 10,
            needs_media: false,
            alt_limit: None,
            image_types: ["image/jpeg", "image/png", "image/gif"].map(str::to_owned).to_vec(),
            image_bytes: Some(4_000_000),
            recordings: Some(films(FILM_BYTES, None, true)),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: true,
            lists_own: true,
            has_metrics: true,
            calls_us: true,
            key: Key::Token,
            server: Some("https://graph.facebook.com"),
            safety: Safety::ReadBack,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if post.reply_to.is_some() {
            can.max_media = PICTURES_OF_AN_ANSWER;
            can.recordings = None;
        }
        problems(&can, post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.me(access))
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(keys::sign_in())
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(self.granted(access, brought))
    }

    /// Other pages' names are told only to apps that Meta has let look at them.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let name = handle.trim_start_matches('@');
            if !is_username(name) {
                return Err(Failure::Gone);
            }
            let them = self.graph.get(access, &path(name, &query(&[("fields", "id")]))).await?;
            id_in(&them).filter(|id| is_number(id)).map(Some).ok_or_else(unreadable)
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            if let Some(film) = &post.recording {
                return self.film_ready(access, post, film).await;
            }
            let mut media = Vec::new();
            for picture in &post.media {
                media.push(self.upload(access, picture).await?);
            }
            // Where an answer goes is kept as the container: it is looked for there, if it has to be.
            Ok(Prepared { container: post.reply_to.clone(), ..Prepared::of(post, media) })
        })
    }

    fn prepare_edit<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready_to_change(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.publish(access, prepared).await.unwrap_or_else(unwritten) })
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
        Box::pin(self.remove(access, remote_id))
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.set_hidden(access, remote_id, hidden))
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
