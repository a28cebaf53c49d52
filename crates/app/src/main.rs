//! The program: read the configuration, assemble the slices, then serve, work, or do one thing and stop.
mod accounts;
mod agencies;
mod assembly;
mod commands;
mod compliance;
mod desk;
mod inbox;
#[cfg(test)]
mod journeys;
mod ledger;
mod metrics;
mod moderation;
mod newsletter;
mod people;
mod plans;
mod platforms;
mod podcast;
#[allow(dead_code, unused_imports)] // the pack is read and checked whole; not every column has a page yet
mod policy;
mod posts;
mod public_site;
mod publishing;
mod records;
#[cfg(test)]
mod shape;
mod shell;
mod slices;
mod story;
#[cfg(test)]
mod testkit;

/// The system's own makes threads wait for each other where one frees what another asked for.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    commands::main()
}
