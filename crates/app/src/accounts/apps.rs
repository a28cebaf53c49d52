//! The program as platforms know it: one app of the government's for each platform and server. Where a person has to
//! make it at the platform, an administrator enters its id and its secret here, once for all accounts; where servers
//! want to be introduced to, the program does so when an account first needs it. A secret goes to no other server than
//! its own.
use super::store::apps::{self as rows, AppRow};
use super::store::sign_ins;
use super::{AccountAppRemoved, AccountAppSet, vault};
use crate::ledger::Record;
use crate::people::roles::MANAGE_SYSTEM;
use connect::{Access, App, Connector, Registry, Secret, SignIn};
use ground::db::{Run, Tx};
use ground::{Ctx, Error, FieldError, Result, Say};

/// Longer than any id or secret that a platform gives.
const LONGEST: usize = 500;

/// What an administrator enters.
#[derive(Clone, Default)]
pub struct NewApp {
    /// The connector's short name.
    pub platform: String,
    /// Blank: the one most accounts are on.
    pub server: String,
    pub id: String,
    pub secret: String,
}

/// A platform where a person has to make the app: its short name, its name, its usual server, and what the app must be
/// allowed.
pub struct Place {
    pub platform: &'static str,
    pub name: &'static str,
    pub server: &'static str,
    pub scopes: &'static [&'static str],
}

/// Where browsers come back to: the address to enter at platforms.
pub fn redirect(cx: &Ctx) -> String {
    cx.url("/accounts/callback")
}

fn manages(cx: &Ctx) -> Result<()> {
    if cx.actor.may_everywhere(MANAGE_SYSTEM) { Ok(()) } else { Err(Error::not_allowed()) }
}

