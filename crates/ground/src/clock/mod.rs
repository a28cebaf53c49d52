//! The only clock. Times are UTC microseconds since 1970; tests hold it still.
mod steady;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
pub use steady::Steady;

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Cheap to clone; clones of a frozen clock are one clock.
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<Frozen>>);

/// What passes is shared by the clocks of all machines; how wrong a clock is, is its own.
#[derive(Debug)]
struct Frozen {
    passed: Arc<AtomicI64>,
    wrong: AtomicI64,
    boot: String,
}

impl Clock {
    pub fn system() -> Clock {
        Clock(None)
    }
    pub fn frozen(at: i64) -> Clock {
        let passed = Arc::new(AtomicI64::new(at));
        Clock(Some(Arc::new(Frozen { passed, wrong: AtomicI64::new(0), boot: steady::made_up() })))
    }
    /// The clock of another machine, on which the same time passes and which goes right.
    #[must_use]
    pub fn elsewhere(&self) -> Clock {
        let Some(here) = &self.0 else { return Clock::system() };
        let passed = here.passed.clone();
        Clock(Some(Arc::new(Frozen { passed, wrong: AtomicI64::new(0), boot: steady::made_up() })))
    }
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(f) => f.passed.load(Ordering::SeqCst) + f.wrong.load(Ordering::SeqCst),
            None => system_now(),
        }
    }
    /// Time that nobody sets, for what must be so long ago whatever the clock says.
    pub fn steady(&self) -> Steady {
        match &self.0 {
            Some(f) => Steady { boot: f.boot.clone(), at: f.passed.load(Ordering::SeqCst) },
            None => steady::of_this_machine(),
        }
    }
    /// Lets time pass on a frozen clock; the system's clock cannot be moved.
    pub fn advance(&self, by: i64) {
        if let Some(f) = &self.0 {
            f.passed.fetch_add(by, Ordering::SeqCst);
        }
    }
    /// The same, until that moment.
    pub fn set(&self, to: i64) {
        self.advance(to - self.now());
    }
    /// Somebody sets a frozen clock, forward or back: no time passes.
    pub fn turn(&self, by: i64) {
        if let Some(f) = &self.0 {
            f.wrong.fetch_add(by, Ordering::SeqCst);
        }
    }
}

// The one place that may ask the system for the time.
#[allow(clippy::disallowed_methods)]
fn system_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::frozen(5);
        let same = clock.clone();
        clock.advance(SECOND);
        assert_eq!(same.now(), 5 + SECOND);
        same.set(1);
        assert_eq!(clock.now(), 1);
        assert!(Clock::system().now() > 1_700_000_000 * SECOND);
    }

    #[test]
    fn a_clock_that_is_set_is_wrong_alone_and_no_time_passes() {
        let here = Clock::frozen(DAY);
        let (there, begun) = (here.elsewhere(), here.steady());
        here.turn(HOUR);
        assert_eq!((here.now(), there.now()), (DAY + HOUR, DAY));
        assert_eq!(here.steady().since(&begun), Some(0));
        there.advance(MINUTE);
        here.turn(-HOUR);
        assert_eq!((here.now(), here.steady().since(&begun)), (DAY + MINUTE, Some(MINUTE)));
        assert_eq!(there.steady().since(&begun), None, "nobody knows how far another machine's start lies back");
    }
}
