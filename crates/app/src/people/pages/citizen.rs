//! A citizen signs in: an address, a mail, a button.
use crate::people::citizens::{self, safe_next};
use crate::people::pages::sign_in::enter as go_in;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::DAY;
use ground::http::{FormData, Piece, Query, html, html_again};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "people/pages/citizen_sign_in.html")]
struct CitizenSignIn<'a> {
    page: Page,
    email: &'a str,
    next: &'a str,
    sent: bool,
}

fn render(cx: &Ctx, email: &str, next: &str, sent: bool, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "people-citizen-title").with(error);
    CitizenSignIn { page, email, next, sent }.render().map_err(Error::fault)
}

pub async fn form(cx: Ctx, Query(q): Query<Next>) -> Result<Response> {
    Ok(html(render(&cx, "", safe_next(q.next.as_deref().unwrap_or("/")), false, None)?))
}

pub async fn send_link(cx: Ctx, form: FormData) -> Result<Response> {
    let (email, next) = (form.text("email"), safe_next(form.text("next")));
    match citizens::mail_link(&cx, email, next, &cx.remote).await {
        Ok(()) => Ok(html(render(&cx, email, next, true, None)?)),
        Err(e) => Ok(html_again(render(&cx, email, next, false, Some(&again(e)?))?)),
    }
}

#[derive(Template)]
#[template(path = "people/pages/citizen_enter.html")]
struct CitizenEnter<'a> {
    page: Page,
    name: &'a str,
    known: bool,
}

pub async fn confirm(cx: Ctx, Piece(token): Piece) -> Result<Response> {
    let (name, known) = citizens::look_at_link(&cx, &token).await?;
    let page = Page::new(&cx, "people-citizen-enter-title");
    Ok(html(CitizenEnter { page, name: &name, known }.render().map_err(Error::fault)?))
}

pub async fn enter(cx: Ctx, Piece(token): Piece, form: FormData) -> Result<Response> {
    let name = form.text("name");
    match citizens::enter(&cx, &token, name).await {
        Ok((session, next)) => go_in(&cx, &session, 30 * DAY, safe_next(&next)),
        Err(e) => {
            let page = Page::new(&cx, "people-citizen-enter-title").with(Some(&again(e)?));
            Ok(html_again(CitizenEnter { page, name, known: false }.render().map_err(Error::fault)?))
        }
    }
}
