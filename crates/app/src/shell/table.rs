//! Tables to take away and to bring in (CSV), as table programs write and read them: marked as UTF-8, and no cell that they
//! take for a formula.
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::{Error, Result};
use std::collections::BTreeMap;

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

/// Why a table cannot be read at all.
#[derive(Debug, Clone, PartialEq)]
pub enum Broken {
    Unreadable,
    Empty,
    Many,
    /// A column that is not known, or stands twice.
    Column(String),
    Missing(&'static str),
}

/// One row as it was written.
pub struct Line {
    /// As an editor counts; the head is line 1.
    pub number: u64,
    /// Cells beyond those of the head.
    pub extra: usize,
    cells: csv::ByteRecord,
}

/// A table that was brought in, its columns found by their names. Whether each cell is UTF-8 is asked cell by cell, so that
/// the fault has its place.
pub struct Grid {
    places: BTreeMap<&'static str, usize>,
    pub lines: Vec<Line>,
}

impl Grid {
    /// Nothing is read beyond `most` rows.
    pub fn read(bytes: &[u8], columns: &[&'static str], needed: &[&'static str], most: usize) -> Result<Grid, Broken> {
        let bytes = utf8(bytes)?;
        let split = separator(&bytes);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(split).flexible(true).has_headers(false).from_reader(&bytes[..]);
        let mut records = reader.byte_records();
        let Some(Ok(head)) = records.next() else { return Err(Broken::Empty) };
        let mut grid = Grid { places: places(&head, columns, needed)?, lines: vec![] };
        for (n, record) in records.enumerate() {
            if n >= most {
                return Err(Broken::Many);
            }
            let cells = record.map_err(|_| Broken::Unreadable)?;
            if cells.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                let number = cells.position().map_or(0, |at| line_of(&bytes, at));
                grid.lines.push(Line { number, extra: cells.len().saturating_sub(head.len()), cells });
            }
        }
        if grid.lines.is_empty() { Err(Broken::Empty) } else { Ok(grid) }
    }

    /// How many columns the head names.
    pub fn width(&self) -> usize {
        self.places.len()
    }

    /// What stands under this column, as it was before it was made plain; `Err` where it is not UTF-8.
    pub fn cell(&self, line: &Line, column: &str) -> Result<String, ()> {
        let bytes = self.places.get(column).and_then(|at| line.cells.get(*at)).unwrap_or_default();
        std::str::from_utf8(bytes).map(|text| unplain(text.trim()).to_owned()).map_err(|_| ())
    }
}

/// The line of a record: empty lines before it are read together with it.
fn line_of(bytes: &[u8], at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let before = rest.iter().take_while(|b| matches!(**b, b'\n' | b'\r'));
    at.line() + before.filter(|b| **b == b'\n').map(|_| 1).sum::<u64>()
}

/// UTF-8, with or without its mark, or the UTF-16 that table programs call "Unicode text".
fn utf8(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map(String::into_bytes).map_err(|_| Broken::Unreadable)
    };
    let plain = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        _ => bytes.to_vec(),
    };
    if plain.contains(&0) { Err(Broken::Unreadable) } else { Ok(plain) }
}

/// What parts the cells: the sign of these that the head has most of.
fn separator(bytes: &[u8]) -> u8 {
    let head = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let many = |sign: &u8| head.iter().filter(|b| *b == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(many).unwrap_or(b',')
}

/// Where each column stands. A head that is not understood is told whole: nothing below it could be read.
fn places(
    head: &csv::ByteRecord,
    columns: &[&'static str],
    needed: &[&'static str],
) -> Result<BTreeMap<&'static str, usize>, Broken> {
    let mut places = BTreeMap::new();
    for (at, cell) in head.iter().enumerate() {
        let name = String::from_utf8_lossy(cell).trim().to_lowercase().replace([' ', '-'], "_");
        match columns.iter().find(|c| **c == name) {
            Some(column) if places.insert(*column, at).is_none() => {}
            _ => return Err(Broken::Column(name)),
        }
    }
    match needed.iter().find(|n| !places.contains_key(*n)) {
        Some(missing) => Err(Broken::Missing(missing)),
        None => Ok(places),
    }
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
