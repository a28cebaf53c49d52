//! Showing again that it is really they: by the password, a one-time code or a passkey.
use super::passkeys::answer_of;
use super::sign_in::Next;
use crate::people::citizens::safe_next;
use crate::people::passkeys::{entering, party};
use crate::people::store::identities;
use crate::people::{means, own, provider};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Query, html, html_again, json, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "people/pages/confirm.html")]
struct Confirm<'a> {
    page: Page,
    next: &'a str,
    passkeys: bool,
    /// The provider's name, where an account of theirs is bound.
    provider: Option<&'a str>,
}

async fn render(cx: &Ctx, next: &str, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "people-confirm-title").with(error);
    let me = own::me(cx).await?;
    let has = means::strong(cx.db(), &me).await?.passkeys > 0;
    let passkeys = has && party(cx)?.is_some();
    let bound = identities::of(cx.db(), me.id).await?.into_iter().any(|i| provider::is(cx, &i.issuer));
    Confirm { page, next, passkeys, provider: provider::name(cx).filter(|_| bound) }.render().map_err(Error::fault)
}

async fn done(cx: &Ctx, next: &str, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(next)),
        Err(e) => Ok(html_again(render(cx, next, Some(&again(e)?)).await?)),
    }
}

pub async fn form(cx: Ctx, Query(q): Query<Next>) -> Result<Response> {
    Ok(html(render(&cx, safe_next(q.next()), None).await?))
}

pub async fn submit(cx: Ctx, form: FormData) -> Result<Response> {
    let result = own::confirm_now(&cx, form.raw("confirm"), "confirm").await;
    done(&cx, safe_next(form.text("next")), result).await
}

pub async fn challenge(cx: Ctx) -> Result<Response> {
    Ok(json(200, &entering::begin_confirm(&cx).await?))
}

pub async fn passkey(cx: Ctx, form: FormData) -> Result<Response> {
    let result = match answer_of(&form) {
        Ok((challenge, answer)) => entering::confirm(&cx, challenge, answer).await,
        Err(e) => Err(e),
    };
    done(&cx, safe_next(form.text("next")), result).await
}
