//! Putting slices together. What does not fit is refused before anything starts.
use super::{Control, Nav, Route, RouteKind, Slice, Verify};
use crate::db::MigrationSet;
use crate::facts::Bus;
use crate::jobs::{JobKind, Registry};
use crate::words::WordFile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The whole program as data.
#[derive(Clone, Default)]
pub struct Assembled {
    pub slices: Vec<&'static str>,
    pub migrations: Vec<MigrationSet>,
    pub routes: Vec<Route>,
    pub registry: Registry,
    pub bus: Bus,
    pub words: Vec<WordFile>,
    pub nav: Vec<Nav>,
    pub controls: Vec<Control>,
    pub queries: Vec<(&'static str, &'static str)>,
    pub verifiers: Vec<(&'static str, Verify)>,
}

/// Refuses, all at once: a path, job or sweep claimed twice; a fact stated twice; a reaction to a fact no slice above
/// states; a control that shows nothing; an API route without a description.
pub fn assemble(slices: Vec<Slice>) -> Result<Assembled, Vec<String>> {
    let mut wrong = vec![];
    let mut all = Assembled::default();
    all.migrations.push(crate::jobs::migrations());
    all.migrations.push(crate::http::idempotency::migrations());
    all.migrations.push(crate::search::migrations());
    all.queries.extend(crate::jobs::QUERIES);
    all.queries.extend(crate::http::idempotency::QUERIES);
    let mut paths = BTreeSet::new();
    for slice in slices {
        if all.slices.contains(&slice.name) {
            wrong.push(format!("slice {} is listed twice", slice.name));
        }
        all.slices.push(slice.name);
        for route in &slice.routes {
            if !paths.insert((route.path, route.method.to_string())) {
                wrong.push(format!("{} {} is claimed twice", route.method, route.path));
            }
            if route.kind == RouteKind::Api && route.doc.summary.is_empty() {
                wrong.push(format!("{} {} has no description", route.method, route.path));
            }
            if (route.kind == RouteKind::Api) != route.path.starts_with("/api/") {
                wrong.push(format!("{} is of the wrong kind", route.path));
            }
        }
        take_work(&mut all, &slice, &mut wrong);
        for control in slice.controls {
            if control.shown_by.is_empty() || control.obligations.is_empty() {
                wrong.push(format!("control {} shows nothing", control.id));
            }
        }
        all.migrations.extend(slice.migrations);
        all.routes.extend(slice.routes);
        all.nav.extend(slice.nav);
        all.words.extend(slice.words);
        all.controls.extend(slice.controls);
        all.queries.extend(slice.queries);
        all.verifiers.extend(slice.verifiers.into_iter().map(|v| (slice.name, v)));
    }
    all.nav.sort_by_key(|n| n.rank);
    if wrong.is_empty() { Ok(all) } else { Err(wrong) }
}

fn take_work(all: &mut Assembled, slice: &Slice, wrong: &mut Vec<String>) {
    // Facts first: a slice may react to its own.
    for fact in &slice.facts {
        if all.bus.kinds.insert(fact.kind, fact.clone()).is_some() {
            wrong.push(format!("fact {} is stated twice", fact.kind));
        }
    }
    for job in &slice.jobs {
        claim(&mut all.registry.jobs, slice.name, job.clone(), wrong);
    }
    for follows in &slice.follows {
        let run = follows.run.clone();
        let job = JobKind {
            kind: follows.job,
            max_attempts: 20,
            run: Arc::new(move |cx, args| {
                let run = run.clone();
                Box::pin(async move {
                    let id: i64 = args.parse().map_err(crate::Error::fault)?;
                    run(cx, id).await
                })
            }),
        };
        claim(&mut all.registry.jobs, slice.name, job, wrong);
        if !all.bus.kinds.contains_key(follows.fact) {
            wrong.push(format!("{} follows {}, which no slice above states", follows.job, follows.fact));
        }
        all.bus.followers.entry(follows.fact).or_default().push(follows.job);
    }
    for sweep in &slice.sweeps {
        if all.registry.sweeps.iter().any(|s| s.name == sweep.name) {
            wrong.push(format!("sweep {} is claimed twice", sweep.name));
        }
        all.registry.sweeps.push(sweep.clone());
    }
}

fn claim(jobs: &mut BTreeMap<&'static str, JobKind>, slice: &str, job: JobKind, wrong: &mut Vec<String>) {
    let kind = job.kind;
    if !kind.starts_with(slice) {
        wrong.push(format!("job {kind} does not begin with its slice's name"));
    }
    if jobs.insert(kind, job).is_some() {
        wrong.push(format!("job {kind} is claimed twice"));
    }
}
