//! What a platform can do, as data: forms, checks and the page of platforms read it.
use crate::{Count, Recordings};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// The short name stored with an account.
    pub platform: &'static str,
    /// The name people see.
    pub name: &'static str,
    pub kind: Kind,
    /// Whether there is a place where everybody reads what is posted. Without one, only people who wrote can be answered.
    pub publishes: bool,
    pub text_limit: Option<usize>,
    pub count: Count,
    pub max_media: usize,
    /// No post without a picture, or a recording where it takes these; answers may be.
    pub needs_media: bool,
    pub alt_limit: Option<usize>,
    /// Media types, `image/png`.
    pub image_types: Vec<String>,
    /// The largest picture in bytes.
    pub image_bytes: Option<usize>,
    /// Films and sound recordings; `None` where it takes none.
    pub recordings: Option<Recordings>,
    pub can_edit: bool,
    pub can_delete: bool,
    pub can_reply: bool,
    pub can_hide: bool,
    /// Whether it can be asked for them; some only tell them by calling this program: see `calls_us`.
    pub reads_comments: bool,
    /// Whether one comment can be read again, so that what became of it on the platform is seen.
    pub rereads: bool,
    /// Whether everything that stands on an account can be listed, by whomever it was posted.
    pub lists_own: bool,
    pub has_metrics: bool,
    /// Whether it can call this program when something happened: see [`crate::Connector::hear`].
    pub calls_us: bool,
    /// What opens an account to the program.
    pub key: Key,
    /// The server most accounts are on, `https://…`, where there is one.
    pub server: Option<&'static str>,
    pub safety: Safety,
    pub proof: Proof,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Short public posts with replies.
    Microblog,
    Page,
    Video,
    Messaging,
    Website,
    Forum,
    /// Not a real network: for learning, demonstrations and tests.
    Practice,
}

/// The form of the one secret that opens an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// A token made for this program, sent as it is.
    Token,
    /// A password made for this program, beside the account's own.
    AppPassword,
    /// The same with the name it belongs to before it: `name:password`.
    NamedPassword,
    /// The token of a bot that acts on the account.
    BotToken,
}

impl Key {
    pub fn code(self) -> &'static str {
        match self {
            Key::Token => "token",
            Key::AppPassword => "app-password",
            Key::NamedPassword => "named-password",
            Key::BotToken => "bot-token",
        }
    }
}

/// What protects against publishing twice when an answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "class")]
pub enum Safety {
    /// The platform knows our key: the same call with the same key makes no second post, for so many hours.
    Keyed { hours: u32 },
    /// A container is made first and published by its id; publishing it twice makes one post.
    TwoPhase,
    /// Own posts can be listed and compared.
    ReadBack,
    /// Nothing can be asked: a person looks.
    Blind,
}

/// How well the connector is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Against an independent real server.
    RealServer,
    /// Against the platform's published contract and recorded answers only.
    Contract,
    /// It is itself the practice network.
    Practice,
}
