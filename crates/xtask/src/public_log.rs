//! The public log of a running program, checked from outside by a verifier that shares no code with it: it must find all
//! well, and must find one changed bit wherever it is made.
use crate::install;
use crate::program::end;
use crate::stages::{cargo, root, run};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub fn stage() -> Result<(), String> {
    install::log_tools()?;
    run(&mut cargo(&["build", "--package", "drelwa", "--locked"]))?;
    let demo = Demo::start()?;
    let vkey = demo.quiet()?;
    demo.checked(&vkey, true)?;
    for (table, column, place) in [
        ("facts", "entry", "leaf_index = 7"),
        ("facts", "entry", "leaf_index = (SELECT max(leaf_index) FROM facts)"),
        ("log_state", "checkpoint", "name = 'log'"),
        ("log_tiles", "root", "level = 0 AND number = 0"),
    ] {
        println!("one bit of {table}.{column} where {place}");
        demo.change(table, column, place)?;
        demo.checked(&vkey, false)?;
        demo.change(table, column, place)?;
    }
    demo.checked(&vkey, true)
}

struct Demo {
    server: Child,
    folder: PathBuf,
    address: String,
}

fn program() -> PathBuf {
    root().join("target/debug/drelwa")
}

impl Demo {
    fn start() -> Result<Demo, String> {
        let folder = std::env::temp_dir().join(format!("drelwa-log-{}", std::process::id()));
        let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let mut command = Command::new(program());
        command.args(["demo", "--listen", "127.0.0.1:0", "--json", "--data"]).arg(folder.join("data"));
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let mut line = String::new();
        let read = server.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
        let mut demo = Demo { server, folder: folder.clone(), address: String::new() };
        read.ok_or("the demonstration has no output")?.map_err(failed)?;
        let told: serde_json::Value = serde_json::from_str(&line).map_err(|e| format!("the demonstration: {e}"))?;
        demo.address = told["address"].as_str().ok_or("the demonstration told no address")?.to_owned();
        Ok(demo)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn get(&self, path: &str) -> Result<String, String> {
        let failed = |e: std::io::Error| format!("{}{path}: {e}", self.address);
        let host = self.address.trim_start_matches("http://");
        let mut line = TcpStream::connect(host).map_err(failed)?;
        line.set_read_timeout(Some(Duration::from_secs(30))).map_err(failed)?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        line.write_all(request.as_bytes()).map_err(failed)?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).map_err(failed)?;
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).ok_or(format!("{path} answers nothing"))
    }

    /// Waits until the log has taken in what the start recorded; keeps its checkpoint and returns its verifier key.
    fn quiet(&self) -> Result<String, String> {
        let (mut before, mut same) = (String::new(), 0);
        for _ in 0..240 {
            let now = self.get("/log/checkpoint")?;
            same = if now == before { same + 1 } else { 0 };
            before = now;
            if same >= 12 {
                std::fs::write(self.folder.join("checkpoint"), before).map_err(|e| e.to_string())?;
                return Ok(self.get("/log/vkey")?.trim().to_owned());
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        Err("the log did not come to rest within a minute".into())
    }

    /// Both must say the same: the verifier from outside, and the program's own check.
    fn checked(&self, vkey: &str, well: bool) -> Result<(), String> {
        let mut outside = python("verify_log.py");
        outside.arg(format!("{}/log", self.address)).arg(vkey).arg("--older").arg(self.folder.join("checkpoint"));
        let mut inside = Command::new(program());
        inside.arg("verify").arg("--data").arg(self.data());
        for command in [&mut outside, &mut inside] {
            let passed = command.status().map_err(|e| format!("{command:?}: {e}"))?.success();
            if passed != well {
                return Err(format!("{command:?} {}", if passed { "found nothing" } else { "found something" }));
            }
        }
        Ok(())
    }

    fn change(&self, table: &str, column: &str, place: &str) -> Result<(), String> {
        let mut command = python("change_one_byte.py");
        run(command.arg(self.data().join("drelwa.db")).args([table, column, place]))
    }
}

fn python(script: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg("-B").arg(Path::new(&root()).join("tests/peers").join(script));
    command
}

impl Drop for Demo {
    fn drop(&mut self) {
        end(&mut self.server, "TERM");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
