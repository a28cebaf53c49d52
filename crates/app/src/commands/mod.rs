//! The commands of the program.
mod arguments;
mod backup;
pub mod demo;
mod generate;
mod init;
mod measure;
mod measure_compliance;
mod measure_network;
mod pack;
mod practice;
mod rotate;
mod serve;
#[cfg(test)]
mod tests;
mod verify;

use arguments::Called;
use ground::config::{Config, settings};
use std::pin::Pin;
use std::process::ExitCode;

type Done = Pin<Box<dyn Future<Output = Result<(), String>>>>;

struct Command {
    name: &'static str,
    what: &'static str,
    /// Settings that have another default here.
    defaults: &'static [(&'static str, &'static str)],
    run: fn(Called, Config) -> Done,
}

/// Chores that answer on the terminal.
const QUIET: &[(&str, &str)] = &[("log", "warn")];

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        what: "make a government with a small living story, print sign-ins, serve; --json for scripts",
        defaults: demo::DEFAULTS,
        run: |called, config| Box::pin(demo::demo(config, called.switch("json"))),
    },
    Command {
        name: "serve",
        what: "serve the site and do the background work",
        defaults: &[],
        run: |_, config| Box::pin(serve::serve(config)),
    },
    Command {
        name: "work",
        what: "do the background work only",
        defaults: &[],
        run: |_, config| Box::pin(serve::work(config)),
    },
    Command {
        name: "init",
        what: "make a data folder: database, keys, register of agencies",
        defaults: &[],
        run: |_, config| Box::pin(init::init(config)),
    },
    Command {
        name: "verify",
        what: "check the ledger against the public log and the stored files; --json for scripts",
        defaults: QUIET,
        run: |called, config| Box::pin(verify::verify(config, called.switch("json"))),
    },
    Command {
        name: "backup",
        what: "FILE: copy everything into one file, while serving; --with-keys: the keys too",
        defaults: QUIET,
        run: |called, config| {
            Box::pin(async move { backup::backup(config, &called.rest, called.switch("with-keys")).await })
        },
    },
    Command {
        name: "restore",
        what: "FILE: fill an empty data folder from a backup",
        defaults: QUIET,
        run: |called, config| Box::pin(async move { backup::restore(config, &called.rest).await }),
    },
    Command {
        name: "rotate-key",
        what: "a new master key: every agency's secrets are sealed anew, while serving; goes on when it was stopped",
        defaults: QUIET,
        run: |_, config| Box::pin(rotate::rotate(config)),
    },
    Command {
        name: "pack",
        what: "check DIR: tell every fault of a policy pack",
        defaults: QUIET,
        run: |called, _| Box::pin(async move { pack::pack(&called.rest) }),
    },
    Command {
        name: "practice",
        what: "serve the practice network alone, for accounts of another process (tests and training)",
        defaults: practice::DEFAULTS,
        run: |_, config| Box::pin(practice::practice(config)),
    },
    Command {
        name: "generate",
        what: "for developers: POSTS MESSAGES of made-up history into the folder of a demonstration",
        defaults: generate::DEFAULTS,
        run: |called, config| Box::pin(generate::generate(config, called.rest)),
    },
    Command {
        name: "measure",
        what: "for developers: durable writes against the engine alone, in an empty folder",
        defaults: measure::DEFAULTS,
        run: |_, config| Box::pin(measure::measure(config)),
    },
    Command {
        name: "measure-compliance",
        what: "for developers: how long judging takes, in the folder of a demonstration",
        defaults: measure_compliance::DEFAULTS,
        run: |_, config| Box::pin(measure_compliance::measure(config)),
    },
    Command {
        name: "measure-network",
        what: "for developers: ADDRESS CALLS CALLERS: what a practice network takes from the connector alone",
        defaults: measure_network::DEFAULTS,
        run: |called, config| Box::pin(measure_network::measure(config, called.rest)),
    },
];

fn help() -> String {
    let mut text = String::from("drelwa COMMAND [--NAME VALUE …]\n\ncommands:\n");
    for c in COMMANDS {
        text.push_str(&format!("  {:<14} {}\n", c.name, c.what));
    }
    text.push_str("\nsettings, as --NAME VALUE or DRELWA_NAME in the environment:\n");
    for s in settings() {
        let default = if s.default.is_empty() { "-" } else { s.default };
        text.push_str(&format!("  --{:<24} {} [{default}]\n", s.name, s.help));
    }
    text.push_str("\n  --print-config             show every setting and where it came from, then stop\n");
    text
}

pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("drelwa: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let called = Called::read(lexopt::Parser::from_env())?;
    if called.command.is_empty() || called.switch("help") {
        print!("{}", help());
        return Ok(());
    }
    let command = COMMANDS.iter().find(|c| c.name == called.command);
    let command = command.ok_or_else(|| format!("“{}” is no command; --help lists them", called.command))?;
    let config = Config::from(&called.settings, Config::environment, command.defaults)?;
    if called.switch("print-config") {
        print!("{}", config.print());
        return Ok(());
    }
    start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on((command.run)(called, config))
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_default();
    // A log that cannot be written, on a full disk, must not end the work it tells of.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    if config.log_format == "json" { log.json().init() } else { log.init() }
}
