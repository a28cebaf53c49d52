//! The views that pages and the API share: the map of all, one agency, one clause. Read from computed rows, never judged
//! while somebody waits.
use super::finding::{self, State};
use super::store::{self, MapRow, Standing};
use super::{actions, judging};
use crate::agencies::{self, Agency};
use crate::people::roles::OVERSEE;
use crate::policy::{Clause, Obligation, Pack};
use ground::error::Told;
use ground::slice::{Control, Controls, Criterion};
use ground::{Ctx, Error, Result};
use std::collections::HashMap;

/// How many of some obligations are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub met: i64,
    pub partly: i64,
    pub not_met: i64,
    pub unknown: i64,
}

impl Sums {
    pub fn add(&mut self, state: State) {
        match state {
            State::Met => self.met += 1,
            State::Partly => self.partly += 1,
            State::NotMet => self.not_met += 1,
            State::Unknown => self.unknown += 1,
            State::NotApplicable => {}
        }
    }
    pub fn join(&mut self, other: Sums) {
        self.met += other.met;
        self.partly += other.partly;
        self.not_met += other.not_met;
        self.unknown += other.unknown;
    }
    /// How many apply.
    pub fn of(self) -> i64 {
        self.met + self.partly + self.not_met + self.unknown
    }
    /// In whole per cent; nothing where nothing applies.
    pub fn share(self) -> Option<i64> {
        (self.of() > 0).then(|| (self.met * 200 + self.partly * 100) / (self.of() * 2))
    }
    /// The colour of a cell: red only where something is known to fail.
    pub fn tone(self) -> &'static str {
        if self.of() == 0 {
            "none"
        } else if self.met == self.of() {
            "good"
        } else if self.not_met > 0 {
            "bad"
        } else if self.partly > 0 || self.met > 0 {
            "warn"
        } else {
            "open"
        }
    }
}

/// A section of the policy that binds somebody, with the places of its obligations.
pub struct Section {
    pub id: String,
    pub number: String,
    pub title: String,
    pub lang: String,
    pub places: Vec<usize>,
}

pub fn sections(cx: &Ctx, binding_only: bool) -> Result<Vec<Section>> {
    let (pack, lang) = (cx.machine.part::<Pack>()?, cx.lang.code());
    let day = pack.day_at(cx.now());
    let section_of = |id: &str| pack.clause(id).map(|c| c.section.as_str());
    let mut all = vec![];
    for s in pack.sections().iter() {
        let counts = |o: &Obligation| (!binding_only || o.level.binding()) && pack.holds(&o.id, day);
        let own = pack.obligations().iter().enumerate().filter(|(_, o)| section_of(&o.id) == Some(&s.id) && counts(o));
        let places: Vec<usize> = own.map(|(at, _)| at).collect();
        if !places.is_empty() {
            let (title, in_lang) = (s.title.get(lang).to_owned(), s.title.language_of(lang).to_owned());
            all.push(Section { id: s.id.clone(), number: s.number.clone(), title, lang: in_lang, places });
        }
    }
    Ok(all)
}

/// One agency on the map.
pub struct Line {
    pub agency: Agency,
    pub cells: Vec<Sums>,
    pub sums: Sums,
}

fn states(row: Option<&MapRow>, n: usize) -> Vec<State> {
    let mut all: Vec<State> = row.map_or("", |r| r.letters.as_str()).chars().map(State::of_letter).collect();
    all.resize(n, State::Unknown);
    all
}

/// The lines of the map for agencies of today: those the reader may see.
pub async fn lines(cx: &Ctx, sections: &[Section], kind: &str) -> Result<Vec<Line>> {
    let n = cx.machine.part::<Pack>()?.obligations().len();
    let rows: HashMap<i64, MapRow> = store::rows(cx.db()).await?.into_iter().map(|r| (r.agency_id, r)).collect();
    let mut all = vec![];
    for agency in visible(cx).await? {
        if !kind.is_empty() && agency.kind != kind {
            continue;
        }
        let states = states(rows.get(&agency.id), n);
        let mut sums = Sums::default();
        let cell = |s: &Section| {
            let mut cell = Sums::default();
            s.places.iter().for_each(|at| cell.add(states[*at]));
            cell
        };
        let cells: Vec<Sums> = sections.iter().map(cell).collect();
        cells.iter().for_each(|c| sums.join(*c));
        all.push(Line { agency, cells, sums });
    }
    Ok(all)
}

