//! What a moderation case is made of: a report, a decision, an appeal.
use crate::policy::Step;
use ground::record;

record! {
    pub struct Report { id: i64, message_id: i64, agency_id: i64, citizen_id: i64, reason: String, state: String, at: i64 }
}

record! {
    /// `snapshot` is what was written when it was decided. `state` is proposed (a second reviewer is needed), final,
    /// declined (the second reviewer did not agree) or overturned (on appeal).
    pub struct Decision { id: i64, message_id: i64, agency_id: i64, author: String, action: String, ground: String, reason: String, snapshot: String, snapshot_hash: String, state: String, decided_by: i64, decided_at: i64, second_by: Option<i64>, second_at: Option<i64>, second_reason: String, appeal_by: i64, on_platform: String, version: i64 }
}

record! {
    /// `state` is open, upheld (the decision stands) or overturned.
    pub struct Appeal { id: i64, decision_id: i64, agency_id: i64, lodged_by: String, text: String, state: String, lodged_at: i64, answer_by: i64, decided_by: Option<i64>, decided_at: Option<i64>, reason: String }
}

/// Looked at, and left as it is: this too is a decision with a reason.
pub const NONE: &str = "none";

/// What may be done to a comment, mildest first. Nothing is ever deleted.
pub const ACTIONS: [(&str, Step); 4] =
    [("label", Step::Label), ("collapse", Step::Collapse), ("mask", Step::Mask), ("hide", Step::Hide)];

pub fn step_of(action: &str) -> Option<Step> {
    ACTIONS.iter().find(|(code, _)| *code == action).map(|(_, step)| *step)
}

pub fn action_word(action: &str) -> &'static str {
    match action {
        "label" => "moderation-action-label",
        "collapse" => "moderation-action-collapse",
        "mask" => "moderation-action-mask",
        "hide" => "moderation-action-hide",
        _ => "moderation-action-none",
    }
}

impl Decision {
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "proposed" => "moderation-state-proposed",
            "final" => "moderation-state-final",
            "declined" => "moderation-state-declined",
            _ => "moderation-state-overturned",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "proposed" => "warn",
            "final" => "info",
            _ => "good",
        }
    }
    pub fn action_word(&self) -> &'static str {
        action_word(&self.action)
    }
    pub fn acts(&self) -> bool {
        self.action != NONE
    }
}

impl Appeal {
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "moderation-appeal-open",
            "upheld" => "moderation-appeal-upheld",
            _ => "moderation-appeal-overturned",
        }
    }
}
