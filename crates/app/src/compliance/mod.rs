//! Compliance: what the policy asks, found from what really happened. An *obligation* is served by *controls*, which the
//! slices above state with their criterion: held by construction, judged from facts, or attested by whoever answers for it.
//! What was seen is an *observation*, dated and with an end, never changed; what stands of all controls makes the
//! *finding* of an obligation for an agency: met, partly met, not met, not assessed, not applicable.
//!
//! A fact touches only the controls judged from it, for its agency; time touches what lapses; judging everything anew
//! gives the same findings. A review from outside stands beside what the agency shows, and the worse counts. Nobody fills
//! in a form about having filled in a form. What nothing can compute the lead says, with where it can be seen; after its time it
//! is asked again. Of bodies of another power, who oversees sees the state, not the evidence.
//!
//! A new edition of the policy is told to those who lead the agencies. What was shown for a clause holds for the one in its
//! place where the pack says so; the others are to be looked at.
//!
//! Facts: `finding.changed`, `attestation.given`, `finding.reviewed`, `assistance.asked`, `assistance.answered`.
mod actions;
mod api;
mod asking;
mod controls;
mod edition;
mod finding;
mod judging;
mod map;
mod oscal;
mod pages;
mod rules;
mod store;
mod table;
#[cfg(test)]
mod tests;

pub use asking::waiting as asked_of_leads;
pub use judging::{Shape, everything, judge_after};

use crate::ledger::load;
use crate::people::roles::{ATTEST, OVERSEE, SEE_DESK};
use crate::policy::EditionTakenIn;
use ground::clock::MINUTE;
use ground::slice::{Needs, Slice, get, post};
use ground::{fact, migrations, words};

fact!(FindingChanged "finding.changed" Open { agency: i64, obligation: String, from: String, to: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(AttestationGiven "attestation.given" Open { agency: i64, control: String, verdict: String, until: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(FindingReviewed "finding.reviewed" Open { agency: i64, control: String, verdict: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(AssistanceAsked "assistance.asked" Open { request: i64, agency: i64, obligation: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(AssistanceAnswered "assistance.answered" Open { request: i64, agency: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));

pub fn slice() -> Slice {
    let (see, oversee, attest) = (Needs::May(SEE_DESK), Needs::May(OVERSEE), Needs::May(ATTEST));
    Slice::new("compliance")
        .migrations(migrations!("compliance" => "0001_compliance.sql", "0002_due.sql"))
        .on_evidence("compliance.judge", judging::judge_after)
        .on::<EditionTakenIn, _, _, _, _>("compliance.tell-edition", load::<EditionTakenIn>, edition::tell)
        .sweep("compliance.sweep", MINUTE, judging::sweep)
        .page(get("/compliance", pages::map), see)
        .page(post("/compliance/recomputation", pages::recompute), oversee)
        .page(get("/compliance/help", pages::help), oversee)
        .page(post("/compliance/help/{id}/answer", pages::answer), oversee)
        .page(get("/compliance/clauses/{code}", pages::clause), oversee)
        .page(get("/compliance/agencies/{code}", pages::agency), see)
        .page(post("/compliance/agencies/{code}/attestations", pages::attest), attest)
        .page(post("/compliance/agencies/{code}/reviews", pages::review), oversee)
        .page(post("/compliance/agencies/{code}/requests", pages::ask), attest)
        .page(get("/compliance/findings.csv", table::download), oversee)
        .fact::<FindingChanged>()
        .fact::<AttestationGiven>()
        .fact::<FindingReviewed>()
        .fact::<AssistanceAsked>()
        .fact::<AssistanceAnswered>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .words(words!("compliance"))
        .nav(62, "/compliance", "compliance-nav", "compliance", see)
        .few(62, "/compliance", "compliance-few", "compliance", see)
        .api(
            get("/api/v1/compliance", api::map)
                .doc("How every agency you may see stands with every obligation, as computed")
                .gives::<api::MapView>(200),
            see,
        )
        .api(
            get("/api/v1/compliance/agencies/{code}", api::agency)
                .doc("The findings of one agency with the observations behind them")
                .gives::<api::AgencyFindings>(200),
            see,
        )
        .api(
            post("/api/v1/compliance/agencies/{code}/attestations", api::attest)
                .doc("Say how it stands with something that cannot be computed")
                .takes::<api::Attestation>()
                .gives::<api::AgencyFindings>(200),
            attest,
        )
        .api(
            get("/api/v1/compliance/oscal/catalog", oscal::catalog)
                .doc("The obligations of the policy as an OSCAL 1.2.1 catalog")
                .gives::<oscal::Document>(200),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/compliance/oscal/profiles/{code}", oscal::profile)
                .doc("What a kind of agency carries, as an OSCAL 1.2.1 profile of the catalog")
                .gives::<oscal::Document>(200),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/compliance/oscal/results/{code}", oscal::results)
                .doc("The findings of one agency as OSCAL 1.2.1 assessment results")
                .gives::<oscal::Document>(200),
            see,
        )
}
