//! A clean build of the demonstration, as a newcomer meets it: only when asked for, it takes minutes.
use super::{Bench, Line};
use crate::program::Program;
use crate::stages::{cargo, run};
use std::time::{Duration, Instant};

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    if !bench.wanted.build && bench.wanted.only.as_deref() != Some("build") {
        println!("  not asked for: --build");
        return Ok(vec![]);
    }
    // The packages may be fetched before: a line to the registry is not what is measured.
    run(&mut cargo(&["fetch", "--locked"]))?;
    let target = bench.scratch.0.join("clean-target");
    let started = Instant::now();
    run(cargo(&["build", "--quiet", "--release", "--locked", "-p", "drelwa"]).env("CARGO_TARGET_DIR", &target))?;
    let built = started.elapsed().as_secs_f64();
    let data = bench.scratch.0.join("clean").display().to_string();
    let mut demo = Program::start(
        &target.join("release/drelwa"),
        &["demo", "--json", "--listen", "127.0.0.1:0", "--data", &data],
    )?;
    demo.says("{", Duration::from_secs(120))?;
    let whole = started.elapsed().as_secs_f64();
    demo.stop();
    let _ = std::fs::remove_dir_all(&target);
    let (minutes, seconds) = ((whole / 60.0) as u64, whole as u64 % 60);
    Ok(vec![Line::new(
        "a clean `cargo run --release -- demo` until it serves, on this machine's cores",
        "≤ 6 min",
        format!("{minutes} min {seconds:02} s, of it {:.1} s telling the story", whole - built),
        whole <= 360.0,
    )])
}
