//! The register of people, for those who manage them.
use super::roles::read_wanted;
use super::{RoleLine, agency_name, role_lines};
use crate::agencies;
use crate::people::means;
use crate::people::register::{self, EMPLOYMENT, NewPerson};
use crate::people::roles::{MANAGE_PEOPLE, Role};
use crate::people::rules::manages;
use crate::people::store::identities::{self, IdentityRow};
use crate::people::store::{self, PersonRow, access};
use crate::people::{granting, movement, own, recovery};
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};
use serde::Deserialize;

/// The agencies the actor manages people of; those who manage all may also choose the whole government.
async fn choices(cx: &Ctx) -> Result<Vec<(String, String)>> {
    let scopes = cx.actor.scopes(MANAGE_PEOPLE);
    let mut all = agencies::choices(cx.db(), scopes.as_deref(), cx.lang).await?;
    if scopes.is_none() {
        all.insert(0, (String::new(), cx.words().t(cx.lang, "people-whole-government")));
    }
    Ok(all)
}

/// An agency as a form sends it: empty is the whole government.
async fn read_agency(cx: &Ctx, form: &FormData) -> Result<Option<i64>, FieldError> {
    let text = form.text("agency");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || FieldError::new("agency", Say::new("people-error-agency"));
    let id = text.parse().map_err(|_| wrong())?;
    agencies::find(cx.db(), id).await.map_err(|_| wrong())?;
    Ok(Some(id))
}

#[derive(Deserialize)]
pub struct Filter {
    q: Option<String>,
    agency: Option<i64>,
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "people/pages/list.html")]
struct List {
    page: Page,
    people: Vec<(PersonRow, String)>,
    q: String,
    agency: String,
    agencies: Vec<(String, String)>,
    older: Option<String>,
}

pub async fn list(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let scopes = match f.agency {
        Some(agency) if manages(&cx.actor, Some(agency)) => Some(vec![agency]),
        Some(_) => return Err(Error::not_allowed()),
        None => cx.actor.scopes(MANAGE_PEOPLE),
    };
    let q = f.q.unwrap_or_default().trim().to_owned();
    let rows = store::list_persons(cx.db(), scopes, &q, f.after.unwrap_or(0), PAGE + 1).await?;
    let (rows, next) = cut(rows, PAGE, |p| p.id);
    let mut people = vec![];
    for row in rows {
        let name = agency_name(&cx, row.agency_id).await?;
        people.push((row, name));
    }
    let agency = f.agency.map(|a| a.to_string()).unwrap_or_default();
    let older = next.map(|n| {
        let q = ground::http::openapi::encode_query(&q);
        format!("/people?q={q}&agency={agency}&after={n}")
    });
    let page = Page::new(&cx, "people-title");
    let mut agencies = agencies::choices(cx.db(), cx.actor.scopes(MANAGE_PEOPLE).as_deref(), cx.lang).await?;
    agencies.insert(0, (String::new(), page.word("people-every-agency")));
    Ok(html(List { page, people, q, agency, agencies, older }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "people/pages/new.html")]
struct New {
    page: Page,
    full_name: String,
    email: String,
    agency: String,
    agencies: Vec<(String, String)>,
    employment: String,
    employments: Vec<(String, String)>,
    job_title: String,
}

fn employments(page: &Page) -> Vec<(String, String)> {
    let unknown = (String::new(), page.word("people-employment-unknown"));
    [unknown].into_iter().chain(EMPLOYMENT.iter().map(|(code, word)| ((*code).to_owned(), page.word(word)))).collect()
}

async fn add_form(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let text = |name: &str| form.text(name).to_owned();
    let mut agency = text("agency");
    if agency.is_empty() && form.pairs.is_empty() {
        agency = cx.actor.home.map(|h| h.to_string()).unwrap_or_default();
    }
    let page = Page::new(cx, "people-new-title").with(error);
    let new = New {
        employments: employments(&page),
        page,
        full_name: text("name"),
        email: text("email"),
        agency,
        agencies: choices(cx).await?,
        employment: text("employment"),
        job_title: text("job_title"),
    };
    new.render().map_err(Error::fault)
}

pub async fn new(cx: Ctx) -> Result<Response> {
    Ok(html(add_form(&cx, &FormData::default(), None).await?))
}

/// Adds the person and shows the link once: it is stored as a digest only.
pub async fn add(cx: Ctx, form: FormData) -> Result<Response> {
    let added = match read_agency(&cx, &form).await {
        Ok(agency) => {
            let text = |name: &str| form.text(name).to_owned();
            let (name, email) = (text("name"), text("email"));
            let (employment, job_title) = (text("employment"), text("job_title"));
            let new = NewPerson { agency, name, email, employment, job_title };
            register::add_person(&cx, &new).await
        }
        Err(wrong) => Err(Error::invalid(vec![wrong])),
    };
    match added {
        Ok(id) => {
            let link = register::set_up_link(&cx, id).await?;
            Ok(html(show(&cx, id, &FormData::default(), link, None).await?))
        }
        Err(e) => Ok(html_again(add_form(&cx, &form, Some(&again(e)?)).await?)),
    }
}

#[derive(Template)]
#[template(path = "people/pages/one.html")]
struct One {
    page: Page,
    person: PersonRow,
    agency: String,
    roles: Vec<RoleLine>,
    /// Just made, shown this once.
    link: String,
    own: bool,
    may_drop_codes: bool,
    /// Somebody asked for the reset already.
    recovery_waits: bool,
    identities: Vec<IdentityRow>,
    confirm: bool,
    reason: String,
    employments: Vec<(String, String)>,
    role_choices: Vec<(String, String)>,
    agencies: Vec<(String, String)>,
    typed_role: String,
    typed_agency: String,
    purpose: String,
    from: String,
    until: String,
}

impl One {
    fn here(&self) -> String {
        format!("/people/{}", self.person.id)
    }
    fn identities_action(&self) -> String {
        format!("/people/{}/identities/removed", self.person.id)
    }
}

async fn show(cx: &Ctx, id: i64, form: &FormData, link: String, error: Option<&Error>) -> Result<String> {
    let person = register::managed(cx, cx.db(), id).await?;
    let text = |name: &str| form.text(name).to_owned();
    let page = Page::titled(cx, person.name.clone()).with(error);
    let everywhere = cx.actor.may_everywhere(MANAGE_PEOPLE);
    let roles = Role::ALL.iter().filter(|r| everywhere || !r.national());
    let typed = !form.text("role").is_empty();
    let home = || person.agency_id.map(|a| a.to_string()).unwrap_or_default();
    let one = One {
        agency: agency_name(cx, person.agency_id).await?,
        roles: role_lines(cx, store::grants_of(cx.db(), id).await?).await?,
        link,
        own: cx.actor.who == Who::Person(id),
        may_drop_codes: means::strong(cx.db(), &person).await?.any(),
        recovery_waits: access::recovery_waits(cx.db(), person.id).await?,
        identities: identities::of(cx.db(), person.id).await?,
        confirm: own::must_confirm(cx).await?,
        reason: text("reason"),
        role_choices: roles.map(|r| (r.code().to_owned(), page.word(r.word()))).collect(),
        agencies: choices(cx).await?,
        typed_role: text("role"),
        typed_agency: if typed { text("agency") } else { home() },
        purpose: text("purpose"),
        from: text("from"),
        until: text("until"),
        employments: employments(&page),
        page,
        person,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(show(&cx, id, &FormData::default(), String::new(), None).await?))
}

pub(super) async fn done(cx: &Ctx, id: i64, form: &FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(format!("/people/{id}"))),
        Err(e) => Ok(html_again(show(cx, id, form, String::new(), Some(&again(e)?)).await?)),
    }
}

