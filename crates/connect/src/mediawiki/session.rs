//! Signing in and speaking with the wiki's API. A bot password gives a session: cookies, and a token that every write
//! carries. Both are kept in memory only, one session for each wiki and login.
use super::answer::{self, Ended, No};
use crate::wire::{read, written};
use crate::{Access, Failure, Secret, Verdict};
use ground::clock::{Clock, MINUTE};
use ground::fetch::{Fetch, Parts, Request, Response};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a wiki keeps somebody out who tried to sign in too often.
const THROTTLED: i64 = 5 * MINUTE;
/// A wiki whose copies of the database lag behind by more seconds than this asks writers to wait.
const MAX_LAG: &str = "5";

pub(super) struct Session {
    secret: Secret,
    cookies: Mutex<BTreeMap<String, String>>,
    token: String,
    pub user: String,
    pub rights: Vec<String>,
}

impl Session {
    pub fn may(&self, right: &str) -> bool {
        self.rights.iter().any(|r| r == right)
    }
}

#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<(String, String), Arc<Session>>>);

impl Sessions {
    fn kept(&self, access: &Access, login: &str) -> Option<Arc<Session>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another password for the same login is another key, and is looked at anew.
        kept.get(&(access.base_url.clone(), login.to_owned())).filter(|s| s.secret == access.secret).cloned()
    }
    fn keep(&self, access: &Access, login: &str, session: &Arc<Session>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((access.base_url.clone(), login.to_owned()), session.clone());
    }
}

/// What a call carries in its body.
pub(super) enum Body {
    None,
    Form(Vec<(&'static str, String)>),
    File { name: String, mime: String, bytes: Vec<u8> },
}

/// `User@bot:password` as login and password.
fn parts(secret: &Secret) -> Option<(&str, &str)> {
    secret.reveal().split_once(':').filter(|(login, password)| !login.trim().is_empty() && !password.is_empty())
}

fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

fn address(access: &Access, action: &str, query: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.append_pair("action", action).append_pair("format", "json").append_pair("formatversion", "2");
    access.url(&format!("/api.php?{}", text.extend_pairs(query).finish()))
}

fn with_cookies(request: Request, cookies: &BTreeMap<String, String>) -> Request {
    let all: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if all.is_empty() { request } else { request.header("cookie", &all.join("; ")) }
}

/// Takes the cookies an answer sets. A cookie with other characters than cookies have is left out.
fn take_cookies(response: &Response, cookies: &mut BTreeMap<String, String>) {
    for (_, line) in response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
        let Some((name, value)) = line.split(';').next().and_then(|pair| pair.trim().split_once('=')) else { continue };
        let fits = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ';' | ','));
        if name.is_empty() || !fits(name) || !fits(value) {
            continue;
        }
        match value {
            "" | "deleted" => drop(cookies.remove(name)),
            _ => drop(cookies.insert(name.to_owned(), value.to_owned())),
        }
    }
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path).and_then(Value::as_str)
}

pub(super) struct Api {
    pub fetch: Fetch,
    pub clock: Clock,
    pub sessions: Sessions,
}

impl Api {
    /// The session in use, or a new one.
    pub async fn session(&self, access: &Access) -> Result<Arc<Session>, Failure> {
        let (login, password) = parts(&access.secret).ok_or(Failure::Unauthorised)?;
        match self.sessions.kept(access, login) {
            Some(session) => Ok(session),
            None => self.sign_in(access, login, password).await,
        }
    }

    /// Signs in anew after the wiki forgot the session.
    async fn renewed(&self, access: &Access) -> Result<Arc<Session>, Failure> {
        let (login, password) = parts(&access.secret).ok_or(Failure::Unauthorised)?;
        self.sign_in(access, login, password).await
    }

    async fn sign_in(&self, access: &Access, login: &str, password: &str) -> Result<Arc<Session>, Failure> {
        let mut cookies = BTreeMap::new();
        let first = Request::get(address(access, "query", &[("meta", "tokens"), ("type", "login")]));
        let answer = self.before(first, &mut cookies).await?;
        let token = text(&answer, "/query/tokens/logintoken").ok_or_else(answer::unreadable)?;
        let body = form(&[("lgname", login), ("lgpassword", password), ("lgtoken", token)]);
        let mut request = with_cookies(Request::post(address(access, "login", &[])), &cookies)
            .header("content-type", "application/x-www-form-urlencoded");
        request.body = body;
        let answer = self.before(request, &mut cookies).await?;
        let reason = text(&answer, "/login/reason").unwrap_or_default();
        match text(&answer, "/login/result") {
            Some("Success") => {}
            Some("Throttled") => return Err(self.wait(THROTTLED)),
            Some(_) if reason.contains("too many recent login attempts") => return Err(self.wait(THROTTLED)),
            Some("WrongToken" | "NeedToken") => {
                return Err(Failure::Unreachable { why: "the wiki kept no session while signing in".to_owned() });
            }
            Some(_) => return Err(Failure::Unauthorised),
            None => return Err(answer::unreadable()),
        }
        let query = [("meta", "tokens|userinfo"), ("uiprop", "rights"), ("assert", "user")];
        let request = with_cookies(Request::get(address(access, "query", &query)), &cookies);
        let answer = self.before(request, &mut cookies).await?;
        let token = text(&answer, "/query/tokens/csrftoken").filter(|t| t.len() > 2).ok_or_else(answer::unreadable)?;
        let user = text(&answer, "/query/userinfo/name").ok_or_else(answer::unreadable)?;
        let rights = answer.pointer("/query/userinfo/rights").and_then(Value::as_array).cloned().unwrap_or_default();
        let session = Arc::new(Session {
            secret: access.secret.clone(),
            token: token.to_owned(),

            user: user.to_owned(),
            rights: rights.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            cookies: Mutex::new(cookies),
        });
        self.sessions.keep(access, login, &session);
        Ok(session)
    }

