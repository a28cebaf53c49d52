//! About the site itself, and what programs that read it ask first.
use crate::public_site::store::{self, Wanted};
use crate::shell::Page;
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ground::http::{Seen, html_unless_seen, unless_seen};
use ground::{Ctx, Error, Result, words};

#[derive(Template)]
#[template(path = "public_site/pages/about.html")]
struct About {
    page: Page,
}

pub async fn about(cx: Ctx, seen: Seen) -> Result<Response> {
    let page = Page::public(&cx, cx.words().t(cx.lang, "public_site-about"));
    Ok(html_unless_seen(&cx, &seen, About { page }.render().map_err(Error::fault)?))
}

/// What is made for one reader, or leads nowhere, is not for programs that collect.
pub async fn robots(cx: Ctx) -> Response {
    let closed = ["/sign-in", "/citizen/", "/comments/", "/desk", "/search", "/api/"];
    let closed: String = closed.iter().map(|path| format!("Disallow: {path}\n")).collect();
    let text = format!("User-agent: *\n{closed}Sitemap: {}\n", cx.url("/sitemap.xml"));
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// A sitemap may name 50,000 pages; the newest posts lead on to all others.
const MOST: i64 = 5_000;

#[derive(Template)]
#[template(path = "public_site/pages/sitemap.xml")]
struct Sitemap<'a> {
    base: &'a str,
    agencies: Vec<String>,
    posts: Vec<(i64, String)>,
}

pub async fn sitemap(cx: Ctx, seen: Seen) -> Result<Response> {
    let agencies = store::agencies_speaking(cx.db()).await?.into_iter().map(|a| a.code).collect();
    let rows = store::cards(cx.db(), &Wanted { most: MOST, ..Wanted::default() }).await?;
    let posts = rows.iter().map(|r| (r.post_id, words::iso(r.updated_at))).collect();
    let map = Sitemap { base: cx.machine.base_url(), agencies, posts };
    let kind = HeaderValue::from_static("application/xml; charset=utf-8");
    Ok(unless_seen(&cx, &seen, kind, map.render().map_err(Error::fault)?))
}
