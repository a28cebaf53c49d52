//! The calls that Meta makes when something happened, the same for all its networks. A GET asks whether the address is ours
//! (`hub.mode`, `hub.verify_token`, `hub.challenge`); every other call is a POST whose body is signed with the app's secret:
//! `X-Hub-Signature-256: sha256=HEX`, an HMAC of SHA-256 over the body as it came.
//!
//! What was agreed upon with Meta is written `verify-token:app-secret`: the first part of one's own making and entered at
//! Meta's, the second made by Meta. The last colon divides them. Nothing in a call tells its moment certainly, so a call that
//! is repeated is genuine every time: what it brings is known by its id.
//!
//! Source: Meta's pages “Webhooks from Meta: getting started” and those of the single networks, as they stood in 2026.
use crate::{Failure, Heard, NotHeard, Notice, Secret, signed};
use ground::crypto::same;
use serde_json::Value;

/// Meta's secrets have 32 signs. What is much shorter could be guessed, or was cut off.
const SHORTEST: usize = 16;
/// Meta's challenges are numbers of about ten digits.
const LONGEST_CHALLENGE: usize = 200;

/// What was agreed upon.
struct Agreed<'a> {
    verify: &'a str,
    app: &'a str,
}

impl<'a> Agreed<'a> {
    /// A secret in another form proves nothing, so whatever comes counts as forged.
    fn of(secret: &'a Secret) -> Result<Agreed<'a>, NotHeard> {
        let (verify, app) = secret.reveal().trim().rsplit_once(':').ok_or(NotHeard::Forged)?;
        if verify.trim().is_empty() || app.len() < SHORTEST {
            return Err(NotHeard::Forged);
        }
        Ok(Agreed { verify, app })
    }
}

/// Takes what was typed as the secret, if it can be one: a word of chance would only ever be answered with *forged*.
pub(crate) fn agree(word: &str) -> Result<Secret, Failure> {
    let secret = Secret::new(word.trim());
    if Agreed::of(&secret).is_ok() {
        return Ok(secret);
    }
    let human = "type it as verify-token:app-secret. The first part is of your own making, and Meta is told it as the verify \
                 token; the second is the app's secret from its settings at Meta";
    Err(Failure::Refused { code: "secret".to_owned(), human: human.to_owned() })
}

/// The part of the secret that is of one's own making.
pub(crate) fn verify_token(secret: &Secret) -> Result<&str, NotHeard> {
    Agreed::of(secret).map(|a| a.verify)
}

/// A call that is certainly Meta's.
#[derive(Debug)]
pub(crate) enum Genuine {
    Greeting(String),
    /// The body of a signed call.
    Told(Value),
}

pub(crate) fn genuine(notice: &Notice, secret: &Secret) -> Result<Genuine, NotHeard> {
    let agreed = Agreed::of(secret)?;
    if notice.body.is_empty() {
        return greeting(notice, &agreed).map(Genuine::Greeting);
    }
    let given = notice.header("x-hub-signature-256").and_then(|text| text.trim().strip_prefix("sha256="));
    signed::hmac(&Secret::new(agreed.app), &[&notice.body], given)?;
    let told: Value = serde_json::from_slice(&notice.body).map_err(|_| NotHeard::Unreadable)?;
    if told.is_object() { Ok(Genuine::Told(told)) } else { Err(NotHeard::Unreadable) }
}

/// What is sent back stands on a page of ours, so it may hold nothing but letters, digits and lines.
fn greeting(notice: &Notice, agreed: &Agreed<'_>) -> Result<String, NotHeard> {
    let asked = |name: &str| notice.asked(name).unwrap_or_default();
    if asked("hub.mode") != "subscribe" || !same(asked("hub.verify_token").as_bytes(), agreed.verify.as_bytes()) {
        return Err(NotHeard::Forged);
    }
    let challenge = asked("hub.challenge");
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let well = (1..=LONGEST_CHALLENGE).contains(&challenge.len()) && challenge.bytes().all(fits);
    if well { Ok(challenge) } else { Err(NotHeard::Unreadable) }
}

/// What is heard where a call only says where to look.
pub(crate) struct Interest {
    /// What the call is about: `page`. Where a network names none, nothing is compared.
    pub object: Option<&'static str>,
    /// The kinds of changes that bring comments or mentions.
    pub fields: &'static [&'static str],
}

/// A greeting, or whether the account is worth a look. Threads names one change, the others all changes by account.
pub(crate) fn look(notice: &Notice, secret: &Secret, interest: &Interest) -> Result<Heard, NotHeard> {
    let told = match genuine(notice, secret)? {
        Genuine::Greeting(challenge) => return Ok(Heard::Greeting(challenge)),
        Genuine::Told(told) => told,
    };
    if let Some(object) = interest.object
        && told.get("object").and_then(Value::as_str).ok_or(NotHeard::Unreadable)? != object
    {
        return Ok(Heard::Nothing);
    }
    let entries = told.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let changes = entries.iter().filter_map(|entry| entry.get("changes")?.as_array()).flatten();
    let single = match told.get("values") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let field = |change: &Value| change.get("field").and_then(Value::as_str).map(str::to_owned);
    let ours = changes.chain(single).filter_map(field).any(|f| interest.fields.contains(&f.as_str()));
    Ok(if ours { Heard::Look } else { Heard::Nothing })
}

#[cfg(test)]
pub(crate) mod tests;
