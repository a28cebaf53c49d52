//! One answer read again, as the network's view has it.
//!
//! Source: `app.bsky.feed.getPosts` in the lexicons: what is not there is left out of the answer.
use super::at::Place;
use super::{Bluesky, POST};
use crate::wire;
use crate::{Access, Again, Failure};

impl Bluesky {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        if Place::of(remote_id).is_none_or(|p| p.collection != POST || p.uri() != remote_id) {
            return Err(wire::strange_id());
        }
        // `Gone` is said only where a readable list came without it: a call that leads nowhere is told apart before.
        match self.seen(access, remote_id).await {
            Ok(post) => super::notifications::inbound(&post).map(Again::Is).ok_or_else(wire::unreadable),
            Err(Failure::Gone) => Ok(Again::Gone),
            Err(failure) => Err(failure),
        }
    }
}
