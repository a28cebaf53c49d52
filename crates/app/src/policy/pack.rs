//! The whole pack, read and checked.
use super::agency::{self, Agency, Kind};
use super::catalogue::{self, Control, Metric, Platform, Risk};
use super::clause::{self, Clause, Obligation, Section};
use super::country::{self, Country, Edition, Language, PolicyText, Retention, ServiceStandard, Site};
use super::error::PackError;
use super::fairness::{self, Conduct, Ground, Notice};
use super::laws::{self, Law};
use super::lineage::{self, Lineage};
use super::models::{self, Choice, ChoiceKind, Model};
use super::planning::{self, Aim, DutyHolder, PlanPart, Role};
use super::shelf::Shelf;
use super::source::Source;
use super::table::Reading;
use jiff::civil::Date;
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Pack {
    head: country::Head,
    kinds: Shelf<Kind>,
    agencies: Shelf<Agency>,
    holders: Shelf<DutyHolder>,
    sections: Shelf<Section>,
    clauses: Shelf<Clause>,
    lineage: Shelf<Lineage>,
    laws: Shelf<Law>,
    obligations: Shelf<Obligation>,
    conduct: Shelf<Conduct>,
    grounds: Shelf<Ground>,
    notices: Shelf<Notice>,
    platforms: Shelf<Platform>,
    plan_parts: Shelf<PlanPart>,
    aims: Shelf<Aim>,
    choices: Shelf<Choice>,
    models: Shelf<Model>,
    roles: Shelf<Role>,
    controls: Shelf<Control>,
    risks: Shelf<Risk>,
    metrics: Shelf<Metric>,
}

impl Pack {
    /// Either a pack in which every reference holds, or everything that is wrong with it, in the order of the files.
    pub fn load(source: &Source) -> Result<Pack, Vec<PackError>> {
        let mut reading = Reading::new(source);
        let Some(head) = country::read(&mut reading) else { return Err(reading.faults.into_inner()) };
        let pack = Pack::read(&reading, head);
        let mut faults = reading.faults.into_inner();
        if faults.is_empty() {
            return Ok(pack);
        }
        faults.sort();
        faults.dedup();
        Err(faults)
    }

    fn read(reading: &Reading, head: country::Head) -> Pack {
        let kinds = agency::read_kinds(reading);
        let agencies = agency::read_agencies(reading);
        agency::check(reading, &kinds, &agencies);
        let (kinds, agencies) = (kinds.shelf, agencies.shelf);
        let sections = clause::read_sections(reading).shelf;
        let editions: Vec<&str> = head.policy.editions.iter().map(|edition| edition.id.as_str()).collect();
        let clauses = clause::read_clauses(reading, &sections, &editions);
        let lineage = lineage::read(reading, &clauses, &head.policy.editions).shelf;
        let clauses = clauses.shelf;
        let controls = catalogue::read_controls(reading).shelf;
        let holders = planning::read_holders(reading, &agencies).shelf;
        let actors = clause::read_actors(reading, &holders).shelf;
        let plan_parts = planning::read_parts(reading, &clauses).shelf;
        let aims = planning::read_aims(reading).shelf;
        let risks = catalogue::read_risks(reading, &controls).shelf;
        let metrics = catalogue::read_metrics(reading).shelf;
        let choices = models::read_choices(reading).shelf;
        let known = models::Known {
            kinds: &kinds,
            parts: &plan_parts,
            aims: &aims,
            metrics: &metrics,
            risks: &risks,
            choices: &choices,
        };
        Pack {
            models: models::read_models(reading, &known).shelf,
            obligations: clause::read_obligations(reading, &clauses, &actors).shelf,
            laws: laws::read(reading, &clauses).shelf,
            lineage,
            holders,
            conduct: fairness::read_conduct(reading, &clauses).shelf,
            grounds: fairness::read_grounds(reading, &clauses).shelf,
            notices: fairness::read_notices(reading, &clauses).shelf,
            platforms: catalogue::read_platforms(reading).shelf,
            plan_parts,
            aims,
            choices,
            roles: planning::read_roles(reading, &clauses).shelf,
            risks,
            metrics,
            head,
            kinds,
            agencies,
            sections,
            clauses,
            controls,
        }
    }

