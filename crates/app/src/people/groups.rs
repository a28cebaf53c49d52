//! Roles by the groups of the sign-in provider: at each sign-in what the groups stand for is given or asked for, and what
//! they no longer stand for ends. What a person refused or ended stays so, until the group was gone and came back.
use super::granting::{by_group, end};
use super::provider::{BY_PROVIDER, Mapped};
use super::roles::Role;
use super::rules::Wanted;
use super::store::{self, GrantRow, PersonRow, grants};
use crate::agencies;
use ground::db::Tx;
use ground::{Ctx, Result};
use std::collections::BTreeSet;

/// A role that a group stands for, in an agency that is there.
struct Stands<'a> {
    key: String,
    group: &'a str,
    role: Role,
    agency: Option<i64>,
}

/// Brings somebody's roles in line with their groups; returns what to remember of them until the next sign-in.
pub(super) async fn follow(
    cx: &Ctx,
    tx: &Tx,
    person: &PersonRow,
    source: &str,
    name: &str,
    mapped: &[&Mapped],
    before: &str,
) -> Result<String> {
    let cx = cx.as_system();
    let stands = in_agencies(tx, mapped).await?;
    let before: BTreeSet<&str> = before.lines().collect();
    for g in
        store::grants_of(tx, person.id).await?.iter().filter(|g| g.granted_by.starts_with(BY_PROVIDER) && open(&cx, g))
    {
        let still = g.granted_by == source && stands.iter().any(|s| same(g, s));
        if !still && !last_administrator(&cx, tx, g).await? {
            end(&cx, tx, g, "group").await?;
        }
    }
    for s in &stands {
        let held = store::grants_of(tx, person.id).await?;
        if held.iter().any(|g| open(&cx, g) && same(g, s)) {
            continue;
        }
        let last = held.iter().rev().find(|g| given_by(g, source) && same(g, s));
        let ago = last.filter(|_| before.contains(s.key.as_str()));
        if ago.is_some_and(|g| !refused_by_rules(g)) {
            continue;
        }
        let purpose = format!("Group {} of {name}", s.group);
        let wanted = Wanted { person: person.id, role: s.role, agency: s.agency, purpose, from: None, until: None };
        by_group(&cx, tx, &wanted, source, ago.is_some()).await?;
    }
    Ok(stands.iter().map(|s| s.key.as_str()).collect::<Vec<_>>().join("\n"))
}

/// Ends every role that came from this source.
pub(super) async fn end_all(cx: &Ctx, tx: &Tx, person: i64, source: &str) -> Result<()> {
    let cx = cx.as_system();
    for g in store::grants_of(tx, person).await?.iter().filter(|g| given_by(g, source) && open(&cx, g)) {
        if !last_administrator(&cx, tx, g).await? {
            end(&cx, tx, g, "group").await?;
        }
    }
    Ok(())
}

async fn in_agencies<'a>(tx: &Tx, mapped: &[&'a Mapped]) -> Result<Vec<Stands<'a>>> {
    let mut stands = vec![];
    for m in mapped {
        let agency = match &m.agency {
            None => None,
            Some(code) => match agencies::by_code(tx, code).await {
                Ok(agency) if agency.current => Some(agency.id),
                _ => {
                    tracing::warn!(group = m.group, code, "a group of the provider names an agency that is not there");
                    continue;
                }
            },
        };
        stands.push(Stands { key: m.key(), group: &m.group, role: m.role, agency });
    }
    Ok(stands)
}

fn open(cx: &Ctx, g: &GrantRow) -> bool {
    g.waits() || g.stands(cx.now())
}

fn given_by(g: &GrantRow, source: &str) -> bool {
    g.granted_by == source
}

fn same(g: &GrantRow, s: &Stands<'_>) -> bool {
    g.role == s.role.code() && g.agency_id == s.agency
}

fn refused_by_rules(g: &GrantRow) -> bool {
    g.decision.as_deref() == Some("refused") && g.decided_by.as_deref() == Some("system")
}

/// One administrator always remains: without any nobody could give access again.
async fn last_administrator(cx: &Ctx, tx: &Tx, g: &GrantRow) -> Result<bool> {
    if g.role != Role::Administrator.code() || !g.stands(cx.now()) {
        return Ok(false);
    }
    Ok(grants::other_administrators(tx, g.person_id, cx.now()).await? == 0)
}
