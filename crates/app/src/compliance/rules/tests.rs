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
