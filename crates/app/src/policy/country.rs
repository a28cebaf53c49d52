//! `pack.json`: whose pack it is, its languages, the editions of the policy, and the numbers the policy leaves open.
use super::error::PackError;
use super::table::Reading;
use super::text::Text;
use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "pack.json";

#[derive(Debug, Clone)]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub code: String,
    pub name: Text,
    pub government: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    pub code: String,
    /// In the language itself.
    pub name: String,
    /// `draft` until a native speaker has reviewed the texts.
    pub status: String,
}

impl Language {
    pub fn draft(&self) -> bool {
        self.status == "draft"
    }
}

#[derive(Debug, Clone)]
pub struct Site {
    pub name: Text,
    pub line: Text,
}

#[derive(Debug, Clone)]
pub struct PolicyText {
    pub title: Text,
    /// Oldest first; the last one is in force.
    pub editions: Vec<Edition>,
}

#[derive(Debug, Clone)]
pub struct Edition {
    pub id: String,
    pub adopted_on: Date,
    pub adopted_by: Text,
    pub review_every_months: u32,
    pub reviews_held_on: Vec<Date>,
}

impl Edition {
    /// The day by which the next review should have been held.
    pub fn review_due_on(&self) -> Date {
        let last = self.reviews_held_on.iter().max().copied().unwrap_or(self.adopted_on);
        last.saturating_add(Span::new().months(i64::from(self.review_every_months)))
    }
    pub fn review_overdue_on(&self, day: Date) -> bool {
        self.review_due_on() < day
    }
    /// How many reviews the clock has asked for and nobody held, up to this day.
    pub fn reviews_missed_by(&self, day: Date) -> u32 {
        u32::try_from(self.reviews_due_before(day).count()).unwrap_or(u32::MAX)
    }
    /// The days on which reviews were due that nobody held, the earliest first.
    pub fn reviews_due_before(&self, day: Date) -> impl Iterator<Item = Date> {
        let last = self.reviews_held_on.iter().max().copied().unwrap_or(self.adopted_on);
        let every = i64::from(self.review_every_months);
        (1..=1000).map(move |n| last.saturating_add(Span::new().months(every * n))).take_while(move |due| *due < day)
    }
}

/// The policy asks for timely answers and names no number, so the pack does, and says that it is a default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceStandard {
    pub default: bool,
    pub answer_within_hours: u32,
    pub urgent_within_hours: u32,
    pub appeal_within_days: u32,
    pub note: String,
}

#[derive(Debug, Clone)]
pub struct Retention {
    pub class: String,
    pub title: Text,
    /// `None`: kept for good.
    pub years: Option<u32>,
    pub default: bool,
}

/// What `pack.json` holds.
#[derive(Debug, Clone)]
pub struct Head {
    pub id: String,
    pub edition: String,
    pub country: Country,
    pub languages: Vec<Language>,
    pub time_zone: String,
    pub zone: TimeZone,
    pub currency: String,
    pub site: Site,
    pub log_origin: String,
    pub policy: PolicyText,
    pub service_standard: ServiceStandard,
    pub retention: Vec<Retention>,
}

