//! Roles and the rights they carry. Rights are what routes and rules ask for; roles are what people are given.
use ground::ctx::Right;

pub const DRAFT_POSTS: Right = Right("draft-posts");
pub const APPROVE_POSTS: Right = Right("approve-posts");
pub const WITHDRAW_POSTS: Right = Right("withdraw-posts");
pub const WRITE_PLANS: Right = Right("write-plans");
pub const APPROVE_PLANS: Right = Right("approve-plans");
pub const REQUEST_ACCOUNTS: Right = Right("request-accounts");
pub const APPROVE_ACCOUNTS: Right = Right("approve-accounts");
pub const ANSWER_MESSAGES: Right = Right("answer-messages");
/// Answers of whoever holds only `ANSWER_MESSAGES` wait for approval; with this right they go out at once.
pub const ANSWER_WITHOUT_APPROVAL: Right = Right("answer-without-approval");
pub const MODERATE: Right = Right("moderate");
pub const DECIDE_APPEALS: Right = Right("decide-appeals");
pub const READ_RECORDS: Right = Right("read-records");
pub const MANAGE_PEOPLE: Right = Right("manage-people");
/// To decide about roles others asked for.
pub const APPROVE_ROLES: Right = Right("approve-roles");
pub use crate::agencies::MANAGE_AGENCIES;
pub use crate::shell::MANAGE_SYSTEM;
/// To say how an agency keeps the policy, where that cannot be computed.
pub const ATTEST: Right = Right("attest");
pub use crate::policy::OVERSEE;
/// To see the work of an agency at its desk.
pub const SEE_DESK: Right = Right("see-desk");

/// What somebody is given to do: it carries rights.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Lead,
    Author,
    Approver,
    Moderator,
    Records,
    Oversight,
    Administrator,
}

impl Role {
    pub const ALL: [Role; 7] = [
        Role::Lead,
        Role::Author,
        Role::Approver,
        Role::Moderator,
        Role::Records,
        Role::Oversight,
        Role::Administrator,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Role::Lead => "lead",
            Role::Author => "author",
            Role::Approver => "approver",
            Role::Moderator => "moderator",
            Role::Records => "records",
            Role::Oversight => "oversight",
            Role::Administrator => "administrator",
        }
    }
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Role::Lead => "people-role-lead",
            Role::Author => "people-role-author",
            Role::Approver => "people-role-approver",
            Role::Moderator => "people-role-moderator",
            Role::Records => "people-role-records",
            Role::Oversight => "people-role-oversight",
            Role::Administrator => "people-role-administrator",
        }
    }
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.code() == code)
    }
    /// Held for the whole government, never for one agency.
    pub fn national(self) -> bool {
        matches!(self, Role::Oversight | Role::Administrator)
    }
    /// Decides about what others do, may, or appeal against.
    pub fn decides(self) -> bool {
        self.national() || self.rights().iter().any(|right| DECIDING.contains(right))
    }
    pub fn rights(self) -> &'static [Right] {
        match self {
            Role::Lead => &[
                SEE_DESK,
                APPROVE_POSTS,
                WITHDRAW_POSTS,
                WRITE_PLANS,
                APPROVE_PLANS,
                REQUEST_ACCOUNTS,
                APPROVE_ACCOUNTS,
                ANSWER_MESSAGES,
                ANSWER_WITHOUT_APPROVAL,
                DECIDE_APPEALS,
                MANAGE_PEOPLE,
                APPROVE_ROLES,
                READ_RECORDS,
                ATTEST,
            ],
            Role::Author => &[SEE_DESK, DRAFT_POSTS, WRITE_PLANS, REQUEST_ACCOUNTS, ANSWER_MESSAGES],
            Role::Approver => &[SEE_DESK, APPROVE_POSTS, WITHDRAW_POSTS, ANSWER_MESSAGES, ANSWER_WITHOUT_APPROVAL],
            Role::Moderator => &[SEE_DESK, MODERATE, ANSWER_MESSAGES],
            Role::Records => &[SEE_DESK, READ_RECORDS],
            Role::Oversight => &[SEE_DESK, READ_RECORDS, DECIDE_APPEALS, APPROVE_ROLES, MANAGE_AGENCIES, OVERSEE],
            Role::Administrator => &[MANAGE_PEOPLE, APPROVE_ROLES, MANAGE_AGENCIES, MANAGE_SYSTEM],
        }
    }
}

const DECIDING: &[Right] =
    &[APPROVE_POSTS, APPROVE_PLANS, APPROVE_ACCOUNTS, APPROVE_ROLES, MANAGE_PEOPLE, DECIDE_APPEALS];

/// What whoever works for an agency may also do about those it took over from: look after what is left, never begin anew.
pub const INHERITED: &[Right] = &[
    SEE_DESK,
    READ_RECORDS,
    APPROVE_POSTS,
    WITHDRAW_POSTS,
    ANSWER_MESSAGES,
    ANSWER_WITHOUT_APPROVAL,
    MODERATE,
    DECIDE_APPEALS,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_code() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
            assert!(!role.rights().is_empty());
        }
        assert_eq!(Role::parse("king"), None);
    }

    #[test]
    fn who_writes_does_not_approve() {
        assert!(!Role::Author.rights().contains(&APPROVE_POSTS));
        assert!(!Role::Approver.rights().contains(&DRAFT_POSTS));
        assert!(!Role::Administrator.rights().contains(&SEE_DESK), "who runs the machine does not read the work");
    }
}
