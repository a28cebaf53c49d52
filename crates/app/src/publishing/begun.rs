//! When a call began, and whether it may still be on its way: told from time that nobody can set. The clock may have been
//! wrong when the call began, may be wrong now, or may be another machine's.
use super::delivery::Attempt;
use ground::clock::{Clock, HOUR, Steady};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// No later than this, by the clock as it goes now.
    pub at: i64,
    /// From this moment on it can no longer be on its way.
    pub over_at: i64,
    /// Whether it is known how long ago that was. Of a call made elsewhere, or before the machine was started anew, it is not.
    pub is_sure: bool,
}

/// By who looks, the delivery and the number of its call.
type Sighted = HashMap<(String, i64, i64), Steady>;
/// Calls of others, and since when this process knows of them. Forgotten at a restart: then they are waited for once more.
static SIGHTED: LazyLock<Mutex<Sighted>> = LazyLock::new(Mutex::default);
/// From so many on, those known for longer than any call takes are forgotten; where that does not help it is a storm, and all
/// are. What is forgotten is waited for once more.
const MOST: usize = 10_000;

impl Attempt {
    fn steady(&self) -> Steady {
        Steady { boot: self.boot.clone(), at: self.boot_us }
    }

    /// How long ago it began, where that is known.
    pub fn ago(&self, clock: &Clock) -> Option<i64> {
        clock.steady().since(&self.steady())
    }

    pub fn begun(&self, clock: &Clock) -> Begun {
        let (now, here) = (clock.now(), clock.steady());
        let lasts = self.settle_at.saturating_sub(self.begun_at);
        if let Some(ago) = here.since(&self.steady()) {
            let at = self.begun_at.min(now.saturating_sub(ago));
            return Begun { at, over_at: now.saturating_add(lasts - ago), is_sure: true };
        }
        let known = self.known_for(here);
        Begun { at: self.begun_at.min(now), over_at: now.saturating_add(lasts - known), is_sure: false }
    }

    /// How long this process has known of a call of others. It was made before that.
    fn known_for(&self, here: Steady) -> i64 {
        let mut all = SIGHTED.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, since| here.since(since).is_some_and(|known| known < HOUR));
        }
        if all.len() >= MOST {
            all.clear();
        }
        let since = all.entry((here.boot.clone(), self.delivery_id, self.n)).or_insert_with(|| here.clone());
        here.since(since).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::clock::{DAY, SECOND};

    const LASTS: i64 = 30 * SECOND;

    fn begun_at(clock: &Clock, delivery_id: i64) -> Attempt {
        let (steady, now) = (clock.steady(), clock.now());
        let told = Attempt { begun_at: now, settle_at: now + LASTS, ..Attempt::sample() };
        Attempt { delivery_id, boot: steady.boot, boot_us: steady.at, ..told }
    }

    #[test]
    fn what_the_clock_says_does_not_change_how_long_ago_it_was() {
        let clock = Clock::frozen(100 * DAY);
        for wrong in [HOUR, -HOUR, 400 * DAY, -90 * DAY] {
            clock.turn(wrong);
            let a = begun_at(&clock, 1);
            clock.turn(-wrong);
            assert_eq!(a.begun(&clock).over_at, clock.now() + LASTS, "set right at once: it may be on its way");
            clock.advance(10 * SECOND);
            let begun = a.begun(&clock);
            assert_eq!((begun.over_at, begun.is_sure), (clock.now() + 20 * SECOND, true));
            let truly = clock.now() - 10 * SECOND;
            assert_eq!(begun.at, truly.min(truly + wrong), "never later than it was");
            clock.advance(20 * SECOND);
            assert!(a.begun(&clock).over_at <= clock.now());
        }
    }

    #[test]
    fn a_call_of_another_machine_is_over_when_this_one_has_known_it_so_long() {
        let (there, id) = (Clock::frozen(100 * DAY), 7);
        let here = there.elsewhere();
        here.turn(HOUR);
        let a = begun_at(&there, id);
        let first = a.begun(&here);
        assert_eq!(first, Begun { at: a.begun_at, over_at: here.now() + LASTS, is_sure: false });
        here.advance(LASTS - 1);
        assert!(a.begun(&here).over_at > here.now());
        here.advance(1);
        assert_eq!(a.begun(&here).over_at, here.now());
        // Its clock was ahead: what it calls the beginning has not come yet here.
        there.turn(2 * HOUR);
        let ahead = begun_at(&there, id + 1);
        here.turn(-HOUR);
        assert_eq!(ahead.begun(&here).at, here.now());
        let unknown = Attempt { boot: String::new(), boot_us: 0, ..begun_at(&here, id + 2) };
        assert!(!unknown.begun(&here).is_sure, "written before this was kept");
    }
}
