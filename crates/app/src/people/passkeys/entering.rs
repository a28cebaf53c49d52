//! Signing in with a passkey, with or without an address before it; and showing with one that it is still they.
use super::super::actions::open_session;
use super::super::facts::PasskeyBlocked;
use super::super::means::Means;
use super::super::store::passkeys::{self as store, PasskeyRow};
use super::super::store::{self as people, PersonRow, access};
use super::adding::text_id;
use super::challenge::{Challenge, gone, keep, spend};
use super::{handle, needed_party, tell};
use crate::ledger::Record;
use ground::clock::MINUTE;
use ground::crypto::Masters;
use ground::ctx::Who;
use ground::db::Tx;
use ground::{Ctx, Error, FieldError, Result, Say};
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, Passkey, PublicKeyCredential, WebauthnError};

const ENTER: &str = "passkey-enter";
const CONFIRM: &str = "passkey-confirm";

fn wrong(key: &'static str) -> Error {
    Error::invalid(vec![FieldError::new("passkey", Say::new(key))])
}

async fn begin(cx: &Ctx, kind: &str, person: Option<i64>, allowed: Vec<String>) -> Result<Challenge> {
    let (options, state) =
        needed_party(cx)?.start_discoverable_authentication().map_err(|e| Error::fault(e.to_string()))?;
    let mut options = serde_json::to_value(options).map_err(Error::fault)?;
    let one = |id: String| serde_json::json!({ "type": "public-key", "id": id });
    options["publicKey"]["allowCredentials"] = allowed.into_iter().map(one).collect();
    Ok(Challenge { challenge: keep(cx, kind, person, &state).await?, options })
}

/// Begins a sign-in. Without an address the device offers what it has for us. With one, it is asked for the passkeys of that
/// person; an address nobody has, or without passkeys, gets a stand-in, so that nobody learns who has an account.
pub(in crate::people) async fn begin_enter(cx: &Ctx, email: &str, from: &str) -> Result<Challenge> {
    cx.machine.limits.take("passkey-challenge", from, 200, 15 * MINUTE)?;
    let email = email.trim().to_lowercase();
    if email.is_empty() {
        return begin(cx, ENTER, None, vec![]).await;
    }
    let person = people::person_by_email(cx.db(), &email).await?;
    let (id, mut allowed) = match &person {
        Some(person) => (Some(person.id), store::of(cx.db(), person.id).await?),
        None => (Some(0), vec![]),
    };
    allowed.retain(|p| p.blocked_at.is_none());
    let mut allowed: Vec<String> = allowed.into_iter().map(|p| p.credential_id).collect();
    // Made for everybody, so that it takes the same time.
    let (_, vault) = cx.machine.part::<Masters>()?.newest()?;
    let stand_in = text_id(&vault.derived(&format!("passkey of {email}")));
    if allowed.is_empty() {
        allowed.push(stand_in);
    }
    begin(cx, ENTER, id, allowed).await
}

/// Begins showing that it is still they.
pub(in crate::people) async fn begin_confirm(cx: &Ctx) -> Result<Challenge> {
    let me = cx.actor.person()?;
    let mine = store::of(cx.db(), me).await?.into_iter().filter(|p| p.blocked_at.is_none());
    let mine: Vec<String> = mine.map(|p| p.credential_id).collect();
    if mine.is_empty() {
        return Err(wrong("people-passkey-none-yet"));
    }
    begin(cx, CONFIRM, Some(me), mine).await
}

/// A good answer: whose passkey, and what its use changed in it.
struct Answered {
    person: PersonRow,
    passkey: PasskeyRow,
    credential: String,
}

async fn answered(cx: &Ctx, kind: &str, token: &str, answer: &str) -> Result<Answered> {
    let party = needed_party(cx)?;
    let challenge = spend(cx, kind, token).await?;
    let failed = |why: String| {
        tracing::debug!(why, "a passkey was refused");
        wrong("people-passkey-failed")
    };
    let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|e| failed(e.to_string()))?;
    let found = store::by_credential(cx.db(), &text_id(answer.get_credential_id())).await?;
    let passkey = found.ok_or_else(|| wrong("people-passkey-unknown"))?;
    if challenge.person_id.is_some_and(|p| p != passkey.person_id) {
        return Err(wrong("people-passkey-other"));
    }
    if answer.get_user_unique_id().is_some_and(|h| h != handle(passkey.person_id).as_bytes()) {
        return Err(failed("it names another person".into()));
    }
    let person = people::person(cx.db(), passkey.person_id).await?;
    if person.state != "active" {
        return Err(wrong("people-passkey-unknown"));
    }
    if passkey.blocked_at.is_some() {
        return Err(wrong("people-passkey-blocked"));
    }
    let state: DiscoverableAuthentication = serde_json::from_str(&challenge.state).map_err(Error::fault)?;
    let mut kept: Passkey = serde_json::from_str(&passkey.credential).map_err(Error::fault)?;
    let use_ = match party.finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&kept)) {
        Ok(use_) => use_,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            block(cx, &person, &passkey).await?;
            return Err(wrong("people-passkey-blocked"));
        }
        Err(e) => return Err(failed(e.to_string())),
    };
    kept.update_credential(&use_);
    let credential = serde_json::to_string(&kept).map_err(Error::fault)?;
    Ok(Answered { person, passkey, credential })
}

/// A count of uses that does not grow: two devices hold the same key. It opens nothing from now on.
async fn block(cx: &Ctx, person: &PersonRow, passkey: &PasskeyRow) -> Result<()> {
    let tx = cx.begin("people.passkey-block").await?;
    store::block(&tx, passkey.id, cx.now()).await?;
    tell(cx, &tx, person, "people-passkey-blocked-subject", "people-passkey-blocked-mail", &passkey.name).await?;
    let (agency, name) = (person.agency_id, passkey.name.clone());
    tx.record(&cx.as_system(), &PasskeyBlocked { person: person.id, agency, passkey: passkey.id, name }).await?;
    Ok(cx.commit(tx).await?)
}

async fn keep_use(cx: &Ctx, tx: &Tx, a: &Answered) -> Result<()> {
    store::used(tx, &a.passkey, &a.credential, cx.now()).await.map_err(|_| gone())
}

/// Signs in with the browser's answer; gives the session's token.
pub(in crate::people) async fn enter(cx: &Ctx, token: &str, answer: &str, from: &str) -> Result<String> {
    cx.machine.limits.take("passkey", from, 50, 15 * MINUTE)?;
    let a = answered(cx, ENTER, token, answer).await?;
    let tx = cx.begin("people.passkey-enter").await?;
    keep_use(cx, &tx, &a).await?;
    let session = open_session(cx, &tx, Who::Person(a.person.id), a.person.agency_id, Means::PASSKEY).await?;
    cx.commit(tx).await?;
    // A whole office may come in through one address: only failures count.
    cx.machine.limits.give_back("passkey", from);
    Ok(session)
}

/// Shows that it is still they; the session counts as strong from now on.
pub(in crate::people) async fn confirm(cx: &Ctx, token: &str, answer: &str) -> Result<()> {
    let session = cx.actor.session.ok_or_else(Error::not_allowed)?;
    cx.machine.limits.take("passkey", &cx.actor.label(), 20, 15 * MINUTE)?;
    let a = answered(cx, CONFIRM, token, answer).await?;
    let tx = cx.begin("people.passkey-confirm").await?;
    keep_use(cx, &tx, &a).await?;
    access::session_passed(&tx, session).await?;
    access::confirm_session(&tx, session, cx.now()).await?;
    Ok(cx.commit(tx).await?)
}
