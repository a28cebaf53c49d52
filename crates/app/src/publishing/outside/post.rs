//! A post that was not made through the program.
use ground::clock::DAY;
use ground::record;

/// After so long without a word about it, the tool is not what the account is managed with: as control SC-15 of the pack
/// says.
const EXPLAIN_WITHIN: i64 = DAY;

record! {
    /// `state` is open, explained or adopted; `reason` says why, once it was decided.
    pub struct OutsidePost { id: i64, agency_id: i64, account_id: i64, platform: String, remote_id: String, url: String, text: String, posted_at: i64, seen_at: i64, state: String, reason: String, decided_by: Option<i64>, decided_at: Option<i64> }
}

/// What was decided about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is told how it came to be there.
    Explained,
    /// It is the agency's own from now on.
    Adopted,
}

impl How {
    pub fn code(self) -> &'static str {
        match self {
            How::Explained => "explained",
            How::Adopted => "adopted",
        }
    }
}

/// When a post that was seen then has waited too long.
pub fn late_at(seen_at: i64) -> i64 {
    seen_at + EXPLAIN_WITHIN
}

impl OutsidePost {
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
    /// When it has waited for a word too long.
    pub fn late_at(&self) -> i64 {
        late_at(self.seen_at)
    }
    pub fn word(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "publishing-outside-open",
            "adopted" => "publishing-outside-adopted",
            _ => "publishing-outside-explained",
        }
    }
    pub fn tone(&self) -> &'static str {
        if self.is_open() { "warn" } else { "good" }
    }
    /// The language its letters are of.
    pub fn lang(&self) -> &'static str {
        if self.text.chars().any(|c| ('\u{F00}'..='\u{FFF}').contains(&c)) { "dz" } else { "en" }
    }
    /// A line for lists; pictures alone have no words.
    pub fn line(&self) -> String {
        let line = crate::posts::first_line(self.text.trim());
        if line.is_empty() { self.remote_id.clone() } else { line }
    }
}
