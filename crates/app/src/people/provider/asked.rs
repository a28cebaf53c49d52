//! Sending somebody to the provider: what is asked, and what is kept until they come back. Good once, for a quarter of an
//! hour, and in the browser that asked.
use super::super::secrets;
use super::super::store::passkeys::{self as challenges, ChallengeRow};
use super::Provider;
use ground::clock::MINUTE;
use ground::{Ctx, Error, Result, Say};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{AuthenticationContextClass, CsrfToken, Nonce, PkceCodeChallenge, Scope};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Ties an answer to the browser that asked.
pub const COOKIE: &str = "drelwa-provider";
/// At the provider a password may have to be set anew.
const WAITS: i64 = 15 * MINUTE;
pub const ENTER: &str = "provider-enter";
pub const CONFIRM: &str = "provider-confirm";

/// What is kept while they are away.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    pub nonce: String,
    pub verifier: String,
    pub next: String,
    /// The digest of the browser's cookie.
    browser: String,
    pub at: i64,
}

/// Where to send the browser, and the cookie it comes back with.
pub struct Begun {
    pub url: String,
    pub browser: String,
}

/// Begins a sign-in.
pub async fn begin_enter(cx: &Ctx, browser: Option<&str>, next: &str) -> Result<Begun> {
    let provider = super::of(cx).ok_or_else(Error::not_found)?;
    cx.machine.limits.take("provider-begin", &cx.remote, 200, 15 * MINUTE)?;
    begin(cx, provider, ENTER, browser, next).await
}

/// Begins showing again that it is they: the provider asks anew, whatever it remembers.
pub async fn begin_confirm(cx: &Ctx, browser: Option<&str>, next: &str) -> Result<Begun> {
    let provider = super::of(cx).ok_or_else(Error::not_found)?;
    cx.machine.limits.take("provider-confirm", &cx.actor.label(), 20, 15 * MINUTE)?;
    begin(cx, provider, CONFIRM, browser, next).await
}

async fn begin(cx: &Ctx, provider: &Provider, kind: &str, browser: Option<&str>, next: &str) -> Result<Begun> {
    let client = provider.client(cx, &*provider.metadata(cx, false).await?)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (state, nonce) = (cx.machine.ids.token(), cx.machine.ids.token());
    let (said_state, said_nonce) = (state.clone(), nonce.clone());
    let mut url = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(said_state),
            move || Nonce::new(said_nonce),
        )
        .set_pkce_challenge(challenge);
    for scope in provider.said.scopes.iter().filter(|s| *s != "openid") {
        url = url.add_scope(Scope::new(scope.clone()));
    }
    for acr in &provider.said.strong_acr {
        url = url.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
    }
    if kind == CONFIRM {
        url = url.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
    }
    let (url, _, _) = url.url();
    // A second window of the same browser must not end what the first began.
    let known = browser.filter(|b| b.len() >= 40 && b.len() <= 100);
    let browser = known.map_or_else(|| cx.machine.ids.token(), str::to_owned);
    let asked = Asked {
        nonce,
        verifier: verifier.into_secret(),
        next: next.into(),
        browser: secrets::digest(&browser),
        at: cx.now(),
    };
    let row = ChallengeRow {
        id: cx.id(),
        kind: kind.into(),
        person_id: None,
        session_id: cx.actor.session,
        state: serde_json::to_string(&asked).map_err(Error::fault)?,
        expires_at: cx.now() + WAITS,
        used_at: None,
    };
    let tx = cx.begin("people.provider-ask").await?;
    challenges::insert_challenge(&tx, &row, &secrets::digest(&state), cx.now()).await?;
    cx.commit(tx).await?;
    Ok(Begun { url: url.into(), browser })
}

/// A sentence, and the way to begin again.
pub fn again(key: &'static str, kind: &str) -> Error {
    let (href, word) = match kind {
        CONFIRM => ("/me/confirm", "people-confirm-title"),
        _ => ("/sign-in", "people-provider-again"),
    };
    Error::malformed(Say::new(key)).next(href, Say::new(word))
}

/// What was asked, by the state that came back; it is spent by that. `true`: to show again that it is they. Somebody else's
/// answer stays whole: only the browser that asked can spend it.
pub async fn spend(cx: &Ctx, state: &str, browser: Option<&str>) -> Result<(Asked, bool)> {
    let found = challenges::challenge(cx.db(), &secrets::digest(state)).await?;
    let row =
        found.filter(|c| c.kind == ENTER || c.kind == CONFIRM).ok_or_else(|| again("people-provider-lost", ENTER))?;
    let asked: Asked = serde_json::from_str(&row.state).map_err(Error::fault)?;
    let same = |b: &str| ground::crypto::same(secrets::digest(b).as_bytes(), asked.browser.as_bytes());
    let confirms = row.kind == CONFIRM;
    if !browser.is_some_and(same) || (confirms && row.session_id != cx.actor.session) {
        return Err(again("people-provider-lost", &row.kind));
    }
    if row.used_at.is_some() {
        return Err(again("people-provider-twice", &row.kind));
    }
    if row.expires_at <= cx.now() {
        return Err(again("people-provider-late", &row.kind));
    }
    let tx = cx.begin("people.provider-answer").await?;
    challenges::use_challenge(&tx, row.id, cx.now()).await.map_err(|_| again("people-provider-twice", &row.kind))?;
    cx.commit(tx).await?;
    Ok((asked, confirms))
}
