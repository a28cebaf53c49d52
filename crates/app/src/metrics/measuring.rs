//! Asking the platforms how a post does: an hour, a day and a week after it went out, where they tell.
use super::store::{self, DueRow};
use crate::accounts;
use connect::{Counts, Failure};
use ground::clock::HOUR;
use ground::{Ctx, Result};

/// So many calls in one sweep; the next goes on.
const MOST: i64 = 50;
/// Then it is given up: the figure is missing, which is shown, and not zero.
const TRIES: i64 = 3;

pub async fn measure(cx: Ctx) -> Result<()> {
    for due in store::due(cx.db(), cx.now(), MOST).await? {
        let asked = ask(&cx, &due).await.unwrap_or_else(|error| {
            // An account that cannot be opened hides no other's figures.
            tracing::error!(%error, account = due.account_id, "a post could not be asked about");
            Some(Err(Failure::Unreachable { why: "the account cannot be opened".into() }))
        });
        let tx = cx.begin("metrics.measure").await?;
        match asked {
            Some(Ok(counts)) => {
                store::measured(&tx, &due, &counts, cx.now()).await?;
                store::due_done(&tx, &due).await?;
            }
            Some(Err(failure)) if failure != Failure::Gone && due.tries + 1 < TRIES => {
                store::due_later(&tx, &due, cx.now() + HOUR / 6).await?;
            }
            _ => store::due_done(&tx, &due).await?,
        }
        cx.commit(tx).await?;
    }
    Ok(())
}

/// Nothing where the platform does not tell, or the account is closed.
async fn ask(cx: &Ctx, due: &DueRow) -> Result<Option<Result<Counts, Failure>>> {
    let account = accounts::find(cx.db(), due.account_id).await?;
    let connector = accounts::connector_of(cx, &account.platform)?;
    let Some(connector) = connector.filter(|c| account.is_live() && c.capabilities().has_metrics) else {
        return Ok(None);
    };
    let access = accounts::access(cx, &account).await?;
    Ok(Some(connector.metrics(&access, &due.remote_id).await))
}
