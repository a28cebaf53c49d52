//! Where an agency says what its show is called, what it is about, and how it looks.
use crate::accounts::Account;
use crate::agencies;
use crate::people::roles::REQUEST_ACCOUNTS;
use crate::podcast::actions;
use crate::podcast::show::{CATEGORIES, Described, Show};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::MINUTE;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "podcast/pages/desk.html")]
struct Desk {
    page: Page,
    account: Account,
    code: String,
    show: Show,
    typed: Described,
    languages: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    may_change: bool,
    saved: bool,
}

async fn render(
    cx: &Ctx,
    account: Account,
    typed: Option<Described>,
    error: Option<&Error>,
    saved: bool,
) -> Result<String> {
    let page = Page::new(cx, "podcast-desk-title").with(error);
    let show = actions::show(cx, &account).await?;
    let languages = [("dz", "podcast-in-dz"), ("en", "podcast-in-en")];
    let desk = Desk {
        code: agencies::find(cx.db(), account.agency_id).await?.code,
        typed: typed.unwrap_or_else(|| show.described()),
        languages: languages.map(|(code, key)| (code.to_owned(), page.word(key))).into(),
        categories: CATEGORIES.map(|c| (c.to_owned(), c.replace('/', " › "))).into(),
        may_change: cx.actor.may(REQUEST_ACCOUNTS, account.agency_id),
        show,
        account,
        page,
        saved,
    };
    desk.render().map_err(Error::fault)
}

/// Where somebody comes from.
#[derive(Deserialize)]
pub struct Came {
    /// From saving it, at that moment; told for a minute, and no more when the page is looked at again later.
    saved: Option<String>,
}

pub async fn form(cx: Ctx, Id(account): Id, Query(came): Query<Came>) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    let at = came.saved.and_then(|at| at.parse::<i64>().ok());
    let saved = at.is_some_and(|at| (0..MINUTE).contains(&cx.now().saturating_sub(at)));
    Ok(html(render(&cx, account, None, None, saved).await?))
}

pub async fn save(cx: Ctx, Id(account): Id, form: FormData) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    let text = |name: &str| form.text(name).to_owned();
    let typed = Described {
        title: text("title"),
        description: text("description"),
        lang: text("lang"),
        category: text("category"),
        email: text("email"),
    };
    let picture = form.file("file").map(|f| f.bytes.clone()).filter(|b| !b.is_empty());
    match actions::describe(&cx, account.id, &typed, picture).await {
        Ok(_) => Ok(see(format!("/accounts/{}/podcast?saved={}", account.id, cx.now()))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(render(&cx, account, Some(typed), Some(&e), false).await?))
        }
    }
}
