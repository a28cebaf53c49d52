//! What the plans in force cover together: pillars, domains, objectives of the policy, cross-cutting issues, ways to reach
//! people. What nobody plans for is shown as plainly as what many do.
use super::plan::Records;
use super::store;
use crate::agencies::{self, Agency};
use crate::policy::{AimKind, ChoiceKind, Pack, Text};
use ground::{Ctx, Result};
use std::collections::HashSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Pillar,
    Domain,
    Objective,
    Issue,
    Channel,
}

impl Group {
    pub const ALL: [Group; 5] = [Group::Pillar, Group::Domain, Group::Objective, Group::Issue, Group::Channel];
    pub fn code(self) -> &'static str {
        match self {
            Group::Pillar => "pillar",
            Group::Domain => "domain",
            Group::Objective => "objective",
            Group::Issue => "issue",
            Group::Channel => "channel",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            Group::Pillar => "plans-coverage-pillar",
            Group::Domain => "plans-coverage-domain",
            Group::Objective => "plans-coverage-objective",
            Group::Issue => "plans-coverage-issue",
            Group::Channel => "plans-coverage-channel",
        }
    }
}

/// One thing plans may cover.
#[derive(Debug, Clone)]
pub struct Line {
    pub group: Group,
    pub id: String,
    pub title: Text,
    /// Plans in force that do.
    pub plans: Vec<i64>,
    /// Objectives of those plans that do.
    pub objectives: i64,
}

/// An agency with its plan in force, if it has one, and what that plan says.
#[derive(Debug, Clone)]
pub struct Held {
    pub agency: Agency,
    pub plan: Option<(i64, Records)>,
}

#[derive(Debug, Clone)]
pub struct Coverage {
    pub held: Vec<Held>,
    pub lines: Vec<Line>,
    /// When the next of these plans ends.
    pub until: Option<i64>,
}

impl Coverage {
    pub fn with_plan(&self) -> usize {
        self.held.iter().filter(|h| h.plan.is_some()).count()
    }
    pub fn of(&self, group: Group) -> Vec<&Line> {
        self.lines.iter().filter(|l| l.group == group).collect()
    }
    pub fn participation(&self) -> usize {
        let has = |h: &&Held| h.plan.as_ref().is_some_and(|(_, r)| r.objectives.iter().any(|o| o.participation));
        self.held.iter().filter(has).count()
    }
}

/// Every agency that exists today, in the order of the register, and what plans cover.
pub async fn coverage(cx: &Ctx) -> Result<Coverage> {
    let pack = cx.machine.part::<Pack>()?;
    let mut plans = std::collections::HashMap::new();
    let (mut after, mut until) = (0, None::<i64>);
    loop {
        let some = store::all_in_force(cx.db(), cx.now(), after).await?;
        let Some(last) = some.last() else { break };
        after = last.id;
        for plan in some {
            if plan.ends_at != 0 {
                until = Some(until.map_or(plan.ends_at, |u| u.min(plan.ends_at)));
            }
            plans.insert(plan.agency_id, (plan.id, Records::read(&plan.records)));
        }
    }
    let agencies = agencies::everyone(cx.db()).await?.into_iter().filter(|a| a.current);
    let held: Vec<Held> = agencies.map(|agency| Held { plan: plans.remove(&agency.id), agency }).collect();
    let mut lines = empty(pack);
    for (plan, records) in held.iter().filter_map(|h| h.plan.as_ref()) {
        count(&mut lines, *plan, records);
    }
    Ok(Coverage { held, lines, until })
}

fn empty(pack: &Pack) -> Vec<Line> {
    let line = |group, id: &str, title: &Text| Line {
        group,
        id: id.into(),
        title: title.clone(),
        plans: vec![],
        objectives: 0,
    };
    let aims = pack.aims().iter().map(|a| {
        let group = match a.kind {
            AimKind::Pillar => Group::Pillar,
            AimKind::Domain => Group::Domain,
            AimKind::Objective => Group::Objective,
        };
        line(group, &a.id, &a.title)
    });
    let issues = pack.choices(ChoiceKind::Issue).map(|c| line(Group::Issue, &c.id, &c.title));
    let channels = pack.choices(ChoiceKind::Channel).map(|c| line(Group::Channel, &c.id, &c.title));
    aims.chain(issues).chain(channels).collect()
}

fn count(lines: &mut [Line], plan: i64, r: &Records) {
    let issues: HashSet<&str> = r.issues.iter().map(|i| i.issue.as_str()).collect();
    let channels: HashSet<&str> = r.audiences.iter().flat_map(|a| &a.channels).map(String::as_str).collect();
    for line in lines {
        let id = line.id.as_str();
        let named = match line.group {
            Group::Pillar | Group::Domain => r.objectives.iter().filter(|o| o.aims.iter().any(|a| a == id)).count(),
            Group::Objective => r.objectives.iter().filter(|o| o.objective == id).count(),
            Group::Issue => usize::from(issues.contains(id)),
            Group::Channel => usize::from(channels.contains(id)),
        };
        if named > 0 {
            line.plans.push(plan);
            if !matches!(line.group, Group::Issue | Group::Channel) {
                line.objectives += named as i64;
            }
        }
    }
}
