//! Our own program as a child process: started, listened to, killed.
use crate::stages::{cargo, root, run};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Builds the program and says where it is.
pub fn build(release: bool) -> Result<PathBuf, String> {
    let mut command = cargo(&["build", "--quiet", "--locked", "-p", "drelwa"]);
    if release {
        command.arg("--release");
    }
    run(&mut command)?;
    Ok(target().join(if release { "release/drelwa" } else { "debug/drelwa" }))
}

pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A folder of its own for one run, empty; removed when dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Result<Scratch, String> {
        let folder = target().join("scratch").join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running child; killed when dropped.
pub struct Program {
    child: Child,
    lines: Receiver<String>,
    /// Everything it said, for when it fails.
    pub said: Vec<String>,
}

fn listen(stream: impl Read + Send + 'static, to: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

impl Program {
    pub fn start(program: &Path, args: &[&str]) -> Result<Program, String> {
        let mut command = Command::new(program);
        command.args(args);
        Program::run(command)
    }

    /// The same with an environment and a folder of its own.
    pub fn run(mut command: Command) -> Result<Program, String> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().map_err(|e| format!("{shown}: {e}"))?;
        let (to, lines) = channel();
        if let Some(out) = child.stdout.take() {
            listen(out, to.clone());
        }
        if let Some(err) = child.stderr.take() {
            listen(err, to);
        }
        Ok(Program { child, lines, said: vec![] })
    }

    /// Waits for a line with this in it.
    pub fn until(&mut self, part: &str, most: Duration) -> Option<String> {
        let end = Instant::now() + most;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.said.push(line.clone());
            if line.contains(part) {
                return Some(line);
            }
        }
        None
    }

    /// The same, where its absence is an error.
    pub fn says(&mut self, part: &str, most: Duration) -> Result<String, String> {
        self.until(part, most).ok_or_else(|| format!("“{part}” was not said; said was:\n{}", self.said.join("\n")))
    }

    /// Everything it said until now.
    pub fn heard(&mut self) -> String {
        self.said.extend(self.lines.try_iter());
        self.said.join("\n")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, and waits.
    pub fn stop(&mut self) {
        end(&mut self.child, "TERM");
    }
}

/// How long a process may take to stop when it is asked to.
const STOPPING: Duration = Duration::from_secs(10);

/// Asks a process to stop; one that does not within ten seconds is killed.
pub fn end(child: &mut Child, signal: &str) {
    // The shell's own kill: a bare system has no program of that name.
    let _ = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    let asked = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if asked.elapsed() > STOPPING {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The address at the end of a line such as “Drelwa serves at http://127.0.0.1:4711”.
pub fn address(line: &str) -> String {
    line.rsplit("http://").next().unwrap_or_default().trim().to_owned()
}
