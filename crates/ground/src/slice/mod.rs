//! A slice of the program, declared: its routes and who may use them, its jobs, sweeps and reactions, its facts, words,
//! tables and checks. Assembly puts the slices together and refuses what does not fit.
mod assemble;
mod control;
mod routes;
#[cfg(test)]
mod tests;

pub use assemble::{Assembled, assemble};
pub use control::{Control, Controls, Criterion, Judge, Judging, Observation, Verdict};
pub use routes::{Answering, Answers, Doc, Route, RouteKind, delete, get, patch, post, put};

use crate::ctx::{Machine, Right};
use crate::db::MigrationSet;
use crate::facts::{Fact, FactKind, Reaction, Recorded};
use crate::jobs::{Done, Job, JobKind, Sweep};
use crate::words::WordFile;
use crate::{Ctx, Result};
use std::sync::Arc;

/// Who may use a route. Every route says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anyone, signed in or not.
    Nothing,
    /// A person of the government.
    SignedIn,
    /// A member of the public who signed in by mail.
    Citizen,
    /// A person who holds the right somewhere; the action checks where.
    May(Right),
}

/// A line in the desk's navigation.
#[derive(Debug, Clone, Copy)]
pub struct Nav {
    pub href: &'static str,
    pub word: &'static str,
    /// Shown to those who may.
    pub needs: Needs,
    pub icon: &'static str,
    /// Where it stands among the others, 0 first; lines of one rank stand in the order of the slices.
    pub rank: u8,
    /// One of the few lines shown to somebody who works alone for a small body; everybody else does without it.
    pub few: bool,
    /// Shown only where this holds, besides: some pages are there in some installations only.
    pub only_where: Option<fn(&Machine) -> bool>,
}

/// Something `verify` found wrong.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Finding {
    pub place: String,
    pub what: String,
}

pub type Verify =
    Arc<dyn Fn(Ctx) -> std::pin::Pin<Box<dyn Future<Output = Result<Vec<Finding>>> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct Follows {
    pub fact: &'static str,
    pub job: &'static str,
    pub run: Reaction,
}

#[derive(Clone, Default)]
pub struct Slice {
    pub name: &'static str,
    pub migrations: Vec<MigrationSet>,
    pub routes: Vec<Route>,
    pub jobs: Vec<JobKind>,
    pub sweeps: Vec<Sweep>,
    pub follows: Vec<Follows>,
    pub facts: Vec<FactKind>,
    pub queries: Vec<(&'static str, &'static str)>,
    pub controls: &'static [Control],
    /// What runs after each fact that some control is judged from.
    pub judging: Option<(&'static str, Reaction)>,
    pub words: Option<WordFile>,
    pub nav: Vec<Nav>,
    pub verifiers: Vec<Verify>,
}

impl Slice {
    pub fn new(name: &'static str) -> Slice {
        Slice { name, ..Slice::default() }
    }
    pub fn migrations(mut self, set: MigrationSet) -> Slice {
        self.migrations.push(set);
        self
    }
    /// A page or form of the web interface.
    pub fn page(mut self, route: Route, needs: Needs) -> Slice {
        self.routes.push(route.of(RouteKind::Page, needs));
        self
    }
    /// A route of the JSON API; it appears in the OpenAPI description.
    pub fn api(mut self, route: Route, needs: Needs) -> Slice {
        self.routes.push(route.of(RouteKind::Api, needs));
        self
    }
    /// A file for machines: feeds, log tiles, assets, health. No session is looked up.
    pub fn file(mut self, route: Route) -> Slice {
        self.routes.push(route.of(RouteKind::File, Needs::Nothing));
        self
    }
    pub fn job<J: Job>(mut self) -> Slice {
        self.jobs.push(JobKind::of::<J>());
        self
    }
    pub fn sweep<F, Fut>(mut self, name: &'static str, every: i64, run: F) -> Slice
    where
        F: Fn(Ctx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.sweeps.push(Sweep { name, every, run: Arc::new(move |cx| -> Done { Box::pin(run(cx)) }) });
        self
    }
    pub fn fact<F: Fact>(mut self) -> Slice {
        self.facts.push(FactKind::of::<F>());
        self
    }
    /// Runs `react` after each recorded `F`, as a job named `job`: at least once, so it must be idempotent. `load`
    /// reads the fact back from the ledger.
    pub fn on<F, L, LFut, R, RFut>(mut self, job: &'static str, load: L, react: R) -> Slice
    where
        F: Fact,
        L: Fn(Ctx, i64) -> LFut + Send + Sync + 'static,
        LFut: Future<Output = Result<Recorded<F>>> + Send + 'static,
        R: Fn(Ctx, Recorded<F>) -> RFut + Send + Sync + 'static,
        RFut: Future<Output = Result<()>> + Send + 'static,
    {
        let (load, react) = (Arc::new(load), Arc::new(react));
        let run: Reaction = Arc::new(move |cx, id| {
            let (load, react) = (load.clone(), react.clone());
            Box::pin(async move {
                let recorded = load(cx.clone(), id).await?;
                react(cx, recorded).await
            })
        });
        self.follows.push(Follows { fact: F::KIND, job, run });
        self
    }
    pub fn queries(mut self, all: &'static [(&'static str, &'static str)]) -> Slice {
        self.queries.extend_from_slice(all);
        self
    }
    pub fn controls(mut self, all: &'static [Control]) -> Slice {
        self.controls = all;
        self
    }
    /// Runs `react` with the id of each fact that a control of any slice is judged from, as a job named `job`.
    pub fn on_evidence<R, RFut>(mut self, job: &'static str, react: R) -> Slice
    where
        R: Fn(Ctx, i64) -> RFut + Send + Sync + 'static,
        RFut: Future<Output = Result<()>> + Send + 'static,
    {
        let run: Reaction = Arc::new(move |cx, id| Box::pin(react(cx, id)));
        self.judging = Some((job, run));
        self
    }
    pub fn words(mut self, words: WordFile) -> Slice {
        self.words = Some(words);
        self
    }
    pub fn nav(mut self, rank: u8, href: &'static str, word: &'static str, icon: &'static str, needs: Needs) -> Slice {
        self.nav.push(Nav { href, word, needs, icon, rank, few: false, only_where: None });
        self
    }
    /// The last line of the navigation is shown only where this holds.
    pub fn only_where(mut self, there: fn(&Machine) -> bool) -> Slice {
        if let Some(last) = self.nav.last_mut() {
            last.only_where = Some(there);
        }
        self
    }
    /// A line of the short navigation.
    pub fn few(mut self, rank: u8, href: &'static str, word: &'static str, icon: &'static str, needs: Needs) -> Slice {
        self.nav.push(Nav { href, word, needs, icon, rank, few: true, only_where: None });
        self
    }
    /// A check of stored things against the ledger, run by `drelwa verify`.
    pub fn verify<F, Fut>(mut self, check: F) -> Slice
    where
        F: Fn(Ctx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<Finding>>> + Send + 'static,
    {
        self.verifiers.push(Arc::new(move |cx| Box::pin(check(cx))));
        self
    }
}
