//! The register in the API.
use super::store;
use crate::shell::api::{ApiId, Listed};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Query, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct AgencyFilter {
    /// One of the nine kinds of the policy: ministry, dzongkhag, gewog …
    pub kind: Option<String>,
    /// Part of a name, or a code.
    pub q: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// An agency of the register, of today or of before.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Agency")]
pub struct AgencyView {
    pub id: ApiId,
    pub code: String,
    pub kind: String,
    pub names: Names,
    pub parent: Option<String>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub current: bool,
}

/// A name in both languages.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Names {
    pub en: String,
    pub dz: String,
}

pub async fn list(cx: Ctx, Query(f): Query<AgencyFilter>) -> Result<Response> {
    let paging = Paging { after: f.after, limit: f.limit };
    let (kind, q) = (f.kind.unwrap_or_default(), f.q.unwrap_or_default());
    let rows = store::list(cx.db(), &kind, &q, paging.after_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |a| a.id);
    let items = rows
        .into_iter()
        .map(|a| AgencyView {
            id: ApiId(a.id),
            code: a.code,
            kind: a.kind,
            names: Names { en: a.name_en, dz: a.name_dz },
            parent: a.parent_code,
            valid_from: a.valid_from,
            valid_until: a.valid_until,
            current: a.current,
        })
        .collect();
    Ok(json(200, &Listed::<AgencyView> { items, next: next.map(|n| n.to_string()) }))
}
