//! Social media plans: the six parts the policy requires, approved by somebody other than the author. Without an approved
//! plan an agency gets no account.
//!
//! draft → submitted → approved or rejected; a newer approved plan ends the one before.
//! Facts: `plan.drafted`, `plan.submitted`, `plan.approved`, `plan.rejected`.
mod actions;
mod api;
mod controls;
mod pages;
mod plan;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{approve, draft, submit};
pub use plan::Draft;
pub use store::to_decide;

use crate::people::roles;
use ground::db::Run;
use ground::slice::{Needs, Slice, get, patch, post};
use ground::{Result, fact, migrations, words};

fact!(PlanDrafted "plan.drafted" Sealed { plan: i64, agency: i64, content_hash: String }
    subject s => format!("plan:{}", s.plan), scope Some(s.agency));
fact!(PlanSubmitted "plan.submitted" Open { plan: i64, agency: i64, content_hash: String }
    subject s => format!("plan:{}", s.plan), scope Some(s.agency));
fact!(PlanApproved "plan.approved" Open { plan: i64, agency: i64, content_hash: String }
    subject s => format!("plan:{}", s.plan), scope Some(s.agency));
fact!(PlanRejected "plan.rejected" Open { plan: i64, agency: i64, reason: String }
    subject s => format!("plan:{}", s.plan), scope Some(s.agency));

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let write = Needs::May(roles::WRITE_PLANS);
    let approve = Needs::May(roles::APPROVE_PLANS);
    Slice::new("plans")
        .migrations(migrations!("plans" => "0001_plans.sql"))
        .page(get("/plans", pages::list), see)
        .page(get("/plans/new", pages::new), write)
        .page(post("/plans", pages::create), write)
        .page(get("/plans/{id}", pages::one), see)
        .page(get("/plans/{id}/edit", pages::edit), write)
        .page(post("/plans/{id}", pages::save), write)
        .page(post("/plans/{id}/submission", pages::submit), write)
        .page(post("/plans/{id}/approval", pages::approve), approve)
        .page(post("/plans/{id}/rejection", pages::reject), approve)
        .api(
            get("/api/v1/plans", api::list)
                .doc("Plans of the agencies you work for, newest first")
                .query::<crate::shell::paging::Paging>()
                .gives::<crate::shell::api::Listed<api::PlanView>>(200),
            see,
        )
        .api(
            post("/api/v1/plans", api::create).doc("Write a plan").takes::<api::NewPlan>().gives::<api::PlanView>(201),
            write,
        )
        .api(get("/api/v1/plans/{id}", api::read).doc("One plan").gives::<api::PlanView>(200), see)
        .api(
            patch("/api/v1/plans/{id}", api::change)
                .doc("Write its next version")
                .takes::<api::PlanChange>()
                .gives::<api::PlanView>(200),
            write,
        )
        .api(
            post("/api/v1/plans/{id}/submission", api::submit)
                .doc("Ask for approval")
                .takes::<api::AtVersion>()
                .gives::<api::PlanView>(200),
            write,
        )
        .api(
            post("/api/v1/plans/{id}/approval", api::approve)
                .doc("Approve exactly this version")
                .takes::<api::AtVersion>()
                .gives::<api::PlanView>(200),
            approve,
        )
        .api(
            post("/api/v1/plans/{id}/rejection", api::reject)
                .doc("Send it back with a reason")
                .takes::<api::WithReason>()
                .gives::<api::PlanView>(200),
            approve,
        )
        .fact::<PlanDrafted>()
        .fact::<PlanSubmitted>()
        .fact::<PlanApproved>()
        .fact::<PlanRejected>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .words(words!("plans"))
        .nav(60, "/plans", "plans-nav", "plans", see)
}

/// The plan in force.
pub async fn approved_plan(c: &impl Run, agency: i64) -> Result<Option<i64>> {
    Ok(store::approved(c, agency).await?)
}
