//! Platforms in the API.
use super::actions::{self, NewReview, NewTerms};
use super::form::{Answer, Form};
use super::pages::{day, end_of_day};
use super::review::{Decision, Review, Standing, Terms};
use super::rules::{self, Deciding};
use super::store;
use crate::policy::Platform;
use crate::shell::api::{ApiId, Listed, time, time_opt};
use axum::response::Response;
use ground::http::{Id, Json, Piece, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A platform of the list, with where it stands for the government.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Platform")]
pub struct PlatformView {
    pub id: String,
    pub name: String,
    /// social-network, microblog, blog, wiki, forum, podcast, content-community, messaging, own-site or simulator
    pub kind: String,
    pub address: Option<String>,
    /// Whether the policy itself names it.
    pub named_by_policy: bool,
    pub retired_on: Option<String>,
    /// to-review, approved, restricted, not-approved, expired or retired
    pub status: String,
    pub conditions: String,
    pub valid_until: Option<String>,
    /// When the next review is due.
    pub review_on: Option<String>,
    /// The national review that counts.
    pub review: Option<ApiId>,
}

/// A platform with the public summary of the review that counts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlatformSummary")]
pub struct SummaryView {
    #[serde(flatten)]
    pub platform: PlatformView,
    pub summary: Option<SummaryBody>,
}

/// What a review found, without what would help an attacker.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlatformFindings")]
pub struct SummaryBody {
    pub text: String,
    pub alignment: String,
    /// Functionality, terms and privacy by question.
    pub answers: BTreeMap<String, AnswerBody>,
    /// Likelihood times impact, 1 to 25.
    pub privacy_risk: i64,
    pub residual_privacy_risk: i64,
    pub residual_security_risk: i64,
    /// Weighted over fit for the kind of information, cost, reliability and security, 1 to 5.
    pub score: f64,
    pub terms_sha256: Option<String>,
    pub terms_taken_at: Option<String>,
    /// Agencies that adapted this model and use the platform.
    pub adapted_by: i64,
}

/// The answer to one question of the form.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlatformAnswer")]
pub struct AnswerBody {
    /// yes, partly or no, where the question is answered so
    #[serde(default)]
    pub choice: String,
    #[serde(default)]
    pub note: String,
}

/// A review to hand in: of the platform for the whole government, or, with `agency`, only what differs there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPlatformReview", example = serde_json::json!({"agency": "456457715712000230", "summary": "Used for weather warnings only.", "answers": {"purpose": {"note": "Warnings reach people where they are."}}, "numbers": {"score-fit": 5}}))]
pub struct NewReviewBody {
    /// Left out: a national review.
    pub agency: Option<ApiId>,
    #[serde(default)]
    pub summary: String,
    /// How using it fits the government's plan for its digital services.
    #[serde(default)]
    pub alignment: String,
    #[serde(default)]
    pub answers: BTreeMap<String, AnswerBody>,
    /// Likelihoods, impacts, scores and weights, each 1 to 5.
    #[serde(default)]
    pub numbers: BTreeMap<String, i64>,
}

/// What is decided about a review, by somebody else than who wrote it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlatformDecision", example = serde_json::json!({"decision": "restricted", "conditions": "No private messages about cases.", "valid_until": "2027-11-30", "review_on": "2027-10-15", "accept_residual_risk": true}))]
pub struct DecisionBody {
    /// approved, restricted or not-approved
    pub decision: String,
    #[serde(default)]
    pub conditions: String,
    #[serde(default)]
    pub reason: String,
    /// The last day it counts.
    pub valid_until: Option<String>,
    /// The day the next review is due.
    pub review_on: Option<String>,
    /// Whether what is left of the risk is taken on.
    #[serde(default)]
    pub accept_residual_risk: bool,
}

/// The terms of use of a platform as they were on a day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPlatformTerms", example = serde_json::json!({"taken_on": "2026-11-20", "source": "https://social.example.org/terms", "body": "1. You keep the rights to what you post. 2. …", "note": "The licence ends when a post is deleted."}))]
pub struct NewTermsBody {
    pub taken_on: String,
    #[serde(default)]
    pub source: String,
    pub body: String,
    /// What its clauses mean for the government.
    #[serde(default)]
    pub note: String,
}

/// What a change of terms means.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TermsAcknowledgement", example = serde_json::json!({"effect": "review", "note": "The licence now covers training of models."}))]
pub struct AcknowledgementBody {
    /// none, or review: a new review is due
    pub effect: String,
    pub note: String,
}

/// One version of a review.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlatformReview")]
pub struct ReviewView {
    pub id: ApiId,
    pub platform: String,
    /// Absent for a national review.
    pub agency: Option<ApiId>,
    /// The national review an agency adapted.
    pub model: Option<ApiId>,
    pub terms: Option<ApiId>,
    pub number: i64,
    /// written, approved, restricted, not-approved or expired
    pub state: String,
    pub summary: String,
    pub alignment: String,
    /// An agency's holds only what differs from the model.
    pub answers: BTreeMap<String, AnswerBody>,
    pub numbers: BTreeMap<String, i64>,
    pub content_hash: String,
    pub written_at: String,
    pub decided_at: Option<String>,
    pub conditions: String,
    pub reason: String,
    pub valid_until: Option<String>,
    pub review_on: Option<String>,
    /// When a later review took its place.
    pub replaced_at: Option<String>,
}

/// A snapshot of terms of use.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlatformTerms")]
pub struct TermsView {
    pub id: ApiId,
    pub platform: String,
    pub taken_at: String,
    pub source: String,
    pub sha256: String,
    pub previous: Option<ApiId>,
    /// Whether nothing changed, or somebody said what the change means.
    pub acknowledged: bool,
    pub effect: String,
}

fn platform(p: &Platform, s: &Standing) -> PlatformView {
    PlatformView {
        id: p.id.clone(),
        name: p.name.clone(),
        kind: p.kind.into(),
        address: p.address.clone(),
        named_by_policy: p.named_by_policy,
        retired_on: p.retired_on.map(|d| d.to_string()),
        status: s.state.code().into(),
        conditions: s.conditions.clone(),
        valid_until: time_opt(s.until),
        review_on: time_opt(s.review_at),
        review: s.review.map(ApiId),
    }
}

fn answers(form: &Form) -> BTreeMap<String, AnswerBody> {
    let body = |a: &Answer| AnswerBody { choice: a.choice.clone(), note: a.note.clone() };
    form.answers.iter().map(|(k, a)| (k.clone(), body(a))).collect()
}

fn review(cx: &Ctx, r: Review) -> Result<ReviewView> {
    let form = r.answers()?;
    let state = if r.waits() { "written" } else { r.state_at(cx.now()).code() };
    Ok(ReviewView {
        id: ApiId(r.id),
        agency: Some(r.agency_id).filter(|_| !r.national()).map(ApiId),
        model: r.base_id.map(ApiId),
        terms: r.terms_id.map(ApiId),
        number: r.number,
        state: state.into(),
        answers: answers(&form),
        numbers: form.numbers,
        summary: form.summary,
        alignment: form.alignment,
        written_at: time(r.written_at),
        decided_at: time_opt(r.decided_at),
        valid_until: time_opt(r.valid_until),
        review_on: time_opt(r.review_at),
        replaced_at: time_opt(r.ended_at),
        platform: r.platform,
        content_hash: r.content_hash,
        conditions: r.conditions,
        reason: r.reason,
    })
}

fn terms(t: Terms) -> TermsView {
    TermsView {
        id: ApiId(t.id),
        taken_at: time(t.taken_at),
        previous: t.previous_id.map(ApiId),
        acknowledged: t.acknowledged(),
        platform: t.platform,
        source: t.source,
        sha256: t.digest,
        effect: t.effect,
    }
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let items = actions::list(&cx).await?.iter().map(|(p, s)| platform(p, s)).collect();
    Ok(json(200, &Listed::<PlatformView> { items, next: None }))
}

pub async fn one(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let known = actions::known(&cx, &id)?;
    let standing = actions::standing(&cx, &id, None).await?;
    let mut summary = None;
    if let Some(review) = standing.review {
        let review = store::find(cx.db(), review).await?;
        let form = review.answers()?;
        let terms = match review.terms_id {
            Some(terms) => Some(store::terms::find(cx.db(), terms).await?),
            None => None,
        };
        let mut told = answers(&form);
        told.retain(|key, _| !rules::only_for_desks(key));
        summary = Some(SummaryBody {
            answers: told,
            privacy_risk: form.risk(0),
            residual_privacy_risk: form.risk(1),
            residual_security_risk: form.risk(2),
            score: form.score() as f64 / 10.0,
            terms_sha256: terms.as_ref().map(|t| t.digest.clone()),
            terms_taken_at: terms.map(|t| time(t.taken_at)),
            adapted_by: store::adapted(cx.db(), &id).await?,
            text: form.summary,
            alignment: form.alignment,
        });
    }
    Ok(json(200, &SummaryView { platform: platform(known, &standing), summary }))
}

pub async fn write(cx: Ctx, Piece(platform): Piece, Json(b): Json<NewReviewBody>) -> Result<Response> {
    let answers = b.answers.into_iter().map(|(k, a)| (k, Answer { choice: a.choice, note: a.note })).collect();
    let form = Form { summary: b.summary, alignment: b.alignment, answers, numbers: b.numbers };
    let written = actions::write(&cx, &NewReview { platform, agency: b.agency.map(|a| a.0), form }).await?;
    Ok(json(201, &review(&cx, written)?))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let found = actions::see(&cx, id).await?;
    Ok(json(200, &review(&cx, found)?))
}

pub async fn decide(cx: Ctx, Id(id): Id, Json(b): Json<DecisionBody>) -> Result<Response> {
    let deciding = Deciding {
        decision: Decision::parse(&b.decision).ok_or_else(|| rules::unknown_decision(&b.decision))?,
        conditions: b.conditions,
        reason: b.reason,
        valid_until: end_of_day(&cx, "valid_until", b.valid_until.as_deref().unwrap_or_default())?,
        review_at: day(&cx, "review_on", b.review_on.as_deref().unwrap_or_default())?,
        accept: b.accept_residual_risk,
    };
    let decided = actions::decide(&cx, id, &deciding).await?;
    Ok(json(200, &review(&cx, decided)?))
}

pub async fn record_terms(cx: Ctx, Piece(platform): Piece, Json(b): Json<NewTermsBody>) -> Result<Response> {
    let taken_at = day(&cx, "taken_on", &b.taken_on)?;
    let new = NewTerms { platform, taken_at, source: b.source, body: b.body, note: b.note };
    Ok(json(201, &terms(actions::record_terms(&cx, &new).await?)))
}

pub async fn acknowledge(cx: Ctx, Id(id): Id, Json(b): Json<AcknowledgementBody>) -> Result<Response> {
    Ok(json(200, &terms(actions::acknowledge(&cx, id, &b.effect, &b.note).await?)))
}
