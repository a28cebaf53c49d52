//! Putting slices together. What does not fit is refused before anything starts.
use super::{Control, Criterion, Nav, Route, RouteKind, Slice, Verify};
use crate::db::MigrationSet;
use crate::facts::{Bus, Reaction};
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
    let mut judging = None;
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
            if control.shown_by.is_empty() || control.obligations.is_empty() || !control.page.starts_with('/') {
                wrong.push(format!("control {} shows nothing", control.id));
            }
            if all.controls.iter().any(|c: &Control| c.id == control.id) {
                wrong.push(format!("control {} is claimed twice", control.id));
            }
            all.controls.push(*control);
        }
        if let Some(one) = &slice.judging {
            judging = Some((slice.name, one.clone()));
        }
        all.migrations.extend(slice.migrations);
        all.routes.extend(slice.routes);
        all.nav.extend(slice.nav);
        all.words.extend(slice.words);
        all.queries.extend(slice.queries);
        all.verifiers.extend(slice.verifiers.into_iter().map(|v| (slice.name, v)));
    }
    judge_after_evidence(&mut all, judging, &mut wrong);
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
        claim(&mut all.registry.jobs, slice.name, reaction(follows.job, &follows.run), wrong);
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

/// A reaction as a job: its argument is the id of the fact.
fn reaction(kind: &'static str, run: &Reaction) -> JobKind {
    let run = run.clone();
    let run = move |cx, args: String| -> crate::jobs::Done {
        let run = run.clone();
        Box::pin(async move {
            let id: i64 = args.parse().map_err(crate::Error::fault)?;
            run(cx, id).await
        })
    };
    JobKind { kind, max_attempts: 20, run: Arc::new(run) }
}

/// Every fact that a control is judged from is followed by the judging of it.
fn judge_after_evidence(
    all: &mut Assembled,
    judging: Option<(&'static str, (&'static str, Reaction))>,
    wrong: &mut Vec<String>,
) {
    let mut kinds = BTreeSet::new();
    for control in &all.controls {
        if let Criterion::Judged { from, .. } = control.criterion {
            for kind in from {
                if !all.bus.kinds.contains_key(kind) {
                    wrong.push(format!("control {} is judged from {kind}, which no slice states", control.id));
                }
                kinds.insert(*kind);
            }
        }
    }
    let Some((slice, (job, run))) = judging else { return };
    claim(&mut all.registry.jobs, slice, reaction(job, &run), wrong);
    for kind in kinds {
        all.bus.followers.entry(kind).or_default().push(job);
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
