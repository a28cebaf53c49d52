//! What a plan must have before somebody is asked to approve it, and what would make it better.
use super::Known;
use crate::people::Role;
use crate::plans::plan::records::Objective;
use crate::plans::plan::{Draft, GOALS, GOVERNANCE, PARTS, RISKS};
use crate::policy::AimKind;
use ground::{Refusal, Say};
use jiff::ToSpan;

/// No plan holds longer than this without being looked at anew.
pub const MOST_YEARS: i64 = 5;
/// The roles a plan names; the first three must be filled.
pub const ROLES: [Role; 5] = [Role::Lead, Role::Author, Role::Approver, Role::Moderator, Role::Records];

fn missing(part: usize, say: &'static str) -> Refusal {
    let (name, clause) = PARTS[part];
    Refusal::new("missing-part", Say::new(say)).field(name).clause(clause)
}

/// Every reason why the plan is not complete.
pub fn complete(draft: &Draft, known: &Known) -> Vec<Refusal> {
    let mut no = vec![];
    if draft.title.trim().is_empty() {
        no.push(Refusal::new("no-title", Say::new("plans-refused-title")).field("title"));
    }
    term(draft, known, &mut no);
    goals(draft, known, &mut no);
    let heard = |a: &crate::plans::plan::records::Audience| !a.who.trim().is_empty() && !a.channels.is_empty();
    if !draft.records.audiences.iter().any(heard) {
        no.push(missing(1, "plans-refused-audiences"));
    }
    risks(draft, known, &mut no);
    let r = &draft.records.resources;
    if r.hours.unwrap_or(0) == 0 || r.people.unwrap_or(0) == 0 {
        no.push(missing(3, "plans-refused-resources"));
    }
    if !draft.records.objectives.iter().any(Objective::measured) {
        no.push(missing(4, "plans-refused-measures"));
    }
    governance(draft, known, &mut no);
    no
}

fn term(draft: &Draft, known: &Known, no: &mut Vec<Refusal>) {
    let refuse = |say| Refusal::new("term", Say::new(say)).field("starts_on").clause("P6.2-AP1");
    let (Some(from), Some(to)) = (draft.records.starts(), draft.records.ends()) else {
        return no.push(refuse("plans-refused-term"));
    };
    if to < from {
        return no.push(refuse("plans-refused-term-order"));
    }
    if to < known.pack.day_at(known.now) {
        no.push(refuse("plans-refused-over"));
    }
    if from.checked_add(MOST_YEARS.years()).is_ok_and(|most| to >= most) {
        no.push(refuse("plans-refused-term-long"));
    }
}

fn goals(draft: &Draft, known: &Known, no: &mut Vec<Refusal>) {
    if draft.parts[GOALS].trim().is_empty() {
        no.push(missing(GOALS, "plans-refused-goals"));
    }
    if draft.records.objectives.is_empty() {
        no.push(missing(GOALS, "plans-refused-objective"));
    }
    for (n, objective) in (1i64..).zip(&draft.records.objectives) {
        let say = |key: &'static str| Say::new(key).arg("n", n);
        let pillar = |id: &String| known.pack.aims().find(id).is_some_and(|aim| aim.kind == AimKind::Pillar);
        if objective.objective.is_empty() || !objective.aims.iter().any(pillar) {
            no.push(Refusal::new("unbound", say("plans-refused-unbound")).field("goals").clause("P4-O0"));
        }
        if !objective.measured() {
            no.push(Refusal::new("unmeasured", say("plans-refused-unmeasured")).field("measures").clause("P6.2-AP7"));
        }
        let (from, to) = (draft.records.starts(), draft.records.ends());
        let within = objective.due().is_none_or(|d| from.is_none_or(|f| d >= f) && to.is_none_or(|t| d <= t));
        if !within {
            no.push(Refusal::new("outside-term", say("plans-refused-due")).field("goals").clause("P6.2-AP3"));
        }
    }
}

/// A risk of each area the policy names, with what is done about it and who looks after it.
fn risks(draft: &Draft, known: &Known, no: &mut Vec<Refusal>) {
    if draft.parts[RISKS].trim().is_empty() {
        no.push(missing(RISKS, "plans-refused-benefits"));
    }
    for area in known.pack.risk_areas() {
        let treated = draft.records.risks.iter().any(|t| {
            let of_area = known.pack.risks().find(&t.risk).is_some_and(|r| r.policy_area == area);
            of_area && !t.treatment.trim().is_empty() && !t.owner.is_empty()
        });
        if !treated {
            let say = Say::new("plans-refused-risks").arg("area", area);
            no.push(Refusal::new("missing-part", say).field("risks").clause("P6.2-AP5"));
        }
    }
}

/// Lead, author and approver are people of the agency who hold the role, and who writes does not approve.
fn governance(draft: &Draft, known: &Known, no: &mut Vec<Refusal>) {
    if draft.parts[GOVERNANCE].trim().is_empty() {
        no.push(missing(GOVERNANCE, "plans-refused-governance"));
    }
    let refuse = |say: Say| Refusal::new("governance", say).field("governance").clause("P6.2-AP8");
    let holder = |role: Role| draft.records.duties.iter().find(|d| d.role == role.code()).and_then(|d| d.person_id());
    for role in &ROLES[..3] {
        if holder(*role).is_none() {
            no.push(refuse(Say::new("plans-refused-nobody").arg("role", role.code())));
        }
    }
    if holder(Role::Author).is_some() && holder(Role::Author) == holder(Role::Approver) {
        no.push(refuse(Say::new("plans-refused-apart")));
    }
    for duty in &draft.records.duties {
        let Some(role) = Role::parse(&duty.role) else { continue };
        let Some(id) = duty.person_id() else { continue };
        let member = known.members.iter().find(|m| m.id == id);
        if !member.is_some_and(|m| m.roles.iter().any(|r| serves_as(*r, role))) {
            let name = member.map_or("?", |m| m.name.as_str());
            no.push(refuse(Say::new("plans-refused-not-theirs").arg("name", name).arg("role", role.code())));
        }
    }
}

/// A lead may approve, moderate and keep records in a small office.
pub fn serves_as(held: Role, wanted: Role) -> bool {
    held == wanted || (held == Role::Lead && matches!(wanted, Role::Approver | Role::Moderator | Role::Records))
}

/// What the policy recommends and nobody is refused for, with its clause and the part it belongs to.
pub fn better(draft: &Draft) -> Vec<(Say, &'static str, &'static str)> {
    let mut hints = vec![];
    let r = &draft.records;
    if !r.objectives.iter().any(|o| o.participation) {
        hints.push((Say::new("plans-better-participation"), "P6.2-SU2", "goals"));
    }
    if !r.audiences.iter().any(|a| a.channels.len() > 1) {
        hints.push((Say::new("plans-better-channels"), "P6.2-SU3", "audiences"));
    }
    if r.issues.is_empty() {
        hints.push((Say::new("plans-better-issues"), "P6.2-CC1", "risks"));
    }
    if r.resources.training.trim().is_empty() {
        hints.push((Say::new("plans-better-training"), "P6.2-AP6", "resources"));
    }
    hints
}
