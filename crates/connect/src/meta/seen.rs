//! How far a list was told already. Their times are whole seconds and a list may be late by some, so a moment alone
//! would lose or repeat items: a cursor is a moment and the ids that were told from a little before the newest on.
//!
//! Written as `MICROSECONDS ID ID …`.
use super::is_id;
use crate::Failure;
use ground::clock::MINUTE;
use std::collections::BTreeSet;

/// So late an item may come into its list and is still told.
const LATE: i64 = 2 * MINUTE;
/// How many are told at once.
const AT_ONCE: usize = 50;

/// Something in a list.
pub(crate) trait Listed {
    fn id(&self) -> &str;
    /// In microseconds since 1970.
    fn at_us(&self) -> i64;
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Everything before this moment was told.
    pub floor_us: i64,
    ids: BTreeSet<String>,
}

/// What is to be told now, oldest first.
pub(crate) struct Told<T> {
    pub items: Vec<T>,
    pub seen: Seen,
    pub more: bool,
}

impl Seen {
    /// Where a reader begins to whom nothing of this list shall be told. With nothing in it, everything to come is new.
    pub fn passing<T: Listed>(now_us: i64, list: &[T]) -> Seen {
        let newest = list.iter().map(Listed::at_us).max();
        let floor_us = newest.map_or(0, |at| at.min(now_us) - LATE);
        let ids = list.iter().filter(|i| i.at_us() >= floor_us).map(|i| i.id().to_owned()).collect();
        Seen { floor_us, ids }
    }

    pub fn parse(cursor: &str) -> Result<Seen, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in a list.".into() };
        let mut words = cursor.split(' ');
        let floor_us: i64 = words.next().and_then(|w| w.parse().ok()).ok_or_else(refused)?;
        let ids: BTreeSet<String> = words.map(str::to_owned).collect();
        if ids.iter().all(|id| is_id(id)) { Ok(Seen { floor_us, ids }) } else { Err(refused()) }
    }

    pub fn written(&self) -> String {
        let mut out = self.floor_us.to_string();
        for id in &self.ids {
            out.push(' ');
            out.push_str(id);
        }
        out
    }

    /// Of a list, newest first, that reaches back to the floor: what was not told, at most so many, and where to go on.
    pub fn tell<T: Listed>(&self, now_us: i64, list: Vec<T>) -> Told<T> {
        let mut known = BTreeSet::new();
        let (mut fresh, mut old) = (Vec::new(), Vec::new());
        for item in list.into_iter().rev().filter(|i| i.at_us() >= self.floor_us) {
            if known.insert(item.id().to_owned()) {
                if self.ids.contains(item.id()) { old.push(item) } else { fresh.push(item) }
            }
        }
        // Within a second the list's own order holds.
        fresh.sort_by_key(Listed::at_us);
        let rest = fresh.split_off(AT_ONCE.min(fresh.len()));
        let told = || old.iter().chain(&fresh);
        let newest = told().map(Listed::at_us).max();
        // A time to come must not hide what is written until then.
        let mut floor_us = newest.map_or(self.floor_us, |at| self.floor_us.max(at.min(now_us) - LATE));
        if let Some(waiting) = rest.first() {
            floor_us = floor_us.min(waiting.at_us());
        }
        let ids = told().filter(|i| i.at_us() >= floor_us).map(|i| i.id().to_owned()).collect();
        Told { seen: Seen { floor_us, ids }, more: !rest.is_empty(), items: fresh }
    }
}

#[cfg(test)]
mod tests;
