//! Keys that run out and are renewed: by one caller at a time, over all nodes, for on many platforms a second renewal with
//! the same word ends both. Whoever comes second waits for what the first one gets.
use super::account::Account;
use super::actions::Key;
use super::store::keys::{self, Sealed};
use super::vault::{self, Opened};
use super::{AccountKeyRenewed, vault::open};
use crate::ledger::Record;
use connect::{Access, Connector, Renewed, Secret};
use ground::clock::{MINUTE, SECOND};
use ground::{Ctx, Error, FieldError, Result, Say};
use std::time::Duration;

/// A key that ends within this time is renewed before it is used.
const BEFORE: i64 = MINUTE;
/// Whoever has been renewing for so long has died over it.
const STALE: i64 = 2 * MINUTE;
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Longer than a call may take.
const LOOKS: usize = 1200;

fn ends(cx: &Ctx, opened: &Opened) -> bool {
    opened.refresh.is_some() && opened.until.is_some_and(|until| until <= cx.now() + BEFORE)
}

/// Where it was said what renews a key and not how long it is good: it is renewed at once, which shows that it can be, and
/// tells how long the new one lasts.
pub async fn at_once(cx: &Ctx, connector: &dyn Connector, access: &Access, key: &Key) -> Result<Key> {
    if key.refresh.trim().is_empty() || key.until.is_some() {
        return Ok(key.clone());
    }
    let new = connector.renew(access, &Secret::new(key.refresh.trim())).await.map_err(|failure| {
        let say = Say::new("accounts-error-not-renewed").arg("why", failure.to_string());
        Error::invalid(vec![FieldError::new("refresh", say)])
    })?;
    let Some(new) = new.filter(|new| !new.secret.reveal().trim().is_empty()) else { return Ok(key.clone()) };
    let word = new.refresh.map(|r| r.reveal().to_owned()).filter(|r| !r.trim().is_empty());
    Ok(Key {
        secret: new.secret.reveal().to_owned(),
        refresh: word.unwrap_or_else(|| key.refresh.clone()),
        until: new.lasts_s.map(|s| cx.now() + s * SECOND),
    })
}

/// The secret of an account, renewed when it must be.
pub async fn current(cx: &Ctx, account: &Account, access: &Access, connector: &dyn Connector) -> Result<Opened> {
    let mut opened = open(cx, account.id).await?;
    for _ in 0..LOOKS {
        if !ends(cx, &opened) {
            return Ok(opened);
        }
        let tx = cx.begin("accounts.claim-renewing").await?;
        let ours = keys::claim(&tx, account.id, opened.round, cx.now(), cx.now() - STALE).await?;
        cx.commit(tx).await?;
        if ours {
            return renew(cx, account, access, connector, opened).await;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        opened = open(cx, account.id).await?;
    }
    Ok(opened)
}

async fn renew(cx: &Ctx, account: &Account, access: &Access, connector: &dyn Connector, old: Opened) -> Result<Opened> {
    let word = Secret::new(old.refresh.clone().unwrap_or_default());
    let access = Access { secret: Secret::new(old.secret.clone()), ..access.clone() };
    let answer = connector.renew(&access, &word).await;
    match answer {
        Ok(Some(new)) if !new.secret.reveal().trim().is_empty() => keep(cx, account, &old, new).await?,
        // The old key goes out; what the platform says to it is dealt with as always.
        Ok(_) | Err(_) => {
            let tx = cx.begin("accounts.let-go").await?;
            keys::let_go(&tx, account.id, old.round).await?;
            cx.commit(tx).await?;
            return Ok(old);
        }
    }
    open(cx, account.id).await
}

async fn keep(cx: &Ctx, account: &Account, old: &Opened, new: Renewed) -> Result<()> {
    // A blank word never takes the place of a good one.
    let given = new.refresh.as_ref().map(|r| r.reveal().trim().to_owned()).filter(|r| !r.is_empty());
    let word = given.or_else(|| old.refresh.clone());
    let tx = cx.begin("accounts.renewed").await?;
    let (id, agency) = (account.id, account.agency_id);
    let (secret, refresh) = vault::seal(cx, &tx, agency, id, new.secret.reveal().trim(), word.as_deref()).await?;
    let row = Sealed {
        id,
        agency_id: agency,
        secret: Some(secret),
        refresh,
        sealed_by: Some(agency),
        secret_until: new.lasts_s.map(|s| cx.now() + s * SECOND),
        secret_round: None,
        wrapped: None,
        master: None,
    };
    keys::renewed(&tx, &row, old.round).await?;
    tx.record(cx, &AccountKeyRenewed { account: id, agency }).await?;
    Ok(cx.commit(tx).await?)
}
