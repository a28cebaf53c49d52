//! Nothing is late without a person told. What should have left and has not stands on the desk, asked of the deliveries
//! themselves, so that it is seen there even when no worker runs; and a sweep records it once and writes to the leads, in one
//! letter for each agency.
use super::delivery::Delivery;
use super::facts::DeliveryLate;
use super::store::late;
use crate::ledger::Record;
use crate::{accounts, people};
use ground::clock::{MINUTE, SECOND};
use ground::db::{DbResult, Run};
use ground::{Ctx, Result, Say};

/// Late from here on, as people see it.
pub const LATE: i64 = 2 * MINUTE;
/// Told so long after it was due: the sweep comes every half minute, and nothing is two minutes late untold.
const TOLD: i64 = 90 * SECOND;
/// In one transaction; the rest comes with the next sweep.
const AT_ONCE: i64 = 200;

/// What should have left two minutes ago, longest first.
pub async fn waiting(c: &impl Run, agencies: &[i64], now: i64, most: i64) -> DbResult<Vec<Delivery>> {
    late::of_agencies(c, agencies, now - LATE, most).await
}

pub async fn tell(cx: Ctx) -> Result<()> {
    let untold = late::untold(cx.db(), cx.now() - TOLD, AT_ONCE).await?;
    for of_agency in untold.chunk_by(|a, b| a.agency_id == b.agency_id) {
        tell_agency(&cx, of_agency).await?;
    }
    Ok(())
}

async fn tell_agency(cx: &Ctx, all: &[Delivery]) -> Result<()> {
    let tx = cx.begin("publishing.late").await?;
    let mut new = vec![];
    for d in all {
        if late::tell(&tx, d, cx.now()).await? {
            let (delivery, post, agency, account) = (d.id, d.post_id, d.agency_id, d.account_id);
            let (due_at, why, part) = (d.due_at, d.problem_text.clone(), d.part_told());
            let fact = DeliveryLate { delivery, about: d.about(), post, agency, account, due_at, why, part };
            tx.record(cx, &fact).await?;
            new.push(d);
        }
    }
    let Some(first) = new.first() else { return Ok(()) };
    let account = accounts::find(&tx, first.account_id).await?.label(cx);
    let subject = cx.words().say(cx.lang, &Say::new("publishing-late-subject").arg("n", new.len()));
    let say = Say::new("publishing-late-mail").arg("n", new.len()).arg("account", account);
    let text = cx.words().say(cx.lang, &say.arg("why", first.problem_text.clone()).arg("link", cx.url("/desk")));
    for email in people::leads_of(&tx, first.agency_id, cx.now()).await? {
        people::send_mail(cx, &tx, &email, subject.clone(), text.clone()).await?;
    }
    Ok(cx.commit(tx).await?)
}
