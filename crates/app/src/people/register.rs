//! The register of people: adding them, inviting, suspending, and the links by which they set a password.
use super::actions::{live, new_link};
use super::citizens::send_mail;
use super::facts::{PersonAdded, PersonInvited, PersonLetIn, PersonSuspended, SetUpLinkGiven};
use super::means;
use super::roles::MANAGE_PEOPLE;
use super::rules::{self, manages};
use super::store::{self, PersonRow};
use crate::ledger::Record;
use ground::clock::DAY;
use ground::db::{DbError, Run, Tx};
use ground::words::Lang;
use ground::{Ctx, Error, FieldError, Result, Say};

/// Kinds of employment: staff are all who work for an agency, civil servants some of them (P3-D4).
pub const EMPLOYMENT: [(&str, &str); 4] = [
    ("civil-servant", "people-employment-civil-servant"),
    ("contract", "people-employment-contract"),
    ("elected", "people-employment-elected"),
    ("other", "people-employment-other"),
];

#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    pub agency: Option<i64>,
    pub name: String,
    pub email: String,
    /// One of `EMPLOYMENT`, or empty while nobody said.
    pub employment: String,
    pub job_title: String,
}

pub(super) fn check_new(new: &NewPerson) -> Result<()> {
    let mut wrong = vec![];
    if new.name.trim().is_empty() || new.name.chars().count() > 120 {
        wrong.push(FieldError::new("name", Say::new("people-error-name")));
    }
    if !ground::mail::Mailer::is_address(new.email.trim()) {
        wrong.push(FieldError::new("email", Say::new("people-error-email")));
    }
    wrong.extend(check_details(&new.employment, &new.job_title));
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

pub(super) fn check_details(employment: &str, job_title: &str) -> Vec<FieldError> {
    let mut wrong = vec![];
    if !employment.is_empty() && EMPLOYMENT.iter().all(|(code, _)| *code != employment) {
        wrong.push(FieldError::new("employment", Say::new("people-error-employment")));
    }
    if job_title.chars().count() > 120 {
        wrong.push(FieldError::new("job_title", Say::new("people-error-job-title")));
    }
    wrong
}

/// Adds a person who cannot sign in yet: they set a password through their link.
pub async fn add_person(cx: &Ctx, new: &NewPerson) -> Result<i64> {
    check_new(new)?;
    if !manages(&cx.actor, new.agency) {
        return Err(Error::not_allowed());
    }
    let tx = cx.begin("people.add").await?;
    let id = add(cx, &tx, new).await?;
    cx.commit(tx).await?;
    Ok(id)
}

/// Adds a person and mails them their link.
pub(super) async fn add_and_invite(cx: &Ctx, new: &NewPerson) -> Result<i64> {
    check_new(new)?;
    if !manages(&cx.actor, new.agency) {
        return Err(Error::not_allowed());
    }
    let tx = cx.begin("people.add").await?;
    let person = store::person(&tx, add(cx, &tx, new).await?).await?;
    send_invitation(cx, &tx, &person).await?;
    cx.commit(tx).await?;
    Ok(person.id)
}

pub(super) async fn add(cx: &Ctx, tx: &Tx, new: &NewPerson) -> Result<i64> {
    let email = new.email.trim().to_lowercase();
    if store::person_by_email(tx, &email).await?.is_some() {
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
        employment: Some(new.employment.clone()),
        job_title: Some(new.job_title.trim().into()),
        left_at: None,
    };
    store::insert_person(tx, &person).await?;
    let fact = PersonAdded { person: person.id, agency: new.agency, name: person.name.clone() };
    tx.record(cx, &fact).await?;
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
    if person.away() {
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

/// How long an invitation by mail waits.
const INVITED: i64 = 7 * DAY;

/// Mails somebody the link by which they set their password. Earlier links end.
pub async fn invite(cx: &Ctx, person: i64) -> Result<()> {
    let tx = cx.begin("people.invite").await?;
    let person = managed(cx, &tx, person).await?;
    let held = live(store::grants_of(&tx, person.id).await?, cx.now());
    rules::may_handle(&cx.actor, person.id, &held)?;
    if person.away() {
        return Err(Error::conflict(Say::new("people-error-suspended")));
    }
    send_invitation(cx, &tx, &person).await?;
    Ok(cx.commit(tx).await?)
}

pub(super) async fn send_invitation(cx: &Ctx, tx: &Tx, person: &PersonRow) -> Result<()> {
    let subject = person.id.to_string();
    store::close_links(tx, "set-up", &subject, cx.now()).await?;
    let token = new_link(cx, tx, "set-up", &subject, "/", INVITED).await?;
    let link = cx.url(&format!("/set-up/{token}"));
    let text = Say::new("people-invitation-mail").arg("name", person.name.as_str()).arg("link", link);
    // Nobody knows yet which language they read: both.
    let both = [Lang::En, Lang::Dz];
    let title = both.map(|l| cx.words().t(l, "people-invitation-subject")).join(" / ");
    let body = both.map(|l| cx.words().say(l, &text)).join("\n\n");
    send_mail(cx, tx, &person.email, title, body).await?;
    let fact = PersonInvited { person: person.id, agency: person.agency_id, expires: cx.now() + INVITED };
    tx.record(cx, &fact).await.map(|_| ())
}

/// Suspends a person, which ends their sessions, tokens and links; or lets them in again, also after they had left.
pub async fn suspend(cx: &Ctx, id: i64, suspended: bool) -> Result<()> {
    let tx = cx.begin("people.suspend").await?;
    let person = managed(cx, &tx, id).await?;
    let held = live(store::grants_of(&tx, id).await?, cx.now());
    rules::may_handle(&cx.actor, id, &held)?;
    if suspended == person.away() {
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
        back(cx, &tx, &person).await?;
    }
    Ok(cx.commit(tx).await?)
}

pub(super) async fn back(cx: &Ctx, tx: &Tx, person: &PersonRow) -> Result<()> {
    // Somebody who never set a password may have another way in.
    let invited = person.password_hash.is_empty() && !means::other_way_in(tx, person).await?;
    let again = if invited { "invited" } else { "active" };
    store::set_state(tx, person, again).await?;
    tx.record(cx, &PersonLetIn { person: person.id, agency: person.agency_id }).await.map(|_| ())
}
