//! MediaWiki itself, as Debian has it, on SQLite and PHP's own web server, with an administrator and a citizen.
use super::{Given, free_port, real};
use crate::install;
use std::fs::File;
use std::io::{Error, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ADMIN: &str = "Roads";
const CITIZEN: &str = "Pema";

/// What an administrator of an agency ticks on the page of bot passwords, and one who may edit only.
const ALL: &str = "basic,editpage,createeditmovepage,uploadfile,uploadeditmovefile,delete,viewdeleted,highvolume";
const SMALL: &str = "basic,editpage,createeditmovepage";

/// What differs from a wiki nobody has changed anything on.
const SETTINGS: &str = r#"
$wgEnableUploads = true;
$wgJobRunRate = 1;
$wgMainCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_DB;
// Administrators of a wiki out of the box may not hide revisions.
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgRateLimits = [];
"#;

/// Uploaded pictures lie in a folder of their own.
const ROUTER: &str = r#"<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = realpath(getenv('WIKI_IMAGES') . substr($path, strlen('/images')));
if (strpos($path, '/images/') === 0 && $file && strpos($file, realpath(getenv('WIKI_IMAGES')) . '/') === 0) {
    header('Content-Type: ' . mime_content_type($file));
    readfile($file);
    return true;
}
return false;
"#;

pub fn stage() -> Result<(), String> {
    let wiki = MediaWiki::start()?;
    real("real_mediawiki", &wiki.given()).inspect_err(|_| eprintln!("the wiki's own words:\n{}", wiki.log()))
}

pub struct MediaWiki {
    server: Option<Child>,
    folder: PathBuf,
    port: u16,
    passwords: Vec<String>,
}

impl MediaWiki {
    pub fn start() -> Result<MediaWiki, String> {
        let program = install::mediawiki()?;
        let folder = std::env::temp_dir().join(format!("drelwa-mediawiki-{}", std::process::id()));
        let failed = |e: Error| format!("{}: {e}", folder.display());
        for part in ["data/images", "tmp"] {
            std::fs::create_dir_all(folder.join(part)).map_err(failed)?;
        }
        let port = free_port()?;
        let mut wiki = MediaWiki { server: None, folder: folder.clone(), port, passwords: Vec::new() };
        wiki.set_up(&program)?;
        std::fs::write(folder.join("router.php"), ROUTER).map_err(failed)?;
        let log = File::create(folder.join("log")).map_err(failed)?;
        let mut command = wiki.php();
        command
            .env("PHP_CLI_SERVER_WORKERS", "2")
            .env("WIKI_IMAGES", folder.join("data/images"))
            .args(["-S", &wiki.address(), "-t"])
            .arg(&program)
            .arg(folder.join("router.php"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // Its workers outlive it: the whole group is ended.
            .process_group(0);
        wiki.server = Some(command.spawn().map_err(failed)?);
        wiki.wait()?;
        Ok(wiki)
    }

    fn set_up(&mut self, program: &Path) -> Result<(), String> {
        let failed = |e: Error| format!("{}: {e}", self.folder.display());
        let script = |name: &str| program.join("maintenance").join(name);
        let at = |path: &str| self.folder.join(path);
        let mut install = self.php();
        install.arg(script("install.php")).args(["--dbtype", "sqlite", "--dbname", "wiki", "--dbpath"]).arg(at("data"));
        install.arg("--confpath").arg(&self.folder).args(["--server", &format!("http://{}", self.address())]);
        install.args(["--scriptpath", "", "--lang", "en", "--pass", "not-used-by-anybody-7", "Agency wiki", ADMIN]);
        // Settings of an earlier wiki would be taken for this one's.
        tell(install.env_remove("MW_CONFIG_FILE"))?;
        let settings = at("LocalSettings.php");
        let mut text = std::fs::read_to_string(&settings).map_err(failed)?;
        text.push_str(SETTINGS);
        for (name, path) in [("UploadDirectory", "data/images"), ("TmpDirectory", "tmp"), ("CacheDirectory", "tmp")] {
            text.push_str(&format!("$wg{name} = '{}';\n", at(path).display()));
        }
        std::fs::write(&settings, text).map_err(failed)?;
        let mut citizen = self.php();
        tell(citizen.arg(script("createAndPromote.php")).args([CITIZEN, "not-used-by-anybody-8"]))?;
        for (user, app, grants) in [(ADMIN, "drelwa", ALL), (ADMIN, "small", SMALL), (CITIZEN, "hand", SMALL)] {
            let password = format!(
                "{:032x}",
                u128::from(self.port) << 64 | u128::from(std::process::id()) << 8 | app.len() as u128
            );
            let mut command = self.php();
            command.arg(script("createBotPassword.php")).args(["--appid", app, "--grants", grants, user, &password]);
            tell(&mut command)?;
            self.passwords.push(format!("{user}@{app}:{password}"));
        }
        Ok(())
    }

    pub fn given(&self) -> Given {
        vec![
            ("DRELWA_TEST_MEDIAWIKI_URL", format!("http://{}", self.address())),
            ("DRELWA_TEST_MEDIAWIKI_SECRET", self.passwords[0].clone()),
            ("DRELWA_TEST_MEDIAWIKI_SMALL_SECRET", self.passwords[1].clone()),
            ("DRELWA_TEST_MEDIAWIKI_CITIZEN_SECRET", self.passwords[2].clone()),
            ("DRELWA_TEST_MEDIAWIKI_FORGET", self.forget()),
        ]
    }

    /// What makes the wiki forget every session: they lie in a database of their own.
    fn forget(&self) -> String {
        let database = self.folder.join("data/wikicache.sqlite");
        format!("php -r '(new PDO(\"sqlite:{}\"))->exec(\"DELETE FROM objectcache\");'", database.display())
    }

    fn php(&self) -> Command {
        let mut command = Command::new("php");
        command.current_dir(&self.folder).env("MW_CONFIG_FILE", self.folder.join("LocalSettings.php"));
        // Pictures of a phone are larger than what PHP takes out of the box.
        command.args(["-d", "upload_max_filesize=20M", "-d", "post_max_size=30M", "-d", "memory_limit=512M"]);
        command
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        log.lines()
            .filter(|l| ![" Accepted", " Closing", "[200]"].iter().any(|dull| l.contains(dull)))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn wait(&mut self) -> Result<(), String> {
        for _ in 0..300 {
            if self.ask("/api.php?action=query&meta=siteinfo&format=json").is_ok_and(|body| body.contains("MediaWiki "))
            {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.server.as_mut().map(Child::try_wait) {
                return Err(format!("PHP's web server stopped at once: {status}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("MediaWiki did not answer within thirty seconds\n{}", self.log()))
    }

    fn ask(&self, path: &str) -> Result<String, Error> {
        let mut line = TcpStream::connect(self.address())?;
        line.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(line, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address())?;
        let mut answer = String::new();
        line.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for MediaWiki {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let signal = |name: &str| {
                let _ = Command::new("sh").args(["-c", &format!("kill -{name} -{}", server.id())]).status();
            };
            signal("TERM");
            let asked = Instant::now();
            while asked.elapsed() < Duration::from_secs(5) && matches!(server.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(50));
            }
            // Workers that did not hear the first word.
            let _ = Command::new("sh").args(["-c", &format!("kill -KILL -{} 2>/dev/null", server.id())]).status();
            let _ = server.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs one of the wiki's own scripts.
fn tell(command: &mut Command) -> Result<(), String> {
    let shown = format!("{:?}", command.get_program());
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{shown}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
    Err(format!("a script of MediaWiki failed: {}\n{said}", output.status))
}

#[cfg(test)]
mod tests {
    /// This peer alone.
    #[test]
    #[ignore = "installs and starts MediaWiki"]
    fn alone() {
        super::stage().unwrap();
    }
}
