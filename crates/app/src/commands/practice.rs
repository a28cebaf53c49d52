//! `drelwa practice`: the practice network in a process of its own, so that it outlives the program that publishes to it.
use super::serve;
use crate::accounts::PracticeNetwork;
use crate::publishing::PracticeControl;
use connect::simulator::Simulator;
use ground::clock::Clock;
use ground::config::Config;
use ground::ctx::Machine;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;

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

/// A practice network in this process, which remembers in this folder and is called on this machine only.
pub async fn beside(data: &Path, clock: Clock) -> Result<Simulator, String> {
    let free = TcpListener::bind("127.0.0.1:0").await.map_err(|e| format!("the practice network: {e}"))?;
    let file = Some(data.join(FILE));
    Simulator::start_at(file, free, clock).await.map_err(|e| format!("the practice network: {e}"))
}

/// The program with a network to train on.
pub fn trains(machine: Machine, network: Simulator) -> Machine {
    let machine = machine.with(PracticeNetwork { base_url: network.base_url() });
    machine.with(PracticeControl(Arc::new(network)))
}
