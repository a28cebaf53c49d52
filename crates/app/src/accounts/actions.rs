//! Verbs on accounts: ask for, approve, connect, close.
use super::account::Account;
use super::address::known_as;
use super::care::short;
use super::life::{Asked, End, Proof};
use super::practice;
use super::rules::{self, Asking, Closing, Request, Reviewed};
use super::store::{self, look_up::LookedUp, public::Report};
use super::{AccountApproved, AccountClosed, AccountConnected, AccountProven, AccountRequested};
use super::{renewing, vault};
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::policy::Pack;
use crate::{people, plans, platforms};
use connect::{Access, Connector, Kind, Registry, Secret};
use ground::crypto::sha256_hex;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::sync::Arc;

/// Where the practice network runs, when this process runs one.
pub struct PracticeNetwork {
    pub base_url: String,
}

/// The platform that is our own public site.
pub const SITE: &str = "site";
/// Our own mail to those who asked for it, as a platform.
pub const NEWSLETTER: &str = "newsletter";

/// Our own show of sound recordings and films, as a platform.
pub const PODCAST: &str = "podcast";

/// What the program itself is the channel of: no server of others, no key, no connection.
pub fn is_ours(platform: &str) -> bool {
    matches!(platform, SITE | NEWSLETTER | PODCAST)
}

#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    pub agency: i64,
    pub platform: String,
    pub handle: String,
    pub url: String,
    pub asking: Asking,
}

/// Where a platform stands for an agency; one the pack does not know is reported as unknown, not as unreviewed.
async fn reviewed(cx: &Ctx, platform: &str, agency: i64) -> Result<(Reviewed, Option<i64>)> {
    if cx.machine.part::<Pack>()?.platforms().find(platform).is_none() {
        return Ok((Reviewed { open: true, word: "" }, None));
    }
    let standing = platforms::standing(cx, platform, Some(agency)).await?;
    Ok((Reviewed { open: standing.state.open(), word: standing.state.word() }, standing.review))
}

pub async fn see(cx: &Ctx, id: i64) -> Result<Account> {
    let account = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, account.agency_id) { Ok(account) } else { Err(Error::not_allowed()) }
}

