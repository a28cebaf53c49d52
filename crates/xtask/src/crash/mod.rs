//! Killing the program (SIGKILL, real processes) at every step of every publish path, and counting what the platforms
//! then hold: every approved post once on each account, or shown as unconfirmed where nobody can tell.
//!
//! Each lane is an installation of its own with a practice network in another process. A life begins with `serve`, told
//! to stand still at one of the steps; officers approve, correct, withdraw and answer; faults are set on the network; the
//! process is killed at that step, or at any moment. At the end the program may live on, faults are lifted, people retry
//! what failed, and everything is compared with the network's own record.
mod account;
mod lane;
mod question;
mod story;

use crate::program::{self, Scratch};
use lane::Lane;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// Where the program can be told to stand still (`stop_at` in `publishing`). The empty one is any moment.
pub const STEPS: [&str; 9] =
    ["prepared", "begun", "called", "settled", "", "looked", "repeated", "site-written", "site-done"];

/// What a run found.
#[derive(Debug, Default, Clone)]
pub struct Found {
    pub kills: usize,
    /// Kills while standing at a step, by step; the others came at any moment.
    pub at: BTreeMap<String, usize>,
    pub faults: usize,
    pub posts: usize,
    pub deliveries: usize,
    /// The same, by how their platform protects against doubles: each kill finds some of every kind on their way.
    pub classes: BTreeMap<String, usize>,
    /// Corrections and removals among the posts.
    pub corrected: usize,
    pub withdrawn: usize,
    /// Answers to what citizens wrote, among the deliveries.
    pub answers: usize,
    pub sent: usize,
    pub unconfirmed: usize,
    pub doubles: Vec<String>,
    pub losses: Vec<String>,
    /// Anything else that is not as it should be.
    pub wrong: Vec<String>,
}

impl Found {
    fn add(&mut self, other: Found) {
        self.kills += other.kills;
        for (step, n) in other.at {
            *self.at.entry(step).or_default() += n;
        }
        self.faults += other.faults;
        self.posts += other.posts;
        self.deliveries += other.deliveries;
        for (class, n) in other.classes {
            *self.classes.entry(class).or_default() += n;
        }
        self.corrected += other.corrected;
        self.withdrawn += other.withdrawn;
        self.answers += other.answers;
        self.sent += other.sent;
        self.unconfirmed += other.unconfirmed;
        self.doubles.extend(other.doubles);
        self.losses.extend(other.losses);
        self.wrong.extend(other.wrong);
    }
    pub fn clean(&self) -> bool {
        self.doubles.is_empty() && self.losses.is_empty() && self.wrong.is_empty()
    }
    pub fn print(&self) {
        let steps: Vec<String> = self.at.iter().map(|(s, n)| format!("{s} {n}")).collect();
        println!("{} kills ({}), {} faults set on the networks", self.kills, steps.join(", "), self.faults);
        println!(
            "{} posts ({} corrected, {} withdrawn), {} deliveries ({} of answers): {} as they should be, {} shown as unconfirmed, {} doubles, {} losses",
            self.posts,
            self.corrected,
            self.withdrawn,
            self.deliveries,
            self.answers,
            self.sent,
            self.unconfirmed,
            self.doubles.len(),
            self.losses.len()
        );
        let classes: Vec<String> = self.classes.iter().map(|(c, n)| format!("{c} {n}")).collect();
        println!("deliveries by platform: {}", classes.join(", "));
        for line in self.doubles.iter().chain(&self.losses).chain(&self.wrong).take(40) {
            println!("  {line}");
        }
    }
}

/// `kills` deaths, shared by so many lanes.
pub fn run(program: &Path, kills: usize, lanes: usize, seed: u64) -> Result<Found, String> {
    let scratch = Scratch::new("crash")?;
    let started = Instant::now();
    println!("{kills} kills in {lanes} lanes, seed {seed}");
    let lane = |n: usize| {
        let folder = scratch.0.join(n.to_string());
        let mut lane = Lane::prepare(program, &folder, seed + n as u64, kills.div_ceil(lanes))?;
        let found = lane.run();
        if found.as_ref().map_or(true, |f| !f.clean()) {
            keep(&folder, n);
        }
        found
    };
    let ended: Vec<Result<Found, String>> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..lanes).map(|n| scope.spawn(move || lane(n))).collect();
        all.into_iter().map(|l| l.join().unwrap_or_else(|_| Err("a lane panicked".into()))).collect()
    });
    let mut all = Found::default();
    for found in ended {
        all.add(found?);
    }
    println!("in {} s", started.elapsed().as_secs());
    all.print();
    Ok(all)
}

/// What a failed lane leaves is kept for looking at.
fn keep(folder: &Path, n: usize) {
    let to = program::target().join(format!("crash-failed-{n}"));
    let _ = std::fs::remove_dir_all(&to);
    if std::fs::rename(folder, &to).is_ok() {
        println!("kept in {}", to.display());
    }
}

fn seed() -> u64 {
    std::time::UNIX_EPOCH.elapsed().map_or(1, |d| d.as_secs())
}

/// The short run of `cargo xtask test`.
pub fn stage() -> Result<(), String> {
    let program = program::build(false)?;
    let found = run(&program, 48, 2, seed())?;
    judge(&found)
}

/// The long run of `cargo xtask bench`.
pub fn full(program: &Path, kills: usize) -> Result<Found, String> {
    run(program, kills, 3, seed())
}

fn judge(found: &Found) -> Result<(), String> {
    if found.clean() { Ok(()) } else { Err("posts were doubled, lost, or are not as the program says".into()) }
}
