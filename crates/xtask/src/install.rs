//! What the tests need beyond Rust, fetched by the system's own package manager when it is missing.
use crate::stages::root;
use std::path::{Path, PathBuf};
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
pub fn postgres() -> Result<PathBuf, String> {
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

/// The version of snac that the connectors are proven against, as Debian 13 has it.
const SNAC: &str = "2.75-2";

/// The program of snac. Debian's package is fetched and unpacked beside the build, not installed, so that neither another
/// version on this machine nor an older Debian stands in the way; apt checks its signature.
pub fn snac() -> Result<PathBuf, String> {
    let folder = root().join("target/peers").join(format!("snac2-{SNAC}"));
    let program = folder.join("usr/bin/snac");
    if !program.exists() {
        fetch_snac(&folder).map_err(|why| {
            format!(
                "snac2 {SNAC} could not be fetched from Debian 13: {why}; without it run the other stages with --only"
            )
        })?;
    }
    // Without arguments it tells its version and usage; without its libraries it tells nothing on standard output.
    let starts = || Command::new(&program).output().is_ok_and(|o| o.stdout.starts_with(b"snac "));
    if !starts() {
        apt(&["--no-upgrade", "libcurl4", "libssl3"])?;
    }
    if starts() { Ok(program) } else { Err(format!("{} does not start", program.display())) }
}

fn fetch_snac(folder: &Path) -> Result<(), String> {
    println!("fetching snac2 {SNAC}");
    let work = folder.with_extension("fetch");
    let failed = |e: std::io::Error| format!("{}: {e}", work.display());
    let _ = std::fs::remove_dir_all(&work);
    for part in ["lists/partial", "cache/archives/partial"] {
        std::fs::create_dir_all(work.join(part)).map_err(failed)?;
    }
    let mirror = debian_mirror().ok_or("no Debian mirror stands in /etc/apt")?;
    let source = format!("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirror} trixie main\n");
    std::fs::write(work.join("sources.list"), source).map_err(failed)?;
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        let at = |name: &str, path: &str| format!("{name}={}", work.join(path).display());
        for option in [
            at("Dir::Etc::SourceList", "sources.list"),
            "Dir::Etc::SourceParts=/dev/null".to_owned(),
            at("Dir::State::Lists", "lists"),
            at("Dir::Cache", "cache"),
            "Acquire::Languages=none".to_owned(),
            "APT::Sandbox::User=".to_owned(),
        ] {
            command.args(["-o", &option]);
        }
        run_in(&work, command.args(args))
    };
    apt(&["-qq", "update"])?;
    apt(&["-qq", "download", &format!("snac2={SNAC}")])?;
    let mut found = std::fs::read_dir(&work).map_err(failed)?.flatten().map(|e| e.path());
    let package = found.find(|p| p.extension().is_some_and(|e| e == "deb")).ok_or("apt left no package")?;
    let unpacked = work.join("unpacked");
    run_in(&work, Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked))?;
    std::fs::rename(&unpacked, folder).map_err(failed)?;
    std::fs::remove_dir_all(&work).map_err(failed)
}

/// The mirror this machine takes Debian from: the first address in apt's own lists whose path ends in `/debian`.
fn debian_mirror() -> Option<String> {
    let entries = std::fs::read_dir("/etc/apt/sources.list.d").ok().into_iter().flatten().flatten();
    let lists = entries.map(|e| e.path()).chain([PathBuf::from("/etc/apt/sources.list")]);
    let texts: Vec<String> = lists.filter_map(|list| std::fs::read_to_string(list).ok()).collect();
    let words = texts.iter().flat_map(|t| t.lines()).filter(|l| !l.trim_start().starts_with('#'));
    let mut words = words.flat_map(str::split_whitespace).map(|w| w.trim_end_matches('/'));
    words.find(|w| w.starts_with("http") && w.ends_with("/debian")).map(str::to_owned)
}

fn run_in(folder: &Path, command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.current_dir(folder).status().map_err(|e| format!("{name}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
}
