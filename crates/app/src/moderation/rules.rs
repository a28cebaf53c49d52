//! Fair moderation as rules: a ground of the published list, a reason, no harsher than the ground says, a second person
//! where it is grave, an appeal to somebody who had no part in it. Pure.
use super::case::{Appeal, Decision, NONE, step_of};
use crate::people::roles::{DECIDE_APPEALS, MODERATE};
use crate::policy::{Ground, SecondReviewer};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::{Error, Refusal, Result, Say};

/// A reason somebody can follow has at least so many characters.
pub const LEAST_REASON: usize = 10;

/// What is wanted, with what is known about it.
pub struct Wanted<'a> {
    pub agency: i64,
    pub action: &'a str,
    pub ground: Option<&'a Ground>,
    pub reason: &'a str,
    /// The message can still be seen by somebody.
    pub standing: bool,
    /// Another decision about it waits for its second reviewer.
    pub pending: bool,
    /// An earlier decision about this author stands.
    pub repeated: bool,
    /// The words were changed since they were seen.
    pub other_words: bool,
}

fn no(refusals: &mut Vec<Refusal>, code: &'static str, key: &'static str) {
    refusals.push(Refusal::new(code, Say::new(key)).clause("P6.2-CM7"));
}

fn reasoned(refusals: &mut Vec<Refusal>, reason: &str) {
    if reason.trim().chars().count() < LEAST_REASON {
        let say = Say::new("moderation-refused-no-reason").arg("n", LEAST_REASON);
        refusals.push(Refusal::new("no-reason", say).clause("P6.2-CM7").field("reason"));
    }
}

pub fn may_decide(actor: &Actor, w: &Wanted<'_>) -> Result<()> {
    if !actor.may(MODERATE, w.agency) {
        return Err(Error::not_allowed());
    }
    let mut refusals = vec![];
    reasoned(&mut refusals, w.reason);
    if !w.standing {
        no(&mut refusals, "not-standing", "moderation-refused-not-standing");
    }
    if w.other_words {
        no(&mut refusals, "other-words", "moderation-refused-other-words");
    }
    if w.pending {
        no(&mut refusals, "pending", "moderation-refused-pending");
    }
    if w.action != NONE {
        match (step_of(w.action), w.ground) {
            (None, _) => no(&mut refusals, "no-action", "moderation-refused-no-action"),
            (_, None) => no(&mut refusals, "no-ground", "moderation-refused-no-ground"),
            (Some(step), Some(ground)) if step > ground.least_action && !w.repeated => {
                no(&mut refusals, "too-harsh", "moderation-refused-too-harsh");
            }
            _ => {}
        }
    }
    all_or_nothing(refusals)
}

/// Whether the ground asks for a second person.
pub fn needs_second(ground: Option<&Ground>, public_figure: bool) -> bool {
    ground.is_some_and(|g| match g.two_reviewers {
        SecondReviewer::Yes => true,
        SecondReviewer::PublicFigure => public_figure,
        SecondReviewer::No => false,
    })
}

/// The second reviewer is another moderator, or somebody who decides appeals.
pub fn may_second(actor: &Actor, d: &Decision, reason: &str) -> Result<()> {
    if !actor.may(MODERATE, d.agency_id) && !actor.may(DECIDE_APPEALS, d.agency_id) {
        return Err(Error::not_allowed());
    }
    let mut refusals = vec![];
    reasoned(&mut refusals, reason);
    if d.state != "proposed" {
        no(&mut refusals, "not-proposed", "moderation-refused-not-proposed");
    }
    if actor.person()? == d.decided_by {
        no(&mut refusals, "own-decision", "moderation-refused-own");
    }
    all_or_nothing(refusals)
}

pub fn may_appeal(d: &Decision, known: Option<&Appeal>, text: &str, now: i64) -> Result<()> {
    let mut refusals = vec![];
    if d.state != "final" || !d.acts() {
        no(&mut refusals, "nothing-to-appeal", "moderation-refused-nothing-to-appeal");
    }
    if known.is_some() {
        no(&mut refusals, "appealed", "moderation-refused-appealed");
    }
    if now > d.appeal_by {
        no(&mut refusals, "too-late", "moderation-refused-too-late");
    }
    let n = text.trim().chars().count();
    if n == 0 || n > 5000 {
        no(&mut refusals, "no-text", "moderation-refused-no-text");
    }
    all_or_nothing(refusals)
}

