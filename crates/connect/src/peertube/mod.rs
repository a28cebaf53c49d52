//! Channels on PeerTube servers. A video is sent up privately first and made public by its id; after an attempt without an
//! answer the video itself tells whether it is out. An answer to people is a comment, and is looked for where it belongs.
//!
//! [`Access::base_url`] is the server's address, [`Access::secret`] is `name:password`, [`Access::handle`] the channel or the
//! account, `roads@videos.example`. The account's id is `7-12`: the account's number and the channel's on that server. A video's
//! id is its UUID; a comment's is `UUID.5.9`: the video, the comment its thread begins with, and itself. Times are in microseconds
//! since 1970.
//!
//! Source: `@peertube/peertube-types` 8.1.3 from npm (fields, numbers of states and privacies, codes), the public description of
//! the interface, and `@uploadx/core` 7.0.3 from npm (how a file goes up in pieces).
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod channel;
mod comments;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_calls;
mod mark;
mod own;
mod session;
#[cfg(test)]
mod strange;
#[cfg(test)]
mod tests;
mod upload;
mod view;
mod words;
mod write;

use crate::wire::{gone, unwritten};
use crate::{
    Access, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind, OwnPage,
    Post, Prepared, Problem, Proof, Recordings, Safety, Sought, Standing, Verdict, problems,
};
use answer::rejected;
use ground::clock::{Clock, MINUTE};
use ground::fetch::Fetch;
use session::Sessions;
use view::is_uuid;

/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// Before the id of what is answered, in place of a container, which a comment has none of.
const UNDER: &str = "under ";
/// What every server takes, whether it makes other forms of it or not.
const FILMS: [&str; 3] = ["video/mp4", "video/webm", "video/ogg"];

pub struct PeerTube {
    fetch: Fetch,
    clock: Clock,
    sessions: Sessions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Video(&'a str),
    Comment { video: &'a str, thread: u64, id: u64 },
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Video(uuid) => f.write_str(uuid),
            Place::Comment { video, thread, id } => write!(f, "{video}.{thread}.{id}"),
        }
    }
}

impl Place<'_> {
    /// Where people see it.
    fn url(self, access: &Access) -> String {
        match self {
            Place::Video(uuid) => access.url(&format!("/w/{uuid}")),
            Place::Comment { video, thread, .. } => access.url(&format!("/w/{video};threadId={thread}")),
        }
    }
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten().filter(|n| *n > 0)
}

/// A video's UUID, or `UUID.5.9`.
fn place(remote_id: &str) -> Option<Place<'_>> {
    let mut parts = remote_id.split('.');
    let video = parts.next().filter(|v| is_uuid(v))?;
    let place = match parts.next() {
        None => Place::Video(video),
        Some(thread) => Place::Comment { video, thread: digits(thread)?, id: digits(parts.next()?)? },
    };
    parts.next().is_none().then_some(place)
}

impl PeerTube {
    pub fn new(fetch: Fetch, clock: Clock) -> PeerTube {
        PeerTube { fetch, clock, sessions: Sessions::default() }
    }
}

impl Connector for PeerTube {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "peertube",
            name: "PeerTube",
            kind: Kind::Video,
            text_limit: Some(words::DESCRIPTION),
            count: Count::Chars,
            max_media: 0,
            needs_media: false,
            alt_limit: None,
            image_types: Vec::new(),
            image_bytes: None,
            recordings: Some(Recordings {
                types: FILMS.map(str::to_owned).to_vec(),
                // How much an account may send is the server's own affair; it says so when it is too much.
                bytes: None,
                seconds: None,
                captions: true,
                needed: true,
            }),
            publishes: true,
            can_edit: true,
            can_delete: true,
            can_reply: true,
            // Comments of others can be deleted only, which cannot be taken back.
            can_hide: false,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            calls_us: false,
            key: Key::NamedPassword,
            server: None,
            safety: Safety::TwoPhase,
            proof: Proof::Contract,
        }
    }

    /// A video needs words for its name; a comment holds words only.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut out = problems(&self.capabilities(), post);
        let plain = |code| Problem { code, limit: None, found: None };
        if post.text.trim().is_empty() && !out.iter().any(|p| p.code == "text-empty") {
            out.push(plain("text-empty"));
        }
        if post.reply_to.is_some() && post.recording.is_some() {
            out.push(plain("recording-not-possible"));
        }
        out
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.who(access))
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move { self.whose(access, handle).await.map(Some) })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            words::fit(&post.text, post.reply_to.is_some())?;
            let container = match (&post.reply_to, &post.recording) {
                (Some(to), None) => format!("{UNDER}{to}"),
                (None, Some(recording)) => self.upload(access, post, recording).await?,
                (Some(_), Some(_)) => {
                    return Err(rejected("recording-not-possible", "A comment holds words only.", None));
                }
                (None, None) => return Err(rejected("recording-missing", "There is no film.", None)),
            };
            Ok(Prepared { container: Some(container), ..Prepared::of(post, Vec::new()) })
        })
    }

    fn prepare_edit<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready_to_change(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let done = match (&prepared.reply_to, &prepared.container) {
                (Some(to), _) => self.answer(access, to, &prepared.text).await,
                (None, Some(uuid)) => self.publish(access, uuid).await,
                // Nothing was sent up, so there is nothing to make public: the key alone is tried.
                (None, None) => self.meant(access).await.and(Err(answer::nothing_made())),
            };
            done.unwrap_or_else(unwritten)
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    /// The words. The film of a video stays as it is: another one is another video.
    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match place(remote_id) {
                Some(Place::Video(uuid)) => self.change(access, uuid, prepared).await.unwrap_or_else(unwritten),
                Some(Place::Comment { .. }) => Verdict::unsupported("edit"),
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
