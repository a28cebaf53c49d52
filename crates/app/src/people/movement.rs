//! Joiners, movers and leavers: what somebody is employed as, where they work, and that they left. Access follows.
use super::actions::live;
use super::facts::{PersonChanged, PersonLeft, PersonMoved, PersonMovedAway};
use super::granting::end_all;
use super::register::{check_details, managed};
use super::rules::{self, manages};
use super::store::{self, PersonRow};
use crate::ledger::Record;
use ground::db::Tx;
use ground::{Ctx, Error, Result, Say};

/// Kind of employment and position.
pub async fn change_details(cx: &Ctx, id: i64, employment: &str, job_title: &str) -> Result<()> {
    let wrong = check_details(employment, job_title);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let tx = cx.begin("people.details").await?;
    let person = managed(cx, &tx, id).await?;
    details(cx, &tx, &person, employment, job_title).await?;
    Ok(cx.commit(tx).await?)
}

pub(super) async fn details(cx: &Ctx, tx: &Tx, p: &PersonRow, employment: &str, job_title: &str) -> Result<()> {
    let (employment, job_title) = (employment.to_owned(), job_title.trim().to_owned());
    store::set_details(tx, p, &employment, &job_title).await?;
    tx.record(cx, &PersonChanged { person: p.id, agency: p.agency_id, employment, job_title }).await.map(|_| ())
}

/// Somebody goes to work for another agency: their roles in the former one end with it.
pub async fn move_person(cx: &Ctx, id: i64, agency: Option<i64>) -> Result<()> {
    let tx = cx.begin("people.move").await?;
    let person = managed(cx, &tx, id).await?;
    go(cx, &tx, &person, agency).await?;
    Ok(cx.commit(tx).await?)
}

pub(super) async fn go(cx: &Ctx, tx: &Tx, person: &PersonRow, agency: Option<i64>) -> Result<()> {
    if !manages(&cx.actor, agency) {
        return Err(Error::not_allowed());
    }
    if person.agency_id == agency || person.away() {
        return Err(Error::conflict(Say::new("people-error-no-move")));
    }
    store::move_person(tx, person, agency).await?;
    if let Some(former) = person.agency_id {
        end_all(cx, tx, person.id, Some(former), "moved").await?;
    }
    tx.record(cx, &PersonMovedAway { person: person.id, agency: person.agency_id, to: agency }).await?;
    tx.record(cx, &PersonMoved { person: person.id, agency, from: person.agency_id }).await.map(|_| ())
}

/// Somebody leaves the service: every role, session, token and link ends.
pub async fn leave(cx: &Ctx, id: i64) -> Result<()> {
    let tx = cx.begin("people.leave").await?;
    let person = managed(cx, &tx, id).await?;
    gone(cx, &tx, &person).await?;
    Ok(cx.commit(tx).await?)
}

pub(super) async fn gone(cx: &Ctx, tx: &Tx, person: &PersonRow) -> Result<()> {
    let held = live(store::grants_of(tx, person.id).await?, cx.now());
    rules::may_handle(&cx.actor, person.id, &held)?;
    if person.state == "left" {
        return Err(Error::conflict(Say::new("people-error-left")));
    }
    store::leave(tx, person, cx.now()).await?;
    end_all(cx, tx, person.id, None, "left").await?;
    store::end_sessions(tx, person.id, None).await?;
    store::revoke_tokens(tx, person.id, cx.now()).await?;
    store::close_links(tx, "set-up", &person.id.to_string(), cx.now()).await?;
    tx.record(cx, &PersonLeft { person: person.id, agency: person.agency_id }).await.map(|_| ())
}
