//! Verbs on plans.
use super::plan::{Draft, PlanRow, Records};
use super::rules::{self, Facts, Known};
use super::store::{self, Origin, Written};
use super::{PlanApproved, PlanDrafted, PlanRejected, PlanSubmitted, model, working};
use crate::agencies;
use crate::ledger::Record;
use crate::people::roles::{SEE_DESK, WRITE_PLANS};
use crate::people::{self, Member};
use crate::policy::Pack;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a new plan begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PlanBeginning")]
pub enum Beginning {
    /// The model for agencies of this kind
    Model,
    /// The plan in force of the agency above, or of the next one that has one
    Adoption,
    /// The agency's last approved plan, from the figures that were reached
    Renewal,
    /// Nothing
    Empty,
}

impl Beginning {
    pub const ALL: [(&'static str, Beginning); 4] = [
        ("model", Beginning::Model),
        ("adoption", Beginning::Adoption),
        ("renewal", Beginning::Renewal),
        ("empty", Beginning::Empty),
    ];
    pub fn read(code: &str) -> Option<Beginning> {
        Beginning::ALL.into_iter().find(|(known, _)| *known == code).map(|(_, beginning)| beginning)
    }
}

/// A plan somebody of its agency may look at.
pub async fn see(cx: &Ctx, id: i64) -> Result<PlanRow> {
    let plan = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, plan.agency_id) { Ok(plan) } else { Err(Error::not_allowed()) }
}

fn facts<'a>(plan: &'a PlanRow, draft: &'a Draft) -> Facts<'a> {
    Facts { agency: plan.agency_id, state: &plan.state, version: plan.version, author: plan.author_id, draft }
}

/// Midnight after the last day of the term; 0 where none is said.
fn ends_at(pack: &Pack, records: &Records) -> i64 {
    records.ends().and_then(|day| day.tomorrow().ok()).map_or(0, |day| pack.start_of(day))
}

fn written<'a>(cx: &Ctx, draft: &'a Draft) -> Result<Written<'a>> {
    let pack = cx.machine.part::<Pack>()?;
    rules::check(draft, pack)?;
    Ok(Written { draft, ends_at: ends_at(pack, &draft.records), author: cx.actor.person()?, at: cx.now() })
}

pub async fn draft(cx: &Ctx, agency: i64, draft: &Draft) -> Result<PlanRow> {
    begin(cx, agency, draft, Origin::default()).await
}

