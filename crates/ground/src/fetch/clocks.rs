//! How far the clocks of others are from ours, by the `Date` of their answers (RFC 9110, section 6.6.1). Whoever looks for
//! what was done at a moment of ours must know which moment that was there.
use crate::clock::{Clock, SECOND};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap};
use std::cell::Cell;

tokio::task_local! { static SEEN: Cell<Option<i64>>; }

/// Does this, and tells how far ahead of ours the clock of whoever answered was, in microseconds: less than nothing where it
/// was behind; of several the one furthest behind; nothing where none said. Dates tell whole seconds.
pub async fn comparing<T>(work: impl Future<Output = T>) -> (T, Option<i64>) {
    let work = async { (work.await, SEEN.with(Cell::get)) };
    SEEN.scope(Cell::new(None), work).await
}

pub(super) fn note(headers: &HeaderMap, clock: &Clock) {
    let Some(theirs) = headers.get(DATE).and_then(|v| read(v.to_str().ok()?)) else { return };
    let ahead = theirs.saturating_sub(clock.now());
    // Outside of a comparison nobody wants to know.
    let _ = SEEN.try_with(|seen| seen.set(Some(seen.get().map_or(ahead, |before| before.min(ahead)))));
}

fn read(date: &str) -> Option<i64> {
    let parser = DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(date).ok()?.as_second().checked_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;

    #[test]
    fn dates_of_answers_are_read_and_nonsense_is_not() {
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777 * SECOND), "the example of the standard");
        for bad in ["", "now", "784111777", "Sun, 06 Nov 1994", "Sun, 06 Nov 9999999 08:49:37 GMT"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn the_clock_furthest_behind_is_told_and_outside_nothing_is_kept() {
        let clock = Clock::frozen(784_111_777 * SECOND);
        let said = |date: &'static str| HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
        note(&said("Sun, 06 Nov 1994 09:49:37 GMT"), &clock);
        assert_eq!(comparing(async { 1 }).await, (1, None));
        let (_, ahead) = comparing(async {
            note(&said("Sun, 06 Nov 1994 07:49:37 GMT"), &clock);
            note(&said("Sun, 06 Nov 1994 09:49:37 GMT"), &clock);
        })
        .await;
        assert_eq!(ahead, Some(-HOUR));
    }
}
