//! What this slice itself shows of the policy, and what the agencies attest because nothing in the program can compute it.
use super::store;
use crate::agencies;
use crate::policy::{self, Pack};
use ground::clock::DAY;
use ground::slice::{Control, Judging, Observation};
use ground::{Ctx, Say};

/// A request for help should not wait longer.
const HELP_DAYS: i64 = 14;

pub const ALL: &[Control] = &[
    Control::built(
        "policy-one-for-all",
        &["P1-N1"],
        "the policy is one pack; its clauses are public with an anchor each, as a page, as JSON and as an OSCAL catalog",
        "/policy",
    ),
    Control::built(
        "rights-to-see",
        &["P3-D1"],
        "every route names who may use it; the table of routes and roles is made from the program and tested",
        "/policy",
    ),
    Control::built(
        "harms-named",
        &["P2-R3"],
        "the harms the policy names are the grounds of moderation; every decision names one and is counted in public",
        "/rules",
    ),
    Control::built(
        "metrics-defined",
        &["P3-D11"],
        "every figure has its meaning and the facts it is counted from written down, each fact once; nothing follows single readers",
        "/figures",
    ),
    Control::built(
        "evaluation-from-facts",
        &["P6bis-ME1"],
        "findings are computed from the ledger for every agency and obligation; each opens the observations behind it",
        "/compliance",
    ),
    Control::judged(
        "register-of-agencies",
        &["P3-D2"],
        "the agency stands in the register with one of the nine kinds, its parent and its time of being",
        "/agencies",
        &["agency.registered", "agency.changed"],
        in_register,
    ),
    Control::judged(
        "policy-review",
        &["P6bis-ME4"],
        "the policy was reviewed within the time it sets itself",
        "/policy",
        &["policy.review-closed", "policy.edition-taken-in"],
        reviewed,
    ),
    Control::judged(
        "assistance",
        &["P6bis-ME2"],
        "requests for help are answered within two weeks",
        "/compliance/help",
        &["assistance.asked", "assistance.answered"],
        helps,
    ),
    Control::attested(
        "policy-revised",
        &["P6bis-ME5"],
        "the policy was revised where its review asked for it, and the agencies were told",
        "/compliance",
        12,
    ),
    Control::attested(
        "good-sense",
        &["P2-R1"],
        "people of the agency were told to talk with the public and not only at it",
        "/compliance",
        12,
    ),
    Control::attested(
        "purposes",
        &["P2-R2"],
        "each account serves service feedback, policy input or a community programme, and says which",
        "/compliance",
        12,
    ),
    Control::attested(
        "children",
        &["P2-R4"],
        "there is a way to act at once when a child is in danger, and people know it",
        "/compliance",
        12,
    ),
    Control::attested(
        "working-together",
        &["P3-D5"],
        "the agency works with others on what concerns several",
        "/compliance",
        12,
    ),
    Control::attested(
        "also-offline",
        &["P3-D7"],
        "what people say on paper, by telephone or in meetings counts as what they write here",
        "/compliance",
        12,
    ),
    Control::attested("open-data", &["P3-D8"], "data is open unless there is a stated reason", "/compliance", 12),
    Control::attested(
        "scams-and-trolls",
        &["P3-D9"],
        "the agency knows how it acts on scams and trolls, and does",
        "/compliance",
        12,
    ),
    Control::attested("business", &["P4-S3"], "businesses find what concerns them and are asked", "/compliance", 12),
    Control::attested(
        "communities",
        &["P4-S4"],
        "families and communities have programmes of their own",
        "/compliance",
        12,
    ),
    Control::attested(
        "discourse",
        &["P4-S5"],
        "citizens are invited to speak about what is decided",
        "/compliance",
        12,
    ),
    Control::attested(
        "timely-and-accurate",
        &["P4-S6"],
        "what is said is checked at its source and said in time",
        "/compliance",
        12,
    ),
    Control::attested(
        "consulted",
        &["P4-O2", "P6.2-PL2"],
        "people are asked about what is important and urgent, with a report of what came of it",
        "/compliance",
        12,
    ),
    Control::attested(
        "co-created",
        &["P4-O3"],
        "ideas of citizens that were taken up are followed until they are carried out",
        "/compliance",
        12,
    ),
    Control::attested("shared", &["P4-O4"], "information is shared with other agencies", "/compliance", 12),
    Control::attested(
        "earlier-policies",
        &["P4-O5"],
        "an earlier policy of the agency is named as superseded, or there was none",
        "/compliance",
        12,
    ),
    Control::attested(
        "policies-reviewed",
        &["P4-O6"],
        "the agency's policies were looked through against the guiding principles",
        "/compliance",
        12,
    ),
    Control::attested(
        "media-act",
        &["P5-L1"],
        "the law of information, communications and media is kept, in the act that is in force",
        "/compliance",
        12,
    ),
    Control::attested(
        "security-act",
        &["P5-L3"],
        "what touches national security is checked before it is published",
        "/compliance",
        12,
    ),
    Control::attested(
        "penal-code",
        &["P5-L4", "P5-L5"],
        "defamation, privacy and computer offences are known; what is a matter for the police goes there with its evidence",
        "/compliance",
        12,
    ),
    Control::attested(
        "information-security",
        &["P5-I2"],
        "content and systems are classified as the information security policy asks",
        "/compliance",
        12,
    ),
];

