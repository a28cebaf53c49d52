//! Verbs: attest, review, ask for help, answer.
use super::finding;
use super::judging;
use super::rules;
use super::store::{self, HelpRequest, Standing};
use super::{AssistanceAnswered, AssistanceAsked, AttestationGiven, FindingReviewed};
use crate::agencies::{self, Agency};
use crate::ledger::{self, Record};
use crate::people::roles::{ATTEST, OVERSEE, SEE_DESK};
use crate::policy::Pack;
use ground::clock::DAY;
use ground::db::DbError;
use ground::error::Told;
use ground::slice::{Control, Controls, Criterion};
use ground::{Ctx, Error, Result, Say};

/// A review holds for so long; then what the agency shows stands alone again.
const REVIEW_DAYS: i64 = 180;

pub fn control<'c>(cx: &'c Ctx, id: &str) -> Result<Option<&'c Control>> {
    let Controls(all) = cx.machine.part::<Controls>()?;
    Ok(all.iter().find(|c| c.id == id))
}

/// An agency whose findings this reader may see: those they work for, or all.
pub async fn see(cx: &Ctx, code: &str) -> Result<Agency> {
    let agency = agencies::by_code(cx.db(), code).await.map_err(DbError::unseen)?;
    let may = cx.actor.may(SEE_DESK, agency.id) || cx.actor.may_everywhere(OVERSEE);
    if may { Ok(agency) } else { Err(Error::not_allowed()) }
}

struct Said<'a> {
    agency: i64,
    control: &'a Control,
    source: &'static str,
    verdict: &'a str,
    reason: &'a str,
    evidence: &'a [String],
    until: i64,
}

async fn say(cx: &Ctx, said: &Said<'_>, tx: &ground::db::Tx) -> Result<()> {
    let row = store::hold(tx, said.agency).await?;
    let mut stands = store::standing(tx, said.agency).await?;
    let key = if said.source == "own" { "compliance-told-attested" } else { "compliance-told-reviewed" };
    let new = Standing {
        agency_id: said.agency,
        control: said.control.id.into(),
        source: said.source.into(),
        observation_id: cx.id(),
        verdict: said.verdict.into(),
        told: serde_json::to_string(&Told::from(&Say::new(key))).map_err(Error::fault)?,
        reason: said.reason.trim().into(),
        evidence: serde_json::to_string(said.evidence).map_err(Error::fault)?,
        by_person: Some(cx.actor.person()?),
        seen_at: cx.now(),
        until_at: Some(said.until),
        judged_at: cx.now(),
    };
    // Said anew is an observation of its own, also in the same words.
    store::stand(tx, &new).await?;
    stands.insert((new.control.clone(), new.source.clone()), new);
    judging::settle(cx, tx, row, &stands).await.map(drop)
}

/// Evidence as it was written: one thing a line.
pub fn lines(text: &str) -> Vec<String> {
    let mut all: Vec<String> = text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
    let mut seen = std::collections::HashSet::new();
    all.retain(|l| seen.insert(l.clone()));
    all
}

/// Whether it is named like a thing on record: `post:12`.
pub fn is_subject(evidence: &str) -> bool {
    let number = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let kind = |kind: &str| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    evidence.split_once(':').is_some_and(|(of, id)| kind(of) && number(id))
}

/// What is named like a thing on record, and of which nothing is on record that this agency did or the whole government.
async fn unknown(cx: &Ctx, agency: i64, evidence: &[String]) -> Result<Vec<String>> {
    let mut all = vec![];
    for subject in evidence.iter().filter(|e| is_subject(e)) {
        let wanted = ledger::Wanted { subject: Some(subject.clone()), most: 200, ..ledger::Wanted::default() };
        let facts = ledger::facts(cx.db(), &wanted).await?;
        if !facts.iter().any(|f| f.scope.is_none_or(|scope| scope == agency)) {
            all.push(subject.clone());
        }
    }
    Ok(all)
}

/// What a lead says of a control.
pub struct Attesting<'a> {
    pub control: &'a str,
    pub verdict: &'a str,
    pub reason: &'a str,
    pub evidence: &'a [String],
}

