//! A plan as somebody reads it: part by part, with every code in words.
use crate::people::{self, Role};
use crate::plans::plan::records::figure;
use crate::plans::plan::{Draft, PARTS, Records};
use crate::plans::working::Reached;
use crate::policy::{Aim, AimKind, Pack, Text};
use crate::shell::Page;
use ground::{Ctx, Result};

/// A part with its words and what was written down of it.
pub struct Part {
    pub clause: &'static str,
    pub title: String,
    pub text: String,
    pub blocks: Vec<Block>,
}

/// One objective, audience, risk…: a heading and lines of label and value.
pub struct Block {
    pub title: String,
    pub lines: Vec<(String, String)>,
}

pub struct Reading {
    pub term: String,
    pub parts: Vec<Part>,
}

struct In<'a> {
    page: &'a Page,
    pack: &'a Pack,
    lang: &'static str,
}

/// A pillar and a domain may bear one name: a pillar is said to be one.
pub(super) fn aim_title(page: &Page, aim: &Aim, lang: &'static str) -> String {
    let name = aim.title.get(lang);
    if aim.kind == AimKind::Pillar { page.ts("plans-a-pillar", "name", name) } else { name.to_owned() }
}

impl In<'_> {
    fn title(&self, text: Option<&Text>, code: &str) -> String {
        text.map_or(code, |t| t.get(self.lang)).to_owned()
    }
    fn aim(&self, id: &str) -> String {
        self.pack.aims().find(id).map_or_else(|| id.to_owned(), |aim| aim_title(self.page, aim, self.lang))
    }
    fn choice(&self, id: &str) -> String {
        self.title(self.pack.choice(id).map(|c| &c.title), id)
    }
    fn line(&self, word: &str, value: String, lines: &mut Vec<(String, String)>) {
        if !value.is_empty() {
            lines.push((self.page.word(&format!("plans-f-{word}")), value));
        }
    }
    fn day(&self, text: &str) -> String {
        let at = crate::plans::plan::records::day(text).map(|d| self.pack.start_of(d));
        at.map_or(String::new(), |at| self.page.date(&at))
    }

    fn objectives(&self, r: &Records, reached: &[Reached]) -> Vec<Block> {
        let of = |(n, o): (usize, &crate::plans::plan::records::Objective)| {
            let mut lines = vec![];
            let unit = if o.unit.is_empty() { String::new() } else { format!(" {}", o.unit) };
            let number = |f: Option<f64>| f.map_or("–".to_owned(), figure);
            self.line(
                "objective",
                if o.objective.is_empty() { String::new() } else { self.aim(&o.objective) },
                &mut lines,
            );
            let aims: Vec<String> = o.aims.iter().map(|a| self.aim(a)).collect();
            self.line("aims", aims.join(" · "), &mut lines);
            if o.participation {
                lines.push((self.page.word("plans-f-participation"), self.page.word("plans-f-participation-yes")));
            }
            let metric = self.pack.metrics().find(&o.measure).map_or(String::new(), |m| m.name.clone());
            self.line("measure", metric, &mut lines);
            if o.baseline.is_some() || o.target.is_some() {
                let way = format!("{} → {}{unit}", number(o.baseline), number(o.target));
                self.line("figures", way, &mut lines);
            }
            self.line("due", self.day(&o.due_on), &mut lines);
            self.line("quality", o.quality.clone(), &mut lines);
            if let Some(r) = reached.get(n) {
                let found = r.figure.map_or(String::new(), |f| {
                    let share = o.attained(f).map_or(String::new(), |a| format!(" ({a} %)"));
                    format!("{}{unit}{share}", figure(f))
                });
                self.line("reached", found, &mut lines);
                self.line("finding", r.finding.clone(), &mut lines);
            }
            Block { title: format!("{}. {}", n + 1, o.text), lines }
        };
        r.objectives.iter().enumerate().map(of).collect()
    }

    fn audiences(&self, r: &Records) -> Vec<Block> {
        let of = |a: &crate::plans::plan::records::Audience| {
            let mut lines = vec![];
            self.line("place", a.place.clone(), &mut lines);
            self.line("languages", a.languages.clone(), &mut lines);
            self.line("needs", a.needs.clone(), &mut lines);
            let channels: Vec<String> = a.channels.iter().map(|c| self.choice(c)).collect();
            self.line("channels", channels.join(" · "), &mut lines);
            Block { title: a.who.clone(), lines }
        };
        r.audiences.iter().map(of).collect()
    }

    fn risks(&self, r: &Records) -> Vec<Block> {
        let of = |t: &crate::plans::plan::records::Treatment| {
            let mut lines = vec![];
            let risk = self.pack.risks().find(&t.risk);
            self.line("area", risk.map_or(String::new(), |r| r.policy_area.clone()), &mut lines);
            self.line("treatment", t.treatment.clone(), &mut lines);
            let owner = Role::parse(&t.owner).map_or(String::new(), |r| self.page.word(r.word()));
            self.line("risk-owner", owner, &mut lines);
            Block { title: risk.map_or(t.risk.clone(), |r| r.title.clone()), lines }
        };
        let mut blocks: Vec<Block> = r.risks.iter().map(of).collect();
        if !r.issues.is_empty() {
            let lines = r.issues.iter().map(|i| (self.choice(&i.issue), i.how.clone())).collect();
            blocks.push(Block { title: self.page.word("plans-group-issues"), lines });
        }
        blocks
    }

    fn resources(&self, r: &Records) -> Vec<Block> {
        let mut lines = vec![];
        let number = |n: Option<i64>| n.map_or(String::new(), |n| self.page.num(n));
        self.line("hours", number(r.resources.hours), &mut lines);
        self.line("people", number(r.resources.people), &mut lines);
        let money =
            r.resources.money.map_or(String::new(), |n| format!("{} {}", self.pack.currency(), self.page.num(n)));
        self.line("money", money, &mut lines);
        self.line("training", r.resources.training.clone(), &mut lines);
        if lines.is_empty() { vec![] } else { vec![Block { title: String::new(), lines }] }
    }
}

pub async fn reading(cx: &Ctx, page: &Page, draft: &Draft, reached: &[Reached]) -> Result<Reading> {
    let pack = cx.machine.part::<Pack>()?;
    let lang = cx.lang.code();
    let on = In { page, pack, lang };
    let r = &draft.records;
    let mut duties = vec![];
    for duty in &r.duties {
        let name = match duty.person_id() {
            Some(id) => people::person_name(cx.db(), id).await.unwrap_or_else(|_| duty.person.clone()),
            None => String::new(),
        };
        duties.push((page.word(&format!("plans-f-duty-{}", duty.role)), name));
    }
    let mut parts = vec![];
    for ((name, clause), text) in PARTS.iter().zip(&draft.parts) {
        let known = pack.plan_parts().find(name);
        let blocks = match *name {
            "goals" => on.objectives(r, reached),
            "audiences" => on.audiences(r),
            "risks" => on.risks(r),
            "resources" => on.resources(r),
            "governance" if !duties.is_empty() => {
                vec![Block { title: String::new(), lines: std::mem::take(&mut duties) }]
            }
            _ => vec![],
        };
        let title = known.map_or(*name, |p| p.title.get(lang)).to_owned();
        parts.push(Part { clause, title, text: text.clone(), blocks });
    }
    let term = match (on.day(&r.starts_on), on.day(&r.ends_on)) {
        (from, to) if from.is_empty() || to.is_empty() => String::new(),
        (from, to) => format!("{from} – {to}"),
    };
    Ok(Reading { term, parts })
}
