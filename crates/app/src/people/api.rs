//! The people slice in the API. Roles are asked for here; they are decided by a person at the desk.
use super::granting;
use super::register::{self, NewPerson};
use super::roles::{MANAGE_PEOPLE, Role};
use super::rules::{Wanted, manages};
use super::store::{self, GrantRow, PersonRow};
use super::{leading, movement};
use crate::agencies;
use crate::shell::api::{ApiId, Listed, time, time_opt};
use crate::shell::paging::{PageLimit, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say, words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who a token speaks for.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    pub id: ApiId,
    pub name: String,
    pub agency: Option<ApiId>,
    /// Rights by name; `agency` absent: everywhere.
    pub rights: Vec<Held>,
}

/// A right, and where it is held.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldRight")]
pub struct Held {
    pub right: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<ApiId>,
}

pub async fn me(cx: Ctx) -> Result<Response> {
    let held = |g: &ground::ctx::Grant| Held { right: g.right.0.into(), agency: g.scope.map(ApiId) };
    let me = Me {
        id: ApiId(cx.actor.person()?),
        name: cx.actor.name.clone(),
        agency: cx.actor.home.map(ApiId),
        rights: cx.actor.grants.iter().map(held).collect(),
    };
    Ok(json(200, &me))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct PeopleFilter {
    pub agency: Option<ApiId>,
    /// Part of a name or an address.
    pub q: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// A person to add. They set their password by the link that is mailed to them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPerson", example = serde_json::json!({"agency": "456457715712000230", "name": "Pema Lhamo", "email": "pema@health.example", "employment": "civil-servant", "job_title": "Information Officer"}))]
pub struct NewPersonBody {
    /// Left out: the whole government.
    pub agency: Option<ApiId>,
    pub name: String,
    pub email: String,
    /// civil-servant, contract, elected or other
    #[serde(default)]
    pub employment: String,
    #[serde(default)]
    pub job_title: String,
}

/// A role to ask for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRole", example = serde_json::json!({"role": "author", "agency": "456457715712000230", "purpose": "The dengue campaign", "until": "2027-03-31"}))]
pub struct NewRole {
    pub role: Role,
    /// Left out for oversight and administrators, who serve the whole government.
    pub agency: Option<ApiId>,
    pub purpose: String,
    /// The first day, `2027-01-01`; left out: with the approval.
    pub from: Option<String>,
    /// The last day; it counts in full. Left out: no end.
    pub until: Option<String>,
}

/// A role of a person: asked for, in effect or over.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RoleOfPerson")]
pub struct RoleView {
    pub id: ApiId,
    pub role: String,
    pub agency: Option<ApiId>,
    pub purpose: String,
    /// waiting, approved, refused, withdrawn or lapsed
    pub decision: String,
    pub live: bool,
    pub asked_at: String,
    pub from: Option<String>,
    pub until: Option<String>,
    pub ended_at: Option<String>,
    /// person, term, moved, left, review or group
    pub ended_why: Option<String>,
}

/// Somebody in the register, with their roles.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Person")]
pub struct PersonView {
    pub id: ApiId,
    pub agency: Option<ApiId>,
    pub name: String,
    pub email: String,
    pub employment: Option<String>,
    pub job_title: Option<String>,
    /// invited, active, suspended or left
    pub state: String,
    pub roles: Vec<RoleView>,
}

fn role_view(g: GrantRow, now: i64) -> RoleView {
    RoleView {
        id: ApiId(g.id),
        live: g.live(now),
        decision: g.decision.unwrap_or_else(|| "waiting".into()),
        role: g.role,
        agency: g.agency_id.map(ApiId),
        purpose: g.purpose,
        asked_at: time(g.granted_at),
        from: time_opt(g.from_at),
        until: time_opt(g.until),
        ended_at: time_opt(g.ended_at),
        ended_why: g.ended_why,
    }
}

async fn view(cx: &Ctx, p: PersonRow) -> Result<PersonView> {
    let said = |text: Option<String>| text.filter(|t| !t.is_empty());
    let grants = store::grants_of(cx.db(), p.id).await?;
    Ok(PersonView {
        id: ApiId(p.id),
        agency: p.agency_id.map(ApiId),
        name: p.name,
        email: p.email,
        employment: said(p.employment),
        job_title: said(p.job_title),
        state: p.state,
        roles: grants.into_iter().map(|g| role_view(g, cx.now())).collect(),
    })
}

pub async fn list(cx: Ctx, Query(f): Query<PeopleFilter>) -> Result<Response> {
    let scopes = match f.agency {
        Some(agency) if manages(&cx.actor, Some(agency.0)) => Some(vec![agency.0]),
        Some(_) => return Err(Error::not_allowed()),
        None => cx.actor.scopes(MANAGE_PEOPLE),
    };
    let limit = f.limit.map_or(crate::shell::paging::PAGE, PageLimit::n);
    let q = f.q.unwrap_or_default();
    let rows = store::list_persons(cx.db(), scopes, q.trim(), f.after.map_or(0, |a| a.0), limit + 1).await?;
    let (rows, next) = cut(rows, limit, |p| p.id);
    let mut items = vec![];
    for row in rows {
        items.push(view(&cx, row).await?);
    }
    Ok(json(200, &Listed::<PersonView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(&cx, register::managed(&cx, cx.db(), id).await?).await?))
}

pub async fn create(cx: Ctx, Json(new): Json<NewPersonBody>) -> Result<Response> {
    if let Some(agency) = new.agency {
        let wrong = |_| Error::invalid(vec![FieldError::new("agency", Say::new("people-error-agency"))]);
        agencies::find(cx.db(), agency.0).await.map_err(wrong)?;
    }
    let (employment, job_title) = (new.employment, new.job_title);
    let agency = new.agency.map(|a| a.0);
    let new = NewPerson { agency, name: new.name, email: new.email, employment, job_title };
    let id = register::add_and_invite(&cx, &new).await?;
    Ok(json(201, &view(&cx, store::person(cx.db(), id).await?).await?))
}

pub async fn leave(cx: Ctx, Id(id): Id) -> Result<Response> {
    movement::leave(&cx, id).await?;
    read(cx, Id(id)).await
}

/// `2027-03-31`
fn day(name: &'static str, text: Option<&str>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let day = words::parse_local(&format!("{text}T00:00"));
    let wrong = || Error::invalid(vec![FieldError::new(name, Say::new("people-error-date"))]);
    day.map(Some).ok_or_else(wrong)
}

pub async fn ask_role(cx: Ctx, Id(id): Id, Json(new): Json<NewRole>) -> Result<Response> {
    register::managed(&cx, cx.db(), id).await?;
    let until = day("until", new.until.as_deref())?.map(|day| day + ground::clock::DAY);
    let from = day("from", new.from.as_deref())?;
    let agency = new.agency.map(|a| a.0);
    let wanted = Wanted { person: id, role: new.role, agency, purpose: new.purpose, from, until };
    let grant = granting::ask_role(&cx, &wanted).await?;
    Ok(json(201, &role_view(grant, cx.now())))
}

/// Who leads an agency, and by which order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TeamLead")]
pub struct LeadView {
    pub person: ApiId,
    pub name: String,
    /// Absent where no order was recorded.
    pub order_ref: Option<String>,
    pub grade: Option<String>,
    pub until: Option<String>,
    pub deputy: Option<String>,
}

/// Somebody of the team.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TeamMember")]
pub struct MemberView {
    pub person: ApiId,
    pub name: String,
    pub job_title: String,
    pub roles: Vec<String>,
    pub trained_on: Option<String>,
    pub backup: Option<String>,
}

/// The team of an agency.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Team")]
pub struct TeamView {
    pub agency: ApiId,
    pub leads: Vec<LeadView>,
    /// Since when there is no lead, if there is none.
    pub vacant_since: Option<String>,
    /// Whether two trained people hold roles.
    pub enough_trained: bool,
    pub members: Vec<MemberView>,
}

pub async fn team(cx: Ctx, Id(agency): Id) -> Result<Response> {
    let team = leading::team_of(&cx, agency).await?;
    let said = |text: String| Some(text).filter(|t| !t.is_empty());
    let lead = |l: leading::Lead| LeadView {
        person: ApiId(l.person),
        name: l.name,
        order_ref: l.appointment.as_ref().map(|a| a.order_ref.clone()),
        grade: l.appointment.as_ref().map(|a| a.grade.clone()),
        until: l.appointment.as_ref().map(|a| time(a.until)),
        deputy: said(l.deputy),
    };
    let member = |m: leading::Member| MemberView {
        person: ApiId(m.person),
        name: m.name,
        job_title: m.job_title,
        roles: m.roles.into_iter().map(|r| r.code().to_owned()).collect(),
        trained_on: time_opt(m.trained_on),
        backup: said(m.backup),
    };
    let view = TeamView {
        agency: ApiId(agency),
        enough_trained: team.enough(),
        vacant_since: time_opt(team.vacant_since),
        leads: team.leads.into_iter().map(lead).collect(),
        members: team.members.into_iter().map(member).collect(),
    };
    Ok(json(200, &view))
}
