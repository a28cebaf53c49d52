//! Figures: what went out, what came back, how long people waited. Counted from facts as they are recorded, each fact
//! once; a walk over the ledger finds what was missed and would make the same figures from nothing. Platforms that tell
//! how a post does are asked an hour, a day and a week after it went out. What they
//! count below a post is compared with what was captured. What each figure means is written down and open. Nothing here is about single people.
mod api;
mod capture;
mod chart;
mod counting;
mod definitions;
mod figures;
mod measuring;
mod pages;
mod store;
#[cfg(test)]
mod tests;

use crate::inbox::{AnswerSent, MessageReceived};
use crate::ledger::load;
use crate::moderation::ModerationDecided;
use crate::people::roles::SEE_DESK;
use crate::posts::PostApproved;
use crate::publishing::{DeliveryFailed, DeliverySent, DeliveryTakenDown, DeliveryUnconfirmed};
use counting::follow;
use ground::clock::{HOUR, MINUTE};
use ground::slice::{Control, Needs, Slice, get};
use ground::{Ctx, migrations, words};

const CONTROLS: &[Control] = &[Control::judged(
    "metrics-capture-complete",
    &["P6.2-CM9"],
    "below the posts of the last thirty days, everything that the platforms count was captured",
    "/figures",
    capture::FROM,
    capture::complete,
)];

pub fn slice() -> Slice {
    let see = Needs::May(SEE_DESK);
    Slice::new("metrics")
        .migrations(migrations!("metrics" => "0001_figures.sql", "0002_capture.sql"))
        .on::<DeliverySent, _, _, _, _>("metrics.sent", load::<DeliverySent>, follow)
        .on::<DeliveryFailed, _, _, _, _>("metrics.failed", load::<DeliveryFailed>, follow)
        .on::<DeliveryUnconfirmed, _, _, _, _>("metrics.unconfirmed", load::<DeliveryUnconfirmed>, follow)
        .on::<DeliveryTakenDown, _, _, _, _>("metrics.taken-down", load::<DeliveryTakenDown>, follow)
        .on::<PostApproved, _, _, _, _>("metrics.approved", load::<PostApproved>, follow)
        .on::<MessageReceived, _, _, _, _>("metrics.received", load::<MessageReceived>, follow)
        .on::<AnswerSent, _, _, _, _>("metrics.answered", load::<AnswerSent>, follow)
        .on::<ModerationDecided, _, _, _, _>("metrics.decided", load::<ModerationDecided>, follow)
        .sweep("metrics.measure", 5 * MINUTE, measuring::measure)
        .sweep("metrics.catch-up", HOUR, counting::catch_up)
        .page(get("/figures", pages::figures), see)
        .page(get("/posts/{id}/figures", pages::of_post), see)
        .api(
            get("/api/v1/metrics", api::figures)
                .doc("Figures of an agency by day and by account, and how long people waited for an answer")
                .query::<api::Asked>()
                .gives::<api::FiguresView>(200),
            see,
        )
        .api(
            get("/api/v1/metrics/definitions", api::definitions)
                .doc("What each figure means and which facts it is counted from, and the register of measures of the policy pack")
                .gives::<api::Definitions>(200),
            Needs::Nothing,
        )
        .controls(CONTROLS)
        .queries(store::ALL)
        .words(words!("metrics"))
        .nav(47, "/figures", "metrics-nav", "figures", see)
}

/// The agency somebody means who names none: their own, if they may see its desk.
fn own_agency(cx: &Ctx) -> Option<i64> {
    cx.actor.home.filter(|home| cx.actor.may(SEE_DESK, *home))
}
