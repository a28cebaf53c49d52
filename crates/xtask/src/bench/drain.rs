//! A thousand posts due at one moment: how fast they reach the practice network, against what that network takes from the
//! same connector when nothing is written down; and how late the last of them are.
use super::rest::{demonstration, serve};
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

/// What every call takes in the second measure, which is less than a platform far away needs.
const CALL_MS: u64 = 20;

struct Drained {
    per_second: f64,
    /// What the network takes from the same connector when nothing is written down.
    alone: f64,
    p99_s: f64,
}

impl Drained {
    fn ratio(&self) -> f64 {
        self.per_second / self.alone
    }
    fn told(&self) -> String {
        format!("{:.0} % ({:.0} of {:.0} a second)", self.ratio() * 100.0, self.per_second, self.alone)
    }
}

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let net = bench.scratch.0.join("drain-network");
    let folder = net.display().to_string();
    let mut network = Program::start(&bench.program, &["practice", "--listen", "127.0.0.1:0", "--data", &folder])?;
    let at = address(&network.says("practice network is at", Duration::from_secs(30))?);
    let people = demonstration(bench, "drain")?["people"].take();
    let file = net.join("practice-network.jsonl");
    let bare = drained(bench, &people, &at, &file, "D")?;
    let slow = json!({"fault": "slow", "times": 0, "ms": CALL_MS});
    Door::at(&at).post("/control/faults", &slow)?.good("slowing the network")?;
    let far = drained(bench, &people, &at, &file, "E")?;
    network.stop();
    let posts = format!("{POSTS} posts due at once, sent by one node with {WORKERS} workers");
    Ok(vec![
        Line::new(&format!("{posts}, of what the practice network takes"), "≥ 90 %", bare.told(), bare.ratio() >= 0.9),
        Line::new(
            "the same, from the due moment to the call, p99",
            "≤ 1 s",
            format!("{:.2} s", bare.p99_s),
            bare.p99_s <= 1.0,
        ),
        Line::new(&format!("the same where the network takes {CALL_MS} ms for each call"), "told", far.told(), true),
    ])
}

/// By turns: the network alone, the node, the network alone.
fn drained(bench: &Bench, people: &Value, at: &str, file: &Path, mark: &str) -> Result<Drained, String> {
    let before = capacity(bench, at)?;
    let (per_second, p99_s) = drain(bench, people, at, file, mark)?;
    let after = capacity(bench, at)?;
    println!("  the network alone {before:.0}/s and {after:.0}/s, drained at {per_second:.0}/s");
    Ok(Drained { per_second, alone: before.max(after), p99_s })
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

/// Posts a second, and the p99 of how late they left, in seconds.
fn drain(bench: &Bench, people: &Value, network: &str, file: &Path, mark: &str) -> Result<(f64, f64), String> {
    let data = bench.scratch.0.join("drain").display().to_string();
    let (mut life, door) = serve(bench, &data, &["--workers", &WORKERS.to_string()])?;
    let mut taken = Load { door, people, network, file }.due_at_once(mark, POSTS, AHEAD_S)?;
    life.stop();
    taken.sort_by(f64::total_cmp);
    let last = taken.last().copied().unwrap_or_default();
    Ok((POSTS as f64 / last, taken[POSTS * 99 / 100 - 1]))
}

/// Officers who approve, and the network that takes what they approved.
pub struct Load<'a> {
    pub door: Door,
    /// Of the demonstration: a token for each role.
    pub people: &'a Value,
    pub network: &'a str,
    /// The network's own.
    pub file: &'a Path,
}

impl Load<'_> {
    /// Approves so many posts for one moment, and tells how long after it each arrived, in seconds.
    pub fn due_at_once(&self, mark: &str, posts: usize, ahead_s: u64) -> Result<Vec<f64>, String> {
        let of = |role: &str| self.door.with_token(self.people[role]["token"].as_str().unwrap_or_default());
        let (author, approver) = (of("author"), of("approver"));
        let account = account(&author, &of("lead"), self.network)?;
        let agency = author.get("/api/v1/me")?.good("me")?["agency"].clone();
        let due = now()? + ahead_s;
        let at = date(&["-d", &format!("@{due}"), "+%Y-%m-%dT%H:%M:%SZ"])?;
        for n in 0..posts {
            let texts = json!({"en": format!("[{mark}{n}] Notice number {n}."), "dz": "གསལ་བསྒྲགས།"});
            let post = json!({"agency": agency, "texts": texts, "accounts": [account], "scheduled_at": at});
            approved(&author, &approver, &post)?;
        }
        if now()? >= due {
            return Err(format!("{posts} posts were not approved within {ahead_s} seconds"));
        }
        let end = Instant::now() + Duration::from_secs(ahead_s + 120);
        let mut taken = arrived(self.file, mark, due);
        while taken.len() < posts && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(500));
            taken = arrived(self.file, mark, due);
        }
        if taken.len() == posts { Ok(taken) } else { Err(format!("of {posts} posts {} arrived", taken.len())) }
    }
}

/// The account of the practice network; asked for, approved and connected when it is not there.
pub fn account(author: &Door, lead: &Door, network: &str) -> Result<Value, String> {
    let url = format!("https://practice.example/@{HANDLE}");
    let agency = author.get("/api/v1/me")?.good("me")?["agency"].clone();
    let all = author.get("/api/v1/accounts?limit=200")?.good("accounts")?;
    if let Some(known) = all["items"].as_array().into_iter().flatten().find(|a| a["handle"] == HANDLE) {
        return Ok(known["id"].clone());
    }
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
fn arrived(file: &Path, mark: &str, due: u64) -> Vec<f64> {
    let begins = format!("[{mark}");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut out = vec![];
    for event in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let (post, at) = (&event["post"], event["post"]["at_us"].as_i64());
        let ours = event["event"] == "posted" && post["text"].as_str().is_some_and(|t| t.contains(&begins));
        if let Some(at) = at.filter(|_| ours && seen.insert(post["text"].as_str().unwrap_or_default().to_owned())) {
            out.push(at as f64 / 1e6 - due as f64);
        }
    }
    out
}
