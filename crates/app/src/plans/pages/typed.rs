//! From a step's form to the draft: only what the step shows is changed.
use crate::plans::plan::Draft;
use crate::plans::plan::records::{Audience, Duty, Issue, Objective, Treatment, number};
use crate::plans::rules::ROLES;
use crate::policy::{ChoiceKind, Pack};
use ground::http::FormData;
use ground::{FieldError, Say};

/// More lines than a form ever shows.
const MOST: usize = 40;

/// Returns what could not be read.
pub fn apply(form: &FormData, step: usize, draft: &mut Draft, pack: &Pack) -> Vec<FieldError> {
    let mut wrong = vec![];
    match step {
        1 => goals(form, draft, &mut wrong),
        2 => audiences(form, draft),
        3 => risks(form, draft, pack),
        4 => resources(form, draft, &mut wrong),
        _ => governance(form, draft),
    }
    wrong
}

fn figure(form: &FormData, name: &str, wrong: &mut Vec<FieldError>) -> Option<f64> {
    let text = form.text(name);
    let read = number(text);
    if !text.is_empty() && read.is_none() {
        wrong.push(FieldError::new(name, Say::new("plans-error-number")));
    }
    read
}

fn whole(form: &FormData, name: &str, wrong: &mut Vec<FieldError>) -> Option<i64> {
    let read = figure(form, name, wrong)?;
    if read.fract() == 0.0 {
        return Some(read as i64);
    }
    wrong.push(FieldError::new(name, Say::new("plans-error-number")));
    None
}

/// The numbers of the lines a form brought: the ones that have this field.
fn lines<'f>(form: &'f FormData, what: &str, field: &str) -> Vec<(String, &'f str)> {
    let line = |n: usize| {
        let prefix = format!("{what}-{n}-");
        let name = format!("{prefix}{field}");
        form.pairs.iter().any(|(k, _)| *k == name).then(|| (prefix, form.text(&name)))
    };
    (1..=MOST).map_while(line).collect()
}

fn goals(form: &FormData, draft: &mut Draft, wrong: &mut Vec<FieldError>) {
    draft.title = form.text("title").into();
    draft.parts[0] = form.text("goals").into();
    draft.parts[4] = form.text("measures").into();
    let r = &mut draft.records;
    r.starts_on = form.text("starts_on").into();
    r.ends_on = form.text("ends_on").into();
    r.objectives.clear();
    for (p, text) in lines(form, "objective", "text") {
        if text.is_empty() {
            continue;
        }
        let of = |part: &str| form.text(&format!("{p}{part}")).to_owned();
        let due = of("due_on");
        r.objectives.push(Objective {
            text: text.into(),
            objective: of("objective"),
            aims: form.all(&format!("{p}aims")).into_iter().map(str::to_owned).collect(),
            participation: form.flag(&format!("{p}participation")),
            measure: of("measure"),
            quality: of("quality"),
            unit: of("unit"),
            baseline: figure(form, &format!("{p}baseline"), wrong),
            target: figure(form, &format!("{p}target"), wrong),
            // Most objectives are due when the term ends.
            due_on: if due.is_empty() { r.ends_on.clone() } else { due },
        });
    }
}

fn audiences(form: &FormData, draft: &mut Draft) {
    draft.parts[1] = form.text("audiences").into();
    draft.records.audiences.clear();
    for (p, who) in lines(form, "audience", "who") {
        if who.is_empty() {
            continue;
        }
        let of = |part: &str| form.text(&format!("{p}{part}")).to_owned();
        let channels = form.all(&format!("{p}channels")).into_iter().map(str::to_owned).collect();
        let audience =
            Audience { who: who.into(), place: of("place"), languages: of("languages"), needs: of("needs"), channels };
        draft.records.audiences.push(audience);
    }
}

fn risks(form: &FormData, draft: &mut Draft, pack: &Pack) {
    draft.parts[2] = form.text("risks").into();
    let how = |id: &str| form.text(&format!("issue-{id}")).to_owned();
    let issues = pack.choices(ChoiceKind::Issue).map(|c| Issue { issue: c.id.clone(), how: how(&c.id) });
    draft.records.issues = issues.filter(|i| !i.how.is_empty()).collect();
    draft.records.risks.clear();
    for (p, risk) in lines(form, "risk", "risk") {
        let of = |part: &str| form.text(&format!("{p}{part}")).to_owned();
        if !risk.is_empty() {
            let treatment = Treatment { risk: risk.into(), treatment: of("treatment"), owner: of("owner") };
            draft.records.risks.push(treatment);
        }
    }
}

fn resources(form: &FormData, draft: &mut Draft, wrong: &mut Vec<FieldError>) {
    draft.parts[3] = form.text("resources").into();
    let r = &mut draft.records.resources;
    r.hours = whole(form, "hours", wrong);
    r.people = whole(form, "people", wrong);
    r.money = whole(form, "money", wrong);
    r.training = form.text("training").into();
}

fn governance(form: &FormData, draft: &mut Draft) {
    draft.parts[5] = form.text("governance").into();
    let person = |role: &str| form.text(&format!("duty-{role}")).to_owned();
    let duties = ROLES.iter().map(|r| Duty { role: r.code().into(), person: person(r.code()) });
    draft.records.duties = duties.filter(|d| !d.person.is_empty()).collect();
}
