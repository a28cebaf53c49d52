//! Civil servants and social media: the code of conduct each acknowledges by its edition, the voluntary declaration that
//! somebody uses an account of their own for work, and the referral of conduct with notice and the right to be heard.
//! Nobody is watched: the program reads no personal account and holds no credential or content of one.
use super::actions::person_name;
use super::citizens::send_mail;
use super::facts::{
    ConductAcknowledged, DeclarationMade, DeclarationWithdrawn, ReferralAnswered, ReferralDecided, ReferralMade,
};
use super::register::managed;
use super::store::{self, conduct};
use crate::ledger::Record;
use crate::policy::Pack;
use conduct::{DeclarationRow, ReferralRow};
use ground::clock::DAY;
use ground::ctx::Who;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Refusal, Result, Say};

/// How long somebody has to answer before it may be decided without their word.
pub const HEARD_WITHIN: i64 = 14 * DAY;

/// The code in force: its edition as a person reads it, and the digest of every rule's words.
pub struct Code {
    pub edition: String,
    pub digest: String,
}

pub fn code(cx: &Ctx) -> Result<Code> {
    let pack = cx.machine.part::<Pack>()?;
    let policy = pack.policy_on(pack.day_at(cx.now())).map(|e| e.id.clone()).unwrap_or_default();
    let mut text = String::new();
    for rule in pack.conduct().iter() {
        text.push_str(&format!("{}\0{}\0{}\n", rule.id, rule.title.get("en"), rule.text.get("en")));
    }
    let digest = ground::crypto::sha256_hex(text.as_bytes());
    Ok(Code { edition: format!("{policy} · {}", pack.edition()), digest })
}

/// Which edition they acknowledged, and when; `None` while the rules in force wait for it.
pub async fn acknowledged(cx: &Ctx) -> Result<Option<(String, i64)>> {
    Ok(conduct::acknowledged(cx.db(), cx.actor.person()?, &code(cx)?.digest).await?)
}

/// Says that they have read the rules. The digest of the page must be that of the rules in force.
pub async fn acknowledge(cx: &Ctx, seen: &str) -> Result<()> {
    let (person, code) = (cx.actor.person()?, code(cx)?);
    if seen != code.digest {
        return Err(Error::conflict(Say::new("people-conduct-changed")));
    }
    let tx = cx.begin("people.acknowledge").await?;
    if conduct::acknowledged(&tx, person, &code.digest).await?.is_some() {
        return Ok(());
    }
    conduct::acknowledge(&tx, cx.id(), person, &code.edition, &code.digest, cx.now()).await?;
    let (edition, digest) = (code.edition, code.digest);
    tx.record(cx, &ConductAcknowledged { person, agency: cx.actor.home, edition, digest }).await?;
    Ok(cx.commit(tx).await?)
}

