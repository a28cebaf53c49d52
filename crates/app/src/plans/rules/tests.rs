use super::*;
use crate::people::Role;
use crate::plans::model;
use crate::plans::plan::records::Objective;
use crate::policy::Source;
use ground::ctx::Grant;

fn actor(id: i64, right: Right) -> Actor {
    let mut a = Actor::new(Who::Person(id), "x");
    a.grants = vec![Grant { right, scope: Some(7) }];
    a
}
fn codes(r: Result<()>) -> Vec<(&'static str, Option<&'static str>)> {
    r.err().map(|e| e.refusals().iter().map(|r| (r.code, r.clause)).collect()).unwrap_or_default()
}
fn members() -> Vec<Member> {
    let member = |id, name: &str, roles: &[Role]| Member { id, name: name.into(), roles: roles.to_vec() };
    vec![member(1, "Pema", &[Role::Author]), member(2, "Dorji", &[Role::Lead])]
}
/// 2026-11-24 in Thimphu.
const NOW: i64 = 1_795_500_000_000_000;

fn held(change: impl Fn(&mut Draft)) -> Vec<(&'static str, Option<&'static str>)> {
    let pack = Pack::load(&Source::Embedded).unwrap();
    let members = members();
    let known = Known { pack: &pack, members: &members, now: NOW };
    let mut draft = model::of_kind(&known, "ministry", "en");
    draft.title = "Plan".into();
    change(&mut draft);
    let plan = Facts { agency: 7, state: "draft", version: 1, author: 1, draft: &draft };
    codes(may_submit(&actor(1, WRITE_PLANS), &plan, 1, &known))
}

#[test]
fn the_model_of_every_kind_is_complete_once_it_has_a_title() {
    let pack = Pack::load(&Source::Embedded).unwrap();
    let members = members();
    let known = Known { pack: &pack, members: &members, now: NOW };
    for kind in pack.kinds().iter() {
        for lang in ["en", "dz"] {
            let draft = Draft { title: "Plan".into(), ..model::of_kind(&known, &kind.id, lang) };
            check(&draft, &pack).unwrap();
            let no = complete(&draft, &known);
            assert!(no.is_empty(), "{} in {lang}: {no:?}", kind.id);
            assert!(better(&draft).is_empty(), "{} in {lang}", kind.id);
        }
    }
}

#[test]
fn p6_2_ap3_each_missing_part_is_named_with_its_clause() {
    assert_eq!(held(|_| ()), []);
    let empty = held(|d| *d = Draft::default());
    let clauses: Vec<_> = empty.iter().filter_map(|(_, clause)| *clause).collect();
    for clause in ["P6.2-AP1", "P6.2-AP3", "P6.2-AP4", "P6.2-AP5", "P6.2-AP6", "P6.2-AP7", "P6.2-AP8"] {
        assert!(clauses.contains(&clause), "{clause} in {clauses:?}");
    }
    assert_eq!(held(|d| d.parts[0] = "  ".into()), [("missing-part", Some("P6.2-AP3"))]);
    let due = |d: &mut Draft| d.records.objectives[0].due_on = "2031-01-01".into();
    assert_eq!(held(due), [("outside-term", Some("P6.2-AP3"))]);
}

#[test]
fn p6_2_ap4_an_audience_has_a_name_and_a_way_to_reach_it() {
    let deaf = |d: &mut Draft| d.records.audiences.iter_mut().for_each(|a| a.channels.clear());
    assert_eq!(held(deaf), [("missing-part", Some("P6.2-AP4"))]);
}

#[test]
fn p6_2_ap5_a_risk_of_every_area_has_a_treatment_and_an_owner() {
    let dropped = |d: &mut Draft| d.records.risks.retain(|t| t.risk != "R13");
    assert_eq!(held(dropped), [("missing-part", Some("P6.2-AP5"))]);
    assert_eq!(held(|d| d.records.risks[0].owner.clear()), [("missing-part", Some("P6.2-AP5"))]);
    assert_eq!(held(|d| d.records.risks.clear()).len(), 5, "one reason for each area");
}

