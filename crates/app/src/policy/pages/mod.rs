//! The public page of the policy: every clause in its section, in both languages, each with its own anchor.
pub mod editions;

use super::{Certainty, Edition, Pack, Text, in_force};
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result};
use jiff::civil::Date;

/// A text in the language of the page, and what the page says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Words<'p> {
    pub words: &'p str,
    /// For the `lang` attribute: differs from the page's where a translation is missing.
    pub lang: String,
}

impl<'p> Words<'p> {
    fn of(text: &'p Text, lang: &str) -> Words<'p> {
        Words { words: text.get(lang), lang: text.language_of(lang).to_string() }
    }
    /// The text in the other language, where it has one of its own.
    fn other(text: &'p Text, lang: &str) -> Option<Words<'p>> {
        let shown = text.language_of(lang);
        let (lang, words) = text.all().iter().find(|(code, _)| code != shown)?;
        Some(Words { words, lang: lang.clone() })
    }
}

pub struct ClauseView<'p> {
    pub id: &'p str,
    pub title: Words<'p>,
    pub other_title: Option<Words<'p>>,
    pub text: Words<'p>,
    pub other_text: Option<Words<'p>>,
    /// A key in the word files: `policy-level-shall`.
    pub level: Option<&'static str>,
    pub binding: bool,
    pub actors: String,
    /// Ids of clauses of earlier editions in whose place it stands: links to them lead here.
    pub before: Vec<&'p str>,
}

pub struct SectionView<'p> {
    pub id: &'p str,
    pub number: &'p str,
    pub title: Words<'p>,
    pub clauses: Vec<ClauseView<'p>>,
}

/// The two-year clock, as it stands today.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Of the earliest review that is not on record.
    pub due_on: Date,
    /// Of the latest one that is overdue.
    pub overdue_since: Option<Date>,
    pub overdue: bool,
    /// Reviews the clock asked for and that are not on record.
    pub missed: u32,
}

impl Review {
    pub fn of(edition: &Edition, today: Date) -> Review {
        Review {
            due_on: edition.review_due_on(),
            overdue_since: edition.reviews_due_before(today).last(),
            overdue: edition.review_overdue_on(today),
            missed: edition.reviews_missed_by(today),
        }
    }
}

pub struct PolicyView<'p> {
    pub title: Words<'p>,
    pub adopted_by: Words<'p>,
    pub adopted_on: Date,
    pub review: Review,
    /// The language shown is one that no native speaker has reviewed.
    pub draft: bool,
    pub sections: Vec<SectionView<'p>>,
    pub laws: Vec<LawView<'p>>,
    /// There is an edition before it to compare with.
    pub compared: bool,
    pub edition: &'p str,
    pub clauses: usize,
    pub binding: usize,
}

/// A law with those that replaced it or that it amends.
pub struct LawView<'p> {
    pub id: &'p str,
    pub title: Words<'p>,
    /// A key in the word files, and how it looks.
    pub standing: &'static str,
    pub tone: &'static str,
    pub clauses: &'p [String],
    pub successors: Vec<Words<'p>>,
    pub amends: Option<Words<'p>>,
    pub source: &'p str,
    pub unsure: bool,
}

fn law<'p>(pack: &'p Pack, law: &'p super::Law, lang: &str) -> LawView<'p> {
    let named = |id: &String| pack.laws().find(id).map(|l| Words::of(&l.title, lang));
    LawView {
        id: &law.id,
        title: Words::of(&law.title, lang),
        standing: law.standing.key(),
        tone: match law.standing {
            super::Standing::InForce => "good",
            super::Standing::Replaced => "",
            super::Standing::Check => "warn",
        },
        clauses: &law.clauses,
        successors: law.successors.iter().filter_map(named).collect(),
        amends: law.amends.as_ref().and_then(named),
        source: &law.source,
        unsure: law.certainty != Certainty::Sure,
    }
}

/// What the page shows on this day; `None` before the first edition was adopted.
pub fn view<'p>(pack: &'p Pack, lang: &str, today: Date) -> Option<PolicyView<'p>> {
    let edition = pack.policy_on(today)?;
    let in_force = || pack.clauses().iter().filter(|clause| clause.edition == edition.id);
    let sections = pack.sections().iter().map(|section| SectionView {
        id: &section.id,
        number: &section.number,
        title: Words::of(&section.title, lang),
        clauses: in_force().filter(|clause| clause.section == section.id).map(|c| clause(pack, c, lang)).collect(),
    });
    let obligations = || in_force().filter_map(|clause| pack.obligations().find(&clause.id));
    Some(PolicyView {
        title: Words::of(&pack.policy().title, lang),
        adopted_by: Words::of(&edition.adopted_by, lang),
        adopted_on: edition.adopted_on,
        review: Review::of(edition, today),
        draft: pack.language(lang).is_some_and(super::Language::draft),
        laws: pack.laws().iter().map(|l| law(pack, l, lang)).collect(),
        compared: super::redline::redline(pack, &edition.id, "en").is_some(),
        edition: &edition.id,
        sections: sections.filter(|section| !section.clauses.is_empty()).collect(),
        clauses: in_force().count(),
        binding: obligations().filter(|obligation| obligation.level.binding()).count(),
    })
}

fn clause<'p>(pack: &'p Pack, clause: &'p super::Clause, lang: &str) -> ClauseView<'p> {
    let obligation = pack.obligations().find(&clause.id);
    ClauseView {
        id: &clause.id,
        title: Words::of(&clause.title, lang),
        other_title: Words::other(&clause.title, lang),
        text: Words::of(&clause.text, lang),
        other_text: Words::other(&clause.text, lang),
        level: obligation.map(|obligation| obligation.level.key()),
        binding: obligation.is_some_and(|obligation| obligation.level.binding()),
        actors: obligation.map(|obligation| obligation.actors.join(", ")).unwrap_or_default(),
        before: earlier(pack, clause),
    }
}

/// Earlier clauses whose first place is this one, so that each anchor stands once.
fn earlier<'p>(pack: &'p Pack, clause: &super::Clause) -> Vec<&'p str> {
    let first = |l: &&super::Lineage| l.to.first() == Some(&clause.id);
    pack.lineage().iter().filter(first).map(|l| l.id.as_str()).collect()
}

#[derive(Template)]
#[template(path = "policy/pages/policy.html")]
struct Policy<'p> {
    page: Page,
    view: PolicyView<'p>,
}

impl Policy<'_> {
    /// A day in the words of the page's language.
    fn day(&self, day: &Date) -> String {
        editions::day(&self.page, day)
    }
}

pub async fn policy(cx: Ctx) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let today = pack.day_at(cx.now());
    let mut view = view(pack, cx.lang.code(), today).ok_or_else(Error::not_found)?;
    if let Some(edition) = in_force(&cx).await? {
        view.review = Review::of(&edition, today);
    }
    let page = Page::titled(&cx, view.title.words.to_owned());
    Ok(html(Policy { page, view }.render().map_err(Error::fault)?))
}
