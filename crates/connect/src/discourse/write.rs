//! Whatever changes something in the forum: each call is made once.
use super::answer::unreadable;
use super::latest::ForumPost;
use super::{Discourse, Place, made, mark_of, number, place, raw, topic_url};
use crate::markdown;
use crate::wire::{gone, harmless};
use crate::{Access, Failure, Found, Media, Prepared, Verdict};
use ground::clock::DAY;
use ground::crypto::hex;
use ground::fetch::{Method, Parts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How far back an answer with the same key is looked for before one is written.
const ANSWERED_SINCE: i64 = 3 * DAY;

impl Discourse {
    pub(super) async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let kind: String =
            media.mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let digest = Sha256::digest(&media.bytes);
        let name = hex(&digest[..16]);
        // Older forums know the second name of the kind of upload.
        let form = Parts::new().field("upload_type", "composer").field("type", "composer").field("synchronous", "true");
        let form = form.file("file", &format!("{name}.{kind}"), &media.mime, &media.bytes);
        let request = self.to(Method::POST, access, "/uploads.json")?.parts(form);
        let response = self.send(request).await.map_err(harmless).map_err(|v| match v {
            Verdict::Rejected { code, human, .. } => Verdict::Rejected { code, human, field: Some("media".to_owned()) },
            other => other,
        })?;
        let value: Value = response.json().unwrap_or_default();
        let address = value.get("short_url").and_then(Value::as_str);
        let fits = |a: &&str| {
            a.strip_prefix("upload://").is_some_and(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'))
        };
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        Ok(format!("{}|{}", address.filter(fits).ok_or_else(unread)?, media.alt))
    }

    pub(super) async fn begin(&self, access: &Access, prepared: &Prepared, key: &str) -> Verdict {
        let mark = mark_of(key);
        let body = json!({"title": markdown::title(&prepared.text), "raw": raw(prepared), "external_id": mark});
        let request = match self.to(Method::POST, access, "/posts.json") {
            Ok(request) => request.json(&body),
            Err(verdict) => return verdict,
        };
        let verdict = match self.send(request).await {
            Ok(response) => return made(access, &response, &mark),
            Err(verdict) => verdict,
        };
        // Taken keys, titles and texts are refused alike: only looking tells whether it is this very post.
        if !matches!(&verdict, Verdict::Rejected { code, .. } if code == "refused") {
            return verdict;
        }
        match self.by_key(access, &mark).await {
            Ok(Some(id)) => Verdict::Accepted { remote_id: format!("t{id}"), url: Some(topic_url(access, id)) },
            Ok(None) => verdict,
            Err(failure) => Verdict::Unknown { why: format!("refused, and cannot be looked for: {failure}") },
        }
    }

    pub(super) async fn reply(
        &self,
        access: &Access,
        to: &str,
        prepared: &Prepared,
        key: &str,
    ) -> Result<Verdict, Failure> {
        let (topic, post) = match place(to) {
            Some(Place::Topic(id)) => (id, None),
            Some(Place::Post(id)) => {
                let post: ForumPost = self.get(access, &format!("/posts/{id}.json")).await?;
                (post.topic_id, Some(post.post_number))
            }
            None => return Ok(gone()),
        };
        let mark = mark_of(key);
        let since = self.clock.now() - ANSWERED_SINCE;
        let already = async || match self.marked(access, &mark, since).await {
            Ok(Found::Yes { remote_id, url }) => Ok(Some(Verdict::Accepted { remote_id, url })),
            Ok(Found::No) => Ok(None),
            Ok(Found::Taken { .. } | Found::CannotTell) => {
                Err(Failure::Unreachable { why: "more was posted than can be looked through".into() })
            }
            Err(failure) => Err(failure),
        };
        if let Some(done) = already().await? {
            return Ok(done);
        }
        let mut body = json!({"topic_id": topic, "raw": markdown::signed(&raw(prepared), &mark)});
        if let Some(n) = post {
            body["reply_to_post_number"] = json!(n);
        }
        let request = match self.to(Method::POST, access, "/posts.json") {
            Ok(request) => request.json(&body),
            Err(verdict) => return Ok(verdict),
        };
        match self.send(request).await {
            Ok(response) => Ok(made(access, &response, &format!("{mark}:{}", self.clock.now()))),
            // “Too similar to what you recently posted” may be about an earlier call with this key.
            Err(Verdict::Rejected { code, human, field }) if code == "refused" => match already().await {
                Ok(Some(done)) => Ok(done),
                Ok(None) => Ok(Verdict::Rejected { code, human, field }),
                Err(failure) => Ok(Verdict::Unknown { why: format!("refused, and cannot be looked for: {failure}") }),
            },
            Err(verdict) => Ok(verdict),
        }
    }

    pub(super) async fn change(
        &self,
        access: &Access,
        remote_id: &str,
        prepared: &Prepared,
    ) -> Result<Verdict, Failure> {
        let id = match place(remote_id) {
            Some(Place::Post(id)) => id,
            Some(Place::Topic(topic)) => {
                let topic: Value = self.get(access, &format!("/t/{topic}.json")).await?;
                number(&topic, "/post_stream/posts/0/id").ok_or_else(unreadable)?
            }
            None => return Ok(gone()),
        };
        let now: ForumPost = self.get(access, &format!("/posts/{id}.json")).await?;
        if now.deleted_at.is_some() {
            return Ok(gone());
        }
        let old = now.raw.ok_or_else(unreadable)?;
        let mut text = raw(prepared);
        if let Some(mark) = markdown::mark_in(&old) {
            text = markdown::signed(&text, mark);
        }
        // Somebody who changes it between our look and our call makes the forum refuse.
        let mut body = json!({"post": {"raw": text, "original_text": old, "edit_reason": "Corrected by the agency"}});
        if now.post_number == 1 {
            body["title"] = json!(markdown::title(&prepared.text));
        }
        let request = match self.to(Method::PUT, access, &format!("/posts/{id}.json")) {
            Ok(request) => request.json(&body),
            Err(verdict) => return Ok(verdict),
        };
        Ok(match self.send(request).await {
            Ok(response) if number(&response.json().unwrap_or_default(), "/post/id") == Some(id) => {
                Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
            }
            Ok(_) => Verdict::Unknown { why: "the answer to an edit cannot be read".to_owned() },
            Err(verdict) => verdict,
        })
    }

    /// Removes or brings back. A forum says *forbidden* of what is removed already, too: only looking tells.
    pub(super) async fn remove(&self, access: &Access, remote_id: &str, path: &str) -> Verdict {
        let accepted = Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
        let request = match self.to(Method::DELETE, access, path) {
            Ok(request) => request,
            Err(verdict) => return verdict,
        };
        match self.send(request).await {
            Ok(_) => accepted,
            Err(Verdict::Rejected { code, .. }) if code == "gone" => accepted,
            Err(Verdict::Rejected { code, human, field }) if code == "forbidden" => {
                match self.get::<Value>(access, path).await {
                    Err(Failure::Gone) => accepted,
                    Ok(there) if there.get("deleted_at").is_some_and(Value::is_string) => accepted,
                    _ => Verdict::Rejected { code, human, field },
                }
            }
            Err(verdict) => verdict,
        }
    }
}
