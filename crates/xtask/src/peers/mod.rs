//! The connectors against servers that somebody else wrote: each is a file here, run on a free loopback port with a fresh
//! folder, stopped when it is dropped. Then the program as a whole, over HTTP alone: the main job, the same with such a
//! server, hard times for the disk and the database, sign-in through a provider of accounts that others wrote
//! (oidc-provider, certified), and its API against validators of others.
mod bluesky;
mod lemmy;
mod mediawiki;
pub mod snac;
mod synapse;
mod wordpress;

use crate::stages::{cargo, root, run};
use crate::{feeds, install};
use std::process::Command;
use std::time::Instant;

/// What a test is told about a server: names and values of its environment.
pub type Given = Vec<(&'static str, String)>;

type Server = (&'static str, fn() -> Result<(), String>);

const SERVERS: &[Server] = &[
    ("snac", snac::stage),
    ("MediaWiki", mediawiki::stage),
    ("WordPress", wordpress::stage),
    ("Synapse", synapse::stage),
    ("Bluesky", bluesky::stage),
    ("Lemmy", lemmy::stage),
];

/// The connectors, each against the real server of its platform. All are tried; each tells its time.
pub fn servers() -> Result<(), String> {
    let mut failed = vec![];
    for (name, stage) in SERVERS {
        let started = Instant::now();
        if let Err(why) = stage() {
            eprintln!("{name}: {why}");
            failed.push(*name);
        }
        println!("{name} took {} s", started.elapsed().as_secs());
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join(", ")) }
}

/// The program itself, walked from outside.
pub fn stage() -> Result<(), String> {
    feeds::check()?;
    let server = snac::Snac::start(&install::snac()?)?;
    let given = server.given()?;
    let python = install::python()?;
    run(&mut cargo(&["build", "--package", "drelwa", "--locked"]))?;
    let tools = install::browser()?;
    let script = |name: &str| {
        let mut command = Command::new(&python);
        let file = root().join("tests/peers").join(name);
        command.env("TEST_NODE", &tools.node).arg("-B").arg(file).envs(given.iter().cloned());
        run(&mut command)
    };
    script("walk.py")?;
    script("mastodon.py").inspect_err(|_| eprintln!("the server's own words:\n{}", server.log()))?;
    script("newsletter.py")?;
    script("hardship.py")?;
    script("provider.py")?;
    script("oscal.py")?;
    script("contract.py")
}

/// Runs a connector's test against the server it is told about.
fn real(test: &str, given: &Given) -> Result<(), String> {
    let mut tests = cargo(&["test", "--package", "connect", "--test", test, "--locked"]);
    tests.args(["--", "--ignored", "--test-threads", "1"]).envs(given.iter().cloned());
    run(&mut tests)
}

/// A port of this machine that nobody listens on at this moment.
fn free_port() -> Result<u16, String> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    port.map(|a| a.port()).map_err(|e| format!("no free port: {e}"))
}
