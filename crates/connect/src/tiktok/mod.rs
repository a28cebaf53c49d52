//! Accounts on TikTok, through its Content Posting API: posts of photos, and films. TikTok takes no bytes of a photo, it comes
//! and gets them, so this program must be reachable from outside and its address must be verified with TikTok. A film is
//! brought to it ([`film`]).
//!
//! [`Access::base_url`] is `https://open.tiktokapis.com`; [`Access::secret`] is a person's access token, sent in a header
//! only. With `only-me:` before it the posts are shown to the account alone, which is all that TikTok allows an app before
//! its audit. [`Access::remote_account_id`] is TikTok's `open_id`, which it gives to one account and one app. The id of a
//! post is a number; until TikTok tells that number, it is the `publish_id` of the posting. What renews a key is kept as
//! `client_key:client_secret:refresh_token`.
//!
//! **Against doubles: nothing with photos** ([`Safety::Blind`]). The call that begins a posting (`content/init`) is the one
//! that cannot be taken back: TikTok goes on by itself. Its `publish_id` comes only in the answer, so it is lost with the
//! answer, and there is no key of ours in the call. The list of an account's posts (`/v2/video/list/`) does not settle it
//! either: it is described for public videos, without a word about photos; it cuts texts off after 150 characters; and a
//! post is public only after TikTok has looked at it, which may take hours. What is not there proves nothing. The number of
//! a film's posting is known before its last piece posts it: with it TikTok is asked.
//!
//! Source: TikTok's documentation (“Photo”, “Direct Post”, “Media Transfer Guide”, “Query Creator Info”, “Get Post Status”,
//! “User Info”, “Error Handling”, “Refresh a User Access Token”), as of 2026.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_films;
mod film;
mod keys;
#[cfg(test)]
mod tests;
mod who;
mod write;

use crate::{
    Access, Brought, Capabilities, Connector, Count, Failure, Found, Fut, Granted, Identity, Key, Kind, Post, Prepared,
    Problem, Proof, Recordings, Renewed, Safety, Secret, SignIn, Sought, Standing, Verdict, problems,
};
use answer::told;
use ground::clock::Clock;
use ground::fetch::{Fetch, Method, Request};
use serde_json::Value;
use std::time::Duration;

/// Whose key it is (“User Info”).
const USER_INFO: &str = "/v2/user/info/?fields=open_id,display_name";
/// What an account may do at this moment (“Query Creator Info”; twenty calls a minute).
const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
/// Begins a posting (“Photo”; six calls a minute).
const INIT: &str = "/v2/post/publish/content/init/";
/// What became of it (“Get Post Status”; thirty calls a minute).
const STATUS: &str = "/v2/post/publish/status/fetch/";
/// Gives keys and renews them (“Manage User Access Tokens”).
const TOKENS: &str = "/v2/oauth/token/";
/// Where people see an account.
const WEB: &str = "https://www.tiktok.com";
/// Who sees a post (“Photo”, `privacy_level`).
const EVERYONE: &str = "PUBLIC_TO_EVERYONE";
const ONLY_ME: &str = "SELF_ONLY";
/// What stands before a key whose posts only the account itself shall see.
const TRIAL: &str = "only-me:";
/// The longest text beside photos (“Photo”, `description`, in UTF-16). There is a title of 90 too; it is left empty.
const TEXT: usize = 4000;
/// Photos in one post (“Photo”, `photo_images`).
const PHOTOS: usize = 35;
/// The largest photo in bytes (“Media Transfer Guide”).
const PHOTO_BYTES: usize = 20_000_000;
/// How long after a posting has begun it is looked at, and how often.
const WATCHED: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(4);

pub struct TikTok {
    fetch: Fetch,
    clock: Clock,
    watched: Duration,
    pause: Duration,
    piece: u64,
    rests: film::Rests,
}

