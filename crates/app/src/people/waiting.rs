//! What waits for a decision about access: roles that were asked for, lost access to give back, reviews to answer.
use super::actions::person_name;
use super::roles::Role;
use super::{granting, recovery, reviewing};
use crate::agencies;
use ground::clock::DAY;
use ground::{Ctx, Result};

pub struct Waiting {
    pub href: String,
    /// A person or an agency.
    pub line: String,
    /// What it is, as a word.
    pub what: &'static str,
    pub agency: Option<i64>,
    pub at: i64,
    pub hot: bool,
}

/// Everything that waits for this one, reviews that end soon first.
pub async fn waiting_for(cx: &Ctx, most: i64) -> Result<Vec<Waiting>> {
    let mut all = vec![];
    for r in reviewing::open_for(cx).await? {
        let line = match r.agency_id {
            Some(agency) => agencies::name(cx.db(), agency, cx.lang).await.unwrap_or_else(|_| agency.to_string()),
            None => cx.words().t(cx.lang, "people-whole-government"),
        };
        let (href, hot) = (format!("/reviews/{}", r.id), r.due_at - 7 * DAY <= cx.now());
        all.push(Waiting { href, line, what: "people-review-title", agency: r.agency_id, at: r.due_at, hot });
    }
    for r in recovery::to_decide(cx).await? {
        let (href, line) = (format!("/recoveries/{}", r.id), person_name(cx.db(), r.person_id).await?);
        all.push(Waiting { href, line, what: "people-recovery-title", agency: None, at: r.asked_at, hot: true });
    }
    for g in granting::to_decide(cx, most).await? {
        let (href, line) = (format!("/roles/{}", g.id), person_name(cx.db(), g.person_id).await?);
        let what = Role::parse(&g.role).map_or("people-role-unknown", Role::word);
        all.push(Waiting { href, line, what, agency: g.agency_id, at: g.granted_at, hot: false });
    }
    Ok(all)
}
