//! The list of platforms the government may use, and why. It begins with the pack; what counts is a review: what the
//! platform can do, its terms of use as they were on a day, a model privacy assessment, a security assessment, and a score
//! for what the policy chooses by. Whoever oversees the government writes it, another of them decides, for a time.
//!
//! An agency inherits the model and writes down only what differs there; it may be stricter than the nation and never laxer.
//! Reviews are never changed: written → approved, restricted or not-approved; past its day a review is expired, and a later
//! one takes its place. Terms that changed want somebody else to say what the change means. Our own site and the practice
//! network need no review; what is retired stays as history.
//!
//! Facts: `platform.review-written`, `platform.review-decided`, `platform.review-expired`, `platform.terms-recorded`,
//! `platform.terms-acknowledged`.
mod actions;
mod api;
mod controls;
mod facts;
mod form;
mod pages;
mod review;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{
    NewReview, NewTerms, changed_terms, decide, ending, is_own, is_practice, record_terms, standing, waiting, write,
};
pub use form::{Answer, Form};
#[cfg(test)]
pub use form::{items, numbers};
pub use review::{Decision, NATION, is_for_practice};
pub use rules::Deciding;

use crate::people::roles;
use ground::slice::{Needs, Route, Slice, get, post};
use ground::{clock, migrations, words};

/// Room for pasted terms, which a form writes three bytes for each of Dzongkha.
fn roomy(mut route: Route) -> Route {
    route.body_limit = 4 * actions::LONGEST_TERMS;
    route
}

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let oversee = Needs::May(roles::OVERSEE);
    let slice = Slice::new("platforms")
        .migrations(migrations!("platforms" => "0001_reviews.sql"))
        .page(get("/platforms", pages::public::list), Needs::Nothing)
        .page(get("/platforms/{platform}", pages::public::one), Needs::Nothing)
        .page(get("/desk/platforms", pages::desk::list), see)
        .page(get("/desk/platforms/{platform}", pages::desk::one), see)
        .page(get("/desk/platforms/{platform}/review", pages::review::new), see)
        .page(post("/desk/platforms/{platform}/reviews", pages::review::create), see)
        .page(get("/desk/platforms/{platform}/terms", pages::terms::new), oversee)
        .page(roomy(post("/desk/platforms/{platform}/terms", pages::terms::create)), oversee)
        .page(get("/desk/platform-reviews/{id}", pages::review::one), see)
        .page(post("/desk/platform-reviews/{id}/decision", pages::review::decide), see)
        .page(get("/desk/platform-terms/{id}", pages::terms::one), see)
        .page(post("/desk/platform-terms/{id}/acknowledgement", pages::terms::acknowledge), oversee)
        .sweep("platforms.expire", clock::HOUR, actions::expire)
        .fact::<facts::PlatformReviewWritten>()
        .fact::<facts::PlatformReviewDecided>()
        .fact::<facts::PlatformReviewExpired>()
        .fact::<facts::PlatformTermsRecorded>()
        .fact::<facts::PlatformTermsAcknowledged>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::terms::ALL)
        .words(words!("platforms"))
        .nav(52, "/desk/platforms", "platforms-nav", "platforms", see);
    with_api(slice, see, oversee)
}

fn with_api(slice: Slice, see: Needs, oversee: Needs) -> Slice {
    slice
        .api(
            get("/api/v1/platforms", api::list)
                .doc("The list of platforms: which the government may use, and until when")
                .gives::<crate::shell::api::Listed<api::PlatformView>>(200),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/platforms/{platform}", api::one)
                .doc("One platform with the public summary of its review")
                .gives::<api::SummaryView>(200),
            Needs::Nothing,
        )
        .api(
            post("/api/v1/platforms/{platform}/reviews", api::write)
                .doc("Hand in a review, or what differs from the model in an agency")
                .takes::<api::NewReviewBody>()
                .gives::<api::ReviewView>(201),
            see,
        )
        .api(
            roomy(post("/api/v1/platforms/{platform}/terms", api::record_terms))
                .doc("Keep the terms of use as they were on a day")
                .takes::<api::NewTermsBody>()
                .gives::<api::TermsView>(201),
            oversee,
        )
        .api(get("/api/v1/platform-reviews/{id}", api::read).doc("One review").gives::<api::ReviewView>(200), see)
        .api(
            post("/api/v1/platform-reviews/{id}/decision", api::decide)
                .doc("Decide a review somebody else wrote")
                .takes::<api::DecisionBody>()
                .gives::<api::ReviewView>(200),
            see,
        )
        .api(
            post("/api/v1/platform-terms/{id}/acknowledgement", api::acknowledge)
                .doc("Say what a change of terms means")
                .takes::<api::AcknowledgementBody>()
                .gives::<api::TermsView>(200),
            oversee,
        )
}
