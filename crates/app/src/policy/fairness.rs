//! How people are treated: grounds of moderation, the words of notices, the code of conduct.
use super::clause::Clause;
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Row, Shape};
use super::text::Text;

/// The steps of the ladder a ground may start with, mildest first. None of them deletes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Label,
    Collapse,
    Mask,
    Hide,
    Restrict,
    Refer,
}

impl Step {
    pub fn word(self) -> &'static str {
        STEPS.iter().find(|(_, step)| *step == self).map_or("", |(word, _)| word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondReviewer {
    No,
    Yes,
    /// When the person concerned holds a public office.
    PublicFigure,
}

#[derive(Debug, Clone)]
pub struct Ground {
    pub id: String,
    pub title: Text,
    pub description: Text,
    /// What this ground never covers: published beside it, so that it stays narrow.
    pub never: Text,
    pub least_action: Step,
    pub two_reviewers: SecondReviewer,
    pub clause: String,
    pub drafts: Vec<String>,
}

/// A message the program sends or shows, with places like `{agency}` to be filled.
#[derive(Debug, Clone)]
pub struct Notice {
    pub id: String,
    pub title: Text,
    pub body: Text,
    pub clause: String,
    pub drafts: Vec<String>,
}

impl Notice {
    /// The body in this language with its places filled; a place nobody filled is left out.
    pub fn fill(&self, lang: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.body.get(lang);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((place, after)) = after.split_once('}') else { break };
            out.push_str(values.iter().find(|(name, _)| *name == place).map_or("", |(_, value)| value));
            rest = after;
        }
        out + rest
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    CivilServant,
    /// Civil servants who speak for their agency.
    Contributor,
}

/// One rule of the code of conduct.
#[derive(Debug, Clone)]
pub struct Conduct {
    pub id: String,
    pub audience: Audience,
    pub title: Text,
    pub text: Text,
    pub clause: String,
    pub drafts: Vec<String>,
}

impl Keyed for Ground {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Notice {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Conduct {
    fn key(&self) -> &str {
        &self.id
    }
}

const GROUNDS: Shape = Shape {
    file: "grounds.csv",
    key: "id",
    columns: &["id", "least_action", "two_reviewers", "clause"],
    texts: &["title", "description", "never"],
    language_status: true,
};
const NOTICES: Shape = Shape {
    file: "notices.csv",
    key: "id",
    columns: &["id", "clause"],
    texts: &["title", "body"],
    language_status: true,
};
const CONDUCT: Shape = Shape {
    file: "conduct.csv",
    key: "id",
    columns: &["id", "audience", "clause"],
    texts: &["title", "text"],
    language_status: true,
};
const STEPS: &[(&str, Step)] = &[
    ("label", Step::Label),
    ("collapse", Step::Collapse),
    ("mask", Step::Mask),
    ("hide", Step::Hide),
    ("restrict", Step::Restrict),
    ("refer", Step::Refer),
];
const SECOND: &[(&str, SecondReviewer)] =
    &[("no", SecondReviewer::No), ("yes", SecondReviewer::Yes), ("public-figure", SecondReviewer::PublicFigure)];
const AUDIENCES: &[(&str, Audience)] = &[
    ("everybody", Audience::Everybody),
    ("civil-servant", Audience::CivilServant),
    ("contributor", Audience::Contributor),
];
/// What the program knows when it sends a notice.
const PLACES: &[&str] = &["agency", "date", "action", "ground", "reason", "appeal_by", "answer_by", "link"];

pub fn read_grounds(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Ground> {
    reading.table(&GROUNDS, |row| Ground {
        id: row.own("id"),
        title: row.text("title"),
        description: row.text("description"),
        never: row.text("never"),
        least_action: row.one_of("least_action", STEPS),
        two_reviewers: row.one_of("two_reviewers", SECOND),
        clause: row.refer("clause", clauses, "clauses.csv"),
        drafts: row.drafts(),
    })
}

pub fn read_notices(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Notice> {
    reading.table(&NOTICES, |row| {
        let body = row.text("body");
        check_places(row, &body);
        Notice {
            id: row.own("id"),
            title: row.text("title"),
            body,
            clause: row.refer("clause", clauses, "clauses.csv"),
            drafts: row.drafts(),
        }
    })
}

pub fn read_conduct(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Conduct> {
    reading.table(&CONDUCT, |row| Conduct {
        id: row.own("id"),
        audience: row.one_of("audience", AUDIENCES),
        title: row.text("title"),
        text: row.text("text"),
        clause: row.refer("clause", clauses, "clauses.csv"),
        drafts: row.drafts(),
    })
}

/// A person must learn the same in every language, and nobody should read a raw `{place}`.
fn check_places(row: &Row, body: &Text) {
    let mut first: Option<Vec<&str>> = None;
    for (lang, words) in body.all() {
        let column = format!("body_{lang}");
        let mut places: Vec<&str> = vec![];
        for piece in words.split('{').skip(1) {
            match piece.split_once('}') {
                Some((place, _)) => places.push(place),
                None => row.fault(&column, "has a { without its }"),
            }
        }
        places.sort_unstable();
        places.dedup();
        for place in places.iter().filter(|place| !PLACES.contains(place)) {
            row.fault(&column, format!("{{{place}}} is not known: use one of {}", PLACES.join(", ")));
        }
        match &first {
            None => first = Some(places),
            Some(wanted) if *wanted != places => {
                row.fault(&column, format!("must use the same places as the first language: {}", wanted.join(", ")));
            }
            Some(_) => {}
        }
    }
}
