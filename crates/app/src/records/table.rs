//! The ledger as a table to take away (CSV).
use super::pages::Filter;
use super::reading::{self, Names};
use crate::shell::table;
use axum::response::Response;
use ground::http::Query;
use ground::{Ctx, Result, words};

/// The newest so many; the API pages through all.
const MOST: i64 = 10_000;

pub async fn download(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let rows = reading::facts(&cx, f.asked(MOST)?).await?;
    let mut names = Names::default();
    let head = ["id", "at", "kind", "what", "subject", "agency", "actor", "who", "sealed", "log_index", "body"];
    let mut lines = vec![];
    for r in &rows {
        let who = names.of(&cx, &r.actor).await;
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        lines.push(vec![
            r.id.to_string(),
            words::iso(r.at),
            r.kind.clone(),
            reading::kind_word(&cx, &r.kind),
            r.subject.clone(),
            number(r.scope),
            r.actor.clone(),
            who,
            if r.sealed { "yes".into() } else { "no".into() },
            number(r.leaf_index),
            r.body.clone(),
        ]);
    }
    table::download("records.csv", &head, lines)
}
