//! Mastodon and the servers that speak its API. On Mastodon itself a status sent again with the same `Idempotency-Key`
//! within the hour is the same status. Servers of other makes (GoToSocial) forget the key, so each is asked what it runs,
//! and an unanswered attempt is settled by reading back own statuses and comparing them.
mod again;
#[cfg(test)]
pub(crate) mod bench;
mod entities;
#[doc(hidden)]
pub mod fake;
mod keys;
mod limits;
mod own;
mod paging;
mod recording;

#[cfg(test)]
mod tests;

use crate::plain::plain;
use crate::wire::{self, harmless, parsed, read, written};
use crate::{
    Access, Again, App, Brought, Capabilities, Connector, Counts, Failure, Found, Fut, Granted, Identity, Inbound,
    InboundPage, Media, OwnPage, Post, Prepared, SignIn, Sought, Verdict, fingerprint,
};
use entities::{Account, Attachment, Instance, Made, NodeInfo, NodeInfoLinks, Notification, Status};
use ground::clock::{Clock, MINUTE};
use ground::crypto::hex;
use ground::fetch::{Fetch, Method, Parts, Request, Response};
use paging::{Asked, age};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Clocks differ: an own status is looked for from a little before the attempt began.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// How many pages of own statuses are read back before it is said that nothing can be told.
const PAGES_BACK: usize = 5;
const PAGE: usize = 40;
/// How long a picture may be worked on before the post is tried again later.
const MEDIA_POLLS: usize = 40;
const MEDIA_PAUSE: Duration = Duration::from_millis(500);

pub struct Mastodon {
    fetch: Fetch,
    clock: Clock,
    known: limits::Known,
    sent: recording::Sent,
    media_pause: Duration,
}

impl Mastodon {
    pub fn new(fetch: Fetch, clock: Clock) -> Mastodon {
        Mastodon {
            fetch,
            clock,
            known: limits::Known::default(),
            sent: recording::Sent::default(),
            media_pause: MEDIA_PAUSE,
        }
    }

    fn to(&self, method: Method, access: &Access, path: &str) -> Request {
        let request = Request::new(method, access.url(path)).header("accept", "application/json");
        request.bearer(access.secret.reveal())
    }

    async fn get<T: DeserializeOwned>(&self, access: &Access, path: &str) -> Result<T, Failure> {
        let response = read(self.fetch.send(self.to(Method::GET, access, path)).await, &self.clock)?;
        parsed(&response)
    }

    async fn write(&self, request: Request) -> Result<Response, Verdict> {
        written(self.fetch.send(request).await, &self.clock).map_err(about_a_field)
    }

    /// Makes or changes a status. A 2xx that cannot be read — a proxy's page, half an answer — is not a yes.
    async fn status(&self, request: Request) -> Verdict {
        let response = match self.write(request).await {
            Ok(response) => response,
            Err(verdict) => return verdict,
        };
        match response.json::<Made>() {
            Some(made) => Verdict::Accepted { remote_id: made.id, url: made.url.or(made.uri) },
            None => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
        }
    }

    async fn limits(&self, access: &Access) -> Option<Capabilities> {
        if let Some(can) = self.known.get(&access.base_url, &self.clock) {
            return Some(can);
        }
        let instance: Instance = match self.get(access, "/api/v2/instance").await {
            Ok(instance) => instance,
            // Servers without the second version still have the first.
            Err(_) => self.get(access, "/api/v1/instance").await.ok()?,
        };
        let software = self.software(access).await.unwrap_or_default();
        let can = limits::of(instance, &software);
        self.known.put(&access.base_url, &self.clock, &can);
        Some(can)
    }

    /// What the server runs, from its NodeInfo; public, so no key goes along.
    async fn software(&self, access: &Access) -> Option<String> {
        let open = async |url: String| self.fetch.send(Request::get(url)).await.ok().filter(Response::ok);
        let links: NodeInfoLinks = open(access.url("/.well-known/nodeinfo")).await?.json()?;
        let mut of_schema = links.links.into_iter().filter(|l| l.rel.contains("nodeinfo.diaspora.software/ns/schema/"));
        let info: NodeInfo = open(of_schema.next()?.href).await?.json()?;
        Some(info.software.name)
    }

