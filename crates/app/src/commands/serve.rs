//! `drelwa serve` and `drelwa work`: the site and the background work, or the background work alone.
use super::practice;
use crate::{assembly, ledger, people};
use ground::Ctx;
use ground::clock::Clock;
use ground::config::Config;
use ground::ctx::Machine;
use ground::http::{Door, Patience, Peer};
use ground::slice::Assembled;
use std::sync::Arc;
use tokio::net::TcpListener;

pub async fn listener(config: &Config) -> Result<TcpListener, String> {
    TcpListener::bind(config.listen).await.map_err(|e| format!("cannot listen on {}: {e}", config.listen))
}

/// Links begin with the address that was really bound, unless the configuration says otherwise.
pub fn name_address(machine: &Machine, listener: &TcpListener) -> Result<(), String> {
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let _ = machine.base_url.set(format!("http://{address}"));
    Ok(())
}

pub async fn serve(config: Config) -> Result<(), String> {
    let all = assembly::assembled()?;
    let listener = listener(&config).await?;
    let machine = assembly::machine(config, &all).await?;
    let machine = match machine.config.practice_network {
        true => {
            let network = practice::beside(&machine.config.data, Clock::system()).await?;
            practice::trains(machine, network)
        }
        false => machine,
    };
    name_address(&machine, &listener)?;
    let machine = Arc::new(machine);
    let cx = Ctx::system(machine.clone());
    super::init::load_register(&cx).await?;
    let first = people::first_link(&cx).await.map_err(|e| e.to_string())?;
    let unknown = people::unknown_agencies(&cx).await.map_err(|e| e.to_string())?;
    if !unknown.is_empty() {
        println!("--oidc-groups names agencies that the register does not have: {}", unknown.join(", "));
    }
    println!("Drelwa serves at {}", machine.base_url());
    if let Some(link) = first {
        println!("Nobody can sign in yet. Make the first administrator, once, within three days:\n{link}");
    }
    drop(cx);
    run(machine, all, Some(listener)).await
}

pub async fn work(config: Config) -> Result<(), String> {
    let all = assembly::assembled()?;
    let machine = Arc::new(assembly::machine(config, &all).await?);
    println!("Drelwa works");
    run(machine, all, None).await
}

pub async fn stopped() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

/// Works, and serves if there is where, until told to stop.
pub async fn run(machine: Arc<Machine>, all: Assembled, listener: Option<TcpListener>) -> Result<(), String> {
    let (stop, stopping) = tokio::sync::watch::channel(false);
    // A node without workers leaves the log to others too.
    let works = machine.config.workers > 0;
    let integrator = works.then(|| tokio::spawn(ledger::keep(machine.clone(), stopping.clone())));
    let worker = works.then(|| tokio::spawn(ground::jobs::work(machine.clone(), all.registry.clone(), stopping)));
    match listener {
        Some(listener) => {
            let app = assembly::router(&machine, &all).into_make_service_with_connect_info::<Peer>();
            axum::serve(Door::new(listener, Patience::default()), app)
                .with_graceful_shutdown(stopped())
                .await
                .map_err(|e| e.to_string())?;
        }
        None => stopped().await,
    }
    let _ = stop.send(true);
    for task in [worker, integrator].into_iter().flatten() {
        let _ = task.await;
    }
    // What the last jobs recorded goes into the log too.
    if works && let Err(error) = ledger::integrate(&Ctx::system(machine.clone())).await {
        tracing::error!(%error, "the public log is not up to date");
    }
    machine.db.close().await;
    Ok(())
}
