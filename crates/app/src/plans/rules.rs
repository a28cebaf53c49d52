//! May this happen to a plan?
use super::plan::{Draft, PARTS};
use crate::people::roles::{APPROVE_PLANS, WRITE_PLANS};
use ground::ctx::{Actor, Right, Who};
use ground::error::all_or_nothing;
use ground::{Refusal, Result, Say};

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

/// Every missing part is its own reason, with its own clause.
pub fn may_submit(actor: &Actor, plan: &Facts, seen: i64) -> Result<()> {
    let mut no = common(actor, WRITE_PLANS, plan, seen, &["draft", "rejected"]);
    if plan.draft.title.trim().is_empty() {
        no.push(Refusal::new("no-title", Say::new("plans-refused-title")).field("title"));
    }
    let says = [
        "plans-refused-goals",
        "plans-refused-audiences",
        "plans-refused-risks",
        "plans-refused-resources",
        "plans-refused-measures",
        "plans-refused-governance",
    ];
    for (((name, clause), say), text) in PARTS.iter().zip(says).zip(&plan.draft.parts) {
        if text.trim().is_empty() {
            no.push(Refusal::new("missing-part", Say::new(say)).field(name).clause(clause));
        }
    }
    all_or_nothing(no)
}

pub fn may_approve(actor: &Actor, plan: &Facts, seen: i64) -> Result<()> {
    let mut no = common(actor, APPROVE_PLANS, plan, seen, &["submitted"]);
    if actor.who == Who::Person(plan.author) {
        no.push(Refusal::new("self-approval", Say::new("plans-refused-self")).clause("P6.2-AM3"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::Grant;

    fn actor(id: i64, right: Right) -> Actor {
        let mut a = Actor::new(Who::Person(id), "x");
        a.grants = vec![Grant { right, scope: Some(7) }];
        a
    }
    fn codes(r: Result<()>) -> Vec<(&'static str, Option<&'static str>)> {
        r.err().map(|e| e.refusals().iter().map(|r| (r.code, r.clause)).collect()).unwrap_or_default()
    }

    #[test]
    fn each_missing_part_is_named_with_its_clause() {
        let mut draft = Draft { title: "Plan".into(), parts: std::array::from_fn(|_| "text".into()) };
        fn plan(draft: &Draft) -> Facts<'_> {
            Facts { agency: 7, state: "draft", version: 1, author: 1, draft }
        }
        assert!(codes(may_submit(&actor(1, WRITE_PLANS), &plan(&draft), 1)).is_empty());
        draft.parts[1].clear();
        draft.parts[5] = "  ".into();
        let found = codes(may_submit(&actor(1, WRITE_PLANS), &plan(&draft), 1));
        assert_eq!(found, [("missing-part", Some("P6.2-AP4")), ("missing-part", Some("P6.2-AP8"))]);
    }

    #[test]
    fn somebody_else_approves_what_is_submitted() {
        let draft = Draft::default();
        let plan = |state| Facts { agency: 7, state, version: 2, author: 1, draft: &draft };
        assert!(codes(may_approve(&actor(2, APPROVE_PLANS), &plan("submitted"), 2)).is_empty());
        assert_eq!(codes(may_approve(&actor(1, APPROVE_PLANS), &plan("submitted"), 2))[0].0, "self-approval");
        assert_eq!(
            codes(may_approve(&actor(2, APPROVE_PLANS), &plan("draft"), 1)),
            [("stale-version", None), ("wrong-state", None)]
        );
        assert_eq!(codes(may_reject(&actor(2, APPROVE_PLANS), &plan("submitted"), 2, ""))[0].0, "no-reason");
    }
}
