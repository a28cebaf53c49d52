//! "Is this one real?", and a word about one that is not.
use crate::accounts::account::Account;
use crate::accounts::actions::{self, Verified};
use crate::accounts::store::life::More;
use crate::accounts::store::public::Report;
use crate::accounts::{impostors, practice, store};
use crate::agencies;
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Query, html, html_again};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Asked {
    url: Option<String>,
}

#[derive(Template)]
#[template(path = "accounts/pages/verify.html")]
struct Verify {
    page: Page,
    url: String,
    /// official, was-official, reported-impostor, unknown, not-an-address, or empty: not asked yet
    status: &'static str,
    account: Option<Account>,
    until: Option<i64>,
    more: Option<More>,
    report: Option<Report>,
    agency: String,
    code: String,
    /// Name and code of those whose it was before, and until when.
    before: Vec<(String, String, i64)>,
    /// A bare handle proves nothing, as every platform has its own: these official accounts are called so.
    named: Vec<(String, Account)>,
}

impl Verify {
    fn successor(&self) -> Option<&str> {
        self.more.as_ref().and_then(|m| m.successor_url.as_deref()).filter(|u| !u.is_empty())
    }
    fn notice(&self) -> Option<&str> {
        self.more.as_ref().and_then(|m| m.notice.as_deref()).filter(|n| !n.is_empty())
    }
}

pub async fn verify(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let page = Page::public(&cx, cx.words().t(cx.lang, "accounts-verify-title"));
    let url = q.url.unwrap_or_default();
    let (agency, code) = (String::new(), String::new());
    let (account, until, more, report, named) = (None, None, None, None, vec![]);
    let mut v = Verify { page, url, status: "", account, until, more, report, agency, code, before: vec![], named };
    if !v.url.trim().is_empty() {
        match actions::verify(&cx, &v.url).await? {
            Verified::Official(found) => {
                (v.agency, v.code) = (found.owner.name(cx.lang).into(), found.owner.code);
                (v.status, v.account) = ("official", Some(found.account));
                for t in found.before {
                    let former = agencies::find(cx.db(), t.agency_id).await?;
                    v.before.push((former.name(cx.lang).into(), former.code, t.until_at));
                }
            }
            Verified::WasOfficial(found, until) => {
                (v.agency, v.code) = (found.owner.name(cx.lang).into(), found.owner.code);
                (v.status, v.account) = ("was-official", Some(found.account));
                (v.until, v.more) = (Some(until), Some(found.more));
            }
            Verified::Impostor(report) => (v.status, v.report) = ("reported-impostor", Some(*report)),
            Verified::Unknown => v.status = "unknown",
            Verified::NotAnAddress => v.status = "not-an-address",
        }
    }
    if v.status == "not-an-address" && v.url.chars().count() <= 100 {
        let pack = cx.machine.part::<Pack>()?;
        let platform = |id: &str| pack.platforms().find(id).map_or_else(|| id.to_owned(), |p| p.name.clone());
        let found = store::named(cx.db(), &v.url).await?;
        let found = found.into_iter().filter(|a| practice::counts(&cx, &a.platform));
        v.named = found.map(|a| (platform(&a.platform), a)).collect();
    }
    Ok(html(v.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "accounts/pages/report.html")]
struct Reporting {
    page: Page,
    url: String,
    claims: String,
    done: bool,
}

fn form(cx: &Ctx, url: &str, claims: &str, done: bool, error: Option<&Error>) -> Result<String> {
    let page = Page::public(cx, cx.words().t(cx.lang, "accounts-report-title")).with(error);
    Reporting { page, url: url.into(), claims: claims.into(), done }.render().map_err(Error::fault)
}

pub async fn report_form(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    Ok(html(form(&cx, q.url.as_deref().unwrap_or_default(), "", false, None)?))
}

pub async fn report(cx: Ctx, data: FormData) -> Result<Response> {
    let (url, claims) = (data.text("url"), data.text("claims"));
    match impostors::report(&cx, url, claims).await {
        Ok(_) => Ok(html(form(&cx, "", "", true, None)?)),
        Err(e) => Ok(html_again(form(&cx, url, claims, false, Some(&again(e)?))?)),
    }
}