async fn begin(cx: &Ctx, agency: i64, draft: &Draft, from: Origin) -> Result<PlanRow> {
    if !cx.actor.may(WRITE_PLANS, agency) {
        return Err(Error::not_allowed());
    }
    let written = written(cx, draft)?;
    let tx = cx.begin("plans.draft").await?;
    let id = cx.id();
    store::insert(&tx, id, agency, &written, from).await?;
    tx.record(cx, &PlanDrafted { plan: id, agency, content_hash: draft.content_hash(agency) }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// A plan that is written already in most of its parts.
pub async fn start(cx: &Ctx, agency: i64, from: Beginning) -> Result<PlanRow> {
    let (draft, origin) = beginning(cx, agency, from).await?;
    begin(cx, agency, &draft, origin).await
}

/// What a plan of this agency begins with.
pub async fn beginning(cx: &Ctx, agency: i64, from: Beginning) -> Result<(Draft, Origin)> {
    let pack = cx.machine.part::<Pack>()?;
    let members = people::members(cx, agency).await?;
    let known = Known { pack, members: &members, now: cx.now() };
    let register = agencies::find(cx.db(), agency).await.map_err(DbError::unseen)?;
    let lang = cx.lang.code();
    let none = |say| Error::invalid(vec![FieldError::new("from", Say::new(say))]);
    let (mut draft, origin) = match from {
        Beginning::Empty => return Ok((Draft::default(), Origin::default())),
        Beginning::Model => (model::of_kind(&known, &register.kind, lang), Origin::default()),
        Beginning::Adoption => {
            let above = plan_above(cx, agency).await?.ok_or_else(|| none("plans-refused-no-above"))?;
            let draft = model::adopted(&above.draft(), &known, &register.kind, lang);
            (draft, Origin { adopted: above.id, follows: 0 })
        }
        Beginning::Renewal => {
            let before = store::approved(cx.db(), agency).await?.ok_or_else(|| none("plans-refused-no-before"))?;
            let reached = working::reached(cx.db(), before.id).await?;
            let draft = model::renewed(&before.draft(), &reached, &known);
            (draft, Origin { follows: before.id, adopted: before.adopted_id })
        }
    };
    let say =
        Say::new("plans-model-title").arg("agency", register.name(cx.lang)).arg("year", term_years(&draft.records));
    draft.title = cx.words().say(cx.lang, &say);
    Ok((draft, origin))
}

/// `2027`, or `2026–2027`.
fn term_years(r: &Records) -> String {
    let year = |day: &str| day.get(..4).unwrap_or_default().to_owned();
    let (from, to) = (year(&r.starts_on), year(&r.ends_on));
    if from == to { from } else { format!("{from}–{to}") }
}

/// The plan in force of the nearest agency above this one.
pub async fn plan_above(cx: &Ctx, agency: i64) -> Result<Option<PlanRow>> {
    let mut at = agencies::find(cx.db(), agency).await.map_err(DbError::unseen)?;
    // The register has no circles; a bound costs nothing.
    for _ in 0..8 {
        let Some(parent) = &at.parent_code else { return Ok(None) };
        at = agencies::by_code(cx.db(), parent).await?;
        if let Some(plan) = store::approved(cx.db(), at.id).await?.filter(|p| p.in_force(cx.now())) {
            return Ok(Some(plan));
        }
    }
    Ok(None)
}

pub async fn revise(cx: &Ctx, id: i64, seen: i64, draft: &Draft) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let before = plan.draft();
    rules::may_revise(&cx.actor, &facts(&plan, &before), seen)?;
    let written = written(cx, draft)?;
    let tx = cx.begin("plans.revise").await?;
    store::revise(&tx, &plan, &written).await?;
    let content_hash = draft.content_hash(plan.agency_id);
    tx.record(cx, &PlanDrafted { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Who works for the agency, and what is missing in this draft of its plan.
pub async fn missing(cx: &Ctx, agency: i64, draft: &Draft) -> Result<(Vec<Member>, Vec<ground::Refusal>)> {
    let pack = cx.machine.part::<Pack>()?;
    let members = people::members(cx, agency).await?;
    let no = rules::complete(draft, &Known { pack, members: &members, now: cx.now() });
    Ok((members, no))
}

pub async fn submit(cx: &Ctx, id: i64, seen: i64) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    let pack = cx.machine.part::<Pack>()?;
    let members = people::members(cx, plan.agency_id).await?;
    let known = Known { pack, members: &members, now: cx.now() };
    rules::may_submit(&cx.actor, &facts(&plan, &draft), seen, &known)?;
    let tx = cx.begin("plans.submit").await?;
    store::set_state(&tx, &plan, "submitted", cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "submission", cx.actor.person()?, "", cx.now()).await?;
    let content_hash = plan.content_hash.clone();
    tx.record(cx, &PlanSubmitted { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Approves the exact version; the agency's earlier plan ends with it.
pub async fn approve(cx: &Ctx, id: i64, seen: i64) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    rules::may_approve(&cx.actor, &facts(&plan, &draft), seen, plan.over(cx.now()))?;
    let tx = cx.begin("plans.approve").await?;
    store::set_state(&tx, &plan, "approved", cx.now()).await?;
    store::end_others(&tx, plan.agency_id, id, cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "approval", cx.actor.person()?, "", cx.now()).await?;
    let content_hash = plan.content_hash.clone();
    tx.record(cx, &PlanApproved { plan: id, agency: plan.agency_id, content_hash }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

pub async fn reject(cx: &Ctx, id: i64, seen: i64, reason: &str) -> Result<PlanRow> {
    let plan = see(cx, id).await?;
    let draft = plan.draft();
    rules::may_reject(&cx.actor, &facts(&plan, &draft), seen, reason)?;
    let tx = cx.begin("plans.reject").await?;
    store::set_state(&tx, &plan, "rejected", cx.now()).await?;
    store::decide(&tx, cx.id(), &plan, "rejection", cx.actor.person()?, reason.trim(), cx.now()).await?;
    let fact = PlanRejected { plan: id, agency: plan.agency_id, reason: reason.trim().into() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}
