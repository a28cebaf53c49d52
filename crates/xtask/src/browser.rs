//! The whole program in a real browser: walks of the main job, what every page keeps to, and the pictures of the screens.
//! Chromium is driven by Node; the tests are in `tests/browser` and start the debug build themselves.
use crate::install::{self, Tools};
use crate::peers::snac::Snac;
use crate::stages::{cargo, root, run};
use std::path::PathBuf;
use std::process::Command;

/// A test that hangs must not hold up the whole run. Every page as every role takes eight minutes on two processors that have
/// nothing else to do, and the machine of a stranger may be slower.
const MOST_MS: &str = "1500000";

pub fn stage() -> Result<(), String> {
    let tools = ready()?;
    let mut tests: Vec<PathBuf> = std::fs::read_dir(root().join("tests/browser"))
        .map_err(|e| format!("tests/browser: {e}"))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests.sort();
    if tests.is_empty() {
        return Err("tests/browser holds no test".to_owned());
    }
    let mut node = node(&tools);
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2", &format!("--test-timeout={MOST_MS}")]);
    // One walk is on a server that others wrote.
    let server = Snac::start(&install::snac()?)?;
    run(node.args(tests).envs(server.given()?))
}

/// Makes the pictures in `docs/screens` anew.
pub fn screens() -> Result<(), String> {
    let tools = ready()?;
    install::pngquant()?;
    run(node(&tools).arg("tests/browser/screens.mjs"))
}

fn ready() -> Result<Tools, String> {
    let tools = install::browser()?;
    run(&mut cargo(&["build", "--package", "drelwa", "--locked"]))?;
    Ok(tools)
}

fn node(tools: &Tools) -> Command {
    let mut command = Command::new(&tools.node);
    command.env("DRELWA_CHROMIUM", &tools.chromium);
    command
}
