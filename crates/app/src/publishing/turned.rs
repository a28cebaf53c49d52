//! A clock that was set back. What was written under the later time would wait until that time comes again: it is put to the
//! time as it is told now.
use super::delivery::{Delivery, NEVER};
use super::send::{self, change};
use super::store::turned as rows;
use ground::clock::MINUTE;
use ground::{Ctx, Result};

/// Clocks of nodes need not agree any better.
const CLOCKS_DIFFER: i64 = MINUTE;

/// When it is due by the time of now, where its row was written in what is now the future.
fn due(d: &Delivery, now: i64) -> i64 {
    // At once, or as soon as the part before was out; the plan of a person stays.
    let at_once = d.due_at <= d.created_at || d.is_later_part();
    if at_once { d.due_at.min(now) } else { d.due_at }
}

/// Every half minute, with the look for lost ones.
pub async fn set_right(cx: &Ctx) -> Result<()> {
    let now = cx.now();
    let ahead = rows::ahead(cx.db(), now + CLOCKS_DIFFER, NEVER).await?;
    if ahead.is_empty() && !rows::holds_ahead(cx.db(), now + CLOCKS_DIFFER).await? {
        return Ok(());
    }
    let tx = cx.begin("publishing.turned").await?;
    rows::drop_holds(&tx, now + CLOCKS_DIFFER).await?;
    for mut d in ahead {
        d.due_at = due(&d, now);
        d.next_at = d.due_at.max(now);
        change(cx, &tx, &mut d).await?;
        send::queue(cx, &tx, &d, d.next_at).await?;
    }
    Ok(cx.commit(tx).await?)
}
