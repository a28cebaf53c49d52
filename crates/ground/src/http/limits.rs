//! Rate limits: how often one key (an address, an account, a token) may do one thing. Kept in memory of this process
//! and nowhere else; nobody is tracked by them.
use crate::clock::Clock;
use crate::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct Limits {
    clock: Clock,
    /// key → (window's end, uses left)
    windows: Arc<Mutex<HashMap<String, (i64, u32)>>>,
}

impl Limits {
    pub fn new(clock: Clock) -> Limits {
        Limits { clock, windows: Arc::default() }
    }

    /// One use. Refused with the seconds to wait when `most` were taken within `window` µs.
    pub fn take(&self, what: &str, key: &str, most: u32, window: i64) -> Result<()> {
        let now = self.clock.now();
        let Ok(mut windows) = self.windows.lock() else { return Ok(()) };
        if windows.len() > 50_000 {
            windows.retain(|_, (end, _)| *end > now);
        }
        let (end, left) = windows.entry(format!("{what}\0{key}")).or_insert((0, 0));
        if *end <= now {
            (*end, *left) = (now + window, most);
        }
        if *left == 0 {
            let wait = u32::try_from((*end - now) / 1_000_000 + 1).unwrap_or(u32::MAX);
            return Err(Error::too_many(wait));
        }
        *left -= 1;
        Ok(())
    }

    /// Takes one use back: it should not have counted.
    pub fn give_back(&self, what: &str, key: &str) {
        if let Ok(mut windows) = self.windows.lock()
            && let Some((_, left)) = windows.get_mut(&format!("{what}\0{key}"))
        {
            *left = left.saturating_add(1);
        }
    }

    /// Forgets a key: a sign-in that succeeded.
    pub fn forget(&self, what: &str, key: &str) {
        if let Ok(mut windows) = self.windows.lock() {
            windows.remove(&format!("{what}\0{key}"));
        }
    }
}
