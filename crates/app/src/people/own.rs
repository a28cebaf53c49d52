//! What people do with their own account: password, one-time codes, access tokens, sessions.
use super::facts::{CodesTurned, PasswordChanged, TokenIssued, TokenRevoked};
use super::store::{self, PersonRow, TokenRow, access};
use super::{means, rules, secrets};
use crate::ledger::Record;
use ground::clock::{DAY, MINUTE};
use ground::crypto::Masters;
use ground::ctx::Who;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

/// How long an access token may live, in days.
pub const TOKEN_DAYS: [i64; 4] = [7, 30, 90, 365];
/// How long a secret that is shown waits for its first code.
const SECRET_WAITS: i64 = 30 * MINUTE;

pub async fn me(cx: &Ctx) -> Result<PersonRow> {
    Ok(store::person(cx.db(), cx.actor.person()?).await?)
}

/// A wrong own password, as an error of this field. Ten tries in a quarter of an hour.
async fn check_own(cx: &Ctx, me: &PersonRow, password: &str, field: &str) -> Result<Option<FieldError>> {
    cx.machine.limits.take("password", &me.email, 10, 15 * MINUTE)?;
    // Who came in through others may have none.
    let right =
        !me.password_hash.is_empty() && secrets::check_password(password.into(), me.password_hash.clone()).await?;
    Ok((!right).then(|| FieldError::new(field, Say::new("people-error-old-password"))))
}

/// The length of a one-time code; every password is longer.
const CODE: usize = 6;
/// So long after a password was typed nothing asks for it again.
const FRESH: i64 = 15 * MINUTE;

/// Whether a risky act asks for the password again: the last time was too long ago.
pub async fn must_confirm(cx: &Ctx) -> Result<bool> {
    match cx.actor.session {
        Some(session) => Ok(access::confirmed_at(cx.db(), session).await? + FRESH <= cx.now()),
        None => Ok(cx.actor.who != Who::System),
    }
}

/// Before a risky act: that it is really they who sit here, by their password or a one-time code; a passkey, or
/// the provider of accounts asked anew, at `/me/confirm` lately counts as well. A script with a token cannot show that.
pub async fn confirm(cx: &Ctx, given: &str, field: &str) -> Result<()> {
    if must_confirm(cx).await? { confirm_now(cx, given, field).await } else { Ok(()) }
}

/// The same, however lately it was shown.
pub async fn confirm_now(cx: &Ctx, given: &str, field: &str) -> Result<()> {
    let Some(session) = cx.actor.session else { return Err(Error::not_allowed()) };
    let me = me(cx).await?;
    let step = match &me.totp_secret {
        Some(sealed) if given.trim().len() == CODE => {
            cx.machine.limits.take("password", &me.email, 10, 15 * MINUTE)?;
            secrets::check_code(&open_secret(cx, me.id, sealed)?, given, cx.now())?
        }
        _ => None,
    };
    if step.is_none()
        && let Some(wrong) = check_own(cx, &me, given, field).await?
    {
        return Err(Error::invalid(vec![wrong]));
    }
    let tx = cx.begin("people.confirm").await?;
    if let Some(step) = step {
        let used = || Error::invalid(vec![FieldError::new(field, Say::new("people-error-code"))]);
        store::use_step(&tx, me.id, step).await.map_err(|_| used())?;
    }
    access::confirm_session(&tx, session, cx.now()).await?;
    Ok(cx.commit(tx).await?)
}

