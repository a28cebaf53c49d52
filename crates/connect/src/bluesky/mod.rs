//! Bluesky, by the AT Protocol: an account is a repository of records on its own server (PDS), a post is a record in it.
//! The record's key is chosen here, before the call, and kept with the prepared post; a record is only put where none
//! stands yet or the same one stands already, so that a repeated attempt makes no second post ([`Safety::Keyed`] without
//! end). What others write comes from the network's view of everything (AppView), which the server passes on.
//!
//! The secret is an *app password*. It opens a session, which is kept in memory and never longer than it is good for.
mod at;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
mod notifications;
mod record;
mod session;
#[cfg(test)]
mod tests;
mod threads;

use crate::wire;
use crate::{
    Access, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind, OwnPage,
    OwnPost, Post, Prepared, Problem, Proof, Safety, Sought, Verdict,
};
use at::{Place, tid};
use ground::clock::Clock;
use ground::fetch::{Fetch, Request, Response};
use serde_json::{Value, json};
use session::Sessions;

/// The collection posts stand in.
const POST: &str = "app.bsky.feed.post";
/// The lexicon's second limit on a text, beside 300 characters as people see them.
const TEXT_BYTES: usize = 3000;
/// How many records are listed at once.
const PAGE: usize = 50;
/// Sorts before every key: where to begin on an account that has posted nothing yet.
const FIRST_KEY: &str = "2222222222222";

pub struct Bluesky {
    fetch: Fetch,
    clock: Clock,
    sessions: Sessions,
}

/// What a call of this protocol came to, where it was not done.
pub(super) enum No {
    /// The session ran out: nothing was done, and another can be had.
    Ended,
    /// There is no such record.
    Absent,
    /// Another record stands where this one was to be put.
    Swap(String),
    Other(Verdict),
}

impl Bluesky {
    pub fn new(fetch: Fetch, clock: Clock) -> Bluesky {
        Bluesky { fetch, clock, sessions: Sessions::default() }
    }

    /// One call with a session; what is refused is told by the protocol's own name for it.
    async fn call(&self, request: Request) -> Result<Response, No> {
        let answer = self.fetch.send(request).await;
        let name = match &answer {
            Ok(response) if response.status == 400 || response.status == 401 => {
                response.json::<Value>().and_then(|v| v["error"].as_str().map(str::to_owned)).unwrap_or_default()
            }
            _ => String::new(),
        };
        let verdict = match wire::written(answer, &self.clock) {
            Ok(response) => return Ok(response),
            Err(verdict) => verdict,
        };
        Err(match (name.as_str(), verdict) {
            ("ExpiredToken" | "InvalidToken", _) => No::Ended,
            ("RecordNotFound", _) => No::Absent,
            ("InvalidSwap", Verdict::Rejected { human, .. }) => No::Swap(human),
            ("AccountTakedown" | "AccountDeactivated" | "AuthFactorTokenRequired", _) => {
                No::Other(Verdict::Unauthorised)
            }
            (_, verdict) => No::Other(verdict),
        })
    }

    /// A call that changes something. A session that ran out is opened anew for the next one; the call itself is not
    /// repeated here.
    async fn write(&self, access: &Access, name: &str, body: &Value) -> Result<Response, No> {
        let session = self.session(access).await.map_err(No::Other)?;
        let request = Request::post(access.url(&format!("/xrpc/{name}"))).bearer(&session.token).json(body);
        match self.call(request).await {
            Err(No::Ended) => {
                self.sessions.forget(access);
                // Whether the key is still good is told by opening a session with it, which is harmless.
                let why = "the session had ended; a new one is open".to_owned();
                Err(No::Other(self.session(access).await.err().unwrap_or(Verdict::NotSent { why })))
            }
            Err(No::Other(Verdict::Unauthorised)) => {
                self.sessions.forget(access);
                Err(No::Other(Verdict::Unauthorised))
            }
            other => other,
        }
    }

    /// A read; once more with a new session where the old one ran out.
    async fn get(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        for last in [false, true] {
            let session = self.session(access).await.map_err(failure)?;
            let request = Request::get(access.url(&format!("/xrpc/{path}"))).bearer(&session.token);
            match self.call(request).await {
                Ok(response) => return wire::parsed(&response),
                Err(No::Ended | No::Other(Verdict::Unauthorised)) if !last => self.sessions.forget(access),
                Err(No::Ended) => return Err(Failure::Unauthorised),
                Err(No::Absent) => return Err(Failure::Gone),
                Err(No::Swap(human)) => return Err(Failure::Refused { code: "refused".to_owned(), human }),
                Err(No::Other(verdict)) => return Err(failure(verdict)),
            }
        }
        Err(Failure::Unauthorised)
    }

