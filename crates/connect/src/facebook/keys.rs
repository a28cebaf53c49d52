//! Keys by signing in at Facebook. A person signs in and chooses pages; what comes of it is a token of the person for
//! an hour, then one for sixty days, and with that the token of the page, which has no date of expiry.
//!
//! Source: Meta's pages “Manually Build a Login Flow”, “Long-Lived Access Tokens”, and `user.py` of its client
//! (`accounts`).
use super::{Facebook, VERSION, path};
use crate::meta::renew::sign_in as asked;
use crate::meta::{is_number, query};
use crate::oauth::{SignIn, Tokens, refused, word};
use crate::wire::unreadable;
use crate::{Access, Brought, Failure, Granted, Secret};
use serde_json::Value;

const SCOPES: [&str; 5] = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
];
/// What was declined once is asked for again.
const MORE: [(&str, &str); 1] = [("auth_type", "rerequest")];
/// More pages than a person looks after.
const PAGES: &str = "100";

pub(super) fn sign_in() -> SignIn {
    asked(&format!("https://www.facebook.com/{VERSION}/dialog/oauth"), &SCOPES, &MORE)
}

impl Facebook {
    pub(super) async fn granted(&self, access: &Access, brought: &Brought) -> Result<Granted, Failure> {
        let address = access.url(&path("oauth", "/access_token"));
        let tokens = Tokens::new(&self.graph.fetch, &self.graph.clock, "Facebook", address);
        let short = tokens.granted(&sign_in(), brought).await?;
        let ask = [("grant_type", "fb_exchange_token"), ("fb_exchange_token", short.secret.reveal())];
        let told = tokens.told(&brought.app, &ask).await?;
        let long = Secret::new(word(&told, "access_token").ok_or_else(unreadable)?);
        let person = Access { secret: long, ..access.clone() };
        let ask = [("fields", "id,username,access_token"), ("limit", PAGES)];
        let pages = self.graph.get(&person, &path("me", &format!("/accounts{}", query(&ask)))).await?;
        let pages = pages.get("data").and_then(Value::as_array).ok_or_else(unreadable)?;
        let page = chosen(pages, &access.handle).ok_or_else(|| {
            let human = "The page is not among those that were chosen. Sign in again and choose it.";
            refused("no-page", human.to_owned())
        })?;
        let secret = Secret::new(word(page, "access_token").ok_or_else(unreadable)?);
        Ok(Granted { secret, refresh: None, lasts_s: None })
    }
}

/// The page of this number or name, else the only one. Which page a token is of is looked at afterwards.
fn chosen<'p>(pages: &'p [Value], handle: &str) -> Option<&'p Value> {
    let handle = handle.trim().trim_start_matches('@');
    let is = |page: &&Value| {
        let text = |name: &str| page.get(name).and_then(Value::as_str).unwrap_or_default();
        (is_number(handle) && text("id") == handle) || text("username").eq_ignore_ascii_case(handle)
    };
    let only = pages.first().filter(|_| pages.len() == 1);
    pages.iter().find(|page| !handle.is_empty() && is(page)).or(only)
}
