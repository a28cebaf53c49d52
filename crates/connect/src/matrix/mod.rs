//! Matrix: a room that an agency speaks in, on any homeserver. A message sent again with the same transaction id and the
//! same token is the same message. Another device does not know the ids of the first, so every message also carries a mark
//! of its key, and an attempt without an answer is settled by looking for that mark among our own messages.
//!
//! The key ([`crate::Secret`]) is an access token of a user made for this, from a login that nothing else uses: a device of
//! its own. The room is named by the account's handle, as an address (`#roads:example.org`) or an id; once connected, it is
//! known by its id (`!…`), which is the account's remote id. Remote ids of messages are event ids (`$…`).
//! Rooms with end-to-end encryption are refused: what is said there for the public could not be read by it.
mod again;
#[cfg(test)]
pub(crate) mod bench;
mod call;
mod entities;
#[cfg(test)]
mod fake;
mod message;
#[cfg(test)]
mod tests;
mod timeline;

use crate::wire::{gone, harmless, unwritten};
use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Identity, InboundPage, Key, Kind,
    OwnPage, Post, Prepared, Proof, Recordings, Safety, Sought, Verdict,
};
use call::step;
use entities::{Event, Joined, Made, MediaConfig, Picture, Uploaded};
use ground::clock::Clock;
use ground::fetch::{Fetch, Method, Request};
use message::{is_redacted, mark};
use serde_json::{Value, json};

/// What a homeserver takes where nobody changed anything.
const LARGEST: u64 = 50 << 20;
/// Films and sound that programs of many makes play.
const TYPES: [&str; 6] = ["video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/mp4", "audio/ogg"];

pub struct Matrix {
    fetch: Fetch,
    clock: Clock,
}

/// Where a message is read by anybody who has a program for it.
fn link(access: &Access, room: &str, event: &str) -> Option<String> {
    let via = access.handle.strip_prefix('#').and_then(|h| h.split_once(':'));
    let via = via.map(|(_, server)| format!("?via={}", step(server))).unwrap_or_default();
    Some(format!("https://matrix.to/#/{}/{}{via}", step(room), step(event)))
}

fn event_path(room: &str, event: &str) -> String {
    format!("/_matrix/client/v3/rooms/{}/event/{}", step(room), step(event))
}

fn refused(code: &str, human: &str) -> Failure {
    Failure::Refused { code: code.to_owned(), human: human.to_owned() }
}

impl Matrix {
    pub fn new(fetch: Fetch, clock: Clock) -> Matrix {
        Matrix { fetch, clock }
    }

    async fn identity(&self, access: &Access) -> Result<Identity, Failure> {
        let me = self.me(access).await?;
        let room = self.room_of(access, &access.handle).await?;
        let joined: Joined = self.get(access, "/_matrix/client/v3/joined_rooms").await?;
        if !joined.joined_rooms.contains(&room) {
            return Err(refused("not-in-room", &format!("{me} has not joined this room.")));
        }
        let state = async |kind: &str, field: &str| {
            let path = format!("/_matrix/client/v3/rooms/{}/state/{kind}", step(&room));
            match self.get::<Value>(access, &path).await {
                Ok(value) => Ok(value.get(field).and_then(Value::as_str).map(str::to_owned)),
                Err(Failure::Gone) => Ok(None),
                Err(failure) => Err(failure),
            }
        };
        if state("m.room.encryption", "algorithm").await?.is_some() {
            return Err(refused("room-encrypted", "This room is encrypted; the public cannot read it."));
        }
        let address = state("m.room.canonical_alias", "alias").await?.filter(|a| a.starts_with('#'));
        let given = Some(access.handle.trim().to_owned()).filter(|h| h.starts_with('#'));
        let handle = given.or(address).unwrap_or_else(|| room.clone());
        let name = state("m.room.name", "name").await?.unwrap_or_else(|| handle.clone());
        let url = format!("https://matrix.to/#/{}", step(&handle));
        Ok(Identity { account_id: room, handle, name, url: Some(url) })
    }

