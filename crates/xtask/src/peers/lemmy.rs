//! Lemmy with PostgreSQL: a forum with an agency that moderates its own community, a citizen, and the forum's keeper. It has
//! no place for pictures, which another program would keep.
use super::{Given, free_port, real};
use crate::http::Door;
use crate::install;
use crate::postgres::Postgres;
use crate::program::{Program, Scratch};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PASSWORD: &str = "only for tests";

pub fn stage() -> Result<(), String> {
    let mut server = Lemmy::start(&install::lemmy()?)?;
    let given = server.given()?;
    real("real_lemmy", &given).inspect_err(|_| eprintln!("the server's own words:\n{}", server.log()))
}

struct Lemmy {
    program: Program,
    port: u16,
    _folder: Scratch,
    _postgres: Postgres,
}

impl Lemmy {
    fn start(program: &Path) -> Result<Lemmy, String> {
        let (folder, postgres, port) = (Scratch::new("lemmy")?, Postgres::start()?, free_port()?);
        // Its settings are Hjson, of which JSON is a part. A name of digits alone is none to it.
        let settings = json!({
            "hostname": format!("localhost:{port}"), "bind": "127.0.0.1", "port": port, "tls_enabled": false, "pictrs": null,
            "setup": {"admin_username": "keeper", "admin_password": PASSWORD, "site_name": "Forum"},
        });
        let file = folder.0.join("lemmy.hjson");
        std::fs::write(&file, settings.to_string()).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut command = Command::new(program);
        command.current_dir(&folder.0).env("LEMMY_CONFIG_LOCATION", &file).env("RUST_LOG", "error");
        command.env("LEMMY_DATABASE_URL", postgres.url());
        let mut lemmy = Lemmy { program: Program::run(command)?, port, _folder: folder, _postgres: postgres };
        // All its tables are made before.
        lemmy.program.says("Starting http server", Duration::from_secs(120))?;
        for _ in 0..300 {
            if lemmy.door().get("/api/v3/site").is_ok_and(|a| a.status == 200) {
                return Ok(lemmy);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("Lemmy did not answer within half a minute\n{}", lemmy.log()))
    }

    fn door(&self) -> Door {
        Door::at(&format!("127.0.0.1:{}", self.port))
    }

    fn log(&mut self) -> String {
        let text = self.program.heard();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let json = [("content-type", "application/json")];
        let path = format!("/api/v3{path}");
        self.door().ask(method, &path, &json, body.to_string().as_bytes())?.good(&path)
    }

    fn session(&self, path: &str, body: &Value) -> Result<String, String> {
        let answer = self.send("POST", path, body)?;
        answer["jwt"].as_str().map(str::to_owned).ok_or_else(|| format!("{path}: no session"))
    }

    fn given(&self) -> Result<Given, String> {
        let keeper = self.session("/user/login", &json!({"username_or_email": "keeper", "password": PASSWORD}))?;
        // Speaks to no other server, admits everybody, and lets tests be quick.
        let mut settings = json!({
            "auth": keeper, "federation_enabled": false, "registration_mode": "open", "captcha_enabled": false,
        });
        for what in ["message", "post", "register", "comment", "search"] {
            settings[format!("rate_limit_{what}")] = json!(10_000);
            settings[format!("rate_limit_{what}_per_second")] = json!(1);
        }
        self.send("PUT", "/site", &settings)?;
        let register = |name: &str| {
            let body = json!({"username": name, "password": PASSWORD, "password_verify": PASSWORD, "show_nsfw": false});
            self.session("/user/register", &body)
        };
        let (agency, _citizen) = (register("roads")?, register("pema")?);
        let community = json!({"auth": agency, "name": "roads", "title": "Department of Roads"});
        self.send("POST", "/community", &community)?;
        let key = |name: &str| format!("{name}:{PASSWORD}");
        Ok(vec![
            ("DRELWA_TEST_LEMMY_URL", format!("http://127.0.0.1:{}", self.port)),
            ("DRELWA_TEST_LEMMY_COMMUNITY", format!("!roads@localhost:{}", self.port)),
            ("DRELWA_TEST_LEMMY_KEY", key("roads")),
            ("DRELWA_TEST_LEMMY_CITIZEN_KEY", key("pema")),
            ("DRELWA_TEST_LEMMY_KEEPER_KEY", key("keeper")),
        ])
    }
}

impl Drop for Lemmy {
    fn drop(&mut self) {
        // Before the database it writes to.
        self.program.stop();
    }
}

#[cfg(test)]
mod tests {
    /// This peer alone.
    #[test]
    #[ignore = "builds and starts Lemmy"]
    fn alone() {
        super::stage().unwrap();
    }
}
