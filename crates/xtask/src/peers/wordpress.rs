//! WordPress with MariaDB, both as Debian packs them, on PHP's own web server. One agency's editor, comments open to all.
use super::{Given, free_port, real};
use crate::install;
use crate::program::end;
use std::fs::File;
use std::io::Error;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Sets the site up and tells the editor's application password.
const SET_UP: &str = include_str!("wordpress.php");

/// As it comes, and with readable addresses: its API is at another place then.
pub fn stage() -> Result<(), String> {
    let site = WordPress::start()?;
    let told = |_: &String| eprintln!("the server's own words:\n{}", site.log());
    real("real_wordpress", &site.given()).inspect_err(told)?;
    site.readable_addresses()?;
    real("real_wordpress", &site.given()).inspect_err(told)
}

struct WordPress {
    database: Option<Child>,
    web: Option<Child>,
    folder: PathBuf,
    port: u16,
    key: String,
}

impl WordPress {
    fn start() -> Result<WordPress, String> {
        let packed = install::wordpress()?;
        let folder = std::env::temp_dir().join(format!("drelwa-wordpress-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("site")).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut site = WordPress { database: None, web: None, folder, port: free_port()?, key: String::new() };
        site.start_database()?;
        site.lay_out(&packed)?;
        let password = site.php("install")?;
        site.key = format!("roads:{}", password.trim());
        site.serve()?;
        Ok(site)
    }

    fn given(&self) -> Given {
        vec![
            ("DRELWA_TEST_WORDPRESS_URL", format!("http://127.0.0.1:{}", self.port)),
            ("DRELWA_TEST_WORDPRESS_KEY", self.key.clone()),
        ]
    }

    /// Gives the site readable addresses, as most have; without them its API is at another place.
    fn readable_addresses(&self) -> Result<(), String> {
        self.php("addresses").map(drop)
    }

    fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let lines: Vec<String> = (read("database.log") + &read("web.log")).lines().map(str::to_owned).collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn failed(&self, e: &Error) -> String {
        format!("{}: {e}", self.folder.display())
    }

    /// Both servers are one process each: ending that one leaves nothing behind.
    fn spawn(&self, command: &mut Command, log: &str) -> Result<Child, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let log = File::create(self.folder.join(log)).map_err(|e| self.failed(&e))?;
        let also = log.try_clone().map_err(|e| self.failed(&e))?;
        let command = command.stdin(Stdio::null()).stdout(also).stderr(log);
        command.spawn().map_err(|e| format!("{name}: {e}"))
    }

    /// Listens on a socket in the folder only.
    fn start_database(&mut self) -> Result<(), String> {
        let (data, socket) = (self.at("db"), self.at("db.sock"));
        let data = format!("--datadir={data}");
        // It refuses to run as root unless told so; as anybody else it cannot be told otherwise.
        let me = Command::new("id").arg("-un").output().map_err(|e| format!("id: {e}"))?;
        let user = format!("--user={}", String::from_utf8_lossy(&me.stdout).trim());
        let mut make = Command::new("mariadb-install-db");
        make.args(["--no-defaults", &user, &data, "--auth-root-authentication-method=normal", "--skip-test-db"]);
        // A bare machine may not know its own name, which does not matter on a socket.
        make.arg("--force");
        quiet(&mut make)?;
        let mut command = Command::new(install::mariadbd()?);
        command.args(["--no-defaults", &user, &data, "--skip-networking", "--innodb-buffer-pool-size=32M"]);
        command.arg(format!("--socket={socket}")).arg(format!("--pid-file={}", self.at("db.pid")));
        self.database = Some(self.spawn(&mut command, "database.log")?);
        let ask = |sql: &str| {
            let mut client = Command::new("mariadb");
            client.args(["--no-defaults", "-uroot", "-S", &socket, "-e", sql]);
            client.output().is_ok_and(|o| o.status.success())
        };
        for _ in 0..300 {
            if ask("CREATE DATABASE IF NOT EXISTS wp CHARACTER SET utf8mb4") {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.database.as_mut().map(Child::try_wait) {
                return Err(format!("MariaDB stopped at once: {status}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("MariaDB did not answer within thirty seconds\n{}", self.log()))
    }

    /// A copy of its own: what is uploaded and set stays out of the system.
    fn lay_out(&self, packed: &Path) -> Result<(), String> {
        let site = self.folder.join("site");
        let from = packed.join(".");
        quiet(Command::new("cp").args(["-RL", "--no-preserve=ownership"]).arg(from).arg(&site))?;
        let settings = format!(
            "<?php\n$_SERVER['HTTP_HOST'] = '127.0.0.1:{port}';\n\
             define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', '');\n\
             define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');\n\
             define('WP_HOME', 'http://127.0.0.1:{port}'); define('WP_SITEURL', 'http://127.0.0.1:{port}');\n\
             // Application passwords without TLS, and nothing that calls out.\n\
             define('WP_ENVIRONMENT_TYPE', 'local'); define('WP_HTTP_BLOCK_EXTERNAL', true);\n\
             define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);\n\
             $table_prefix = 'wp_';\n\
             if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');\n\
             require_once ABSPATH . 'wp-settings.php';\n",
            port = self.port,
            socket = self.at("db.sock"),
        );
        let config = site.join("wp-config.php");
        let _ = std::fs::remove_file(&config);
        std::fs::write(config, settings).map_err(|e| self.failed(&e))?;
        std::fs::create_dir_all(site.join("wp-content/uploads")).map_err(|e| self.failed(&e))?;
        std::fs::write(self.folder.join("set-up.php"), SET_UP).map_err(|e| self.failed(&e))
    }

    fn php(&self, what: &str) -> Result<String, String> {
        let mut command = Command::new("php");
        command.arg(self.at("set-up.php")).arg(self.at("site")).arg(what);
        let output = command.output().map_err(|e| format!("php: {e}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        Err(format!("WordPress could not be set up ({what}): {said}\n{}", String::from_utf8_lossy(&output.stderr)))
    }

    fn serve(&mut self) -> Result<(), String> {
        let mut command = Command::new("php");
        command.args(["-d", "display_errors=0", "-S", &format!("127.0.0.1:{}", self.port), "-t", &self.at("site")]);
        command.env_remove("PHP_CLI_SERVER_WORKERS");
        self.web = Some(self.spawn(&mut command, "web.log")?);
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.web.as_mut().map(Child::try_wait) {
                return Err(format!("PHP stopped at once: {status}\n{}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("PHP did not listen within ten seconds\n{}", self.log()))
    }
}

impl Drop for WordPress {
    fn drop(&mut self) {
        for server in [&mut self.web, &mut self.database].into_iter().flatten() {
            end(server, "TERM");
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn quiet(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

#[cfg(test)]
mod tests {
    /// This peer alone.
    #[test]
    #[ignore = "installs and starts WordPress"]
    fn alone() {
        super::stage().unwrap();
    }
}
