//! The whole pack, read and checked.
use super::agency::{self, Agency, Kind};
use super::country::{self, Country, Edition, Language, PolicyText, Retention, ServiceStandard, Site};
use super::error::PackError;
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
}

impl Pack {
    /// Either a pack in which every reference holds, or everything that is wrong with it, in the order of the files.
    pub fn load(source: &Source) -> Result<Pack, Vec<PackError>> {
        let mut reading = Reading::new(source);
        let Some(head) = country::read(&mut reading) else { return Err(reading.faults.into_inner()) };
        let kinds = agency::read_kinds(&reading);
        let agencies = agency::read_agencies(&reading);
        agency::check(&reading, &kinds, &agencies);
        let mut faults = reading.faults.into_inner();
        if faults.is_empty() {
            return Ok(Pack { head, kinds: kinds.shelf, agencies: agencies.shelf });
        }
        faults.sort();
        faults.dedup();
        Err(faults)
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
