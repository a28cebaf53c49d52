//! What a plan is: a title and the six parts the policy requires.
use super::store::PlanRow;
use ground::crypto::sha256_hex;
use serde_json::json;

/// A part by its key in the pack, the clause that requires it, and its text.
pub const PARTS: [(&str, &str); 6] = [
    ("goals", "P6.2-AP3"),
    ("audiences", "P6.2-AP4"),
    ("risks", "P6.2-AP5"),
    ("resources", "P6.2-AP6"),
    ("measures", "P6.2-AP7"),
    ("governance", "P6.2-AP8"),
];

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub title: String,
    /// In the order of `PARTS`.
    pub parts: [String; 6],
}

impl Draft {
    pub fn content_hash(&self, agency: i64) -> String {
        sha256_hex(json!([agency, self.title, self.parts]).to_string().as_bytes())
    }
}

impl PlanRow {
    pub fn draft(&self) -> Draft {
        let p = self.clone();
        let parts = [p.goals, p.audiences, p.risks, p.resources, p.measures, p.governance];
        Draft { title: p.title, parts }
    }
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "draft" => "plans-state-draft",
            "submitted" => "plans-state-submitted",
            "approved" => "plans-state-approved",
            "rejected" => "plans-state-rejected",
            _ => "plans-state-ended",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "submitted" => "warn",
            "approved" => "good",
            "rejected" => "bad",
            _ => "",
        }
    }
}