    fn wait(&self, how_long: i64) -> Failure {
        Failure::RateLimited { until_us: Some(self.clock.now() + how_long) }
    }

    /// A call on the way to a session: it writes nothing, whatever becomes of it.
    async fn before(&self, request: Request, cookies: &mut BTreeMap<String, String>) -> Result<Value, Failure> {
        let response = match read(self.fetch.send(request).await, &self.clock) {
            Ok(response) => response,
            Err(Failure::Gone) => {
                let human = "There is no api.php at this address.".to_owned();
                return Err(Failure::Refused { code: "no-api".to_owned(), human });
            }
            Err(failure) => return Err(failure),
        };
        take_cookies(&response, cookies);
        match answer::said(&response, &self.clock) {
            Ok(value) => Ok(value),
            Err(Ended::Session) => Err(Failure::Unreachable { why: "the wiki forgot the session at once".to_owned() }),
            Err(Ended::No(no)) => Err(no.failure()),
        }
    }

    /// One call in a session, made once.
    async fn once(
        &self,
        access: &Access,
        session: &Session,
        action: &str,
        query: &[(&str, &str)],
        body: &Body,
    ) -> Result<Value, Ended> {
        let query: Vec<(&str, &str)> = query.iter().copied().chain([("assert", "user")]).collect();
        let cookies = session.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let url = address(access, action, &query);
        let request = match body {
            Body::None => Request::get(url),
            Body::Form(fields) => {
                let token = [("token", session.token.as_str())];
                let all: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).chain(token).collect();
                let mut request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
                request.body = form(&all);
                request
            }
            Body::File { name, mime, bytes } => Request::post(url).parts(
                Parts::new()
                    .field("filename", name)
                    // The name tells the bytes: what is there already under it is this very picture.
                    .field("ignorewarnings", "1")
                    .field("watchlist", "nochange")
                    .field("token", &session.token)
                    .file("file", name, mime, bytes),
            ),
        };
        let answer = self.fetch.send(with_cookies(request, &cookies)).await;
        if let Ok(response) = &answer {
            take_cookies(response, &mut session.cookies.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let response = written(answer, &self.clock).map_err(|verdict| Ended::No(No::Verdict(verdict)))?;
        answer::said(&response, &self.clock)
    }

    /// Reads. A session that ended is renewed, and the question asked once more.
    pub async fn ask(&self, access: &Access, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let mut session = self.session(access).await?;
        for again in [true, false] {
            match self.once(access, &session, "query", query, &Body::None).await {
                Ok(value) => return Ok(value),
                Err(Ended::Session) if again => session = self.renewed(access).await?,
                Err(Ended::Session) => break,
                Err(Ended::No(no)) => return Err(no.failure()),
            }
        }
        Err(Failure::Unreachable { why: "the wiki ends every session at once".to_owned() })
    }

    /// Writes, once. Where the wiki had forgotten the session nothing was done; whether the key is still good is found out
    /// by signing in anew, and the call is left to be made again by whoever decides about that.
    pub async fn act(&self, access: &Access, action: &str, body: Body) -> Result<Value, No> {
        let session = self.session(access).await.map_err(|f| No::Verdict(crate::wire::unwritten(f)))?;
        match self.once(access, &session, action, &[("maxlag", MAX_LAG)], &body).await {
            Ok(value) => Ok(value),
            Err(Ended::No(no)) => Err(no),
            Err(Ended::Session) => Err(No::Verdict(match self.renewed(access).await {
                Ok(_) => Verdict::NotSent { why: "the session had ended; a new one is there".to_owned() },
                Err(failure) => crate::wire::unwritten(failure),
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_taken_replaced_and_dropped() {
        let answer = |lines: &[&str]| Response {
            status: 200,
            headers: lines.iter().map(|l| ("set-cookie".to_owned(), (*l).to_owned())).collect(),
            body: Vec::new(),
        };
        let mut cookies = BTreeMap::new();
        take_cookies(&answer(&["a=1; path=/; HttpOnly", "b=x%20y", "broken", "c=\u{1}", "=d", "é=1"]), &mut cookies);
        take_cookies(&answer(&["a=2", "b=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT"]), &mut cookies);
        assert_eq!(cookies, BTreeMap::from([("a".to_owned(), "2".to_owned())]));
    }

    #[test]
    fn a_key_is_login_and_password() {
        assert_eq!(parts(&Secret::new("Roads@press:a:b")), Some(("Roads@press", "a:b")));
        for wrong in ["", " ", "Roads@press", ":x", "Roads@press:"] {
            assert_eq!(parts(&Secret::new(wrong)), None, "{wrong}");
        }
    }
}
