//! Verbs: report, decide, second, appeal, decide the appeal.
use super::case::{Appeal, Decision, Report};
use super::facts::{
    AppealDecided, AppealLodged, MessageReported, ModerationDecided, ModerationDeclined, ModerationProposed,
};
use super::{notice, rules, store};
use crate::inbox::{self, Message};
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::policy::Pack;
use ground::clock::{DAY, HOUR};
use ground::crypto::sha256_hex;
use ground::ctx::Who;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, FieldError, Result, Say};

/// A citizen points out a comment; a person will look at it. Once per citizen and comment.
pub async fn report(cx: &Ctx, message: i64, reason: &str) -> Result<Message> {
    let citizen_id = cx.actor.citizen()?;
    let m = inbox::find(cx.db(), message).await?;
    if !m.on_site() || m.visibility != "shown" {
        return Err(Error::not_found());
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 1000 {
        return Err(Error::invalid(vec![FieldError::new("reason", Say::new("moderation-error-report"))]));
    }
    cx.machine.limits.take("report", &citizen_id.to_string(), 10, HOUR)?;
    let tx = cx.begin("moderation.report").await?;
    let (state, at) = ("open".into(), cx.now());
    let r = Report {
        id: cx.id(),
        message_id: message,
        agency_id: m.agency_id,
        citizen_id,
        reason: reason.into(),
        state,
        at,
    };
    if store::insert_report(&tx, &r).await? {
        tx.record(cx, &MessageReported { message, agency: m.agency_id, reason: r.reason }).await?;
    }
    cx.commit(tx).await?;
    Ok(m)
}

/// What a moderator wants done.
#[derive(Debug, Clone, Default)]
pub struct NewDecision {
    pub action: String,
    pub ground: String,
    pub reason: String,
    /// The person concerned holds a public office.
    pub public_figure: bool,
    /// The hash of the words that were seen; empty where that is not told.
    pub seen: String,
}

/// Decides about a message, or proposes it where the ground needs two.
pub async fn decide(cx: &Ctx, message: i64, new: &NewDecision) -> Result<Decision> {
    let m = inbox::see(cx, message).await?;
    let pack = cx.machine.part::<Pack>()?;
    let ground = pack.grounds().find(&new.ground).filter(|_| new.action != super::case::NONE);
    let author = m.author_id.clone();
    let known = store::of_message(cx.db(), message).await?;
    let wanted = rules::Wanted {
        agency: m.agency_id,
        action: &new.action,
        other_words: !new.seen.is_empty() && new.seen != inbox::words_hash(&m),
        ground,
        reason: &new.reason,
        standing: m.visibility != "withdrawn",
        pending: known.iter().any(|d| d.state == "proposed"),
        repeated: store::earlier(cx.db(), m.agency_id, &author).await? > 0,
    };
    rules::may_decide(&cx.actor, &wanted)?;
    let two = rules::needs_second(ground, new.public_figure);
    let now = cx.now();
    let d = Decision {
        id: cx.id(),
        message_id: message,
        agency_id: m.agency_id,
        author,
        action: new.action.clone(),
        ground: ground.map(|g| g.id.clone()).unwrap_or_default(),
        reason: new.reason.trim().into(),
        snapshot_hash: sha256_hex(format!("{}\n{}", m.author_name, m.text).as_bytes()),
        snapshot: m.text.clone(),
        state: if two { "proposed" } else { "final" }.into(),
        decided_by: cx.actor.person()?,
        decided_at: now,
        second_by: None,
        second_at: None,
        second_reason: String::new(),
        appeal_by: appeal_until(cx, now)?,
        on_platform: String::new(),
        version: 1,
    };
    let tx = cx.begin("moderation.decide").await?;
    store::insert(&tx, &d).await?;
    inbox::judged(&tx, &m, now).await?;
    store::settle_reports(&tx, message).await?;
    if two {
        let (action, ground) = (d.action.clone(), d.ground.clone());
        tx.record(cx, &ModerationProposed { decision: d.id, message, agency: d.agency_id, action, ground }).await?;
    } else {
        finalise(cx, &tx, &d, &m, false).await?;
    }
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), d.id).await?)
}

fn appeal_until(cx: &Ctx, now: i64) -> Result<i64> {
    Ok(now + i64::from(cx.machine.part::<Pack>()?.service_standard().appeal_within_days) * DAY)
}

