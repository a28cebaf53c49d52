//! Asking for an agency's notices by mail, and leaving again; a mailing, part by part, and each of its mails.
use super::facts::{NewsletterDone, NewsletterMade};
use super::letter;
use super::mailing::{DROPPED, GIVEN_UP, HELD, Newsletter, QUEUED, REFUSED, SENT, Subscriber, TAKE_DOWN};
use super::store;
use crate::accounts::{self, Account, NEWSLETTER};
use crate::ledger::Record;
use crate::people::{self, roles::SEE_DESK};
use ground::clock::{DAY, HOUR, MINUTE, SECOND};
use ground::db::Tx;
use ground::jobs::{self, Job};
use ground::mail::{Mailer, Reply};
use ground::{Ctx, Error, FieldError, Result, Say};
use serde::{Deserialize, Serialize};

/// Mails are queued so many at a time.
const PART: i64 = 200;
/// A reader whose address was refused so often in a row is taken off, by a server that took the same mail for others.
const MOST_REFUSED: i64 = 3;
/// For so long a mail is tried where no mail server takes it.
const TRIED_FOR: i64 = DAY;
/// Who asked and never confirmed is forgotten after this.
const UNCONFIRMED: i64 = 7 * DAY;

/// The newsletter of an agency, if it has one.
pub async fn of_agency(cx: &Ctx, agency: i64) -> Result<Option<Account>> {
    accounts::channel_of(cx, agency, NEWSLETTER).await
}

/// Somebody asks for the notices: a mail asks back whether it was they. The answer is the same for every address.
pub async fn ask(cx: &Ctx, account: &Account, email: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    if !Mailer::is_address(&email) {
        return Err(Error::invalid(vec![FieldError::new("email", Say::new("people-error-email"))]));
    }
    cx.machine.limits.take("newsletter", &email, 5, HOUR)?;
    cx.machine.limits.take("newsletter-address", &cx.remote, 30, 15 * MINUTE)?;
    let tx = cx.begin("newsletter.ask").await?;
    let (id, lang, now) = (cx.id(), cx.lang.code(), cx.now());
    let token = match store::by_email(&tx, account.id, &email).await? {
        Some(known) => {
            store::ask_again(&tx, known.id, lang, now).await?;
            known.token
        }
        None => {
            let token = cx.machine.ids.token();
            let new = Subscriber {
                id,
                account_id: account.id,
                email: email.clone(),
                lang: lang.into(),
                token: token.clone(),
                asked_at: now,
                confirmed_at: None,
                refused: 0,
            };
            store::ask(&tx, &new).await?;
            token
        }
    };
    let (subject, text) = letter::asks_back(cx, account, &token).await?;
    people::send_mail(cx, &tx, &email, subject, text).await?;
    Ok(cx.commit(tx).await?)
}

/// For the demonstration's story: somebody who asked and said yes, without the mail.
pub async fn read_for_story(cx: &Ctx, account: i64, email: &str) -> Result<()> {
    let (id, token, now) = (cx.id(), cx.machine.ids.token(), cx.now());
    let (email, lang) = (email.to_owned(), cx.lang.code().into());
    let new = Subscriber { id, account_id: account, email, lang, token, asked_at: now, confirmed_at: None, refused: 0 };
    let tx = cx.begin("newsletter.story").await?;
    store::ask(&tx, &new).await?;
    store::confirm(&tx, id, now).await?;
    Ok(cx.commit(tx).await?)
}

/// Who holds this token; `None` once they left.
pub async fn reader(cx: &Ctx, token: &str) -> Result<Option<Subscriber>> {
    Ok(store::by_token(cx.db(), token).await?)
}

pub async fn confirm(cx: &Ctx, token: &str) -> Result<()> {
    let tx = cx.begin("newsletter.confirm").await?;
    if let Some(s) = store::by_token(&tx, token).await? {
        store::confirm(&tx, s.id, cx.now()).await?;
    }
    Ok(cx.commit(tx).await?)
}

