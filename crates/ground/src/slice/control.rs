//! Policy controls: what a slice gives evidence for, and how it is judged, for one scope (an agency) at a time.
use crate::{Ctx, Result, Say};
use std::pin::Pin;

/// A policy control a slice gives evidence for.
#[derive(Debug, Clone, Copy)]
pub struct Control {
    pub id: &'static str,
    pub obligations: &'static [&'static str],
    /// How the program shows that it is met.
    pub shown_by: &'static str,
    /// Where the work is done that meets it.
    pub page: &'static str,
    pub criterion: Criterion,
}

impl Control {
    /// It cannot be otherwise.
    pub const fn built(
        id: &'static str,
        obligations: &'static [&'static str],
        shown_by: &'static str,
        page: &'static str,
    ) -> Control {
        Control { id, obligations, shown_by, page, criterion: Criterion::Built }
    }
    /// Computed from what happened.
    pub const fn judged(
        id: &'static str,
        obligations: &'static [&'static str],
        shown_by: &'static str,
        page: &'static str,
        from: &'static [&'static str],
        judge: Judge,
    ) -> Control {
        Control { id, obligations, shown_by, page, criterion: Criterion::Judged { from, judge } }
    }
    /// Somebody answerable says so, for so many months.
    pub const fn attested(
        id: &'static str,
        obligations: &'static [&'static str],
        shown_by: &'static str,
        page: &'static str,
        months: i64,
    ) -> Control {
        Control { id, obligations, shown_by, page, criterion: Criterion::Attested { months } }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Criterion {
    /// It cannot be otherwise: the program is built so, and its tests show it.
    Built,
    /// Somebody answerable says so, with a reason, for so many months.
    Attested { months: i64 },
    /// Computed from what happened; asked anew when one of these facts is recorded in the scope.
    Judged { from: &'static [&'static str], judge: Judge },
}

pub type Judging = Pin<Box<dyn Future<Output = Result<Observation>> + Send>>;
/// Judges one scope, from the slice's own tables, in a few milliseconds.
pub type Judge = fn(Ctx, i64) -> Judging;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    NotMet,
    Partly,
    Met,
    NotApplicable,
}

/// What was seen when a control was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub say: Say,
    /// What it rests on, as the ledger names things: `account:12`.
    pub evidence: Vec<String>,
    /// When the answer may change by the passing of time alone.
    pub until: Option<i64>,
}

impl Observation {
    pub fn new(verdict: Verdict, say: Say) -> Observation {
        Observation { verdict, say, evidence: vec![], until: None }
    }
    pub fn met(say: Say) -> Observation {
        Observation::new(Verdict::Met, say)
    }
    pub fn partly(say: Say) -> Observation {
        Observation::new(Verdict::Partly, say)
    }
    pub fn not_met(say: Say) -> Observation {
        Observation::new(Verdict::NotMet, say)
    }
    pub fn not_applicable(say: Say) -> Observation {
        Observation::new(Verdict::NotApplicable, say)
    }
    pub fn evidence(mut self, subjects: impl IntoIterator<Item = String>) -> Observation {
        self.evidence.extend(subjects);
        self
    }
    pub fn until(mut self, at: Option<i64>) -> Observation {
        self.until = [self.until, at].into_iter().flatten().min();
        self
    }
}

/// Every control of the program, as a part of the machine.
#[derive(Debug, Clone)]
pub struct Controls(pub Vec<Control>);
