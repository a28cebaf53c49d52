//! What is known after a call.
use serde::{Deserialize, Serialize};

/// The outcome of a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    Accepted {
        remote_id: String,
        url: Option<String>,
    },
    /// The platform took it and is still working on it.
    Pending {
        remote_id: String,
    },
    /// The platform says no, and would say no again.
    Rejected {
        code: String,
        human: String,
        field: Option<String>,
    },
    /// Nothing arrived: it may be repeated.
    NotSent {
        why: String,
    },
    /// Nothing was sent, because what was made ready is not ready (any more), which is no fault of the platform's: it may be
    /// repeated a little later.
    NotReady {
        why: String,
    },
    /// Not acted upon: it may be repeated after that moment.
    RateLimited {
        until_us: Option<i64>,
    },
    /// The key is no longer good.
    Unauthorised,
    /// It may or may not have happened: never repeated without asking the platform or a person.
    Unknown {
        why: String,
    },
}

impl Verdict {
    /// Whether the same call may be made again by itself.
    pub fn may_repeat(&self) -> bool {
        matches!(self, Verdict::NotSent { .. } | Verdict::NotReady { .. } | Verdict::RateLimited { .. })
    }
    pub(crate) fn unsupported(what: &str) -> Verdict {
        Verdict::Rejected {
            code: format!("{what}-not-possible"),
            human: "This platform offers no way to do this.".to_owned(),
            field: None,
        }
    }
}

/// Why a read gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "failure")]
pub enum Failure {
    /// No usable answer: the network, the server, or an answer that cannot be read.
    Unreachable {
        why: String,
    },
    RateLimited {
        until_us: Option<i64>,
    },
    Unauthorised,
    /// The thing asked about is not there (any more).
    Gone,
    Refused {
        code: String,
        human: String,
    },
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Unreachable { why } => write!(f, "no usable answer: {why}"),
            Failure::RateLimited { .. } => f.write_str("the platform asks to wait"),
            Failure::Unauthorised => f.write_str("the key is not accepted"),
            Failure::Gone => f.write_str("it is not there"),
            Failure::Refused { code, human } => write!(f, "refused ({code}): {human}"),
        }
    }
}

impl std::error::Error for Failure {}

/// What an unanswered attempt left to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    pub key: String,
    pub fingerprint: String,
    /// The container that [`Connector::prepare`] made, on platforms that publish in two steps.
    pub container: Option<String>,
    /// When the attempt began, by our clock.
    pub since_us: i64,
}

/// The answer to "did it happen?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Yes {
        remote_id: String,
        url: Option<String>,
    },
    /// It arrived, and the platform is still working on it: as after [`Verdict::Pending`].
    Taken {
        remote_id: String,
    },
    No,
    CannotTell,
}

/// Where something stands that a platform took and was still working on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is out, under this id from now on.
    Out {
        remote_id: String,
        url: Option<String>,
    },
    Working,
    /// It will not come out.
    Refused {
        code: String,
        human: String,
    },
    /// This cannot be asked: what was taken counts as out.
    NotTold,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub account_id: String,
    pub handle: String,
    pub name: String,
    pub url: Option<String>,
}

/// Something a person wrote to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub remote_id: String,
    pub in_reply_to: Option<String>,
    pub author_id: String,
    pub author_name: String,
    pub author_url: Option<String>,
    /// Plain text.
    pub text: String,
    pub lang: Option<String>,
    pub at_us: i64,
    pub url: Option<String>,
}

/// A comment that was read once, read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// It stands, in these words.
    Is(Inbound),
    /// The platform says itself that it is not there, or no longer shown: its author or the platform took it away.
    Gone,
    /// This platform cannot be asked for one comment.
    NotTold,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundPage {
    /// Oldest first.
    pub items: Vec<Inbound>,
    /// Where to go on next time.
    pub cursor: Option<String>,
    /// Whether more is waiting now.
    pub more: bool,
}

/// Something that stands on an account of ours, whoever put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPost {
    pub remote_id: String,
    /// Plain text.
    pub text: String,
    pub url: Option<String>,
    pub at_us: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPage {
    /// Oldest first.
    pub items: Vec<OwnPost>,
    /// Where to go on next time.
    pub cursor: Option<String>,
    /// Whether more is waiting now.
    pub more: bool,
}

/// What the platform counts; `None` is "not told", which is not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub likes: Option<u64>,
    pub shares: Option<u64>,
    pub replies: Option<u64>,
    pub views: Option<u64>,
}
