//! Durable writes: drafts through the real action against the engine's own commits of one small row, on the same disk, in
//! turns, with as many writers. `drelwa measure` does both.
use super::machine::median;
use super::{Bench, Line};
use crate::program::Program;
use serde_json::Value;
use std::time::Duration;

/// The number of writers the promise is read at.
const WRITERS: u64 = 16;

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let data = bench.scratch.0.join("measure").display().to_string();
    let mut measure = Program::start(&bench.program, &["measure", "--data", &data])?;
    let said = measure.says("{\"rounds\"", Duration::from_secs(300))?;
    let said: Value = serde_json::from_str(&said).map_err(|e| e.to_string())?;
    let rounds = said["rounds"].as_array().cloned().unwrap_or_default();
    let number = |r: &Value, name: &str| r[name].as_f64().unwrap_or(0.0);
    // The engine is taken at its best: one connection in turns, or one for each writer.
    let engine = |r: &Value| number(r, "apart").max(number(r, "in_turn"));
    let mut lines = vec![];
    for writers in [WRITERS, 1, 64] {
        let of: Vec<&Value> = rounds.iter().filter(|r| r["writers"] == writers).collect();
        let ours = median(of.iter().map(|r| number(r, "drafts")).collect());
        let theirs = median(of.iter().map(|r| engine(r)).collect());
        let ratio = median(of.iter().map(|r| number(r, "drafts") / engine(r)).collect());
        println!(
            "  {writers:>2} writers: {ours:>6.0} drafts/s, the engine {theirs:>6.0} commits/s, {:.0} %",
            ratio * 100.0
        );
        let what = if writers == 1 { "1 writer".to_owned() } else { format!("{writers} writers") };
        let group = if writers == 1 { "a commit each" } else { "drafts that wait share a commit" };
        lines.push(Line::new(
            &format!("durable drafts per second of the engine's commits of one small row, {what} ({group})"),
            if writers == WRITERS { "≥ 60 %" } else { "told" },
            format!("{:.0} % ({ours:.0} of {theirs:.0})", ratio * 100.0),
            writers != WRITERS || ratio >= 0.6,
        ));
    }
    Ok(lines)
}
