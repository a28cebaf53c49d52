//! Facts in the API.
use super::reading::{self, Asked};
use crate::ledger::{self, FactRow, b64};
use crate::shell::api::{ApiId, Listed, time};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Id, Query, json};
use ground::{Ctx, Error, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that happened, as the ledger has it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactView {
    pub id: ApiId,
    pub at: String,
    /// person:ID, citizen:ID, system or nobody
    pub actor: String,
    pub agency: Option<ApiId>,
    /// post.approved, delivery.sent …
    pub kind: String,
    pub version: i64,
    /// post:ID, account:ID …
    pub subject: String,
    /// What the slice that recorded it says of it.
    pub body: serde_json::Value,
    /// The public log holds one commitment of it and nothing else.
    pub sealed: bool,
    /// Its place in the public log; absent while it waits.
    pub log_index: Option<i64>,
}

/// Ids are larger than the numbers that every reader of JSON keeps: as text they stay what they are.
fn exact(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(n) if n.as_i64().is_some_and(|n| n.unsigned_abs() >= 1 << 53) => n.to_string().into(),
        Value::Array(all) => all.into_iter().map(exact).collect(),
        Value::Object(all) => all.into_iter().map(|(k, v)| (k, exact(v))).collect(),
        other => other,
    }
}

fn view(f: &FactRow) -> FactView {
    FactView {
        id: ApiId(f.id),
        at: time(f.at),
        actor: f.actor.clone(),
        agency: f.scope.map(ApiId),
        kind: f.kind.clone(),
        version: f.version,
        subject: f.subject.clone(),
        body: exact(serde_json::from_str(&f.body).unwrap_or_default()),
        sealed: f.sealed,
        log_index: f.leaf_index,
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct FactFilter {
    pub kind: Option<String>,
    /// post:ID, account:ID …
    pub subject: Option<String>,
    pub agency: Option<ApiId>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

pub async fn list(cx: Ctx, Query(q): Query<FactFilter>) -> Result<Response> {
    let agency = q.agency.map(|a| a.0);
    let paging = Paging { after: q.after, limit: q.limit };
    let (before, most) = (Some(paging.before_id()), paging.limit() + 1);
    let rows = reading::facts(&cx, Asked { kind: q.kind, subject: q.subject, agency, before, most }).await?;
    let (rows, next) = cut(rows, paging.limit(), |f| f.id);
    let items = rows.iter().map(view).collect();
    Ok(json(200, &Listed::<FactView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(&reading::see(&cx, id).await?)))
}

/// That a fact is in the public log, and how its commitments are opened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProofView {
    pub fact: ApiId,
    /// The log's name.
    pub origin: String,
    pub verifier_key: String,
    pub index: i64,
    /// The entry, byte for byte.
    pub entry: String,
    /// Base64, from the leaf's neighbour up.
    pub hashes: Vec<String>,
    pub checkpoint: String,
    /// The same as a file that verifiers take (C2SP tlog-proof).
    pub proof: String,
    /// What opens the commitments of the entry: HMAC-SHA-256 with the salt over domain, a zero byte, value.
    pub openings: Vec<OpeningView>,
}

/// What opens one commitment of an entry.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpeningView {
    /// actor, body, or sealed for the whole
    pub field: &'static str,
    pub domain: String,
    /// Base64 of 32 bytes; whoever has it may test guesses of this one value.
    pub salt: String,
    pub value: String,
    pub commitment: String,
}

pub async fn proof(cx: Ctx, Id(id): Id) -> Result<Response> {
    let fact = reading::see(&cx, id).await?;
    let found = ledger::proof(cx.db(), &fact).await?;
    let (proven, openings) = found.ok_or_else(|| Error::conflict(Say::new("records-waiting")))?;
    let openings = openings.into_iter().map(|o| OpeningView {
        field: o.field,
        commitment: o.commitment(),
        domain: o.domain,
        salt: b64(&o.salt),
        value: o.value,
    });
    let view = ProofView {
        fact: ApiId(id),
        origin: proven.state.checkpoint.lines().next().unwrap_or_default().into(),
        verifier_key: proven.state.vkey.clone(),
        index: proven.index,
        entry: String::from_utf8(proven.entry.clone()).map_err(Error::fault)?,
        hashes: proven.hashes.iter().map(|h| b64(h)).collect(),
        checkpoint: proven.state.checkpoint.clone(),
        proof: proven.text(),
        openings: openings.collect(),
    };
    Ok(json(200, &view))
}
