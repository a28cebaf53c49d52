//! Actions of a plan, and the look back on it.
use super::one::{done, objective_options};
use crate::agencies;
use crate::people;
use crate::people::roles::WRITE_PLANS;
use crate::plans::actions;
use crate::plans::plan::PlanRow;
use crate::plans::plan::records::{figure, number};
use crate::plans::working::{self, Action, Evaluation, NewAction, OUTCOMES, Reached};
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};

fn typed(form: &FormData) -> NewAction {
    NewAction {
        text: form.text("text").into(),
        objective: form.number("objective").unwrap_or(0),
        owner: form.number("owner").unwrap_or(0),
        due_on: form.text("due_on").into(),
    }
}

pub async fn add(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = working::add(&cx, id, &typed(&form)).await;
    done(&cx, id, result, form).await
}

pub async fn add_suggested(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = working::add_suggested(&cx, id).await;
    done(&cx, id, result, FormData::default()).await
}

#[derive(Template)]
#[template(path = "plans/pages/action.html")]
struct Shown {
    page: Page,
    action: Action,
    new: NewAction,
    owner: String,
    ended_by: String,
    plan: PlanRow,
    agency: String,
    people: Vec<(String, String)>,
    objectives: Vec<(String, String)>,
    objective: String,
    note: String,
    may_write: bool,
    may_end: bool,
    now: i64,
}

impl Shown {
    fn chosen(&self, n: &i64) -> String {
        n.to_string()
    }
}

async fn show(cx: &Ctx, action: Action, plan: PlanRow, again: Option<(&FormData, &Error)>) -> Result<String> {
    let page = Page::new(cx, "plans-action-title").with(again.map(|(_, e)| e));
    let members = people::members(cx, plan.agency_id).await?;
    let objectives = objective_options(&page, &plan);
    let new = match again {
        Some((form, _)) if form.flag("text") => typed(form),
        _ => NewAction {
            text: action.text.clone(),
            objective: action.objective,
            owner: action.owner_id,
            due_on: action.due_on.clone(),
        },
    };
    let may_write = cx.actor.may(WRITE_PLANS, plan.agency_id);
    let shown = Shown {
        owner: people::person_name(cx.db(), action.owner_id).await?,
        ended_by: match action.ended_by {
            Some(id) => people::person_name(cx.db(), id).await?,
            None => String::new(),
        },
        agency: agencies::name(cx.db(), plan.agency_id, cx.lang).await?,
        people: members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect(),
        objective: objectives.get(action.objective as usize).map(|o| o.1.clone()).unwrap_or_default(),
        objectives,
        note: again.map_or(String::new(), |(form, _)| form.text("note").to_owned()),
        may_end: action.state == "open" && (may_write || cx.actor.who == Who::Person(action.owner_id)),
        may_write: may_write && action.state == "open",
        now: cx.now(),
        page,
        action,
        new,
        plan,
    };
    shown.render().map_err(Error::fault)
}

pub async fn action(cx: Ctx, Id(id): Id) -> Result<Response> {
    let (action, plan) = working::action(&cx, id).await?;
    Ok(html(show(&cx, action, plan, None).await?))
}

async fn changed(cx: &Ctx, id: i64, form: &FormData, result: Result<Action>) -> Result<Response> {
    match result {
        Ok(action) => Ok(see(format!("/plans/{}", action.plan_id))),
        Err(e) => {
            let e = again(e)?;
            let (action, plan) = working::action(cx, id).await?;
            Ok(html_again(show(cx, action, plan, Some((form, &e))).await?))
        }
    }
}

pub async fn change(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = working::change(&cx, id, form.number("version").unwrap_or(0), &typed(&form)).await;
    changed(&cx, id, &form, result).await
}

pub async fn end(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let done = form.text("outcome") != "dropped";
    let result = working::end(&cx, id, form.number("version").unwrap_or(0), done, form.text("note")).await;
    changed(&cx, id, &form, result).await
}

/// One objective on the form of the look back.
struct Line {
    n: usize,
    text: String,
    way: String,
    counted: bool,
    figure: String,
    finding: String,
    figure_name: String,
    finding_name: String,
}

#[derive(Template)]
#[template(path = "plans/pages/evaluation.html")]
struct LookBack {
    page: Page,
    plan: PlanRow,
    agency: String,
    lines: Vec<Line>,
    outcomes: Vec<(&'static str, String)>,
    outcome: String,
    conclusion: String,
    /// How many of the actions are done, where there are any.
    done: Option<String>,
}

async fn look_back(cx: &Ctx, plan: PlanRow, again: Option<(&FormData, &Error)>) -> Result<String> {
    let page = Page::new(cx, "plans-evaluation-title").with(again.map(|(_, e)| e));
    let pack = cx.machine.part::<Pack>()?;
    let typed = |name: &str| again.map_or(String::new(), |(form, _)| form.text(name).to_owned());
    let line = |(n, o): (usize, crate::plans::plan::records::Objective)| {
        let metric = pack.metrics().find(&o.measure).map_or(o.quality.clone(), |m| m.name.clone());
        let number = |f: Option<f64>| f.map_or("–".to_owned(), figure);
        let way = if o.measure.is_empty() {
            metric
        } else {
            format!("{metric}: {} → {} {}", number(o.baseline), number(o.target), o.unit)
        };
        let (figure_name, finding_name) = (format!("figure-{n}"), format!("finding-{n}"));
        let (figure, finding) = (typed(&figure_name), typed(&finding_name));
        Line { n, text: o.text, way, counted: !o.measure.is_empty(), figure, finding, figure_name, finding_name }
    };
    let actions = crate::plans::store::work::actions(cx.db(), plan.id).await?;
    let ended = actions.iter().filter(|a| a.state == "done").count();
    let done = Say::new("plans-actions-told").arg("done", ended as i64).arg("all", actions.len() as i64);
    let shown = LookBack {
        agency: agencies::name(cx.db(), plan.agency_id, cx.lang).await?,
        lines: (1..).zip(plan.draft().records.objectives).map(line).collect(),
        outcomes: OUTCOMES.iter().map(|o| (*o, page.word(&format!("plans-outcome-{o}")))).collect(),
        outcome: typed("outcome"),
        conclusion: typed("conclusion"),
        done: (!actions.is_empty()).then(|| page.say(&done)),
        page,
        plan,
    };
    shown.render().map_err(Error::fault)
}

pub async fn evaluation(cx: Ctx, Id(id): Id) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    if !cx.actor.may(crate::people::roles::APPROVE_PLANS, plan.agency_id) {
        return Err(Error::not_allowed());
    }
    Ok(html(look_back(&cx, plan, None).await?))
}

pub async fn evaluate(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    let mut wrong = vec![];
    let mut reached = vec![];
    for n in 1..=plan.draft().records.objectives.len() {
        let (name, text) = (format!("figure-{n}"), form.text(&format!("figure-{n}")));
        let read = number(text);
        if !text.is_empty() && read.is_none() {
            wrong.push(FieldError::new(name, Say::new("plans-error-number")));
        }
        reached.push(Reached { figure: read, finding: form.text(&format!("finding-{n}")).into() });
    }
    let e = Evaluation { reached, outcome: form.text("outcome").into(), conclusion: form.text("conclusion").into() };
    let result = if wrong.is_empty() { working::evaluate(&cx, id, &e).await } else { Err(Error::invalid(wrong)) };
    match result {
        Ok(_) => Ok(see(format!("/plans/{id}"))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(look_back(&cx, plan, Some((&form, &e))).await?))
        }
    }
}
