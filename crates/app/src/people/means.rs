//! By what people show that it is they, and what is asked before such a means comes or goes: whoever has a strong one
//! shows it first, so that a password alone, learnt by somebody else, never grows into more.
use super::actions::live;
use super::provider;
use super::store::{self, PersonRow, access, identities, passkeys};
use crate::policy::Pack;
use ground::ctx::Who;
use ground::db::Run;
use ground::{Ctx, Error, Refusal, Result, Say};

/// How a session was opened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    pub code: &'static str,
    /// Counts as a second factor.
    pub strong: bool,
}

impl Means {
    pub const LINK: Means = Means { code: "link", strong: false };
    pub const PASSWORD: Means = Means { code: "password", strong: false };
    pub const CODE: Means = Means { code: "code", strong: true };
    pub const PASSKEY: Means = Means { code: "passkey", strong: true };
    /// The sign-in provider says whether more than one factor was used there.
    pub fn provider(strong: bool) -> Means {
        Means { code: PROVIDER, strong }
    }
}

pub const PROVIDER: &str = "provider";

/// The word for how a session was opened.
pub fn word(code: Option<&str>, strong: bool) -> &'static str {
    match code {
        Some("passkey") => "people-session-passkey",
        Some(PROVIDER) if strong => "people-session-provider-strong",
        Some(PROVIDER) => "people-session-provider",
        Some("link") => "people-session-link",
        _ if strong => "people-session-code",
        _ => "people-session-password",
    }
}

/// The strong means a person has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strong {
    pub codes: bool,
    pub passkeys: i64,
}

impl Strong {
    pub fn any(self) -> bool {
        self.codes || self.passkeys > 0
    }
    pub fn count(self) -> i64 {
        i64::from(self.codes) + self.passkeys
    }
}

pub async fn strong(c: &impl Run, person: &PersonRow) -> Result<Strong> {
    Ok(Strong { codes: person.totp_secret.is_some(), passkeys: passkeys::good(c, person.id).await? })
}

/// Whoever has a strong means must have come in with one before means are added, given up, or turned into tokens.
pub async fn shown(cx: &Ctx, me: &PersonRow) -> Result<()> {
    if cx.actor.who == Who::System || !strong(cx.db(), me).await?.any() {
        return Ok(());
    }
    let strong = match cx.actor.session {
        Some(session) => access::session_strong(cx.db(), session).await?,
        None => false,
    };
    if strong {
        return Ok(());
    }
    let no = Refusal::new("weak-session", Say::new("people-refused-weak-session"));
    Err(Error::refused(vec![no]).next("/me/confirm", Say::new("people-confirm-title")))
}

/// Whether somebody comes in without a password: by a passkey, or by a provider of accounts.
pub async fn other_way_in(c: &impl Run, person: &PersonRow) -> Result<bool> {
    Ok(passkeys::good(c, person.id).await? > 0 || !identities::of(c, person.id).await?.is_empty())
}

/// A way in that is about to be closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Door {
    Passkey,
    Provider,
}

/// Whether a way in may be closed: not the last one, and not the last that is strong while a role wants that.
pub async fn may_close(cx: &Ctx, me: &PersonRow, door: Door) -> Result<()> {
    let keys = passkeys::good(cx.db(), me.id).await? - i64::from(door == Door::Passkey);
    let own = identities::of(cx.db(), me.id).await?.into_iter().find(|i| provider::is(cx, &i.issuer));
    let bound = own.is_some() && door != Door::Provider;
    if me.password_hash.is_empty() && keys <= 0 && !bound {
        return Err(Error::refused(vec![Refusal::new("last-way-in", Say::new("people-refused-last-way-in"))]));
    }
    match (door, own) {
        // It was their second factor, where there is no other.
        (Door::Provider, Some(own)) if own.strong && !strong(cx.db(), me).await?.any() => may_go(cx, me).await,
        (Door::Provider, _) => Ok(()),
        (Door::Passkey, _) => may_go(cx, me).await,
    }
}

/// Whether a strong means may go: not the last one, while strong sign-in is enforced and a role wants it.
pub async fn may_go(cx: &Ctx, me: &PersonRow) -> Result<()> {
    if !cx.machine.config.strong_sign_in || strong(cx.db(), me).await?.count() > 1 {
        return Ok(());
    }
    let pack = cx.machine.part::<Pack>()?;
    let held = live(store::grants_of(cx.db(), me.id).await?, cx.now());
    if held.iter().any(|h| pack.roles().find(h.role.code()).is_some_and(|r| r.strong_sign_in)) {
        return Err(Error::refused(vec![Refusal::new("last-means", Say::new("people-refused-last-means"))]));
    }
    Ok(())
}
