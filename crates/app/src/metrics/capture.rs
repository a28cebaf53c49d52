//! Whether everything was captured: what a platform counts below the posts of the last thirty days, against what is known
//! here. Compared for the moment a platform was asked; our own answers, and what of ours follows a post, count as known, for
//! some platforms count them too, and so does what was deleted since. Platforms that count only direct answers may hide a gap
//! deeper in a thread; none is made up.
use super::store;
use crate::accounts::{self, Account};
use ground::clock::{DAY, HOUR};
use ground::slice::{Judging, Observation, Verdict};
use ground::{Ctx, Result, Say};

/// Posts that a platform was asked about in this time.
const LOOKED_AT: i64 = 30 * DAY;
/// Counts come without a fact: what they say is judged anew so often.
const JUDGED_EVERY: i64 = 6 * HOUR;
/// What is judged besides by time.
pub const FROM: &[&str] = &["delivery.sent", "message.received", "account.connected", "account.closed"];

/// One account's comparison.
pub struct Capture {
    pub id: i64,
    pub label: String,
    /// Posts that the platform told a count of.
    pub posts: i64,
    pub counted: i64,
    /// Of these.
    pub captured: i64,
}

impl Capture {
    pub fn missing(&self) -> i64 {
        self.counted - self.captured
    }
}

/// Whether a platform both counts and lets read what people answer.
fn comparable(cx: &Ctx, account: &Account) -> Result<bool> {
    if !accounts::counts(cx, &account.platform) {
        return Ok(false);
    }
    let can = accounts::connector_of(cx, &account.platform)?.map(|c| c.capabilities());
    Ok(can.is_some_and(|can| can.has_metrics && can.reads_comments))
}

/// Of one post: how many of those the platform counts are known. Pure.
fn known(counted: i64, comments: i64, ours: i64) -> i64 {
    (comments + ours).min(counted)
}

/// The comparison for each live account of an agency that can be compared, those with a gap first.
pub async fn of(cx: &Ctx, agency: i64) -> Result<Vec<Capture>> {
    let mut all = vec![];
    for account in accounts::live_of(cx.db(), agency).await? {
        if !comparable(cx, &account)? {
            continue;
        }
        let mut one = Capture { id: account.id, label: account.label(cx), posts: 0, counted: 0, captured: 0 };
        for row in store::replies(cx.db(), account.id, cx.now() - LOOKED_AT).await? {
            one.posts += 1;
            one.counted += row.replies;
            one.captured += known(row.replies, row.comments, row.answers + row.parts);
        }
        all.push(one);
    }
    all.sort_by_key(|c| (-c.missing(), c.id));
    Ok(all)
}

/// All of it is met, nineteen of twenty partly.
fn share(captured: i64, counted: i64) -> Verdict {
    match counted {
        0 => Verdict::NotApplicable,
        _ if captured >= counted => Verdict::Met,
        _ if captured * 20 >= counted * 19 => Verdict::Partly,
        _ => Verdict::NotMet,
    }
}

pub fn complete(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = of(&cx, agency).await?;
        let (captured, counted) = (all.iter().map(|c| c.captured).sum(), all.iter().map(|c| c.counted).sum());
        let verdict = share(captured, counted);
        let key = match verdict {
            Verdict::NotApplicable => "metrics-capture-nothing",
            Verdict::Met => "metrics-capture-all",
            Verdict::Partly | Verdict::NotMet => "metrics-capture-gap",
        };
        let seen = Observation::new(verdict, Say::new(key).arg("n", captured).arg("all", counted));
        let until = (!all.is_empty()).then(|| cx.now() + JUDGED_EVERY);
        Ok(seen.evidence(all.iter().take(50).map(|c| format!("account:{}", c.id))).until(until))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_beyond_a_count_closes_no_gap_elsewhere() {
        assert_eq!([known(3, 2, 0), known(3, 2, 1), known(3, 9, 9), known(0, 4, 0)], [2, 3, 3, 0]);
        let of = [(0, 0), (42, 42), (41, 42), (19, 20), (18, 20), (0, 1)].map(|(n, all)| share(n, all));
        let (partly, not) = (Verdict::Partly, Verdict::NotMet);
        assert_eq!(of, [Verdict::NotApplicable, Verdict::Met, partly, partly, not, not]);
    }
}
