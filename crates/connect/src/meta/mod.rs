//! What Meta's networks have in common: the form of their Graph APIs' answers, ids and lists, and posts that are made ready
//! first and published by their id.
//!
//! A node's id is a number, or two with a line between. Times are whole seconds in the answers, microseconds here.
pub(crate) mod answer;
pub(crate) mod container;
#[cfg(test)]
pub(crate) mod fake;
pub(crate) mod film;
pub(crate) mod hear;
pub(crate) mod list;
pub(crate) mod renew;
pub(crate) mod seen;
#[cfg(test)]
pub(crate) mod sign_in_fake;

use crate::wire::read_of;
use crate::{Access, Failure, Verdict};
use answer::done;
use ground::clock::{Clock, MINUTE};
use ground::fetch::{Fetch, Method, Request};
use serde_json::Value;
use std::time::Duration;

/// Clocks differ: what we wrote is looked for from a little before.
pub(crate) const CLOCKS_DIFFER: i64 = 2 * MINUTE;

/// One network's Graph API.
pub(crate) struct Graph {
    pub fetch: Fetch,
    pub clock: Clock,
    /// The name people know.
    pub network: &'static str,
    /// What every path begins with: `v26.0`.
    pub version: &'static str,
    /// Between two looks at a container that is not ready.
    pub pause: Duration,
}

pub(crate) fn is_number(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A number, or two with a line between: `PAGE_POST`, `POST_COMMENT`. Anything else could lead to another path.
pub(crate) fn is_id(id: &str) -> bool {
    match id.split_once('_') {
        Some((left, right)) => is_number(left) && is_number(right),
        None => is_number(id),
    }
}

/// A checked id out of an answer.
pub(crate) fn id_in(value: &Value) -> Option<String> {
    value.get("id").and_then(Value::as_str).filter(|id| is_id(id)).map(str::to_owned)
}

/// `?name=value&…`, every sign of a value escaped.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("?{text}")
}

/// The address a network gives, if it is one on its own sites.
pub(crate) fn on_site(address: Option<&str>, sites: &[&str]) -> Option<String> {
    let url = url::Url::parse(address?).ok()?;
    let host = url.host_str().unwrap_or_default();
    let theirs =
        sites.iter().any(|site| host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    (url.scheme() == "https" && theirs && url.username().is_empty()).then(|| url.to_string())
}

/// The account's number. An account without one cannot be spoken for.
pub(crate) fn account(access: &Access) -> Result<&str, Failure> {
    let refused = || Failure::Refused { code: "account".into(), human: "The account's id is no number.".into() };
    Some(access.remote_account_id.as_str()).filter(|id| is_number(id)).ok_or_else(refused)
}

/// Letters, digits, full stops and lines; `me` is not a name but whoever asks.
pub(crate) fn is_username(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'_';
    (1..=80).contains(&name.len())
        && name.bytes().all(fits)
        && !name.starts_with('.')
        && !name.eq_ignore_ascii_case("me")
}

impl Graph {
    pub fn new(fetch: Fetch, clock: Clock, network: &'static str, version: &'static str) -> Graph {
        Graph { fetch, clock, network, version, pause: Duration::from_secs(2) }
    }

    /// A node or an edge of it, by a checked id.
    pub fn path(&self, id: &str, rest: &str) -> String {
        format!("/{}/{id}{rest}", self.version)
    }

    /// The token goes into a header and nowhere else.
    pub fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let token = access.secret.reveal();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Verdict::Unauthorised);
        }
        Ok(Request::new(method, access.url(path)).header("accept", "application/json").bearer(token))
    }

    pub async fn send(&self, access: &Access, request: Request) -> Result<Value, Verdict> {
        done(self.fetch.send(request).await, &self.clock, access, self.network)
    }

    pub async fn get(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        let request = self.to(Method::GET, access, path).map_err(read_of)?;
        self.send(access, request).await.map_err(read_of)
    }

    pub async fn post(&self, access: &Access, path: &str, body: &Value) -> Result<Value, Verdict> {
        let request = self.to(Method::POST, access, path)?.json(body);
        self.send(access, request).await
    }
}