    async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        // Some servers keep a file under the name it came with: another picture must have another name.
        let digest = Sha256::new().chain_update(&media.bytes).chain_update(&media.alt).finalize();
        let name = hex(&digest[..16]);
        let name = format!("{name}.{}", media.mime.rsplit('/').next().unwrap_or("bin"));
        let send = async |path: &str| {
            let parts = Parts::new().field("description", &media.alt).file("file", &name, &media.mime, &media.bytes);
            self.write(self.to(Method::POST, access, path).parts(parts)).await
        };
        let response = match send("/api/v2/media").await {
            Err(Verdict::Rejected { code, .. }) if code == "gone" => send("/api/v1/media").await,
            other => other,
        };
        let response = response.map_err(harmless)?;
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        let attachment: Attachment = response.json().ok_or_else(unread)?;
        if response.status == 202 || attachment.url.is_none() {
            self.processed(access, &attachment.id).await?;
        }
        Ok(attachment.id)
    }

    /// Waits until the server has worked a picture or film through. 206 is "not yet".
    async fn processed(&self, access: &Access, id: &str) -> Result<(), Verdict> {
        for _ in 0..MEDIA_POLLS {
            tokio::time::sleep(self.media_pause).await;
            let request = self.to(Method::GET, access, &format!("/api/v1/media/{id}"));
            let response = self.write(request).await.map_err(harmless)?;
            if response.status == 200 {
                return Ok(());
            }
        }
        Err(Verdict::NotReady { why: "the platform is still working on a picture or film".to_owned() })
    }

    /// The account's own id, as the platform told it when it was connected.
    async fn whose(&self, access: &Access) -> Result<String, Failure> {
        match access.remote_account_id.as_str() {
            "" => Ok(self.get::<Account>(access, "/api/v1/accounts/verify_credentials").await?.id),
            id => Ok(id.to_owned()),
        }
    }

    async fn read_back(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let account = self.whose(access).await?;
        let since = sought.since_us - CLOCKS_DIFFER;
        let (mut before, mut seen) = (String::new(), String::new());
        for _ in 0..PAGES_BACK {
            let path = format!("/api/v1/accounts/{account}/statuses?exclude_reblogs=true&limit={PAGE}{before}");
            let statuses: Vec<Status> = self.get(access, &path).await?;
            for status in &statuses {
                if wire::time(&status.created_at).is_some_and(|at| at < since) {
                    return Ok(Found::No);
                }
                let said = [Some(plain(&status.content)), status.text.clone()];
                if said.iter().flatten().any(|text| fingerprint(text) == sought.fingerprint) {
                    return Ok(Found::Yes {
                        remote_id: status.id.clone(),
                        url: status.url.clone().or_else(|| status.uri.clone()),
                    });
                }
            }
            // Servers may give fewer than asked for, so only an empty page is the end.
            let (Some(first), Some(last)) = (statuses.first(), statuses.last()) else { return Ok(Found::No) };
            // The same page again: this server does not turn pages, and what it holds back cannot be told.
            if first.id == seen {
                break;
            }
            seen.clone_from(&first.id);
            before = format!("&max_id={}", last.id);
        }
        Ok(Found::CannotTell)
    }

    /// What a refused change of a status means. "Not found" is said for a status that is gone, and by servers that do not
    /// offer the call at all: only looking tells them apart. `None` is gone.
    async fn refused(&self, access: &Access, path: &str, verdict: Verdict, what: &str) -> Option<Verdict> {
        match &verdict {
            Verdict::Rejected { code, .. } if code == "gone" => {}
            _ => return Some(verdict),
        }
        match self.get::<Made>(access, path).await {
            Err(Failure::Gone) => None,
            Ok(_) => Some(Verdict::unsupported(what)),
            Err(other) => Some(wire::unwritten(other)),
        }
    }
}

/// Whose words a refusal is about, as far as the platform's sentence tells.
fn about_a_field(verdict: Verdict) -> Verdict {
    let Verdict::Rejected { code, human, field: None } = verdict else { return verdict };
    let low = human.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    let field = if has(&["media", "file", "image", "attachment", "description"]) {
        Some("media")
    } else if has(&["text", "character", "blank", "status is too"]) {
        Some("text")
    } else if has(&["language"]) {
        Some("lang")
    } else {
        None
    };
    Verdict::Rejected { code, human, field: field.map(str::to_owned) }
}

fn body(prepared: &Prepared) -> Value {
    let mut body = json!({"status": prepared.text, "media_ids": prepared.media});
    if !prepared.lang.is_empty() {
        body["language"] = json!(prepared.lang);
    }
    body
}

fn inbound(status: Status) -> Option<Inbound> {
    let at_us = wire::time(&status.created_at)?;
    let mut text = status.text.filter(|t| !t.trim().is_empty()).unwrap_or_else(|| plain(&status.content));
    let warning = plain(&status.spoiler_text);
    if !warning.is_empty() {
        text = format!("{warning}\n\n{text}");
    }
    let Account { id, acct, display_name, url } = status.account;
    let author_name = if display_name.trim().is_empty() { format!("@{acct}") } else { display_name };
    Some(Inbound {
        remote_id: status.id,
        in_reply_to: status.in_reply_to_id,
        author_id: id,
        author_name,
        author_url: url,
        text,
        lang: status.language,
        at_us,
        url: status.url.or(status.uri),
    })
}

