//! `drelwa backup` and `drelwa restore`: everything in one file, while serving; and back, into an empty folder.
use super::verify::must_exist;
use ground::archive::{Writer, unpack};
use ground::clock::{Clock, SECOND};
use ground::config::Config;
use ground::db::Db;
use ground::words;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const NOTE: &str = "drelwa-backup.json";
const DATABASE: &str = "drelwa.db";
const KEYS: [&str; 2] = ["master.key", "log.key"];
/// There only while the master key is being changed.
const NEXT_KEY: &str = "master.key.next";

/// The first file of a backup: what it is.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    format: i64,
    version: String,
    made_at: String,
    keys: bool,
}

fn told(place: &Path) -> impl Fn(std::io::Error) -> String {
    move |e| format!("{}: {e}", place.display())
}

/// What must not be left behind when something fails.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = if self.0.is_dir() { fs::remove_dir_all(&self.0) } else { fs::remove_file(&self.0) };
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.{ending}", std::process::id()))
}

pub async fn backup(config: Config, rest: &[String], keys: bool) -> Result<(), String> {
    let [file] = rest else { return Err("drelwa backup FILE: one file is wanted".into()) };
    let (file, data) = (PathBuf::from(file), config.data.clone());
    if !config.database.starts_with("sqlite:") {
        return Err(format!(
            "the database is a PostgreSQL: take a copy of it with pg_dump, and of the folder {} with your own means",
            data.display()
        ));
    }
    must_exist(&config)?;
    let exists = || format!("{} exists; a backup never overwrites another", file.display());
    if file.exists() {
        return Err(exists());
    }
    let (part, copy) = (Temporary(beside(&file, "part")), Temporary(beside(&file, "db")));
    let open = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part.0);
    let out = open.map_err(told(&part.0))?;
    // The database first: whatever it names was stored before it was named.
    let db = Db::open(&config.database).await.map_err(|e| e.to_string())?;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy.0).map_err(told(&copy.0))?;
    db.backup_to(&copy.0).await.map_err(|e| format!("the copy of the database: {e}"))?;
    db.close().await;
    let (files, bytes) = write(out, &copy.0, &data, keys)?;
    if file.exists() {
        return Err(exists());
    }
    fs::rename(&part.0, &file).map_err(told(&file))?;
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        File::open(folder).and_then(|f| f.sync_all()).map_err(told(folder))?;
    }
    println!("{}: {files} files, {bytes} bytes", file.display());
    if !keys {
        println!(
            "The keys {} are not in it. Keep a copy of them in another place: without them no account can publish\n\
             and the public log cannot go on. --with-keys puts them in.",
            KEYS.map(|k| data.join(k).display().to_string()).join(" and ")
        );
    }
    Ok(())
}

fn write(out: File, copy: &Path, data: &Path, keys: bool) -> Result<(usize, u64), String> {
    let now = Clock::system().now();
    let note = Note { format: 1, version: env!("CARGO_PKG_VERSION").into(), made_at: words::iso(now), keys };
    let note = serde_json::to_string_pretty(&note).map_err(|e| e.to_string())?;
    let mut w = Writer::new(out, u64::try_from(now / SECOND).unwrap_or(0));
    w.add(NOTE, note.as_bytes()).map_err(|e| e.to_string())?;
    let mut all = vec![(DATABASE.to_owned(), copy.to_owned())];
    for name in KEYS.iter().chain([&NEXT_KEY]).filter(|_| keys) {
        if data.join(name).exists() {
            all.push(((*name).into(), data.join(name)));
        }
    }
    all.extend(media(&data.join("media"))?);
    let mut bytes = 0;
    for (name, path) in &all {
        bytes += w.add_file(name, path).map_err(|e| e.to_string())?;
    }
    let out = w.finish().map_err(|e| e.to_string())?;
    out.sync_all().map_err(|e| format!("writing: {e}"))?;
    Ok((all.len(), bytes))
}

