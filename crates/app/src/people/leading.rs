//! The lead of an agency and the team behind: appointment by an order, deputy, vacancy, training, who stands in for whom.
use super::citizens::send_mail;
use super::facts::{BackupSet, LeadAppointed, LeadFilled, LeadVacant, TrainingRecorded};
use super::granting;
use super::roles::{APPROVE_ROLES, MANAGE_PEOPLE, Role, SEE_DESK};
use super::rules::{Wanted, manages};
use super::store::{self, GrantRow, team};
use crate::agencies;
use crate::ledger::Record;
use ground::clock::DAY;
use ground::ctx::Who;
use ground::db::Tx;
use ground::{Ctx, Error, FieldError, Refusal, Result, Say};
use std::collections::{BTreeMap, BTreeSet};
use team::{AppointmentRow, Training, VacancyRow};

/// So many trained people look after each account: roles hold for every account of an agency.
pub const ENOUGH: usize = 2;

pub struct Appointment {
    pub agency: i64,
    pub person: i64,
    /// The number of the order that appoints them.
    pub order_ref: String,
    /// The grade they have in the service.
    pub grade: String,
    pub from: i64,
    pub until: i64,
    /// Who stands in; they hold the same role.
    pub deputy: Option<i64>,
}

fn check(a: &Appointment, now: i64) -> Vec<FieldError> {
    let mut wrong = vec![];
    let mut expect = |good: bool, field: &'static str, say: &'static str| {
        if !good {
            wrong.push(FieldError::new(field, Say::new(say)));
        }
    };
    expect((1..=120).contains(&a.order_ref.trim().chars().count()), "order_ref", "people-error-order");
    expect((1..=60).contains(&a.grade.trim().chars().count()), "grade", "people-error-grade");
    expect(a.until > a.from && a.until > now, "until", "people-error-appointment-term");
    expect(a.deputy != Some(a.person), "deputy", "people-error-deputy");
    wrong
}

/// Appoints a lead by an order, with a deputy. Who does not hold the role yet is asked for it: somebody who serves the
/// whole government approves, as with every role.
pub async fn appoint(cx: &Ctx, a: &Appointment) -> Result<()> {
    if !manages(&cx.actor, Some(a.agency)) {
        return Err(Error::not_allowed());
    }
    let wrong = check(a, cx.now());
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    if cx.actor.who == Who::Person(a.person) {
        let no = Refusal::new("own-role", Say::new("people-refused-own-appointment")).clause("P6.2-AM1");
        return Err(Error::refused(vec![no]));
    }
    let tx = cx.begin("people.appoint").await?;
    let grant = role_of(cx, &tx, a, a.person, "person").await?;
    let deputy = match a.deputy {
        Some(deputy) => Some(role_of(cx, &tx, a, deputy, "deputy").await?),
        None => None,
    };
    let row = AppointmentRow {
        id: cx.id(),
        agency_id: a.agency,
        person_id: a.person,
        grant_id: grant,
        order_ref: a.order_ref.trim().into(),
        grade: a.grade.trim().into(),
        from_at: a.from,
        until: a.until,
        deputy_id: a.deputy,
        deputy_grant_id: deputy,
        appointed_by: cx.actor.label(),
        appointed_at: cx.now(),
    };
    team::insert_appointment(&tx, &row).await?;
    let (agency, person, deputy) = (a.agency, a.person, a.deputy);
    let (order_ref, grade) = (row.order_ref, row.grade);
    tx.record(cx, &LeadAppointed { agency, person, order_ref, grade, until: a.until, deputy }).await?;
    Ok(cx.commit(tx).await?)
}

/// The grant by which this one leads the agency: the one they hold, or one that is asked for now.
async fn role_of(cx: &Ctx, tx: &Tx, a: &Appointment, person: i64, field: &'static str) -> Result<i64> {
    let row = store::person(tx, person).await.ok().filter(|p| p.agency_id == Some(a.agency) && !p.away());
    if row.is_none() {
        return Err(Error::invalid(vec![FieldError::new(field, Say::new("people-error-not-of-agency"))]));
    }
    let leads = |g: &GrantRow| g.role == Role::Lead.code() && g.agency_id == Some(a.agency);
    let held = store::grants_of(tx, person).await?;
    if let Some(held) = held.iter().find(|g| leads(g) && (g.waits() || g.stands(cx.now()))) {
        return Ok(held.id);
    }
    let word = if field == "deputy" { "people-purpose-deputy" } else { "people-purpose-lead" };
    let purpose = cx.words().say(cx.lang, &Say::new(word).arg("order", a.order_ref.trim()));
    let (agency, until) = (Some(a.agency), Some(a.until));
    let from = Some(a.from).filter(|from| *from > cx.now());
    let wanted = Wanted { person, role: Role::Lead, agency, purpose, from, until };
    granting::ask(cx, tx, &wanted).await
}

