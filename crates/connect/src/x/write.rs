//! Whatever changes something at X: each call is made once.
use super::answer::{done, rejected, unreadable};
use super::{X, digits, post_url};
use crate::wire::{gone, harmless};
use crate::{Access, Failure, Media, Prepared, Verdict};
use ground::fetch::{Method, Parts, Response};
use serde_json::{Value, json};

/// What a picture of a post is called (package `xdk` 0.10.6, `MediaUploadRequest`).
const MEDIA_CATEGORY: &str = "tweet_image";

fn id_in(response: &Response) -> Option<String> {
    let value: Value = response.json().unwrap_or_default();
    value.pointer("/data/id").and_then(Value::as_str).filter(|id| digits(id).is_some()).map(str::to_owned)
}

fn truth(response: &Response, name: &str) -> Option<bool> {
    let value: Value = response.json().unwrap_or_default();
    value.pointer(&format!("/data/{name}")).and_then(Value::as_bool)
}

/// What is refused when a picture is brought is about the picture, unless it is about the app.
fn about_media(verdict: Verdict) -> Verdict {
    match harmless(verdict) {
        Verdict::Rejected { code, human, .. } if code == "refused" || code == "too-large" => {
            Verdict::Rejected { code, human, field: Some("media".to_owned()) }
        }
        other => other,
    }
}

impl X {
    /// Brings a picture to X, with what it shows. X forgets both after some hours if no post has them.
    pub(super) async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let kind: String =
            media.mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let form = Parts::new().field("media_category", MEDIA_CATEGORY);
        let form = form.file("media", &format!("picture.{kind}"), &media.mime, &media.bytes);
        let request = self.to(Method::POST, access, "/2/media/upload")?.parts(form);
        let response = self.send(request).await.map_err(about_media)?;
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        let value: Value = response.json().ok_or_else(unread)?;
        if value.pointer("/data/processing_info/state").and_then(Value::as_str) == Some("failed") {
            return Err(rejected("refused", "X cannot read this picture.", Some("media")));
        }
        let id = id_in(&response).ok_or_else(unread)?;
        if !media.alt.trim().is_empty() {
            let body = json!({"id": id, "metadata": {"alt_text": {"text": media.alt.trim()}}});
            let request = self.to(Method::POST, access, "/2/media/metadata")?.json(&body);
            self.send(request).await.map_err(about_media)?;
        }
        Ok(id)
    }

    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Verdict {
        let mut body = json!({});
        if !prepared.text.is_empty() {
            body["text"] = json!(prepared.text);
        }
        if !prepared.media.is_empty() {
            body["media"] = json!({"media_ids": prepared.media});
        }
        if let Some(to) = &prepared.reply_to {
            if digits(to).is_none() {
                return gone();
            }
            body["reply"] = json!({"in_reply_to_tweet_id": to});
        }
        let request = match self.to(Method::POST, access, "/2/tweets") {
            Ok(request) => request.json(&body),
            Err(verdict) => return verdict,
        };
        match self.send(request).await {
            Ok(response) => match id_in(&response) {
                Some(id) => Verdict::Accepted { url: Some(post_url(&access.handle, &id)), remote_id: id },
                None => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
            },
            Err(verdict) => verdict,
        }
    }

    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Verdict {
        let accepted = Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
        if digits(remote_id).is_none() {
            return gone();
        }
        let path = format!("/2/tweets/{remote_id}");
        let request = match self.to(Method::DELETE, access, &path) {
            Ok(request) => request,
            Err(verdict) => return verdict,
        };
        match self.send(request).await {
            Ok(response) => match truth(&response, "deleted") {
                Some(true) => accepted,
                // “Not deleted” is said of what is not there, too: only looking tells.
                Some(false) => match self.one(access, remote_id, "").await {
                    Err(Failure::Gone) => accepted,
                    Ok(_) => rejected("refused", "X did not remove the post.", None),
                    Err(failure) => {
                        Verdict::Unknown { why: format!("not removed, and cannot be looked for: {failure}") }
                    }
                },
                None => Verdict::Unknown { why: "the answer to a removal cannot be read".to_owned() },
            },
            Err(Verdict::Rejected { code, .. }) if code == "gone" => accepted,
            Err(verdict) => verdict,
        }
    }

    /// Hides an answer in a conversation of ours, or shows it again.
    pub(super) async fn conceal(&self, access: &Access, remote_id: &str, hidden: bool) -> Verdict {
        if digits(remote_id).is_none() {
            return gone();
        }
        let request = match self.to(Method::PUT, access, &format!("/2/tweets/{remote_id}/hidden")) {
            Ok(request) => request.json(&json!({"hidden": hidden})),
            Err(verdict) => return verdict,
        };
        match self.send(request).await {
            Ok(response) if truth(&response, "hidden") == Some(hidden) => {
                Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
            }
            Ok(_) => Verdict::Unknown { why: "the answer to hiding cannot be read".to_owned() },
            Err(verdict) => verdict,
        }
    }

    pub(super) async fn send(&self, request: ground::fetch::Request) -> Result<Response, Verdict> {
        done(self.fetch.send(request).await, &self.clock)
    }

    pub(super) async fn get(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        let request = self.to(Method::GET, access, path).map_err(crate::wire::read_of)?;
        let response = self.send(request).await.map_err(crate::wire::read_of)?;
        response.json().filter(Value::is_object).ok_or_else(unreadable)
    }
}
