//! The token of the hour, for which `AppID:AppSecret` is exchanged. It is kept in memory until shortly before it ends;
//! whoever asks for one makes the others wait, so that there is one request for all who need it, whatever comes of it.
//!
//! Source: “getStableAccessToken”. Asking again while a token is good gives the same one; in its last five minutes it gives
//! the next one, and both are good.
use super::answer::{No, done};
use super::{WeChat, is_graphic};
use crate::wire::harmless;
use crate::{Access, Verdict};
use ground::clock::SECOND;
use ground::fetch::Request;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

const TOKENS: &str = "/cgi-bin/stable_token";
/// WeChat gives two hours at most, in seconds.
const LONGEST: i64 = 7200;
/// In so many last seconds of a token there is a next one.
const OVERLAP: i64 = 300;

#[derive(Debug, Clone)]
struct Token {
    text: String,
    until_us: i64,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// Why the last request brought none.
    failed: Option<Verdict>,
}

#[derive(Default)]
struct Slot {
    /// How many requests have been answered.
    answers: AtomicU64,
    kept: tokio::sync::Mutex<Kept>,
}

/// By server and key: another key never finds the token of the one before.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<[u8; 32], Arc<Slot>>>);

impl Tokens {
    fn slot(&self, access: &Access) -> Arc<Slot> {
        let name = [access.base_url.as_str(), access.secret.reveal()].join("\0");
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(Sha256::digest(name.as_bytes()).into()).or_default().clone()
    }
}

/// The AppID and the AppSecret in a key.
pub(super) fn key(access: &Access) -> Result<(&str, &str), Verdict> {
    let (id, secret) = access.secret.reveal().trim().split_once(':').ok_or(Verdict::Unauthorised)?;
    let fits = (6..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if fits && is_graphic(secret, 128) { Ok((id, secret)) } else { Err(Verdict::Unauthorised) }
}

impl WeChat {
    /// The token to call with. Getting one changes nothing that anybody sees.
    pub(super) async fn token(&self, access: &Access) -> Result<String, Verdict> {
        let slot = self.tokens.slot(access);
        let before = slot.answers.load(Ordering::SeqCst);
        let mut kept = slot.kept.lock().await;
        if let Some(token) = kept.token.as_ref().filter(|t| t.until_us > self.clock.now()) {
            return Ok(token.text.clone());
        }
        // What was answered while this caller waited is its answer, too.
        if slot.answers.load(Ordering::SeqCst) > before
            && let Some(failed) = &kept.failed
        {
            return Err(failed.clone());
        }
        self.ask(access, &slot, &mut kept).await
    }

    /// Whether the platform accepts the key now, whatever is kept.
    pub(super) async fn accepted(&self, access: &Access) -> Result<(), Verdict> {
        let slot = self.tokens.slot(access);
        let mut kept = slot.kept.lock().await;
        self.ask(access, &slot, &mut kept).await.map(drop)
    }

    async fn ask(&self, access: &Access, slot: &Slot, kept: &mut Kept) -> Result<String, Verdict> {
        kept.token = None;
        let answer = self.request(access).await;
        slot.answers.fetch_add(1, Ordering::SeqCst);
        match answer {
            Ok(token) => {
                (kept.token, kept.failed) = (Some(token.clone()), None);
                Ok(token.text)
            }
            Err(verdict) => {
                kept.failed = Some(verdict.clone());
                Err(verdict)
            }
        }
    }

    async fn request(&self, access: &Access) -> Result<Token, Verdict> {
        let (id, secret) = key(access)?;
        let body = json!({"grant_type": "client_credential", "appid": id, "secret": secret});
        let request = Request::post(access.url(TOKENS)).header("accept", "application/json").json(&body);
        let asked_us = self.clock.now();
        let answer = done(self.fetch.send(request).await, &self.clock, &[secret]).map_err(|no| match no {
            No::Token => Verdict::Unauthorised,
            No::Is(verdict) => harmless(verdict),
        })?;
        let text = answer.get("access_token").and_then(Value::as_str).filter(|t| is_graphic(t, 2048));
        let lasts = answer.get("expires_in").and_then(Value::as_i64).filter(|s| *s > 0);
        let (Some(text), Some(lasts)) = (text, lasts) else {
            return Err(Verdict::NotSent { why: "the answer to asking for a token cannot be read".to_owned() });
        };
        let lasts = lasts.min(LONGEST);
        let until_us = asked_us + (lasts - OVERLAP).max(lasts / 2) * SECOND;
        Ok(Token { text: text.to_owned(), until_us })
    }

    /// A token was refused: what that means for the call, which was not acted upon. If WeChat has another token by now, only
    /// the token was old; if it gives the same one again, the key is no longer good for this.
    pub(super) async fn refused(&self, access: &Access, token: &str) -> Verdict {
        {
            let slot = self.tokens.slot(access);
            let mut kept = slot.kept.lock().await;
            if kept.token.as_ref().is_some_and(|t| t.text == token) {
                kept.token = None;
            }
        }
        match self.token(access).await {
            Ok(new) if new != token => Verdict::NotSent { why: "WeChat had replaced the token of the hour".to_owned() },
            Ok(_) => Verdict::Unauthorised,
            Err(verdict) => verdict,
        }
    }
}
