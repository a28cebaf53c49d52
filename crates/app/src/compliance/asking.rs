//! What the lead of an agency is asked to say: what nothing computes, was never said, or was said too long ago.
use super::finding::{self, State};
use super::map::{Finding, Shown};
use super::store;
use crate::agencies::{self, Agency};
use crate::people::roles::ATTEST;
use crate::policy::Pack;
use ground::slice::{Controls, Criterion};
use ground::{Ctx, Result};

/// Something to say of an obligation.
pub struct Asked {
    pub obligation: String,
    pub title: String,
    /// It was said, and that has lapsed.
    pub lapsed: bool,
}

fn waits(c: &Shown<'_>) -> bool {
    c.attested() && c.own.as_ref().is_none_or(|s| s.lapsed)
}

/// From the findings of an agency, in their order.
pub fn of(cx: &Ctx, findings: &[Finding<'_>]) -> Vec<Asked> {
    let carried = findings.iter().filter(|f| f.state != State::NotApplicable && f.controls.iter().any(waits));
    let asked = |f: &Finding<'_>| {
        let title = f.clause.map_or("", |c| c.title.get(cx.lang.code()));
        let lapsed = f.controls.iter().any(|c| c.attested() && c.own.as_ref().is_some_and(|s| s.lapsed));
        Asked { obligation: f.obligation.id.clone(), title: format!("{} · {title}", f.obligation.id), lapsed }
    };
    carried.map(asked).collect()
}

/// One agency whose lead is asked, for a list of what waits.
pub struct Waiting {
    pub agency: Agency,
    /// Never said, and said too long ago; the moment of the first that lapsed.
    pub open: usize,
    pub lapsed: usize,
    pub since: Option<i64>,
}

/// The agencies for which the reader may say it, where something is to be said.
pub async fn waiting(cx: &Ctx) -> Result<Vec<Waiting>> {
    let (pack, Controls(controls)) = (cx.machine.part::<Pack>()?, cx.machine.part::<Controls>()?);
    let (now, day) = (cx.now(), pack.day_at(cx.now()));
    let mut all = vec![];
    for id in cx.actor.scopes(ATTEST).unwrap_or_default() {
        let agency = agencies::find(cx.db(), id).await?;
        let stands = store::standing(cx.db(), id).await?;
        let mut found = Waiting { open: 0, lapsed: 0, since: None, agency };
        for control in controls.iter().filter(|c| matches!(c.criterion, Criterion::Attested { .. })) {
            let serves = |o: &&crate::policy::Obligation| {
                finding::carries(pack, o, &found.agency.code, day)
                    && pack.carried(&o.id).iter().any(|named| control.obligations.contains(named))
            };
            if !pack.obligations().iter().any(|o| serves(&o)) {
                continue;
            }
            match stands.get(&(control.id.to_owned(), "own".to_owned())) {
                None => found.open += 1,
                Some(s) if s.until_at.is_some_and(|until| until <= now) => {
                    found.lapsed += 1;
                    found.since = [found.since, s.until_at].into_iter().flatten().min();
                }
                Some(_) => {}
            }
        }
        if found.agency.current && found.open + found.lapsed > 0 {
            all.push(found);
        }
    }
    Ok(all)
}
