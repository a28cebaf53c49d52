//! One comment read again. Who moderates is told that it was deleted or removed; from others it is kept.
//!
//! Source: `GetComment` in `lemmy-js-client` 0.17 and 0.19.
use super::answer::{code, done, unreadable};
use super::comments::inbound;
use super::view::CommentView;
use super::{Lemmy, Place, place};
use crate::wire::{self, read_of};
use crate::{Access, Again, Failure};
use ground::fetch::Method;
use serde::Deserialize;

#[derive(Deserialize)]
struct One {
    comment_view: CommentView,
}

impl Lemmy {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        let Some(Place::Comment(id)) = place(remote_id) else { return Err(wire::strange_id()) };
        let session = self.meant(access).await.map_err(wire::no_news)?;
        let number = id.to_string();
        let request = self.to(Method::GET, access, &session, "/comment", &[("id", number.as_str())]);
        let answer = self.fetch.send(request).await;
        // The same code with another status tells of a database that did not answer.
        let own = |c: &str| matches!(c, "couldnt_find_comment" | "couldnt_find_object" | "not_found");
        if answer.as_ref().is_ok_and(|r| r.status == 404 && code(r).as_deref().is_some_and(own)) {
            return Ok(Again::Gone);
        }
        let answer = done(answer, &self.clock).map_err(|v| self.of_session(access, &session, v));
        let answer = answer.map_err(|v| wire::no_news(read_of(v)))?;
        let One { comment_view: view } = answer.json().ok_or_else(unreadable)?;
        if view.comment.id != id {
            return Err(unreadable());
        }
        if view.comment.deleted || view.comment.removed {
            return Ok(Again::Gone);
        }
        Ok(Again::Is(inbound(access, view)?))
    }
}
