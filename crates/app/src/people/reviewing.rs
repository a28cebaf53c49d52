//! The quarterly review of access: each lead confirms each right of the agency; about leads and roles over the whole
//! government those do who serve it. What nobody confirmed in time lapses.
use super::citizens::send_mail;
use super::facts::{ReviewClosed, ReviewOpened};
use super::granting::end;
use super::roles::{APPROVE_ROLES, Role};
use super::store::{self, GrantRow, access, team};
use crate::agencies;
use crate::ledger::Record;
use access::ReviewRow;
use ground::clock::DAY;
use ground::ctx::Who;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, Result, Say};
use std::collections::{BTreeMap, BTreeSet};

/// A right that was given or confirmed so long ago is asked about.
const QUARTER: i64 = 91 * DAY;
/// How long an open review waits, and how long before its end it is brought to mind.
const OPEN: i64 = 30 * DAY;
const REMIND: i64 = 7 * DAY;

fn answers(cx: &Ctx, agency: Option<i64>) -> bool {
    match agency {
        Some(agency) => cx.actor.may(APPROVE_ROLES, agency),
        None => cx.actor.may_everywhere(APPROVE_ROLES),
    }
}

/// One review, for those who answer it.
pub async fn see(cx: &Ctx, id: i64) -> Result<ReviewRow> {
    let review = access::review(cx.db(), id).await.map_err(DbError::unseen)?;
    if answers(cx, review.agency_id) { Ok(review) } else { Err(Error::not_allowed()) }
}

/// The open reviews this one answers: of their agencies, or those about the whole government.
pub async fn open_for(cx: &Ctx) -> Result<Vec<ReviewRow>> {
    if !cx.actor.may_somewhere(APPROVE_ROLES) {
        return Ok(vec![]);
    }
    let everywhere = cx.actor.may_everywhere(APPROVE_ROLES);
    let mut rows = access::reviews_open(cx.db()).await?;
    rows.retain(|r| if everywhere { r.agency_id.is_none() } else { answers(cx, r.agency_id) });
    Ok(rows)
}

/// What a review asks about, and what of it was confirmed.
pub async fn asked(cx: &Ctx, review: &ReviewRow) -> Result<(Vec<GrantRow>, BTreeSet<i64>)> {
    let mut rows = access::standing_in(cx.db(), review.agency_id).await?;
    rows.retain(|g| given(g) <= review.opened_at);
    Ok((rows, access::kept(cx.db(), review.id).await?.into_iter().collect()))
}

/// Since when a right is held.
fn given(g: &GrantRow) -> i64 {
    g.from_at.or(g.decided_at).unwrap_or(g.granted_at)
}

/// Confirms these rights and ends those. Nobody answers about themselves.
pub async fn answer(cx: &Ctx, id: i64, keep: &[i64], drop: &[i64]) -> Result<()> {
    let review = see(cx, id).await?;
    if review.closed_at.is_some() {
        return Err(Error::conflict(Say::new("people-review-closed")));
    }
    let (rows, _) = asked(cx, &review).await?;
    let tx = cx.begin("people.answer-review").await?;
    for g in rows.iter().filter(|g| cx.actor.who != Who::Person(g.person_id)) {
        let (keeps, drops) = (keep.contains(&g.id), drop.contains(&g.id));
        if keeps || drops {
            access::answer(&tx, id, g.id, keeps, &cx.actor.label(), cx.now()).await?;
        }
        if drops && !keeps {
            end(cx, &tx, g, "review").await?;
        }
    }
    Ok(cx.commit(tx).await?)
}

