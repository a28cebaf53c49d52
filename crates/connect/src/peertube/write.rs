//! Making a video public, correcting its words, answering, and taking down.
use super::answer::{said, unclear, unreadable};
use super::session::Session;
use super::view::{PRIVATE, PUBLIC, State, Video, is_uuid};
use super::{PeerTube, Place, place, upload, words};
use crate::wire::gone;
use crate::{Access, Failure, Post, Prepared, Verdict};
use ground::fetch::Method;
use serde_json::{Value, json};

impl PeerTube {
    pub(super) async fn video(&self, access: &Access, session: &Session, uuid: &str) -> Result<Video, Failure> {
        let video: Video = self.get(access, session, &format!("/videos/{uuid}"), &[]).await?;
        // Another video's word is no word about this one.
        if video.uuid.eq_ignore_ascii_case(uuid) { Ok(video) } else { Err(unreadable()) }
    }

    /// Making a public video public once more changes nothing.
    pub(super) async fn publish(&self, access: &Access, uuid: &str) -> Result<Verdict, Failure> {
        if !is_uuid(uuid) {
            return Ok(gone());
        }
        let session = self.meant(access).await?;
        let request =
            self.to(Method::PUT, access, &session, &format!("/videos/{uuid}")).json(&json!({"privacy": PUBLIC}));
        if let Err(verdict) = self.order(access, &session, request).await {
            return Ok(verdict);
        }
        let remote_id = uuid.to_owned();
        // It is done; only whether people can see it already is not known without an answer.
        Ok(match self.video(access, &session, uuid).await {
            Ok(video) if video.state() == Some(State::Ready) && !video.is_blocked() => {
                Verdict::Accepted { remote_id, url: Some(Place::Video(uuid).url(access)) }
            }
            _ => Verdict::Pending { remote_id },
        })
    }

    /// A correction changes words only: the film stays where it is.
    pub(super) async fn ready_to_change(&self, _: &Access, post: &Post) -> Result<Prepared, Verdict> {
        words::fit(&post.text, post.reply_to.is_some())?;
        Ok(Prepared::of(post, Vec::new()))
    }

    pub(super) async fn change(&self, access: &Access, uuid: &str, prepared: &Prepared) -> Result<Verdict, Failure> {
        if let Err(verdict) = words::fit(&prepared.text, false) {
            return Ok(verdict);
        }
        let session = self.meant(access).await?;
        let mut body = json!({"name": words::name(&prepared.text), "description": prepared.text.trim()});
        if let (Some(lang), Some(fields)) = (upload::language(&prepared.lang), body.as_object_mut()) {
            fields.insert("language".to_owned(), json!(lang));
        }
        let request = self.to(Method::PUT, access, &session, &format!("/videos/{uuid}")).json(&body);
        if let Err(verdict) = self.order(access, &session, request).await {
            return Ok(verdict);
        }
        if let Some(spare) = prepared.container.as_deref().filter(|c| is_uuid(c) && *c != uuid) {
            self.clear_away(access, &session, spare).await;
        }
        Ok(Verdict::Accepted { remote_id: uuid.to_owned(), url: Some(Place::Video(uuid).url(access)) })
    }

    /// A correction changes words only: what was sent up for it is not needed. Nobody sees it, so nothing hangs on the answer.
    async fn clear_away(&self, access: &Access, session: &Session, uuid: &str) {
        if self.video(access, session, uuid).await.is_ok_and(|v| v.privacy.id == PRIVATE) {
            let request = self.to(Method::DELETE, access, session, &format!("/videos/{uuid}"));
            let _ = self.order(access, session, request).await;
        }
    }

    pub(super) async fn answer(&self, access: &Access, to: &str, text: &str) -> Result<Verdict, Failure> {
        let Some(to) = place(to) else { return Ok(gone()) };
        let session = self.meant(access).await?;
        let (video, path) = match to {
            Place::Video(uuid) => (uuid, format!("/videos/{uuid}/comment-threads")),
            Place::Comment { video, id, .. } => (video, format!("/videos/{video}/comments/{id}")),
        };
        let request = self.to(Method::POST, access, &session, &path).json(&json!({"text": text}));
        let answer = match self.send(access, &session, request).await {
            Ok(answer) => answer,
            Err(verdict) => return Ok(verdict),
        };
        let made: Option<Value> = answer.json();
        let number = |name: &str| made.as_ref()?.get("comment")?.get(name)?.as_u64().filter(|n| *n > 0);
        let Some(id) = number("id") else { return Ok(unclear()) };
        let place = Place::Comment { video, thread: number("threadId").unwrap_or(id), id };
        Ok(Verdict::Accepted { remote_id: place.to_string(), url: Some(place.url(access)) })
    }

    pub(super) async fn remove(&self, access: &Access, place: Place<'_>) -> Result<Verdict, Failure> {
        let session = self.meant(access).await?;
        let path = match place {
            Place::Video(uuid) => format!("/videos/{uuid}"),
            Place::Comment { video, id, .. } => format!("/videos/{video}/comments/{id}"),
        };
        let answer = self.fetch.send(self.to(Method::DELETE, access, &session, &path)).await;
        // So the server calls a comment that is deleted already.
        let twice = answer.as_ref().is_ok_and(|a| a.status == 409 && said(a).is_some());
        let accepted = Verdict::Accepted { remote_id: place.to_string(), url: None };
        if twice && matches!(place, Place::Comment { .. }) {
            return Ok(accepted);
        }
        Ok(match self.answered(access, &session, answer) {
            Ok(answer) if answer.status == 204 => accepted,
            Ok(_) => unclear(),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => accepted,
            Err(verdict) => verdict,
        })
    }
}
