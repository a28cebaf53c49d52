//! One installation that is killed again and again.
use super::account::{self, Made};
use super::question::Question;
use super::story::{Fate, Officers, Story};
use super::{Found, STEPS};
use crate::http::Door;
use crate::program::{Program, address};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Short, so that a killed worker's job is soon taken over: half of it settles an attempt, a third ends a call.
const LEASE: &str = "2";
const PLATFORMS: [&str; 4] = ["simulator", "simulator-twophase", "simulator-readback", "simulator-blind"];
const FAULTS: [(&str, u32, u64); 8] = [
    ("rate-limit", 1, 1000),
    ("error-after-commit", 1, 0),
    ("drop-after", 1, 0),
    ("drop-before", 1, 0),
    ("slow", 1, 400),
    ("slow", 1, 1500),
    ("outage", 2, 0),
    ("revoked-token", 1, 0),
];

pub struct Lane<'a> {
    program: &'a Path,
    folder: PathBuf,
    network: Program,
    network_door: Door,
    who: Officers,
    handles: Vec<String>,
    stories: Vec<Story>,
    questions: Vec<Question>,
    kills: usize,
    chance: u64,
}

fn wait(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

impl<'a> Lane<'a> {
    /// Tells the demonstration's story, adds an account on each kind of platform, and has notices ready to be approved.
    pub fn prepare(program: &'a Path, folder: &Path, seed: u64, kills: usize) -> Result<Lane<'a>, String> {
        let net = folder.join("network");
        let mut network = Program::start(program, &["practice", "--listen", "127.0.0.1:0", "--data", &shown(&net)])?;
        let at = address(&network.says("practice network is at", Duration::from_secs(30))?);
        let mut demo = Program::start(
            program,
            &["demo", "--json", "--listen", "127.0.0.1:0", "--data", &shown(&folder.join("data"))],
        )?;
        let ready: Value =
            serde_json::from_str(&demo.says("{", Duration::from_secs(300))?).map_err(|e| e.to_string())?;
        demo.stop();
        let token = |role: &str| ready["people"][role]["token"].as_str().unwrap_or_default().to_owned();
        let mut lane = Lane {
            program,
            folder: folder.to_owned(),
            network,
            network_door: Door::at(&at),
            who: Officers { author: token("author"), approver: token("approver") },
            handles: vec![],
            stories: vec![],
            questions: vec![],
            kills,
            chance: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        };
        let (mut life, door) = lane.live("", "4")?;
        lane.open_accounts(&door, &token("lead"), &at)?;
        let accounts = lane.accounts(&door)?;
        for n in 0..kills * 2 {
            lane.draft(&door, n, &accounts)?;
        }
        lane.ask(&door)?;
        life.stop();
        Ok(lane)
    }

    fn next(&mut self, most: u64) -> u64 {
        // xorshift: a seed gives the same run again, as far as the machine allows.
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance % most.max(1)
    }

    fn live(&self, stop_at: &str, workers: &str) -> Result<(Program, Door), String> {
        let data = shown(&self.folder.join("data"));
        let args = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            &data,
            "--allow-loopback",
            "true",
            "--strong-sign-in",
            "false",
            "--lease",
            LEASE,
        ];
        let rest = ["--workers", workers, "--stop-at", stop_at, "--log", "error"];
        let mut life = Program::start(self.program, &[&args[..], &rest[..]].concat())?;
        let at = life.says("Drelwa serves at", Duration::from_secs(60))?;
        Ok((life, Door::at(&address(&at))))
    }

    fn agency(&self, door: &Door) -> Result<Value, String> {
        let all = door.get("/api/v1/agencies?q=MoH&limit=200")?.good("agencies")?;
        let items = all["items"].as_array().cloned().unwrap_or_default();
        let moh = items.into_iter().find(|a| a["code"] == "MoH");
        moh.map(|a| a["id"].clone()).ok_or_else(|| format!("no agency MoH in {all}"))
    }

    fn open_accounts(&mut self, door: &Door, lead: &str, network: &str) -> Result<(), String> {
        let agency = self.agency(door)?;
        let (author, lead) = (door.with_token(&self.who.author), door.with_token(lead));
        for platform in PLATFORMS {
            let handle = format!("crash-{platform}");
            let url = format!("https://practice.example/@{handle}");
            let body = json!({"agency": agency, "platform": platform, "handle": handle, "url": url});
            let account = author.post("/api/v1/accounts", &body)?.good("asking for an account")?;
            let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap_or_default());
            lead.post(&format!("{path}/approval"), &Value::Null)?.good("approving an account")?;
            let body = json!({"base_url": format!("http://{network}"), "token": handle});
            author.post(&format!("{path}/connection"), &body)?.good("connecting an account")?;
            self.handles.push(handle);
        }
        Ok(())
    }

    /// The site and the accounts of this run, not the demonstration's own.
    fn accounts(&self, door: &Door) -> Result<Vec<Value>, String> {
        let all = door.with_token(&self.who.author).get("/api/v1/accounts?limit=200")?.good("accounts")?;
        let items = all["items"].as_array().cloned().unwrap_or_default();
        let ours = |a: &Value| a["platform"] == "site" || self.handles.iter().any(|h| a["handle"] == h.as_str());
        Ok(items.iter().filter(|a| ours(a)).map(|a| a["id"].clone()).collect())
    }

    fn draft(&mut self, door: &Door, n: usize, accounts: &[Value]) -> Result<(), String> {
        let agency = self.agency(door)?;
        let mark = format!("[K{n}]");
        let texts = json!({"en": Story::text(&mark, 1), "dz": "གསལ་བསྒྲགས།"});
        let author = door.with_token(&self.who.author);
        let body = json!({"agency": agency, "texts": texts, "accounts": accounts});
        let post = author.post("/api/v1/posts", &body)?.good("drafting")?;
        let id = post["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("/api/v1/posts/{id}/submission");
        author.post(&path, &json!({"version": 1}))?.good("submitting")?;
        let fate = match self.next(6) {
            0 => Fate::Corrected,
            1 => Fate::Withdrawn,
            _ => Fate::Stays,
        };
        self.stories.push(Story { id, mark, fate, state: "submitted".into(), version: 1, unsure: false });
        Ok(())
    }

    /// Citizens ask, a question for each kill, and the inbox takes it in.
    fn ask(&mut self, door: &Door) -> Result<(), String> {
        let mut asked = BTreeMap::new();
        for n in 0..self.kills {
            let (mark, handle) = (format!("[KQ{n}]"), self.handles[n % self.handles.len()].clone());
            let body = json!({"account": handle, "author": "dorji", "text": Question::asked(&mark)});
            self.network_door.post("/control/replies", &body)?.good("asking")?;
            asked.insert(mark, handle);
        }
        let end = Instant::now() + Duration::from_secs(180);
        while self.questions.len() < asked.len() && Instant::now() < end {
            wait(500);
            self.questions = self.came_in(door, &asked)?;
        }
        if self.questions.len() == asked.len() {
            Ok(())
        } else {
            Err(format!("of {} questions {} came in", asked.len(), self.questions.len()))
        }
    }

    fn came_in(&self, door: &Door, asked: &BTreeMap<String, String>) -> Result<Vec<Question>, String> {
        let (mut all, mut after) = (vec![], String::new());
        loop {
            let path = format!("/api/v1/messages?state=open&limit=200{after}");
            let page = door.with_token(&self.who.author).get(&path)?.good("messages")?;
            all.extend(page["items"].as_array().into_iter().flatten().filter_map(|m| Question::of(m, asked)));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(all),
            }
        }
    }

    fn made(&self) -> BTreeMap<String, Made> {
        account::made(&self.folder.join("network/practice-network.jsonl"))
    }

    pub fn run(&mut self) -> Result<Found, String> {
        let mut found = Found::default();
        for n in 0..self.kills {
            let step = STEPS[n % STEPS.len()];
            self.one_life(n, step, &mut found)?;
            found.kills += 1;
            let doubles = account::doubles(&self.made());
            if !doubles.is_empty() {
                found.doubles = doubles;
                return Ok(found);
            }
        }
        self.live_on(&mut found)?;
        found.doubles = account::doubles(&self.made());
        Ok(found)
    }

    /// From the start of the program to its death.
    fn one_life(&mut self, n: usize, step: &str, found: &mut Found) -> Result<(), String> {
        let (mut life, door) = self.live(step, "4")?;
        if self.next(2) == 0 {
            self.fault()?;
            found.faults += 1;
        }
        // Two new notices each life, and what was begun before goes on at some later time.
        let most = ((n + 1) * 2).min(self.stories.len());
        let mut open: Vec<usize> = (0..most).filter(|i| !self.stories[*i].told()).collect();
        for _ in 0..3.min(open.len()) {
            let pick = self.next(open.len() as u64) as usize;
            let i = open.swap_remove(pick);
            // Killed or refused in the middle, it is read again in the next life.
            self.stories[i]
                .on(&door, &self.who)
                .or_else(|_| self.stories[i].on(&door, &self.who))
                .map_err(|e| format!("{e}\nafter {n} kills; the program said:\n{}", life.said.join("\n")))?;
        }
        let unanswered: Vec<usize> =
            (0..=n.min(self.questions.len() - 1)).filter(|i| !self.questions[*i].told()).collect();
        if !unanswered.is_empty() {
            let pick = self.next(unanswered.len() as u64) as usize;
            let question = &mut self.questions[unanswered[pick]];
            // Written and released, in two steps.
            for _ in 0..2 {
                question
                    .on(&door, &self.who)
                    .or_else(|_| question.on(&door, &self.who))
                    .map_err(|e| format!("{e}\nafter {n} kills; the program said:\n{}", life.said.join("\n")))?;
            }
        }
        if step.is_empty() {
            let ms = self.next(600);
            wait(ms);
            // One more call that is cut through.
            if let Some(i) = open.first().copied() {
                let (story, who) = (&mut self.stories[i], &self.who);
                std::thread::scope(|scope| {
                    scope.spawn(|| story.on(&door, who));
                    wait(ms % 7);
                    life.kill();
                });
            }
        } else {
            let patience = if matches!(step, "looked" | "repeated") { 2500 } else { 1500 };
            if life.until("standing still at", Duration::from_millis(patience)).is_some() {
                *found.at.entry(step.to_owned()).or_default() += 1;
                // Others may come to stand there too.
                wait(self.next(120));
            }
        }
        life.kill();
        Ok(())
    }

    fn fault(&mut self) -> Result<(), String> {
        let (fault, times, ms) = FAULTS[self.next(FAULTS.len() as u64) as usize];
        let pick = self.next(self.handles.len() as u64) as usize;
        let account = self.handles[pick].clone();
        let body = json!({"fault": fault, "account": account, "times": times, "ms": ms});
        self.network_door.post("/control/faults", &body)?.good("setting a fault").map(|_| ())
    }

    /// Undisturbed: officers finish, faults are lifted, people retry what failed; then everything is compared.
    fn live_on(&mut self, found: &mut Found) -> Result<(), String> {
        self.network_door.ask("DELETE", "/control/faults", &[], b"")?.good("lifting faults")?;
        let (_life, door) = self.live("", "16")?;
        for story in &mut self.stories {
            while !story.told() {
                story.on(&door, &self.who)?;
            }
        }
        for question in &mut self.questions {
            while !question.told() {
                question.on(&door, &self.who)?;
            }
        }
        let end = Instant::now() + Duration::from_secs(240);
        let mut open: Vec<usize> = (0..self.stories.len()).collect();
        while !open.is_empty() && Instant::now() < end {
            let mut still = vec![];
            for i in open {
                if !self.rests(i, &door)? {
                    still.push(i);
                }
            }
            open = still;
            wait(500);
        }
        self.answers_rest(&door, end)?;
        let made = self.made();
        for story in &self.stories {
            found.posts += 1;
            found.corrected += usize::from(story.fate == Fate::Corrected);
            found.withdrawn += usize::from(story.fate == Fate::Withdrawn);
            let deliveries = story.deliveries(&door, &self.who)?;
            if deliveries.len() != self.handles.len() + 1 {
                found.losses.push(format!("{} has {} deliveries", story.mark, deliveries.len()));
            }
            for d in &deliveries {
                count(found, d);
                story.judge(d, &made, found);
            }
        }
        for question in &self.questions {
            let d = question.delivery(&door, &self.who)?;
            count(found, &d);
            question.judge(&d, &made, found);
        }
        if let Some(line) = self.network.said.iter().find(|l| l.contains("panicked")) {
            found.wrong.push(format!("the practice network: {line}"));
        }
        Ok(())
    }

    /// Until every answer has come to rest, or so long; tries again what failed.
    fn answers_rest(&self, door: &Door, end: Instant) -> Result<(), String> {
        let mut open: Vec<&Question> = self.questions.iter().collect();
        while !open.is_empty() && Instant::now() < end {
            let mut still = vec![];
            for question in open {
                let d = question.delivery(door, &self.who)?;
                match d["state"].as_str().unwrap_or_default() {
                    "sent" | "unconfirmed" => continue,
                    "failed" => retry(door, &self.who, &d)?,
                    _ => {}
                }
                still.push(question);
            }
            open = still;
            wait(500);
        }
        Ok(())
    }

    /// Whether a notice has come to rest everywhere; tries again what failed.
    fn rests(&self, i: usize, door: &Door) -> Result<bool, String> {
        let story = &self.stories[i];
        let deliveries = story.deliveries(door, &self.who)?;
        let mut rests = deliveries.len() == self.handles.len() + 1;
        for d in &deliveries {
            if story.needs_retry(d) {
                retry(door, &self.who, d)?;
                rests = false;
            } else if !story.at_rest(d) {
                rests = false;
            }
        }
        Ok(rests)
    }
}

fn count(found: &mut Found, d: &Value) {
    *found.classes.entry(d["platform"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
}

fn retry(door: &Door, who: &Officers, d: &Value) -> Result<(), String> {
    let path = format!("/api/v1/deliveries/{}/retry", d["id"].as_str().unwrap_or_default());
    door.with_token(&who.approver).post(&path, &Value::Null).map(|_| ())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
