//! The register of public bodies: who they are, since when, and who took over from whom.
use super::shelf::Keyed;
use super::table::{Lined, Reading, Shape};
use super::text::Text;
use jiff::civil::Date;

/// A kind of public body the policy names: ministry, gewog …
#[derive(Debug, Clone)]
pub struct Kind {
    pub id: String,
    pub title: Text,
    /// The heading over several of them.
    pub many: Text,
    /// Of another power than the government: who oversees sees how it stands, not what its evidence says.
    pub independent: bool,
    /// Run by one or two people: they see few screens first.
    pub small: bool,
}

/// How sure the row is. A register of a government must not pretend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    Sure,
    Likely,
    /// To be checked before anybody relies on it.
    Check,
}

#[derive(Debug, Clone)]
pub struct Agency {
    /// Never the name: two gewogs share one.
    pub code: String,
    pub kind: String,
    pub name: Text,
    pub parent: Option<String>,
    /// The first day it exists; `None` when it is older than the register.
    pub valid_from: Option<Date>,
    /// The first day it no longer exists.
    pub valid_until: Option<Date>,
    pub successors: Vec<String>,
    pub note: String,
    pub source: String,
    pub certainty: Certainty,
    /// Languages in which the name awaits review.
    pub drafts: Vec<String>,
}

impl Agency {
    pub fn exists_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day < until)
    }
}

impl Keyed for Kind {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Agency {
    fn key(&self) -> &str {
        &self.code
    }
}

const KINDS: Shape = Shape {
    file: "kinds.csv",
    key: "id",
    columns: &["id", "independent", "small"],
    texts: &["title", "many"],
    language_status: false,
};
const AGENCIES: Shape = Shape {
    file: "agencies.csv",
    key: "code",
    columns: &[
        "code",
        "kind",
        "parent_code",
        "valid_from",
        "valid_until",
        "successor_codes",
        "note",
        "source",
        "certainty",
    ],
    texts: &["name"],
    language_status: true,
};
pub(super) const CERTAINTIES: &[(&str, Certainty)] =
    &[("sure", Certainty::Sure), ("likely", Certainty::Likely), ("check", Certainty::Check)];

pub fn read_kinds(reading: &Reading) -> Lined<Kind> {
    reading.table(&KINDS, |row| Kind {
        id: row.own("id"),
        title: row.text("title"),
        many: row.text("many"),
        independent: row.yes("independent"),
        small: row.yes("small"),
    })
}

pub fn read_agencies(reading: &Reading) -> Lined<Agency> {
    reading.table(&AGENCIES, |row| Agency {
        code: row.own("code"),
        kind: row.must("kind"),
        name: row.text("name"),
        parent: row.maybe("parent_code"),
        valid_from: row.date("valid_from"),
        valid_until: row.date("valid_until"),
        successors: row.list("successor_codes"),
        note: row.own("note"),
        source: row.must("source"),
        certainty: row.one_of("certainty", CERTAINTIES),
        drafts: row.drafts(),
    })
}

/// References, dates and hierarchy of the register.
pub fn check(reading: &Reading, kinds: &Lined<Kind>, agencies: &Lined<Agency>) {
    for agency in agencies.shelf.iter() {
        let fault = |column: &str, say: String| reading.fault(agencies.fault(agency, column, say));
        if !kinds.shelf.is_empty() && !agency.kind.is_empty() && !kinds.shelf.has(&agency.kind) {
            fault("kind", format!("\"{}\" is not a kind of kinds.csv", agency.kind));
        }
        if let Some(parent) = &agency.parent {
            if !agencies.shelf.has(parent) {
                fault("parent_code", format!("\"{parent}\" is not the code of an agency"));
            } else if let Some(circle) = circle(agencies, agency, |a| a.parent.iter().collect()) {
                fault("parent_code", format!("goes in a circle: {}", circle.join(" → ")));
            }
        }
        for successor in &agency.successors {
            if !agencies.shelf.has(successor) {
                fault("successor_codes", format!("\"{successor}\" is not the code of an agency"));
            }
        }
        if let Some(circle) = circle(agencies, agency, |a| a.successors.iter().collect()) {
            fault("successor_codes", format!("goes in a circle: {}", circle.join(" → ")));
        }
        match (agency.valid_from, agency.valid_until) {
            (Some(from), Some(until)) if until <= from => {
                fault("valid_until", format!("{until} is not after valid_from {from}"));
            }
            (_, None) if !agency.successors.is_empty() => {
                fault("valid_until", "an agency with successors needs the day it ended".into());
            }
            _ => {}
        }
    }
}

/// The way from `start` back to itself, if there is one.
fn circle<'a>(
    agencies: &'a Lined<Agency>,
    start: &'a Agency,
    onward: impl Fn(&'a Agency) -> Vec<&'a String>,
) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start.code.as_str()]];
    let mut seen: Vec<&str> = vec![];
    while let Some(way) = ways.pop() {
        let Some(here) = way.last().and_then(|code| agencies.shelf.find(code)) else { continue };
        for next in onward(here) {
            let mut longer = way.clone();
            longer.push(next);
            if *next == start.code {
                return Some(longer);
            }
            if !seen.contains(&next.as_str()) {
                seen.push(next);
                ways.push(longer);
            }
        }
    }
    None
}
