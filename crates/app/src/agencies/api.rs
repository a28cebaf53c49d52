//! The register in the API.
use super::importing::{self, Outcome};
use super::reorganisation::{Kind, NewReorganisation, Reorganisation};
use super::store::{self, endings};
use super::{reorganising, table};
use crate::shell::api::{ApiId, Listed, time};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::extract::Request;
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
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

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct PageQuery {
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// Agencies by their codes; `heir` takes over what cannot be divided and may be left out where there is one successor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewReorganisation", example = serde_json::json!({"kind": "split", "from": ["MoIC"], "to": ["MoICE", "GovTech", "MoIT"], "heir": "MoICE", "effective_on": "2022-12-30", "reason": "The reform of the civil service.", "order_ref": "Civil Service Reform Act 2022"}))]
pub struct ReorganisationBody {
    pub kind: Kind,
    /// Who ends.
    pub from: Vec<String>,
    /// Who carries on; nobody when it is dissolved.
    #[serde(default)]
    pub to: Vec<String>,
    pub heir: Option<String>,
    /// The first day on which it holds, as 2022-12-30.
    pub effective_on: String,
    pub reason: String,
    /// The act or order behind it.
    pub order_ref: String,
}

/// A reorganisation as it is recorded.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Reorganisation")]
pub struct ReorganisationView {
    pub id: ApiId,
    /// merge, split, rename or dissolve
    pub kind: String,
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub heir: String,
    pub effective_on: String,
    pub reason: String,
    pub order_ref: String,
    /// ordered, effective or revoked
    pub state: String,
    pub ordered_at: String,
}

async fn view(cx: &Ctx, r: Reorganisation) -> Result<ReorganisationView> {
    let codes = async |part: &str| -> Result<Vec<String>> {
        Ok(endings::parts(cx.db(), r.id, part).await?.into_iter().map(|a| a.code).collect())
    };
    Ok(ReorganisationView {
        id: ApiId(r.id),
        from: codes("from").await?,
        to: codes("to").await?,
        heir: store::find(cx.db(), r.heir_id).await?.code,
        kind: r.kind,
        effective_on: r.effective_on,
        reason: r.reason,
        order_ref: r.order_ref,
        state: r.state,
        ordered_at: time(r.ordered_at),
    })
}

pub async fn reorganisations(cx: Ctx, Query(q): Query<PageQuery>) -> Result<Response> {
    let paging = Paging { after: q.after, limit: q.limit };
    let rows = endings::list(cx.db(), paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |r| r.id);
    let mut items = vec![];
    for r in rows {
        items.push(view(&cx, r).await?);
    }
    Ok(json(200, &Listed::<ReorganisationView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn reorganise(cx: Ctx, Json(b): Json<ReorganisationBody>) -> Result<Response> {
    let new = NewReorganisation {
        kind: Some(b.kind),
        from: b.from,
        to: b.to,
        heir: b.heir.unwrap_or_default(),
        effective_on: b.effective_on,
        reason: b.reason,
        order_ref: b.order_ref,
    };
    let r = reorganising::reorganise(&cx, &new).await?;
    Ok(json(201, &view(&cx, r).await?))
}

pub async fn revoke(cx: Ctx, Id(id): Id) -> Result<Response> {
    let r = reorganising::revoke(&cx, id).await?;
    Ok(json(200, &view(&cx, r).await?))
}

/// What a table did.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AgenciesImported")]
pub struct Imported {
    pub registered: usize,
    pub changed: usize,
    /// Rows that say what the register says already.
    pub unchanged: usize,
}

pub async fn import(cx: Ctx, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, table::MOST_BYTES + 65536).await.map_err(|_| Error::too_large())?;
    let form = ground::http::read_form(&parts.headers, &body).await?;
    let file =
        form.file("file").ok_or_else(|| Error::invalid(vec![FieldError::new("file", Say::new("agencies-no-file"))]))?;
    match importing::import(&cx, &file.bytes, true).await? {
        Outcome::Good(done, _) => {
            let (registered, changed, unchanged) = (done.registered, done.changed, done.unchanged);
            Ok(json(200, &Imported { registered, changed, unchanged }))
        }
        Outcome::Faults(faults) => {
            let told = faults.into_iter().take(importing::SHOWN);
            Err(Error::invalid(told.map(|f| FieldError::new(f.place(), f.say)).collect()))
        }
    }
}
