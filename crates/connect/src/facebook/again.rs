//! One comment read again. The Graph API has one word for what is gone and for what a token may not see (code 100 with
//! subcode 33), so a comment counts as gone only while the comments of the post it stood under are told.
//!
//! Source: `comment.py` and `pagepost.py` of Meta's own client; codes from Meta's page on error handling.
use super::list::{COMMENT_FIELDS, GraphComment, inbound};
use super::{Facebook, page, path};
use crate::meta::answer::unreadable;
use crate::meta::{is_id, query};
use crate::wire;
use crate::{Access, Again, Failure};

impl Facebook {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        if !is_id(remote_id) {
            return Err(wire::strange_id());
        }
        // A comment's id begins with the number of its post.
        let under = remote_id.split_once('_').map(|(post, _)| Ok(format!("{}_{post}", page(access)?))).transpose()?;
        let answer = self.graph.get(access, &path(remote_id, &query(&[("fields", COMMENT_FIELDS)]))).await;
        let answer = match (answer, under) {
            (Err(Failure::Gone), Some(under)) => return self.gone_from(access, &under).await,
            (answer, _) => answer.map_err(wire::no_news)?,
        };
        let comment: GraphComment = serde_json::from_value(answer).map_err(|_| unreadable())?;
        let comment = inbound(comment);
        if comment.remote_id == remote_id { Ok(Again::Is(comment)) } else { Err(unreadable()) }
    }

    async fn gone_from(&self, access: &Access, post: &str) -> Result<Again, Failure> {
        let told = self.counts(access, post).await.map_err(wire::no_news)?;
        if told.replies.is_some() { Ok(Again::Gone) } else { Err(unreadable()) }
    }
}
