//! The channels that are the program's own: the public site, the newsletter and the podcast. They are tables, so the call and
//! its outcome are one transaction; the mails of a newsletter follow it, each a job of its own.
use super::content;
use super::delivery::{Call, Delivery};
use super::outcome::write;
use super::rules::Outcome;
use super::send::{Admitted, admitted, attempt, stop_at};
use super::{freeze, store};
use crate::accounts::{self, PODCAST, SITE};
use crate::newsletter::{self, Newsletter};
use crate::{podcast, posts};
use ground::db::Tx;
use ground::{Ctx, Result, search};

pub async fn call(cx: &Ctx, d: Delivery, call: Call) -> Result<bool> {
    // Versions do not change: they are read before the writer is held.
    let said =
        if d.platform == SITE { content::words_of(cx.db(), &d).await? } else { content::text(cx.db(), &d).await? };
    let tx = cx.begin("publishing.own").await?;
    let n = match admitted(&tx, &d, call).await? {
        Admitted::Go(n) => n,
        Admitted::Changed => return Ok(false),
        Admitted::Frozen => {
            drop(tx);
            return freeze::park(cx, d, None).await;
        }
    };
    let a = attempt(cx, &d, call, n, "{}".into(), String::new());
    store::begin(&tx, &a).await?;
    let outcome = match d.platform.as_str() {
        SITE => on_site(cx, &tx, &d, call, &said).await?,
        PODCAST => as_episode(cx, &tx, &d, call).await?,
        _ => by_mail(cx, &tx, &d, call, said).await?,
    };
    write(cx, &tx, d, call, Some(&a), outcome).await?;
    stop_at(cx, "site-written").await;
    cx.commit(tx).await?;
    stop_at(cx, "site-done").await;
    Ok(true)
}

async fn on_site(cx: &Ctx, tx: &Tx, d: &Delivery, call: Call, text: &str) -> Result<Outcome> {
    let (engine, now) = (cx.db().engine(), cx.now());
    if call == Call::TakeDown {
        store::site_down(tx, d, now).await?;
        search::remove(tx, engine, "public-post", d.post_id).await?;
    } else {
        store::site_put(tx, d, now).await?;
        let doc = search::Doc { kind: "public-post", id: d.post_id, scope: d.agency_id, public: true, text };
        search::put(tx, engine, &doc).await?;
    }
    Ok(Outcome::Done { remote_id: d.post_id.to_string(), url: cx.url(&format!("/p/{}", d.post_id)) })
}

async fn as_episode(cx: &Ctx, tx: &Tx, d: &Delivery, call: Call) -> Result<Outcome> {
    let show = (d.account_id, d.agency_id);
    if call == Call::TakeDown {
        podcast::take_out(cx, tx, show, d.post_id, d.version).await?;
    } else {
        podcast::put(cx, tx, show, d.post_id, d.version).await?;
    }
    let page = accounts::find(tx, d.account_id).await?.url;
    Ok(Outcome::Done { remote_id: d.post_id.to_string(), url: format!("{page}#e{}", d.post_id) })
}

async fn by_mail(cx: &Ctx, tx: &Tx, d: &Delivery, call: Call, words: String) -> Result<Outcome> {
    let (kind, note) = match call {
        Call::Send => (newsletter::SEND, String::new()),
        Call::Edit => (newsletter::EDIT, posts::version(tx, d.post_id, d.version).await?.note),
        Call::TakeDown => (newsletter::TAKE_DOWN, d.reason.clone()),
    };
    let new = Newsletter {
        id: cx.id(),
        agency_id: d.agency_id,
        account_id: d.account_id,
        post_id: d.post_id,
        version: d.version,
        kind: kind.into(),
        words,
        note,
        made_at: cx.now(),
        done_at: None,
    };
    // A mail has no address of its own that others could look at.
    let id = newsletter::make(cx, tx, new).await?;
    Ok(Outcome::Done { remote_id: id.to_string(), url: String::new() })
}
