//! Reads one table of a pack and remembers where every cell stood, so that each fault has a place.
use super::error::PackError;
use super::shelf::{Keyed, Shelf};
use super::source::Source;
use super::text::Text;
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// What a table must look like. A text column `name` stands in the file once per language: `name_en`, `name_dz`.
pub struct Shape {
    pub file: &'static str,
    pub key: &'static str,
    pub columns: &'static [&'static str],
    pub texts: &'static [&'static str],
    /// One `dz_status` column per language after the first: draft or reviewed.
    pub language_status: bool,
}

/// One pass over a pack: where it comes from, its languages, and every fault found so far.
pub struct Reading<'s> {
    source: &'s Source,
    pub languages: Vec<String>,
    pub faults: RefCell<Vec<PackError>>,
}

impl<'s> Reading<'s> {
    pub fn new(source: &'s Source) -> Reading<'s> {
        Reading { source, languages: vec![], faults: RefCell::new(vec![]) }
    }
    pub fn fault(&self, fault: PackError) {
        self.faults.borrow_mut().push(fault);
    }
    pub fn file(&self, name: &'static str) -> Option<std::borrow::Cow<'static, str>> {
        self.source.read(name).map_err(|fault| self.fault(fault)).ok()
    }

    /// Reads every row it can; faults are kept, a row without a usable key is left out.
    pub fn table<T: Keyed>(&self, shape: &Shape, read: impl Fn(&Row) -> T) -> Lined<T> {
        let mut lined = Lined { file: shape.file, shelf: Shelf::new(vec![]), lines: HashMap::new() };
        let Some(content) = self.file(shape.file) else { return lined };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content.as_bytes());
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|cell| cell.trim().to_string()).collect(),
            Err(e) => return self.unreadable(shape.file, &e, lined),
        };
        if !self.header(shape, &header) {
            return lined;
        }
        let mut rows = vec![];
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(e) => return self.unreadable(shape.file, &e, lined),
            }
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != header.len() {
                let say = format!("has {} cells where the header has {}", record.len(), header.len());
                self.fault(PackError::new(shape.file, say).row(line));
                continue;
            }
            let row = Row { reading: self, file: shape.file, line, header: &header, cells: &record };
            let key = row.must(shape.key);
            if key.is_empty() {
                continue;
            }
            // Codes stand in addresses and are typed by hand: `moh` and `MoH` must not be two things.
            if let Some(first) = lined.lines.get(&key.to_lowercase()) {
                row.fault(shape.key, format!("\"{key}\" stands already in row {first}"));
                continue;
            }
            if !key.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
                row.fault(shape.key, format!("\"{key}\" may have only letters, digits, hyphen, dot and underscore"));
            }
            if shape.language_status {
                row.check_status();
            }
            lined.lines.insert(key.to_lowercase(), line);
            rows.push(read(&row));
        }
        lined.shelf = Shelf::new(rows);
        lined
    }

    fn unreadable<T>(&self, file: &str, e: &csv::Error, lined: Lined<T>) -> Lined<T> {
        let line = e.position().map_or(1, csv::Position::line);
        self.fault(PackError::new(file, format!("cannot be read as comma-separated values: {e}")).row(line));
        lined
    }

    fn header(&self, shape: &Shape, header: &[String]) -> bool {
        let mut wanted: Vec<String> = shape.columns.iter().map(|c| c.to_string()).collect();
        for text in shape.texts {
            wanted.extend(self.languages.iter().map(|lang| format!("{text}_{lang}")));
        }
        if shape.language_status {
            wanted.extend(self.languages.iter().skip(1).map(|lang| format!("{lang}_status")));
        }
        let before = self.faults.borrow().len();
        for column in wanted.iter().filter(|column| !header.contains(column)) {
            self.fault(PackError::new(shape.file, "this column is missing").row(1).column(column));
        }
        for (at, column) in header.iter().enumerate().filter(|(_, column)| !wanted.contains(column)) {
            let text = shape.texts.iter().find_map(|text| column.strip_prefix(&format!("{text}_")));
            let say = match text {
                Some(lang) => {
                    format!("\"{lang}\" is not a language of this pack: pack.json has {}", self.languages.join(", "))
                }
                None if column.is_empty() => format!("column {} has no name", at + 1),
                None => "this column is not known".into(),
            };
            self.fault(PackError::new(shape.file, say).row(1).column(column));
        }
        for (at, column) in header.iter().enumerate() {
            if header[..at].contains(column) {
                self.fault(PackError::new(shape.file, "this column stands twice").row(1).column(column));
            }
        }
        self.faults.borrow().len() == before
    }
}

