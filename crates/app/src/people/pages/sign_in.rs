//! Signing in and out, and setting the first password through a link.
use crate::people::actions::{self, SESSION_LIFE};
use crate::people::citizens::safe_next;
use crate::people::front::{by_session, session_cookie};
use crate::people::passkeys::party;
use crate::people::store::{identities, passkeys};
use crate::people::{means, provider};
use crate::shell::{Page, again};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use ground::http::{FormData, Piece, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

impl Next {
    pub fn next(&self) -> &str {
        self.next.as_deref().unwrap_or("/desk")
    }
}

#[derive(Template)]
#[template(path = "people/pages/sign_in.html")]
struct SignIn<'a> {
    page: Page,
    email: &'a str,
    next: &'a str,
    /// Whether our address is one that passkeys can be bound to.
    passkeys: bool,
    /// The name of the provider of accounts, where there is one.
    provider: Option<&'a str>,
}

pub(super) fn render(cx: &Ctx, email: &str, next: &str, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "people-sign-in-title").with(error);
    let (passkeys, provider) = (party(cx)?.is_some(), provider::name(cx));
    SignIn { page, email, next, passkeys, provider }.render().map_err(Error::fault)
}

pub async fn form(cx: Ctx, Query(q): Query<Next>) -> Result<Response> {
    Ok(html(render(&cx, "", safe_next(q.next()), None)?))
}

pub async fn submit(cx: Ctx, form: FormData) -> Result<Response> {
    let (email, next) = (form.text("email"), form.text("next"));
    let password = form.raw("password");
    match actions::sign_in(&cx, email, password, form.text("code"), &cx.remote).await {
        Ok(token) => {
            let to = landing(&cx, &token, safe_next(next)).await?;
            enter(&cx, &token, SESSION_LIFE, to)
        }
        Err(e) => Ok(html_again(render(&cx, email, safe_next(next), Some(&again(e)?))?)),
    }
}

/// Where a fresh session leads: first to the second factor, where rights wait for one.
pub(super) async fn landing<'a>(cx: &Ctx, token: &str, next: &'a str) -> Result<&'a str> {
    let actor = by_session(&cx.machine, token).await?;
    if !actor.resting {
        return Ok(next);
    }
    let has_passkeys = passkeys::good(cx.db(), actor.person()?).await? > 0;
    Ok(if has_passkeys { "/me/confirm" } else { "/me/codes" })
}

/// Goes on with the session's cookie set.
pub(super) fn enter(cx: &Ctx, token: &str, life: i64, next: &str) -> Result<Response> {
    let mut response = see(next);
    let cookie = session_cookie(cx, token, life / ground::clock::SECOND);
    let value = HeaderValue::from_str(&cookie).map_err(Error::fault)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}

pub async fn sign_out(cx: Ctx) -> Result<Response> {
    let means = match cx.actor.session {
        Some(session) => identities::session_means(cx.db(), session).await?,
        None => None,
    };
    actions::sign_out(&cx).await?;
    // Whoever came in by the provider is still signed in there.
    let there = means.as_deref() == Some(means::PROVIDER) && provider::end_session_url(&cx).await.is_some();
    enter(&cx, "", 0, if there { "/signed-out" } else { "/" })
}

#[derive(Template)]
#[template(path = "people/pages/set_up.html")]
struct SetUp {
    page: Page,
}

pub async fn set_up_form(cx: Ctx, Piece(token): Piece) -> Result<Response> {
    actions::for_set_up(&cx, &token).await?;
    let page = Page::new(&cx, "people-set-up-title");
    Ok(html(SetUp { page }.render().map_err(Error::fault)?))
}

pub async fn set_up(cx: Ctx, Piece(token): Piece, form: FormData) -> Result<Response> {
    let password = form.raw("password");
    match actions::set_up(&cx, &token, password).await {
        Ok(Some(session)) => {
            let to = landing(&cx, &session, "/desk").await?;
            enter(&cx, &session, SESSION_LIFE, to)
        }
        Ok(None) => Ok(see("/sign-in")),
        Err(e) => {
            let page = Page::new(&cx, "people-set-up-title").with(Some(&again(e)?));
            Ok(html_again(SetUp { page }.render().map_err(Error::fault)?))
        }
    }
}
