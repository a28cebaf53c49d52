//! How far a list was told already. Times are whole seconds, and a comment that was held back keeps its old time when it is
//! let through, so a cursor is a moment and the ids that were told from some time before the newest on.
//! Written as `MICROSECONDS ID ID …`.
use crate::Failure;
use ground::clock::HOUR;
use std::collections::BTreeSet;

/// So late something may come into its list and is still told.
const LATE: i64 = 2 * HOUR;
/// How many are told at once.
const AT_ONCE: usize = 50;

/// Something in a list.
pub(super) trait Listed {
    fn id(&self) -> &str;
    /// In microseconds since 1970.
    fn at_us(&self) -> i64;
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Everything before this moment was told.
    pub floor_us: i64,
    ids: BTreeSet<String>,
}

impl Seen {
    fn of<'a, T: Listed + 'a>(floor_us: i64, told: impl Iterator<Item = &'a T>) -> Seen {
        Seen { floor_us, ids: told.filter(|i| i.at_us() >= floor_us).map(|i| i.id().to_owned()).collect() }
    }

    /// Where a reader begins to whom nothing of this list shall be told. With nothing in it, everything to come is new.
    pub fn passing<T: Listed>(now_us: i64, list: &[T]) -> Seen {
        let newest = list.iter().map(Listed::at_us).max();
        Seen::of(newest.map_or(0, |at| at.min(now_us) - LATE), list.iter())
    }

    pub fn parse(cursor: &str) -> Result<Seen, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in a list.".into() };
        let mut words = cursor.split(' ');
        let floor_us: i64 = words.next().and_then(|w| w.parse().ok()).ok_or_else(refused)?;
        let ids: BTreeSet<String> = words.map(str::to_owned).collect();
        let fits = |id: &String| super::id::is_video(id) || super::id::is_comment(id);
        if ids.iter().all(fits) { Ok(Seen { floor_us, ids }) } else { Err(refused()) }
    }

    pub fn written(&self) -> String {
        self.ids.iter().fold(self.floor_us.to_string(), |out, id| format!("{out} {id}"))
    }

    /// Of a list, newest first, that reaches back to the floor: what was not told, oldest first and at most so many, where
    /// to go on, and whether there is more.
    pub fn tell<T: Listed>(&self, now_us: i64, list: Vec<T>) -> (Vec<T>, Seen, bool) {
        let mut known = BTreeSet::new();
        let new = |i: &T| i.at_us() >= self.floor_us;
        let once: Vec<T> = list.into_iter().rev().filter(new).filter(|i| known.insert(i.id().to_owned())).collect();
        let (old, mut fresh): (Vec<T>, Vec<T>) = once.into_iter().partition(|i| self.ids.contains(i.id()));
        // Within a second the list's own order holds.
        fresh.sort_by_key(Listed::at_us);
        let more = fresh.len() > AT_ONCE;
        fresh.truncate(AT_ONCE);
        // What is not told yet is not older than the last that is, so the floor does not pass it; and a time to come must not
        // hide what is written until then.
        let floor_us = fresh.last().map_or(self.floor_us, |last| self.floor_us.max(last.at_us().min(now_us) - LATE));
        let seen = Seen::of(floor_us, old.iter().chain(&fresh));
        (fresh, seen, more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 9 * LATE;

    struct One(String, i64);

    impl Listed for One {
        fn id(&self) -> &str {
            &self.0
        }
        fn at_us(&self) -> i64 {
            self.1
        }
    }

    fn one(n: i64, at: i64) -> One {
        One(format!("video{n:06}"), at)
    }

    #[test]
    fn everything_is_told_once_and_what_comes_late_too() {
        let seen = Seen::passing(NOW, &[one(2, 5 * LATE), one(1, 4 * LATE)]);
        assert_eq!(Seen::parse(&seen.written()), Ok(seen.clone()));
        let list = || vec![one(4, 6 * LATE), one(2, 5 * LATE), one(3, 5 * LATE - 1), one(1, 4 * LATE)];
        let (told, seen, more) = seen.tell(NOW, list());
        assert_eq!(
            (told.iter().map(Listed::id).collect::<Vec<_>>(), more),
            (vec!["video000003", "video000004"], false)
        );
        assert!(seen.tell(NOW, list()).0.is_empty());
        let (mut seen, mut all) = (seen, 0);
        loop {
            let many = (0..120).rev().map(|n| one(100 + n, 7 * LATE)).collect();
            let (told, next, more) = seen.tell(NOW, many);
            (seen, all) = (next, all + told.len());
            if !more {
                break;
            }
        }
        assert_eq!(all, 120);
        let (told, seen, _) = seen.tell(NOW, vec![one(900, i64::MAX)]);
        assert_eq!(told.len(), 1);
        assert_eq!(
            seen.tell(NOW, vec![one(901, 8 * LATE), one(900, i64::MAX)]).0.len(),
            1,
            "a time to come hides nothing"
        );
        assert!(Seen::parse("1 a/b").is_err() && Seen::parse("x").is_err());
    }
}
