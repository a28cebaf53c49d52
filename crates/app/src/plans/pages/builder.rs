//! The builder: five steps, each a form of its own, saved as often as somebody likes.
use super::fields::{self, Group, Maker};
use super::typed;
use crate::agencies;
use crate::people::{Member, roles};
use crate::plans::actions;
use crate::plans::plan::records::{Audience, Objective, Treatment, figure};
use crate::plans::plan::{Draft, PARTS, PlanRow};
use crate::plans::rules::{ROLES, serves_as};
use crate::policy::{AimKind, ChoiceKind, Pack};
use crate::shell::{Page, again};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

pub const STEPS: [&str; 5] = ["goals", "audiences", "risks", "resources", "governance"];

#[derive(Template)]
#[template(path = "plans/pages/step.html")]
struct Step {
    page: Page,
    plan: PlanRow,
    agency: String,
    n: usize,
    /// Number, word, and whether something of it is missing.
    steps: Vec<(usize, String, bool)>,
    groups: Vec<Group>,
    version: i64,
}

struct Making<'p> {
    page: &'p Page,
    pack: &'p Pack,
    lang: &'static str,
    members: Vec<Member>,
}

type Options = Vec<(String, String)>;

impl Making<'_> {
    fn maker(&self, title: String, clause: &'static str, hint: &str, prefix: String) -> Maker<'_> {
        let hint = if hint.is_empty() { String::new() } else { self.page.word(hint) };
        Maker { page: self.page, group: Group::new(title, clause, hint), prefix }
    }
    /// The words of a part, with the guidance of the pack.
    fn part(&self, at: usize, draft: &Draft, into: &mut Maker<'_>) {
        let (name, _) = PARTS[at];
        let known = self.pack.plan_parts().find(name);
        let title = known.map_or(name, |p| p.title.get(self.lang));
        let guidance = known.map_or("", |p| p.guidance.get(self.lang));
        into.area_as(name, title, guidance, &draft.parts[at]);
    }
    fn none(&self) -> (String, String) {
        (String::new(), self.page.word("plans-none-chosen"))
    }
    fn aims(&self, of: &[AimKind]) -> Options {
        let aims = self.pack.aims().iter().filter(|a| of.contains(&a.kind));
        aims.map(|a| (a.id.clone(), super::reading::aim_title(self.page, a, self.lang))).collect()
    }
    fn with_none(&self, mut options: Options) -> Options {
        options.insert(0, self.none());
        options
    }
    fn measures(&self) -> Options {
        let of = |m: &crate::policy::Metric| (m.id.clone(), format!("{} · {}", m.group, m.name));
        self.with_none(self.pack.metrics().iter().map(of).collect())
    }

    fn goals(&self, draft: &Draft) -> Vec<Group> {
        let r = &draft.records;
        let mut whole = self.maker(self.page.word("plans-group-whole"), "P6.2-AP3", "", String::new());
        whole.line("title", "title", false, &draft.title);
        whole.day("starts_on", "starts", &r.starts_on);
        whole.day("ends_on", "ends", &r.ends_on);
        self.part(0, draft, &mut whole);
        let mut groups = vec![whole.group];
        for (n, o) in (1..).zip(r.objectives.iter().chain(std::iter::once(&Objective::default()))) {
            groups.push(self.objective(n, o, n > r.objectives.len()));
        }
        let mut last = self.maker(self.page.word("plans-group-measures"), "P6.2-AP7", "", String::new());
        self.part(4, draft, &mut last);
        groups.push(last.group);
        groups
    }

    fn objective(&self, n: usize, o: &Objective, blank: bool) -> Group {
        let title = self.page.tn("plans-objective-n", n);
        let title = if blank { self.page.word("plans-add-objective") } else { title };
        let mut m = self.maker(title, "P4-O0", "", format!("objective-{n}-"));
        let number = |f: Option<f64>| f.map(figure).unwrap_or_default();
        m.area("text", "objective-text", true, &o.text);
        m.select("objective", "objective", false, &o.objective, self.with_none(self.aims(&[AimKind::Objective])));
        m.checks("aims", "aims", &o.aims, self.aims(&[AimKind::Pillar, AimKind::Domain]));
        let yes = vec![("yes".to_owned(), self.page.word("plans-f-participation-yes"))];
        let ticked: &[String] = if o.participation { &["yes".to_owned()] } else { &[] };
        m.checks("participation", "participation", ticked, yes);
        m.select("measure", "measure", true, &o.measure, self.measures());
        m.figure("baseline", "baseline", false, &number(o.baseline));
        m.figure("target", "target", false, &number(o.target));
        m.line("unit", "unit", false, &o.unit);
        m.day("due_on", "due", &o.due_on);
        m.line("quality", "quality", true, &o.quality);
        m.group.blank = blank;
        m.group
    }

    fn audiences(&self, draft: &Draft) -> Vec<Group> {
        let channels: Options =
            self.pack.choices(ChoiceKind::Channel).map(|c| (c.id.clone(), c.title.get(self.lang).to_owned())).collect();
        let all = &draft.records.audiences;
        let mut groups = vec![];
        for (n, a) in (1..).zip(all.iter().chain(std::iter::once(&Audience::default()))) {
            let blank = n > all.len();
            let title = self.page.tn("plans-audience-n", n);
            let title = if blank { self.page.word("plans-add-audience") } else { title };
            let mut m = self.maker(title, "P6.2-AP4", "", format!("audience-{n}-"));
            m.line("who", "who", false, &a.who);
            m.line("place", "place", true, &a.place);
            m.line("languages", "languages", false, &a.languages);
            m.line("needs", "needs", true, &a.needs);
            m.checks("channels", "channels", &a.channels, channels.clone());
            m.group.blank = blank;
            groups.push(m.group);
        }
        let mut words = self.maker(self.page.word("plans-group-words"), "P6.2-AP4", "", String::new());
        self.part(1, draft, &mut words);
        groups.push(words.group);
        groups
    }

    fn risks(&self, draft: &Draft) -> Vec<Group> {
        let mut benefits = self.maker(self.page.word("plans-group-benefits"), "P6.2-AP5", "", String::new());
        self.part(2, draft, &mut benefits);
        let mut groups = vec![benefits.group];
        let of = |r: &crate::policy::Risk| (r.id.clone(), format!("{} · {}", r.policy_area, r.title));
        let risks = self.with_none(self.pack.risks().iter().map(of).collect());
        let owners = ROLES.iter().map(|r| (r.code().to_owned(), self.page.word(r.word()))).collect();
        let owners = self.with_none(owners);
        let all = &draft.records.risks;
        for (n, t) in (1..).zip(all.iter().chain(std::iter::once(&Treatment::default()))) {
            let blank = n > all.len();
            let title = self.page.tn("plans-risk-n", n);
            let title = if blank { self.page.word("plans-add-risk") } else { title };
            let mut m = self.maker(title, "P6.2-AP5", "", format!("risk-{n}-"));
            m.select("risk", "risk", false, &t.risk, risks.clone());
            m.area("treatment", "treatment", false, &t.treatment);
            m.select("owner", "risk-owner", false, &t.owner, owners.clone());
            m.group.blank = blank;
            groups.push(m.group);
        }
        let mut issues =
            self.maker(self.page.word("plans-group-issues"), "P6.2-CC1", "plans-issues-hint", String::new());
        for c in self.pack.choices(ChoiceKind::Issue) {
            let how = draft.records.issues.iter().find(|i| i.issue == c.id).map_or("", |i| i.how.as_str());
            issues.area_as(&format!("issue-{}", c.id), c.title.get(self.lang), "", how);
        }
        groups.push(issues.group);
        groups
    }

    fn resources(&self, draft: &Draft) -> Vec<Group> {
        let mut m = self.maker(self.page.word("plans-group-resources"), "P6.2-AP6", "", String::new());
        let r = &draft.records.resources;
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        m.figure("hours", "hours", false, &number(r.hours));
        m.figure("people", "people", false, &number(r.people));
        m.figure("money", "money", true, &number(r.money));
        m.area("training", "training", false, &r.training);
        self.part(3, draft, &mut m);
        vec![m.group]
    }

    fn governance(&self, draft: &Draft) -> Vec<Group> {
        let hint = "plans-governance-hint";
        let mut m = self.maker(self.page.word("plans-group-governance"), "P6.2-AP8", hint, String::new());
        for role in ROLES {
            let may = self.members.iter().filter(|m| m.roles.iter().any(|r| serves_as(*r, role)));
            let people = self.with_none(may.map(|m| (m.id.to_string(), m.name.clone())).collect());
            let person = draft.records.duties.iter().find(|d| d.role == role.code()).map_or("", |d| d.person.as_str());
            m.select(&format!("duty-{}", role.code()), &format!("duty-{}", role.code()), false, person, people);
        }
        self.part(5, draft, &mut m);
        vec![m.group]
    }
}

