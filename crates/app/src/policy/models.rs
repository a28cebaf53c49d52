//! What plans choose from, and the model each kind of agency starts its plan with.
use super::agency::Kind;
use super::catalogue::{Metric, Risk};
use super::planning::{Aim, AimKind, PlanPart};
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Row, Shape};
use super::text::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceKind {
    /// A cross-cutting issue.
    Issue,
    /// A way to reach people, on social media or not.
    Channel,
}

#[derive(Debug, Clone)]
pub struct Choice {
    pub id: String,
    pub kind: ChoiceKind,
    pub title: Text,
    pub drafts: Vec<String>,
}

/// One line of a model plan.
#[derive(Debug, Clone)]
pub struct Model {
    pub id: String,
    /// The kinds of agency it is for; none: all.
    pub kinds: Vec<String>,
    pub piece: Piece,
    pub text: Text,
    pub drafts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// The words of a part.
    Part(String),
    Goal {
        objective: String,
        aims: Vec<String>,
        measure: String,
        unit: String,
        from: i64,
        to: i64,
        participation: bool,
    },
    Audience {
        channels: Vec<String>,
    },
    Issue(String),
    Risk(String),
    Resource(Resource, i64),
    /// The goal it serves, and days after the term begins.
    Action {
        goal: String,
        days: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A week, all people together.
    Hours,
    People,
    /// A year, in the currency of the country.
    Money,
    /// In words.
    Training,
}

impl Keyed for Choice {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Model {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Model {
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|k| k == kind)
    }
}

const CHOICES: Shape =
    Shape { file: "plan_choices.csv", key: "id", columns: &["id", "kind"], texts: &["title"], language_status: true };
const MODELS: Shape = Shape {
    file: "plan_models.csv",
    key: "id",
    columns: &["id", "kinds", "piece", "ref", "aims", "measure", "unit", "from", "to", "participation", "channels"],
    texts: &["text"],
    language_status: true,
};
const CHOICE_KINDS: &[(&str, ChoiceKind)] = &[("issue", ChoiceKind::Issue), ("channel", ChoiceKind::Channel)];
const PIECES: &[(&str, &str)] = &[
    ("part", "part"),
    ("goal", "goal"),
    ("audience", "audience"),
    ("issue", "issue"),
    ("risk", "risk"),
    ("resource", "resource"),
    ("action", "action"),
];
const RESOURCES: &[(&str, Resource)] = &[
    ("hours", Resource::Hours),
    ("people", Resource::People),
    ("money", Resource::Money),
    ("training", Resource::Training),
];
const MOST: i64 = 1_000_000_000;

/// What a model may name.
pub struct Known<'k> {
    pub kinds: &'k Shelf<Kind>,
    pub parts: &'k Shelf<PlanPart>,
    pub aims: &'k Shelf<Aim>,
    pub metrics: &'k Shelf<Metric>,
    pub risks: &'k Shelf<Risk>,
    pub choices: &'k Shelf<Choice>,
}

pub fn read_choices(reading: &Reading) -> Lined<Choice> {
    reading.table(&CHOICES, |row| Choice {
        id: row.own("id"),
        kind: row.one_of("kind", CHOICE_KINDS),
        title: row.text("title"),
        drafts: row.drafts(),
    })
}

pub fn read_models(reading: &Reading, known: &Known) -> Lined<Model> {
    let models = reading.table(&MODELS, |row| Model {
        id: row.own("id"),
        kinds: row.refer_all("kinds", known.kinds, "kinds.csv"),
        piece: piece(row, known),
        text: row.text("text"),
        drafts: row.drafts(),
    });
    for model in models.shelf.iter() {
        let Piece::Action { goal, .. } = &model.piece else { continue };
        if !models.shelf.iter().any(|m| m.id == *goal && matches!(m.piece, Piece::Goal { .. })) {
            reading.fault(models.fault(model, "ref", format!("\"{goal}\" is not a goal of this file")));
        }
    }
    models
}

fn piece(row: &Row, known: &Known) -> Piece {
    match row.one_of("piece", PIECES) {
        "part" => Piece::Part(row.refer("ref", known.parts, "plan_parts.csv")),
        "goal" => Piece::Goal {
            objective: objective(row, known.aims),
            aims: row.refer_all("aims", known.aims, "gnh.csv"),
            measure: row.refer("measure", known.metrics, "metrics.csv"),
            unit: row.own("unit"),
            from: row.whole("from", 0..=MOST),
            to: row.whole("to", 0..=MOST),
            participation: row.yes("participation"),
        },
        "audience" => {
            let channels = row.refer_all("channels", known.choices, "plan_choices.csv");
            of_kind(row, "channels", &channels, known.choices, ChoiceKind::Channel);
            Piece::Audience { channels }
        }
        "issue" => {
            let issue = row.refer("ref", known.choices, "plan_choices.csv");
            of_kind(row, "ref", std::slice::from_ref(&issue), known.choices, ChoiceKind::Issue);
            Piece::Issue(issue)
        }
        "risk" => Piece::Risk(row.refer("ref", known.risks, "risks.csv")),
        "action" => Piece::Action { goal: row.must("ref"), days: row.whole("to", 1..=3650) },
        _ => {
            let resource = row.one_of("ref", RESOURCES);
            let much = if resource == Resource::Training { 0 } else { row.whole("to", 0..=MOST) };
            Piece::Resource(resource, much)
        }
    }
}

fn objective(row: &Row, aims: &Shelf<Aim>) -> String {
    let id = row.refer("ref", aims, "gnh.csv");
    if aims.find(&id).is_some_and(|aim| aim.kind != AimKind::Objective) {
        row.fault("ref", format!("\"{id}\" is not an objective of the policy"));
    }
    id
}

fn of_kind(row: &Row, column: &str, ids: &[String], choices: &Shelf<Choice>, kind: ChoiceKind) {
    for id in ids.iter().filter(|id| choices.find(id).is_some_and(|c| c.kind != kind)) {
        row.fault(column, format!("\"{id}\" is of another kind in plan_choices.csv"));
    }
}