    /// The account's own id (DID), as it was told when the account was connected.
    async fn whose(&self, access: &Access) -> Result<String, Failure> {
        match access.remote_account_id.as_str() {
            "" => Ok(self.session(access).await.map_err(failure)?.did),
            did => Ok(did.to_owned()),
        }
    }

    /// A record of our own, with its content's id.
    async fn own_record(&self, access: &Access, collection: &str, key: &str) -> Result<Value, Failure> {
        let did = self.whose(access).await?;
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("repo", did.as_str()), ("collection", collection), ("rkey", key)])
            .finish();
        self.get(access, &format!("com.atproto.repo.getRecord?{query}")).await
    }

    async fn put(&self, access: &Access, key: &str, record: &Value, swap: Option<Value>) -> Verdict {
        let did = match self.whose(access).await {
            Ok(did) => did,
            Err(why) => return wire::unwritten(why),
        };
        let mut body = json!({"repo": did, "collection": POST, "rkey": key, "record": record});
        if let Some(swap) = swap {
            body["swapRecord"] = swap;
        }
        match self.write(access, "com.atproto.repo.putRecord", &body).await {
            Ok(response) => match response.json::<Value>().as_ref().and_then(|v| Place::of(v["uri"].as_str()?)) {
                Some(place) => Verdict::Accepted { remote_id: place.uri(), url: Some(place.url()) },
                None => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
            },
            Err(No::Swap(human)) => Verdict::Rejected { code: "another-record".to_owned(), human, field: None },
            Err(No::Absent) => refused("gone", "The record is not there any more."),
            Err(No::Ended) => Verdict::Unauthorised,
            Err(No::Other(verdict)) => verdict,
        }
    }

    async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let did = self.whose(access).await?;
        let path = format!("com.atproto.repo.listRecords?repo={}&collection={POST}", at::encoded(&did));
        let Some(from) = cursor else {
            let newest = records(&self.get(access, &format!("{path}&limit=1")).await?)?;
            let cursor = newest.first().map_or(FIRST_KEY.to_owned(), |(place, _)| place.key.clone());
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        // In the order of keys, which is the order in which they were made, from the cursor on.
        let path = format!("{path}&limit={PAGE}&reverse=true&cursor={}", at::encoded(&from));
        let mut found = records(&self.get(access, &path).await?)?;
        found.retain(|(place, _)| place.key > from);
        found.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        let more = found.len() >= PAGE;
        let cursor = found.last().map_or(from, |(place, _)| place.key.clone());
        let items = found.into_iter().map(|(place, record)| OwnPost {
            remote_id: place.uri(),
            text: record["text"].as_str().unwrap_or_default().to_owned(),
            url: Some(place.url()),
            at_us: record["createdAt"].as_str().and_then(wire::time).unwrap_or_else(|| self.clock.now()),
        });
        Ok(OwnPage { items: items.collect(), cursor: Some(cursor), more })
    }
}

/// The records of a listing. One that cannot be read is no listing: passing over it would hide a post.
fn records(listing: &Value) -> Result<Vec<(Place, Value)>, Failure> {
    let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
    let all = listing["records"].as_array().ok_or_else(unreadable)?;
    let one = |r: &Value| {
        let place = Place::of(r["uri"].as_str()?).filter(|p| p.collection == POST)?;
        r["value"].is_object().then(|| (place, r["value"].clone()))
    };
    all.iter().map(|r| one(r).ok_or_else(unreadable)).collect()
}

fn refused(code: &str, human: &str) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: None }
}

/// A verdict about opening a session, for a read.
fn failure(verdict: Verdict) -> Failure {
    match wire::read_of(verdict) {
        // "Not found" of a session is no statement about what was asked for.
        Failure::Gone => Failure::Unreachable { why: "the server offers no such call".to_owned() },
        other => other,
    }
}

impl Connector for Bluesky {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "bluesky",
            name: "Bluesky",
            kind: Kind::Microblog,
            text_limit: Some(300),
            count: Count::Graphemes,
            max_media: 4,
            alt_limit: Some(2000),
            image_types: ["image/jpeg", "image/png", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(2_000_000),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            can_hide: true,
            reads_comments: true,
            lists_own: true,
            has_metrics: true,
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
