//! Who may answer, and when an answer needs somebody else. Pure.
use super::message::{Answer, Message};
use crate::people::roles::{ANSWER_MESSAGES, ANSWER_WITHOUT_APPROVAL};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::{Error, FieldError, Refusal, Result, Say};

/// Longer than any platform takes.
pub const MOST_ANSWER: usize = 5_000;
pub const MOST_COMMENT: usize = 2_000;

fn words(field: &'static str, text: &str, most: usize) -> Result<()> {
    let n = text.chars().count();
    let say = if text.trim().is_empty() {
        Say::new("inbox-error-empty")
    } else if n > most {
        Say::new("inbox-error-long").arg("limit", most).arg("found", n)
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Say::new("inbox-error-control")
    } else {
        return Ok(());
    };
    Err(Error::invalid(vec![FieldError::new(field, say)]))
}

pub fn good_comment(text: &str) -> Result<()> {
    words("text", text, MOST_COMMENT)
}

/// `open_answer`: another answer is on its way already; `too_long`: the platform's limit and the length it counts.
pub fn may_answer(
    actor: &Actor,
    m: &Message,
    text: &str,
    open_answer: bool,
    too_long: Option<(usize, usize)>,
) -> Result<()> {
    if !actor.may(ANSWER_MESSAGES, m.agency_id) {
        return Err(Error::not_allowed());
    }
    words("text", text, MOST_ANSWER)?;
    let mut refusals = vec![];
    let mut no = |code, key| refusals.push(Refusal::new(code, Say::new(key)).clause("P6.2-RS1"));
    if m.visibility == "withdrawn" {
        no("message-withdrawn", "inbox-refused-withdrawn");
    }
    if m.deleted_at.is_some() {
        no("message-deleted-there", "inbox-refused-deleted-there");
    }
    if open_answer {
        no("answer-waiting", "inbox-refused-waiting");
    }
    if let Some((limit, found)) = too_long {
        let say = Say::new("inbox-error-long").arg("limit", limit).arg("found", found);
        refusals.push(Refusal::new("text-too-long", say).field("text"));
    }
    all_or_nothing(refusals)
}

/// Whether an answer of this person goes out at once.
pub fn needs_nobody(actor: &Actor, agency: i64) -> bool {
    actor.may(ANSWER_WITHOUT_APPROVAL, agency)
}

/// How long after one reading of a message the next is.
const GAPS: [i64; 5] = [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY];
/// Older messages are not read again.
const REACH: i64 = 14 * DAY;
/// What came in one moment is not read again in one.
const SPREAD: i64 = 10 * MINUTE;

/// When a message that came in is read again first.
pub fn first_reading(m: &Message) -> i64 {
    m.received_at + HOUR + m.id.rem_euclid(SPREAD)
}

/// When it is read again after so many readings; never after the last.
pub fn next_reading(id: i64, received_at: i64, done: i64, now: i64) -> Option<i64> {
    let gap = GAPS.get(usize::try_from(done).ok()?)?;
    within_reach(received_at, now + gap + id.rem_euclid(SPREAD))
}

/// The moment, if a message that old is still read again then.
pub fn within_reach(received_at: i64, moment: i64) -> Option<i64> {
    (moment <= received_at + REACH).then_some(moment)
}

/// Somebody else, who may, and the exact words that were seen.
///
/// `gone`: an answer to what is not there any more cannot be let go, only sent back.
pub fn may_decide(actor: &Actor, a: &Answer, seen: &str, gone: bool) -> Result<()> {
    if !actor.may(ANSWER_WITHOUT_APPROVAL, a.agency_id) {
        return Err(Error::not_allowed());
    }
    let mut refusals = vec![];
    let mut no = |code, key, clause| refusals.push(Refusal::new(code, Say::new(key)).clause(clause));
    if a.state != "waiting" {
        no("not-waiting", "inbox-refused-not-waiting", "P6.2-CM1");
    }
    if gone {
        no("message-deleted-there", "inbox-refused-deleted-there", "P6.2-RS1");
    }
    if actor.person()? == a.author_id {
        no("own-answer", "inbox-refused-own", "P6.2-CM1");
    }
    if seen != a.content_hash {
        no("other-words", "inbox-refused-other-words", "P6.2-CM1");
    }
    all_or_nothing(refusals)
}

