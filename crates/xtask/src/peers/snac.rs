//! snac, a small server that speaks Mastodon's API, with two accounts.
use super::{Given, free_port, real};
use crate::install;
use crate::program::end;
use std::fs::File;
use std::io::{Error, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub fn stage() -> Result<(), String> {
    let server = Snac::start(&install::snac()?)?;
    real("real_mastodon", &server.given()?).inspect_err(|_| eprintln!("the server's own words:\n{}", server.log()))
}

pub struct Snac {
    server: Option<Child>,
    folder: PathBuf,
    port: u16,
    passwords: Vec<String>,
}

impl Snac {
    pub fn start(program: &Path) -> Result<Snac, String> {
        let folder = std::env::temp_dir().join(format!("drelwa-snac-{}", std::process::id()));
        let failed = |e: Error| format!("{}: {e}", folder.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let port = free_port()?;
        let mut snac = Snac { server: None, folder: folder.clone(), port, passwords: Vec::new() };
        let data = folder.join("data");

        // It asks for address, port, host, prefix and mail address, one line each.
        let answers = format!("127.0.0.1\n{port}\n{}\n\n\n", snac.address());
        tell(Command::new(program).arg("init").arg(&data), &answers)?;
        let settings = data.join("server.json");
        let text = std::fs::read_to_string(&settings).map_err(failed)?;
        let mut value: serde_json::Value = serde_json::from_str(&text).map_err(|e| format!("server.json: {e}"))?;
        value["protocol"] = "http".into();
        std::fs::write(&settings, value.to_string()).map_err(failed)?;
        for name in ["roads", "pema"] {
            let said = tell(Command::new(program).arg("adduser").arg(&data).arg(name), "\n")?;
            let password = said.lines().find_map(|l| l.strip_prefix("User password is "));
            snac.passwords.push(password.ok_or("snac told no password")?.trim().to_owned());
        }

        let log = File::create(folder.join("log")).map_err(failed)?;
        let server = Command::new(program)
            .arg("httpd")
            .arg(&data)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        snac.server = Some(server.map_err(failed)?);
        snac.wait()?;
        Ok(snac)
    }

    pub fn given(&self) -> Result<Given, String> {
        Ok(vec![
            ("DRELWA_TEST_MASTODON_URL", format!("http://{}", self.address())),
            ("DRELWA_TEST_MASTODON_TOKEN", self.token("roads", &self.passwords[0])?),
            ("DRELWA_TEST_MASTODON_CITIZEN_TOKEN", self.token("pema", &self.passwords[1])?),
        ])
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn wait(&mut self) -> Result<(), String> {
        for _ in 0..100 {
            if self.ask("GET /.well-known/nodeinfo", "").is_ok_and(|body| body.contains("nodeinfo")) {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.server.as_mut().map(Child::try_wait) {
                return Err(format!("snac stopped at once: {status}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("snac did not answer within ten seconds".into())
    }

    /// One request and the body of its answer.
    fn ask(&self, what: &str, form: &str) -> Result<String, Error> {
        let mut line = TcpStream::connect(self.address())?;
        line.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request = format!(
            "{what} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            self.address(),
            form.len()
        );
        line.write_all(request.as_bytes())?;
        let mut answer = String::new();
        line.read_to_string(&mut answer)?;
        Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.trim().to_owned()).unwrap_or_default())
    }

    fn token(&self, name: &str, password: &str) -> Result<String, String> {
        // Passwords are base64, and a plus in a form is a space.
        let password: String = password.bytes().map(|b| format!("%{b:02X}")).collect();
        let form = format!("login={name}&passwd={password}");
        let token = self.ask("POST /oauth/x-snac-get-token", &form).map_err(|e| format!("snac: {e}"))?;
        let good = !token.is_empty() && token.chars().all(|c| c.is_ascii_alphanumeric());
        if good { Ok(token) } else { Err(format!("snac gave {name} no token: {token}")) }
    }
}

impl Drop for Snac {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            end(server, "TERM");
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a command that asks questions, gives the answers, and returns what it said.
fn tell(command: &mut Command, answers: &str) -> Result<String, String> {
    let shown = format!("{command:?}");
    let failed = |e: Error| format!("{shown}: {e}");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // One that asks nothing may have closed its input already.
        let _ = input.write_all(answers.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{shown}: {}\n{said}", output.status)) }
}

#[cfg(test)]
mod tests {
    /// This peer alone.
    #[test]
    #[ignore = "installs and starts snac"]
    fn alone() {
        super::stage().unwrap();
    }
}
