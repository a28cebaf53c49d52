//! What publishing gives evidence for.
use super::outside::judging;
use super::store::out;
use crate::accounts;
use crate::posts::Accessible;
use ground::clock::DAY;
use ground::slice::{Control, Criterion, Judging, Observation, Verdict};
use ground::{Ctx, Say};
use std::collections::BTreeMap;

const OUT: &[&str] = &["delivery.sent", "delivery.edited", "delivery.taken-down", "delivery.confirmed"];

pub const ALL: &[Control] = &[
    Control {
        id: "publishing-once",
        obligations: &["P6.2-AM16"],
        shown_by: "every call is a row written before it was made; a delivery is unique per post and account",
        page: "/posts",
        criterion: Criterion::Built,
    },
    Control::judged(
        "publishing-nothing-outside",
        &["P6.2-AM16"],
        "where a platform lists what stands on an account, what was not posted through the program is found within the hour and explained or adopted within one day",
        "/publishing/outside",
        judging::FROM,
        judging::nothing_outside,
    ),
    // Where a platform does not list what stands on an account, the program does not see it.
    Control::attested(
        "publishing-nothing-beside",
        &["P6.2-AM16"],
        "every official account is managed through a platform management tool; what was posted beside it was looked at and explained",
        "/compliance",
        12,
    ),
    Control {
        id: "publishing-approved-only",
        obligations: &["P6.2-CM1"],
        shown_by: "a call begins only while the post's released version is the one that is sent",
        page: "/posts",
        criterion: Criterion::Built,
    },
    Control::judged(
        "publishing-accessible",
        &["P4-O1"],
        "what went out in the last ninety days is there in both languages, with each picture described and each recording written down in both",
        "/posts",
        OUT,
        accessible,
    ),
];

/// For how long what went out is looked at.
const LOOKED_AT: i64 = 90 * DAY;
/// So many posts are named as evidence, those that lack something first.
const NAMED: usize = 50;

fn accessible(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let rows = out::since(cx.db(), agency, cx.now() - LOOKED_AT, &accounts::left_out(&cx)?).await?;
        let leaves = rows.iter().map(|r| r.sent_at + LOOKED_AT).min();
        let mut posts: BTreeMap<i64, Accessible> = BTreeMap::new();
        for r in &rows {
            let post = posts.entry(r.post_id).or_default();
            post.shown_as(&r.variant, &r.text_dz, &r.text_en);
            // Where a correction is out on one account and not yet on another, the poorer of the two counts.
            post.pictures = post.pictures.max(r.pictures);
            post.untold_en = post.untold_en.max(r.untold_en);
            post.untold_dz = post.untold_dz.max(r.untold_dz);
            post.recordings = post.recordings.max(r.recordings);
            post.unsaid_en = post.unsaid_en.max(r.unsaid_en);
            post.unsaid_dz = post.unsaid_dz.max(r.unsaid_dz);
        }
        let (whole, lacking): (Vec<_>, Vec<_>) = posts.into_iter().rev().partition(|(_, a)| a.is_whole());
        let verdict = share(whole.len(), whole.len() + lacking.len());
        let key = match verdict {
            Verdict::NotApplicable => "publishing-access-none",
            Verdict::Met => "publishing-access-all",
            Verdict::Partly | Verdict::NotMet => "publishing-access-lacking",
        };
        let say = Say::new(key).arg("n", lacking.len()).arg("all", whole.len() + lacking.len());
        let named = lacking.into_iter().chain(whole).take(NAMED).map(|(post, _)| format!("post:{post}"));
        Ok(Observation::new(verdict, say).evidence(named).until(leaves))
    })
}

/// How far something holds of all it could hold of: of each, of half of them at least, of fewer.
fn share(good: usize, all: usize) -> Verdict {
    match (good, all) {
        (_, 0) => Verdict::NotApplicable,
        (good, all) if good == all => Verdict::Met,
        (good, all) if 2 * good >= all => Verdict::Partly,
        _ => Verdict::NotMet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_partly_and_less_is_not() {
        let found = [(0, 0), (3, 3), (2, 3), (1, 2), (1, 3), (0, 2)].map(|(good, all)| share(good, all));
        let (partly, not) = (Verdict::Partly, Verdict::NotMet);
        assert_eq!(found, [Verdict::NotApplicable, Verdict::Met, partly, partly, not, not]);
    }
}