/// Opens what is due, brings to mind what ends soon, closes what is over.
pub async fn review_access(cx: Ctx) -> Result<()> {
    let now = cx.now();
    let open = access::reviews_open(cx.db()).await?;
    for review in &open {
        if review.due_at <= now {
            close(&cx, review).await?;
        } else if review.reminded_at.is_none() && review.due_at - REMIND <= now {
            remind(&cx, review).await?;
        }
    }
    let kept: BTreeMap<i64, i64> = access::kept_last(cx.db()).await?.into_iter().collect();
    let old = |g: &GrantRow| given(g).max(kept.get(&g.id).copied().unwrap_or(0)) + QUARTER <= now;
    let scope = |g: &GrantRow| if g.role == Role::Lead.code() { None } else { g.agency_id };
    let standing = access::standing(cx.db()).await?;
    let due: BTreeSet<Option<i64>> = standing.iter().filter(|g| g.live(now) && old(g)).map(scope).collect();
    for agency in due.into_iter().filter(|a| open.iter().all(|r| r.agency_id != *a)) {
        let (id, due_at) = (cx.id(), now + OPEN);
        let review = ReviewRow { id, agency_id: agency, opened_at: now, due_at, reminded_at: None, closed_at: None };
        let tx = cx.begin("people.open-review").await?;
        access::insert_review(&tx, &review).await?;
        tx.record(&cx, &ReviewOpened { review: id, agency, due: due_at }).await?;
        tell(&cx, &tx, &review, "people-review-mail").await?;
        cx.commit(tx).await?;
    }
    Ok(())
}

async fn remind(cx: &Ctx, review: &ReviewRow) -> Result<()> {
    let tx = cx.begin("people.remind-review").await?;
    access::review_reminded(&tx, review.id, cx.now()).await?;
    tell(cx, &tx, review, "people-review-reminder").await?;
    Ok(cx.commit(tx).await?)
}

/// Writes to those who answer it.
async fn tell(cx: &Ctx, tx: &Tx, review: &ReviewRow, word: &'static str) -> Result<()> {
    let (to, name) = match review.agency_id {
        Some(agency) => {
            let name = agencies::name(tx, agency, cx.lang).await.unwrap_or_else(|_| agency.to_string());
            (access::lead_mails(tx, agency).await?, name)
        }
        None => (team::overseers(tx).await?, cx.words().t(cx.lang, "people-whole-government")),
    };
    for email in to {
        let link = cx.url(&format!("/reviews/{}", review.id));
        let due = ground::words::date(cx.lang, review.due_at);
        let say = Say::new(word).arg("agency", name.as_str()).arg("due", due).arg("link", link);
        let title = cx.words().say(cx.lang, &Say::new("people-review-subject").arg("agency", name.as_str()));
        send_mail(cx, tx, &email, title, cx.words().say(cx.lang, &say)).await?;
    }
    Ok(())
}

/// What was not confirmed lapses. One administrator always remains: without any nobody could give access again. So does what
/// the program itself gave, the role of the first administrator: it ends by an answer, never by silence.
async fn close(cx: &Ctx, review: &ReviewRow) -> Result<()> {
    let (rows, kept) = asked(cx, review).await?;
    let administers = |g: &GrantRow| g.role == Role::Administrator.code();
    let live: Vec<&GrantRow> = rows.iter().filter(|g| g.stands(cx.now())).collect();
    let some_remain = live.iter().any(|g| administers(g) && kept.contains(&g.id));
    let last = live.iter().rev().find(|g| administers(g)).map(|g| g.id).filter(|_| !some_remain);
    let (mut confirmed, mut lapsed) = (0, 0);
    let tx = cx.begin("people.close-review").await?;
    access::close_review(&tx, review.id, cx.now()).await?;
    for g in live {
        if kept.contains(&g.id) {
            confirmed += 1;
        } else if last != Some(g.id) && g.granted_by != "system" {
            end(cx, &tx, g, "review").await?;
            lapsed += 1;
        }
    }
    tx.record(cx, &ReviewClosed { review: review.id, agency: review.agency_id, confirmed, lapsed }).await?;
    Ok(cx.commit(tx).await?)
}

/// Whose name stands beside a right.
pub async fn holder(cx: &Ctx, g: &GrantRow) -> Result<String> {
    Ok(store::person(cx.db(), g.person_id).await?.name)
}
