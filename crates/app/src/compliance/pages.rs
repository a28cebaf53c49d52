//! The pages of compliance: the map, an agency, a clause, whom to help.
mod others;

pub use others::{answer, clause, help};

use super::actions::{self, Attesting};
use super::asking::{self, Asked};
use super::finding::State;
use super::map::{self, Finding, Line, Section, Sums};
use super::store::{self, Day, HelpRequest};
use crate::agencies::Agency;
use crate::people::{
    self,
    roles::{ATTEST, OVERSEE, READ_RECORDS},
};
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Piece, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Filter {
    kind: Option<String>,
    every: Option<String>,
}

/// Agencies of one kind, under its name.
struct Group {
    title: String,
    lang: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "compliance/pages/map.html")]
struct MapPage {
    page: Page,
    sections: Vec<Section>,
    groups: Vec<Group>,
    kinds: Vec<(String, String)>,
    kind: String,
    every: bool,
    sums: Sums,
    agencies: usize,
    days: Vec<Day>,
    oversees: bool,
}

impl MapPage {
    fn share(&self, sums: &Sums) -> String {
        sums.share().map_or_else(|| "–".into(), |n| format!("{} %", self.page.num(n)))
    }
    fn days_share(&self, d: &Day) -> String {
        self.share(&Sums { met: d.met, partly: d.partly, not_met: d.not_met, unknown: d.unknown })
    }
    fn day(&self, day: &str) -> String {
        ground::words::parse_local(&format!("{day}T00:00")).map_or_else(|| day.to_owned(), |us| self.page.date(&us))
    }
}

pub async fn map(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let visible = map::visible(&cx).await?;
    // Who works for one agency wants that one.
    if let [only] = visible.as_slice() {
        return Ok(see(format!("/compliance/agencies/{}", only.code)));
    }
    let pack = cx.machine.part::<Pack>()?;
    let (kind, every, lang) = (f.kind.unwrap_or_default(), f.every.as_deref() == Some("yes"), cx.lang.code());
    let sections = map::sections(&cx, !every)?;
    let all = map::lines(&cx, &sections, &kind).await?;
    let mut sums = Sums::default();
    all.iter().for_each(|l| sums.join(l.sums));
    let agencies = all.len();
    let mut groups: Vec<Group> = vec![];
    for k in pack.kinds().iter() {
        let (title, in_lang) = (k.many.get(lang).to_owned(), k.many.language_of(lang).to_owned());
        groups.push(Group { title, lang: in_lang, lines: vec![] });
    }
    let many = all.iter().filter(|l| l.agency.kind == "gewog").count() > 60 && kind.is_empty();
    for line in all {
        // Two hundred gewogs are shown when they are asked for.
        let hidden = many && line.agency.kind == "gewog";
        let place = pack.kinds().iter().position(|k| k.id == line.agency.kind);
        if let Some(group) = place.and_then(|at| groups.get_mut(at)).filter(|_| !hidden) {
            group.lines.push(line);
        }
    }
    groups.retain(|g| !g.lines.is_empty());
    let mut kinds = vec![(String::new(), cx.words().t(cx.lang, "compliance-every-kind"))];
    kinds.extend(pack.kinds().iter().map(|k| (k.id.clone(), k.many.get(lang).to_owned())));
    let oversees = cx.actor.may_everywhere(OVERSEE);
    let days = store::days(cx.db(), 14).await?;
    let page = Page::new(&cx, "compliance-title");
    let shown = MapPage { page, sections, groups, kinds, kind, every, sums, agencies, days, oversees };
    Ok(html(shown.render().map_err(Error::fault)?))
}

/// What was typed into one of the forms of an agency's page.
#[derive(Default)]
struct Typed {
    control: String,
    verdict: String,
    text: String,
    evidence: String,
}

#[derive(Template)]
#[template(path = "compliance/pages/agency.html")]
struct AgencyPage<'c> {
    page: Page,
    agency: Agency,
    name: String,
    name_lang: &'static str,
    sections: Vec<(Section, Vec<&'c Finding<'c>>, Sums)>,
    sums: Sums,
    requests: Vec<HelpRequest>,
    names: Vec<(i64, String)>,
    typed: Typed,
    attests: bool,
    reviews: bool,
    opens: bool,
    /// Whether the ledger is open to the reader.
    reads: bool,
    obligations: Vec<(String, String)>,
    /// What binds and fails: obligation, state, title, where the work is done.
    next: Vec<(String, State, String, &'static str)>,
    more: usize,
    /// What its lead is asked to say.
    asked: Vec<Asked>,
}

impl AgencyPage<'_> {
    fn who(&self, id: &i64) -> &str {
        self.names.iter().find(|(known, _)| known == id).map_or("", |(_, name)| name)
    }
    fn verdict_word(&self, code: &str) -> String {
        self.page.word(State::ALL.into_iter().find(|s| s.code() == code).unwrap_or(State::Unknown).word())
    }
    fn share(&self) -> String {
        self.sums.share().map_or_else(|| "–".into(), |n| format!("{} %", self.page.num(n)))
    }
    fn verdicts(&self) -> [(&'static str, &'static str); 4] {
        [State::Met, State::Partly, State::NotMet, State::NotApplicable].map(|s| (s.code(), s.word()))
    }
    /// Where a piece of evidence can be seen by this reader.
    fn leads(&self, evidence: &str) -> Option<String> {
        if evidence.starts_with("https://") {
            return Some(evidence.to_owned());
        }
        (self.reads && actions::is_subject(evidence)).then(|| format!("/records?subject={evidence}"))
    }
    fn is_typed(&self, control: &str) -> bool {
        self.typed.control.as_str() == control
    }
    fn has_typed(&self, f: &Finding<'_>) -> bool {
        f.controls.iter().any(|c| self.is_typed(c.control.id))
    }
}

