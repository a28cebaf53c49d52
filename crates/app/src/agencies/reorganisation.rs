//! What a reorganisation is.
use ground::record;

record! {
    /// `state` is ordered, effective or revoked; `ordered_by` is 0 where the policy pack says so.
    pub struct Reorganisation { id: i64, kind: String, effective_on: String, reason: String, order_ref: String, heir_id: i64, state: String, ordered_by: i64, ordered_at: i64 }
}
record! {
    /// How an agency ended, or will end.
    pub struct Ending { agency_id: i64, reorganisation_id: i64, heir_id: i64, effective: bool }
}

/// What happens to the agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ReorganisationKind")]
pub enum Kind {
    /// Into one agency, new or there already.
    Merge,
    /// One into several.
    Split,
    /// One into one of another name.
    Rename,
    /// Nobody carries on; somebody looks after what is left.
    Dissolve,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Merge, Kind::Split, Kind::Rename, Kind::Dissolve];

    pub fn code(self) -> &'static str {
        match self {
            Kind::Merge => "merge",
            Kind::Split => "split",
            Kind::Rename => "rename",
            Kind::Dissolve => "dissolve",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            Kind::Merge => "agencies-kind-merge",
            Kind::Split => "agencies-kind-split",
            Kind::Rename => "agencies-kind-rename",
            Kind::Dissolve => "agencies-kind-dissolve",
        }
    }
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// What somebody asks to be recorded. Agencies by their codes.
#[derive(Debug, Clone, Default)]
pub struct NewReorganisation {
    pub kind: Option<Kind>,
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Who takes over what cannot be divided; may be empty where there is one successor.
    pub heir: String,
    pub effective_on: String,
    pub reason: String,
    pub order_ref: String,
}
