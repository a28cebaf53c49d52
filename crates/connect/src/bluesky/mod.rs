//! Bluesky, by the AT Protocol: an account is a repository of records on its own server (PDS), a post is a record in it.
//! The record's key is chosen here, before the call, and kept with the prepared post; a record is only put where none
//! stands yet or the same one stands already, so that a repeated attempt makes no second post ([`Safety::Keyed`] without
//! end). What others write comes from the network's view of everything (AppView), which the server passes on.
//!
//! The secret is an *app password*. It opens a session, which is kept in memory and never longer than it is good for.
mod again;
mod at;
#[cfg(test)]
pub(crate) mod bench;
mod blob;
mod calls;
#[cfg(test)]
mod fake;
mod film;
mod notifications;
mod own;
mod picture;
mod record;
mod session;
#[cfg(test)]
mod tests;
mod threads;

use crate::wire;
use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind,
    OwnPage, Post, Prepared, Problem, Proof, Recordings, Safety, Sought, Verdict,
};
use at::{Place, tid};
use calls::{No, failure, refused};
use ground::clock::Clock;
use ground::fetch::Fetch;
use serde_json::{Value, json};
use session::Sessions;

/// The collection posts stand in.
const POST: &str = "app.bsky.feed.post";
/// The lexicon's second limit on a text, beside 300 characters as people see them.
const TEXT_BYTES: usize = 3000;

pub struct Bluesky {
    fetch: Fetch,
    clock: Clock,
    sessions: Sessions,
}

impl Bluesky {
    pub fn new(fetch: Fetch, clock: Clock) -> Bluesky {
        Bluesky { fetch, clock, sessions: Sessions::default() }
    }
}

impl Connector for Bluesky {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "bluesky",
            name: "Bluesky",
            kind: Kind::Microblog,
            publishes: true,
            text_limit: Some(300),
            count: Count::Graphemes,
            max_media: 4,
            needs_media: false,
            alt_limit: Some(2000),
            image_types: ["image/jpeg", "image/png", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(2_000_000),
            recordings: Some(Recordings {
                types: vec![film::FILM.to_owned()],
                bytes: Some(film::LARGEST),
                seconds: None,
                captions: true,
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
            key: Key::AppPassword,
            server: Some("https://bsky.social"),
            // A record stays where it was put for as long as it is not removed: ten years is as good as for ever.
            safety: Safety::Keyed { hours: 87_600 },
            proof: Proof::RealServer,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut out = crate::problems(&self.capabilities(), post);
        if post.text.len() > TEXT_BYTES && !out.iter().any(|p| p.code == "text-too-long") {
            out.push(Problem { code: "text-too-long", limit: Some(TEXT_BYTES), found: Some(post.text.len()) });
        }
        out.extend(post.recording.as_ref().and_then(film::problem));
        out
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            // Asked anew, never from memory: this is where a key is proven.
            self.sessions.forget(access);
            let session = self.session(access).await.map_err(failure)?;
            let path = format!("app.bsky.actor.getProfile?actor={}", at::encoded(&session.did));
            // A server without a view of the network has no profiles; the account is no other for that.
            let name = self.get(access, &path).await.ok().and_then(|p| p["displayName"].as_str().map(str::to_owned));
            Ok(Identity {
                account_id: session.did,
                handle: format!("@{}", session.handle),
                name: name.filter(|n| !n.trim().is_empty()).unwrap_or_else(|| session.handle.clone()),
                url: Some(format!("{}/profile/{}", at::SHOWN_AT, session.handle)),
            })
        })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let handle = at::encoded(handle.trim_start_matches('@'));
            let path = format!("com.atproto.identity.resolveHandle?handle={handle}");
            match self.get(access, &path).await {
                Ok(answer) => Ok(answer["did"].as_str().map(str::to_owned)),
                // The protocol's own words for a handle that leads nowhere.
                Err(Failure::Refused { human, .. }) if human.to_lowercase().contains("resolve handle") => {
                    Err(Failure::Gone)
                }
                Err(failure) => Err(failure),
            }
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            let whole = async {
                self.session(access).await?;
                let mut media = Vec::new();
                for one in &post.media {
                    media.push(self.upload(access, one).await?.to_string());
                }
                if let Some(film) = &post.recording {
                    media = vec![self.film(access, film).await?.to_string()];
                }
                let mut prepared = Prepared::of(post, media);
                if let Some(to) = &post.reply_to {
                    prepared.reply_to = Some(self.thread_of(access, to).await?.to_string());
                }
                prepared.container = Some(tid(self.clock.now(), &post.text));
                Ok(prepared)
            };
            whole.await.map_err(wire::harmless)
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if let Err(verdict) = self.session(access).await {
                return wire::harmless(verdict);
            }
            let Some(key) = &prepared.container else {
                return refused("not-prepared", "The post has no place of its own yet.");
            };
            match record::of(prepared, key) {
                Some(record) => self.put(access, key, &record, Some(Value::Null)).await,
                None => refused("not-prepared", "The prepared post cannot be read."),
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move {
            let Some(key) = &sought.container else { return Found::CannotTell };
            match self.own_record(access, POST, key).await {
                Ok(answer) => match answer["uri"].as_str().and_then(Place::of) {
                    Some(place) => Found::Yes { remote_id: place.uri(), url: Some(place.url()) },
                    None => Found::CannotTell,
                },
                Err(Failure::Gone) => Found::No,
                Err(_) => Found::CannotTell,
            }
        })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let key = at::key_of(remote_id);
            let old = match self.own_record(access, POST, key).await {
                Ok(old) => old["value"].clone(),
                Err(Failure::Gone) => return refused("gone", "The post is not there any more."),
                Err(why) => return wire::unwritten(why),
            };
            // What it answers and when it was said stay as they were.
            let fresh = Prepared { reply_to: None, ..prepared.clone() };
            let Some(mut record) = record::of(&fresh, key) else {
                return refused("not-prepared", "The prepared post cannot be read.");
            };
            for kept in ["createdAt", "reply"] {
                if !old[kept].is_null() {
                    record[kept] = old[kept].clone();
                }
            }
            self.put(access, key, &record, None).await
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let did = match self.whose(access).await {
                Ok(did) => did,
                Err(why) => return wire::unwritten(why),
            };
            let body = json!({"repo": did, "collection": POST, "rkey": at::key_of(remote_id)});
            match self.write(access, "com.atproto.repo.deleteRecord", &body).await {
                Ok(_) | Err(No::Absent) => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
                Err(No::Swap(human)) => refused("another-record", &human),
                Err(No::Ended) => Verdict::Unauthorised,
                Err(No::Other(verdict)) => verdict,
            }
        })
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(self.hide_reply(access, remote_id, hidden))
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.notified_after(access, cursor))
    }

    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        Box::pin(self.reread(access, remote_id))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(async move {
            let post = self.seen(access, remote_id).await?;
            let count = |name: &str| post[name].as_u64();
            let shares = [count("repostCount"), count("quoteCount")];
            Ok(Counts {
                likes: count("likeCount"),
                shares: shares.iter().any(Option::is_some).then(|| shares.iter().flatten().sum()),
                replies: count("replyCount"),
                views: None,
            })
        })
    }
}
