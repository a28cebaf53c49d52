//! Pages of the people slice.
pub mod citizen;
pub mod first;
pub mod me;
pub mod register;
pub mod sign_in;

use super::rules::manages;
use super::store::{GrantRow, PersonRow};
use crate::agencies;
use crate::people::roles::Role;
use ground::{Ctx, Result};

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
    pub live: bool,
    pub may_end: bool,
}

async fn role_lines(cx: &Ctx, grants: Vec<GrantRow>) -> Result<Vec<RoleLine>> {
    let mut lines = vec![];
    for g in grants {
        let live = g.ended_at.is_none() && g.until.is_none_or(|until| until > cx.now());
        lines.push(RoleLine {
            grant: g.id,
            word: Role::parse(&g.role).map_or("people-role-unknown", Role::word),
            agency: agency_name(cx, g.agency_id).await?,
            purpose: g.purpose,
            since: g.granted_at,
            last: g.ended_at.or(g.until.map(|until| until - 1)),
            live,
            may_end: live && manages(&cx.actor, g.agency_id),
        });
    }
    lines.sort_by_key(|l| (!l.live, l.grant));
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
    pub fn suspended(&self) -> bool {
        self.state == "suspended"
    }
}
