//! How far the list of own videos was told. A video is numbered when it is sent up, but stands in public later, so its number says
//! nothing about what is new: the moment it became public does, and what was told lately is remembered by number, as that
//! moment may move while the server is still at work.
//!
//! Written as `FLOOR N N …`: a moment in microseconds since 1970 and numbers.
use super::answer::refused;
use super::view::Video;
use crate::Failure;
use ground::clock::HOUR;
use std::collections::BTreeSet;

/// So far before the newest that was told a list is still read.
pub(super) const LATE: i64 = 6 * HOUR;
/// How many are told at once.
const AT_ONCE: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    floor_us: i64,
    told: BTreeSet<u64>,
}

impl Mark {
    /// Where a reader begins to whom nothing of what is there shall be told.
    pub fn passing(now_us: i64, list: &[Video]) -> Mark {
        let newest = list.iter().map(|v| v.published_at).max().unwrap_or(now_us);
        let mut mark = Mark { floor_us: newest.min(now_us), told: list.iter().map(|v| v.id).collect() };
        mark.forget(list);
        mark
    }

    pub fn parse(text: &str) -> Result<Mark, Failure> {
        let no = || refused("cursor", "This is no place in a list.");
        let mut words = text.split(' ');
        let floor_us = words.next().and_then(|w| w.parse().ok()).ok_or_else(no)?;
        let told = words.map(|w| w.parse().map_err(|_| no())).collect::<Result<_, _>>()?;
        Ok(Mark { floor_us, told })
    }

    pub fn written(&self) -> String {
        let mut out = self.floor_us.to_string();
        for number in &self.told {
            out.push_str(&format!(" {number}"));
        }
        out
    }

    /// So far back the list must be read.
    pub fn since_us(&self) -> i64 {
        self.floor_us.saturating_sub(LATE)
    }

    /// Of a list that was read so far back: what was not told, oldest first, and whether more is left.
    pub fn tell(&mut self, now_us: i64, list: &[Video]) -> (Vec<Video>, bool) {
        let since = self.since_us();
        let new = |v: &&Video| v.published_at >= since && !self.told.contains(&v.id);
        let mut items: Vec<Video> = list.iter().filter(new).cloned().collect();
        items.sort_by_key(|v| (v.published_at, v.id));
        items.dedup_by_key(|v| v.id);
        let rest = items.split_off(AT_ONCE.min(items.len()));
        self.told.extend(items.iter().map(|v| v.id));
        let newest = items.iter().map(|v| v.published_at).max().unwrap_or(self.floor_us);
        // A time to come must not hide what becomes public until then.
        self.floor_us = self.floor_us.max(newest.min(now_us));
        self.forget(list);
        (items, !rest.is_empty())
    }

    /// What lies too far back to be read again need not be remembered.
    fn forget(&mut self, list: &[Video]) {
        let since = self.since_us();
        let near: BTreeSet<u64> = list.iter().filter(|v| v.published_at >= since).map(|v| v.id).collect();
        self.told.retain(|n| near.contains(n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn video(id: u64, at_s: i64) -> Video {
        let at = jiff::Timestamp::from_second(at_s).unwrap().to_string();
        let channel = json!({"id": 1, "name": "roads"});
        let it = json!({"id": id, "uuid": "", "name": "", "privacy": {"id": 1}, "publishedAt": at, "channel": channel});
        serde_json::from_value(it).unwrap()
    }

    #[test]
    fn each_is_told_once_also_when_it_becomes_public_late_or_its_moment_moves() {
        const NOW: i64 = 1_000_000_000_000;
        let mut mark = Mark::passing(NOW, &[video(9, 100_000), video(8, 1)]);
        assert_eq!(mark.written(), "100000000000 9");
        let ids = |(items, more): (Vec<Video>, bool)| (items.iter().map(|v| v.id).collect::<Vec<_>>(), more);
        let list = [video(3, 100_200), video(10, 100_100), video(9, 100_000)];
        assert_eq!(ids(mark.tell(NOW, &list)), (vec![10, 3], false));
        let mut again = Mark::parse(&mark.written()).unwrap();
        assert_eq!(again, mark);
        let moved = [video(3, 100_900), video(10, 100_100), video(9, 100_000)];
        assert_eq!(ids(again.tell(NOW, &moved)), (vec![], false));
        let many: Vec<Video> = (0..60).map(|n| video(100 + n, 200_000 + n as i64)).collect();
        let (first, more) = ids(again.tell(NOW, &many));
        assert_eq!((first.len(), first[0], more), (50, 100, true));
        assert_eq!(ids(again.tell(NOW, &many)), ((150..160).collect(), false));
        assert_eq!(again.tell(NOW, &[video(500, 5_000_000)]).0.len(), 1);
        assert_eq!(again.floor_us, NOW, "a time to come is no floor");
        for bad in ["", "x", "1 x", "1 ", "1  2"] {
            assert!(Mark::parse(bad).is_err(), "{bad:?}");
        }
    }
}