/// The stored files, by the name they have in a backup. What is still being written is none of them.
fn media(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, String> {
        match fs::read_dir(folder) {
            Ok(entries) => entries.map(|e| e.map(|e| e.path()).map_err(told(folder))).collect(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(vec![]),
            Err(e) => Err(told(folder)(e)),
        }
    };
    let mut all = vec![];
    for shelf in list(folder)?.iter().filter(|p| p.is_dir()) {
        for path in list(shelf)? {
            let part = |p: &Path| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name = format!("media/{}/{}", part(shelf), part(&path));
            if belongs(&name) {
                all.push((name, path));
            }
        }
    }
    all.sort();
    Ok(all)
}

/// Names a backup may hold: none leaves the folder.
fn belongs(name: &str) -> bool {
    if name == NOTE || name == DATABASE || KEYS.contains(&name) || name == NEXT_KEY {
        return true;
    }
    let hex = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut parts = name.split('/');
    let (media, shelf, file) = (parts.next(), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    media == Some("media") && hex(shelf, 2) && hex(file, 64) && file.starts_with(shelf) && parts.next().is_none()
}

pub async fn restore(config: Config, rest: &[String]) -> Result<(), String> {
    let [file] = rest else { return Err("drelwa restore FILE: one file is wanted".into()) };
    let (file, data) = (Path::new(file), &config.data);
    if config.database != format!("sqlite:{}", data.join(DATABASE).display()) {
        return Err("a backup is restored into the data folder, with its database: leave --database out".into());
    }
    if fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is not empty and was left as it is; restore into an empty folder", data.display()));
    }
    let made = !data.exists();
    let outcome = fill(file, data).map_err(|e| format!("{}: {e}", file.display()));
    if outcome.is_err() && made {
        let _ = fs::remove_dir(data);
    }
    let note = outcome?;
    println!("{} holds the backup of {}.", data.display(), note.made_at);
    if !note.keys {
        println!("It came without keys: put {} into the folder before you serve.", KEYS.join(" and "));
    }
    println!("Next: drelwa verify --data {}", data.display());
    Ok(())
}

/// Unpacks into a folder within the folder, and moves what is complete and unchanged to its place, the database last.
fn fill(file: &Path, data: &Path) -> Result<Note, String> {
    let temp = Temporary(data.join(format!(".restore.{}", std::process::id())));
    // Before anything is made: is there a file at all?
    File::open(file).map_err(|e| e.to_string())?;
    fs::create_dir_all(&temp.0).map_err(told(&temp.0))?;
    let names = unpack(file, &temp.0, belongs).map_err(|e| e.to_string())?;
    let note = fs::read_to_string(temp.0.join(NOTE)).map_err(|_| "it is no backup of Drelwa")?;
    let note: Note = serde_json::from_str(&note).map_err(|_| "it is no backup of Drelwa")?;
    if note.format != 1 {
        return Err(format!("it was made by a newer Drelwa ({})", note.version));
    }
    if !names.iter().any(|n| n == DATABASE) {
        return Err("it holds no database".into());
    }
    for name in ["media", KEYS[0], NEXT_KEY, KEYS[1], DATABASE] {
        let from = temp.0.join(name);
        if from.exists() {
            fs::rename(&from, data.join(name)).map_err(told(&from))?;
        }
    }
    File::open(data).and_then(|f| f.sync_all()).map_err(told(data))?;
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_a_backup_belong_into_one() {
        let digest = "ab".repeat(32);
        for good in [NOTE, DATABASE, "log.key", &format!("media/ab/{digest}")] {
            assert!(belongs(good), "{good}");
        }
        for bad in [
            "",
            "..",
            "/etc/passwd",
            "media/../x",
            "media/ab",
            "mail/1.eml",
            "drelwa.db-wal",
            "demo.json",
            &format!("media/cd/{digest}"),
            &format!("media/ab/{digest}/x"),
            &format!("media/ab/{digest}.tmp"),
        ] {
            assert!(!belongs(bad), "{bad}");
        }
    }
}
