//! May this happen to an account?
use super::account::Account;
use super::life::{CHECKS, DECISIONS};
use crate::people::roles::{APPROVE_ACCOUNTS, OVERSEE, REQUEST_ACCOUNTS};
use ground::ctx::{Actor, Right, Who};
use ground::error::{Arg, all_or_nothing};
use ground::{Refusal, Result, Say};

/// What is known when an account is asked for.
pub struct Request<'a> {
    pub agency: i64,
    pub has_plan: bool,
    /// Nobody leads the agency: then nobody could approve it.
    pub vacant: bool,
    pub platform_known: bool,
    pub address_taken: bool,
    pub handle: &'a str,
    /// On our own site and the practice network no more is asked.
    pub own: bool,
    pub platform: Reviewed,
    pub asking: &'a Asking,
    /// What the agency has there already, by name.
    pub alike: &'a [String],
}

/// Where the platform stands for the agency.
#[derive(Debug, Clone, Copy)]
pub struct Reviewed {
    pub open: bool,
    pub word: &'static str,
}

/// What an account is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    pub purpose: String,
    /// What it will speak about, and for whom.
    pub scope: String,
    /// Why an account the agency has already does not do.
    pub apart: String,
    /// Posts a week, as meant.
    pub per_week: i64,
}

fn yours(no: &mut Vec<Refusal>, actor: &Actor, right: Right, agency: i64) {
    if !actor.may(right, agency) {
        no.push(Refusal::new("not-yours", Say::new("accounts-refused-not-yours")));
    }
}

/// What only the lead of the agency may do.
fn lead(no: &mut Vec<Refusal>, actor: &Actor, agency: i64) {
    if !actor.may(APPROVE_ACCOUNTS, agency) {
        no.push(Refusal::new("not-yours", Say::new("accounts-refused-not-lead")).clause("P6.2-AM3"));
    }
}

fn reviewed(no: &mut Vec<Refusal>, platform: Reviewed) {
    if !platform.open {
        let say = Say::new("accounts-refused-no-review").arg("state", Arg::Word(platform.word));
        no.push(Refusal::new("no-review", say).field("platform").clause("P6.2-AM3"));
    }
}

pub fn may_request(actor: &Actor, r: &Request) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, r.agency);
    if !r.has_plan {
        no.push(Refusal::new("no-plan", Say::new("accounts-refused-no-plan")).clause("P6.2-AM3"));
    }
    if r.vacant {
        no.push(Refusal::new("no-lead", Say::new("accounts-refused-no-lead")).clause("P6.2-AM3"));
    }
    if !r.platform_known {
        no.push(
            Refusal::new("unknown-platform", Say::new("accounts-refused-platform"))
                .field("platform")
                .clause("P6.2-AM10"),
        );
    } else {
        reviewed(&mut no, r.platform);
    }
    if r.handle.trim().is_empty() {
        no.push(Refusal::new("no-handle", Say::new("accounts-refused-handle")).field("handle"));
    }
    if r.address_taken {
        no.push(Refusal::new("taken", Say::new("accounts-refused-taken")).field("url"));
    }
    if !r.own && r.platform_known {
        asking(&mut no, r);
    }
    all_or_nothing(no)
}

fn asking(no: &mut Vec<Refusal>, r: &Request) {
    let a = r.asking;
    let missing = [
        (a.purpose.trim().is_empty(), "no-purpose", "accounts-refused-purpose", "purpose", "P6.2-AM4"),
        (a.scope.trim().is_empty(), "no-scope", "accounts-refused-scope", "scope", "P6.2-SU1"),
        (!(1..=200).contains(&a.per_week), "no-cadence", "accounts-refused-cadence", "per_week", "P6.2-AM7"),
    ];
    for (_, code, say, field, clause) in missing.into_iter().filter(|m| m.0) {
        no.push(Refusal::new(code, Say::new(say)).field(field).clause(clause));
    }
    if !r.alike.is_empty() && a.apart.trim().is_empty() {
        let say = Say::new("accounts-refused-overlap").arg("accounts", r.alike.join(", "));
        no.push(Refusal::new("overlap", say).field("apart").clause("P6.2-SU1"));
    }
}

