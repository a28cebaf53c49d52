//! People of the government, their roles, how they sign in, and the public who sign in by mail.
//!
//! A person belongs to one agency and holds roles with a purpose and, if set, a last day; a role carries rights, rights
//! are what routes ask for. Signing in takes a password (argon2id) and, once set up, a one-time code. Scripts use personal access
//! tokens. A citizen signs in with a link sent by mail and has no password.
//!
//! Facts: `person.added`, `person.signed-in` (sealed), `role.granted`, `role.ended`, `citizen.joined` (sealed).
mod actions;
mod api;
mod citizens;
mod facts;
mod front;
mod pages;
pub mod roles;
mod rules;
mod secrets;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{NewPerson, add_person, give_password, grant_role, issue_token, person_name, set_up_link};
pub use citizens::{Citizen, citizen, join_for_story, send_mail};
pub use facts::{CitizenJoined, PersonAdded, RoleEnded, RoleGranted};
pub use front::{DESK_COOKIE, Desk, acting_as};
pub use roles::Role;
pub use rules::Wanted as WantedRole;

use ground::slice::{Needs, Slice, get, post};
use ground::{clock, migrations, words};

pub fn slice() -> Slice {
    Slice::new("people")
        .migrations(migrations!("people" => "0001_people.sql"))
        .page(get("/sign-in", pages::sign_in::form), Needs::Nothing)
        .page(post("/sign-in", pages::sign_in::submit), Needs::Nothing)
        .page(post("/sign-out", pages::sign_in::sign_out), Needs::Nothing)
        .page(get("/set-up/{token}", pages::sign_in::set_up_form), Needs::Nothing)
        .page(post("/set-up/{token}", pages::sign_in::set_up), Needs::Nothing)
        .page(get("/citizen/sign-in", pages::citizen::form), Needs::Nothing)
        .page(post("/citizen/sign-in", pages::citizen::send_link), Needs::Nothing)
        .page(get("/citizen/enter/{token}", pages::citizen::confirm), Needs::Nothing)
        .page(post("/citizen/enter/{token}", pages::citizen::enter), Needs::Nothing)
        .api(get("/api/v1/me", api::me).doc("Who this token is and what it may").gives::<api::Me>(200), Needs::SignedIn)
        .sweep("people.forget-sessions", clock::HOUR, actions::forget_sessions)
        .job::<citizens::SendMail>()
        .fact::<facts::PersonAdded>()
        .fact::<facts::PersonSignedIn>()
        .fact::<facts::RoleGranted>()
        .fact::<facts::RoleEnded>()
        .fact::<facts::CitizenJoined>()
        .queries(store::ALL)
        .words(words!("people"))
}
