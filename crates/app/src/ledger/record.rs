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
        let id = cx.id();
        let row = row(cx, id, cx.now(), fact)?;
        store::insert(self, &row).await?;
        for job in cx.machine.bus.followers(F::KIND) {
            let (key, urgent) = (&*id.to_string(), fact.urgent());
            jobs::queue_raw(cx, self, &jobs::Raw { kind: job, key, args: key, at: row.at, urgent }).await?;
        }
        cx.machine.meters.event(F::KIND);
        Ok(id)
    }
}

/// A fact as it will stand in the ledger.
fn row<F: Fact>(cx: &Ctx, id: i64, at: i64, fact: &F) -> Result<FactRow> {
    let subject = fact.subject();
    if subject.len() > MOST_SUBJECT {
        return Err(Error::fault(format!("the subject of {} is longer than {MOST_SUBJECT} bytes", F::KIND)));
    }
    Ok(FactRow {
        id,
        at,
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
    })
}

/// Facts of made-up history, for loading in bulk: nothing follows from them.
#[derive(Default)]
pub struct History(Vec<FactRow>);

impl History {
    pub fn add<F: Fact>(&mut self, cx: &Ctx, id: i64, at: i64, fact: &F) -> Result<()> {
        self.0.push(row(cx, id, at, fact)?);
        Ok(())
    }
    pub async fn keep(self, tx: &Tx) -> Result<()> {
        Ok(store::insert_many(tx, self.0).await?)
    }
}

/// Reads a fact back, for those who follow it.
pub async fn load<F: Fact>(cx: Ctx, id: i64) -> Result<Recorded<F>> {
    let row = store::find(cx.db(), id).await?;
    let fact = serde_json::from_str(&row.body).map_err(Error::fault)?;
    Ok(Recorded { id, at: row.at, actor: row.actor, fact })
}
