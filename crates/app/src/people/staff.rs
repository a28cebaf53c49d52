//! The table of joiners, movers and leavers, as a personnel office writes it: read with every fault told by its line.
//! It knows no database; whether the agencies and people are there is asked afterwards.
use super::register::EMPLOYMENT;
use crate::shell::table::unplain;
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
    let bytes = utf8(bytes)?;
    let split = separator(&bytes);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(split).flexible(true).has_headers(false).from_reader(&bytes[..]);
    let mut records = reader.byte_records();
    let head = match records.next() {
        Some(Ok(head)) => head,
        Some(Err(_)) | None => return Err(whole(Say::new("people-import-empty"))),
    };
    let places = places(&head)?;
    let (mut rows, mut faults) = (vec![], vec![]);
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for (n, record) in records.enumerate() {
        if n >= MOST_ROWS {
            return Err(whole(Say::new("people-import-many").arg("most", MOST_ROWS)));
        }
        let record = record.map_err(|_| whole(Say::new("people-import-unreadable")))?;
        let line = record.position().map_or(0, |at| line_of(&bytes, at));
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        match row(&record, &places, line, &mut seen) {
            Ok(row) => rows.push(row),
            Err(says) => faults.extend(says.into_iter().map(|say| RowFault { line, say })),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        return Err(whole(Say::new("people-import-empty")));
    }
    Ok(if faults.is_empty() { Ok(rows) } else { Err(faults) })
}

/// The line of a record: empty lines before it are read together with it.
fn line_of(bytes: &[u8], at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let before = rest.iter().take_while(|b| matches!(**b, b'\n' | b'\r'));
    at.line() + before.filter(|b| **b == b'\n').map(|_| 1).sum::<u64>()
}

fn whole(say: Say) -> Error {
    Error::invalid(vec![FieldError::new("file", say)])
}

/// UTF-8, with or without its mark, or the UTF-16 that table programs call "Unicode text". Whether each cell is UTF-8 is
/// asked line by line.
fn utf8(bytes: &[u8]) -> Result<Vec<u8>> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map(String::into_bytes).map_err(|_| whole(Say::new("people-import-unreadable")))
    };
    let plain = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        _ => bytes.to_vec(),
    };
    if plain.contains(&0) { Err(whole(Say::new("people-import-unreadable"))) } else { Ok(plain) }
}

/// What parts the cells: the sign of these that the head has most of.
fn separator(bytes: &[u8]) -> u8 {
    let head = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let many = |sign: &u8| head.iter().filter(|b| *b == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(many).unwrap_or(b',')
}

/// Where each column stands. A head that is not understood is told whole: nothing below it could be read.
fn places(head: &csv::ByteRecord) -> Result<BTreeMap<&'static str, usize>> {
    let mut places = BTreeMap::new();
    for (at, cell) in head.iter().enumerate() {
        let name = String::from_utf8_lossy(cell).trim().to_lowercase().replace([' ', '-'], "_");
        match COLUMNS.iter().find(|c| **c == name) {
            Some(column) if places.insert(*column, at).is_none() => {}
            _ => {
                return Err(whole(
                    Say::new("people-import-column").arg("column", name).arg("known", COLUMNS.join(", ")),
                ));
            }
        }
    }
    for needed in ["action", "email"] {
        if !places.contains_key(needed) {
            return Err(whole(Say::new("people-import-missing").arg("column", needed)));
        }
    }
    Ok(places)
}

fn row(
    record: &csv::ByteRecord,
    places: &BTreeMap<&'static str, usize>,
    line: u64,
    seen: &mut BTreeMap<String, u64>,
) -> std::result::Result<StaffRow, Vec<Say>> {
    let mut wrong = vec![];
    let mut cell = |name: &str| {
        let bytes = places.get(name).and_then(|at| record.get(*at)).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => unplain(text.trim()).to_owned(),
            Err(_) => {
                wrong.push(Say::new("people-import-encoding").arg("column", name));
                String::new()
            }
        }
    };
    let [action, email, name, agency, employment, job_title] = COLUMNS.map(&mut cell);
    let (email, employment) = (email.to_lowercase(), employment.to_lowercase().replace(' ', "-"));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if record.len() > places.len() {
        wrong.push(Say::new("people-import-cells").arg("n", record.len()).arg("known", places.len()));
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
    } else if let Some(before) = seen.insert(email.clone(), line) {
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
            Ok(StaffRow { line, movement, email, name, agency, employment, job_title })
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
