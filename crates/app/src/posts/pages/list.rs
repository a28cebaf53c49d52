//! The list of an officer's posts.
use crate::agencies;
use crate::people::roles::{DRAFT_POSTS, SEE_DESK};
use crate::posts::post::{Post, State};
use crate::posts::store::{self, Wanted};
use crate::shell::Page;
use crate::shell::paging::{PAGE, cut};
use askama::Template;
use axum::response::Response;
use ground::http::{Query, html};
use ground::{Ctx, Error, Result, search};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    agency: Option<i64>,
    q: Option<String>,
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "posts/pages/list.html")]
struct List {
    page: Page,
    posts: Vec<Post>,
    state: String,
    states: Vec<(State, String)>,
    agency: String,
    agencies: Vec<(String, String)>,
    q: String,
    older: Option<String>,
    may_draft: bool,
}

/// Counting stops here: more is "99+".
const MOST: i64 = 100;

async fn counted(cx: &Ctx, page: &Page, scopes: Option<&[i64]>) -> Result<Vec<(State, String)>> {
    let mut all = vec![];
    for state in State::ALL {
        let n = store::desk::count_up_to(cx.db(), scopes, state.code(), MOST).await?;
        all.push((state, if n >= MOST { page.tn("posts-many", MOST - 1) } else { page.num(n) }));
    }
    Ok(all)
}

pub async fn page(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let state = f.state.as_deref().and_then(State::parse);
    let q = f.q.unwrap_or_default();
    let before = f.after.unwrap_or(i64::MAX);
    let page = Page::new(&cx, "posts-title");
    let mine = cx.actor.scopes(SEE_DESK);
    let scopes = match f.agency {
        Some(agency) if !cx.actor.may(SEE_DESK, agency) => return Err(Error::not_allowed()),
        Some(agency) => Some(vec![agency]),
        None => mine.clone(),
    };
    let mut names = vec![];
    for id in mine.filter(|m| m.len() > 1).unwrap_or_default() {
        names.push((id.to_string(), agencies::name(cx.db(), id, cx.lang).await?));
    }
    let found = if q.trim().is_empty() {
        let wanted = Wanted { agencies: scopes.clone(), state, before, most: PAGE + 1 };
        store::list(cx.db(), &wanted).await?
    } else {
        let wanted = search::Wanted {
            text: &q,
            kind: Some("post"),
            scopes: scopes.clone(),
            before: Some(before),
            most: PAGE + 1,
            ..search::Wanted::default()
        };
        let hits = search::find(cx.db(), &wanted).await?;
        store::these(cx.db(), &hits.iter().map(|h| h.id).collect::<Vec<_>>()).await?
    };
    let (posts, next) = cut(found, PAGE, |p| p.id);
    let state = state.map_or("", State::code).to_owned();
    let encoded = ground::http::openapi::encode_query(&q);
    let agency = f.agency.map(|a| a.to_string()).unwrap_or_default();
    let older = next.map(|n| format!("/posts?state={state}&agency={agency}&q={encoded}&after={n}"));
    let may_draft = cx.actor.may_somewhere(DRAFT_POSTS);
    let states = counted(&cx, &page, scopes.as_deref()).await?;
    let body = List { page, posts, state, states, agency, agencies: names, q, older, may_draft };
    Ok(html(body.render().map_err(Error::fault)?))
}
