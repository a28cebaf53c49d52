//! A thousand posts due at one moment: how fast they reach the practice network, against what that network takes from the
//! same connector when nothing is written down; and how late the last of them are.
use super::rest::demonstration;
use super::{Bench, Line};
use crate::http::Door;
use crate::program::{Program, address};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const POSTS: usize = 1000;
/// How many deliveries the node works at at once, and how many callers the network alone is tried with.
const WORKERS: usize = 16;
const HANDLE: &str = "drain";
/// Approving them must be over before they are due.
const AHEAD_S: u64 = 90;

struct Drained {
    per_second: f64,
    p99_s: f64,
}

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let net = bench.scratch.0.join("drain-network");
    let folder = net.display().to_string();
    let mut network = Program::start(&bench.program, &["practice", "--listen", "127.0.0.1:0", "--data", &folder])?;
    let at = address(&network.says("practice network is at", Duration::from_secs(30))?);
    let ready = demonstration(bench, "drain")?;
    let alone = capacity(bench, &at)?;
    let drained = drain(bench, &ready["people"], &at, &net.join("practice-network.jsonl"))?;
    let again = capacity(bench, &at)?;
    let most = alone.max(again);
    println!("  the network alone {alone:.0}/s and {again:.0}/s, drained at {:.0}/s", drained.per_second);
    let ratio = drained.per_second / most;
    Ok(vec![
        Line::new(
            &format!(
                "{POSTS} posts due at once, sent by one node with {WORKERS} workers, of what the practice network takes"
            ),
            "≥ 90 %",
            format!("{:.0} % ({:.0} of {most:.0} a second)", ratio * 100.0, drained.per_second),
            ratio >= 0.9,
        ),
        Line::new(
            "the same, from the due moment to the call, p99",
            "≤ 1 s",
            format!("{:.2} s", drained.p99_s),
            drained.p99_s <= 1.0,
        ),
    ])
}

/// Posts a second that the network takes from the connector alone.
fn capacity(bench: &Bench, network: &str) -> Result<f64, String> {
    let mut command = Command::new(&bench.program);
    let out = command.args(["measure-network", network, &POSTS.to_string(), &WORKERS.to_string()]).output();
    let out = out.map_err(|e| e.to_string())?;
    let told: Value = serde_json::from_slice(&out.stdout)
        .map_err(|_| format!("measure-network: {}", String::from_utf8_lossy(&out.stderr)))?;
    let seconds = told["seconds"].as_f64().filter(|s| *s > 0.0).ok_or("measure-network told no time")?;
    Ok(POSTS as f64 / seconds)
}

/// The system's own `date`, in UTC.
fn date(args: &[&str]) -> Result<String, String> {
    let out = Command::new("date").arg("-u").args(args).output().map_err(|e| format!("date: {e}"))?;
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Seconds since 1970.
fn now() -> Result<u64, String> {
    date(&["+%s"])?.parse().map_err(|_| "date tells no time".to_owned())
}

fn drain(bench: &Bench, people: &Value, network: &str, file: &Path) -> Result<Drained, String> {
    let data = bench.scratch.0.join("drain").display().to_string();
    let workers = WORKERS.to_string();
    let mut args = vec!["serve", "--listen", "127.0.0.1:0", "--data", &data, "--allow-loopback", "true"];
    args.extend(["--strong-sign-in", "false", "--workers", &workers, "--log", "error"]);
    let mut life = Program::start(&bench.program, &args)?;
    let door = Door::at(&address(&life.says("Drelwa serves at", Duration::from_secs(60))?));
    let of = |role: &str| door.with_token(people[role]["token"].as_str().unwrap_or_default());
    let (author, approver) = (of("author"), of("approver"));
    let account = account(&author, &of("lead"), network)?;
    let agency = author.get("/api/v1/me")?.good("me")?["agency"].clone();
    let due = now()? + AHEAD_S;
    let at = date(&["-d", &format!("@{due}"), "+%Y-%m-%dT%H:%M:%SZ"])?;
    for n in 0..POSTS {
        let texts = json!({"en": format!("[D{n}] Notice number {n}."), "dz": "གསལ་བསྒྲགས།"});
        let post = json!({"agency": agency, "texts": texts, "accounts": [account], "scheduled_at": at});
        approved(&author, &approver, &post)?;
    }
    if now()? >= due {
        return Err(format!("{POSTS} posts were not approved within {AHEAD_S} seconds"));
    }
    let end = Instant::now() + Duration::from_secs(AHEAD_S + 120);
    let mut taken = arrived(file, due);
    while taken.len() < POSTS && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(500));
        taken = arrived(file, due);
    }
    life.stop();
    if taken.len() != POSTS {
        return Err(format!("of {POSTS} posts {} arrived", taken.len()));
    }
    taken.sort_by(f64::total_cmp);
    let last = taken.last().copied().unwrap_or_default();
    Ok(Drained { per_second: POSTS as f64 / last, p99_s: taken[POSTS * 99 / 100 - 1] })
}

/// An account of the practice network, as those people get it who do.
fn account(author: &Door, lead: &Door, network: &str) -> Result<Value, String> {
    let url = format!("https://practice.example/@{HANDLE}");
    let agency = author.get("/api/v1/me")?.good("me")?["agency"].clone();
    let body = json!({"agency": agency, "platform": "simulator", "handle": HANDLE, "url": url});
    let account = author.post("/api/v1/accounts", &body)?.good("asking for an account")?;
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap_or_default());
    lead.post(&format!("{path}/approval"), &Value::Null)?.good("approving an account")?;
    let body = json!({"base_url": format!("http://{network}"), "token": HANDLE});
    author.post(&format!("{path}/connection"), &body)?.good("connecting an account")?;
    Ok(account["id"].clone())
}

fn approved(author: &Door, approver: &Door, post: &Value) -> Result<(), String> {
    let post = author.post("/api/v1/posts", post)?.good("drafting")?;
    let path = format!("/api/v1/posts/{}", post["id"].as_str().unwrap_or_default());
    author.post(&format!("{path}/submission"), &json!({"version": 1}))?.good("submitting")?;
    approver.post(&format!("{path}/approval"), &json!({"version": 1}))?.good("approving").map(drop)
}

/// When each of them arrived, in seconds after they were due, by the network's own clock and file.
fn arrived(file: &Path, due: u64) -> Vec<f64> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut out = vec![];
    for event in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let (post, at) = (&event["post"], event["post"]["at_us"].as_i64());
        let ours = event["event"] == "posted" && post["account"].as_str().is_some_and(|a| a.contains(HANDLE));
        if let Some(at) = at.filter(|_| ours && seen.insert(post["text"].as_str().unwrap_or_default().to_owned())) {
            out.push(at as f64 / 1e6 - due as f64);
        }
    }
    out
}
