//! The policy as data. A *pack* is a folder of tables that says, for one government, what its social media policy
//! demands and in which words: clauses, obligations, agencies, moderation grounds, platforms, risks, controls,
//! metrics, notices. The program holds no country: another government replaces the pack, not the program.
//!
//! A pack is read once, at start-up, and checked to the last reference; a fault is told with file, row and column.
//! The pack of Bhutan is built into the program, so that the program runs without any file beside it.
//! The format is described in `docs/packs.md`. The public reads it at `/policy`, where every clause has its anchor, with the
//! laws it rests on and what came after them.
//!
//! The policy sets itself a time for its review: who oversees opens one and closes it with what it came to. A new edition
//! comes with the pack, with the clauses of the earlier one mapped to its own; it is taken in, told to the agencies, shown
//! against the one before word by word, and the order by which it was adopted is recorded.
//!
//! Facts: `policy.review-opened`, `policy.review-closed`, `policy.edition-taken-in`, `policy.edition-adopted`.
mod agency;
mod api;
mod catalogue;
mod clause;
mod country;
mod error;
mod fairness;
mod laws;
mod lineage;
mod models;
mod pack;
mod pages;
mod planning;
mod redline;
mod reviewing;
mod shelf;
mod source;
mod store;
mod table;
#[cfg(test)]
pub mod tests;
mod text;

pub use agency::{Agency, Certainty, Kind};
pub use catalogue::{Control, Metric, Platform, PlatformStatus, Rating, Risk};
pub use clause::{Clause, EACH, Level, Obligation, Section};
pub use country::{Country, Edition, Language, PolicyText, Retention, ServiceStandard, Site};
pub use error::PackError;
pub use fairness::{Audience, Conduct, Ground, Notice, SecondReviewer, Step};
pub use laws::{Law, Standing};
pub use lineage::Lineage;
pub use models::{Choice, ChoiceKind, Model, Piece, Resource};
pub use pack::{Pack, check};
pub use planning::{Aim, AimKind, DutyHolder, PlanPart, Role};
pub use reviewing::{in_force, news};
pub use shelf::{Keyed, Shelf};
pub use source::Source;
pub use text::Text;

use ground::clock::HOUR;
use ground::ctx::Right;
use ground::fact;
use ground::slice::{Needs, Slice, get, post};
use ground::{migrations, words};

fact!(ReviewOpened "policy.review-opened" Open { review: i64, edition: String }
    subject s => format!("policy-review:{}", s.review), scope None);
fact!(
    /// `outcome` is keep or revise.
    ReviewClosed "policy.review-closed" Open { review: i64, edition: String, outcome: String }
    subject s => format!("policy-review:{}", s.review), scope None);
fact!(
    /// The pack has an edition it did not have before. `first`: there was none.
    EditionTakenIn "policy.edition-taken-in" Open { edition: String, adopted_on: String, first: bool }
    subject s => format!("policy-edition:{}", s.edition), scope None);
fact!(EditionAdopted "policy.edition-adopted" Open { edition: String, order_ref: String }
    subject s => format!("policy-edition:{}", s.edition), scope None);

/// To see how every agency keeps the policy, to review it and to help.
pub const OVERSEE: Right = Right("oversee");
const OVERSIGHT: Needs = Needs::May(OVERSEE);

pub fn slice() -> Slice {
    with_api(Slice::new("policy"))
        .migrations(migrations!("policy" => "0001_editions.sql"))
        .page(get("/policy", pages::policy), Needs::Nothing)
        .page(get("/policy/editions/{id}", pages::editions::edition), Needs::Nothing)
        .page(post("/policy/editions/{id}/adoption", pages::editions::adopt), OVERSIGHT)
        .page(get("/policy/reviews", pages::editions::reviews), OVERSIGHT)
        .page(post("/policy/reviews", pages::editions::open), OVERSIGHT)
        .page(post("/policy/reviews/{id}/closure", pages::editions::close), OVERSIGHT)
        .sweep("policy.take-in", HOUR, reviewing::take_in)
        .fact::<ReviewOpened>()
        .fact::<ReviewClosed>()
        .fact::<EditionTakenIn>()
        .fact::<EditionAdopted>()
        .queries(store::ALL)
        .words(words!("policy"))
        .nav(64, "/policy/reviews", "policy-nav", "policy", OVERSIGHT)
}

fn with_api(slice: Slice) -> Slice {
    slice
        .api(
            get("/api/v1/policy", api::policy)
                .doc("The policy in force: its review clock and every clause with its obligation")
                .gives::<api::PolicyBody>(200),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/policy/editions/{id}/changes", api::editions::changes)
                .doc("An edition against the one before it, clause by clause, with the words that came and went")
                .gives::<api::editions::EditionChanges>(200),
            Needs::Nothing,
        )
        .api(
            post("/api/v1/policy/editions/{id}/adoption", api::editions::adopt)
                .doc("Record by which order an edition was adopted")
                .takes::<api::editions::Adoption>()
                .gives::<api::editions::EditionView>(200),
            OVERSIGHT,
        )
        .api(
            post("/api/v1/policy/reviews", api::editions::open)
                .doc("Open a review of the policy in force")
                .takes::<api::editions::NewReview>()
                .gives::<api::editions::ReviewView>(201),
            OVERSIGHT,
        )
        .api(
            post("/api/v1/policy/reviews/{id}/closure", api::editions::close)
                .doc("Close a review with what it came to")
                .takes::<api::editions::ReviewResult>()
                .gives::<api::editions::ReviewView>(200),
            OVERSIGHT,
        )
}
