//! Plans at the desk: the list, how a new one begins, and who asked for which agency.
pub mod builder;
pub mod coverage;
mod fields;
pub mod one;
pub mod paper;
mod reading;
mod typed;
pub mod work;

use super::actions::{self, Beginning};
use super::plan::PlanRow;
use super::store;
use crate::agencies;
use crate::people::roles;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Query, html, html_again, see};
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
    now: i64,
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
    Ok(html(List { page, plans, older, may_write, now: cx.now() }.render().map_err(Error::fault)?))
}

#[derive(Deserialize)]
pub struct For {
    agency: Option<i64>,
}

/// A way to begin, with what it comes from.
struct Way {
    code: &'static str,
    word: &'static str,
    hint: &'static str,
    from: String,
}

#[derive(Template)]
#[template(path = "plans/pages/new.html")]
struct New {
    page: Page,
    agency: String,
    agencies: Vec<(String, String)>,
    name: String,
    ways: Vec<Way>,
    chosen: &'static str,
}

fn home(cx: &Ctx) -> Result<i64> {
    let scopes = cx.actor.scopes(roles::WRITE_PLANS).unwrap_or_default();
    cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied()).ok_or_else(Error::not_allowed)
}

async fn choose(cx: &Ctx, agency: i64, error: Option<&Error>) -> Result<String> {
    if !cx.actor.may(roles::WRITE_PLANS, agency) {
        return Err(Error::not_allowed());
    }
    let page = Page::new(cx, "plans-new-title").with(error);
    let mut ways = vec![];
    let before = store::approved(cx.db(), agency).await?;
    if let Some(before) = &before {
        ways.push(Way {
            code: "renewal",
            word: "plans-from-renewal",
            hint: "plans-from-renewal-hint",
            from: before.title.clone(),
        });
    }
    if let Some(above) = actions::plan_above(cx, agency).await? {
        let from = format!("{} · {}", agencies::name(cx.db(), above.agency_id, cx.lang).await?, above.title);
        ways.push(Way { code: "adoption", word: "plans-from-adoption", hint: "plans-from-adoption-hint", from });
    }
    ways.push(Way { code: "model", word: "plans-from-model", hint: "plans-from-model-hint", from: String::new() });
    ways.push(Way { code: "empty", word: "plans-from-empty", hint: "plans-from-empty-hint", from: String::new() });
    let scopes = cx.actor.scopes(roles::WRITE_PLANS);
    let agencies = agencies::choices(cx.db(), scopes.as_deref(), cx.lang).await?;
    let name = agencies::name(cx.db(), agency, cx.lang).await?;
    let chosen = ways[0].code;
    New { page, agency: agency.to_string(), agencies, name, ways, chosen }.render().map_err(Error::fault)
}

pub async fn new(cx: Ctx, Query(q): Query<For>) -> Result<Response> {
    let agency = match q.agency {
        Some(agency) => agency,
        None => home(&cx)?,
    };
    Ok(html(choose(&cx, agency, None).await?))
}

/// Makes the draft and leads to its first step.
pub async fn start(cx: Ctx, form: FormData) -> Result<Response> {
    let agency = match form.number("agency") {
        Some(agency) => agency,
        None => home(&cx)?,
    };
    let from = Beginning::read(form.text("from")).unwrap_or(Beginning::Model);
    match actions::start(&cx, agency, from).await {
        Ok(plan) => Ok(see(format!("/plans/{}/steps/1", plan.id))),
        Err(e) => Ok(html_again(choose(&cx, agency, Some(&again(e)?)).await?)),
    }
}
