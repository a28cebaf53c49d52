//! The feeds of a running demonstration, read by parsers that others wrote: those of posts, and those of podcasts.
use crate::install;
use crate::stages::{cargo, root, run};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub fn check() -> Result<(), String> {
    let (python, podcasts) = (install::feedparser()?, install::podcastparser()?);
    run(&mut cargo(&["build", "--package", "drelwa", "--locked"]))?;
    let demo = Demo::start()?;
    run(Command::new(python).arg("tests/peers/feeds.py").arg(&demo.address))?;
    run(Command::new(podcasts).arg("tests/peers/podcast.py").arg(&demo.said))
}

struct Demo {
    program: Option<Child>,
    folder: PathBuf,
    address: String,
    /// What it says of itself, as JSON: with the tokens of its people.
    said: String,
}

impl Demo {
    fn start() -> Result<Demo, String> {
        let folder = std::env::temp_dir().join(format!("drelwa-feeds-{}", std::process::id()));
        let program = root().join("target/debug/drelwa");
        let failed = |e: std::io::Error| format!("{}: {e}", program.display());
        let mut command = Command::new(&program);
        command.args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"]).arg(&folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
        let output = child.stdout.take();
        let mut demo = Demo { program: Some(child), folder, address: String::new(), said: String::new() };
        let mut line = String::new();
        BufReader::new(output.ok_or("the demonstration has no output")?).read_line(&mut line).map_err(failed)?;
        let said: serde_json::Value = serde_json::from_str(&line).map_err(|e| format!("{line:?}: {e}"))?;
        demo.said = line.trim().to_owned();
        demo.address = said["address"].as_str().ok_or("the demonstration tells no address")?.to_owned();
        Ok(demo)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(program) = &mut self.program {
            let _ = program.kill();
            let _ = program.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
