//! Communities on Lemmy servers. A post is a post in one community, written by one account; a server has no way to know a call
//! again, so after an attempt without an answer the account's own posts are looked through.
//!
//! [`Access::base_url`] is the server's address, [`Access::secret`] is `name:password`, [`Access::handle`] the community,
//! `!roads@forum.example`. The account's id is `7-12`: the person's number and the community's on that server. A post's id is
//! `p34`, a comment's `c56`. Times are in microseconds since 1970.
//!
//! Source: `lemmy-js-client` 0.17 and 0.19 from npm (paths, fields, codes) and the source of Lemmy 0.17.
mod again;
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod comments;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_calls;
mod own;
mod session;
#[cfg(test)]
mod strange;
#[cfg(test)]
mod tests;
mod view;
mod words;
mod write;

use crate::wire::{gone, unwritten};
use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind,
    OwnPage, Post, Prepared, Problem, Proof, Safety, Sought, Verdict, problems,
};
use answer::{rejected, unreadable};
use ground::clock::{Clock, MINUTE};
use ground::fetch::Fetch;
use serde_json::Value;
use session::{Session, Sessions};
use view::{Community, address};

/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// The longest description of a picture, which stands in the text here.
const ALT: usize = 1_500;
/// The largest picture in bytes; what a server takes is its own affair and not told.
const PICTURE: usize = 5 << 20;

pub struct Lemmy {
    fetch: Fetch,
    clock: Clock,
    sessions: Sessions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Post(u64),
    Comment(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Post(id) => write!(f, "p{id}"),
            Place::Comment(id) => write!(f, "c{id}"),
        }
    }
}

impl Place {
    fn url(self, access: &Access) -> String {
        match self {
            Place::Post(id) => access.url(&format!("/post/{id}")),
            Place::Comment(id) => access.url(&format!("/comment/{id}")),
        }
    }
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten().filter(|n| *n > 0)
}

/// `p34` or `c56`.
fn place(remote_id: &str) -> Option<Place> {
    match remote_id.strip_prefix('p') {
        Some(id) => digits(id).map(Place::Post),
        None => remote_id.strip_prefix('c').and_then(digits).map(Place::Comment),
    }
}

/// The two numbers of an account's id.
fn numbers(access: &Access) -> Option<(u64, u64)> {
    let (person, community) = access.remote_account_id.split_once('-')?;
    Some((digits(person)?, digits(community)?))
}

fn person_id(access: &Access) -> Option<u64> {
    numbers(access).map(|(person, _)| person)
}

/// Where pictures that were uploaded are found.
fn pictures(access: &Access) -> String {
    access.url("/pictrs/image/")
}

/// The community's name as the server is asked for it: `roads`, or `roads@other.example`.
fn community_name(access: &Access, handle: &str) -> Result<String, Failure> {
    let handle = handle.trim().trim_start_matches('!');
    let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
    let fits_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let fits_host = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    if !(fits_name && fits_host) || handle.len() > 255 {
        let human = "A community is written as !name@server, or !name on the account's own server.";
        return Err(Failure::Refused { code: "handle".into(), human: human.into() });
    }
    let own = access.base_url.split_once("://").map_or("", |(_, rest)| rest.trim_end_matches('/'));
    let here = host.is_empty() || own.eq_ignore_ascii_case(host);
    Ok(if here { name.to_owned() } else { format!("{name}@{host}") })
}

/// Whoever calls, and the community it is about.
struct Us {
    session: Session,
    community: u64,
}

impl Lemmy {
    pub fn new(fetch: Fetch, clock: Clock) -> Lemmy {
        Lemmy { fetch, clock, sessions: Sessions::default() }
    }

    async fn community(&self, access: &Access, session: &Session, handle: &str) -> Result<Community, Failure> {
        let name = community_name(access, handle)?;
        let answer: Value = match self.get(access, session, "/community", &[("name", &name)]).await {
            // Of a community on another server the same is said when that server is not reached.
            Err(Failure::Refused { code, .. }) if code == "not-found" && name.contains('@') => {
                let human = "The server knows no such community, or did not reach the one it is on.";
                return Err(Failure::Refused { code, human: human.into() });
            }
            Err(Failure::Refused { code, .. }) if code == "not-found" => return Err(Failure::Gone),
            answer => answer?,
        };
        let community = answer.pointer("/community_view/community").cloned().ok_or_else(unreadable)?;
        let community: Community = serde_json::from_value(community).map_err(|_| unreadable())?;
        if community.id == 0 || community.deleted || community.removed {
            return Err(Failure::Gone);
        }
        Ok(community)
    }

