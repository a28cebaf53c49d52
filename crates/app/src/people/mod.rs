//! People of the government, their roles, how they sign in, and the public who sign in by mail.
//!
//! A person belongs to one agency and holds roles with a purpose and, if set, a last day; a role carries rights, rights
//! are what routes ask for. Signing in takes a password (argon2id) and, once set up, a one-time code. Scripts use personal access
//! tokens. A citizen signs in with a link sent by mail and has no password.
//!
//! Facts, all sealed: `person.added`, `person.signed-in`, `person.suspended`, `person.let-in`, `person.link-given`,
//! `person.password-changed`, `person.codes-turned`, `role.granted`, `role.ended`, `token.issued`, `token.revoked`,
//! `citizen.joined`.
mod actions;
mod api;
mod citizens;
mod facts;
mod first;
mod front;
mod own;
mod pages;
mod register;
pub mod roles;
mod rules;
mod secrets;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{give_password, person_name};
pub use citizens::{citizen, join_for_story, send_mail};
pub use first::{first_link, nobody_yet};
#[cfg(test)]
pub use front::DESK_COOKIE;
pub use front::{Desk, acting_as};
pub use own::issue_token;
#[cfg(test)]
pub use register::set_up_link;
pub use register::{NewPerson, add_person, grant_role};
pub use roles::Role;
pub use rules::Wanted as WantedRole;

use ground::slice::{Needs, Slice, get, post};
use ground::{clock, migrations, words};

pub fn slice() -> Slice {
    let manage = Needs::May(roles::MANAGE_PEOPLE);
    Slice::new("people")
        .migrations(migrations!("people" => "0001_people.sql"))
        .page(get("/sign-in", pages::sign_in::form), Needs::Nothing)
        .page(post("/sign-in", pages::sign_in::submit), Needs::Nothing)
        .page(post("/sign-out", pages::sign_in::sign_out), Needs::Nothing)
        .page(get("/set-up/{token}", pages::sign_in::set_up_form), Needs::Nothing)
        .page(post("/set-up/{token}", pages::sign_in::set_up), Needs::Nothing)
        .page(get("/first/{token}", pages::first::form), Needs::Nothing)
        .page(post("/first/{token}", pages::first::submit), Needs::Nothing)
        .page(get("/citizen/sign-in", pages::citizen::form), Needs::Nothing)
        .page(post("/citizen/sign-in", pages::citizen::send_link), Needs::Nothing)
        .page(get("/citizen/enter/{token}", pages::citizen::confirm), Needs::Nothing)
        .page(post("/citizen/enter/{token}", pages::citizen::enter), Needs::Nothing)
        .page(get("/me", pages::me::show), Needs::SignedIn)
        .page(post("/me/password", pages::me::password), Needs::SignedIn)
        .page(get("/me/codes", pages::me::codes_form), Needs::SignedIn)
        .page(post("/me/codes", pages::me::codes_on), Needs::SignedIn)
        .page(post("/me/codes/off", pages::me::codes_off), Needs::SignedIn)
        .page(post("/me/tokens", pages::me::issue_token), Needs::SignedIn)
        .page(post("/me/tokens/revoked", pages::me::revoke_token), Needs::SignedIn)
        .page(post("/me/sessions/ended", pages::me::end_session), Needs::SignedIn)
        .page(post("/me/sessions/others-ended", pages::me::end_other_sessions), Needs::SignedIn)
        .page(get("/people", pages::register::list), manage)
        .page(post("/people", pages::register::add), manage)
        .page(get("/people/new", pages::register::new), manage)
        .page(get("/people/{id}", pages::register::one), manage)
        .page(post("/people/{id}/roles", pages::register::grant), manage)
        .page(post("/people/{id}/roles/ended", pages::register::end), manage)
        .page(post("/people/{id}/suspension", pages::register::suspend), manage)
        .page(post("/people/{id}/return", pages::register::let_in), manage)
        .page(post("/people/{id}/link", pages::register::link), manage)
        .page(post("/people/{id}/codes-off", pages::register::codes_off), manage)
        .api(get("/api/v1/me", api::me).doc("Who this token is and what it may").gives::<api::Me>(200), Needs::SignedIn)
        .sweep("people.forget-sessions", clock::HOUR, actions::forget_sessions)
        .job::<citizens::SendMail>()
        .fact::<facts::PersonAdded>()
        .fact::<facts::PersonSignedIn>()
        .fact::<facts::RoleGranted>()
        .fact::<facts::RoleEnded>()
        .fact::<facts::PersonSuspended>()
        .fact::<facts::PersonLetIn>()
        .fact::<facts::SetUpLinkGiven>()
        .fact::<facts::PasswordChanged>()
        .fact::<facts::CodesTurned>()
        .fact::<facts::TokenIssued>()
        .fact::<facts::TokenRevoked>()
        .fact::<facts::CitizenJoined>()
        .queries(store::ALL)
        .words(words!("people"))
        .nav(80, "/people", "people-nav", "people", manage)
        .nav(90, "/me", "people-nav-me", "me", Needs::SignedIn)
}
