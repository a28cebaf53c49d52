//! The posts of the account.
use super::write::UNDER;
use super::{CONTAINER, Instagram, on_instagram};
use crate::meta::answer::unreadable;
use crate::meta::container::{Container, State};
use crate::meta::list::{Asked, checked_id, moment};
use crate::meta::seen::{Listed, Seen, Told};
use crate::meta::{CLOCKS_DIFFER, account};
use crate::wire::read_of;
use crate::{Access, Failure, Found, OwnPage, OwnPost, Sought, fingerprint};
use serde::Deserialize;
use serde_json::Value;

const PAGE: usize = 50;
/// How far back the list is read, in pages of [`PAGE`] items.
const PAGES: usize = 50;
const FIELDS: &str = "id,caption,timestamp,permalink";

/// A post, as lists tell it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Shown {
    #[serde(deserialize_with = "checked_id")]
    pub id: String,
    #[serde(rename = "timestamp", deserialize_with = "moment")]
    pub at_us: i64,
    #[serde(default)]
    caption: Option<String>,
    #[serde(default)]
    permalink: Option<String>,
    #[serde(default)]
    pub comments_count: Option<u64>,
}

impl Listed for Shown {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

impl Shown {
    pub fn url(&self) -> Option<String> {
        on_instagram(self.permalink.as_deref())
    }
}

/// Where people read a post.
pub(super) fn address(post: &Value) -> Option<String> {
    on_instagram(post.get("permalink")?.as_str())
}

impl Instagram {
    async fn posts(&self, access: &Access, since_us: i64, pages: usize) -> Result<(Vec<Shown>, bool), Failure> {
        let edge = self.graph.path(account(access)?, "/media");
        let asked = Asked { edge: &edge, fields: FIELDS, given: &[], limit: PAGE, pages };
        self.graph.back(access, &asked, since_us).await
    }

    /// The one post in these words since a moment, and whether the list was read whole. Of two nobody knows which, and
    /// pictures without words are all alike.
    pub(super) async fn standing(
        &self,
        access: &Access,
        words: &str,
        since_us: i64,
    ) -> Result<(Option<Shown>, bool), Failure> {
        let wordless = words == fingerprint("");
        let (posts, complete) = self.posts(access, since_us, PAGES).await?;
        let same = |p: &Shown| !wordless && fingerprint(p.caption.as_deref().unwrap_or_default()) == words;
        let mut found: Vec<Shown> = posts.into_iter().filter(same).collect();
        match found.len() {
            0 => Ok((None, complete && !wordless)),
            1 => Ok((found.pop(), complete)),
            _ => Err(unreadable()),
        }
    }

    /// The container says whether it is out; which post it became is told by the words alone. A comment is looked for where
    /// it was written.
    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let container = sought.container.as_deref().unwrap_or_default();
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        if let Some(to) = container.strip_prefix(UNDER) {
            let said = self.said_below(access, to, &sought.fingerprint, since_us).await?;
            return Ok(match said.newest {
                Some(remote_id) => Found::Yes { remote_id, url: None },
                None if said.certain => Found::No,
                None => Found::CannotTell,
            });
        }
        let Some(made) = Container::parse(container) else { return Ok(Found::CannotTell) };
        let state = self.graph.state(access, &CONTAINER, &made.id).await.map_err(read_of)?;
        if matches!(state, State::Ready | State::Working) {
            return Ok(Found::No);
        }
        Ok(match self.standing(access, &sought.fingerprint, since_us).await? {
            (Some(post), _) => Found::Yes { url: post.url(), remote_id: post.id },
            // A container that came to nothing is not out, and nothing like it is.
            (None, true) if state != State::Out => Found::No,
            (None, _) => Found::CannotTell,
        })
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let now_us = self.graph.clock.now();
        let Some(cursor) = cursor else {
            let (newest, _) = self.posts(access, i64::MIN, 1).await?;
            return Ok(OwnPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(now_us, &newest).written()),
                more: false,
            });
        };
        let seen = Seen::parse(&cursor)?;
        let (posts, complete) = self.posts(access, seen.floor_us, PAGES).await?;
        if !complete {
            let why = "more was posted since the last look than can be read".to_owned();
            return Err(Failure::Unreachable { why });
        }
        let Told { items, seen, more } = seen.tell(now_us, posts);
        let shown =
            |p: Shown| OwnPost { url: p.url(), remote_id: p.id, text: p.caption.unwrap_or_default(), at_us: p.at_us };
        Ok(OwnPage { items: items.into_iter().map(shown).collect(), cursor: Some(seen.written()), more })
    }
}
