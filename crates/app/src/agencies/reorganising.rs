//! Recording a reorganisation, letting it take effect on its day, and taking it back before. What follows for accounts,
//! posts and people their slices do when they hear of it.
use super::reorganisation::{Ending, Kind, NewReorganisation, Reorganisation};
use super::rules::{self, Known};
use super::store::{self, Agency, endings};
use super::{AgencyReorganised, MANAGE_AGENCIES, ReorganisationOrdered, ReorganisationRevoked};
use crate::ledger::Record;
use crate::policy::Pack;
use ground::db::{DbError, Run, Tx};
use ground::{Ctx, Error, Result, Say};

pub const ORDERED: &str = "ordered";
pub const EFFECTIVE: &str = "effective";
pub const REVOKED: &str = "revoked";

pub(super) fn allowed(cx: &Ctx) -> Result<()> {
    if cx.actor.may_everywhere(MANAGE_AGENCIES) { Ok(()) } else { Err(Error::not_allowed()) }
}

async fn named(c: &impl Run, code: &str) -> Result<Option<Agency>> {
    Ok(store::by_code_typed(c, code.trim()).await?)
}

/// Records the act. From a day that has come it holds at once, later it takes effect by itself.
pub async fn reorganise(cx: &Ctx, new: &NewReorganisation) -> Result<Reorganisation> {
    allowed(cx)?;
    let tx = cx.begin("agencies.reorganise").await?;
    let endings = endings::all(&tx).await?;
    let (mut from, mut to) = (vec![], vec![]);
    for (codes, found) in [(&new.from, &mut from), (&new.to, &mut to)] {
        for code in codes {
            found.push((code.as_str(), named(&tx, code).await?));
        }
    }
    let heir = if new.heir.trim().is_empty() { None } else { named(&tx, &new.heir).await? };
    let known = Known { from, to, heir, endings: &endings };
    let wrong = rules::may_reorganise(new, &known);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let all = |some: Vec<(&str, Option<Agency>)>| some.into_iter().filter_map(|(_, a)| a).collect::<Vec<_>>();
    let (from, to) = (all(known.from), all(known.to));
    let heir = known.heir.or_else(|| to.first().cloned()).ok_or_else(|| Error::fault("nobody takes over"))?;
    let r = Reorganisation {
        id: cx.id(),
        kind: new.kind.map_or("", Kind::code).into(),
        effective_on: new.effective_on.clone(),
        reason: new.reason.trim().into(),
        order_ref: new.order_ref.trim().into(),
        heir_id: heir.id,
        state: ORDERED.into(),
        ordered_by: cx.actor.person()?,
        ordered_at: cx.now(),
    };
    record(cx, &tx, &r, &from, &to).await?;
    cx.commit(tx).await?;
    Ok(endings::find(cx.db(), r.id).await?)
}

pub(super) async fn record(cx: &Ctx, tx: &Tx, r: &Reorganisation, from: &[Agency], to: &[Agency]) -> Result<()> {
    endings::insert(tx, r).await?;
    for (part, agencies) in [("from", from), ("to", to)] {
        for a in agencies {
            endings::insert_part(tx, r.id, a.id, part).await?;
        }
    }
    for a in from {
        let ending = Ending { agency_id: a.id, reorganisation_id: r.id, heir_id: r.heir_id, effective: false };
        endings::end(tx, &ending).await?;
    }
    let codes = |some: &[Agency]| some.iter().map(|a| a.code.clone()).collect::<Vec<_>>();
    let fact = ReorganisationOrdered {
        reorganisation: r.id,
        change: r.kind.clone(),
        from: codes(from),
        to: codes(to),
        heir: r.heir_id,
        effective_on: r.effective_on.clone(),
        order_ref: r.order_ref.clone(),
    };
    tx.record(cx, &fact).await?;
    let today = cx.machine.part::<Pack>()?.day_at(cx.now()).to_string();
    if r.effective_on <= today { take_effect(cx, tx, r).await } else { Ok(()) }
}

/// The agencies that end do so, with their successors; whoever keeps something of theirs hears of it.
async fn take_effect(cx: &Ctx, tx: &Tx, r: &Reorganisation) -> Result<()> {
    endings::set_state(tx, r.id, ORDERED, EFFECTIVE).await?;
    let (from, to) = (endings::parts(tx, r.id, "from").await?, endings::parts(tx, r.id, "to").await?);
    for a in &from {
        let ended = Agency { valid_until: Some(r.effective_on.clone()), current: false, ..a.clone() };
        if ended != *a {
            store::update(tx, &ended).await?;
        }
        for successor in &to {
            store::succeed(tx, &a.code, &successor.code).await?;
        }
        endings::take_effect(tx, a.id).await?;
        let fact = AgencyReorganised {
            agency: a.id,
            reorganisation: r.id,
            change: r.kind.clone(),
            heir: r.heir_id,
            successors: to.iter().map(|s| s.id).collect(),
            effective_on: r.effective_on.clone(),
            by: r.ordered_by,
        };
        tx.record(cx, &fact).await?;
    }
    Ok(())
}

/// Takes back what has not taken effect.
pub async fn revoke(cx: &Ctx, id: i64) -> Result<Reorganisation> {
    allowed(cx)?;
    let tx = cx.begin("agencies.revoke").await?;
    let r = endings::find(&tx, id).await.map_err(DbError::unseen)?;
    if r.state != ORDERED {
        return Err(Error::conflict(Say::new("agencies-error-not-ordered")));
    }
    endings::set_state(&tx, id, ORDERED, REVOKED).await?;
    endings::forget(&tx, id).await?;
    tx.record(cx, &ReorganisationRevoked { reorganisation: id }).await?;
    cx.commit(tx).await?;
    Ok(endings::find(cx.db(), id).await?)
}

/// Lets take effect what is due, and turns agencies into present or former ones on their day.
pub async fn watch_days(cx: Ctx) -> Result<()> {
    let today = cx.machine.part::<Pack>()?.day_at(cx.now()).to_string();
    for r in endings::due(cx.db(), ORDERED, &today).await? {
        let tx = cx.begin("agencies.take-effect").await?;
        take_effect(&cx, &tx, &r).await?;
        cx.commit(tx).await?;
    }
    let stale = store::stale(cx.db(), &today).await?;
    if !stale.is_empty() {
        let tx = cx.begin("agencies.days").await?;
        for a in stale {
            store::update(&tx, &Agency { current: !a.current, ..a }).await?;
        }
        cx.commit(tx).await?;
    }
    Ok(())
}

/// The agencies that these took over from, directly or through others.
pub async fn taken_over(c: &impl Run, heirs: &[i64]) -> Result<Vec<(i64, i64)>> {
    let endings: Vec<Ending> = endings::all(c).await?.into_iter().filter(|e| e.effective).collect();
    let mut found: Vec<(i64, i64)> = vec![];
    for heir in heirs {
        let mut open = vec![*heir];
        while let Some(now) = open.pop() {
            for e in endings.iter().filter(|e| e.heir_id == now) {
                if !found.contains(&(*heir, e.agency_id)) {
                    found.push((*heir, e.agency_id));
                    open.push(e.agency_id);
                }
            }
        }
    }
    Ok(found)
}

/// How an agency ended, where an act says so.
pub async fn ending(c: &impl Run, agency: i64) -> Result<Option<(Reorganisation, Agency)>> {
    let Some(e) = endings::of(c, agency).await?.filter(|e| e.effective) else { return Ok(None) };
    Ok(Some((endings::find(c, e.reorganisation_id).await?, store::find(c, e.heir_id).await?)))
}
