//! Stopping everything, and letting it go on, at the desk.
use super::row::{Freeze, GOVERNMENT};
use super::{actions, rules};
use crate::people::roles::WITHDRAW_POSTS;
use crate::publishing::delivery::NEVER;
use crate::publishing::store::freeze as rows;
use crate::shell::{Page, again};
use crate::{agencies, people};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

/// So many of those that were lifted are shown of each agency.
const PAST: i64 = 5;

struct Row {
    f: Freeze,
    whose: String,
    by: String,
    thawed_by: String,
    parked: i64,
    on_their_way: i64,
    may: bool,
}

#[derive(Template)]
#[template(path = "publishing/pages/freeze.html")]
struct Freezes {
    page: Page,
    on: Vec<Row>,
    past: Vec<Row>,
    /// What whoever asks may freeze: id and name.
    choices: Vec<(String, String)>,
    chosen: String,
    typed: String,
    /// What was typed as the reason to lift one of them.
    lifting: Option<(i64, String)>,
}

impl Freezes {
    fn why(&self, freeze: &i64) -> &str {
        self.lifting.as_ref().filter(|(id, _)| id == freeze).map_or("", |(_, why)| why)
    }
}

/// What was typed into one of the forms.
#[derive(Default)]
struct Typed {
    chosen: String,
    reason: String,
    lifting: Option<(i64, String)>,
}

async fn whose(cx: &Ctx, agency: i64) -> Result<String> {
    if agency == GOVERNMENT {
        return Ok(cx.words().t(cx.lang, "publishing-freeze-government"));
    }
    agencies::name(cx.db(), agency, cx.lang).await
}

async fn row(cx: &Ctx, f: Freeze) -> Result<Row> {
    let thawed_by = match f.thawed_by {
        Some(id) => people::person_name(cx.db(), id).await?,
        None => String::new(),
    };
    Ok(Row {
        whose: whose(cx, f.agency_id).await?,
        by: people::person_name(cx.db(), f.frozen_by).await?,
        thawed_by,
        parked: if f.is_on() { rows::parked(cx.db(), f.agency_id).await? } else { 0 },
        on_their_way: if f.is_on() { rows::on_their_way(cx.db(), f.agency_id, NEVER).await? } else { 0 },
        may: f.is_on() && rules::may(&cx.actor, f.agency_id),
        f,
    })
}

async fn render(cx: &Ctx, typed: Typed, error: Option<&Error>) -> Result<String> {
    let (mut on, mut past, mut choices) = (vec![], vec![], vec![]);
    for f in actions::on(cx).await? {
        on.push(row(cx, f).await?);
    }
    let mut mine = cx.actor.scopes(WITHDRAW_POSTS).unwrap_or_default();
    mine.insert(0, GOVERNMENT);
    for agency in mine.into_iter().filter(|a| rules::may(&cx.actor, *a)) {
        if !on.iter().any(|r| r.f.agency_id == agency) {
            choices.push((agency.to_string(), whose(cx, agency).await?));
        }
        for f in rows::past(cx.db(), agency, PAST).await? {
            past.push(row(cx, f).await?);
        }
    }
    let Typed { chosen, reason: typed, lifting } = typed;
    let page = Page::new(cx, "publishing-freeze-title").with(error);
    let page = page.ending(&lifting.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default());
    Freezes { page, on, past, choices, chosen, typed, lifting }.render().map_err(Error::fault)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, Typed::default(), None).await?))
}

pub async fn freeze(cx: Ctx, form: FormData) -> Result<Response> {
    let (chosen, reason) = (form.text("agency"), form.text("reason"));
    let Ok(agency) = chosen.parse::<i64>() else { return Err(Error::not_allowed()) };
    match actions::freeze(&cx, agency, reason).await {
        Ok(_) => Ok(see("/publishing/freeze")),
        Err(e) => {
            let typed = Typed { chosen: chosen.into(), reason: reason.into(), lifting: None };
            Ok(html_again(render(&cx, typed, Some(&again(e)?)).await?))
        }
    }
}

pub async fn thaw(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match actions::thaw(&cx, id, form.text("reason")).await {
        Ok(_) => Ok(see("/publishing/freeze")),
        Err(e) => {
            let error = again(e)?;
            actions::see(&cx, id).await?;
            let typed = Typed { lifting: Some((id, form.text("reason").into())), ..Typed::default() };
            Ok(html_again(render(&cx, typed, Some(&error)).await?))
        }
    }
}
