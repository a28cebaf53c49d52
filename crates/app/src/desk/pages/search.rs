//! Finding posts and messages again, by words; Dzongkha by the syllable.
use crate::accounts;
use crate::desk::waiting::Names;
use crate::inbox;
use crate::people::roles::SEE_DESK;
use crate::posts::{self, first_line};
use crate::shell::Page;
use crate::shell::paging::{PAGE, cut};
use askama::Template;
use axum::response::Response;
use ground::http::{Query, html};
use ground::search::{self, Hit};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

pub const KINDS: [&str; 2] = ["post", "message"];

#[derive(Deserialize)]
pub struct Sought {
    q: Option<String>,
    kind: Option<String>,
    after: Option<i64>,
}

struct Found {
    href: String,
    kind: &'static str,
    line: String,
    lang: &'static str,
    about: String,
    state: &'static str,
    tone: &'static str,
    at: i64,
}

#[derive(Template)]
#[template(path = "desk/pages/search.html")]
struct Results {
    page: Page,
    q: String,
    kind: String,
    found: Vec<Found>,
    older: Option<String>,
}

/// Hits of these words within what the asker may see, newest first, and where the next page begins.
pub async fn hits(cx: &Ctx, q: &str, kind: &str, before: i64, limit: i64) -> Result<(Vec<Hit>, Option<i64>)> {
    let kinds: Vec<&str> = KINDS.into_iter().filter(|k| kind.is_empty() || *k == kind).collect();
    let mut found = vec![];
    for kind in kinds {
        let wanted = search::Wanted {
            text: q,
            kind: Some(kind),
            scopes: cx.actor.scopes(SEE_DESK),
            before: Some(before),
            most: limit + 1,
            public_only: false,
        };
        found.extend(search::find(cx.db(), &wanted).await?);
    }
    found.sort_by_key(|h| std::cmp::Reverse(h.id));
    Ok(cut(found, limit, |h| h.id))
}

async fn show(cx: &Ctx, page: &Page, names: &mut Names, hit: &Hit) -> Result<Option<Found>> {
    if hit.kind == "post" {
        let Some(p) = posts::briefs(cx.db(), &[hit.id]).await?.into_iter().next() else { return Ok(None) };
        let (line, lang) = p.line(cx.lang.code());
        let about = names.about(cx, p.agency_id, String::new()).await?;
        let (state, tone) = (p.state().word(), p.state().tone());
        let href = format!("/posts/{}", p.id);
        let at = p.due_at.unwrap_or(p.updated_at);
        return Ok(Some(Found { href, kind: "desk-kind-post", line, lang, about, state, tone, at }));
    }
    let Ok(m) = inbox::find(cx.db(), hit.id).await else { return Ok(None) };
    let (state, tone, line) = (m.state_word(), m.tone(), first_line(&m.text));
    let about = names
        .about(cx, m.agency_id, format!("{} · {}", m.author_name, accounts::platform_name(cx, &m.platform)))
        .await?;
    let (href, lang) = (format!("/inbox/{}", m.id), page.lang_of(&line));
    Ok(Some(Found { href, kind: "desk-kind-message", line, lang, about, state, tone, at: m.received_at }))
}

pub async fn page(cx: Ctx, Query(s): Query<Sought>) -> Result<Response> {
    let q = s.q.unwrap_or_default();
    let kind = s.kind.filter(|k| KINDS.contains(&k.as_str())).unwrap_or_default();
    let page = Page::new(&cx, "desk-search-title");
    let (hits, next) = hits(&cx, &q, &kind, s.after.unwrap_or(i64::MAX), PAGE).await?;
    let (mut found, mut names) = (vec![], Names::new(&cx));
    for hit in &hits {
        found.extend(show(&cx, &page, &mut names, hit).await?);
    }
    let encoded = ground::http::openapi::encode_query(&q);
    let older = next.map(|n| format!("/desk/search?q={encoded}&kind={kind}&after={n}"));
    Ok(html(Results { page, q, kind, found, older }.render().map_err(Error::fault)?))
}
