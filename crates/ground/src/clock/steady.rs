//! Time since this machine was started, which goes on while it sleeps and which nobody can set: how long ago something was
//! is read from it, where a clock may have been wrong then or may be wrong now.
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A moment, in microseconds since the start of the machine that `boot` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steady {
    pub boot: String,
    pub at: i64,
}

impl Steady {
    /// How long it is since then; nothing where that was on another machine or before this one was started anew.
    pub fn since(&self, then: &Steady) -> Option<i64> {
        (!self.boot.is_empty() && self.boot == then.boot && self.at >= then.at).then_some(self.at - then.at)
    }
}

/// A name no other start has.
pub(super) fn made_up() -> String {
    static N: AtomicU64 = AtomicU64::new(0);
    let mut random = [0; 16];
    // Without randomness the process and the count tell starts apart well enough.
    let _ = getrandom::fill(&mut random);
    format!("{:032x}-{:x}-{:x}", u128::from_be_bytes(random), std::process::id(), N.fetch_add(1, Ordering::Relaxed))
}

#[cfg(target_os = "linux")]
pub(super) fn of_this_machine() -> Steady {
    static BOOT: OnceLock<String> = OnceLock::new();
    let boot = BOOT.get_or_init(|| {
        let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        if told.trim().is_empty() { made_up() } else { told.trim().to_owned() }
    });
    let passed = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let at = passed.tv_sec.saturating_mul(super::SECOND) + passed.tv_nsec / 1000;
    Steady { boot: boot.clone(), at }
}

/// Where the system names no start, each process counts from its own.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_this_machine() -> Steady {
    static BEGUN: OnceLock<(String, std::time::Instant)> = OnceLock::new();
    let (boot, begun) = BEGUN.get_or_init(|| (made_up(), std::time::Instant::now()));
    Steady { boot: boot.clone(), at: i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_says_when_it_was_started_and_goes_on_from_there() {
        let before = of_this_machine();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let since = of_this_machine().since(&before).unwrap();
        assert!((2000..super::super::MINUTE).contains(&since), "{since}");
        let unknown = Steady { boot: String::new(), at: 0 };
        assert_eq!((before.since(&unknown), unknown.since(&unknown)), (None, None));
        assert_ne!(made_up(), made_up());
    }
}
