//! Whether the handle of an account still belongs to who it was approved for: looked at every day.
use super::account::Account;
use super::actions::{access, bound_id, connector_of};
use super::{HandleBack, HandleGone, HandleMoved, store};
use crate::ledger::Record;
use connect::Failure;
use ground::clock::DAY;
use ground::{Ctx, Result};

/// Once a day, whether each handle still belongs to who it was approved for.
pub async fn look_at_all(cx: Ctx) -> Result<()> {
    let mut after = 0;
    loop {
        let accounts = store::life::to_look_at(cx.db(), cx.now() - DAY, after).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.id;
        for account in &accounts {
            // One that cannot be opened hides no other.
            if let Err(error) = look(&cx, account).await {
                tracing::error!(%error, account = account.id, "a handle could not be looked at");
            }
        }
    }
}

async fn look(cx: &Ctx, account: &Account) -> Result<()> {
    let Some(connector) = connector_of(cx, &account.platform)? else { return Ok(()) };
    let found = connector.resolve(&access(cx, account).await?, &account.handle).await;
    let before = store::life::watch(cx.db(), account.id).await?;
    let moved_before = before.as_ref().and_then(|w| w.moved_at);
    let gone_before = before.as_ref().is_some_and(|w| w.seen == "gone");
    let (seen, moved_at) = match found {
        Ok(Some(id)) if bound_id(connector.as_ref(), &id) == account.remote_id => ("same", None),
        Ok(Some(_)) => ("moved", moved_before.or(Some(cx.now()))),
        Ok(None) => ("untold", moved_before),
        Err(Failure::Gone) => ("gone", moved_before),
        // Nothing was learnt: what was known stays.
        Err(_) => (before.as_ref().map_or("unreachable", |w| seen_word(&w.seen)), moved_before),
    };
    let (id, agency, handle) = (account.id, account.agency_id, account.handle.clone());
    let tx = cx.begin("accounts.look").await?;
    store::life::seen(&tx, id, seen, cx.now(), moved_at).await?;
    match seen {
        "moved" if moved_before.is_none() => {
            tx.record(cx, &HandleMoved { account: id, agency, handle }).await?;
        }
        "gone" if !gone_before => {
            tx.record(cx, &HandleGone { account: id, agency, handle }).await?;
        }
        "same" if moved_before.is_some() || gone_before => {
            tx.record(cx, &HandleBack { account: id, agency, handle }).await?;
        }
        _ => {}
    }
    Ok(cx.commit(tx).await?)
}

fn seen_word(seen: &str) -> &'static str {
    ["same", "moved", "gone", "untold"].into_iter().find(|w| *w == seen).unwrap_or("unreachable")
}
