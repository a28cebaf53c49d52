//! The account's own videos and comments: listed, asked about after an attempt that gave no answer, counted.
use super::answer::unreadable;
use super::mark::Mark;
use super::session::Session;
use super::view::{Comment, List, PRIVATE, PUBLIC, State, Tree, Video, is_uuid};
use super::{CLOCKS_DIFFER, PeerTube, Place, UNDER, place, words};
use crate::{Access, Counts, Failure, Found, OwnPage, OwnPost, Sought, Standing, fingerprint};

/// How many are asked for at once: the most that servers give.
pub(super) const PAGE: usize = 100;
/// How many pages of one list are read.
pub(super) const PAGES: usize = 100;
/// Lists cut descriptions at 250 characters; shorter ones are whole.
const CUT: usize = 240;

pub(super) fn too_many() -> Failure {
    Failure::Unreachable { why: "more was written since than can be listed".to_owned() }
}

impl PeerTube {
    /// One page of the account's videos, newest first by the moment they became public.
    pub(super) async fn page(&self, access: &Access, session: &Session, at: usize) -> Result<Vec<Video>, Failure> {
        let (start, count) = ((at * PAGE).to_string(), PAGE.to_string());
        let asked = [("start", start.as_str()), ("count", count.as_str()), ("sort", "-publishedAt")];
        let page: List<Video> = self.get(access, session, "/users/me/videos", &asked).await?;
        if page.data.iter().all(|v| is_uuid(&v.uuid) && v.id > 0) { Ok(page.data) } else { Err(unreadable()) }
    }