    async fn uploaded(&self, access: &Access, mime: &str, bytes: Vec<u8>, alt: &str) -> Result<String, Verdict> {
        let mut request = self.to(Method::POST, access, "/_matrix/media/v3/upload").header("content-type", mime);
        let size = bytes.len();
        request.body = bytes;
        let response = self.write(request).await.map_err(harmless)?;
        let uploaded: Option<Uploaded> = response.json();
        let uri = uploaded.map(|u| u.content_uri).filter(|u| u.starts_with("mxc://"));
        let uri = uri.ok_or_else(|| Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() })?;
        let (mime, alt) = (mime.to_owned(), alt.chars().filter(|c| !c.is_control()).collect());
        let picture = Picture { uri, mime, size, alt };
        serde_json::to_string(&picture).map_err(|e| Verdict::NotSent { why: e.to_string() })
    }

    async fn ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        // The server counts the whole event, in which a text stands twice once it is edited: what is too long is told now.
        if let Some(problem) = self.problems(post).into_iter().next() {
            let field = match problem.code {
                code if code.starts_with("text") => "text",
                code if code.starts_with("recording") => "recording",
                _ => "media",
            };
            let human = "A message of a room cannot hold this.".to_owned();
            return Err(Verdict::Rejected { code: problem.code.to_owned(), human, field: Some(field.to_owned()) });
        }
        let mut media = Vec::new();
        for m in &post.media {
            media.push(self.uploaded(access, &m.mime, m.bytes.clone(), &m.alt).await?);
        }
        if let Some(recording) = &post.recording {
            let bytes = recording.whole(LARGEST).await?;
            // The name of the file: it is what a program without a player shows.
            let (what, kind) = (if recording.is_film() { "film" } else { "sound" }, recording.mime.rsplit('/').next());
            let name = format!("{what}.{}", kind.unwrap_or("bin"));
            media.push(self.uploaded(access, &recording.mime, bytes, &name).await?);
        }
        Ok(Prepared::of(post, media))
    }

    /// Sends an event. Its own id in the answer is the only yes.
    async fn put(&self, request: Request) -> Result<String, Verdict> {
        let response = self.write(request).await?;
        let made: Option<Made> = response.json();
        let id = made.map(|m| m.event_id).filter(|id| id.starts_with('$') && id.len() <= 255);
        id.ok_or_else(|| Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) })
    }

    async fn say(
        &self,
        access: &Access,
        content: Option<Value>,
        transaction: &str,
    ) -> Result<(String, String), Verdict> {
        let unread = || Verdict::NotSent { why: "what was prepared cannot be read".to_owned() };
        let content = content.ok_or_else(unread)?;
        let room = self.room(access).await.map_err(unwritten)?;
        let path = format!("/_matrix/client/v3/rooms/{}/send/m.room.message/{}", step(&room), step(transaction));
        let id = self.put(self.to(Method::PUT, access, &path).json(&content)).await?;
        Ok((room, id))
    }

    /// Homeservers take changes of what is not there, or not ours, without a word, so this looks first.
    async fn replace(&self, access: &Access, event: &str, prepared: &Prepared) -> Result<Verdict, Failure> {
        let (room, me) = (self.room(access).await?, self.me(access).await?);
        let there: Event = self.get(access, &event_path(&room, event)).await?;
        if is_redacted(&there) {
            return Ok(gone());
        }
        if there.sender != me {
            return Ok(Verdict::unsupported("edit"));
        }
        // Of two edits to the same words both count: between them there may have been others.
        let transaction = format!("edit-{}-{}", self.clock.now(), mark(event));
        Ok(match self.say(access, message::replacing(prepared, event), &transaction).await {
            Ok((room, _)) => Verdict::Accepted { remote_id: event.to_owned(), url: link(access, &room, event) },
            Err(verdict) => verdict,
        })
    }

    /// Takes away a message and every edit of it, which would keep its words. The edits go first: once the message itself
    /// is gone, servers no longer tell of them.
    async fn redact(&self, access: &Access, event: &str) -> Result<Verdict, Failure> {
        let (room, me) = (self.room(access).await?, self.me(access).await?);
        let accepted = Verdict::Accepted { remote_id: event.to_owned(), url: None };
        match self.get::<Event>(access, &event_path(&room, event)).await {
            Ok(there) if is_redacted(&there) => return Ok(accepted),
            Ok(_) => {}
            Err(Failure::Gone) => return Ok(accepted),
            Err(failure) => return Err(failure),
        }
        let Some(edits) = self.related(access, &room, event, "m.replace").await? else {
            return Err(refused("too-many-edits", "This message was changed too often."));
        };
        let edits = edits.into_iter().filter(|e| e.sender == me && !is_redacted(e)).map(|e| e.event_id);
        for id in edits.chain([event.to_owned()]) {
            // The same removal again is the same event, as long as the server remembers.
            let path = format!("/_matrix/client/v3/rooms/{}/redact/{}/redact-{}", step(&room), step(&id), mark(&id));
            if let Err(verdict) = self.put(self.to(Method::PUT, access, &path).json(&json!({}))).await {
                return Ok(verdict);
            }
        }
        Ok(accepted)
    }
}

