//! Checks and chores of the project: `cargo xtask test`, and what grows beside it.
mod bench;
mod browser;
mod crash;
mod feeds;
mod http;
mod install;
mod licences;
mod peers;
mod postgres;
mod program;
mod public_log;
mod shape;
mod stages;

use std::process::ExitCode;

const HELP: &str = "cargo xtask test [--fast] [--only STAGE]   run every test, stage by stage
    --fast   format, lint, licences and the tests on SQLite
stages: format lint licences sqlite crash postgres log servers peers browser
cargo xtask obligations   write docs/obligations.md anew and print it
cargo xtask screens   make the pictures in docs/screens anew
cargo xtask bench [--only PART] [--write] [--build] [--full] [--kills N] [--keep DIR]   measure every promised number
    --write  put the table into README.md
    --build  time a clean build of the demonstration too
    --full   load a million posts and ten million messages (about 30 GB, half an hour)
    --keep   keep the large databases in DIR and use those that are there
";

fn main() -> ExitCode {
    use lexopt::prelude::*;
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut fast) = (String::new(), false);
    let mut wanted = bench::Wanted::default();
    while let Ok(Some(arg)) = parser.next() {
        match arg {
            Long("fast") => fast = true,
            Long("only") => wanted.only = parser.value().ok().and_then(|v| v.into_string().ok()),
            Long("write") => wanted.write = true,
            Long("build") => wanted.build = true,
            Long("full") => wanted.full = true,
            Long("kills") => wanted.kills = parser.value().ok().and_then(|v| v.parse().ok()),
            Long("keep") => wanted.keep = parser.value().ok().map(Into::into),
            Value(v) if command.is_empty() => command = v.to_string_lossy().into_owned(),
            _ => {
                eprint!("{HELP}");
                return ExitCode::FAILURE;
            }
        }
    }
    match command.as_str() {
        "test" => stages::test(fast, wanted.only.as_deref()),
        "screens" => match browser::screens() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("screens: {why}");
                ExitCode::FAILURE
            }
        },
        "obligations" => match stages::obligations() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("obligations: {why}");
                ExitCode::FAILURE
            }
        },
        "bench" => bench::run(wanted),
        _ => {
            eprint!("{HELP}");
            ExitCode::FAILURE
        }
    }
}
