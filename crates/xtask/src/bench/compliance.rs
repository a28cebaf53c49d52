//! The compliance of a whole government: its map, what one fact touches, everything anew from a long ledger, and the public
//! check of an address.
use super::machine::median;
use super::page::in_turns;
use super::rest::{demonstration, serve};
use super::scale::sign_in;
use super::{Bench, Line};
use crate::http::Door;
use crate::program::Program;
use crate::stages::run;
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};

const TIMES: usize = 21;

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let ready = demonstration(bench, "compliance")?;
    let data = bench.scratch.0.join("compliance").display().to_string();
    // A million facts, or a fifth of them: judging reads what stands in tables, not the ledger.
    let (posts, messages) = if bench.wanted.full { ("100000", "500000") } else { ("20000", "100000") };
    run(Command::new(&bench.program).args(["generate", posts, messages, "--data", &data]))?;
    let mut judge = Program::start(&bench.program, &["measure-compliance", "--data", &data])?;
    let said = judge.says("{\"agencies\"", Duration::from_secs(900))?;
    judge.stop();
    let said: Value = serde_json::from_str(&said).map_err(|e| e.to_string())?;
    let number = |name: &str| said[name].as_f64().unwrap_or(f64::MAX);
    let (one, everything) = (number("one_fact_ms"), number("everything_ms") / 1000.0);
    let (_life, door) = serve(bench, &data, &["--workers", "0"])?;
    let cookies = sign_in(&door, &ready["people"])?;
    let cookie = cookies.get("oversight").cloned().ok_or("nobody oversees the demonstration")?;
    let map = map(&Door { cookie, ..door.clone() })?;
    let address = door.get("/register.json")?.good("/register.json")?["accounts"][0]["url"].as_str().map(str::to_owned);
    let address = address.ok_or("the register is empty")?.replace(':', "%3A").replace('/', "%2F");
    let check = in_turns(bench, &door, &format!("/api/v1/verify?url={address}"))?;
    let size = format!("{} agencies × {} obligations", said["agencies"], said["obligations"]);
    Ok(vec![
        Line::new(&format!("the map of {size}, whole"), "≤ 50 ms", format!("{map:.1} ms"), map <= 50.0),
        Line::new("judging what one fact touches", "≤ 20 ms", format!("{one:.1} ms"), one <= 20.0),
        Line::new(
            &format!("judging everything anew, with {} facts in the ledger", said["facts"]),
            "≤ 60 s",
            format!("{everything:.1} s"),
            everything <= 60.0,
        ),
        Line::new(
            &format!("checking an address ({} bytes), requests per second of a bare handler's", check.bytes),
            "≥ 60 %",
            check.told(),
            check.ratio >= 0.6,
        ),
    ])
}

/// The median time, in milliseconds, until the last byte of the map is there: the first is not later.
fn map(door: &Door) -> Result<f64, String> {
    let mut all = vec![];
    for _ in 0..TIMES {
        let started = Instant::now();
        let page = door.get("/compliance")?;
        if page.status != 200 {
            return Err(format!("/compliance: {}", page.status));
        }
        all.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(all))
}
