//! Lists agencies start from: platforms, risks, controls, metrics. An agency copies and adapts them.
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Shape};
use jiff::civil::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformStatus {
    /// Nobody has reviewed it yet.
    ToReview,
    Approved,
    /// Approved under the conditions in the note.
    Restricted,
    NotApproved,
    /// Closed; kept as history.
    Retired,
}

impl PlatformStatus {
    pub fn word(self) -> &'static str {
        STATUSES.iter().find(|(_, status)| *status == self).map_or("", |(word, _)| word)
    }
}

#[derive(Debug, Clone)]
pub struct Platform {
    pub id: String,
    /// A proper name, the same in every language.
    pub name: String,
    pub kind: &'static str,
    /// The connector that publishes there, if the program has one.
    pub connector: Option<String>,
    pub status: PlatformStatus,
    pub retired_on: Option<Date>,
    pub named_by_policy: bool,
    pub address: Option<String>,
    pub note: String,
}

#[derive(Debug, Clone)]
pub struct Risk {
    pub id: String,
    pub policy_area: String,
    pub risk_type: String,
    pub title: String,
    pub cause: String,
    pub consequence: String,
    pub likelihood: i64,
    pub impact: i64,
    pub controls: Vec<String>,
    pub other_mitigations: String,
}

impl Risk {
    /// Likelihood times impact, 1 to 25.
    pub fn score(&self) -> i64 {
        self.likelihood * self.impact
    }
    pub fn rating(&self) -> Rating {
        match self.score() {
            ..=4 => Rating::Low,
            5..=9 => Rating::Medium,
            10..=14 => Rating::High,
            _ => Rating::Extreme,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    Low,
    Medium,
    High,
    Extreme,
}

#[derive(Debug, Clone)]
pub struct Control {
    pub id: String,
    pub title: String,
    pub requirement: String,
    pub test: String,
    pub frequency: String,
    pub anchors: String,
}

#[derive(Debug, Clone)]
pub struct Metric {
    pub id: String,
    pub name: String,
    pub group: String,
    pub formula: String,
    pub source: String,
    pub caveat: String,
}

impl Keyed for Platform {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Risk {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Control {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Metric {
    fn key(&self) -> &str {
        &self.id
    }
}

const PLATFORMS: Shape = Shape {
    file: "platforms.csv",
    key: "id",
    columns: &["id", "name", "kind", "connector", "status", "retired_on", "named_by_policy", "address", "note"],
    texts: &[],
    language_status: false,
};
const RISKS: Shape = Shape {
    file: "risks.csv",
    key: "id",
    columns: &[
        "id",
        "policy_area",
        "risk_type",
        "title",
        "cause",
        "consequence",
        "likelihood",
        "impact",
        "controls",
        "other_mitigations",
    ],
    texts: &[],
    language_status: false,
};
const CONTROLS: Shape = Shape {
    file: "controls.csv",
    key: "id",
    columns: &["id", "title", "requirement", "test", "frequency", "anchors"],
    texts: &[],
    language_status: false,
};
const METRICS: Shape = Shape {
    file: "metrics.csv",
    key: "id",
    columns: &["id", "name", "group", "formula", "source", "caveat"],
    texts: &[],
    language_status: false,
};
const PLATFORM_KINDS: &[(&str, &str)] = &[
    ("own-site", "own-site"),
    ("simulator", "simulator"),
    ("social-network", "social-network"),
    ("blog", "blog"),
    ("wiki", "wiki"),
    ("forum", "forum"),
    ("podcast", "podcast"),
    ("content-community", "content-community"),
    ("microblog", "microblog"),
    ("messaging", "messaging"),
];
const STATUSES: &[(&str, PlatformStatus)] = &[
    ("to-review", PlatformStatus::ToReview),
    ("approved", PlatformStatus::Approved),
    ("restricted", PlatformStatus::Restricted),
    ("not-approved", PlatformStatus::NotApproved),
    ("retired", PlatformStatus::Retired),
];

pub fn read_platforms(reading: &Reading) -> Lined<Platform> {
    reading.table(&PLATFORMS, |row| {
        let status = row.one_of("status", STATUSES);
        let retired_on = row.date("retired_on");
        if retired_on.is_some() != (status == PlatformStatus::Retired) {
            row.fault("retired_on", "belongs to a retired platform and to no other");
        }
        let address = row.maybe("address");
        if address.as_ref().is_some_and(|address| url::Url::parse(address).is_err()) {
            row.fault("address", "is not an address: write it as https://example.org/");
        }
        Platform {
            id: row.own("id"),
            name: row.must("name"),
            kind: row.one_of("kind", PLATFORM_KINDS),
            connector: row.maybe("connector"),
            status,
            retired_on,
            named_by_policy: row.yes("named_by_policy"),
            address,
            note: row.own("note"),
        }
    })
}

pub fn read_controls(reading: &Reading) -> Lined<Control> {
    reading.table(&CONTROLS, |row| Control {
        id: row.own("id"),
        title: row.must("title"),
        requirement: row.must("requirement"),
        test: row.must("test"),
        frequency: row.own("frequency"),
        anchors: row.own("anchors"),
    })
}

pub fn read_risks(reading: &Reading, controls: &Shelf<Control>) -> Lined<Risk> {
    reading.table(&RISKS, |row| Risk {
        id: row.own("id"),
        policy_area: row.must("policy_area"),
        risk_type: row.own("risk_type"),
        title: row.must("title"),
        cause: row.own("cause"),
        consequence: row.own("consequence"),
        likelihood: row.whole("likelihood", 1..=5),
        impact: row.whole("impact", 1..=5),
        controls: row.refer_all("controls", controls, "controls.csv"),
        other_mitigations: row.own("other_mitigations"),
    })
}

pub fn read_metrics(reading: &Reading) -> Lined<Metric> {
    reading.table(&METRICS, |row| Metric {
        id: row.own("id"),
        name: row.must("name"),
        group: row.must("group"),
        formula: row.must("formula"),
        source: row.own("source"),
        caveat: row.own("caveat"),
    })
}
