//! Search over everything public, and agencies by their names.
use super::card::{Card, cards};
use super::front::PAGE;
use crate::public_site::store::{self, AgencyRow, Wanted};
use crate::shell::Page;
use crate::shell::paging::cut;
use askama::Template;
use axum::response::Response;
use ground::http::openapi::encode_query;
use ground::http::{Query, Seen, html_unless_seen};
use ground::words::Lang;
use ground::{Ctx, Error, Result, search};
use serde::Deserialize;

/// What is typed beyond this is not looked for.
const MOST_TYPED: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "public_site/pages/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    agencies: Vec<AgencyRow>,
    cards: Vec<Card>,
    older: Option<String>,
    later: bool,
}

impl AgencyRow {
    pub fn name(&self, lang: Lang) -> (&str, &'static str) {
        super::card::choose(lang, &self.name_en, &self.name_dz)
    }
}

pub async fn show(cx: Ctx, Query(asked): Query<Asked>, seen: Seen) -> Result<Response> {
    let typed = asked.q.unwrap_or_default();
    let q: String = typed.trim().chars().take(MOST_TYPED).filter(|c| !c.is_control()).collect();
    let before = asked.before.and_then(|b| b.parse().ok());
    let wanted = search::Wanted {
        text: &q,
        kind: Some("public-post"),
        public_only: true,
        before,
        most: PAGE + 1,
        ..search::Wanted::default()
    };
    let hits = if q.is_empty() { vec![] } else { search::find(cx.db(), &wanted).await? };
    let (hits, next) = cut(hits, PAGE, |h| h.id);
    let ids = Some(hits.iter().map(|h| h.id).collect());
    let found = if hits.is_empty() {
        vec![]
    } else {
        let mut rows = store::cards(cx.db(), &Wanted { ids, most: PAGE, ..Wanted::default() }).await?;
        // In the order of the search, which its paging goes on by.
        rows.sort_by_key(|r| std::cmp::Reverse(r.post_id));
        rows
    };
    let agencies = if before.is_some() { vec![] } else { store::agencies_like(cx.db(), &q).await? };
    let older = next.map(|id| format!("/search?q={}&before={id}", encode_query(&q)));
    let title = cx.words().t(cx.lang, "public_site-search-title");
    let title = if q.is_empty() { title } else { format!("{q} · {title}") };
    let page = Page::public(&cx, title);
    let page = SearchPage { cards: cards(found, cx.lang), page, q, agencies, older, later: before.is_some() };
    Ok(html_unless_seen(&cx, &seen, page.render().map_err(Error::fault)?))
}
