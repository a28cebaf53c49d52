//! What the tests need beyond Rust, fetched by the system's own package manager when it is missing.
use std::process::Command;

fn apt(packages: &[&str]) -> Result<(), String> {
    println!("installing {}", packages.join(" "));
    let run = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        command.status().is_ok_and(|s| s.success())
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    // The package list may be missing or old: bring it up to date once, then try again.
    if run(&install) || (run(&["update"]) && run(&install)) {
        return Ok(());
    }
    Err(format!("{} could not be installed; install by hand: apt-get install {0}", packages.join(" ")))
}

/// The folder of PostgreSQL's programs.
pub fn postgres() -> Result<std::path::PathBuf, String> {
    let find = || {
        let mut all: Vec<_> =
            std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
        all.retain(|bin| bin.join("initdb").exists() && bin.join("postgres").exists());
        all.sort();
        all.pop()
    };
    if find().is_none() {
        apt(&["postgresql"])?;
    }
    find().ok_or_else(|| "no PostgreSQL in /usr/lib/postgresql".to_owned())
}