/// The decision takes effect: the public view changes, the author is told, the ledger knows.
async fn finalise(cx: &Ctx, tx: &Tx, d: &Decision, m: &Message, two: bool) -> Result<()> {
    if d.acts() {
        inbox::set_visibility(tx, m.id, &d.action).await?;
        notice::decided(cx, tx, d, m).await?;
        notice::on_platform(cx, tx, d, m, d.action == "hide").await?;
    } else if m.visibility != "shown" {
        inbox::set_visibility(tx, m.id, "shown").await?;
        notice::restored(cx, tx, d, m).await?;
        notice::on_platform(cx, tx, d, m, false).await?;
    }
    let (decision, agency, action, ground) = (d.id, d.agency_id, d.action.clone(), d.ground.clone());
    let snapshot_hash = d.snapshot_hash.clone();
    tx.record(cx, &ModerationDecided { decision, agency, action, ground, two, snapshot_hash }).await?;
    Ok(())
}

/// A decision somebody of its agency may see.
pub async fn see(cx: &Ctx, id: i64) -> Result<Decision> {
    let d = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, d.agency_id) { Ok(d) } else { Err(Error::not_allowed()) }
}

/// The second reviewer agrees, or not.
pub async fn second(cx: &Ctx, id: i64, agree: bool, reason: &str) -> Result<Decision> {
    let mut d = see(cx, id).await?;
    rules::may_second(&cx.actor, &d, reason)?;
    let m = inbox::find(cx.db(), d.message_id).await?;
    let now = cx.now();
    d.state = if agree { "final" } else { "declined" }.into();
    (d.second_by, d.second_at, d.second_reason) = (Some(cx.actor.person()?), Some(now), reason.trim().into());
    d.appeal_by = appeal_until(cx, now)?;
    let tx = cx.begin("moderation.second").await?;
    store::set_state(&tx, &d).await?;
    if agree {
        finalise(cx, &tx, &d, &m, true).await?;
    } else {
        let (decision, message, agency, reason) = (id, m.id, d.agency_id, d.second_reason.clone());
        tx.record(cx, &ModerationDeclined { decision, message, agency, reason }).await?;
    }
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// The author appeals; for somebody who wrote on a platform an officer of the agency may lodge what they sent in.
pub async fn appeal(cx: &Ctx, id: i64, text: &str) -> Result<Appeal> {
    let d = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    match cx.actor.who {
        Who::Citizen(_) if d.author == cx.actor.label() => {}
        Who::Person(_) if cx.actor.may(SEE_DESK, d.agency_id) => {}
        Who::Nobody => return Err(Error::sign_in()),
        _ => return Err(Error::not_allowed()),
    }
    rules::may_appeal(&d, store::appeal_of(cx.db(), id).await?.as_ref(), text, cx.now())?;
    let m = inbox::find(cx.db(), d.message_id).await?;
    let a = Appeal {
        id: cx.id(),
        decision_id: id,
        agency_id: d.agency_id,
        lodged_by: cx.actor.label(),
        text: text.trim().into(),
        state: "open".into(),
        lodged_at: cx.now(),
        answer_by: appeal_until(cx, cx.now())?,
        decided_by: None,
        decided_at: None,
        reason: String::new(),
    };
    let tx = cx.begin("moderation.appeal").await?;
    store::insert_appeal(&tx, &a).await?;
    tx.record(cx, &AppealLodged { appeal: a.id, decision: id, agency: d.agency_id }).await?;
    notice::appeal_received(cx, &tx, &d, &m, a.answer_by).await?;
    cx.commit(tx).await?;
    Ok(a)
}

/// Somebody without a part in it upholds the decision, or overturns it: then the comment is back.
pub async fn decide_appeal(cx: &Ctx, id: i64, outcome: &str, reason: &str) -> Result<Appeal> {
    let a = store::appeal(cx.db(), id).await.map_err(DbError::unseen)?;
    let mut d = see(cx, a.decision_id).await?;
    rules::may_decide_appeal(&cx.actor, &d, &a, outcome, reason)?;
    let m = inbox::find(cx.db(), d.message_id).await?;
    let overturned = outcome == "overturn";
    let state = if overturned { "overturned" } else { "upheld" };
    let tx = cx.begin("moderation.decide-appeal").await?;
    store::decide_appeal(&tx, id, state, cx.actor.person()?, cx.now(), reason.trim()).await?;
    if overturned {
        d.state = "overturned".into();
        store::set_state(&tx, &d).await?;
        if m.visibility == d.action {
            inbox::set_visibility(&tx, m.id, "shown").await?;
        }
        notice::on_platform(cx, &tx, &d, &m, false).await?;
    }
    notice::appeal_decided(cx, &tx, &d, &m, overturned, reason.trim()).await?;
    tx.record(cx, &AppealDecided { appeal: id, decision: d.id, agency: d.agency_id, overturned }).await?;
    cx.commit(tx).await?;
    Ok(store::appeal(cx.db(), id).await?)
}
