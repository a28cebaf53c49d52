//! Posts from outside at the desk: what waits for a word, and what was said.
use super::actions;
use super::post::{How, OutsidePost};
use crate::accounts;
use crate::people::{self, roles};
use crate::publishing::store::outside::{self, Wanted};
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<i64>,
}

/// An account that cannot be read at the moment.
struct Failing {
    account: String,
    error: String,
    since: i64,
}

#[derive(Template)]
#[template(path = "publishing/pages/outside.html")]
struct List {
    page: Page,
    /// With the name of the account it stands on.
    posts: Vec<(OutsidePost, String)>,
    state: String,
    tabs: [(&'static str, &'static str); 3],
    more: Option<String>,
    failing: Vec<Failing>,
    /// Whether any account of this desk can be read at all.
    watched: bool,
}

pub async fn list(cx: Ctx, Query(q): Query<Filter>) -> Result<Response> {
    let state = q.state.filter(|s| matches!(s.as_str(), "explained" | "adopted")).unwrap_or_else(|| "open".into());
    let scopes = cx.actor.scopes(roles::SEE_DESK);
    // What wants a word comes longest known first; the rest newest first.
    let found = match &scopes {
        Some(agencies) if state == "open" => {
            outside::oldest_open(cx.db(), agencies, q.after.unwrap_or(0), PAGE + 1).await?
        }
        _ => {
            let (before, most) = (q.after.unwrap_or(i64::MAX), PAGE + 1);
            outside::list(cx.db(), &Wanted { agencies: scopes.clone(), state: state.clone(), before, most }).await?
        }
    };
    let (rows, next) = cut(found, PAGE, |p| p.id);
    let more = next.map(|n| format!("/publishing/outside?state={state}&after={n}"));
    let mut posts = vec![];
    for p in rows {
        let account = accounts::find(cx.db(), p.account_id).await?.label(&cx);
        posts.push((p, account));
    }
    let (mut failing, mut watched) = (vec![], scopes.is_none());
    for agency in scopes.unwrap_or_default() {
        for account in accounts::live_of(cx.db(), agency).await? {
            watched |= super::listing(&cx, &account)?.is_some();
            let cursor = outside::cursor(cx.db(), account.id).await?;
            if let Some((since, error)) = cursor.and_then(|c| c.failing_since.map(|s| (s, c.error))) {
                failing.push(Failing { account: account.label(&cx), error, since });
            }
        }
    }
    let tabs = [
        ("open", "publishing-outside-tab-open"),
        ("explained", "publishing-outside-tab-explained"),
        ("adopted", "publishing-outside-tab-adopted"),
    ];
    let page = Page::new(&cx, "publishing-outside-title");
    Ok(html(List { page, posts, state, tabs, more, failing, watched }.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "publishing/pages/outside_one.html")]
struct One {
    page: Page,
    p: OutsidePost,
    account: String,
    decider: String,
    may_decide: bool,
    typed: String,
}

async fn render(cx: &Ctx, p: OutsidePost, typed: &str, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "publishing-outside-one-title").with(error);
    let account = accounts::find(cx.db(), p.account_id).await?.label(cx);
    let decider = match p.decided_by {
        Some(id) => people::person_name(cx.db(), id).await?,
        None => String::new(),
    };
    let may_decide = p.is_open() && cx.actor.may(roles::APPROVE_POSTS, p.agency_id);
    One { page, p, account, decider, may_decide, typed: typed.to_owned() }.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let post = actions::see(&cx, id).await?;
    Ok(html(render(&cx, post, "", None).await?))
}

async fn decide(cx: &Ctx, id: i64, how: How, form: &FormData) -> Result<Response> {
    let reason = form.text("reason");
    match actions::decide(cx, id, how, reason).await {
        Ok(_) => Ok(see(format!("/publishing/outside/{id}"))),
        Err(e) => {
            let error = again(e)?;
            let post = actions::see(cx, id).await?;
            Ok(html_again(render(cx, post, reason, Some(&error)).await?))
        }
    }
}

pub async fn explain(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    decide(&cx, id, How::Explained, &form).await
}

pub async fn adopt(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    decide(&cx, id, How::Adopted, &form).await
}
