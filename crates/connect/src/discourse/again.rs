//! One post of others read again. Moderators are told of a removed one with the time of its removal, everybody else that it
//! is not there.
//!
//! Source: `GET /posts/{id}.json` in Discourse's API documentation.
use super::answer::{done, unreadable};
use super::latest::ForumPost;
use super::{Discourse, Place, place};
use crate::wire::{self, read_of};
use crate::{Access, Again, Failure};
use ground::fetch::Method;
use serde_json::Value;

impl Discourse {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        let Some(Place::Post(id)) = place(remote_id) else { return Err(wire::strange_id()) };
        let request = self.to(Method::GET, access, &format!("/posts/{id}.json")).map_err(read_of)?;
        let answer = self.fetch.send(request).await;
        // A page of somebody in between says 404 too: only the forum's own sentence counts.
        let own = |value: &Value| value.get("error_type").and_then(Value::as_str) == Some("not_found");
        if answer.as_ref().is_ok_and(|r| wire::says_gone(r, own)) {
            return Ok(Again::Gone);
        }
        let response = done(answer, &self.clock).map_err(|v| wire::no_news(read_of(v)))?;
        let post: ForumPost = response.json().filter(|p: &ForumPost| p.id == id).ok_or_else(unreadable)?;
        if let Some(at) = &post.deleted_at {
            return wire::time(at).map(|_| Again::Gone).ok_or_else(unreadable);
        }
        if post.raw.is_none() {
            return Err(unreadable());
        }
        Ok(Again::Is(post.inbound(access, None)?))
    }
}