/// A recorded training, by its day. It must have been held.
pub async fn record_training(cx: &Ctx, agency: i64, person: i64, title: &str, held_on: i64) -> Result<()> {
    if !manages(&cx.actor, Some(agency)) {
        return Err(Error::not_allowed());
    }
    let title = title.trim();
    let mut wrong = vec![];
    if !(1..=120).contains(&title.chars().count()) {
        wrong.push(FieldError::new("title", Say::new("people-error-training")));
    }
    if held_on > cx.now() {
        wrong.push(FieldError::new("held_on", Say::new("people-error-training-day")));
    }
    let tx = cx.begin("people.training").await?;
    if store::person(&tx, person).await.ok().is_none_or(|p| p.agency_id != Some(agency)) {
        wrong.push(FieldError::new("trained", Say::new("people-error-not-of-agency")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let by = cx.actor.label();
    let training = Training { id: cx.id(), agency, person, title, held_on, by: &by, at: cx.now() };
    team::insert_training(&tx, &training).await?;
    tx.record(cx, &TrainingRecorded { agency, person, title: title.into(), held_on }).await?;
    Ok(cx.commit(tx).await?)
}

/// Who stands in for somebody.
pub async fn set_backup(cx: &Ctx, agency: i64, person: i64, backup: i64) -> Result<()> {
    if !manages(&cx.actor, Some(agency)) {
        return Err(Error::not_allowed());
    }
    let tx = cx.begin("people.backup").await?;
    let mut wrong = vec![];
    for (field, id) in [("member", person), ("backup", backup)] {
        if store::person(&tx, id).await.ok().is_none_or(|p| p.agency_id != Some(agency) || p.away()) {
            wrong.push(FieldError::new(field, Say::new("people-error-not-of-agency")));
        }
    }
    if person == backup {
        wrong.push(FieldError::new("backup", Say::new("people-error-own-backup")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    team::set_backup(&tx, agency, person, backup, &cx.actor.label(), cx.now()).await?;
    tx.record(cx, &BackupSet { agency, person, backup }).await?;
    Ok(cx.commit(tx).await?)
}

/// Who leads, by which order, and who stands in.
pub struct Lead {
    pub person: i64,
    pub name: String,
    pub appointment: Option<AppointmentRow>,
    pub deputy: String,
}

pub struct Member {
    pub person: i64,
    pub name: String,
    pub job_title: String,
    pub roles: Vec<Role>,
    pub trained_on: Option<i64>,
    pub backup: String,
}

pub struct Team {
    pub leads: Vec<Lead>,
    pub vacant_since: Option<i64>,
    pub members: Vec<Member>,
}

impl Team {
    /// How many trained people hold a role.
    pub fn trained(&self) -> usize {
        self.members.iter().filter(|m| m.trained_on.is_some() && !m.roles.is_empty()).count()
    }
    pub fn enough(&self) -> bool {
        self.trained() >= ENOUGH
    }
}

/// The team of an agency, for whoever works there or looks after it.
pub async fn team_of(cx: &Ctx, agency: i64) -> Result<Team> {
    let mine = cx.actor.home == Some(agency) && matches!(cx.actor.who, Who::Person(_));
    if !(mine || cx.actor.may(SEE_DESK, agency) || manages(&cx.actor, Some(agency))) {
        return Err(Error::not_allowed());
    }
    team_as_it_is(cx, agency).await
}

pub(super) async fn team_as_it_is(cx: &Ctx, agency: i64) -> Result<Team> {
    let live = store::held_in(cx.db(), agency).await?.into_iter().filter(|g| g.live(cx.now()));
    let mut roles: BTreeMap<i64, Vec<GrantRow>> = BTreeMap::new();
    for grant in live {
        roles.entry(grant.person_id).or_default().push(grant);
    }
    let trained: BTreeMap<i64, i64> = team::trained(cx.db(), agency).await?.into_iter().collect();
    let backups: BTreeMap<i64, i64> = team::backups(cx.db(), agency).await?.into_iter().collect();
    let appointments = team::appointments(cx.db(), agency).await?;
    let people = store::list_persons(cx.db(), Some(vec![agency]), "", 0, 1000).await?;
    let name = |id: &i64| people.iter().find(|p| p.id == *id && !p.away()).map(|p| p.name.clone()).unwrap_or_default();
    let (mut leads, mut members) = (vec![], vec![]);
    for p in people.iter().filter(|p| !p.away()) {
        let held = roles.remove(&p.id).unwrap_or_default();
        for g in held.iter().filter(|g| g.role == Role::Lead.code()) {
            let appointment = appointments.iter().find(|a| a.grant_id == g.id).cloned();
            let stands_in = appointments.iter().any(|a| a.deputy_grant_id == Some(g.id));
            if appointment.is_some() || !stands_in {
                let deputy = appointment.as_ref().and_then(|a| a.deputy_id).map(|id| name(&id)).unwrap_or_default();
                leads.push(Lead { person: p.id, name: p.name.clone(), appointment, deputy });
            }
        }
        members.push(Member {
            person: p.id,
            name: p.name.clone(),
            job_title: p.job().into(),
            roles: held.iter().filter_map(|g| Role::parse(&g.role)).collect(),
            trained_on: trained.get(&p.id).copied(),
            backup: backups.get(&p.id).map(name).unwrap_or_default(),
        });
    }
    members.sort_by_key(|m| (m.roles.is_empty(), m.person));
    let vacant_since = team::vacancy(cx.db(), agency).await?.map(|v| v.since);
    Ok(Team { leads, vacant_since, members })
}

/// Agencies without a lead, for those who serve the whole government.
pub async fn vacancies(cx: &Ctx) -> Result<Vec<(i64, i64)>> {
    if !(cx.actor.may_everywhere(MANAGE_PEOPLE) || cx.actor.may_everywhere(APPROVE_ROLES)) {
        return Ok(vec![]);
    }
    Ok(team::vacancies(cx.db()).await?.into_iter().map(|v| (v.agency_id, v.since)).collect())
}

/// Raises the alarm where an agency that works here has no lead, once; and ends it when there is one again.
pub async fn watch_vacancies(cx: Ctx) -> Result<()> {
    let now = cx.now();
    let terms = team::lead_terms(cx.db()).await?;
    let led: BTreeSet<i64> = terms.iter().filter(|t| t.live(now)).map(|t| t.agency_id).collect();
    let open = team::vacancies(cx.db()).await?;
    for v in open.iter().filter(|v| led.contains(&v.agency_id)) {
        let tx = cx.begin("people.lead-filled").await?;
        team::end_vacancy(&tx, v.id, now).await?;
        tx.record(&cx, &LeadFilled { agency: v.agency_id, days: (now - v.since) / DAY }).await?;
        cx.commit(tx).await?;
    }
    let mut work: BTreeSet<i64> = team::teams(cx.db()).await?.into_iter().collect();
    work.extend(terms.iter().map(|t| t.agency_id));
    for agency in work.difference(&led).filter(|a| open.iter().all(|v| v.agency_id != **a)) {
        let last = terms.iter().filter(|t| t.agency_id == *agency).filter_map(|t| t.over(now)).max();
        vacant(&cx, *agency, last.unwrap_or(now)).await?;
    }
    Ok(())
}

async fn vacant(cx: &Ctx, agency: i64, since: i64) -> Result<()> {
    let tx = cx.begin("people.lead-vacant").await?;
    team::insert_vacancy(&tx, &VacancyRow { id: cx.id(), agency_id: agency, since }).await?;
    tx.record(cx, &LeadVacant { agency, since }).await?;
    let name = agencies::name(&tx, agency, cx.lang).await.unwrap_or_else(|_| agency.to_string());
    for email in team::overseers(&tx).await? {
        let say = Say::new("people-vacancy-mail").arg("agency", name.as_str());
        let text = cx.words().say(cx.lang, &say.arg("link", cx.url(&format!("/team?agency={agency}"))));
        let title = cx.words().say(cx.lang, &Say::new("people-vacancy-subject").arg("agency", name.as_str()));
        send_mail(cx, &tx, &email, title, text).await?;
    }
    Ok(cx.commit(tx).await?)
}
