//! How a site is called: where its API is, whose key goes along, and what its errors mean.
use super::WordPress;
use super::entities::{Index, State};
use super::place::Place;
use super::words;
use crate::wire::{parsed, read, written};
use crate::{Access, Failure, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ground::clock::HOUR;
use ground::fetch::{FetchError, Method, Request, Response};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use url::form_urlencoded::Serializer;

/// Where a site's API is. Sites without readable addresses (or without rewriting) have no `/wp-json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Path,
    Query,
}

impl Way {
    fn url(self, access: &Access, route: &str, query: &[(&str, &str)]) -> String {
        let mut pairs = Serializer::new(String::new());
        if self == Way::Query {
            pairs.append_pair("rest_route", route);
        }
        let pairs = pairs.extend_pairs(query).finish();
        let mark = if pairs.is_empty() { "" } else { "?" };
        match self {
            Way::Path => access.url(&format!("/wp-json{route}{mark}{pairs}")),
            Way::Query => access.url(&format!("/?{pairs}")),
        }
    }
}

/// What was found out about sites, for an hour.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<String, (i64, Way)>>);

/// The word WordPress has for an error.
pub(super) fn code(response: &Response) -> Option<String> {
    let value: serde_json::Value = response.json()?;
    Some(value.get("code")?.as_str()?.to_owned())
}

/// Whether WordPress itself says that the thing asked for is not there, or lies in the trash.
pub(super) fn is_gone(response: &Response) -> bool {
    let gone = ["rest_post_invalid_id", "rest_comment_invalid_id", "rest_already_trashed"];
    matches!(response.status, 404 | 410) && code(response).is_some_and(|c| gone.contains(&c.as_str()))
}

/// Whether a parameter is refused because nobody is logged in: said with 400, and only the details tell.
fn is_for_members(response: &Response) -> bool {
    let value: serde_json::Value = response.json().unwrap_or_default();
    let details = value["data"]["details"].as_object();
    details.is_some_and(|all| all.values().any(|of| of["data"]["status"] == 401))
}

/// Whether this is an API's answer to "what do you offer?"; some sites tell only those who have a key.
fn is_api(response: &Response) -> bool {
    match response.status {
        200 => response.json::<Index>().is_some_and(|i| i.namespaces.iter().any(|n| n == "wp/v2")),
        401 | 403 => code(response).is_some_and(|c| c.starts_with("rest_")),
        _ => false,
    }
}

impl WordPress {
    /// Asks the site for its API by the readable address first. Public, so no key goes along. What cannot be decided now
    /// is not remembered.
    async fn way(&self, access: &Access) -> Result<Way, FetchError> {
        let known = |k: &Known| k.0.lock().unwrap_or_else(PoisonError::into_inner).get(&access.base_url).copied();
        if let Some((_, way)) = known(&self.known).filter(|(at, _)| self.clock.now() - at < HOUR) {
            return Ok(way);
        }
        for way in [Way::Path, Way::Query] {
            let url = way.url(access, "/", &[]);
            let answer = self.fetch.send(Request::get(url).header("accept", "application/json")).await;
            // Nothing was written yet, whatever became of the question.
            let response = answer.map_err(|e| FetchError::NotSent(e.to_string()))?;
            if is_api(&response) {
                let mut all = self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(access.base_url.clone(), (self.clock.now(), way));
                return Ok(way);
            }
            if response.status == 429 || response.status == 408 || response.status >= 500 {
                return Err(FetchError::NotSent(format!("the site answered {}", response.status)));
            }
        }
        Err(FetchError::NotSent("no WordPress API was found at this address".to_owned()))
    }

    pub(super) async fn request(
        &self,
        access: &Access,
        method: Method,
        route: &str,
        query: &[(&str, &str)],
    ) -> Result<Request, FetchError> {
        let url = self.way(access).await?.url(access, route, query);
        let key = format!("Basic {}", STANDARD.encode(access.secret.reveal().trim()));
        Ok(Request::new(method, url).header("accept", "application/json").header("authorization", &key))
    }

    pub(super) async fn sent(&self, request: Result<Request, FetchError>) -> Result<Response, FetchError> {
        self.fetch.send(request?).await
    }

    pub(super) async fn read(&self, access: &Access, route: &str, query: &[(&str, &str)]) -> Result<Response, Failure> {
        let request = self.request(access, Method::GET, route, query).await;
        self.judged(self.sent(request).await)
    }

    pub(super) fn judged(&self, answer: Result<Response, FetchError>) -> Result<Response, Failure> {
        match &answer {
            // Gone is only what WordPress calls so: a page of somebody else's is no news about a post.
            Ok(r) if matches!(r.status, 404 | 410) && !is_gone(r) => {
                Err(Failure::Refused { code: "not-found".to_owned(), human: "The site has no such call.".to_owned() })
            }
            Ok(r) if r.status == 400 && is_for_members(r) => Err(Failure::Unauthorised),
            _ => read(answer, &self.clock),
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        access: &Access,
        route: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Failure> {
        parsed(&self.read(access, route, query).await?)
    }

    pub(super) async fn write(&self, request: Result<Request, FetchError>) -> Result<Response, Verdict> {
        written(self.sent(request).await, &self.clock)
    }

    /// Brings a post or a comment into a state. Only an answer that names it and that state is a yes.
    pub(super) async fn changed(&self, request: Result<Request, FetchError>, place: Place, wanted: &str) -> Verdict {
        let response = match self.write(request).await {
            Ok(response) => response,
            Err(verdict) => return verdict,
        };
        match response.json::<State>() {
            Some(s) if s.id == place.number() && s.status == wanted => {
                Verdict::Accepted { remote_id: place.to_string(), url: words::web(s.link) }
            }
            Some(s) => {
                // A word of the site's own goes into the log; it may be anything.
                let status: String = s.status.chars().filter(|c| !c.is_control()).take(20).collect();
                Verdict::Unknown { why: format!("the answer tells of {} in the state “{status}”", s.id) }
            }
            None => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
        }
    }
}
