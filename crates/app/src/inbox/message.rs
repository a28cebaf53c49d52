//! What somebody wrote to an agency, and what the agency answered.
use ground::crypto::sha256_hex;
use ground::record;

record! {
    /// `remote_id` is the platform's own id; for comments on our own site one of ours that makes a comment sent twice
    /// one comment. `state` is open, answered or closed; `visibility` is shown, collapsed, masked, hidden or withdrawn.
    /// `edited_at` and `deleted_at`: when it was seen that the platform has other words, or none any more.
    pub struct Message { id: i64, agency_id: i64, account_id: i64, platform: String, remote_id: String, post_id: Option<i64>, parent_id: Option<i64>, citizen_id: Option<i64>, author_id: String, author_name: String, author_url: String, text: String, lang: String, url: String, state: String, visibility: String, written_at: i64, received_at: i64, answered_at: Option<i64>, closed_reason: String, edited_at: Option<i64>, deleted_at: Option<i64>, version: i64 }
}

record! {
    /// `state` is waiting (for approval), rejected, sending, sent, unconfirmed or failed.
    pub struct Answer { id: i64, message_id: i64, agency_id: i64, text: String, lang: String, content_hash: String, state: String, author_id: i64, decided_by: Option<i64>, decided_at: Option<i64>, reason: String, url: String, remote_id: String, created_at: i64, sent_at: Option<i64> }
}

/// The reason for no answer, in the record; pages say it in words.
pub const DELETED_THERE: &str = "deleted-there";

/// So many characters of a message are kept: more than people write, less than it takes to fill a disk with one call.
pub const MOST_KEPT: usize = 20_000;
/// What stands at the end of words that go on.
pub const GOES_ON: &str = "…";

/// Whether these words of a message are only its beginning.
pub fn is_cut(text: &str) -> bool {
    text.ends_with(GOES_ON) && text.chars().count() == MOST_KEPT
}

impl Message {
    /// Whether only its beginning is kept.
    pub fn is_cut(&self) -> bool {
        is_cut(&self.text)
    }
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
    pub fn on_site(&self) -> bool {
        self.platform == crate::accounts::SITE
    }
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "inbox-state-open",
            "answered" => "inbox-state-answered",
            _ => "inbox-state-closed",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "warn",
            "answered" => "good",
            _ => "",
        }
    }
    pub fn visibility_word(&self) -> &'static str {
        match self.visibility.as_str() {
            "label" => "inbox-visibility-label",
            "collapse" => "inbox-visibility-collapse",
            "mask" => "inbox-visibility-mask",
            "hide" => "inbox-visibility-hide",
            "withdrawn" => "inbox-visibility-withdrawn",
            _ => "inbox-visibility-shown",
        }
    }
}

impl Answer {
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "waiting" => "inbox-answer-waiting",
            "rejected" => "inbox-answer-rejected",
            "sending" => "inbox-answer-sending",
            "sent" => "inbox-answer-sent",
            "unconfirmed" => "inbox-answer-unconfirmed",
            _ => "inbox-answer-failed",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "waiting" | "unconfirmed" => "warn",
            "sent" => "good",
            "sending" => "info",
            _ => "bad",
        }
    }
}

/// What an approval of an answer is bound to.
pub fn answer_hash(message: i64, text: &str) -> String {
    sha256_hex(format!("{message}\n{text}").as_bytes())
}

/// A comment sent twice from one form is one comment.
pub fn comment_key(citizen: i64, post: i64, parent: Option<i64>, text: &str) -> String {
    let digest = sha256_hex(format!("{post}\n{}\n{text}", parent.unwrap_or(0)).as_bytes());
    format!("{citizen}:{}", &digest[..32])
}

/// `dz` when it holds Tibetan letters, else `en`: enough to choose a font and a search, no more is claimed.
pub fn script(text: &str) -> &'static str {
    if text.chars().any(|c| ('\u{F00}'..='\u{FFF}').contains(&c)) { "dz" } else { "en" }
}
