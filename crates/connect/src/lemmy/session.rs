//! Sessions: what name and password are exchanged for. Servers let an account sign in a few times an hour only, so a session
//! is kept for half a day. Opening one asks the server which version it is, whoever signs in, and how the account is set up.
//!
//! Source: `GetSite`, `Login` and `MyUserInfo` in `lemmy-js-client` 0.17 and 0.19.
use super::answer::{done, rejected, unreadable};
use super::{Lemmy, person_id};
use crate::wire::{harmless, read_of};
use crate::{Access, Failure, Verdict};
use ground::clock::{HOUR, MINUTE};
use ground::fetch::{Method, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a session is kept; servers keep it much longer.
const KEPT: i64 = 12 * HOUR;
/// A refused session that is younger was opened with a key that is not good.
const FRESH: i64 = MINUTE;
/// The language of posts for which none is told.
const NO_LANGUAGE: u64 = 0;

/// How a server is told who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Before 0.19: a field `auth` in what is sent or asked.
    Field,
    /// From 0.19 on: a header.
    Header,
}

impl Dialect {
    /// By the server's version, `0.19.5`.
    fn of(version: &str) -> Option<Dialect> {
        let mut parts = version.split('.');
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (major, minor) = (number()?, number()?);
        Some(if (major, minor) < (0, 19) { Dialect::Field } else { Dialect::Header })
    }
}

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub dialect: Dialect,
    pub token: String,
    pub person: u64,
    /// Why lists may lack posts of the account, if they may.
    pub hides: Option<&'static str>,
    opened_us: i64,
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

    fn forget(&self, access: &Access) {
        // Somebody who holds it at this moment is opening a new one already.
        if let Ok(mut session) = self.slot(access).try_lock() {
            *session = None;
        }
    }
}

#[derive(Deserialize)]
struct MyUser {
    local_user_view: LocalUserView,
    #[serde(default)]
    discussion_languages: Vec<u64>,
}

#[derive(Deserialize)]
struct LocalUserView {
    local_user: LocalUser,
    person: Person,
}

#[derive(Deserialize)]
struct LocalUser {
    #[serde(default = "shown")]
    show_read_posts: bool,
    #[serde(default = "shown")]
    show_bot_accounts: bool,
}

fn shown() -> bool {
    true
}

#[derive(Deserialize)]
struct Person {
    id: u64,
    #[serde(default)]
    bot_account: bool,
}

impl MyUser {
    /// The server leaves out of every list what the account does not want to see, its own posts too.
    fn hides(&self) -> Option<&'static str> {
        let LocalUserView { local_user, person } = &self.local_user_view;
        if !local_user.show_read_posts {
            return Some("In the account's settings, “Show read posts” must be on: its own posts count as read.");
        }
        if person.bot_account && !local_user.show_bot_accounts {
            return Some("In the account's settings, “Show bot accounts” must be on: the account is one itself.");
        }
        // No choice is every language.
        let languages = &self.discussion_languages;
        if !languages.is_empty() && !languages.contains(&NO_LANGUAGE) {
            return Some("In the account's settings, “Undetermined” must be among the languages.");
        }
        None
    }
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

impl Lemmy {
    /// The account's session, opened if there is none. Opening one changes nothing the public sees.
    pub(super) async fn session(&self, access: &Access) -> Result<Session, Failure> {
        let (name, password) = parts(access).ok_or(Failure::Unauthorised)?;
        let slot = self.sessions.slot(access);
        let mut kept = slot.lock().await;
        if let Some(session) = kept.as_ref().filter(|s| s.opened_us + KEPT > self.clock.now()) {
            return Ok(session.clone());
        }
        *kept = None;
        let dialect = self.dialect(access).await?;
        let body = json!({"username_or_email": name, "password": password});
        let request = Request::post(access.url("/api/v3/user/login")).json(&body);
        let answer = done(self.fetch.send(request).await, &self.clock).map_err(harmless).map_err(read_of)?;
        let answer: Value = answer.json().ok_or_else(unreadable)?;
        let Some(token) = answer.get("jwt").and_then(Value::as_str) else {
            // Signed in, but waiting for an e-mail or for the server's administrators.
            return Err(match answer.get("registration_created") {
                Some(_) => Failure::Refused {
                    code: "not-admitted".into(),
                    human: "The server has not admitted the account yet, or its e-mail is not confirmed.".into(),
                },
                None => unreadable(),
            });
        };
        let token = Some(token.to_owned()).filter(|t| is_token(t)).ok_or_else(unreadable)?;
        let mut session = Session { dialect, token, person: 0, hides: None, opened_us: self.clock.now() };
        self.look_at_myself(access, &mut session).await?;
        *kept = Some(session.clone());
        Ok(session)
    }

