//! What is learnt from each answer, and whether a call may be made now.
use super::hold::{AWAY, Hold, of_account, of_server, rest};
use crate::accounts::{self, Account};
use crate::ledger::Record;
use crate::publishing::facts::{ServerAway, ServerBack};
use crate::publishing::store::away as rows;
use crate::publishing::why;
use connect::{Access, Connector, Failure, Found, Safety, Verdict};
use ground::clock::SECOND;
use ground::{Ctx, Result};
use std::collections::BTreeMap;

/// Whether a call may be made now.
pub enum Way {
    /// Not before that moment, and why.
    Wait(i64, String),
    /// The scope of the server, and whether it failed before.
    Go(Server),
}

/// A server as it is known by.
pub struct Server {
    scope: String,
    troubled: bool,
}

/// A call ends in a third of a lease, by default a minute: so long one delivery may try before another does, and a platform
/// is left alone that asked to wait without saying for how long.
fn call_ends(cx: &Ctx) -> i64 {
    i64::from(cx.machine.config.lease_s) * SECOND / 3
}

pub async fn look(cx: &Ctx, account: &Account, connector: &dyn Connector, access: &Access) -> Result<Way> {
    let scope = of_server(connector.capabilities().platform, &access.base_url);
    let holds = rows::of(cx.db(), &of_account(account.id), &scope).await?;
    let now = cx.now();
    if let Some(h) = holds.iter().find(|h| h.until_at > now) {
        return Ok(Way::Wait(h.until_at, told(h).to_owned()));
    }
    let troubled = holds.iter().find(|h| h.scope == scope);
    if let Some(h) = troubled.filter(|h| h.is_away()) {
        let tx = cx.begin("publishing.probe").await?;
        let mine = rows::probe(&tx, h, now + call_ends(cx)).await?;
        cx.commit(tx).await?;
        if !mine {
            return Ok(Way::Wait(now + call_ends(cx) / 2, told(h).to_owned()));
        }
    }
    Ok(Way::Go(Server { troubled: troubled.is_some(), scope }))
}

/// Whether an account's server is better left alone now: it is away, or the platform asked to wait. Looks only.
pub async fn rests(cx: &Ctx, account: &Account, connector: &dyn Connector, access: &Access) -> Result<bool> {
    let scope = of_server(connector.capabilities().platform, &access.base_url);
    let holds = rows::of(cx.db(), &of_account(account.id), &scope).await?;
    Ok(holds.iter().any(|h| h.is_away() || h.until_at > cx.now()))
}

fn told(h: &Hold) -> &'static str {
    if h.is_away() { why::AWAY } else { why::ASKED_TO_WAIT }
}

/// What an answer says about the server and the account. A refusal is an answer too: somebody is there.
pub async fn learn(cx: &Ctx, account: &Account, server: &Server, verdict: &Verdict) -> Result<()> {
    match verdict {
        Verdict::NotSent { why } | Verdict::Unknown { why } => failed(cx, server, why).await,
        Verdict::RateLimited { until_us } => {
            let until = until_us.unwrap_or_else(|| cx.now() + call_ends(cx));
            let tx = cx.begin("publishing.pause").await?;
            rows::pause(&tx, &of_account(account.id), cx.now(), until, why::RATE_LIMIT).await?;
            cx.commit(tx).await?;
            answered(cx, server).await
        }
        _ => answered(cx, server).await,
    }
}

/// The same of a look for an unanswered call. Where own posts can be listed, a look that finds out nothing reached nobody, or
/// found a key that opens nothing: the simplest question tells which.
pub async fn looked(
    cx: &Ctx,
    server: &Server,
    (connector, access): (&dyn Connector, &Access),
    (found, safety): (&Found, Safety),
) -> Result<()> {
    match (found, safety) {
        (Found::CannotTell, Safety::ReadBack | Safety::TwoPhase) => match connector.whoami(access).await {
            Err(Failure::Unreachable { .. }) => failed(cx, server, why::NO_LOOK).await,
            _ => answered(cx, server).await,
        },
        (Found::CannotTell, _) => Ok(()),
        _ => answered(cx, server).await,
    }
}

