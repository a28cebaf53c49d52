//! The connector to the practice network: in each of the four ways a platform can protect against publishing twice, and in the
//! likeness of each platform.
use super::answers::{Contained, Listed, Made, Me, Own, Replies, Stands};
use super::likeness::Likeness;
use super::routes::{AS, LARGEST_MEDIA};
use super::state::PracticeReply;
use super::{TEXT_LIMIT, calling};
use crate::wire::{self, harmless, parsed, read, removed, written};
use crate::{
    Access, Again, Capabilities, Connector, Count, Counts, Failure, Found, Fut, Heard, Identity, Inbound, InboundPage,
    Key, Kind, NotHeard, Notice, OwnPage, OwnPost, Post, Prepared, Problem, Proof, Safety, Secret, Sought, Standing,
    Verdict, fingerprint,
};
use ground::clock::{Clock, MINUTE};
use ground::fetch::{Fetch, Method, Request, Response};
use serde_json::json;
use std::sync::Arc;

/// Clocks differ: an own post is looked for from a little before the attempt began.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;

pub struct Practice {
    fetch: Fetch,
    clock: Clock,
    safety: Safety,
    likeness: Option<Likeness>,
}

/// The practice network as four platforms: `practice`, `practice-twophase`, `practice-readback`, `practice-blind`.
pub fn connectors(fetch: &Fetch, clock: &Clock) -> Vec<Arc<dyn Connector>> {
    let kinds = [Safety::Keyed { hours: 24 * 365 }, Safety::TwoPhase, Safety::ReadBack, Safety::Blind];
    let make = |safety| Arc::new(Practice::new(fetch.clone(), clock.clone(), safety)) as Arc<dyn Connector>;
    kinds.into_iter().map(make).collect()
}

/// The practice network in the likeness of each of these: `practice-` before its short name.
pub(crate) fn likenesses(fetch: &Fetch, clock: &Clock, real: &[Arc<dyn Connector>]) -> Vec<Arc<dyn Connector>> {
    let make = |real: &Arc<dyn Connector>| {
        let (safety, likeness) = (real.capabilities().safety, Some(Likeness::new(real.clone())));
        Arc::new(Practice { likeness, ..Practice::new(fetch.clone(), clock.clone(), safety) }) as Arc<dyn Connector>
    };
    real.iter().map(make).collect()
}

/// What the four are able to do.
pub(super) fn plain(safety: Safety) -> Capabilities {
    let (platform, name) = match safety {
        Safety::Keyed { .. } => ("practice", "Practice network"),
        Safety::TwoPhase => ("practice-twophase", "Practice network (two steps)"),
        Safety::ReadBack => ("practice-readback", "Practice network (read back)"),
        Safety::Blind => ("practice-blind", "Practice network (blind)"),
    };
    Capabilities {
        platform,
        name,
        kind: Kind::Practice,
        publishes: true,
        text_limit: Some(TEXT_LIMIT),
        count: Count::Graphemes,
        max_media: 4,
        needs_media: false,
        alt_limit: Some(1500),
        image_types: ["image/jpeg", "image/png", "image/webp", "image/gif"].map(str::to_owned).to_vec(),
        image_bytes: Some(LARGEST_MEDIA),
        recordings: None,
        can_edit: true,
        can_delete: true,
        can_reply: true,
        can_hide: true,
        reads_comments: true,
        rereads: true,
        lists_own: safety != Safety::Blind,
        has_metrics: true,
        calls_us: true,
        key: Key::Token,
        server: None,
        safety,
        proof: Proof::Practice,
    }
}

impl Practice {
    pub fn new(fetch: Fetch, clock: Clock, safety: Safety) -> Practice {
        Practice { fetch, clock, safety, likeness: None }
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, access: &Access, path: &str) -> Result<T, Failure> {
        let request = self.to(Method::GET, access, path);
        let response = read(self.fetch.send(request).await, &self.clock)?;
        parsed(&response)
    }

