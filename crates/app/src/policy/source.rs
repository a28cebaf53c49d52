//! Where a pack is read from: built into the program, or a folder.
use super::error::PackError;
use std::borrow::Cow;
use std::path::PathBuf;

#[derive(Debug, Clone)]
pub enum Source {
    /// The pack the program was built with.
    Embedded,
    Dir(PathBuf),
    /// Files held in memory: name and bytes.
    Files(Vec<(String, Vec<u8>)>),
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        const EMBEDDED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../packs/bhutan/", $name)))),*];
    };
}
embedded![
    "pack.json",
    "kinds.csv",
    "agencies.csv",
    "duty_holders.csv",
    "sections.csv",
    "clauses.csv",
    "clause_map.csv",
    "laws.csv",
    "actors.csv",
    "obligations.csv",
    "conduct.csv",
    "grounds.csv",
    "notices.csv",
    "platforms.csv",
    "plan_parts.csv",
    "plan_choices.csv",
    "plan_models.csv",
    "gnh.csv",
    "roles.csv",
    "risks.csv",
    "controls.csv",
    "metrics.csv",
];

impl Source {
    /// Every file name a pack has.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    pub(super) fn read(&self, name: &'static str) -> Result<Cow<'static, str>, PackError> {
        let bytes = match self {
            Source::Embedded => {
                let found = EMBEDDED.iter().find(|(known, _)| *known == name);
                return found.map(|(_, text)| Cow::Borrowed(*text)).ok_or_else(|| missing(name));
            }
            Source::Dir(dir) => std::fs::read(dir.join(name)).map_err(|e| match e.kind() {
                std::io::ErrorKind::NotFound => missing(name),
                _ => PackError::new(name, format!("cannot be read: {e}")),
            })?,
            Source::Files(files) => {
                let found = files.iter().find(|(known, _)| known == name);
                found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| missing(name))?
            }
        };
        let text = String::from_utf8(bytes).map_err(|e| {
            let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let row = 1 + good.iter().filter(|b| **b == b'\n').count() as u64;
            PackError::new(name, "is not UTF-8 from here on: save the file as UTF-8").row(row)
        })?;
        // Spreadsheet programs put a byte order mark in front.
        Ok(Cow::Owned(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text)))
    }
}

fn missing(name: &str) -> PackError {
    PackError::new(name, "is missing from the pack")
}
