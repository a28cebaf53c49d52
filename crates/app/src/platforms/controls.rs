//! What the list of platforms gives evidence for.
use super::review::{NATION, Review};
use super::store;
use ground::clock::DAY;
use ground::slice::{Control, Criterion, Judging, Observation};
use ground::{Ctx, Result, Say};

const REVIEWS: &[&str] = &["platform.review-decided", "platform.review-expired", "platform.terms-acknowledged"];
const TERMS: &[&str] = &["platform.terms-recorded", "platform.terms-acknowledged", "platform.review-decided"];
/// Terms are looked at every year, changed or not.
const YEAR: i64 = 366 * DAY;

pub const ALL: &[Control] = &[
    Control {
        id: "platforms-kinds",
        obligations: &["P3-D3", "P3-D10"],
        shown_by: "every platform of the list has its kind; what the policy names is there, and what is retired stays as history",
        page: "/platforms",
        criterion: Criterion::Built,
    },
    Control {
        id: "platforms-chosen",
        obligations: &["P6.2-PL3", "P5-I1"],
        shown_by: "no review is handed in without the four scores with their weights and the fit with the government's plan",
        page: "/desk/platforms",
        criterion: Criterion::Built,
    },
    Control {
        id: "platforms-list",
        obligations: &["P6.2-AM10"],
        shown_by: "outside platforms in use have a review in force, decided by somebody other than who wrote it",
        page: "/desk/platforms",
        criterion: Criterion::Judged { from: REVIEWS, judge: reviews },
    },
    Control {
        id: "platforms-assessed",
        obligations: &["P6.2-AM11", "P6.2-AM13", "P6.2-AM14"],
        shown_by: "a review in force answers every question on functionality, privacy and security, with the risk signed off",
        page: "/desk/platforms",
        criterion: Criterion::Judged { from: REVIEWS, judge: reviews },
    },
    Control {
        id: "platforms-terms",
        obligations: &["P6.2-AM12"],
        shown_by: "the terms of every platform in use are kept, younger than a year, and each change was looked at by somebody else",
        page: "/desk/platforms",
        criterion: Criterion::Judged { from: TERMS, judge: terms },
    },
    Control {
        id: "platforms-models",
        obligations: &["P6.2-AM15"],
        shown_by: "the national assessment is public, and agencies inherit it with their differences on record",
        page: "/platforms",
        criterion: Criterion::Judged { from: REVIEWS, judge: reviews },
    },
];

/// The national reviews, and those of the agency, that count or did until they expired.
async fn in_force(cx: &Ctx, agency: i64) -> Result<Vec<Review>> {
    let mut all = store::all_in_force(cx.db(), NATION).await?;
    all.extend(store::all_in_force(cx.db(), agency).await?);
    all.retain(|r| r.state != "not-approved");
    Ok(all)
}

fn subjects(reviews: &[Review]) -> Vec<String> {
    reviews.iter().map(|r| format!("platform-review:{}", r.id)).collect()
}

fn reviews(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let now = cx.now();
        let all = in_force(&cx, agency).await?;
        let good = |r: &Review| r.state_at(now).open() && r.review_at.is_none_or(|at| at > now);
        let late = all.iter().filter(|r| !good(r)).count();
        let open: Vec<&Review> = all.iter().filter(|r| r.state_at(now).open()).collect();
        let next = open.iter().flat_map(|r| [r.valid_until, r.review_at]).flatten().filter(|at| *at > now).min();
        let seen = match (open.len(), late) {
            (0, _) => Observation::not_met(Say::new("platforms-seen-none")),
            (n, 0) => Observation::met(Say::new("platforms-seen-all").arg("n", n)),
            (_, late) => Observation::partly(Say::new("platforms-seen-some").arg("n", late)),
        };
        Ok(seen.evidence(subjects(&all)).until(next))
    })
}

fn terms(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let now = cx.now();
        let mut open = in_force(&cx, agency).await?;
        open.retain(|r| r.national() && r.state_at(now).open());
        let (mut old, mut evidence, mut next) = (0_usize, vec![], None);
        for review in &open {
            let newest = store::terms::newest(cx.db(), &review.platform).await?;
            let Some(t) = newest.filter(|t| t.acknowledged() && t.taken_at + YEAR > now) else {
                old += 1;
                continue;
            };
            evidence.push(format!("platform-terms:{}", t.id));
            next = [next, Some(t.taken_at + YEAR), review.valid_until].into_iter().flatten().min();
        }
        let seen = match (open.len(), old) {
            (0, _) => Observation::not_met(Say::new("platforms-seen-none")),
            (n, 0) => Observation::met(Say::new("platforms-seen-all").arg("n", n)),
            (_, old) => Observation::partly(Say::new("platforms-seen-terms").arg("n", old)),
        };
        Ok(seen.evidence(evidence).until(next))
    })
}