pub async fn visible(cx: &Ctx) -> Result<Vec<Agency>> {
    let all = judging::current(cx).await?;
    if cx.actor.may_everywhere(OVERSEE) {
        return Ok(all);
    }
    Ok(all.into_iter().filter(|a| cx.actor.may(crate::people::roles::SEE_DESK, a.id)).collect())
}

/// One control behind a finding, as it stands.
pub struct Shown<'c> {
    pub control: &'c Control,
    pub state: State,
    /// By its own showing, and by a review.
    pub own: Option<Seen>,
    pub review: Option<Seen>,
}

impl Shown<'_> {
    pub fn attested(&self) -> bool {
        matches!(self.control.criterion, Criterion::Attested { .. })
    }
    /// What was seen, by itself and from outside.
    pub fn seen(&self) -> impl Iterator<Item = &Seen> {
        [&self.own, &self.review].into_iter().flatten()
    }
    pub fn built(&self) -> bool {
        matches!(self.control.criterion, Criterion::Built)
    }
}

/// An observation as it is told.
pub struct Seen {
    pub id: i64,
    /// By a review.
    pub outside: bool,
    pub state: String,
    pub told: String,
    pub reason: String,
    pub evidence: Vec<String>,
    pub by: Option<i64>,
    pub seen_at: i64,
    pub until: Option<i64>,
    pub lapsed: bool,
}

/// An obligation of an agency with everything behind it.
pub struct Finding<'c> {
    pub obligation: &'c Obligation,
    pub clause: Option<&'c Clause>,
    pub state: State,
    pub controls: Vec<Shown<'c>>,
}

/// Whether the reader sees evidence, or only how it stands: bodies of another power are not looked into.
pub fn opens_evidence(cx: &Ctx, agency: &Agency) -> Result<bool> {
    let kind = cx.machine.part::<Pack>()?.kinds().find(&agency.kind);
    Ok(cx.actor.may(super::ATTEST, agency.id) || !kind.is_some_and(|k| k.independent))
}

pub async fn findings<'c>(cx: &'c Ctx, agency: &Agency) -> Result<Vec<Finding<'c>>> {
    let (pack, Controls(controls)) = (cx.machine.part::<Pack>()?, cx.machine.part::<Controls>()?);
    let (stands, now) = (store::standing(cx.db(), agency.id).await?, cx.now());
    let states = actions::states(cx, agency.id).await?;
    let open = opens_evidence(cx, agency)?;
    let seen = |control: &Control, source: &str| -> Result<Option<Seen>> {
        let found = stands.get(&(control.id.to_owned(), source.to_owned()));
        found.map(|s| told(cx, s, open, now)).transpose()
    };
    let mut all = vec![];
    for (obligation, state) in pack.obligations().iter().zip(states) {
        let mut shown = vec![];
        for (_, control) in finding::serving(pack, controls, &obligation.id) {
            let state = finding::of_control(control, &stands, now);
            shown.push(Shown { control, state, own: seen(control, "own")?, review: seen(control, "review")? });
        }
        all.push(Finding { obligation, clause: pack.clause(&obligation.id), state, controls: shown });
    }
    Ok(all)
}

fn told(cx: &Ctx, s: &Standing, open: bool, now: i64) -> Result<Seen> {
    let told: Told = serde_json::from_str(&s.told).map_err(Error::fault)?;
    let evidence = if open { serde_json::from_str(&s.evidence).map_err(Error::fault)? } else { vec![] };
    Ok(Seen {
        id: s.observation_id,
        outside: s.source == "review",
        state: s.verdict.clone(),
        told: cx.words().told(cx.lang, &told),
        reason: if open { s.reason.clone() } else { String::new() },
        evidence,
        by: s.by_person,
        seen_at: s.seen_at,
        until: s.until_at,
        lapsed: s.until_at.is_some_and(|until| until <= now),
    })
}

/// One obligation over all agencies: how many in each state, and who.
pub async fn clause(cx: &Ctx, place: usize) -> Result<(Sums, Vec<(Agency, State)>)> {
    let n = cx.machine.part::<Pack>()?.obligations().len();
    let rows: HashMap<i64, MapRow> = store::rows(cx.db()).await?.into_iter().map(|r| (r.agency_id, r)).collect();
    let (mut sums, mut who) = (Sums::default(), vec![]);
    for agency in agencies::everyone(cx.db()).await?.into_iter().filter(|a| a.current) {
        let state = states(rows.get(&agency.id), n)[place];
        sums.add(state);
        if state != State::NotApplicable {
            who.push((agency, state));
        }
    }
    who.sort_by_key(|(_, state)| *state);
    Ok((sums, who))
}