/// The lead says how it stands with something that cannot be computed.
pub async fn attest(cx: &Ctx, agency: i64, said: &Attesting<'_>) -> Result<()> {
    let Attesting { control: id, verdict, reason, evidence } = *said;
    let found = control(cx, id)?;
    // Who may not say it learns nothing of what is on record.
    let unknown = if cx.actor.may(ATTEST, agency) { unknown(cx, agency, evidence).await? } else { vec![] };
    rules::may_attest(&cx.actor, agency, found, &rules::Saying { verdict, reason, evidence, unknown: &unknown })?;
    let control = found.ok_or_else(Error::not_found)?;
    let Criterion::Attested { months } = control.criterion else { return Err(Error::not_found()) };
    let until = cx.now() + months * 30 * DAY;
    let tx = cx.begin("compliance.attest").await?;
    say(cx, &Said { agency, control, source: "own", verdict, reason, evidence, until }, &tx).await?;
    let fact = AttestationGiven { agency, control: id.into(), verdict: verdict.into(), until };
    tx.record(cx, &fact).await?;
    Ok(cx.commit(tx).await?)
}

/// Whoever oversees says what they saw. The worse of both counts, until it is looked at again or half a year has passed.
pub async fn review(cx: &Ctx, agency: i64, id: &str, verdict: &str, reason: &str) -> Result<()> {
    let found = control(cx, id)?;
    rules::may_review(&cx.actor, found, verdict, reason)?;
    let control = found.ok_or_else(Error::not_found)?;
    let until = cx.now() + REVIEW_DAYS * DAY;
    let tx = cx.begin("compliance.review").await?;
    say(cx, &Said { agency, control, source: "review", verdict, reason, evidence: &[], until }, &tx).await?;
    let fact = FindingReviewed { agency, control: id.into(), verdict: verdict.into() };
    tx.record(cx, &fact).await?;
    Ok(cx.commit(tx).await?)
}

pub async fn ask(cx: &Ctx, agency: i64, obligation: &str, wish: &str) -> Result<i64> {
    let known = cx.machine.part::<Pack>()?.obligations().has(obligation);
    rules::may_ask(&cx.actor, agency, known, wish)?;
    let request = HelpRequest {
        id: cx.id(),
        agency_id: agency,
        obligation: obligation.into(),
        wish: wish.trim().into(),
        asked_by: cx.actor.person()?,
        asked_at: cx.now(),
        answer: String::new(),
        answered_by: None,
        answered_at: None,
        state: "open".into(),
    };
    let tx = cx.begin("compliance.ask").await?;
    store::ask(&tx, &request).await?;
    tx.record(cx, &AssistanceAsked { request: request.id, agency, obligation: obligation.into() }).await?;
    cx.commit(tx).await?;
    Ok(request.id)
}

pub async fn answer(cx: &Ctx, id: i64, answer: &str) -> Result<()> {
    let request = store::request(cx.db(), id).await.map_err(DbError::unseen)?;
    rules::may_answer(&cx.actor, request.state == "open", answer)?;
    let tx = cx.begin("compliance.answer").await?;
    store::answer(&tx, id, answer.trim(), cx.actor.person()?, cx.now()).await?;
    tx.record(cx, &AssistanceAnswered { request: id, agency: request.agency_id }).await?;
    Ok(cx.commit(tx).await?)
}

/// Judges everything anew. For whoever oversees, when they want to be sure.
pub async fn recompute(cx: &Ctx) -> Result<usize> {
    if !cx.actor.may_everywhere(OVERSEE) {
        return Err(Error::not_allowed());
    }
    judging::everything(cx).await
}

/// How an agency stands, obligation by obligation.
pub async fn states(cx: &Ctx, agency: i64) -> Result<Vec<finding::State>> {
    let letters = store::row(cx.db(), agency).await?.map(|r| r.letters).unwrap_or_default();
    let n = cx.machine.part::<Pack>()?.obligations().len();
    let mut all: Vec<finding::State> = letters.chars().map(finding::State::of_letter).collect();
    all.resize(n, finding::State::Unknown);
    Ok(all)
}
