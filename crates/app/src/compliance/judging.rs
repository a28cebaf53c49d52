//! From what happened to what is found: one agency at a time, only the controls that were touched. Whoever judges holds
//! the agency's row; an older look never overwrites a newer one. Judging everything anew gives the same findings.
use super::FindingChanged;
use super::finding::{self, State};
use super::store::{self, Day, MapRow, Standing, Standings};
use crate::agencies::{self, Agency};
use crate::ledger::{self, Record};
use crate::people;
use crate::policy::{Obligation, Pack};
use ground::db::Tx;
use ground::error::Told;
use ground::slice::{Control, Controls, Criterion, Judge, Observation};
use ground::{Ctx, Error, Result};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Which obligations in which order, and which controls: rows of another pack are made anew. A part of the machine.
pub struct Shape {
    digest: String,
    /// For each obligation the places of the controls that serve it.
    serving: Vec<Vec<usize>>,
}

impl Shape {
    pub fn of(pack: &Pack, controls: &[Control]) -> Shape {
        let mut hash = Sha256::new();
        for o in pack.obligations().iter() {
            hash.update(o.id.as_bytes());
            hash.update([0]);
        }
        for l in pack.lineage().iter() {
            hash.update(l.id.as_bytes());
            hash.update(l.to.join(" ").as_bytes());
            hash.update([2, u8::from(l.carries)]);
        }
        for c in controls {
            hash.update(c.id.as_bytes());
            hash.update(c.obligations.join(" ").as_bytes());
            hash.update([1]);
        }
        let serving = |o: &Obligation| finding::serving(pack, controls, &o.id).iter().map(|(at, _)| *at).collect();
        let digest = ground::crypto::hex(&hash.finalize()[..8]);
        Shape { digest, serving: pack.obligations().iter().map(serving).collect() }
    }
}

fn shape(cx: &Ctx) -> Result<&str> {
    Ok(&cx.machine.part::<Shape>()?.digest)
}

/// Follows every fact that some control is judged from.
pub async fn judge_after(cx: Ctx, fact: i64) -> Result<()> {
    let fact = ledger::find(cx.db(), fact).await?;
    let from_it = |from: &[&str]| from.contains(&fact.kind.as_str());
    // Who serves the whole government stands in no agency's team: what is found of teams stays as it is.
    let of_whom = |c: &Control| fact.scope.is_some() || !people::judges_a_team(c);
    let touched: Vec<_> =
        judged(&cx)?.filter(|(c, from, _)| from_it(from) && of_whom(c)).map(|(c, _, judge)| (c, judge)).collect();
    let carries = carried_by_duty(&cx, &touched)?;
    if touched.is_empty() {
        return Ok(());
    }
    // What is the whole government's touches everybody; what one agency does also who answers for all of them.
    let mut agencies = match fact.scope {
        None => current(&cx).await?,
        Some(scope) => vec![agencies::find(cx.db(), scope).await?],
    };
    for code in carries {
        if fact.scope.is_some() && agencies.iter().all(|a| a.code != code) {
            agencies.push(agencies::by_code(cx.db(), &code).await?);
        }
    }
    for agency in agencies.iter().filter(|a| a.current) {
        if is_new(&cx, agency.id).await? {
            all_of(&cx, agency.id).await?;
        } else {
            judge(&cx, agency.id, &touched).await?;
        }
    }
    Ok(())
}

/// The agencies that hold a duty which one of these controls serves.
fn carried_by_duty(cx: &Ctx, touched: &[(&Control, Judge)]) -> Result<HashSet<String>> {
    let pack = cx.machine.part::<Pack>()?;
    let day = pack.day_at(cx.now());
    let serves = |o: &&Obligation| {
        let named = pack.carried(&o.id);
        touched.iter().any(|(c, _)| c.obligations.iter().any(|id| named.contains(id)))
    };
    let obligations = pack.obligations().iter().filter(serves);
    let holders = obligations.flat_map(|o| &o.carried_by).filter_map(|duty| pack.holder(duty, day));
    Ok(holders.map(|a| a.code.clone()).collect())
}

/// Nothing was judged yet, or by another pack or other controls: then one touched control is not enough.
async fn is_new(cx: &Ctx, agency: i64) -> Result<bool> {
    let shape = shape(cx)?;
    Ok(store::row(cx.db(), agency).await?.is_none_or(|r| r.shape != shape))
}

type Judged<'c> = (&'c Control, &'static [&'static str], Judge);