fn state(no: &mut Vec<Refusal>, account: &Account, allowed: &[&str]) {
    if !allowed.contains(&account.state.as_str()) {
        no.push(Refusal::new("wrong-state", Say::new("accounts-refused-state")));
    }
}

pub fn may_approve(actor: &Actor, account: &Account, has_plan: bool, platform: Reviewed) -> Result<()> {
    let mut no = vec![];
    lead(&mut no, actor, account.agency_id);
    state(&mut no, account, &["requested"]);
    if actor.who == Who::Person(account.requested_by) {
        no.push(Refusal::new("self-approval", Say::new("accounts-refused-self")).clause("P6.2-AM3"));
    }
    if !has_plan {
        no.push(Refusal::new("no-plan", Say::new("accounts-refused-no-plan")).clause("P6.2-AM3"));
    }
    reviewed(&mut no, platform);
    all_or_nothing(no)
}

pub fn may_connect(actor: &Actor, account: &Account) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["approved", "live"]);
    all_or_nothing(no)
}

/// The same for a key that comes of signing in at the platform. `offers`: the platform gives keys so.
pub fn may_sign_in(actor: &Actor, account: &Account, offers: bool) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["approved", "live"]);
    if !offers {
        no.push(Refusal::new("no-sign-in", Say::new("accounts-refused-no-sign-in")));
    }
    all_or_nothing(no)
}

/// The same right as for the key. `calls`: the platform can call.
pub fn may_hook(actor: &Actor, account: &Account, calls: bool) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["live"]);
    if !calls {
        no.push(Refusal::new("no-calls", Say::new("accounts-refused-no-calls")));
    }
    all_or_nothing(no)
}

pub fn may_prove(actor: &Actor, account: &Account, own: bool, method: &str) -> Result<()> {
    let mut no = vec![];
    yours(&mut no, actor, REQUEST_ACCOUNTS, account.agency_id);
    state(&mut no, account, &["approved", "live"]);
    if own {
        no.push(Refusal::new("own", Say::new("accounts-refused-own")).clause("P6.2-AM5"));
    }
    if !matches!(method, "link" | "code") {
        no.push(Refusal::new("no-method", Say::new("accounts-refused-method")).field("method").clause("P6.2-AM5"));
    }
    all_or_nothing(no)
}

/// Whoever works with the account, or leads, says of one thing that it is as it should be.
pub fn may_confirm(actor: &Actor, account: &Account, own: bool, item: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may(REQUEST_ACCOUNTS, account.agency_id) {
        lead(&mut no, actor, account.agency_id);
    }
    state(&mut no, account, &["live"]);
    if own {
        no.push(Refusal::new("own", Say::new("accounts-refused-own")).clause("P6.2-AM6"));
    }
    if !CHECKS.iter().any(|i| i.key == item) {
        no.push(Refusal::new("no-item", Say::new("accounts-refused-item")).field("item").clause("P6.2-AM6"));
    }
    all_or_nothing(no)
}

/// What an evaluation says.
#[derive(Debug, Clone)]
pub struct Evaluating {
    pub decision: String,
    pub results: String,
    pub reasons: String,
}

pub fn may_evaluate(actor: &Actor, account: &Account, e: &Evaluating) -> Result<()> {
    let mut no = vec![];
    lead(&mut no, actor, account.agency_id);
    state(&mut no, account, &["live"]);
    let missing = [
        (!DECISIONS.iter().any(|(d, _)| *d == e.decision), "no-decision", "accounts-refused-decision", "decision"),
        (e.results.trim().is_empty(), "no-results", "accounts-refused-results", "results"),
        (e.reasons.trim().is_empty(), "no-reasons", "accounts-refused-reasons", "reasons"),
    ];
    for (_, code, say, field) in missing.into_iter().filter(|m| m.0) {
        no.push(Refusal::new(code, Say::new(say)).field(field).clause("P6.2-AM8"));
    }
    all_or_nothing(no)
}

