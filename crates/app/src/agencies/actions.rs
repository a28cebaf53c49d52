//! Taking the register over from the policy pack: as often as one likes, the same result.
use super::AgencyRegistered;
use super::store::{self, Agency};
use crate::ledger::Record;
use crate::policy::Pack;
use ground::{Ctx, Result};
use std::collections::BTreeMap;

/// Writes what the pack says of agencies: new ones are registered with an id of their own, known ones (by code) are
/// brought up to date. Returns how many were new.
pub async fn load_register(cx: &Ctx, pack: &Pack) -> Result<usize> {
    let today = pack.day_at(cx.now());
    let tx = cx.begin("agencies.load").await?;
    let known: BTreeMap<String, Agency> =
        store::everyone(&tx).await?.into_iter().map(|a| (a.code.clone(), a)).collect();
    let mut new = 0;
    for a in pack.agencies().iter() {
        let row = Agency {
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
    cx.commit(tx).await?;
    Ok(new)
}
