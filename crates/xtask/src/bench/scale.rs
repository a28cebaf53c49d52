//! Every list page at two sizes: how much slower is it when there is a hundred times as much?
use super::machine::median;
use super::rest::{demonstration, serve};
use super::{Bench, Line};
use crate::http::Door;
use crate::program::Program;
use crate::stages::run;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

const TIMES: usize = 41;

/// A page, who looks at it, and where: `{deep}` is far down the list.
struct Look {
    name: &'static str,
    who: &'static str,
    path: String,
}

struct Installation {
    _life: Program,
    door: Door,
    looks: Vec<Look>,
    tokens: Value,
    /// A browser's session of each role.
    cookies: BTreeMap<String, String>,
}

pub fn measure(bench: &Bench) -> Result<Vec<Line>, String> {
    // As many posts as in the promise, or a tenth: enough to see what grows.
    let (small, large) = if bench.wanted.full {
        ((10_000, 100_000), (1_000_000, 10_000_000))
    } else {
        ((10_000, 100_000), (100_000, 1_000_000))
    };
    let small = Installation::made(bench, "small", small)?;
    let large_one = Installation::made(bench, "large", large)?;
    let mut rows = vec![];
    for (a, b) in small.looks.iter().zip(&large_one.looks) {
        let (mut few, mut many) = (vec![], vec![]);
        for n in 0..TIMES {
            few.push(small.time(a)?);
            many.push(large_one.time(b)?);
            if n > 4 && few.iter().sum::<f64>() + many.iter().sum::<f64>() > 8.0 {
                break;
            }
        }
        rows.push((a.name, median(few) * 1000.0, median(many) * 1000.0));
    }
    println!("  {:<44} {:>10} {:>10} {:>6}", "page", "small ms", "large ms", "times");
    for (name, few, many) in &rows {
        println!("  {name:<44} {few:>10.2} {many:>10.2} {:>6.2}", many / few);
    }
    let worst = rows.iter().max_by(|a, b| (a.2 / a.1).total_cmp(&(b.2 / b.1))).ok_or("no page was looked at")?;
    let within = rows.iter().filter(|r| r.2 / r.1 <= 2.0).count();
    let here = format!(
        "{within} of {} pages; worst “{}” {:.1} × ({:.1} → {:.1} ms)",
        rows.len(),
        worst.0,
        worst.2 / worst.1,
        worst.1,
        worst.2
    );
    let size =
        if bench.wanted.full { "1 million posts, 10 million messages" } else { "100,000 posts, 1 million messages" };
    Ok(vec![Line::new(
        &format!("latency of every list page at {size}, against 10,000 and 100,000"),
        "≤ 2 ×",
        here,
        within == rows.len(),
    )])
}

impl Installation {
    fn made(bench: &Bench, name: &str, (posts, messages): (usize, usize)) -> Result<Installation, String> {
        let started = Instant::now();
        let folder = match &bench.wanted.keep {
            Some(kept) => std::path::absolute(kept).map_err(|e| e.to_string())?.join(format!("{posts}-{messages}")),
            None => bench.scratch.0.join(name),
        };
        let (data, told) = (folder.display().to_string(), folder.with_extension("json"));
        // Written last, so that a folder which is only half filled is not taken for a whole one.
        let ready = match std::fs::read(&told) {
            Ok(said) => serde_json::from_slice(&said).map_err(|e| format!("{}: {e}", told.display()))?,
            Err(_) => {
                let _ = std::fs::remove_dir_all(&folder);
                let ready = demonstration(bench, &data)?;
                let mut generate = Command::new(&bench.program);
                run(generate.args(["generate", &posts.to_string(), &messages.to_string(), "--data", &data]))?;
                std::fs::write(&told, ready.to_string()).map_err(|e| format!("{}: {e}", told.display()))?;
                ready
            }
        };
        // Without workers: what is measured is the pages, not what the background makes of a sudden million facts.
        let (life, door) = serve(bench, &data, &["--workers", "0"])?;
        println!("  {posts} posts and {messages} messages in {} s", started.elapsed().as_secs());
        let cookies = sign_in(&door, &ready["people"])?;
        let mut one = Installation { _life: life, door, looks: vec![], tokens: ready["people"].clone(), cookies };
        one.looks = one.pages()?;
        Ok(one)
    }

    /// Programs come with a token, browsers with a session.
    fn door(&self, who: &str, path: &str) -> Door {
        if who.is_empty() {
            self.door.clone()
        } else if path.starts_with("/api/") {
            self.door.with_token(self.tokens[who]["token"].as_str().unwrap_or_default())
        } else {
            Door { cookie: self.cookies.get(who).cloned().unwrap_or_default(), ..self.door.clone() }
        }
    }

    fn json(&self, who: &str, path: &str) -> Result<Value, String> {
        self.door(who, path).get(path)?.good(path)
    }

