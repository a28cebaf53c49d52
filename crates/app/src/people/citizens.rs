//! The public: a link by mail is the whole sign-in. What is kept of a citizen is an address (for notices and appeals)
//! and the name they chose to show.
use super::actions;
use super::facts::CitizenJoined;
use super::means::Means;
use super::store::{self, CitizenRow};
use crate::ledger::Record;
use ground::clock::{HOUR, MINUTE};
use ground::ctx::Who;
use ground::db::{Run, Tx};
use ground::jobs::{self, Job};
use ground::mail::Mail;
use ground::{Ctx, Error, FieldError, Result, Say};

/// What others may show of a citizen.
#[derive(Debug, Clone)]
pub struct Citizen {
    pub id: i64,
    pub name: String,
    pub email: String,
}

pub async fn citizen(c: &impl Run, id: i64) -> Result<Citizen> {
    let row = store::citizen(c, id).await?;
    Ok(Citizen { id: row.id, name: row.display_name, email: row.email })
}

/// A mail to go out, queued with the work that causes it.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct SendMail {
    pub mail: Mail,
}

impl Job for SendMail {
    const KIND: &'static str = "people.send-mail";
    fn key(&self) -> String {
        self.mail.id.clone()
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        cx.machine.mail.send(&self.mail).await
    }
}

/// Queues a mail in the caller's transaction.
pub async fn send_mail(cx: &Ctx, tx: &Tx, to: &str, subject: String, text: String) -> Result<()> {
    let mail = Mail { id: cx.id().to_string(), to: to.into(), subject, text, headers: vec![] };
    jobs::queue(cx, tx, &SendMail { mail }, cx.now()).await
}

/// Only paths of this site may follow a sign-in.
pub fn safe_next(next: &str) -> &str {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') { next } else { "/" }
}

/// Mails a sign-in link, good for an hour and one use. The answer is the same for every address.
pub async fn mail_link(cx: &Ctx, email: &str, next: &str, from: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    if !ground::mail::Mailer::is_address(&email) {
        return Err(Error::invalid(vec![FieldError::new("email", Say::new("people-error-email"))]));
    }
    cx.machine.limits.take("citizen-link", &email, 5, HOUR)?;
    cx.machine.limits.take("citizen-link-address", from, 30, 15 * MINUTE)?;
    let tx = cx.begin("people.citizen-link").await?;
    let token = actions::new_link(cx, &tx, "citizen", &email, safe_next(next), HOUR).await?;
    let (words, lang) = (cx.words(), cx.lang);
    let link = cx.url(&format!("/citizen/enter/{token}"));
    let text = words.say(lang, &Say::new("people-citizen-mail").arg("link", link));
    send_mail(cx, &tx, &email, words.t(lang, "people-citizen-mail-subject"), text).await?;
    Ok(cx.commit(tx).await?)
}

/// What the link's page shows before the button is pressed (mail scanners open links; only the button spends it).
pub async fn look_at_link(cx: &Ctx, token: &str) -> Result<(String, bool)> {
    let link = actions::good_link(cx, cx.db(), "citizen", token).await?;
    let known = store::citizen_by_email(cx.db(), &link.subject).await?;
    Ok((known.as_ref().map(|c| c.display_name.clone()).unwrap_or_default(), known.is_some()))
}

/// Spends the link: opens a session; returns its token and where to go.
pub async fn enter(cx: &Ctx, token: &str, name: &str) -> Result<(String, String)> {
    let link = actions::good_link(cx, cx.db(), "citizen", token).await?;
    let name = name.trim();
    let tx = cx.begin("people.citizen-enter").await?;
    store::use_link(&tx, link.id, cx.now()).await?;
    let id = match store::citizen_by_email(&tx, &link.subject).await? {
        Some(known) => {
            if !name.is_empty() && name != known.display_name {
                check_name(name)?;
                store::name_citizen(&tx, known.id, name).await?;
            }
            known.id
        }
        None => {
            check_name(name)?;
            join(cx, &tx, &link.subject, name).await?
        }
    };
    let session = actions::open_session(cx, &tx, Who::Citizen(id), None, Means::LINK).await?;
    cx.commit(tx).await?;
    Ok((session, link.next_path))
}

fn check_name(name: &str) -> Result<()> {
    let n = name.chars().count();
    if (2..=60).contains(&n) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::invalid(vec![FieldError::new("name", Say::new("people-error-citizen-name"))]))
}

async fn join(cx: &Ctx, tx: &Tx, email: &str, name: &str) -> Result<i64> {
    let row = CitizenRow { id: cx.id(), email: email.into(), display_name: name.into(), created_at: cx.now() };
    store::insert_citizen(tx, &row).await?;
    tx.record(cx, &CitizenJoined { citizen: row.id }).await?;
    Ok(row.id)
}

/// For the demo's story and tests: a citizen, known already or new, and a session, without the mail.
pub async fn join_for_story(cx: &Ctx, email: &str, name: &str) -> Result<(i64, String)> {
    check_name(name)?;
    let tx = cx.begin("people.citizen-join").await?;
    let id = match store::citizen_by_email(&tx, email).await? {
        Some(known) => known.id,
        None => join(cx, &tx, email, name).await?,
    };
    let session = actions::open_session(cx, &tx, Who::Citizen(id), None, Means::LINK).await?;
    cx.commit(tx).await?;
    Ok((id, session))
}
