//! Telling the author, and telling the platform.
use super::case::{Decision, action_word};
use super::store;
use crate::inbox::{self, Message};
use crate::policy::{Notice, Pack};
use crate::{accounts, agencies, people};
use connect::Verdict;
use ground::db::Tx;
use ground::jobs::{self, Job};
use ground::words::{self, Lang};
use ground::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};

/// What a notice may be filled with beyond what every notice knows.
struct Told<'a> {
    id: &'static str,
    reason: &'a str,
    action: &'a str,
    answer_by: i64,
}

/// Mails a notice of the pack in both languages to a citizen who signed in by mail. Whoever wrote on a platform cannot
/// be told in private: the public statement of the decision is there for them.
async fn mail(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message, told: &Told<'_>) -> Result<()> {
    let Some(citizen) = m.citizen_id else { return Ok(()) };
    let citizen = people::citizen(tx, citizen).await?;
    let pack = cx.machine.part::<Pack>()?;
    let notice: &Notice =
        pack.notices().find(told.id).ok_or_else(|| Error::fault(format!("the pack has no notice {}", told.id)))?;
    let (mut titles, mut bodies) = (vec![], vec![]);
    for lang in [Lang::Dz, Lang::En] {
        let agency = agencies::name(tx, d.agency_id, lang).await?;
        let ground = pack.grounds().find(&d.ground).map(|g| format!("{} ({})", g.title.get(lang.code()), g.clause));
        let values = [
            ("agency", agency),
            ("date", words::date(lang, cx.now())),
            ("action", cx.words().t(lang, told.action)),
            ("ground", ground.unwrap_or_default()),
            ("reason", told.reason.to_owned()),
            ("appeal_by", words::date(lang, d.appeal_by)),
            ("answer_by", words::date(lang, told.answer_by)),
            ("link", cx.url(&format!("/decisions/{}", d.id))),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        titles.push(notice.title.get(lang.code()).to_owned());
        bodies.push(notice.fill(lang.code(), &values));
    }
    people::send_mail(cx, tx, &citizen.email, titles.join(" / "), bodies.join("\n\n")).await
}

pub async fn decided(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message) -> Result<()> {
    let told = Told { id: "comment-decided", reason: &d.reason, action: d.action_word(), answer_by: 0 };
    mail(cx, tx, d, m, &told).await
}
pub async fn restored(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message) -> Result<()> {
    let told = Told { id: "comment-restored", reason: &d.reason, action: action_word("none"), answer_by: 0 };
    mail(cx, tx, d, m, &told).await
}
pub async fn appeal_received(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message, answer_by: i64) -> Result<()> {
    mail(cx, tx, d, m, &Told { id: "appeal-received", reason: "", action: d.action_word(), answer_by }).await
}
pub async fn appeal_decided(
    cx: &Ctx,
    tx: &Tx,
    d: &Decision,
    m: &Message,
    overturned: bool,
    reason: &str,
) -> Result<()> {
    let action = if overturned { "moderation-appeal-overturned" } else { "moderation-appeal-upheld" };
    mail(cx, tx, d, m, &Told { id: "appeal-decided", reason, action, answer_by: 0 }).await
}

/// Queues hiding or showing where the message was written, if it was written on a platform.
pub async fn on_platform(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message, hidden: bool) -> Result<()> {
    if m.on_site() {
        return Ok(());
    }
    jobs::queue(cx, tx, &Hide { decision: d.id, message: m.id, hidden }, cx.now()).await
}

/// Hides or shows a comment on its platform. Doing it twice does no harm, so every doubt is resolved by doing it again.
#[derive(Serialize, Deserialize)]
pub struct Hide {
    pub decision: i64,
    pub message: i64,
    pub hidden: bool,
}

impl Job for Hide {
    const KIND: &'static str = "moderation.hide";
    fn key(&self) -> String {
        format!("{}:{}", self.decision, self.hidden)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        let m = inbox::find(cx.db(), self.message).await?;
        let account = accounts::find(cx.db(), m.account_id).await?;
        let verdict = match accounts::connector_of(&cx, &m.platform)? {
            Some(c) if account.is_live() => {
                c.hide(&accounts::access(&cx, &account).await?, &m.remote_id, self.hidden).await
            }
            _ => Verdict::Unauthorised,
        };
        let what = match verdict {
            Verdict::Accepted { .. } | Verdict::Pending { .. } if self.hidden => "hidden",
            Verdict::Accepted { .. } | Verdict::Pending { .. } => "shown",
            Verdict::Rejected { .. } | Verdict::Unauthorised => "not-possible",
            other => return Err(Error::unavailable(format!("{other:?}"))),
        };
        let tx = cx.begin("moderation.hidden").await?;
        store::set_on_platform(&tx, self.decision, what).await?;
        Ok(cx.commit(tx).await?)
    }
}
