//! The first person: while nobody is in the register, whoever starts the program gets a link that makes the first
//! administrator, once.
use super::actions::{self, good_link, new_link};
use super::facts::PersonAdded;
use super::granting::granted;
use super::means::Means;
use super::register::{NewPerson, check_new};
use super::roles::Role;
use super::store::{self, GrantRow, PersonRow};
use super::{rules, secrets};
use crate::ledger::Record;
use ground::clock::DAY;
use ground::ctx::Who;
use ground::db::Run;
use ground::{Ctx, Error, FieldError, Result, Say};

const KIND: &str = "first";

/// Whether the register of people is empty.
pub async fn nobody_yet(c: &impl Run) -> Result<bool> {
    Ok(store::list_persons(c, None, "", 0, 1).await?.is_empty())
}

/// A link for the first administrator, while there is nobody. Earlier ones end.
pub async fn first_link(cx: &Ctx) -> Result<Option<String>> {
    if cx.actor.who != Who::System || !nobody_yet(cx.db()).await? {
        return Ok(None);
    }
    let tx = cx.begin("people.first-link").await?;
    store::close_links(&tx, KIND, "", cx.now()).await?;
    let token = new_link(cx, &tx, KIND, "", "/desk", 3 * DAY).await?;
    cx.commit(tx).await?;
    Ok(Some(cx.url(&format!("/first/{token}"))))
}

/// Whether the link still leads somewhere.
pub(super) async fn good(cx: &Ctx, token: &str) -> Result<()> {
    if !nobody_yet(cx.db()).await? {
        return Err(actions::link_gone());
    }
    good_link(cx, cx.db(), KIND, token).await.map(|_| ())
}

fn check(new: &NewPerson, password: &str) -> Result<()> {
    let mut wrong: Vec<FieldError> = check_new(new).err().map(|e| e.fields().to_vec()).unwrap_or_default();
    if let Some(say) = rules::check_password(password, &new.name, &new.email) {
        wrong.push(FieldError::new("password", say));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Makes the first administrator and signs them in.
pub(super) async fn begin(cx: &Ctx, token: &str, new: &NewPerson, password: &str) -> Result<String> {
    good(cx, token).await?;
    check(new, password)?;
    let hash = secrets::hash_password(password.into(), cx.machine.ids.secret(16)).await?;
    let link = good_link(cx, cx.db(), KIND, token).await?;
    let now = cx.now();
    let person = PersonRow {
        id: cx.id(),
        agency_id: None,
        name: new.name.trim().into(),
        email: new.email.trim().to_lowercase(),
        password_hash: hash,
        totp_secret: None,
        totp_last_step: 0,
        state: "active".into(),
        version: 1,
        created_at: now,
        employment: None,
        job_title: None,
        left_at: None,
    };
    let grant = GrantRow {
        id: cx.id(),
        person_id: person.id,
        role: Role::Administrator.code().into(),
        agency_id: None,
        purpose: cx.words().say(cx.lang, &Say::new("people-first-purpose")),
        granted_by: "system".into(),
        granted_at: now,
        from_at: None,
        until: None,
        decision: Some("approved".into()),
        decided_by: Some("system".into()),
        decided_at: Some(now),
        decision_reason: None,
        ended_at: None,
        ended_why: None,
    };
    let system = cx.as_system();
    let tx = cx.begin("people.first").await?;
    // The link is the lock: who spends it is first.
    store::use_link(&tx, link.id, now).await?;
    store::insert_person(&tx, &person).await?;
    tx.record(&system, &PersonAdded { person: person.id, agency: None, name: person.name.clone() }).await?;
    store::insert_grant(&tx, &grant).await?;
    tx.record(&system, &granted(&grant, true)).await?;
    let session = actions::open_session(cx, &tx, Who::Person(person.id), None, Means::LINK).await?;
    cx.commit(tx).await?;
    Ok(session)
}
