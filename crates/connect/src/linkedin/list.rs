//! Lists that are turned page by page, and how far one of them was read.
use super::LinkedIn;
use super::answer::unreadable;
use crate::{Access, Failure};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many are asked for at once; LinkedIn gives a hundred at most.
const PAGE: usize = 100;
/// How many pages of one list are read.
const PAGES: usize = 20;
/// How far before the newest that was told things are still looked at: what comes late into a list is not missed.
const LATE_MS: i64 = 60 * 60 * 1000;
/// What was there before the first look is remembered for so long back.
const FIRST_MS: i64 = 24 * 60 * 60 * 1000;
/// How many are remembered.
const REMEMBERED: usize = 500;
/// How many are told at once.
pub(super) const AT_ONCE: usize = 50;

/// Something in a list.
pub(super) trait Entry {
    /// Its name, without commas and semicolons.
    fn name(&self) -> &str;
    /// When it was made, in milliseconds, as LinkedIn counts.
    fn at_ms(&self) -> i64;
}

impl LinkedIn {
    /// A list from its beginning for as long as it is wanted, and whether it was read as far as that. A page that brings
    /// nothing new though it is not empty does not turn: what lies behind it is not known.
    pub(super) async fn pages<T: DeserializeOwned + Entry>(
        &self,
        access: &Access,
        path: &str,
        enough: impl Fn(&T) -> bool,
    ) -> Result<(Vec<T>, bool), Failure> {
        let (mut all, mut known): (Vec<T>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
        let sign = if path.contains('?') { '&' } else { '?' };
        for start in (0..PAGES * PAGE).step_by(PAGE) {
            let answer: Value = self.get(access, &format!("{path}{sign}start={start}&count={PAGE}")).await?;
            let page = answer.get("elements").cloned().ok_or_else(unreadable)?;
            let page: Vec<T> = serde_json::from_value(page).map_err(|_| unreadable())?;
            let total = answer.pointer("/paging/total").and_then(Value::as_u64);
            let (empty, before) = (page.is_empty(), all.len());
            let mut reached = false;
            for entry in page {
                if enough(&entry) {
                    reached = true;
                } else if known.insert(entry.name().to_owned()) {
                    all.push(entry);
                }
            }
            // Fewer than asked for is not the end: LinkedIn leaves out what may not be seen.
            if empty || reached || total.is_some_and(|n| n <= (start + PAGE) as u64) {
                return Ok((all, true));
            }
            if all.len() == before {
                return Ok((all, false));
            }
        }
        Ok((all, false))
    }
}

/// How far a list was told: everything before the floor, and what is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub floor_ms: i64,
    told: BTreeSet<String>,
}

impl Mark {
    /// Where a reader begins that has seen nothing: nothing of what is there now is told.
    pub fn first(now_ms: i64, all: &[impl Entry]) -> Mark {
        // By LinkedIn's clock, where it can be seen.
        let newest = all.iter().map(Entry::at_ms).max().unwrap_or(now_ms);
        let floor_ms = newest.min(now_ms) - FIRST_MS;
        Mark { floor_ms, told: all.iter().map(|e| e.name().to_owned()).collect() }.kept(all, floor_ms)
    }

