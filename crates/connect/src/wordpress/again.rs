//! One comment read again.
//!
//! Source: `GET /wp/v2/comments/<id>` in WordPress' REST API handbook; a removed comment is gone, in the trash or spam.
use super::place::Place;
use super::{COMMENT_FIELDS, WordPress, comments, entities::Comment};
use crate::wire;
use crate::{Access, Again, Failure};

impl WordPress {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        let place = remote_id.parse::<Place>().ok().filter(|p| matches!(p, Place::Comment(_)));
        let place = place.ok_or_else(wire::strange_id)?;
        // `Gone` is only what WordPress itself calls so (`call.rs`).
        match self.get::<Comment>(access, &place.route(), &[("context", "edit"), ("_fields", COMMENT_FIELDS)]).await {
            Ok(comment) if comment.id != place.number() => Err(wire::unreadable()),
            Ok(comment) if matches!(comment.status.as_str(), "trash" | "spam") => Ok(Again::Gone),
            Ok(comment) => Ok(Again::Is(comments::inbound(comment)?)),
            Err(Failure::Gone) => Ok(Again::Gone),
            Err(failure) => Err(failure),
        }
    }
}
