//! Checks and chores of the project: `cargo xtask test`, and what grows beside it.
mod browser;
mod install;
mod licences;
mod peers;
mod postgres;
mod public_log;
mod shape;
mod stages;

use std::process::ExitCode;

const HELP: &str = "cargo xtask test [--fast] [--only STAGE]   run every test, stage by stage
    --fast   format, lint, licences and the tests on SQLite
stages: format lint licences sqlite postgres log peers browser
cargo xtask screens   make the pictures in docs/screens anew
";

fn main() -> ExitCode {
    use lexopt::prelude::*;
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut fast, mut only) = (String::new(), false, None);
    while let Ok(Some(arg)) = parser.next() {
        match arg {
            Long("fast") => fast = true,
            Long("only") => only = parser.value().ok().and_then(|v| v.into_string().ok()),
            Value(v) if command.is_empty() => command = v.to_string_lossy().into_owned(),
            _ => {
                eprint!("{HELP}");
                return ExitCode::FAILURE;
            }
        }
    }
    match command.as_str() {
        "test" => stages::test(fast, only.as_deref()),
        "screens" => match browser::screens() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("screens: {why}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprint!("{HELP}");
            ExitCode::FAILURE
        }
    }
}
