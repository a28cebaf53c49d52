//! What follows a post on one account: each part is a delivery of its own, with the same attempts and verdicts, and goes out as
//! an answer to the part before it. It begins when that one is out; until then no time wakes it.
use super::delivery::{Delivery, NEVER};
use super::send::{change, queue};
use super::store;
use crate::accounts::{self, Account};
use crate::posts::Version;
use ground::db::{Run, Tx};
use ground::{Ctx, Error, Result};

/// The last part that goes out by itself: our own channels show everything in one.
pub fn last(account: &Account, version: &Version) -> i64 {
    if accounts::is_ours(&account.platform) { 1 } else { version.last_part() }
}

/// The delivery of the part before; `None` for what follows nothing.
pub async fn before(c: &impl Run, d: &Delivery) -> Result<Option<Delivery>> {
    if !d.is_later_part() {
        return Ok(None);
    }
    let before = store::of_part(c, d, d.part - 1).await?;
    before.map(Some).ok_or_else(|| Error::fault(format!("delivery {} has no part before it", d.id)))
}

/// Whether the part before is out under an id that nobody told us: no program can answer it, a person can.
pub async fn is_after_nameless(c: &impl Run, d: &Delivery) -> Result<bool> {
    Ok(before(c, d).await?.is_some_and(|b| b.remote_id.is_empty()))
}

/// Wakes the next part, in the transaction in which this one came out. Whoever holds it at this moment finds its row changed
/// and looks again.
pub async fn follow(cx: &Ctx, tx: &Tx, d: &Delivery) -> Result<()> {
    if d.is_answer() || !store::wake(tx, d, d.part + 1, cx.now()).await? {
        return Ok(());
    }
    match store::of_part(tx, d, d.part + 1).await? {
        Some(next) => queue(cx, tx, &next, next.next_at).await,
        None => Ok(()),
    }
}

/// Lets it wait for the part before, however it was woken.
pub async fn hold(cx: &Ctx, mut d: Delivery) -> Result<bool> {
    if d.next_at != NEVER {
        let tx = cx.begin("publishing.hold-part").await?;
        d.next_at = NEVER;
        change(cx, &tx, &mut d).await?;
        cx.commit(tx).await?;
    }
    Ok(false)
}

/// What the page says of a part that waits for the one before.
pub fn waits(d: &Delivery, before: Option<&Delivery>) -> Option<&'static str> {
    let before = before.filter(|_| d.state == super::WAITING && d.next_at == NEVER && d.problem.is_empty())?;
    Some(match before.state.as_str() {
        super::UNCONFIRMED => "publishing-part-waits-unconfirmed",
        super::delivery::FAILED => "publishing-part-waits-failed",
        _ => "publishing-part-waits",
    })
}