/// Nothing is kept of who leaves. Done twice it is done.
pub async fn leave(cx: &Ctx, token: &str) -> Result<()> {
    let tx = cx.begin("newsletter.leave").await?;
    if let Some(s) = store::by_token(&tx, token).await? {
        store::leave(&tx, s.id).await?;
    }
    Ok(cx.commit(tx).await?)
}

/// Who asked and never answered the mail is forgotten.
pub async fn forget(cx: Ctx) -> Result<()> {
    let tx = cx.begin("newsletter.forget").await?;
    store::forget_asked(&tx, cx.now() - UNCONFIRMED).await?;
    Ok(cx.commit(tx).await?)
}

/// Begins a mailing in the caller's transaction; gives its number.
pub async fn make(cx: &Ctx, tx: &Tx, new: Newsletter) -> Result<i64> {
    store::insert(tx, &new).await?;
    let (newsletter, post, agency, account) = (new.id, new.post_id, new.agency_id, new.account_id);
    let fact = NewsletterMade { newsletter, post, agency, account, version: new.version, kind: new.kind };
    tx.record(cx, &fact).await?;
    jobs::queue(cx, tx, &PartJob { newsletter, after: 0 }, cx.now()).await?;
    Ok(newsletter)
}

/// Queues the mails for the next readers of a mailing.
#[derive(Serialize, Deserialize)]
pub struct PartJob {
    pub newsletter: i64,
    pub after: i64,
}

impl Job for PartJob {
    const KIND: &'static str = "newsletter.part";
    fn key(&self) -> String {
        format!("{}:{}", self.newsletter, self.after)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        let n = store::find(cx.db(), self.newsletter).await?;
        let readers = store::next_readers(cx.db(), &n, self.after, PART).await?;
        let tx = cx.begin("newsletter.part").await?;
        for subscriber in &readers {
            store::queue(&tx, n.id, *subscriber, cx.now()).await?;
            let job = MailJob { newsletter: n.id, subscriber: *subscriber, round: 0 };
            jobs::queue(&cx, &tx, &job, cx.now()).await?;
        }
        match readers.last() {
            Some(last) => jobs::queue(&cx, &tx, &PartJob { after: *last, ..self }, cx.now()).await?,
            None => jobs::queue(&cx, &tx, &CloseJob { newsletter: n.id, at: cx.now() }, cx.now()).await?,
        }
        Ok(cx.commit(tx).await?)
    }
}

/// One mail to one reader. A crash between the server's answer and our row repeats it with the same `Message-ID`, by which a
/// mailbox knows that it has it.
#[derive(Serialize, Deserialize)]
pub struct MailJob {
    pub newsletter: i64,
    pub subscriber: i64,
    /// Tells one that goes on after everything was stopped from the first.
    #[serde(default)]
    pub round: i64,
}

impl Job for MailJob {
    const KIND: &'static str = "newsletter.mail";
    /// Tried for longer than a day, once an hour in the end.
    const MAX_ATTEMPTS: i64 = 40;
    fn key(&self) -> String {
        match self.round {
            0 => format!("{}:{}", self.newsletter, self.subscriber),
            round => format!("{}:{}:{round}", self.newsletter, self.subscriber),
        }
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        let Some(since) = store::queued_since(cx.db(), self.newsletter, self.subscriber).await? else {
            return Ok(());
        };
        let n = store::find(cx.db(), self.newsletter).await?;
        // That something was withdrawn is told all the same, as removals go through.
        if n.kind != TAKE_DOWN && store::is_stopped(cx.db(), n.agency_id).await? {
            let tx = cx.begin("newsletter.hold").await?;
            store::hold(&tx, n.id, self.subscriber, cx.now()).await?;
            return Ok(cx.commit(tx).await?);
        }
        // Withdrawn or corrected meanwhile: the later words are the ones to read.
        let newest = store::newest(cx.db(), n.post_id, n.account_id).await?.unwrap_or(n.id);
        let reader = store::by_id(cx.db(), self.subscriber).await?.filter(|_| newest == n.id);
        let (state, problem) = match &reader {
            None => (DROPPED, String::new()),
            Some(s) => match cx.machine.mail.hand_over(&letter::mail(&cx, &n, s).await?).await {
                Ok(Reply::Taken) => (SENT, String::new()),
                Ok(Reply::Refused(why)) => (REFUSED, why),
                Err(e) if cx.now() - since > TRIED_FOR => (GIVEN_UP, e.to_string()),
                Err(e) => return Err(e),
            },
        };
        let problem: String = problem.chars().take(500).collect();
        let tx = cx.begin("newsletter.mailed").await?;
        store::settle(&tx, n.id, self.subscriber, state, &problem, cx.now()).await?;
        Ok(cx.commit(tx).await?)
    }
}

