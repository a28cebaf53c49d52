//! What an account is told of: who mentioned it, who liked what it said.
use super::{Paging, Shared, account, caller, status};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) async fn notifications(State(net): Shared, headers: HeaderMap, Query(q): Query<Paging>) -> Response {
    let held = net.held();
    let who = caller(&headers).unwrap_or_default();
    let limit = q.limit.unwrap_or(40).min(80);
    let within = |n: u64| q.min_id.is_none_or(|m| n > m) && q.max_id.is_none_or(|m| n < m);
    let kind = |k: &str| net.ways.small || q.types.as_deref().is_none_or(|t| t == k);
    let mine: Vec<_> = held.told.iter().filter(|(n, k, w, _)| *w == who && within(*n) && kind(k)).collect();
    // From an id on, the page next to it; otherwise the latest. Newest first either way.
    let next = q.min_id.is_some() && !net.ways.small;
    let page = if next { &mine[..mine.len().min(limit)] } else { &mine[mine.len().saturating_sub(limit)..] };
    let shown = |(n, kind, _, s): &&(u64, &'static str, String, u64)| {
        let s = held.statuses.get(s)?;
        Some(json!({
            "id": n.to_string(), "type": kind, "account": account(&net, &s.account),
            "created_at": "2026-01-01T00:00:00.000Z", "status": status(&net, &held, s),
        }))
    };
    Json(page.iter().rev().filter_map(shown).collect::<Vec<_>>()).into_response()
}
