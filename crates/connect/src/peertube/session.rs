//! Sessions: what name and password are exchanged for. A server counts how often somebody signs in, so a session is kept until
//! it runs out, mostly a day, and is then renewed with what came with it; only where that is refused the password is used again.
//!
//! Source: `OAuthClientLocal`, `UserLogin` and `UserRefreshToken` in `@peertube/peertube-types` 8.1.3, and the public description
//! of `/users/token`.
use super::PeerTube;
use super::answer::{done, rejected, unclear, unreadable};
use super::channel::numbers;
use super::view::Me;
use crate::wire::{harmless, read_of};
use crate::{Access, Failure, Verdict};
use ground::clock::{DAY, MINUTE, SECOND};
use ground::fetch::{FetchError, Method, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A session is renewed so long before its end.
const EARLY: i64 = 5 * MINUTE;
/// A refused session that is younger was opened with a key that is not good.
const FRESH: i64 = MINUTE;
/// The longest a session is kept, whatever the server says.
const LONGEST: i64 = 30 * DAY;

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub token: String,
    refresh: Option<String>,
    pub account: u64,
    opened_us: i64,
    until_us: i64,
}

/// One account's session; whoever opens it makes the others wait, so that it is opened once.
type Slot = Arc<tokio::sync::Mutex<Option<Session>>>;

/// By server and key: another key never finds the session of the one before.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<[u8; 32], Slot>>);

impl Sessions {
    fn slot(&self, access: &Access) -> Slot {
        let name = [access.base_url.as_str(), access.secret.reveal()].join("\0");
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(Sha256::digest(name.as_bytes()).into()).or_default().clone()
    }

    fn forget(&self, access: &Access, refused: &Session) {
        // Somebody who holds it at this moment is opening a new one already.
        if let Ok(mut kept) = self.slot(access).try_lock()
            && kept.as_ref().is_some_and(|s| s.token == refused.token)
        {
            *kept = None;
        }
    }
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
    /// In seconds.
    expires_in: Option<i64>,
}

/// The two parts of the secret.
fn parts(access: &Access) -> Option<(&str, &str)> {
    let (name, password) = access.secret.reveal().trim().split_once(':')?;
    (!name.is_empty() && !password.is_empty()).then_some((name, password))
}

/// A token goes into headers.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() < 4096 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+/=~".contains(&b))
}

