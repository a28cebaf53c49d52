//! May this happen? Saying that something is met, looking at it from outside, asking for help.
use crate::people::roles::{ATTEST, OVERSEE};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::slice::{Control, Criterion};
use ground::{Refusal, Result, Say};

#[cfg(test)]
mod tests;

const LONG: usize = 4000;

fn words(no: &mut Vec<Refusal>, text: &str, field: &'static str) {
    if text.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("compliance-refused-reason")).field(field));
    }
    if text.chars().count() > LONG {
        no.push(Refusal::new("too-long", Say::new("compliance-refused-long").arg("limit", LONG)).field(field));
    }
}

fn verdict_known(no: &mut Vec<Refusal>, verdict: &str, known: &[&str]) {
    if !known.contains(&verdict) {
        no.push(Refusal::new("no-verdict", Say::new("compliance-refused-verdict")).field("verdict"));
    }
}

/// What the lead of an agency says.
pub struct Saying<'a> {
    pub verdict: &'a str,
    pub reason: &'a str,
    /// Where it can be seen: a thing on record, an address, or a file by its number.
    pub evidence: &'a [String],
    /// Of these, what is named like a thing on record and is none of this agency.
    pub unknown: &'a [String],
}

const MOST_EVIDENCE: usize = 20;
const LONG_EVIDENCE: usize = 300;

/// Who says that something is met, or partly, shows where that can be seen.
fn shown(no: &mut Vec<Refusal>, said: &Saying<'_>) {
    if matches!(said.verdict, "met" | "partly") && said.evidence.is_empty() {
        no.push(Refusal::new("no-evidence", Say::new("compliance-refused-evidence")).field("evidence"));
    }
    if said.evidence.len() > MOST_EVIDENCE || said.evidence.iter().any(|e| e.chars().count() > LONG_EVIDENCE) {
        let say = Say::new("compliance-refused-evidence-long").arg("lines", MOST_EVIDENCE).arg("limit", LONG_EVIDENCE);
        no.push(Refusal::new("too-much-evidence", say).field("evidence"));
    }
    if let Some(first) = said.unknown.first() {
        let say = Say::new("compliance-refused-evidence-unknown").arg("what", first.as_str());
        no.push(Refusal::new("unknown-evidence", say).field("evidence"));
    }
}

/// The lead of an agency answers for what cannot be computed.
pub fn may_attest(actor: &Actor, agency: i64, control: Option<&Control>, said: &Saying<'_>) -> Result<()> {
    let mut no = vec![];
    if !actor.may(ATTEST, agency) {
        no.push(Refusal::new("not-yours", Say::new("compliance-refused-lead")).clause("P6.2-AM1"));
    }
    match control.map(|c| c.criterion) {
        None => no.push(Refusal::new("no-control", Say::new("compliance-refused-control"))),
        Some(Criterion::Attested { .. }) => {}
        Some(_) => no.push(Refusal::new("computed", Say::new("compliance-refused-computed"))),
    }
    verdict_known(&mut no, said.verdict, &["met", "partly", "not-met", "not-applicable"]);
    words(&mut no, said.reason, "reason");
    shown(&mut no, said);
    all_or_nothing(no)
}

/// Whoever oversees says what they saw, beside what the agency shows; nothing is edited.
pub fn may_review(actor: &Actor, control: Option<&Control>, verdict: &str, reason: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may_everywhere(OVERSEE) {
        no.push(Refusal::new("not-yours", Say::new("compliance-refused-oversight")).clause("P6bis-ME1"));
    }
    match control.map(|c| c.criterion) {
        None => no.push(Refusal::new("no-control", Say::new("compliance-refused-control"))),
        Some(Criterion::Built) => no.push(Refusal::new("built", Say::new("compliance-refused-built"))),
        Some(_) => {}
    }
    verdict_known(&mut no, verdict, &["met", "partly", "not-met"]);
    words(&mut no, reason, "reason");
    all_or_nothing(no)
}

pub fn may_ask(actor: &Actor, agency: i64, known: bool, wish: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may(ATTEST, agency) {
        no.push(Refusal::new("not-yours", Say::new("compliance-refused-lead")).clause("P6.2-AM1"));
    }
    if !known {
        no.push(Refusal::new("no-obligation", Say::new("compliance-refused-obligation")).field("obligation"));
    }
    words(&mut no, wish, "wish");
    all_or_nothing(no)
}

pub fn may_answer(actor: &Actor, open: bool, answer: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may_everywhere(OVERSEE) {
        no.push(Refusal::new("not-yours", Say::new("compliance-refused-oversight")).clause("P6bis-ME2"));
    }
    if !open {
        no.push(Refusal::new("answered", Say::new("compliance-refused-answered")));
    }
    words(&mut no, answer, "answer");
    all_or_nothing(no)
}
