//! What the register of accounts gives evidence for, judged from the accounts of one agency.
use super::account::Account;
use super::actions::SITE;
use super::care;
use super::life::{Life, QUIET};
use super::practice::counts;
use super::store;
use crate::platforms;
use ground::slice::{Control, Judging, Observation};
use ground::{Ctx, Result, Say};

const BORN: &[&str] = &["account.connected", "account.proven", "account.closed", "account.handed-over"];
const REVIEWED: &[&str] = &[
    "account.connected",
    "account.proven",
    "account.closed",
    "account.handed-over",
    "platform.review-decided",
    "platform.review-expired",
];
const CHECKED: &[&str] =
    &["account.checked", "account.connected", "account.proven", "account.closed", "account.handed-over"];
const LIVELY: &[&str] = &[
    "account.quiet",
    "account.handle-moved",
    "account.handle-back",
    "account.connected",
    "account.proven",
    "account.closed",
    "account.handed-over",
];
const EVALUATED: &[&str] =
    &["account.evaluated", "account.connected", "account.proven", "account.closed", "account.handed-over"];
const CLOSED: &[&str] = &["account.closed"];

pub const ALL: &[Control] = &[
    Control::built(
        "accounts-under-a-plan",
        &["P6.2-AM3", "P6.2-AM4"],
        "every account names the plan in force, the platform review and the purpose it was asked under, and the lead who approved it did not ask",
        "/accounts",
    ),
    Control::built(
        "accounts-no-narrow-subjects",
        &["P6.2-SU1"],
        "a second account on a platform is refused until it is said why the one the agency has does not do",
        "/accounts/new",
    ),
    Control::built(
        "accounts-directory",
        &["P4-S2"],
        "anybody may check an address, report an impostor, and keep the register of official accounts as a signed file",
        "/verify",
    ),
    Control::judged(
        "accounts-first-party",
        &["P6.2-PL1"],
        "the agency speaks on its own public site",
        "/accounts",
        BORN,
        first_party,
    ),
    Control::judged(
        "accounts-on-reviewed-platforms",
        &["P6.2-AM10"],
        "every live account is on a platform whose review is in force for the agency",
        "/accounts",
        REVIEWED,
        on_reviewed,
    ),
    Control::judged(
        "accounts-proven",
        &["P6.2-AM5"],
        "every live account was proven to be the agency's",
        "/accounts",
        BORN,
        proven,
    ),
    Control::judged(
        "accounts-configured",
        &["P6.2-AM6"],
        "every setting of every live account was confirmed by a person within ninety days",
        "/accounts",
        CHECKED,
        |cx, agency| checked(cx, agency, &[]),
    ),
    Control::judged(
        "accounts-monitoring-notice",
        &["P6.2-MO8"],
        "the profile of every live account tells that what is written there is read, looked at within ninety days",
        "/accounts",
        CHECKED,
        |cx, agency| checked(cx, agency, &["monitoring-notice"]),
    ),
    Control::judged(
        "accounts-rules-notice",
        &["P6.2-MO9"],
        "the profile of every live account leads to the rules for comments, looked at within ninety days",
        "/accounts",
        CHECKED,
        |cx, agency| checked(cx, agency, &["rules-notice"]),
    ),
    Control::judged(
        "accounts-privacy-notice",
        &["P6.2-RM7"],
        "the profile of every live account leads to the privacy notice, looked at within ninety days",
        "/accounts",
        CHECKED,
        |cx, agency| checked(cx, agency, &["privacy-notice"]),
    ),
    Control::judged(
        "accounts-active",
        &["P6.2-AM7"],
        "something was posted on every live account within ninety days",
        "/accounts",
        LIVELY,
        active,
    ),
    Control::judged(
        "accounts-evaluated",
        &["P6.2-AM8"],
        "every live account was evaluated within the year",
        "/accounts",
        EVALUATED,
        evaluated,
    ),
    Control::judged(
        "accounts-ended-well",
        &["P6.2-AM9"],
        "every closed account has its archive, its public notice and its name parked, and its secret is destroyed",
        "/accounts",
        CLOSED,
        ended,
    ),
];