async fn show(cx: &Ctx, plan: PlanRow, n: usize, draft: &Draft, again: Option<(&FormData, &Error)>) -> Result<String> {
    let page = Page::new(cx, "plans-edit-title").with(again.map(|(_, error)| error));
    let pack = cx.machine.part::<Pack>()?;
    let (members, missing) = actions::missing(cx, plan.agency_id, draft).await?;
    let making = Making { page: &page, pack, lang: cx.lang.code(), members };
    let mut groups = match n {
        1 => making.goals(draft),
        2 => making.audiences(draft),
        3 => making.risks(draft),
        4 => making.resources(draft),
        _ => making.governance(draft),
    };
    if let Some((form, _)) = again {
        fields::as_typed(&mut groups, form);
    }
    let open = |at: usize| missing.iter().any(|no| super::one::step_of(no.field.unwrap_or("")) == at);
    let steps = (1..).zip(STEPS).map(|(at, name)| (at, page.word(&format!("plans-step-{name}")), open(at))).collect();
    let version = again.map_or(plan.version, |(form, _)| form.number("version").unwrap_or(0));
    let agency = agencies::name(cx.db(), plan.agency_id, cx.lang).await?;
    Step { page, plan, agency, n, steps, groups, version }.render().map_err(Error::fault)
}