fn in_register(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let found = agencies::find(cx.db(), agency).await?;
        let known = cx.machine.part::<Pack>()?.kinds().find(&found.kind).is_some();
        let mut evidence = vec![format!("agency:{agency}")];
        let mut lost = None;
        if let Some(code) = &found.parent_code {
            let parent = agencies::by_code(cx.db(), code).await?;
            evidence.push(format!("agency:{}", parent.id));
            lost = (!parent.current).then_some(parent.code);
        }
        let seen = match lost {
            _ if !known || !found.current => Observation::not_met(Say::new("compliance-told-not-registered")),
            Some(code) => Observation::partly(Say::new("compliance-told-parent-ended").arg("code", code)),
            None => Observation::met(Say::new("compliance-told-registered").arg("code", found.code)),
        };
        // That a parent ends is told of the parent: who stands below it is looked at once a day.
        let next = found.parent_code.map(|_| cx.now() + DAY);
        Ok(seen.evidence(evidence).until(next))
    })
}

/// The review of the policy itself: overdue is shown as overdue.
fn reviewed(cx: Ctx, _: i64) -> Judging {
    Box::pin(async move {
        let pack = cx.machine.part::<Pack>()?;
        let today = pack.day_at(cx.now());
        let Some(edition) = policy::in_force(&cx).await? else {
            return Ok(Observation::not_met(Say::new("compliance-told-no-policy")));
        };
        let seen = match edition.reviews_due_before(today).last() {
            Some(since) => {
                Observation::not_met(Say::new("compliance-told-review-overdue").arg("date", since.to_string()))
            }
            None => {
                let due = edition.review_due_on().to_string();
                Observation::met(Say::new("compliance-told-review-due").arg("date", due))
            }
        };
        Ok(seen.until(Some(cx.now() + DAY)))
    })
}

fn helps(cx: Ctx, _: i64) -> Judging {
    Box::pin(async move {
        let since = cx.now() - HELP_DAYS * DAY;
        let (open, answered, late) = store::requests_count(cx.db(), since).await?;
        let say = |key| Say::new(key).arg("open", open).arg("answered", answered).arg("late", late);
        let seen = if late > 0 {
            Observation::not_met(say("compliance-told-help-late"))
        } else if open + answered == 0 {
            Observation::met(Say::new("compliance-told-help-none"))
        } else {
            Observation::met(say("compliance-told-help"))
        };
        Ok(seen.until(Some(cx.now() + DAY)))
    })
}
