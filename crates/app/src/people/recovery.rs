//! Access that got lost: recovery codes of one's own, and the reset of somebody's second factor, which takes two people.
use super::citizens::send_mail;
use super::facts::{CodesTurned, PasskeyRemoved, RecoveryAsked, RecoveryCodesMade, RecoveryDecided};
use super::means;
use super::own::{confirm, me};
use super::register::managed;
use super::roles::APPROVE_ROLES;
use super::rules;
use super::secrets;
use super::store::{self, access, passkeys};
use crate::ledger::Record;
use access::RecoveryRow;
use ground::ctx::Who;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, FieldError, Refusal, Result, Say};
use store::PersonRow;

const CODES: usize = 10;

/// A code as it is typed: small letters and dashes make no difference.
pub(super) fn digest(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    secrets::digest(&plain)
}

/// Ten new recovery codes, shown this once. Earlier ones end.
pub async fn make_codes(cx: &Ctx, password: &str) -> Result<Vec<String>> {
    confirm(cx, password, "confirm_recovery").await?;
    let me = me(cx).await?;
    means::shown(cx, &me).await?;
    if !means::strong(cx.db(), &me).await?.any() {
        return Err(Error::conflict(Say::new("people-error-codes-first")));
    }
    let code = |_| {
        let text = secrets::base32(&cx.machine.ids.secret(10));
        text.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join("-")
    };
    let codes: Vec<String> = (0..CODES).map(code).collect();
    let tx = cx.begin("people.recovery-codes").await?;
    access::drop_recovery_codes(&tx, me.id).await?;
    for code in &codes {
        access::insert_recovery_code(&tx, cx.id(), me.id, &digest(code), cx.now()).await?;
    }
    tx.record(cx, &RecoveryCodesMade { person: me.id, agency: me.agency_id }).await?;
    cx.commit(tx).await?;
    Ok(codes)
}

/// Asks for the reset of somebody's second factor. Somebody else, who serves the whole government, decides.
pub async fn ask(cx: &Ctx, person: i64, reason: &str) -> Result<()> {
    let tx = cx.begin("people.ask-recovery").await?;
    let person = managed(cx, &tx, person).await?;
    if cx.actor.who == Who::Person(person.id) {
        let no = Refusal::new("own-account", Say::new("people-refused-own-account"));
        return Err(Error::refused(vec![no]));
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Error::invalid(vec![FieldError::new("reason", Say::new("people-error-recovery-reason"))]));
    }
    if !means::strong(&tx, &person).await?.any() || access::recovery_waits(&tx, person.id).await? {
        return Err(Error::conflict(Say::new("error-changed-meanwhile")));
    }
    let asked_by = cx.actor.label();
    let (id, person_id, asked_at) = (cx.id(), person.id, cx.now());
    let row = RecoveryRow { id, person_id, asked_by, asked_at, reason: reason.into(), decision: None };
    access::insert_recovery(&tx, &row).await?;
    tx.record(cx, &RecoveryAsked { person: person.id, agency: person.agency_id, recovery: id }).await?;
    Ok(cx.commit(tx).await?)
}

/// What waits for this one: without what they asked for, or what is about them.
pub async fn to_decide(cx: &Ctx) -> Result<Vec<RecoveryRow>> {
    if !cx.actor.may_everywhere(APPROVE_ROLES) {
        return Ok(vec![]);
    }
    let mut rows = access::recoveries(cx.db()).await?;
    rows.retain(|r| r.asked_by != cx.actor.label() && cx.actor.who != Who::Person(r.person_id));
    Ok(rows)
}

/// Every second factor of a person goes, and every session ends.
async fn drop_all(cx: &Ctx, tx: &Tx, person: &PersonRow) -> Result<()> {
    let (id, agency) = (person.id, person.agency_id);
    for passkey in passkeys::of(tx, id).await? {
        let (passkey, name) = (passkey.id, passkey.name);
        tx.record(cx, &PasskeyRemoved { person: id, agency, passkey, name }).await?;
    }
    passkeys::drop_all(tx, id).await?;
    if person.totp_secret.is_some() {
        store::set_totp(tx, person, None).await?;
        tx.record(cx, &CodesTurned { person: id, agency, on: false }).await?;
    }
    access::drop_recovery_codes(tx, id).await?;
    Ok(store::end_sessions(tx, id, None).await?)
}

/// Decides; when granted, codes and passkeys are gone, every session ends, and the person is told by mail.
pub async fn decide(cx: &Ctx, id: i64, grant: bool) -> Result<()> {
    if !cx.actor.may_everywhere(APPROVE_ROLES) {
        return Err(Error::not_allowed());
    }
    let tx = cx.begin("people.decide-recovery").await?;
    let row = access::recovery(&tx, id).await.map_err(DbError::unseen)?;
    rules::may_recover(&cx.actor, row.person_id, &row.asked_by)?;
    let person = store::person(&tx, row.person_id).await?;
    let word = if grant { "granted" } else { "refused" };
    access::decide_recovery(&tx, id, word, &cx.actor.label(), cx.now()).await?;
    if grant {
        drop_all(cx, &tx, &person).await?;
        let title = cx.words().t(cx.lang, "people-recovery-subject");
        let text = cx.words().say(cx.lang, &Say::new("people-recovery-mail").arg("name", person.name.as_str()));
        send_mail(cx, &tx, &person.email, title, text).await?;
    }
    let (agency, decision) = (person.agency_id, word.to_owned());
    tx.record(cx, &RecoveryDecided { person: person.id, agency, recovery: id, decision }).await?;
    Ok(cx.commit(tx).await?)
}
