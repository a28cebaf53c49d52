//! The page behind the link of the first start.
use crate::people::actions::SESSION_LIFE;
use crate::people::first;
use crate::people::pages::sign_in::{enter, landing};
use crate::people::register::NewPerson;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Piece, html, html_again};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "people/pages/first.html")]
struct First<'a> {
    page: Page,
    full_name: &'a str,
    email: &'a str,
}

fn render(cx: &Ctx, full_name: &str, email: &str, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "people-first-title").with(error);
    First { page, full_name, email }.render().map_err(Error::fault)
}

pub async fn form(cx: Ctx, Piece(token): Piece) -> Result<Response> {
    first::good(&cx, &token).await?;
    Ok(html(render(&cx, "", "", None)?))
}

pub async fn submit(cx: Ctx, Piece(token): Piece, form: FormData) -> Result<Response> {
    let new = NewPerson {
        agency: None,
        name: form.text("name").into(),
        email: form.text("email").into(),
        ..NewPerson::default()
    };
    match first::begin(&cx, &token, &new, form.raw("password")).await {
        Ok(session) => {
            let to = landing(&cx, &session, "/people").await?;
            enter(&cx, &session, SESSION_LIFE, to)
        }
        Err(e) => Ok(html_again(render(&cx, &new.name, &new.email, Some(&again(e)?))?)),
    }
}
