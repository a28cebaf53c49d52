//! The register as a table, in and out. Reading knows no database: every fault is told with its line and column, all at
//! once; whether codes are known is asked afterwards.
use super::rules::day;
use super::store;
use crate::shell::table::{self, Broken, Grid};
use axum::response::Response;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::collections::{BTreeMap, HashMap};

/// A country with more public bodies than this divides its table.
pub const MOST_ROWS: usize = 20_000;
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

const COLUMNS: [&str; 8] =
    ["code", "kind", "name_en", "name_dz", "parent_code", "valid_from", "valid_until", "successor_codes"];

#[derive(Debug, Clone, PartialEq)]
pub struct AgencyRow {
    /// As an editor counts; the head is line 1.
    pub line: u64,
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_dz: String,
    pub parent_code: Option<String>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub successors: Vec<String>,
}

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct RowFault {
    pub line: u64,
    pub column: &'static str,
    pub say: Say,
}

impl RowFault {
    pub fn new(line: u64, column: &'static str, say: Say) -> RowFault {
        RowFault { line, column, say }
    }
    /// `row 12, kind`
    pub fn place(&self) -> String {
        format!("row {}, {}", self.line, self.column)
    }
}

fn whole(say: Say) -> Error {
    Error::invalid(vec![FieldError::new("file", say)])
}

/// The rows, or every fault of every line.
pub fn read(bytes: &[u8]) -> Result<Result<Vec<AgencyRow>, Vec<RowFault>>> {
    let grid = Grid::read(bytes, &COLUMNS, &["code", "kind", "name_en"], MOST_ROWS).map_err(|broken| {
        whole(match broken {
            Broken::Unreadable => Say::new("agencies-table-unreadable"),
            Broken::Empty => Say::new("agencies-table-empty"),
            Broken::Many => Say::new("agencies-table-many").arg("most", MOST_ROWS),
            Broken::Column(column) => {
                Say::new("agencies-table-column").arg("column", column).arg("known", COLUMNS.join(", "))
            }
            Broken::Missing(column) => Say::new("agencies-table-missing").arg("column", column),
        })
    })?;
    let (mut rows, mut faults) = (vec![], vec![]);
    let mut seen: HashMap<String, u64> = HashMap::new();
    for line in &grid.lines {
        match row(&grid, line, &mut seen) {
            Ok(row) => rows.push(row),
            Err(some) => faults.extend(some),
        }
    }
    Ok(if faults.is_empty() { Ok(rows) } else { Err(faults) })
}