    pub fn read(cursor: &str) -> Result<Mark, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in the list.".into() };
        let (floor, names) = cursor.split_once(';').ok_or_else(refused)?;
        let told = names.split(',').filter(|n| !n.is_empty()).map(str::to_owned).collect();
        Ok(Mark { floor_ms: floor.parse().map_err(|_| refused())?, told })
    }

    pub fn text(&self) -> String {
        let names: Vec<&str> = self.told.iter().map(String::as_str).collect();
        format!("{};{}", self.floor_ms, names.join(","))
    }

    pub fn is_new(&self, entry: &impl Entry) -> bool {
        entry.at_ms() >= self.floor_ms && !self.told.contains(entry.name())
    }

    /// The next ones to tell of what was read, oldest first, where to go on, and whether there is more.
    pub fn next<T: Entry>(mut self, now_ms: i64, all: Vec<T>) -> (Vec<T>, Mark, bool) {
        let (mut new, old): (Vec<T>, Vec<T>) = all.into_iter().partition(|e| self.is_new(e));
        new.sort_by(|a, b| (a.at_ms(), a.name().len(), a.name()).cmp(&(b.at_ms(), b.name().len(), b.name())));
        let more = new.len() > AT_ONCE;
        let latest = new.iter().take(AT_ONCE).map(Entry::at_ms).max();
        self.told.extend(new.iter().take(AT_ONCE).map(|e| e.name().to_owned()));
        // A time to come must not hide what is written until then.
        let floor = latest.map_or(self.floor_ms, |at| self.floor_ms.max(at.min(now_ms).saturating_sub(LATE_MS)));
        new.truncate(AT_ONCE);
        let seen: Vec<&T> = new.iter().chain(&old).collect();
        let mark = self.kept(&seen, floor);
        (new, mark, more)
    }

    /// Remembers of the names told only those that a next look can meet again.
    fn kept<T: Entry>(self, all: &[T], floor_ms: i64) -> Mark {
        let mut again: Vec<(i64, &str)> = all.iter().map(|e| (e.at_ms(), e.name())).collect();
        again.retain(|(at, name)| *at >= floor_ms && self.told.contains(*name));
        again.sort_unstable();
        let too_many = again.len().saturating_sub(REMEMBERED);
        // What is no longer remembered must lie before the floor.
        let floor_ms = again.get(too_many).filter(|_| too_many > 0).map_or(floor_ms, |(at, _)| *at);
        again.retain(|(at, _)| *at >= floor_ms);
        Mark { floor_ms, told: again.into_iter().map(|(_, name)| name.to_owned()).collect() }
    }
}

impl<T: Entry> Entry for &T {
    fn name(&self) -> &str {
        (*self).name()
    }
    fn at_ms(&self) -> i64 {
        (*self).at_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct E(i64, String);

    impl Entry for E {
        fn name(&self) -> &str {
            &self.1
        }
        fn at_ms(&self) -> i64 {
            self.0
        }
    }

    const NOW: i64 = 100 * FIRST_MS;

    fn e(at: i64, name: &str) -> E {
        E(at, name.into())
    }

    #[test]
    fn each_is_told_once_also_what_comes_late() {
        let day = FIRST_MS;
        let mark = Mark::first(100 * day, &[e(99 * day, "a"), e(98 * day - 1, "old")]);
        assert_eq!(mark.text(), format!("{};a", 98 * day));
        let list = vec![e(99 * day + 5, "c"), e(99 * day, "a"), e(99 * day + 5, "b"), e(1, "old")];
        let (new, mark, more) = Mark::read(&mark.text()).unwrap().next(NOW, list.clone());
        assert_eq!((new, more), (vec![e(99 * day + 5, "b"), e(99 * day + 5, "c")], false));
        let (new, mark, _) = mark.next(NOW, list.clone());
        assert!(new.is_empty());
        let late = [list, vec![e(99 * day + 1, "late")]].concat();
        assert_eq!(mark.clone().next(NOW, late).0, [e(99 * day + 1, "late")]);
        let (_, mark, _) = mark.next(NOW, vec![e(i64::MAX, "to come")]);
        let after = mark.next(NOW, vec![e(i64::MAX, "to come"), e(100 * day, "d")]).0;
        assert_eq!(after, [e(100 * day, "d")], "a time to come hides nothing");
        for bad in ["", "x", "1", "x;a", ";"] {
            assert!(matches!(Mark::read(bad), Err(Failure::Refused { .. })), "{bad}");
        }
    }

    #[test]
    fn many_are_told_in_portions_and_little_is_remembered() {
        let all: Vec<E> = (0..2000).map(|n| e(1_000_000_000 + n, &format!("n{n}"))).collect();
        let (mut mark, mut told) = (Mark::first(1_000_000_000, &[] as &[E]), Vec::new());
        loop {
            let (new, next, more) = mark.next(NOW, all.clone());
            assert!(next.told.len() <= REMEMBERED);
            told.extend(new);
            mark = next;
            if !more {
                break;
            }
        }
        assert_eq!(told, all);
    }
}
