//! Pages of the people slice.
pub mod citizen;
pub mod conduct;
pub mod confirm;
pub mod first;
pub mod import;
pub mod me;
pub mod passkeys;
pub mod provider;
pub mod recovery;
pub mod register;
pub mod review;
pub mod roles;
pub mod sign_in;
pub mod team;

use super::rules::manages;
use super::store::conduct::ReferralRow;
use super::store::{GrantRow, PersonRow};
use crate::agencies;
use crate::people::register::EMPLOYMENT;
use crate::people::roles::Role;
use ground::ctx::Who;
use ground::http::FormData;
use ground::{Ctx, FieldError, Result, Say, words};

/// A role on a page, with whose it is and for how long.
pub struct RoleLine {
    pub grant: i64,
    pub word: &'static str,
    /// Empty: the whole government.
    pub agency: String,
    pub purpose: String,
    pub since: i64,
    /// The last day, as a time in it.
    pub last: Option<i64>,
    /// What it is, where that is not plain: it waits, begins later, is over.
    pub state: Option<&'static str>,
    pub may_end: bool,
}

/// How a role that was asked for was decided.
fn decision_word(decision: &str) -> &'static str {
    match decision {
        "approved" => "people-role-approved",
        "refused" => "people-role-refused",
        "lapsed" => "people-role-lapsed",
        _ => "people-role-withdrawn",
    }
}

/// A day of a form; `None` when it was left empty.
fn read_day(form: &FormData, name: &'static str) -> Result<Option<i64>, FieldError> {
    match form.text(name) {
        "" => Ok(None),
        day => match words::parse_local(&format!("{day}T00:00")) {
            None => Err(FieldError::new(name, Say::new("people-error-date"))),
            some => Ok(some),
        },
    }
}

async fn role_lines(cx: &Ctx, grants: Vec<GrantRow>) -> Result<Vec<RoleLine>> {
    let mut lines = vec![];
    for g in grants {
        let (now, waits, stands) = (cx.now(), g.waits(), g.stands(cx.now()));
        let state = match g.decision.as_deref() {
            None => Some("people-role-waits"),
            Some("approved") if g.live(now) => None,
            Some("approved") if stands => Some("people-role-later"),
            Some("approved") => Some("people-role-over"),
            Some(other) => Some(decision_word(other)),
        };
        let own = cx.actor.who == Who::Person(g.person_id);
        let taken_back = waits && g.granted_by == cx.actor.label();
        lines.push(RoleLine {
            grant: g.id,
            word: Role::parse(&g.role).map_or("people-role-unknown", Role::word),
            agency: agency_name(cx, g.agency_id).await?,
            purpose: g.purpose,
            since: g.from_at.or(g.decided_at).unwrap_or(g.granted_at),
            last: g.ended_at.or(g.until.map(|until| until - 1)),
            state,
            may_end: taken_back || ((waits || stands) && !own && manages(&cx.actor, g.agency_id)),
        });
    }
    lines.sort_by_key(|l| (l.state.is_some(), !l.may_end, l.grant));
    Ok(lines)
}

/// Empty: the whole government.
async fn agency_name(cx: &Ctx, agency: Option<i64>) -> Result<String> {
    match agency {
        Some(id) => agencies::name(cx.db(), id, cx.lang).await,
        None => Ok(String::new()),
    }
}

impl PersonRow {
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "invited" => "people-state-invited",
            "active" => "people-state-active",
            "left" => "people-state-left",
            _ => "people-state-suspended",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "invited" => "warn",
            "active" => "good",
            _ => "bad",
        }
    }
    /// Suspended, or no longer in the service: nothing lets them in.
    pub fn away(&self) -> bool {
        self.state == "suspended" || self.state == "left"
    }
    pub fn employment_word(&self) -> &'static str {
        let code = self.employment.as_deref().unwrap_or_default();
        EMPLOYMENT.iter().find(|(c, _)| *c == code).map_or("people-employment-unknown", |(_, word)| word)
    }
    pub fn job(&self) -> &str {
        self.job_title.as_deref().unwrap_or_default()
    }
}

impl ReferralRow {
    pub fn state_word(&self) -> &'static str {
        match (self.outcome.as_deref(), self.replied_at) {
            (Some("founded"), _) => "people-referral-founded",
            (Some(_), _) => "people-referral-unfounded",
            (None, Some(_)) => "people-referral-heard",
            (None, None) => "people-referral-waits",
        }
    }
}
