//! Connecting an account by signing in at its platform. Somebody is sent there with a state, which is good once, for
//! ten minutes, for this account and in the session they were sent from; what the browser brings back is exchanged for
//! a key, and the key is looked at like one that was typed: it must open the account that was approved.
//!
//! One address to come back to serves every platform. That a platform could be made to bring what another one gave is
//! met by four things: a server that says who it is must be the one that was asked; the code is of use only with the
//! secret of the app it was given to, only with the verifier it was asked with where the platform looks at it, and only
//! for a key of the very account.
use super::account::Account;
use super::actions::{self, Key, connect_with, connector_of};
use super::store::sign_ins::{self as rows, AskedRow};
use super::{AccountSignInRefused, apps, rules, store, vault};
use crate::ledger::Record;
use connect::{Access, Brought, Connector, Failure, Secret, SignIn};
use ground::clock::{DAY, MINUTE, SECOND};
use ground::crypto::sha256_hex;
use ground::db::Tx;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::sync::Arc;

/// For as long as signing in somewhere takes.
const WAITS: i64 = 10 * MINUTE;
/// Used or not, it is kept for a day, so that whoever comes late is told what happened.
const KEPT: i64 = DAY;
/// No state of ours is longer.
const LONGEST: usize = 100;
/// The platforms' words for "no, I do not permit it": the standard's, and LinkedIn's.
const DENIED: [&str; 3] = ["access_denied", "user_cancelled_login", "user_cancelled_authorize"];

/// Where to send the browser, and until when it may come back.
pub struct Begun {
    pub account: Account,
    pub url: String,
    pub until: i64,
}

/// What a browser brought back.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Came {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    /// What the server that sent it back calls itself (RFC 9207).
    iss: Option<String>,
}

/// How an account can be connected so.
pub struct Offer {
    pub connector: Arc<dyn Connector>,
    pub sign_in: SignIn,
    /// Without a key: whose server is asked.
    pub access: Access,
}

