//! What the figures were taken on.
use crate::stages::root;
use std::process::Command;

fn said(program: &str, args: &[&str]) -> String {
    let out = Command::new(program).args(args).current_dir(root()).output();
    out.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}

fn file(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// One sentence: cores, processor, memory, load before, compiler, commit.
pub fn facts() -> String {
    let cpu = file("/proc/cpuinfo");
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).unwrap_or("unknown processor");
    let model = model.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = file("/proc/meminfo");
    let kb = memory.lines().find_map(|l| l.strip_prefix("MemTotal:")).and_then(|l| l.split_whitespace().next());
    let gb = kb.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1_048_576.0;
    let load = file("/proc/loadavg").split(' ').nth(2).unwrap_or("?").to_owned();
    let commit = said("git", &["rev-parse", "--short", "HEAD"]);
    let changed = if said("git", &["status", "--porcelain"]).is_empty() { "" } else { " with changes" };
    let rust = said("rustc", &["--version"]);
    let rust = rust.split(' ').nth(1).unwrap_or("?");
    format!(
        "{cores} cores of {model}, {gb:.0} GB; load over the last quarter of an hour {load}; Rust {rust}; commit {commit}{changed}. Ratios are taken within one run."
    )
}

/// Resident memory of a process, MB.
pub fn resident(pid: u32) -> Option<f64> {
    let status = file(&format!("/proc/{pid}/status"));
    let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kb / 1024.0)
}

pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
