//! What a plan is made of, what it serves, and who answers for what.
use super::agency::Agency;
use super::agency::Certainty;
use super::clause::Clause;
use super::shelf::{Keyed, Shelf};
use super::table::{Lined, Reading, Shape};
use super::text::Text;
use jiff::civil::Date;

/// A part every plan must have.
#[derive(Debug, Clone)]
pub struct PlanPart {
    pub id: String,
    pub title: Text,
    pub guidance: Text,
    pub clause: String,
    pub drafts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AimKind {
    Pillar,
    Domain,
    /// One of the objectives the policy sets for the use of social media; its id is that of the clause.
    Objective,
}

/// A pillar or a domain of the country's highest aim (Gross National Happiness in Bhutan), or an objective of the policy.
#[derive(Debug, Clone)]
pub struct Aim {
    pub id: String,
    pub kind: AimKind,
    pub title: Text,
    pub drafts: Vec<String>,
}

/// A role a person may hold, in the words of the country. What a role may do is the program's.
#[derive(Debug, Clone)]
pub struct Role {
    pub id: String,
    pub title: Text,
    pub does: Text,
    pub strong_sign_in: bool,
    pub clause: String,
    pub drafts: Vec<String>,
}

/// Which agency carried a duty of the policy from when to when. The policy names ministries that are gone.
#[derive(Debug, Clone)]
pub struct DutyHolder {
    pub id: String,
    pub duty: String,
    pub agency: String,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub certainty: Certainty,
    pub note: String,
}

impl DutyHolder {
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day < until)
    }
}

impl Keyed for PlanPart {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Aim {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for Role {
    fn key(&self) -> &str {
        &self.id
    }
}
impl Keyed for DutyHolder {
    fn key(&self) -> &str {
        &self.id
    }
}

const PARTS: Shape = Shape {
    file: "plan_parts.csv",
    key: "id",
    columns: &["id", "clause"],
    texts: &["title", "guidance"],
    language_status: true,
};
const AIMS: Shape =
    Shape { file: "gnh.csv", key: "id", columns: &["id", "kind"], texts: &["title"], language_status: true };
const ROLES: Shape = Shape {
    file: "roles.csv",
    key: "id",
    columns: &["id", "strong_sign_in", "clause"],
    texts: &["title", "does"],
    language_status: true,
};
const HOLDERS: Shape = Shape {
    file: "duty_holders.csv",
    key: "id",
    columns: &["id", "duty", "agency_code", "valid_from", "valid_until", "certainty", "note"],
    texts: &[],
    language_status: false,
};
const AIM_KINDS: &[(&str, AimKind)] =
    &[("pillar", AimKind::Pillar), ("domain", AimKind::Domain), ("objective", AimKind::Objective)];
/// The program has these roles; a pack gives them names.
const ROLE_IDS: &[&str] = &["lead", "author", "approver", "moderator", "records", "oversight", "administrator"];

pub fn read_parts(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<PlanPart> {
    reading.table(&PARTS, |row| PlanPart {
        id: row.own("id"),
        title: row.text("title"),
        guidance: row.text("guidance"),
        clause: row.refer("clause", clauses, "clauses.csv"),
        drafts: row.drafts(),
    })
}

pub fn read_aims(reading: &Reading) -> Lined<Aim> {
    reading.table(&AIMS, |row| Aim {
        id: row.own("id"),
        kind: row.one_of("kind", AIM_KINDS),
        title: row.text("title"),
        drafts: row.drafts(),
    })
}

pub fn read_roles(reading: &Reading, clauses: &Shelf<Clause>) -> Lined<Role> {
    let roles = reading.table(&ROLES, |row| {
        let id = row.own("id");
        if !ROLE_IDS.contains(&id.as_str()) {
            row.fault("id", format!("\"{id}\" is not a role of the program: {}", ROLE_IDS.join(", ")));
        }
        Role {
            id,
            title: row.text("title"),
            does: row.text("does"),
            strong_sign_in: row.yes("strong_sign_in"),
            clause: row.refer("clause", clauses, "clauses.csv"),
            drafts: row.drafts(),
        }
    });
    for missing in ROLE_IDS.iter().filter(|id| !roles.shelf.has(id)) {
        reading.fault(super::PackError::new(roles.file, format!("has no row for the role \"{missing}\"")));
    }
    roles
}

pub fn read_holders(reading: &Reading, agencies: &Shelf<Agency>) -> Lined<DutyHolder> {
    reading.table(&HOLDERS, |row| DutyHolder {
        id: row.own("id"),
        duty: row.must("duty"),
        agency: row.refer("agency_code", agencies, "agencies.csv"),
        valid_from: row.date("valid_from"),
        valid_until: row.date("valid_until"),
        certainty: row.one_of("certainty", super::agency::CERTAINTIES),
        note: row.own("note"),
    })
}
