//! Secrets of accounts: sealed with a key of the agency's own, which the master key wraps. Nothing here is shown, logged or
//! exported. Changing the master key changes every agency's key with it, one agency at a time: killed half way, it goes on
//! where it was.
use super::store::hooks;
use super::store::keys::{self, Sealed};
use super::{AccountKeyChanged, store};
use crate::ledger::Record;
use ground::crypto::{Masters, Vault};
use ground::db::Tx;
use ground::{Ctx, Error, Result};

/// What sealed secrets before agencies had keys of their own.
const BARE: &str = "secrets";

fn sealed_as(account: i64) -> Vec<u8> {
    format!("account:{account}").into_bytes()
}
fn renewed_as(account: i64) -> Vec<u8> {
    format!("account-refresh:{account}").into_bytes()
}
fn hook_as(account: i64) -> Vec<u8> {
    format!("account-hook:{account}").into_bytes()
}
fn app_as(app: i64) -> Vec<u8> {
    format!("account-app:{app}").into_bytes()
}
fn verifier_as(sign_in: i64) -> Vec<u8> {
    format!("account-sign-in:{sign_in}").into_bytes()
}
fn wrapped_as(agency: i64) -> Vec<u8> {
    format!("agency-key:{agency}").into_bytes()
}

/// A secret in the open, for the one call that needs it.
pub struct Opened {
    pub secret: String,
    pub refresh: Option<String>,
    pub until: Option<i64>,
    pub round: i64,
}

fn text(bytes: Vec<u8>) -> Result<String> {
    // The cause would carry the bytes: they are nobody's to read.
    String::from_utf8(bytes).map_err(|_| Error::fault("a secret is not text"))
}

fn unwrapped(cx: &Ctx, agency: i64, wrapped: &[u8], master: &str) -> Result<Vault> {
    let key = cx.machine.part::<Masters>()?.named(master)?.open(&wrapped_as(agency), wrapped)?;
    let key: [u8; 32] = key.try_into().map_err(|_| Error::fault("an agency's key is not 32 bytes long"))?;
    Ok(Vault::new(&key, BARE))
}

/// A new key for an agency: wrapped, with the name of the master key that wraps it, and ready for use.
fn fresh(cx: &Ctx, agency: i64) -> Result<(Vec<u8>, String, Vault)> {
    let key: [u8; 32] =
        cx.machine.ids.secret(32).try_into().map_err(|_| Error::fault("an agency's key is not 32 bytes long"))?;
    let (master, vault) = cx.machine.part::<Masters>()?.newest()?;
    Ok((vault.seal(&wrapped_as(agency), &key)?, master, Vault::new(&key, BARE)))
}

/// The agency's own key, made when it has none, held until the transaction ends.
async fn own(cx: &Ctx, tx: &Tx, agency: i64) -> Result<Vault> {
    if keys::hold(tx, agency).await?.is_none() {
        let (wrapped, master, _) = fresh(cx, agency)?;
        keys::insert(tx, agency, wrapped, &master, cx.now()).await?;
    }
    let row = keys::hold(tx, agency).await?.ok_or_else(|| Error::fault("an agency has no key"))?;
    unwrapped(cx, agency, &row.wrapped, &row.master)
}

/// Seals what opens an account, and what renews it, with the agency's key, in the caller's transaction.
pub async fn seal(
    cx: &Ctx,
    tx: &Tx,
    agency: i64,
    account: i64,
    secret: &str,
    refresh: Option<&str>,
) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
    let vault = own(cx, tx, agency).await?;
    let refresh = refresh.map(|r| vault.seal(&renewed_as(account), r.as_bytes())).transpose()?;
    Ok((vault.seal(&sealed_as(account), secret.as_bytes())?, refresh))
}

/// The same for the secret that was agreed upon with the platform for its calls.
pub async fn seal_hook(cx: &Ctx, tx: &Tx, agency: i64, account: i64, secret: &str) -> Result<Vec<u8>> {
    own(cx, tx, agency).await?.seal(&hook_as(account), secret.as_bytes())
}

fn plain_hook(cx: &Ctx, s: &hooks::SealedHook) -> Result<Vec<u8>> {
    unwrapped(cx, s.sealed_by, &s.wrapped, &s.master)?.open(&hook_as(s.account_id), &s.secret)
}

pub async fn open_hook(cx: &Ctx, account: i64) -> Result<Option<String>> {
    let sealed = hooks::sealed(cx.db(), account).await?;
    sealed.map(|s| text(plain_hook(cx, &s)?)).transpose()
}

