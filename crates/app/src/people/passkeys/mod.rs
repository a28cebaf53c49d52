//! Passkeys (WebAuthn): a key pair that a person's device or browser keeps and opens with a finger, a face or a PIN. It
//! is bound to our address, so that no other page can ask for it. A person may have several, each with a name. A use
//! shows possession and the person at once, which makes it a strong sign-in.
//!
//! Each use answers a challenge that is good for five minutes and once. Where a passkey counts its uses, a count that does
//! not grow means that it was copied: it is blocked, and the person is told.
pub(super) mod adding;
pub(super) mod challenge;
pub(super) mod entering;

use super::citizens::send_mail;
use super::store::PersonRow;
use ground::db::Tx;
use ground::{Ctx, Error, Result, Say};
use webauthn_rs::prelude::{Url, Uuid, Webauthn, WebauthnBuilder};

/// Ourselves, as browsers know us: by the public address. `None` where that is a number, which passkeys do not work with.
pub(super) fn party(cx: &Ctx) -> Result<Option<Webauthn>> {
    let origin = Url::parse(cx.machine.base_url()).map_err(Error::fault)?;
    let Some(name) = origin.domain() else { return Ok(None) };
    let party = WebauthnBuilder::new(name, &origin).and_then(|b| b.rp_name("Drelwa").build());
    party.map(Some).map_err(|e| Error::fault(e.to_string()))
}

fn needed_party(cx: &Ctx) -> Result<Webauthn> {
    party(cx)?.ok_or_else(|| Error::conflict(Say::new("people-passkey-no-name")))
}

/// How a person is called towards authenticators: nothing that tells who it is.
fn handle(person: i64) -> Uuid {
    Uuid::from_u64_pair(u64::from_be_bytes(*b"drelwa\0\0"), person.unsigned_abs())
}

/// Tells the person by mail what happened to a passkey of theirs.
async fn tell(
    cx: &Ctx,
    tx: &Tx,
    person: &PersonRow,
    subject: &'static str,
    text: &'static str,
    name: &str,
) -> Result<()> {
    let title = cx.words().t(cx.lang, subject);
    let say = Say::new(text).arg("name", person.name.as_str()).arg("passkey", name).arg("link", cx.url("/me/passkeys"));
    send_mail(cx, tx, &person.email, title, cx.words().say(cx.lang, &say)).await
}
