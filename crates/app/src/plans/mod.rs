//! Social media plans: the six parts the policy requires, in words and in records, for a term, approved by somebody other
//! than the author. Without an approved plan in its term an agency gets no account.
//!
//! A plan begins with the model of the agency's kind, the plan of the agency above it, or the plan before; it is written in
//! five steps, and everything that is missing is told with its clause. draft → submitted → approved or rejected; a newer
//! approved plan ends the one before; its term ends it too. In force it is carried out by actions with an owner and a day,
//! and near its end it is looked back on, objective by objective; the next one begins where it came to.
//! Facts: `plan.drafted`, `plan.submitted`, `plan.approved`, `plan.rejected`, `plan.action-set`, `plan.action-ended`,
//! `plan.evaluated`.
mod actions;
mod api;
mod controls;
mod coverage;
mod model;
mod pages;
mod plan;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod working;

#[cfg(test)]
pub use actions::start;
pub use actions::{Beginning, approve, beginning, draft, submit};
pub use store::to_decide;
pub use working::{add_suggested, due_actions, ending};

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
fact!(
    /// Given to somebody, or changed: what, to whom, until when.
    ActionSet "plan.action-set" Open { action: i64, plan: i64, agency: i64, owner: i64, due_on: String }
    subject s => format!("plan-action:{}", s.action), scope Some(s.agency));
fact!(
    /// `outcome` is done or dropped.
    ActionEnded "plan.action-ended" Open { action: i64, plan: i64, agency: i64, outcome: String, late: bool }
    subject s => format!("plan-action:{}", s.action), scope Some(s.agency));
fact!(
    /// `attained`: for each objective the share of the way gone, in hundredths; none where nothing is counted.
    PlanEvaluated "plan.evaluated" Open { plan: i64, agency: i64, outcome: String, attained: Vec<Option<i64>> }
    subject s => format!("plan:{}", s.plan), scope Some(s.agency));

impl ActionSet {
    fn of(a: &working::Action) -> ActionSet {
        ActionSet { action: a.id, plan: a.plan_id, agency: a.agency_id, owner: a.owner_id, due_on: a.due_on.clone() }
    }
}

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let write = Needs::May(roles::WRITE_PLANS);
    let approve = Needs::May(roles::APPROVE_PLANS);
    let pages = Slice::new("plans")
        .migrations(migrations!("plans" => "0001_plans.sql", "0002_records.sql"))
        .page(get("/plans", pages::list), see)
        .page(get("/plans/new", pages::new), write)
        .page(get("/plans/coverage", pages::coverage::page), Needs::SignedIn)
        .page(post("/plans", pages::start), write)
        .page(get("/plans/{id}", pages::one::one), see)
        .page(get("/plans/{id}/edit", pages::builder::edit), write)
        .page(get("/plans/{id}/steps/{n}", pages::builder::open), write)
        .page(post("/plans/{id}/steps/{n}", pages::builder::save), write)
        .page(get("/plans/{id}/paper", pages::paper::paper), see)
        .page(post("/plans/{id}/submission", pages::one::submit), write)
        .page(post("/plans/{id}/approval", pages::one::approve), approve)
        .page(post("/plans/{id}/rejection", pages::one::reject), approve)
        .page(post("/plans/{id}/actions", pages::work::add), write)
        .page(post("/plans/{id}/actions/suggested", pages::work::add_suggested), write)
        .page(get("/plans/{id}/evaluation", pages::work::evaluation), approve)
        .page(post("/plans/{id}/evaluation", pages::work::evaluate), approve)
        .page(get("/plans/actions/{id}", pages::work::action), see)
        .page(post("/plans/actions/{id}", pages::work::change), write)
        .page(post("/plans/actions/{id}/end", pages::work::end), see);
    with_work_api(with_api(pages))
        .fact::<PlanDrafted>()
        .fact::<PlanSubmitted>()
        .fact::<PlanApproved>()
        .fact::<PlanRejected>()
        .fact::<ActionSet>()
        .fact::<ActionEnded>()
        .fact::<PlanEvaluated>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::work::ALL)
        .words(words!("plans"))
        .nav(60, "/plans", "plans-nav", "plans", see)
}

fn with_api(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let write = Needs::May(roles::WRITE_PLANS);
    let approve = Needs::May(roles::APPROVE_PLANS);
    slice
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
}

fn with_work_api(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let write = Needs::May(roles::WRITE_PLANS);
    let approve = Needs::May(roles::APPROVE_PLANS);
    slice
        .api(
            post("/api/v1/plans/starts", api::start)
                .doc("Begin a plan with what there is: a model, the plan of the agency above, or the plan before")
                .takes::<api::NewStart>()
                .gives::<api::PlanView>(201),
            write,
        )
        .api(
            get("/api/v1/plans/coverage", api::coverage)
                .doc("What the plans in force cover together, and how many agencies have one")
                .gives::<api::CoverageView>(200),
            Needs::SignedIn,
        )
        .api(
            get("/api/v1/plans/{id}/actions", api::actions)
                .doc("The actions that carry a plan out, by the day they are due")
                .gives::<crate::shell::api::Listed<api::ActionView>>(200),
            see,
        )
        .api(
            post("/api/v1/plans/{id}/actions", api::add_action)
                .doc("Give somebody something to do for a plan in force")
                .takes::<api::NewPlanAction>()
                .gives::<api::ActionView>(201),
            write,
        )
        .api(
            post("/api/v1/plans/actions/{id}/completion", api::complete)
                .doc("Say that an action is done, or dropped and why")
                .takes::<api::Completion>()
                .gives::<api::ActionView>(200),
            see,
        )
        .api(
            post("/api/v1/plans/{id}/evaluation", api::evaluate)
                .doc("Look back on a plan near or after the end of its term, objective by objective")
                .takes::<api::NewEvaluation>()
                .gives::<api::EvaluationView>(201),
            approve,
        )
}

/// The plan in force: approved, and in its term.
pub async fn approved_plan(c: &impl Run, agency: i64, now: i64) -> Result<Option<i64>> {
    Ok(store::approved(c, agency).await?.filter(|p| p.in_force(now)).map(|p| p.id))
}
