//! Writing a review, reading one, deciding it.
use super::desk::home;
use super::{Part, Risk, Score, day, end_of_day, parts, risks, scores, tenths};
use crate::agencies;
use crate::people;
use crate::platforms::actions::{self, NewReview};
use crate::platforms::form::{Answer, CHOICES, Form, Item, RISKS, SCORES, SECTIONS, items, numbers};
use crate::platforms::review::{Decision, NATION, Review};
use crate::platforms::rules::{self, Deciding};
use crate::platforms::store;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, Piece, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

/// One question of the form with what was typed.
pub struct Field {
    pub key: &'static str,
    pub word: &'static str,
    pub choice: String,
    pub note: String,
    pub model: String,
}

pub struct Asked {
    pub key: &'static str,
    pub title: String,
    pub clause: &'static str,
    pub choice: bool,
    pub fields: Vec<Field>,
}

/// Two numbers that belong together.
pub struct Pair {
    pub title: String,
    pub first: (&'static str, &'static str, String),
    pub second: (&'static str, &'static str, String),
}

#[derive(Template)]
#[template(path = "platforms/pages/write.html")]
struct Write {
    page: Page,
    platform: String,
    name: String,
    agency: i64,
    agency_name: String,
    summary: String,
    alignment: String,
    sections: Vec<Asked>,
    choices: Vec<(String, String)>,
    steps: Vec<(String, String)>,
    risks: Vec<Pair>,
    scores: Vec<Pair>,
}

async fn form(cx: &Ctx, platform: &str, agency: i64, f: &Form, error: Option<&Error>) -> Result<String> {
    let known = actions::known(cx, platform)?;
    let title = if agency == NATION { "platforms-write-title" } else { "platforms-adapt-title" };
    let mut page = Page::new(cx, title).with(error);
    page.title = format!("{} · {}", known.name, page.title);
    let model = if agency == NATION { None } else { store::in_force(cx.db(), platform, NATION).await? };
    let model = model.map(|m| m.answers()).transpose()?;
    let told = |item: &Item| {
        let answer = model.as_ref().map(|m| m.answer(item.key)).unwrap_or_default();
        let choice = CHOICES.iter().find(|(c, _)| *c == answer.choice).map(|(_, word)| page.word(word));
        [choice.unwrap_or_default(), answer.note].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(": ")
    };
    let field = |item: &Item| {
        let Answer { choice, note } = f.answer(item.key);
        Field { key: item.key, word: item.word, choice, note, model: told(item) }
    };
    let sections = SECTIONS.iter().map(|s| Asked {
        key: s.key,
        title: page.word(s.word),
        clause: s.clause,
        choice: s.choice,
        fields: s.items.iter().map(field).collect(),
    });
    let typed = |item: &Item| (item.key, item.word, f.numbers.get(item.key).map_or(String::new(), i64::to_string));
    let titles = ["platforms-risk-privacy", "platforms-risk-residual", "platforms-risk-security"];
    let risks = RISKS.iter().zip(titles).map(|((likelihood, impact, _), title)| Pair {
        title: page.word(title),
        first: typed(likelihood),
        second: typed(impact),
    });
    let scores = SCORES.iter().map(|(score, weight)| Pair {
        title: page.word(score.word),
        first: typed(score),
        second: typed(weight),
    });
    let none = (String::new(), page.word("platforms-choose"));
    let choices = CHOICES.iter().map(|(code, word)| ((*code).to_owned(), page.word(word)));
    let steps = (1..=5).map(|n: i64| (n.to_string(), page.num(n)));
    let agency_name = if agency == NATION { String::new() } else { agencies::name(cx.db(), agency, cx.lang).await? };
    let write = Write {
        platform: platform.into(),
        name: known.name.clone(),
        agency,
        agency_name,
        summary: f.summary.clone(),
        alignment: f.alignment.clone(),
        sections: sections.collect(),
        choices: std::iter::once(none.clone()).chain(choices).collect(),
        steps: std::iter::once(none).chain(steps).collect(),
        risks: risks.collect(),
        scores: scores.collect(),
        page: page.clone(),
    };
    write.render().map_err(Error::fault)
}

#[derive(Deserialize)]
pub struct For {
    /// Given: the reader's agency adapts the model.
    agency: Option<i64>,
}

pub async fn new(cx: Ctx, Piece(platform): Piece, Query(q): Query<For>) -> Result<Response> {
    let agency = q.agency.unwrap_or(NATION);
    if !rules::may_write_for(&cx.actor, agency) {
        // Whoever does not oversee the government writes for the agency they work in.
        return match home(&cx).filter(|home| q.agency.is_none() && rules::may_write_for(&cx.actor, *home)) {
            Some(home) => Ok(see(format!("/desk/platforms/{platform}/review?agency={home}"))),
            None => Err(Error::not_allowed()),
        };
    }
    let beginning = actions::beginning(&cx, &platform, agency).await?;
    Ok(html(form(&cx, &platform, agency, &beginning, None).await?))
}

