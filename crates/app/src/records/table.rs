//! The ledger as a table to take away (CSV).
use super::pages::Filter;
use super::reading::{self, Names};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::http::Query;
use ground::{Ctx, Error, Result, words};

/// The newest so many; the API pages through all.
const MOST: i64 = 10_000;

/// A cell that no table program takes for a formula.
pub fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

pub async fn download(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let rows = reading::facts(&cx, f.asked(MOST)?).await?;
    let mut names = Names::default();
    let mut table = csv::Writer::from_writer(vec![]);
    let head = ["id", "at", "kind", "what", "subject", "agency", "actor", "who", "sealed", "log_index", "body"];
    table.write_record(head).map_err(Error::fault)?;
    for r in &rows {
        let who = names.of(&cx, &r.actor).await;
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
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
        ];
        table.write_record(cells.map(|c| plain(&c))).map_err(Error::fault)?;
    }
    let bytes = table.into_inner().map_err(|e| Error::fault(e.to_string()))?;
    // Table programs read UTF-8 only when told so by this mark.
    let body = ["\u{feff}".as_bytes(), &bytes].concat();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"records.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_words() {
        for bad in ["=1+1", "+1", "-1", "@sum(a)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(plain(bad), format!("'{bad}"));
        }
        assert_eq!(plain("post:1"), "post:1");
        assert_eq!(plain(""), "");
    }
}
