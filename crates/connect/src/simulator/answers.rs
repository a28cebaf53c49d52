//! What the practice network answers, as its connector reads it.
use super::state::PracticeReply;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Made {
    pub id: String,
}

#[derive(Deserialize)]
pub(super) struct Me {
    pub id: String,
    pub handle: String,
    pub name: String,
}

#[derive(Deserialize)]
pub(super) struct Listed {
    pub posts: Vec<ListedPost>,
}

#[derive(Deserialize)]
pub(super) struct ListedPost {
    pub id: String,
    pub text: String,
}

#[derive(Deserialize)]
pub(super) struct Own {
    pub posts: Vec<OwnItem>,
    /// The newest id of all; empty where there is none.
    pub last: String,
    pub more: bool,
}

#[derive(Deserialize)]
pub(super) struct OwnItem {
    pub id: String,
    pub text: String,
    pub at_us: i64,
}

#[derive(Deserialize)]
pub(super) struct Stands {
    pub standing: String,
}

#[derive(Deserialize)]
pub(super) struct Contained {
    #[serde(deserialize_with = "told")]
    pub post: Option<String>,
}

/// Nothing said is not "none".
fn told<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

#[derive(Deserialize)]
pub(super) struct Replies {
    pub replies: Vec<PracticeReply>,
    pub more: bool,
}
