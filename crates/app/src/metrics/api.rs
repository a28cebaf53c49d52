//! Figures in the API.
use super::capture::{self, Capture};
use super::definitions;
use super::figures::{self, Days, Sums, Waited};
use crate::people::roles::SEE_DESK;
use crate::policy::Pack;
use crate::shell::api::ApiId;
use axum::response::Response;
use ground::http::{Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Asked {
    pub agency: Option<ApiId>,
    /// 2026-11-01; thirty days before `to` when left out
    pub from: Option<String>,
    /// The last day; today when left out. At most 366 days.
    pub to: Option<String>,
}

/// How long people waited for a first answer, in these days.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FirstAnswer")]
pub struct WaitedView {
    /// Messages that got their first answer in these days.
    pub answered: i64,
    pub median_seconds: Option<i64>,
    pub p90_seconds: Option<i64>,
}

/// Figures of one account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountFigures {
    pub account: ApiId,
    pub counts: Sums,
    pub first_answer: WaitedView,
}

/// Figures of one day; days on which nothing happened are left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DayFigures {
    pub day: String,
    pub counts: Sums,
}

/// What a platform counts below an account's posts of the last thirty days, and what of it was captured.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Capture")]
pub struct CaptureView {
    pub account: ApiId,
    /// Posts that the platform told a count of.
    pub posts: i64,
    pub counted: i64,
    pub captured: i64,
}

/// Figures of an agency over some days: counts of what happened, by their kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Figures")]
pub struct FiguresView {
    pub agency: ApiId,
    pub from: String,
    pub to: String,
    /// sent, failed, unconfirmed, taken-down, corrections, comments, answers, decisions
    pub counts: Sums,
    pub first_answer: WaitedView,
    pub days: Vec<DayFigures>,
    pub accounts: Vec<AccountFigures>,
    /// Of the last thirty days, whatever the days asked for.
    pub capture: Vec<CaptureView>,
}

fn waited(w: Waited) -> WaitedView {
    let seconds = |us: Option<i64>| us.map(|us| us / ground::clock::SECOND);
    WaitedView { answered: w.answered, median_seconds: seconds(w.median_us), p90_seconds: seconds(w.p90_us) }
}

fn captured(c: Capture) -> CaptureView {
    CaptureView { account: ApiId(c.id), posts: c.posts, counted: c.counted, captured: c.captured }
}

pub async fn figures(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let need = |field, key| Error::invalid(vec![FieldError::new(field, Say::new(key))]);
    let agency = match q.agency {
        Some(agency) => agency.0,
        None => super::own_agency(&cx).ok_or_else(|| need("agency", "metrics-error-agency"))?,
    };
    if !cx.actor.may(SEE_DESK, agency) {
        return Err(Error::not_allowed());
    }
    for (field, text) in [("from", &q.from), ("to", &q.to)] {
        if text.as_deref().is_some_and(|t| t.parse::<jiff::civil::Date>().is_err()) {
            return Err(need(field, "metrics-error-day"));
        }
    }
    let days = Days::of(&cx, q.from.as_deref(), q.to.as_deref())?;
    let f = figures::of(&cx, agency, days).await?;
    let account =
        |a: figures::OfAccount| AccountFigures { account: ApiId(a.id), counts: a.sums, first_answer: waited(a.waited) };
    let view = FiguresView {
        agency: ApiId(agency),
        from: days.from.to_string(),
        to: days.to.to_string(),
        counts: f.sums,
        first_answer: waited(f.waited),
        days: f.by_day.into_iter().map(|(day, counts)| DayFigures { day, counts }).collect(),
        accounts: f.accounts.into_iter().map(account).collect(),
        capture: capture::of(&cx, agency).await?.into_iter().map(captured).collect(),
    };
    Ok(json(200, &view))
}

/// What the figures mean.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FigureDefinitions")]
pub struct Definitions {
    pub figures: Vec<DefinitionView>,
    /// The measures the policy pack defines, whether they are shown here or not.
    pub register: Vec<MeasureView>,
}

/// One figure.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FigureDefinition")]
pub struct DefinitionView {
    pub figure: String,
    pub means: String,
    /// The kinds of facts it is counted from.
    pub counted_from: Vec<String>,
}

/// One measure of the policy pack.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MeasureDefinition")]
pub struct MeasureView {
    pub id: String,
    pub name: String,
    pub group: String,
    pub formula: String,
    pub source: String,
    pub caveat: String,
}

pub async fn definitions(cx: Ctx) -> Result<Response> {
    let figure = |d: &definitions::Definition| DefinitionView {
        figure: d.figure.into(),
        means: cx.words().t(cx.lang, d.means),
        counted_from: d.from.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    let measure = |m: &crate::policy::Metric| MeasureView {
        id: m.id.clone(),
        name: m.name.clone(),
        group: m.group.clone(),
        formula: m.formula.clone(),
        source: m.source.clone(),
        caveat: m.caveat.clone(),
    };
    let register = cx.machine.part::<Pack>()?.metrics().iter().map(measure).collect();
    Ok(json(200, &Definitions { figures: definitions::ALL.iter().map(figure).collect(), register }))
}
