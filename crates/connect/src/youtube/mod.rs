//! Channels on YouTube, through the YouTube Data API v3. A post is a film: its title is the first line of the text, its
//! description the whole text.
//!
//! [`Access::base_url`] is `https://www.googleapis.com`; [`Access::secret`] is an access token of Google's, sent in a header
//! only. [`Access::remote_account_id`] is the channel, `UC…`; the token acts for that channel alone. What renews a key is
//! kept as `client_id:client_secret:refresh_token`. Remote ids are YouTube's own: of a video, or of a comment ([`id`]).
//!
//! **Against doubles: two steps** ([`Safety::TwoPhase`]). The film is uploaded as *private*, so that nobody sees it, and one
//! call makes it public by its id; doing that twice makes one public video. Films that nobody publishes stay private on the
//! channel. An answer to a comment has no first step: where its answer is lost and it is not found, a person looks.
//!
//! Source: Google's description of the API (`youtube.v3.json`, revision 20261104: paths, fields, values) and its pages on
//! resumable uploads, errors, quotas and OAuth. Times in answers are whole seconds, microseconds here.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod comments;
pub mod cost;
mod cursor;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_calls;
#[cfg(test)]
mod fake_upload;
mod id;
mod keys;
mod own;
mod seen;
#[cfg(test)]
mod tests;
mod upload;
mod video;
mod who;
mod words;
mod write;

use crate::wire::{parsed, read_of};
use crate::{
    Access, Brought, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Granted, Identity, InboundPage, Key,
    Kind, OwnPage, Post, Prepared, Problem, Proof, Recordings, Renewed, Safety, Secret, SignIn, Sought, Standing,
    Verdict, problems,
};
use answer::done;
use ground::clock::{Clock, MINUTE};
use ground::fetch::{Fetch, Method, Request, Response};
use serde_json::Value;
use std::time::Duration;

const VIDEOS: &str = "/youtube/v3/videos";
const CHANNELS: &str = "/youtube/v3/channels";
const PLAYLIST: &str = "/youtube/v3/playlistItems";
const THREADS: &str = "/youtube/v3/commentThreads";
const COMMENTS: &str = "/youtube/v3/comments";
const MODERATION: &str = "/youtube/v3/comments/setModerationStatus";
const FILMS: &str = "/upload/youtube/v3/videos";
const CAPTIONS: &str = "/upload/youtube/v3/captions";
/// Where keys are given and renewed (“Using OAuth 2.0 for Web Server Applications”).
const TOKENS: &str = "https://oauth2.googleapis.com/token";
/// What YouTube's help names as formats; its description of the API says `video/*`.
const FORMATS: [&str; 7] =
    ["video/mp4", "video/webm", "video/quicktime", "video/mpeg", "video/3gpp", "video/x-msvideo", "video/x-ms-wmv"];
/// The largest film in bytes (`mediaUpload.maxSize` of `videos.insert`).
const FILM_BYTES: u64 = 274_877_906_944;
/// The longest comment. The API does not say it; other programs found it.
const COMMENT: usize = 10_000;
/// A film is sent in pieces of so many bytes, a multiple of 256 KiB (“Resumable Uploads”).
const PIECE: usize = 8 << 20;
/// Between two tries to go on with an upload, longer each time.
const PAUSE: Duration = Duration::from_secs(1);
/// Comments are asked for no more often, in microseconds, whoever comes more often: the day's quota is for all channels of
/// a project together, and what reading uses up is missing for publishing.
const REST: i64 = 10 * MINUTE;
/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;

pub struct YouTube {
    fetch: Fetch,
    clock: Clock,
    tokens: String,
    piece: usize,
    pause: Duration,
    rest: i64,
}

/// `?name=value&…`, every sign of a value escaped.
fn query(pairs: &[(&str, &str)]) -> String {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("?{text}")
}

/// A verdict, whichever way it was reached.
fn either(verdict: Result<Verdict, Verdict>) -> Verdict {
    verdict.unwrap_or_else(|verdict| verdict)
}

impl YouTube {
    pub fn new(fetch: Fetch, clock: Clock) -> YouTube {
        YouTube { fetch, clock, tokens: TOKENS.to_owned(), piece: PIECE, pause: PAUSE, rest: REST }
    }

    /// Sends smaller pieces, does not wait between tries, and asks for comments whenever it is called.
    #[cfg(test)]
    pub(crate) fn in_pieces(self, piece: usize) -> YouTube {
        YouTube { piece, pause: Duration::ZERO, rest: 0, ..self }
    }

    /// Gets its keys at another address.
    #[cfg(test)]
    pub(crate) fn giving_keys_at(self, address: &str) -> YouTube {
        YouTube { tokens: address.to_owned(), ..self }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let request = self.with_key(Request::new(method, access.url(path)), access)?;
        Ok(request.header("accept", "application/json"))
    }

    /// The token goes into a header and nowhere else.
    fn with_key(&self, request: Request, access: &Access) -> Result<Request, Verdict> {
        let key = access.secret.reveal().trim();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Verdict::Unauthorised);
        }
        Ok(request.bearer(key))
    }

    async fn send(&self, access: &Access, request: Request) -> Result<Response, Verdict> {
        done(self.fetch.send(request).await, &self.clock, access)
    }

    async fn get(&self, access: &Access, path: &str, pairs: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.to(Method::GET, access, &format!("{path}{}", query(pairs))).map_err(read_of)?;
        parsed(&self.send(access, request).await.map_err(read_of)?)
    }

    /// A write that is answered with what was made.
    async fn tell(&self, method: Method, access: &Access, path: &str, body: &Value) -> Result<Value, Verdict> {
        let answer = self.send(access, self.to(method, access, path)?.json(body)).await?;
        answer.json().ok_or_else(|| Verdict::Unknown { why: "the answer to a write cannot be read".to_owned() })
    }
}

impl Connector for YouTube {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "youtube",
            name: "YouTube",
            kind: Kind::Video,
            text_limit: Some(words::DESCRIPTION),
            count: Count::Utf8Bytes,
            max_media: 0,
            needs_media: false,
            alt_limit: None,
            image_types: Vec::new(),
            image_bytes: None,
            recordings: Some(Recordings {
                types: FORMATS.map(str::to_owned).to_vec(),
                bytes: Some(FILM_BYTES),
                seconds: None,
                captions: true,
                needed: true,
            }),
            publishes: true,
            can_edit: true,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            rereads: false,
            lists_own: true,
            has_metrics: true,
            // YouTube calls about new videos only, not about comments.
            calls_us: false,
            key: Key::Token,
            server: Some("https://www.googleapis.com"),
            safety: Safety::TwoPhase,
            proof: Proof::Contract,
        }
    }

    /// Counted as it is sent; a film needs words for its title.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        let plain = |code| Problem { code, limit: None, found: None };
        let mut out = if post.reply_to.is_some() {
            (can.text_limit, can.count) = (Some(COMMENT), Count::Utf16Units);
            problems(&can, post)
        } else {
            problems(&can, &Post { text: words::description(&post.text), ..post.clone() })
        };
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
        Box::pin(self.named(access, handle))
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

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move { either(self.change(access, remote_id, prepared).await) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { either(self.remove(access, remote_id).await) })
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(async move { either(self.set_hidden(access, remote_id, hidden).await) })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments_after(access, cursor))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counts(access, remote_id))
    }
}
