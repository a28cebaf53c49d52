//! May this happen to a review of a platform?
use super::form::{self, EXTREME, Form};
use super::review::{Decision, NATION, Review, State, Terms};
use crate::people::roles::{APPROVE_ACCOUNTS, OVERSEE, REQUEST_ACCOUNTS};
use ground::clock::DAY;
use ground::ctx::{Actor, Right, Who};
use ground::error::{Arg, all_or_nothing};
use ground::{Error, FieldError, Refusal, Result, Say};

/// A review counts for two years at most.
pub const LONGEST: i64 = 732 * DAY;

pub fn oversees(actor: &Actor) -> bool {
    actor.may_everywhere(OVERSEE)
}

fn holds(actor: &Actor, agency: i64, right: Right) -> bool {
    if agency == NATION { oversees(actor) } else { actor.may(right, agency) }
}

pub fn may_write_for(actor: &Actor, agency: i64) -> bool {
    holds(actor, agency, REQUEST_ACCOUNTS)
}

pub fn may_decide_for(actor: &Actor, agency: i64) -> bool {
    holds(actor, agency, APPROVE_ACCOUNTS)
}

/// What is known when a review is handed in.
pub struct Written<'a> {
    pub agency: i64,
    /// Not retired and not our own.
    pub reviewable: bool,
    /// With the model under it, where an agency adapts one.
    pub whole: &'a Form,
    /// Where the national review stands that an agency adapts.
    pub model: Option<State>,
    /// The newest snapshot of the terms.
    pub terms: Option<&'a Terms>,
    /// One is waiting for its decision already.
    pub waiting: bool,
}

fn not_yours() -> Refusal {
    Refusal::new("not-yours", Say::new("platforms-refused-not-yours")).clause("P6.2-AM10")
}

fn terms(no: &mut Vec<Refusal>, newest: Option<&Terms>) {
    match newest {
        None => no.push(Refusal::new("no-terms", Say::new("platforms-refused-no-terms")).clause("P6.2-AM12")),
        Some(t) if !t.acknowledged() => {
            no.push(Refusal::new("terms-changed", Say::new("platforms-refused-terms-changed")).clause("P6.2-AM12"));
        }
        Some(_) => {}
    }
}

pub fn may_write(actor: &Actor, w: &Written) -> Result<()> {
    let mut no = vec![];
    if !may_write_for(actor, w.agency) {
        no.push(not_yours());
    }
    if !w.reviewable {
        no.push(Refusal::new("not-reviewable", Say::new("platforms-refused-not-reviewable")).clause("P6.2-AM10"));
    }
    if w.waiting {
        no.push(Refusal::new("one-waits", Say::new("platforms-refused-one-waits")));
    }
    if w.agency != NATION && !w.model.is_some_and(State::open) {
        no.push(Refusal::new("no-model", Say::new("platforms-refused-no-model")).clause("P6.2-AM15"));
    }
    if w.agency == NATION {
        terms(&mut no, w.terms);
    }
    if w.whole.summary.trim().is_empty() {
        no.push(Refusal::new("no-summary", Say::new("platforms-refused-summary")).field("summary").clause("P6.2-AM10"));
    }
    if w.whole.alignment.trim().is_empty() {
        no.push(
            Refusal::new("no-alignment", Say::new("platforms-refused-alignment")).field("alignment").clause("P5-I1"),
        );
    }
    for (section, item) in form::items().filter(|(s, i)| !w.whole.answered(s, i)) {
        let say = Say::new("platforms-refused-unanswered").arg("item", Arg::Word(item.word));
        no.push(Refusal::new("unanswered", say).field(item.key).clause(section.clause));
    }
    for (item, clause) in form::numbers().filter(|(i, _)| !(1..=5).contains(&w.whole.number(i.key))) {
        let say = Say::new("platforms-refused-number").arg("item", Arg::Word(item.word));
        no.push(Refusal::new("no-number", say).field(item.key).clause(clause));
    }
    all_or_nothing(no)
}

/// What somebody decides about a review.
#[derive(Debug, Clone)]
pub struct Deciding {
    pub decision: Decision,
    pub conditions: String,
    pub reason: String,
    pub valid_until: Option<i64>,
    pub review_at: Option<i64>,
    /// What is left of the risk is taken on, by whoever decides.
    pub accept: bool,
}

/// What the rules see of the review that is decided.
pub struct Open<'a> {
    pub review: &'a Review,
    pub whole: &'a Form,
    /// The national review the agency adapted, as it counts now, if it is still the one in force.
    pub model: Option<State>,
    pub terms: Option<&'a Terms>,
}