pub fn may_close(actor: &Actor, m: &Message, reason: &str) -> Result<()> {
    if !actor.may(ANSWER_MESSAGES, m.agency_id) {
        return Err(Error::not_allowed());
    }
    let mut refusals = vec![];
    let mut no = |code, key| refusals.push(Refusal::new(code, Say::new(key)).clause("P6.2-RS1"));
    if !m.is_open() {
        no("not-open", "inbox-refused-not-open");
    }
    if reason.trim().is_empty() {
        no("no-reason", "inbox-refused-no-reason");
    }
    all_or_nothing(refusals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::{Grant, Who};

    fn answer(state: &str) -> Answer {
        Answer {
            id: 1,
            message_id: 2,
            agency_id: 7,
            text: "Yes".into(),
            lang: "en".into(),
            content_hash: "h".into(),
            state: state.into(),
            author_id: 1,
            decided_by: None,
            decided_at: None,
            reason: String::new(),
            url: String::new(),
            remote_id: String::new(),
            created_at: 0,
            sent_at: None,
        }
    }
    fn message() -> Message {
        Message {
            id: 2,
            agency_id: 7,
            account_id: 3,
            platform: "simulator".into(),
            remote_id: "r1".into(),
            post_id: None,
            parent_id: None,
            citizen_id: None,
            author_id: "a".into(),
            author_name: "a".into(),
            author_url: String::new(),
            text: "When?".into(),
            lang: "en".into(),
            url: String::new(),
            state: "open".into(),
            visibility: "shown".into(),
            written_at: 0,
            received_at: 0,
            answered_at: None,
            closed_reason: String::new(),
            edited_at: None,
            deleted_at: None,
            version: 1,
        }
    }
    fn who(id: i64, right: ground::ctx::Right) -> Actor {
        Actor { grants: vec![Grant { right, scope: Some(7) }], ..Actor::new(Who::Person(id), "x") }
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.unwrap_err().refusals().iter().map(|r| r.code).collect()
    }

    #[test]
    fn an_answer_is_approved_by_another_in_the_words_seen() {
        assert!(may_decide(&who(2, ANSWER_WITHOUT_APPROVAL), &answer("waiting"), "h", false).is_ok());
        let all = codes(may_decide(&who(1, ANSWER_WITHOUT_APPROVAL), &answer("sent"), "x", false));
        assert_eq!(all, ["not-waiting", "own-answer", "other-words"]);
        let plain = may_decide(&who(2, ANSWER_MESSAGES), &answer("waiting"), "h", false);
        assert!(matches!(plain.unwrap_err().kind, ground::error::Kind::NotAllowed));
        assert!(needs_nobody(&who(1, ANSWER_WITHOUT_APPROVAL), 7) && !needs_nobody(&who(1, ANSWER_MESSAGES), 7));
        assert!(!needs_nobody(&who(1, ANSWER_WITHOUT_APPROVAL), 8));
    }

    #[test]
    fn an_answer_to_what_is_gone_is_not_let_go() {
        let refused = codes(may_decide(&who(2, ANSWER_WITHOUT_APPROVAL), &answer("waiting"), "h", true));
        assert_eq!(refused, ["message-deleted-there"]);
    }

    #[test]
    fn the_gaps_between_readings_grow_and_end_after_fourteen_days() {
        let m = Message { id: 12 * SPREAD, received_at: 1_000, ..message() };
        let mut at = first_reading(&m);
        assert_eq!(at, 1_000 + HOUR);
        let mut gaps = vec![];
        for done in 1.. {
            let Some(next) = next_reading(m.id, m.received_at, done, at) else { break };
            gaps.push(next - at);
            at = next;
        }
        assert_eq!(gaps, [6 * HOUR, DAY, 3 * DAY, 7 * DAY]);
        assert_eq!(next_reading(m.id, m.received_at, 1, 1_000 + REACH), None, "it was away for two weeks");
        let other = Message { id: 12 * SPREAD + 7, ..m };
        assert_eq!(first_reading(&other), 1_007 + HOUR);
    }

    #[test]
    fn a_comment_is_words_of_a_sane_length() {
        assert!(good_comment("Thank you!\nGood.").is_ok());
        for bad in ["", "  \n", "a\u{0}b", &"x".repeat(MOST_COMMENT + 1)] {
            assert!(good_comment(bad).is_err());
        }
    }
}