fn step(id: &str, n: &str) -> Result<(i64, usize)> {
    let n = n.parse().ok().filter(|n| (1..=STEPS.len()).contains(n)).ok_or_else(Error::not_found)?;
    Ok((id.parse().map_err(|_| Error::not_found())?, n))
}

async fn writable(cx: &Ctx, id: i64) -> Result<PlanRow> {
    let plan = actions::see(cx, id).await?;
    if cx.actor.may(roles::WRITE_PLANS, plan.agency_id) { Ok(plan) } else { Err(Error::not_allowed()) }
}

pub async fn edit(Id(id): Id) -> Result<Response> {
    Ok(see(format!("/plans/{id}/steps/1")))
}

pub async fn open(cx: Ctx, Path((id, n)): Path<(String, String)>) -> Result<Response> {
    let (id, n) = step(&id, &n)?;
    let plan = writable(&cx, id).await?;
    if !plan.open() {
        return Ok(see(format!("/plans/{id}")));
    }
    let draft = plan.draft();
    Ok(html(show(&cx, plan, n, &draft, None).await?))
}

/// Saves the step; `next` says where somebody wants to go then.
pub async fn save(cx: Ctx, Path((id, n)): Path<(String, String)>, form: FormData) -> Result<Response> {
    let (id, n) = step(&id, &n)?;
    let plan = writable(&cx, id).await?;
    let pack = cx.machine.part::<Pack>()?;
    let mut draft = plan.draft();
    let before = draft.clone();
    let wrong = typed::apply(&form, n, &mut draft, pack);
    let seen = form.number("version").unwrap_or(0);
    let saved = if !wrong.is_empty() {
        Err(Error::invalid(wrong))
    } else if draft == before && seen == plan.version && plan.open() {
        // Going on without a change makes no version.
        Ok(plan.clone())
    } else {
        actions::revise(&cx, id, seen, &draft).await
    };
    match saved {
        Ok(_) => Ok(see(match form.text("next") {
            "stay" => format!("/plans/{id}/steps/{n}"),
            "on" if n < STEPS.len() => format!("/plans/{id}/steps/{}", n + 1),
            _ => format!("/plans/{id}"),
        })),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(show(&cx, plan, n, &draft, Some((&form, &e))).await?))
        }
    }
}
