//! Signing in and out, one-time links, and the first password.
use super::facts::{PasswordChanged, PersonSignedIn, RecoveryCodeUsed};
use super::means::{self, Means};
use super::own::open_secret;
use super::recovery;
use super::roles::Role;
use super::rules::{self, Held};
use super::secrets;
use super::store::{self, GrantRow, LinkRow, PersonRow, SessionRow, access, passkeys};
use crate::ledger::Record;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::Who;
use ground::db::{Run, Tx};
use ground::{Ctx, Error, FieldError, Result, Say};

pub const SESSION_LIFE: i64 = 12 * HOUR;
const CITIZEN_SESSION_LIFE: i64 = 30 * DAY;

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
    link.filter(|l| l.kind == kind && l.used_at.is_none() && l.expires_at > cx.now()).ok_or_else(link_gone)
}

/// Sets the password through a set-up link and signs the person in; who has a second factor signs in with it (`None`).
pub async fn set_up(cx: &Ctx, token: &str, password: &str) -> Result<Option<String>> {
    let (link, person) = for_set_up(cx, token).await?;
    if let Some(say) = rules::check_password(password, &person.name, &person.email) {
        return Err(Error::invalid(vec![FieldError::new("password", say)]));
    }
    let hash = secrets::hash_password(password.into(), cx.machine.ids.secret(16)).await?;
    let tx = cx.begin("people.set-up").await?;
    store::use_link(&tx, link.id, cx.now()).await?;
    store::set_password(&tx, &person, &hash).await?;
    store::end_sessions(&tx, person.id, None).await?;
    tx.record(cx, &PasswordChanged { person: person.id, agency: person.agency_id, by_link: true }).await?;
    let session = match means::strong(&tx, &person).await?.any() {
        false => Some(open_session(cx, &tx, Who::Person(person.id), person.agency_id, Means::LINK).await?),
        true => None,
    };
    cx.commit(tx).await?;
    Ok(session)
}

/// A good set-up link and whose it is. It lets nobody back in who was suspended or has left.
pub(super) async fn for_set_up(cx: &Ctx, token: &str) -> Result<(LinkRow, PersonRow)> {
    let link = good_link(cx, cx.db(), "set-up", token).await?;
    let person = store::person(cx.db(), link.subject.parse().map_err(Error::fault)?).await?;
    if person.away() { Err(link_gone()) } else { Ok((link, person)) }
}

pub(super) fn link_gone() -> Error {
    Error::new(ground::error::Kind::NotFound, Say::new("people-link-gone"))
}

/// For the demo's story and tests: a password without a link.
pub async fn give_password(cx: &Ctx, person: i64, password: &str) -> Result<()> {
    if cx.actor.who != Who::System {
        return Err(Error::not_allowed());
    }
    let person = store::person(cx.db(), person).await?;
    let hash = secrets::hash_password(password.into(), cx.machine.ids.secret(16)).await?;
    let tx = cx.begin("people.password").await?;
    store::set_password(&tx, &person, &hash).await?;
    Ok(cx.commit(tx).await?)
}

/// How long a name that is tried very much waits for its answer.
const SLOWLY: std::time::Duration = std::time::Duration::from_secs(2);

/// Counts a try. The tight limits are per place: who fails on purpose shuts out nobody but their own place. A name that is
/// tried from everywhere is answered more slowly, never turned away, so that nobody can be locked out by others.
async fn count_try(cx: &Ctx, email: &str, from: &str) -> Result<()> {
    let limits = &cx.machine.limits;
    limits.take("sign-in-address", from, 50, 15 * MINUTE)?;
    limits.take("sign-in", &format!("{email}\0{from}"), 10, 15 * MINUTE)?;
    if limits.take("sign-in-name", email, 100, 15 * MINUTE).is_err() {
        tokio::time::sleep(SLOWLY).await;
    }
    Ok(())
}

/// Signs in: wrong name, wrong password, wrong code and suspended all say the same. Ten failures in a quarter of an hour
/// per name and place, and fifty per place.
pub async fn sign_in(cx: &Ctx, email: &str, password: &str, code: &str, from: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    count_try(cx, &email, from).await?;
    let wrong = || Error::invalid(vec![FieldError::new("email", Say::new("people-sign-in-wrong"))]);
    let found = store::person_by_email(cx.db(), &email).await?;
    // An unknown name costs the same time as a wrong password.
    let hash = found.as_ref().map(|p| p.password_hash.clone()).filter(|h| !h.is_empty());
    let real = hash.is_some();
    let fallback = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let right = secrets::check_password(password.into(), hash.unwrap_or_else(|| fallback.into())).await?;
    let Some(person) = found.filter(|p| real && right && p.state == "active") else { return Err(wrong()) };
    let step = match &person.totp_secret {
        // Who has passkeys only may have recovery codes beside them.
        None if code.trim().is_empty() || passkeys::good(cx.db(), person.id).await? == 0 => None,
        None => Some(None),
        Some(sealed) => {
            let secret = open_secret(cx, person.id, sealed)?;
            Some(secrets::check_code(&secret, code, cx.now())?)
        }
    };
    let tx = cx.begin("people.sign-in").await?;
    match step {
        None => {}
        Some(Some(step)) => store::use_step(&tx, person.id, step).await.map_err(|_| wrong())?,
        // No code of the app: one of the codes for when the telephone is lost, each good once.
        Some(None) => {
            let digest = recovery::digest(code);
            access::use_recovery_code(&tx, person.id, &digest, cx.now()).await.map_err(|_| wrong())?;
            tx.record(cx, &RecoveryCodeUsed { person: person.id, agency: person.agency_id }).await?;
        }
    }
    let by = if step.is_some() { Means::CODE } else { Means::PASSWORD };
    let token = open_session(cx, &tx, Who::Person(person.id), person.agency_id, by).await?;
    cx.commit(tx).await?;
    // A whole office may come in through one address at nine o'clock: only failures count.
    let limits = &cx.machine.limits;
    limits.forget("sign-in", &format!("{email}\0{from}"));
    limits.give_back("sign-in-address", from);
    limits.give_back("sign-in-name", &email);
    Ok(token)
}

pub(super) async fn open_session(cx: &Ctx, tx: &Tx, who: Who, agency: Option<i64>, by: Means) -> Result<String> {
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
        passed_totp: by.strong,
        means: Some(by.code.into()),
        created_at: cx.now(),
        seen_at: cx.now(),
        expires_at: cx.now() + life,
    };
    store::insert_session(tx, &session).await?;
    if let Some(person) = person_id {
        tx.record(cx, &PersonSignedIn { person, session: session.id, agency, means: Some(by.code.into()) }).await?;
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

pub(super) fn live(grants: Vec<GrantRow>, now: i64) -> Vec<Held> {
    grants
        .into_iter()
        .filter(|g| g.live(now))
        .filter_map(|g| Role::parse(&g.role).map(|role| Held { role, agency: g.agency_id }))
        .collect()
}

/// The name to show for a person.
pub async fn person_name(c: &impl Run, id: i64) -> Result<String> {
    // What the register of the pack brought about nobody did.
    if id == 0 {
        return Ok("system".into());
    }
    Ok(store::person(c, id).await?.name)
}

pub async fn forget_sessions(cx: Ctx) -> Result<()> {
    let tx = cx.db().begin("people.forget-sessions").await?;
    store::forget_sessions(&tx, cx.now()).await?;
    passkeys::forget_challenges(&tx, cx.now()).await?;
    Ok(tx.commit().await?)
}
