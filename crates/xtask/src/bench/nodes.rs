//! Two nodes on one PostgreSQL against one: how much faster what is due leaves when the platform, and not this machine, is what
//! takes the time. The practice network is told to take a while for each call, as every real platform does.
use super::drain::Load;
use super::rest::serve;
use super::{Bench, Line};
use crate::http::Door;
use crate::postgres::Postgres;
use crate::program::{Program, address};
use serde_json::{Value, json};
use std::time::Duration;

const POSTS: usize = 400;
/// For each call.
const CALL_MS: u64 = 100;
const WORKERS: &str = "6";
const AHEAD_S: u64 = 60;

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let postgres = Postgres::start()?;
    let net = bench.scratch.0.join("nodes-network");
    let folder = net.display().to_string();
    let mut network = Program::start(&bench.program, &["practice", "--listen", "127.0.0.1:0", "--data", &folder])?;
    let at = address(&network.says("practice network is at", Duration::from_secs(30))?);
    let (url, data) = (postgres.url(), bench.scratch.0.join("nodes").display().to_string());
    let args = ["demo", "--json", "--listen", "127.0.0.1:0", "--data", &data, "--database", &url];
    let mut demo = Program::start(&bench.program, &args)?;
    let ready: Value = serde_json::from_str(&demo.says("{", Duration::from_secs(180))?).map_err(|e| e.to_string())?;
    demo.stop();
    let slow = json!({"fault": "slow", "times": 0, "ms": CALL_MS});
    Door::at(&at).post("/control/faults", &slow)?.good("slowing the network")?;
    let file = net.join("practice-network.jsonl");
    let rate = |mark: &str, more: bool| -> Result<f64, String> {
        let (mut one, door) = serve(bench, &data, &["--database", &url, "--workers", WORKERS])?;
        let mut other = None;
        if more {
            let args = ["work", "--data", &data, "--database", &url, "--workers", WORKERS, "--node", "1"];
            let rest = ["--allow-loopback", "true", "--log", "error"];
            let mut node = Program::start(&bench.program, &[&args[..], &rest[..]].concat())?;
            node.says("Drelwa works", Duration::from_secs(60))?;
            other = Some(node);
        }
        let load = Load { door, people: &ready["people"], network: &at, file: &file };
        let taken = load.due_at_once(mark, POSTS, AHEAD_S)?;
        one.stop();
        if let Some(mut node) = other {
            node.stop();
        }
        Ok(POSTS as f64 / taken.into_iter().fold(0.001, f64::max))
    };
    let (one, two) = (rate("N", false)?, rate("M", true)?);
    Ok(vec![Line::new(
        &format!("two nodes on PostgreSQL against one, {POSTS} posts due at once, a platform that takes {CALL_MS} ms"),
        "≥ 1.8 ×",
        format!("{:.2} × ({one:.0} and {two:.0} a second)", two / one),
        two / one >= 1.8,
    )])
}
