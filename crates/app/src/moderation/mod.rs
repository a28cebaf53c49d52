//! Moderation that is fair: a person decides, on a ground of the published list and with a reason; nothing is deleted;
//! grave grounds take two; the author is told and may appeal to somebody who had no part in it. Criticism is no ground:
//! what each ground never covers stands beside it wherever it can be chosen.
//!
//! Facts: `message.reported`, `moderation.proposed`, `moderation.decided`, `moderation.declined`, `appeal.lodged`,
//! `appeal.decided`.
mod actions;
mod api;
mod case;
mod facts;
mod notice;
mod pages;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{NewDecision, appeal, decide, decide_appeal, report};
pub use case::{Decision, Report};
pub use facts::ModerationDecided;
pub use store::fill;
#[cfg(test)]
pub use store::open_reports;
pub use store::{find as find_decision, to_hear, to_look_at, to_second};

use crate::people::roles;
use ground::slice::{Control, Criterion, Finding, Needs, Slice, get, post};
use ground::{Ctx, Result, migrations, words};

const CONTROLS: &[Control] = &[
    Control {
        id: "moderation-fair",
        obligations: &["P6.2-CM7"],
        shown_by: "every change of a comment's visibility is a decision row with ground, reason, snapshot and time of appeal",
        page: "/moderation",
        criterion: Criterion::Built,
    },
    Control {
        id: "moderation-encourages",
        obligations: &["P6.2-CM3"],
        shown_by: "comments are public at once; the list of grounds with what they never cover is public",
        page: "/about",
        criterion: Criterion::Built,
    },
];

pub fn slice() -> Slice {
    routes(Slice::new("moderation"))
        .migrations(migrations!("moderation" => "0001_moderation.sql", "0002_appeals_open.sql", "0003_states.sql", "0004_shown.sql", "0005_by_ground.sql"))
        .job::<notice::Hide>()
        .fact::<facts::MessageReported>()
        .fact::<facts::ModerationProposed>()
        .fact::<facts::ModerationDecided>()
        .fact::<facts::ModerationDeclined>()
        .fact::<facts::AppealLodged>()
        .fact::<facts::AppealDecided>()
        .controls(CONTROLS)
        .queries(store::ALL)
        .words(words!("moderation"))
        .nav(40, "/moderation", "moderation-nav", "moderation", Needs::May(roles::SEE_DESK))
        .verify(verify)
}

fn routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let moderate = Needs::May(roles::MODERATE);
    let appeals = Needs::May(roles::DECIDE_APPEALS);
    slice
        .page(get("/moderation", pages::queue), see)
        .page(get("/moderation/messages/{id}", pages::message), moderate)
        .page(post("/moderation/messages/{id}", pages::decide), moderate)
        .page(get("/moderation/decisions/{id}", pages::decision), see)
        .page(post("/moderation/decisions/{id}/confirmation", pages::second), see)
        .page(post("/moderation/appeals/{id}/decision", pages::decide_appeal), appeals)
        .page(get("/decisions/{id}", pages::public::decision), Needs::Nothing)
        .page(post("/decisions/{id}/appeal", pages::public::appeal), Needs::Citizen)
        .page(get("/comments/{id}/report", pages::public::report_form), Needs::Citizen)
        .page(post("/comments/{id}/report", pages::public::report), Needs::Citizen)
        .page(get("/rules", pages::public::grounds), Needs::Nothing)
        .api(
            post("/api/v1/messages/{id}/decisions", api::decide)
                .doc("Decide about a message on a published ground")
                .takes::<api::NewDecisionBody>()
                .gives::<api::DecisionView>(201),
            moderate,
        )
        .api(
            get("/api/v1/decisions", api::list)
                .doc("Decisions of the agencies you work for, newest first")
                .query::<api::DecisionFilter>()
                .gives::<crate::shell::api::Listed<api::DecisionView>>(200),
            see,
        )
        .api(
            get("/api/v1/decisions/{id}", api::read)
                .doc("One decision with its appeal")
                .gives::<api::DecisionView>(200),
            see,
        )
        .api(
            post("/api/v1/decisions/{id}/confirmation", api::second)
                .doc("Agree or not, as the second reviewer")
                .takes::<api::Second>()
                .gives::<api::DecisionView>(200),
            see,
        )
        .api(
            post("/api/v1/decisions/{id}/appeal", api::appeal)
                .doc("Appeal: the author, or an officer for somebody who wrote on a platform")
                .takes::<api::NewAppeal>()
                .gives::<api::AppealView>(201),
            Needs::Nothing,
        )
        .api(
            post("/api/v1/appeals/{id}/decision", api::decide_appeal)
                .doc("Decide an appeal: uphold or overturn")
                .takes::<api::AppealDecision>()
                .gives::<api::AppealView>(200),
            appeals,
        )
}

/// Every snapshot still has the hash the ledger was told.
async fn verify(cx: Ctx) -> Result<Vec<Finding>> {
    let (mut found, mut before) = (vec![], i64::MAX);
    loop {
        let page = store::decisions(cx.db(), None, "", before, 500).await?;
        let Some(last) = page.last() else { return Ok(found) };
        before = last.id;
        for d in &page {
            let m = crate::inbox::find(cx.db(), d.message_id).await?;
            let hash = ground::crypto::sha256_hex(format!("{}\n{}", m.author_name, d.snapshot).as_bytes());
            if hash != d.snapshot_hash {
                let what = "its snapshot is not what was decided upon".into();
                found.push(Finding { place: format!("decision {}", d.id), what });
            }
        }
    }
}
