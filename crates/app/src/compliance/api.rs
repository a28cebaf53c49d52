//! Compliance in the API.
use super::actions::{self, Attesting};
use super::map;
use crate::agencies::Agency;
use crate::policy::Pack;
use crate::shell::api::{ApiId, time, time_opt};
use axum::response::Response;
use ground::http::{Json, Piece, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How every agency stands with every obligation.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ComplianceMap")]
pub struct MapView {
    /// The obligations, in the order of `states`.
    pub obligations: Vec<String>,
    pub agencies: Vec<MapLine>,
}

/// One agency on the map.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ComplianceMapLine")]
pub struct MapLine {
    pub agency: ApiId,
    pub code: String,
    /// One letter an obligation: m met, p partly met, n not met, u not assessed, x not applicable.
    pub states: String,
}

pub async fn map(cx: Ctx) -> Result<Response> {
    let obligations = cx.machine.part::<Pack>()?.obligations().iter().map(|o| o.id.clone()).collect();
    let rows = super::store::rows(cx.db()).await?;
    let letters: std::collections::HashMap<i64, String> = rows.into_iter().map(|r| (r.agency_id, r.letters)).collect();
    let line = |a: Agency| {
        let states = letters.get(&a.id).cloned().unwrap_or_default();
        MapLine { agency: ApiId(a.id), code: a.code, states }
    };
    let agencies = map::visible(&cx).await?.into_iter().map(line).collect();
    Ok(json(200, &MapView { obligations, agencies }))
}

/// The findings of one agency.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AgencyFindings {
    pub agency: ApiId,
    pub code: String,
    pub findings: Vec<FindingView>,
}

/// What is found of one obligation.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub struct FindingView {
    pub obligation: String,
    /// shall, must, should or may
    pub level: String,
    /// met, partly, not-met, not-assessed or not-applicable
    pub state: String,
    pub controls: Vec<ControlView>,
}

/// One control behind a finding.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FindingControl")]
pub struct ControlView {
    pub control: String,
    pub state: String,
    /// How the program shows it.
    pub shown_by: String,
    pub observations: Vec<ObservationView>,
}

/// What was seen of a control, when, and until when it holds.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Observation")]
pub struct ObservationView {
    /// own: computed, or said by the agency. review: seen from outside.
    pub source: String,
    pub state: String,
    pub told: String,
    pub reason: String,
    /// What it rests on, as the ledger names things: `account:12`.
    pub evidence: Vec<String>,
    pub seen_at: String,
    pub until: Option<String>,
}

async fn view(cx: &Ctx, agency: &Agency) -> Result<AgencyFindings> {
    let mut findings = vec![];
    for f in map::findings(cx, agency).await? {
        let mut controls = vec![];
        for c in f.controls {
            let observation = |source: &str, s: map::Seen| ObservationView {
                source: source.into(),
                state: s.state,
                told: s.told,
                reason: s.reason,
                evidence: s.evidence,
                seen_at: time(s.seen_at),
                until: time_opt(s.until),
            };
            let own = c.own.map(|s| observation("own", s));
            let observations = own.into_iter().chain(c.review.map(|s| observation("review", s))).collect();
            let (control, shown_by) = (c.control.id.to_owned(), c.control.shown_by.to_owned());
            controls.push(ControlView { control, state: c.state.code().into(), shown_by, observations });
        }
        findings.push(FindingView {
            obligation: f.obligation.id.clone(),
            level: f.obligation.level.word().into(),
            state: f.state.code().into(),
            controls,
        });
    }
    Ok(AgencyFindings { agency: ApiId(agency.id), code: agency.code.clone(), findings })
}

pub async fn agency(cx: Ctx, Piece(code): Piece) -> Result<Response> {
    let agency = actions::see(&cx, &code).await?;
    Ok(json(200, &view(&cx, &agency).await?))
}

/// What the lead of an agency says of a control that cannot be computed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"control": "good-sense", "verdict": "met", "reason": "Talked about at the meeting of May.", "evidence": ["File MoH/ICT/12", "https://www.example.bt/minutes"]}))]
pub struct Attestation {
    pub control: String,
    /// met, partly, not-met or not-applicable
    #[schemars(extend("enum" = ["met", "partly", "not-met", "not-applicable"]))]
    pub verdict: String,
    pub reason: String,
    /// Where it can be seen: a thing on record (`post:12`), an address, or a file by its number. Needed for met and partly.
    #[serde(default)]
    pub evidence: Vec<String>,
}

pub async fn attest(cx: Ctx, Piece(code): Piece, Json(said): Json<Attestation>) -> Result<Response> {
    let agency = actions::see(&cx, &code).await?;
    let evidence = actions::lines(&said.evidence.join("\n"));
    let Attestation { control, verdict, reason, .. } = &said;
    actions::attest(&cx, agency.id, &Attesting { control, verdict, reason, evidence: &evidence }).await?;
    Ok(json(200, &view(&cx, &agency).await?))
}
