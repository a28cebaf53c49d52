//! The one outward HTTP client. It tells apart "nothing left this machine" from "it may have arrived", because a post
//! may be sent again in the first case only. It follows no redirect, uses no proxy, keeps no connection, repeats nothing
//! by itself, and calls no address that is not meant to be called (`guard`).
mod clocks;
mod guard;
mod parts;
#[cfg(test)]
mod tests;

pub use clocks::comparing;
pub use guard::{allowed, check};
pub use parts::Parts;
pub use reqwest::Method;

use crate::clock::Clock;
use crate::error::chain;
use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use std::time::Duration;
use url::Url;

#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// Whether this machine itself may be called, over plain http too: practice networks, peers in tests.
    pub allow_loopback: bool,
    /// Whether networks of one's own may be called, over https: only where the operator named whom to call.
    pub allow_inner: bool,
    /// The largest answer that is read, in bytes.
    pub max_body: usize,
    pub connect_timeout: Duration,
    /// From the first step to the last byte of the answer.
    pub total_timeout: Duration,
}

impl Default for FetchPolicy {
    fn default() -> FetchPolicy {
        FetchPolicy {
            allow_loopback: false,
            allow_inner: false,
            max_body: 4 << 20,
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(60),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: Method, url: impl Into<String>) -> Request {
        Request { method, url: url.into(), headers: Vec::new(), body: Vec::new() }
    }
    pub fn get(url: impl Into<String>) -> Request {
        Request::new(Method::GET, url)
    }
    pub fn post(url: impl Into<String>) -> Request {
        Request::new(Method::POST, url)
    }
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
    #[must_use]
    pub fn bearer(self, token: &str) -> Request {
        self.header("authorization", &format!("Bearer {token}"))
    }
    #[must_use]
    pub fn json(mut self, value: &serde_json::Value) -> Request {
        self.body = value.to_string().into_bytes();
        self.header("content-type", "application/json")
    }
    #[must_use]
    pub fn parts(mut self, parts: Parts) -> Request {
        let (kind, body) = parts.done();
        self.body = body;
        self.header("content-type", &kind)
    }
}

#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why there is no answer. The words are for the log and the operator; they never hold the address' query or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// Nothing of the request left this machine: the name, the address, the connection or the handshake failed.
    NotSent(String),
    /// The request, or a part of it, may have arrived. Whether it was acted upon is not known.
    Unknown(String),
    /// There is an answer, of which no more was read than the policy has it: nothing of it is believed, so this is as
    /// good as [`FetchError::Unknown`] for whatever was to be done.
    TooLarge(String),
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FetchError::NotSent(why) => write!(f, "not sent: {why}"),
            FetchError::Unknown(why) | FetchError::TooLarge(why) => write!(f, "no full answer: {why}"),
        }
    }
}

impl std::error::Error for FetchError {}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetch {
    client: reqwest::Client,
    policy: FetchPolicy,
    /// What the clocks of others are compared with.
    clock: Clock,
}

impl Fetch {
    /// Fails only if the machine holds no certificate authorities at all.
    pub fn new(policy: FetchPolicy) -> Result<Fetch, String> {
        // An error says that a provider is already in place, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            // A kept connection that the other side has just closed fails in a way that cannot be told from a request
            // that arrived. A new one per call costs a handshake and keeps the verdict honest.
            .pool_max_idle_per_host(0)
            .connect_timeout(policy.connect_timeout)
            .timeout(policy.total_timeout)
            .user_agent(concat!("Drelwa/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(guard::GuardedNames {
                allow_loopback: policy.allow_loopback,
                allow_inner: policy.allow_inner,
            })
            .build()
            .map_err(|e| format!("outward calls cannot be prepared: {}", chain(&e)))?;
        Ok(Fetch { client, policy, clock: Clock::system() })
    }
    /// The same on a machine with this clock.
    #[must_use]
    pub fn by(self, clock: Clock) -> Fetch {
        Fetch { clock, ..self }
    }

    pub fn policy(&self) -> &FetchPolicy {
        &self.policy
    }

    /// One call, made once.
    pub async fn send(&self, request: Request) -> Result<Response, FetchError> {
        let request = self.prepared(request).map_err(FetchError::NotSent)?;
        let mut answer = self.client.execute(request).await.map_err(|e| {
            if e.is_connect() || e.is_builder() {
                FetchError::NotSent(chain(&e.without_url()))
            } else {
                FetchError::Unknown(chain(&e.without_url()))
            }
        })?;
        clocks::note(answer.headers(), &self.clock);
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| FetchError::Unknown(chain(&e.without_url())))? {
            if body.len() + chunk.len() > self.policy.max_body {
                return Err(FetchError::TooLarge(format!("the answer is larger than {} bytes", self.policy.max_body)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }

    fn prepared(&self, request: Request) -> Result<reqwest::Request, String> {
        let url = Url::parse(&request.url).map_err(|e| format!("the address cannot be read: {e}"))?;
        guard::judge(&url, self.policy.allow_loopback, self.policy.allow_inner)?;
        let mut out = reqwest::Request::new(request.method, url);
        for (name, value) in &request.headers {
            let unfit = |_| format!("the header {name} cannot be sent");
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit(()))?;
            let mut value = HeaderValue::from_str(value).map_err(|_| unfit(()))?;
            value.set_sensitive(parsed == "authorization");
            out.headers_mut().append(parsed, value);
        }
        // The client below says nothing of a body without bytes; some servers take no such call (RFC 9110, 8.6 and 15.5.12).
        let awaited = matches!(*out.method(), Method::POST | Method::PUT | Method::PATCH);
        if request.body.is_empty() && awaited {
            out.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        } else if !request.body.is_empty() {
            *out.body_mut() = Some(request.body.into());
        }
        Ok(out)
    }
}
