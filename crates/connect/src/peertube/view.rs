//! What the server tells of accounts, channels, videos and comments, as far as it is used here. Whatever some version leaves out
//! may be absent.
//!
//! Source: `Video`, `VideoDetails`, `VideoComment`, `VideoCommentForAdminOrUser`, `VideoCommentThreadTree`, `MyUser`, `VideoPrivacy`
//! and `VideoState` in `@peertube/peertube-types` 8.1.3.
use crate::cursor::Listed;
use crate::wire;
use serde::{Deserialize, Deserializer};

pub(super) const PUBLIC: u64 = 1;
pub(super) const PRIVATE: u64 = 3;

/// An account or a channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Actor {
    pub id: u64,
    pub name: String,
    pub display_name: Option<String>,
    pub url: Option<String>,
    pub host: Option<String>,
    /// Of a channel, where it is told.
    pub owner_account: Option<Owner>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Owner {
    pub id: u64,
}

/// Whoever is signed in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    pub account: Actor,
    #[serde(default)]
    pub video_channels: Vec<Actor>,
}

/// A number with words for it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Numbered {
    pub id: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Video {
    pub id: u64,
    pub uuid: String,
    pub name: String,
    pub description: Option<String>,
    pub privacy: Numbered,
    pub state: Option<Numbered>,
    #[serde(deserialize_with = "time")]
    pub published_at: i64,
    pub channel: Actor,
    pub views: Option<u64>,
    pub likes: Option<u64>,
    pub comments: Option<u64>,
    /// Taken from public view by the server's moderators, or waiting for them.
    #[serde(default)]
    pub blacklisted: Option<bool>,
    pub blacklisted_reason: Option<String>,
}

/// How far the server is with a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ready,
    Working,
    Failed,
}

impl Video {
    pub fn state(&self) -> Option<State> {
        Some(match self.state.as_ref()?.id {
            1 => State::Ready,
            // Making other forms of it failed, moving it failed, fetching it failed.
            7 | 8 | 11 | 12 => State::Failed,
            _ => State::Working,
        })
    }
    pub fn is_public(&self) -> bool {
        self.privacy.id == PUBLIC
    }
    pub fn is_blocked(&self) -> bool {
        self.blacklisted == Some(true)
    }
}

/// Below a video, or in the list of everything below the account's videos, which tells the video.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    pub id: u64,
    pub text: Option<String>,
    pub thread_id: Option<u64>,
    pub in_reply_to_comment_id: Option<u64>,
    #[serde(deserialize_with = "time")]
    pub created_at: i64,
    #[serde(default)]
    pub is_deleted: bool,
    pub total_replies: Option<u64>,
    /// Nobody where the comment is deleted.
    pub account: Option<Actor>,
    pub video: Option<OfVideo>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct OfVideo {
    pub uuid: String,
    pub channel: Option<Actor>,
}

impl Comment {
    pub fn thread(&self) -> u64 {
        self.thread_id.unwrap_or(self.id)
    }
}

impl Listed for Comment {
    fn number(&self) -> u64 {
        self.id
    }
    fn at_us(&self) -> i64 {
        self.created_at
    }
}

/// A comment with everything below it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Tree {
    pub comment: Comment,
    #[serde(default)]
    pub children: Vec<Tree>,
}

impl Tree {
    pub fn flat(self) -> Vec<Comment> {
        let mut out = Vec::new();
        let mut left = vec![self];
        while let Some(tree) = left.pop() {
            out.push(tree.comment);
            left.extend(tree.children);
        }
        out
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct List<T> {
    pub data: Vec<T>,
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    wire::time(&text).ok_or_else(|| serde::de::Error::custom("no time"))
}

/// `9c9de5e8-0a1e-484a-b099-e80766180a6d`
pub(super) fn is_uuid(text: &str) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36 && text.bytes().enumerate().all(|(at, b)| if dash(at) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// An address that may be shown as a link.
pub(super) fn address(text: Option<&str>) -> Option<String> {
    let text = text?;
    let fits = text.len() <= 500 && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"'\\".contains(&b));
    let web = text.starts_with("https://") || text.starts_with("http://");
    (fits && web).then(|| text.to_owned())
}

/// A name that may be shown, or the other.
pub(super) fn shown(name: Option<&str>, other: &str) -> String {
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    let name = clean(name.unwrap_or_default());
    if name.trim().is_empty() { clean(other) } else { name }
}
