//! The front page: what this is, the newest posts, and the question whether an account is real.
use super::card::{Card, cards};
use crate::public_site::store::{self, Wanted};
use crate::shell::Page;
use crate::shell::paging::cut;
use askama::Template;
use axum::response::Response;
use ground::http::{Query, Seen, html_unless_seen};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

pub const PAGE: i64 = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Before {
    pub before: Option<String>,
}

#[derive(Template)]
#[template(path = "public_site/pages/front.html")]
struct Front {
    page: Page,
    cards: Vec<Card>,
    older: Option<String>,
    /// Not the first page.
    later: bool,
}

/// `TIME-ID` of the last post that was shown; anything else begins at the newest.
pub fn cursor(text: Option<&str>) -> Option<(i64, i64)> {
    let (at, id) = text?.split_once('-')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// A page of posts, and where the next begins.
pub async fn some(cx: &Ctx, agency: Option<i64>, before: Option<(i64, i64)>) -> Result<(Vec<Card>, Option<String>)> {
    let wanted = Wanted { agency, before, ids: None, most: PAGE + 1 };
    let (rows, next) = cut(store::cards(cx.db(), &wanted).await?, PAGE, |r| r.post_id);
    let older = next.and_then(|id| rows.last().map(|last| format!("{}-{id}", last.published_at)));
    Ok((cards(rows, cx.lang), older))
}

pub async fn show(cx: Ctx, Query(q): Query<Before>, seen: Seen) -> Result<Response> {
    let before = cursor(q.before.as_deref());
    let (cards, older) = some(&cx, None, before).await?;
    let page = Page::public(&cx, cx.words().t(cx.lang, "public_site-front-title"));
    let front = Front { page, cards, older, later: before.is_some() };
    Ok(html_unless_seen(&cx, &seen, front.render().map_err(Error::fault)?))
}