/// From now on no mail of an agency leaves, or of anybody (0), in the caller's transaction: only that something was withdrawn
/// is still told. What a mail server is being handed at this moment is on its way.
pub async fn stop(tx: &Tx, agency: i64) -> Result<()> {
    Ok(store::stop(tx, agency).await?)
}

/// Lifts that, and nothing else that holds.
pub async fn lift(tx: &Tx, agency: i64) -> Result<()> {
    Ok(store::lift(tx, agency).await?)
}

/// Goes on with the mails that were held and are stopped no more.
pub async fn go_on(cx: Ctx) -> Result<()> {
    loop {
        let some = store::to_go_on(cx.db(), PART).await?;
        if some.is_empty() {
            return Ok(());
        }
        let tx = cx.begin("newsletter.go-on").await?;
        for (newsletter, subscriber) in some {
            if store::go_on(&tx, newsletter, subscriber, cx.now()).await? {
                let job = MailJob { newsletter, subscriber, round: cx.now() };
                jobs::queue(&cx, &tx, &job, cx.now()).await?;
            }
        }
        cx.commit(tx).await?;
    }
}

/// Looks whether every mail of a mailing has an outcome.
#[derive(Serialize, Deserialize)]
pub struct CloseJob {
    pub newsletter: i64,
    pub at: i64,
}

impl Job for CloseJob {
    const KIND: &'static str = "newsletter.close";
    fn key(&self) -> String {
        format!("{}:{}", self.newsletter, self.at)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        let n = store::find(cx.db(), self.newsletter).await?;
        let counts = store::counts(cx.db(), n.id).await?;
        let of = |state: &str| counts.iter().find(|c| c.state == state).map_or(0, |c| c.n);
        let tx = cx.begin("newsletter.close").await?;
        if of(QUEUED) + of(HELD) > 0 {
            let at = cx.now() + ((cx.now() - n.made_at) / 4).clamp(5 * SECOND, 10 * MINUTE);
            jobs::queue(&cx, &tx, &CloseJob { at, ..self }, at).await?;
        } else if store::done(&tx, n.id, cx.now()).await? {
            let (newsletter, post, agency, account) = (n.id, n.post_id, n.agency_id, n.account_id);
            let (sent, refused) = (of(SENT), of(REFUSED) + of(GIVEN_UP));
            // A server that takes no mail at all has something against us, not against these addresses.
            if sent > 0 {
                store::leave_refused(&tx, n.account_id, MOST_REFUSED).await?;
            }
            tx.record(&cx, &NewsletterDone { newsletter, post, agency, account, sent, refused }).await?;
        }
        Ok(cx.commit(tx).await?)
    }
}

/// The newsletter of an agency for whoever works there.
pub async fn see(cx: &Ctx, account: i64) -> Result<Account> {
    let account = accounts::find(cx.db(), account).await.map_err(ground::db::DbError::unseen)?;
    if account.platform == NEWSLETTER && cx.actor.may(SEE_DESK, account.agency_id) {
        Ok(account)
    } else {
        Err(Error::not_allowed())
    }
}