/// The rows of one table with the line each stood on.
pub struct Lined<T> {
    pub file: &'static str,
    pub shelf: Shelf<T>,
    lines: HashMap<String, u64>,
}

impl<T: Keyed> Lined<T> {
    pub fn fault(&self, row: &T, column: &str, say: impl Into<String>) -> PackError {
        let line = self.lines.get(&row.key().to_lowercase()).copied().unwrap_or_default();
        PackError::new(self.file, say).row(line).column(column)
    }
}

pub struct Row<'r> {
    reading: &'r Reading<'r>,
    file: &'static str,
    line: u64,
    header: &'r [String],
    cells: &'r csv::StringRecord,
}

impl Row<'_> {
    pub fn fault(&self, column: &str, say: impl Into<String>) {
        self.reading.fault(PackError::new(self.file, say).row(self.line).column(column));
    }
    /// The trimmed cell; empty when it is empty.
    pub fn cell(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at)).map_or("", str::trim)
    }
    pub fn own(&self, column: &str) -> String {
        self.cell(column).to_string()
    }
    pub fn maybe(&self, column: &str) -> Option<String> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).map(str::to_string)
    }
    pub fn must(&self, column: &str) -> String {
        if self.cell(column).is_empty() {
            self.fault(column, "must not be empty");
        }
        self.own(column)
    }
    /// Codes parted by spaces.
    pub fn list(&self, column: &str) -> Vec<String> {
        self.cell(column).split_whitespace().map(str::to_string).collect()
    }
    pub fn text(&self, column: &str) -> Text {
        let languages = &self.reading.languages;
        let text = languages.iter().map(|lang| (lang.clone(), self.own(&format!("{column}_{lang}"))));
        if let Some(first) = languages.first() {
            self.must(&format!("{column}_{first}"));
        }
        Text::new(text.collect())
    }
    pub fn date(&self, column: &str) -> Option<Date> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        // Only the one form: other date parsers would guess at 01/02/2023.
        let date = cell.parse::<Date>().ok().filter(|date| date.to_string() == cell);
        if date.is_none() {
            self.fault(column, format!("\"{cell}\" is not a date: write it as 2022-12-30"));
        }
        date
    }
    pub fn yes(&self, column: &str) -> bool {
        match self.cell(column) {
            "yes" => true,
            "no" => false,
            other => {
                self.fault(column, format!("\"{other}\" is neither yes nor no"));
                false
            }
        }
    }
    pub fn whole(&self, column: &str, within: RangeInclusive<i64>) -> i64 {
        let cell = self.cell(column);
        match cell.parse::<i64>() {
            Ok(n) if within.contains(&n) => n,
            _ => {
                let (low, high) = (within.start(), within.end());
                self.fault(column, format!("\"{cell}\" is not a whole number from {low} to {high}"));
                *low
            }
        }
    }
    /// One of the words the program knows.
    pub fn one_of<T: Copy>(&self, column: &str, known: &[(&str, T)]) -> T {
        let cell = self.cell(column);
        match known.iter().find(|(word, _)| *word == cell) {
            Some((_, value)) => *value,
            None => {
                let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
                self.fault(column, format!("\"{cell}\" is not known: use one of {}", words.join(", ")));
                known[0].1
            }
        }
    }
    /// A key of another table. When that table could not be read, the fault there is enough.
    pub fn refer<T: Keyed>(&self, column: &str, shelf: &Shelf<T>, file: &str) -> String {
        let key = self.must(column);
        self.check_key(column, &key, shelf, file);
        key
    }
    pub fn refer_all<T: Keyed>(&self, column: &str, shelf: &Shelf<T>, file: &str) -> Vec<String> {
        let keys = self.list(column);
        for key in &keys {
            self.check_key(column, key, shelf, file);
        }
        keys
    }
    fn check_key<T: Keyed>(&self, column: &str, key: &str, shelf: &Shelf<T>, file: &str) {
        if !key.is_empty() && !shelf.is_empty() && !shelf.has(key) {
            self.fault(column, format!("\"{key}\" does not stand in {file}"));
        }
    }
    /// Whether the texts of this row were reviewed in this language.
    pub fn draft(&self, lang: &str) -> bool {
        self.cell(&format!("{lang}_status")) == "draft"
    }
    pub fn drafts(&self) -> Vec<String> {
        self.reading.languages.iter().filter(|lang| self.draft(lang)).cloned().collect()
    }
    fn check_status(&self) {
        for lang in self.reading.languages.iter().skip(1) {
            let column = format!("{lang}_status");
            let cell = self.cell(&column);
            if !matches!(cell, "" | "draft" | "reviewed") {
                self.fault(&column, format!("\"{cell}\" is neither draft nor reviewed"));
            }
        }
    }
}
