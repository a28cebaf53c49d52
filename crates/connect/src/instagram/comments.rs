//! Comments below posts, and the answers to them. Answers stand below the first comment, whichever they answer.
use super::{Instagram, Own, parts};
use crate::meta::answer::unreadable;
use crate::meta::list::{Asked, Edge, checked_id, moment};
use crate::meta::seen::Listed;
use crate::meta::{is_number, query};
use crate::{Access, Failure, fingerprint};
use serde::Deserialize;
use serde_json::Value;

pub(super) const PAGE: usize = 50;
/// How far back a list is read, in pages of [`PAGE`] items.
pub(super) const PAGES: usize = 40;
/// Answers told along with each comment; more are asked for comment by comment.
const BESIDE: usize = 25;
const OF_AN_ANSWER: &str = "id,text,timestamp,username,from{id,username}";

/// Fields of a comment with its first answers.
pub(super) fn with_answers() -> String {
    format!("{OF_AN_ANSWER},replies.limit({BESIDE}){{{OF_AN_ANSWER}}}")
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Comment {
    #[serde(deserialize_with = "checked_id")]
    pub id: String,
    #[serde(rename = "timestamp", deserialize_with = "moment")]
    pub at_us: i64,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    from: Option<From>,
    #[serde(default)]
    pub replies: Option<Edge<Comment>>,
}

#[derive(Debug, Clone, Deserialize)]
struct From {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    username: Option<String>,
}

impl Listed for Comment {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

impl Comment {
    pub fn by_id(&self) -> Option<&str> {
        self.from.as_ref()?.id.as_deref().filter(|id| is_number(id))
    }
    pub fn by_name(&self) -> Option<&str> {
        let name = self.username.as_deref().or_else(|| self.from.as_ref()?.username.as_deref());
        name.filter(|n| super::is_username(n))
    }
    /// Whether it is the account's own; `None` where nothing tells who wrote it.
    pub fn is_of(&self, own: &Own) -> Option<bool> {
        let same_id = self.by_id().map(|id| id == own.account_id || Some(id) == own.scoped_id.as_deref());
        let same_name = self.by_name().map(|name| name.eq_ignore_ascii_case(&own.username));
        match (same_id, same_name) {
            (None, None) => None,
            (id, name) => Some(id == Some(true) || name == Some(true)),
        }
    }
}

/// What of the words that are looked for stands there.
pub(super) struct Said {
    /// The id of the newest, as this connector writes it.
    pub newest: Option<String>,
    /// The lists were read whole, and nothing in them is in doubt.
    pub certain: bool,
}

impl Instagram {
    /// All answers to a comment, in no order that could be relied on.
    pub(super) async fn answers(&self, access: &Access, comment: &str) -> Result<(Vec<Comment>, bool), Failure> {
        let edge = self.graph.path(comment, "/replies");
        let asked = Asked { edge: &edge, fields: OF_AN_ANSWER, given: &[], limit: PAGE, pages: PAGES };
        self.graph.back(access, &asked, i64::MIN).await
    }

    /// What the account wrote in these words below a post or a comment since a moment.
    pub(super) async fn said_below(
        &self,
        access: &Access,
        to: &str,
        words: &str,
        since_us: i64,
    ) -> Result<Said, Failure> {
        let (post, comment) = parts(to).ok_or(Failure::Gone)?;
        let own = self.me(access).await?;
        let (mut list, mut certain) = (Vec::new(), true);
        if let Some(comment) = comment {
            for place in self.places(access, comment).await? {
                let (answers, whole) = self.answers(access, &place).await?;
                list.extend(answers);
                certain &= whole;
            }
        } else {
            let edge = self.graph.path(post, "/comments");
            let asked = Asked { edge: &edge, fields: OF_AN_ANSWER, given: &[], limit: PAGE, pages: PAGES };
            (list, certain) = self.graph.back(access, &asked, since_us).await?;
        }
        let mut newest: Option<&Comment> = None;
        for c in list.iter().filter(|c| c.at_us >= since_us) {
            if fingerprint(c.text.as_deref().unwrap_or_default()) != words {
                continue;
            }
            match c.is_of(&own) {
                Some(true) if newest.is_none_or(|n| n.at_us < c.at_us) => newest = Some(c),
                Some(_) => {}
                None => certain = false,
            }
        }
        Ok(Said { newest: newest.map(|c| format!("{post}_{}", c.id)), certain })
    }

    /// Where an answer to a comment may stand: below it, and below the one that it answers itself.
    async fn places(&self, access: &Access, comment: &str) -> Result<Vec<String>, Failure> {
        let at = self.graph.path(comment, &query(&[("fields", "id,parent_id")]));
        let it = self.graph.get(access, &at).await?;
        let mut places = vec![comment.to_owned()];
        if let Some(parent) = it.get("parent_id").filter(|p| !p.is_null()) {
            let parent = Value::as_str(parent).filter(|id| is_number(id)).ok_or_else(unreadable)?;
            places.push(parent.to_owned());
        }
        Ok(places)
    }
}