fn typed(data: &FormData) -> Form {
    let answer = |(section, item): (&'static crate::platforms::form::Section, &'static Item)| {
        let note = if section.choice { data.text(&format!("{}-note", item.key)) } else { data.text(item.key) };
        let choice = if section.choice { data.text(item.key) } else { "" };
        (item.key.to_owned(), Answer { choice: choice.into(), note: note.into() })
    };
    let number = |(item, _): (Item, &str)| Some((item.key.to_owned(), data.number(item.key)?));
    Form {
        summary: data.text("summary").into(),
        alignment: data.text("alignment").into(),
        answers: items().map(answer).collect(),
        numbers: numbers().filter_map(number).collect(),
    }
}

pub async fn create(cx: Ctx, Piece(platform): Piece, data: FormData) -> Result<Response> {
    let agency = data.number("agency").unwrap_or(NATION);
    let typed = typed(&data);
    let new = NewReview { platform, agency: Some(agency), form: typed.clone() };
    match actions::write(&cx, &new).await {
        Ok(review) => Ok(see(format!("/desk/platform-reviews/{}", review.id))),
        Err(e) => Ok(html_again(form(&cx, &new.platform, agency, &typed, Some(&again(e)?)).await?)),
    }
}

#[derive(Template)]
#[template(path = "platforms/pages/review.html")]
struct One {
    page: Page,
    review: Review,
    name: String,
    agency_name: String,
    summary: String,
    alignment: String,
    parts: Vec<Part>,
    risks: Vec<Risk>,
    scores: Vec<Score>,
    score: String,
    differences: usize,
    writer: String,
    decider: String,
    terms_digest: String,
    may_decide: bool,
    own: bool,
    decisions: Vec<(String, String)>,
    typed: Typed,
    now: i64,
}

/// What was typed into the decision.
#[derive(Default)]
pub struct Typed {
    pub decision: String,
    pub conditions: String,
    pub reason: String,
    pub valid_until: String,
    pub review_on: String,
    pub accept: bool,
}

async fn show(cx: &Ctx, review: Review, typed: Typed, error: Option<&Error>) -> Result<String> {
    let mut page = Page::new(cx, "platforms-review-title").with(error);
    let name = actions::known(cx, &review.platform)?.name.clone();
    page.title = format!("{name} · {}", page.tn("platforms-review-number", review.number));
    let (own, whole) = (review.answers()?, actions::whole(cx, &review).await?);
    let adapted = !review.national();
    let terms = match review.terms_id {
        Some(terms) => store::terms::find(cx.db(), terms).await?.digest,
        None => String::new(),
    };
    let decider = match review.decided_by {
        Some(person) => people::person_name(cx.db(), person).await?,
        None => String::new(),
    };
    let decisions =
        Decision::ALL.iter().map(|d| (d.code().to_owned(), page.word(&format!("platforms-decide-{}", d.code()))));
    let one = One {
        agency_name: if adapted { agencies::name(cx.db(), review.agency_id, cx.lang).await? } else { String::new() },
        parts: parts(&page, &whole, adapted.then_some(&own)),
        risks: risks(&page, &whole),
        scores: scores(&page, &whole),
        score: tenths(&page, whole.score()),
        differences: if adapted { own.answers.len() + own.numbers.len() } else { 0 },
        writer: people::person_name(cx.db(), review.written_by).await?,
        decider,
        terms_digest: terms,
        may_decide: review.waits() && rules::may_decide_for(&cx.actor, review.agency_id),
        own: cx.actor.who == Who::Person(review.written_by),
        decisions: decisions.collect(),
        typed,
        now: cx.now(),
        summary: whole.summary.clone(),
        alignment: whole.alignment.clone(),
        name,
        review,
        page: page.clone(),
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let review = actions::see(&cx, id).await?;
    Ok(html(show(&cx, review, Typed::default(), None).await?))
}

async fn decided(cx: &Ctx, id: i64, data: &FormData) -> Result<Review> {
    let wrong = || rules::unknown_decision(data.text("decision"));
    let deciding = Deciding {
        decision: Decision::parse(data.text("decision")).ok_or_else(wrong)?,
        conditions: data.text("conditions").into(),
        reason: data.text("reason").into(),
        valid_until: end_of_day(cx, "valid_until", data.text("valid_until"))?,
        review_at: day(cx, "review_on", data.text("review_on"))?,
        accept: data.flag("accept_residual_risk"),
    };
    actions::decide(cx, id, &deciding).await
}

pub async fn decide(cx: Ctx, Id(id): Id, data: FormData) -> Result<Response> {
    match decided(&cx, id, &data).await {
        Ok(_) => Ok(see(format!("/desk/platform-reviews/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let text = |name: &str| data.text(name).to_owned();
            let typed = Typed {
                decision: text("decision"),
                conditions: text("conditions"),
                reason: text("reason"),
                valid_until: text("valid_until"),
                review_on: text("review_on"),
                accept: data.flag("accept_residual_risk"),
            };
            let review = actions::see(&cx, id).await?;
            Ok(html_again(show(&cx, review, typed, Some(&e)).await?))
        }
    }
}
