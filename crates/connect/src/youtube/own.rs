//! The public videos of the channel.
//!
//! Source: `playlistItems.list` of the playlist of uploads, which `channels.list` names. With the channel's own key it lists
//! private videos too; those are left out until they are public.
use super::answer::{items, next_page, unreadable};
use super::id::{is_playlist, is_video, watch};
use super::seen::{Listed, Seen};
use super::{CHANNELS, PLAYLIST, YouTube, who, words};
use crate::{Access, Failure, OwnPage, OwnPost, wire};
use serde_json::Value;

/// Videos in a page, the most there are, and pages that are read at most.
const PAGE: &str = "50";
const PAGES: usize = 20;

impl Listed for OwnPost {
    fn id(&self) -> &str {
        &self.remote_id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

/// A public video. A private one has no moment at which it became public.
fn video(item: &Value) -> Result<Option<OwnPost>, Failure> {
    let text = |path: &str| item.pointer(path).and_then(Value::as_str);
    if text("/status/privacyStatus").ok_or_else(unreadable)? != "public" {
        return Ok(None);
    }
    let id = text("/contentDetails/videoId").filter(|id| is_video(id)).ok_or_else(unreadable)?;
    let at = text("/contentDetails/videoPublishedAt").or_else(|| text("/snippet/publishedAt"));
    Ok(Some(OwnPost {
        remote_id: id.to_owned(),
        text: words::whole(
            text("/snippet/title").unwrap_or_default(),
            text("/snippet/description").unwrap_or_default(),
        ),
        url: Some(watch(id)),
        at_us: at.and_then(wire::time).ok_or_else(unreadable)?,
    }))
}

impl YouTube {
    async fn uploads(&self, access: &Access) -> Result<String, Failure> {
        let id = who::channel(access)?;
        let answer = self.get(access, CHANNELS, &[("part", "contentDetails"), ("id", id)]).await?;
        let all = items(&answer)?;
        let channel = all.first().ok_or(Failure::Gone)?;
        let list = channel.pointer("/contentDetails/relatedPlaylists/uploads").and_then(Value::as_str);
        list.filter(|id| is_playlist(id)).map(str::to_owned).ok_or_else(unreadable)
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let list = self.uploads(access).await?;
        // Without a place to go on from, the newest page says where to begin.
        let (pages, floor_us) = seen.as_ref().map_or((1, i64::MAX), |seen| (PAGES, seen.floor_us));
        let (mut all, mut turn): (Vec<OwnPost>, Option<String>) = (Vec::new(), None);
        for _ in 0..pages {
            let mut pairs =
                vec![("part", "snippet,contentDetails,status"), ("playlistId", list.as_str()), ("maxResults", PAGE)];
            pairs.extend(turn.as_deref().map(|token| ("pageToken", token)));
            let answer = match self.get(access, PLAYLIST, &pairs).await {
                // A channel that never had a video may have no such list.
                Err(Failure::Gone) if turn.is_none() => break,
                answer => answer?,
            };
            let told = items(&answer)?.iter().map(video).collect::<Result<Vec<_>, _>>()?;
            let videos: Vec<OwnPost> = told.into_iter().flatten().collect();
            // A page of private videos tells no moment: what is older lies behind it.
            let reached = !videos.is_empty() && videos.iter().all(|v| v.at_us < floor_us);
            all.extend(videos);
            turn = next_page(&answer)?.filter(|_| !reached);
            if turn.is_none() {
                break;
            }
        }
        let Some(seen) = seen else {
            return Ok(OwnPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(self.clock.now(), &all).written()),
                more: false,
            });
        };
        if turn.is_some() {
            return Err(Failure::Unreachable { why: "more was published since than is read at once".to_owned() });
        }
        let (items, seen, more) = seen.tell(self.clock.now(), all);
        Ok(OwnPage { items, cursor: Some(seen.written()), more })
    }
}
