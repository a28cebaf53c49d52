//! The policy as data. A *pack* is a folder of tables that says, for one government, what its social media policy
//! demands and in which words: clauses, obligations, agencies, moderation grounds, platforms, risks, controls,
//! metrics, notices. The program holds no country: another government replaces the pack, not the program.
//!
//! A pack is read once, at start-up, and checked to the last reference; a fault is told with file, row and column.
//! The pack of Bhutan is built into the program, so that the program runs without any file beside it.
//! The format is described in `docs/packs.md`. The public reads it at `/policy`, where every clause has its anchor.
mod agency;
mod api;
mod catalogue;
mod clause;
mod country;
mod error;
mod fairness;
mod pack;
mod pages;
mod planning;
mod shelf;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use agency::{Agency, Certainty, Kind};
pub use catalogue::{Control, Metric, Platform, PlatformStatus, Rating, Risk};
pub use clause::{Clause, EACH, Level, Obligation, Section};
pub use country::{Country, Edition, Language, PolicyText, Retention, ServiceStandard, Site};
pub use error::PackError;
pub use fairness::{Audience, Conduct, Ground, Notice, SecondReviewer, Step};
pub use pack::{Pack, check};
pub use planning::{Aim, AimKind, DutyHolder, PlanPart, Role};
pub use shelf::{Keyed, Shelf};
pub use source::Source;
pub use text::Text;

use ground::slice::{Needs, Slice, get};
use ground::words;

pub fn slice() -> Slice {
    Slice::new("policy")
        .page(get("/policy", pages::policy), Needs::Nothing)
        .api(
            get("/api/v1/policy", api::policy)
                .doc("The policy in force: its review clock and every clause with its obligation")
                .gives::<api::PolicyBody>(200),
            Needs::Nothing,
        )
        .words(words!("policy"))
}
