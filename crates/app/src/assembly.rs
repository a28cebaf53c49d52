//! From a configuration to a machine that can be served: folders, keys, database, words, and the parts slices add.
use crate::ledger::Log;
use crate::policy::{Pack, Source};
use crate::shell::{ApiRoutes, Navigation};
use connect::Registry;
use ground::clock::Clock;
use ground::config::Config;
use ground::crypto::Masters;
use ground::ctx::{Machine, Parts};
use ground::db::Db;
use ground::fetch::{Fetch, FetchPolicy};
use ground::ids::Ids;
use ground::mail::Mailer;
use ground::slice::{Assembled, Controls, RouteKind, assemble};
use ground::storage::Storage;
use ground::words::Words;
use std::sync::Arc;
use std::time::Duration;

/// The program as data, checked.
pub fn assembled() -> Result<Assembled, String> {
    assemble(crate::slices::all()).map_err(|wrong| wrong.join("\n"))
}

/// Opens everything the configuration names and brings the database up to date.
pub async fn machine(config: Config, all: &Assembled) -> Result<Machine, String> {
    machine_at(config, Clock::system(), all).await
}

/// The same by a clock of the caller's.
pub async fn machine_at(config: Config, clock: Clock, all: &Assembled) -> Result<Machine, String> {
    std::fs::create_dir_all(&config.data).map_err(|e| format!("the data folder {}: {e}", config.data.display()))?;
    let db = Db::open(&config.database).await.map_err(|e| e.to_string())?;
    db.migrate(&all.migrations).await.map_err(|e| e.to_string())?;
    put_together(config, db, clock, all)
}

/// The same with a database and a clock of the caller's.
pub fn put_together(config: Config, db: Db, clock: Clock, all: &Assembled) -> Result<Machine, String> {
    let path = config.data.join("master.key");
    let masters = Masters::load(&config.master_key, &config.next_master_key, &path).map_err(|e| e.to_string())?;
    let words = Words::load(&all.words).map_err(|wrong| wrong.join("\n"))?;
    let source = config.pack.clone().map_or(Source::Embedded, Source::Dir);
    let pack =
        Pack::load(&source).map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let calls = |allow_loopback| {
        let total_timeout = Duration::from_secs(u64::from(config.lease_s)) / 3;
        Fetch::new(FetchPolicy { allow_loopback, total_timeout, ..FetchPolicy::default() })
    };
    let fetch = calls(config.allow_loopback)?;
    // The practice network runs on this machine, which nothing else may call because of it.
    let practises = config.allow_loopback || config.practice_network;
    let practice = if practises { Some(calls(true)?) } else { None };
    let connectors = Registry::standard(&fetch, &clock, practice.as_ref());
    let for_practice = crate::accounts::platforms_for_practice(&pack, &connectors);
    let pack = pack.practising(for_practice);
    let mail = Mailer::new(&config.smtp, &config.mail_from, config.data.join("mail"))?;
    let sign_in = crate::people::SignInProvider::new(&config)?;
    let api = all.routes.iter().filter(|r| r.kind == RouteKind::Api).cloned().collect();
    let demonstrates = config.data.join(crate::commands::demo::CAST_FILE).is_file();
    let log = Log::new(&config, pack.log_origin("{host}"));
    let parts = Parts {
        db,
        ids: Ids::new(clock.clone(), config.node),
        clock,
        words,
        storage: Storage::new(config.data.join("media")),
        mail,
        bus: all.bus.clone(),
        config,
    };
    let machine = Machine::new(parts)
        .with(masters)
        .with(log)
        .with(crate::compliance::Shape::of(&pack, &all.controls))
        .with(pack)
        .with(connectors)
        .with(fetch)
        .with(sign_in)
        .with(Navigation(all.nav.clone()))
        .with(Controls(all.controls.clone()))
        .with(ApiRoutes(api));
    Ok(if demonstrates { machine.with(crate::accounts::Demonstration) } else { machine })
}

/// The program behind its gate.
pub fn router(machine: &Arc<Machine>, all: &Assembled) -> axum::Router {
    let front = crate::people::Desk { error_page: crate::shell::error_page };
    ground::http::router(machine, all, Arc::new(front))
}
