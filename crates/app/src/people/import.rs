//! Carrying out a table of joiners, movers and leavers: all of it is checked first; one fault, and nothing is done.
use super::movement::{details, go, gone};
use super::register::{NewPerson, add, send_invitation};
use super::rules::manages;
use super::staff::{self, Movement, RowFault, StaffRow};
use super::store::{self, PersonRow};
use crate::agencies;
use ground::db::Tx;
use ground::{Ctx, Error, Result, Say};
use std::collections::HashMap;

/// So many rows are one transaction.
const TOGETHER: usize = 50;

#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Done {
    pub joined: usize,
    pub moved: usize,
    pub left: usize,
    /// What was so already.
    pub unchanged: usize,
}

pub enum Outcome {
    Faults(Vec<RowFault>),
    /// What would happen, and whether it did.
    Good(Done, bool),
}

/// Agencies that exist now, by their code in small letters.
type Codes = HashMap<String, i64>;

/// Reads and checks the table; carries it out when asked to.
pub async fn import(cx: &Ctx, bytes: &[u8], carry_out: bool) -> Result<Outcome> {
    let rows = match staff::read(bytes)? {
        Ok(rows) => rows,
        Err(faults) => return Ok(Outcome::Faults(faults)),
    };
    let everyone = agencies::everyone(cx.db()).await?;
    let codes: Codes = everyone.into_iter().filter(|a| a.current).map(|a| (a.code.to_lowercase(), a.id)).collect();
    let (mut faults, mut would) = (vec![], Done::default());
    for row in &rows {
        let known = store::person_by_email(cx.db(), &row.email).await?;
        match plan(cx, row, known.as_ref(), &codes) {
            Ok(step) => step.count(&mut would),
            Err(say) => faults.push(RowFault { line: row.line, say }),
        }
    }
    if !faults.is_empty() {
        return Ok(Outcome::Faults(faults));
    }
    if !carry_out {
        return Ok(Outcome::Good(would, false));
    }
    let mut done = Done::default();
    for some in rows.chunks(TOGETHER) {
        let tx = cx.begin("people.import").await?;
        for row in some {
            let known = store::person_by_email(&tx, &row.email).await?;
            let step = plan(cx, row, known.as_ref(), &codes).map_err(Error::conflict)?;
            step.count(&mut done);
            carry(cx, &tx, row, known, step).await?;
        }
        cx.commit(tx).await?;
    }
    Ok(Outcome::Good(done, true))
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Join(Option<i64>),
    Return,
    Move(i64),
    Leave,
    Nothing,
}

impl Step {
    fn count(self, done: &mut Done) {
        match self {
            Step::Join(_) | Step::Return => done.joined += 1,
            Step::Move(_) => done.moved += 1,
            Step::Leave => done.left += 1,
            Step::Nothing => done.unchanged += 1,
        }
    }
}

/// What this row asks for, given who is there. Doing a row twice is doing it once.
fn plan(cx: &Ctx, row: &StaffRow, known: Option<&PersonRow>, codes: &Codes) -> Result<Step, Say> {
    let agency = match row.agency.as_str() {
        "" => None,
        code => {
            Some(*codes.get(&code.to_lowercase()).ok_or_else(|| Say::new("people-import-unknown").arg("given", code))?)
        }
    };
    let mine = |agency: Option<i64>| {
        if manages(&cx.actor, agency) { Ok(()) } else { Err(Say::new("people-import-not-yours")) }
    };
    if let Some(known) = known {
        mine(known.agency_id)?;
    }
    let own = known.is_some_and(|p| cx.actor.who == ground::ctx::Who::Person(p.id));
    match (row.movement, known) {
        (Movement::Join, None) => mine(agency).map(|()| Step::Join(agency)),
        (Movement::Join, Some(p)) if p.agency_id != agency => Err(Say::new("people-import-elsewhere")),
        (Movement::Join, Some(p)) => Ok(if p.state == "left" { Step::Return } else { Step::Nothing }),
        (_, None) => Err(Say::new("people-import-nobody").arg("given", row.email.as_str())),
        (Movement::Move, Some(p)) if p.agency_id == agency => Ok(Step::Nothing),
        (Movement::Move, Some(p)) if p.away() => Err(Say::new("people-error-suspended")),
        (Movement::Move, Some(_)) => mine(agency).map(|()| agency.map_or(Step::Nothing, Step::Move)),
        (Movement::Leave, Some(p)) if p.state == "left" => Ok(Step::Nothing),
        (Movement::Leave, Some(_)) if own => Err(Say::new("people-refused-own-account")),
        (Movement::Leave, Some(_)) => Ok(Step::Leave),
    }
}

async fn carry(cx: &Ctx, tx: &Tx, row: &StaffRow, known: Option<PersonRow>, step: Step) -> Result<()> {
    match (step, known) {
        (Step::Join(agency), _) => {
            let new = NewPerson {
                agency,
                name: row.name.clone(),
                email: row.email.clone(),
                employment: row.employment.clone(),
                job_title: row.job_title.clone(),
            };
            let person = store::person(tx, add(cx, tx, &new).await?).await?;
            send_invitation(cx, tx, &person).await
        }
        (Step::Return, Some(p)) => {
            super::register::back(cx, tx, &p).await?;
            send_invitation(cx, tx, &p).await
        }
        (Step::Move(agency), Some(p)) => {
            go(cx, tx, &p, Some(agency)).await?;
            if row.employment.is_empty() && row.job_title.is_empty() {
                return Ok(());
            }
            let moved = store::person(tx, p.id).await?;
            details(cx, tx, &moved, &row.employment, &row.job_title).await
        }
        (Step::Leave, Some(p)) => gone(cx, tx, &p).await,
        _ => Ok(()),
    }
}
