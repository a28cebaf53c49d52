//! `drelwa measure-network ADDRESS CALLS CALLERS`: how many posts a second a practice network takes from this program's
//! own connector, with nothing written down here. What the background work reaches is compared with it.
use connect::{Access, Connector, Post, Secret, Verdict};
use ground::clock::Clock;
use ground::config::Config;
use ground::fetch::{Fetch, FetchPolicy};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

pub const DEFAULTS: &[(&str, &str)] = &[("log", "error")];

const WRONG: &str = "drelwa measure-network ADDRESS CALLS CALLERS, such as 127.0.0.1:8521 1000 4";

pub async fn measure(_: Config, rest: Vec<String>) -> Result<(), String> {
    let [address, calls, callers] = rest.as_slice() else { return Err(WRONG.into()) };
    let number = |text: &String| text.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(|| WRONG.to_owned());
    let (calls, callers) = (number(calls)?, number(callers)?);
    let fetch =
        Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).map_err(|e| e.to_string())?;
    let registry = connect::Registry::standard(&fetch, &Clock::system(), Some(&fetch));
    let connector = registry.get("practice").ok_or("this program has no practice network")?;
    let access = Access {
        base_url: format!("http://{address}"),
        secret: Secret::new("measure"),
        remote_account_id: "measure".into(),
        handle: "@measure@practice".into(),
    };
    // New keys each time: a network that knows a key makes no post, which is less work.
    let run = Clock::system().now();
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let mine = calls / callers + usize::from(caller < calls % callers);
            tokio::spawn(call(connector.clone(), access.clone(), format!("{run}-{caller}"), mine))
        })
        .collect();
    for task in tasks {
        task.await.map_err(|e| e.to_string())??;
    }
    println!("{}", json!({"calls": calls, "seconds": started.elapsed().as_secs_f64()}));
    Ok(())
}

async fn call(connector: Arc<dyn Connector>, access: Access, caller: String, calls: usize) -> Result<(), String> {
    for n in 0..calls {
        let post = Post { text: format!("Measured {caller}-{n}"), lang: "en".into(), ..Post::default() };
        let prepared = connector.prepare(&access, &post).await.map_err(|v| format!("{v:?}"))?;
        match connector.attempt(&access, &prepared, &format!("measure-{caller}-{n}")).await {
            Verdict::Accepted { .. } => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}
