//! The test run: stages in order, each with its time; all are run, one failure fails the whole.
use crate::browser;
use crate::crash;
use crate::licences;
use crate::peers;
use crate::postgres::Postgres;
use crate::public_log;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf()
}

/// Runs a command in the project's folder, its output shown as it comes.
pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let status = command.current_dir(root()).status().map_err(|e| format!("{shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// What cargo tells the program it runs about that program's own package. Build scripts look at it: handed on, it would
/// have half the tree built anew each time a build from here follows one by hand.
fn of_this_package(name: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| name.starts_with(start))
}

pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    for (name, _) in std::env::vars().filter(|(name, _)| of_this_package(name)) {
        command.env_remove(name);
    }
    command.args(args);
    command
}

fn tests(engine: &str, url: Option<&str>) -> Result<(), String> {
    let mut command = cargo(&["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]);
    if engine != "sqlite" {
        // The platforms' floor and the chores know no database: run once is enough.
        command.args(["--exclude", "connect", "--exclude", "xtask"]);
    }
    command.env("DRELWA_TEST_ENGINE", engine).env("RUST_BACKTRACE", "1");
    if let Some(url) = url {
        command.env("DRELWA_TEST_POSTGRES", url);
    }
    run(&mut command)
}

fn format() -> Result<(), String> {
    run(&mut cargo(&["fmt", "--all", "--", "--check"]))
}

fn lint() -> Result<(), String> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn sqlite() -> Result<(), String> {
    tests("sqlite", None)
}

fn postgres() -> Result<(), String> {
    let server = Postgres::start()?;
    tests("postgres", Some(&server.url()))
}

/// Which obligations of the policy are served by what: made anew from the program, and shown.
pub fn obligations() -> Result<(), String> {
    let mut made = cargo(&["test", "--quiet", "-p", "drelwa", "--locked", "shape::obligations"]);
    run(made.env("DRELWA_TEST_WRITE", "1"))?;
    let path = root().join("docs/obligations.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    println!("{text}");
    Ok(())
}

type Stage = (&'static str, bool, fn() -> Result<(), String>);

const STAGES: &[Stage] = &[
    ("format", true, format),
    ("lint", true, lint),
    ("licences", true, licences::check),
    ("sqlite", true, sqlite),
    ("crash", false, crash::stage),
    ("postgres", false, postgres),
    ("log", false, public_log::stage),
    ("servers", false, peers::servers),
    ("peers", false, peers::stage),
    ("browser", false, browser::stage),
];

pub fn test(fast: bool, only: Option<&str>) -> ExitCode {
    if let Some(name) = only
        && !STAGES.iter().any(|s| s.0 == name)
    {
        eprintln!("there is no stage “{name}”");
        return ExitCode::FAILURE;
    }
    let mut done = vec![];
    for (name, quick, stage) in STAGES {
        let wanted = only.map_or(!fast || *quick, |o| o == *name);
        if !wanted {
            continue;
        }
        println!("\n── {name}");
        let started = Instant::now();
        let result = stage();
        if let Err(why) = &result {
            eprintln!("── {name} failed: {why}");
        }
        done.push((*name, started.elapsed().as_secs(), result.is_ok()));
    }
    println!("\nstage        seconds  result");
    for (name, seconds, ok) in &done {
        println!("{name:<12} {seconds:>7}  {}", if *ok { "passed" } else { "FAILED" });
    }
    let failed = done.iter().filter(|d| !d.2).count();
    println!("\nstages: {} passed, {failed} failed", done.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
