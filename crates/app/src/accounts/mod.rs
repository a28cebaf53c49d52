//! Official accounts, from the wish to the archive. Asked for under an approved plan, on a platform that was reviewed, with a
//! purpose no other account of the agency serves; approved by the lead, who did not ask; proven to be ours by the platform, by a link back
//! or by a code; set up item by item; looked after while it lives; evaluated every year; closed with notice and archive. The public can
//! check any address, report an impostor, and keep the register as a signed file.
//!
//! requested → approved → live → closed; the stage within, and what is missing, follows from what was done (`life.rs`). On our own site
//! and the practice network nothing is to be proven or set up; what is on that is marked as practice and is nobody's word (`practice.rs`). Secrets are sealed
//! with a key of the agency's, which the master key wraps, and leave the vault only to reach the platform; those that run out are
//! renewed by one caller at a time, or their end is told in time. Where the platform offers it, a key comes of signing in there,
//! with an app of the government's that an administrator entered or that the program introduced. A platform that can call may be given an address and a secret. An account is bound to the id its platform never gives to anybody else: every day a sweep looks whether the handle
//! still belongs to it, and a handle that moved is official no longer. Where an agency ended, its accounts go over to the one
//! that took over, and the public is told whose they were until when.
//!
//! Facts: `account.requested`, `account.approved`, `account.connected`, `account.proven`, `account.checked`, `account.evaluated`,
//! `account.quiet`, `account.handle-moved`, `account.handle-gone`, `account.handle-back`, `account.closed`, `account.handed-over`, `account.vault-key-changed`, `account.key-renewed`, `account.key-ending`,
//! `account.hook-set`, `account.hook-removed`, `account.app-set`, `account.app-removed`, `account.sign-in-refused`,
//! `impostor.reported`, `impostor.judged`.
mod account;
mod actions;
mod address;
mod api;
mod apps;
mod care;
mod controls;
mod ending;
mod facts;
mod handles;
mod hooks;
mod impostors;
mod life;
mod pages;
mod practice;
mod proof;
mod register;
mod renewing;
mod reorganised;
mod rules;
mod signing_in;
mod stage;
mod store;
#[cfg(test)]
mod tests;
mod vault;

pub use account::Account;
pub use actions::{
    NEWSLETTER, NewAccount, PODCAST, PracticeNetwork, SITE, access, approve, connect, connector_of, is_itself, is_ours,
    platform_name, request, server_of, takes_posts,
};
#[cfg(test)]
pub use actions::{close, open_by_hand};
pub use apps::seal_apps_anew;
pub use care::{posted, wanting};
pub use ending::key_until;
use facts::{
    AccountAppRemoved, AccountAppSet, AccountApproved, AccountChecked, AccountClosed, AccountConnected,
    AccountEvaluated, AccountHandedOver, AccountHookRemoved, AccountHookSet, AccountKeyChanged, AccountKeyEnding,
    AccountKeyRenewed, AccountProven, AccountQuiet, AccountRequested, AccountSignInRefused, HandleBack, HandleGone,
    HandleMoved, ImpostorJudged, ImpostorReported,
};
pub use hooks::{Door, door, heard, refused};
pub use impostors::{open as open_reports, report as report_impostor};
pub use practice::{Demonstration, Side, counts, demonstrates, is_practice, left_out, platforms_for_practice, side};
pub use reorganised::channel_of;
pub use rules::Asking;
#[cfg(test)]
pub use rules::Closing;
pub use store::fill;
pub use store::hooks::called;
pub use store::public::Report;
pub use store::{find, in_state, live, live_of};
pub use vault::change_keys;

