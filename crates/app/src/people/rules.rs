//! Who may be given what.
use super::duties::why_apart;
use super::roles::{self, APPROVE_ROLES, Role};
use ground::ctx::{Actor, Who};
use ground::error::{Arg, all_or_nothing};
use ground::{Refusal, Result, Say};

/// A role somebody holds now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    pub role: Role,
    pub agency: Option<i64>,
}

pub struct Wanted {
    pub person: i64,
    pub role: Role,
    pub agency: Option<i64>,
    pub purpose: String,
    /// When it begins; `None`: with the approval.
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// Giving a role to somebody else.
pub fn may_grant(actor: &Actor, wanted: &Wanted, held: &[Held], now: i64) -> Result<()> {
    let mut no = vec![];
    if !manages(actor, wanted.agency) {
        no.push(Refusal::new("not-yours", Say::new("people-refused-not-yours")));
    }
    if actor.who == Who::Person(wanted.person) {
        no.push(Refusal::new("own-role", Say::new("people-refused-own-role")).clause("P6.2-CS2"));
    }
    no.extend(unfit(wanted, held, now));
    all_or_nothing(no)
}

/// Asking for a role: for oneself in the own agency, or for somebody of an agency whose people one manages.
pub fn may_ask(actor: &Actor, wanted: &Wanted, home: Option<i64>, held: &[Held], now: i64) -> Result<()> {
    let mut no = vec![];
    let own = actor.who == Who::Person(wanted.person) && wanted.agency.is_some() && wanted.agency == home;
    if !own && !manages(actor, wanted.agency) {
        no.push(Refusal::new("not-yours", Say::new("people-refused-not-yours")));
    }
    no.extend(unfit(wanted, held, now));
    all_or_nothing(no)
}

/// What becomes of a role that a group of the sign-in provider stands for.
#[derive(Debug, PartialEq)]
pub enum ByGroup {
    Given,
    /// Somebody decides about it, as about every request.
    Asked,
}

/// Whoever runs the program says what a group stands for, whoever runs the provider puts people into it: two, as everywhere. That
/// does for roles that do work which others look at. Who decides about others is still approved by somebody here.
pub fn by_group(wanted: &Wanted, held: &[Held], now: i64) -> Result<ByGroup> {
    all_or_nothing(unfit(wanted, held, now))?;
    Ok(if wanted.role.decides() { ByGroup::Asked } else { ByGroup::Given })
}

/// What speaks against a role, whoever gives it. `held` is what the person holds, will hold or has asked for.
fn unfit(wanted: &Wanted, held: &[Held], now: i64) -> Vec<Refusal> {
    let mut no = vec![];
    if wanted.role.national() != wanted.agency.is_none() {
        no.push(Refusal::new("wrong-scope", Say::new("people-refused-scope")).field("agency"));
    }
    let length = wanted.purpose.trim().chars().count();
    if length == 0 {
        no.push(Refusal::new("no-purpose", Say::new("people-refused-purpose")).field("purpose").clause("P6.2-CS2"));
    } else if length > 500 {
        no.push(Refusal::new("long-purpose", Say::new("people-refused-purpose-long")).field("purpose"));
    }
    if wanted.until.is_some_and(|until| until <= now) {
        no.push(Refusal::new("past-term", Say::new("people-refused-term")).field("until"));
    }
    if wanted.from.zip(wanted.until).is_some_and(|(from, until)| until <= from) {
        no.push(Refusal::new("no-term", Say::new("people-refused-order")).field("until"));
    }
    for other in held.iter().filter(|h| meets(h, wanted.agency)) {
        if other.role == wanted.role && other.agency == wanted.agency {
            no.push(Refusal::new("has-it", Say::new("people-refused-has-it")).field("role"));
        }
    }
    no.extend(toxic(wanted.role, wanted.agency, held));
    no
}

fn meets(held: &Held, agency: Option<i64>) -> bool {
    held.agency == agency || held.agency.is_none() || agency.is_none()
}

/// The roles that this one may not meet in one person.
pub fn toxic(role: Role, agency: Option<i64>, held: &[Held]) -> Vec<Refusal> {
    let against = |other: &Held| {
        let why = why_apart(role, other.role)?;
        let say =
            Say::new("people-refused-toxic").arg("other", Arg::Word(other.role.word())).arg("why", Arg::Word(why));
        Some(Refusal::new("separation-of-duties", say).clause("P6.2-AP8").field("role"))
    };
    held.iter().filter(|h| meets(h, agency)).filter_map(against).collect()
}

/// A role that was asked for, as whoever decides sees it.
pub struct Asked {
    pub person: i64,
    pub role: Role,
    pub agency: Option<i64>,
    /// `person:12`
    pub asked_by: String,
    pub waits: bool,
}

/// Who may decide about a role: the lead of its agency; about leads and roles over the whole government only those who
/// serve the whole government.
pub fn decides(actor: &Actor, role: Role, agency: Option<i64>) -> bool {
    match agency {
        Some(agency) if role != Role::Lead => actor.may(APPROVE_ROLES, agency),
        _ => actor.may_everywhere(APPROVE_ROLES),
    }
}

/// Whether this one may decide this request: never who asked, never who gets it.
pub fn may_decide(actor: &Actor, asked: &Asked) -> Result<()> {
    let mut no = vec![];
    if !decides(actor, asked.role, asked.agency) {
        no.push(Refusal::new("not-yours", Say::new("people-refused-not-decider")).clause("P6.2-CS2"));
    }
    if actor.label() == asked.asked_by {
        no.push(Refusal::new("self-approval", Say::new("people-refused-self-approval")).clause("P6.2-AP8"));
    }
    if actor.who == Who::Person(asked.person) {
        no.push(Refusal::new("own-role", Say::new("people-refused-own-role")).clause("P6.2-AP8"));
    }
    if !asked.waits {
        no.push(Refusal::new("decided", Say::new("people-refused-decided")));
    }
    all_or_nothing(no)
}

/// Whether this one may give somebody their access back: it takes a second person beside whoever asked.
pub fn may_recover(actor: &Actor, person: i64, asked_by: &str) -> Result<()> {
    let mut no = vec![];
    if actor.label() == asked_by {
        no.push(Refusal::new("self-approval", Say::new("people-refused-self-approval")).clause("P6.2-CS5"));
    }
    if actor.who == Who::Person(person) {
        no.push(Refusal::new("own-account", Say::new("people-refused-own-account")).clause("P6.2-CS5"));
    }
    all_or_nothing(no)
}

/// Ending a role. The last administrator would end themselves, so none may.
pub fn may_end(actor: &Actor, person: i64, role: &str, agency: Option<i64>) -> Result<()> {
    if !manages(actor, agency) {
        return Err(ground::Error::not_allowed());
    }
    if actor.who == Who::Person(person) && role == Role::Administrator.code() {
        let say = Say::new("people-refused-own-administrator");
        return Err(ground::Error::refused(vec![Refusal::new("own-administrator", say)]));
    }
    Ok(())
}

/// Who can suspend somebody or give them a new password can act for them or stop them in every role: it takes the
/// right over all those roles, and never over oneself.
pub fn may_handle(actor: &Actor, person: i64, held: &[Held]) -> Result<()> {
    let mut no = vec![];
    if actor.who == Who::Person(person) {
        no.push(Refusal::new("own-account", Say::new("people-refused-own-account")));
    }
    for beyond in held.iter().filter(|h| !manages(actor, h.agency)) {
        let say = Say::new("people-refused-beyond").arg("role", ground::error::Arg::Word(beyond.role.word()));
        no.push(Refusal::new("beyond", say));
    }
    all_or_nothing(no)
}

/// Whether the actor manages the people of this agency (`None`: of the whole government).
pub fn manages(actor: &Actor, agency: Option<i64>) -> bool {
    match agency {
        Some(agency) => actor.may(roles::MANAGE_PEOPLE, agency),
        None => actor.may_everywhere(roles::MANAGE_PEOPLE),
    }
}

/// At least ten characters; long ones need no symbols (NIST SP 800-63B).
pub fn check_password(password: &str, name: &str, email: &str) -> Option<Say> {
    let lower = password.to_lowercase();
    let own = email.split('@').next().unwrap_or_default().to_lowercase();
    if password.chars().count() < 10 {
        Some(Say::new("people-password-short"))
    } else if password.len() > 500 {
        Some(Say::new("people-password-long"))
    } else if (own.len() > 3 && lower.contains(&own)) || (!name.is_empty() && lower == name.to_lowercase()) {
        Some(Say::new("people-password-own"))
    } else if lower.chars().collect::<std::collections::BTreeSet<_>>().len() < 4 {
        Some(Say::new("people-password-simple"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::Grant;

    fn lead() -> Actor {
        let mut a = Actor::new(Who::Person(1), "Lead");
        a.grants = vec![Grant { right: roles::MANAGE_PEOPLE, scope: Some(7) }];
        a
    }
    fn wanted(role: Role, agency: Option<i64>) -> Wanted {
        Wanted { person: 2, role, agency, purpose: "health campaign".into(), from: None, until: None }
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.err().map(|e| e.refusals().iter().map(|r| r.code).collect()).unwrap_or_default()
    }

    #[test]
    fn a_lead_grants_in_the_own_agency_only() {
        assert!(codes(may_grant(&lead(), &wanted(Role::Author, Some(7)), &[], 0)).is_empty());
        assert_eq!(codes(may_grant(&lead(), &wanted(Role::Author, Some(8)), &[], 0)), ["not-yours"]);
        assert_eq!(codes(may_grant(&lead(), &wanted(Role::Oversight, None), &[], 0)), ["not-yours"]);
    }

    #[test]
    fn toxic_pairs_and_own_roles_are_refused_with_every_reason() {
        let held = [Held { role: Role::Author, agency: Some(7) }];
        assert_eq!(codes(may_grant(&lead(), &wanted(Role::Approver, Some(7)), &held, 0)), ["separation-of-duties"]);
        let mut own = wanted(Role::Author, Some(7));
        (own.person, own.purpose, own.until) = (1, " ".into(), Some(5));
        let all = codes(may_grant(&lead(), &own, &held, 9));
        assert_eq!(all, ["own-role", "no-purpose", "past-term", "has-it"]);
        (own.from, own.until) = (Some(20), Some(15));
        assert!(codes(may_grant(&lead(), &own, &[], 9)).contains(&"no-term"));
        let elsewhere = [Held { role: Role::Author, agency: Some(8) }];
        assert!(codes(may_grant(&lead(), &wanted(Role::Approver, Some(7)), &elsewhere, 0)).is_empty());
    }

    #[test]
    fn a_group_gives_work_and_asks_for_power() {
        for (role, agency, comes) in [
            (Role::Author, Some(7), ByGroup::Given),
            (Role::Moderator, Some(7), ByGroup::Given),
            (Role::Records, Some(7), ByGroup::Given),
            (Role::Approver, Some(7), ByGroup::Asked),
            (Role::Lead, Some(7), ByGroup::Asked),
            (Role::Oversight, None, ByGroup::Asked),
            (Role::Administrator, None, ByGroup::Asked),
        ] {
            assert_eq!(by_group(&wanted(role, agency), &[], 0).unwrap(), comes, "{role:?}");
        }
        let held = [Held { role: Role::Approver, agency: Some(7) }];
        let apart = by_group(&wanted(Role::Author, Some(7)), &held, 0).map(|_| ());
        assert_eq!(codes(apart), ["separation-of-duties"]);
    }

    #[test]
    fn somebody_else_who_may_decides() {
        let asked =
            |role, agency, asked_by: &str| Asked { person: 2, role, agency, asked_by: asked_by.into(), waits: true };
        let mut lead = lead();
        lead.grants.push(Grant { right: APPROVE_ROLES, scope: Some(7) });
        assert!(may_decide(&lead, &asked(Role::Author, Some(7), "person:3")).is_ok());
        assert_eq!(codes(may_decide(&lead, &asked(Role::Author, Some(7), "person:1"))), ["self-approval"]);
        assert_eq!(codes(may_decide(&lead, &asked(Role::Author, Some(8), "person:3"))), ["not-yours"]);
        assert_eq!(codes(may_decide(&lead, &asked(Role::Lead, Some(7), "person:3"))), ["not-yours"]);
        let mut oversight = Actor::new(Who::Person(2), "Oversight");
        oversight.grants = vec![Grant { right: APPROVE_ROLES, scope: None }];
        assert_eq!(codes(may_decide(&oversight, &asked(Role::Lead, Some(7), "person:3"))), ["own-role"]);
        let own = Wanted { person: 2, ..wanted(Role::Author, Some(7)) };
        let me = Actor::new(Who::Person(2), "Pema");
        assert!(may_ask(&me, &own, Some(7), &[], 0).is_ok());
        assert_eq!(codes(may_ask(&me, &own, Some(8), &[], 0)), ["not-yours"]);
        assert_eq!(codes(may_ask(&me, &wanted(Role::Administrator, None), None, &[], 0)), ["not-yours"]);
    }

    #[test]
    fn nobody_takes_over_roles_they_do_not_manage() {
        let held = [Held { role: Role::Author, agency: Some(7) }, Held { role: Role::Oversight, agency: None }];
        assert_eq!(codes(may_handle(&lead(), 2, &held)), ["beyond"]);
        assert_eq!(codes(may_handle(&lead(), 1, &held[..1])), ["own-account"]);
        assert!(may_handle(&lead(), 2, &held[..1]).is_ok());
    }

    #[test]
    fn one_administrator_always_remains() {
        let mut a = Actor::new(Who::Person(1), "Administrator");
        a.grants = vec![Grant { right: roles::MANAGE_PEOPLE, scope: None }];
        assert_eq!(codes(may_end(&a, 1, "administrator", None)), ["own-administrator"]);
        assert!(may_end(&a, 2, "administrator", None).is_ok());
        assert!(may_end(&lead(), 2, "author", Some(8)).is_err());
    }

    #[test]
    fn weak_passwords_are_named() {
        for (password, key) in [
            ("short", "people-password-short"),
            ("pema.wangmo!", "people-password-own"),
            ("aaaaaaaaaaaa", "people-password-simple"),
        ] {
            assert_eq!(check_password(password, "Pema", "pema.wangmo@moh.example").map(|s| s.key), Some(key));
        }
        assert_eq!(check_password("four blue poppies", "Pema", "pema@moh.example"), None);
    }
}
