//! The public post page against a bare handler that returns the same bytes from memory: same settings, same load, in turns.
use super::machine::median;
use super::rest::{demonstration, serve};
use super::{Bench, Line};
use crate::http::Door;
use crate::install;
use crate::program::{Program, address, target};
use crate::stages::{cargo, run};
use std::process::Command;
use std::time::Duration;

const ROUNDS: usize = 7;
const CONNECTIONS: &str = "-c64";

#[derive(Debug, Clone, Copy)]
struct Load {
    per_second: f64,
    p99_ms: f64,
}

/// What came of the load in turns: requests per second here and of the bare handler, the median of their ratios, p99 here.
pub struct Turns {
    pub ratio: f64,
    pub ours: f64,
    pub bare: f64,
    pub p99_ms: f64,
    pub bytes: usize,
}

impl Turns {
    pub fn told(&self) -> String {
        format!("{:.0} % ({:.0} of {:.0})", self.ratio * 100.0, self.ours, self.bare)
    }
}

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    demonstration(bench, "page")?;
    let data = bench.scratch.0.join("page").display().to_string();
    let (_life, door) = serve(bench, &data, &[])?;
    let turns = in_turns(bench, &door, &a_post(&door)?)?;
    Ok(vec![
        Line::new(
            &format!("public post page ({} bytes), requests per second of a bare handler's", turns.bytes),
            "≥ 50 %",
            turns.told(),
            turns.ratio >= 0.5,
        ),
        Line::new("the same, p99 at 64 connections", "< 10 ms", format!("{:.1} ms", turns.p99_ms), turns.p99_ms < 10.0),
    ])
}

/// A page of ours and a bare handler that returns the same bytes, under the same load in turns.
pub fn in_turns(bench: &Bench, door: &Door, path: &str) -> Result<Turns, String> {
    let wrk = install::wrk()?;
    run(&mut cargo(&["build", "--quiet", "--locked", "--release", "-p", "ground", "--example", "bare"]))?;
    let page = door.get(path)?;
    if page.status != 200 {
        return Err(format!("{path}: {}", page.status));
    }
    let file = bench.scratch.0.join("page.html");
    std::fs::write(&file, &page.body).map_err(|e| e.to_string())?;
    let mut bare = Program::start(&target().join("release/examples/bare"), &[&file.display().to_string()])?;
    let bare_door = Door::at(&address(&bare.says("http://", Duration::from_secs(10))?));
    let (mut ours, mut theirs) = (vec![], vec![]);
    for round in 0..=ROUNDS {
        let (b, p) = (load(&wrk, &bare_door, "/")?, load(&wrk, door, path)?);
        println!(
            "  bare {:>7.0}/s p99 {:>5.1} ms   page {:>7.0}/s p99 {:>5.1} ms",
            b.per_second, b.p99_ms, p.per_second, p.p99_ms
        );
        // The first round warms up.
        if round > 0 {
            theirs.push(b);
            ours.push(p);
        }
    }
    let rate = |loads: &[Load]| median(loads.iter().map(|l| l.per_second).collect());
    Ok(Turns {
        ratio: median(ours.iter().zip(&theirs).map(|(o, t)| o.per_second / t.per_second).collect()),
        ours: rate(&ours),
        bare: rate(&theirs),
        p99_ms: median(ours.iter().map(|l| l.p99_ms).collect()),
        bytes: page.body.len(),
    })
}

/// The newest post on the public site.
fn a_post(door: &Door) -> Result<String, String> {
    let home = door.get("/")?.text();
    let link = home.split("href=\"/p/").nth(1).and_then(|t| t.split('"').next());
    link.map(|id| format!("/p/{id}")).ok_or_else(|| "the home page links to no post".to_owned())
}

fn load(wrk: &str, door: &Door, path: &str) -> Result<Load, String> {
    let url = format!("http://{}{path}", door.address);
    let out = Command::new(wrk).args(["-t1", CONNECTIONS, "-d3s", "--latency", &url]).output();
    let out = out.map_err(|e| format!("wrk: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    if text.contains("Non-2xx") {
        return Err(format!("{url} did not always answer: {text}"));
    }
    read(&text).ok_or_else(|| format!("wrk said: {text}"))
}

fn read(text: &str) -> Option<Load> {
    let after = |name: &str| text.lines().find_map(|l| l.trim().strip_prefix(name)).map(|rest| rest.trim().to_owned());
    let per_second = after("Requests/sec:")?.parse().ok()?;
    let p99 = after("99%")?;
    let unit = p99.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = p99.strip_suffix(unit)?.parse().ok()?;
    let p99_ms = match unit {
        "us" => number / 1000.0,
        "ms" => number,
        "s" => number * 1000.0,
        _ => return None,
    };
    Some(Load { per_second, p99_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_understood() {
        let said = |p99: &str| {
            format!("  Latency Distribution\n     50%    7.64ms\n     99%   {p99}\nRequests/sec:   7311.98\n")
        };
        let load = read(&said("22.67ms")).unwrap();
        assert_eq!((load.per_second, load.p99_ms), (7311.98, 22.67));
        assert_eq!(read(&said("900.00us")).unwrap().p99_ms, 0.9);
        assert_eq!(read(&said("1.20s")).unwrap().p99_ms, 1200.0);
        assert!(read("nothing").is_none());
    }
}
