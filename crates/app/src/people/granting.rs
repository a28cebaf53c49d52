//! Roles: one person asks, somebody else approves, the term ends them by itself.
//!
//! asked → approved, refused, taken back or lapsed; approved → ended, by a person, by its last day, by a move or a leave. A
//! group of the sign-in provider asks too; roles that decide nothing about others it gives (`by_group`).
use super::facts::{RoleAsked, RoleEnded, RoleGranted, RoleRefused};
use super::register::managed;
use super::roles::{APPROVE_ROLES, Role};
use super::rules::{self, Asked, ByGroup, Held, Wanted};
use super::store::{self, GrantRow, grants};
use crate::ledger::Record;
use ground::clock::DAY;
use ground::ctx::Who;
use ground::db::{DbError, Tx};
use ground::{Ctx, Error, FieldError, Refusal, Result, Say};

/// How long a role over the whole government that has ended still counts as somebody else who could have decided.
const LATELY: i64 = 30 * DAY;

/// What a person holds, will hold or has asked for: with all of it a further role must go together.
fn bound(grants: &[GrantRow], but: i64, now: i64) -> Vec<Held> {
    let counts = |g: &&GrantRow| g.id != but && (g.waits() || g.stands(now));
    let held = |g: &GrantRow| Role::parse(&g.role).map(|role| Held { role, agency: g.agency_id });
    grants.iter().filter(counts).filter_map(held).collect()
}

fn row(cx: &Ctx, wanted: &Wanted) -> GrantRow {
    GrantRow {
        id: cx.id(),
        person_id: wanted.person,
        role: wanted.role.code().into(),
        agency_id: wanted.agency,
        purpose: wanted.purpose.trim().into(),
        granted_by: cx.actor.label(),
        granted_at: cx.now(),
        from_at: wanted.from,
        until: wanted.until,
        decision: None,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        ended_at: None,
        ended_why: None,
    }
}

pub(super) fn granted(g: &GrantRow, alone: bool) -> RoleGranted {
    RoleGranted {
        person: g.person_id,
        grant: g.id,
        role: g.role.clone(),
        agency: g.agency_id,
        purpose: g.purpose.clone(),
        from: g.from_at,
        until: g.until,
        asked_by: Some(g.granted_by.clone()),
        alone: alone.then_some(true),
    }
}

/// Gives a role at once, without a second person: for the demonstration's story and for tests. All reasons against it are
/// said at once.
pub async fn grant_role(cx: &Ctx, wanted: &Wanted) -> Result<i64> {
    let tx = cx.begin("people.grant").await?;
    managed(cx, &tx, wanted.person).await?;
    let held = bound(&store::grants_of(&tx, wanted.person).await?, 0, cx.now());
    rules::may_grant(&cx.actor, wanted, &held, cx.now())?;
    let mut grant = row(cx, wanted);
    grant.decision = Some("approved".into());
    (grant.decided_by, grant.decided_at) = (Some("system".into()), Some(cx.now()));
    store::insert_grant(&tx, &grant).await?;
    tx.record(cx, &granted(&grant, false)).await?;
    cx.commit(tx).await?;
    Ok(grant.id)
}

/// Asks for a role, for oneself or for somebody one manages. It takes effect when somebody else approves it. Only where
/// nobody else could decide, because the government has one administrator and nobody beside, a second role over the
/// whole government takes effect at once; the record says so.
pub async fn ask_role(cx: &Ctx, wanted: &Wanted) -> Result<GrantRow> {
    let tx = cx.begin("people.ask-role").await?;
    let id = ask(cx, &tx, wanted).await?;
    cx.commit(tx).await?;
    Ok(store::grant(cx.db(), id).await?)
}

pub(super) async fn ask(cx: &Ctx, tx: &Tx, wanted: &Wanted) -> Result<i64> {
    let person = match cx.actor.who {
        Who::Person(me) if me == wanted.person => store::person(tx, me).await?,
        _ => managed(cx, tx, wanted.person).await?,
    };
    let held = bound(&store::grants_of(tx, wanted.person).await?, 0, cx.now());
    rules::may_ask(&cx.actor, wanted, person.agency_id, &held, cx.now())?;
    if person.away() {
        return Err(Error::conflict(Say::new("people-error-suspended")));
    }
    let grant = row(cx, wanted);
    store::insert_grant(tx, &grant).await?;
    tx.record(cx, &asked_fact(&grant)).await?;
    if grant.agency_id.is_none() && alone(cx, tx, wanted.person).await? {
        store::decide_grant(tx, grant.id, "approved", "system", cx.now(), "").await?;
        tx.record(&cx.as_system(), &granted(&grant, true)).await?;
    }
    Ok(grant.id)
}

