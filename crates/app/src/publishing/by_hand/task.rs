//! One thing a person is asked to do on a platform.
use ground::record;

record! {
    /// `kind` is send, edit or take-down; `state` is open, done, refused or recalled.
    pub struct Task { delivery_id: i64, n: i64, agency_id: i64, account_id: i64, kind: String, state: String, asked_at: i64, decided_by: Option<i64>, decided_at: Option<i64>, url: String, note: String, media_id: Option<i64> }
}

pub const DONE: &str = "done";
pub const REFUSED: &str = "refused";
pub const RECALLED: &str = "recalled";

/// What is to be done, as people are told.
pub fn word(kind: &str) -> &'static str {
    match kind {
        "send" => "publishing-by-hand-send",
        "edit" => "publishing-by-hand-edit",
        _ => "publishing-by-hand-take-down",
    }
}

impl Task {
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
    pub fn word(&self) -> &'static str {
        word(&self.kind)
    }
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "publishing-by-hand-open",
            DONE => "publishing-by-hand-done",
            REFUSED => "publishing-by-hand-refused",
            _ => "publishing-by-hand-recalled",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "warn",
            DONE => "good",
            REFUSED => "bad",
            _ => "",
        }
    }
}