use crate::agencies::AgencyReorganised;
use crate::ledger::load;
use crate::people::roles;
use ground::clock::HOUR;
use ground::slice::{Needs, Slice, delete, get, post, put};
use ground::{migrations, words};

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let ask = Needs::May(roles::REQUEST_ACCOUNTS);
    let approve = Needs::May(roles::APPROVE_ACCOUNTS);
    let oversee = Needs::May(roles::OVERSEE);
    let manage = Needs::May(roles::MANAGE_SYSTEM);
    let slice = Slice::new("accounts")
        .migrations(
            migrations!("accounts" => "0001_accounts.sql", "0002_life.sql", "0003_handed_over.sql", "0004_keys.sql", "0005_hooks.sql", "0006_sign_ins.sql"),
        )
        .page(get("/accounts", pages::list), see)
        .page(get("/accounts/new", pages::new), ask)
        .page(post("/accounts", pages::create), ask)
        .page(get("/accounts/apps", pages::apps::list), manage)
        .page(post("/accounts/apps", pages::apps::set), manage)
        .page(post("/accounts/apps/{id}/removal", pages::apps::remove), manage)
        .page(get("/accounts/callback", pages::signing_in::back), Needs::Nothing)
        .page(post("/accounts/{id}/sign-in", pages::signing_in::begin), ask)
        .page(get("/accounts/{id}", pages::one::show_one), see)
        .page(post("/accounts/{id}/approval", pages::one::approve), approve)
        .page(post("/accounts/{id}/connection", pages::one::connect), ask)
        .page(post("/accounts/{id}/hook", pages::hook::set), ask)
        .page(post("/accounts/{id}/hook/removal", pages::hook::remove), ask)
        .page(post("/accounts/{id}/proof", pages::one::prove), ask)
        .page(post("/accounts/{id}/checks", pages::one::confirm), see)
        .page(post("/accounts/{id}/evaluations", pages::one::evaluate), approve)
        .page(post("/accounts/{id}/closure", pages::one::close), approve)
        .page(get("/verify", pages::public::verify), Needs::Nothing)
        .page(get("/verify/report", pages::public::report_form), Needs::Nothing)
        .page(post("/verify/report", pages::public::report), Needs::Nothing)
        .page(get("/desk/impostors", pages::impostors::list), oversee)
        .page(get("/desk/impostors/{id}", pages::impostors::one), oversee)
        .page(post("/desk/impostors/{id}/decision", pages::impostors::judge), oversee)
        .file(get("/register.json", register::body))
        .file(get("/register.json.note", register::note))
        .on::<AgencyReorganised, _, _, _, _>("accounts.hand-over", load::<AgencyReorganised>, reorganised::hand_over)
        .sweep("accounts.handles", HOUR, handles::look_at_all)
        .sweep("accounts.quiet", HOUR, care::find_quiet)
        .sweep("accounts.keys-ending", HOUR, ending::warn)
        .sweep("accounts.register", HOUR, register::take)
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::life::ALL)
        .queries(store::look_up::ALL)
        .queries(store::public::ALL)
        .queries(store::tenures::ALL)
        .queries(store::keys::ALL)
        .queries(store::hooks::ALL)
        .queries(store::apps::ALL)
        .queries(store::sign_ins::ALL)
        .words(words!("accounts"))
        .nav(50, "/accounts", "accounts-nav", "accounts", see)
        .nav(93, "/accounts/apps", "accounts-apps-nav", "apps", manage)
        .few(50, "/accounts", "accounts-few", "accounts", see);
    with_facts(with_api(slice, see, ask, approve))
}

fn with_facts(slice: Slice) -> Slice {
    slice
        .fact::<AccountRequested>()
        .fact::<AccountApproved>()
        .fact::<AccountConnected>()
        .fact::<AccountProven>()
        .fact::<AccountChecked>()
        .fact::<AccountEvaluated>()
        .fact::<AccountQuiet>()
        .fact::<HandleMoved>()
        .fact::<HandleGone>()
        .fact::<HandleBack>()
        .fact::<AccountClosed>()
        .fact::<AccountHandedOver>()
        .fact::<AccountKeyChanged>()
        .fact::<AccountKeyRenewed>()
        .fact::<AccountKeyEnding>()
        .fact::<AccountHookSet>()
        .fact::<AccountHookRemoved>()
        .fact::<AccountAppSet>()
        .fact::<AccountAppRemoved>()
        .fact::<AccountSignInRefused>()
        .fact::<ImpostorReported>()
        .fact::<ImpostorJudged>()
}

