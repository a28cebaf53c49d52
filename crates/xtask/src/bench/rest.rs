//! The program at rest: how big it is, how soon it answers, how much memory it holds.
use super::machine::{median, resident};
use super::{Bench, Line};
use crate::http::Door;
use crate::program::{Program, address};
use serde_json::Value;
use std::time::{Duration, Instant};

const STARTS: usize = 7;

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let size = std::fs::metadata(&bench.program).map_err(|e| e.to_string())?.len() as f64 / 1_000_000.0;
    demonstration(bench, "rest")?;
    let data = bench.scratch.0.join("rest").display().to_string();
    let mut ready = vec![];
    for _ in 0..STARTS {
        let started = Instant::now();
        let (mut life, _) = serve(bench, &data, &[])?;
        ready.push(started.elapsed().as_secs_f64());
        life.stop();
    }
    let worst = ready.iter().copied().fold(0.0, f64::max);
    let ready = median(ready);
    let (life, door) = serve(bench, &data, &[])?;
    // The first sweeps run within the first seconds; then it is at rest.
    std::thread::sleep(Duration::from_secs(15));
    let fresh = resident(life.id()).ok_or("no resident memory")?;
    for path in ["/", "/agencies", "/agencies/MoH", "/verify", "/rules", "/sign-in", "/api/v1/agencies"] {
        for n in 0..100 {
            door.get(&format!("{path}?lang={}", if n % 2 == 0 { "en" } else { "dz" }))?;
        }
    }
    std::thread::sleep(Duration::from_secs(5));
    let used = resident(life.id()).ok_or("no resident memory")?;
    Ok(vec![
        Line::new(
            "idle memory of `drelwa serve` with the demonstration's data",
            "≤ 64 MB",
            format!("{fresh:.0} MB; {used:.0} MB after 700 pages"),
            fresh <= 64.0 && used <= 64.0,
        ),
        Line::new(
            "ready on an existing database",
            "≤ 1 s",
            format!("{:.0} ms, slowest of {STARTS} {:.0} ms", ready * 1000.0, worst * 1000.0),
            worst <= 1.0,
        ),
        Line::new("the program", "≤ 60 MB", format!("{size:.1} MB"), size <= 60.0),
    ])
}

/// Has the demonstration's story told in a folder of the bench; gives what `demo --json` says.
pub fn demonstration(bench: &Bench, name: &str) -> Result<Value, String> {
    let data = bench.scratch.0.join(name).display().to_string();
    let mut demo =
        Program::start(&bench.program, &["demo", "--json", "--listen", "127.0.0.1:0", "--data", data.as_str()])?;
    let ready = demo.says("{", Duration::from_secs(120))?;
    // What was due at the end of the story goes out now.
    std::thread::sleep(Duration::from_secs(3));
    demo.stop();
    serde_json::from_str(&ready).map_err(|e| e.to_string())
}

/// `drelwa serve` on a folder, ready.
pub fn serve(bench: &Bench, data: &str, more: &[&str]) -> Result<(Program, Door), String> {
    let args = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--allow-loopback",
        "true",
        "--strong-sign-in",
        "false",
        "--log",
        "error",
    ];
    let mut life = Program::start(&bench.program, &[&args[..], more].concat())?;
    let at = life.says("Drelwa serves at", Duration::from_secs(60))?;
    let door = Door::at(&address(&at));
    for _ in 0..12_000 {
        if door.get("/readyz").is_ok_and(|a| a.status == 200) {
            return Ok((life, door));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err("the program was not ready within a minute".into())
}
