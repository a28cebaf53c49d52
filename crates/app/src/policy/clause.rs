//! What the policy says, clause by clause and in our own words, and what it obliges whom to do.
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Shape};
use super::text::Text;

/// A group of clauses under one heading. The number is the policy's own and is not unique: it has two sections 6.
#[derive(Debug, Clone)]
pub struct Section {
    pub id: String,
    pub number: String,
    pub title: Text,
}

#[derive(Debug, Clone)]
pub struct Clause {
    /// Stable for good, as `P6.2-AM7`: anchors, refusals and records cite it.
    pub id: String,
    pub edition: String,
    pub section: String,
    pub title: Text,
    pub text: Text,
    pub drafts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    May,
    Should,
    Must,
    Shall,
}

impl Level {
    pub fn binding(self) -> bool {
        matches!(self, Level::Must | Level::Shall)
    }
    /// As the policy's own verb.
    pub fn word(self) -> &'static str {
        match self {
            Level::May => "may",
            Level::Should => "should",
            Level::Must => "must",
            Level::Shall => "shall",
        }
    }
    /// In the word files.
    pub fn key(self) -> &'static str {
        match self {
            Level::May => "policy-level-may",
            Level::Should => "policy-level-should",
            Level::Must => "policy-level-must",
            Level::Shall => "policy-level-shall",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Obligation {
    /// The clause it follows from.
    pub id: String,
    /// Who is obliged, as the policy names them; several are parted by a semicolon.
    pub actors: Vec<String>,
    pub level: Level,
    pub obligation: String,
    pub capability: String,
    pub evidence: String,
}

impl Keyed for Section {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Clause {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Obligation {
    fn key(&self) -> &str {
        &self.id
    }
}

const SECTIONS: Shape =
    Shape { file: "sections.csv", key: "id", columns: &["id", "number"], texts: &["title"], language_status: false };
const CLAUSES: Shape = Shape {
    file: "clauses.csv",
    key: "id",
    columns: &["id", "edition", "section"],
    texts: &["title", "text"],
    language_status: true,
};
const OBLIGATIONS: Shape = Shape {
    file: "obligations.csv",
    key: "id",
    columns: &["id", "actor", "level", "obligation", "capability", "evidence"],
    texts: &[],
    language_status: false,
};
const LEVELS: &[(&str, Level)] =
    &[("may", Level::May), ("should", Level::Should), ("must", Level::Must), ("shall", Level::Shall)];

pub fn read_sections(reading: &Reading) -> Lined<Section> {
    reading.table(&SECTIONS, |row| Section { id: row.own("id"), number: row.must("number"), title: row.text("title") })
}

pub fn read_clauses(reading: &Reading, sections: &Shelf<Section>, editions: &[&str]) -> Lined<Clause> {
    reading.table(&CLAUSES, |row| {
        let edition = row.must("edition");
        if !edition.is_empty() && !editions.contains(&edition.as_str()) {
            row.fault("edition", format!("\"{edition}\" is not an edition of pack.json"));
        }
        Clause {
            id: row.own("id"),
            edition,
            section: row.refer("section", sections, "sections.csv"),
            title: row.text("title"),
            text: row.text("text"),
            drafts: row.drafts(),
        }
    })
}

pub fn read_obligations(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Obligation> {
    reading.table(&OBLIGATIONS, |row| Obligation {
        id: row.refer("id", clauses, "clauses.csv"),
        actors: row.must("actor").split(';').map(|actor| actor.trim().to_string()).collect(),
        level: row.one_of("level", LEVELS),
        obligation: row.must("obligation"),
        capability: row.own("capability"),
        evidence: row.own("evidence"),
    })
}