pub async fn request(cx: &Ctx, new: &NewAccount) -> Result<Account> {
    let mut url = new.url.trim().to_owned();
    if is_ours(&new.platform) && url.is_empty() {
        let code = crate::agencies::find(cx.db(), new.agency).await?.code;
        let under = match new.platform.as_str() {
            NEWSLETTER => "/newsletter",
            PODCAST => "/podcast",
            _ => "",
        };
        url = cx.url(&format!("/agencies/{code}{under}"));
    }
    let known =
        known_as(&url).ok_or_else(|| Error::invalid(vec![FieldError::new("url", Say::new("accounts-error-url"))]))?;
    short(&[("purpose", &new.asking.purpose), ("scope", &new.asking.scope), ("apart", &new.asking.apart)])?;
    let plan = plans::approved_plan(cx.db(), new.agency, cx.now()).await?;
    let (review, review_id) = reviewed(cx, &new.platform, new.agency).await?;
    let vacant = people::vacancies(&cx.as_system()).await?.iter().any(|(agency, _)| *agency == new.agency);
    let tx = cx.begin("accounts.request").await?;
    let platform = cx.machine.part::<Pack>()?.platforms().find(&new.platform);
    let offered = platform.map(|p| practice::is_offered(cx, p)).transpose()?;
    let alike = store::life::alike(&tx, new.agency, &new.platform).await?;
    let request = Request {
        agency: new.agency,
        has_plan: plan.is_some(),
        vacant,
        platform_known: offered == Some(true),
        address_taken: store::overlaps(&tx, &known).await?,
        handle: &new.handle,
        own: platforms::is_own(cx, &new.platform)?,
        platform: review,
        asking: &new.asking,
        alike: &alike.iter().map(|a| a.label(cx)).collect::<Vec<_>>(),
    };
    rules::may_request(&cx.actor, &request)?;
    let own = request.own;
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
    if !own {
        store::life::ask(&tx, &asked(cx, account.id, &new.asking, review_id)).await?;
    }
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

fn asked(cx: &Ctx, account_id: i64, a: &Asking, review_id: Option<i64>) -> Asked {
    let text = |t: &String| t.trim().to_owned();
    let code = format!("drelwa-{}", ground::crypto::hex(&cx.machine.ids.secret(6)));
    let (purpose, scope, apart) = (text(&a.purpose), text(&a.scope), text(&a.apart));
    Asked { account_id, purpose, scope, apart, per_week: a.per_week, review_id, code }
}

/// Approved by somebody else. Our own channels need no connection: they are live at once.
pub async fn approve(cx: &Ctx, id: i64) -> Result<Account> {
    let account = see(cx, id).await?;
    let has_plan = plans::approved_plan(cx.db(), account.agency_id, cx.now()).await?.is_some();
    let (review, _) = reviewed(cx, &account.platform, account.agency_id).await?;
    rules::may_approve(&cx.actor, &account, has_plan, review)?;
    let tx = cx.begin("accounts.approve").await?;
    store::set_state(&tx, &account, "approved").await?;
    store::decide(&tx, cx.id(), id, "approval", cx.actor.person()?, "", cx.now()).await?;
    tx.record(cx, &AccountApproved { account: id, agency: account.agency_id }).await?;
    if is_ours(&account.platform) {
        let now = store::find(&tx, id).await?;
        store::connect(&tx, &now, None, cx.now()).await?;
        let fact = AccountConnected {
            account: id,
            agency: account.agency_id,
            platform: account.platform,
            url: account.url,
            remote_id: String::new(),
        };
        tx.record(cx, &fact).await?;
    }
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// What opens an account, what renews it, and until when it is good.
#[derive(Clone, Default)]
pub struct Key {
    pub secret: String,
    pub refresh: String,
    pub until: Option<i64>,
}

/// Proves that the secret opens the account that was approved, then keeps the secret sealed.
pub async fn connect(cx: &Ctx, id: i64, base_url: &str, secret: &str) -> Result<Account> {
    connect_with(cx, id, base_url, &Key { secret: secret.into(), ..Key::default() }).await
}

/// The same with a key that runs out.
pub async fn connect_with(cx: &Ctx, id: i64, base_url: &str, key: &Key) -> Result<Account> {
    if key.until.is_some_and(|until| until <= cx.now()) {
        return Err(Error::invalid(vec![FieldError::new("until", Say::new("accounts-error-until"))]));
    }
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
    if url::Url::parse(&base_url).is_err() || key.secret.trim().is_empty() {
        return Err(Error::invalid(vec![FieldError::new("base_url", Say::new("accounts-error-connection"))]));
    }
    let access = Access {
        base_url: base_url.clone(),
        secret: Secret::new(key.secret.trim()),
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
    let bound = bound_id(connector.as_ref(), &who.account_id);
    if account.is_live() && !account.remote_id.is_empty() && account.remote_id != bound {
        let say = Say::new("accounts-error-another-id").arg("id", account.remote_id);
        return Err(Error::invalid(vec![FieldError::new("secret", say)]));
    }
    (account.base_url, account.remote_id) = (base_url, bound);
    // On the practice network a token is the account's own name: it is not kept in the open.
    if !practises {
        account.handle = who.handle;
    }
    let key = renewing::at_once(cx, connector.as_ref(), &access, key).await?;
    let tx = cx.begin("accounts.connect").await?;
    let refresh = Some(key.refresh.trim()).filter(|r| !r.is_empty());
    let (sealed, refresh) = vault::seal(cx, &tx, account.agency_id, id, key.secret.trim(), refresh).await?;
    store::connect(&tx, &account, Some(sealed), cx.now()).await?;
    store::keys::lasting(&tx, id, refresh, account.agency_id, key.until).await?;
    let (person_id, at, detail) = (cx.actor.person()?, cx.now(), account.remote_id.clone());
    store::decide(&tx, cx.id(), id, "connection", person_id, "", at).await?;
    let proof = Proof { id: cx.id(), account_id: id, method: "platform".into(), detail, person_id, at };
    store::life::prove(&tx, &proof).await?;
    store::life::seen(&tx, id, "same", at, None).await?;
    tx.record(cx, &AccountProven { account: id, agency: account.agency_id, method: "platform".into() }).await?;
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

/// Makes an approved account live as a proof on its page does: official, and written to by hand.
#[cfg(test)]
pub async fn open_by_hand(cx: &Ctx, id: i64) {
    let account = store::find(cx.db(), id).await.unwrap();
    let tx = cx.begin("accounts.test").await.unwrap();
    store::connect(&tx, &account, None, cx.now()).await.unwrap();
    cx.commit(tx).await.unwrap();
}

/// The connector of a platform, if the program can speak to it.
pub fn connector_of(cx: &Ctx, platform: &str) -> Result<Option<Arc<dyn Connector>>> {
    let named = cx.machine.part::<Pack>()?.platforms().find(platform).and_then(|p| p.connector.as_deref());
    Ok(cx.machine.part::<Registry>()?.get(named.unwrap_or(platform)))
}

/// Whether posts go out on an account: some platforms have no public place, and the program only answers people there. What
/// a person puts on by hand is not the program's.
pub fn takes_posts(cx: &Ctx, account: &Account) -> Result<bool> {
    let by_hand = account.base_url.is_empty();
    Ok(by_hand || connector_of(cx, &account.platform)?.is_none_or(|c| c.capabilities().publishes))
}

/// What people call a platform: in our own words what is ours, by its own name what is not.
pub fn platform_name(cx: &Ctx, platform: &str) -> String {
    match platform {
        SITE => return cx.words().t(cx.lang, "accounts-platform-site"),
        NEWSLETTER => return cx.words().t(cx.lang, "accounts-platform-newsletter"),
        PODCAST => return cx.words().t(cx.lang, "accounts-platform-podcast"),
        _ => {}
    }
    if let Ok(Some(connector)) = connector_of(cx, platform)
        && connector.capabilities().kind == Kind::Practice
    {
        let registry = cx.machine.part::<Registry>().ok();
        let played = registry.and_then(|r| r.get(r.played(connector.capabilities().platform)?));
        return match played {
            Some(real) => {
                let say = Say::new("accounts-platform-practice-as").arg("platform", real.capabilities().name);
                cx.words().say(cx.lang, &say)
            }
            None => cx.words().t(cx.lang, "accounts-platform-practice"),
        };
    }
    let named = cx.machine.part::<Pack>().ok().and_then(|pack| pack.platforms().find(platform));
    named.map_or_else(|| platform.to_owned(), |p| p.name.clone())
}

/// The address of the server an account is on; of the practice network, wherever this process runs it.
pub fn server_of(cx: &Ctx, account: &Account) -> Result<String> {
    let practises = connector_of(cx, &account.platform)?.is_some_and(|c| c.capabilities().kind == Kind::Practice);
    let network = cx.machine.part::<PracticeNetwork>().ok().filter(|_| practises);
    Ok(network.map_or_else(|| account.base_url.clone(), |n| n.base_url.clone()))
}

/// How to act on the platform as this account: for sending and reading only; never shown, logged or exported.
pub async fn access(cx: &Ctx, account: &Account) -> Result<Access> {
    let connector = connector_of(cx, &account.platform)?;
    let access = Access {
        base_url: server_of(cx, account)?,
        secret: Secret::new(""),
        remote_account_id: account.remote_id.clone(),
        handle: account.handle.clone(),
    };
    access_by(cx, account, access, connector.as_deref()).await
}

/// The same by a connector of the caller's: the key is renewed first when it is about to end.
pub(super) async fn access_by(
    cx: &Ctx,
    account: &Account,
    access: Access,
    connector: Option<&dyn Connector>,
) -> Result<Access> {
    let opened = match connector {
        Some(connector) => renewing::current(cx, account, &access, connector).await?,
        None => vault::open(cx, account.id).await?,
    };
    Ok(Access { secret: Secret::new(opened.secret), ..access })
}

/// The id an account is bound to. On the practice network the id is the token itself, and only its fingerprint is kept.
pub fn bound_id(connector: &dyn Connector, id: &str) -> String {
    let practises = connector.capabilities().kind == Kind::Practice;
    if practises { format!("practice-{}", &sha256_hex(id.as_bytes())[..16]) } else { id.to_owned() }
}

/// Whether somebody on its platform, by the id they have there, is the account itself.
pub fn is_itself(cx: &Ctx, account: &Account, id: &str) -> Result<bool> {
    let Some(connector) = connector_of(cx, &account.platform)? else { return Ok(false) };
    Ok(!account.remote_id.is_empty() && bound_id(connector.as_ref(), id) == account.remote_id)
}

/// Closes an account: its secret is destroyed; it stays known as a former official one, with a notice, where its records
/// are, and where people go now.
pub async fn close(cx: &Ctx, id: i64, c: &Closing) -> Result<Account> {
    let account = see(cx, id).await?;
    let successor = match known_as(&c.successor) {
        Some(known) => store::life::verdict(cx.db(), &known).await?.filter(|(a, _)| a.is_live() && a.id != id),
        None => None,
    };
    let ends = account.live_since.is_some() && !platforms::is_own(cx, &account.platform)?;
    rules::may_close(&cx.actor, &account, c, ends, successor.is_some())?;
    short(&[("archive", &c.archive), ("notice", &c.notice), ("reason", &c.reason)])?;
    let tx = cx.begin("accounts.close").await?;
    store::close(&tx, &account, cx.now()).await?;
    vault::destroy(&tx, id).await?;
    store::decide(&tx, cx.id(), id, "closure", cx.actor.person()?, c.reason.trim(), cx.now()).await?;
    let successor_url = successor.map(|(a, _)| a.url).unwrap_or_default();
    let (archive, notice) = (c.archive.trim().to_owned(), c.notice.trim().to_owned());
    let end = End { account_id: id, archive, notice, parked: c.parked, successor_url };
    store::life::end(&tx, &end).await?;
    let fact = AccountClosed {
        account: id,
        agency: account.agency_id,
        reason: c.reason.trim().into(),
        parked: Some(end.parked),
        successor: Some(end.successor_url).filter(|u| !u.is_empty()),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// What the public is told of an address.
#[derive(Debug, Clone)]
pub enum Verified {
    /// Whose it is, and was before.
    Official(Box<LookedUp>),
    /// Until when, and what came after.
    WasOfficial(Box<LookedUp>, i64),
    Impostor(Box<Report>),
    Unknown,
    NotAnAddress,
}

pub async fn verify(cx: &Ctx, url: &str) -> Result<Verified> {
    let Some(known) = known_as(url) else { return Ok(Verified::NotAnAddress) };
    Ok(match store::look_up::look_up(cx.db(), &known).await? {
        // Nothing that is for practice speaks for the government.
        Ok(found) if !practice::counts(cx, &found.account.platform) => Verified::Unknown,
        Ok(found) => {
            let (a, moved_at) = (&found.account, found.more.moved_at);
            // A handle that a stranger took speaks for nobody, whatever the register says.
            let until = if a.is_live() { moved_at } else { Some(a.closed_at.unwrap_or(a.requested_at)) };
            match until {
                None => Verified::Official(Box::new(found)),
                Some(until) => Verified::WasOfficial(Box::new(found), until),
            }
        }
        Err(Some(report)) => Verified::Impostor(Box::new(report)),
        Err(None) => Verified::Unknown,
    })
}
