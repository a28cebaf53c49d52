//! Carrying a plan out: actions with an owner and a day, and the look back when its term is over.
mod doing;
mod done;
mod looking_back;

pub use doing::{NewAction, add, add_suggested};
pub use done::{action, change, end};
pub use looking_back::{Evaluation, EvaluationRow, OUTCOMES, Reached, evaluate, reached};

use super::plan::PlanRow;
use super::store::{self, UnmeasuredRow, work};
use ground::clock::DAY;
use ground::{Ctx, Result, record};

record! {
    pub struct Action { id: i64, plan_id: i64, agency_id: i64, text: String, objective: i64, owner_id: i64, due_on: String, due_at: i64, state: String, note: String, set_by: i64, set_at: i64, ended_by: Option<i64>, ended_at: Option<i64>, version: i64 }
}

/// A plan whose end is nearer than this wants its successor.
pub const SOON: i64 = 60 * DAY;

impl Action {
    pub fn late(&self, now: i64) -> bool {
        self.state == "open" && self.due_at <= now
    }
    pub fn word(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "done" => "plans-action-state-done",
            "dropped" => "plans-action-state-dropped",
            _ if self.late(*now) => "plans-action-state-late",
            _ => "plans-action-state-open",
        }
    }
    pub fn tone(&self, now: &i64) -> &'static str {
        match self.state.as_str() {
            "done" => "good",
            "dropped" => "",
            _ if self.late(*now) => "bad",
            _ => "",
        }
    }
    /// A time in the day it is due.
    pub fn day(&self) -> i64 {
        self.due_at - 1
    }
}

/// What somebody has to do within a week or is late with, first what is late longest.
pub async fn due_actions(cx: &Ctx, most: i64) -> Result<Vec<Action>> {
    Ok(work::actions_of(cx.db(), cx.actor.person()?, cx.now() + 7 * DAY, most).await?)
}

/// Plans of agencies somebody writes plans for that end soon or are over, and those nobody looked back on.
pub async fn ending(cx: &Ctx, agencies: &[i64]) -> Result<(Vec<PlanRow>, Vec<UnmeasuredRow>)> {
    let (mut soon, mut unmeasured) = (vec![], vec![]);
    for agency in agencies {
        soon.extend(store::ending(cx.db(), *agency, cx.now() + SOON).await?);
        unmeasured.extend(store::unmeasured(cx.db(), *agency, cx.now()).await?);
    }
    Ok((soon, unmeasured))
}
