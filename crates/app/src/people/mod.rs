//! People of the government, their roles, how they sign in, and the public who sign in by mail.
//!
//! A person belongs to one agency and holds roles with a purpose and, if set, a first and a last day; a role carries rights,
//! rights are what routes ask for. One person asks for a role, somebody else approves it; some roles must be apart
//! (`duties`); the last day ends it by itself. Joiners, movers and leavers come one by one or as a table. Signing in takes a
//! password (argon2id) and, once set up, a one-time code; or a passkey (`passkeys`); or an account at the government's own
//! provider (`provider`), whose groups may stand for roles (`groups`). Scripts use personal access tokens. A citizen signs in
//! with a link sent by mail and has no password.
//!
//! Roles that the pack wants a second factor for rest until there is one; risky acts ask again that it is really they
//! (`confirm`, for the slices below too); the reset of a lost second factor takes two people; every quarter each right is
//! confirmed, or lapses.
//! An agency has a lead, appointed by an order for a term, with a deputy; an alarm tells of a vacancy. Where an agency
//! ended, its people go over to the one that took over, with their roles; who works there looks after what is left.
//!
//! Facts, sealed where nothing else is said: `person.added`, `person.invited`, `person.changed`, `person.moved` (and `person.moved-away` for the
//! former agency), `person.left`, `person.signed-in`, `person.suspended`, `person.let-in`, `person.link-given`,
//! `person.password-changed`, `person.codes-turned`, `role.asked`, `role.granted`, `role.refused`, `role.ended`,
//! `token.issued`, `token.revoked`, `citizen.joined`; about leads and teams `lead.appointed`, `lead.vacant` and `lead.filled`
//! (both open), `training.recorded`, `team.backup-set`; about access `passkey.added`, `passkey.removed`, `passkey.blocked`, `identity.bound`, `identity.removed`, `recovery.codes-made`, `recovery.code-used`,
//! `recovery.asked`, `recovery.decided`, `review.opened` and `review.closed` (both open); about conduct
//! `conduct.acknowledged`, `declaration.made`, `declaration.withdrawn`, `referral.made`, `referral.answered`,
//! `referral.decided`.
mod actions;
mod api;
mod citizens;
mod conduct;
mod controls;
mod duties;
mod facts;
mod first;
mod front;
mod granting;
mod groups;
mod import;
mod leading;
mod means;
mod members;
mod movement;
mod own;
mod pages;
mod passkeys;
mod provider;
mod recovery;
mod register;
mod reorganised;
mod reviewing;
pub mod roles;
mod rules;
mod secrets;
mod staff;
mod store;
#[cfg(test)]
mod tests;
mod waiting;

pub use actions::{give_password, person_name};
pub use citizens::{citizen, join_for_story, send_mail};
pub use conduct::declared;
pub use controls::judges_a_team;
pub use first::{first_link, nobody_yet};
#[cfg(test)]
pub use front::DESK_COOKIE;
pub use front::{Desk, acting_as};
pub use granting::grant_role;
pub use leading::{Appointment, appoint, record_training, vacancies};
pub use members::{Member, members};
pub use own::{confirm, issue_token, must_confirm, seal_codes_anew};
pub use provider::{SignInProvider, unknown_agencies};
#[cfg(test)]
pub use register::set_up_link;
pub use register::{NewPerson, add_person};
pub use roles::Role;
pub use rules::Wanted as WantedRole;
pub use store::team::{leads, leads_of};
pub use waiting::waiting_for;

use crate::agencies::AgencyReorganised;
use crate::ledger::load;
use ground::slice::{Needs, Slice, get, post};
use ground::{clock, migrations, words};

pub fn slice() -> Slice {
    let slice = Slice::new("people")
        .migrations(migrations!("people" => "0001_people.sql", "0002_grants.sql", "0003_team.sql", "0004_access.sql",
        "0005_conduct.sql", "0006_passkeys.sql", "0007_identities.sql"));
    let slice = interface(register_pages(conduct_pages(provider_pages(passkey_pages(own_pages(doors(slice)))))));
    stated(slice)
        .sweep("people.end-terms", 10 * clock::MINUTE, granting::end_terms)
        .sweep("people.watch-vacancies", clock::HOUR, leading::watch_vacancies)
        .sweep("people.review-access", clock::HOUR, reviewing::review_access)
        .sweep("people.forget-sessions", clock::HOUR, actions::forget_sessions)
        .on::<AgencyReorganised, _, _, _, _>("people.go-over", load::<AgencyReorganised>, reorganised::go_over)
        .job::<citizens::SendMail>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::grants::ALL)
        .queries(store::team::ALL)
        .queries(store::access::ALL)
        .queries(store::conduct::ALL)
        .queries(store::passkeys::ALL)
        .queries(store::identities::ALL)
        .words(words!("people"))
        .nav(78, "/team", "people-nav-team", "people", Needs::May(roles::SEE_DESK))
        .nav(80, "/people", "people-nav", "staff", MANAGE)
        .nav(88, "/conduct", "people-nav-conduct", "conduct", Needs::SignedIn)
        .nav(90, "/me", "people-nav-me", "me", Needs::SignedIn)
}