pub fn may_decide(actor: &Actor, open: &Open, d: &Deciding, now: i64) -> Result<()> {
    let (review, mut no) = (open.review, vec![]);
    if !may_decide_for(actor, review.agency_id) {
        no.push(not_yours());
    }
    if !review.waits() {
        no.push(Refusal::new("wrong-state", Say::new("platforms-refused-state")));
    }
    if actor.who == Who::Person(review.written_by) {
        no.push(Refusal::new("self-decision", Say::new("platforms-refused-self")).clause("P6.2-AM10"));
    }
    if d.decision == Decision::Restricted && d.conditions.trim().is_empty() {
        no.push(Refusal::new("no-conditions", Say::new("platforms-refused-conditions")).field("conditions"));
    }
    if d.decision == Decision::NotApproved && d.reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("platforms-refused-reason")).field("reason"));
    }
    if d.decision.opens() {
        dates(&mut no, d, now);
        risks(&mut no, open.whole, d);
        if review.national() {
            terms(&mut no, open.terms);
            if open.terms.is_some_and(|t| Some(t.id) != review.terms_id) {
                no.push(Refusal::new("older-terms", Say::new("platforms-refused-older-terms")).clause("P6.2-AM12"));
            }
        } else {
            model(&mut no, open.model, d.decision);
        }
    }
    all_or_nothing(no)
}

fn dates(no: &mut Vec<Refusal>, d: &Deciding, now: i64) {
    match d.valid_until {
        Some(until) if until > now && until <= now + LONGEST => {}
        _ => no
            .push(Refusal::new("no-end", Say::new("platforms-refused-until")).field("valid_until").clause("P6.2-AM10")),
    }
    let before_end = |at: i64| at > now && d.valid_until.is_none_or(|until| at <= until);
    if !d.review_at.is_some_and(before_end) {
        no.push(
            Refusal::new("no-review-day", Say::new("platforms-refused-review-day"))
                .field("review_on")
                .clause("P6.2-AM10"),
        );
    }
}

fn risks(no: &mut Vec<Refusal>, whole: &Form, d: &Deciding) {
    if !d.accept {
        no.push(
            Refusal::new("risk-not-accepted", Say::new("platforms-refused-risk"))
                .field("accept_residual_risk")
                .clause("P6.2-AM13"),
        );
    }
    for (which, clause) in [(1, "P6.2-AM13"), (2, "P6.2-AM14")] {
        if d.decision == Decision::Approved && whole.risk(which) >= EXTREME {
            no.push(Refusal::new("extreme-risk", Say::new("platforms-refused-extreme")).clause(clause));
        }
    }
}

fn model(no: &mut Vec<Refusal>, model: Option<State>, decision: Decision) {
    match model {
        Some(State::Restricted) if decision == Decision::Approved => {
            no.push(Refusal::new("laxer", Say::new("platforms-refused-laxer")).clause("P6.2-AM15"));
        }
        Some(state) if state.open() => {}
        _ => no.push(Refusal::new("model-changed", Say::new("platforms-refused-model-changed")).clause("P6.2-AM15")),
    }
}

/// What is wrong with a snapshot of terms, if anything.
pub fn may_record_terms(actor: &Actor, reviewable: bool, body: &str, taken_at: Option<i64>, now: i64) -> Result<()> {
    let mut no = vec![];
    if !oversees(actor) {
        no.push(not_yours());
    }
    if !reviewable {
        no.push(Refusal::new("not-reviewable", Say::new("platforms-refused-not-reviewable")).clause("P6.2-AM10"));
    }
    if body.trim().chars().count() < 40 {
        no.push(Refusal::new("no-text", Say::new("platforms-refused-terms-text")).field("body").clause("P6.2-AM12"));
    }
    if taken_at.is_none_or(|at| at > now) {
        no.push(Refusal::new("no-day", Say::new("platforms-refused-terms-day")).field("taken_on"));
    }
    all_or_nothing(no)
}

/// Somebody else than who recorded the new terms says what their change means.
pub fn may_acknowledge(actor: &Actor, t: &Terms, effect: &str, note: &str) -> Result<()> {
    let mut no = vec![];
    if !oversees(actor) {
        no.push(not_yours());
    }
    if t.acknowledged() {
        no.push(Refusal::new("wrong-state", Say::new("platforms-refused-acknowledged")));
    }
    if actor.who == Who::Person(t.recorded_by) {
        no.push(Refusal::new("self-decision", Say::new("platforms-refused-terms-self")).clause("P6.2-AM12"));
    }
    if !matches!(effect, "none" | "review") {
        no.push(Refusal::new("no-effect", Say::new("platforms-refused-effect")).field("effect"));
    }
    if note.trim().is_empty() {
        no.push(Refusal::new("no-note", Say::new("platforms-refused-effect-note")).field("effect_note"));
    }
    all_or_nothing(no)
}

/// A decision that is none of the three.
pub fn unknown_decision(given: &str) -> Error {
    let known = Decision::ALL.map(Decision::code).join(", ");
    let say = Say::new("error-one-of").arg("given", given).arg("known", known);
    Error::invalid(vec![FieldError::new("decision", say)])
}

/// How accounts are protected is for those who run them, not for those who attack them.
pub fn only_for_desks(key: &str) -> bool {
    form::items().any(|(section, item)| item.key == key && section.key == "security")
}
