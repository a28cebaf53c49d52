//! Keys that end and that nobody renews: whoever leads the agency is told 30, 14, 7 and 1 days before, and when it has ended,
//! each once.
use super::account::Account;
use super::store::keys;
use super::{AccountKeyEnding, store};
use crate::ledger::Record;
use crate::people;
use ground::clock::DAY;
use ground::{Ctx, Result, Say};

/// The nearest of these that is reached is told; 0: it has ended.
const DAYS: [i64; 5] = [0, 1, 7, 14, 30];
/// From here on it stands at the desk.
pub const SOON: i64 = 30 * DAY;

/// Until when the key of an account is good, where that is known.
pub async fn key_until(c: &impl ground::db::Run, account: i64) -> Result<Option<i64>> {
    Ok(store::keys::until(c, account).await?)
}

pub async fn warn(cx: Ctx) -> Result<()> {
    let mut after = 0;
    loop {
        let some = keys::ending(cx.db(), cx.now() + SOON, after).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.id;
        for account in &some {
            tell(&cx, account).await?;
        }
    }
}

async fn tell(cx: &Ctx, account: &Account) -> Result<()> {
    let Some(until) = keys::until(cx.db(), account.id).await? else { return Ok(()) };
    let left = (until - cx.now()).max(0);
    let Some(days) = DAYS.into_iter().find(|days| left <= days * DAY) else { return Ok(()) };
    let tx = cx.begin("accounts.warn").await?;
    if !keys::warn(&tx, account.id, until, days, cx.now()).await? {
        return Ok(());
    }
    tx.record(cx, &AccountKeyEnding { account: account.id, agency: account.agency_id, days, until }).await?;
    let label = account.label(cx);
    let key = if days == 0 { "accounts-key-ended-subject" } else { "accounts-key-ending-subject" };
    let subject = cx.words().say(cx.lang, &Say::new(key).arg("account", label.clone()).arg("n", days));
    let say = Say::new("accounts-key-ending-mail").arg("account", label);
    let say = say.arg("date", ground::words::date_time(cx.lang, until));
    let text = cx.words().say(cx.lang, &say.arg("link", cx.url(&format!("/accounts/{}", account.id))));
    for email in people::leads_of(&tx, account.agency_id, cx.now()).await? {
        people::send_mail(cx, &tx, &email, subject.clone(), text.clone()).await?;
    }
    Ok(cx.commit(tx).await?)
}
