//! `cargo xtask bench`: every number the project promises, measured and put into one table. `docs/bench.md` says how.
mod build;
mod compliance;
mod drain;
mod machine;
mod nodes;
mod page;
mod races;
mod rest;
mod scale;
mod writes;

use crate::program::{self, Scratch};
use crate::stages::root;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// One line of the table.
pub struct Line {
    measure: String,
    goal: String,
    here: String,
    met: bool,
}

impl Line {
    pub fn new(measure: &str, goal: &str, here: String, met: bool) -> Line {
        Line { measure: measure.into(), goal: goal.into(), here, met }
    }
}

/// What was asked for on the command line.
#[derive(Default)]
pub struct Wanted {
    pub only: Option<String>,
    pub write: bool,
    pub build: bool,
    pub full: bool,
    pub kills: Option<usize>,
    /// Where large databases are kept for the next run.
    pub keep: Option<PathBuf>,
}

/// What the parts share: the program, and a folder for their data.
pub struct Bench {
    pub program: PathBuf,
    pub scratch: Scratch,
    pub wanted: Wanted,
}

type Part = (&'static str, fn(&Bench) -> Result<Vec<Line>, String>);

const PARTS: &[Part] = &[
    ("rest", rest::measure),
    ("page", page::measure),
    ("writes", writes::measure),
    ("scale", scale::measure),
    ("compliance", compliance::measure),
    ("drain", drain::measure),
    ("nodes", nodes::measure),
    ("races", races::measure),
    ("crash", crash),
    ("build", build::measure),
];

fn crash(bench: &Bench) -> Result<Vec<Line>, String> {
    let found = crate::crash::full(&bench.program, bench.wanted.kills.unwrap_or(1000))?;
    let (doubles, losses) = (found.doubles.len(), found.losses.len() + found.wrong.len());
    let here = format!(
        "{doubles} doubles, {losses} losses in {} kills and {} deliveries; {} shown as unconfirmed",
        found.kills, found.deliveries, found.unconfirmed
    );
    let met = found.clean() && found.kills >= 1000;
    Ok(vec![Line::new("kill -9 at every step of publishing, with faults", "0 doubles, 0 losses in ≥ 1,000", here, met)])
}

pub fn run(wanted: Wanted) -> ExitCode {
    match table(wanted) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn table(wanted: Wanted) -> Result<bool, String> {
    if let Some(only) = &wanted.only
        && !PARTS.iter().any(|p| p.0 == only)
    {
        let names: Vec<&str> = PARTS.iter().map(|p| p.0).collect();
        return Err(format!("there is no part “{only}”; there are {}", names.join(", ")));
    }
    println!("building");
    // The clean build needs no program before it, and nothing beside it.
    let alone = wanted.only.as_deref() == Some("build");
    let program = if alone { PathBuf::new() } else { program::build(true)? };
    let bench = Bench { program, scratch: Scratch::new("bench")?, wanted };
    let (mut lines, mut whole) = (vec![], true);
    for (name, part) in PARTS.iter().filter(|p| bench.wanted.only.as_deref().is_none_or(|o| o == p.0)) {
        println!("\n── {name}");
        let started = Instant::now();
        match part(&bench) {
            Ok(new) => lines.extend(new),
            Err(why) => {
                whole = false;
                eprintln!("── {name} failed: {why}");
            }
        }
        println!("── {name} took {} s", started.elapsed().as_secs());
    }
    let text = markdown(&lines);
    println!("\n{text}");
    if bench.wanted.write {
        write(&text, &root().join("README.md"))?;
    }
    Ok(whole && lines.iter().all(|l| l.met))
}

fn markdown(lines: &[Line]) -> String {
    let mut text = String::from("| measure | goal | here | met |\n|---|---|---|---|\n");
    for l in lines {
        let met = if l.met { "yes" } else { "**no**" };
        text.push_str(&format!("| {} | {} | {} | {met} |\n", l.measure, l.goal, l.here));
    }
    text.push_str(&format!("\n{}\n", machine::facts()));
    text
}

/// Puts the table between the marks of the README.
fn write(table: &str, file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let new =
        between(&text, "<!-- bench -->", "<!-- /bench -->", table).ok_or("README.md has no marks for the bench")?;
    std::fs::write(file, new).map_err(|e| format!("{}: {e}", file.display()))
}

fn between(text: &str, from: &str, to: &str, new: &str) -> Option<String> {
    let start = text.find(from)? + from.len();
    let end = start + text[start..].find(to)?;
    Some(format!("{}\n{new}{}", &text[..start], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_the_one_before() {
        let lines = [Line::new("a", "≤ 1", "2".into(), false)];
        let table = markdown(&lines);
        assert!(table.contains("| a | ≤ 1 | 2 | **no** |"), "{table}");
        let text = between("x <!-- bench -->\nold\n<!-- /bench --> y", "<!-- bench -->", "<!-- /bench -->", "new\n");
        assert_eq!(text.as_deref(), Some("x <!-- bench -->\nnew\n<!-- /bench --> y"));
        assert!(between("no marks", "<!-- bench -->", "<!-- /bench -->", "").is_none());
    }
}
