//! The only clock. Times are UTC microseconds since 1970; tests hold it still.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Cheap to clone; clones of a frozen clock share one time.
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Clock {
        Clock(None)
    }
    pub fn frozen(at: i64) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at))))
    }
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(at) => at.load(Ordering::SeqCst),
            None => system_now(),
        }
    }
    /// Moves a frozen clock on; the system's clock cannot be moved.
    pub fn advance(&self, by: i64) {
        if let Some(at) = &self.0 {
            at.fetch_add(by, Ordering::SeqCst);
        }
    }
    pub fn set(&self, to: i64) {
        if let Some(at) = &self.0 {
            at.store(to, Ordering::SeqCst);
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
}