/// The token itself, and who shall see what is posted with it.
fn key(access: &Access) -> Option<(&str, &'static str)> {
    let secret = access.secret.reveal().trim();
    let (token, seen_by) = secret.strip_prefix(TRIAL).map_or((secret, EVERYONE), |token| (token, ONLY_ME));
    let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some((token, seen_by))
}

impl TikTok {
    pub fn new(fetch: Fetch, clock: Clock) -> TikTok {
        let rests = film::Rests::default();
        TikTok { fetch, clock, watched: WATCHED, pause: PAUSE, piece: film::PIECE, rests }
    }

    /// Looks at what it has begun more often, and not as long.
    #[cfg(test)]
    pub(crate) fn watching(self, watched: Duration, pause: Duration) -> TikTok {
        TikTok { watched, pause, ..self }
    }

    /// Brings films in pieces of so many bytes.
    #[cfg(test)]
    pub(crate) fn in_pieces(self, piece: u64) -> TikTok {
        TikTok { piece, ..self }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let (token, _) = key(access).ok_or(Verdict::Unauthorised)?;
        Ok(Request::new(method, access.url(path)).header("accept", "application/json").bearer(token))
    }

    /// What TikTok tells under `data`.
    async fn send(&self, access: &Access, request: Request) -> Result<Value, Verdict> {
        told(self.fetch.send(request).await, &self.clock, access)
    }

    /// TikTok is asked by POST, also where nothing changes.
    async fn post(&self, access: &Access, path: &str, body: &Value) -> Result<Value, Verdict> {
        let mut request =
            self.to(Method::POST, access, path)?.header("content-type", "application/json; charset=UTF-8");
        request.body = body.to_string().into_bytes();
        self.send(access, request).await
    }
}

impl Connector for TikTok {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "tiktok",
            name: "TikTok",
            kind: Kind::Video,
            publishes: true,
            text_limit: Some(TEXT),
            count: Count::Utf16Units,
            max_media: PHOTOS,
            needs_media: true,
            // TikTok takes no descriptions of photos.
            alt_limit: None,
            image_types: ["image/jpeg", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(PHOTO_BYTES),
            recordings: Some(Recordings {
                types: film::FILM_TYPES.map(str::to_owned).to_vec(),
                bytes: Some(film::FILM_BYTES),
                // An account tells for itself how long its films may be.
                seconds: None,
                captions: false,
                needed: false,
            }),
            // The interface changes no post.
            can_edit: false,
            // Nor does it remove one: a person does, in TikTok's app.
            can_delete: false,
            // Comments are neither read, answered nor hidden: that is another product (“API for Business”) with another key.
            can_reply: false,
            can_hide: false,
            reads_comments: false,
            rereads: false,
            // The list of posts is described for public videos only.
            lists_own: false,
            // As are the counts; they need one more permission, and a number that is told only after a while.
            has_metrics: false,
            calls_us: false,
            key: Key::Token,
            server: Some("https://open.tiktokapis.com"),
            safety: Safety::Blind,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if post.recording.is_some() {
            can.text_limit = Some(film::TITLE);
        }
        problems(&can, post)
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.who(access))
    }

    fn renew<'a>(&'a self, access: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        Box::pin(async move { self.renewed(access, refresh).await.map(Some) })
    }

    fn sign_in(&self, _access: &Access) -> Option<SignIn> {
        Some(keys::sign_in())
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move { self.keys(access).granted(&keys::sign_in(), brought).await })
    }

    /// TikTok tells the id of the key's own account and of no other.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let me = self.who(access).await?;
            let same = me.handle.trim_start_matches('@').eq_ignore_ascii_case(handle.trim().trim_start_matches('@'));
            Ok(same.then_some(me.account_id))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.publish(access, prepared).await.unwrap_or_else(|verdict| verdict) })
    }

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    /// Of photos nothing can be asked without the `publish_id` that the lost answer carried.
    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move {
            let Some(container) = &sought.container else { return Found::CannotTell };
            self.look(access, container).await.unwrap_or(Found::CannotTell)
        })
    }
}
