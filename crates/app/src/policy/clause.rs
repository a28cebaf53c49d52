//! What the policy says, clause by clause and in our own words, and what it obliges whom to do.
use super::planning::DutyHolder;
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

/// Somebody the policy obliges, by the name it uses, and who carries that today.
#[derive(Debug, Clone)]
pub struct Actor {
    pub id: String,
    pub name: String,
    /// `agencies`: each of them; else a duty that one agency holds.
    pub carried_by: String,
}

/// Every agency for itself.
pub const EACH: &str = "agencies";

#[derive(Debug, Clone)]
pub struct Obligation {
    /// The clause it follows from.
    pub id: String,
    /// Who is obliged, as the policy names them; several are parted by a semicolon.
    pub actors: Vec<String>,
    /// `agencies`, or the duties whose holders carry it.
    pub carried_by: Vec<String>,
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
impl Keyed for Actor {
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
const ACTORS: Shape =
    Shape { file: "actors.csv", key: "id", columns: &["id", "name", "carried_by"], texts: &[], language_status: false };
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

pub fn read_actors(reading: &Reading, holders: &Shelf<DutyHolder>) -> Lined<Actor> {
    reading.table(&ACTORS, |row| {
        let carried_by = row.must("carried_by");
        let known = carried_by == EACH || holders.is_empty() || holders.iter().any(|h| h.duty == carried_by);
        if !carried_by.is_empty() && !known {
            row.fault("carried_by", format!("\"{carried_by}\" is neither {EACH} nor a duty of duty_holders.csv"));
        }
        Actor { id: row.own("id"), name: row.must("name"), carried_by }
    })
}

pub fn read_obligations(reading: &Reading, clauses: &Shelf<Clause>, known: &Shelf<Actor>) -> Lined<Obligation> {
    reading.table(&OBLIGATIONS, |row| {
        let actors: Vec<String> = row.must("actor").split(';').map(|actor| actor.trim().to_string()).collect();
        let mut carried_by = vec![];
        for name in &actors {
            match known.iter().find(|actor| actor.name == *name) {
                Some(actor) if carried_by.contains(&actor.carried_by) => {}
                Some(actor) => carried_by.push(actor.carried_by.clone()),
                None if known.is_empty() || name.is_empty() => {}
                None => row.fault("actor", format!("\"{name}\" does not stand in actors.csv")),
            }
        }
        Obligation {
            id: row.refer("id", clauses, "clauses.csv"),
            actors,
            carried_by,
            level: row.one_of("level", LEVELS),
            obligation: row.must("obligation"),
            capability: row.own("capability"),
            evidence: row.own("evidence"),
        }
    })
}