async fn failed(cx: &Ctx, server: &Server, why: &str) -> Result<()> {
    let tx = cx.begin("publishing.failed").await?;
    rows::fail(&tx, &server.scope, why, cx.now()).await?;
    let Some(h) = rows::find(&tx, &server.scope).await? else { return Ok(()) };
    if h.is_away() {
        rows::rest(&tx, &server.scope, cx.now() + rest(h.failures, call_ends(cx))).await?;
    }
    if h.failures == AWAY
        && let Some((platform, address)) = h.server()
    {
        let (platform, server, why) = (platform.to_owned(), address.to_owned(), why.to_owned());
        tx.record(cx, &ServerAway { platform, server, why }).await?;
    }
    Ok(cx.commit(tx).await?)
}

async fn answered(cx: &Ctx, server: &Server) -> Result<()> {
    if !server.troubled {
        return Ok(());
    }
    let tx = cx.begin("publishing.answered").await?;
    let before = rows::find(&tx, &server.scope).await?;
    let cleared = rows::clear(&tx, &server.scope).await?;
    if let Some(h) = before.filter(|h| cleared && h.is_away())
        && let Some((platform, address)) = h.server()
    {
        let (platform, server) = (platform.to_owned(), address.to_owned());
        tx.record(cx, &ServerBack { platform, server, since: h.since_at }).await?;
    }
    Ok(cx.commit(tx).await?)
}

/// The server an account is on, as holds name it.
pub fn scope(cx: &Ctx, account: &Account) -> Result<String> {
    let connector = accounts::connector_of(cx, &account.platform)?;
    let platform = connector.map(|c| c.capabilities().platform).unwrap_or_default();
    Ok(of_server(platform, &accounts::server_of(cx, account)?))
}

/// An account on each of these servers that has one, found in one walk through all.
async fn someone_on(cx: &Ctx, servers: &[Hold]) -> Result<BTreeMap<String, Account>> {
    let (mut found, mut after) = (BTreeMap::new(), 0);
    while found.len() < servers.len() {
        let some = accounts::live(cx.db(), after).await?;
        let Some(last) = some.last() else { break };
        after = last.id;
        for account in some.into_iter().filter(Account::publishes) {
            let scope = scope(cx, &account)?;
            if servers.iter().any(|h| h.scope == scope) {
                found.entry(scope).or_insert(account);
            }
        }
    }
    Ok(found)
}

/// Where nobody has anything to send to a server that is away, nobody would find out that it answers again: it is asked who an
/// account there is.
pub async fn ask(cx: Ctx) -> Result<()> {
    let rested = |h: &Hold| h.until_at <= cx.now() - call_ends(&cx);
    let due: Vec<Hold> = away(&cx).await?.into_iter().filter(rested).collect();
    if due.is_empty() {
        return Ok(());
    }
    let mut there = someone_on(&cx, &due).await?;
    for h in due {
        let tx = cx.begin("publishing.probe").await?;
        let now = cx.now();
        let mine = rows::probe(&tx, &h, now + call_ends(&cx)).await?;
        cx.commit(tx).await?;
        let (scope, someone) = (h.scope.clone(), there.remove(&h.scope));
        if mine && let Err(error) = ask_one(&cx, h, someone).await {
            tracing::warn!(%error, scope, "a server that is away could not be asked");
        }
    }
    Ok(())
}

async fn ask_one(cx: &Ctx, h: Hold, someone: Option<Account>) -> Result<()> {
    let there = match someone {
        Some(account) => accounts::connector_of(cx, &account.platform)?.map(|c| (account, c)),
        None => None,
    };
    let Some((account, connector)) = there else {
        // It is nobody's concern any more.
        let tx = cx.begin("publishing.forget-server").await?;
        rows::clear(&tx, &h.scope).await?;
        return Ok(cx.commit(tx).await?);
    };
    let access = accounts::access(cx, &account).await?;
    let server = Server { scope: h.scope, troubled: true };
    match connector.whoami(&access).await {
        Err(Failure::Unreachable { why }) => failed(cx, &server, &why).await,
        _ => answered(cx, &server).await,
    }
}

/// So many are told at once.
const MOST: i64 = 100;

/// Servers that do not answer at the moment.
pub async fn away(cx: &Ctx) -> Result<Vec<Hold>> {
    Ok(rows::away(cx.db(), AWAY, MOST).await?)
}
