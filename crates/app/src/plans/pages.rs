//! Plans at the desk.
use super::actions;
use super::plan::{Draft, PARTS};
use super::store::{self, PlanRow};
use crate::agencies;
use crate::people::{self, roles};
use crate::policy::Pack;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct After {
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "plans/pages/list.html")]
struct List {
    page: Page,
    plans: Vec<(PlanRow, String)>,
    older: Option<String>,
    may_write: bool,
}

pub async fn list(cx: Ctx, Query(q): Query<After>) -> Result<Response> {
    let scopes = cx.actor.scopes(roles::SEE_DESK);
    let rows = store::list(cx.db(), scopes.as_deref(), q.after.unwrap_or(i64::MAX), PAGE + 1).await?;
    let (rows, next) = cut(rows, PAGE, |p| p.id);
    let mut plans = vec![];
    for row in rows {
        let name = agencies::name(cx.db(), row.agency_id, cx.lang).await?;
        plans.push((row, name));
    }
    let page = Page::new(&cx, "plans-title");
    let older = next.map(|n| format!("/plans?after={n}"));
    let may_write = cx.actor.may_somewhere(roles::WRITE_PLANS);
    Ok(html(List { page, plans, older, may_write }.render().map_err(Error::fault)?))
}

/// One of the six parts on a form.
pub struct Part {
    pub name: &'static str,
    pub clause: &'static str,
    pub title: String,
    pub guidance: String,
    pub text: String,
}

fn parts(cx: &Ctx, draft: &Draft) -> Result<Vec<Part>> {
    let pack = cx.machine.part::<Pack>()?;
    let lang = cx.lang.code();
    let part = |((name, clause), text): (&(&'static str, &'static str), &String)| {
        let known = pack.plan_parts().find(name);
        Part {
            name,
            clause,
            title: known.map_or(*name, |p| p.title.get(lang)).to_owned(),
            guidance: known.map_or("", |p| p.guidance.get(lang)).to_owned(),
            text: text.clone(),
        }
    };
    Ok(PARTS.iter().zip(&draft.parts).map(part).collect())
}

#[derive(Template)]
#[template(path = "plans/pages/edit.html")]
struct Edit {
    page: Page,
    action: String,
    version: i64,
    title: String,
    parts: Vec<Part>,
    agency: i64,
}

fn render(cx: &Ctx, action: String, agency: i64, version: i64, draft: &Draft, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "plans-edit-title").with(error);
    let parts = parts(cx, draft)?;
    Edit { page, action, version, title: draft.title.clone(), parts, agency }.render().map_err(Error::fault)
}

fn typed(form: &FormData) -> Draft {
    Draft { title: form.text("title").into(), parts: PARTS.map(|(name, _)| form.text(name).to_owned()) }
}

fn home(cx: &Ctx) -> Result<i64> {
    let scopes = cx.actor.scopes(roles::WRITE_PLANS).unwrap_or_default();
    cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied()).ok_or_else(Error::not_allowed)
}

pub async fn new(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, "/plans".into(), home(&cx)?, 0, &Draft::default(), None)?))
}

pub async fn create(cx: Ctx, form: FormData) -> Result<Response> {
    let (draft, agency) = (typed(&form), form.number("agency").unwrap_or(home(&cx)?));
    match actions::draft(&cx, agency, &draft).await {
        Ok(plan) => Ok(see(format!("/plans/{}", plan.id))),
        Err(e) => Ok(html_again(render(&cx, "/plans".into(), agency, 0, &draft, Some(&again(e)?))?)),
    }
}

pub async fn edit(cx: Ctx, Id(id): Id) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    Ok(html(render(&cx, format!("/plans/{id}"), plan.agency_id, plan.version, &plan.draft(), None)?))
}

pub async fn save(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let draft = typed(&form);
    match actions::revise(&cx, id, form.number("version").unwrap_or(0), &draft).await {
        Ok(_) => Ok(see(format!("/plans/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let plan = actions::see(&cx, id).await?;
            Ok(html_again(render(&cx, format!("/plans/{id}"), plan.agency_id, plan.version, &draft, Some(&e))?))
        }
    }
}

pub struct Step {
    pub at: i64,
    pub word: String,
    pub who: String,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "plans/pages/one.html")]
struct One {
    page: Page,
    plan: PlanRow,
    agency: String,
    parts: Vec<Part>,
    steps: Vec<Step>,
    may_write: bool,
    may_approve: bool,
    own: bool,
}

async fn show(cx: &Ctx, plan: PlanRow, error: Option<&Error>) -> Result<String> {
    let mut page = Page::new(cx, "plans-one-title").with(error);
    if !plan.title.is_empty() {
        page.title = plan.title.clone();
    }
    let mut steps = vec![];
    for d in store::decisions(cx.db(), plan.id).await? {
        let who = people::person_name(cx.db(), d.person_id).await?;
        steps.push(Step { at: d.at, word: page.t(&format!("plans-step-{}", d.kind)), who, reason: d.reason });
    }
    let one = One {
        agency: agencies::name(cx.db(), plan.agency_id, cx.lang).await?,
        parts: parts(cx, &plan.draft())?,
        may_write: cx.actor.may(roles::WRITE_PLANS, plan.agency_id),
        may_approve: cx.actor.may(roles::APPROVE_PLANS, plan.agency_id),
        own: cx.actor.who == Who::Person(plan.author_id),
        page,
        plan,
        steps,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    Ok(html(show(&cx, plan, None).await?))
}

async fn done(cx: &Ctx, id: i64, result: Result<PlanRow>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/plans/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let plan = actions::see(cx, id).await?;
            Ok(html_again(show(cx, plan, Some(&e)).await?))
        }
    }
}

pub async fn submit(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::submit(&cx, id, form.number("version").unwrap_or(0)).await;
    done(&cx, id, result).await
}
pub async fn approve(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::approve(&cx, id, form.number("version").unwrap_or(0)).await;
    done(&cx, id, result).await
}
pub async fn reject(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::reject(&cx, id, form.number("version").unwrap_or(0), form.text("reason")).await;
    done(&cx, id, result).await
}