fn plain(cx: &Ctx, s: &Sealed) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
    let Some(secret) = &s.secret else { return Ok((vec![], None)) };
    if let (Some(agency), Some(wrapped), Some(master)) = (s.sealed_by, &s.wrapped, &s.master) {
        let vault = unwrapped(cx, agency, wrapped, master)?;
        let refresh = s.refresh.as_ref().map(|r| vault.open(&renewed_as(s.id), r)).transpose()?;
        return Ok((vault.open(&sealed_as(s.id), secret)?, refresh));
    }
    Ok((cx.machine.part::<Masters>()?.open(BARE, &sealed_as(s.id), secret)?, None))
}

pub async fn open(cx: &Ctx, account: i64) -> Result<Opened> {
    let Some(s) = keys::sealed(cx.db(), account).await? else {
        return Ok(Opened { secret: String::new(), refresh: None, until: None, round: 0 });
    };
    let (secret, refresh) = plain(cx, &s)?;
    let (until, round) = (s.secret_until, s.secret_round.unwrap_or(0));
    Ok(Opened { secret: text(secret)?, refresh: refresh.map(text).transpose()?, until, round })
}

/// What belongs to no agency is sealed with the master key itself: the secret of an app at a platform …
pub fn seal_app(cx: &Ctx, app: i64, secret: &str) -> Result<Vec<u8>> {
    cx.machine.part::<Masters>()?.seal(BARE, &app_as(app), secret.as_bytes())
}
pub fn open_app(cx: &Ctx, app: i64, sealed: &[u8]) -> Result<String> {
    text(cx.machine.part::<Masters>()?.open(BARE, &app_as(app), sealed)?)
}

/// … and what a proof is made of, while somebody signs in there.
pub fn seal_verifier(cx: &Ctx, sign_in: i64, verifier: &str) -> Result<Vec<u8>> {
    cx.machine.part::<Masters>()?.seal(BARE, &verifier_as(sign_in), verifier.as_bytes())
}
pub fn open_verifier(cx: &Ctx, sign_in: i64, sealed: &[u8]) -> Result<String> {
    text(cx.machine.part::<Masters>()?.open(BARE, &verifier_as(sign_in), sealed)?)
}

/// Gives every agency a new key under the newest master key, and seals its secrets anew. `most` agencies at most; returns
/// how many it was, 0 when none is behind.
pub async fn change_keys(cx: &Ctx, most: usize) -> Result<usize> {
    let (newest, _) = cx.machine.part::<Masters>()?.newest()?;
    let mut done = 0;
    for row in keys::behind(cx.db(), &newest).await?.into_iter().take(most) {
        change_key(cx, row.agency_id).await?;
        done += 1;
    }
    if done > 0 || most == 0 {
        return Ok(done);
    }
    // What was sealed with the master key itself gets an agency's key.
    for s in keys::sealed_bare(cx.db()).await?.into_iter().take(most) {
        let tx = cx.begin("accounts.seal-anew").await?;
        let (secret, _) = plain(cx, &s)?;
        let vault = own(cx, &tx, s.agency_id).await?;
        keys::put(&tx, s.id, vault.seal(&sealed_as(s.id), &secret)?, None, s.agency_id).await?;
        cx.commit(tx).await?;
        done += 1;
    }
    Ok(done)
}

async fn change_key(cx: &Ctx, agency: i64) -> Result<()> {
    let tx = cx.begin("accounts.change-key").await?;
    let Some(old) = keys::hold(&tx, agency).await? else { return Ok(()) };
    let (wrapped, master, vault) = fresh(cx, agency)?;
    for s in keys::sealed_with(&tx, agency).await? {
        let (secret, refresh) = plain(cx, &s)?;
        let refresh = refresh.map(|r| vault.seal(&renewed_as(s.id), &r)).transpose()?;
        keys::put(&tx, s.id, vault.seal(&sealed_as(s.id), &secret)?, refresh, agency).await?;
    }
    for s in hooks::sealed_with(&tx, agency).await? {
        let secret = plain_hook(cx, &s)?;
        hooks::seal(&tx, s.account_id, vault.seal(&hook_as(s.account_id), &secret)?, agency).await?;
    }
    keys::change(&tx, agency, wrapped, &master, cx.now()).await?;
    tx.record(cx, &AccountKeyChanged { agency, generation: old.generation + 1 }).await?;
    Ok(cx.commit(tx).await?)
}

/// What a closed account had: nothing stays.
pub async fn destroy(tx: &Tx, account: i64) -> Result<()> {
    hooks::remove(tx, account).await?;
    Ok(store::keys::forget(tx, account).await?)
}
