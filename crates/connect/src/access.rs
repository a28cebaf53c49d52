//! Where an account lives and the key to it.

#[derive(Debug, Clone)]
pub struct Access {
    /// The server, without a slash at the end: `https://social.example.org`.
    pub base_url: String,
    pub secret: Secret,
    pub remote_account_id: String,
    pub handle: String,
}

/// A key that never shows itself in a log or a debug print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }
    /// For the one place that puts it into a header.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Access {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.trim_end_matches('/'))
    }
}

/// A key in place of one that runs out.
#[derive(Debug, Clone)]
pub struct Renewed {
    pub secret: Secret,
    /// What renews it the next time; `None` or blank where the old one goes on.
    pub refresh: Option<Secret>,
    /// How long it is good for; `None`: without end.
    pub lasts_s: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_silent() {
        let access = Access {
            base_url: "https://a.example/".into(),
            secret: Secret::new("hunter2"),
            remote_account_id: "1".into(),
            handle: "@a".into(),
        };
        assert!(!format!("{access:?}").contains("hunter2"));
        assert_eq!(access.url("/x"), "https://a.example/x");
    }
}