    /// The id from which a list goes on after this share of it; ids are times, so time is halved.
    fn deep(&self, who: &str, list: &str) -> Result<String, String> {
        let sep = if list.contains('?') { '&' } else { '?' };
        let page = self.json(who, &format!("{list}{sep}limit=1"))?;
        let newest: i64 = page["items"][0]["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
        // A year and a half of milliseconds, as ids count them.
        Ok((newest - ((548 * 86_400_000_i64) << 21)).to_string())
    }

    fn pages(&self) -> Result<Vec<Look>, String> {
        let posts = self.deep("author", "/api/v1/posts")?;
        let messages = self.deep("author", "/api/v1/messages")?;
        let mine = self.json("author", "/api/v1/messages?limit=200")?;
        let about = |m: &Value| m["post"].as_str().map(str::to_owned);
        let post = mine["items"].as_array().and_then(|all| all.iter().find_map(about)).unwrap_or_default();
        let look = |name, who, path: &str| Look { name, who, path: path.to_owned() };
        let mut all = vec![
            look("home", "", "/"),
            look("agencies", "", "/agencies"),
            look("an agency", "", "/agencies/MoH"),
            look("search, a common word", "", "/search?q=clinic"),
            look("search, two words", "", "/search?q=clinic+snow"),
            look("search, the beginning of a word", "", "/search?q=vaccin"),
            look("the feed", "", "/feed.atom"),
            look("an agency's feed", "", "/agencies/MoH/feed.atom"),
            look("the public log", "", "/log"),
            look("posts of an agency", "author", "/api/v1/posts"),
            look("the same, deep", "author", &format!("/api/v1/posts?after={posts}")),
            look("posts in one state", "author", "/api/v1/posts?state=submitted"),
            look("posts of all", "oversight", "/api/v1/posts"),
            look("posts of all in one state", "oversight", "/api/v1/posts?state=withdrawn"),
            look("inbox", "author", "/api/v1/messages"),
            look("inbox, deep", "author", &format!("/api/v1/messages?after={messages}")),
            look("inbox, open", "author", "/api/v1/messages?state=open"),
            look("inbox, answered", "author", "/api/v1/messages?state=answered"),
            look("accounts", "author", "/api/v1/accounts"),
            look("accounts of all", "oversight", "/api/v1/accounts"),
            look("decisions", "moderator", "/api/v1/decisions"),
            look("facts", "records", "/api/v1/facts"),
            look("facts of a kind", "records", "/api/v1/facts?kind=post.approved"),
            look("facts of all", "oversight", "/api/v1/facts"),
        ];
        if !post.is_empty() {
            all.push(Look { name: "a post with comments", who: "", path: format!("/p/{post}") });
        }
        let pages: [(&str, &str, &str); 18] = [
            ("desk", "author", "/desk"),
            ("desk of a lead", "lead", "/desk"),
            ("list of posts", "author", "/posts"),
            ("list of posts, deep", "author", "/posts?after={posts}"),
            ("list of posts, submitted", "approver", "/posts?state=submitted"),
            ("list of posts, a word", "author", "/posts?q=clinic"),
            ("inbox page", "author", "/inbox"),
            ("inbox page, deep", "author", "/inbox?after={messages}"),
            ("inbox page, a word", "author", "/inbox?q=clinic"),
            ("moderation queue", "moderator", "/moderation"),
            ("moderation queue of all", "oversight", "/moderation"),
            ("desk of the oversight", "oversight", "/desk"),
            ("calendar", "author", "/posts/calendar"),
            ("search at the desk", "author", "/desk/search?q=clinic"),
            ("search at the desk, messages", "author", "/desk/search?q=clinic&kind=message"),
            ("figures", "lead", "/figures"),
            ("records", "records", "/records"),
            ("health", "administrator", "/health"),
        ];
        for (name, who, path) in pages {
            let path = path.replace("{posts}", &posts).replace("{messages}", &messages);
            all.push(Look { name, who, path });
        }
        // What this version does not have is not measured.
        let mut kept = vec![];
        for look in all {
            let status = self.look(&look)?;
            match status {
                200 => kept.push(look),
                _ => println!("  {} ({}) answers {status} and is left out", look.name, look.path),
            }
        }
        Ok(kept)
    }

    fn look(&self, look: &Look) -> Result<u16, String> {
        Ok(self.door(look.who, &look.path).get(&look.path)?.status)
    }

    fn time(&self, look: &Look) -> Result<f64, String> {
        let started = Instant::now();
        let status = self.look(look)?;
        let took = started.elapsed().max(Duration::from_micros(1)).as_secs_f64();
        if status == 200 { Ok(took) } else { Err(format!("{} answered {status}", look.path)) }
    }
}

pub fn sign_in(door: &Door, people: &Value) -> Result<BTreeMap<String, String>, String> {
    let mut cookies = BTreeMap::new();
    for (role, who) in people.as_object().into_iter().flatten() {
        let field = |name: &str| who["sign-in"][name].as_str().unwrap_or_default();
        if field("password").is_empty() {
            continue;
        }
        let form = format!("email={}&password={}&next=/desk", field("email").replace('@', "%40"), field("password"));
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let answer = door.ask("POST", "/sign-in", &kind, form.as_bytes())?;
        let cookie = answer.header("set-cookie").and_then(|c| c.split(';').next()).map(str::to_owned);
        cookies.insert(role.clone(), cookie.ok_or_else(|| format!("{role} could not sign in: {}", answer.status))?);
    }
    Ok(cookies)
}
