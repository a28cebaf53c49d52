//! Asking for an agency's notices, leaving again, and what became of mailings.
use super::mailing::{GIVEN_UP, HELD, Newsletter, QUEUED, REFUSED, SENT};
use super::{actions, store};
use crate::accounts::{self, Account};
use crate::agencies::{self, Agency};
use crate::posts;
use crate::shell::paging::PAGE;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::error::Kind;
use ground::http::{FormData, Id, Piece, Query, html, html_again, see};
use ground::{Ctx, Error, Result, Say};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "newsletter/pages/ask.html")]
struct Ask {
    page: Page,
    agency: Agency,
    email: String,
    /// The mail is on its way.
    done: bool,
}

/// An agency that can be read by mail, and its account for that.
async fn readable(cx: &Ctx, code: &str) -> Result<(Agency, Account)> {
    let none = || {
        Error::new(Kind::NotFound, Say::new("newsletter-none")).next("/agencies", Say::new("newsletter-to-agencies"))
    };
    let agency = match agencies::by_code(cx.db(), code).await {
        Err(ground::db::DbError::NotFound) => return Err(none()),
        found => found?,
    };
    let account = actions::of_agency(cx, agency.id).await?.ok_or_else(none)?;
    Ok((agency, account))
}

fn form(cx: &Ctx, agency: Agency, email: &str, done: bool, error: Option<&Error>) -> Result<String> {
    let title = cx.words().say(cx.lang, &Say::new("newsletter-title").arg("agency", agency.name(cx.lang)));
    let page = Page::public(cx, title).with(error);
    Ask { page, agency, email: email.to_owned(), done }.render().map_err(Error::fault)
}

pub async fn ask_form(cx: Ctx, Piece(code): Piece) -> Result<Response> {
    let (agency, _) = readable(&cx, &code).await?;
    Ok(html(form(&cx, agency, "", false, None)?))
}

pub async fn ask(cx: Ctx, Piece(code): Piece, typed: FormData) -> Result<Response> {
    let (agency, account) = readable(&cx, &code).await?;
    let email = typed.text("email");
    match actions::ask(&cx, &account, email).await {
        Ok(()) => Ok(html(form(&cx, agency, "", true, None)?)),
        Err(e) => Ok(html_again(form(&cx, agency, email, false, Some(&again(e)?))?)),
    }
}

#[derive(Template)]
#[template(path = "newsletter/pages/reader.html")]
struct Reader {
    page: Page,
    token: String,
    agency: String,
    code: String,
    /// asked, reading or left
    state: &'static str,
}

/// Mail scanners open links: only the buttons of this page do anything.
pub async fn reader(cx: Ctx, Piece(token): Piece) -> Result<Response> {
    let page = Page::public(&cx, cx.words().t(cx.lang, "newsletter-reader-title"));
    let mut shown = Reader { page, token, agency: String::new(), code: String::new(), state: "left" };
    if let Some(s) = actions::reader(&cx, &shown.token).await? {
        let account = accounts::find(cx.db(), s.account_id).await?;
        let agency = agencies::find(cx.db(), account.agency_id).await?;
        (shown.agency, shown.code) = (agency.name(cx.lang).into(), agency.code);
        shown.state = if s.is_confirmed() { "reading" } else { "asked" };
    }
    Ok(html(shown.render().map_err(Error::fault)?))
}

pub async fn confirm(cx: Ctx, Piece(token): Piece, _: FormData) -> Result<Response> {
    actions::confirm(&cx, &token).await?;
    Ok(see(format!("/newsletter/{token}")))
}

/// From the page's button, or from the reader's mail program at one click (RFC 8058), which looks at no page.
pub async fn leave(cx: Ctx, Piece(token): Piece, _: FormData) -> Result<Response> {
    actions::leave(&cx, &token).await?;
    Ok(see(format!("/newsletter/{token}")))
}

struct Row {
    n: Newsletter,
    title: String,
    queued: i64,
    sent: i64,
    refused: i64,
}

#[derive(Template)]
#[template(path = "newsletter/pages/list.html")]
struct List {
    page: Page,
    account: Account,
    code: String,
    readers: i64,
    rows: Vec<Row>,
    older: Option<i64>,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<i64>,
}

pub async fn list(cx: Ctx, Id(account): Id, Query(q): Query<Before>) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    let mut rows = vec![];
    for n in store::of_account(cx.db(), account.id, q.before.unwrap_or(i64::MAX), PAGE + 1).await? {
        let counts = store::counts(cx.db(), n.id).await?;
        let of = |state: &str| counts.iter().find(|c| c.state == state).map_or(0, |c| c.n);
        let title = posts::first_line(n.words.trim());
        rows.push(Row { title, queued: of(QUEUED) + of(HELD), sent: of(SENT), refused: of(REFUSED) + of(GIVEN_UP), n });
    }
    let more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(0));
    let older = rows.last().map(|r| r.n.id).filter(|_| more);
    let code = agencies::find(cx.db(), account.agency_id).await?.code;
    let readers = store::readers(cx.db(), account.id).await?;
    let page = Page::new(&cx, "newsletter-list-title");
    Ok(html(List { page, account, code, readers, rows, older }.render().map_err(Error::fault)?))
}