    pub fn id(&self) -> &str {
        &self.head.id
    }
    /// Of the pack, not of the policy.
    pub fn edition(&self) -> &str {
        &self.head.edition
    }
    pub fn country(&self) -> &Country {
        &self.head.country
    }
    /// The first one is the language every text has.
    pub fn languages(&self) -> &[Language] {
        &self.head.languages
    }
    pub fn language(&self, code: &str) -> Option<&Language> {
        self.head.languages.iter().find(|language| language.code == code)
    }
    /// IANA name.
    pub fn time_zone(&self) -> &str {
        &self.head.time_zone
    }
    /// ISO 4217.
    pub fn currency(&self) -> &str {
        &self.head.currency
    }
    pub fn site(&self) -> &Site {
        &self.head.site
    }
    /// The name of the transparency log of a site at this host.
    pub fn log_origin(&self, host: &str) -> String {
        self.head.log_origin.replace("{host}", host)
    }
    pub fn policy(&self) -> &PolicyText {
        &self.head.policy
    }
    /// The edition in force on this day.
    pub fn policy_on(&self, day: Date) -> Option<&Edition> {
        self.head.policy.editions.iter().filter(|edition| edition.adopted_on <= day).max_by_key(|e| e.adopted_on)
    }
    pub fn service_standard(&self) -> &ServiceStandard {
        &self.head.service_standard
    }
    pub fn retention(&self) -> &[Retention] {
        &self.head.retention
    }
    pub fn kinds(&self) -> &Shelf<Kind> {
        &self.kinds
    }
    pub fn agencies(&self) -> &Shelf<Agency> {
        &self.agencies
    }
    /// The agency that carries a duty of the policy (`lead-ministry`, `education`, `civil-service`) on this day.
    pub fn holder(&self, duty: &str, day: Date) -> Option<&Agency> {
        let holder = self.holders.iter().find(|holder| holder.duty == duty && holder.holds_on(day))?;
        self.agencies.find(&holder.agency)
    }
    pub fn holders(&self) -> &Shelf<DutyHolder> {
        &self.holders
    }
    /// In the order of the policy.
    pub fn sections(&self) -> &Shelf<Section> {
        &self.sections
    }
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.find(id)
    }
    pub fn clauses(&self) -> &Shelf<Clause> {
        &self.clauses
    }
    /// What became of the clauses of earlier editions.
    pub fn lineage(&self) -> &Shelf<Lineage> {
        &self.lineage
    }
    /// This clause and the earlier ones whose evidence holds for it.
    pub fn carried<'p>(&'p self, clause: &'p str) -> Vec<&'p str> {
        lineage::carried(&self.lineage, clause)
    }
    /// Whether a clause is of the edition in force on this day.
    pub fn holds(&self, clause: &str, day: Date) -> bool {
        let in_force = self.policy_on(day).map(|e| e.id.as_str());
        self.clause(clause).is_some_and(|c| Some(c.edition.as_str()) == in_force)
    }
    pub fn laws(&self) -> &Shelf<Law> {
        &self.laws
    }
    pub fn obligations(&self) -> &Shelf<Obligation> {
        &self.obligations
    }
    pub fn conduct(&self) -> &Shelf<Conduct> {
        &self.conduct
    }
    pub fn grounds(&self) -> &Shelf<Ground> {
        &self.grounds
    }
    pub fn notices(&self) -> &Shelf<Notice> {
        &self.notices
    }
    /// Adds what is for practice and in no file: found by its id, and not among the platforms that the government reviews.
    pub fn practising(mut self, platforms: Vec<Platform>) -> Pack {
        self.platforms.add_beside(platforms);
        self
    }
    pub fn platforms(&self) -> &Shelf<Platform> {
        &self.platforms
    }
    pub fn plan_parts(&self) -> &Shelf<PlanPart> {
        &self.plan_parts
    }
    /// Pillars first, then domains, then the objectives of the policy.
    pub fn aims(&self) -> &Shelf<Aim> {
        &self.aims
    }
    /// What plans choose from, of one kind.
    pub fn choices(&self, kind: ChoiceKind) -> impl Iterator<Item = &Choice> {
        self.choices.iter().filter(move |choice| choice.kind == kind)
    }
    pub fn choice(&self, id: &str) -> Option<&Choice> {
        self.choices.find(id)
    }
    /// The model plan of a kind of agency, line by line.
    pub fn model_plan<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = &'p Model> {
        self.models.iter().filter(move |model| model.is_for(kind))
    }
    pub fn roles(&self) -> &Shelf<Role> {
        &self.roles
    }
    pub fn risks(&self) -> &Shelf<Risk> {
        &self.risks
    }
    /// The areas of risk the policy names, in the order of the catalogue.
    pub fn risk_areas(&self) -> Vec<&str> {
        let mut areas: Vec<&str> = vec![];
        for risk in self.risks.iter() {
            if !areas.contains(&risk.policy_area.as_str()) {
                areas.push(&risk.policy_area);
            }
        }
        areas
    }
    pub fn controls(&self) -> &Shelf<Control> {
        &self.controls
    }
    pub fn metrics(&self) -> &Shelf<Metric> {
        &self.metrics
    }

    /// Midnight of this day in the country, in microseconds UTC, as the database keeps times.
    pub fn start_of(&self, day: Date) -> i64 {
        day.to_zoned_datetime(self.head.zone.clone()).map_or(0, |at| at.timestamp().as_microsecond())
    }
    /// The day it is in the country at this time, for every "in force on" question.
    pub fn day_at(&self, micros: i64) -> Date {
        let at = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        at.to_zoned_datetime(self.head.zone.clone()).date()
    }
}

/// `drelwa pack check DIR`: everything that is wrong with the pack in this folder.
pub fn check(dir: &Path) -> Vec<PackError> {
    Pack::load(&Source::Dir(dir.to_path_buf())).err().unwrap_or_default()
}