#[test]
fn p6_2_ap6_hours_and_people_are_said() {
    assert_eq!(held(|d| d.records.resources.hours = Some(0)), [("missing-part", Some("P6.2-AP6"))]);
    assert_eq!(held(|d| d.records.resources.people = None), [("missing-part", Some("P6.2-AP6"))]);
}

#[test]
fn p6_2_ap7_an_objective_without_a_measure_is_refused() {
    let bare = |d: &mut Draft| d.records.objectives[0].measure.clear();
    assert_eq!(held(bare), [("unmeasured", Some("P6.2-AP7"))]);
    let quality = |d: &mut Draft| {
        d.records.objectives[0].measure.clear();
        d.records.objectives[0].quality = "Three readers are asked".into();
    };
    assert_eq!(held(quality), [], "quality is a measure, too");
}

#[test]
fn p6_2_ap8_lead_author_and_approver_are_people_with_these_roles_and_apart() {
    let same = |d: &mut Draft| d.records.duties.iter_mut().for_each(|duty| duty.person = "1".into());
    let no = held(same);
    assert!(no.iter().all(|r| r.1 == Some("P6.2-AP8")) && no.len() > 1, "{no:?}");
    let nobody = |d: &mut Draft| d.records.duties.retain(|duty| duty.role != "lead");
    assert_eq!(held(nobody), [("governance", Some("P6.2-AP8"))]);
    let stranger = |d: &mut Draft| d.records.duties[0].person = "99".into();
    assert_eq!(held(stranger), [("governance", Some("P6.2-AP8"))]);
}

#[test]
fn p4_o0_each_objective_serves_a_pillar_and_an_objective_of_the_policy() {
    let unbound = |d: &mut Draft| d.records.objectives[1].objective.clear();
    assert_eq!(held(unbound), [("unbound", Some("P4-O0"))]);
    let no_pillar = |d: &mut Draft| d.records.objectives[1].aims = vec!["health".into()];
    assert_eq!(held(no_pillar), [("unbound", Some("P4-O0"))]);
}

#[test]
fn a_term_has_an_order_an_end_and_a_bound() {
    for (from, to) in
        [("", ""), ("2027-02-01", "2027-01-01"), ("2020-01-01", "2020-12-31"), ("2027-01-01", "2032-01-01")]
    {
        let no = held(|d| {
            d.records.starts_on = from.into();
            d.records.ends_on = to.into();
            d.records.objectives.iter_mut().for_each(|o| o.due_on = to.into());
        });
        assert!(no.contains(&("term", Some("P6.2-AP1"))), "{from} to {to}: {no:?}");
    }
}

#[test]
fn what_cannot_be_kept_is_told_field_by_field() {
    let pack = Pack::load(&Source::Embedded).unwrap();
    let mut draft = Draft { title: "x".repeat(201), ..Draft::default() };
    draft.records.starts_on = "01/02/2027".into();
    draft.records.resources.money = Some(-1);
    let objective =
        Objective { objective: "P9".into(), aims: vec!["fun".into()], measure: "M99".into(), ..Objective::default() };
    draft.records.objectives.push(objective);
    let error = check(&draft, &pack).unwrap_err();
    let fields: Vec<&str> = error.fields().iter().map(|f| f.field.as_str()).collect();
    let wanted = ["title", "starts_on", "objective-1-objective", "objective-1-aims", "objective-1-measure", "money"];
    assert_eq!(fields, wanted);
}

#[test]
fn somebody_else_approves_what_is_submitted() {
    let draft = Draft::default();
    let plan = |state| Facts { agency: 7, state, version: 2, author: 1, draft: &draft };
    assert!(codes(may_approve(&actor(2, APPROVE_PLANS), &plan("submitted"), 2, false)).is_empty());
    assert_eq!(codes(may_approve(&actor(1, APPROVE_PLANS), &plan("submitted"), 2, false))[0].0, "self-approval");
    assert_eq!(codes(may_approve(&actor(2, APPROVE_PLANS), &plan("submitted"), 2, true))[0].0, "term");
    assert_eq!(
        codes(may_approve(&actor(2, APPROVE_PLANS), &plan("draft"), 1, false)),
        [("stale-version", None), ("wrong-state", None)]
    );
    assert_eq!(codes(may_reject(&actor(2, APPROVE_PLANS), &plan("submitted"), 2, ""))[0].0, "no-reason");
}
