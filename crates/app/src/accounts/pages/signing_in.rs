//! Signing in at the platform: the card on the account's page, the page with the way there, and the way back. The way
//! there is a link and not the answer to the form: a form may only lead to pages of our own.
use super::one::{self, Fresh};
use crate::accounts::account::Account;
use crate::accounts::signing_in::{self, Begun, Came, Offer};
use crate::accounts::{actions, apps, platform_name};
use crate::people;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};

/// What whoever may connect the account sees of it.
pub struct Card {
    pub name: String,
    /// To be looked over, where servers differ; empty elsewhere.
    pub server: String,
    pub asks_server: bool,
    /// Whether the platform knows the program, or will be told.
    pub ready: bool,
}

/// `None` where keys of the platform are made another way.
pub async fn card(cx: &Ctx, account: &Account, typed: &FormData) -> Result<Option<Card>> {
    let Some(Offer { connector, sign_in, access }) = signing_in::offer(cx, account, typed.text("server"))? else {
        return Ok(None);
    };
    let can = connector.capabilities();
    let known = apps::known(cx, cx.db(), can.platform, &access.base_url, sign_in.introduces).await?;
    Ok(Some(Card {
        name: platform_name(cx, &account.platform),
        asks_server: can.server.is_none(),
        server: access.base_url,
        ready: sign_in.introduces || known.is_some(),
    }))
}

#[derive(Template)]
#[template(path = "accounts/pages/leaving.html")]
struct Leaving {
    page: Page,
    account: Account,
    /// The host people are sent to, to be looked at.
    host: String,
    url: String,
    until: i64,
}

async fn begun(cx: &Ctx, id: i64, form: &FormData) -> Result<Begun> {
    people::confirm(cx, form.raw("confirm_sign_in"), "confirm_sign_in").await?;
    let (account, server) = (actions::see(cx, id).await?, form.text("server"));
    let asked = signing_in::offer(cx, &account, server)?.is_some_and(|o| o.connector.capabilities().server.is_none());
    // A field that was emptied is no wish for another server.
    if asked && server.is_empty() {
        return Err(Error::invalid(vec![FieldError::new("server", Say::new("accounts-error-server"))]));
    }
    signing_in::begin(cx, id, server).await
}

pub async fn begin(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let Begun { account, url, until } = match begun(&cx, id, &form).await {
        Ok(begun) => begun,
        Err(e) => {
            return Ok(html_again(one::shown(&cx, id, form, &Fresh::default(), Some(&again(e)?)).await?));
        }
    };
    let parsed = url::Url::parse(&url).map_err(Error::fault)?;
    let (page, host) = (Page::new(&cx, "accounts-leaving-title"), parsed.host_str().unwrap_or_default().to_owned());
    Ok(html(Leaving { page, account, host, url, until }.render().map_err(Error::fault)?))
}

/// The browser comes back from the platform.
pub async fn back(cx: Ctx, Query(came): Query<Came>) -> Result<Response> {
    let back = signing_in::came_back(&cx, &came).await?;
    let id = back.account;
    match back.result {
        Ok(_) => Ok(see(format!("/accounts/{id}"))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(one::shown(&cx, id, FormData::default(), &Fresh::default(), Some(&e)).await?))
        }
    }
}