fn judged(cx: &Ctx) -> Result<impl Iterator<Item = Judged<'_>>> {
    let Controls(all) = cx.machine.part::<Controls>()?;
    Ok(all.iter().filter_map(|c| match c.criterion {
        Criterion::Judged { from, judge } => Some((c, from, judge)),
        _ => None,
    }))
}

pub async fn current(cx: &Ctx) -> Result<Vec<Agency>> {
    Ok(agencies::everyone(cx.db()).await?.into_iter().filter(|a| a.current).collect())
}

/// New rows that one sweep makes; the next goes on.
const AT_ONCE: i64 = 40;

/// What time alone may have changed.
pub async fn lapse(cx: &Ctx) -> Result<()> {
    let passed = store::passed(cx.db(), cx.now(), 2000).await?;
    let mut agencies: Vec<i64> = passed.iter().map(|(agency, _)| *agency).collect();
    agencies.dedup();
    for agency in agencies {
        let ids: HashSet<&str> = passed.iter().filter(|p| p.0 == agency).map(|p| p.1.as_str()).collect();
        let touched: Vec<_> = judged(cx)?.filter(|j| ids.contains(j.0.id)).map(|j| (j.0, j.2)).collect();
        judge(cx, agency, &touched).await?;
    }
    Ok(())
}

/// What lapsed, and who has no row yet or one of another pack; then the day's sums.
pub async fn sweep(cx: Ctx) -> Result<()> {
    lapse(&cx).await?;
    for agency in store::without_row(cx.db(), shape(&cx)?, AT_ONCE).await? {
        all_of(&cx, agency).await?;
    }
    // Most minutes no row changes: then today's sums stand.
    let last = store::days(cx.db(), 1).await?;
    let today = cx.machine.part::<Pack>()?.day_at(cx.now()).to_string();
    let changed_at = store::last_change(cx.db()).await?;
    if last.first().is_some_and(|d| d.day == today && d.changed_at == Some(changed_at)) {
        return Ok(());
    }
    sum_up(&cx).await
}

/// Judges everything anew, from nothing but what happened. Returns how many agencies that was.
pub async fn everything(cx: &Ctx) -> Result<usize> {
    let agencies = current(cx).await?;
    for agency in &agencies {
        all_of(cx, agency.id).await?;
    }
    sum_up(cx).await?;
    Ok(agencies.len())
}

async fn all_of(cx: &Ctx, agency: i64) -> Result<bool> {
    let all: Vec<_> = judged(cx)?.map(|(c, _, judge)| (c, judge)).collect();
    judge(cx, agency, &all).await
}

/// Judges these controls of an agency and keeps what changed. True: something did.
async fn judge(cx: &Ctx, agency: i64, controls: &[(&Control, Judge)]) -> Result<bool> {
    let system = cx.as_system();
    let mut seen = vec![];
    for (control, judge) in controls {
        let judged_at = cx.now();
        let observation = judge(system.clone(), agency).await?;
        seen.push(standing(&system, agency, control.id, &observation, judged_at)?);
    }
    // Most looks see what was seen before: then nothing is written and nobody waits for anybody.
    let known = store::standing(system.db(), agency).await?;
    let seen_before = |new: &Standing| known.get(&key(new)).is_some_and(|old| says_the_same(old, new, system.now()));
    if !seen.is_empty() && seen.iter().all(seen_before) && !is_new(&system, agency).await? {
        return Ok(false);
    }
    let tx = system.begin("compliance.judge").await?;
    let row = store::hold(&tx, agency).await?;
    let mut stands = store::standing(&tx, agency).await?;
    for new in seen {
        keep(&tx, &mut stands, new).await?;
    }
    // What lapsed is looked at once, not at every sweep from then on.
    let now = system.now();
    for s in stands.values().filter(|s| s.until_at.is_some_and(|until| until <= now && s.judged_at < until)) {
        store::seen_again(&tx, &Standing { judged_at: now, ..s.clone() }).await?;
    }
    let changed = settle(&system, &tx, row, &stands).await?;
    system.commit(tx).await?;
    Ok(changed)
}

fn key(s: &Standing) -> (String, String) {
    (s.control.clone(), s.source.clone())
}

/// The same was seen, and what was seen still holds at least as short: it will be looked at again in time.
fn says_the_same(old: &Standing, new: &Standing, now: i64) -> bool {
    let lasts = match (old.until_at, new.until_at) {
        (None, until) => until.is_none(),
        (Some(old), new) => old > now && new.is_none_or(|new| new >= old),
    };
    lasts && (&old.verdict, &old.told, &old.evidence) == (&new.verdict, &new.told, &new.evidence)
}

