//! What people write below the account's posts, in answer to its comments, and where they name it.
//!
//! Source: `GetComments`, `GetReplies` and `GetPersonMentions` in `lemmy-js-client` 0.17 and 0.19, each newest first.
use super::answer::unreadable;
use super::own::{LATE, PAGE, PAGES, newest};
use super::view::{CommentView, address};
use super::{Lemmy, Place, Session, pictures, words};
use crate::cursor::{Listed, Seen};
use crate::{Access, Failure, Inbound, InboundPage};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn inbound(access: &Access, view: CommentView) -> Result<Inbound, Failure> {
    let CommentView { comment, creator, .. } = view;
    let place = Place::Comment(comment.id);
    let shown = creator.display_name.unwrap_or_default();
    let name = if shown.trim().is_empty() { format!("@{}", creator.name) } else { shown };
    Ok(Inbound {
        remote_id: place.to_string(),
        in_reply_to: Some(comment.parent()?.to_string()),
        author_id: creator.id.to_string(),
        author_name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        author_url: address(&creator.actor_id),
        text: words::plain(&comment.content, &pictures(access)),
        lang: None,
        at_us: comment.published,
        url: Some(place.url(access)),
    })
}

impl Lemmy {
    /// A list of comments, newest first, back to a moment.
    async fn back(
        &self,
        access: &Access,
        session: &Session,
        (path, name): (&str, &str),
        asked: &[(&str, &str)],
        since_us: i64,
    ) -> Result<Vec<CommentView>, Failure> {
        let (mut all, mut known): (Vec<CommentView>, BTreeSet<u64>) = (Vec::new(), BTreeSet::new());
        for page in 1..=PAGES {
            let page = page.to_string();
            let turned = [asked, &[("sort", "New"), ("limit", PAGE), ("page", &page)]].concat();
            let answer: Value = self.get(access, session, path, &turned).await?;
            let page = answer.get(name).cloned().ok_or_else(unreadable)?;
            let page: Vec<CommentView> = serde_json::from_value(page).map_err(|_| unreadable())?;
            if page.is_empty() {
                return Ok(all);
            }
            let reached = page.iter().any(|c| c.at_us() < since_us);
            let before = all.len();
            all.extend(page.into_iter().filter(|c| known.insert(c.number())));
            if reached {
                return Ok(all);
            }
            if all.len() == before {
                break;
            }
        }
        Err(Failure::Unreachable { why: "more was written since than the server lists".to_owned() })
    }

    /// Everything that may be for us: the community's comments, and what the server itself counts as answers and mentions;
    /// and when the newest of the community was written.
    async fn everything(
        &self,
        access: &Access,
        session: &Session,
        community: u64,
        since_us: i64,
    ) -> Result<(Vec<CommentView>, i64), Failure> {
        let community = community.to_string();
        let here = [("community_id", community.as_str()), ("type_", "All")];
        let mut all = self.back(access, session, ("/comment/list", "comments"), &here, since_us).await?;
        let newest = newest(&all);
        all.retain(|c| c.post.creator_id == session.person);
        let read_too = [("unread_only", "false")];
        for list in [("/user/replies", "replies"), ("/user/mention", "mentions")] {
            all.extend(self.back(access, session, list, &read_too, since_us).await?);
        }
        all.retain(|c| c.creator.id != session.person);
        Ok((all, newest))
    }

    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let us = self.us(access).await?;
        let now = self.clock.now();
        let since_us = seen.as_ref().map_or(now, |s| s.floor_us).saturating_sub(LATE);
        let (mut all, newest) = self.everything(access, &us.session, us.community, since_us).await?;
        let Some(seen) = seen else {
            let cursor = Seen::passing(now, &all).written();
            return Ok(InboundPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        all.retain(|c| !c.comment.deleted && !c.comment.removed);
        let mut told = seen.tell(now, all);
        if !told.more {
            told.seen.read_up_to(newest, now);
        }
        let mut items = Vec::new();
        for view in told.items {
            items.push(inbound(access, view)?);
        }
        Ok(InboundPage { items, cursor: Some(told.seen.written()), more: told.more })
    }
}
