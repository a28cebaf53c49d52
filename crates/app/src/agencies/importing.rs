//! Bringing in agencies as a table: all of it is checked first; one fault, and nothing is done. What the policy pack says
//! is put right in the pack, and an agency ends by a reorganisation, never by a cell.
use super::reorganising::allowed;
use super::store::{self, Agency};
use super::table::{self, AgencyRow, RowFault};
use super::{AgencyChanged, AgencyRegistered};
use crate::ledger::Record;
use crate::policy::Pack;
use ground::{Ctx, Result, Say};
use std::collections::{BTreeMap, BTreeSet};

/// So many faults are listed; their number is told.
pub const SHOWN: usize = 200;
/// So many rows are one transaction.
const TOGETHER: usize = 200;

#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Done {
    pub registered: usize,
    pub changed: usize,
    pub unchanged: usize,
}

pub enum Outcome {
    Faults(Vec<RowFault>),
    /// What would happen, and whether it did.
    Good(Done, bool),
}

enum Step {
    Register,
    Change(i64),
    Nothing,
}

/// What the register and the table hold, by codes in small letters.
struct Known<'a> {
    pack: &'a Pack,
    agencies: BTreeMap<String, Agency>,
    successors: BTreeMap<String, BTreeSet<String>>,
    rows: BTreeMap<String, &'a AgencyRow>,
}

impl Known<'_> {
    fn has(&self, code: &str) -> bool {
        let code = code.to_lowercase();
        self.agencies.contains_key(&code) || self.rows.contains_key(&code)
    }
    /// The parent of a code, as it would be after the table.
    fn parent(&self, code: &str) -> Option<String> {
        match self.rows.get(code) {
            Some(row) => row.parent_code.as_ref().map(|p| p.to_lowercase()),
            None => self.agencies.get(code)?.parent_code.as_ref().map(|p| p.to_lowercase()),
        }
    }
    fn goes_in_a_circle(&self, row: &AgencyRow) -> bool {
        let start = row.code.to_lowercase();
        let mut now = self.parent(&start);
        for _ in 0..100 {
            match now {
                Some(code) if code == start => return true,
                Some(code) => now = self.parent(&code),
                None => return false,
            }
        }
        true
    }
}

/// Reads and checks the table; carries it out when asked to.
pub async fn import(cx: &Ctx, bytes: &[u8], carry_out: bool) -> Result<Outcome> {
    allowed(cx)?;
    let rows = match table::read(bytes)? {
        Ok(rows) => rows,
        Err(faults) => return Ok(Outcome::Faults(faults)),
    };
    let pack = cx.machine.part::<Pack>()?;
    let mut successors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (code, successor) in store::successions(cx.db()).await? {
        successors.entry(code.to_lowercase()).or_default().insert(successor);
    }
    let everyone = store::everyone(cx.db()).await?;
    let agencies = everyone.into_iter().map(|a| (a.code.to_lowercase(), a)).collect();
    let by_code = rows.iter().map(|r| (r.code.to_lowercase(), r)).collect();
    let known = Known { pack, agencies, successors, rows: by_code };
    let (mut faults, mut done, mut steps) = (vec![], Done::default(), vec![]);
    for row in &rows {
        match plan(&known, row) {
            Ok(Step::Nothing) => done.unchanged += 1,
            Ok(step) => {
                if matches!(step, Step::Register) {
                    done.registered += 1
                } else {
                    done.changed += 1
                }
                steps.push((row, step));
            }
            Err(some) => faults.extend(some),
        }
    }
    if !faults.is_empty() {
        return Ok(Outcome::Faults(faults));
    }
    if carry_out {
        for some in steps.chunks(TOGETHER) {
            carry(cx, some).await?;
        }
    }
    Ok(Outcome::Good(done, carry_out))
}

fn plan(known: &Known, row: &AgencyRow) -> std::result::Result<Step, Vec<RowFault>> {
    let mut wrong = vec![];
    let mut no = |column, say| wrong.push(RowFault::new(row.line, column, say));
    if !known.pack.kinds().has(&row.kind) {
        no("kind", Say::new("agencies-table-kind").arg("given", row.kind.clone()));
    }
    match &row.parent_code {
        Some(parent) if !known.has(parent) => {
            no("parent_code", Say::new("agencies-error-unknown").arg("code", parent.clone()));
        }
        Some(_) if known.goes_in_a_circle(row) => no("parent_code", Say::new("agencies-table-circle")),
        _ => {}
    }
    for successor in row.successors.iter().filter(|s| !known.has(s)) {
        no("successor_codes", Say::new("agencies-error-unknown").arg("code", successor.clone()));
    }
    let step = match known.agencies.get(&row.code.to_lowercase()) {
        None => Step::Register,
        Some(a) => {
            let before = known.successors.get(&row.code.to_lowercase()).cloned().unwrap_or_default();
            let ends = a.valid_until != row.valid_until || before != row.successors.iter().cloned().collect();
            let same = (&a.code, &a.kind, &a.name_en, &a.name_dz, &a.parent_code, &a.valid_from)
                == (&row.code, &row.kind, &row.name_en, &row.name_dz, &row.parent_code, &row.valid_from);
            if ends {
                no("valid_until", Say::new("agencies-table-ends"));
            } else if a.code != row.code {
                no("code", Say::new("agencies-table-capitals").arg("code", a.code.clone()));
            } else if !same && known.pack.agencies().has(&a.code) {
                no("code", Say::new("agencies-table-pack"));
            }
            if same { Step::Nothing } else { Step::Change(a.id) }
        }
    };
    if wrong.is_empty() { Ok(step) } else { Err(wrong) }
}

async fn carry(cx: &Ctx, steps: &[(&AgencyRow, Step)]) -> Result<()> {
    let today = cx.machine.part::<Pack>()?.day_at(cx.now()).to_string();
    let tx = cx.begin("agencies.import").await?;
    for (row, step) in steps {
        let begun = row.valid_from.as_ref().is_none_or(|from| *from <= today);
        let over = row.valid_until.as_ref().is_some_and(|until| *until <= today);
        let a = Agency {
            id: if let Step::Change(id) = step { *id } else { cx.id() },
            code: row.code.clone(),
            kind: row.kind.clone(),
            name_en: row.name_en.clone(),
            name_dz: row.name_dz.clone(),
            parent_code: row.parent_code.clone(),
            valid_from: row.valid_from.clone(),
            valid_until: row.valid_until.clone(),
            current: begun && !over,
        };
        let (agency, code) = (a.id, a.code.clone());
        if matches!(step, Step::Change(_)) {
            store::update(&tx, &a).await?;
            tx.record(cx, &AgencyChanged { agency, code }).await?;
            continue;
        }
        store::insert(&tx, &a).await?;
        for successor in &row.successors {
            store::succeed(&tx, &row.code, successor).await?;
        }
        tx.record(cx, &AgencyRegistered { agency, code, kind: a.kind.clone() }).await?;
    }
    Ok(cx.commit(tx).await?)
}
