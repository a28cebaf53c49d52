//! Accounts at the desk, and the public's question "is this one real?".
pub mod apps;
pub mod hook;
pub mod impostors;
pub mod one;
pub mod public;
pub mod signing_in;

use super::account::Account;
use super::actions::{self, NewAccount};
use super::care;
use super::life::Stage;
use super::practice;
use super::rules::Asking;
use super::store::{self, Wanted};
use crate::people::roles;
use crate::policy::Pack;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use crate::{agencies, platforms};
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
#[template(path = "accounts/pages/list.html")]
struct List {
    page: Page,
    /// With the agency's name and the stage.
    accounts: Vec<(Account, String, Stage)>,
    oversees: bool,
    older: Option<String>,
    may_ask: bool,
}

pub async fn list(cx: Ctx, Query(q): Query<After>) -> Result<Response> {
    let wanted = Wanted {
        agencies: cx.actor.scopes(roles::SEE_DESK),
        before: q.after.unwrap_or(i64::MAX),
        most: PAGE + 1,
        ..Wanted::default()
    };
    let (rows, next) = cut(store::list(cx.db(), &wanted).await?, PAGE, |a| a.id);
    let mut accounts = vec![];
    for row in rows {
        let name = agencies::name(cx.db(), row.agency_id, cx.lang).await?;
        let stage = care::life(&cx, &row).await?.stage(&row, cx.now());
        accounts.push((row, name, stage));
    }
    let (page, older) = (Page::new(&cx, "accounts-title"), next.map(|n| format!("/accounts?after={n}")));
    let (oversees, may_ask) =
        (cx.actor.may_everywhere(roles::OVERSEE), cx.actor.may_somewhere(roles::REQUEST_ACCOUNTS));
    Ok(html(List { page, accounts, oversees, older, may_ask }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "accounts/pages/new.html")]
struct New {
    page: Page,
    platforms: Vec<(String, String)>,
    platform: String,
    handle: String,
    url: String,
    purpose: String,
    scope: String,
    apart: String,
    per_week: String,
    /// What the agency has already, to speak there instead.
    have: Vec<Account>,
}

/// The agency the reader asks for.
fn home(cx: &Ctx) -> Result<i64> {
    let scopes = cx.actor.scopes(roles::REQUEST_ACCOUNTS).unwrap_or_default();
    cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied()).ok_or_else(Error::not_allowed)
}

async fn ask(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let (agency, page) = (home(cx)?, Page::new(cx, "accounts-new-title").with(error));
    let mut choices = vec![];
    let known = cx.machine.part::<Pack>()?.platforms();
    for p in known.iter().chain(known.beside()) {
        if !practice::is_offered(cx, p)? {
            continue;
        }
        let standing = platforms::standing(cx, &p.id, Some(agency)).await?;
        let state =
            if standing.state.open() { String::new() } else { format!(" ({})", page.word(standing.state.word())) };
        choices.push((!standing.state.open(), (p.id.clone(), format!("{}{state}", p.name))));
    }
    // What may be asked for comes first.
    choices.sort_by_key(|(closed, _)| *closed);
    let text = |name: &str| form.text(name).to_owned();
    let new = New {
        page,
        platforms: choices.into_iter().map(|(_, choice)| choice).collect(),
        platform: text("platform"),
        handle: text("handle"),
        url: text("url"),
        purpose: text("purpose"),
        scope: text("scope"),
        apart: text("apart"),
        per_week: text("per_week"),
        have: store::in_state(cx.db(), &[agency], "live", PAGE).await?,
    };
    new.render().map_err(Error::fault)
}

pub async fn new(cx: Ctx) -> Result<Response> {
    Ok(html(ask(&cx, &FormData::default(), None).await?))
}

pub async fn create(cx: Ctx, form: FormData) -> Result<Response> {
    let (agency, text) = (home(&cx)?, |name: &str| form.text(name).to_owned());
    let per_week = form.number("per_week").unwrap_or(0);
    let asking = Asking { purpose: text("purpose"), scope: text("scope"), apart: text("apart"), per_week };
    let new = NewAccount { agency, platform: text("platform"), handle: text("handle"), url: text("url"), asking };
    match actions::request(&cx, &new).await {
        Ok(account) => Ok(see(format!("/accounts/{}", account.id))),
        Err(e) => Ok(html_again(ask(&cx, &form, Some(&again(e)?)).await?)),
    }
}
