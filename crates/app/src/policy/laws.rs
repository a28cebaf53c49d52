//! The laws and plans the policy rests on, as it names them, and what came after each.
use super::agency::{CERTAINTIES, Certainty};
use super::clause::Clause;
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Shape};
use super::text::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    InForce,
    /// Something else stands in its place.
    Replaced,
    /// Whether it still stands is for the government to say.
    Check,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::InForce => "in-force",
            Standing::Replaced => "replaced",
            Standing::Check => "check",
        }
    }
    /// In the word files.
    pub fn key(self) -> &'static str {
        match self {
            Standing::InForce => "policy-law-in-force",
            Standing::Replaced => "policy-law-replaced",
            Standing::Check => "policy-law-check",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Law {
    pub id: String,
    pub title: Text,
    pub year: Option<i64>,
    pub standing: Standing,
    /// What replaced it.
    pub successors: Vec<String>,
    /// The law this one amends.
    pub amends: Option<String>,
    /// Where the policy rests on it; successors the policy could not know have none.
    pub clauses: Vec<String>,
    pub source: String,
    pub certainty: Certainty,
}

impl Keyed for Law {
    fn key(&self) -> &str {
        &self.id
    }
}

const LAWS: Shape = Shape {
    file: "laws.csv",
    key: "id",
    columns: &["id", "year", "standing", "successors", "amends", "clauses", "source", "certainty"],
    texts: &["title"],
    language_status: true,
};
const STANDINGS: &[(&str, Standing)] =
    &[("in-force", Standing::InForce), ("replaced", Standing::Replaced), ("check", Standing::Check)];

pub fn read(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Law> {
    let laws = reading.table(&LAWS, |row| Law {
        id: row.own("id"),
        title: row.text("title"),
        year: row.maybe("year").map(|_| row.whole("year", 1900..=2100)),
        standing: row.one_of("standing", STANDINGS),
        successors: row.list("successors"),
        amends: row.maybe("amends"),
        clauses: row.refer_all("clauses", clauses, "clauses.csv"),
        source: row.must("source"),
        certainty: row.one_of("certainty", CERTAINTIES),
    });
    for law in laws.shelf.iter() {
        check(reading, &laws, law);
    }
    laws
}

fn check(reading: &Reading, laws: &Lined<Law>, law: &Law) {
    let fault = |column: &str, say: String| reading.fault(laws.fault(law, column, say));
    for (column, id) in law.successors.iter().map(|s| ("successors", s)).chain(law.amends.iter().map(|a| ("amends", a)))
    {
        let Some(other) = laws.shelf.find(id) else {
            fault(column, format!("\"{id}\" does not stand in laws.csv"));
            continue;
        };
        // What follows is younger, what is amended older: so nothing goes in a circle.
        let (older, younger) = if column == "amends" { (other, law) } else { (law, other) };
        if older.year.zip(younger.year).is_none_or(|(before, after)| before >= after) {
            fault(column, format!("\"{id}\" and this one need years, the one that came later the greater"));
        }
    }
    if (law.standing == Standing::Replaced) == law.successors.is_empty() {
        fault("successors", "what is replaced has successors, and nothing else has".into());
    }
}
