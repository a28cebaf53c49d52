//! Roles that wait for a decision.
use super::{agency_name, read_day};
use crate::people::actions::person_name;
use crate::people::provider::{self, BY_PROVIDER};
use crate::people::roles::Role;
use crate::people::rules::{Wanted, decides};
use crate::people::store::GrantRow;
use crate::people::waiting::{Waiting, waiting_for};
use crate::people::{granting, own};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::DAY;
use ground::ctx::Who;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};

/// So many are shown; the oldest come first.
const MOST: i64 = 200;

pub struct Line {
    pub grant: i64,
    pub person: String,
    pub word: &'static str,
    pub agency: String,
    pub purpose: String,
    pub asked_by: String,
    pub at: i64,
    pub from: Option<i64>,
    pub last: Option<i64>,
}

async fn line(cx: &Ctx, g: GrantRow) -> Result<Line> {
    let asked_by = match g.granted_by.strip_prefix("person:").and_then(|id| id.parse().ok()) {
        Some(id) => person_name(cx.db(), id).await?,
        None => match g.granted_by.strip_prefix(BY_PROVIDER) {
            Some(issuer) => provider::name(cx).filter(|_| provider::is(cx, issuer)).unwrap_or(issuer).to_owned(),
            None => g.granted_by.clone(),
        },
    };
    Ok(Line {
        grant: g.id,
        person: person_name(cx.db(), g.person_id).await?,
        word: Role::parse(&g.role).map_or("people-role-unknown", Role::word),
        agency: agency_name(cx, g.agency_id).await?,
        purpose: g.purpose,
        asked_by,
        at: g.granted_at,
        from: g.from_at,
        last: g.until.map(|until| until - 1),
    })
}

#[derive(Template)]
#[template(path = "people/pages/roles.html")]
struct Roles {
    page: Page,
    waiting: Vec<Line>,
    /// Reviews to answer and access to give back: where, whose, what.
    other: Vec<Waiting>,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let mut waiting = vec![];
    for g in granting::to_decide(&cx, MOST).await? {
        waiting.push(line(&cx, g).await?);
    }
    let page = Page::new(&cx, "people-roles-waiting");
    let mut other = waiting_for(&cx, MOST).await?;
    other.retain(|w| !w.href.starts_with("/roles/"));
    Ok(html(Roles { page, waiting, other }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "people/pages/role.html")]
struct One {
    page: Page,
    line: Line,
    /// `None` while it waits.
    decided: Option<&'static str>,
    decided_at: i64,
    reason: String,
    /// Whoever asked for it, or would get it, only looks.
    decider: bool,
    /// The password is asked for again.
    confirm: bool,
    typed: String,
}

impl One {
    fn here(&self) -> String {
        format!("/roles/{}", self.line.grant)
    }
}

async fn show(cx: &Ctx, id: i64, typed: &str, error: Option<&Error>) -> Result<String> {
    let grant = granting::see_request(cx, id).await?;
    let decided = grant.decision.as_deref().map(super::decision_word);
    let mine = cx.actor.label() == grant.granted_by || cx.actor.who == Who::Person(grant.person_id);
    let may = Role::parse(&grant.role).is_some_and(|role| decides(&cx.actor, role, grant.agency_id));
    let one = One {
        page: Page::new(cx, "people-role-request").with(error),
        decided,
        decided_at: grant.decided_at.unwrap_or(0),
        reason: grant.decision_reason.clone().unwrap_or_default(),
        decider: grant.waits() && may && !mine,
        confirm: own::must_confirm(cx).await?,
        typed: typed.into(),
        line: line(cx, grant).await?,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(show(&cx, id, "", None).await?))
}

async fn done(cx: &Ctx, id: i64, typed: &str, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(format!("/roles/{id}"))),
        Err(e) => Ok(html_again(show(cx, id, typed, Some(&again(e)?)).await?)),
    }
}

pub async fn approve(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = match own::confirm(&cx, form.raw("confirm"), "confirm").await {
        Ok(()) => granting::approve_role(&cx, id).await,
        Err(e) => Err(e),
    };
    done(&cx, id, "", result).await
}

pub async fn refuse(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let reason = form.text("reason");
    let result = granting::refuse_role(&cx, id, reason).await;
    done(&cx, id, reason, result).await
}

/// What was asked for, or everything that cannot be read. `agency` was read by the caller.
pub fn read_wanted(form: &FormData, person: i64, agency: Result<Option<i64>, FieldError>) -> Result<Wanted> {
    let mut wrong = vec![];
    let role = Role::parse(form.text("role"));
    if role.is_none() {
        wrong.push(FieldError::new("role", Say::new("people-error-role")));
    }
    let agency = agency.unwrap_or_else(|e| {
        wrong.push(e);
        None
    });
    let mut day = |name: &'static str| {
        read_day(form, name).unwrap_or_else(|e| {
            wrong.push(e);
            None
        })
    };
    // The last day counts in full.
    let (from, until) = (day("from"), day("until").map(|day| day + DAY));
    match role {
        Some(role) if wrong.is_empty() => {
            Ok(Wanted { person, role, agency, purpose: form.text("purpose").into(), from, until })
        }
        _ => Err(Error::invalid(wrong)),
    }
}