pub async fn grant(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let agency = read_agency(&cx, &form).await;
    let result = match read_wanted(&form, id, agency) {
        Ok(wanted) => granting::ask_role(&cx, &wanted).await.map(|_| ()),
        Err(e) => Err(e),
    };
    done(&cx, id, &form, result).await
}

pub async fn end(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = granting::end_role(&cx, id, form.number("grant").unwrap_or(0)).await;
    done(&cx, id, &form, result).await
}

pub async fn suspend(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = register::suspend(&cx, id, true).await;
    done(&cx, id, &FormData::default(), result).await
}

pub async fn let_in(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = register::suspend(&cx, id, false).await;
    done(&cx, id, &FormData::default(), result).await
}

/// Asks for the reset of a lost second factor; somebody else decides.
pub async fn codes_off(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = recovery::ask(&cx, id, form.text("reason")).await;
    done(&cx, id, &form, result).await
}

pub async fn link(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let made = match own::confirm(&cx, form.raw("confirm"), "confirm").await {
        Ok(()) => register::set_up_link(&cx, id).await,
        Err(e) => Err(e),
    };
    match made {
        Ok(link) => Ok(html(show(&cx, id, &FormData::default(), link, None).await?)),
        Err(e) => done(&cx, id, &FormData::default(), Err(e)).await,
    }
}

pub async fn details(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = movement::change_details(&cx, id, form.text("employment"), form.text("job_title")).await;
    done(&cx, id, &FormData::default(), result).await
}

pub async fn go(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let to = FormData { pairs: vec![("agency".into(), form.text("to").into())], ..FormData::default() };
    let result = match read_agency(&cx, &to).await {
        Ok(agency) => movement::move_person(&cx, id, agency).await,
        Err(_) => Err(Error::invalid(vec![FieldError::new("to", Say::new("people-error-agency"))])),
    };
    match register::managed(&cx, cx.db(), id).await {
        Ok(_) => done(&cx, id, &FormData::default(), result).await,
        // Moved to where somebody else manages the people.
        Err(_) => result.map(|()| see("/people")),
    }
}

pub async fn leave(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = movement::leave(&cx, id).await;
    done(&cx, id, &FormData::default(), result).await
}

pub async fn invite(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = register::invite(&cx, id).await;
    done(&cx, id, &FormData::default(), result).await
}
