//! Recording: one row in the ledger and one job for each follower, in the caller's transaction.
use super::entry::MOST_SUBJECT;
use super::store::{self, FactRow};
use ground::facts::{Exposure, Fact, Recorded};
use ground::{Ctx, Error, Result, db::Tx, jobs};

/// `tx.record(cx, &fact)`: what happened, and whatever must follow, in one transaction.
pub trait Record {
    fn record<F: Fact>(&self, cx: &Ctx, fact: &F) -> impl Future<Output = Result<i64>> + Send;
}

impl Record for Tx {
    async fn record<F: Fact>(&self, cx: &Ctx, fact: &F) -> Result<i64> {
        let (id, subject) = (cx.id(), fact.subject());
        if subject.len() > MOST_SUBJECT {
            return Err(Error::fault(format!("the subject of {} is longer than {MOST_SUBJECT} bytes", F::KIND)));
        }
        let row = FactRow {
            id,
            at: cx.now(),
            actor: cx.actor.label(),
            scope: fact.scope(),
            kind: F::KIND.into(),
            version: F::VERSION,
            subject,
            body: serde_json::to_string(fact).map_err(Error::fault)?,
            sealed: F::EXPOSURE == Exposure::Sealed,
            salt: cx.machine.ids.secret(32),
            leaf_index: None,
            n: None,
            entry: None,
        };
        store::insert(self, &row).await?;
        for job in cx.machine.bus.followers(F::KIND) {
            jobs::queue_raw(cx, self, job, &id.to_string(), &id.to_string(), row.at).await?;
        }
        cx.machine.meters.event(F::KIND);
        Ok(id)
    }
}

/// Reads a fact back, for those who follow it.
pub async fn load<F: Fact>(cx: Ctx, id: i64) -> Result<Recorded<F>> {
    let row = store::find(cx.db(), id).await?;
    let fact = serde_json::from_str(&row.body).map_err(Error::fault)?;
    Ok(Recorded { id, at: row.at, actor: row.actor, fact })
}
