//! How far comments were told already. WeChat's times are whole seconds and its review may let a comment through late, so a
//! cursor is a moment and the names that were told from some time before the newest on. Written as `MICROSECONDS NAME NAME …`.
use super::comments::Comment;
use super::is_number;
use crate::Failure;
use ground::clock::HOUR;
use std::collections::BTreeSet;

/// So late a comment may be shown and is still told.
const LATE: i64 = 2 * HOUR;
/// How many are told at once.
const AT_ONCE: usize = 50;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    floor_us: i64,
    names: BTreeSet<String>,
}

/// What is to be told now, oldest first.
pub(super) struct Told {
    pub items: Vec<Comment>,
    pub seen: Seen,
    pub more: bool,
}

impl Seen {
    fn of<'a>(floor_us: i64, told: impl Iterator<Item = &'a Comment>) -> Seen {
        Seen { floor_us, names: told.filter(|c| c.at_us >= floor_us).map(|c| c.name.clone()).collect() }
    }

    /// Where a reader begins to whom nothing of this shall be told. With nothing in it, everything to come is new.
    pub fn passing(now_us: i64, all: &[Comment]) -> Seen {
        let newest = all.iter().map(|c| c.at_us).max();
        Seen::of(newest.map_or(0, |at| at.min(now_us) - LATE), all.iter())
    }

    pub fn parse(cursor: &str) -> Result<Seen, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in a list.".into() };
        let mut words = cursor.split(' ');
        let floor_us: i64 = words.next().and_then(|w| w.parse().ok()).ok_or_else(refused)?;
        let names: BTreeSet<String> = words.map(str::to_owned).collect();
        let fits = |name: &String| name.split_once(':').is_some_and(|(a, c)| is_number(a) && is_number(c));
        if names.iter().all(fits) { Ok(Seen { floor_us, names }) } else { Err(refused()) }
    }

    pub fn written(&self) -> String {
        let mut out = self.floor_us.to_string();
        for name in &self.names {
            out.push(' ');
            out.push_str(name);
        }
        out
    }

    pub fn tell(&self, now_us: i64, all: Vec<Comment>) -> Told {
        let (old, mut fresh): (Vec<Comment>, Vec<Comment>) =
            all.into_iter().filter(|c| c.at_us >= self.floor_us).partition(|c| self.names.contains(&c.name));
        fresh.sort_by(|a, b| (a.at_us, a.name.len(), &a.name).cmp(&(b.at_us, b.name.len(), &b.name)));
        let more = fresh.len() > AT_ONCE;
        fresh.truncate(AT_ONCE);
        // What is not told yet is not older than the last that is, so the floor does not pass it; and a time to come must not
        // hide what is written until then.
        let floor_us = fresh.last().map_or(self.floor_us, |c| self.floor_us.max(c.at_us.min(now_us) - LATE));
        Told { seen: Seen::of(floor_us, old.iter().chain(&fresh)), items: fresh, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_come_hides_nothing() {
        let now = 1_000 * LATE;
        let one = |name: &str, at: i64| Comment::told_at(name, at);
        let told = Seen::passing(now, &[one("1:1", now - LATE)]).tell(now, vec![one("1:2", 9_000 * LATE)]);
        assert_eq!(told.items.len(), 1);
        let next = told.seen.tell(now, vec![one("1:2", 9_000 * LATE), one("1:3", now - 1)]);
        assert_eq!(next.items.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["1:3"]);
    }
}