/// How long a text may be, in bytes: an event may have 65,536, and after an edit it holds the text twice.
const TEXT_BYTES: usize = 15_000;

impl Connector for Matrix {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "matrix",
            name: "Matrix",
            kind: Kind::Messaging,
            publishes: true,
            text_limit: Some(TEXT_BYTES),
            count: Count::Utf8Bytes,
            max_media: 1,
            needs_media: false,
            alt_limit: Some(200),
            image_types: ["image/jpeg", "image/png", "image/gif", "image/webp"].map(str::to_owned).to_vec(),
            image_bytes: Some(10 << 20),
            recordings: Some(Recordings {
                types: TYPES.map(str::to_owned).to_vec(),
                bytes: Some(LARGEST),
                seconds: None,
                captions: false,
                needed: false,
            }),
            can_edit: true,
            can_delete: true,
            can_reply: true,
            // What is taken out of a room can never be shown again.
            can_hide: false,
            reads_comments: true,
            rereads: true,
            lists_own: true,
            has_metrics: true,
            calls_us: false,
            key: Key::Token,
            server: None,
            safety: Safety::Keyed { hours: 1 },
            // docs/connectors.md tells which server, and what it could not show.
            proof: Proof::RealServer,
        }
    }

    fn capabilities_at<'a>(&'a self, access: &'a Access) -> Fut<'a, Capabilities> {
        Box::pin(async move {
            let mut can = self.capabilities();
            if let Ok(config) = self.get::<MediaConfig>(access, "/_matrix/client/v1/media/config").await {
                can.image_bytes = config.upload_size.or(can.image_bytes);
                let most = config.upload_size.map_or(LARGEST, |n| LARGEST.min(n as u64));
                can.recordings = can.recordings.map(|r| Recordings { bytes: Some(most), ..r });
            }
            can
        })
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.identity(access))
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            // An id is nobody else's, and says nothing about who an address belongs to.
            if !handle.trim().starts_with('#') {
                return Ok(handle.trim().starts_with('!').then(|| handle.trim().to_owned()));
            }
            Ok(Some(self.room_of(access, handle).await?))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match self.say(access, message::new(prepared, key), key).await {
                Ok((room, id)) => Verdict::Accepted { url: link(access, &room, &id), remote_id: id },
                Err(verdict) => verdict,
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.read_back(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move { self.replace(access, remote_id, prepared).await.unwrap_or_else(unwritten) })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match self.redact(access, remote_id).await {
                Ok(verdict) => verdict,
                // Whether it is still there was not told; repeating is harmless.
                Err(Failure::Unreachable { why }) => Verdict::Unknown { why },
                Err(failure) => unwritten(failure),
            }
        })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.said_to_us(access, cursor))
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
