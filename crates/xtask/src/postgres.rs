//! A PostgreSQL of the tests' own: fresh folder, free port, loopback only, stopped when it is dropped.
use crate::install;
use crate::program::end;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Postgres {
    server: Child,
    folder: PathBuf,
    port: u16,
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

/// PostgreSQL refuses to run as root: then it runs as the system's `postgres`.
fn as_owner(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

impl Postgres {
    pub fn start() -> Result<Postgres, String> {
        let bin = install::postgres()?;
        let folder = std::env::temp_dir().join(format!("drelwa-postgres-{}", std::process::id()));
        let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        if is_root() {
            let _ = Command::new("chown").arg("postgres").arg(&folder).status();
        }
        let data = folder.join("data");
        let made = as_owner(&bin.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .current_dir(&folder)
            .status();
        if !made.map_err(failed)?.success() {
            return Err("initdb failed".into());
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(failed)?.port();
        let server = as_owner(&bin.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", "", "-c", "max_connections=400"])
            .args(["-c", "log_min_messages=fatal", "-c", "autovacuum=off"])
            // It is thrown away afterwards: nothing of it has to outlive the machine. The bench starts no server here.
            .args(["-c", "fsync=off"])
            .stdout(Stdio::null())
            .current_dir(&folder)
            .spawn()
            .map_err(failed)?;
        let mut postgres = Postgres { server, folder: folder.clone(), port };
        postgres.wait(&bin)?;
        Ok(postgres)
    }

    fn wait(&mut self, bin: &Path) -> Result<(), String> {
        for _ in 0..150 {
            let port = self.port.to_string();
            let ready = Command::new(bin.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            if ready.is_ok_and(|s| s.success()) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(format!("PostgreSQL stopped at once: {status}"));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Err("PostgreSQL did not answer within half a minute".into())
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown.
        end(&mut self.server, "INT");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
