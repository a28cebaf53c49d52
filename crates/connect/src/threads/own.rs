//! What stands on the account: its posts, and its answers to others, which Threads lists apart.
use super::{CONTAINER, Threads, on_threads};
use crate::meta::answer::unreadable;
use crate::meta::container::{Container, State};
use crate::meta::list::{Asked, Node, checked_id, moment};
use crate::meta::seen::{Listed, Seen, Told};
use crate::meta::{CLOCKS_DIFFER, account};
use crate::wire::read_of;
use crate::{Access, Failure, Found, OwnPage, OwnPost, Sought, fingerprint};
use serde::Deserialize;

const PAGE: usize = 100;
/// How far back a list is read, in pages of [`PAGE`] items.
pub(super) const PAGES: usize = 50;
const FIELDS: &str = "id,text,timestamp,permalink,media_type";
/// What the account passed on stands among its posts (documentation, “Reposts”); the words are somebody else's.
const REPOST: &str = "REPOST_FACADE";

/// A post or an answer, as the lists tell it (documentation, media).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Thread {
    #[serde(deserialize_with = "checked_id")]
    pub id: String,
    #[serde(rename = "timestamp", deserialize_with = "moment")]
    pub at_us: i64,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    permalink: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub replied_to: Option<Node>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    pub has_replies: Option<bool>,
    #[serde(default)]
    pub is_reply_owned_by_me: Option<bool>,
}

impl Listed for Thread {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

impl Thread {
    pub fn url(&self) -> Option<String> {
        on_threads(self.permalink.as_deref())
    }
    pub fn is_repost(&self) -> bool {
        self.media_type.as_deref() == Some(REPOST)
    }
}

pub(super) fn too_much(what: &str) -> Failure {
    Failure::Unreachable { why: format!("more {what} since the last look than can be read") }
}

impl Threads {
    /// Posts and answers of the account since a moment, newest first, and whether that is all.
    async fn said(&self, access: &Access, since_us: i64, pages: usize) -> Result<(Vec<Thread>, bool), Failure> {
        let (mut all, mut complete) = (Vec::new(), true);
        for list in ["/threads", "/replies"] {
            let edge = self.graph.path(account(access)?, list);
            let asked = Asked { edge: &edge, fields: FIELDS, given: &[], limit: PAGE, pages };
            let (some, whole) = self.graph.back::<Thread>(access, &asked, since_us).await?;
            all.extend(some);
            complete &= whole;
        }
        all.sort_by_key(|t| std::cmp::Reverse(t.at_us));
        Ok((all, complete))
    }

    /// The one thing the account said in these words since a moment, and whether the lists were read whole. Of two nobody
    /// knows which.
    pub(super) async fn standing(
        &self,
        access: &Access,
        words: &str,
        since_us: i64,
    ) -> Result<(Option<Thread>, bool), Failure> {
        let (said, complete) = self.said(access, since_us, PAGES).await?;
        // Pictures without words are all alike.
        let ours = |t: &Thread| words != fingerprint("") && !t.is_repost();
        let same = |t: &Thread| ours(t) && fingerprint(t.text.as_deref().unwrap_or_default()) == words;
        let mut found: Vec<Thread> = said.into_iter().filter(same).collect();
        match found.len() {
            0 => Ok((None, complete && words != fingerprint(""))),
            1 => Ok((found.pop(), complete)),
            _ => Err(unreadable()),
        }
    }

    /// The container says whether it is out; which post it became is told by the words alone.
    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let Some(made) = sought.container.as_deref().and_then(Container::parse) else { return Ok(Found::CannotTell) };
        let state = self.graph.state(access, &CONTAINER, &made.id).await.map_err(read_of)?;
        if matches!(state, State::Ready | State::Working) {
            return Ok(Found::No);
        }
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
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
            let (newest, _) = self.said(access, i64::MIN, 1).await?;
            return Ok(OwnPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(now_us, &newest).written()),
                more: false,
            });
        };
        let seen = Seen::parse(&cursor)?;
        let (said, complete) = self.said(access, seen.floor_us, PAGES).await?;
        if !complete {
            return Err(too_much("was posted"));
        }
        let Told { items, seen, more } = seen.tell(now_us, said);
        let shown =
            |t: Thread| OwnPost { url: t.url(), remote_id: t.id, text: t.text.unwrap_or_default(), at_us: t.at_us };
        Ok(OwnPage { items: items.into_iter().map(shown).collect(), cursor: Some(seen.written()), more })
    }
}
