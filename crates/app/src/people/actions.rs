//! Adding people, giving and ending roles, signing in and out, tokens and one-time links.
use super::facts::{PersonAdded, PersonSignedIn, RoleEnded, RoleGranted};
use super::roles::{MANAGE_PEOPLE, Role};
use super::rules::{self, Held, Wanted};
use super::secrets;
use super::store::{self, GrantRow, LinkRow, PersonRow, SessionRow, TokenRow};
use crate::ledger::Record;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::Who;
use ground::db::{Run, Tx};
use ground::{Ctx, Error, FieldError, Result, Say};

pub const SESSION_LIFE: i64 = 12 * HOUR;
const CITIZEN_SESSION_LIFE: i64 = 30 * DAY;

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub agency: Option<i64>,
    pub name: String,
    pub email: String,
}

fn check_new(new: &NewPerson) -> Result<()> {
    let mut wrong = vec![];
    if new.name.trim().is_empty() || new.name.chars().count() > 120 {
        wrong.push(FieldError::new("name", Say::new("people-error-name")));
    }
    if !ground::mail::Mailer::is_address(&new.email) {
        wrong.push(FieldError::new("email", Say::new("people-error-email")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Adds a person who cannot sign in yet: they set a password through their link.
pub async fn add_person(cx: &Ctx, new: &NewPerson) -> Result<i64> {
    check_new(new)?;
    let may = match new.agency {
        Some(agency) => cx.actor.may(MANAGE_PEOPLE, agency),
        None => cx.actor.may_everywhere(MANAGE_PEOPLE),
    };
    if !may {
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

/// A link by which somebody sets their password, good for three days and for one use.
pub async fn set_up_link(cx: &Ctx, person: i64) -> Result<String> {
    let tx = cx.begin("people.set-up-link").await?;
    let token = new_link(cx, &tx, "set-up", &person.to_string(), "/", 3 * DAY).await?;
    cx.commit(tx).await?;
    Ok(cx.url(&format!("/set-up/{token}")))
}

pub(super) async fn new_link(cx: &Ctx, tx: &Tx, kind: &str, subject: &str, next: &str, life: i64) -> Result<String> {
    let token = cx.machine.ids.token();
    let link = LinkRow {
        id: cx.id(),
        kind: kind.into(),
        subject: subject.into(),
        next_path: next.into(),
        expires_at: cx.now() + life,
        used_at: None,
    };
    store::insert_link(tx, &link, &secrets::digest(&token), cx.now()).await?;
    Ok(token)
}

/// The link, if it is of this kind, in time and unused. Expired, used and made-up links say the same.
pub(super) async fn good_link(cx: &Ctx, c: &impl Run, kind: &str, token: &str) -> Result<LinkRow> {
    let link = store::link(c, &secrets::digest(token)).await?;
    link.filter(|l| l.kind == kind && l.used_at.is_none() && l.expires_at > cx.now())
        .ok_or_else(|| Error::new(ground::error::Kind::NotFound, Say::new("people-link-gone")))
}

/// Sets the password through a set-up link and signs the person in.
pub async fn set_up(cx: &Ctx, token: &str, password: &str) -> Result<String> {
    let link = good_link(cx, cx.db(), "set-up", token).await?;
    let id = link.subject.parse().map_err(Error::fault)?;
    let person = store::person(cx.db(), id).await?;
    if let Some(say) = rules::check_password(password, &person.name, &person.email) {
        return Err(Error::invalid(vec![FieldError::new("password", say)]));
    }
    let hash = secrets::hash_password(password.into(), cx.machine.ids.secret(16)).await?;
    let tx = cx.begin("people.set-up").await?;
    store::use_link(&tx, link.id, cx.now()).await?;
    store::set_password(&tx, &person, &hash).await?;
    store::end_sessions(&tx, person.id).await?;
    let token = open_session(cx, &tx, Who::Person(person.id), person.agency_id, false).await?;
    cx.commit(tx).await?;
    Ok(token)
}

/// For the demo's story and tests: a password without a link.
pub async fn give_password(cx: &Ctx, person: i64, password: &str) -> Result<()> {
    let person = store::person(cx.db(), person).await?;
    let hash = secrets::hash_password(password.into(), cx.machine.ids.secret(16)).await?;
    let tx = cx.begin("people.password").await?;
    store::set_password(&tx, &person, &hash).await?;
    Ok(cx.commit(tx).await?)
}

/// Signs in: wrong name, wrong password, wrong code and suspended all say the same. Ten tries in a quarter of an hour
/// per name and fifty per address.
pub async fn sign_in(cx: &Ctx, email: &str, password: &str, code: &str, from: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let limits = &cx.machine.limits;
    limits.take("sign-in-address", from, 50, 15 * MINUTE)?;
    limits.take("sign-in", &email, 10, 15 * MINUTE)?;
    let wrong = || Error::invalid(vec![FieldError::new("email", Say::new("people-sign-in-wrong"))]);
    let found = store::person_by_email(cx.db(), &email).await?;
    // An unknown name costs the same time as a wrong password.
    let hash = found.as_ref().map(|p| p.password_hash.clone()).filter(|h| !h.is_empty());
    let real = hash.is_some();
    let fallback = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let right = secrets::check_password(password.into(), hash.unwrap_or_else(|| fallback.into())).await?;
    let Some(person) = found.filter(|p| real && right && p.state == "active") else { return Err(wrong()) };
    let step = match &person.totp_secret {
        None => None,
        Some(sealed) => {
            let secret = open_secret(cx, person.id, sealed)?;
            Some(secrets::check_code(&secret, code, cx.now())?.ok_or_else(wrong)?)
        }
    };
    let tx = cx.begin("people.sign-in").await?;
    if let Some(step) = step {
        store::use_step(&tx, person.id, step).await.map_err(|_| wrong())?;
    }
    let token = open_session(cx, &tx, Who::Person(person.id), person.agency_id, step.is_some()).await?;
    cx.commit(tx).await?;
    limits.forget("sign-in", &email);
    Ok(token)
}

pub(super) async fn open_session(
    cx: &Ctx,
    tx: &Tx,
    who: Who,
    agency: Option<i64>,
    passed_totp: bool,
) -> Result<String> {
    let token = cx.machine.ids.token();
    let (person_id, citizen_id, life) = match who {
        Who::Person(id) => (Some(id), None, SESSION_LIFE),
        Who::Citizen(id) => (None, Some(id), CITIZEN_SESSION_LIFE),
        _ => return Err(Error::fault("nobody cannot have a session")),
    };
    let session = SessionRow {
        id: cx.id(),
        token_digest: secrets::digest(&token),
        person_id,
        citizen_id,
        csrf: cx.machine.ids.token(),
        passed_totp,
        created_at: cx.now(),
        seen_at: cx.now(),
        expires_at: cx.now() + life,
    };
    store::insert_session(tx, &session).await?;
    if let Some(person) = person_id {
        tx.record(cx, &PersonSignedIn { person, session: session.id, agency }).await?;
    }
    Ok(token)
}

pub async fn sign_out(cx: &Ctx) -> Result<()> {
    if let Some(session) = cx.actor.session {
        let tx = cx.begin("people.sign-out").await?;
        store::delete_session(&tx, session).await?;
        cx.commit(tx).await?;
    }
    Ok(())
}

/// Gives a role. All reasons against it are said at once.
pub async fn grant_role(cx: &Ctx, wanted: &Wanted) -> Result<i64> {
    let tx = cx.begin("people.grant").await?;
    store::person(&tx, wanted.person).await?;
    let now = cx.now();
    let held: Vec<Held> = live(store::grants_of(&tx, wanted.person).await?, now);
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

pub(super) fn live(grants: Vec<GrantRow>, now: i64) -> Vec<Held> {
    grants
        .into_iter()
        .filter(|g| g.ended_at.is_none() && g.until.is_none_or(|until| until > now))
        .filter_map(|g| Role::parse(&g.role).map(|role| Held { role, agency: g.agency_id }))
        .collect()
}

pub async fn end_role(cx: &Ctx, grant: i64) -> Result<i64> {
    let tx = cx.begin("people.end-role").await?;
    let grant = store::grant(&tx, grant).await?;
    let may = match grant.agency_id {
        Some(agency) => cx.actor.may(MANAGE_PEOPLE, agency),
        None => cx.actor.may_everywhere(MANAGE_PEOPLE),
    };
    if !may {
        return Err(Error::not_allowed());
    }
    store::end_grant(&tx, grant.id, cx.now(), &cx.actor.label()).await?;
    let fact = RoleEnded { person: grant.person_id, grant: grant.id, role: grant.role, agency: grant.agency_id };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(grant.person_id)
}

/// A personal access token: shown once, kept as a digest.
pub async fn issue_token(cx: &Ctx, person: i64, name: &str, life: i64) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(Error::invalid(vec![FieldError::new("name", Say::new("people-error-token-name"))]));
    }
    let token = format!("drw_{}", cx.machine.ids.token());
    let row = TokenRow {
        id: cx.id(),
        person_id: person,
        name: name.into(),
        created_at: cx.now(),
        expires_at: cx.now() + life,
        revoked_at: None,
    };
    let tx = cx.begin("people.token").await?;
    store::insert_token(&tx, &row, &secrets::digest(&token)).await?;
    cx.commit(tx).await?;
    Ok(token)
}

pub async fn revoke_token(cx: &Ctx, id: i64) -> Result<()> {
    let tx = cx.begin("people.revoke-token").await?;
    store::revoke_token(&tx, id, cx.actor.person()?, cx.now()).await?;
    Ok(cx.commit(tx).await?)
}

/// Suspends a person (and ends their sessions), or lets them in again.
pub async fn suspend(cx: &Ctx, id: i64, suspended: bool) -> Result<()> {
    let tx = cx.begin("people.suspend").await?;
    let person = store::person(&tx, id).await?;
    let may = match person.agency_id {
        Some(agency) => cx.actor.may(MANAGE_PEOPLE, agency),
        None => cx.actor.may_everywhere(MANAGE_PEOPLE),
    };
    if !may || cx.actor.who == Who::Person(id) {
        return Err(Error::not_allowed());
    }
    let again = if person.password_hash.is_empty() { "invited" } else { "active" };
    store::set_state(&tx, &person, if suspended { "suspended" } else { again }).await?;
    if suspended {
        store::end_sessions(&tx, id).await?;
    }
    Ok(cx.commit(tx).await?)
}

fn sealed_as(person: i64) -> String {
    format!("totp:{person}")
}

pub(super) fn open_secret(cx: &Ctx, person: i64, sealed: &[u8]) -> Result<Vec<u8>> {
    cx.machine.part::<ground::crypto::Vault>()?.open(sealed_as(person).as_bytes(), sealed)
}

/// Turns one-time codes on, once a code proves that the app has the secret.
pub async fn set_totp(cx: &Ctx, secret: &[u8], code: &str) -> Result<()> {
    let id = cx.actor.person()?;
    let Some(step) = secrets::check_code(secret, code, cx.now())? else {
        return Err(Error::invalid(vec![FieldError::new("code", Say::new("people-error-code"))]));
    };
    let sealed = cx.machine.part::<ground::crypto::Vault>()?.seal(sealed_as(id).as_bytes(), secret)?;
    let tx = cx.begin("people.totp").await?;
    let person = store::person(&tx, id).await?;
    store::set_totp(&tx, &person, Some(sealed)).await?;
    store::use_step(&tx, id, step).await?;
    Ok(cx.commit(tx).await?)
}

/// Changes the own password; every other session ends.
pub async fn change_password(cx: &Ctx, old: &str, new: &str) -> Result<()> {
    let person = store::person(cx.db(), cx.actor.person()?).await?;
    cx.machine.limits.take("password", &person.email, 10, 15 * MINUTE)?;
    let mut wrong = vec![];
    if !secrets::check_password(old.into(), person.password_hash.clone()).await? {
        wrong.push(FieldError::new("old", Say::new("people-error-old-password")));
    }
    if let Some(say) = rules::check_password(new, &person.name, &person.email) {
        wrong.push(FieldError::new("password", say));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    give_password(cx, person.id, new).await
}

/// The name to show for a person.
pub async fn person_name(c: &impl Run, id: i64) -> Result<String> {
    Ok(store::person(c, id).await?.name)
}

pub async fn forget_sessions(cx: Ctx) -> Result<()> {
    let tx = cx.db().begin("people.forget-sessions").await?;
    store::forget_sessions(&tx, cx.now()).await?;
    Ok(tx.commit().await?)
}
