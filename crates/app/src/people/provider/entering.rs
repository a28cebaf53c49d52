//! Coming back from the provider: who it is here, their roles by its groups, a session; or that it is still they.
use super::super::actions::open_session;
use super::super::citizens::send_mail;
use super::super::facts::{IdentityBound, IdentityRemoved};
use super::super::means::{self, Means};
use super::super::own::{confirm, me};
use super::super::store::identities::{self as store, IdentityRow};
use super::super::store::{self as people, PersonRow, access};
use super::super::{groups, register, rules, secrets};
use super::answer::Told;
use super::asked::{Asked, CONFIRM, again};
use super::{Provider, checks, mapping, source, spend};
use crate::ledger::Record;
use ground::clock::{MINUTE, SECOND};
use ground::ctx::Who;
use ground::db::Tx;
use ground::error::Kind;
use ground::{Ctx, Error, Result, Say};
use openidconnect::{ClientId, LogoutRequest, PostLogoutRedirectUrl};

/// What the browser brought back.
#[derive(serde::Deserialize)]
pub struct Came {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// A fresh session, or none where they only showed that it is still they; and where to go on.
pub async fn came_back(cx: &Ctx, came: &Came, browser: Option<&str>) -> Result<(Option<String>, String)> {
    let provider = super::of(cx).ok_or_else(Error::not_found)?;
    cx.machine.limits.take("provider", &cx.remote, 50, 15 * MINUTE)?;
    let (asked, confirms) = spend(cx, came.state.as_deref().unwrap_or_default(), browser).await?;
    if came.iss.as_ref().is_some_and(|iss| *iss != provider.said.issuer) {
        return Err(again("people-provider-lost", ""));
    }
    let Some(code) = came.code.as_deref().filter(|_| came.error.is_none()) else {
        tracing::info!(error = came.error.as_deref().unwrap_or_default(), "the sign-in provider let nobody in");
        let say = Say::new("people-provider-denied").arg("name", provider.said.name.as_str());
        return Err(Error::malformed(say).next("/sign-in", Say::new("people-provider-again")));
    };
    let told = provider.answer(cx, code, &asked, !confirms).await?;
    let session = if confirms {
        still_they(cx, provider, &told, &asked).await?;
        None
    } else {
        Some(enter(cx, provider, &told).await?)
    };
    // A whole office may come in through one address: only failures count.
    cx.machine.limits.give_back("provider", &cx.remote);
    Ok((session, asked.next))
}

fn refused(key: &'static str, provider: &Provider) -> Error {
    let say = Say::new(key).arg("name", provider.said.name.as_str());
    Error::new(Kind::NotAllowed, say).next("/sign-in", Say::new("people-sign-in-otherwise"))
}

async fn enter(cx: &Ctx, provider: &Provider, told: &Told) -> Result<String> {
    let issuer = &provider.said.issuer;
    let tx = cx.begin("people.provider-enter").await?;
    let known = store::identity(&tx, issuer, &told.subject).await?;
    let person = match &known {
        Some(row) => people::person(&tx, row.person_id).await?,
        None => by_address(&tx, provider, told).await?,
    };
    if person.away() {
        return Err(refused("people-provider-away", provider));
    }
    // Whoever was added and never set a password comes in this way as well.
    if person.state != "active" {
        people::set_state(&tx, &person, "active").await?;
    }
    let mut row = match known {
        Some(row) => row,
        None => bind(cx, &tx, provider, &person, told).await?,
    };
    if let Some(groups) = &told.groups {
        let stands = mapping::stands_for(&provider.mapped, groups);
        row.roles = groups::follow(cx, &tx, &person, &source(issuer), &provider.said.name, &stands, &row.roles).await?;
    }
    row.email = told.email.clone().unwrap_or(row.email);
    (row.strong, row.used_at) = (told.strong, cx.now());
    store::used(&tx, &row).await?;
    let by = Means::provider(told.strong);
    let session = open_session(cx, &tx, Who::Person(person.id), person.agency_id, by).await?;
    // The provider may have let them in by what they showed yesterday: that is no fresh sign that it is they.
    let shown = told.auth_time.map_or(0, |at| at.saturating_mul(SECOND).min(cx.now()));
    if let Some(opened) = people::session(&tx, &secrets::digest(&session)).await? {
        access::confirm_session(&tx, opened.id, shown).await?;
    }
    cx.commit(tx).await?;
    Ok(session)
}

/// Somebody of the register by the address that the provider verified; never by a name. One account of the provider for each:
/// an address that went over to somebody else opens nothing.
async fn by_address(tx: &Tx, provider: &Provider, told: &Told) -> Result<PersonRow> {
    let email = told.email.as_deref().ok_or_else(|| refused("people-provider-no-address", provider))?;
    let found = people::person_by_email(tx, email).await?;
    let person = found.ok_or_else(|| refused("people-provider-unknown", provider))?;
    let bound = store::of(tx, person.id).await?.into_iter().any(|i| i.issuer == provider.said.issuer);
    if bound { Err(refused("people-provider-bound-otherwise", provider)) } else { Ok(person) }
}

async fn bind(cx: &Ctx, tx: &Tx, provider: &Provider, person: &PersonRow, told: &Told) -> Result<IdentityRow> {
    let row = IdentityRow {
        id: cx.id(),
        person_id: person.id,
        issuer: provider.said.issuer.clone(),
        subject: told.subject.clone(),
        email: told.email.clone().unwrap_or_default(),
        roles: String::new(),
        strong: told.strong,
        bound_at: cx.now(),
        used_at: cx.now(),
    };
    store::insert(tx, &row).await?;
    tell(cx, tx, person, &provider.said.name, "people-identity-bound-subject", "people-identity-bound-mail").await?;
    let (issuer, agency) = (row.issuer.clone(), person.agency_id);
    // Nobody sits at the session yet: it is the program that found out who this is.
    tx.record(&cx.as_system(), &IdentityBound { person: person.id, agency, identity: row.id, issuer }).await?;
    Ok(row)
}

/// Tells the person by mail what happened to how they come in.
async fn tell(
    cx: &Ctx,
    tx: &Tx,
    person: &PersonRow,
    name: &str,
    subject: &'static str,
    text: &'static str,
) -> Result<()> {
    let title = cx.words().say(cx.lang, &Say::new(subject).arg("provider", name));
    let say = Say::new(text).arg("name", person.name.as_str()).arg("provider", name).arg("link", cx.url("/me"));
    send_mail(cx, tx, &person.email, title, cx.words().say(cx.lang, &say)).await
}

/// The same person, who showed the provider that it is they after we asked.
async fn still_they(cx: &Ctx, provider: &Provider, told: &Told, asked: &Asked) -> Result<()> {
    let session = cx.actor.session.ok_or_else(Error::not_allowed)?;
    let known = store::identity(cx.db(), &provider.said.issuer, &told.subject).await?;
    let me = cx.actor.person()?;
    let Some(mut row) = known.filter(|row| row.person_id == me) else {
        return Err(again("people-provider-other", CONFIRM));
    };
    if !checks::shown_since(told.auth_time, asked.at) {
        return Err(again("people-provider-not-anew", CONFIRM));
    }
    (row.strong, row.used_at) = (told.strong, cx.now());
    let tx = cx.begin("people.provider-confirm").await?;
    store::used(&tx, &row).await?;
    if told.strong {
        access::session_passed(&tx, session).await?;
    }
    access::confirm_session(&tx, session, cx.now()).await?;
    Ok(cx.commit(tx).await?)
}

/// Removes what binds the own account to the provider, with the roles its groups gave; every other session ends.
pub async fn remove(cx: &Ctx, id: i64, password: &str) -> Result<()> {
    let me = me(cx).await?;
    means::shown(cx, &me).await?;
    confirm(cx, password, "confirm_identity").await?;
    means::may_close(cx, &me, means::Door::Provider).await?;
    drop_one(cx, &me, id, cx.actor.session).await
}

/// The same for somebody one manages: another account of theirs at the provider can be bound then.
pub async fn remove_of(cx: &Ctx, person: i64, id: i64) -> Result<()> {
    let person = register::managed(cx, cx.db(), person).await?;
    let held = super::super::actions::live(people::grants_of(cx.db(), person.id).await?, cx.now());
    rules::may_handle(&cx.actor, person.id, &held)?;
    drop_one(cx, &person, id, None).await
}

async fn drop_one(cx: &Ctx, person: &PersonRow, id: i64, keep: Option<i64>) -> Result<()> {
    let found = store::of(cx.db(), person.id).await?.into_iter().find(|i| i.id == id).ok_or_else(Error::not_found)?;
    let tx = cx.begin("people.identity-remove").await?;
    store::remove(&tx, id, person.id).await?;
    groups::end_all(cx, &tx, person.id, &source(&found.issuer)).await?;
    people::end_sessions(&tx, person.id, keep).await?;
    let name = super::name(cx).unwrap_or(&found.issuer);
    tell(cx, &tx, person, name, "people-identity-removed-subject", "people-identity-removed-mail").await?;
    let (agency, issuer) = (person.agency_id, found.issuer.clone());
    tx.record(cx, &IdentityRemoved { person: person.id, agency, identity: id, issuer }).await?;
    Ok(cx.commit(tx).await?)
}

/// Where whoever came in by the provider also ends their session there, if it says where. Not being able to ask it keeps
/// nobody from signing out here.
pub async fn end_session_url(cx: &Ctx) -> Option<String> {
    let provider = super::of(cx)?;
    let metadata = provider.metadata(cx, false).await.ok()?;
    let end = metadata.additional_metadata().end_session_endpoint.clone()?;
    let back = PostLogoutRedirectUrl::new(cx.url("/sign-in")).ok()?;
    let request = LogoutRequest::from(end).set_client_id(ClientId::new(provider.said.client_id.clone()));
    Some(request.set_post_logout_redirect_uri(back).http_get_url().into())
}
