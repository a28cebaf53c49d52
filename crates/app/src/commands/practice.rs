//! `drelwa practice`: the practice network in a process of its own, so that it outlives the program that publishes to it.
use super::serve;
use connect::simulator::Simulator;
use ground::clock::Clock;
use ground::config::Config;

pub const DEFAULTS: &[(&str, &str)] =
    &[("data", "./drelwa-practice"), ("listen", "127.0.0.1:8521"), ("allow-loopback", "true"), ("log", "warn")];

pub const FILE: &str = "practice-network.jsonl";

pub async fn practice(config: Config) -> Result<(), String> {
    if !config.listen.ip().is_loopback() {
        return Err("the practice network knows no keys worth the name: it listens on loopback only".into());
    }
    let listener = serve::listener(&config).await?;
    let network = Simulator::start_at(Some(config.data.join(FILE)), listener, Clock::system()).await;
    let network = network.map_err(|e| format!("the practice network: {e}"))?;
    println!("The practice network is at {}", network.base_url());
    serve::stopped().await;
    network.stop().await;
    Ok(())
}
