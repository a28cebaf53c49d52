//! Verbs on accounts: ask for, approve, connect, close.
use super::account::Account;
use super::address::known_as;
use super::rules::{self, Request};
use super::store;
use super::{AccountApproved, AccountClosed, AccountConnected, AccountRequested};
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::plans;
use crate::policy::Pack;
use connect::{Access, Connector, Kind, Registry, Secret};
use ground::crypto::Vault;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::sync::Arc;

/// Where the practice network runs, when this process runs one.
pub struct PracticeNetwork {
    pub base_url: String,
}

/// The platform that is our own public site.
pub const SITE: &str = "site";

#[derive(Debug, Clone)]
pub struct NewAccount {
    pub agency: i64,
    pub platform: String,
    pub handle: String,
    pub url: String,
}

pub async fn see(cx: &Ctx, id: i64) -> Result<Account> {
    let account = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, account.agency_id) { Ok(account) } else { Err(Error::not_allowed()) }
}

pub async fn request(cx: &Ctx, new: &NewAccount) -> Result<Account> {
    let mut url = new.url.trim().to_owned();
    if new.platform == SITE && url.is_empty() {
        url = cx.url(&format!("/agencies/{}", crate::agencies::find(cx.db(), new.agency).await?.code));
    }
    let known =
        known_as(&url).ok_or_else(|| Error::invalid(vec![FieldError::new("url", Say::new("accounts-error-url"))]))?;
    let plan = plans::approved_plan(cx.db(), new.agency).await?;
    let tx = cx.begin("accounts.request").await?;
    let platform = cx.machine.part::<Pack>()?.platforms().find(&new.platform);
    let request = Request {
        agency: new.agency,
        has_plan: plan.is_some(),
        platform_known: platform.is_some_and(|p| p.status.word() != "retired"),
        address_taken: store::overlaps(&tx, &known).await?,
        handle: &new.handle,
    };
    rules::may_request(&cx.actor, &request)?;
    let account = Account {
        id: cx.id(),
        agency_id: new.agency,
        platform: new.platform.clone(),
        handle: new.handle.trim().into(),
        url,
        known_as: known,
        base_url: String::new(),
        remote_id: String::new(),
        state: "requested".into(),
        plan_id: plan.unwrap_or(0),
        requested_by: cx.actor.person()?,
        requested_at: cx.now(),
        live_since: None,
        closed_at: None,
        version: 1,
    };
    store::insert(&tx, &account).await?;
    let fact = AccountRequested {
        account: account.id,
        agency: new.agency,
        platform: new.platform.clone(),
        url: account.url.clone(),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(account)
}

/// Approved by somebody else. Our own site needs no connection: it is live at once.
pub async fn approve(cx: &Ctx, id: i64) -> Result<Account> {
    let account = see(cx, id).await?;
    let has_plan = plans::approved_plan(cx.db(), account.agency_id).await?.is_some();
    rules::may_approve(&cx.actor, &account, has_plan)?;
    let tx = cx.begin("accounts.approve").await?;
    store::set_state(&tx, &account, "approved").await?;
    store::decide(&tx, cx.id(), id, "approval", cx.actor.person()?, "", cx.now()).await?;
    tx.record(cx, &AccountApproved { account: id, agency: account.agency_id }).await?;
    if account.platform == SITE {
        let now = store::find(&tx, id).await?;
        store::connect(&tx, &now, None, cx.now()).await?;
        let fact = AccountConnected {
            account: id,
            agency: account.agency_id,
            platform: SITE.into(),
            url: account.url,
            remote_id: String::new(),
        };
        tx.record(cx, &fact).await?;
    }
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Proves that the secret opens the account that was approved, then keeps the secret sealed.
pub async fn connect(cx: &Ctx, id: i64, base_url: &str, secret: &str) -> Result<Account> {
    let mut account = see(cx, id).await?;
    rules::may_connect(&cx.actor, &account)?;
    let practice = cx.machine.part::<PracticeNetwork>().ok();
    let connector = connector_of(cx, &account.platform)?
        .ok_or_else(|| Error::invalid(vec![FieldError::new("base_url", Say::new("accounts-error-no-connector"))]))?;
    let practises = connector.capabilities().kind == Kind::Practice;
    // The practice network is wherever this process runs it.
    let base_url = match practice.filter(|_| practises) {
        Some(network) => network.base_url.clone(),
        None => base_url.trim().trim_end_matches('/').to_owned(),
    };
    if url::Url::parse(&base_url).is_err() || secret.trim().is_empty() {
        return Err(Error::invalid(vec![FieldError::new("base_url", Say::new("accounts-error-connection"))]));
    }
    let access = Access {
        base_url: base_url.clone(),
        secret: Secret::new(secret.trim()),
        remote_account_id: String::new(),
        handle: account.handle.clone(),
    };
    let who = connector.whoami(&access).await.map_err(|failure| {
        let say = Say::new("accounts-error-not-opened").arg("why", failure.to_string());
        Error::invalid(vec![FieldError::new("secret", say)])
    })?;
    let found = who.url.clone().unwrap_or_default();
    if !practises && known_as(&found).as_deref() != Some(&account.known_as) {
        let say = Say::new("accounts-error-another").arg("url", found);
        return Err(Error::invalid(vec![FieldError::new("secret", say)]));
    }
    let sealed = cx.machine.part::<Vault>()?.seal(sealed_as(id).as_bytes(), secret.trim().as_bytes())?;
    account.base_url = base_url;
    // On the practice network a token is the account's own name: neither is kept in the open.
    if !practises {
        (account.remote_id, account.handle) = (who.account_id, who.handle);
    }
    let tx = cx.begin("accounts.connect").await?;
    store::connect(&tx, &account, Some(sealed), cx.now()).await?;
    store::decide(&tx, cx.id(), id, "connection", cx.actor.person()?, "", cx.now()).await?;
    let fact = AccountConnected {
        account: id,
        agency: account.agency_id,
        platform: account.platform.clone(),
        url: account.url.clone(),
        remote_id: account.remote_id.clone(),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// The connector of a platform, if the program can speak to it.
pub fn connector_of(cx: &Ctx, platform: &str) -> Result<Option<Arc<dyn Connector>>> {
    let named = cx.machine.part::<Pack>()?.platforms().find(platform).and_then(|p| p.connector.as_deref());
    Ok(cx.machine.part::<Registry>()?.get(named.unwrap_or(platform)))
}

/// What people call a platform: in our own words what is ours, by its own name what is not.
pub fn platform_name(cx: &Ctx, platform: &str) -> String {
    if platform == SITE {
        return cx.words().t(cx.lang, "accounts-platform-site");
    }
    if let Ok(Some(connector)) = connector_of(cx, platform)
        && connector.capabilities().kind == Kind::Practice
    {
        return cx.words().t(cx.lang, "accounts-platform-practice");
    }
    let named = cx.machine.part::<Pack>().ok().and_then(|pack| pack.platforms().find(platform));
    named.map_or_else(|| platform.to_owned(), |p| p.name.clone())
}

fn sealed_as(account: i64) -> String {
    format!("account:{account}")
}

/// How to act on the platform as this account: for sending and reading only; never shown, logged or exported.
pub async fn access(cx: &Ctx, account: &Account) -> Result<Access> {
    let sealed = store::secret(cx.db(), account.id).await?;
    let opened = match sealed {
        Some(sealed) => cx.machine.part::<Vault>()?.open(sealed_as(account.id).as_bytes(), &sealed)?,
        None => vec![],
    };
    let secret = String::from_utf8(opened).map_err(Error::fault)?;
    let practises = connector_of(cx, &account.platform)?.is_some_and(|c| c.capabilities().kind == Kind::Practice);
    let network = cx.machine.part::<PracticeNetwork>().ok().filter(|_| practises);
    Ok(Access {
        base_url: network.map_or_else(|| account.base_url.clone(), |n| n.base_url.clone()),
        secret: Secret::new(secret),
        remote_account_id: account.remote_id.clone(),
        handle: account.handle.clone(),
    })
}

/// Closes an account: its secret is destroyed; it stays known as a former official one.
pub async fn close(cx: &Ctx, id: i64, reason: &str) -> Result<Account> {
    let account = see(cx, id).await?;
    rules::may_close(&cx.actor, &account, reason)?;
    let tx = cx.begin("accounts.close").await?;
    store::close(&tx, &account, cx.now()).await?;
    store::decide(&tx, cx.id(), id, "closure", cx.actor.person()?, reason.trim(), cx.now()).await?;
    let fact = AccountClosed { account: id, agency: account.agency_id, reason: reason.trim().into() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// What the public is told of an address.
#[derive(Debug, Clone)]
pub enum Verified {
    Official(Box<Account>),
    WasOfficial(Box<Account>),
    Unknown,
    NotAnAddress,
}

pub async fn verify(cx: &Ctx, url: &str) -> Result<Verified> {
    let Some(known) = known_as(url) else { return Ok(Verified::NotAnAddress) };
    Ok(match store::known(cx.db(), &known).await? {
        Some(a) if a.state == "live" => Verified::Official(Box::new(a)),
        Some(a) => Verified::WasOfficial(Box::new(a)),
        None => Verified::Unknown,
    })
}
