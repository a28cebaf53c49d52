//! May this happen to an account?
use super::account::Account;
use crate::people::roles::{APPROVE_ACCOUNTS, REQUEST_ACCOUNTS};
use ground::ctx::{Actor, Right, Who};
use ground::error::all_or_nothing;
use ground::{Refusal, Result, Say};

/// What is known when an account is asked for.
pub struct Request<'a> {
    pub agency: i64,
    pub has_plan: bool,
    pub platform_known: bool,
    pub address_taken: bool,
    pub handle: &'a str,
}

fn yours(no: &mut Vec<Refusal>, actor: &Actor, right: Right, agency: i64) {
    if !actor.may(right, agency) {
        no.push(Refusal::new("not-yours", Say::new("accounts-refused-not-yours")));
    }
}

pub fn may_request(actor: &Actor, r: &Request) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, r.agency);
    if !r.has_plan {
        no.push(Refusal::new("no-plan", Say::new("accounts-refused-no-plan")).clause("P6.2-AM3"));
    }
    if !r.platform_known {
        no.push(
            Refusal::new("unknown-platform", Say::new("accounts-refused-platform"))
                .field("platform")
                .clause("P6.2-AM10"),
        );
    }
    if r.handle.trim().is_empty() {
        no.push(Refusal::new("no-handle", Say::new("accounts-refused-handle")).field("handle"));
    }
    if r.address_taken {
        no.push(Refusal::new("taken", Say::new("accounts-refused-taken")).field("url"));
    }
    all_or_nothing(no)
}

fn state(no: &mut Vec<Refusal>, account: &Account, allowed: &[&str]) {
    if !allowed.contains(&account.state.as_str()) {
        no.push(Refusal::new("wrong-state", Say::new("accounts-refused-state")));
    }
}

pub fn may_approve(actor: &Actor, account: &Account, has_plan: bool) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, APPROVE_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["requested"]);
    if actor.who == Who::Person(account.requested_by) {
        no.push(Refusal::new("self-approval", Say::new("accounts-refused-self")).clause("P6.2-AM3"));
    }
    if !has_plan {
        no.push(Refusal::new("no-plan", Say::new("accounts-refused-no-plan")).clause("P6.2-AM3"));
    }
    all_or_nothing(no)
}

pub fn may_connect(actor: &Actor, account: &Account) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["approved", "live"]);
    all_or_nothing(no)
}

pub fn may_close(actor: &Actor, account: &Account, reason: &str) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, APPROVE_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["requested", "approved", "live"]);
    if reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("accounts-refused-reason")).field("reason"));
    }
    all_or_nothing(no)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::Grant;

    fn actor(id: i64, right: Right) -> Actor {
        let mut a = Actor::new(Who::Person(id), "x");
        a.grants = vec![Grant { right, scope: Some(7) }];
        a
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.err().map(|e| e.refusals().iter().map(|r| r.code).collect()).unwrap_or_default()
    }

    #[test]
    fn no_account_without_a_plan_and_no_second_one_at_an_address() {
        let mut r = Request { agency: 7, has_plan: true, platform_known: true, address_taken: false, handle: "@moh" };
        assert!(codes(may_request(&actor(1, REQUEST_ACCOUNTS), &r)).is_empty());
        (r.has_plan, r.address_taken, r.platform_known, r.handle) = (false, true, false, "");
        assert_eq!(
            codes(may_request(&actor(1, APPROVE_ACCOUNTS), &r)),
            ["not-yours", "no-plan", "unknown-platform", "no-handle", "taken"]
        );
    }
}
