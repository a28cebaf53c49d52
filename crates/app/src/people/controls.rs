//! Which obligations the register of people gives evidence for, and how they are judged for one agency.
use super::duties::why_apart;
use super::leading::team_as_it_is;
use super::roles::Role;
use super::store::{self, GrantRow};
use ground::clock::HOUR;
use ground::error::Arg;
use ground::slice::{Control, Criterion, Judging, Observation};
use ground::{Ctx, Result, Say};
use std::collections::BTreeSet;

const ROLES: &[&str] = &["role.granted", "role.ended"];

const CONDUCT: &[&str] = &[
    "conduct.acknowledged",
    "training.recorded",
    "person.added",
    "person.moved",
    "person.moved-away",
    "person.left",
    "person.let-in",
    "role.granted",
    "role.ended",
];

/// Whether a control is judged from the people and roles of one agency and nothing else.
pub fn judges_a_team(control: &Control) -> bool {
    ALL.iter().any(|c| c.id == control.id)
}

pub const ALL: &[Control] = &[
    Control {
        id: "people-staff",
        obligations: &["P3-D4"],
        shown_by: "everybody in the register has a kind of employment and an agency; nobody who left holds a role",
        page: "/team",
        criterion: Criterion::Judged {
            from: &[
                "person.added",
                "person.changed",
                "person.moved",
                "person.moved-away",
                "person.left",
                "person.let-in",
                "role.granted",
                "role.ended",
            ],
            judge: staff,
        },
    },
    Control {
        id: "people-grants",
        obligations: &["P6.2-CS2"],
        shown_by: "every role in effect has a purpose and was approved by somebody else; a role whose term is over ends by itself",
        page: "/team",
        criterion: Criterion::Judged { from: ROLES, judge: grants },
    },
    Control {
        id: "people-duties",
        obligations: &["P6.2-AP8"],
        shown_by: "the roles of the agency are filled by current people, and nobody holds two that must be apart",
        page: "/team",
        criterion: Criterion::Judged { from: ROLES, judge: duties },
    },
    Control {
        id: "people-lead",
        obligations: &["P6.2-AM1"],
        shown_by: "a lead holds the role by an order with grade and term, and somebody stands in; a vacancy raises an alarm",
        page: "/team",
        criterion: Criterion::Judged {
            from: &["lead.appointed", "lead.vacant", "lead.filled", "role.granted", "role.ended"],
            judge: lead,
        },
    },
    Control {
        id: "people-team",
        obligations: &["P6.2-AM2"],
        shown_by: "two trained people hold roles in the agency, and with it on each of its accounts",
        page: "/team",
        criterion: Criterion::Judged {
            from: &["training.recorded", "person.left", "person.moved-away", "role.granted", "role.ended"],
            judge: team,
        },
    },
    Control {
        id: "people-conduct",
        obligations: &["P6.2-CS4", "P5-I3"],
        shown_by: "everybody acknowledges the code of conduct, office hours among it, by the edition in force",
        page: "/conduct",
        criterion: Criterion::Judged { from: CONDUCT, judge: conduct },
    },
    Control {
        id: "people-law",
        obligations: &["P5-L2"],
        shown_by: "the staff rules in force are acknowledged and people are trained",
        page: "/conduct",
        criterion: Criterion::Judged { from: CONDUCT, judge: law },
    },
    Control {
        id: "people-contributors",
        obligations: &["P6.2-CS1"],
        shown_by: "people of the agency write for it",
        page: "/team",
        criterion: Criterion::Judged { from: ROLES, judge: contributors },
    },
    Control {
        id: "people-declarations",
        obligations: &["P6.2-CS3"],
        shown_by: "a declaration is voluntary and holds a platform and a purpose; no credential or content of it can be kept",
        page: "/conduct",
        criterion: Criterion::Built,
    },
    Control {
        id: "people-answerable",
        obligations: &["P6.2-CS5"],
        shown_by: "everybody signs in as themselves, each sign-in is recorded, and conduct is referred with notice and a reply",
        page: "/conduct",
        criterion: Criterion::Built,
    },
];

fn staff(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (all, unclassed, gone) = store::staff_counts(cx.db(), agency).await?;
        Ok(if gone > 0 {
            Observation::not_met(Say::new("people-judged-gone").arg("n", gone))
        } else if all == 0 {
            Observation::not_applicable(Say::new("people-judged-nobody"))
        } else if unclassed > 0 {
            Observation::partly(Say::new("people-judged-unclassed").arg("n", unclassed))
        } else {
            Observation::met(Say::new("people-judged-staff").arg("n", all))
        })
    })
}

/// The grants in effect in an agency, and when that changes by time alone.
pub(super) async fn in_effect(cx: &Ctx, agency: i64) -> Result<(Vec<GrantRow>, Option<i64>)> {
    let now = cx.now();
    let (live, other): (Vec<_>, Vec<_>) = store::held_in(cx.db(), agency).await?.into_iter().partition(|g| g.live(now));
    let begins = other.iter().filter_map(|g| g.from_at).filter(|from| *from > now);
    let next = live.iter().filter_map(|g| g.until).chain(begins).min();
    Ok((live, next))
}

fn evidence(live: &[GrantRow]) -> Vec<String> {
    let people: BTreeSet<i64> = live.iter().map(|g| g.person_id).collect();
    people.into_iter().map(|id| format!("person:{id}")).collect()
}

fn grants(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (live, next) = in_effect(&cx, agency).await?;
        let late = store::grants::ended_late(cx.db(), agency, cx.now() - HOUR).await?;
        let seen = if late > 0 {
            Observation::not_met(Say::new("people-judged-late").arg("n", late))
        } else if live.is_empty() {
            Observation::not_applicable(Say::new("people-judged-no-roles"))
        } else {
            Observation::met(Say::new("people-judged-grants").arg("n", live.len()))
        };
        Ok(seen.evidence(evidence(&live)).until(next))
    })
}

