//! Official accounts: asked for under an approved plan, approved by somebody else, proven by the platform itself to be the
//! one that was approved, closed with a reason. The public can check any address.
//!
//! requested → approved → live → closed. Secrets are sealed in the vault and leave it only to reach the platform.
//! Facts: `account.requested`, `account.approved`, `account.connected`, `account.closed`.
mod account;
mod actions;
mod address;
mod api;
mod pages;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use account::Account;
#[cfg(test)]
pub use actions::close;
pub use actions::{NewAccount, PracticeNetwork, SITE, access, approve, connect, connector_of, platform_name, request};
pub use store::fill;
pub use store::{find, in_state, live, live_of};

use crate::people::roles;
use ground::slice::{Control, Criterion, Needs, Slice, get, post};
use ground::{fact, migrations, words};

fact!(AccountRequested "account.requested" Open { account: i64, agency: i64, platform: String, url: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountApproved "account.approved" Open { account: i64, agency: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountConnected "account.connected" Open { account: i64, agency: i64, platform: String, url: String, remote_id: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountClosed "account.closed" Open { account: i64, agency: i64, reason: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));

const CONTROLS: &[Control] = &[Control {
    id: "accounts-under-a-plan",
    obligations: &["P6.2-AM3", "P6.2-AM5", "P6.2-AM9"],
    shown_by: "every account row names the plan in force when it was asked for and has an approval by another person",
    page: "/accounts",
    criterion: Criterion::Built,
}];

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let ask = Needs::May(roles::REQUEST_ACCOUNTS);
    let approve = Needs::May(roles::APPROVE_ACCOUNTS);
    Slice::new("accounts")
        .migrations(migrations!("accounts" => "0001_accounts.sql"))
        .page(get("/accounts", pages::list), see)
        .page(get("/accounts/new", pages::new), ask)
        .page(post("/accounts", pages::create), ask)
        .page(get("/accounts/{id}", pages::one), see)
        .page(post("/accounts/{id}/approval", pages::approve), approve)
        .page(post("/accounts/{id}/connection", pages::connect), ask)
        .page(post("/accounts/{id}/closure", pages::close), approve)
        .page(get("/verify", pages::verify), Needs::Nothing)
        .api(
            get("/api/v1/accounts", api::list)
                .doc("Accounts of the agencies you work for, newest first")
                .query::<api::AccountFilter>()
                .gives::<crate::shell::api::Listed<api::AccountView>>(200),
            see,
        )
        .api(
            post("/api/v1/accounts", api::create)
                .doc("Ask for an account")
                .takes::<api::NewAccountBody>()
                .gives::<api::AccountView>(201),
            ask,
        )
        .api(get("/api/v1/accounts/{id}", api::read).doc("One account").gives::<api::AccountView>(200), see)
        .api(
            post("/api/v1/accounts/{id}/approval", api::approve).doc("Approve it").gives::<api::AccountView>(200),
            approve,
        )
        .api(
            post("/api/v1/accounts/{id}/connection", api::connect)
                .doc("Prove it with its server and token")
                .takes::<api::Connection>()
                .gives::<api::AccountView>(200),
            ask,
        )
        .api(
            post("/api/v1/accounts/{id}/closure", api::close)
                .doc("Close it")
                .takes::<api::Reason>()
                .gives::<api::AccountView>(200),
            approve,
        )
        .api(
            get("/api/v1/verify", api::verify)
                .doc("Is this address an official account?")
                .query::<api::Asked>()
                .gives::<api::VerifiedView>(200),
            Needs::Nothing,
        )
        .fact::<AccountRequested>()
        .fact::<AccountApproved>()
        .fact::<AccountConnected>()
        .fact::<AccountClosed>()
        .controls(CONTROLS)
        .queries(store::ALL)
        .words(words!("accounts"))
        .nav(50, "/accounts", "accounts-nav", "accounts", see)
}
