//! Whatever people see change: making a film public, words, comments, removal. Each call is made once.
//!
//! Source: `videos.update`, `videos.delete`, `commentThreads.insert`, `comments.insert`, `.update`, `.delete` and
//! `.setModerationStatus`. An update replaces the whole of a part: what is not sent along is lost.
use super::answer::{rejected, unreadable};
use super::id::{is_comment, is_video, thread, watch};
use super::video::{State, state};
use super::{COMMENTS, MODERATION, THREADS, VIDEOS, YouTube, query, words};
use crate::wire::{gone, unwritten};
use crate::{Access, Prepared, Verdict};
use ground::fetch::Method;
use serde_json::{Map, Value, json};

/// What stands before the size of the film among the media of what is made ready.
const FILM: &str = "film:";

/// The state of a video as we want it. What is for children must be declared; what an agency says to everybody is not.
pub(super) fn status(privacy: &str) -> Value {
    json!({
        "privacyStatus": privacy,
        "selfDeclaredMadeForKids": false,
        "embeddable": true,
        "license": "youtube",
        "publicStatsViewable": true,
    })
}

/// The size of a film, kept to tell whether a correction comes with another one.
pub(super) fn film(bytes: u64) -> String {
    format!("{FILM}{bytes}")
}

fn size(prepared: &Prepared) -> Option<u64> {
    prepared.media.iter().find_map(|m| m.strip_prefix(FILM)).and_then(|n| n.parse().ok())
}

/// Where something is answered: below a video or below a comment.
pub(super) enum Place<'a> {
    Video(&'a str),
    Comment(&'a str),
}

pub(super) fn place(id: &str) -> Result<Place<'_>, Verdict> {
    match id {
        id if is_video(id) => Ok(Place::Video(id)),
        id if is_comment(id) => Ok(Place::Comment(id)),
        _ => Err(gone()),
    }
}

fn accepted(remote_id: &str) -> Verdict {
    Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
}

fn unclear(what: &str) -> Verdict {
    Verdict::Unknown { why: format!("the answer to {what} cannot be read") }
}

