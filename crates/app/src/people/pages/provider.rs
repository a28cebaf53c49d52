//! To the sign-in provider and back. They are links, not forms: a form may only lead to pages of our own.
use super::me::done;
use super::sign_in::{Next, enter, landing};
use crate::people::actions::SESSION_LIFE;
use crate::people::citizens::safe_next;
use crate::people::provider::{self, Begun, Came};
use crate::shell::Page;
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use ground::clock::{HOUR, SECOND};
use ground::http::{FormData, Id, Query, cookie, html, see};
use ground::{Ctx, Error, Result};

/// Its name. Where everything goes over TLS, no other host of the domain can plant it.
fn cookie_name(cx: &Ctx) -> String {
    let prefix = if cx.machine.config.secure() { "__Host-" } else { "" };
    format!("{prefix}{}", provider::COOKIE)
}

fn browser<'a>(cx: &Ctx, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, &cookie_name(cx))
}

/// Goes to the provider with the cookie set by which this browser is known again.
fn go(cx: &Ctx, begun: &Begun) -> Result<Response> {
    let (name, life) = (cookie_name(cx), HOUR / SECOND);
    let secure = if cx.machine.config.secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life}{secure}", begun.browser);
    let mut response = see(&begun.url);
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&cookie).map_err(Error::fault)?);
    Ok(response)
}

pub async fn begin(cx: Ctx, headers: HeaderMap, Query(q): Query<Next>) -> Result<Response> {
    go(&cx, &provider::begin_enter(&cx, browser(&cx, &headers), safe_next(q.next())).await?)
}

pub async fn begin_confirm(cx: Ctx, headers: HeaderMap, Query(q): Query<Next>) -> Result<Response> {
    go(&cx, &provider::begin_confirm(&cx, browser(&cx, &headers), safe_next(q.next())).await?)
}

pub async fn back(cx: Ctx, headers: HeaderMap, Query(came): Query<Came>) -> Result<Response> {
    match provider::came_back(&cx, &came, browser(&cx, &headers)).await? {
        (Some(session), next) => {
            let to = landing(&cx, &session, &next).await?;
            enter(&cx, &session, SESSION_LIFE, to)
        }
        (None, next) => Ok(see(next)),
    }
}

#[derive(Template)]
#[template(path = "people/pages/signed_out.html")]
struct SignedOut {
    page: Page,
    provider: String,
    end: String,
}

/// The own session is over; the way on to the end of the one at the provider.
pub async fn signed_out(cx: Ctx) -> Result<Response> {
    match (provider::name(&cx), provider::end_session_url(&cx).await) {
        (Some(name), Some(end)) => {
            let (page, provider) = (Page::new(&cx, "people-signed-out"), name.to_owned());
            Ok(html(SignedOut { page, provider, end }.render().map_err(Error::fault)?))
        }
        _ => Ok(see("/")),
    }
}

pub async fn remove(cx: Ctx, form: FormData) -> Result<Response> {
    let id = form.number("identity").unwrap_or(0);
    let result = provider::remove(&cx, id, form.raw("confirm_identity")).await;
    done(&cx, result).await
}

/// For somebody one manages.
pub async fn remove_of(cx: Ctx, Id(person): Id, form: FormData) -> Result<Response> {
    let id = form.number("identity").unwrap_or(0);
    let result = match crate::people::own::confirm(&cx, form.raw("confirm_identity"), "confirm_identity").await {
        Ok(()) => provider::remove_of(&cx, person, id).await,
        Err(e) => Err(e),
    };
    super::register::done(&cx, person, &FormData::default(), result).await
}