const MANAGE: Needs = Needs::May(roles::MANAGE_PEOPLE);
const DECIDE: Needs = Needs::May(roles::APPROVE_ROLES);

/// How people and citizens come in.
fn doors(slice: Slice) -> Slice {
    slice
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
}

/// The own account.
fn own_pages(slice: Slice) -> Slice {
    slice
        .page(get("/me", pages::me::show), Needs::SignedIn)
        .page(post("/me/password", pages::me::password), Needs::SignedIn)
        .page(get("/me/codes", pages::me::codes_form), Needs::SignedIn)
        .page(post("/me/codes", pages::me::codes_on), Needs::SignedIn)
        .page(post("/me/codes/off", pages::me::codes_off), Needs::SignedIn)
        .page(post("/me/tokens", pages::me::issue_token), Needs::SignedIn)
        .page(post("/me/tokens/revoked", pages::me::revoke_token), Needs::SignedIn)
        .page(post("/me/sessions/ended", pages::me::end_session), Needs::SignedIn)
        .page(post("/me/sessions/others-ended", pages::me::end_other_sessions), Needs::SignedIn)
        .page(post("/me/recovery-codes", pages::me::recovery_codes), Needs::SignedIn)
        .page(post("/me/roles", pages::me::ask_role), Needs::SignedIn)
        .page(post("/me/roles/ended", pages::me::end_role), Needs::SignedIn)
}

/// Passkeys, and showing again that it is really they. Challenges are asked for by the script beside the forms.
fn passkey_pages(slice: Slice) -> Slice {
    slice
        .page(post("/sign-in/passkey/challenge", pages::passkeys::enter_challenge), Needs::Nothing)
        .page(post("/sign-in/passkey", pages::passkeys::enter), Needs::Nothing)
        .page(get("/me/passkeys", pages::passkeys::list), Needs::SignedIn)
        .page(post("/me/passkeys", pages::passkeys::add), Needs::SignedIn)
        .page(post("/me/passkeys/challenge", pages::passkeys::add_challenge), Needs::SignedIn)
        .page(post("/me/passkeys/removed", pages::passkeys::remove), Needs::SignedIn)
        .page(get("/me/confirm", pages::confirm::form), Needs::SignedIn)
        .page(post("/me/confirm", pages::confirm::submit), Needs::SignedIn)
        .page(post("/me/confirm/challenge", pages::confirm::challenge), Needs::SignedIn)
        .page(post("/me/confirm/passkey", pages::confirm::passkey), Needs::SignedIn)
}

/// To the provider of the government's accounts and back; not there where none is configured.
fn provider_pages(slice: Slice) -> Slice {
    slice
        .page(get("/sign-in/provider", pages::provider::begin), Needs::Nothing)
        .page(get("/sign-in/provider/back", pages::provider::back), Needs::Nothing)
        .page(get("/signed-out", pages::provider::signed_out), Needs::Nothing)
        .page(get("/me/confirm/provider", pages::provider::begin_confirm), Needs::SignedIn)
        .page(post("/me/identities/removed", pages::provider::remove), Needs::SignedIn)
        .page(post("/people/{id}/identities/removed", pages::provider::remove_of), MANAGE)
}

/// The code of conduct, declarations and referrals.
fn conduct_pages(slice: Slice) -> Slice {
    slice
        .page(get("/conduct", pages::conduct::show), Needs::SignedIn)
        .page(post("/conduct/acknowledgement", pages::conduct::acknowledge), Needs::SignedIn)
        .page(post("/conduct/declarations", pages::conduct::declare), Needs::SignedIn)
        .page(post("/conduct/declarations/withdrawn", pages::conduct::withdraw), Needs::SignedIn)
        .page(post("/conduct/referrals", pages::conduct::refer), MANAGE)
        .page(get("/conduct/referrals/{id}", pages::conduct::one), Needs::SignedIn)
        .page(post("/conduct/referrals/{id}/reply", pages::conduct::reply), Needs::SignedIn)
        .page(post("/conduct/referrals/{id}/decision", pages::conduct::decide), Needs::SignedIn)
}

