//! May this happen to a plan?
mod complete;
#[cfg(test)]
mod tests;
mod typed;

pub use complete::{ROLES, better, complete, serves_as};
pub use typed::check;

use super::plan::{Draft, PlanRow};
use super::working::{Action, Evaluation, EvaluationRow, OUTCOMES};
use crate::people::Member;
use crate::people::roles::{APPROVE_PLANS, WRITE_PLANS};
use crate::policy::Pack;
use ground::clock::DAY;
use ground::ctx::{Actor, Right, Who};
use ground::error::all_or_nothing;
use ground::{Refusal, Result, Say};

/// What a plan is held against: the pack, and who works for the agency.
pub struct Known<'k> {
    pub pack: &'k Pack,
    pub members: &'k [Member],
    pub now: i64,
}

/// What the rules see of a plan.
pub struct Facts<'a> {
    pub agency: i64,
    pub state: &'a str,
    pub version: i64,
    pub author: i64,
    pub draft: &'a Draft,
}

fn common(actor: &Actor, right: Right, plan: &Facts, seen: i64, states: &[&str]) -> Vec<Refusal> {
    let mut no = vec![];
    if !actor.may(right, plan.agency) {
        no.push(Refusal::new("not-yours", Say::new("plans-refused-not-yours")));
    }
    if plan.version != seen {
        no.push(Refusal::new("stale-version", Say::new("plans-refused-version")));
    }
    if !states.contains(&plan.state) {
        no.push(Refusal::new("wrong-state", Say::new("plans-refused-state")));
    }
    no
}

pub fn may_revise(actor: &Actor, plan: &Facts, seen: i64) -> Result<()> {
    all_or_nothing(common(actor, WRITE_PLANS, plan, seen, &["draft", "submitted", "rejected"]))
}

/// Everything that is missing is its own reason, with its own clause.
pub fn may_submit(actor: &Actor, plan: &Facts, seen: i64, known: &Known) -> Result<()> {
    let mut no = common(actor, WRITE_PLANS, plan, seen, &["draft", "rejected"]);
    no.extend(complete(plan.draft, known));
    all_or_nothing(no)
}

pub fn may_approve(actor: &Actor, plan: &Facts, seen: i64, over: bool) -> Result<()> {
    let mut no = common(actor, APPROVE_PLANS, plan, seen, &["submitted"]);
    if actor.who == Who::Person(plan.author) {
        no.push(Refusal::new("self-approval", Say::new("plans-refused-self")).clause("P6.2-AM3"));
    }
    if over {
        no.push(Refusal::new("term", Say::new("plans-refused-over")).clause("P6.2-AP1"));
    }
    all_or_nothing(no)
}

pub fn may_reject(actor: &Actor, plan: &Facts, seen: i64, reason: &str) -> Result<()> {
    let mut no = common(actor, APPROVE_PLANS, plan, seen, &["submitted"]);
    if reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("plans-refused-reason")).field("reason"));
    }
    all_or_nothing(no)
}

/// Actions carry out a plan in force.
pub fn may_plan_action(actor: &Actor, plan: &PlanRow, now: i64) -> Result<()> {
    let mut no = vec![];
    if !actor.may(WRITE_PLANS, plan.agency_id) {
        no.push(Refusal::new("not-yours", Say::new("plans-refused-not-yours")));
    }
    if !plan.in_force(now) {
        no.push(Refusal::new("wrong-state", Say::new("plans-refused-not-in-force")));
    }
    all_or_nothing(no)
}

fn of_action(allowed: bool, action: &Action, seen: i64) -> Vec<Refusal> {
    let mut no = vec![];
    if !allowed {
        no.push(Refusal::new("not-yours", Say::new("plans-refused-not-yours")));
    }
    if action.version != seen {
        no.push(Refusal::new("stale-version", Say::new("plans-refused-version")));
    }
    if action.state != "open" {
        no.push(Refusal::new("wrong-state", Say::new("plans-refused-action-over")));
    }
    no
}

pub fn may_change_action(actor: &Actor, action: &Action, seen: i64) -> Result<()> {
    all_or_nothing(of_action(actor.may(WRITE_PLANS, action.agency_id), action, seen))
}

/// Whoever it is given to says that it is done; so may whoever writes plans.
pub fn may_end_action(actor: &Actor, action: &Action, seen: i64, done: bool, note: &str) -> Result<()> {
    let own = actor.who == Who::Person(action.owner_id);
    let mut no = of_action(own || actor.may(WRITE_PLANS, action.agency_id), action, seen);
    if !done && note.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("plans-refused-dropped")).field("note").clause("P6.2-AP2"));
    }
    all_or_nothing(no)
}

/// From this long before the end of the term a plan may be looked back on.
pub const EARLY: i64 = 60 * DAY;

/// Once, near or after the end of its term, objective by objective.
pub fn may_evaluate(
    actor: &Actor,
    plan: &PlanRow,
    before: Option<&EvaluationRow>,
    e: &Evaluation,
    now: i64,
) -> Result<()> {
    let mut no = vec![];
    if !actor.may(APPROVE_PLANS, plan.agency_id) {
        no.push(Refusal::new("not-yours", Say::new("plans-refused-not-yours")));
    }
    if !matches!(plan.state.as_str(), "approved" | "ended") || before.is_some() {
        no.push(Refusal::new("wrong-state", Say::new("plans-refused-state")));
    }
    if plan.state == "approved" && plan.ends_at - EARLY > now {
        no.push(Refusal::new("too-early", Say::new("plans-refused-early")).clause("P6.2-AP7"));
    }
    let objectives = plan.draft().records.objectives;
    for (n, objective) in (1i64..).zip(&objectives) {
        let reached = e.reached.get(n as usize - 1);
        let told = reached
            .is_some_and(|r| !r.finding.trim().is_empty() && (r.figure.is_some() || objective.measure.is_empty()));
        if !told {
            let say = Say::new("plans-refused-unmeasured-yet").arg("n", n);
            no.push(Refusal::new("not-measured", say).field("reached").clause("P6.2-AP7"));
        }
    }
    if !OUTCOMES.contains(&e.outcome.as_str()) {
        no.push(Refusal::new("no-outcome", Say::new("plans-refused-outcome")).field("outcome"));
    }
    if e.conclusion.trim().is_empty() {
        no.push(Refusal::new("no-conclusion", Say::new("plans-refused-conclusion")).field("conclusion"));
    }
    all_or_nothing(no)
}