/// Whether somebody holds two roles in this agency that must be apart.
fn violations(live: &[GrantRow]) -> usize {
    let roles = |g: &GrantRow| Role::parse(&g.role);
    let pairs = live.iter().enumerate().flat_map(|(i, a)| live[i + 1..].iter().map(move |b| (a, b)));
    let bad = |(a, b): &(&GrantRow, &GrantRow)| {
        a.person_id == b.person_id && roles(a).zip(roles(b)).is_some_and(|(a, b)| why_apart(a, b).is_some())
    };
    pairs.filter(bad).count()
}

fn duties(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (live, next) = in_effect(&cx, agency).await?;
        let held = |role: Role| live.iter().any(|g| g.role == role.code());
        // A lead approves too.
        let filled = |role: Role| held(role) || (role == Role::Approver && held(Role::Lead));
        let missing: Vec<Role> = [Role::Lead, Role::Author, Role::Approver, Role::Moderator, Role::Records]
            .into_iter()
            .filter(|r| !filled(*r))
            .collect();
        let apart = violations(&live);
        let seen = if apart > 0 {
            Observation::not_met(Say::new("people-judged-together").arg("n", apart))
        } else if live.is_empty() {
            Observation::not_met(Say::new("people-judged-no-roles"))
        } else if let Some(first) = missing.first() {
            let say = Say::new("people-judged-missing").arg("role", Arg::Word(first.word())).arg("n", missing.len());
            if held(Role::Lead) { Observation::partly(say) } else { Observation::not_met(say) }
        } else {
            Observation::met(Say::new("people-judged-filled"))
        };
        Ok(seen.evidence(evidence(&live)).until(next))
    })
}

fn lead(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (_, next) = in_effect(&cx, agency).await?;
        let team = team_as_it_is(&cx, agency).await?;
        let evidence: Vec<String> = team.leads.iter().map(|l| format!("person:{}", l.person)).collect();
        let appointed = team.leads.iter().find(|l| l.appointment.is_some());
        let seen = match (appointed, team.leads.first()) {
            (Some(l), _) if !l.deputy.is_empty() => {
                Observation::met(Say::new("people-judged-lead").arg("name", &*l.name))
            }
            (Some(l), _) => Observation::partly(Say::new("people-judged-no-deputy").arg("name", &*l.name)),
            (None, Some(l)) => Observation::partly(Say::new("people-judged-no-order").arg("name", &*l.name)),
            (None, None) => match team.vacant_since {
                Some(since) => {
                    let days = (cx.now() - since) / ground::clock::DAY;
                    Observation::not_met(Say::new("people-judged-vacant").arg("n", days))
                }
                None => Observation::not_met(Say::new("people-judged-no-lead")),
            },
        };
        Ok(seen.evidence(evidence).until(next))
    })
}

fn team(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (_, next) = in_effect(&cx, agency).await?;
        let team = team_as_it_is(&cx, agency).await?;
        let trained = team.members.iter().filter(|m| m.trained_on.is_some() && !m.roles.is_empty());
        let evidence: Vec<String> = trained.map(|m| format!("person:{}", m.person)).collect();
        let say = |key| Say::new(key).arg("n", evidence.len());
        let seen = match evidence.len() {
            0 => Observation::not_met(say("people-judged-untrained")),
            _ if team.enough() => Observation::met(say("people-judged-trained")),
            _ => Observation::partly(say("people-judged-one-trained")),
        };
        Ok(seen.evidence(evidence).until(next))
    })
}

/// How many people the agency has, and how many of them acknowledged the rules in force.
async fn acknowledging(cx: &Ctx, agency: i64) -> Result<(i64, i64)> {
    let (all, _, _) = store::staff_counts(cx.db(), agency).await?;
    let digest = super::conduct::code(cx)?.digest;
    Ok((all, store::conduct::have_acknowledged(cx.db(), agency, &digest).await?))
}

fn conduct(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (all, n) = acknowledging(&cx, agency).await?;
        let some = || Say::new("people-judged-acknowledging").arg("n", n).arg("all", all);
        Ok(match n {
            _ if all == 0 => Observation::not_applicable(Say::new("people-judged-nobody")),
            0 => Observation::not_met(some()),
            _ if n < all => Observation::partly(some()),
            _ => Observation::met(Say::new("people-judged-acknowledged").arg("n", n)),
        })
    })
}

fn law(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (all, n) = acknowledging(&cx, agency).await?;
        let (_, next) = in_effect(&cx, agency).await?;
        let team = team_as_it_is(&cx, agency).await?;
        let seen = match (n, team.trained()) {
            _ if all == 0 => Observation::not_applicable(Say::new("people-judged-nobody")),
            (0, 0) => Observation::not_met(Say::new("people-judged-law-not")),
            (n, _) if n == all && team.enough() => Observation::met(Say::new("people-judged-law")),
            _ => Observation::partly(Say::new("people-judged-law-partly")),
        };
        Ok(seen.until(next))
    })
}

fn contributors(cx: Ctx, agency: i64) -> Judging {
    Box::pin(async move {
        let (live, next) = in_effect(&cx, agency).await?;
        let writing: Vec<GrantRow> = live.into_iter().filter(|g| g.role == Role::Author.code()).collect();
        let seen = match writing.len() {
            0 => Observation::not_met(Say::new("people-judged-no-contributors")),
            n => Observation::met(Say::new("people-judged-contributors").arg("n", n)),
        };
        Ok(seen.evidence(evidence(&writing)).until(next))
    })
}