impl Connector for Mastodon {
    fn capabilities(&self) -> Capabilities {
        limits::usual()
    }

    fn capabilities_at<'a>(&'a self, access: &'a Access) -> Fut<'a, Capabilities> {
        Box::pin(async move { self.limits(access).await.unwrap_or_else(limits::usual) })
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let request = self.to(Method::GET, access, "/api/v1/accounts/verify_credentials");
            let answer = self.fetch.send(request).await;
            // 422: a key, but of an application and not of an account; some servers say it of every wrong key.
            if answer.as_ref().is_ok_and(|r| r.status == 422) {
                return Err(Failure::Unauthorised);
            }
            let me: Account = parsed(&read(answer, &self.clock)?)?;
            let server = access.base_url.split("://").last().unwrap_or_default().trim_end_matches('/');
            let handle = if me.acct.contains('@') { format!("@{}", me.acct) } else { format!("@{}@{server}", me.acct) };
            Ok(Identity { account_id: me.id, handle, name: me.display_name, url: me.url })
        })
    }

    fn sign_in(&self, access: &Access) -> Option<SignIn> {
        Some(keys::sign_in(access))
    }

    fn names_itself<'a>(&'a self, access: &'a Access) -> Fut<'a, bool> {
        Box::pin(self.announces_its_name(access))
    }

    fn introduce<'a>(
        &'a self,
        access: &'a Access,
        website: &'a str,
        redirect: &'a str,
    ) -> Fut<'a, Result<App, Failure>> {
        Box::pin(self.introduced(access, website, redirect))
    }

    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        Box::pin(async move { self.keys(access).granted(&keys::sign_in(access), brought).await })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let name = handle.trim_start_matches('@').split('@').next().unwrap_or_default();
            let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
            let request = self.to(Method::GET, access, &format!("/api/v1/accounts/lookup?acct={name}"));
            let found: Account = parsed(&read(self.fetch.send(request).await, &self.clock)?)?;
            Ok(Some(found.id))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            let mut ids = Vec::new();
            for media in &post.media {
                ids.push(self.upload(access, media).await?);
            }
            if let Some(recording) = &post.recording {
                ids.push(self.film(access, recording).await?);
            }
            Ok(Prepared::of(post, ids))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let mut body = body(prepared);
            body["visibility"] = json!("public");
            if let Some(id) = &prepared.reply_to {
                body["in_reply_to_id"] = json!(id);
            }
            let request = self.to(Method::POST, access, "/api/v1/statuses").header("idempotency-key", key);
            self.status(request.json(&body)).await
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.read_back(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let path = format!("/api/v1/statuses/{remote_id}");
            let verdict = self.status(self.to(Method::PUT, access, &path).json(&body(prepared))).await;
            self.refused(access, &path, verdict.clone(), "edit").await.unwrap_or(verdict)
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            let path = format!("/api/v1/statuses/{remote_id}");
            let refused = match self.write(self.to(Method::DELETE, access, &path)).await {
                Ok(_) => None,
                Err(verdict) => self.refused(access, &path, verdict, "take_down").await,
            };
            refused.unwrap_or_else(|| Verdict::Accepted { remote_id: remote_id.to_owned(), url: None })
        })
    }

    /// Mentions, which is what every answer to us is. Without a cursor it starts with the latest page: an account's
    /// years before it was connected are not imported.
    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(async move {
            let path = "/api/v1/notifications?types[]=mention&";
            let asked = Asked { path, cursor: cursor.as_deref(), id: |n: &Notification| &n.id };
            let page = self.after(access, &asked).await?;
            let last = page.items.iter().map(|n| n.id.clone()).max_by_key(|id| age(id));
            let more = cursor.is_some() && page.full && last != cursor;
            // Not every server heeds `types[]`, and a favourite carries our own words.
            let mentions = page.items.into_iter().filter(|n| n.kind == "mention");
            let mut items: Vec<Inbound> = mentions.filter_map(|n| inbound(n.status?)).collect();
            // Two of one millisecond stand in the order of their ids.
            items.sort_by_cached_key(|i| (i.at_us, age(&i.remote_id)));
            Ok(InboundPage { items, cursor: last.or(cursor), more })
        })
    }

    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        Box::pin(self.reread(access, remote_id))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(async move {
            let status: Status = self.get(access, &format!("/api/v1/statuses/{remote_id}")).await?;
            Ok(Counts {
                likes: status.favourites_count,
                shares: status.reblogs_count,
                replies: status.replies_count,
                views: None,
            })
        })
    }
}
