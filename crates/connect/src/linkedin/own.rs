//! The page's own posts: listed, looked through for one that gave no answer, counted.
//!
//! Source: the Posts API (“Find Posts by Authors”: newest first by when they were made, times in milliseconds) and the
//! Social Metadata API.
use super::answer::unreadable;
use super::list::{Entry, Mark};
use super::urn::{Place, encoded, is_post, place, post_url};
use super::{CLOCKS_DIFFER, LinkedIn, MILLISECOND, little, page, words};
use crate::{Access, Counts, Failure, Found, OwnPage, OwnPost, Sought};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entered {
    pub id: String,
    pub created_at: i64,
    #[serde(default)]
    published_at: Option<i64>,
    #[serde(default)]
    commentary: Option<String>,
    #[serde(default)]
    lifecycle_state: Option<String>,
}

impl Entry for Entered {
    fn name(&self) -> &str {
        &self.id
    }
    fn at_ms(&self) -> i64 {
        self.created_at
    }
}

impl Entered {
    /// Whether people see it, or will without anybody doing more. A state that is not told is none of the others.
    fn is_out(&self) -> bool {
        !matches!(self.lifecycle_state.as_deref(), Some("DRAFT" | "PUBLISH_FAILED"))
    }
    pub fn text(&self) -> String {
        little::plain(self.commentary.as_deref().unwrap_or_default())
    }
}

impl LinkedIn {
    /// The page's posts made since a moment, newest first, and whether all of them were read.
    pub(super) async fn since(&self, access: &Access, since_ms: i64) -> Result<(Vec<Entered>, bool), Failure> {
        let author = encoded(&page(access)?);
        let path = format!("/rest/posts?q=author&author={author}&sortBy=CREATED");
        let (posts, complete) = self.pages(access, &path, |p: &Entered| p.created_at < since_ms).await?;
        if posts.iter().any(|p| !is_post(&p.id)) {
            return Err(unreadable());
        }
        Ok((posts, complete))
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let mark = cursor.as_deref().map(Mark::read).transpose()?;
        let now_ms = self.clock.now() / MILLISECOND;
        let since = mark.as_ref().map_or(now_ms - super::WATCHED_MS, |m| m.floor_ms);
        let (posts, complete) = self.since(access, since).await?;
        let Some(mark) = mark else {
            let mark = Mark::first(now_ms, &posts);
            return Ok(OwnPage { items: Vec::new(), cursor: Some(mark.text()), more: false });
        };
        if !complete {
            return Err(Failure::Unreachable { why: "more was posted since than LinkedIn lists".to_owned() });
        }
        // A draft is told once it is out, if that is soon enough for the list.
        let (new, mark, more) = mark.next(now_ms, posts.into_iter().filter(Entered::is_out).collect());
        let told = |p: Entered| OwnPost {
            text: p.text(),
            url: Some(post_url(&p.id)),
            at_us: p.published_at.unwrap_or(p.created_at).saturating_mul(MILLISECOND),
            remote_id: p.id,
        };
        Ok(OwnPage { items: new.into_iter().map(told).collect(), cursor: Some(mark.text()), more })
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let since_ms = (sought.since_us - CLOCKS_DIFFER) / MILLISECOND;
        let (target, masked) = match sought.container.as_deref().map(|c| c.rsplit_once('|').unwrap_or((c, ""))) {
            Some((target, masked)) => (Some(target), Some(masked)),
            None => (None, None),
        };
        if let Some(to) = target.filter(|t| *t != words::POST) {
            let to = place(to).ok_or_else(unreadable)?;
            return self.answered(access, &to, sought, masked, since_ms).await;
        }
        let (posts, complete) = self.since(access, since_ms).await?;
        let mut doubtful = false;
        for post in posts.iter().filter(|p| p.is_out()) {
            // Whether LinkedIn gives back the signs of little text is not certain: both readings are compared.
            let as_given = post.commentary.as_deref().unwrap_or_default();
            let same = match words::same(&post.text(), &sought.fingerprint, masked) {
                Some(false) => words::same(as_given, &sought.fingerprint, masked),
                known => known,
            };
            match same {
                Some(true) => {
                    return Ok(Found::Yes { remote_id: post.id.clone(), url: Some(post_url(&post.id)) });
                }
                Some(false) => {}
                None => doubtful = true,
            }
        }
        Ok(if complete && !doubtful { Found::No } else { Found::CannotTell })
    }

    pub(super) async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let urn = place(remote_id).map(|p: Place| p.urn()).ok_or(Failure::Gone)?;
        let it: Value = self.get(access, &format!("/rest/socialMetadata/{}", encoded(&urn))).await?;
        let replies = it.pointer("/commentSummary/count").map(|n| n.as_u64().ok_or_else(unreadable)).transpose()?;
        // Where nobody reacted yet, the list may be left out; where nothing at all is told, it is no answer.
        let likes = match it.get("reactionSummaries") {
            Some(Value::Object(kinds)) => {
                let all: Option<Vec<u64>> = kinds.values().map(|k| k.get("count")?.as_u64()).collect();
                Some(all.ok_or_else(unreadable)?.into_iter().fold(0, u64::saturating_add))
            }
            None if replies.is_some() => None,
            _ => return Err(unreadable()),
        };
        Ok(Counts { likes, shares: None, replies, views: None })
    }
}
