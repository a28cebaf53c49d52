//! Whatever changes something on the server: each call is made once.
//!
//! Source: `CreatePost`, `EditPost`, `DeletePost`, `CreateComment`, `EditComment`, `DeleteComment`, `RemoveComment` and
//! `UploadImage` in `lemmy-js-client` 0.17 and 0.19.
use super::answer::{code, done, rejected};
use super::session::{Dialect, Session};
use super::view::{CommentView, PostView};
use super::{Lemmy, Place, pictures, words};
use crate::wire::{gone, harmless, unwritten};
use crate::{Access, Failure, Media, Prepared, Verdict};
use ground::crypto::hex;
use ground::fetch::{FetchError, Method, Parts, Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What a server without a place for pictures says, as plain text.
const NO_PICTURES: &str = "images_disabled";
/// What a call that makes something refuses before anything is made. Other things that are not found may have been sought
/// after it was.
const FIRST_ASKED: [(&str, &str); 2] = [("/post", "couldnt_find_community"), ("/comment", "couldnt_find_post")];

/// An error in words. A refusal has a code; these are of a step that failed, maybe after others were done.
fn in_words(response: &Response) -> bool {
    response.header("content-type").is_some_and(|t| t.starts_with("text/plain")) && code(response).is_none()
}

/// A refusal of a post or comment after which it may be out all the same: the server writes in several steps, and the words it
/// has for a failed one do not tell which.
pub(super) fn doubtful(path: &str, answer: &Result<Response, FetchError>) -> Option<Verdict> {
    let response =
        answer.as_ref().ok().filter(|r| (400..500).contains(&r.status) && ![401, 429].contains(&r.status))?;
    let unknown = |why: &str| Some(Verdict::Unknown { why: format!("the server answered {why}") });
    let makes = ["/post", "/comment"].contains(&path);
    // What is changed was looked at before, so that it is not found means that it is gone; what is made was there already.
    if in_words(response) && (response.status == 400 || (makes && response.status == 404)) {
        return unknown("with an error in words");
    }
    if !makes {
        return None;
    }
    if let Some(code) = code(response) {
        let first = FIRST_ASKED.iter().any(|(asked, told)| *asked == path && *told == code);
        let about_the_key = ["couldnt_find_that_username_or_email", "couldnt_find_local_user"].contains(&code.as_str());
        return if code.starts_with("couldnt_") && !first && !about_the_key { unknown(&code) } else { None };
    }
    let value: Value = response.json()?;
    if value.get("error").is_some_and(Value::is_string) { unknown("with an error in words") } else { None }
}

/// The number of what a call was about.
fn number(answer: &Value, path: &str) -> Option<u64> {
    answer.pointer(path).and_then(Value::as_u64).filter(|n| *n > 0)
}

fn unknown() -> Verdict {
    Verdict::Unknown { why: "the answer cannot be read".to_owned() }
}

fn accepted(access: &Access, place: Place) -> Verdict {
    Verdict::Accepted { remote_id: place.to_string(), url: Some(place.url(access)) }
}

impl Lemmy {
    pub(super) async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let session = self.meant(access).await.map_err(unwritten).map_err(harmless)?;
        let kind: String =
            media.mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let digest = Sha256::digest(&media.bytes);
        let form = Parts::new().file("images[]", &format!("{}.{kind}", hex(&digest[..16])), &media.mime, &media.bytes);
        let request = Request::post(access.url("/pictrs/image")).header("accept", "application/json").parts(form);
        // Pictures are kept by another program behind the server, which older versions ask for the key in a cookie.
        let request = match session.dialect {
            Dialect::Header => request.bearer(&session.token),
            Dialect::Field => request.header("cookie", &format!("jwt={}", session.token)),
        };
        let answer = self.fetch.send(request).await;
        let none = |r: &Response| [404, 405].contains(&r.status) || r.text().trim() == NO_PICTURES;
        if answer.as_ref().is_ok_and(none) {
            let human = "This server takes no pictures: its administrators did not set up a place for them.";
            return Err(rejected("media-not-possible", human, Some("media")));
        }
        let answer = done(answer, &self.clock).map_err(|v| self.of_session(access, &session, v));
        let answer = answer.map_err(harmless).map_err(|verdict| match verdict {
            Verdict::Rejected { code, human, .. } => Verdict::Rejected { code, human, field: Some("media".to_owned()) },
            other => other,
        })?;
        let answer: Value = answer.json().unwrap_or_default();
        let file = answer.pointer("/files/0/file").and_then(Value::as_str);
        let fits = |f: &&str| {
            let signs = f.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            signs && (1..=200).contains(&f.len()) && !f.starts_with('.')
        };
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        Ok(format!("{}|{}", file.filter(fits).ok_or_else(unread)?, media.alt))
    }

    pub(super) async fn begin(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Failure> {
        let us = self.us(access).await?;
        let (title, rest) = words::parts(&prepared.text);
        let mut body = json!({"name": title, "community_id": us.community});
        let text = words::body(rest, &prepared.media, &pictures(access));
        if !text.is_empty() {
            body["body"] = json!(text);
        }
        Ok(match self.send(Method::POST, access, &us.session, "/post", body).await {
            Ok(answer) => match number(&answer, "/post_view/post/id") {
                Some(id) => accepted(access, Place::Post(id)),
                None => unknown(),
            },
            Err(verdict) => verdict,
        })
    }

    pub(super) async fn reply(&self, access: &Access, to: &str, prepared: &Prepared) -> Result<Verdict, Failure> {
        let session = self.meant(access).await?;
        let text = words::body(&prepared.text, &prepared.media, &pictures(access));
        let mut body = json!({"content": text});
        match super::place(to) {
            Some(Place::Post(id)) => body["post_id"] = json!(id),
            Some(Place::Comment(id)) => {
                let above = self.comment(access, &session, id).await?;
                if above.comment.deleted || above.comment.removed {
                    return Ok(gone());
                }
                body["post_id"] = json!(above.comment.post_id);
                body["parent_id"] = json!(id);
            }
            None => return Ok(gone()),
        }
        Ok(match self.send(Method::POST, access, &session, "/comment", body).await {
            Ok(answer) => match number(&answer, "/comment_view/comment/id") {
                Some(id) => accepted(access, Place::Comment(id)),
                None => unknown(),
            },
            Err(verdict) => verdict,
        })
    }

    pub(super) async fn change(&self, access: &Access, place: Place, prepared: &Prepared) -> Result<Verdict, Failure> {
        let session = self.meant(access).await?;
        // A server goes on with what stands there: whether somebody took it down is looked at first.
        if self.is_gone(access, &session, place).await? {
            return Ok(gone());
        }
        let at = pictures(access);
        let (path, body, told, id) = match place {
            Place::Post(id) => {
                let (title, rest) = words::parts(&prepared.text);
                // An empty body takes the old one away; none would leave it.
                let text = words::body(rest, &prepared.media, &at);
                ("/post", json!({"post_id": id, "name": title, "body": text}), "/post_view/post/id", id)
            }
            Place::Comment(id) => {
                let text = words::body(&prepared.text, &prepared.media, &at);
                ("/comment", json!({"comment_id": id, "content": text}), "/comment_view/comment/id", id)
            }
        };
        Ok(match self.send(Method::PUT, access, &session, path, body).await {
            Ok(answer) if number(&answer, told) == Some(id) => accepted(access, place),
            Ok(_) => unknown(),
            Err(verdict) => verdict,
        })
    }

    /// Takes down. Of what is down already a server says that it could not, as it does of other failures: only looking tells.
    pub(super) async fn remove(&self, access: &Access, place: Place) -> Result<Verdict, Failure> {
        let session = self.meant(access).await?;
        let accepted = Verdict::Accepted { remote_id: place.to_string(), url: None };
        let (path, body, told, id) = match place {
            Place::Post(id) => ("/post/delete", json!({"post_id": id, "deleted": true}), "/post_view/post", id),
            Place::Comment(id) => {
                ("/comment/delete", json!({"comment_id": id, "deleted": true}), "/comment_view/comment", id)
            }
        };
        let verdict = match self.send(Method::POST, access, &session, path, body).await {
            Ok(answer) => {
                let it = answer.pointer(told).cloned().unwrap_or_default();
                let down = it.get("deleted").and_then(Value::as_bool) == Some(true);
                if down && number(&it, "/id") == Some(id) { accepted.clone() } else { unknown() }
            }
            Err(verdict) => verdict,
        };
        Ok(match verdict {
            Verdict::Rejected { ref code, .. } if code == "gone" => accepted,
            Verdict::Rejected { .. } | Verdict::Unknown { .. } => match self.is_gone(access, &session, place).await {
                Ok(true) => accepted,
                _ => verdict,
            },
            verdict => verdict,
        })
    }

    pub(super) async fn moderate(&self, access: &Access, id: u64, hidden: bool) -> Result<Verdict, Failure> {
        let session = self.meant(access).await?;
        let body = json!({"comment_id": id, "removed": hidden, "reason": "Moderated by the agency"});
        Ok(match self.send(Method::POST, access, &session, "/comment/remove", body).await {
            Ok(answer) => {
                let it = answer.pointer("/comment_view/comment").cloned().unwrap_or_default();
                let as_wanted = it.get("removed").and_then(Value::as_bool) == Some(hidden);
                match as_wanted && number(&it, "/id") == Some(id) {
                    true => Verdict::Accepted { remote_id: Place::Comment(id).to_string(), url: None },
                    false => unknown(),
                }
            }
            Err(verdict) => verdict,
        })
    }

    pub(super) async fn comment(&self, access: &Access, session: &Session, id: u64) -> Result<CommentView, Failure> {
        let answer: Value = self.get(access, session, "/comment", &[("id", &id.to_string())]).await?;
        let view = answer.get("comment_view").cloned().ok_or_else(super::unreadable)?;
        let view: CommentView = serde_json::from_value(view).map_err(|_| super::unreadable())?;
        if view.comment.id == id { Ok(view) } else { Err(super::unreadable()) }
    }

    pub(super) async fn post(&self, access: &Access, session: &Session, id: u64) -> Result<PostView, Failure> {
        let answer: Value = self.get(access, session, "/post", &[("id", &id.to_string())]).await?;
        let view = answer.get("post_view").cloned().ok_or_else(super::unreadable)?;
        let view: PostView = serde_json::from_value(view).map_err(|_| super::unreadable())?;
        if view.post.id == id { Ok(view) } else { Err(super::unreadable()) }
    }

    async fn is_gone(&self, access: &Access, session: &Session, place: Place) -> Result<bool, Failure> {
        let seen = match place {
            Place::Post(id) => self.post(access, session, id).await.map(|v| v.post.deleted || v.post.removed),
            Place::Comment(id) => {
                self.comment(access, session, id).await.map(|v| v.comment.deleted || v.comment.removed)
            }
        };
        match seen {
            Err(Failure::Gone) => Ok(true),
            seen => seen,
        }
    }
}
