//! Adding a passkey to the own account, and removing one.
use super::super::facts::{PasskeyAdded, PasskeyRemoved};
use super::super::means;
use super::super::own::{confirm, me};
use super::super::store::passkeys::{self as store, PasskeyRow};
use super::super::store::{self as people, access};
use super::challenge::{Challenge, keep, spend};
use super::{handle, needed_party, tell};
use crate::ledger::Record;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ground::{Ctx, Error, FieldError, Result, Say};
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

const KIND: &str = "passkey-add";
/// So many passkeys a person may have.
const MOST: usize = 20;

pub(in crate::people) fn text_id(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn wrong(field: &'static str, key: &'static str) -> Error {
    Error::invalid(vec![FieldError::new(field, Say::new(key))])
}

/// What comes before a passkey is added: that it is really they, and what they call it.
pub(in crate::people) async fn check(cx: &Ctx, name: &str, password: &str) -> Result<()> {
    let me = me(cx).await?;
    means::shown(cx, &me).await?;
    confirm(cx, password, "confirm").await?;
    if !(1..=80).contains(&name.trim().chars().count()) {
        return Err(wrong("name", "people-error-passkey-name"));
    }
    if store::of(cx.db(), me.id).await?.len() >= MOST {
        return Err(Error::conflict(Say::new("people-error-passkeys-many")));
    }
    Ok(())
}

/// Begins: what the browser needs to make a key pair.
pub(in crate::people) async fn begin(cx: &Ctx, name: &str, password: &str) -> Result<Challenge> {
    check(cx, name, password).await?;
    let (me, party) = (me(cx).await?, needed_party(cx)?);
    let have = store::of(cx.db(), me.id).await?;
    let have = have.iter().filter_map(|p| URL_SAFE_NO_PAD.decode(&p.credential_id).ok()).collect();
    let begun = party.start_passkey_registration(handle(me.id), &me.email, &me.name, Some(have));
    let (options, state) = begun.map_err(|e| Error::fault(e.to_string()))?;
    let mut options = serde_json::to_value(options).map_err(Error::fault)?;
    // Found without typing an address where the device has room for it; a security key without room works after the address.
    options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
    Ok(Challenge { challenge: keep(cx, KIND, Some(me.id), &state).await?, options })
}

/// Keeps the passkey the browser made. The person is told by mail.
pub(in crate::people) async fn finish(cx: &Ctx, token: &str, answer: &str, name: &str, password: &str) -> Result<()> {
    check(cx, name, password).await?;
    let (me, party) = (me(cx).await?, needed_party(cx)?);
    let challenge = spend(cx, KIND, token).await?;
    let state: PasskeyRegistration = serde_json::from_str(&challenge.state).map_err(Error::fault)?;
    let failed = |why: String| {
        tracing::debug!(why, "a passkey was not added");
        wrong("passkey", "people-passkey-not-made")
    };
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|e| failed(e.to_string()))?;
    let made = party.finish_passkey_registration(&answer, &state).map_err(|e| failed(e.to_string()))?;
    let row = PasskeyRow {
        id: cx.id(),
        person_id: me.id,
        name: name.trim().into(),
        credential_id: text_id(made.cred_id()),
        credential: serde_json::to_string(&made).map_err(Error::fault)?,
        added_at: cx.now(),
        used_at: None,
        blocked_at: None,
    };
    let tx = cx.begin("people.passkey-add").await?;
    if store::by_credential(&tx, &row.credential_id).await?.is_some() {
        return Err(wrong("passkey", "people-passkey-taken"));
    }
    store::insert(&tx, &row).await?;
    if let Some(session) = cx.actor.session {
        access::session_passed(&tx, session).await?;
    }
    tell(cx, &tx, &me, "people-passkey-added-subject", "people-passkey-added-mail", &row.name).await?;
    tx.record(cx, &PasskeyAdded { person: me.id, agency: me.agency_id, passkey: row.id, name: row.name }).await?;
    Ok(cx.commit(tx).await?)
}

/// Removes one of the own passkeys; every other session ends, for one of them may have come in by it.
pub(in crate::people) async fn remove(cx: &Ctx, id: i64, password: &str) -> Result<()> {
    let me = me(cx).await?;
    means::shown(cx, &me).await?;
    confirm(cx, password, "confirm_remove").await?;
    let found = store::of(cx.db(), me.id).await?.into_iter().find(|p| p.id == id).ok_or_else(Error::not_found)?;
    // A blocked one opens nothing: it may always go.
    if found.blocked_at.is_none() {
        means::may_close(cx, &me, means::Door::Passkey).await?;
    }
    let tx = cx.begin("people.passkey-remove").await?;
    store::remove(&tx, id, me.id).await?;
    people::end_sessions(&tx, me.id, cx.actor.session).await?;
    if !means::strong(&tx, &me).await?.any() {
        access::drop_recovery_codes(&tx, me.id).await?;
        access::weaken_sessions(&tx, me.id).await?;
    }
    tell(cx, &tx, &me, "people-passkey-removed-subject", "people-passkey-removed-mail", &found.name).await?;
    tx.record(cx, &PasskeyRemoved { person: me.id, agency: me.agency_id, passkey: id, name: found.name }).await?;
    Ok(cx.commit(tx).await?)
}
