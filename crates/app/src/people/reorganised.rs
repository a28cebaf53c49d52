//! Where an agency has ended, its people go over to the one that took over, and their roles with them: what somebody was
//! trusted with is the same work at another desk. A role that would meet one it must be apart from, and that of a lead where
//! there is one, is not carried over.
use super::facts::{PersonMoved, PersonMovedAway};
use super::granting::{end_all, granted};
use super::roles::Role;
use super::rules::{self, Held};
use super::store::{self, GrantRow};
use crate::agencies::AgencyReorganised;
use crate::ledger::Record;
use ground::facts::Recorded;
use ground::{Ctx, Result};

pub async fn go_over(cx: Ctx, f: Recorded<AgencyReorganised>) -> Result<()> {
    let cx = cx.as_system();
    let (former, heir) = (f.fact.agency, f.fact.heir);
    let mut after = 0;
    loop {
        let some = store::list_persons(cx.db(), Some(vec![former]), "", after, 200).await?;
        let Some(last) = some.last() else { break };
        after = last.id;
        for p in some.iter().filter(|p| p.state != "left") {
            let tx = cx.begin("people.go-over").await?;
            store::move_person(&tx, p, Some(heir)).await?;
            let (from, to) = (Some(former), Some(heir));
            tx.record(&cx, &PersonMovedAway { person: p.id, agency: from, to }).await?;
            tx.record(&cx, &PersonMoved { person: p.id, agency: to, from }).await?;
            cx.commit(tx).await?;
        }
    }
    for g in store::held_in(cx.db(), former).await? {
        carry_over(&cx, &g, former, heir).await?;
    }
    Ok(())
}

/// Ends everything one person holds in the former agency and gives them the same in the new one.
async fn carry_over(cx: &Ctx, g: &GrantRow, former: i64, heir: i64) -> Result<()> {
    let tx = cx.begin("people.carry-over").await?;
    let all = store::grants_of(&tx, g.person_id).await?;
    let here = |g: &&GrantRow| g.agency_id == Some(former) && g.stands(cx.now());
    let mut held: Vec<Held> = all
        .iter()
        .filter(|g| g.agency_id != Some(former) && (g.waits() || g.stands(cx.now())))
        .filter_map(|g| Role::parse(&g.role).map(|role| Held { role, agency: g.agency_id }))
        .collect();
    let led = store::held_in(&tx, heir).await?.iter().any(|g| g.role == Role::Lead.code() && g.stands(cx.now()));
    for old in all.iter().filter(here) {
        let Some(role) = Role::parse(&old.role) else { continue };
        let has = held.iter().any(|h| h.role == role && h.agency == Some(heir));
        if has || (role == Role::Lead && led) || !rules::toxic(role, Some(heir), &held).is_empty() {
            continue;
        }
        let (id, agency_id, granted_at) = (cx.id(), Some(heir), cx.now());
        let new = GrantRow { id, agency_id, granted_at, decided_at: Some(granted_at), ..old.clone() };
        store::insert_grant(&tx, &new).await?;
        tx.record(cx, &granted(&new, false)).await?;
        held.push(Held { role, agency: Some(heir) });
    }
    end_all(cx, &tx, g.person_id, Some(former), "reorganised").await?;
    Ok(cx.commit(tx).await?)
}
