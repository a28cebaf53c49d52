//! The table of joiners, movers and leavers, as a personnel office writes it: read with every fault told by its line.
//! It knows no database; whether the agencies and people are there is asked afterwards.
use super::register::EMPLOYMENT;
use crate::shell::table::{Broken, Grid, Line};
use ground::mail::Mailer;
use ground::{Error, FieldError, Result, Say};
use std::collections::BTreeMap;

/// More is another file: each row may write mail.
pub const MOST_ROWS: usize = 5_000;
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

const COLUMNS: [&str; 6] = ["action", "email", "name", "agency", "employment", "job_title"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    Join,
    Move,
    Leave,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StaffRow {
    /// As an editor counts; the head is line 1.
    pub line: u64,
    pub movement: Movement,
    pub email: String,
    pub name: String,
    /// Its code.
    pub agency: String,
    pub employment: String,
    pub job_title: String,
}

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq)]
pub struct RowFault {
    pub line: u64,
    pub say: Say,
}

/// The rows, or every fault of every line.
pub fn read(bytes: &[u8]) -> Result<Result<Vec<StaffRow>, Vec<RowFault>>> {
    let grid = Grid::read(bytes, &COLUMNS, &["action", "email"], MOST_ROWS).map_err(|broken| {
        whole(match broken {
            Broken::Unreadable => Say::new("people-import-unreadable"),
            Broken::Empty => Say::new("people-import-empty"),
            Broken::Many => Say::new("people-import-many").arg("most", MOST_ROWS),
            Broken::Column(column) => {
                Say::new("people-import-column").arg("column", column).arg("known", COLUMNS.join(", "))
            }
            Broken::Missing(column) => Say::new("people-import-missing").arg("column", column),
        })
    })?;
    let (mut rows, mut faults) = (vec![], vec![]);
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for line in &grid.lines {
        match row(&grid, line, &mut seen) {
            Ok(row) => rows.push(row),
            Err(says) => faults.extend(says.into_iter().map(|say| RowFault { line: line.number, say })),
        }
    }
    Ok(if faults.is_empty() { Ok(rows) } else { Err(faults) })
}

fn whole(say: Say) -> Error {
    Error::invalid(vec![FieldError::new("file", say)])
}

fn row(grid: &Grid, line: &Line, seen: &mut BTreeMap<String, u64>) -> std::result::Result<StaffRow, Vec<Say>> {
    let mut wrong = vec![];
    let mut cell = |name: &str| {
        grid.cell(line, name).unwrap_or_else(|()| {
            wrong.push(Say::new("people-import-encoding").arg("column", name));
            String::new()
        })
    };
    let [action, email, name, agency, employment, job_title] = COLUMNS.map(&mut cell);
    let (email, employment) = (email.to_lowercase(), employment.to_lowercase().replace(' ', "-"));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if line.extra > 0 {
        let known = grid.width();
        wrong.push(Say::new("people-import-cells").arg("n", known + line.extra).arg("known", known));
    }
    let movement = match action.to_lowercase().as_str() {
        "join" => Some(Movement::Join),
        "move" => Some(Movement::Move),
        "leave" => Some(Movement::Leave),
        _ => None,
    };
    if movement.is_none() {
        wrong.push(Say::new("people-import-action").arg("given", action));
    }
    if !Mailer::is_address(&email) {
        wrong.push(Say::new("people-import-email").arg("given", email.clone()));
    } else if let Some(before) = seen.insert(email.clone(), line.number) {
        wrong.push(Say::new("people-import-twice").arg("line", i64::try_from(before).unwrap_or(0)));
    }
    if movement == Some(Movement::Join) && (name.is_empty() || name.chars().count() > 120) {
        wrong.push(Say::new("people-error-name"));
    }
    if movement == Some(Movement::Move) && agency.is_empty() {
        wrong.push(Say::new("people-import-no-agency"));
    }
    if !employment.is_empty() && EMPLOYMENT.iter().all(|(code, _)| *code != employment) {
        wrong.push(Say::new("people-import-employment").arg("given", employment.clone()));
    }
    if job_title.chars().count() > 120 {
        wrong.push(Say::new("people-error-job-title"));
    }
    match movement {
        Some(movement) if wrong.is_empty() => {
            Ok(StaffRow { line: line.number, movement, email, name, agency, employment, job_title })
        }
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &[u8]) -> Vec<(u64, &'static str)> {
        read(text).unwrap().unwrap_err().iter().map(|f| (f.line, f.say.key)).collect()
    }
    fn refused(text: &[u8]) -> &'static str {
        read(text).unwrap_err().fields()[0].say.key
    }

    #[test]
    fn a_table_is_read_as_offices_write_it() {
        let rows =
            read("action,email,name,agency\njoin,Pema@Example.bt, Pema Lhamo ,MoH\n".as_bytes()).unwrap().unwrap();
        let pema = &rows[0];
        assert_eq!((pema.line, pema.email.as_str(), pema.name.as_str()), (2, "pema@example.bt", "Pema Lhamo"));
        let text = "\u{feff}Action;E-mail;Name\nleave;tashi@example.bt;\n".replace("E-mail", "Email");
        assert_eq!(read(text.as_bytes()).unwrap().unwrap()[0].movement, Movement::Leave);
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text[3..].encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&wide).unwrap().unwrap()[0].email, "tashi@example.bt");
        let plain = read(b"action,email,name,agency\njoin,a@b.bt,'=Pema,MoH").unwrap().unwrap();
        assert_eq!(plain[0].name, "=Pema", "what our own table made plain");
    }

    #[test]
    fn every_fault_of_every_line_is_told() {
        let mixed =
            [b"action,email,name\njoin,a@b.bt,Pe\xffma\nfire,c@d.bt,\njoin,nowhere,Tashi\n".as_slice()].concat();
        let found = faults(&mixed);
        assert_eq!(found, [(2, "people-import-encoding"), (3, "people-import-action"), (4, "people-import-email")]);
        let twice = b"action,email\nleave,a@b.bt\n\nleave,A@b.bt\nmove,c@d.bt,\n";
        assert_eq!(
            faults(twice),
            [(4, "people-import-twice"), (5, "people-import-cells"), (5, "people-import-no-agency")]
        );
        assert_eq!(faults(b"action,email,employment\nleave,a@b.bt,king\n")[0].1, "people-import-employment");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_refused_whole() {
        assert_eq!(refused(b""), "people-import-empty");
        assert_eq!(refused(b"action,email\n"), "people-import-empty");
        assert_eq!(refused(b"action,email,salary\n"), "people-import-column");
        assert_eq!(refused(b"email,name\n"), "people-import-missing");
        assert_eq!(refused(b"action,email\nleave,a\0@b.bt\n"), "people-import-unreadable");
        assert_eq!(refused(b"\xff\xfe\x00\xd8"), "people-import-unreadable");
        let many = format!("action,email\n{}", "leave,a@b.bt\n".repeat(100_000));
        assert_eq!(refused(many.as_bytes()), "people-import-many");
    }
}
