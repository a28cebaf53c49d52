//! Judged from all plans in force together, where the whole government is answered for.
use crate::plans::coverage::{self, Coverage, Group};
use crate::policy::Pack;
use ground::slice::{Judging, Observation};
use ground::{Ctx, Result, Say};

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

pub fn aims_covered(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let groups = [Group::Pillar, Group::Domain];
        Ok(match national(&cx, agency, "P4-S0").await? {
            Some(c) => covered(&c, &groups, "plans-told-aims-covered", "plans-told-aims-open"),
            None => Observation::not_applicable(Say::new("plans-told-not-theirs")),
        })
    })
}

pub fn pillars_covered(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        Ok(match national(&cx, agency, "P4-S1").await? {
            Some(c) => covered(&c, &[Group::Pillar], "plans-told-pillars-covered", "plans-told-pillars-open"),
            None => Observation::not_applicable(Say::new("plans-told-not-theirs")),
        })
    })
}
