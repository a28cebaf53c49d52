//! Whether what was typed can be kept at all: lengths, days, figures, and names the pack knows.
use crate::people::Role;
use crate::plans::plan::records::{Records, day};
use crate::plans::plan::{Draft, PARTS};
use crate::policy::{AimKind, ChoiceKind, Pack};
use ground::{Error, FieldError, Result, Say};

const MOST_TEXT: usize = 20_000;
const MOST_LINE: usize = 500;
const MOST_ROWS: usize = 30;

struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, field: String, say: &'static str) {
        self.0.push(FieldError::new(field, Say::new(say)));
    }
    fn line(&mut self, field: String, text: &str) {
        if text.chars().count() > MOST_LINE {
            self.add(field, "plans-error-line");
        }
    }
    fn day(&mut self, field: String, text: &str) {
        if !text.is_empty() && day(text).is_none() {
            self.add(field, "plans-error-day");
        }
    }
    fn known(&mut self, field: String, id: &str, known: bool) {
        if !id.is_empty() && !known {
            self.add(field, "plans-error-unknown");
        }
    }
}

pub fn check(draft: &Draft, pack: &Pack) -> Result<()> {
    let mut wrong = Wrong(vec![]);
    if draft.title.chars().count() > 200 {
        wrong.add("title".into(), "plans-error-title");
    }
    for ((name, _), text) in PARTS.iter().zip(&draft.parts) {
        if text.chars().count() > MOST_TEXT {
            wrong.add((*name).into(), "plans-error-long");
        }
    }
    records(&draft.records, pack, &mut wrong);
    if wrong.0.is_empty() { Ok(()) } else { Err(Error::invalid(wrong.0)) }
}

fn records(r: &Records, pack: &Pack, wrong: &mut Wrong) {
    wrong.day("starts_on".into(), &r.starts_on);
    wrong.day("ends_on".into(), &r.ends_on);
    let counts = [r.objectives.len(), r.audiences.len(), r.issues.len(), r.risks.len(), r.duties.len()];
    if counts.iter().any(|n| *n > MOST_ROWS) {
        wrong.add(String::new(), "plans-error-many");
    }
    objectives(r, pack, wrong);
    let choice = |id: &str, kind| pack.choice(id).is_some_and(|c| c.kind == kind);
    for (n, a) in (1..).zip(&r.audiences) {
        for (part, text) in [("who", &a.who), ("place", &a.place), ("languages", &a.languages), ("needs", &a.needs)] {
            wrong.line(format!("audience-{n}-{part}"), text);
        }
        let known = a.channels.iter().all(|c| choice(c, ChoiceKind::Channel));
        wrong.known(format!("audience-{n}-channels"), "channels", known);
    }
    for i in &r.issues {
        wrong.line(format!("issue-{}", i.issue), &i.how);
        wrong.known(format!("issue-{}", i.issue), &i.issue, choice(&i.issue, ChoiceKind::Issue));
    }
    for (n, t) in (1..).zip(&r.risks) {
        wrong.line(format!("risk-{n}-treatment"), &t.treatment);
        wrong.known(format!("risk-{n}-risk"), &t.risk, pack.risks().has(&t.risk));
        wrong.known(format!("risk-{n}-owner"), &t.owner, Role::parse(&t.owner).is_some());
    }
    let s = &r.resources;
    for (name, value) in [("hours", s.hours), ("people", s.people), ("money", s.money)] {
        if value.is_some_and(|v| v < 0) {
            wrong.add(name.into(), "plans-error-negative");
        }
    }
    wrong.line("training".into(), &s.training);
    for d in &r.duties {
        wrong.known(format!("duty-{}", d.role), &d.role, Role::parse(&d.role).is_some_and(|r| !r.national()));
        wrong.known(format!("duty-{}", d.role), &d.person, d.person_id().is_some());
    }
}

fn objectives(r: &Records, pack: &Pack, wrong: &mut Wrong) {
    let aim =
        |id: &str, objective: bool| pack.aims().find(id).is_some_and(|a| (a.kind == AimKind::Objective) == objective);
    for (n, o) in (1..).zip(&r.objectives) {
        let field = |part: &str| format!("objective-{n}-{part}");
        wrong.line(field("text"), &o.text);
        wrong.line(field("quality"), &o.quality);
        wrong.line(field("unit"), &o.unit);
        wrong.day(field("due_on"), &o.due_on);
        wrong.known(field("objective"), &o.objective, aim(&o.objective, true));
        wrong.known(field("aims"), "aims", o.aims.iter().all(|id| aim(id, false)));
        wrong.known(field("measure"), &o.measure, pack.metrics().has(&o.measure));
        if [o.baseline, o.target].into_iter().flatten().any(|v| !v.is_finite() || v.abs() >= 1e12) {
            wrong.add(field("target"), "plans-error-number");
        }
    }
}