/// Changes the own password; every other session ends.
pub async fn change_password(cx: &Ctx, old: &str, new: &str) -> Result<()> {
    let me = me(cx).await?;
    let mut wrong: Vec<FieldError> = check_own(cx, &me, old, "old").await?.into_iter().collect();
    if let Some(say) = rules::check_password(new, &me.name, &me.email) {
        wrong.push(FieldError::new("password", say));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let hash = secrets::hash_password(new.into(), cx.machine.ids.secret(16)).await?;
    let tx = cx.begin("people.password").await?;
    store::set_password(&tx, &me, &hash).await?;
    store::end_sessions(&tx, me.id, cx.actor.session).await?;
    tx.record(cx, &PasswordChanged { person: me.id, agency: me.agency_id, by_link: false }).await?;
    Ok(cx.commit(tx).await?)
}

/// What second factors are sealed for, with the master key itself.
const SEALED: &str = "secrets";

/// Seals every second factor with the newest master key. Done twice, it is done.
pub async fn seal_codes_anew(cx: &Ctx) -> Result<()> {
    let masters = cx.machine.part::<Masters>()?;
    let mut after = 0;
    loop {
        let some = store::totp_all(cx.db(), after).await?;
        let Some((last, _)) = some.last() else { return Ok(()) };
        after = *last;
        let tx = cx.begin("people.seal-anew").await?;
        for (id, old) in some {
            let new = masters.seal(SEALED, sealed_as(id).as_bytes(), &open_secret(cx, id, &old)?)?;
            store::totp_anew(&tx, id, old, new).await?;
        }
        cx.commit(tx).await?;
    }
}

fn sealed_as(person: i64) -> String {
    format!("totp:{person}")
}

pub fn open_secret(cx: &Ctx, person: i64, sealed: &[u8]) -> Result<Vec<u8>> {
    cx.machine.part::<Masters>()?.open(SEALED, sealed_as(person).as_bytes(), sealed)
}

/// A secret for one-time codes that nobody has proven yet. It travels with the form, sealed for this person.
pub struct FreshSecret {
    pub base32: String,
    pub otpauth: String,
    pub sealed: String,
}

fn shown(cx: &Ctx, me: &PersonRow, secret: &[u8], until: i64) -> Result<FreshSecret> {
    let plain = [until.to_be_bytes().as_slice(), secret].concat();
    let sealed = cx.machine.part::<Masters>()?.seal(SEALED, format!("totp-new:{}", me.id).as_bytes(), &plain)?;
    Ok(FreshSecret {
        base32: secrets::base32(secret),
        otpauth: secrets::otpauth(secret, &me.email),
        sealed: ground::crypto::hex(&sealed),
    })
}

pub fn fresh_secret(cx: &Ctx, me: &PersonRow) -> Result<FreshSecret> {
    shown(cx, me, &cx.machine.ids.secret(20), cx.now() + SECRET_WAITS)
}

/// The secret the form carried, if it is this person's and in time.
fn carried(cx: &Ctx, me: &PersonRow, sealed: &str) -> Result<Option<(Vec<u8>, i64)>> {
    let Some(bytes) = secrets::unhex(sealed) else { return Ok(None) };
    let masters = cx.machine.part::<Masters>()?;
    let Ok(plain) = masters.open(SEALED, format!("totp-new:{}", me.id).as_bytes(), &bytes) else { return Ok(None) };
    let Some((until, secret)) = plain.split_first_chunk::<8>() else { return Ok(None) };
    let until = i64::from_be_bytes(*until);
    Ok((until > cx.now()).then(|| (secret.to_vec(), until)))
}

/// The same secret again, so that a mistyped code costs no new scan; a new one when that one is gone.
pub fn same_secret(cx: &Ctx, me: &PersonRow, sealed: &str) -> Result<FreshSecret> {
    match carried(cx, me, sealed)? {
        Some((secret, until)) => shown(cx, me, &secret, until),
        None => fresh_secret(cx, me),
    }
}

/// Turns codes on with the secret the form carried.
pub async fn confirm_codes(cx: &Ctx, sealed: &str, code: &str) -> Result<()> {
    let Some((secret, _)) = carried(cx, &me(cx).await?, sealed)? else {
        return Err(Error::invalid(vec![FieldError::new("code", Say::new("people-error-secret-gone"))]));
    };
    set_totp(cx, &secret, code).await
}

/// Turns one-time codes on, once a code proves that the app has the secret.
pub async fn set_totp(cx: &Ctx, secret: &[u8], code: &str) -> Result<()> {
    let id = cx.actor.person()?;
    let before = store::person(cx.db(), id).await?;
    if before.totp_secret.is_none() {
        means::shown(cx, &before).await?;
    }
    let wrong = || Error::invalid(vec![FieldError::new("code", Say::new("people-error-code"))]);
    let step = secrets::check_code(secret, code, cx.now())?.ok_or_else(wrong)?;
    let sealed = cx.machine.part::<Masters>()?.seal(SEALED, sealed_as(id).as_bytes(), secret)?;
    let tx = cx.begin("people.totp").await?;
    let person = store::person(&tx, id).await?;
    if person.totp_secret.is_some() {
        return Err(Error::conflict(Say::new("people-error-codes-on")));
    }
    store::set_totp(&tx, &person, Some(sealed)).await?;
    store::use_step(&tx, id, step).await.map_err(|e| if matches!(e, DbError::Guard) { wrong() } else { e.into() })?;
    if let Some(session) = cx.actor.session {
        access::session_passed(&tx, session).await?;
    }
    tx.record(cx, &CodesTurned { person: id, agency: person.agency_id, on: true }).await?;
    Ok(cx.commit(tx).await?)
}

/// Turns one-time codes off, for the own password.
pub async fn drop_totp(cx: &Ctx, password: &str) -> Result<()> {
    let me = me(cx).await?;
    if let Some(wrong) = check_own(cx, &me, password, "confirm").await? {
        return Err(Error::invalid(vec![wrong]));
    }
    if me.totp_secret.is_none() {
        return Ok(());
    }
    means::shown(cx, &me).await?;
    means::may_go(cx, &me).await?;
    let tx = cx.begin("people.totp-off").await?;
    store::set_totp(&tx, &me, None).await?;
    if means::strong(&tx, &store::person(&tx, me.id).await?).await?.any() {
        access::weaken_code_sessions(&tx, me.id).await?;
    } else {
        access::drop_recovery_codes(&tx, me.id).await?;
        access::weaken_sessions(&tx, me.id).await?;
    }
    tx.record(cx, &CodesTurned { person: me.id, agency: me.agency_id, on: false }).await?;
    Ok(cx.commit(tx).await?)
}

/// A personal access token: shown once, kept as a digest. Nobody but the program itself makes one for somebody else.
pub async fn issue_token(cx: &Ctx, person: i64, name: &str, life: i64) -> Result<String> {
    if cx.actor.who != Who::Person(person) && cx.actor.who != Who::System {
        return Err(Error::not_allowed());
    }
    if cx.actor.session.is_some() {
        means::shown(cx, &store::person(cx.db(), person).await?).await?;
    }
    let name = name.trim();
    let mut wrong = vec![];
    if name.is_empty() || name.chars().count() > 80 {
        wrong.push(FieldError::new("name", Say::new("people-error-token-name")));
    }
    if !TOKEN_DAYS.iter().any(|d| d * DAY == life) && cx.actor.who != Who::System {
        wrong.push(FieldError::new("days", Say::new("people-error-token-days")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
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
    let agency = store::person(&tx, person).await?.agency_id;
    store::insert_token(&tx, &row, &secrets::digest(&token)).await?;
    let fact = TokenIssued { person, agency, token: row.id, name: row.name, expires: row.expires_at };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(token)
}

/// Revokes one of the own tokens.
pub async fn revoke_token(cx: &Ctx, id: i64) -> Result<()> {
    let person = cx.actor.person()?;
    let tx = cx.begin("people.revoke-token").await?;
    store::revoke_token(&tx, id, person, cx.now()).await?;
    tx.record(cx, &TokenRevoked { person, agency: cx.actor.home, token: id }).await?;
    Ok(cx.commit(tx).await?)
}

/// Ends one of the own sessions. One that is gone already is as the person wants it.
pub async fn end_session(cx: &Ctx, id: i64) -> Result<()> {
    let tx = cx.begin("people.end-session").await?;
    store::end_session(&tx, id, cx.actor.person()?).await?;
    Ok(cx.commit(tx).await?)
}

pub async fn end_other_sessions(cx: &Ctx) -> Result<()> {
    let tx = cx.begin("people.end-sessions").await?;
    store::end_sessions(&tx, cx.actor.person()?, cx.actor.session).await?;
    Ok(cx.commit(tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::TestApp;

    #[tokio::test]
    async fn second_factors_are_kept_when_the_master_key_is_changed() {
        let app = TestApp::new().await;
        let pema = app.person("Pema", None, &[]).await;
        let path = app.cx.machine.config.data.join("master.key");
        let sealed = app.cx.machine.part::<Masters>().unwrap().seal(SEALED, sealed_as(pema.id).as_bytes(), b"factor");
        let tx = app.cx.begin("test").await.unwrap();
        let row = store::person(&tx, pema.id).await.unwrap();
        store::set_totp(&tx, &row, Some(sealed.unwrap())).await.unwrap();
        app.cx.commit(tx).await.unwrap();
        ground::crypto::seed_file(&Masters::next_path(&path)).unwrap();
        for _ in 0..2 {
            seal_codes_anew(&app.cx).await.unwrap();
        }
        std::fs::rename(Masters::next_path(&path), &path).unwrap();
        let (_, sealed) = store::totp_all(app.cx.db(), 0).await.unwrap().remove(0);
        let new = Masters::load("", "", &path).unwrap();
        assert_eq!(new.open(SEALED, sealed_as(pema.id).as_bytes(), &sealed).unwrap(), b"factor");
        assert_eq!(open_secret(&app.cx, pema.id, &sealed).unwrap(), b"factor", "also while serving");
        app.drain().await;
    }
}
