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
    let seen = ["File 12".to_owned()];
    let done = Saying { verdict: "met", reason: "Done in May", evidence: &seen, unknown: &[] };
    assert!(codes(may_attest(&lead, 7, Some(&said), &done)).is_empty());
    assert_eq!(codes(may_attest(&other, 7, Some(&said), &done)), ["not-yours"]);
    let nothing = Saying { verdict: "perfect", reason: " ", ..done };
    assert_eq!(codes(may_attest(&lead, 7, Some(&said), &nothing)), ["no-verdict", "no-reason"]);
    assert_eq!(codes(may_attest(&lead, 7, Some(&control(Criterion::Built)), &done)), ["computed"]);
    assert_eq!(codes(may_attest(&lead, 7, None, &done)), ["no-control"]);
}

#[test]
fn what_is_said_to_be_met_is_shown_and_what_is_not_met_needs_nothing_to_see() {
    let (lead, said) = (holding(ATTEST, Some(7)), control(Criterion::Attested { months: 12 }));
    let saying = |verdict, evidence: &[String], unknown: &[String]| {
        codes(may_attest(&lead, 7, Some(&said), &Saying { verdict, reason: "So it is", evidence, unknown }))
    };
    let one = |text: &str| vec![text.to_owned()];
    for verdict in ["met", "partly"] {
        assert_eq!(saying(verdict, &[], &[]), ["no-evidence"]);
    }
    for verdict in ["not-met", "not-applicable"] {
        assert!(saying(verdict, &[], &[]).is_empty());
    }
    assert_eq!(saying("met", &one(&"x".repeat(301)), &[]), ["too-much-evidence"]);
    assert_eq!(saying("met", &vec!["x".to_owned(); 21], &[]), ["too-much-evidence"]);
    assert_eq!(saying("met", &one("post:1"), &one("post:1")), ["unknown-evidence"]);
}

#[test]
fn a_review_is_of_whoever_oversees_all() {
    let said = control(Criterion::Attested { months: 12 });
    assert!(codes(may_review(&holding(OVERSEE, None), Some(&said), "not-met", "Looked at two")).is_empty());
    assert_eq!(codes(may_review(&holding(OVERSEE, Some(7)), Some(&said), "not-met", "x")), ["not-yours"]);
    assert_eq!(codes(may_review(&holding(OVERSEE, None), Some(&control(Criterion::Built)), "met", "x")), ["built"]);
}
