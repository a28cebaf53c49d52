//! What a plan is: a title, a term, and the six parts the policy requires: each in words, and in records that can be counted.
pub mod records;

use ground::crypto::sha256_hex;
use ground::record;
pub use records::Records;
use serde_json::json;

/// A part by its key in the pack and the clause that requires it.
pub const PARTS: [(&str, &str); 6] = [
    ("goals", "P6.2-AP3"),
    ("audiences", "P6.2-AP4"),
    ("risks", "P6.2-AP5"),
    ("resources", "P6.2-AP6"),
    ("measures", "P6.2-AP7"),
    ("governance", "P6.2-AP8"),
];
pub const GOALS: usize = 0;
pub const RISKS: usize = 2;
pub const GOVERNANCE: usize = 5;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub title: String,
    /// In the order of `PARTS`.
    pub parts: [String; 6],
    pub records: Records,
}

impl Draft {
    /// What is approved: everything somebody reads, of this agency.
    pub fn content_hash(&self, agency: i64) -> String {
        sha256_hex(json!([agency, self.title, self.parts, self.records]).to_string().as_bytes())
    }
}

record! {
    pub struct PlanRow { id: i64, agency_id: i64, title: String, goals: String, audiences: String, risks: String, resources: String, measures: String, governance: String, records: String, ends_at: i64, follows_id: i64, adopted_id: i64, state: String, version: i64, content_hash: String, author_id: i64, created_at: i64, updated_at: i64 }
}

impl PlanRow {
    pub fn draft(&self) -> Draft {
        let p = self.clone();
        let parts = [p.goals, p.audiences, p.risks, p.resources, p.measures, p.governance];
        Draft { title: p.title, parts, records: Records::read(&p.records) }
    }
    /// The last day of its term has passed. Plans from before plans had a term have none.
    pub fn over(&self, now: i64) -> bool {
        self.ends_at != 0 && self.ends_at <= now
    }
    /// A time in the last day of the term.
    pub fn last_day(&self) -> i64 {
        self.ends_at - 1
    }
    /// Still to be written.
    pub fn open(&self) -> bool {
        matches!(self.state.as_str(), "draft" | "rejected" | "submitted")
    }
    pub fn in_force(&self, now: i64) -> bool {
        self.state == "approved" && !self.over(now)
    }
    /// The word for where it stands.
    pub fn state_word(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "draft" => "plans-state-draft",
            "submitted" => "plans-state-submitted",
            "approved" if self.over(*now) => "plans-state-over",
            "approved" => "plans-state-approved",
            "rejected" => "plans-state-rejected",
            _ => "plans-state-ended",
        }
    }
    pub fn tone(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "submitted" => "warn",
            "approved" if self.over(*now) => "warn",
            "approved" => "good",
            "rejected" => "bad",
            _ => "",
        }
    }
}
