//! What the server tells of communities, posts, comments and people, as far as it is used here. Everything that is not told
//! by every version may be absent.
//!
//! Source: `Community`, `Post`, `Comment`, `Person`, `PostAggregates` and `CommentAggregates` in `lemmy-js-client` 0.17 and 0.19.
use super::Place;
use super::answer::unreadable;
use crate::cursor::Listed;
use crate::{Failure, wire};
use serde::{Deserialize, Deserializer};

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Community {
    pub id: u64,
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub actor_id: String,
    #[serde(default)]
    pub removed: bool,
    #[serde(default)]
    pub deleted: bool,
    #[serde(default)]
    pub nsfw: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Post {
    pub id: u64,
    pub creator_id: u64,
    pub community_id: u64,
    pub name: String,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(deserialize_with = "time")]
    pub published: i64,
    #[serde(default)]
    pub removed: bool,
    #[serde(default)]
    pub deleted: bool,
    #[serde(default)]
    featured_community: bool,
    #[serde(default)]
    featured_local: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Comment {
    pub id: u64,
    pub creator_id: u64,
    pub post_id: u64,
    pub content: String,
    #[serde(deserialize_with = "time")]
    pub published: i64,
    #[serde(default)]
    pub removed: bool,
    #[serde(default)]
    pub deleted: bool,
    /// The comments above and this one: `0.12.34`.
    pub path: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Person {
    pub id: u64,
    pub name: String,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub actor_id: String,
}

/// In lists, and as the answer to a question for one post.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PostView {
    pub post: Post,
    #[serde(default)]
    pub counts: Numbers,
}

/// In lists of comments, of answers to the account and of mentions of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommentView {
    pub comment: Comment,
    pub post: Post,
    pub creator: Person,
    #[serde(default)]
    pub counts: Numbers,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Numbers {
    pub upvotes: Option<u64>,
    /// Below a post.
    pub comments: Option<u64>,
    /// Below a comment.
    pub child_count: Option<u64>,
}

/// A time; versions before 0.19 leave out that it is UTC.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    let read = wire::time(&text).or_else(|| wire::time(&format!("{text}Z")));
    read.ok_or_else(|| serde::de::Error::custom("no time"))
}

/// An address that may be shown as a link.
pub(super) fn address(text: &str) -> Option<String> {
    let fits = text.len() <= 500 && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"'\\".contains(&b));
    let web = text.starts_with("https://") || text.starts_with("http://");
    (fits && web).then(|| text.to_owned())
}

impl Post {
    /// Some lists begin with these, whatever their time.
    pub fn is_pinned(&self) -> bool {
        self.featured_community || self.featured_local
    }
}

impl Comment {
    /// What it answers: the comment above it, or the post.
    pub fn parent(&self) -> Result<Place, Failure> {
        let mut above = self.path.rsplit('.').map(str::parse::<u64>);
        if above.next() != Some(Ok(self.id)) {
            return Err(unreadable());
        }
        match above.next() {
            Some(Ok(0)) => Ok(Place::Post(self.post_id)),
            Some(Ok(id)) => Ok(Place::Comment(id)),
            _ => Err(unreadable()),
        }
    }
}

impl Listed for PostView {
    fn number(&self) -> u64 {
        self.post.id
    }
    fn at_us(&self) -> i64 {
        self.post.published
    }
}

impl Listed for CommentView {
    fn number(&self) -> u64 {
        self.comment.id
    }
    fn at_us(&self) -> i64 {
        self.comment.published
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parents_and_times() {
        let comment = |path: &str, published: &str| {
            serde_json::from_value::<Comment>(json!({
                "id": 34, "creator_id": 7, "post_id": 5, "content": "", "published": published, "path": path,
            }))
        };
        let parent = |path: &str| comment(path, "2026-01-01T00:00:00Z").unwrap().parent();
        assert_eq!(parent("0.34"), Ok(Place::Post(5)));
        assert_eq!(parent("0.12.34"), Ok(Place::Comment(12)));
        for bad in ["", "34", "0.12", "0.x.34", "0..34", "0.34."] {
            assert_eq!(parent(bad), Err(unreadable()), "{bad}");
        }
        let at = |text: &str| comment("0.34", text).map(|c| c.published).ok();
        assert_eq!(at("1970-01-01T00:20:00.5Z"), Some(1_200_500_000));
        assert_eq!(at("1970-01-01T00:20:00.5"), Some(1_200_500_000));
        assert_eq!((at("yesterday"), at("")), (None, None));
        assert_eq!(address("javascript:x"), None);
        assert_eq!(address("https://a.example/u/x\"y"), None);
    }
}
