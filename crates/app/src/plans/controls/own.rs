//! Judged from the plan in force of one agency.
use crate::plans::plan::PlanRow;
use crate::plans::plan::records::Records;
use crate::plans::store::{self, work};
use ground::slice::{Judging, Observation};
use ground::{Ctx, Result, Say};

/// The plan of this agency that holds now.
async fn holds(cx: &Ctx, agency: i64) -> Result<Option<PlanRow>> {
    Ok(store::approved(cx.db(), agency).await?.filter(|p| p.in_force(cx.now())))
}

fn end(plan: &PlanRow) -> Option<i64> {
    (plan.ends_at != 0).then_some(plan.ends_at)
}

fn of(plan: &PlanRow) -> [String; 1] {
    [format!("plan:{}", plan.id)]
}

fn none() -> Observation {
    Observation::not_met(Say::new("plans-told-none"))
}

pub fn in_force(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        Ok(match store::approved(cx.db(), agency).await? {
            Some(p) if p.in_force(cx.now()) => {
                Observation::met(Say::new("plans-told-in-force")).evidence(of(&p)).until(end(&p))
            }
            Some(p) => Observation::partly(Say::new("plans-told-over")).evidence(of(&p)),
            None => none(),
        })
    })
}

pub fn carried_out(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let Some(plan) = holds(&cx, agency).await? else { return Ok(none()) };
        let all = work::actions(cx.db(), plan.id).await?;
        let evidence = all.iter().map(|a| format!("plan-action:{}", a.id)).take(20);
        let next = all.iter().filter(|a| a.state == "open" && a.due_at > cx.now()).map(|a| a.due_at).min();
        let late = all.iter().filter(|a| a.late(cx.now())).count();
        let seen = match (all.len(), late) {
            (0, _) => Observation::not_met(Say::new("plans-told-no-actions")),
            (_, 0) => Observation::met(Say::new("plans-told-carried-out").arg("n", all.len() as i64)),
            (_, n) => Observation::partly(Say::new("plans-told-late").arg("n", n as i64)),
        };
        Ok(seen.evidence(of(&plan)).evidence(evidence).until(next).until(end(&plan)))
    })
}

/// Judges the records of the plan in force: what is right about them, and what to say when it is not there.
fn records(cx: Ctx, agency: i64, holds_true: fn(&Records) -> bool, met: &'static str, not: &'static str) -> Judging {
    Box::pin(async move {
        let Some(plan) = holds(&cx, agency).await? else { return Ok(none()) };
        let seen = if holds_true(&Records::read(&plan.records)) {
            Observation::met(Say::new(met))
        } else {
            Observation::not_met(Say::new(not))
        };
        Ok(seen.evidence(of(&plan)).until(end(&plan)))
    })
}

/// A plan from before plans had records has its parts in words only.
pub fn six_parts(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let Some(plan) = holds(&cx, agency).await? else { return Ok(none()) };
        let seen = if Records::read(&plan.records).is_empty() {
            Observation::partly(Say::new("plans-told-words-only"))
        } else {
            Observation::met(Say::new("plans-told-six-parts"))
        };
        Ok(seen.evidence(of(&plan)).until(end(&plan)))
    })
}

pub fn measured(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let open = store::unmeasured(cx.db(), agency, cx.now()).await?;
        let plan = store::approved(cx.db(), agency).await?;
        let next = plan.as_ref().and_then(end).filter(|at| *at > cx.now());
        let seen = match (open.as_slice(), plan) {
            ([], None) => Observation::not_applicable(Say::new("plans-told-none")),
            ([], Some(plan)) => Observation::met(Say::new("plans-told-measured")).evidence(of(&plan)),
            (open, _) => Observation::not_met(Say::new("plans-told-unmeasured").arg("n", open.len() as i64))
                .evidence(open.iter().map(|p| format!("plan:{}", p.id))),
        };
        Ok(seen.until(next))
    })
}

pub fn goals_bound(cx: Ctx, agency: i64) -> Judging {
    let bound = |r: &Records| {
        !r.objectives.is_empty() && r.objectives.iter().all(|o| !o.objective.is_empty() && !o.aims.is_empty())
    };
    records(cx, agency, bound, "plans-told-bound", "plans-told-unbound")
}

pub fn participation(cx: Ctx, agency: i64) -> Judging {
    let part = |r: &Records| r.objectives.iter().any(|o| o.participation);
    records(cx, agency, part, "plans-told-participation", "plans-told-no-participation")
}

pub fn channels(cx: Ctx, agency: i64) -> Judging {
    let mixed =
        |r: &Records| r.audiences.iter().any(|a| a.channels.len() > 1 && a.channels.iter().any(|c| c != "social"));
    records(cx, agency, mixed, "plans-told-channels", "plans-told-no-channels")
}

pub fn issues(cx: Ctx, agency: i64) -> Judging {
    let some = |r: &Records| r.issues.iter().any(|i| !i.how.trim().is_empty());
    records(cx, agency, some, "plans-told-issues", "plans-told-no-issues")
}