/// How the account's platform offers it, on the server that was typed, else on the one it is connected to, its usual
/// one, or the one of its address.
pub fn offer(cx: &Ctx, account: &Account, typed: &str) -> Result<Option<Offer>> {
    let Some(connector) = connector_of(cx, &account.platform)? else { return Ok(None) };
    let usual = connector.capabilities().server.unwrap_or_default();
    let own = url::Url::parse(&account.url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let server = [typed, &account.base_url, usual, &own].into_iter().map(str::trim).find(|s| !s.is_empty());
    let access = Access {
        base_url: server.unwrap_or_default().trim_end_matches('/').to_owned(),
        secret: Secret::new(""),
        remote_account_id: account.remote_id.clone(),
        handle: account.handle.clone(),
    };
    Ok(connector.sign_in(&access).map(|sign_in| Offer { connector, sign_in, access }))
}

fn wrong(say: Say) -> Error {
    Error::invalid(vec![FieldError::new("sign_in", say)])
}

/// Where to go to sign in for an account.
pub async fn begin(cx: &Ctx, id: i64, server: &str) -> Result<Begun> {
    let account = actions::see(cx, id).await?;
    let offer = offer(cx, &account, server)?;
    rules::may_sign_in(&cx.actor, &account, offer.is_some())?;
    let Offer { connector, sign_in, access } = offer.ok_or_else(Error::not_found)?;
    cx.machine.limits.take("account-sign-in", &cx.actor.label(), 30, 15 * MINUTE)?;
    if apps::open(cx, &access.base_url).is_err() || apps::open(cx, &sign_in.address).is_err() {
        return Err(Error::invalid(vec![FieldError::new("server", Say::new("accounts-error-server"))]));
    }
    let app = apps::of(cx, connector.as_ref(), &access, &sign_in).await?;
    let (sign_in_id, state, verifier) = (cx.id(), cx.machine.ids.token(), cx.machine.ids.token());
    let url = sign_in.url(&app.client_id, &app.redirect, &state, &verifier);
    let row = AskedRow {
        id: sign_in_id,
        account_id: id,
        person_id: cx.actor.person()?,
        session_id: cx.actor.session,
        app_id: app.id,
        server: access.base_url,
        redirect: app.redirect,
        verifier: vault::seal_verifier(cx, sign_in_id, &verifier)?,
        expires_at: cx.now() + WAITS,
        used_at: None,
    };
    let tx = cx.begin("accounts.sign-in").await?;
    rows::ask(&tx, &row, &sha256_hex(state.as_bytes()), cx.now() - KEPT).await?;
    cx.commit(tx).await?;
    Ok(Begun { account, url, until: row.expires_at })
}

/// What came of it, and of which account.
pub struct Back {
    pub account: i64,
    pub result: Result<Account>,
}

/// Somebody comes back from a platform.
pub async fn came_back(cx: &Ctx, came: &Came) -> Result<Back> {
    if cx.actor.person().is_err() {
        let say = Say::new("accounts-sign-in-nobody");
        return Err(Error::malformed(say).next("/sign-in?next=/accounts", Say::new("accounts-sign-in-enter")));
    }
    cx.machine.limits.take("account-callback", &cx.remote, 50, 15 * MINUTE)?;
    let row = ours(cx, came).await?;
    let result = bring(cx, &row, came).await;
    if result.is_ok() {
        // A whole office may come in through one address: only failures count.
        cx.machine.limits.give_back("account-callback", &cx.remote);
    }
    Ok(Back { account: row.account_id, result })
}

/// What was asked with this state, by whoever brings it from where they were sent: nobody else can use it up.
async fn ours(cx: &Ctx, came: &Came) -> Result<AskedRow> {
    let state = came.state.as_deref().unwrap_or_default();
    let lost = |key: &'static str| Error::malformed(Say::new(key)).next("/accounts", Say::new("accounts-back"));
    if state.is_empty() || state.len() > LONGEST {
        return Err(lost("accounts-sign-in-lost"));
    }
    let found = rows::asked(cx.db(), &sha256_hex(state.as_bytes())).await?;
    let row = found.ok_or_else(|| lost("accounts-sign-in-lost"))?;
    let (why, say) = if row.person_id != cx.actor.person()? {
        ("another-person", "accounts-sign-in-foreign")
    } else if row.session_id.is_some() && row.session_id != cx.actor.session {
        ("another-session", "accounts-sign-in-foreign")
    } else if !is_from_there(cx, &row, came.iss.as_deref()).await? {
        ("another-server", "accounts-sign-in-elsewhere")
    } else {
        return Ok(row);
    };
    let tx = cx.begin("accounts.sign-in-foreign").await?;
    record_refused(cx, &tx, row.account_id, why).await?;
    cx.commit(tx).await?;
    Err(lost(say))
}

/// Whether the server that sent the browser back is the one it was sent to, as far as servers say who they are. No
/// transaction is open while one is asked whether it does.
async fn is_from_there(cx: &Ctx, row: &AskedRow, named: Option<&str>) -> Result<bool> {
    let account = actions::see(cx, row.account_id).await?;
    let Some(Offer { connector, sign_in, access }) = offer(cx, &account, &row.server)? else { return Ok(true) };
    let is_over = row.used_at.is_some() || row.expires_at <= cx.now();
    Ok(match named {
        Some(name) => sign_in.is_of(name),
        None => is_over || !connector.names_itself(&access).await,
    })
}

async fn record_refused(cx: &Ctx, tx: &Tx, account: i64, why: &str) -> Result<()> {
    let agency = store::find(tx, account).await?.agency_id;
    tx.record(cx, &AccountSignInRefused { account, agency, why: why.to_owned() }).await?;
    Ok(())
}

async fn bring(cx: &Ctx, row: &AskedRow, came: &Came) -> Result<Account> {
    let account = actions::see(cx, row.account_id).await?;
    if row.used_at.is_some() {
        return Err(wrong(Say::new("accounts-sign-in-twice")));
    }
    if row.expires_at <= cx.now() {
        return Err(wrong(Say::new("accounts-sign-in-late")));
    }
    let told = came.error.as_deref().filter(|e| !e.trim().is_empty());
    let code = came.code.as_deref().filter(|c| !c.trim().is_empty() && told.is_none());
    let tx = cx.begin("accounts.sign-in-back").await?;
    if !rows::spend(&tx, row.id, cx.now()).await? {
        return Err(wrong(Say::new("accounts-sign-in-twice")));
    }
    if code.is_none() {
        let denied = told.is_some_and(|e| DENIED.contains(&e));
        record_refused(cx, &tx, row.account_id, if denied { "denied" } else { "failed" }).await?;
    }
    cx.commit(tx).await?;
    let Some(code) = code else { return Err(wrong(said(told))) };
    let offer = offer(cx, &account, &row.server)?;
    rules::may_sign_in(&cx.actor, &account, offer.is_some())?;
    let key = key(cx, row, offer.ok_or_else(Error::not_found)?, code).await?;
    connect_with(cx, row.account_id, &row.server, &key).await
}

/// What the platform said instead of a code. Only a word that can be one of the standard's is shown.
fn said(error: Option<&str>) -> Say {
    let is_word = |e: &&str| e.len() <= 60 && e.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match error {
        Some(error) if DENIED.contains(&error) => Say::new("accounts-sign-in-denied"),
        Some(error) => Say::new("accounts-sign-in-failed").arg("error", Some(error).filter(is_word).unwrap_or("?")),
        None => Say::new("accounts-sign-in-no-code"),
    }
}

/// The key for a code. No transaction is open while the platform is asked, and it is asked once: a code is good for
/// one call.
async fn key(cx: &Ctx, row: &AskedRow, offer: Offer, code: &str) -> Result<Key> {
    let Some((app_row, app)) = apps::opened(cx, row.app_id).await? else {
        return Err(wrong(Say::new("accounts-sign-in-app-gone")));
    };
    let verifier = Secret::new(vault::open_verifier(cx, row.id, &row.verifier)?);
    let brought = Brought { app, code: Secret::new(code), verifier, redirect: row.redirect.clone() };
    let granted = match offer.connector.exchange(&offer.access, &brought).await {
        Ok(granted) => granted,
        Err(failure) => {
            // A server that has forgotten the program is introduced to anew the next time.
            if app_row.introduced && matches!(&failure, Failure::Refused { code, .. } if code == "app-not-known") {
                apps::forget(cx, &app_row).await?;
            }
            return Err(wrong(Say::new("accounts-error-not-granted").arg("why", failure.to_string())));
        }
    };
    Ok(Key {
        secret: granted.secret.reveal().to_owned(),
        refresh: granted.refresh.map(|r| r.reveal().to_owned()).unwrap_or_default(),
        until: granted.lasts_s.map(|s| cx.now() + s * SECOND),
    })
}
