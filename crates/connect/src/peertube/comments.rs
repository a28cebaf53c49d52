//! What people write below the channel's videos. Servers from 6.2 on list it all at once, also what waits for approval; of older
//! ones the threads below the newest videos are read.
//!
//! Source: `VideoCommentForAdminOrUser`, `VideoComment` and `VideoCommentThreadTree` in `@peertube/peertube-types` 8.1.3.
use super::channel::host;
use super::mark::LATE;
use super::own::{PAGE, PAGES, too_many};
use super::session::Session;
use super::view::{Comment, List, address, is_uuid, shown};
use super::{PeerTube, Place, words};
use crate::cursor::Seen;
use crate::{Access, Failure, Inbound, InboundPage};

/// Of older servers: below so many of the newest videos, and in so many threads that have answers.
const VIDEOS: usize = 20;
const THREADS: usize = 100;

/// A comment and the video it stands below.
struct Below {
    video: String,
    comment: Comment,
}

impl crate::cursor::Listed for Below {
    fn number(&self) -> u64 {
        self.comment.id
    }
    fn at_us(&self) -> i64 {
        self.comment.created_at
    }
}

impl PeerTube {
    /// Everything below the channel's videos back to a moment; `None` where the server has no such list.
    async fn listed(
        &self,
        access: &Access,
        session: &Session,
        channel: u64,
        since_us: i64,
    ) -> Result<Option<Vec<Below>>, Failure> {
        let mut all = Vec::new();
        for at in 0..PAGES {
            let (start, count) = ((at * PAGE).to_string(), PAGE.to_string());
            let asked = [("start", start.as_str()), ("count", count.as_str()), ("sort", "-createdAt")];
            let page: List<Comment> = match self.get(access, session, "/users/me/videos/comments", &asked).await {
                Err(failure) if at == 0 && Self::is_unknown_call(&failure) => return Ok(None),
                page => page?,
            };
            let ended = page.data.len() < PAGE || page.data.iter().any(|c| c.created_at < since_us);
            for mut comment in page.data {
                let Some(of) = comment.video.take().filter(|v| is_uuid(&v.uuid)) else { continue };
                if of.channel.is_none_or(|c| c.id == channel) {
                    all.push(Below { video: of.uuid, comment });
                }
            }
            if ended {
                return Ok(Some(all));
            }
        }
        Err(too_many())
    }

    async fn one_by_one(
        &self,
        access: &Access,
        session: &Session,
        channel: u64,
        since_us: i64,
    ) -> Result<Vec<Below>, Failure> {
        let (mut all, mut left) = (Vec::new(), THREADS);
        let mut videos = self.page(access, session, 0).await?;
        videos.retain(|v| v.channel.id == channel && v.is_public());
        for video in videos.into_iter().take(VIDEOS) {
            // An older thread may have a new answer, so its own age does not count here.
            let first = match self.threads(access, session, &video.uuid, i64::MAX, 1).await {
                Err(Failure::Gone) => continue,
                first => first?,
            };
            for comment in first {
                if comment.total_replies.is_some_and(|n| n > 0) && left > 0 {
                    left -= 1;
                    let thread = match self.thread(access, session, &video.uuid, comment.id).await {
                        Err(Failure::Gone) => continue,
                        thread => thread?,
                    };
                    all.extend(thread.into_iter().map(|comment| Below { video: video.uuid.clone(), comment }));
                } else {
                    all.push(Below { video: video.uuid.clone(), comment });
                }
            }
        }
        all.retain(|b| b.comment.created_at >= since_us);
        Ok(all)
    }

    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let (session, channel) = self.us(access).await?;
        let now = self.clock.now();
        let since_us = seen.as_ref().map_or(now, |s| s.floor_us).saturating_sub(LATE);
        let mut all = match self.listed(access, &session, channel, since_us).await? {
            Some(all) => all,
            None => self.one_by_one(access, &session, channel, since_us).await?,
        };
        let theirs =
            |b: &Below| !b.comment.is_deleted && b.comment.account.as_ref().is_some_and(|a| a.id != session.account);
        all.retain(theirs);
        let Some(seen) = seen else {
            let cursor = Seen::passing(now, &all).written();
            return Ok(InboundPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        let told = seen.tell(now, all);
        let items = told.items.into_iter().filter_map(|below| heard(access, below)).collect();
        Ok(InboundPage { items, cursor: Some(told.seen.written()), more: told.more })
    }
}

fn heard(access: &Access, Below { video, comment }: Below) -> Option<Inbound> {
    let thread = comment.thread();
    let place = Place::Comment { video: &video, thread, id: comment.id };
    let above = match comment.in_reply_to_comment_id {
        Some(id) => Place::Comment { video: &video, thread, id },
        None => Place::Video(&video),
    };
    let author = comment.account?;
    let from_here = author.host.as_deref().is_none_or(|h| h.eq_ignore_ascii_case(host(access)));
    Some(Inbound {
        remote_id: place.to_string(),
        in_reply_to: Some(above.to_string()),
        author_id: author.id.to_string(),
        author_name: shown(author.display_name.as_deref(), &author.name),
        author_url: address(author.url.as_deref()),
        text: words::heard(comment.text.as_deref().unwrap_or_default(), from_here),
        lang: None,
        at_us: comment.created_at,
        url: Some(place.url(access)),
    })
}
