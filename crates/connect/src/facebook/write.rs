//! Whatever changes something on the page: each call is made once.
use super::film::{made, sized};
use super::{FILM_BYTES, Facebook, PICTURES_OF_AN_ANSWER, WEB, is_post_of, page, path};
use crate::meta::answer::{DUPLICATE, rejected};
use crate::meta::film::checked;
use crate::meta::{id_in, is_id, is_number};
use crate::wire::{gone, harmless, read_of, unwritten};
use crate::{Access, Connector, Failure, Media, Post, Prepared, Verdict, fingerprint};
use ground::clock::{DAY, MINUTE};
use ground::crypto::hex;
use ground::fetch::{Method, Parts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How far back the words are looked for that Facebook says were posted already.
const SAID_SINCE: i64 = 3 * DAY;
/// What is younger may be of this very call.
const JUST_NOW: i64 = 10 * MINUTE;
/// The pictures and the film of a post, as Meta's page on story attachments names them; `pagepost.py` has the edge, not its
/// fields.
pub(super) const SHOWN: &str = "attachments{media_type,target{id},subattachments.limit(50){media_type}}";

pub(super) fn unclear(what: &str) -> Verdict {
    Verdict::Unknown { why: format!("the answer to {what} cannot be read") }
}

fn too_many() -> Verdict {
    rejected("media-too-many", "An answer on Facebook takes one picture.", Some("media"))
}

/// `{"success": true}`; anything else is no yes.
pub(super) fn succeeded(value: &Value) -> bool {
    value.get("success").and_then(Value::as_bool) == Some(true)
}

pub(super) fn accepted(remote_id: &str) -> Verdict {
    Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
}

impl Facebook {
    /// An unpublished picture, which nobody sees until a post names it.
    pub(super) async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let kind: String =
            media.mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let digest = Sha256::digest(&media.bytes);
        let name = format!("{}.{kind}", hex(&digest).get(..32).unwrap_or_default());
        let mut form = Parts::new().field("published", "false");
        if !media.alt.trim().is_empty() {
            form = form.field("alt_text_custom", &media.alt);
        }
        let form = form.file("source", &name, &media.mime, &media.bytes);
        let at = path(page(access).map_err(unwritten)?, "/photos");
        let answer = self.graph.send(access, self.graph.to(Method::POST, access, &at)?.parts(form)).await;
        let answer = answer.map_err(harmless).map_err(|verdict| match verdict {
            Verdict::Rejected { code, human, .. } if code == "refused" || code == "too-large" => {
                rejected(&code, &human, Some("media"))
            }
            other => other,
        })?;
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        id_in(&answer).filter(|id| is_number(id)).ok_or_else(unread)
    }

    /// The one call that makes a post or an answer, or a film public.
    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Failure> {
        if let Some(film) = made(prepared.container.as_deref()) {
            return Ok(self.publish_film(access, &film).await);
        }
        let mut body = json!({"message": prepared.text});
        let edge = match &prepared.reply_to {
            Some(to) if !is_id(to) => return Ok(gone()),
            Some(_) if prepared.media.len() > PICTURES_OF_AN_ANSWER => {
                return Ok(too_many());
            }
            Some(to) => {
                if let Some(id) = prepared.media.first() {
                    body["attachment_id"] = json!(id);
                }
                path(to, "/comments")
            }
            None => {
                if !prepared.media.is_empty() {
                    body["attached_media"] = prepared.media.iter().map(|id| json!({"media_fbid": id})).collect();
                }
                path(page(access)?, "/feed")
            }
        };
        let request = self.graph.to(Method::POST, access, &edge).map_err(read_of)?.json(&body);
        match self.graph.send(access, request).await {
            Ok(value) => Ok(match id_in(&value) {
                // An address for comments is not built: it is told when they are read.
                Some(id) if prepared.reply_to.is_some() => accepted(&id),
                Some(id) => Verdict::Accepted { url: Some(format!("{WEB}/{id}")), remote_id: id },
                None => unclear("a post"),
            }),
            Err(Verdict::Rejected { code, human, field }) if code == DUPLICATE => {
                Ok(self.said_before(access, prepared, Verdict::Rejected { code, human, field }).await)
            }
            Err(verdict) => Ok(verdict),
        }
    }

    /// “Posted already” may be about this very call. It is a refusal only where the same words stand there since longer.
    async fn said_before(&self, access: &Access, prepared: &Prepared, refusal: Verdict) -> Verdict {
        let words = fingerprint(&prepared.text);
        let now = self.graph.clock.now();
        let looked = self.same_words(access, &words, prepared.reply_to.as_deref(), now - SAID_SINCE).await;
        match looked {
            Ok(matches) if matches.newest.as_ref().is_some_and(|m| m.at_us < now - JUST_NOW) => refusal,
            _ => Verdict::Unknown { why: "Facebook says that the same was posted already".to_owned() },
        }
    }

    /// Changes the words. The pictures and the film of a post stay as they are, whatever is given: a correction that comes
    /// with another number of pictures, or another film, is refused; one without any is about the words alone. A film that was
    /// sent up for it is thrown away.
    /// A post's pictures are counted and its film is measured: none of them can be changed. An answer takes another
    /// picture.
    pub(super) async fn ready_to_change(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        if post.reply_to.is_some() {
            return self.prepare(access, post).await;
        }
        let media = match &post.recording {
            Some(film) => {
                checked(post, FILM_BYTES, self.graph.network)?;
                vec![sized(film.bytes)]
            }
            None => vec![String::new(); post.media.len()],
        };
        Ok(Prepared::of(post, media))
    }

    pub(super) async fn change(
        &self,
        access: &Access,
        remote_id: &str,
        prepared: &Prepared,
    ) -> Result<Verdict, Failure> {
        let changed = self.reworded(access, remote_id, prepared).await;
        if let Some(unused) = made(prepared.container.as_deref()) {
            self.discard(access, &unused.id).await;
        }
        changed
    }

    async fn reworded(&self, access: &Access, remote_id: &str, prepared: &Prepared) -> Result<Verdict, Failure> {
        if !is_id(remote_id) {
            return Ok(gone());
        }
        let mut body = json!({"message": prepared.text});
        if is_post_of(access, remote_id) {
            let now = self.shown(access, remote_id).await?;
            if let Some(film) = self.own_film(access, remote_id, &now).await? {
                return Ok(self.reword_film(access, remote_id, film, prepared).await);
            }
            let film = made(prepared.container.as_deref()).is_some();
            if film || (!prepared.media.is_empty() && pictures(&now) != prepared.media.len()) {
                let human = "The pictures of a post on Facebook cannot be changed. Take it down and post it anew.";
                return Ok(rejected("media-fixed", human, Some("media")));
            }
        } else if prepared.media.len() > PICTURES_OF_AN_ANSWER {
            return Ok(too_many());
        } else if let Some(id) = prepared.media.first() {
            body["attachment_id"] = json!(id);
        }
        let request = self.graph.to(Method::POST, access, &path(remote_id, "")).map_err(read_of)?.json(&body);
        Ok(match self.graph.send(access, request).await {
            Ok(value) if succeeded(&value) => accepted(remote_id),
            Ok(_) => unclear("an edit"),
            Err(verdict) => verdict,
        })
    }

    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Verdict {
        if !is_id(remote_id) {
            return gone();
        }
        if is_post_of(access, remote_id) {
            match self.without_film(access, remote_id).await {
                Ok(()) => {}
                Err(Verdict::Rejected { code, .. }) if code == "gone" => {
                    return self.surely_gone(access, remote_id).await;
                }
                Err(verdict) => return verdict,
            }
        }
        let request = match self.graph.to(Method::DELETE, access, &path(remote_id, "")) {
            Ok(request) => request,
            Err(verdict) => return verdict,
        };
        match self.graph.send(access, request).await {
            Ok(value) if succeeded(&value) => accepted(remote_id),
            Ok(_) => unclear("a removal"),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => self.surely_gone(access, remote_id).await,
            Err(verdict) => verdict,
        }
    }

    /// Removes the film that a post was made for: without its post it would stay among the page's videos.
    async fn without_film(&self, access: &Access, post: &str) -> Result<(), Verdict> {
        let unseen = |failure: Failure| match failure {
            Failure::Unreachable { why } => {
                Verdict::Unknown { why: format!("what the post shows cannot be seen: {why}") }
            }
            failure => unwritten(failure),
        };
        let shown = self.shown(access, post).await.map_err(unseen)?;
        match self.own_film(access, post, &shown).await.map_err(unseen)? {
            Some((film, _)) => self.remove_film(access, &film).await,
            None => Ok(()),
        }
    }

    /// Facebook answers alike for what is gone and for what this token may not see. With the page's own token it is gone.
    async fn surely_gone(&self, access: &Access, remote_id: &str) -> Verdict {
        match self.me(access).await {
            Ok(me) if me.account_id == access.remote_account_id => accepted(remote_id),
            Ok(_) => rejected("forbidden", "This is the token of another page.", None),
            Err(Failure::Unauthorised) => Verdict::Unauthorised,
            Err(failure) => Verdict::Unknown { why: format!("it cannot be seen, and neither can the page: {failure}") },
        }
    }

    pub(super) async fn set_hidden(&self, access: &Access, remote_id: &str, hidden: bool) -> Verdict {
        if !is_id(remote_id) {
            return gone();
        }
        if is_post_of(access, remote_id) {
            return Verdict::unsupported("hide");
        }
        let request = match self.graph.to(Method::POST, access, &path(remote_id, "")) {
            Ok(request) => request.json(&json!({"is_hidden": hidden})),
            Err(verdict) => return verdict,
        };
        match self.graph.send(access, request).await {
            Ok(value) if succeeded(&value) => accepted(remote_id),
            Ok(_) => unclear("hiding"),
            Err(verdict) => verdict,
        }
    }
}

/// How many pictures a post shows; a preview of a link is none.
fn pictures(post: &Value) -> usize {
    let photo = |a: &&Value| a.get("media_type").and_then(Value::as_str) == Some("photo");
    let Some(all) = post.pointer("/attachments/data").and_then(Value::as_array) else { return 0 };
    let of = |one: &Value| match one.pointer("/subattachments/data").and_then(Value::as_array) {
        Some(parts) => parts.iter().filter(photo).count(),
        None => usize::from(photo(&one)),
    };
    all.iter().map(of).sum()
}
