//! Signing in through a provider of accounts that the government has already (OpenID Connect, the code flow with PKCE).
//!
//! Somebody is sent to the provider with a state, a nonce and the hash of a secret of ours, each good once and for a quarter
//! of an hour, in this browser alone. What comes back is exchanged for an ID token, which is checked whole: signature by the
//! provider's published keys (looked up anew when it changed them), issuer, audience, times, nonce.
//!
//! It opens the account it is bound to, by issuer and subject. The first time it is bound by the verified e-mail address of
//! somebody who is in the register; nobody becomes a person by it. Its groups may stand for roles (`mapping`), which the
//! rules give or refuse as if somebody had asked for them. Where the provider says that more than one factor was used, the
//! session counts as strong. No transaction is open while the provider is called.
mod answer;
mod asked;
mod checks;
mod entering;
mod mapping;
mod wire;

pub(super) use asked::{Begun, COOKIE, begin_confirm, begin_enter, spend};
pub(super) use entering::{Came, came_back, end_session_url, remove, remove_of};

use crate::agencies;
use answer::Metadata;
use ground::clock::SECOND;
use ground::config::{Config, Oidc};
use ground::db::DbError;
use ground::fetch::{Fetch, FetchPolicy};
use ground::{Ctx, Result};
pub(super) use mapping::Mapped;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The provider of this installation, if it has one; a part of the machine.
pub struct SignInProvider(Option<Provider>);

pub(super) struct Provider {
    pub said: Oidc,
    mapped: Vec<Mapped>,
    fetch: Fetch,
    /// What it published about itself, and when we read it.
    known: Mutex<Option<(Arc<Metadata>, i64)>>,
}

impl SignInProvider {
    pub fn new(config: &Config) -> Result<SignInProvider, String> {
        let Some(said) = config.oidc.clone() else { return Ok(SignInProvider(None)) };
        if said.issuer.starts_with("http://") && !config.allow_loopback {
            return Err("--oidc-issuer wants https://…: keys and names never cross a network in the clear".into());
        }
        let fetch = Fetch::new(FetchPolicy {
            allow_loopback: config.allow_loopback,
            allow_inner: true,
            max_body: 1 << 20,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
        })?;
        let mapped = mapping::read(&said.groups)?;
        Ok(SignInProvider(Some(Provider { said, mapped, fetch, known: Mutex::default() })))
    }
}

/// The provider, if there is one.
pub(super) fn of(cx: &Ctx) -> Option<&Provider> {
    cx.machine.part::<SignInProvider>().ok().and_then(|p| p.0.as_ref())
}

/// Whether this is the provider of today.
pub(super) fn is(cx: &Ctx, issuer: &str) -> bool {
    of(cx).is_some_and(|p| p.said.issuer == issuer)
}

/// Codes of agencies that groups name and the register does not: a mistake of the operator's, told at start.
pub async fn unknown_agencies(cx: &Ctx) -> Result<Vec<String>> {
    let mut unknown = vec![];
    for code in of(cx).iter().flat_map(|p| &p.mapped).filter_map(|m| m.agency.as_ref()) {
        match agencies::by_code(cx.db(), code).await {
            Ok(agency) if agency.current => {}
            Ok(_) | Err(DbError::NotFound) => unknown.push(code.clone()),
            Err(e) => return Err(e.into()),
        }
    }
    unknown.sort();
    unknown.dedup();
    Ok(unknown)
}

/// Its name, for buttons and sentences.
pub(super) fn name(cx: &Ctx) -> Option<&str> {
    of(cx).map(|p| p.said.name.as_str())
}

/// Who gave a role, where a group of the provider did.
pub(super) fn source(issuer: &str) -> String {
    format!("{BY_PROVIDER}{issuer}")
}
pub(super) const BY_PROVIDER: &str = "provider:";

/// How far the clocks of two machines may be apart.
const LEEWAY: i64 = 60 * SECOND;