    async fn write(&self, request: Request) -> Result<Response, Verdict> {
        written(self.fetch.send(request).await, &self.clock)
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Request {
        let request = Request::new(method, access.url(path)).bearer(access.secret.reveal());
        match &self.likeness {
            Some(likeness) => request.header(AS, likeness.of),
            None => request,
        }
    }

    async fn made(&self, request: Request) -> Result<String, Verdict> {
        let response = self.write(request).await?;
        let made: Option<Made> = response.json();
        made.map(|m| m.id).ok_or_else(|| Verdict::Unknown { why: "the answer cannot be read".to_owned() })
    }

    async fn ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let mut media = Vec::new();
        for m in &post.media {
            let alt: String = url::form_urlencoded::byte_serialize(m.alt.as_bytes()).collect();
            let mut request = self.to(Method::POST, access, &format!("/api/media?alt={alt}"));
            request = request.header("content-type", &m.mime);
            request.body = m.bytes.clone();
            media.push(self.made(request).await.map_err(harmless)?);
        }
        if let Some(recording) = &post.recording {
            // The file stays here, and is there to be sent.
            recording.read(0, 1).await?;
            let words: Vec<_> = recording.captions.iter().map(|c| json!({"lang": c.lang, "vtt": c.vtt})).collect();
            let (mime, bytes, seconds) = (&recording.mime, recording.bytes, recording.seconds);
            let told = json!({"mime": mime, "bytes": bytes, "seconds": seconds, "captions": words});
            let request = self.to(Method::POST, access, "/api/recordings").json(&told);
            media.push(self.made(request).await.map_err(harmless)?);
        }
        let mut prepared = Prepared::of(post, media);
        if self.safety == Safety::TwoPhase {
            let request = self.to(Method::POST, access, "/api/containers").json(&body(&prepared));
            prepared.container = Some(self.made(request).await.map_err(harmless)?);
        }
        Ok(prepared)
    }

    async fn publish(&self, access: &Access, prepared: &Prepared, key: &str) -> Verdict {
        let request = match (&self.safety, &prepared.container) {
            (Safety::TwoPhase, Some(id)) => self.to(Method::POST, access, &format!("/api/containers/{id}/publish")),
            (Safety::Keyed { .. }, _) => {
                self.to(Method::POST, access, "/api/posts").header("idempotency-key", key).json(&body(prepared))
            }
            _ => self.to(Method::POST, access, "/api/posts").json(&body(prepared)),
        };
        let response = match self.write(request).await {
            Ok(response) => response,
            Err(verdict) => return verdict,
        };
        match response.json::<Made>() {
            Some(made) if response.status == 202 => Verdict::Pending { remote_id: made.id },
            Some(made) => accepted(access, made.id),
            None => Verdict::Unknown { why: "the answer cannot be read".to_owned() },
        }
    }

    async fn stands(&self, access: &Access, id: &str) -> Result<Standing, Failure> {
        let told: Stands = self.get(access, &format!("/api/posts/{id}/standing")).await?;
        match told.standing.as_str() {
            "out" => Ok(Standing::Out { remote_id: id.to_owned(), url: link(access, id) }),
            "working" => Ok(Standing::Working),
            "refused" => {
                let human = "The practice network does not show this.".to_owned();
                Ok(Standing::Refused { code: "not-shown".to_owned(), human })
            }
            _ => Err(Failure::Unreachable { why: "the answer cannot be read".to_owned() }),
        }
    }

    async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        if remote_id.is_empty() || remote_id.len() > 64 || !remote_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(wire::strange_id());
        }
        let request = self.to(Method::GET, access, &format!("/api/replies/{remote_id}"));
        let answer = self.fetch.send(request).await;
        let own = |value: &serde_json::Value| value.get("error").is_some_and(serde_json::Value::is_string);
        if answer.as_ref().is_ok_and(|r| wire::says_gone(r, own)) {
            return Ok(Again::Gone);
        }
        let reply: PracticeReply = parsed(&read(answer, &self.clock).map_err(wire::no_news)?)?;
        if reply.id == remote_id {
            Ok(Again::Is(inbound(under(access, &reply), reply)))
        } else {
            Err(wire::unreadable())
        }
    }

    async fn sought(&self, access: &Access, sought: &Sought) -> Result<Option<String>, Failure> {
        match (self.safety, &sought.container) {
            (Safety::Keyed { .. }, _) => {
                let key: String = url::form_urlencoded::byte_serialize(sought.key.as_bytes()).collect();
                let found: Listed = self.get(access, &format!("/api/posts?key={key}")).await?;
                Ok(found.posts.into_iter().next().map(|p| p.id))
            }
            (Safety::TwoPhase, Some(id)) => {
                let container: Contained = self.get(access, &format!("/api/containers/{id}")).await?;
                Ok(container.post)
            }
            (Safety::ReadBack, _) => {
                let since = sought.since_us - CLOCKS_DIFFER;
                let found: Listed = self.get(access, &format!("/api/posts?since_us={since}")).await?;
                Ok(found.posts.into_iter().find(|p| fingerprint(&p.text) == sought.fingerprint).map(|p| p.id))
            }
            _ => Err(Failure::Unreachable { why: "nothing can be asked".to_owned() }),
        }
    }
}

fn body(prepared: &Prepared) -> serde_json::Value {
    json!({"text": prepared.text, "lang": prepared.lang, "media": prepared.media, "reply_to": prepared.reply_to})
}

