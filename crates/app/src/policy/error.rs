//! What is wrong with a pack, and where.
use std::fmt;

/// One fault. `row` is the line in the file, so that an editor can jump to it; the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackError {
    pub file: String,
    pub row: Option<u64>,
    pub column: Option<String>,
    pub say: String,
}

impl PackError {
    pub fn new(file: &str, say: impl Into<String>) -> PackError {
        PackError { file: file.into(), row: None, column: None, say: say.into() }
    }
    pub fn row(mut self, row: u64) -> PackError {
        self.row = Some(row);
        self
    }
    pub fn column(mut self, column: &str) -> PackError {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.say)
    }
}
impl std::error::Error for PackError {}
