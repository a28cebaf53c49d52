//! The program: read the configuration, assemble the slices, then serve, work, or do one thing and stop.
#![allow(dead_code, unused_imports)] // while the river is being filled
mod accounts;
mod agencies;
mod assembly;
mod commands;
mod desk;
mod inbox;
#[cfg(test)]
mod journeys;
mod ledger;
mod metrics;
mod moderation;
mod people;
mod plans;
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

fn main() -> std::process::ExitCode {
    commands::main()
}