    async fn dialect(&self, access: &Access) -> Result<Dialect, Failure> {
        let request = Request::get(access.url("/api/v3/site")).header("accept", "application/json");
        let no = || Failure::Refused {
            code: "not-this-platform".into(),
            human: "The address is not a Lemmy server that this program can speak with.".into(),
        };
        let answer = match done(self.fetch.send(request).await, &self.clock).map_err(read_of) {
            // A server that does not know the call is no Lemmy.
            Err(Failure::Gone) => return Err(no()),
            answer => answer?,
        };
        let site: Value = answer.json().ok_or_else(unreadable)?;
        let version = site.get("version").and_then(Value::as_str).ok_or_else(unreadable)?;
        Dialect::of(version).ok_or_else(no)
    }

    /// Who the session is, and whether the account sees what it writes.
    pub(super) async fn look_at_myself(&self, access: &Access, session: &mut Session) -> Result<(), Failure> {
        let site: Value = self.get(access, session, "/site", &[]).await?;
        // Nobody is signed in, says the server.
        let me = site.get("my_user").filter(|me| !me.is_null()).ok_or(Failure::Unauthorised)?;
        let me: MyUser = serde_json::from_value(me.clone()).map_err(|_| unreadable())?;
        session.person = Some(me.local_user_view.person.id).filter(|id| *id > 0).ok_or_else(unreadable)?;
        session.hides = me.hides();
        Ok(())
    }

    /// A verdict on a call made with this session. One that was good and is refused now has ended: nothing was done, and the
    /// next call opens another.
    pub(super) fn of_session(&self, access: &Access, session: &Session, verdict: Verdict) -> Verdict {
        if verdict != Verdict::Unauthorised {
            return verdict;
        }
        self.sessions.forget(access);
        if self.clock.now() - session.opened_us < FRESH {
            return Verdict::Unauthorised;
        }
        Verdict::NotSent { why: "the session has ended, the next call opens a new one".to_owned() }
    }

    /// A call as this account.
    pub(super) fn to(
        &self,
        method: Method,
        access: &Access,
        session: &Session,
        path: &str,
        asked: &[(&str, &str)],
    ) -> Request {
        let mut asked: Vec<(&str, &str)> = asked.to_vec();
        if session.dialect == Dialect::Field && method == Method::GET {
            asked.push(("auth", &session.token));
        }
        let mut url = access.url(&format!("/api/v3{path}"));
        if !asked.is_empty() {
            let asked = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
            url = format!("{url}?{asked}");
        }
        let request = Request::new(method, url).header("accept", "application/json");
        match session.dialect {
            Dialect::Header => request.bearer(&session.token),
            Dialect::Field => request,
        }
    }

    /// Sends words as this account. An answer that cannot be read is no yes.
    pub(super) async fn send(
        &self,
        method: Method,
        access: &Access,
        session: &Session,
        path: &str,
        mut body: Value,
    ) -> Result<Value, Verdict> {
        if session.dialect == Dialect::Field
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("auth".to_owned(), json!(session.token));
        }
        let request = self.to(method, access, session, path, &[]).json(&body);
        let answer = self.fetch.send(request).await;
        let answer = match super::write::doubtful(path, &answer) {
            Some(verdict) => Err(verdict),
            None => done(answer, &self.clock),
        };
        let answer = answer.map_err(|v| self.of_session(access, session, v))?;
        answer.json().ok_or_else(|| Verdict::Unknown { why: "the answer cannot be read".to_owned() })
    }

    pub(super) async fn get<T: serde::de::DeserializeOwned>(
        &self,
        access: &Access,
        session: &Session,
        path: &str,
        asked: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let request = self.to(Method::GET, access, session, path, asked);
        let answer = done(self.fetch.send(request).await, &self.clock);
        let answer = answer.map_err(|v| read_of(self.of_session(access, session, v)))?;
        answer.json().ok_or_else(unreadable)
    }

    /// The session of the account that is meant: a key of somebody else must not speak in its place.
    pub(super) async fn meant(&self, access: &Access) -> Result<Session, Failure> {
        let session = self.session(access).await?;
        if person_id(access).is_some_and(|id| id != session.person) {
            return Err(read_of(rejected("other-account", "The key belongs to another account.", None)));
        }
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (version, dialect) in [
            ("0.17.4", Some(Dialect::Field)),
            ("0.18.5", Some(Dialect::Field)),
            ("0.19.0-rc.3", Some(Dialect::Header)),
            ("0.20.1", Some(Dialect::Header)),
            ("1.0.0", Some(Dialect::Header)),
            ("unknown version", None),
            ("", None),
            ("1", None),
        ] {
            assert_eq!(Dialect::of(version), dialect, "{version}");
        }
    }
}
