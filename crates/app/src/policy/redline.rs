//! Two editions side by side, clause by clause: which clause stands in the place of which, and which words came and went.
use super::{Clause, Edition, Pack};
use crate::shell::changes::{Change, changes};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Same,
    Changed,
    New,
    Dropped,
}

impl Fate {
    pub fn code(self) -> &'static str {
        match self {
            Fate::Same => "same",
            Fate::Changed => "changed",
            Fate::New => "new",
            Fate::Dropped => "dropped",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            Fate::Same => "policy-fate-same",
            Fate::Changed => "policy-fate-changed",
            Fate::New => "policy-fate-new",
            Fate::Dropped => "policy-fate-dropped",
        }
    }
    pub fn tone(self) -> &'static str {
        match self {
            Fate::Same => "",
            Fate::Changed => "warn",
            Fate::New => "good",
            Fate::Dropped => "bad",
        }
    }
}

pub struct Row<'p> {
    /// The clauses of the earlier edition in whose place it stands.
    pub old: Vec<&'p str>,
    /// Its id, or empty where it was dropped.
    pub new: &'p str,
    pub fate: Fate,
    pub title: &'p str,
    pub title_lang: &'p str,
    pub words: Vec<Change>,
    pub lang: &'p str,
    /// What was shown for the old clauses holds for this one.
    pub carries: bool,
    pub notes: Vec<&'p str>,
}

pub struct Redline<'p> {
    pub from: &'p Edition,
    pub to: &'p Edition,
    pub rows: Vec<Row<'p>>,
}

/// An edition against the one before it; `None` where there is none.
pub fn redline<'p>(pack: &'p Pack, edition: &str, lang: &'p str) -> Option<Redline<'p>> {
    let editions = &pack.policy().editions;
    let to = editions.iter().find(|e| e.id == edition)?;
    let from = editions.iter().filter(|e| e.adopted_on < to.adopted_on).max_by_key(|e| e.adopted_on)?;
    let of = |edition: &'p Edition| pack.clauses().iter().filter(move |c| c.edition == edition.id);
    let mut rows: Vec<Row> = of(to).map(|new| row(pack, from, new, lang)).collect();
    let placed: Vec<&str> = rows.iter().flat_map(|r| r.old.iter().copied()).collect();
    rows.extend(of(from).filter(|old| !placed.contains(&old.id.as_str())).map(|old| Row {
        old: vec![&old.id],
        new: "",
        fate: Fate::Dropped,
        title: old.title.get(lang),
        title_lang: old.title.language_of(lang),
        words: vec![Change::Went(old.text.get(lang).into())],
        lang: old.text.language_of(lang),
        carries: false,
        notes: pack.lineage().find(&old.id).map(|l| l.note.as_str()).into_iter().filter(|n| !n.is_empty()).collect(),
    }));
    Some(Redline { from, to, rows })
}

fn row<'p>(pack: &'p Pack, from: &Edition, new: &'p Clause, lang: &'p str) -> Row<'p> {
    let in_place = |id: &str| pack.clause(id).is_some_and(|c| c.edition == from.id);
    let came: Vec<_> = pack.lineage().iter().filter(|l| l.to.contains(&new.id) && in_place(&l.id)).collect();
    // Words are compared in the language the new clause is shown in: an old text in another one would be all gone.
    let shown = new.text.language_of(lang);
    let text: Vec<&str> = came.iter().filter_map(|l| pack.clause(&l.id)).map(|c| c.text.get(shown)).collect();
    let (old, now) = (text.join(" "), new.text.get(lang));
    let words = match came.is_empty() {
        true => vec![Change::Came(now.into())],
        // With a space behind both, the last word of one is the same word in the midst of the other.
        false => changes(&format!("{old} "), &format!("{now} "))
            .unwrap_or_else(|| vec![Change::Went(old.clone()), Change::Came(now.into())]),
    };
    let fate = match came.is_empty() {
        true => Fate::New,
        false if words.iter().all(|w| matches!(w, Change::Same(_))) => Fate::Same,
        false => Fate::Changed,
    };
    Row {
        old: came.iter().map(|l| l.id.as_str()).collect(),
        new: &new.id,
        fate,
        title: new.title.get(lang),
        title_lang: new.title.language_of(lang),
        words,
        lang: shown,
        carries: !came.is_empty() && came.iter().all(|l| l.carries),
        notes: came.iter().map(|l| l.note.as_str()).filter(|n| !n.is_empty()).collect(),
    }
}
