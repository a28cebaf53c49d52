//! What plans show of the policy, judged from the plan in force of one agency; two are the whole government's.
use super::coverage::{self, Coverage, Group};
use super::plan::records::Records;
use super::store::work;
use super::store::{self, PlanRow};
use crate::policy::Pack;
use ground::slice::{Control, Judging, Observation};
use ground::{Ctx, Result, Say};

const APPROVED: &[&str] = &["plan.approved"];
const CARRIED_OUT: &[&str] = &["plan.approved", "plan.action-set", "plan.action-ended"];
const MEASURED: &[&str] = &["plan.approved", "plan.evaluated"];

pub const ALL: &[Control] = &[
    Control::judged(
        "plans-in-force",
        &["P6.2-AP1"],
        "an approved plan is in force and in its term, approved by somebody other than its author",
        "/plans",
        APPROVED,
        in_force,
    ),
    Control::judged(
        "plans-carried-out",
        &["P6.2-AP2"],
        "the plan in force has actions, each with an owner and a day, and none is late",
        "/plans",
        CARRIED_OUT,
        carried_out,
    ),
    Control::judged(
        "plans-six-parts",
        &["P6.2-AP3", "P6.2-AP4", "P6.2-AP5", "P6.2-AP6", "P6.2-AP7", "P6.2-AP8"],
        "the plan in force has all six parts, in words and in records: none is submitted without them",
        "/plans",
        APPROVED,
        six_parts,
    ),
    Control::judged(
        "plans-measured",
        &["P6.2-AP7"],
        "every plan whose term is over was looked back on, objective by objective",
        "/plans",
        MEASURED,
        measured,
    ),
    Control::judged(
        "plans-goals-bound",
        &["P4-O0"],
        "each objective of the plan in force serves a pillar and one of the four objectives of the policy",
        "/plans",
        APPROVED,
        goals_bound,
    ),
    Control::judged(
        "plans-aims-covered",
        &["P4-S0"],
        "the plans in force cover all pillars and domains together; what nobody plans for is shown",
        "/plans/coverage",
        APPROVED,
        aims_covered,
    ),
    Control::judged(
        "plans-pillars-covered",
        &["P4-S1"],
        "every pillar has an objective in a plan that is in force",
        "/plans/coverage",
        APPROVED,
        pillars_covered,
    ),
    Control::judged(
        "plans-participation",
        &["P6.2-SU2"],
        "the plan in force has an objective by which citizens take part in making a policy or a service",
        "/plans",
        APPROVED,
        participation,
    ),
    Control::judged(
        "plans-channels",
        &["P6.2-SU3"],
        "the plan in force reaches an audience by two ways or more, one of them not social media",
        "/plans",
        APPROVED,
        channels,
    ),
    Control::judged(
        "plans-issues",
        &["P6.2-CC1"],
        "the plan in force takes up cross-cutting issues",
        "/plans",
        APPROVED,
        issues,
    ),
];

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

fn in_force(cx: Ctx, agency: i64) -> Judging {
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

fn carried_out(cx: Ctx, agency: i64) -> Judging {
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
fn six_parts(cx: Ctx, agency: i64) -> Judging {
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

fn measured(cx: Ctx, agency: i64) -> Judging {
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

fn goals_bound(cx: Ctx, agency: i64) -> Judging {
    let bound = |r: &Records| {
        !r.objectives.is_empty() && r.objectives.iter().all(|o| !o.objective.is_empty() && !o.aims.is_empty())
    };
    records(cx, agency, bound, "plans-told-bound", "plans-told-unbound")
}

fn participation(cx: Ctx, agency: i64) -> Judging {
    let part = |r: &Records| r.objectives.iter().any(|o| o.participation);
    records(cx, agency, part, "plans-told-participation", "plans-told-no-participation")
}

fn channels(cx: Ctx, agency: i64) -> Judging {
    let mixed =
        |r: &Records| r.audiences.iter().any(|a| a.channels.len() > 1 && a.channels.iter().any(|c| c != "social"));
    records(cx, agency, mixed, "plans-told-channels", "plans-told-no-channels")
}

fn issues(cx: Ctx, agency: i64) -> Judging {
    let some = |r: &Records| r.issues.iter().any(|i| !i.how.trim().is_empty());
    records(cx, agency, some, "plans-told-issues", "plans-told-no-issues")
}

/// Whether this agency answers for the whole government here; for others the answer is nobody's.
fn carries(cx: &Ctx, agency: &str, obligation: &str) -> Result<bool> {
    let pack = cx.machine.part::<Pack>()?;
    let day = pack.day_at(cx.now());
    let carried = pack.obligations().find(obligation).map_or(&[][..], |o| &o.carried_by);
    Ok(carried.iter().any(|duty| pack.holder(duty, day).is_some_and(|a| a.code == agency)))
}

async fn national(cx: &Ctx, agency: i64, obligation: &str) -> Result<Option<Coverage>> {
    let code = crate::agencies::find(cx.db(), agency).await?.code;
    if carries(cx, &code, obligation)? { Ok(Some(coverage::coverage(cx).await?)) } else { Ok(None) }
}

fn covered(c: &Coverage, groups: &[Group], met: &'static str, not: &'static str) -> Observation {
    let lines: Vec<_> = c.lines.iter().filter(|l| groups.contains(&l.group)).collect();
    let open = lines.iter().filter(|l| l.plans.is_empty()).count();
    let plans = lines.iter().filter_map(|l| l.plans.first());
    let mut evidence: Vec<String> = plans.map(|p| format!("plan:{p}")).collect();
    evidence.sort();
    evidence.dedup();
    let seen = match open {
        0 => Observation::met(Say::new(met)),
        n if n == lines.len() => Observation::not_met(Say::new("plans-told-nothing-covered")),
        n => Observation::partly(Say::new(not).arg("n", n as i64)),
    };
    seen.evidence(evidence).until(c.until)
}

fn aims_covered(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let groups = [Group::Pillar, Group::Domain];
        Ok(match national(&cx, agency, "P4-S0").await? {
            Some(c) => covered(&c, &groups, "plans-told-aims-covered", "plans-told-aims-open"),
            None => Observation::not_applicable(Say::new("plans-told-not-theirs")),
        })
    })
}

fn pillars_covered(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        Ok(match national(&cx, agency, "P4-S1").await? {
            Some(c) => covered(&c, &[Group::Pillar], "plans-told-pillars-covered", "plans-told-pillars-open"),
            None => Observation::not_applicable(Say::new("plans-told-not-theirs")),
        })
    })
}
