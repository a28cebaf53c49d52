//! `drelwa demo`: a government with a small living story, a practice network beside it, and a sign-in for every role.
use super::{practice, serve};
use crate::accounts::{Demonstration, PracticeNetwork};
use crate::story::{self, Cast, Member};
use crate::{assembly, people};
use ground::Ctx;
use ground::clock::{Clock, DAY};
use ground::config::Config;
use ground::ctx::Machine;
use ground::slice::Assembled;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What differs from a real installation: a folder of its own, a practice network on this machine, a quiet log,
/// people who sign in by password alone.
pub const DEFAULTS: &[(&str, &str)] =
    &[("data", "./drelwa-demo"), ("allow-loopback", "true"), ("log", "warn"), ("strong-sign-in", "false")];

/// Who may be signed in as, with passwords that are good for this folder only. Its presence marks a demonstration.
pub const CAST_FILE: &str = "demo.json";
const TOKEN_LIFE: i64 = 30 * DAY;

pub async fn demo(config: Config, as_json: bool) -> Result<(), String> {
    let all = assembly::assembled()?;
    let listener = serve::listener(&config).await?;
    let data = config.data.clone();
    std::fs::create_dir_all(&data).map_err(|e| format!("the data folder {}: {e}", data.display()))?;
    let cast = cast(&config, &all, &listener).await?;
    let network = practice::beside(&data, Clock::system()).await?;
    let machine = practice::trains(assembly::machine(config, &all).await?, network);
    serve::name_address(&machine, &listener)?;
    let machine = Arc::new(machine);
    let people = sign_ins(&Ctx::system(machine.clone()), &cast).await.map_err(|e| e.to_string())?;
    if as_json {
        let mail = machine.config.data.join("mail");
        println!("{}", json!({"address": machine.base_url(), "mail": mail, "people": people}));
    } else {
        print!("{}", for_people(&machine, &people));
    }
    serve::run(machine, all, Some(listener)).await
}

/// The cast of the story in this folder; told now, if nothing was told yet.
async fn cast(config: &Config, all: &Assembled, listener: &TcpListener) -> Result<Cast, String> {
    let file = config.data.join(CAST_FILE);
    if let Ok(text) = std::fs::read_to_string(&file) {
        return serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()));
    }
    let end = Clock::system().now();
    let clock = Clock::frozen(end - 8 * DAY);
    let network = practice::beside(&config.data, clock.clone()).await?;
    let machine = assembly::machine_at(config.clone(), clock, all).await?;
    let machine = machine.with(PracticeNetwork { base_url: network.base_url() }).with(Demonstration);
    serve::name_address(&machine, listener)?;
    let cx = Ctx::system(Arc::new(machine));
    if !people::nobody_yet(cx.db()).await.map_err(|e| e.to_string())? {
        let data = config.data.display();
        return Err(format!("{data} holds no complete demonstration; take another folder with --data, or remove it"));
    }
    super::init::load_register(&cx).await?;
    let stage = story::Stage { cx: cx.clone(), registry: &all.registry, practice: &network, end };
    let cast = story::tell(&stage).await.map_err(|e| format!("the story: {e}"))?;
    network.stop().await;
    cx.db().close().await;
    keep(&file, &cast)?;
    Ok(cast)
}

fn keep(file: &PathBuf, cast: &Cast) -> Result<(), String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let text = serde_json::to_string_pretty(cast).map_err(|e| e.to_string())?;
    let open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = open.and_then(|mut f| f.write_all(text.as_bytes()));
    written.map_err(|e| format!("{}: {e}", file.display()))
}

/// What a script needs to act as each of them; the tokens are new at every start.
async fn sign_ins(cx: &Ctx, cast: &Cast) -> ground::Result<serde_json::Map<String, serde_json::Value>> {
    let mut people = serde_json::Map::new();
    for m in &cast.members {
        people.insert(m.role.clone(), sign_in(cx, m).await?);
    }
    Ok(people)
}

async fn sign_in(cx: &Ctx, m: &Member) -> ground::Result<serde_json::Value> {
    if m.password.is_empty() {
        let (_, token) = people::join_for_story(cx, &m.email, &m.name).await?;
        return Ok(json!({"name": m.name, "sign-in": {"email": m.email}, "token": token}));
    }
    let token = people::issue_token(cx, m.id, "Demonstration", TOKEN_LIFE).await?;
    Ok(json!({"name": m.name, "sign-in": {"email": m.email, "password": m.password}, "token": token}))
}

fn for_people(machine: &Machine, people: &serde_json::Map<String, serde_json::Value>) -> String {
    let address = machine.base_url();
    let mut text = format!("Drelwa demonstration at {address}\n\nStaff sign in at {address}/sign-in\n");
    let (public, staff): (Vec<_>, Vec<_>) = people.iter().partition(|(role, _)| *role == "citizen");
    for (role, who) in staff {
        let field = |name: &str| who["sign-in"][name].as_str().unwrap_or_default().to_owned();
        let name = who["name"].as_str().unwrap_or_default();
        text.push_str(&format!("  {role:<14} {name:<17} {:<33} {}\n", field("email"), field("password")));
    }
    let mail = machine.config.data.join("mail");
    for (_, who) in public {
        let (name, email) = (&who["name"], &who["sign-in"]["email"]);
        let (name, email) = (name.as_str().unwrap_or_default(), email.as_str().unwrap_or_default());
        text.push_str(&format!("\nThe public signs in at {address}/citizen/sign-in with a link sent by mail,\n"));
        text.push_str(&format!("  for example as {name}, {email}\n"));
    }
    text.push_str(&format!("\nMail that would go out lies in {}. Stop with Ctrl-C.\n", mail.display()));
    text
}
