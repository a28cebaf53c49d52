//! The list of an officer's posts.
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
    q: Option<String>,
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "posts/pages/list.html")]
struct List {
    page: Page,
    posts: Vec<Post>,
    state: String,
    states: Vec<State>,
    q: String,
    older: Option<String>,
    may_draft: bool,
}

pub async fn page(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let state = f.state.as_deref().and_then(State::parse);
    let q = f.q.unwrap_or_default();
    let before = f.after.unwrap_or(i64::MAX);
    let found = if q.trim().is_empty() {
        let wanted = Wanted { agencies: cx.actor.scopes(SEE_DESK), state, before, most: PAGE + 1 };
        store::list(cx.db(), &wanted).await?
    } else {
        let wanted = search::Wanted {
            text: &q,
            kind: Some("post"),
            scopes: cx.actor.scopes(SEE_DESK),
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
    let older = next.map(|n| format!("/posts?state={state}&q={encoded}&after={n}"));
    let may_draft = cx.actor.may_somewhere(DRAFT_POSTS);
    let page = Page::new(&cx, "posts-title");
    let body = List { page, posts, state, states: State::ALL.to_vec(), q, older, may_draft };
    Ok(html(body.render().map_err(Error::fault)?))
}
