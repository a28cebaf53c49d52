//! Tables to take away (CSV), as table programs read them: marked as UTF-8, and no cell that they take for a formula.
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::{Error, Result};

const RISKY: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// A cell that no table program takes for a formula.
pub fn plain(cell: &str) -> String {
    if cell.starts_with(RISKY) { format!("'{cell}") } else { cell.to_owned() }
}

/// What was in the cell before it was made plain.
pub fn unplain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(RISKY)).unwrap_or(cell)
}

/// A download of a head and its rows.
pub fn download(name: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Response> {
    let mut table = csv::Writer::from_writer(vec![]);
    table.write_record(head).map_err(Error::fault)?;
    for row in rows {
        table.write_record(row.iter().map(|c| plain(c))).map_err(Error::fault)?;
    }
    let bytes = table.into_inner().map_err(|e| Error::fault(e.to_string()))?;
    // Table programs read UTF-8 only when told so by this mark.
    let body = ["\u{feff}".as_bytes(), &bytes].concat();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_words() {
        assert_eq!(plain("=HYPERLINK(\"http://evil\")"), "'=HYPERLINK(\"http://evil\")");
        for bad in ["+1", "-1", "@x", "\tx"] {
            assert!(plain(bad).starts_with('\''), "{bad}");
            assert_eq!(unplain(&plain(bad)), bad);
        }
        assert_eq!((plain("Pema"), unplain("'tis")), ("Pema".to_owned(), "'tis"));
    }
}