/// What a group of the sign-in provider stands for: given, or asked for where somebody decides about such roles. What the rules
/// forbid is refused, on record, and once (`refused_before`).
pub(super) async fn by_group(cx: &Ctx, tx: &Tx, wanted: &Wanted, source: &str, refused_before: bool) -> Result<()> {
    let held = bound(&store::grants_of(tx, wanted.person).await?, 0, cx.now());
    let mut grant = GrantRow { granted_by: source.into(), ..row(cx, wanted) };
    match rules::by_group(wanted, &held, cx.now()) {
        Err(_) if refused_before => {}
        Err(no) => {
            store::insert_grant(tx, &grant).await?;
            tx.record(cx, &asked_fact(&grant)).await?;
            let why: Vec<String> = no.refusals().iter().map(|r| cx.words().say(cx.lang, &r.say)).collect();
            not_given(cx, tx, &grant, "refused", &why.join(" ")).await?;
        }
        Ok(ByGroup::Given) => {
            grant.decision = Some("approved".into());
            (grant.decided_by, grant.decided_at) = (Some(cx.actor.label()), Some(cx.now()));
            store::insert_grant(tx, &grant).await?;
            tx.record(cx, &granted(&grant, false)).await?;
        }
        Ok(ByGroup::Asked) => {
            store::insert_grant(tx, &grant).await?;
            tx.record(cx, &asked_fact(&grant)).await?;
        }
    }
    Ok(())
}

fn asked_fact(g: &GrantRow) -> RoleAsked {
    RoleAsked {
        person: g.person_id,
        grant: g.id,
        role: g.role.clone(),
        agency: g.agency_id,
        purpose: g.purpose.clone(),
        from: g.from_at,
        until: g.until,
    }
}

async fn alone(cx: &Ctx, tx: &Tx, person: i64) -> Result<bool> {
    let Who::Person(me) = cx.actor.who else { return Ok(false) };
    let may = cx.actor.may_everywhere(APPROVE_ROLES);
    Ok(may && me != person && grants::other_nationals(tx, me, person, cx.now() - LATELY).await? == 0)
}

fn asked(g: &GrantRow) -> Result<Asked> {
    let role = Role::parse(&g.role).ok_or_else(Error::not_found)?;
    let (person, agency, asked_by) = (g.person_id, g.agency_id, g.granted_by.clone());
    Ok(Asked { person, role, agency, asked_by, waits: g.waits() })
}

/// A request that this one may look at: whoever decides about such roles. Others learn nothing.
pub async fn see_request(cx: &Ctx, id: i64) -> Result<GrantRow> {
    let grant = store::grant(cx.db(), id).await.map_err(DbError::unseen)?;
    let role = Role::parse(&grant.role).ok_or_else(Error::not_allowed)?;
    if rules::decides(&cx.actor, role, grant.agency_id) { Ok(grant) } else { Err(Error::not_allowed()) }
}

/// What waits for this one: without what they asked for, or would get, themselves.
pub async fn to_decide(cx: &Ctx, most: i64) -> Result<Vec<GrantRow>> {
    if !cx.actor.may_somewhere(APPROVE_ROLES) {
        return Ok(vec![]);
    }
    let scopes = cx.actor.scopes(APPROVE_ROLES);
    let mut rows = grants::waiting(cx.db(), scopes.as_deref(), most).await?;
    let mine = |g: &GrantRow| cx.actor.label() == g.granted_by || cx.actor.who == Who::Person(g.person_id);
    rows.retain(|g| !mine(g));
    Ok(rows)
}