fn standing(cx: &Ctx, agency: i64, control: &str, o: &Observation, judged_at: i64) -> Result<Standing> {
    Ok(Standing {
        agency_id: agency,
        control: control.into(),
        source: "own".into(),
        observation_id: cx.id(),
        verdict: finding::verdict_code(o.verdict).into(),
        told: serde_json::to_string(&Told::from(&o.say)).map_err(Error::fault)?,
        reason: String::new(),
        evidence: serde_json::to_string(&o.evidence).map_err(Error::fault)?,
        by_person: None,
        seen_at: judged_at,
        until_at: o.until,
        judged_at,
    })
}

/// Lets an observation stand, if it is news and no newer one stands.
pub async fn keep(tx: &Tx, stands: &mut Standings, new: Standing) -> Result<()> {
    let key = key(&new);
    match stands.get(&key) {
        Some(old) if old.judged_at > new.judged_at => return Ok(()),
        Some(old) if (&old.verdict, &old.told, &old.evidence) == (&new.verdict, &new.told, &new.evidence) => {
            let again = Standing { judged_at: new.judged_at, until_at: new.until_at, ..old.clone() };
            // A sentence that holds on is written only when its time is another.
            if again.until_at != old.until_at {
                store::seen_again(tx, &again).await?;
            }
            stands.insert(key, again);
        }
        _ => {
            store::stand(tx, &new).await?;
            stands.insert(key, new);
        }
    }
    Ok(())
}

/// The findings of an agency from what stands, written into its row; every change is a fact.
pub async fn settle(cx: &Ctx, tx: &Tx, row: MapRow, stands: &Standings) -> Result<bool> {
    let (pack, Controls(controls)) = (cx.machine.part::<Pack>()?, cx.machine.part::<Controls>()?);
    let Shape { digest: shape, serving } = cx.machine.part::<Shape>()?;
    let (day, now) = (pack.day_at(cx.now()), cx.now());
    let code = agencies::find(tx, row.agency_id).await?.code;
    let states: Vec<State> = pack
        .obligations()
        .iter()
        .zip(serving)
        .map(|(o, serving)| {
            if !finding::carries(pack, o, &code, day) {
                return State::NotApplicable;
            }
            finding::together(serving.iter().map(|at| finding::of_control(&controls[*at], stands, now)))
        })
        .collect();
    let letters: String = states.iter().map(|s| s.letter()).collect();
    if letters == row.letters && row.shape == *shape {
        return Ok(false);
    }
    // Where the row is new, nothing changed: it was only never told before.
    if row.shape == *shape {
        for ((o, to), from) in pack.obligations().iter().zip(&states).zip(row.letters.chars().map(State::of_letter)) {
            if *to != from {
                let (agency, obligation) = (row.agency_id, o.id.clone());
                let fact = FindingChanged { agency, obligation, from: from.code().into(), to: to.code().into() };
                tx.record(cx, &fact).await?;
            }
        }
    }
    store::set_row(tx, &MapRow { shape: shape.clone(), letters, changed_at: now, ..row }).await?;
    Ok(true)
}

/// The sums of the day: of what binds and applies.
async fn sum_up(cx: &Ctx) -> Result<()> {
    let pack = cx.machine.part::<Pack>()?;
    let binding: Vec<bool> = pack.obligations().iter().map(|o| o.level.binding()).collect();
    let changed_at = Some(store::last_change(cx.db()).await?);
    let mut day = Day { day: pack.day_at(cx.now()).to_string(), met: 0, partly: 0, not_met: 0, unknown: 0, changed_at };
    let today: HashSet<i64> = current(cx).await?.iter().map(|a| a.id).collect();
    for row in store::rows(cx.db()).await?.iter().filter(|r| today.contains(&r.agency_id)) {
        for (letter, _) in row.letters.chars().zip(&binding).filter(|(_, binds)| **binds) {
            match State::of_letter(letter) {
                State::Met => day.met += 1,
                State::Partly => day.partly += 1,
                State::NotMet => day.not_met += 1,
                State::Unknown => day.unknown += 1,
                State::NotApplicable => {}
            }
        }
    }
    if store::days(cx.db(), 1).await?.first() == Some(&day) {
        return Ok(());
    }
    let tx = cx.begin("compliance.day").await?;
    store::set_day(&tx, &day).await?;
    Ok(cx.commit(tx).await?)
}