    async fn us(&self, access: &Access) -> Result<Us, Failure> {
        let session = self.meant(access).await?;
        let community = match numbers(access) {
            Some((_, community)) => community,
            None => self.community(access, &session, &access.handle).await?.id,
        };
        Ok(Us { session, community })
    }

    async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let mut session = self.session(access).await?;
        self.look_at_myself(access, &mut session).await?;
        if let Some(human) = session.hides {
            return Err(Failure::Refused { code: "settings".into(), human: human.into() });
        }
        let community = self.community(access, &session, &access.handle).await?;
        if community.nsfw {
            let human = "The community is marked as not safe for work: lists leave its posts out.";
            return Err(Failure::Refused { code: "nsfw".into(), human: human.into() });
        }
        let url = address(&community.actor_id).unwrap_or_else(|| access.url(&format!("/c/{}", community.name)));
        let host = url::Url::parse(&url).ok().and_then(|u| {
            let host = u.host_str()?.to_owned();
            Some(u.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
        });
        let name = community.name.as_str();
        Ok(Identity {
            account_id: format!("{}-{}", session.person, community.id),
            handle: host.map_or_else(|| format!("!{name}"), |host| format!("!{name}@{host}")),
            name: if community.title.trim().is_empty() { name.to_owned() } else { community.title },
            url: Some(url),
        })
    }
}

impl Connector for Lemmy {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "lemmy",
            name: "Lemmy",
            kind: Kind::Forum,
            publishes: true,
            text_limit: Some(words::BODY),
            count: Count::Chars,
            max_media: 10,
            needs_media: false,
            alt_limit: Some(ALT),
            image_types: ["image/jpeg", "image/png", "image/gif", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(PICTURE),
            recordings: None,
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
            safety: Safety::ReadBack,
            proof: Proof::RealServer,
        }
    }

    /// A post needs words for its title, and the signs of escape count.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut out = problems(&self.capabilities(), post);
        let has = |out: &[Problem], code| out.iter().any(|p| p.code == code);
        if post.text.trim().is_empty() && post.reply_to.is_none() && !has(&out, "text-empty") {
            out.push(Problem { code: "text-empty", limit: None, found: None });
        }
        let found = words::escape(&post.text).chars().count();
        if found > words::BODY && !has(&out, "text-too-long") {
            out.push(Problem { code: "text-too-long", limit: Some(words::BODY), found: Some(found) });
        }
        out
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.who(access))
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let session = self.session(access).await?;
            let community = self.community(access, &session, handle).await?;
            Ok(Some(format!("{}-{}", session.person, community.id)))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            if post.text.trim().is_empty() && (post.reply_to.is_none() || post.media.is_empty()) {
                return Err(rejected(
                    "text-empty",
                    "There is no text; a post needs words for its title.",
                    Some("text"),
                ));
            }
            if post.reply_to.is_none() && !words::makes_a_title(&words::parts(&post.text).0) {
                let human = "A post needs a title with three letters in a row at least.";
                return Err(rejected("refused", human, Some("text")));
            }
            let mut media = Vec::new();
            for picture in &post.media {
                media.push(self.upload(access, picture).await?);
            }
            // With addresses of pictures and signs of escape: what the server counts.
            if words::body(&post.text, &media, &pictures(access)).chars().count() > words::BODY {
                return Err(rejected("too-long", "The text is longer than a Lemmy server takes.", Some("text")));
            }
            // Where an attempt is looked for.
            let container = Some(post.reply_to.clone().unwrap_or_else(|| own::POST.to_owned()));
            Ok(Prepared { container, ..Prepared::of(post, media) })
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match &prepared.reply_to {
                Some(to) => self.reply(access, to, prepared).await.unwrap_or_else(unwritten),
                None => self.begin(access, prepared).await.unwrap_or_else(unwritten),
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match place(remote_id) {
                Some(place) => self.change(access, place, prepared).await.unwrap_or_else(unwritten),
                None => gone(),
            }
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match place(remote_id) {
                Some(place) => self.remove(access, place).await.unwrap_or_else(unwritten),
                None => gone(),
            }
        })
    }

    /// As a moderator of the community. What is removed so is kept, and can be shown again.
    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match place(remote_id) {
                Some(Place::Comment(id)) => self.moderate(access, id, hidden).await.unwrap_or_else(unwritten),
                Some(Place::Post(_)) => Verdict::unsupported("hide"),
                None => gone(),
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

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
