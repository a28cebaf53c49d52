//! May this happen? Saying that something is met, looking at it from outside, asking for help.
use crate::people::roles::{ATTEST, OVERSEE};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::slice::{Control, Criterion};
use ground::{Refusal, Result, Say};

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

/// The lead of an agency answers for what cannot be computed.
pub fn may_attest(actor: &Actor, agency: i64, control: Option<&Control>, verdict: &str, reason: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may(ATTEST, agency) {
        no.push(Refusal::new("not-yours", Say::new("compliance-refused-lead")).clause("P6.2-AM1"));
    }
    match control.map(|c| c.criterion) {
        None => no.push(Refusal::new("no-control", Say::new("compliance-refused-control"))),
        Some(Criterion::Attested { .. }) => {}
        Some(_) => no.push(Refusal::new("computed", Say::new("compliance-refused-computed"))),
    }
    verdict_known(&mut no, verdict, &["met", "partly", "not-met", "not-applicable"]);
    words(&mut no, reason, "reason");
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

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::{Grant, Right, Who};

    fn holding(right: Right, scope: Option<i64>) -> Actor {
        let mut a = Actor::new(Who::Person(1), "x");
        a.grants = vec![Grant { right, scope }];
        a
    }
    fn control(criterion: Criterion) -> Control {
        Control { id: "c", obligations: &["P6.2-AP2"], shown_by: "x", page: "/", criterion }
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.err().map(|e| e.refusals().iter().map(|r| r.code).collect()).unwrap_or_default()
    }

    #[test]
    fn who_answers_for_it_says_so_with_a_reason_and_only_where_nothing_is_computed() {
        let (lead, other) = (holding(ATTEST, Some(7)), holding(ATTEST, Some(8)));
        let said = control(Criterion::Attested { months: 12 });
        assert!(codes(may_attest(&lead, 7, Some(&said), "met", "Done in May")).is_empty());
        assert_eq!(codes(may_attest(&other, 7, Some(&said), "met", "Done")), ["not-yours"]);
        assert_eq!(codes(may_attest(&lead, 7, Some(&said), "perfect", " ")), ["no-verdict", "no-reason"]);
        assert_eq!(codes(may_attest(&lead, 7, Some(&control(Criterion::Built)), "met", "x")), ["computed"]);
        assert_eq!(codes(may_attest(&lead, 7, None, "met", "x")), ["no-control"]);
    }

    #[test]
    fn a_review_is_of_whoever_oversees_all() {
        let said = control(Criterion::Attested { months: 12 });
        assert!(codes(may_review(&holding(OVERSEE, None), Some(&said), "not-met", "Looked at two")).is_empty());
        assert_eq!(codes(may_review(&holding(OVERSEE, Some(7)), Some(&said), "not-met", "x")), ["not-yours"]);
        assert_eq!(codes(may_review(&holding(OVERSEE, None), Some(&control(Criterion::Built)), "met", "x")), ["built"]);
    }
}
