//! What the public reads of the platforms: which the government may use, why, and until when.
use super::ability::{Ability, ability};
use super::{Part, Risk, Score, kind_word, parts, risks, scores, tenths};
use crate::platforms::review::{NATION, Review, Standing, Terms};
use crate::platforms::{actions, store};
use crate::policy::Platform;
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::{Piece, html};
use ground::{Ctx, Error, Result};

pub struct Row {
    pub platform: Platform,
    pub kind: String,
    pub standing: Standing,
}

pub async fn rows(cx: &Ctx) -> Result<Vec<Row>> {
    let all = actions::list(cx).await?;
    let word = |p: &Platform| cx.words().t(cx.lang, &kind_word(p.kind));
    Ok(all.into_iter().map(|(p, standing)| Row { platform: p.clone(), kind: word(p), standing }).collect())
}

#[derive(Template)]
#[template(path = "platforms/pages/list.html")]
struct List {
    page: Page,
    open: Vec<Row>,
    other: Vec<Row>,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let (open, other) = rows(&cx).await?.into_iter().partition(|r| r.standing.state.open());
    let page = Page::public(&cx, cx.words().t(cx.lang, "platforms-public-title"));
    Ok(html(List { page, open, other }.render().map_err(Error::fault)?))
}

/// The review that counts, as the public reads it.
pub struct Summary {
    pub review: Review,
    pub text: String,
    pub alignment: String,
    pub lang: &'static str,
    pub parts: Vec<Part>,
    pub risks: Vec<Risk>,
    pub scores: Vec<Score>,
    pub score: String,
    pub terms: Option<Terms>,
    pub adapted: i64,
}

#[derive(Template)]
#[template(path = "platforms/pages/one.html")]
struct One {
    page: Page,
    row: Row,
    summary: Option<Summary>,
    former: Vec<Review>,
    ability: Ability,
    /// A platform of others that is still there.
    outside: bool,
    now: i64,
}

pub async fn one(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let platform = actions::known(&cx, &id)?.clone();
    let standing = actions::standing(&cx, &id, None).await?;
    let mut page = Page::public(&cx, String::new());
    page.title.clone_from(&platform.name);
    let summary = match standing.review {
        Some(review) => Some(summary(&cx, &page, review).await?),
        None => None,
    };
    let mut former = store::of_platform(cx.db(), &id, NATION).await?;
    former.retain(|r| r.decided_at.is_some() && r.ended_at.is_some());
    let kind = page.word(&kind_word(platform.kind));
    let (ability, outside) = (ability(&cx, &page, &platform)?, actions::reviewable(&platform));
    let one = One { row: Row { platform, kind, standing }, summary, former, ability, outside, now: cx.now(), page };
    Ok(html(one.render().map_err(Error::fault)?))
}

async fn summary(cx: &Ctx, page: &Page, review: i64) -> Result<Summary> {
    let review = store::find(cx.db(), review).await?;
    let whole = actions::whole(cx, &review).await?;
    let terms = match review.terms_id {
        Some(terms) => Some(store::terms::find(cx.db(), terms).await?),
        None => None,
    };
    // How an account is protected is for those who run it, not for those who attack it.
    let parts = parts(page, &whole, None).into_iter().filter(|p| p.key != "security").collect();
    Ok(Summary {
        lang: page.lang_of(&whole.summary),
        parts,
        risks: risks(page, &whole),
        scores: scores(page, &whole),
        score: tenths(page, whole.score()),
        terms,
        adapted: store::adapted(cx.db(), &review.platform).await?,
        alignment: whole.alignment,
        text: whole.summary,
        review,
    })
}
