//! One status read again: its words as they are now, or that it is gone.
//!
//! Source: `GET /api/v1/statuses/:id` in Mastodon's documentation.
use super::entities::Status;
use super::{Mastodon, inbound};
use crate::wire::{self, parsed, read};
use crate::{Access, Again, Failure};
use ground::fetch::Method;
use serde_json::Value;

impl Mastodon {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        // Ids are numbers on Mastodon and letters with digits on servers of other makes.
        if remote_id.is_empty() || remote_id.len() > 100 || !remote_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(wire::strange_id());
        }
        let request = self.to(Method::GET, access, &format!("/api/v1/statuses/{remote_id}"));
        let answer = self.fetch.send(request).await;
        // A page of somebody in between says 404 too: only the API's own sentence counts.
        let own = |value: &Value| value.get("error").is_some_and(Value::is_string);
        if answer.as_ref().is_ok_and(|r| wire::says_gone(r, own)) {
            return Ok(Again::Gone);
        }
        let status: Status = parsed(&read(answer, &self.clock).map_err(wire::no_news)?)?;
        // Its id may be another after an edit, on servers of other makes: the old one leads to it.
        inbound(status).map(Again::Is).ok_or_else(wire::unreadable)
    }
}
