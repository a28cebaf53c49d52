//! `drelwa verify`: everything the program keeps, checked against everything else it keeps.
use crate::{assembly, ledger};
use ground::Ctx;
use ground::config::Config;
use ground::slice::{Assembled, Finding};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

#[derive(Debug, Serialize)]
pub struct Report {
    pub ok: bool,
    /// Entries of the public log.
    pub entries: i64,
    /// Facts the log has not taken in yet.
    pub waiting: i64,
    /// Who looked.
    pub checks: Vec<&'static str>,
    pub findings: Vec<Finding>,
}

/// Runs every check there is. One that cannot be carried out is a finding itself.
pub async fn report(cx: &Ctx, all: &Assembled) -> Report {
    let mut checks = vec!["database"];
    let engine = cx.db().integrity().await.unwrap_or_else(|e| vec![e.to_string()]);
    let said = |place: &str, what: String| Finding { place: place.into(), what };
    let mut findings: Vec<Finding> = engine.into_iter().map(|what| said("database", what)).collect();
    for (slice, check) in &all.verifiers {
        checks.push(slice);
        match check(cx.clone()).await {
            Ok(found) => findings.extend(found),
            Err(e) => findings.push(said(slice, format!("could not be checked: {e}"))),
        }
    }
    let (entries, waiting) = ledger::extent(cx.db()).await.unwrap_or_else(|e| {
        findings.push(said("ledger", e.to_string()));
        (0, 0)
    });
    Report { ok: findings.is_empty(), entries, waiting, checks, findings }
}

/// A folder is looked at as it is: nothing is made that was not there.
pub fn must_exist(config: &Config) -> Result<(), String> {
    let there = config.database.strip_prefix("sqlite:").is_none_or(|path| Path::new(path).is_file());
    if there { Ok(()) } else { Err(format!("there is no database at {}", config.database)) }
}

pub async fn verify(mut config: Config, as_json: bool) -> Result<(), String> {
    must_exist(&config)?;
    if config.master_key.is_empty() && !config.data.join("master.key").exists() {
        // Nothing secret is opened here, and a check leaves no new key behind.
        config.master_key = ledger::b64(&[0; 32]);
    }
    let all = assembly::assembled()?;
    let report = match assembly::machine(config, &all).await {
        Ok(machine) => {
            let cx = Ctx::system(Arc::new(machine));
            let report = report(&cx, &all).await;
            cx.db().close().await;
            report
        }
        // A database that cannot be opened is the gravest thing to find.
        Err(what) => {
            let findings = vec![Finding { place: "database".into(), what }];
            Report { ok: false, entries: 0, waiting: 0, checks: vec!["database"], findings }
        }
    };
    if as_json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        print!("{}", for_people(&report));
    }
    if report.ok { Ok(()) } else { Err(format!("{} findings", report.findings.len())) }
}

fn for_people(r: &Report) -> String {
    let mut text = format!("checked: {}\n{} entries in the public log", r.checks.join(", "), r.entries);
    if r.waiting > 0 {
        text.push_str(&format!(", {} facts wait for it and are covered once they are in it", r.waiting));
    }
    text.push('\n');
    for f in &r.findings {
        text.push_str(&format!("WRONG  {}: {}\n", f.place, f.what));
    }
    text.push_str(if r.ok { "everything is as it was recorded\n" } else { "" });
    text
}
