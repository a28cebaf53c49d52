//! WordPress, by the REST API every site has since 4.7. A post is made as a draft first and published by its id, an answer
//! to a comment is made as a held comment first and approved by its id: doing either twice is doing it once, and an
//! attempt without an answer is settled by asking that id.
//!
//! The key ([`crate::Secret`]) is `user:application password`, the blanks of the password kept or left out. Its person
//! must be allowed to publish and to moderate: an *Editor*. Remote ids are `post:12` and `comment:7`, because WordPress
//! counts them apart. What is listed and read belongs to that person's posts, not to the whole site.
mod again;
#[cfg(test)]
pub(crate) mod bench;
mod bulk;
mod call;
mod comments;
mod drafts;
mod entities;
#[cfg(test)]
mod fake;
mod media;
mod own;
mod place;
#[cfg(test)]
mod tests;
mod words;

use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind,
    OwnPage, Post, Prepared, Problem, Proof, Recordings, Safety, Sought, Verdict, problems,
};
use entities::{Me, State};
use ground::clock::Clock;
use ground::fetch::{Fetch, Method};
use place::Place;
use serde_json::json;

/// As many as WordPress lists at once.
const PAGE: &str = "100";
const AT_ONCE: usize = 100;
const COMMENT_FIELDS: &str = "id,post,parent,author,author_name,author_email,author_url,date_gmt,content,link,status";

/// Films and sound that WordPress takes and browsers play.
const TYPES: [&str; 6] = ["video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/ogg", "audio/wav"];

pub struct WordPress {
    fetch: Fetch,
    clock: Clock,
    known: call::Known,
}

impl WordPress {
    pub fn new(fetch: Fetch, clock: Clock) -> WordPress {
        WordPress { fetch, clock, known: call::Known::default() }
    }

    async fn me(&self, access: &Access) -> Result<Me, Failure> {
        self.get(access, "/wp/v2/users/me", &[("context", "edit"), ("_fields", "id,name,slug")]).await
    }

    /// The number of the person whose key this is, as the site told it when the account was connected.
    async fn whose(&self, access: &Access) -> Result<u64, Failure> {
        match access.remote_account_id.parse() {
            Ok(id) => Ok(id),
            Err(_) => Ok(self.me(access).await?.id),
        }
    }

    async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let place: Place = remote_id.parse().map_err(|()| Failure::Gone)?;
        let state: State =
            self.get(access, &place.route(), &[("context", "edit"), ("_fields", "id,status,link")]).await?;
        if matches!(state.status.as_str(), "trash" | "spam") {
            return Err(Failure::Gone);
        }
        let (of, id) = match place {
            Place::Post(id) => ("post", id.to_string()),
            Place::Comment(id) => ("parent", id.to_string()),
        };
        let query = [(of, id.as_str()), ("status", "approve"), ("per_page", "1"), ("_fields", "id")];
        let response = self.read(access, "/wp/v2/comments", &query).await?;
        let replies = response.header("x-wp-total").and_then(|n| n.trim().parse().ok());
        Ok(Counts { replies, ..Counts::default() })
    }

    /// Into the trash: the public no longer sees it, and the site's people can still look at it, with the comments that
    /// citizens wrote under it. Only sites without a trash delete at once.
    async fn trash(&self, access: &Access, remote_id: &str) -> Verdict {
        let accepted = || Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
        let Ok(place) = remote_id.parse::<Place>() else { return accepted() };
        let route = place.route();
        let delete = async |force: &str| {
            let query = [("force", force), ("_fields", "id,status")];
            self.sent(self.request(access, Method::DELETE, &route, &query).await).await
        };
        let answer = match delete("false").await {
            Ok(r) if r.status == 501 && call::code(&r).as_deref() == Some("rest_trash_not_supported") => {
                delete("true").await
            }
            other => other,
        };
        match answer {
            Ok(r) if call::is_gone(&r) => accepted(),
            // "Not found" without WordPress' own word for it says that there is no such call here, not that it is done.
            Ok(r) if matches!(r.status, 404 | 410) => Verdict::unsupported("take_down"),
            other => crate::wire::removed(other, &self.clock, remote_id),
        }
    }

    async fn hold(&self, access: &Access, remote_id: &str, hidden: bool) -> Verdict {
        let Ok(place @ Place::Comment(_)) = remote_id.parse::<Place>() else { return Verdict::unsupported("hide") };
        let wanted = if hidden { "hold" } else { "approved" };
        let request = self.request(access, Method::POST, &place.route(), &[("_fields", "id,status,link")]).await;
        let request = request.map(|r| r.json(&json!({"status": wanted})));
        self.changed(request, place, wanted).await
    }
}

impl Connector for WordPress {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "wordpress",
            name: "WordPress",
            kind: Kind::Website,
            publishes: true,
            text_limit: None,
            count: Count::Chars,
            max_media: 10,
            needs_media: false,
            alt_limit: None,
            image_types: ["image/jpeg", "image/png", "image/gif", "image/webp"].map(str::to_owned).to_vec(),
            // Each site's own, and not told: a picture too large is refused when it is uploaded.
            image_bytes: None,
            recordings: Some(Recordings {
                types: TYPES.map(str::to_owned).to_vec(),
                bytes: Some(media::LARGEST),
                seconds: None,
                captions: false,
                needed: false,
            }),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: true,
            lists_own: true,
            has_metrics: true,
            calls_us: false,
            key: Key::NamedPassword,
            server: None,
            safety: Safety::TwoPhase,
            // docs/connectors.md tells which server, and what it could not show.
            proof: Proof::RealServer,
        }
    }

    /// A comment carries no pictures.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if post.reply_to.is_some() {
            (can.max_media, can.text_limit, can.count) = (0, Some(words::COMMENT_BYTES), Count::Utf8Bytes);
            can.recordings = None;
        }
        problems(&can, post)
    }

    /// The account's address is the site's: that is what people know, and what is registered.
    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let me = self.me(access).await?;
            let host = access.base_url.split("://").last().unwrap_or_default().trim_end_matches('/');
            let handle = format!("@{}@{host}", me.slug);
            Ok(Identity {
                account_id: me.id.to_string(),
                handle,
                name: me.name,
                url: words::web(Some(access.url("/"))),
            })
        })
    }

    /// WordPress lists people who have published something, and the key's own person.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let slug = handle.trim_start_matches('@').split('@').next().unwrap_or_default();
            let me = self.me(access).await?;
            if me.slug == slug {
                return Ok(Some(me.id.to_string()));
            }
            let query = [("slug", slug), ("_fields", "id,name,slug")];
            let found: Vec<Me> = self.get(access, "/wp/v2/users", &query).await?;
            Ok(found.into_iter().find(|u| u.slug == slug).map(|u| u.id.to_string()))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            match &post.reply_to {
                Some(to) => self.held_answer(access, post, to).await,
                None => self.draft(access, post).await,
            }
        })
    }

    /// Makes public what was prepared. Without a container nothing was, and nothing is sent.
    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.publish(access, prepared))
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(self.state_of(access, sought.container.as_deref()))
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(self.replace(access, remote_id, prepared))
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.trash(access, remote_id))
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.hold(access, remote_id, hidden))
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments_after(access, cursor))
    }

    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        Box::pin(self.reread(access, remote_id))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