/// The live accounts of an agency that count, with their lives; those that are our own only where wanted.
async fn live(cx: &Ctx, agency: i64, own: bool) -> Result<Vec<(Account, Life)>> {
    let mut all = vec![];
    for account in store::in_state(cx.db(), &[agency], "live", 500).await? {
        let life = care::life(cx, &account).await?;
        if (own || !life.own) && counts(cx, &account.platform) {
            all.push((account, life));
        }
    }
    Ok(all)
}

fn subject(account: &Account) -> String {
    format!("account:{}", account.id)
}

/// All good: met; some: partly; none: not met; no account it could be about: not applicable.
fn of(all: &[(Account, Life)], good: impl Fn(&Account, &Life) -> bool, wrong: &'static str) -> Observation {
    let bad = all.iter().filter(|(a, l)| !good(a, l)).count();
    let seen = match (all.len(), bad) {
        (0, _) => Observation::not_applicable(Say::new("accounts-seen-none")),
        (n, 0) => Observation::met(Say::new("accounts-seen-all").arg("n", n)),
        (n, bad) if bad < n => Observation::partly(Say::new(wrong).arg("n", bad)),
        (_, bad) => Observation::not_met(Say::new(wrong).arg("n", bad)),
    };
    seen.evidence(all.iter().map(|(a, _)| subject(a)))
}

fn first_party(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, true).await?;
        let sites = all.iter().filter(|(a, _)| a.platform == SITE).count();
        let seen = match (all.len(), sites) {
            (0, _) => Observation::not_met(Say::new("accounts-seen-no-channel")),
            (_, 0) => Observation::partly(Say::new("accounts-seen-no-site")),
            (n, _) => Observation::met(Say::new("accounts-seen-all").arg("n", n)),
        };
        Ok(seen.evidence(all.iter().map(|(a, _)| subject(a))))
    })
}

fn on_reviewed(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, false).await?;
        let (mut closed, mut next) = (vec![], None);
        for (account, _) in &all {
            let standing = platforms::standing(&cx, &account.platform, Some(agency)).await?;
            if !standing.state.open() {
                closed.push(account.id);
            }
            next = [next, standing.until].into_iter().flatten().filter(|at| *at > cx.now()).min();
        }
        Ok(of(&all, |a, _| !closed.contains(&a.id), "accounts-seen-unreviewed").until(next))
    })
}

fn proven(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, false).await?;
        Ok(of(&all, |_, l| !l.proofs.is_empty(), "accounts-seen-unproven"))
    })
}

/// `items` empty: every one of them.
fn checked(cx: Ctx, agency: i64, items: &'static [&'static str]) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, false).await?;
        let now = cx.now();
        let good = |l: &Life| l.open_checks(now).iter().all(|i| !items.is_empty() && !items.contains(&i.key));
        let next = all.iter().filter_map(|(_, l)| l.checks_until()).filter(|at| *at > now).min();
        Ok(of(&all, |_, l| good(l), "accounts-seen-unchecked").until(next))
    })
}

fn active(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, true).await?;
        let last = |a: &Account, l: &Life| l.watch.as_ref().and_then(|w| w.posted_at).or(a.live_since).unwrap_or(0);
        let now = cx.now();
        let next = all.iter().map(|(a, l)| last(a, l) + QUIET).filter(|at| *at > now).min();
        let good = |a: &Account, l: &Life| last(a, l) + QUIET > now && l.moved().is_none();
        Ok(of(&all, good, "accounts-seen-quiet").until(next))
    })
}

fn evaluated(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let all = live(&cx, agency, false).await?;
        let now = cx.now();
        let next = all.iter().filter_map(|(a, l)| l.evaluate_by(a)).filter(|at| *at > now).min();
        let good = |a: &Account, l: &Life| l.evaluate_by(a).is_none_or(|by| by > now);
        Ok(of(&all, good, "accounts-seen-unevaluated").until(next))
    })
}

fn ended(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let mut all = vec![];
        for account in store::life::closed_of(cx.db(), agency).await? {
            let life = care::life(&cx, &account).await?;
            if !life.own {
                all.push((account, life));
            }
        }
        let whole =
            |l: &Life| l.end.as_ref().is_some_and(|e| e.parked && !e.archive.is_empty() && !e.notice.is_empty());
        Ok(of(&all, |_, l| whole(l), "accounts-seen-unended"))
    })
}