/// Approves a role somebody else asked for. What speaks against it may have come up since.
pub async fn approve_role(cx: &Ctx, id: i64) -> Result<()> {
    let tx = cx.begin("people.approve-role").await?;
    let grant = store::grant(&tx, id).await.map_err(DbError::unseen)?;
    let request = asked(&grant)?;
    rules::may_decide(&cx.actor, &request)?;
    let held = bound(&store::grants_of(&tx, grant.person_id).await?, id, cx.now());
    let mut no = rules::toxic(request.role, grant.agency_id, &held);
    if grant.until.is_some_and(|until| until <= cx.now()) {
        no.push(Refusal::new("past-term", Say::new("people-refused-term")));
    }
    if store::person(&tx, grant.person_id).await?.away() {
        no.push(Refusal::new("away", Say::new("people-error-suspended")));
    }
    ground::error::all_or_nothing(no)?;
    store::decide_grant(&tx, id, "approved", &cx.actor.label(), cx.now(), "").await?;
    tx.record(cx, &granted(&grant, false)).await?;
    Ok(cx.commit(tx).await?)
}

/// Refuses it, with a reason.
pub async fn refuse_role(cx: &Ctx, id: i64, reason: &str) -> Result<()> {
    let reason = reason.trim();
    let tx = cx.begin("people.refuse-role").await?;
    let grant = store::grant(&tx, id).await.map_err(DbError::unseen)?;
    rules::may_decide(&cx.actor, &asked(&grant)?)?;
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Error::invalid(vec![FieldError::new("reason", Say::new("people-error-refusal-reason"))]));
    }
    not_given(cx, &tx, &grant, "refused", reason).await?;
    Ok(cx.commit(tx).await?)
}

async fn not_given(cx: &Ctx, tx: &Tx, g: &GrantRow, why: &str, reason: &str) -> Result<()> {
    store::decide_grant(tx, g.id, why, &cx.actor.label(), cx.now(), reason).await?;
    let fact = RoleRefused {
        person: g.person_id,
        grant: g.id,
        role: g.role.clone(),
        agency: g.agency_id,
        why: why.into(),
        reason: reason.into(),
    };
    tx.record(cx, &fact).await.map(|_| ())
}

/// Ends one grant, or takes it back while it waits. The caller has asked the rules.
pub(super) async fn end(cx: &Ctx, tx: &Tx, g: &GrantRow, why: &str) -> Result<()> {
    if g.waits() {
        return not_given(cx, tx, g, if why == "term" { "lapsed" } else { "withdrawn" }, "").await;
    }
    store::end_grant(tx, g.id, cx.now(), &cx.actor.label(), why).await?;
    let (role, agency, why) = (g.role.clone(), g.agency_id, Some(why.to_owned()));
    let fact = RoleEnded { person: g.person_id, grant: g.id, role, agency, why };
    tx.record(cx, &fact).await.map(|_| ())
}

/// Ends a role of this person; whoever asked may take back what waits.
pub async fn end_role(cx: &Ctx, person: i64, id: i64) -> Result<()> {
    let tx = cx.begin("people.end-role").await?;
    let held = match cx.actor.who {
        Who::Person(me) if me == person => store::grants_of(&tx, me).await?,
        _ => store::grants_of(&tx, managed(cx, &tx, person).await?.id).await?,
    };
    let grant = held.into_iter().find(|g| g.id == id).ok_or_else(Error::not_found)?;
    let takes_back = grant.waits() && grant.granted_by == cx.actor.label();
    if !takes_back {
        rules::may_end(&cx.actor, person, &grant.role, grant.agency_id)?;
    }
    end(cx, &tx, &grant, "person").await?;
    Ok(cx.commit(tx).await?)
}

/// Ends everything a person holds or asked for in these places (`None`: everywhere).
pub(super) async fn end_all(cx: &Ctx, tx: &Tx, person: i64, agency: Option<i64>, why: &str) -> Result<()> {
    for g in store::grants_of(tx, person).await? {
        let over = g.ended_at.is_some() || !(g.waits() || g.decision.as_deref() == Some("approved"));
        if !over && agency.is_none_or(|a| g.agency_id == Some(a)) {
            end(cx, tx, &g, why).await?;
        }
    }
    Ok(())
}

/// Ends by itself what has had its last day.
pub async fn end_terms(cx: Ctx) -> Result<()> {
    for grant in grants::run_out(cx.db(), cx.now()).await? {
        let tx = cx.begin("people.end-terms").await?;
        match end(&cx, &tx, &grant, "term").await {
            Ok(()) => cx.commit(tx).await?,
            // Somebody ended it between the look and the act.
            Err(e) if matches!(e.kind, ground::error::Kind::Conflict) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