impl YouTube {
    /// The one call that makes a film public. A film that YouTube still works on comes out by itself afterwards.
    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        let Some(id) = prepared.container.as_deref().filter(|id| is_video(id)) else {
            return Err(Verdict::NotSent { why: "the film was not made ready".to_owned() });
        };
        let body = json!({"id": id, "status": status("public")});
        let made = self.tell(Method::PUT, access, &format!("{VIDEOS}{}", query(&[("part", "status")])), &body).await?;
        if made.get("id").and_then(Value::as_str) != Some(id) {
            return Err(unclear("making a film public"));
        }
        Ok(match state(&made) {
            Some(State::Out) => Verdict::Accepted { remote_id: id.to_owned(), url: Some(watch(id)) },
            Some(State::Working) => Verdict::Pending { remote_id: id.to_owned() },
            Some(State::NotPublic) => rejected("not-public", super::video::NOT_PUBLIC, None),
            Some(State::Over { code, why }) => rejected(code, &why, Some("media")),
            None => unclear("making a film public"),
        })
    }

    /// An answer below a video or a comment. There is no key for it and no first step. A thread is told whose channel the
    /// video is of (`commentThreads.insert`): this one's, for only below its own is anything answered.
    pub(super) async fn answer(&self, access: &Access, to: &str, prepared: &Prepared) -> Result<Verdict, Verdict> {
        let text = &prepared.text;
        let (path, body, video) = match place(to)? {
            Place::Video(video) => {
                let words = json!({"snippet": {"textOriginal": text}});
                let us = super::who::channel(access).map_err(unwritten)?;
                let body = json!({"snippet": {"channelId": us, "videoId": video, "topLevelComment": words}});
                (THREADS, body, Some(video))
            }
            Place::Comment(to) => (COMMENTS, json!({"snippet": {"parentId": thread(to), "textOriginal": text}}), None),
        };
        let made = self.tell(Method::POST, access, &format!("{path}{}", query(&[("part", "snippet")])), &body).await?;
        // A thread is named by its first comment.
        let id = made.get("id").and_then(Value::as_str).filter(|id| is_comment(id));
        let id = id.ok_or_else(|| unclear("a comment"))?;
        let url = video.map(|video| format!("{}&lc={id}", watch(video)));
        Ok(Verdict::Accepted { remote_id: id.to_owned(), url })
    }

    /// Changes the words. A film cannot be replaced: a correction with another one is refused. What was uploaded with it is
    /// thrown away in either case.
    pub(super) async fn change(
        &self,
        access: &Access,
        remote_id: &str,
        prepared: &Prepared,
    ) -> Result<Verdict, Verdict> {
        if let Place::Comment(id) = place(remote_id)? {
            let body = json!({"id": id, "snippet": {"textOriginal": prepared.text}});
            let path = format!("{COMMENTS}{}", query(&[("part", "snippet")]));
            self.tell(Method::PUT, access, &path, &body).await?;
            return Ok(accepted(id));
        }
        let changed = self.reworded(access, remote_id, prepared).await;
        if let Some(unused) = prepared.container.as_deref().filter(|id| is_video(id) && *id != remote_id) {
            self.discard(access, unused).await;
        }
        changed
    }

    async fn reworded(&self, access: &Access, id: &str, prepared: &Prepared) -> Result<Verdict, Verdict> {
        let now = self.video(access, id, "snippet,fileDetails").await.map_err(unwritten)?;
        let was = now.pointer("/fileDetails/fileSize").and_then(Value::as_str).and_then(|n| n.parse::<u64>().ok());
        if let (Some(was), Some(is)) = (was, size(prepared))
            && was != is
        {
            let human = "The film of a video on YouTube cannot be replaced. Take the video down and post it anew.";
            return Err(rejected("recording-fixed", human, Some("media")));
        }
        let old = now.get("snippet").and_then(Value::as_object).ok_or_else(|| unwritten(unreadable()))?;
        if !old.get("categoryId").is_some_and(Value::is_string) {
            return Err(unwritten(unreadable()));
        }
        let kept = ["categoryId", "tags", "defaultLanguage", "defaultAudioLanguage"];
        let mut snippet: Map<String, Value> =
            kept.iter().filter_map(|name| Some(((*name).to_owned(), old.get(*name)?.clone()))).collect();
        snippet.insert("title".into(), json!(words::title(&prepared.text)));
        snippet.insert("description".into(), json!(words::description(&prepared.text)));
        let body = json!({"id": id, "snippet": snippet});
        let path = format!("{VIDEOS}{}", query(&[("part", "snippet")]));
        let made = self.tell(Method::PUT, access, &path, &body).await?;
        if made.get("id").and_then(Value::as_str) != Some(id) {
            return Err(unclear("a correction"));
        }
        Ok(Verdict::Accepted { remote_id: id.to_owned(), url: Some(watch(id)) })
    }

    /// Throws away an upload that nobody has seen. If that does not succeed, a private film stays on the channel.
    pub(super) async fn discard(&self, access: &Access, id: &str) {
        let path = format!("{VIDEOS}{}", query(&[("id", id)]));
        if let Ok(request) = self.to(Method::DELETE, access, &path)
            && self.send(access, request).await.is_err()
        {
            tracing::warn!(video = id, "an unpublished film stays on the channel");
        }
    }

    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Result<Verdict, Verdict> {
        let path = match place(remote_id)? {
            Place::Video(_) => VIDEOS,
            Place::Comment(_) => COMMENTS,
        };
        let request = self.to(Method::DELETE, access, &format!("{path}{}", query(&[("id", remote_id)])))?;
        match self.send(access, request).await {
            Ok(_) => Ok(accepted(remote_id)),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => Ok(accepted(remote_id)),
            Err(verdict) => Err(verdict),
        }
    }

    /// A hidden comment is held for review: it waits in the channel's list until it is let through.
    pub(super) async fn set_hidden(&self, access: &Access, id: &str, hidden: bool) -> Result<Verdict, Verdict> {
        let Place::Comment(id) = place(id)? else { return Err(Verdict::unsupported("hide")) };
        let now = if hidden { "heldForReview" } else { "published" };
        let path = format!("{MODERATION}{}", query(&[("id", id), ("moderationStatus", now)]));
        self.send(access, self.to(Method::POST, access, &path)?).await?;
        Ok(accepted(id))
    }
}
