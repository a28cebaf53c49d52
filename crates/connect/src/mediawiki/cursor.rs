//! Where a reader of changes stands: the time and the number of the last one it has seen.
use super::CLOCKS_DIFFER;
use super::answer::unreadable;
use crate::{Failure, wire};
use ground::clock::SECOND;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    at: String,
    pub number: u64,
}

impl Cursor {
    pub fn new(at: &str, number: u64) -> Result<Cursor, Failure> {
        wire::time(at).ok_or_else(unreadable)?;
        Ok(Cursor { at: at.to_owned(), number })
    }

    /// Where nothing has happened yet: the wiki's own time.
    pub fn now(answer: &Value) -> Result<Cursor, Failure> {
        let at = answer.get("curtimestamp").and_then(Value::as_str).ok_or_else(unreadable)?;
        Cursor::new(at, 0)
    }

    pub fn read(text: &str) -> Result<Cursor, Failure> {
        let parts = text.split_once('|').and_then(|(at, number)| Some((at, number.parse().ok()?)));
        let (at, number) = parts.ok_or_else(|| Failure::Refused {
            code: "cursor".to_owned(),
            human: "This is no place in the list of changes.".to_owned(),
        })?;
        Cursor::new(at, number)
    }

    /// From when on changes are asked for. One that began earlier may be written down later, so it is a little before;
    /// what was seen already is known by its number.
    pub fn since(&self) -> String {
        before(wire::time(&self.at).unwrap_or_default())
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}|{}", self.at, self.number)
    }
}

/// A little before a moment, in whole seconds, as the wiki writes times.
pub(super) fn before(at_us: i64) -> String {
    let seconds = (at_us - CLOCKS_DIFFER).div_euclid(SECOND).max(0);
    jiff::Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_read() {
        let cursor = Cursor::new("2026-11-29T00:33:14Z", 17).unwrap();
        assert_eq!(cursor.to_string(), "2026-11-29T00:33:14Z|17");
        assert_eq!(Cursor::read("2026-11-29T00:33:14Z|17"), Ok(cursor.clone()));
        assert_eq!(cursor.since(), "2026-11-29T00:31:14Z");
        for wrong in ["", "17", "yesterday|17", "2026-11-29T00:33:14Z|", "2026-11-29T00:33:14Z|-1"] {
            assert!(Cursor::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(before(i64::MIN / 2), "1970-01-01T00:00:00Z");
    }
}
