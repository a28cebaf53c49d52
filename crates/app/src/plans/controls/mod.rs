//! What plans show of the policy, judged from the plan in force of one agency; two are the whole government's.
mod national;
mod own;

use ground::slice::Control;
use national::{aims_covered, pillars_covered};
use own::{carried_out, channels, goals_bound, in_force, issues, measured, participation, six_parts};

const APPROVED: &[&str] = &["plan.approved"];
const CARRIED_OUT: &[&str] = &["plan.approved", "plan.action-set", "plan.action-ended"];
const MEASURED: &[&str] = &["plan.approved", "plan.evaluated"];

pub const ALL: &[Control] = &[
    Control::judged(
        "plans-in-force",
        &["P6.2-AP1"],
        "an approved plan is in force and in its term, approved by somebody other than its author",
        "/plans",
        APPROVED,
        in_force,
    ),
    Control::judged(
        "plans-carried-out",
        &["P6.2-AP2"],
        "the plan in force has actions, each with an owner and a day, and none is late",
        "/plans",
        CARRIED_OUT,
        carried_out,
    ),
    Control::judged(
        "plans-six-parts",
        &["P6.2-AP3", "P6.2-AP4", "P6.2-AP5", "P6.2-AP6", "P6.2-AP7", "P6.2-AP8"],
        "the plan in force has all six parts, in words and in records: none is submitted without them",
        "/plans",
        APPROVED,
        six_parts,
    ),
    Control::judged(
        "plans-measured",
        &["P6.2-AP7"],
        "every plan whose term is over was looked back on, objective by objective",
        "/plans",
        MEASURED,
        measured,
    ),
    Control::judged(
        "plans-goals-bound",
        &["P4-O0"],
        "each objective of the plan in force serves a pillar and one of the four objectives of the policy",
        "/plans",
        APPROVED,
        goals_bound,
    ),
    Control::judged(
        "plans-aims-covered",
        &["P4-S0"],
        "the plans in force cover all pillars and domains together; what nobody plans for is shown",
        "/plans/coverage",
        APPROVED,
        aims_covered,
    ),
    Control::judged(
        "plans-pillars-covered",
        &["P4-S1"],
        "every pillar has an objective in a plan that is in force",
        "/plans/coverage",
        APPROVED,
        pillars_covered,
    ),
    Control::judged(
        "plans-participation",
        &["P6.2-SU2"],
        "the plan in force has an objective by which citizens take part in making a policy or a service",
        "/plans",
        APPROVED,
        participation,
    ),
    Control::judged(
        "plans-channels",
        &["P6.2-SU3"],
        "the plan in force reaches an audience by two ways or more, one of them not social media",
        "/plans",
        APPROVED,
        channels,
    ),
    Control::judged(
        "plans-issues",
        &["P6.2-CC1"],
        "the plan in force takes up cross-cutting issues",
        "/plans",
        APPROVED,
        issues,
    ),
];