fn with_api(slice: Slice, see: Needs, ask: Needs, approve: Needs) -> Slice {
    let slice = slice
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
        .api(
            get("/api/v1/accounts/{id}", api::read)
                .doc("One account with its stage and what is missing")
                .gives::<api::AccountLife>(200),
            see,
        )
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
            post("/api/v1/accounts/{id}/proof", api::prove)
                .doc("Prove it by its public page: a link back, or the code given for it")
                .takes::<api::ProofBody>()
                .gives::<api::AccountLife>(200),
            ask,
        )
        .api(
            post("/api/v1/accounts/{id}/checks", api::confirm)
                .doc("Confirm one item of its settings")
                .takes::<api::CheckBody>()
                .gives::<api::AccountLife>(200),
            see,
        )
        .api(
            post("/api/v1/accounts/{id}/evaluations", api::evaluate)
                .doc("Evaluate it: keep, change, merge or close")
                .takes::<api::EvaluationBody>()
                .gives::<api::AccountLife>(200),
            approve,
        )
        .api(
            post("/api/v1/accounts/{id}/closure", api::close)
                .doc("Close it")
                .takes::<api::ClosureBody>()
                .gives::<api::AccountView>(200),
            approve,
        );
    with_public_api(with_sign_in_api(with_hooks_api(slice, ask), ask))
}

fn with_sign_in_api(slice: Slice, ask: Needs) -> Slice {
    let manage = Needs::May(roles::MANAGE_SYSTEM);
    slice
        .api(
            post("/api/v1/accounts/{id}/sign-in", api::signing_in::begin)
                .doc("Connect it by signing in at its platform: gives where to go")
                .takes::<api::signing_in::SignInBody>()
                .gives::<api::signing_in::BegunView>(200),
            ask,
        )
        .api(
            get("/api/v1/account-apps", api::apps::list)
                .doc("How platforms know the program")
                .gives::<crate::shell::api::Listed<api::apps::AppView>>(200),
            manage,
        )
        .api(
            put("/api/v1/account-apps", api::apps::set)
                .doc("Enter the government's app at a platform, in place of the one before")
                .takes::<api::apps::NewAppBody>()
                .gives::<api::apps::AppView>(200),
            manage,
        )
        .api(delete("/api/v1/account-apps/{id}", api::apps::remove).doc("Forget an app"), manage)
}

fn with_hooks_api(slice: Slice, ask: Needs) -> Slice {
    slice
        .api(
            get("/api/v1/accounts/{id}/hook", api::hook::read)
                .doc("Where its platform may call, and when it last did")
                .gives::<api::hook::HookView>(200),
            ask,
        )
        .api(
            put("/api/v1/accounts/{id}/hook", api::hook::set)
                .doc("Let its platform call: gives the address, and a new secret this once")
                .takes::<api::hook::HookBody>()
                .gives::<api::hook::AgreedView>(200),
            ask,
        )
        .api(delete("/api/v1/accounts/{id}/hook", api::hook::remove).doc("Let its platform call no more"), ask)
}

fn with_public_api(slice: Slice) -> Slice {
    let oversee = Needs::May(roles::OVERSEE);
    slice
        .api(
            get("/api/v1/verify", api::public::verify)
                .doc("Is this address an official account?")
                .query::<api::public::Asked>()
                .gives::<api::public::VerifiedView>(200),
            Needs::Nothing,
        )
        .api(
            post("/api/v1/impostor-reports", api::public::report)
                .doc("Report an address that claims to be the government")
                .takes::<api::public::ReportBody>(),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/impostor-reports", api::public::list)
                .doc("Reports of impostors, newest first")
                .query::<api::public::ReportFilter>()
                .gives::<crate::shell::api::Listed<api::public::ReportView>>(200),
            oversee,
        )
        .api(
            post("/api/v1/impostor-reports/{id}/decision", api::public::judge)
                .doc("Say what a report is worth; a confirmed one is shown to the public")
                .takes::<api::public::JudgementBody>()
                .gives::<api::public::ReportView>(200),
            oversee,
        )
}
