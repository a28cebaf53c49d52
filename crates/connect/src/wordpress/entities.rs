//! The parts of WordPress' answers that are read.
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Me {
    pub id: u64,
    #[serde(default)]
    pub name: String,
    pub slug: String,
}

/// Where a post or a comment stands: `draft`, `publish`, `trash`; `hold`, `approved`, `spam`.
#[derive(Deserialize)]
pub(super) struct State {
    pub id: u64,
    pub status: String,
    #[serde(default)]
    pub slug: String,
    pub link: Option<String>,
}

/// A text as its author wrote it, which only those who may edit it are told.
#[derive(Deserialize)]
pub(super) struct Raw {
    pub raw: String,
}

/// What a draft holds.
#[derive(Deserialize)]
pub(super) struct Draft {
    pub title: Raw,
    pub content: Raw,
    #[serde(default)]
    pub featured_media: u64,
}

#[derive(Deserialize)]
pub(super) struct Published {
    pub id: u64,
    pub link: Option<String>,
    pub date_gmt: String,
    pub modified_gmt: String,
}

/// What a post says.
#[derive(Deserialize)]
pub(super) struct Said {
    pub id: u64,
    pub title: Raw,
    pub content: Raw,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub id: u64,
}

#[derive(Deserialize)]
pub(super) struct Dated {
    pub modified_gmt: String,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    pub id: u64,
    pub post: u64,
    #[serde(default)]
    pub parent: u64,
    #[serde(default)]
    pub author: u64,
    #[serde(default)]
    pub author_name: String,
    #[serde(default)]
    pub author_email: String,
    pub author_url: Option<String>,
    pub date_gmt: String,
    pub content: Raw,
    pub link: Option<String>,
    pub status: String,
}

#[derive(Deserialize)]
pub(super) struct Upload {
    pub id: u64,
    pub source_url: String,
}

/// What a site says of its API.
#[derive(Deserialize)]
pub(super) struct Index {
    #[serde(default)]
    pub namespaces: Vec<String>,
}
