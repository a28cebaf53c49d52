//! How far a list was told already. A server numbers what it takes in, also what comes late from other servers, so a place
//! in a list is a number; a few numbers before it are remembered one by one, as two that are written at the same moment
//! may show in the other order.
//!
//! Written as `FLOOR BELOW N N …`: a moment in microseconds since 1970 and numbers.
use crate::Failure;
use std::collections::BTreeSet;

/// So many numbers before the greatest that was told are remembered.
const REMEMBERED: u64 = 100;
/// How many are told at once.
const AT_ONCE: usize = 50;

/// Something in a list.
pub(crate) trait Listed {
    fn number(&self) -> u64;
    /// When it was written, in microseconds.
    fn at_us(&self) -> i64;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// So far back the list must be read.
    pub floor_us: i64,
    /// Everything up to this number was told or is not to be told.
    below: u64,
    told: BTreeSet<u64>,
}

/// What is to be told now, oldest first.
pub(crate) struct Told<T> {
    pub items: Vec<T>,
    pub seen: Seen,
    pub more: bool,
}

fn refused() -> Failure {
    Failure::Refused { code: "cursor".into(), human: "This is no place in a list.".into() }
}

impl Seen {
    /// Where a reader begins to whom nothing of what is there shall be told.
    pub fn passing<T: Listed>(now_us: i64, list: &[T]) -> Seen {
        let newest = list.iter().map(Listed::at_us).max().unwrap_or(now_us);
        let below = list.iter().map(Listed::number).max().unwrap_or_default();
        Seen { floor_us: newest.min(now_us), below, told: BTreeSet::new() }
    }

    pub fn parse(text: &str) -> Result<Seen, Failure> {
        let mut words = text.split(' ');
        let floor_us = words.next().and_then(|w| w.parse().ok()).ok_or_else(refused)?;
        let below = words.next().and_then(|w| w.parse().ok()).ok_or_else(refused)?;
        let told = words.map(|w| w.parse().map_err(|_| refused())).collect::<Result<_, _>>()?;
        Ok(Seen { floor_us, below, told })
    }

    pub fn written(&self) -> String {
        let mut out = format!("{} {}", self.floor_us, self.below);
        for number in &self.told {
            out.push_str(&format!(" {number}"));
        }
        out
    }

    /// Everything up to this moment was read, whether it was to be told or not.
    pub fn read_up_to(&mut self, newest_us: i64, now_us: i64) {
        // A time to come, which another server may tell, must not hide what is written until then.
        self.floor_us = self.floor_us.max(newest_us.min(now_us));
    }

    /// Of a list that was read back to the floor: what was not told, at most so many, and where to go on.
    pub fn tell<T: Listed>(mut self, now_us: i64, list: Vec<T>) -> Told<T> {
        let mut items = list;
        items.retain(|i| i.number() > self.below && !self.told.contains(&i.number()));
        items.sort_by_key(Listed::number);
        items.dedup_by_key(|i| i.number());
        let rest = items.split_off(AT_ONCE.min(items.len()));
        let newest = items.iter().map(Listed::at_us).max().unwrap_or(self.floor_us);
        self.read_up_to(newest, now_us);
        if let Some(waiting) = rest.iter().map(Listed::at_us).min() {
            self.floor_us = self.floor_us.min(waiting);
        }
        self.told.extend(items.iter().map(Listed::number));
        let greatest = self.told.last().copied().unwrap_or_default();
        self.below = self.below.max(greatest.saturating_sub(REMEMBERED));
        self.told.retain(|n| *n > self.below);
        Told { items, seen: self, more: !rest.is_empty() }
    }
}

#[cfg(test)]
mod tests;
