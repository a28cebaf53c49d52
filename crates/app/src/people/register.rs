//! The register of people: adding them, giving and ending roles, suspending, and the links by which they set a password.
use super::actions::{live, new_link};
use super::facts::{CodesTurned, PersonAdded, PersonLetIn, PersonSuspended, RoleEnded, RoleGranted, SetUpLinkGiven};
use super::roles::MANAGE_PEOPLE;
use super::rules::{self, Wanted, manages};
use super::store::{self, GrantRow, PersonRow};
use crate::ledger::Record;
use ground::clock::DAY;
use ground::db::{DbError, Run};
use ground::{Ctx, Error, FieldError, Result, Say};

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub agency: Option<i64>,
    pub name: String,
    pub email: String,
}

pub(super) fn check_new(new: &NewPerson) -> Result<()> {
    let mut wrong = vec![];
    if new.name.trim().is_empty() || new.name.chars().count() > 120 {
        wrong.push(FieldError::new("name", Say::new("people-error-name")));
    }
    if !ground::mail::Mailer::is_address(new.email.trim()) {
        wrong.push(FieldError::new("email", Say::new("people-error-email")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Adds a person who cannot sign in yet: they set a password through their link.
pub async fn add_person(cx: &Ctx, new: &NewPerson) -> Result<i64> {
    check_new(new)?;
    if !manages(&cx.actor, new.agency) {
        return Err(Error::not_allowed());
    }
    let email = new.email.trim().to_lowercase();
    let tx = cx.begin("people.add").await?;
    if store::person_by_email(&tx, &email).await?.is_some() {
        return Err(Error::invalid(vec![FieldError::new("email", Say::new("people-error-email-taken"))]));
    }
    let person = PersonRow {
        id: cx.id(),
        agency_id: new.agency,
        name: new.name.trim().into(),
        email,
        password_hash: String::new(),
        totp_secret: None,
        totp_last_step: 0,
        state: "invited".into(),
        version: 1,
        created_at: cx.now(),
    };
    store::insert_person(&tx, &person).await?;
    let fact = PersonAdded { person: person.id, agency: new.agency, name: person.name.clone() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(person.id)
}

/// A person of an agency one manages. Whoever manages some agencies learns nothing of the others, not even whether a
/// number is somebody's.
pub async fn managed(cx: &Ctx, c: &impl Run, id: i64) -> Result<PersonRow> {
    match store::person(c, id).await {
        Ok(person) if manages(&cx.actor, person.agency_id) => Ok(person),
        Err(DbError::NotFound) if cx.actor.may_everywhere(MANAGE_PEOPLE) => Err(Error::not_found()),
        Ok(_) | Err(DbError::NotFound) => Err(Error::not_allowed()),
        Err(e) => Err(e.into()),
    }
}

/// A link by which somebody sets their password, good for three days and for one use. Earlier ones end.
pub async fn set_up_link(cx: &Ctx, person: i64) -> Result<String> {
    let tx = cx.begin("people.set-up-link").await?;
    let person = managed(cx, &tx, person).await?;
    let held = live(store::grants_of(&tx, person.id).await?, cx.now());
    rules::may_handle(&cx.actor, person.id, &held)?;
    if person.state == "suspended" {
        return Err(Error::conflict(Say::new("people-error-suspended")));
    }
    let subject = person.id.to_string();
    store::close_links(&tx, "set-up", &subject, cx.now()).await?;
    let token = new_link(cx, &tx, "set-up", &subject, "/", 3 * DAY).await?;
    let given = SetUpLinkGiven { person: person.id, agency: person.agency_id, expires: cx.now() + 3 * DAY };
    tx.record(cx, &given).await?;
    cx.commit(tx).await?;
    Ok(cx.url(&format!("/set-up/{token}")))
}

/// Gives a role. All reasons against it are said at once.
pub async fn grant_role(cx: &Ctx, wanted: &Wanted) -> Result<i64> {
    let tx = cx.begin("people.grant").await?;
    managed(cx, &tx, wanted.person).await?;
    let now = cx.now();
    let held = live(store::grants_of(&tx, wanted.person).await?, now);
    rules::may_grant(&cx.actor, wanted, &held, now)?;
    let grant = GrantRow {
        id: cx.id(),
        person_id: wanted.person,
        role: wanted.role.code().into(),
        agency_id: wanted.agency,
        purpose: wanted.purpose.trim().into(),
        granted_by: cx.actor.label(),
        granted_at: now,
        until: wanted.until,
        ended_at: None,
    };
    store::insert_grant(&tx, &grant).await?;
    let fact = RoleGranted {
        person: wanted.person,
        grant: grant.id,
        role: grant.role.clone(),
        agency: wanted.agency,
        purpose: grant.purpose.clone(),
        until: wanted.until,
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(grant.id)
}

/// Ends a role of this person.
pub async fn end_role(cx: &Ctx, person: i64, grant: i64) -> Result<()> {
    let tx = cx.begin("people.end-role").await?;
    let person = managed(cx, &tx, person).await?;
    let held = store::grants_of(&tx, person.id).await?;
    let grant = held.into_iter().find(|g| g.id == grant).ok_or_else(Error::not_found)?;
    rules::may_end(&cx.actor, person.id, &grant.role, grant.agency_id)?;
    store::end_grant(&tx, grant.id, cx.now(), &cx.actor.label()).await?;
    let fact = RoleEnded { person: grant.person_id, grant: grant.id, role: grant.role, agency: grant.agency_id };
    tx.record(cx, &fact).await?;
    Ok(cx.commit(tx).await?)
}

/// Suspends a person, which ends their sessions, tokens and links; or lets them in again.
pub async fn suspend(cx: &Ctx, id: i64, suspended: bool) -> Result<()> {
    let tx = cx.begin("people.suspend").await?;
    let person = managed(cx, &tx, id).await?;
    let held = live(store::grants_of(&tx, id).await?, cx.now());
    rules::may_handle(&cx.actor, id, &held)?;
    if suspended == (person.state == "suspended") {
        return Err(Error::conflict(Say::new("error-changed-meanwhile")));
    }
    let agency = person.agency_id;
    if suspended {
        store::set_state(&tx, &person, "suspended").await?;
        store::end_sessions(&tx, id, None).await?;
        store::revoke_tokens(&tx, id, cx.now()).await?;
        store::close_links(&tx, "set-up", &id.to_string(), cx.now()).await?;
        tx.record(cx, &PersonSuspended { person: id, agency }).await?;
    } else {
        let again = if person.password_hash.is_empty() { "invited" } else { "active" };
        store::set_state(&tx, &person, again).await?;
        tx.record(cx, &PersonLetIn { person: id, agency }).await?;
    }
    Ok(cx.commit(tx).await?)
}

/// For somebody who lost the phone. Whoever manages one agency could take over its people with a link and this, so it
/// takes the right over the whole government.
pub async fn drop_codes(cx: &Ctx, id: i64) -> Result<()> {
    let tx = cx.begin("people.drop-codes").await?;
    let person = managed(cx, &tx, id).await?;
    let held = live(store::grants_of(&tx, id).await?, cx.now());
    if !cx.actor.may_everywhere(MANAGE_PEOPLE) {
        return Err(Error::not_allowed());
    }
    rules::may_handle(&cx.actor, id, &held)?;
    if person.totp_secret.is_none() {
        return Err(Error::conflict(Say::new("error-changed-meanwhile")));
    }
    store::set_totp(&tx, &person, None).await?;
    tx.record(cx, &CodesTurned { person: id, agency: person.agency_id, on: false }).await?;
    Ok(cx.commit(tx).await?)
}
