//! What is found of an obligation: put together from every control that serves it. Pure.
use super::store::Standing;
use crate::policy::{EACH, Obligation, Pack};
use ground::slice::{Control, Criterion, Verdict};
use jiff::civil::Date;
use std::collections::HashMap;

#[cfg(test)]
mod tests;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    NotMet,
    Partly,
    /// Nobody has shown it yet, or what was shown has lapsed.
    Unknown,
    Met,
    NotApplicable,
}

impl State {
    pub const ALL: [State; 5] = [State::Met, State::Partly, State::NotMet, State::Unknown, State::NotApplicable];

    /// As the row of the map keeps it.
    pub fn letter(self) -> char {
        match self {
            State::Met => 'm',
            State::Partly => 'p',
            State::NotMet => 'n',
            State::Unknown => 'u',
            State::NotApplicable => 'x',
        }
    }
    pub fn of_letter(letter: char) -> State {
        State::ALL.into_iter().find(|s| s.letter() == letter).unwrap_or(State::Unknown)
    }
    pub fn code(self) -> &'static str {
        match self {
            State::Met => "met",
            State::Partly => "partly",
            State::NotMet => "not-met",
            State::Unknown => "not-assessed",
            State::NotApplicable => "not-applicable",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            State::Met => "compliance-state-met",
            State::Partly => "compliance-state-partly",
            State::NotMet => "compliance-state-not-met",
            State::Unknown => "compliance-state-unknown",
            State::NotApplicable => "compliance-state-not-applicable",
        }
    }
    pub fn tone(self) -> &'static str {
        match self {
            State::Met => "good",
            State::Partly => "warn",
            State::NotMet => "bad",
            State::Unknown | State::NotApplicable => "",
        }
    }
}

pub fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Partly => "partly",
        Verdict::NotMet => "not-met",
        Verdict::NotApplicable => "not-applicable",
    }
}

fn state_of(verdict: &str) -> State {
    State::ALL.into_iter().find(|s| s.code() == verdict).unwrap_or(State::Unknown)
}

/// Whether this agency carries the obligation on that day.
pub fn carries(pack: &Pack, obligation: &Obligation, agency: &str, day: Date) -> bool {
    let holds = |duty: &String| duty == EACH || pack.holder(duty, day).is_some_and(|a| a.code == agency);
    pack.holds(&obligation.id, day) && obligation.carried_by.iter().any(holds)
}

/// The controls that serve an obligation: those that name it, and those that named an earlier clause whose evidence holds
/// for it. With the place of each among all.
pub fn serving<'c>(pack: &Pack, controls: &'c [Control], obligation: &str) -> Vec<(usize, &'c Control)> {
    let named = pack.carried(obligation);
    let serves = |(_, c): &(usize, &Control)| c.obligations.iter().any(|id| named.contains(id));
    controls.iter().enumerate().filter(serves).collect()
}

/// One control of one agency: the worse of what it shows itself and what a review said.
pub fn of_control(control: &Control, standing: &HashMap<(String, String), Standing>, now: i64) -> State {
    if matches!(control.criterion, Criterion::Built) {
        return State::Met;
    }
    let of = |source: &str| {
        let found = standing.get(&(control.id.to_owned(), source.to_owned()))?;
        found.until_at.is_none_or(|until| until > now).then(|| state_of(&found.verdict))
    };
    let own = of("own").unwrap_or(State::Unknown);
    match of("review") {
        Some(review) => own.min(review),
        None => own,
    }
}

/// The obligation, from its controls: the worst that is known. Where some show it and others show nothing yet, it is
/// partly met; where something fails and something holds, too.
pub fn together(states: impl Iterator<Item = State>) -> State {
    let states: Vec<State> = states.collect();
    let some = |state| states.contains(&state);
    let applies = || states.iter().filter(|s| **s != State::NotApplicable);
    if states.is_empty() {
        State::Unknown
    } else if applies().next().is_none() {
        State::NotApplicable
    } else if applies().all(|s| *s == State::Met) {
        State::Met
    } else if some(State::Met) || some(State::Partly) {
        State::Partly
    } else if some(State::NotMet) {
        State::NotMet
    } else {
        State::Unknown
    }
}
