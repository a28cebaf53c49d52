//! The program: read the configuration, assemble the slices, serve, work, or do one thing and stop.
#[allow(dead_code, unused_imports)] // until the slices that read the pack are assembled
mod policy;

fn main() {}
