//! Lemmy's server, built of its own published source, as nobody packs it. Its licence (AGPL) is no matter here: it runs as a
//! process of its own beside the tests, and nothing of it is linked. Built once: some seven minutes of one processor.
//!
//! Source: crates.io, `lemmy_server`, with the versions it was published with.
use super::{apt, run_in};
use crate::stages::{cargo, root};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The version that the connector is proven against; crates.io has no newer one.
const VERSION: &str = "0.17.4";

/// What it was published with and today's compiler refuses, and what the newer version needs, in an order that cargo takes.
const NEWER: [(&str, &str); 5] = [
    ("proc-macro2", "1.0.66"),
    ("quote", "1.0.32"),
    ("syn@2.0.15", "2.0.28"),
    ("serde", "1.0.184"),
    ("time@0.3.20", "0.3.36"),
];

/// A short build. Only what turns a password into a digest is made fast: without that, signing in takes seconds.
const PROFILE: [&str; 9] = [
    "profile.dev.opt-level=0",
    "profile.dev.debug=0",
    "profile.dev.incremental=false",
    "profile.dev.codegen-units=16",
    "profile.dev.debug-assertions=false",
    "profile.dev.overflow-checks=false",
    "profile.dev.build-override.codegen-units=16",
    "profile.dev.package.bcrypt.opt-level=3",
    "profile.dev.package.blowfish.opt-level=3",
];

/// The server's program. A finished build is kept, of an interrupted one what was done.
pub fn lemmy() -> Result<PathBuf, String> {
    let folder = root().join("target/peers/lemmy");
    let program = folder.join("lemmy_server");
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let newer = NEWER.map(|(name, version)| format!("{name} {version}"));
    let wanted = [&[VERSION.to_owned()], newer.as_slice(), &PROFILE.map(str::to_owned)].concat().join("\n");
    let is_so = |mark: &Path| std::fs::read_to_string(mark).is_ok_and(|is| is == wanted);
    if program.exists() && is_so(&folder.join("installed")) {
        return Ok(program);
    }
    libraries()?;
    let (source, build, begun) = (folder.join("source"), folder.join("build"), folder.join("begun"));
    if !is_so(&begun) {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(failed)?;
        fetch(&folder, &source)?;
        std::fs::write(&begun, &wanted).map_err(failed)?;
    }
    println!("building lemmy_server {VERSION}; this takes some minutes, once");
    let mut make = cargo(&["build", "--quiet", "--locked", "--bin", "lemmy_server"]);
    for setting in PROFILE {
        make.args(["--config", setting]);
    }
    run_in(&source, make.env("CARGO_TARGET_DIR", &build).env("CARGO_INCREMENTAL", "0"))?;
    std::fs::rename(build.join("debug/lemmy_server"), &program).map_err(failed)?;
    std::fs::write(folder.join("installed"), &wanted).map_err(failed)?;
    // Gigabytes that nobody needs again.
    std::fs::remove_dir_all(&build).map_err(failed)?;
    std::fs::remove_dir_all(&source).map_err(failed)?;
    Ok(program)
}

/// What the server is linked with.
fn libraries() -> Result<(), String> {
    let there = || {
        let asked = Command::new("pkg-config").args(["--exists", "libpq", "openssl"]).output();
        asked.is_ok_and(|o| o.status.success())
    };
    if !there() {
        apt(&["libpq-dev", "libssl-dev", "pkg-config"])?;
    }
    if there() { Ok(()) } else { Err("pkg-config finds no libpq or no openssl".to_owned()) }
}

/// Has cargo fetch and unpack the source, and copies it: what cargo keeps is not to be changed.
fn fetch(folder: &Path, source: &Path) -> Result<(), String> {
    println!("fetching lemmy_server {VERSION}");
    let name = format!("lemmy_server@{VERSION}");
    run_in(folder, cargo(&["info", "--quiet", "--registry", "crates-io", &name]).stdout(Stdio::null()))?;
    let unpacked = unpacked().ok_or("cargo has not unpacked lemmy_server")?;
    run_in(folder, Command::new("cp").arg("-r").arg(unpacked).arg(source))?;
    let manifest = source.join("Cargo.toml");
    let failed = |e: std::io::Error| format!("{}: {e}", manifest.display());
    let text = std::fs::read_to_string(&manifest).map_err(failed)?;
    // It lies within the folder of this workspace and is no part of it.
    std::fs::write(&manifest, text + "\n[workspace]\n").map_err(failed)?;
    // Settings of its makers' own builds, for looking into it while it runs.
    let _ = std::fs::remove_dir_all(source.join(".cargo"));
    for (name, version) in NEWER {
        run_in(source, cargo(&["update", "--quiet", name, "--precise", version]).stdout(Stdio::null()))?;
    }
    Ok(())
}

/// Where cargo keeps the sources of crates.io.
fn unpacked() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?.flatten();
    let mut found = registries.map(|r| r.path().join(format!("lemmy_server-{VERSION}")));
    found.find(|p| p.join("Cargo.lock").exists())
}
