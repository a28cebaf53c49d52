//! Whether anything stands beside the tool, judged for one agency.
use super::rules;
use crate::publishing::store::outside;
use crate::{accounts, agencies};
use ground::slice::{Judging, Observation, Verdict};
use ground::{Ctx, Say};

pub const FROM: &[&str] = &[
    "publishing.outside-watched",
    "publishing.outside-found",
    "publishing.outside-explained",
    "publishing.outside-adopted",
    "account.connected",
    "account.proven",
    "account.closed",
    "account.handed-over",
];

/// So many open ones are named as evidence.
const NAMED: i64 = 50;

pub fn nothing_outside(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        // What was found before an agency ended is now with the one that has its accounts.
        let former = agencies::taken_over(cx.db(), &[agency]).await?.into_iter().map(|(_, former)| former);
        let answers_for: Vec<i64> = former.chain([agency]).collect();
        let open = outside::oldest_open(cx.db(), &answers_for, 0, NAMED).await?;
        let mut looked = vec![];
        for account in accounts::live_of(cx.db(), agency).await? {
            if super::listing(&cx, &account)?.is_none() {
                continue;
            }
            if let Some(at) = outside::cursor(cx.db(), account.id).await?.and_then(|c| c.looked_at) {
                looked.push((account.id, at));
            }
        }
        let times: Vec<i64> = looked.iter().map(|(_, at)| *at).collect();
        let (verdict, until) = rules::verdict(open.first().map(|p| p.seen_at), &times, cx.now());
        let key = match (verdict, open.is_empty()) {
            (Verdict::NotMet, _) => "publishing-outside-late",
            (Verdict::Partly, false) => "publishing-outside-waiting",
            (Verdict::Partly, true) => "publishing-outside-blind",
            (Verdict::Met, _) => "publishing-outside-none",
            (Verdict::NotApplicable, _) => "publishing-outside-unlisted",
        };
        let seen = Observation::new(verdict, Say::new(key).arg("n", open.len()).arg("accounts", looked.len()));
        let named = open.iter().map(|p| format!("outside:{}", p.id));
        let read = looked.iter().map(|(id, _)| format!("account:{id}"));
        Ok(seen.evidence(named).evidence(read).until(until))
    })
}
