//! Search in the API.
use super::pages::search::{KINDS, hits};
use crate::shell::api::{ApiId, Listed, time};
use crate::shell::paging::{PageLimit, Paging};
use crate::{inbox, posts};
use axum::response::Response;
use ground::http::{Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Sought {
    /// Words that must all be there; the last may be only begun. Dzongkha is found by the syllable.
    pub q: Option<String>,
    /// post or message; both when left out
    #[schemars(extend("enum" = ["post", "message"]))]
    pub kind: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// A post or a message in which the words are.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Found")]
pub struct FoundView {
    /// post or message
    pub kind: String,
    pub id: ApiId,
    pub agency: ApiId,
    pub text_en: String,
    pub text_dz: String,
    pub state: String,
    /// When a post was last changed, or a message received.
    pub at: String,
}

pub async fn search(cx: Ctx, Query(s): Query<Sought>) -> Result<Response> {
    let kind = s.kind.unwrap_or_default();
    if !kind.is_empty() && !KINDS.contains(&kind.as_str()) {
        return Err(Error::invalid(vec![FieldError::new("kind", Say::new("desk-error-kind"))]));
    }
    let paging = Paging { after: s.after, limit: s.limit };
    let (hits, next) = hits(&cx, &s.q.unwrap_or_default(), &kind, paging.before_id(), paging.limit()).await?;
    let mut items = vec![];
    for hit in hits {
        let (id, agency) = (ApiId(hit.id), ApiId(hit.scope));
        if hit.kind == "post" {
            for p in posts::briefs(cx.db(), &[hit.id]).await? {
                let (text_en, text_dz, state, at) = (p.text_en, p.text_dz, p.state, time(p.updated_at));
                items.push(FoundView { kind: hit.kind.clone(), id, agency, text_en, text_dz, state, at });
            }
        } else if let Ok(m) = inbox::find(cx.db(), hit.id).await {
            let (text_en, text_dz) = if m.lang == "dz" { (String::new(), m.text) } else { (m.text, String::new()) };
            let (state, at) = (m.state, time(m.received_at));
            items.push(FoundView { kind: hit.kind, id, agency, text_en, text_dz, state, at });
        }
    }
    Ok(json(200, &Listed { items, next: next.map(|n| n.to_string()) }))
}
