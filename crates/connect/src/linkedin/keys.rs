//! Keys by signing in at LinkedIn, and new ones in place of those that run out.
//!
//! Source: “Authorization Code Flow (3-legged OAuth)”, “Refresh Tokens with OAuth 2.0”. Only approved apps get refresh
//! tokens; the 365 days of one are counted from the consent, not from a renewal, so once a year a person consents
//! again. A proof is taken from programs on people's own machines only (“native clients”), under another address.
use super::LinkedIn;
use crate::oauth::{SignIn, Tokens};

/// To post and to read own posts; to answer and to read comments, for which the Comments API names permissions of their own;
/// and to see which pages the person administers.
const SCOPES: [&str; 5] = [
    "w_organization_social",
    "r_organization_social",
    "w_organization_social_feed",
    "r_organization_social_feed",
    "rw_organization_admin",
];
const ASKED: &str = "https://www.linkedin.com/oauth/v2/authorization";

pub(super) fn sign_in() -> SignIn {
    SignIn { proves: false, ..SignIn::of(ASKED, &SCOPES) }
}

impl LinkedIn {
    pub(super) fn keys(&self) -> Tokens<'_> {
        Tokens::new(&self.fetch, &self.clock, "LinkedIn", self.tokens.clone())
    }
}
