//! Passkeys of the own account, and signing in with one. What the browser says comes through hidden fields that a script
//! fills in; every sentence stands in the page, made here.
use super::sign_in::{enter as go_in, landing, render as sign_in_again};
use crate::people::actions::SESSION_LIFE;
use crate::people::citizens::safe_next;
use crate::people::own;
use crate::people::passkeys::{adding, entering, party};
use crate::people::store::passkeys::{self as store, PasskeyRow};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, html, html_again, json, see};
use ground::{Ctx, Error, FieldError, Result, Say};

#[derive(Template)]
#[template(path = "people/pages/passkeys.html")]
struct Passkeys<'a> {
    page: Page,
    passkeys: Vec<PasskeyRow>,
    choices: Vec<(String, String)>,
    passkey_name: &'a str,
    removed: &'a str,
    confirm: bool,
    /// Whether our address is one that passkeys can be bound to.
    ready: bool,
}

async fn render(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let passkeys = store::of(cx.db(), cx.actor.person()?).await?;
    let shown = Passkeys {
        page: Page::new(cx, "people-passkeys").with(error),
        choices: passkeys.iter().map(|p| (p.id.to_string(), p.name.clone())).collect(),
        passkeys,
        passkey_name: form.text("name"),
        removed: form.text("removed"),
        confirm: own::must_confirm(cx).await?,
        ready: party(cx)?.is_some(),
    };
    shown.render().map_err(Error::fault)
}

async fn done(cx: &Ctx, form: &FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see("/me/passkeys")),
        Err(e) => Ok(html_again(render(cx, form, Some(&again(e)?)).await?)),
    }
}

/// What the browser sent: the challenge's token and the answer, or why there is none.
pub(super) fn answer_of(form: &FormData) -> Result<(&str, &str)> {
    let key = match form.text("failure") {
        "" if form.raw("credential").is_empty() => "people-passkey-failed",
        "" => return Ok((form.text("challenge"), form.raw("credential"))),
        "NotAllowedError" | "AbortError" => "people-passkey-cancelled",
        "InvalidStateError" => "people-passkey-have-it",
        "SecurityError" => "people-passkey-address",
        _ => "people-passkey-failed",
    };
    Err(Error::invalid(vec![FieldError::new("passkey", Say::new(key))]))
}

pub async fn list(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, &FormData::default(), None).await?))
}

pub async fn add_challenge(cx: Ctx, form: FormData) -> Result<Response> {
    Ok(json(200, &adding::begin(&cx, form.text("name"), form.raw("confirm")).await?))
}

pub async fn add(cx: Ctx, form: FormData) -> Result<Response> {
    let (name, password) = (form.text("name"), form.raw("confirm"));
    let result = match adding::check(&cx, name, password).await.and_then(|()| answer_of(&form)) {
        Ok((challenge, answer)) => adding::finish(&cx, challenge, answer, name, password).await,
        Err(e) => Err(e),
    };
    done(&cx, &form, result).await
}

pub async fn remove(cx: Ctx, form: FormData) -> Result<Response> {
    let id = form.number("removed").unwrap_or(0);
    let result = adding::remove(&cx, id, form.raw("confirm_remove")).await;
    done(&cx, &form, result).await
}

pub async fn enter_challenge(cx: Ctx, form: FormData) -> Result<Response> {
    Ok(json(200, &entering::begin_enter(&cx, form.text("email"), &cx.remote).await?))
}

pub async fn enter(cx: Ctx, form: FormData) -> Result<Response> {
    let next = safe_next(form.text("next"));
    let result = match answer_of(&form) {
        Ok((challenge, answer)) => entering::enter(&cx, challenge, answer, &cx.remote).await,
        Err(e) => Err(e),
    };
    match result {
        Ok(token) => {
            let to = landing(&cx, &token, next).await?;
            go_in(&cx, &token, SESSION_LIFE, to)
        }
        Err(e) => Ok(html_again(sign_in_again(&cx, form.text("email"), next, Some(&again(e)?))?)),
    }
}
