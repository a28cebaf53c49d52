//! Describing a show, and putting a post into it or out of it.
use super::facts::{PodcastDescribed, PodcastEpisode};
use super::show::{Described, SIDES, Show};
use super::store;
use crate::accounts::{self, Account, PODCAST};
use crate::ledger::Record;
use crate::people::roles::{REQUEST_ACCOUNTS, SEE_DESK};
use crate::{agencies, posts};
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, FieldError, Result, Say};

/// The podcast of an agency, if it has one.
pub async fn of_agency(cx: &Ctx, agency: i64) -> Result<Option<Account>> {
    accounts::channel_of(cx, agency, PODCAST).await
}

/// The podcast that an account is, for everybody; `None` where it is none or is not live.
pub async fn live(cx: &Ctx, account: i64) -> Result<Option<Account>> {
    match accounts::find(cx.db(), account).await {
        Ok(a) => Ok(Some(a).filter(|a| a.platform == PODCAST && a.is_live())),
        Err(DbError::NotFound) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The same for whoever works there.
pub async fn see(cx: &Ctx, account: i64) -> Result<Account> {
    let account = accounts::find(cx.db(), account).await.map_err(DbError::unseen)?;
    if account.platform == PODCAST && cx.actor.may(SEE_DESK, account.agency_id) {
        Ok(account)
    } else {
        Err(Error::not_allowed())
    }
}

/// What a show says of itself; before anybody described it, what is known of its account.
pub async fn show(cx: &Ctx, account: &Account) -> Result<Show> {
    if let Some(show) = store::show(cx.db(), account.id).await? {
        return Ok(show);
    }
    let agency = agencies::name(cx.db(), account.agency_id, ground::words::Lang::En).await?;
    Ok(Show {
        account_id: account.id,
        title: account.handle.clone(),
        description: agency,
        lang: "en".into(),
        category: "Government".into(),
        email: String::new(),
        artwork: String::new(),
        artwork_mime: String::new(),
        updated_at: account.live_since.unwrap_or(0),
    })
}

/// A picture of the show: square and large enough, drawn anew like every picture. Its digest and its kind.
async fn artwork(cx: &Ctx, bytes: Vec<u8>) -> Result<(String, String)> {
    let storage = cx.machine.storage.clone();
    let work = move || {
        let (width, height) = posts::picture_size(&bytes)?;
        if width != height || !SIDES.contains(&width) {
            return Err(Error::invalid(vec![FieldError::new("file", Say::new("podcast-error-artwork"))]));
        }
        let drawn = posts::draw_picture(&bytes)?;
        Ok((storage.put(&drawn.bytes)?, drawn.mime.to_owned()))
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::fault)?
}

/// Writes what a show says of itself, with a new picture where one is given.
pub async fn describe(cx: &Ctx, account: i64, d: &Described, picture: Option<Vec<u8>>) -> Result<Show> {
    let account = see(cx, account).await?;
    if !cx.actor.may(REQUEST_ACCOUNTS, account.agency_id) {
        return Err(Error::not_allowed());
    }
    let d = d.tidy();
    let mut wrong = d.wrong();
    let mut drawn = None;
    if let Some(bytes) = picture {
        match artwork(cx, bytes).await {
            Ok(kept) => drawn = Some(kept),
            Err(e) if !e.fields().is_empty() => wrong.extend(e.fields().iter().cloned()),
            Err(e) => return Err(e),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let before = show(cx, &account).await?;
    let (artwork, artwork_mime) = drawn.unwrap_or((before.artwork, before.artwork_mime));
    let now = Show {
        account_id: account.id,
        title: d.title,
        description: d.description,
        lang: d.lang,
        category: d.category,
        email: d.email,
        artwork,
        artwork_mime,
        updated_at: cx.now(),
    };
    let tx = cx.begin("podcast.describe").await?;
    store::put_show(&tx, &now).await?;
    let (title, artwork) = (now.title.clone(), now.artwork.clone());
    tx.record(cx, &PodcastDescribed { account: account.id, agency: account.agency_id, title, artwork }).await?;
    cx.commit(tx).await?;
    Ok(now)
}

/// Makes a version of a post an episode in the caller's transaction: a new one, or the next words of one.
pub async fn put(cx: &Ctx, tx: &Tx, (account, agency): (i64, i64), post: i64, version: i64) -> Result<()> {
    store::put(tx, cx.id(), account, post, version, cx.now()).await?;
    tx.record(cx, &PodcastEpisode { account, agency, post, version, out: true }).await.map(|_| ())
}

pub async fn take_out(cx: &Ctx, tx: &Tx, (account, agency): (i64, i64), post: i64, version: i64) -> Result<()> {
    store::take_out(tx, account, post, cx.now()).await?;
    tx.record(cx, &PodcastEpisode { account, agency, post, version, out: false }).await.map(|_| ())
}
