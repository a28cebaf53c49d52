//! What plans show of the policy.
use super::store;
use ground::slice::{Control, Criterion, Judging, Observation};
use ground::{Ctx, Say};

pub const ALL: &[Control] = &[
    Control {
        id: "plans-in-force",
        obligations: &["P6.2-AP1"],
        shown_by: "an approved plan is in force, approved by somebody other than its author",
        page: "/plans",
        criterion: Criterion::Judged { from: &["plan.approved"], judge: in_force },
    },
    Control {
        id: "plans-six-parts",
        obligations: &["P6.2-AP3", "P6.2-AP4", "P6.2-AP5", "P6.2-AP6", "P6.2-AP7", "P6.2-AP8"],
        shown_by: "the plan in force has all six parts: none is submitted without them",
        page: "/plans",
        criterion: Criterion::Judged { from: &["plan.approved"], judge: in_force },
    },
];

fn in_force(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        Ok(match store::approved(cx.db(), agency).await? {
            Some(plan) => Observation::met(Say::new("plans-told-in-force")).evidence([format!("plan:{plan}")]),
            None => Observation::not_met(Say::new("plans-told-none")),
        })
    })
}
