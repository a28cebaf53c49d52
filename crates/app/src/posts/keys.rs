//! Posts that are approved for a day on which the token of one of their accounts has ended: whoever leads the agency is told
//! once, while there is time to connect it anew.
use super::store::keys;
use crate::ledger::Record;
use crate::{accounts, people};
use ground::clock::DAY;
use ground::{Ctx, Result, Say};

/// So far ahead is looked.
const AHEAD: i64 = 30 * DAY;

pub async fn warn(cx: Ctx) -> Result<()> {
    let mut after = 0;
    loop {
        let some = keys::waiting(cx.db(), cx.now(), cx.now() + AHEAD, after).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.post_id;
        for w in &some {
            match accounts::key_until(cx.db(), w.account_id).await? {
                Some(until) if until <= w.due_at => tell(&cx, w, until).await?,
                _ => {}
            }
        }
    }
}

async fn tell(cx: &Ctx, w: &keys::Waiting, until: i64) -> Result<()> {
    let tx = cx.begin("posts.warn").await?;
    if !keys::warn(&tx, w, until, cx.now()).await? {
        return Ok(());
    }
    let fact = super::facts::PostKeyEnds { post: w.post_id, agency: w.agency_id, account: w.account_id, until };
    tx.record(cx, &fact).await?;
    let account = accounts::find(&tx, w.account_id).await?.label(cx);
    let say = Say::new("posts-key-ends-mail").arg("account", account.clone());
    let say = say.arg("until", ground::words::date_time(cx.lang, until));
    let say = say.arg("due", ground::words::date_time(cx.lang, w.due_at));
    let say = say.arg("post", cx.url(&format!("/posts/{}", w.post_id)));
    let text = cx.words().say(cx.lang, &say.arg("link", cx.url(&format!("/accounts/{}", w.account_id))));
    let subject = cx.words().say(cx.lang, &Say::new("posts-key-ends-subject").arg("account", account));
    for email in people::leads_of(&tx, w.agency_id, cx.now()).await? {
        people::send_mail(cx, &tx, &email, subject.clone(), text.clone()).await?;
    }
    Ok(cx.commit(tx).await?)
}
