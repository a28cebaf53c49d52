//! The quarterly review of access, right by right.
use super::agency_name;
use crate::people::reviewing;
use crate::people::roles::Role;
use crate::people::store::access::ReviewRow;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

pub struct Line {
    pub grant: i64,
    pub person: String,
    pub word: &'static str,
    pub agency: String,
    pub purpose: String,
    pub kept: bool,
    /// Somebody else answers about this one.
    pub own: bool,
}

#[derive(Template)]
#[template(path = "people/pages/review.html")]
struct Review {
    page: Page,
    review: ReviewRow,
    agency: String,
    lines: Vec<Line>,
}

async fn show(cx: &Ctx, id: i64, error: Option<&Error>) -> Result<String> {
    let review = reviewing::see(cx, id).await?;
    let (rows, kept) = reviewing::asked(cx, &review).await?;
    let mut lines = vec![];
    for g in rows {
        lines.push(Line {
            grant: g.id,
            person: reviewing::holder(cx, &g).await?,
            word: Role::parse(&g.role).map_or("people-role-unknown", Role::word),
            agency: agency_name(cx, g.agency_id).await?,
            kept: kept.contains(&g.id),
            own: cx.actor.who == Who::Person(g.person_id),
            purpose: g.purpose,
        });
    }
    let agency = agency_name(cx, review.agency_id).await?;
    let page = Page::new(cx, "people-review-title").with(error);
    Review { page, review, agency, lines }.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(show(&cx, id, None).await?))
}

pub async fn answer(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match reviewing::answer(&cx, id, &form.numbers("keep"), &form.numbers("drop")).await {
        Ok(()) => Ok(see(format!("/reviews/{id}"))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(show(&cx, id, Some(&e)).await?))
        }
    }
}
