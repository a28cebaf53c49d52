//! Where a platform may call when something happened on an account: an address nobody can guess, and a secret that was agreed
//! upon with the platform, sealed like a key. What is called is heard further down the river.
use super::account::Account;
use super::store::hooks::{self as rows, Hook};
use super::{AccountHookRemoved, AccountHookSet, actions, rules, store, vault};
use crate::ledger::Record;
use connect::{Connector, Secret};
use ground::clock::SECOND;
use ground::crypto::{hex, same};
use ground::db::Tx;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::sync::Arc;

/// Calls that come in one another's heels are written down as one.
const ONE_AFTER_THE_OTHER: i64 = 10 * SECOND;
/// Longer than any secret that a platform takes or gives.
const LONGEST: usize = 500;

/// What a platform is told: shown once.
pub struct Agreed {
    pub address: String,
    pub secret: String,
}

/// The address to give to the platform.
pub fn address(cx: &Ctx, hook: &Hook) -> String {
    cx.url(&format!("/hooks/{}/{}", hook.account_id, hook.name))
}

/// Whether the platform can call at all.
pub fn calls(cx: &Ctx, account: &Account) -> Result<bool> {
    Ok(actions::connector_of(cx, &account.platform)?.is_some_and(|c| c.capabilities().calls_us))
}

/// What whoever may connect the account sees of it.
pub async fn see(cx: &Ctx, id: i64) -> Result<Option<Hook>> {
    let account = actions::see(cx, id).await?;
    rules::may_hook(&cx.actor, &account, calls(cx, &account)?)?;
    Ok(rows::hook(cx.db(), id).await?)
}

/// A new secret, made of what was typed or of chance; the one before is worth nothing from then on. The address stays.
pub async fn set(cx: &Ctx, id: i64, typed: &str) -> Result<Agreed> {
    let account = actions::see(cx, id).await?;
    rules::may_hook(&cx.actor, &account, calls(cx, &account)?)?;
    let typed = typed.trim();
    let wrong = |say: Say| Error::invalid(vec![FieldError::new("hook_secret", say)]);
    if typed.len() > LONGEST || typed.chars().any(char::is_control) {
        return Err(wrong(Say::new("accounts-error-hook-secret").arg("limit", LONGEST)));
    }
    let chance = hex(&cx.machine.ids.secret(16));
    let word = if typed.is_empty() { chance.as_str() } else { typed };
    let connector = actions::connector_of(cx, &account.platform)?.ok_or_else(Error::not_found)?;
    let access = actions::access(cx, &account).await?;
    let secret = connector
        .agree(&access, word)
        .await
        .map_err(|failure| wrong(Say::new("accounts-error-hook-agree").arg("why", failure.to_string())))?;
    let tx = cx.begin("accounts.hook").await?;
    // Closed in the meantime, it is called no more.
    let account = store::find(&tx, id).await?;
    rules::may_hook(&cx.actor, &account, true)?;
    let name = hex(&cx.machine.ids.secret(16));
    let sealed = vault::seal_hook(cx, &tx, account.agency_id, id, secret.reveal()).await?;
    rows::set(&tx, id, &name, sealed, account.agency_id, cx.now()).await?;
    let hook = rows::hook(&tx, id).await?.ok_or_else(Error::not_found)?;
    let fact = AccountHookSet { account: id, agency: account.agency_id, renewed: hook.name != name };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(Agreed { address: address(cx, &hook), secret: secret.reveal().to_owned() })
}

/// From now on nobody is heard there.
pub async fn remove(cx: &Ctx, id: i64) -> Result<Account> {
    let account = actions::see(cx, id).await?;
    rules::may_hook(&cx.actor, &account, true)?;
    let tx = cx.begin("accounts.hook-removed").await?;
    if rows::remove(&tx, id).await? {
        tx.record(cx, &AccountHookRemoved { account: id, agency: account.agency_id }).await?;
    }
    cx.commit(tx).await?;
    Ok(account)
}

/// Who is called at this address: the account, its connector, and the secret, if all of it is as it was set.
pub struct Door {
    pub account: Account,
    pub connector: Arc<dyn Connector>,
    pub secret: Secret,
}

/// `None`: this address is nobody's.
pub async fn door(cx: &Ctx, account: i64, name: &str) -> Result<Option<Door>> {
    let hook = rows::hook(cx.db(), account).await?.filter(|h| same(h.name.as_bytes(), name.as_bytes()));
    if hook.is_none() {
        return Ok(None);
    }
    let account = store::find(cx.db(), account).await?;
    let connector = actions::connector_of(cx, &account.platform)?.filter(|c| c.capabilities().calls_us);
    let secret = vault::open_hook(cx, account.id).await?;
    Ok(match (account.is_live(), connector, secret) {
        (true, Some(connector), Some(secret)) => Some(Door { account, connector, secret: Secret::new(secret) }),
        _ => None,
    })
}

/// A genuine call came.
pub async fn heard(cx: &Ctx, tx: &Tx, account: i64) -> Result<()> {
    Ok(rows::heard(tx, account, cx.now(), cx.now() - ONE_AFTER_THE_OTHER).await?)
}

/// A call came that counts for nothing: `forged` or `unreadable`.
pub async fn refused(cx: &Ctx, tx: &Tx, account: i64, why: &str) -> Result<()> {
    Ok(rows::refused(tx, account, why, cx.now(), cx.now() - ONE_AFTER_THE_OTHER).await?)
}