/// Somebody who had no part in it.
pub fn may_decide_appeal(actor: &Actor, d: &Decision, a: &Appeal, outcome: &str, reason: &str) -> Result<()> {
    if !actor.may(DECIDE_APPEALS, d.agency_id) {
        return Err(Error::not_allowed());
    }
    let me = actor.person()?;
    let mut refusals = vec![];
    reasoned(&mut refusals, reason);
    if a.state != "open" {
        no(&mut refusals, "decided", "moderation-refused-decided");
    }
    if me == d.decided_by || d.second_by == Some(me) || a.lodged_by == actor.label() {
        no(&mut refusals, "had-a-part", "moderation-refused-had-a-part");
    }
    if !matches!(outcome, "uphold" | "overturn") {
        no(&mut refusals, "no-outcome", "moderation-refused-no-outcome");
    }
    all_or_nothing(refusals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Step, Text};
    use ground::ctx::{Grant, Right, Who};

    fn ground(least_action: Step, two_reviewers: SecondReviewer) -> Ground {
        let text = || Text::new(vec![]);
        Ground {
            id: "G".into(),
            title: text(),
            description: text(),
            never: text(),
            least_action,
            two_reviewers,
            clause: "P6.2-CM7".into(),
            drafts: vec![],
        }
    }
    fn who(id: i64, rights: &[Right]) -> Actor {
        let grants = rights.iter().map(|r| Grant { right: *r, scope: Some(7) }).collect();
        Actor { grants, ..Actor::new(Who::Person(id), "x") }
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.unwrap_err().refusals().iter().map(|r| r.code).collect()
    }
    fn decision(state: &str) -> Decision {
        let t = String::new;
        Decision {
            id: 1,
            message_id: 1,
            agency_id: 7,
            author: t(),
            action: "hide".into(),
            ground: "G".into(),
            reason: t(),
            snapshot: t(),
            snapshot_hash: t(),
            state: state.into(),
            decided_by: 1,
            decided_at: 0,
            second_by: Some(2),
            second_at: None,
            second_reason: t(),
            appeal_by: 100,
            on_platform: t(),
            version: 1,
        }
    }
    fn appeal(state: &str) -> Appeal {
        let t = String::new;
        let (lodged_by, text) = ("citizen:9".into(), t());
        let (decided_by, decided_at) = (None, None);
        Appeal {
            id: 1,
            decision_id: 1,
            agency_id: 7,
            lodged_by,
            text,
            state: state.into(),
            lodged_at: 0,
            answer_by: 0,
            decided_by,
            decided_at,
            reason: t(),
        }
    }

    #[test]
    fn a_ground_a_reason_and_no_harsher_than_the_ground() {
        let mild = ground(Step::Collapse, SecondReviewer::No);
        let ok = |action, ground, reason, repeated| {
            let (standing, pending) = (true, false);
            may_decide(
                &who(1, &[MODERATE]),
                &Wanted { agency: 7, action, ground, reason, standing, pending, repeated, other_words: false },
            )
        };
        let reason = "Has nothing to do with it";
        assert!(ok("collapse", Some(&mild), reason, false).is_ok());
        assert!(ok("none", None, reason, false).is_ok());
        assert_eq!(codes(ok("hide", Some(&mild), reason, false)), ["too-harsh"]);
        assert!(ok("hide", Some(&mild), reason, true).is_ok());
        assert_eq!(codes(ok("hide", None, "no", false)), ["no-reason", "no-ground"]);
        assert_eq!(codes(ok("delete", Some(&mild), reason, false)), ["no-action"]);
        let gone = Wanted {
            agency: 7,
            action: "none",
            ground: None,
            reason,
            standing: false,
            pending: true,
            repeated: false,
            other_words: true,
        };
        assert_eq!(codes(may_decide(&who(1, &[MODERATE]), &gone)), ["not-standing", "other-words", "pending"]);
        assert!(codes(may_decide(&who(1, &[]), &gone)).is_empty(), "not allowed at all");
    }

    #[test]
    fn grave_grounds_need_two() {
        assert!(needs_second(Some(&ground(Step::Hide, SecondReviewer::Yes)), false));
        assert!(!needs_second(Some(&ground(Step::Hide, SecondReviewer::No)), true));
        let figure = ground(Step::Hide, SecondReviewer::PublicFigure);
        assert!(needs_second(Some(&figure), true) && !needs_second(Some(&figure), false) && !needs_second(None, true));
        let reason = "I see it the same way";
        assert!(may_second(&who(3, &[MODERATE]), &decision("proposed"), reason).is_ok());
        assert!(may_second(&who(3, &[DECIDE_APPEALS]), &decision("proposed"), reason).is_ok());
        assert_eq!(codes(may_second(&who(1, &[MODERATE]), &decision("proposed"), reason)), ["own-decision"]);
        assert_eq!(codes(may_second(&who(3, &[MODERATE]), &decision("final"), "")), ["no-reason", "not-proposed"]);
    }

    #[test]
    fn an_appeal_goes_to_somebody_without_a_part_in_it() {
        assert!(may_appeal(&decision("final"), None, "It was a question", 100).is_ok());
        let late = may_appeal(&decision("overturned"), Some(&appeal("open")), " ", 101);
        assert_eq!(codes(late), ["nothing-to-appeal", "appealed", "too-late", "no-text"]);
        let decide = |id, outcome| {
            let reason = "Read it again with care";
            may_decide_appeal(&who(id, &[DECIDE_APPEALS]), &decision("final"), &appeal("open"), outcome, reason)
        };
        assert!(decide(3, "uphold").is_ok() && decide(3, "overturn").is_ok());
        assert_eq!(codes(decide(1, "uphold")), ["had-a-part"]);
        assert_eq!(codes(decide(2, "maybe")), ["had-a-part", "no-outcome"]);
        let again = may_decide_appeal(&who(3, &[DECIDE_APPEALS]), &decision("final"), &appeal("upheld"), "uphold", "");
        assert_eq!(codes(again), ["no-reason", "decided"]);
    }
}
