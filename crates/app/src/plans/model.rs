//! How a plan begins: from the model of the agency's kind, from the plan of the agency above it, or from the plan before.
use super::plan::records::{Audience, Duty, Issue, Objective, Resources, Treatment};
use super::plan::{Draft, PARTS, Records};
use super::rules::{Known, serves_as};
use super::working::Reached;
use crate::people::Role;
use crate::policy::{Pack, Piece, Resource, Risk};
use jiff::ToSpan;
use jiff::civil::Date;

/// The model plan of a kind of agency, in one language, for a year from today.
pub fn of_kind(known: &Known, kind: &str, lang: &str) -> Draft {
    let today = known.pack.day_at(known.now);
    let mut draft = Draft::default();
    term(&mut draft.records, today, year_later(today));
    for line in known.pack.model_plan(kind) {
        add(&mut draft, known.pack, &line.piece, line.text.get(lang));
    }
    draft.records.duties = duties(known);
    draft
}

fn add(draft: &mut Draft, pack: &Pack, piece: &Piece, text: &str) {
    let text = text.to_owned();
    let r = &mut draft.records;
    match piece {
        Piece::Part(part) => {
            if let Some(at) = PARTS.iter().position(|(name, _)| name == part) {
                draft.parts[at] = text;
            }
        }
        Piece::Goal { objective, aims, measure, unit, from, to, participation } => r.objectives.push(Objective {
            text,
            objective: objective.clone(),
            aims: aims.clone(),
            participation: *participation,
            measure: measure.clone(),
            quality: String::new(),
            unit: unit.clone(),
            baseline: Some(*from as f64),
            target: Some(*to as f64),
            due_on: r.ends_on.clone(),
        }),
        Piece::Audience { channels } => {
            r.audiences.push(Audience { who: text, channels: channels.clone(), ..Audience::default() });
        }
        Piece::Issue(issue) => r.issues.push(Issue { issue: issue.clone(), how: text }),
        Piece::Risk(risk) => {
            let owner = pack.risks().find(risk).map_or(Role::Lead, owner_of).code().to_owned();
            r.risks.push(Treatment { risk: risk.clone(), treatment: text, owner });
        }
        Piece::Resource(kind, much) => resource(&mut r.resources, *kind, *much, text),
        Piece::Action { .. } => {}
    }
}

fn resource(r: &mut Resources, kind: Resource, much: i64, text: String) {
    match kind {
        Resource::Hours => r.hours = Some(much),
        Resource::People => r.people = Some(much),
        Resource::Money => r.money = Some(much),
        Resource::Training => r.training = text,
    }
}

/// Whoever approves looks for personal data; everything else is the lead's until somebody says otherwise.
fn owner_of(risk: &Risk) -> Role {
    if risk.policy_area == "Privacy" { Role::Approver } else { Role::Lead }
}

/// Who holds each role now; where nobody approves yet, the lead does.
fn duties(known: &Known) -> Vec<Duty> {
    let mut found: Vec<Duty> = vec![];
    for role in super::rules::ROLES {
        let holds = |exact: bool| {
            let may = |r: &Role| if exact { *r == role } else { serves_as(*r, role) };
            known.members.iter().find(|m| m.roles.iter().any(may))
        };
        if let Some(member) = holds(true).or_else(|| holds(false)) {
            found.push(Duty { role: role.code().into(), person: member.id.to_string() });
        }
    }
    found
}

/// The plan of the agency above, made this agency's own: its resources and people are the model's and its own.
pub fn adopted(above: &Draft, known: &Known, kind: &str, lang: &str) -> Draft {
    let own = of_kind(known, kind, lang);
    let today = known.pack.day_at(known.now);
    let ends = above.records.ends().filter(|end| *end > today).unwrap_or_else(|| year_later(today));
    let mut draft = above.clone();
    draft.records.resources = own.records.resources;
    draft.records.duties = own.records.duties;
    term(&mut draft.records, today, ends);
    draft
}

/// The next plan of an agency: as long as the one before, from the figures that were reached.
pub fn renewed(before: &Draft, reached: &[Reached], known: &Known) -> Draft {
    let today = known.pack.day_at(known.now);
    let mut draft = before.clone();
    let after = before.records.ends().and_then(|end| end.tomorrow().ok()).filter(|day| *day > today);
    let from = after.unwrap_or(today);
    let length = match (before.records.starts(), before.records.ends()) {
        (Some(a), Some(b)) if b > a => (b - a).get_days().max(1),
        _ => 364,
    };
    for (objective, reached) in draft.records.objectives.iter_mut().zip(reached) {
        objective.baseline = reached.figure.or(objective.baseline);
    }
    term(&mut draft.records, from, from.checked_add(length.days()).unwrap_or(from));
    draft
}

/// Objectives are due within the term: what was due outside it is due at its end.
fn term(r: &mut Records, from: Date, to: Date) {
    r.starts_on = from.to_string();
    r.ends_on = to.to_string();
    for objective in &mut r.objectives {
        if objective.due().is_none_or(|due| due < from || due > to) {
            objective.due_on = to.to_string();
        }
    }
}

fn year_later(from: Date) -> Date {
    from.checked_add(1.year()).and_then(|day| day.yesterday()).unwrap_or(from)
}

/// What the model suggests to do first: text, the objective it serves (0: none of this plan's), and by which day.
pub fn suggested(pack: &Pack, kind: &str, lang: &str, records: &Records) -> Vec<(String, i64, String)> {
    let Some(starts) = records.starts() else { return vec![] };
    let goals: Vec<&str> =
        pack.model_plan(kind).filter(|m| matches!(m.piece, Piece::Goal { .. })).map(|m| m.id.as_str()).collect();
    let action = |line: &crate::policy::Model| {
        let Piece::Action { goal, days } = &line.piece else { return None };
        let at = goals.iter().position(|g| g == goal).map_or(0, |at| at + 1);
        let at = if at <= records.objectives.len() { at as i64 } else { 0 };
        let due = starts.checked_add(days.days()).unwrap_or(starts);
        Some((line.text.get(lang).to_owned(), at, due.to_string()))
    };
    pack.model_plan(kind).filter_map(action).collect()
}
