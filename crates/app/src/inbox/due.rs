//! By when a message wants its answer: the pack's service standard, told in words.
use crate::policy::Pack;
use crate::shell::Page;
use ground::clock::{HOUR, MINUTE};

/// Under this much is red.
const HOT: i64 = 3 * HOUR;

pub struct Due {
    pub at: i64,
    pub text: String,
    pub hot: bool,
}

/// When a message received then is due, by the pack.
pub fn due(page: &Page, received_at: i64) -> Due {
    let hours = page.cx.machine.part::<Pack>().map_or(24, |p| i64::from(p.service_standard().answer_within_hours));
    let at = received_at + hours * HOUR;
    let left = at - page.cx.now();
    let (key, n) = match (left >= 0, left.abs()) {
        (true, l) if l < HOUR => ("inbox-due-minutes", l / MINUTE),
        (true, l) if l < 48 * HOUR => ("inbox-due-hours", l / HOUR),
        (true, l) => ("inbox-due-days", l / (24 * HOUR)),
        (false, l) if l < HOUR => ("inbox-overdue-minutes", l / MINUTE),
        (false, l) if l < 48 * HOUR => ("inbox-overdue-hours", l / HOUR),
        (false, l) => ("inbox-overdue-days", l / (24 * HOUR)),
    };
    Due { at, text: page.tn(key, n), hot: left < HOT }
}
