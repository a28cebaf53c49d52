//! An edition against the one before it, in public; and for whoever oversees the policy: its reviews and editions.
use crate::policy::Pack;
use crate::policy::pages::Review;
use crate::policy::redline::{Redline, redline};
use crate::policy::reviewing::{self, OUTCOMES, allowed};
use crate::policy::store::{self, EditionRow, ReviewRow};
use crate::shell::changes::Change;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Piece, html, html_again, see};
use ground::{Ctx, Error, Result, Say};
use jiff::civil::Date;

/// A day in the words of the page's language.
pub fn day(page: &Page, day: &Date) -> String {
    ground::words::parse_local(&format!("{day}T00:00")).map_or_else(|| day.to_string(), |us| page.date(&us))
}

#[derive(Template)]
#[template(path = "policy/pages/edition.html")]
struct EditionPage<'p> {
    page: Page,
    line: Redline<'p>,
}

impl EditionPage<'_> {
    fn day(&self, when: &Date) -> String {
        day(&self.page, when)
    }
    fn count(&self, code: &str) -> usize {
        self.line.rows.iter().filter(|r| r.fate.code() == code).count()
    }
}

pub async fn edition(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let line = redline(pack, &id, cx.lang.code()).ok_or_else(Error::not_found)?;
    let title = cx.words().say(cx.lang, &Say::new("policy-edition-title").arg("edition", id.as_str()));
    let page = Page::public(&cx, title);
    Ok(html(EditionPage { page, line }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "policy/pages/reviews.html")]
struct Reviews {
    page: Page,
    clock: Option<Review>,
    open: Option<ReviewRow>,
    held: Vec<ReviewRow>,
    editions: Vec<(EditionRow, bool)>,
    outcomes: Vec<(String, String)>,
    scope: String,
    outcome: String,
    result: String,
    order_ref: String,
}

impl Reviews {
    fn day(&self, when: &Date) -> String {
        day(&self.page, when)
    }
    fn outcome_word(&self, code: &str) -> &'static str {
        OUTCOMES.iter().find(|(c, _)| *c == code).map_or("policy-outcome-keep", |(_, word)| word)
    }
}

async fn show(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let pack = cx.machine.part::<Pack>()?;
    let page = Page::new(cx, "policy-reviews").with(error);
    let edition = reviewing::in_force(cx).await?;
    let (open, held) = store::reviews(cx.db()).await?.into_iter().partition::<Vec<_>, _>(|r| r.closed_at.is_none());
    let compared = |e: EditionRow| {
        let before = redline(pack, &e.id, "en").is_some();
        (e, before)
    };
    let editions = store::editions(cx.db()).await?.into_iter().map(compared).collect();
    let text = |name: &str| form.text(name).to_owned();
    Reviews {
        clock: edition.map(|e| Review::of(&e, pack.day_at(cx.now()))),
        open: open.into_iter().next(),
        held,
        editions,
        outcomes: OUTCOMES.map(|(code, word)| (code.to_owned(), page.word(word))).into(),
        scope: text("scope"),
        outcome: text("outcome"),
        result: text("result"),
        order_ref: text("order_ref"),
        page,
    }
    .render()
    .map_err(Error::fault)
}

pub async fn reviews(cx: Ctx) -> Result<Response> {
    allowed(&cx)?;
    Ok(html(show(&cx, &FormData::default(), None).await?))
}

async fn done(cx: &Ctx, form: &FormData, outcome: Result<()>) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(see("/policy/reviews")),
        Err(e) => Ok(html_again(show(cx, form, Some(&again(e)?)).await?)),
    }
}

pub async fn open(cx: Ctx, form: FormData) -> Result<Response> {
    let outcome = reviewing::open(&cx, form.text("scope")).await.map(|_| ());
    done(&cx, &form, outcome).await
}

pub async fn close(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let outcome = reviewing::close(&cx, id, form.text("outcome"), form.text("result")).await.map(|_| ());
    done(&cx, &form, outcome).await
}

pub async fn adopt(cx: Ctx, Piece(id): Piece, form: FormData) -> Result<Response> {
    let outcome = reviewing::adopt(&cx, &id, form.text("order_ref")).await.map(|_| ());
    done(&cx, &form, outcome).await
}