async fn show(cx: &Ctx, agency: Agency, typed: Typed, error: Option<&Error>) -> Result<String> {
    let all = map::findings(cx, &agency).await?;
    let mut names = vec![];
    let mut sums = Sums::default();
    for f in &all {
        if f.obligation.level.binding() {
            sums.add(f.state);
        }
        for by in f.controls.iter().flat_map(map::Shown::seen).filter_map(|s| s.by) {
            if !names.iter().any(|(id, _)| *id == by) {
                names.push((by, people::person_name(cx.db(), by).await.unwrap_or_default()));
            }
        }
    }
    let mut sections = vec![];
    for s in map::sections(cx, false)? {
        let own: Vec<&Finding<'_>> =
            s.places.iter().map(|at| &all[*at]).filter(|f| f.state != State::NotApplicable).collect();
        let mut sum = Sums::default();
        own.iter().for_each(|f| sum.add(f.state));
        if !own.is_empty() {
            sections.push((s, own, sum));
        }
    }
    let requests = store::requests_of(cx.db(), agency.id).await?;
    let applying = all.iter().filter(|f| f.state != State::NotApplicable && f.obligation.level.binding());
    let obligations = applying.map(|f| (f.obligation.id.clone(), title(cx, f))).collect();
    let mut next = failing(cx, &all);
    let more = next.len().saturating_sub(NEXT);
    next.truncate(NEXT);
    let opens = map::opens_evidence(cx, &agency)?;
    let asked = if cx.actor.may(ATTEST, agency.id) { asking::of(cx, &all) } else { vec![] };
    let page = Page::new(cx, "compliance-agency-title").with(error);
    let shown = AgencyPage {
        page,
        name: agency.name(cx.lang).to_owned(),
        name_lang: agency.name_lang(cx.lang),
        attests: cx.actor.may(ATTEST, agency.id),
        reviews: cx.actor.may_everywhere(OVERSEE),
        reads: cx.actor.may(READ_RECORDS, agency.id),
        agency,
        sections,
        sums,
        requests,
        names,
        typed,
        opens,
        obligations,
        next,
        more,
        asked,
    };
    shown.render().map_err(Error::fault)
}

/// Lines of what to do next, before the whole list.
const NEXT: usize = 6;

/// What binds and is known to fail, the worst first, with the page where it is mended.
fn failing(cx: &Ctx, all: &[Finding<'_>]) -> Vec<(String, State, String, &'static str)> {
    let mut found: Vec<_> = all
        .iter()
        .filter(|f| f.obligation.level.binding() && f.state <= State::Partly)
        .map(|f| {
            let to_mend = f.controls.iter().find(|c| c.state <= State::Partly && !c.attested() && !c.built());
            (f.obligation.id.clone(), f.state, title(cx, f), to_mend.map_or("", |c| c.control.page))
        })
        .collect();
    found.sort_by_key(|f| f.1);
    found
}

fn title(cx: &Ctx, f: &Finding<'_>) -> String {
    let title = f.clause.map_or("", |c| c.title.get(cx.lang.code()));
    format!("{} · {title}", f.obligation.id)
}

pub async fn agency(cx: Ctx, Piece(code): Piece) -> Result<Response> {
    let agency = actions::see(&cx, &code).await?;
    Ok(html(show(&cx, agency, Typed::default(), None).await?))
}

async fn done(cx: &Ctx, agency: Agency, typed: Typed, place: &str, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(format!("/compliance/agencies/{}#{place}", agency.code))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(show(cx, agency, typed, Some(&e)).await?))
        }
    }
}

fn typed(form: &FormData, text: &str) -> Typed {
    Typed {
        control: form.text("control").to_owned(),
        verdict: form.text("verdict").to_owned(),
        text: form.text(text).to_owned(),
        evidence: form.text("evidence").to_owned(),
    }
}

pub async fn attest(cx: Ctx, Piece(code): Piece, form: FormData) -> Result<Response> {
    let (agency, typed) = (actions::see(&cx, &code).await?, typed(&form, "reason"));
    let evidence = actions::lines(&typed.evidence);
    let said = Attesting { control: &typed.control, verdict: &typed.verdict, reason: &typed.text, evidence: &evidence };
    let result = actions::attest(&cx, agency.id, &said).await;
    let place = typed.control.clone();
    done(&cx, agency, typed, &place, result).await
}

pub async fn review(cx: Ctx, Piece(code): Piece, form: FormData) -> Result<Response> {
    let (agency, typed) = (actions::see(&cx, &code).await?, typed(&form, "reason"));
    let result = actions::review(&cx, agency.id, &typed.control, &typed.verdict, &typed.text).await;
    let place = typed.control.clone();
    done(&cx, agency, typed, &place, result).await
}

pub async fn ask(cx: Ctx, Piece(code): Piece, form: FormData) -> Result<Response> {
    let (agency, typed) = (actions::see(&cx, &code).await?, typed(&form, "wish"));
    let result = actions::ask(&cx, agency.id, form.text("obligation"), &typed.text).await.map(drop);
    done(&cx, agency, typed, "help", result).await
}

pub async fn recompute(cx: Ctx) -> Result<Response> {
    actions::recompute(&cx).await?;
    Ok(see("/compliance"))
}
