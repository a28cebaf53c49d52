//! What comes next for a delivery, and what an answer means for it. No database, no network: every case is a test.
use super::begun::Begun;
use super::delivery::{Attempt, Call, Delivery, SENT, WAITING};
use super::why;
use connect::{Failure, Found, Safety, Standing, Verdict};
use ground::clock::{DAY, HOUR, MINUTE, SECOND};

/// A delivery that could not leave for so long is given up, and a person is told.
pub const GIVE_UP_AFTER: i64 = 24 * HOUR;
/// How often an unknown outcome is looked for before a person is asked: for more than an hour, since most outages are
/// over by then and a person knows from the second minute on that it is late.
pub const LOOKS: i64 = 14;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Done, or a person's turn.
    Nothing,
    /// Not before that moment.
    Wait(i64),
    /// Withdrawn before it left.
    Cancel,
    /// Time ran out.
    GiveUp,
    Do(Call),
    /// An earlier call has no outcome: find it.
    Settle,
    /// A person was asked for something that is no longer wanted.
    Recall,
    /// The part before it is not out: that wakes it.
    Hold,
}

/// The next step, from what is stored alone: after a crash it is the same. `over_at`: from then on the open call can no longer
/// be on its way.
pub fn next(d: &Delivery, open: Option<&Attempt>, over_at: i64, now: i64) -> Step {
    if let Some(a) = open.filter(|a| a.by_hand()) {
        let other = d.version > a.version || (d.unwanted && a.kind != Call::TakeDown.code());
        return if other { Step::Recall } else { Step::Nothing };
    }
    if let Some(a) = open {
        // An outcome that was not understood may be looked for at once; a call that may still be running is left alone.
        let from = if a.outcome.is_empty() { over_at } else { d.next_at };
        return if now < from { Step::Wait(from) } else { Step::Settle };
    }
    let call = match d.state.as_str() {
        WAITING if d.unwanted => return Step::Cancel,
        WAITING => Call::Send,
        SENT if !d.problem.is_empty() => return Step::Nothing,
        SENT if d.unwanted => Call::TakeDown,
        SENT if d.sent_version.is_some_and(|v| v < d.version) => Call::Edit,
        _ => return Step::Nothing,
    };
    if now < d.next_at {
        return Step::Wait(d.next_at);
    }
    if call == Call::Send && now > d.due_at + GIVE_UP_AFTER {
        return Step::GiveUp;
    }
    Step::Do(call)
}

/// The same for a part that follows another: no call of its own begins before that one is out. One that may have been made is
/// looked after like any other.
pub fn in_turn(step: Step, d: &Delivery, open: Option<&Attempt>, before: &Delivery) -> Step {
    let begins = d.state == WAITING && open.is_none() && step != Step::Cancel;
    if begins && before.state != SENT { Step::Hold } else { step }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done {
        remote_id: String,
        url: String,
    },
    /// The platform has it and is still working on it: ask at that moment what became of it.
    Working {
        remote_id: String,
        at: i64,
    },
    /// Nothing happened: the same again at that moment.
    Again {
        at: i64,
        why: String,
    },
    /// It will not happen until somebody changes something.
    Refused {
        problem: String,
        text: String,
    },
    /// It may have happened: keep the attempt open and look again at that moment.
    Look {
        at: i64,
        why: String,
    },
    /// Nobody but a person can tell.
    AskPerson {
        why: String,
    },
}

/// 5 s, 10 s, 20 s … at most ten minutes.
pub fn pause(tries: i64) -> i64 {
    ((5 * SECOND) << tries.clamp(0, 10)).min(10 * MINUTE)
}

/// What the answer to a first call means.
pub fn after(verdict: Verdict, tries: i64, now: i64) -> Outcome {
    match verdict {
        Verdict::Accepted { remote_id, url } => Outcome::Done { remote_id, url: url.unwrap_or_default() },
        Verdict::Pending { remote_id } => Outcome::Working { remote_id, at: now + pause(0) },
        Verdict::Rejected { code, human, .. } => Outcome::Refused { problem: code, text: human },
        Verdict::Unauthorised => Outcome::Refused { problem: "unauthorised".into(), text: String::new() },
        Verdict::NotSent { why } | Verdict::NotReady { why } => Outcome::Again { at: now + pause(tries), why },
        Verdict::RateLimited { until_us } => {
            let at = until_us.unwrap_or(0).max(now + pause(tries)).min(now + GIVE_UP_AFTER);
            Outcome::Again { at, why: why::RATE_LIMIT.into() }
        }
        Verdict::Unknown { why } => Outcome::Look { at: now, why },
    }
}

