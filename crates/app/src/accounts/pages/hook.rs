//! The card about calls from the platform, on the account's page.
use super::one::{self, Fresh};
use crate::accounts::account::Account;
use crate::accounts::hooks::{self, Agreed};
use crate::accounts::store::hooks as rows;
use crate::people::{self, roles};
use crate::shell::again;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Result};

/// What whoever may connect the account sees of it.
pub struct Card {
    /// Empty where calls are switched off.
    pub address: String,
    pub heard_at: Option<i64>,
    pub refused_at: Option<i64>,
    pub refused_why: &'static str,
    /// Just made, shown this once.
    pub secret: String,
}

/// `None` where there is nothing to see: the platform does not call, or it is somebody else's to look after.
pub async fn card(cx: &Ctx, account: &Account, fresh: &Fresh) -> Result<Option<Card>> {
    let mine = cx.actor.may(roles::REQUEST_ACCOUNTS, account.agency_id) && account.is_live();
    if !mine || !hooks::calls(cx, account)? {
        return Ok(None);
    }
    let secret = fresh.secret.clone();
    let Some(hook) = rows::hook(cx.db(), account.id).await? else {
        let (address, heard_at, refused_at, refused_why) = (String::new(), None, None, "");
        return Ok(Some(Card { address, heard_at, refused_at, refused_why, secret }));
    };
    let refused_why = if hook.refused_why == "forged" { "accounts-hook-forged" } else { "accounts-hook-unreadable" };
    let (heard_at, refused_at) = (hook.heard_at, hook.refused_at);
    Ok(Some(Card { address: hooks::address(cx, &hook), heard_at, refused_at, refused_why, secret }))
}

/// The secret is on the page that answers, and on no other.
pub async fn set(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result: Result<Agreed> = match people::confirm(&cx, form.raw("confirm_hook"), "confirm_hook").await {
        Ok(()) => hooks::set(&cx, id, form.text("hook_secret")).await,
        Err(e) => Err(e),
    };
    match result {
        Ok(agreed) => Ok(html(one::shown(&cx, id, FormData::default(), &Fresh { secret: agreed.secret }, None).await?)),
        Err(e) => Ok(html_again(one::shown(&cx, id, form, &Fresh::default(), Some(&again(e)?)).await?)),
    }
}

pub async fn remove(cx: Ctx, Id(id): Id) -> Result<Response> {
    match hooks::remove(&cx, id).await {
        Ok(_) => Ok(see(format!("/accounts/{id}"))),
        Err(e) => Ok(html_again(one::shown(&cx, id, FormData::default(), &Fresh::default(), Some(&again(e)?)).await?)),
    }
}
