//! Accounts at the desk, and the public's question "is this one real?".
use super::account::Account;
use super::actions::{self, NewAccount, Verified};
use super::store::{self, Wanted};
use crate::agencies;
use crate::people::{self, roles};
use crate::policy::Pack;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct After {
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "accounts/pages/list.html")]
struct List {
    page: Page,
    accounts: Vec<(Account, String)>,
    older: Option<String>,
    may_ask: bool,
}

pub async fn list(cx: Ctx, Query(q): Query<After>) -> Result<Response> {
    let wanted = Wanted {
        agencies: cx.actor.scopes(roles::SEE_DESK),
        before: q.after.unwrap_or(i64::MAX),
        most: PAGE + 1,
        ..Wanted::default()
    };
    let (rows, next) = cut(store::list(cx.db(), &wanted).await?, PAGE, |a| a.id);
    let mut accounts = vec![];
    for row in rows {
        let name = agencies::name(cx.db(), row.agency_id, cx.lang).await?;
        accounts.push((row, name));
    }
    let (page, older) = (Page::new(&cx, "accounts-title"), next.map(|n| format!("/accounts?after={n}")));
    let may_ask = cx.actor.may_somewhere(roles::REQUEST_ACCOUNTS);
    Ok(html(List { page, accounts, older, may_ask }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "accounts/pages/new.html")]
struct New {
    page: Page,
    platforms: Vec<(String, String)>,
    platform: String,
    handle: String,
    url: String,
}

fn ask(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let pack = cx.machine.part::<Pack>()?;
    let open = pack.platforms().iter().filter(|p| p.status.word() != "retired");
    let platforms = open.map(|p| (p.id.clone(), p.name.clone())).collect();
    let text = |name: &str| form.text(name).to_owned();
    let page = Page::new(cx, "accounts-new-title").with(error);
    let new = New { page, platforms, platform: text("platform"), handle: text("handle"), url: text("url") };
    new.render().map_err(Error::fault)
}

pub async fn new(cx: Ctx) -> Result<Response> {
    Ok(html(ask(&cx, &FormData::default(), None)?))
}

pub async fn create(cx: Ctx, form: FormData) -> Result<Response> {
    let scopes = cx.actor.scopes(roles::REQUEST_ACCOUNTS).unwrap_or_default();
    let agency =
        cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied()).ok_or_else(Error::not_allowed)?;
    let text = |name: &str| form.text(name).to_owned();
    let new = NewAccount { agency, platform: text("platform"), handle: text("handle"), url: text("url") };
    match actions::request(&cx, &new).await {
        Ok(account) => Ok(see(format!("/accounts/{}", account.id))),
        Err(e) => Ok(html_again(ask(&cx, &form, Some(&again(e)?))?)),
    }
}

pub struct Step {
    pub at: i64,
    pub word: String,
    pub who: String,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "accounts/pages/one.html")]
struct One {
    page: Page,
    account: Account,
    agency: String,
    steps: Vec<Step>,
    may_connect: bool,
    may_approve: bool,
    may_close: bool,
    may_read_records: bool,
    base_url: String,
}

async fn show(cx: &Ctx, account: Account, base_url: &str, error: Option<&Error>) -> Result<String> {
    let mut page = Page::new(cx, "accounts-one-title").with(error);
    page.title = account.label(cx);
    let mut steps = vec![Step {
        at: account.requested_at,
        word: page.t("accounts-step-request"),
        who: people::person_name(cx.db(), account.requested_by).await?,
        reason: String::new(),
    }];
    for d in store::decisions(cx.db(), account.id).await? {
        let who = people::person_name(cx.db(), d.person_id).await?;
        steps.push(Step { at: d.at, word: page.t(&format!("accounts-step-{}", d.kind)), who, reason: d.reason });
    }
    let may = |right| cx.actor.may(right, account.agency_id);
    let site = account.platform == super::SITE;
    let one = One {
        agency: agencies::name(cx.db(), account.agency_id, cx.lang).await?,
        may_connect: may(roles::REQUEST_ACCOUNTS) && !site && matches!(account.state.as_str(), "approved" | "live"),
        may_approve: may(roles::APPROVE_ACCOUNTS) && account.state == "requested",
        may_close: may(roles::APPROVE_ACCOUNTS) && account.state != "closed",
        may_read_records: may(roles::READ_RECORDS),
        base_url: if base_url.is_empty() { account.base_url.clone() } else { base_url.into() },
        page,
        account,
        steps,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let account = actions::see(&cx, id).await?;
    Ok(html(show(&cx, account, "", None).await?))
}

async fn done(cx: &Ctx, id: i64, base_url: &str, result: Result<Account>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/accounts/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let account = actions::see(cx, id).await?;
            Ok(html_again(show(cx, account, base_url, Some(&e)).await?))
        }
    }
}

pub async fn approve(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = actions::approve(&cx, id).await;
    done(&cx, id, "", result).await
}
pub async fn connect(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::connect(&cx, id, form.text("base_url"), form.text("secret")).await;
    done(&cx, id, form.text("base_url"), result).await
}
pub async fn close(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::close(&cx, id, form.text("reason")).await;
    done(&cx, id, "", result).await
}

#[derive(Deserialize)]
pub struct Asked {
    url: Option<String>,
}

#[derive(Template)]
#[template(path = "accounts/pages/verify.html")]
struct Verify {
    page: Page,
    url: String,
    /// official, was-official, unknown, not-an-address, or empty: not asked yet
    status: &'static str,
    account: Option<Account>,
    agency: String,
    code: String,
    /// A bare handle proves nothing, as every platform has its own: these official accounts are called so.
    named: Vec<(String, Account)>,
}

pub async fn verify(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let url = q.url.unwrap_or_default();
    let (status, account) = if url.trim().is_empty() {
        ("", None)
    } else {
        match actions::verify(&cx, &url).await? {
            Verified::Official(a) => ("official", Some(*a)),
            Verified::WasOfficial(a) => ("was-official", Some(*a)),
            Verified::Unknown => ("unknown", None),
            Verified::NotAnAddress => ("not-an-address", None),
        }
    };
    let (mut agency, mut code) = (String::new(), String::new());
    if let Some(a) = &account {
        let found = agencies::find(cx.db(), a.agency_id).await?;
        (agency, code) = (found.name(cx.lang).into(), found.code);
    }
    let pack = cx.machine.part::<Pack>()?;
    let platform = |id: &str| pack.platforms().find(id).map_or_else(|| id.to_owned(), |p| p.name.clone());
    let bare = status == "not-an-address" && url.chars().count() <= 100;
    let found = if bare { store::named(cx.db(), &url).await? } else { vec![] };
    let named = found.into_iter().map(|a| (platform(&a.platform), a)).collect();
    let page = Page::public(&cx, cx.words().t(cx.lang, "accounts-verify-title"));
    Ok(html(Verify { page, url, status, account, agency, code, named }.render().map_err(Error::fault)?))
}
