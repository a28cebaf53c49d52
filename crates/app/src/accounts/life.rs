//! The life of an account, stage by stage: what was asked, how it was proven, what was checked, how it is judged, how it
//! ended, and what is missing.
use super::account::Account;
pub use super::stage::Stage;
use ground::clock::DAY;
use ground::record;

record! {
    /// What it was asked for. `apart` says why another account of the agency does not do; `code` proves it in its profile.
    pub struct Asked { account_id: i64, purpose: String, scope: String, apart: String, per_week: i64, review_id: Option<i64>, code: String }
}
record! {
    pub struct Proof { id: i64, account_id: i64, method: String, detail: String, person_id: i64, at: i64 }
}
record! {
    /// The newest confirmation of one item.
    pub struct Check { item: String, note: String, person_id: i64, at: i64 }
}
record! {
    pub struct Evaluation { id: i64, account_id: i64, decision: String, results: String, reasons: String, person_id: i64, at: i64 }
}
record! {
    pub struct End { account_id: i64, archive: String, notice: String, parked: bool, successor_url: String }
}
record! {
    /// `seen` is what the last look at the handle found: same, moved, gone, unreachable or untold.
    pub struct Watch { account_id: i64, seen: String, checked_at: Option<i64>, moved_at: Option<i64>, posted_at: Option<i64>, quiet_at: Option<i64> }
}

/// A thing to set right on the platform and to look at again.
pub struct Item {
    pub key: &'static str,
    pub word: &'static str,
    pub clause: &'static str,
}

macro_rules! items { ($($key:literal $clause:literal),* $(,)?) => { &[$(Item { key: $key, word: concat!("accounts-check-", $key), clause: $clause }),*] } }

pub static CHECKS: &[Item] = items![
    "second-step" "P6.2-AM6",
    "recovery" "P6.2-AM6",
    "roles" "P6.2-AM6",
    "branding" "P6.2-AM6",
    "monitoring-notice" "P6.2-MO8",
    "rules-notice" "P6.2-MO9",
    "privacy-notice" "P6.2-RM7",
];

/// What was set right is looked at again after so long.
pub const CHECKED_FOR: i64 = 90 * DAY;
/// Without a post for so long an account is quiet.
pub const QUIET: i64 = 90 * DAY;
/// Every account is evaluated once a year.
pub const YEAR: i64 = 365 * DAY;

pub const DECISIONS: [(&str, &str); 4] = [
    ("keep", "accounts-decision-keep"),
    ("change", "accounts-decision-change"),
    ("merge", "accounts-decision-merge"),
    ("close", "accounts-decision-close"),
];

/// All that is known of an account.
pub struct Life {
    /// Our own site and the practice network: nothing is to be set up or proven on them.
    pub own: bool,
    pub asked: Option<Asked>,
    pub proofs: Vec<Proof>,
    pub checks: Vec<Check>,
    pub evaluations: Vec<Evaluation>,
    pub end: Option<End>,
    pub watch: Option<Watch>,
}

impl Life {
    pub fn check(&self, item: &str) -> Option<&Check> {
        self.checks.iter().find(|c| c.item == item)
    }
    /// Whether it was confirmed and need not be looked at again yet.
    pub fn holds(&self, item: &str, now: i64) -> bool {
        self.check(item).is_some_and(|c| c.at + CHECKED_FOR > now)
    }
    /// What is still to be set right or looked at again.
    pub fn open_checks(&self, now: i64) -> Vec<&'static Item> {
        if self.own { vec![] } else { CHECKS.iter().filter(|i| !self.holds(i.key, now)).collect() }
    }
    /// When the first of the confirmations runs out.
    pub fn checks_until(&self) -> Option<i64> {
        self.checks.iter().map(|c| c.at + CHECKED_FOR).min()
    }
    pub fn evaluate_by(&self, account: &Account) -> Option<i64> {
        let last = self.evaluations.first().map(|e| e.at).or(account.live_since)?;
        (!self.own).then_some(last + YEAR)
    }
    pub fn stage(&self, account: &Account, now: i64) -> Stage {
        match account.state.as_str() {
            "requested" => Stage::Planning,
            "approved" => Stage::Creation,
            "live" if !self.open_checks(now).is_empty() => Stage::Configuration,
            "live" if self.evaluate_by(account).is_some_and(|by| by <= now) => Stage::Evaluation,
            "live" => Stage::Live,
            _ => Stage::Closed,
        }
    }
    pub fn moved(&self) -> Option<i64> {
        self.watch.as_ref().and_then(|w| w.moved_at)
    }
    pub fn quiet(&self) -> Option<i64> {
        self.watch.as_ref().and_then(|w| w.quiet_at)
    }
}