/// Declares, of one's own will, that one uses an account of one's own for work: on which platform and for what. No
/// address, no name, no key of it is asked for.
pub async fn declare(cx: &Ctx, platform: &str, purpose: &str) -> Result<()> {
    let (person, purpose) = (cx.actor.person()?, purpose.trim());
    let mut wrong = vec![];
    if cx.machine.part::<Pack>()?.platforms().find(platform).is_none() {
        wrong.push(FieldError::new("platform", Say::new("people-error-platform")));
    }
    if !(1..=300).contains(&purpose.chars().count()) {
        wrong.push(FieldError::new("purpose", Say::new("people-error-declared-purpose")));
    }
    if ["http:", "https:", "www.", "@"].iter().any(|sign| purpose.to_lowercase().contains(sign)) {
        wrong.push(FieldError::new("purpose", Say::new("people-error-declared-address")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let tx = cx.begin("people.declare").await?;
    let (id, declared_at) = (cx.id(), cx.now());
    let row = DeclarationRow { id, platform: platform.into(), purpose: purpose.into(), declared_at };
    conduct::declare(&tx, person, &row).await?;
    tx.record(cx, &DeclarationMade { person, agency: cx.actor.home, declaration: id }).await?;
    Ok(cx.commit(tx).await?)
}

pub async fn withdraw_declaration(cx: &Ctx, id: i64) -> Result<()> {
    let person = cx.actor.person()?;
    let tx = cx.begin("people.withdraw-declaration").await?;
    conduct::end_declaration(&tx, id, person, cx.now()).await?;
    tx.record(cx, &DeclarationWithdrawn { person, agency: cx.actor.home, declaration: id }).await?;
    Ok(cx.commit(tx).await?)
}

/// How many stand, for the public statement.
pub async fn declared(cx: &Ctx) -> Result<i64> {
    Ok(conduct::declared(cx.db()).await?)
}

pub struct NewReferral {
    pub person: i64,
    /// Who decides: neither who refers nor whom it is about.
    pub decider: i64,
    /// A rule of the code.
    pub rule: String,
    pub what: String,
}

/// Refers somebody's conduct. They are told at once, in full, and answer before anybody decides.
pub async fn refer(cx: &Ctx, new: &NewReferral) -> Result<i64> {
    let me = cx.actor.person()?;
    let tx = cx.begin("people.refer").await?;
    let person = managed(cx, &tx, new.person).await?;
    let mut wrong = vec![];
    if cx.machine.part::<Pack>()?.conduct().find(&new.rule).is_none() {
        wrong.push(FieldError::new("rule", Say::new("people-error-rule")));
    }
    let what = new.what.trim();
    if !(1..=4000).contains(&what.chars().count()) {
        wrong.push(FieldError::new("what", Say::new("people-error-what")));
    }
    if [me, person.id].contains(&new.decider) || !may_be_asked(cx, new.decider, person.agency_id).await? {
        wrong.push(FieldError::new("decider", Say::new("people-error-decider")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    if person.id == me {
        let no = Refusal::new("own-account", Say::new("people-refused-own-account")).clause("P6.2-CS5");
        return Err(Error::refused(vec![no]));
    }
    let row = ReferralRow {
        id: cx.id(),
        person_id: person.id,
        referred_by: me,
        decider_id: new.decider,
        rule: new.rule.clone(),
        what: what.into(),
        referred_at: cx.now(),
        reply: None,
        replied_at: None,
        outcome: None,
        reason: None,
        decided_at: None,
    };
    conduct::insert_referral(&tx, &row).await?;
    tx.record(cx, &ReferralMade { referral: row.id }).await?;
    notice(cx, &tx, &row, &person.email, &person.name).await?;
    cx.commit(tx).await?;
    Ok(row.id)
}

async fn notice(cx: &Ctx, tx: &ground::db::Tx, row: &ReferralRow, email: &str, name: &str) -> Result<()> {
    let until = ground::words::date(cx.lang, row.referred_at + HEARD_WITHIN);
    let link = cx.url(&format!("/conduct/referrals/{}", row.id));
    let say = Say::new("people-referral-mail").arg("name", name).arg("until", until).arg("link", link);
    let title = cx.words().t(cx.lang, "people-referral-subject");
    send_mail(cx, tx, email, title, cx.words().say(cx.lang, &say)).await
}

/// Those who may be asked to decide: a lead of the agency, or somebody who serves the whole government.
async fn may_be_asked(cx: &Ctx, person: i64, agency: Option<i64>) -> Result<bool> {
    Ok(deciders(cx, agency).await?.iter().any(|(id, _)| *id == person))
}

pub async fn deciders(cx: &Ctx, agency: Option<i64>) -> Result<Vec<(i64, String)>> {
    let mut all = vec![];
    for g in store::access::standing_in(cx.db(), None).await? {
        let fits = g.agency_id.is_none() || g.agency_id == agency;
        if fits && g.live(cx.now()) && all.iter().all(|(id, _)| *id != g.person_id) {
            all.push((g.person_id, person_name(cx.db(), g.person_id).await?));
        }
    }
    Ok(all)
}

/// A referral, for the three who have a part in it. For everybody else it is not there.
pub async fn see(cx: &Ctx, id: i64) -> Result<ReferralRow> {
    let me = cx.actor.person()?;
    let row = conduct::referral(cx.db(), id).await.map_err(DbError::unseen)?;
    let part = [row.person_id, row.referred_by, row.decider_id].contains(&me);
    if part { Ok(row) } else { Err(Error::not_allowed()) }
}

/// The answer of whom it is about, once.
pub async fn reply(cx: &Ctx, id: i64, text: &str) -> Result<()> {
    let row = see(cx, id).await?;
    if cx.actor.who != Who::Person(row.person_id) {
        return Err(Error::not_allowed());
    }
    let text = text.trim();
    if !(1..=4000).contains(&text.chars().count()) {
        return Err(Error::invalid(vec![FieldError::new("reply", Say::new("people-error-reply"))]));
    }
    let tx = cx.begin("people.reply").await?;
    conduct::reply(&tx, id, text, cx.now()).await?;
    tx.record(cx, &ReferralAnswered { referral: id }).await?;
    Ok(cx.commit(tx).await?)
}

/// Whether it may be decided: they were heard, or let the time pass.
pub fn heard(row: &ReferralRow, now: i64) -> bool {
    row.replied_at.is_some() || row.referred_at + HEARD_WITHIN <= now
}

pub async fn decide(cx: &Ctx, id: i64, founded: bool, reason: &str) -> Result<()> {
    let row = see(cx, id).await?;
    if cx.actor.who != Who::Person(row.decider_id) {
        return Err(Error::not_allowed());
    }
    let mut no = vec![];
    if !heard(&row, cx.now()) {
        no.push(Refusal::new("not-heard", Say::new("people-refused-not-heard")).clause("P6.2-CS5"));
    }
    if reason.trim().is_empty() || reason.chars().count() > 2000 {
        no.push(Refusal::new("no-reason", Say::new("people-refused-outcome")).field("reason"));
    }
    ground::error::all_or_nothing(no)?;
    let tx = cx.begin("people.decide-referral").await?;
    let outcome = if founded { "founded" } else { "unfounded" };
    conduct::decide_referral(&tx, id, outcome, reason.trim(), cx.now()).await?;
    tx.record(cx, &ReferralDecided { referral: id }).await?;
    let person = store::person(&tx, row.person_id).await?;
    let link = cx.url(&format!("/conduct/referrals/{id}"));
    let say = Say::new("people-referral-decided-mail").arg("name", person.name.as_str()).arg("link", link);
    let title = cx.words().t(cx.lang, "people-referral-subject");
    send_mail(cx, &tx, &person.email, title, cx.words().say(cx.lang, &say)).await?;
    Ok(cx.commit(tx).await?)
}