    /// The videos since a moment.
    async fn since(&self, access: &Access, session: &Session, since_us: i64) -> Result<Vec<Video>, Failure> {
        let mut all = Vec::new();
        for at in 0..PAGES {
            let page = self.page(access, session, at).await?;
            let ended = page.len() < PAGE || page.iter().any(|v| v.published_at < since_us);
            all.extend(page);
            if ended {
                return Ok(all);
            }
        }
        Err(too_many())
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let mark = cursor.as_deref().map(Mark::parse).transpose()?;
        let (session, channel) = self.us(access).await?;
        let now = self.clock.now();
        let since_us = mark.as_ref().map_or(now, Mark::since_us);
        let mut list = self.since(access, &session, since_us).await?;
        list.retain(|v| v.channel.id == channel && v.is_public() && !v.is_blocked());
        let Some(mut mark) = mark else {
            let cursor = Mark::passing(now, &list).written();
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        let (videos, more) = mark.tell(now, &list);
        let mut items = Vec::new();
        for video in videos {
            items.push(self.told(access, &session, video).await?);
        }
        Ok(OwnPage { items, cursor: Some(mark.written()), more })
    }

    async fn told(&self, access: &Access, session: &Session, video: Video) -> Result<OwnPost, Failure> {
        let mut description = video.description.clone().unwrap_or_default();
        if description.chars().count() >= CUT {
            match self.video(access, session, &video.uuid).await {
                Ok(whole) => description = whole.description.unwrap_or_default(),
                // Taken down in between: what the list told stands.
                Err(Failure::Gone) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(OwnPost {
            text: words::whole(&video.name, &description),
            url: Some(Place::Video(&video.uuid).url(access)),
            at_us: video.published_at,
            remote_id: video.uuid,
        })
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let container = sought.container.as_deref().unwrap_or_default();
        if let Some(to) = container.strip_prefix(UNDER) {
            return match place(to) {
                Some(to) => self.look_below(access, to, sought).await,
                None => Ok(Found::CannotTell),
            };
        }
        if !is_uuid(container) {
            return Ok(Found::CannotTell);
        }
        let session = self.meant(access).await?;
        let video = self.video(access, &session, container).await?;
        Ok(match video.privacy.id {
            PUBLIC => Found::Yes { remote_id: container.to_owned(), url: Some(Place::Video(container).url(access)) },
            PRIVATE => Found::No,
            // Somebody chose this by hand.
            _ => Found::CannotTell,
        })
    }

    /// Everything below a comment's first one, itself too.
    pub(super) async fn thread(
        &self,
        access: &Access,
        session: &Session,
        video: &str,
        thread: u64,
    ) -> Result<Vec<Comment>, Failure> {
        let path = format!("/videos/{video}/comment-threads/{thread}");
        Ok(self.get::<Tree>(access, session, &path, &[]).await?.flat())
    }

    /// The first comments of threads below a video, newest first, back to a moment.
    pub(super) async fn threads(
        &self,
        access: &Access,
        session: &Session,
        video: &str,
        since_us: i64,
        pages: usize,
    ) -> Result<Vec<Comment>, Failure> {
        let mut all = Vec::new();
        for at in 0..pages {
            let (start, count) = ((at * PAGE).to_string(), PAGE.to_string());
            let asked = [("start", start.as_str()), ("count", count.as_str()), ("sort", "-createdAt")];
            let path = format!("/videos/{video}/comment-threads");
            let page = self.get::<List<Comment>>(access, session, &path, &asked).await?.data;
            let ended = page.len() < PAGE || page.iter().any(|c| c.created_at < since_us);
            all.extend(page);
            if ended {
                return Ok(all);
            }
        }
        Err(too_many())
    }

    /// Looks for a comment of ours where it was to be written.
    async fn look_below(&self, access: &Access, to: Place<'_>, sought: &Sought) -> Result<Found, Failure> {
        let session = self.meant(access).await?;
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        let (video, above, list) = match to {
            Place::Video(video) => (video, None, self.threads(access, &session, video, since_us, PAGES).await?),
            Place::Comment { video, thread, id } => {
                (video, Some(id), self.thread(access, &session, video, thread).await?)
            }
        };
        let mut doubtful = false;
        for c in list.iter().filter(|c| c.created_at >= since_us && c.in_reply_to_comment_id == above) {
            // Of a deleted comment neither the words nor the writer are told.
            doubtful |= c.is_deleted;
            let ours = c.account.as_ref().is_some_and(|a| a.id == session.account);
            if ours && fingerprint(c.text.as_deref().unwrap_or_default()) == sought.fingerprint {
                let place = Place::Comment { video, thread: c.thread(), id: c.id };
                return Ok(Found::Yes { remote_id: place.to_string(), url: Some(place.url(access)) });
            }
        }
        Ok(if doubtful { Found::CannotTell } else { Found::No })
    }

    pub(super) async fn stands(&self, access: &Access, remote_id: &str) -> Result<Standing, Failure> {
        let uuid = match place(remote_id) {
            Some(Place::Video(uuid)) => uuid,
            Some(Place::Comment { .. }) => return Ok(Standing::NotTold),
            None => return Err(Failure::Gone),
        };
        let session = self.meant(access).await?;
        let video = self.video(access, &session, uuid).await?;
        let no = |code: &str, human: &str| Standing::Refused { code: code.to_owned(), human: human.to_owned() };
        if !video.is_public() {
            return Ok(no("not-public", "The video is not public any more: somebody changed that on the server."));
        }
        let reason = video.blacklisted_reason.as_deref().unwrap_or_default();
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(500).collect();
        Ok(match video.state().ok_or_else(unreadable)? {
            _ if video.is_blocked() && !reason.trim().is_empty() => no("blocked", &reason),
            // The server's moderators look at it first.
            _ if video.is_blocked() => Standing::Working,
            State::Failed => no("processing-failed", "The server could not make the film ready for playing."),
            State::Working => Standing::Working,
            State::Ready => Standing::Out { remote_id: uuid.to_owned(), url: Some(Place::Video(uuid).url(access)) },
        })
    }

    pub(super) async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let place = place(remote_id).ok_or(Failure::Gone)?;
        let session = self.meant(access).await?;
        match place {
            Place::Video(uuid) => {
                let video = self.video(access, &session, uuid).await?;
                Ok(Counts { likes: video.likes, shares: None, replies: video.comments, views: video.views })
            }
            Place::Comment { video, thread, id } => {
                let all = self.thread(access, &session, video, thread).await?;
                if !all.iter().any(|c| c.id == id && !c.is_deleted) {
                    return Err(Failure::Gone);
                }
                let below = all.iter().filter(|c| c.in_reply_to_comment_id == Some(id) && !c.is_deleted);
                Ok(Counts { replies: Some(below.count() as u64), ..Counts::default() })
            }
        }
    }

    /// Where the server does not know a call: newer ones only have it.
    pub(super) fn is_unknown_call(failure: &Failure) -> bool {
        *failure == Failure::Gone || matches!(failure, Failure::Refused { code, .. } if code == "refused")
    }
}
