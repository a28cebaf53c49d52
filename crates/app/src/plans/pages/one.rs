//! One plan: what it says, what is missing, what was decided, and how it is carried out.
use super::reading::{Reading, reading};
use crate::agencies;
use crate::people::{self, roles};
use crate::plans::actions;
use crate::plans::plan::PlanRow;
use crate::plans::plan::records::day;
use crate::plans::rules::{self, EARLY};
use crate::plans::store::{self, work};
use crate::plans::working::{self, Action};
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};
use std::collections::HashMap;

pub struct Step {
    pub at: i64,
    pub word: String,
    pub who: String,
    pub reason: String,
}

/// Something that is missing or would be better, and the step where it is put right.
struct Gap {
    text: String,
    clause: &'static str,
    step: usize,
}

/// An action with the name of its owner.
pub struct Doing {
    pub action: Action,
    pub owner: String,
}

struct Found {
    outcome: String,
    conclusion: String,
    who: String,
    at: i64,
}

#[derive(Template)]
#[template(path = "plans/pages/one.html")]
struct One {
    page: Page,
    plan: PlanRow,
    agency: String,
    reading: Reading,
    /// Where the plan comes from: word, address, title.
    origins: Vec<(&'static str, String, String)>,
    gaps: Vec<Gap>,
    better: Vec<Gap>,
    steps: Vec<Step>,
    versions: Vec<i64>,
    doing: Vec<Doing>,
    suggested: usize,
    people: Vec<(String, String)>,
    objectives: Vec<(String, String)>,
    found: Option<Found>,
    typed: FormData,
    may_write: bool,
    may_approve: bool,
    may_evaluate: bool,
    own: bool,
    now: i64,
}

/// The step in which a field of a refusal is put right.
pub fn step_of(field: &str) -> usize {
    match field {
        "audiences" => 2,
        "risks" => 3,
        "resources" => 4,
        "governance" => 5,
        _ => 1,
    }
}

pub async fn doing(cx: &Ctx, plan: i64) -> Result<Vec<Doing>> {
    let (mut found, mut names) = (vec![], HashMap::new());
    for action in work::actions(cx.db(), plan).await? {
        let owner = match names.get(&action.owner_id) {
            Some(name) => String::clone(name),
            None => people::person_name(cx.db(), action.owner_id).await?,
        };
        names.insert(action.owner_id, owner.clone());
        found.push(Doing { action, owner });
    }
    Ok(found)
}

async fn origins(cx: &Ctx, plan: &PlanRow) -> Result<Vec<(&'static str, String, String)>> {
    let mut found = vec![];
    for (word, id) in [("plans-follows", plan.follows_id), ("plans-adopted", plan.adopted_id)] {
        if id != 0 {
            let other = store::find(cx.db(), id).await?;
            // The plan of another agency is named, not opened, by who may not see it.
            let href =
                if cx.actor.may(roles::SEE_DESK, other.agency_id) { format!("/plans/{id}") } else { String::new() };
            found.push((word, href, other.title));
        }
    }
    Ok(found)
}

pub fn objective_options(page: &Page, plan: &PlanRow) -> Vec<(String, String)> {
    let whole = ("0".to_owned(), page.word("plans-action-whole"));
    let of = (1..).zip(plan.draft().records.objectives).map(|(n, o)| (n.to_string(), format!("{n}. {}", o.text)));
    std::iter::once(whole).chain(of).collect()
}

async fn show(cx: &Ctx, plan: PlanRow, error: Option<&Error>, typed: FormData) -> Result<String> {
    let mut page = Page::new(cx, "plans-one-title").with(error);
    if !plan.title.is_empty() {
        page.title = plan.title.clone();
    }
    let draft = plan.draft();
    let mut steps = vec![];
    for d in store::decisions(cx.db(), plan.id).await? {
        let who = people::person_name(cx.db(), d.person_id).await?;
        steps.push(Step { at: d.at, word: page.word(&format!("plans-step-{}", d.kind)), who, reason: d.reason });
    }
    let (members, missing) = actions::missing(cx, plan.agency_id, &draft).await?;
    let gap = |text: String, clause, field: &str| Gap { text, clause, step: step_of(field) };
    let gaps = missing.iter().map(|no| gap(page.say(&no.say), no.clause.unwrap_or(""), no.field.unwrap_or("")));
    let better = rules::better(&draft).into_iter().map(|(say, clause, field)| gap(page.say(&say), clause, field));
    let (gaps, better) = if plan.open() { (gaps.collect(), better.collect()) } else { (vec![], vec![]) };
    let evaluation = work::evaluation(cx.db(), plan.id).await?;
    let reached = working::reached(cx.db(), plan.id).await?;
    let found = match &evaluation {
        Some(e) => Some(Found {
            outcome: page.word(&format!("plans-outcome-{}", e.outcome)),
            conclusion: e.conclusion.clone(),
            who: people::person_name(cx.db(), e.evaluated_by).await?,
            at: e.at,
        }),
        None => None,
    };
    let doing = doing(cx, plan.id).await?;
    let may_write = cx.actor.may(roles::WRITE_PLANS, plan.agency_id);
    let may_approve = cx.actor.may(roles::APPROVE_PLANS, plan.agency_id);
    let ripe = plan.state == "ended" || (plan.state == "approved" && plan.ends_at - EARLY <= cx.now());
    let suggested = if plan.in_force(cx.now()) && doing.is_empty() { suggested(cx, &plan).await? } else { 0 };
    let one = One {
        agency: agencies::name(cx.db(), plan.agency_id, cx.lang).await?,
        reading: reading(cx, &page, &draft, &reached).await?,
        origins: origins(cx, &plan).await?,
        versions: store::versions(cx.db(), plan.id).await?.iter().map(|v| v.version).collect(),
        people: members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect(),
        objectives: objective_options(&page, &plan),
        may_evaluate: may_approve && ripe && evaluation.is_none() && !draft.records.is_empty(),
        own: cx.actor.who == Who::Person(plan.author_id),
        now: cx.now(),
        page,
        plan,
        gaps,
        better,
        steps,
        doing,
        suggested,
        found,
        typed,
        may_write,
        may_approve,
    };
    one.render().map_err(Error::fault)
}

async fn suggested(cx: &Ctx, plan: &PlanRow) -> Result<usize> {
    let pack = cx.machine.part::<Pack>()?;
    let kind = agencies::find(cx.db(), plan.agency_id).await?.kind;
    Ok(crate::plans::model::suggested(pack, &kind, cx.lang.code(), &plan.draft().records).len())
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    Ok(html(show(&cx, plan, None, FormData::default()).await?))
}

pub async fn done<T>(cx: &Ctx, id: i64, result: Result<T>, typed: FormData) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/plans/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let plan = actions::see(cx, id).await?;
            Ok(html_again(show(cx, plan, Some(&e), typed).await?))
        }
    }
}

pub async fn submit(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::submit(&cx, id, form.number("version").unwrap_or(0)).await;
    done(&cx, id, result, form).await
}
pub async fn approve(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::approve(&cx, id, form.number("version").unwrap_or(0)).await;
    done(&cx, id, result, form).await
}
pub async fn reject(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::reject(&cx, id, form.number("version").unwrap_or(0), form.text("reason")).await;
    done(&cx, id, result, form).await
}

impl One {
    fn typed_in(&self, name: &str) -> &str {
        self.typed.text(name)
    }
    /// A day to begin with in the field for a new action.
    fn due(&self) -> String {
        let typed = self.typed.text("due_on");
        if day(typed).is_some() { typed.to_owned() } else { String::new() }
    }
}
