//! Commands of the program.
use crate::assembly;
use ground::config::{Config, SETTINGS};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

const COMMANDS: &[(&str, &str)] =
    &[("serve", "serve the site and do the background work"), ("work", "do the background work only")];

struct Called {
    command: String,
    flags: Vec<(String, String)>,
    switches: Vec<String>,
    rest: Vec<String>,
}

fn help() -> String {
    let mut text = String::from("drelwa COMMAND [--FLAG VALUE …]\n\ncommands:\n");
    for (name, what) in COMMANDS {
        text.push_str(&format!("  {name:<14} {what}\n"));
    }
    text.push_str("\nsettings, as --NAME VALUE or DRELWA_NAME in the environment:\n");
    for s in SETTINGS {
        let default = if s.default.is_empty() { "-" } else { s.default };
        text.push_str(&format!("  --{:<16} {} [{default}]\n", s.name, s.help));
    }
    text.push_str("\n  --print-config     show every setting and where it came from, then stop\n");
    text
}

fn read_arguments() -> Result<Called, String> {
    use lexopt::prelude::*;
    let mut called = Called { command: String::new(), flags: vec![], switches: vec![], rest: vec![] };
    let mut parser = lexopt::Parser::from_env();
    let text = |v: std::ffi::OsString| v.into_string().map_err(|_| "an argument is not UTF-8".to_owned());
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        match arg {
            Long(name @ ("print-config" | "json" | "help")) => called.switches.push(name.to_owned()),
            Short('h') => called.switches.push("help".into()),
            Long(name) => {
                let name = name.to_owned();
                let value = text(parser.value().map_err(|e| e.to_string())?)?;
                called.flags.push((name, value));
            }
            Value(v) if called.command.is_empty() => called.command = text(v)?,
            Value(v) => called.rest.push(text(v)?),
            Short(c) => return Err(format!("-{c} is not known; --help lists what is")),
        }
    }
    Ok(called)
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
    let called = read_arguments()?;
    if called.command.is_empty() || called.switches.iter().any(|s| s == "help") {
        print!("{}", help());
        return Ok(());
    }
    let config = Config::from(&called.flags, Config::environment, &[])?;
    if called.switches.iter().any(|s| s == "print-config") {
        print!("{}", config.print());
        return Ok(());
    }
    start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        match called.command.as_str() {
            "serve" => serve(config, true).await,
            "work" => serve(config, false).await,
            other => Err(format!("“{other}” is no command; --help lists them")),
        }
    })
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_default();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_format == "json" { log.json().init() } else { log.init() }
}

async fn stopped() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

async fn serve(config: Config, pages: bool) -> Result<(), String> {
    let all = assembly::assembled()?;
    let listen = config.listen;
    let machine = assembly::machine(config, &all).await?;
    let listener = match pages {
        true => {
            Some(tokio::net::TcpListener::bind(listen).await.map_err(|e| format!("cannot listen on {listen}: {e}"))?)
        }
        false => None,
    };
    if let Some(address) = listener.as_ref().and_then(|l| l.local_addr().ok()) {
        let _ = machine.base_url.set(format!("http://{address}"));
    }
    let machine = Arc::new(machine);
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(ground::jobs::work(machine.clone(), all.registry.clone(), stopping));
    match listener {
        Some(listener) => {
            println!("Drelwa serves at {}", machine.base_url());
            let app = assembly::router(&machine, &all).into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, app).with_graceful_shutdown(stopped()).await.map_err(|e| e.to_string())?;
        }
        None => stopped().await,
    }
    let _ = stop.send(true);
    let _ = worker.await;
    machine.db.close().await;
    Ok(())
}
