//! Editions and reviews of the policy for programs.
use crate::policy::Pack;
use crate::policy::redline::redline;
use crate::policy::reviewing;
use crate::policy::store::ReviewRow;
use crate::shell::api::{ApiId, time, time_opt};
use crate::shell::changes::Change;
use axum::response::Response;
use ground::http::{Id, Json, Piece, json};
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An edition against the one before it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditionChanges {
    pub from: String,
    pub to: String,
    pub clauses: Vec<ClauseChange>,
}

/// What became of a clause.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClauseChange {
    /// The clauses of the earlier edition in whose place it stands.
    pub old: Vec<String>,
    /// Absent where it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// same, changed, new or dropped
    pub fate: &'static str,
    /// What was shown for the old clauses holds for this one.
    pub carries: bool,
    pub words: Vec<WordChange>,
}

/// A stretch of words that stayed, came or went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WordChange {
    /// same, came or went
    pub change: &'static str,
    pub words: String,
}

pub async fn changes(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let line = redline(cx.machine.part::<Pack>()?, &id, cx.lang.code()).ok_or_else(Error::not_found)?;
    let words = |change: Change| {
        let (change, words) = match change {
            Change::Same(words) => ("same", words),
            Change::Came(words) => ("came", words),
            Change::Went(words) => ("went", words),
        };
        WordChange { change, words }
    };
    let clauses = line.rows.into_iter().map(|r| ClauseChange {
        old: r.old.iter().map(|id| (*id).to_owned()).collect(),
        new: Some(r.new.to_owned()).filter(|id| !id.is_empty()),
        fate: r.fate.code(),
        carries: r.carries,
        words: r.words.into_iter().map(words).collect(),
    });
    let clauses = clauses.collect();
    Ok(json(200, &EditionChanges { from: line.from.id.clone(), to: line.to.id.clone(), clauses }))
}

/// A review to be opened.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPolicyReview", example = serde_json::json!({"scope": "All clauses on accounts, with what agencies reported."}))]
pub struct NewReview {
    /// What is looked at, and who is asked.
    pub scope: String,
}

/// What a review came to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PolicyReviewResult", example = serde_json::json!({"outcome": "keep", "result": "Nothing needs to change."}))]
pub struct ReviewResult {
    /// keep or revise
    pub outcome: String,
    pub result: String,
}

/// A review of the policy.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PolicyReviewView")]
pub struct ReviewView {
    pub id: ApiId,
    pub edition: String,
    pub scope: String,
    pub opened_at: String,
    pub closed_at: Option<String>,
    /// keep or revise; empty while it is open
    pub outcome: String,
    pub result: String,
}

fn view(r: ReviewRow) -> ReviewView {
    let (opened_at, closed_at) = (time(r.opened_at), time_opt(r.closed_at));
    let (edition, scope, outcome, result) = (r.edition, r.scope, r.outcome, r.result);
    ReviewView { id: ApiId(r.id), edition, scope, opened_at, closed_at, outcome, result }
}

pub async fn open(cx: Ctx, Json(b): Json<NewReview>) -> Result<Response> {
    Ok(json(201, &view(reviewing::open(&cx, &b.scope).await?)))
}

pub async fn close(cx: Ctx, Id(id): Id, Json(b): Json<ReviewResult>) -> Result<Response> {
    Ok(json(200, &view(reviewing::close(&cx, id, &b.outcome, &b.result).await?)))
}

/// By which order an edition was adopted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EditionAdoption", example = serde_json::json!({"order_ref": "Decision of the Lhengye Zhungtshog"}))]
pub struct Adoption {
    pub order_ref: String,
}

/// An edition as it was taken in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PolicyEdition")]
pub struct EditionView {
    pub id: String,
    pub taken_in_at: String,
    pub order_ref: String,
    pub recorded_at: Option<String>,
}

pub async fn adopt(cx: Ctx, Piece(id): Piece, Json(b): Json<Adoption>) -> Result<Response> {
    let e = reviewing::adopt(&cx, &id, &b.order_ref).await?;
    let (taken_in_at, recorded_at) = (time(e.taken_at), time_opt(e.recorded_at));
    Ok(json(200, &EditionView { id: e.id, taken_in_at, order_ref: e.order_ref, recorded_at }))
}
