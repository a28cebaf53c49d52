//! `drelwa measure-compliance`: how long judging takes, in the folder of a demonstration, for `cargo xtask bench`.
use super::demo::CAST_FILE;
use crate::policy::Pack;
use crate::{agencies, assembly, compliance, ledger};
use ground::Ctx;
use ground::config::Config;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

pub const DEFAULTS: &[(&str, &str)] = &[("data", "./drelwa-demo"), ("allow-loopback", "true"), ("log", "error")];

const TIMES: usize = 21;
/// A fact of one agency that several controls are judged from.
const KIND: &str = "account.connected";

pub async fn measure(config: Config) -> Result<(), String> {
    if !config.data.join(CAST_FILE).exists() {
        return Err(format!("{} is not the folder of a demonstration", config.data.display()));
    }
    let all = assembly::assembled()?;
    let cx = Ctx::system(Arc::new(assembly::machine(config, &all).await?));
    let told = |e: ground::Error| e.to_string();
    let started = Instant::now();
    compliance::everything(&cx).await.map_err(told)?;
    let everything = started.elapsed().as_secs_f64() * 1000.0;
    let wanted = ledger::Wanted { kind: Some(KIND.into()), most: 1, ..ledger::Wanted::default() };
    let fact = ledger::facts(cx.db(), &wanted).await.map_err(told)?.first().map(|f| f.id);
    let fact = fact.ok_or_else(|| format!("the ledger has no fact {KIND}"))?;
    let mut times = vec![];
    for _ in 0..TIMES {
        let started = Instant::now();
        compliance::judge_after(cx.clone(), fact).await.map_err(told)?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let everyone = agencies::everyone(cx.db()).await.map_err(|e| e.to_string())?;
    let (size, waiting) = ledger::extent(cx.db()).await.map_err(told)?;
    println!(
        "{}",
        json!({
            "agencies": everyone.iter().filter(|a| a.current).count(),
            "obligations": cx.machine.part::<Pack>().map_err(told)?.obligations().len(),
            "facts": size + waiting,
            "everything_ms": everything,
            "one_fact_ms": times[TIMES / 2],
        })
    );
    cx.db().close().await;
    Ok(())
}
