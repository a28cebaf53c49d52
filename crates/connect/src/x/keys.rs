//! Keys by signing in at X, and new ones in place of those that run out, which they do after two hours. What renews
//! one is good for a single call, which brings the next; an app may have no secret.
//!
//! Source: `docs.x.com`, *OAuth 2.0 Authorization Code Flow with PKCE*. X's code is good for thirty seconds.
use super::X;
use super::answer::listens_again;
use crate::Access;
use crate::oauth::{SignIn, Tokens};

/// Without the last there is nothing to renew a key with.
const SCOPES: [&str; 6] =
    ["tweet.read", "tweet.write", "users.read", "media.write", "tweet.moderate.write", "offline.access"];
const ASKED: &str = "https://x.com/i/oauth2/authorize";

pub(super) fn sign_in() -> SignIn {
    SignIn::of(ASKED, &SCOPES)
}

impl X {
    pub(super) fn keys(&self, access: &Access) -> Tokens<'_> {
        let standard = Tokens::new(&self.fetch, &self.clock, "X", access.url("/2/oauth2/token"));
        Tokens { by_header: true, must_renew: true, later: listens_again, ..standard }
    }
}