/// The register of people, for those who manage them or decide about their roles.
fn register_pages(slice: Slice) -> Slice {
    slice
        .page(get("/team", pages::team::show), Needs::SignedIn)
        .page(post("/team/{id}/appointments", pages::team::appoint), MANAGE)
        .page(post("/team/{id}/trainings", pages::team::train), MANAGE)
        .page(post("/team/{id}/backups", pages::team::back_up), MANAGE)
        .page(get("/recoveries/{id}", pages::recovery::one), DECIDE)
        .page(post("/recoveries/{id}/decision", pages::recovery::decide), DECIDE)
        .page(get("/reviews/{id}", pages::review::one), DECIDE)
        .page(post("/reviews/{id}/answers", pages::review::answer), DECIDE)
        .page(get("/roles", pages::roles::list), DECIDE)
        .page(get("/roles/{id}", pages::roles::one), DECIDE)
        .page(post("/roles/{id}/approval", pages::roles::approve), DECIDE)
        .page(post("/roles/{id}/refusal", pages::roles::refuse), DECIDE)
        .page(get("/people", pages::register::list), MANAGE)
        .page(get("/people.csv", pages::import::export), MANAGE)
        .page(get("/people/import", pages::import::form), MANAGE)
        .page(post("/people/import", pages::import::submit).upload(staff::MOST_BYTES + 65536), MANAGE)
        .page(post("/people", pages::register::add), MANAGE)
        .page(get("/people/new", pages::register::new), MANAGE)
        .page(get("/people/{id}", pages::register::one), MANAGE)
        .page(post("/people/{id}/roles", pages::register::grant), MANAGE)
        .page(post("/people/{id}/roles/ended", pages::register::end), MANAGE)
        .page(post("/people/{id}/suspension", pages::register::suspend), MANAGE)
        .page(post("/people/{id}/return", pages::register::let_in), MANAGE)
        .page(post("/people/{id}/link", pages::register::link), MANAGE)
        .page(post("/people/{id}/details", pages::register::details), MANAGE)
        .page(post("/people/{id}/move", pages::register::go), MANAGE)
        .page(post("/people/{id}/departure", pages::register::leave), MANAGE)
        .page(post("/people/{id}/invitation", pages::register::invite), MANAGE)
        .page(post("/people/{id}/codes-off", pages::register::codes_off), MANAGE)
}

fn interface(slice: Slice) -> Slice {
    slice
        .api(get("/api/v1/me", api::me).doc("Who this token is and what it may").gives::<api::Me>(200), Needs::SignedIn)
        .api(
            get("/api/v1/teams/{id}", api::team)
                .doc("The team of an agency: its lead, who holds which role, who is trained")
                .gives::<api::TeamView>(200),
            Needs::SignedIn,
        )
        .api(
            get("/api/v1/people", api::list)
                .doc("The people one manages, with their roles")
                .query::<api::PeopleFilter>()
                .gives::<crate::shell::api::Listed<api::PersonView>>(200),
            MANAGE,
        )
        .api(
            post("/api/v1/people", api::create)
                .doc("Add a person; they get their link by mail")
                .takes::<api::NewPersonBody>()
                .gives::<api::PersonView>(201),
            MANAGE,
        )
        .api(get("/api/v1/people/{id}", api::read).doc("One person").gives::<api::PersonView>(200), MANAGE)
        .api(
            post("/api/v1/people/{id}/roles", api::ask_role)
                .doc("Ask for a role; somebody else approves it at the desk")
                .takes::<api::NewRole>()
                .gives::<api::RoleView>(201),
            MANAGE,
        )
        .api(
            post("/api/v1/people/{id}/departure", api::leave)
                .doc("Say that somebody left the service: every role, session and token ends")
                .gives::<api::PersonView>(200),
            MANAGE,
        )
}

/// The facts of this slice.
fn stated(slice: Slice) -> Slice {
    slice
        .fact::<facts::PersonAdded>()
        .fact::<facts::PersonSignedIn>()
        .fact::<facts::PersonInvited>()
        .fact::<facts::PersonChanged>()
        .fact::<facts::PersonMoved>()
        .fact::<facts::PersonMovedAway>()
        .fact::<facts::PersonLeft>()
        .fact::<facts::RoleAsked>()
        .fact::<facts::RoleGranted>()
        .fact::<facts::RoleRefused>()
        .fact::<facts::RoleEnded>()
        .fact::<facts::PersonSuspended>()
        .fact::<facts::PersonLetIn>()
        .fact::<facts::SetUpLinkGiven>()
        .fact::<facts::PasswordChanged>()
        .fact::<facts::CodesTurned>()
        .fact::<facts::LeadAppointed>()
        .fact::<facts::LeadVacant>()
        .fact::<facts::LeadFilled>()
        .fact::<facts::TrainingRecorded>()
        .fact::<facts::BackupSet>()
        .fact::<facts::RecoveryCodesMade>()
        .fact::<facts::RecoveryCodeUsed>()
        .fact::<facts::RecoveryAsked>()
        .fact::<facts::RecoveryDecided>()
        .fact::<facts::ReviewOpened>()
        .fact::<facts::ReviewClosed>()
        .fact::<facts::ConductAcknowledged>()
        .fact::<facts::DeclarationMade>()
        .fact::<facts::DeclarationWithdrawn>()
        .fact::<facts::ReferralMade>()
        .fact::<facts::ReferralAnswered>()
        .fact::<facts::ReferralDecided>()
        .fact::<facts::PasskeyAdded>()
        .fact::<facts::PasskeyRemoved>()
        .fact::<facts::PasskeyBlocked>()
        .fact::<facts::IdentityBound>()
        .fact::<facts::IdentityRemoved>()
        .fact::<facts::TokenIssued>()
        .fact::<facts::TokenRevoked>()
        .fact::<facts::CitizenJoined>()
}
