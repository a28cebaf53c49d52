//! Who plays: one person for every role, and a few more where an agency needs its own.
use crate::people::{self, Appointment, NewPerson, Role, WantedRole, acting_as};
use ground::clock::DAY;
use ground::{Ctx, Result};
use serde::{Deserialize, Serialize};

/// Somebody the demonstration lets one sign in as.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    /// A role's code, `clerk` (who writes for a gewog), or `citizen`.
    pub role: String,
    pub id: i64,
    pub name: String,
    pub email: String,
    /// Empty for a citizen, who signs in with a link sent by mail.
    pub password: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cast {
    pub members: Vec<Member>,
}

/// A person on stage.
pub struct Officer {
    pub cx: Ctx,
}

const WORDS: [&str; 16] = [
    "poppy", "takin", "raven", "cypress", "chorten", "valley", "river", "saffron", "cedar", "yak", "pass", "bridge",
    "barley", "maple", "crane", "lantern",
];

/// Four words and a number: easy to type, made anew for every data folder.
fn password(cx: &Ctx) -> String {
    let bytes = cx.machine.ids.secret(6);
    let word = |i: usize| WORDS[usize::from(bytes.get(i).copied().unwrap_or(0)) % WORDS.len()];
    let number = bytes.iter().skip(4).fold(0u32, |n, b| n * 256 + u32::from(*b)) % 9000 + 1000;
    format!("demo-{}-{}-{}-{}-{number}", word(0), word(1), word(2), word(3))
}

/// Adds a person with a role. The program adds the first administrator; everybody else is added by somebody.
pub async fn enters(cast: &mut Cast, by: &Ctx, name: &str, agency: Option<i64>, role: Role) -> Result<Officer> {
    enters_as(cast, by, name, agency, (role, role.code())).await
}

/// The same, shown under a name of its own to whoever starts the demonstration.
pub async fn enters_as(
    cast: &mut Cast,
    by: &Ctx,
    name: &str,
    agency: Option<i64>,
    (role, shown): (Role, &str),
) -> Result<Officer> {
    let host = if role.national() { "gov" } else { "agency" };
    let email = format!("{}@{host}.example", name.to_lowercase().replace(' ', "."));
    let id = people::add_person(
        by,
        &NewPerson {
            agency,
            name: name.into(),
            email: email.clone(),
            employment: "civil-servant".into(),
            ..NewPerson::default()
        },
    )
    .await?;
    let password = password(by);
    people::give_password(&by.as_system(), id, &password).await?;
    let scope = if role.national() { None } else { agency };
    let purpose = "Demonstration: the daily work of this role".to_owned();
    people::grant_role(by, &WantedRole { person: id, role, agency: scope, purpose, from: None, until: None }).await?;
    if let (Role::Lead, Some(agency)) = (role, agency) {
        let (from, until) = (by.now(), by.now() + 3 * 365 * DAY);
        let (order_ref, grade) = (format!("Demonstration/{id}"), "P2".into());
        let order = Appointment { agency, person: id, order_ref, grade, from, until, deputy: None };
        people::appoint(by, &order).await?;
    }
    if let (Role::Lead | Role::Author, Some(agency)) = (role, agency) {
        people::record_training(by, agency, id, "Demonstration: first steps", by.now()).await?;
    }
    // The first of each is the one shown to whoever starts the demonstration.
    if cast.members.iter().all(|m| m.role != shown) {
        cast.members.push(Member { role: shown.into(), id, name: name.into(), email, password });
    }
    Ok(Officer { cx: acting_as(by, id).await? })
}
