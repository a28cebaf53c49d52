//! Calls that a platform makes to us when something happened there (“webhooks”). Anybody can make such a call: what counts is
//! its signature, and that it was not heard before.
use crate::Inbound;
use serde::{Deserialize, Serialize};

/// A call as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// What stands behind the `?`, as it came.
    pub query: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Notice {
    /// The first header of that name, written in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A value of the query, percent-decoded.
    pub fn asked(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }
}

/// What a genuine call says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    /// The platform wants to know whether the address is ours: answered with exactly this text.
    Greeting(String),
    /// Something happened, and this is it.
    Items(Vec<Inbound>),
    /// Something happened: the account is read now rather than with the next round.
    Look,
    /// Genuine, and nothing that concerns us.
    Nothing,
}

/// Why a call counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHeard {
    /// This platform does not call.
    Unexpected,
    /// Not signed, or not with our secret, or for a moment long past.
    Forged,
    /// Signed, and not readable.
    Unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_by_name() {
        let notice = Notice {
            query: "hub.mode=subscribe&hub.challenge=a%2Fb+c&hub.mode=other".into(),
            headers: vec![("x-signature".into(), "1".into()), ("x-signature".into(), "2".into())],
            body: vec![],
        };
        assert_eq!(notice.asked("hub.challenge").as_deref(), Some("a/b c"));
        assert_eq!(notice.asked("hub.mode").as_deref(), Some("subscribe"));
        assert_eq!(notice.asked("mode"), None);
        assert_eq!((notice.header("x-signature"), notice.header("X-Signature")), (Some("1"), None));
    }
}
