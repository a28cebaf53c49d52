//! What became of the clauses of an earlier edition: one row each, saying which clauses of a later one took their place, and
//! whether what was shown for the old one holds for the new one.
use super::clause::Clause;
use super::country::Edition;
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Shape};

#[derive(Debug, Clone)]
pub struct Lineage {
    /// The clause of the earlier edition.
    pub id: String,
    /// The clauses in its place; none: it was dropped.
    pub to: Vec<String>,
    /// Evidence of the old clause holds for the new ones; otherwise they are looked at anew.
    pub carries: bool,
    pub note: String,
}

impl Keyed for Lineage {
    fn key(&self) -> &str {
        &self.id
    }
}

const LINEAGE: Shape = Shape {
    file: "clause_map.csv",
    key: "id",
    columns: &["id", "to", "carries", "note"],
    texts: &[],
    language_status: false,
};

pub fn read(reading: &Reading, clauses: &Lined<Clause>, editions: &[Edition]) -> Lined<Lineage> {
    let map = reading.table(&LINEAGE, |row| Lineage {
        id: row.refer("id", &clauses.shelf, "clauses.csv"),
        to: row.refer_all("to", &clauses.shelf, "clauses.csv"),
        carries: row.yes("carries"),
        note: row.own("note"),
    });
    check(reading, clauses, editions, &map);
    map
}

fn check(reading: &Reading, clauses: &Lined<Clause>, editions: &[Edition], map: &Lined<Lineage>) {
    let adopted = |c: &Clause| editions.iter().find(|e| e.id == c.edition).map(|e| e.adopted_on);
    for row in map.shelf.iter() {
        let Some(old) = clauses.shelf.find(&row.id) else { continue };
        for new in row.to.iter().filter_map(|id| clauses.shelf.find(id)).filter(|new| adopted(new) <= adopted(old)) {
            let say = format!("\"{}\" is of edition {}, which is not later than {}", new.id, new.edition, old.edition);
            reading.fault(map.fault(row, "to", say));
        }
        if row.to.is_empty() && row.carries {
            reading.fault(map.fault(row, "carries", "nothing can carry over to no clause: say no"));
        }
    }
    let Some(last) = editions.iter().max_by_key(|e| e.adopted_on) else { return };
    for old in clauses.shelf.iter().filter(|c| c.edition != last.id && editions.iter().any(|e| e.id == c.edition)) {
        if !map.shelf.has(&old.id) {
            let say = format!("is followed by edition {} and has no row in clause_map.csv", last.id);
            reading.fault(clauses.fault(old, "id", say));
        }
    }
}

/// The clause itself and the earlier ones whose evidence holds for it.
pub fn carried<'p>(map: &'p Shelf<Lineage>, id: &'p str) -> Vec<&'p str> {
    let mut all = vec![id];
    let mut at = 0;
    while at < all.len() {
        let here = all[at];
        let before = map.iter().filter(|row| row.carries && row.to.iter().any(|to| to == here));
        for row in before {
            if !all.contains(&row.id.as_str()) {
                all.push(&row.id);
            }
        }
        at += 1;
    }
    all
}
