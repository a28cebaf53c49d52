//! Separation of duties, as data: which two roles no one person may hold in one agency, each pair with its reason. A role
//! over the whole government counts in every agency.
use super::roles::Role;

pub struct Apart {
    pub one: Role,
    pub other: Role,
    /// The reason, as a word.
    pub why: &'static str,
}

const fn apart(one: Role, other: Role, why: &'static str) -> Apart {
    Apart { one, other, why }
}

pub const APART: &[Apart] = &[
    apart(Role::Author, Role::Approver, "people-apart-writes-approves"),
    apart(Role::Author, Role::Lead, "people-apart-writes-approves"),
    apart(Role::Moderator, Role::Lead, "people-apart-appeals"),
    apart(Role::Moderator, Role::Oversight, "people-apart-appeals"),
    apart(Role::Moderator, Role::Records, "people-apart-snapshots"),
    apart(Role::Administrator, Role::Oversight, "people-apart-oversees-itself"),
    apart(Role::Administrator, Role::Lead, "people-apart-machine"),
    apart(Role::Administrator, Role::Author, "people-apart-machine"),
    apart(Role::Administrator, Role::Approver, "people-apart-machine"),
    apart(Role::Administrator, Role::Moderator, "people-apart-machine"),
    apart(Role::Administrator, Role::Records, "people-apart-traces"),
    apart(Role::Oversight, Role::Lead, "people-apart-oversees-itself"),
    apart(Role::Oversight, Role::Author, "people-apart-oversees-itself"),
    apart(Role::Oversight, Role::Approver, "people-apart-oversees-itself"),
];

/// Why these two may not meet in one person, if they may not.
pub fn why_apart(a: Role, b: Role) -> Option<&'static str> {
    APART.iter().find(|p| (p.one, p.other) == (a, b) || (p.other, p.one) == (a, b)).map(|p| p.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_two_roles_and_stand_once() {
        for (i, p) in APART.iter().enumerate() {
            assert_ne!(p.one, p.other);
            assert_eq!(why_apart(p.other, p.one), Some(p.why));
            let again = |q: &Apart| (q.one, q.other) == (p.one, p.other) || (q.one, q.other) == (p.other, p.one);
            assert_eq!(APART.iter().filter(|q| again(q)).count(), 1, "pair {i} stands twice");
        }
        assert_eq!(why_apart(Role::Approver, Role::Moderator), None);
    }
}
