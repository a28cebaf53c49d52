//! Taking the register over from the policy pack: as often as one likes, the same result.
use super::reorganisation::{Ending, Kind, Reorganisation};
use super::store::{self, Agency, endings};
use super::{AgencyRegistered, reorganising};
use crate::ledger::Record;
use crate::policy::{self, Pack};
use ground::db::Tx;
use ground::{Ctx, Result};
use std::collections::BTreeMap;

/// Writes what the pack says of agencies: new ones are registered with an id of their own, known ones (by code) are
/// brought up to date. What a recorded act ended stays ended, and what a later edition of the pack ends is such an act.
/// Returns how many were new.
pub async fn load_register(cx: &Ctx, pack: &Pack) -> Result<usize> {
    let today = pack.day_at(cx.now());
    let tx = cx.begin("agencies.load").await?;
    let known: BTreeMap<String, Agency> =
        store::everyone(&tx).await?.into_iter().map(|a| (a.code.clone(), a)).collect();
    let ended: BTreeMap<i64, Ending> = endings::all(&tx).await?.into_iter().map(|e| (e.agency_id, e)).collect();
    let (mut new, mut ends) = (0, vec![]);
    for a in pack.agencies().iter() {
        let mut row = Agency {
            id: known.get(&a.code).map_or_else(|| cx.id(), |k| k.id),
            code: a.code.clone(),
            kind: a.kind.clone(),
            name_en: a.name.get("en").into(),
            name_dz: a.name.get("dz").into(),
            parent_code: a.parent.clone(),
            valid_from: a.valid_from.map(|d| d.to_string()),
            valid_until: a.valid_until.map(|d| d.to_string()),
            current: a.exists_on(today),
        };
        if let Some(before) = known.get(&a.code) {
            if ended.get(&before.id).is_some_and(|e| e.effective) {
                (row.valid_until, row.current) = (before.valid_until.clone(), false);
            } else if before.current && !row.current && !ended.contains_key(&before.id) {
                ends.push(a);
            }
        }
        match known.get(&a.code) {
            Some(before) if *before == row => {}
            Some(_) => store::update(&tx, &row).await?,
            None => {
                store::insert(&tx, &row).await?;
                tx.record(cx, &AgencyRegistered { agency: row.id, code: row.code.clone(), kind: row.kind.clone() })
                    .await?;
                new += 1;
            }
        }
        for successor in &a.successors {
            store::succeed(&tx, &a.code, successor).await?;
        }
    }
    for a in ends {
        end_by_pack(cx, &tx, a).await?;
    }
    cx.commit(tx).await?;
    Ok(new)
}

/// An agency that existed until now and that the pack says has ended: the same act as if somebody had recorded it.
/// Without successors there is nobody to take over, and the accounts wait for an act that names a caretaker.
async fn end_by_pack(cx: &Ctx, tx: &Tx, a: &policy::Agency) -> Result<()> {
    let mut to = vec![];
    for code in &a.successors {
        to.push(store::by_code(tx, code).await?);
    }
    let (Some(heir), Some(until)) = (to.iter().find(|s| s.current).or(to.first()), a.valid_until) else {
        return Ok(());
    };
    let kind = if to.len() > 1 { Kind::Split } else { Kind::Merge };
    let r = Reorganisation {
        id: cx.id(),
        kind: kind.code().into(),
        effective_on: until.to_string(),
        reason: if a.note.is_empty() { a.source.clone() } else { a.note.clone() },
        order_ref: a.source.clone(),
        heir_id: heir.id,
        state: reorganising::ORDERED.into(),
        ordered_by: 0,
        ordered_at: cx.now(),
    };
    let from = store::by_code(tx, &a.code).await?;
    reorganising::record(cx, tx, &r, &[from], &to).await
}
