//! Where an agency has ended, none of its accounts is left without somebody who answers for it: those on platforms go over
//! to the agency that took over, with their secret, and it is on record whose they were until when; the site of the agency
//! on our own pages closes and leads on.
use super::account::Account;
use super::actions::SITE;
use super::life::End;
use super::{AccountClosed, AccountHandedOver, store};
use crate::agencies::{self, AgencyReorganised};
use crate::ledger::Record;
use crate::policy::Pack;
use ground::facts::Recorded;
use ground::{Ctx, Result, Say};

pub async fn hand_over(cx: Ctx, f: Recorded<AgencyReorganised>) -> Result<()> {
    let cx = cx.as_system();
    let mut after = 0;
    loop {
        let some = store::tenures::open_of(cx.db(), f.fact.agency, after).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.id;
        for account in some {
            if account.platform == SITE {
                close_site(&cx, &account, &f.fact).await?;
            } else {
                go_over(&cx, &account, &f.fact).await?;
            }
        }
    }
}

/// The start of the day on which the agency was no more; an account that was born later was its until now.
fn until(cx: &Ctx, account: &Account, f: &AgencyReorganised) -> Result<i64> {
    let pack = cx.machine.part::<Pack>()?;
    let day = f.effective_on.parse().map_or_else(|_| cx.now(), |day| pack.start_of(day));
    Ok(if account.live_since.is_none_or(|since| since < day) { day } else { cx.now() })
}

async fn go_over(cx: &Ctx, account: &Account, f: &AgencyReorganised) -> Result<()> {
    let tx = cx.begin("accounts.hand-over").await?;
    store::tenures::hand_over(&tx, account, f.heir, until(cx, account, f)?, f.reorganisation).await?;
    store::decide(&tx, cx.id(), account.id, "handing-over", f.by, "", cx.now()).await?;
    let fact = AccountHandedOver {
        account: account.id,
        agency: f.heir,
        from: f.agency,
        platform: account.platform.clone(),
        url: account.url.clone(),
    };
    tx.record(cx, &fact).await?;
    Ok(cx.commit(tx).await?)
}

async fn close_site(cx: &Ctx, account: &Account, f: &AgencyReorganised) -> Result<()> {
    let heir = agencies::find(cx.db(), f.heir).await?;
    let successor_url = cx.url(&format!("/agencies/{}", heir.code));
    let say = Say::new("accounts-ended-notice").arg("agency", heir.name(cx.lang)).arg("url", successor_url.clone());
    let notice = cx.words().say(cx.lang, &say);
    let tx = cx.begin("accounts.close-site").await?;
    store::close(&tx, account, until(cx, account, f)?).await?;
    store::decide(&tx, cx.id(), account.id, "closure", f.by, &notice, cx.now()).await?;
    let end = End { account_id: account.id, archive: account.url.clone(), notice, parked: true, successor_url };
    store::life::end(&tx, &end).await?;
    let fact = AccountClosed {
        account: account.id,
        agency: f.agency,
        reason: end.notice.clone(),
        parked: Some(true),
        successor: Some(end.successor_url),
    };
    tx.record(cx, &fact).await?;
    Ok(cx.commit(tx).await?)
}

/// The channel of ours of this kind that an agency speaks through at its own address. One that came over from another agency
/// goes on for those who follow it, and does not take the place of the agency's own.
pub async fn channel_of(cx: &Ctx, agency: i64, platform: &str) -> Result<Option<Account>> {
    let mut came_over = None;
    for account in store::live_of(cx.db(), agency).await?.into_iter().filter(|a| a.platform == platform) {
        if !store::tenures::came_over(cx.db(), account.id).await? {
            return Ok(Some(account));
        }
        came_over = came_over.or(Some(account));
    }
    Ok(came_over)
}