/// What to make of a look at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    There {
        remote_id: String,
        url: String,
    },
    /// The platform has it and is still working on it.
    Taken {
        remote_id: String,
    },
    /// It never happened: send it anew.
    NotThere,
    Later(i64),
    /// The platform knows the key or the container: the same call again cannot make a second post.
    Repeat,
    AskPerson,
}

/// So often it is sent anew after a platform gave no clear answer and then showed nothing.
const MOST_ANEW: i64 = 5;

/// How long to wait before it is sent anew; `None`: a person's turn, because the platform keeps answering like this. A
/// platform that refuses words as said before, and whose list does not show them, would be asked for ever otherwise. What
/// a crash left behind has no answer and counts for nothing.
pub fn before_anew(unanswered: i64, a: &Attempt) -> Option<i64> {
    if a.why.is_empty() || unanswered == 0 {
        return Some(0);
    }
    (unanswered + 1 < MOST_ANEW).then(|| pause(unanswered))
}

/// Whether the platform still knows the key of a call. Where nobody can say how long ago that was, only one that keeps keys for
/// good surely does.
fn knows_key(hours: u32, begun: &Begun, now: i64) -> bool {
    let kept = i64::from(hours) * HOUR;
    if begun.is_sure { now < begun.at + kept } else { kept >= 365 * DAY }
}

/// "No" counts only once the call can no longer be on its way; until then it may still arrive.
pub fn after_look(found: Found, safety: Safety, a: &Attempt, begun: &Begun, now: i64) -> Looked {
    let settled = now >= begun.over_at;
    let repeatable = match safety {
        Safety::Keyed { hours } => knows_key(hours, begun, now),
        Safety::TwoPhase => a.prepared.contains("\"container\":\""),
        Safety::ReadBack | Safety::Blind => false,
    };
    match found {
        Found::Yes { remote_id, url } => Looked::There { remote_id, url: url.unwrap_or_default() },
        Found::Taken { remote_id } => Looked::Taken { remote_id },
        Found::No if settled => Looked::NotThere,
        Found::No => Looked::Later(begun.over_at),
        Found::CannotTell if safety == Safety::Blind || a.looked >= LOOKS => Looked::AskPerson,
        Found::CannotTell if repeatable && settled => Looked::Repeat,
        Found::CannotTell if !settled => Looked::Later(begun.over_at),
        Found::CannotTell => Looked::Later(now + pause(a.looked)),
    }
}

/// What the answer to a repeated call means. Only success is news: that this repetition did not arrive says nothing
/// about the first.
pub fn after_repeat(verdict: Verdict, looked: i64, now: i64) -> Outcome {
    match after(verdict, looked, now) {
        done @ (Outcome::Done { .. } | Outcome::Working { .. }) => done,
        Outcome::Refused { problem, text } if problem != "unauthorised" => {
            Outcome::AskPerson { why: format!("{problem}: {text}") }
        }
        Outcome::Again { at, why } | Outcome::Look { at, why } => {
            Outcome::Look { at: at.max(now + pause(looked)), why }
        }
        Outcome::Refused { problem, .. } => Outcome::Look { at: now + pause(looked), why: problem },
        other => other,
    }
}

/// What became of something the platform was still working on, under the id it gave then. For a day it is asked at growing
/// pauses; a question that got no answer is no answer.
pub fn after_standing(told: Result<Standing, Failure>, remote_id: &str, a: &Attempt, now: i64) -> Outcome {
    let remote_id = remote_id.to_owned();
    match told {
        Ok(Standing::Out { remote_id, url }) => Outcome::Done { remote_id, url: url.unwrap_or_default() },
        Ok(Standing::NotTold) => Outcome::Done { remote_id, url: String::new() },
        Ok(Standing::Refused { code, human }) => Outcome::Refused { problem: code, text: human },
        Err(Failure::Gone) => Outcome::AskPerson { why: why::FORGOTTEN.into() },
        _ if now > a.begun_at + GIVE_UP_AFTER => Outcome::AskPerson { why: why::SILENT.into() },
        Err(Failure::RateLimited { until_us: Some(until) }) => {
            Outcome::Working { remote_id, at: until.clamp(now + pause(a.looked), now + HOUR) }
        }
        Ok(Standing::Working) | Err(_) => Outcome::Working { remote_id, at: now + pause(a.looked) },
    }
}

#[cfg(test)]
mod tests;
