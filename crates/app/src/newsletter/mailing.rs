//! A mailing and whom it goes to.
use ground::record;

record! {
    /// Somebody who asked for an agency's notices; they come from when it was confirmed on. `refused` counts mails in a row
    /// that the receiving server refused for good.
    pub struct Subscriber { id: i64, account_id: i64, email: String, lang: String, token: String, asked_at: i64, confirmed_at: Option<i64>, refused: i64 }
}

record! {
    /// `kind` is `send`, `edit` or `take-down`; `note` says what was corrected, or why it was withdrawn.
    pub struct Newsletter { id: i64, agency_id: i64, account_id: i64, post_id: i64, version: i64, kind: String, words: String, note: String, made_at: i64, done_at: Option<i64> }
}

record! {
    /// How many mails of a mailing there are in each state.
    pub struct Count { state: String, n: i64 }
}

pub const SEND: &str = "send";
pub const EDIT: &str = "edit";
pub const TAKE_DOWN: &str = "take-down";

pub const QUEUED: &str = "queued";
/// Everything of the agency is stopped: it waits until that is lifted.
pub const HELD: &str = "held";
pub const SENT: &str = "sent";
/// The receiving server refused it for good.
pub const REFUSED: &str = "refused";
/// No mail server was there to take it for a whole day.
pub const GIVEN_UP: &str = "given-up";
/// Withdrawn or corrected before it left, or its reader has left.
pub const DROPPED: &str = "dropped";

impl Subscriber {
    pub fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

impl Newsletter {
    pub fn word(&self) -> &'static str {
        match self.kind.as_str() {
            SEND => "newsletter-kind-send",
            EDIT => "newsletter-kind-edit",
            _ => "newsletter-kind-take-down",
        }
    }
}