impl PeerTube {
    /// The account's session, opened or renewed if need be. That changes nothing the public sees.
    pub(super) async fn session(&self, access: &Access) -> Result<Session, Failure> {
        let (name, password) = parts(access).ok_or(Failure::Unauthorised)?;
        let slot = self.sessions.slot(access);
        let mut kept = slot.lock().await;
        if let Some(session) = kept.as_ref().filter(|s| s.until_us > self.clock.now()) {
            return Ok(session.clone());
        }
        let client = self.client(access).await?;
        if let Some(refresh) = kept.as_ref().and_then(|s| s.refresh.clone()) {
            // What renews is good for one call only, whatever comes of it.
            *kept = None;
            match self.exchange(access, &client, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await
            {
                Ok(session) => {
                    *kept = Some(session.clone());
                    return Ok(session);
                }
                Err(Failure::Unauthorised | Failure::Refused { .. }) => {}
                Err(failure) => return Err(failure),
            }
        }
        let asked = [("grant_type", "password"), ("response_type", "code"), ("username", name), ("password", password)];
        let session = self.exchange(access, &client, &asked).await?;
        *kept = Some(session.clone());
        Ok(session)
    }

    /// How programs introduce themselves to this server; the same for all of them.
    async fn client(&self, access: &Access) -> Result<Client, Failure> {
        let request = Request::get(access.url("/api/v1/oauth-clients/local")).header("accept", "application/json");
        let no = || Failure::Refused {
            code: "not-this-platform".into(),
            human: "The address is not a PeerTube server that this program can speak with.".into(),
        };
        let answer = match done(self.fetch.send(request).await, &self.clock).map_err(read_of) {
            Err(Failure::Gone) => return Err(no()),
            answer => answer?,
        };
        answer.json().ok_or_else(unreadable)
    }

    async fn exchange(&self, access: &Access, client: &Client, asked: &[(&str, &str)]) -> Result<Session, Failure> {
        let who = [("client_id", client.client_id.as_str()), ("client_secret", client.client_secret.as_str())];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(who).extend_pairs(asked).finish();
        let mut request = Request::post(access.url("/api/v1/users/token"))
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        request.body = body.into_bytes();
        let answer = done(self.fetch.send(request).await, &self.clock).map_err(harmless).map_err(read_of)?;
        let tokens: Tokens = answer.json().ok_or_else(unreadable)?;
        if !is_token(&tokens.access_token) {
            return Err(unreadable());
        }
        let now = self.clock.now();
        let lasts = tokens.expires_in.unwrap_or(3_600).saturating_mul(SECOND).min(LONGEST);
        let mut session = Session {
            token: tokens.access_token,
            refresh: tokens.refresh_token.filter(|t| is_token(t)),
            account: 0,
            opened_us: now,
            // A session that ends at once is still good for the call it was opened for.
            until_us: now.saturating_add(lasts - EARLY).max(now + MINUTE),
        };
        session.account = self.me(access, &session).await?.account.id;
        Ok(session)
    }

    /// Who is signed in.
    pub(super) async fn me(&self, access: &Access, session: &Session) -> Result<Me, Failure> {
        let me: Me = self.get(access, session, "/users/me", &[]).await?;
        if me.account.id == 0 { Err(unreadable()) } else { Ok(me) }
    }

    /// A verdict on a call made with this session. One that was good and is refused now has ended: nothing was done, and the
    /// next call opens another.
    fn of_session(&self, access: &Access, session: &Session, verdict: Verdict) -> Verdict {
        if verdict != Verdict::Unauthorised {
            return verdict;
        }
        self.sessions.forget(access, session);
        if self.clock.now() - session.opened_us < FRESH {
            return Verdict::Unauthorised;
        }
        Verdict::NotSent { why: "the session has ended, the next call opens a new one".to_owned() }
    }

    /// A call as this account.
    pub(super) fn to(&self, method: Method, access: &Access, session: &Session, path: &str) -> Request {
        let url = access.url(&format!("/api/v1{path}"));
        Request::new(method, url).header("accept", "application/json").bearer(&session.token)
    }

    pub(super) async fn send(&self, access: &Access, session: &Session, request: Request) -> Result<Response, Verdict> {
        self.answered(access, session, self.fetch.send(request).await)
    }

    /// What an answer to a call with this session means.
    pub(super) fn answered(
        &self,
        access: &Access,
        session: &Session,
        answer: Result<Response, FetchError>,
    ) -> Result<Response, Verdict> {
        done(answer, &self.clock).map_err(|v| self.of_session(access, session, v))
    }

    /// The same for what is answered without words. Another answer is not the server's own.
    pub(super) async fn order(&self, access: &Access, session: &Session, request: Request) -> Result<(), Verdict> {
        let answer = self.send(access, session, request).await?;
        if answer.status == 204 { Ok(()) } else { Err(unclear()) }
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        access: &Access,
        session: &Session,
        path: &str,
        asked: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let mut path = path.to_owned();
        if !asked.is_empty() {
            let asked = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
            path = format!("{path}?{asked}");
        }
        let request = self.to(Method::GET, access, session, &path);
        let answer = self.send(access, session, request).await.map_err(read_of)?;
        answer.json().ok_or_else(unreadable)
    }

    /// The session of the account that is meant: a key of somebody else must not speak in its place.
    pub(super) async fn meant(&self, access: &Access) -> Result<Session, Failure> {
        let session = self.session(access).await?;
        if numbers(access).is_some_and(|(account, _)| account != session.account) {
            return Err(read_of(rejected("other-account", "The key belongs to another account.", None)));
        }
        Ok(session)
    }
}