fn row(
    grid: &Grid,
    line: &table::Line,
    seen: &mut HashMap<String, u64>,
) -> std::result::Result<AgencyRow, Vec<RowFault>> {
    let mut wrong = vec![];
    let mut no = |column: &'static str, say: Say| wrong.push(RowFault::new(line.number, column, say));
    if line.extra > 0 {
        no("code", Say::new("agencies-table-cells").arg("n", line.extra));
    }
    let [code, kind, name_en, name_dz, parent, from, until, successors] = COLUMNS.map(|column| {
        grid.cell(line, column).unwrap_or_else(|()| {
            no(column, Say::new("agencies-table-encoding"));
            String::new()
        })
    });
    let good = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if code.is_empty() || code.len() > 40 || !code.chars().all(good) {
        no("code", Say::new("agencies-table-code").arg("given", code.clone()));
    } else if let Some(before) = seen.insert(code.to_lowercase(), line.number) {
        no("code", Say::new("agencies-table-twice").arg("line", i64::try_from(before).unwrap_or(0)));
    }
    for (column, name) in [("name_en", &name_en), ("name_dz", &name_dz)] {
        if name.chars().count() > 200 || (column == "name_en" && name.is_empty()) {
            no(column, Say::new("agencies-table-name"));
        }
    }
    for (column, cell) in [("valid_from", &from), ("valid_until", &until)] {
        if !cell.is_empty() && day(cell).is_none() {
            no(column, Say::new("agencies-table-day").arg("given", cell.clone()));
        }
    }
    if !from.is_empty() && !until.is_empty() && until <= from {
        no("valid_until", Say::new("agencies-table-order"));
    }
    if until.is_empty() && !successors.is_empty() {
        no("valid_until", Say::new("agencies-table-successors"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let maybe = |cell: String| Some(cell).filter(|c| !c.is_empty());
    Ok(AgencyRow {
        line: line.number,
        code,
        kind,
        name_en,
        name_dz,
        parent_code: maybe(parent),
        valid_from: maybe(from),
        valid_until: maybe(until),
        successors: successors.split_whitespace().map(str::to_owned).collect(),
    })
}

/// The whole register. Made so that it can be read back.
pub async fn download(cx: Ctx) -> Result<Response> {
    let mut successors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (code, successor) in store::successions(cx.db()).await? {
        successors.entry(code).or_default().push(successor);
    }
    let rows = store::everyone(cx.db()).await?.into_iter().map(|a| {
        let after = successors.get(&a.code).map(|s| s.join(" ")).unwrap_or_default();
        let or_empty = Option::unwrap_or_default;
        vec![
            a.code,
            a.kind,
            a.name_en,
            a.name_dz,
            or_empty(a.parent_code),
            or_empty(a.valid_from),
            or_empty(a.valid_until),
            after,
        ]
    });
    table::download("agencies.csv", &COLUMNS, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> &'static str {
        read(bytes).unwrap_err().fields()[0].say.key
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_column() {
        let text = b"code,kind,name_en,valid_from,valid_until\n\
            A-1,gewog,Gakiling,,\n\
            A 2,gewog,,,\n\
            a-1,gewog,Norbugang,01/02/2023,\n\
            A-3,gewog,Norbu\xe9,2024-01-02,2023-01-02\n";
        let faults = read(text).unwrap().unwrap_err();
        let told: Vec<(String, &str)> = faults.iter().map(|f| (f.place(), f.say.key)).collect();
        let wanted = [
            ("row 3, code", "agencies-table-code"),
            ("row 3, name_en", "agencies-table-name"),
            ("row 4, code", "agencies-table-twice"),
            ("row 4, valid_from", "agencies-table-day"),
            ("row 5, name_en", "agencies-table-encoding"),
            ("row 5, name_en", "agencies-table-name"),
            ("row 5, valid_until", "agencies-table-order"),
        ];
        assert_eq!(told, wanted.map(|(place, key)| (place.to_owned(), key)));
    }

    #[test]
    fn encodings_are_read_or_refused_with_a_sentence() {
        let text = "code,kind,name_en,name_dz\nA-1,gewog,Gakiling,དགའ་སྐྱིད་གླིང་།\n";
        let plain = read(text.as_bytes()).unwrap().unwrap();
        let marked = read(format!("\u{feff}{text}").as_bytes()).unwrap().unwrap();
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!((&plain, &plain, &plain), (&marked, &read(&wide).unwrap().unwrap(), &read(&big).unwrap().unwrap()));
        // Without its mark UTF-16 is full of zeros; Windows-1252 shows at the first letter that is not English.
        assert_eq!(refused(&wide[2..]), "agencies-table-unreadable");
        let odd = read(b"code,kind,name_en\nA-1,gewog,Caf\xe9\n").unwrap().unwrap_err();
        assert_eq!(odd[0].say.key, "agencies-table-encoding");
    }

    #[test]
    fn too_long_a_table_is_refused_at_once() {
        let many = format!("code,kind,name_en\n{}", "A-1,gewog,Gakiling\n".repeat(100_000));
        let began = std::time::Instant::now();
        assert_eq!(refused(many.as_bytes()), "agencies-table-many");
        assert!(began.elapsed() < std::time::Duration::from_secs(2));
        assert_eq!(refused(b""), "agencies-table-empty");
        assert_eq!(refused(b"code,kind\n"), "agencies-table-missing");
        assert_eq!(refused(b"code,kind,name_en,budget\n"), "agencies-table-column");
    }
}
