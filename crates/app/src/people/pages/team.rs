//! The team of an agency: who leads it by which order, who holds which role, who is trained, who stands in for whom.
use super::read_day;
use crate::agencies;
use crate::people::leading::{self, Appointment, Team};
use crate::people::roles::{MANAGE_PEOPLE, SEE_DESK};
use crate::people::rules::manages;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::DAY;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Which {
    agency: Option<i64>,
}

#[derive(Template)]
#[template(path = "people/pages/team.html")]
struct TeamPage {
    page: Page,
    /// `None`: none was chosen yet.
    shown: Option<(i64, Team)>,
    manage: bool,
    agencies: Vec<(String, String)>,
    agency: String,
    people: Vec<(String, String)>,
    deputies: Vec<(String, String)>,
    typed: FormData,
}

async fn render(cx: &Ctx, agency: Option<i64>, typed: FormData, error: Option<&Error>) -> Result<String> {
    let scopes = match cx.actor.scopes(SEE_DESK).unwrap_or_default() {
        _ if cx.actor.may_everywhere(SEE_DESK) || cx.actor.may_everywhere(MANAGE_PEOPLE) => None,
        mut some => {
            some.extend(cx.actor.home);
            Some(some)
        }
    };
    let shown = match agency {
        Some(id) => Some((id, leading::team_of(cx, id).await?)),
        None => None,
    };
    let title = match agency {
        Some(id) => agencies::name(cx.db(), id, cx.lang).await.map_err(|_| Error::not_found())?,
        None => cx.words().t(cx.lang, "people-team-title"),
    };
    let page = Page::titled(cx, title).with(error);
    let members = shown.iter().flat_map(|(_, t)| t.members.iter());
    let people: Vec<(String, String)> = members.map(|m| (m.person.to_string(), m.name.clone())).collect();
    let nobody = (String::new(), page.word("people-no-deputy"));
    let team = TeamPage {
        manage: agency.is_some_and(|id| manages(&cx.actor, Some(id))),
        agencies: agencies::choices(cx.db(), scopes.as_deref(), cx.lang).await?,
        agency: agency.map(|a| a.to_string()).unwrap_or_default(),
        deputies: [nobody].into_iter().chain(people.iter().cloned()).collect(),
        people,
        shown,
        typed,
        page,
    };
    team.render().map_err(Error::fault)
}

pub async fn show(cx: Ctx, Query(which): Query<Which>) -> Result<Response> {
    let agency = which.agency.or(cx.actor.home);
    Ok(html(render(&cx, agency, FormData::default(), None).await?))
}

async fn done(cx: &Ctx, agency: i64, form: FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(format!("/team?agency={agency}"))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(render(cx, Some(agency), form, Some(&e)).await?))
        }
    }
}

fn read_appointment(agency: i64, form: &FormData) -> Result<Appointment> {
    let mut wrong = vec![];
    let mut day = |name: &'static str| match read_day(form, name) {
        Ok(Some(day)) => day,
        Ok(None) => {
            wrong.push(FieldError::new(name, Say::new("people-error-date")));
            0
        }
        Err(e) => {
            wrong.push(e);
            0
        }
    };
    // The last day counts in full.
    let (from, until) = (day("from"), day("until") + DAY);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let (order_ref, grade) = (form.text("order_ref").to_owned(), form.text("grade").to_owned());
    let (person, deputy) = (form.number("person").unwrap_or(0), form.number("deputy"));
    Ok(Appointment { agency, person, order_ref, grade, from, until, deputy })
}

pub async fn appoint(cx: Ctx, Id(agency): Id, form: FormData) -> Result<Response> {
    let result = match read_appointment(agency, &form) {
        Ok(appointment) => leading::appoint(&cx, &appointment).await,
        Err(e) => Err(e),
    };
    done(&cx, agency, form, result).await
}

pub async fn train(cx: Ctx, Id(agency): Id, form: FormData) -> Result<Response> {
    let day = match read_day(&form, "held_on") {
        Ok(Some(day)) => Ok(day),
        Ok(None) => Err(FieldError::new("held_on", Say::new("people-error-date"))),
        Err(e) => Err(e),
    };
    let result = match day {
        Ok(day) => {
            let person = form.number("trained").unwrap_or(0);
            leading::record_training(&cx, agency, person, form.text("title"), day).await
        }
        Err(wrong) => Err(Error::invalid(vec![wrong])),
    };
    done(&cx, agency, form, result).await
}

pub async fn back_up(cx: Ctx, Id(agency): Id, form: FormData) -> Result<Response> {
    let (member, backup) = (form.number("member").unwrap_or(0), form.number("backup").unwrap_or(0));
    let result = leading::set_backup(&cx, agency, member, backup).await;
    done(&cx, agency, form, result).await
}