fn link(access: &Access, id: &str) -> Option<String> {
    Some(access.url(&format!("/posts/{id}")))
}

fn accepted(access: &Access, id: String) -> Verdict {
    let url = link(access, &id);
    Verdict::Accepted { remote_id: id, url }
}

/// Where a reply can be read: with what it answers.
fn under(access: &Access, r: &PracticeReply) -> Option<String> {
    r.in_reply_to.as_deref().and_then(|id| link(access, id))
}

/// What somebody wrote, and where it can be read.
pub(super) fn inbound(url: Option<String>, r: PracticeReply) -> Inbound {
    Inbound {
        remote_id: r.id,
        in_reply_to: r.in_reply_to,
        author_id: r.author.clone(),
        author_name: r.author,
        author_url: None,
        text: r.text,
        lang: None,
        at_us: r.at_us,
        url,
    }
}

impl Connector for Practice {
    fn capabilities(&self) -> Capabilities {
        self.likeness.as_ref().map_or_else(|| plain(self.safety), Likeness::capabilities)
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        match &self.likeness {
            Some(likeness) => likeness.problems(post),
            None => crate::problems(&plain(self.safety), post),
        }
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let me: Me = self.get(access, "/api/me").await?;
            Ok(Identity { account_id: me.id, handle: me.handle, name: me.name, url: None })
        })
    }

    /// Here a key is the account's name, so the key asks for itself.
    fn resolve<'a>(&'a self, access: &'a Access, _: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move { Ok(Some(self.get::<Made>(access, "/api/owner").await?.id)) })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(self.publish(access, prepared, key))
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move {
            match self.sought(access, sought).await {
                Ok(Some(id)) => Found::Yes { url: link(access, &id), remote_id: id },
                Ok(None) => Found::No,
                Err(_) => Found::CannotTell,
            }
        })
    }

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if !self.capabilities().can_edit {
                return Verdict::unsupported("edit");
            }
            let request = self.to(Method::PUT, access, &format!("/api/posts/{remote_id}")).json(&body(prepared));
            self.made(request).await.map_or_else(|v| v, |id| accepted(access, id))
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if !self.capabilities().can_delete {
                return Verdict::unsupported("take_down");
            }
            let request = self.to(Method::DELETE, access, &format!("/api/posts/{remote_id}"));
            removed(self.fetch.send(request).await, &self.clock, remote_id)
        })
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if !self.capabilities().can_hide {
                return Verdict::unsupported("hide");
            }
            let path = format!("/api/replies/{remote_id}/hidden");
            let request = self.to(Method::PUT, access, &path).json(&json!({"hidden": hidden}));
            let done = self.made(request).await;
            done.map_or_else(|v| v, |id| Verdict::Accepted { remote_id: id, url: None })
        })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(async move {
            if !self.capabilities().reads_comments {
                return Ok(InboundPage { items: Vec::new(), cursor, more: false });
            }
            let after: u64 = cursor.as_deref().and_then(|c| c.parse().ok()).unwrap_or(0);
            let page: Replies = self.get(access, &format!("/api/replies?after={after}")).await?;
            let last = page.replies.last().map_or(after, |r| r.n);
            let items = page.replies.into_iter();
            let items = items.map(|r| inbound(under(access, &r), r)).collect();
            Ok(InboundPage { items, cursor: Some(last.to_string()), more: page.more })
        })
    }

    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        Box::pin(async move {
            if !self.capabilities().rereads {
                return Ok(Again::NotTold);
            }
            self.reread(access, remote_id).await
        })
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(async move {
            if !self.capabilities().lists_own {
                return Ok(OwnPage { items: Vec::new(), cursor, more: false });
            }
            let after =
                cursor.as_deref().map(|c| url::form_urlencoded::byte_serialize(c.as_bytes()).collect::<String>());
            let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
            let page: Own = self.get(access, &format!("/api/own{query}")).await?;
            let cursor = page.posts.last().map(|p| p.id.clone()).or(cursor).unwrap_or(page.last);
            let items = page.posts.into_iter();
            let items =
                items.map(|p| OwnPost { url: link(access, &p.id), remote_id: p.id, text: p.text, at_us: p.at_us });
            Ok(OwnPage { items: items.collect(), cursor: Some(cursor), more: page.more })
        })
    }

    fn hear(&self, notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
        if !self.capabilities().calls_us {
            return Err(NotHeard::Unexpected);
        }
        calling::hear(notice, secret, now_us)
    }

    fn mark(&self, notice: &Notice) -> Vec<u8> {
        calling::mark(notice)
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(async move {
            if !self.capabilities().has_metrics {
                return Ok(Counts::default());
            }
            self.get(access, &format!("/api/posts/{remote_id}")).await
        })
    }
}
