//! The parts of the Mastodon API's answers that are read. Servers of other makes leave out what they do not have, so
//! only what is needed is required.
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Account {
    pub id: String,
    pub acct: String,
    #[serde(default)]
    pub display_name: String,
    pub url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Status {
    pub id: String,
    pub url: Option<String>,
    pub uri: Option<String>,
    #[serde(default)]
    pub content: String,
    /// The author's own words, from servers that keep them; Mastodon gives HTML only.
    pub text: Option<String>,
    #[serde(default)]
    pub spoiler_text: String,
    pub created_at: String,
    pub language: Option<String>,
    pub in_reply_to_id: Option<String>,
    pub account: Account,
    pub favourites_count: Option<u64>,
    pub reblogs_count: Option<u64>,
    pub replies_count: Option<u64>,
}

/// A status as it stands on the account itself.
#[derive(Deserialize)]
pub(super) struct OwnStatus {
    pub id: String,
    pub url: Option<String>,
    pub uri: Option<String>,
    #[serde(default)]
    pub content: String,
    pub text: Option<String>,
    #[serde(default)]
    pub spoiler_text: String,
    #[serde(default)]
    pub visibility: String,
    pub created_at: String,
    pub reblog: Option<Shared>,
}

/// What somebody else said and the account passed on.
#[derive(Deserialize)]
pub(super) struct Shared {
    pub account: Account,
    #[serde(default)]
    pub content: String,
}

/// A status just made: its id is all that matters.
#[derive(Deserialize)]
pub(super) struct Made {
    pub id: String,
    pub url: Option<String>,
    pub uri: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Attachment {
    pub id: String,
    /// Absent while the server still works on it.
    pub url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Notification {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: Option<Status>,
}

#[derive(Deserialize, Default)]
pub(super) struct Instance {
    #[serde(default)]
    pub configuration: Configuration,
    /// Only in the first version of the answer, on servers that never had `configuration`.
    pub max_toot_chars: Option<usize>,
}

#[derive(Deserialize, Default)]
pub(super) struct Configuration {
    #[serde(default)]
    pub statuses: Statuses,
    #[serde(default)]
    pub media_attachments: MediaAttachments,
}

#[derive(Deserialize, Default)]
pub(super) struct Statuses {
    pub max_characters: Option<usize>,
    pub max_media_attachments: Option<usize>,
}

#[derive(Deserialize, Default)]
pub(super) struct MediaAttachments {
    pub supported_mime_types: Option<Vec<String>>,
    pub image_size_limit: Option<usize>,
    pub video_size_limit: Option<u64>,
    pub description_limit: Option<usize>,
}

/// Where a server says what it runs: the only place where servers of other makes do not call themselves Mastodon.
#[derive(Deserialize)]
pub(super) struct NodeInfoLinks {
    pub links: Vec<NodeInfoLink>,
}

#[derive(Deserialize)]
pub(super) struct NodeInfoLink {
    pub rel: String,
    pub href: String,
}

#[derive(Deserialize)]
pub(super) struct NodeInfo {
    pub software: Software,
}

#[derive(Deserialize)]
pub(super) struct Software {
    pub name: String,
}
