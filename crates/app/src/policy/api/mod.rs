//! The policy for programs.
pub mod editions;

use super::pages::Review;
use super::{Pack, Text, in_force};
use axum::response::Response;
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The edition in force today.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Policy")]
pub struct PolicyBody {
    pub edition: String,
    /// By language code.
    pub title: BTreeMap<String, String>,
    pub adopted_on: String,
    pub adopted_by: BTreeMap<String, String>,
    pub review: ReviewBody,
    /// The laws it rests on, and what came after them.
    pub laws: Vec<LawBody>,
    pub clauses: Vec<ClauseBody>,
}

/// A law or plan the policy rests on, or one that came after it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Law")]
pub struct LawBody {
    pub id: String,
    /// By language code.
    pub title: BTreeMap<String, String>,
    pub year: Option<i64>,
    /// in-force, replaced or check
    pub standing: &'static str,
    /// What replaced it.
    pub successors: Vec<String>,
    /// The law it amends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<String>,
    pub clauses: Vec<String>,
    pub source: String,
}

/// The review the policy asks for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PolicyReview")]
pub struct ReviewBody {
    /// The day of the earliest review that is not on record.
    pub due_on: String,
    pub overdue: bool,
    /// The day of the latest review that is overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<String>,
    /// Reviews that were due and are not on record.
    pub missed: u32,
}

/// A clause of the policy, in every language it has.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Clause")]
pub struct ClauseBody {
    /// Stable for good: `P6.2-AM7`.
    pub id: String,
    pub url: String,
    pub section: String,
    pub title: BTreeMap<String, String>,
    pub text: BTreeMap<String, String>,
    /// may, should, must or shall; absent where the clause obliges nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'static str>,
    pub binding: bool,
    /// Who is obliged, as the policy names them.
    pub actors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obligation: Option<String>,
}

fn texts(text: &Text) -> BTreeMap<String, String> {
    text.all().iter().cloned().collect()
}

fn law(law: &super::Law) -> LawBody {
    LawBody {
        id: law.id.clone(),
        title: texts(&law.title),
        year: law.year,
        standing: law.standing.word(),
        successors: law.successors.clone(),
        amends: law.amends.clone(),
        clauses: law.clauses.clone(),
        source: law.source.clone(),
    }
}

pub async fn policy(cx: Ctx) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let today = pack.day_at(cx.now());
    let edition = in_force(&cx).await?.ok_or_else(Error::not_found)?;
    let review = Review::of(&edition, today);
    let clauses = pack.clauses().iter().filter(|c| c.edition == edition.id).map(|c| {
        let obligation = pack.obligations().find(&c.id);
        ClauseBody {
            id: c.id.clone(),
            url: cx.url(&format!("/policy#{}", c.id)),
            section: c.section.clone(),
            title: texts(&c.title),
            text: texts(&c.text),
            level: obligation.map(|o| o.level.word()),
            binding: obligation.is_some_and(|o| o.level.binding()),
            actors: obligation.map(|o| o.actors.clone()).unwrap_or_default(),
            obligation: obligation.map(|o| o.obligation.clone()),
        }
    });
    let body = PolicyBody {
        edition: edition.id.clone(),
        title: texts(&pack.policy().title),
        adopted_on: edition.adopted_on.to_string(),
        adopted_by: texts(&edition.adopted_by),
        review: ReviewBody {
            due_on: review.due_on.to_string(),
            overdue: review.overdue,
            overdue_since: review.overdue_since.map(|day| day.to_string()),
            missed: review.missed,
        },
        laws: pack.laws().iter().map(law).collect(),
        clauses: clauses.collect(),
    };
    Ok(ground::http::json(200, &body))
}