pub fn places(cx: &Ctx) -> Result<Vec<Place>> {
    let nobody = Access {
        base_url: String::new(),
        secret: Secret::new(""),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    let place = |c: &std::sync::Arc<dyn Connector>| {
        let (can, sign_in) = (c.capabilities(), c.sign_in(&nobody).filter(|s| !s.introduces)?);
        Some(Place {
            platform: can.platform,
            name: can.name,
            server: can.server.unwrap_or_default(),
            scopes: sign_in.scopes,
        })
    };
    Ok(cx.machine.part::<Registry>()?.all().filter_map(place).collect())
}

pub async fn list(cx: &Ctx) -> Result<Vec<AppRow>> {
    manages(cx)?;
    Ok(rows::all(cx.db()).await?)
}

/// The app of a platform and server, from now on; the one before is no longer used.
pub async fn set(cx: &Ctx, new: &NewApp) -> Result<AppRow> {
    manages(cx)?;
    let mut wrong = vec![];
    let field = |name: &str, key: &'static str| FieldError::new(name, Say::new(key));
    let place = places(cx)?.into_iter().find(|p| p.platform == new.platform);
    let usual = place.as_ref().map(|p| p.server).unwrap_or_default();
    if place.is_none() {
        wrong.push(field("platform", "accounts-error-app-platform"));
    }
    let server = if new.server.trim().is_empty() { usual } else { new.server.trim() }.trim_end_matches('/').to_owned();
    if place.is_some() && open(cx, &server).is_err() {
        wrong.push(field("server", "accounts-error-server"));
    }
    let app = App { id: new.id.trim().to_owned(), secret: Secret::new(new.secret.trim()) };
    for (name, part) in [("client_id", app.id.as_str()), ("client_secret", app.secret.reveal())] {
        if part.is_empty() || part.len() > LONGEST || part.contains(':') || !part.bytes().all(|b| b.is_ascii_graphic())
        {
            wrong.push(field(name, "accounts-error-app-part"));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let tx = cx.begin("accounts.app").await?;
    let row = put(cx, &tx, &new.platform, &server, &app, false).await?;
    cx.commit(tx).await?;
    Ok(row)
}

/// An address that may be called and that browsers may be sent to.
pub(super) fn open(cx: &Ctx, address: &str) -> Result<(), String> {
    let url = url::Url::parse(address).map_err(|e| e.to_string())?;
    ground::fetch::check(&url, cx.machine.config.allow_loopback)
}

async fn put(cx: &Ctx, tx: &Tx, platform: &str, server: &str, app: &App, introduced: bool) -> Result<AppRow> {
    if let Some(old) = rows::at(tx, platform, server).await? {
        rows::remove(tx, old.id).await?;
    }
    let id = cx.id();
    let row = AppRow {
        id,
        platform: platform.to_owned(),
        server: server.to_owned(),
        client_id: app.id.clone(),
        secret: vault::seal_app(cx, id, app.secret.reveal())?,
        redirect: redirect(cx),
        introduced,
        set_at: cx.now(),
    };
    rows::insert(tx, &row).await?;
    let fact = AccountAppSet { app: id, platform: row.platform.clone(), server: row.server.clone(), introduced };
    tx.record(cx, &fact).await?;
    Ok(row)
}

pub async fn remove(cx: &Ctx, id: i64) -> Result<()> {
    manages(cx)?;
    let row = rows::app(cx.db(), id).await?.ok_or_else(Error::not_found)?;
    forget(cx, &row).await
}

/// The platform does not know it any more, or nobody wants it.
pub(super) async fn forget(cx: &Ctx, row: &AppRow) -> Result<()> {
    let tx = cx.begin("accounts.app-removed").await?;
    if rows::remove(&tx, row.id).await? {
        let (platform, server) = (row.platform.clone(), row.server.clone());
        tx.record(cx, &AccountAppRemoved { app: row.id, platform, server }).await?;
    }
    Ok(cx.commit(tx).await?)
}

/// The app for an account on a server, if there is one that browsers come back from to where we are.
pub(super) async fn known(
    cx: &Ctx,
    c: &impl Run,
    platform: &str,
    server: &str,
    introduces: bool,
) -> Result<Option<AppRow>> {
    let found = rows::at(c, platform, server).await?;
    // A server that was introduced to is told anew where browsers come back to; a person has entered the other.
    Ok(found.filter(|row| !introduces || row.redirect == redirect(cx)))
}

/// The same, introduced where there is none yet. No transaction is open while the server is asked.
pub(super) async fn of(cx: &Ctx, connector: &dyn Connector, access: &Access, sign_in: &SignIn) -> Result<AppRow> {
    let (platform, server) = (connector.capabilities().platform, access.base_url.as_str());
    if let Some(row) = known(cx, cx.db(), platform, server, sign_in.introduces).await? {
        return Ok(row);
    }
    let wrong = |say: Say| Error::invalid(vec![FieldError::new("sign_in", say)]);
    if !sign_in.introduces {
        return Err(wrong(Say::new("accounts-error-no-app").arg("server", server)));
    }
    let app = connector
        .introduce(access, &cx.url(""), &redirect(cx))
        .await
        .map_err(|failure| wrong(Say::new("accounts-error-not-introduced").arg("why", failure.to_string())))?;
    let tx = cx.begin("accounts.app-introduced").await?;
    // Somebody else was first in the meantime: theirs is as good.
    if let Some(row) = known(cx, &tx, platform, server, true).await? {
        return Ok(row);
    }
    let row = put(cx, &tx, platform, server, &app, true).await?;
    cx.commit(tx).await?;
    Ok(row)
}

pub(super) async fn opened(cx: &Ctx, id: i64) -> Result<Option<(AppRow, App)>> {
    let Some(row) = rows::app(cx.db(), id).await? else { return Ok(None) };
    let secret = Secret::new(vault::open_app(cx, row.id, &row.secret)?);
    let app = App { id: row.client_id.clone(), secret };
    Ok(Some((row, app)))
}

/// Seals every app's secret with the newest master key. Who is at a platform just now begins again. Done twice, it is
/// done.
pub async fn seal_apps_anew(cx: &Ctx) -> Result<()> {
    let tx = cx.begin("accounts.seal-apps-anew").await?;
    for row in rows::all(&tx).await? {
        let secret = vault::open_app(cx, row.id, &row.secret)?;
        rows::seal(&tx, row.id, vault::seal_app(cx, row.id, &secret)?).await?;
    }
    sign_ins::forget_all(&tx).await?;
    Ok(cx.commit(tx).await?)
}
