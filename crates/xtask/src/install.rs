//! What the tests need beyond Rust, fetched by the system's own package manager when it is missing.
mod lemmy;

pub use lemmy::lemmy;

use crate::stages::root;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn apt(packages: &[&str]) -> Result<(), String> {
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

/// What the verifier of the public log is written in, and what it checks signatures with.
pub fn log_tools() -> Result<(), String> {
    let works =
        |program: &str, args: &[&str]| Command::new(program).args(args).output().is_ok_and(|o| o.status.success());
    let missing = || {
        let python = !works("python3", &["-c", "import sqlite3, urllib.request"]);
        let openssl = !works("openssl", &["version"]);
        [(python, "python3"), (openssl, "openssl")].into_iter().filter(|m| m.0).map(|m| m.1).collect::<Vec<_>>()
    };
    let wanted = missing();
    if !wanted.is_empty() {
        apt(&wanted)?;
    }
    let still = missing();
    if still.is_empty() { Ok(()) } else { Err(format!("{} does not work", still.join(" and "))) }
}

/// The load generator of the bench.
pub fn wrk() -> Result<String, String> {
    let there = || Command::new("wrk").arg("--version").output().is_ok_and(|o| o.stdout.starts_with(b"wrk"));
    if !there() {
        apt(&["wrk"])?;
    }
    if there() { Ok("wrk".into()) } else { Err("wrk does not start".into()) }
}

/// What judges the description of the API and the findings in OSCAL, and the mail server that newsletters go through, in
/// these versions.
const VALIDATORS: [&str; 4] =
    ["openapi-spec-validator==0.9.0", "schemathesis==4.32.5", "compliance-trestle==5.2.0", "aiosmtpd==1.4.6"];

/// A Python of its own beside the build, with the validators.
pub fn python() -> Result<PathBuf, String> {
    let folder = root().join("target/peers/python");
    let program = folder.join("bin/python");
    let (mark, wanted) = (folder.join("installed"), VALIDATORS.join("\n"));
    if std::fs::read_to_string(&mark).is_ok_and(|is| is == wanted) {
        return Ok(program);
    }
    println!("installing {}", VALIDATORS.join(" "));
    let made = || {
        let status = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).status();
        status.is_ok_and(|s| s.success())
    };
    if !made() {
        apt(&["python3", "python3-venv"])?;
        if !made() {
            return Err("python3 -m venv fails".to_owned());
        }
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run_in(&root(), Command::new(&program).args(pip).args(VALIDATORS))?;
    std::fs::write(&mark, wanted).map_err(|e| format!("{}: {e}", mark.display()))?;
    Ok(program)
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

/// PHP and the folder of MediaWiki, in the version this Debian has. Its package asks for a web server that would start by
/// itself, so it is fetched and unpacked beside the build, and not installed; apt checks its signature.
pub fn mediawiki() -> Result<PathBuf, String> {
    const PARTS: [(&str, &str); 5] = [
        ("pdo_sqlite", "php-sqlite3"),
        ("mbstring", "php-mbstring"),
        ("xmlreader", "php-xml"),
        ("intl", "php-intl"),
        ("fileinfo", "php-cli"),
    ];
    let missing = || {
        let known = Command::new("php").arg("-m").output().ok().filter(|o| o.status.success());
        let known = known.map(|o| String::from_utf8_lossy(&o.stdout).to_lowercase()).unwrap_or_default();
        PARTS.iter().filter(|(part, _)| !known.lines().any(|l| l == *part)).map(|p| p.1).collect::<Vec<_>>()
    };
    if !missing().is_empty() {
        apt(&["php-cli", "php-sqlite3", "php-mbstring", "php-xml", "php-intl"])?;
    }
    let still = missing();
    if !still.is_empty() {
        return Err(format!("PHP lacks what {} brings", still.join(", ")));
    }
    let folder = root().join("target/peers/mediawiki");
    let program = folder.join("usr/share/mediawiki");
    if !program.join("api.php").exists() {
        fetch_mediawiki(&folder).map_err(|why| format!("MediaWiki could not be fetched from Debian: {why}"))?;
    }
    Ok(program)
}

fn fetch_mediawiki(folder: &Path) -> Result<(), String> {
    println!("fetching MediaWiki");
    let work = folder.with_extension("fetch");
    let failed = |e: std::io::Error| format!("{}: {e}", work.display());
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work).map_err(failed)?;
    let download = || {
        let mut command = Command::new("apt-get");
        run_in(&work, command.args(["-qq", "-o", "APT::Sandbox::User=", "download", "mediawiki", "mediawiki-classes"]))
    };
    // The package list may be missing or old.
    if download().is_err() {
        run_in(&work, Command::new("apt-get").args(["-qq", "update"]))?;
        download()?;
    }
    let unpacked = work.join("unpacked");
    let mut packages: Vec<_> = std::fs::read_dir(&work).map_err(failed)?.flatten().map(|e| e.path()).collect();
    packages.retain(|p| p.extension().is_some_and(|e| e == "deb"));
    for package in packages {
        run_in(&work, Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked))?;
    }
    // These lead into /var/lib, where an installed wiki would have them.
    let program = unpacked.join("usr/share/mediawiki");
    for link in ["LocalSettings.php", "config", "images", "extensions"] {
        let _ = std::fs::remove_file(program.join(link));
    }
    std::os::unix::fs::symlink("extensions-core", program.join("extensions")).map_err(failed)?;
    let _ = std::fs::remove_dir_all(folder);
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

/// The folder of WordPress as Debian packs it, with what it runs on.
pub fn wordpress() -> Result<PathBuf, String> {
    let folder = PathBuf::from("/usr/share/wordpress");
    let php = || {
        let ask = "exit(extension_loaded('mysqli') && extension_loaded('gd') ? 0 : 1);";
        Command::new("php").args(["-r", ask]).output().is_ok_and(|o| o.status.success())
    };
    let there = || folder.join("wp-load.php").exists() && php() && mariadbd().is_ok();
    if !there() {
        apt(&["wordpress", "mariadb-server", "php-cli", "php-mysql", "php-gd", "php-xml", "php-mbstring"])?;
    }
    if there() { Ok(folder) } else { Err("WordPress, PHP with mysqli and gd, or MariaDB is missing".to_owned()) }
}

/// MariaDB's server, which is not on everybody's path.
pub fn mariadbd() -> Result<PathBuf, String> {
    let places = ["/usr/sbin/mariadbd", "/usr/bin/mariadbd"].map(PathBuf::from);
    places.into_iter().find(|p| p.exists()).ok_or_else(|| "no MariaDB in /usr/sbin".to_owned())
}

pub(crate) fn run_in(folder: &Path, command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.current_dir(folder).status().map_err(|e| format!("{name}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
}

/// What the browser tests run with.
pub struct Tools {
    pub node: PathBuf,
    pub chromium: PathBuf,
}

/// The driver of the browser asks for at least this.
const NODE: u32 = 20;
/// Taken from npm where Debian's own is older.
const NODE_FROM_NPM: &str = "22.23.3";

/// Chromium with letters for Latin text, Node, and the packages of `tests/browser`.
pub fn browser() -> Result<Tools, String> {
    let chromium =
        || ["/usr/bin/chromium", "/usr/bin/chromium-browser"].map(PathBuf::from).into_iter().find(|p| p.exists());
    if chromium().is_none() || !Path::new("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf").exists() {
        apt(&["chromium", "fonts-noto-core"])?;
    }
    if major("node").is_none() || major("npm").is_none() {
        apt(&["nodejs", "npm"])?;
    }
    let tools = Tools { node: node()?, chromium: chromium().ok_or("no Chromium in /usr/bin")? };
    packages()?;
    Ok(tools)
}

/// The first number of a program's version; none where it does not start.
fn major(program: &str) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

pub(crate) fn npm(folder: &Path, args: &[&str]) -> Result<(), String> {
    run_in(folder, Command::new("npm").args(args).args(["--ignore-scripts", "--no-audit", "--no-fund"]))
}

fn node() -> Result<PathBuf, String> {
    if major("node").is_some_and(|m| m >= NODE) {
        return Ok(PathBuf::from("node"));
    }
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => return Err(format!("Node {NODE} or newer is needed; none is known for {other}")),
    };
    let (folder, package) = (root().join("target/node"), format!("node-linux-{arch}"));
    let program = folder.join("node_modules").join(&package).join("bin/node");
    if !program.exists() {
        println!("Node of this system is older than {NODE}: fetching {NODE_FROM_NPM}");
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        npm(&folder, &["install", "--no-save", "--prefix", ".", &format!("{package}@{NODE_FROM_NPM}")])?;
    }
    if major(&program.to_string_lossy()).is_some() {
        Ok(program)
    } else {
        Err(format!("{} does not start", program.display()))
    }
}

/// The packages of the browser tests, exactly those of the lock file.
fn packages() -> Result<(), String> {
    let folder = root().join("tests/browser");
    let read = |path: PathBuf| std::fs::read(path).ok();
    let (lock, seen) = (folder.join("package-lock.json"), folder.join("node_modules/.lock-seen"));
    if read(lock.clone()).is_some() && read(lock.clone()) == read(seen.clone()) {
        return Ok(());
    }
    println!("installing the packages of tests/browser");
    npm(&folder, &["ci"])?;
    std::fs::copy(&lock, &seen).map(drop).map_err(|e| format!("{}: {e}", seen.display()))
}

/// The version of feedparser that the feeds are read with.
const FEEDPARSER: &str = "6.0.11";

/// A Python of the tests' own that has feedparser.
pub fn feedparser() -> Result<PathBuf, String> {
    python_with("feedparser", FEEDPARSER, "feedparser")
}

/// The version of podcastparser that the feeds of podcasts are read with.
const PODCASTPARSER: &str = "0.6.11";

/// A Python of the tests' own that has podcastparser.
pub fn podcastparser() -> Result<PathBuf, String> {
    python_with("podcastparser", PODCASTPARSER, "podcastparser")
}

/// The version of Synapse that the connectors are proven against.
const SYNAPSE: &str = "1.163.2";

/// A Python of the tests' own that has Synapse, a Matrix homeserver.
pub fn synapse() -> Result<PathBuf, String> {
    python_with("matrix-synapse", SYNAPSE, "synapse.app.homeserver")
}

/// A Python beside the build with one package in it, from PyPI.
fn python_with(package: &str, version: &str, module: &str) -> Result<PathBuf, String> {
    let folder = root().join("target/peers").join(format!("{package}-{version}"));
    let python = folder.join("bin/python");
    let import = format!("import {module}");
    let has_it = || Command::new(&python).args(["-c", &import]).output().is_ok_and(|o| o.status.success());
    if has_it() {
        return Ok(python);
    }
    println!("installing {package} {version}");
    let parts = ["-c", "import ensurepip, venv"];
    if !Command::new("python3").args(parts).output().is_ok_and(|o| o.status.success()) {
        apt(&["python3-venv"])?;
    }
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    run_in(&folder, Command::new("python3").args(["-m", "venv", "--clear", "."]))?;
    let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"];
    run_in(&folder, Command::new(&python).args(pip).arg(format!("{package}=={version}")))?;
    if has_it() { Ok(python) } else { Err(format!("{module} cannot be imported")) }
}

/// Makes pictures small; used by the chore that makes them only.
pub fn pngquant() -> Result<(), String> {
    if Command::new("pngquant").arg("--version").output().is_ok_and(|o| o.status.success()) {
        return Ok(());
    }
    apt(&["pngquant"])
}
