//! A plan as the API takes and gives it.
use crate::plans::plan::{Draft, PlanRow, Records};
use crate::shell::api::{ApiId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The six parts the policy requires.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parts {
    pub goals: String,
    pub audiences: String,
    pub risks: String,
    pub resources: String,
    pub measures: String,
    pub governance: String,
}

/// A plan to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"agency": "456457715712000230", "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go", "audiences": "Parents, people above 60", "risks": "A rumour outruns us", "resources": "One officer", "measures": "Answers within four hours", "governance": "The lead approves"}}))]
pub struct NewPlan {
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
    /// The parts as records; a plan is submitted with them, and drafted without
    #[serde(default)]
    pub records: Records,
}

/// The next version of a plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"version": 1, "title": "Health in plain words", "parts": {"goals": "Everybody knows where to go"}}))]
pub struct PlanChange {
    pub version: i64,
    pub title: String,
    pub parts: Parts,
    /// The parts as records; left out, they stay as they are
    pub records: Option<Records>,
}

/// The version that was read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanVersion", example = serde_json::json!({"version": 1}))]
pub struct AtVersion {
    pub version: i64,
}

/// Why it goes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanRejection", example = serde_json::json!({"version": 1, "reason": "The measures cannot be counted."}))]
pub struct WithReason {
    pub version: i64,
    pub reason: String,
}

/// What an agency means to do on social media, without which it has no account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub struct PlanView {
    pub id: ApiId,
    pub agency: ApiId,
    pub title: String,
    pub parts: Parts,
    pub records: Records,
    /// The plan of the same agency it carries on
    pub follows: Option<ApiId>,
    /// The plan of the agency above it was taken from
    pub adopted_from: Option<ApiId>,
    /// draft, submitted, approved, rejected or ended
    pub state: String,
    pub version: i64,
    pub content_hash: String,
    pub updated_at: String,
}

pub(super) fn draft(title: String, p: Parts, records: Records) -> Draft {
    Draft { title, parts: [p.goals, p.audiences, p.risks, p.resources, p.measures, p.governance], records }
}

fn some(id: i64) -> Option<ApiId> {
    (id != 0).then_some(ApiId(id))
}

pub(super) fn view(p: PlanRow) -> PlanView {
    PlanView {
        records: Records::read(&p.records),
        follows: some(p.follows_id),
        adopted_from: some(p.adopted_id),
        id: ApiId(p.id),
        agency: ApiId(p.agency_id),
        title: p.title,
        parts: Parts {
            goals: p.goals,
            audiences: p.audiences,
            risks: p.risks,
            resources: p.resources,
            measures: p.measures,
            governance: p.governance,
        },
        state: p.state,
        version: p.version,
        content_hash: p.content_hash,
        updated_at: time(p.updated_at),
    }
}
