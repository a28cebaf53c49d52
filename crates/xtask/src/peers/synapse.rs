//! Synapse, a Matrix homeserver, with a room of an agency and a citizen in it.
use super::{Given, free_port, real};
use crate::http::Door;
use crate::install;
use crate::program::end;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub fn stage() -> Result<(), String> {
    let server = Synapse::start(&install::synapse()?)?;
    let given = server.given()?;
    real("real_matrix", &given).inspect_err(|_| eprintln!("the server's own words:\n{}", server.log()))
}

struct Synapse {
    server: Option<Child>,
    folder: PathBuf,
    port: u16,
}

impl Synapse {
    fn start(python: &Path) -> Result<Synapse, String> {
        let folder = std::env::temp_dir().join(format!("drelwa-synapse-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut synapse = Synapse { server: None, folder, port: free_port()? };
        synapse.configure()?;
        let program = |more: &[&str]| {
            let mut command = Command::new(python);
            command.args(["-m", "synapse.app.homeserver", "-c"]).arg(synapse.folder.join("homeserver.json")).args(more);
            command.current_dir(&synapse.folder).stdin(Stdio::null());
            command
        };
        let made = program(&["--generate-keys"]).output().map_err(|e| synapse.failed(&e))?;
        if !made.status.success() {
            return Err(format!("Synapse made no keys: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let log = File::create(synapse.folder.join("log")).map_err(|e| synapse.failed(&e))?;
        let also = log.try_clone().map_err(|e| synapse.failed(&e))?;
        let server = program(&[]).stdout(also).stderr(log).spawn().map_err(|e| synapse.failed(&e))?;
        synapse.server = Some(server);
        synapse.wait()?;
        Ok(synapse)
    }

    fn failed(&self, e: &Error) -> String {
        format!("{}: {e}", self.folder.display())
    }

    /// Its settings are YAML, of which JSON is a part. Speaks to no other server, and lets tests be quick.
    fn configure(&self) -> Result<(), String> {
        let at = |name: &str| self.folder.join(name).display().to_string();
        let often = json!({"per_second": 1000, "burst_count": 1000});
        let settings = json!({
            "server_name": "agency.test",
            "public_baseurl": format!("http://127.0.0.1:{}/", self.port),
            "listeners": [{
                "port": self.port, "type": "http", "tls": false, "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": false}],
            }],
            "database": {"name": "sqlite3", "args": {"database": at("homeserver.db")}},
            "media_store_path": at("media"),
            "signing_key_path": at("signing.key"),
            "log_config": at("log.json"),
            "pid_file": at("pid"),
            "macaroon_secret_key": "only for tests", "form_secret": "only for tests",
            "enable_registration": true, "enable_registration_without_verification": true,
            "report_stats": false, "trusted_key_servers": [], "suppress_key_server_warning": true,
            "federation_domain_whitelist": [], "url_preview_enabled": false,
            "rc_message": often, "rc_registration": often, "rc_joins": {"local": often, "remote": often},
            "rc_login": {"address": often, "account": often, "failed_attempts": often},
        });
        let log = json!({
            "version": 1,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "root": {"level": "WARNING", "handlers": ["console"]},
        });
        for (name, value) in [("homeserver.json", settings), ("log.json", log)] {
            std::fs::write(self.folder.join(name), value.to_string()).map_err(|e| self.failed(&e))?;
        }
        Ok(())
    }

    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn door(&self, token: &str) -> Door {
        Door::at(&format!("127.0.0.1:{}", self.port)).with_token(token)
    }

    fn wait(&mut self) -> Result<(), String> {
        for _ in 0..600 {
            if self.door("").get("/_matrix/client/versions").is_ok_and(|a| a.status == 200) {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.server.as_mut().map(Child::try_wait) {
                return Err(format!("Synapse stopped at once: {status}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("Synapse did not answer within sixty seconds\n{}", self.log()))
    }

    fn post(&self, token: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.door(token).post(&format!("/_matrix/client/v3{path}"), body)?.good(path)
    }

    fn given(&self) -> Result<Given, String> {
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).ok_or(format!("no {name}"));
        let register = |name: &str| {
            let auth = json!({"type": "m.login.dummy"});
            let body = json!({"username": name, "password": "only for tests", "auth": auth});
            text(&self.post("", "/register", &body)?, "access_token")
        };
        let (agency, citizen) = (register("roads")?, register("pema")?);
        // The same user once more, on another device.
        let login = json!({
            "type": "m.login.password", "password": "only for tests",
            "identifier": {"type": "m.id.user", "user": "roads"},
        });
        let another = text(&self.post("", "/login", &login)?, "access_token")?;
        let room = json!({"preset": "public_chat", "room_alias_name": "roads", "name": "Department of Roads"});
        let room = text(&self.post(&agency, "/createRoom", &room)?, "room_id")?;
        self.post(&citizen, &format!("/join/{room}"), &json!({}))?;
        Ok(vec![
            ("DRELWA_TEST_MATRIX_URL", format!("http://127.0.0.1:{}", self.port)),
            ("DRELWA_TEST_MATRIX_ROOM", "#roads:agency.test".to_owned()),
            ("DRELWA_TEST_MATRIX_TOKEN", agency),
            ("DRELWA_TEST_MATRIX_SECOND_TOKEN", another),
            ("DRELWA_TEST_MATRIX_CITIZEN_TOKEN", citizen),
        ])
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            end(server, "TERM");
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    /// This peer alone.
    #[test]
    #[ignore = "installs and starts Synapse"]
    fn alone() {
        super::stage().unwrap();
    }
}
