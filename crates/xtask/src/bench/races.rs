//! Officers withdraw what is on its way out, and stop everything while it leaves: in every such race either the post never
//! reached the platform, or it did before anybody was told that it would not. What counts is the practice network's own file
//! and its clock, which is this machine's.
use super::drain::account;
use super::rest::{demonstration, serve};
use super::{Bench, Line};
use crate::http::{Answer, Door};
use crate::program::{Program, address};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Posts withdrawn while they leave.
const WITHDRAWN: usize = 8_000;
/// Posts that are due while everything is stopped, in so many freezes.
const FROZEN: usize = 2_000;
const FREEZES: usize = 40;
/// Officers at work at once.
const LANES: usize = 8;
/// A withdrawal comes so long after the approval at the latest.
const LATEST_MS: u64 = 12;
const WORKERS: &str = "16";
/// The practice network answers within milliseconds: what had begun before somebody was told is there by then.
const CALL_US: i64 = 1_000_000;

/// A lane begins a race so often at most: one person may make six thousand calls a minute.
const PACE: Duration = Duration::from_millis(200);

/// The same once more when it was too soon for whoever asks.
fn patient(ask: impl Fn() -> Result<Answer, String>) -> Result<Answer, String> {
    loop {
        let answer = ask()?;
        if answer.status != 429 {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// A post, and by when somebody was told that it is held back, µs since 1970.
struct Race {
    id: String,
    mark: String,
    told_us: i64,
}

struct Desk {
    author: Door,
    approver: Door,
    lead: Door,
    agency: Value,
    account: Value,
}

#[derive(Default)]
struct Found {
    races: usize,
    /// Never reached the platform.
    held: usize,
    /// Was there before, or on its way, and was taken down or stays.
    passed: usize,
    wrong: Vec<String>,
}

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    let net = bench.scratch.0.join("races-network");
    let folder = net.display().to_string();
    let mut network = Program::start(&bench.program, &["practice", "--listen", "127.0.0.1:0", "--data", &folder])?;
    let at = address(&network.says("practice network is at", Duration::from_secs(30))?);
    let ready = demonstration(bench, "races")?;
    let data = bench.scratch.0.join("races").display().to_string();
    let (mut life, door) = serve(bench, &data, &["--workers", WORKERS])?;
    let of = |role: &str| door.with_token(ready["people"][role]["token"].as_str().unwrap_or_default());
    let agency = of("author").get("/api/v1/me")?.good("me")?["agency"].clone();
    let account = account(&of("author"), &of("lead"), &at)?;
    let (author, approver, lead) = (of("author"), of("approver"), of("lead"));
    let desk = Desk { author, approver, lead, agency, account };
    let file = net.join("practice-network.jsonl");
    let mut found = Found::default();
    withdrawals(&desk, &file, &mut found)?;
    freezes(&desk, &file, &mut found)?;
    life.stop();
    println!("  {} races: {} held back, {} were out before", found.races, found.held, found.passed);
    found.wrong.iter().take(20).for_each(|w| println!("  {w}"));
    let here = format!("{} in {} races, of which {} held something back", found.wrong.len(), found.races, found.held);
    let met = found.wrong.is_empty() && found.races >= WITHDRAWN + FROZEN;
    Ok(vec![Line::new(
        "posts that left after somebody was told they would not (withdrawals and freezes)",
        "0 in 10,000",
        here,
        met,
    )])
}

/// Microseconds since 1970, by the clock the practice network has too.
fn now_us() -> i64 {
    UNIX_EPOCH.elapsed().map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
}

fn path(id: &str, verb: &str) -> String {
    format!("/api/v1/posts/{id}/{verb}")
}

impl Desk {
    fn submitted(&self, mark: &str) -> Result<String, String> {
        let texts = json!({"en": format!("{mark} The road is closed."), "dz": "གསལ་བསྒྲགས།"});
        let post = json!({"agency": self.agency, "texts": texts, "accounts": [self.account]});
        let post = patient(|| self.author.post("/api/v1/posts", &post))?.good("drafting")?;
        let id = post["id"].as_str().unwrap_or_default().to_owned();
        let version = json!({"version": 1});
        patient(|| self.author.post(&path(&id, "submission"), &version))?.good("submitting")?;
        Ok(id)
    }

    fn approve(&self, id: &str) -> Result<(), String> {
        let version = json!({"version": 1});
        patient(|| self.approver.post(&path(id, "approval"), &version))?.good("approving").map(drop)
    }

    /// The state of a post's one delivery, once it has one.
    fn state(&self, id: &str) -> Result<String, String> {
        let all = patient(|| self.author.get(&path(id, "deliveries")))?.good("deliveries")?;
        Ok(all["items"][0]["state"].as_str().unwrap_or_default().to_owned())
    }
}

fn withdrawals(desk: &Desk, file: &Path, found: &mut Found) -> Result<(), String> {
    let started = Instant::now();
    let lane = |lane: usize| -> Result<Vec<Race>, String> {
        (0..WITHDRAWN / LANES)
            .map(|n| {
                std::thread::sleep((PACE * n as u32).saturating_sub(started.elapsed()));
                let mark = format!("[W{lane}-{n}]");
                let id = desk.submitted(&mark)?;
                desk.approve(&id)?;
                // Spread over the time a post takes on its way, in steps that no rhythm of the program's repeats.
                let pause = (n as u64 * 7_919) % (LATEST_MS * 1_000);
                std::thread::sleep(Duration::from_micros(pause));
                let why = json!({"reason": "The road is open again."});
                patient(|| desk.approver.post(&path(&id, "withdrawal"), &why))?.good("withdrawing")?;
                Ok(Race { id, mark, told_us: now_us() })
            })
            .collect()
    };
    let races: Vec<Race> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|n| scope.spawn(move || lane(n))).collect();
        lanes
            .into_iter()
            .map(|l| l.join().unwrap_or_else(|_| Err("a lane broke".into())))
            .collect::<Result<Vec<_>, _>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    let states = settled(desk, &races, &["cancelled", "taken-down"])?;
    let (there, ever) = network(file);
    for (race, state) in races.iter().zip(states) {
        found.races += 1;
        let made = ever.get(&race.mark).map_or(&[][..], Vec::as_slice);
        match state.as_str() {
            "cancelled" if made.is_empty() => found.held += 1,
            // A call that had begun may arrive after the withdrawal, and soon.
            "taken-down" if made.len() == 1 && made[0] < race.told_us + CALL_US && !there.contains_key(&race.mark) => {
                found.passed += 1;
            }
            _ => found.wrong.push(format!("{} is {state} after {} posts", race.mark, made.len())),
        }
    }
    Ok(())
}

fn freezes(desk: &Desk, file: &Path, found: &mut Found) -> Result<(), String> {
    for round in 0..FREEZES {
        let mut races = vec![];
        for n in 0..FROZEN / FREEZES {
            let mark = format!("[F{round}-{n}]");
            races.push(Race { id: desk.submitted(&mark)?, mark, told_us: 0 });
        }
        let freeze = std::thread::scope(|scope| {
            let approving: Vec<_> = races
                .chunks(races.len().div_ceil(LANES))
                .map(|some| scope.spawn(move || some.iter().try_for_each(|r| desk.approve(&r.id))))
                .collect();
            std::thread::sleep(Duration::from_millis(5 + round as u64 % 20));
            let why = json!({"agency": desk.agency, "reason": "Look first."});
            let freeze = desk.lead.post("/api/v1/freezes", &why)?.good("freezing")?;
            let told_us = now_us();
            for lane in approving {
                lane.join().map_err(|_| "a lane broke".to_owned())??;
            }
            Ok::<_, String>((freeze, told_us))
        })?;
        let (freeze, told_us) = freeze;
        // Those whose call had begun are still let through; the answer says how many.
        let begun = freeze["on_their_way"].as_u64().unwrap_or_default();
        std::thread::sleep(Duration::from_millis(300));
        let (_, ever) = network(file);
        let after = races.iter().filter(|r| ever.get(&r.mark).is_some_and(|at| at.iter().any(|at| *at > told_us)));
        let after = after.count() as u64;
        if after > begun {
            found.wrong.push(format!("freeze {round}: {after} left after it, {begun} had begun"));
        }
        found.held += races.iter().filter(|r| !ever.contains_key(&r.mark)).count();
        found.passed += races.iter().filter(|r| ever.contains_key(&r.mark)).count();
        found.races += races.len();
        let id = freeze["id"].as_str().unwrap_or_default();
        desk.lead.post(&format!("/api/v1/freezes/{id}/thaw"), &json!({"reason": "All is well."}))?.good("thawing")?;
        settled(desk, &races, &["sent"])?;
        let (there, _) = network(file);
        for race in races.iter().filter(|r| there.get(&r.mark) != Some(&1)) {
            found.wrong.push(format!("{} is there {:?} times after the thaw", race.mark, there.get(&race.mark)));
        }
    }
    Ok(())
}

/// Where each of them ends, when all have come to one of these states.
fn settled(desk: &Desk, races: &[Race], ends: &[&str]) -> Result<Vec<String>, String> {
    let end = Instant::now() + Duration::from_secs(120);
    let mut states = vec![String::new(); races.len()];
    loop {
        for (race, state) in races.iter().zip(&mut states).filter(|(_, s)| !ends.contains(&s.as_str())) {
            *state = desk.state(&race.id)?;
        }
        let open = states.iter().filter(|s| !ends.contains(&s.as_str())).count();
        if open == 0 || Instant::now() > end {
            return Ok(states);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// How often each mark stands on the network now, and when each was posted.
fn network(file: &Path) -> (BTreeMap<String, usize>, BTreeMap<String, Vec<i64>>) {
    let (mut there, mut ever) = (BTreeMap::new(), BTreeMap::<String, Vec<i64>>::new());
    let mut marks = BTreeMap::new();
    let text = std::fs::read_to_string(file).unwrap_or_default();
    for event in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let words = event["post"]["text"].as_str().unwrap_or_default();
        let mark =
            words.find('[').and_then(|from| words[from..].find(']').map(|to| words[from..=from + to].to_owned()));
        if let (Some("posted"), Some(mark)) = (event["event"].as_str(), mark) {
            let id = event["post"]["id"].as_str().unwrap_or_default().to_owned();
            marks.insert(id, mark.clone());
            *there.entry(mark.clone()).or_default() += 1;
            ever.entry(mark).or_default().push(event["post"]["at_us"].as_i64().unwrap_or_default());
        }
        if event["event"] == "removed"
            && let Some(mark) = event["id"].as_str().and_then(|id| marks.get(id))
        {
            there.remove(mark);
        }
    }
    (there, ever)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_the_network_is_read_from_its_file() {
        let file = std::env::temp_dir().join(format!("drelwa-races-{}", std::process::id()));
        let posted = |id: &str, text: &str, at: i64| {
            json!({"event": "posted", "post": {"id": id, "text": text, "at_us": at}, "container": null}).to_string()
        };
        let lines = [
            posted("p1", "x\n\n[W0-1] The road", 5),
            posted("p2", "[W0-2] The road", 6),
            posted("p3", "[W0-2] The road", 7),
            json!({"event": "removed", "id": "p1"}).to_string(),
            "{\"event\":\"po".to_owned(),
        ];
        std::fs::write(&file, lines.join("\n")).unwrap();
        let (there, ever) = network(&file);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(there, BTreeMap::from([("[W0-2]".to_owned(), 2)]));
        assert_eq!((ever["[W0-1]"].as_slice(), ever["[W0-2]"].as_slice()), (&[5][..], &[6, 7][..]));
    }
}