type RawText = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    format: u32,
    id: String,
    edition: String,
    country: RawCountry,
    languages: Vec<Language>,
    time_zone: String,
    currency: String,
    site: RawSite,
    log_origin: String,
    policy: RawPolicy,
    service_standard: ServiceStandard,
    retention: Vec<RawRetention>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCountry {
    code: String,
    name: RawText,
    government: RawText,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSite {
    name: RawText,
    line: RawText,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    title: RawText,
    editions: Vec<RawEdition>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdition {
    id: String,
    adopted_on: String,
    adopted_by: RawText,
    review_every_months: u32,
    reviews_held_on: Vec<String>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetention {
    class: String,
    years: Option<u32>,
    default: bool,
    title: RawText,
}

/// Reads `pack.json` and tells the reading which languages the tables must have.
pub fn read(reading: &mut Reading) -> Option<Head> {
    let content = reading.file(FILE)?;
    let raw: RawHead = match serde_json::from_str(&content) {
        Ok(raw) => raw,
        Err(e) => {
            reading.fault(PackError::new(FILE, e.to_string()).row(e.line() as u64));
            return None;
        }
    };
    reading.languages = raw.languages.iter().map(|language| language.code.clone()).collect();
    let say = |column: &str, say: String| reading.fault(PackError::new(FILE, say).column(column));
    if raw.format != 1 {
        say("format", format!("{} is not known: this program reads packs of format 1", raw.format));
    }
    if raw.languages.is_empty() {
        say("languages", "a pack has at least one language".into());
    }
    for (at, language) in raw.languages.iter().enumerate() {
        let code = &language.code;
        if !(2..=3).contains(&code.len()) || !code.chars().all(|c| c.is_ascii_lowercase()) {
            say("languages", format!("\"{code}\" is not a language code of two or three small letters"));
        }
        if raw.languages[..at].iter().any(|earlier| earlier.code == *code) {
            say("languages", format!("\"{code}\" stands twice"));
        }
        if !matches!(language.status.as_str(), "draft" | "reviewed") {
            say("languages", format!("status \"{}\" is neither draft nor reviewed", language.status));
        }
    }
    if raw.policy.editions.is_empty() {
        say("policy.editions", "a policy has at least one edition".into());
    }
    if !raw.log_origin.contains("{host}") {
        say("log_origin", "must contain {host}, which is replaced by the public address".into());
    }
    let zone = TimeZone::get(&raw.time_zone).unwrap_or_else(|_| {
        say("time_zone", format!("\"{}\" is not the name of a time zone", raw.time_zone));
        TimeZone::UTC
    });
    let at = |field: &str, raw: RawText| text(reading, field, raw);
    Some(Head {
        id: raw.id,
        edition: raw.edition,
        country: Country {
            code: raw.country.code,
            name: at("country.name", raw.country.name),
            government: at("country.government", raw.country.government),
        },
        time_zone: raw.time_zone,
        zone,
        currency: raw.currency,
        site: Site { name: at("site.name", raw.site.name), line: at("site.line", raw.site.line) },
        log_origin: raw.log_origin,
        policy: PolicyText {
            title: at("policy.title", raw.policy.title),
            editions: raw.policy.editions.into_iter().map(|raw| edition(reading, raw)).collect(),
        },
        service_standard: raw.service_standard,
        retention: (raw.retention.into_iter())
            .map(|raw| Retention {
                class: raw.class,
                title: at("retention.title", raw.title),
                years: raw.years,
                default: raw.default,
            })
            .collect(),
        languages: raw.languages,
    })
}

fn edition(reading: &Reading, raw: RawEdition) -> Edition {
    if !(1..=600).contains(&raw.review_every_months) {
        let say = format!("{} is not a number of months from 1 to 600", raw.review_every_months);
        reading.fault(PackError::new(FILE, say).column("policy.editions.review_every_months"));
    }
    Edition {
        id: raw.id,
        adopted_on: date(reading, "policy.editions.adopted_on", &raw.adopted_on),
        adopted_by: text(reading, "policy.editions.adopted_by", raw.adopted_by),
        review_every_months: raw.review_every_months.clamp(1, 600),
        reviews_held_on: (raw.reviews_held_on.iter())
            .map(|day| date(reading, "policy.editions.reviews_held_on", day))
            .collect(),
    }
}

fn date(reading: &Reading, field: &str, cell: &str) -> Date {
    cell.parse().ok().filter(|date: &Date| date.to_string() == cell).unwrap_or_else(|| {
        let say = format!("\"{cell}\" is not a date: write it as 2022-12-30");
        reading.fault(PackError::new(FILE, say).column(field));
        Date::ZERO
    })
}

fn text(reading: &Reading, field: &str, mut raw: RawText) -> Text {
    let words = reading.languages.iter().map(|lang| (lang.clone(), raw.remove(lang).unwrap_or_default())).collect();
    for lang in raw.keys() {
        reading.fault(PackError::new(FILE, format!("\"{lang}\" is not a language of this pack")).column(field));
    }
    let text = Text::new(words);
    if let Some(first) = reading.languages.first()
        && text.own(first).is_none()
    {
        reading.fault(PackError::new(FILE, format!("has no text in \"{first}\"")).column(field));
    }
    text
}
