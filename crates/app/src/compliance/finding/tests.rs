use super::*;
use State::{Met, NotApplicable, NotMet, Partly, Unknown};

#[test]
fn an_obligation_is_met_only_when_everything_that_applies_shows_it() {
    for (states, found) in [
        (vec![], Unknown),
        (vec![Met], Met),
        (vec![Met, NotApplicable], Met),
        (vec![NotApplicable], NotApplicable),
        (vec![Met, Unknown], Partly),
        (vec![Met, NotMet], Partly),
        (vec![Partly], Partly),
        (vec![NotMet, Unknown], NotMet),
        (vec![Unknown, NotApplicable], Unknown),
    ] {
        assert_eq!(together(states.iter().copied()), found, "{states:?}");
    }
    for state in State::ALL {
        assert_eq!(State::of_letter(state.letter()), state);
    }
}