/// How an account ends.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    pub reason: String,
    /// Where its records are kept.
    pub archive: String,
    /// What the public is told.
    pub notice: String,
    /// The name on the platform stays in our hands.
    pub parked: bool,
    /// Where people go now: the address of an official account.
    pub successor: String,
}

/// `ends` is the whole of it: an account of another platform that was official.
pub fn may_close(actor: &Actor, account: &Account, c: &Closing, ends: bool, successor_known: bool) -> Result<()> {
    let mut no = vec![];
    lead(&mut no, actor, account.agency_id);
    state(&mut no, account, &["requested", "approved", "live"]);
    if c.reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("accounts-refused-reason")).field("reason"));
    }
    if ends {
        let missing = [
            (c.archive.trim().is_empty(), "no-archive", "accounts-refused-archive", "archive"),
            (c.notice.trim().is_empty(), "no-notice", "accounts-refused-notice", "notice"),
            (!c.parked, "not-parked", "accounts-refused-parked", "parked"),
        ];
        for (_, code, say, field) in missing.into_iter().filter(|m| m.0) {
            no.push(Refusal::new(code, Say::new(say)).field(field).clause("P6.2-AM9"));
        }
    }
    if !c.successor.trim().is_empty() && !successor_known {
        no.push(Refusal::new("unknown-successor", Say::new("accounts-refused-successor")).field("successor"));
    }
    all_or_nothing(no)
}

/// Whoever oversees the government says what a report of an impostor is worth, before anybody is shown it.
pub fn may_judge_report(actor: &Actor, open: bool, decision: &str, reason: &str) -> Result<()> {
    let mut no = vec![];
    if !actor.may_everywhere(OVERSEE) {
        no.push(Refusal::new("not-yours", Say::new("accounts-refused-not-oversight")).clause("P4-S2"));
    }
    if !open {
        no.push(Refusal::new("wrong-state", Say::new("accounts-refused-report-decided")));
    }
    if !matches!(decision, "confirmed" | "dismissed") {
        no.push(Refusal::new("no-decision", Say::new("accounts-refused-report-decision")).field("decision"));
    }
    if reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("accounts-refused-reason")).field("reason"));
    }
    all_or_nothing(no)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::ctx::Grant;

    const OPEN: Reviewed = Reviewed { open: true, word: "x" };

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
        let asking = Asking::default();
        let mut r = Request {
            agency: 7,
            has_plan: true,
            vacant: false,
            platform_known: true,
            address_taken: false,
            handle: "@moh",
            own: true,
            platform: OPEN,
            asking: &asking,
            alike: &[],
        };
        assert!(codes(may_request(&actor(1, REQUEST_ACCOUNTS), &r)).is_empty());
        (r.has_plan, r.vacant, r.address_taken, r.platform_known, r.handle) = (false, true, true, false, "");
        assert_eq!(
            codes(may_request(&actor(1, APPROVE_ACCOUNTS), &r)),
            ["not-yours", "no-plan", "no-lead", "unknown-platform", "no-handle", "taken"]
        );
    }

    #[test]
    fn an_outside_platform_wants_a_review_and_every_answer() {
        let (asking, alike) = (Asking::default(), ["Mastodon · @moh".to_owned()]);
        let request = |asking, open| Request {
            agency: 7,
            has_plan: true,
            vacant: false,
            platform_known: true,
            address_taken: false,
            handle: "@flu",
            own: false,
            platform: Reviewed { open, word: "x" },
            asking,
            alike: &alike,
        };
        let all = codes(may_request(&actor(1, REQUEST_ACCOUNTS), &request(&asking, false)));
        assert_eq!(all, ["no-review", "no-purpose", "no-scope", "no-cadence", "overlap"]);
        let whole = Asking { purpose: "a".into(), scope: "b".into(), apart: "c".into(), per_week: 3 };
        assert!(codes(may_request(&actor(1, REQUEST_ACCOUNTS), &request(&whole, true))).is_empty());
    }
}
