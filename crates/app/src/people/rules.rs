//! Who may be given what.
use super::roles::{self, Role};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::{Refusal, Result, Say};

/// Pairs of roles no one person may hold in one agency: who writes must not approve.
pub const TOXIC: &[(Role, Role)] = &[
    (Role::Author, Role::Approver),
    (Role::Author, Role::Lead),
    (Role::Administrator, Role::Oversight),
    (Role::Moderator, Role::Lead),
];

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
    pub until: Option<i64>,
}

pub fn may_grant(actor: &Actor, wanted: &Wanted, held: &[Held], now: i64) -> Result<()> {
    let mut no = vec![];
    if !manages(actor, wanted.agency) {
        no.push(Refusal::new("not-yours", Say::new("people-refused-not-yours")));
    }
    if actor.who == ground::ctx::Who::Person(wanted.person) {
        no.push(Refusal::new("own-role", Say::new("people-refused-own-role")).clause("P6.2-AM1"));
    }
    if wanted.role.national() != wanted.agency.is_none() {
        no.push(Refusal::new("wrong-scope", Say::new("people-refused-scope")).field("agency"));
    }
    if wanted.purpose.trim().is_empty() {
        no.push(Refusal::new("no-purpose", Say::new("people-refused-purpose")).field("purpose"));
    }
    if wanted.until.is_some_and(|until| until <= now) {
        no.push(Refusal::new("past-term", Say::new("people-refused-term")).field("until"));
    }
    let same = |h: &Held| h.agency == wanted.agency || h.agency.is_none() || wanted.agency.is_none();
    for other in held.iter().filter(|h| same(h)) {
        if other.role == wanted.role && other.agency == wanted.agency {
            no.push(Refusal::new("has-it", Say::new("people-refused-has-it")).field("role"));
        }
        let pair = (wanted.role, other.role);
        if TOXIC.iter().any(|t| *t == pair || (t.1, t.0) == pair) {
            let say = Say::new("people-refused-toxic").arg("other", ground::error::Arg::Word(other.role.word()));
            no.push(Refusal::new("separation-of-duties", say).clause("P6.2-AM1").field("role"));
        }
    }
    all_or_nothing(no)
}

/// Ending a role. The last administrator would end themselves, so none may.
pub fn may_end(actor: &Actor, person: i64, role: &str, agency: Option<i64>) -> Result<()> {
    if !manages(actor, agency) {
        return Err(ground::Error::not_allowed());
    }
    if actor.who == ground::ctx::Who::Person(person) && role == Role::Administrator.code() {
        let say = Say::new("people-refused-own-administrator");
        return Err(ground::Error::refused(vec![Refusal::new("own-administrator", say)]));
    }
    Ok(())
}

/// Who can suspend somebody or give them a new password can act for them or stop them in every role: it takes the
/// right over all those roles, and never over oneself.
pub fn may_handle(actor: &Actor, person: i64, held: &[Held]) -> Result<()> {
    let mut no = vec![];
    if actor.who == ground::ctx::Who::Person(person) {
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
    use ground::ctx::{Grant, Who};

    fn lead() -> Actor {
        let mut a = Actor::new(Who::Person(1), "Lead");
        a.grants = vec![Grant { right: roles::MANAGE_PEOPLE, scope: Some(7) }];
        a
    }
    fn wanted(role: Role, agency: Option<i64>) -> Wanted {
        Wanted { person: 2, role, agency, purpose: "health campaign".into(), until: None }
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
        let elsewhere = [Held { role: Role::Author, agency: Some(8) }];
        assert!(codes(may_grant(&lead(), &wanted(Role::Approver, Some(7)), &elsewhere, 0)).is_empty());
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
