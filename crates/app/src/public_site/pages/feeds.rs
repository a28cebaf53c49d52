//! What is new, for feed readers: the whole government or one agency, as Atom and as RSS. Entries are named by their
//! address, which never changes; a correction moves `updated`, a withdrawal takes the entry out.
use super::card::{Card, cards};
use crate::agencies;
use crate::public_site::store::{self, Wanted};
use askama::Template;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use ground::http::{Piece, Seen, unless_seen};
use ground::words::{self, Lang};
use ground::{Ctx, Error, Result};

const MOST: i64 = 40;

struct Feed {
    base: String,
    lang: &'static str,
    other: &'static str,
    title: String,
    about: String,
    /// `/feed` or `/agencies/CODE/feed`
    path: String,
    /// The page a reader may open.
    page: String,
    updated: String,
    cards: Vec<Card>,
    corrected: String,
}

#[derive(Template)]
#[template(path = "public_site/pages/feed_atom.xml")]
struct Atom {
    feed: Feed,
}

#[derive(Template)]
#[template(path = "public_site/pages/feed_rss.xml")]
struct Rss {
    feed: Feed,
}

impl Feed {
    fn link(&self, card: &Card) -> String {
        format!("{}/p/{}", self.base, card.row.post_id)
    }
    fn iso(&self, us: &i64) -> String {
        words::iso(*us)
    }
    fn rfc822(&self, us: &i64) -> String {
        words::rfc822(*us)
    }
    /// Only what XML can carry.
    fn clean(&self, text: &str) -> String {
        clean(text)
    }
    fn head(&self, card: &Card) -> String {
        let mark = if card.corrected() { format!(" ({})", self.corrected) } else { String::new() };
        clean(&format!("{}{mark}", card.head))
    }
}

fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// The query alone says which language: a feed is fetched by programs and kept by others.
fn language(uri: &Uri) -> Lang {
    let said = uri.query().unwrap_or_default().split('&').find_map(|p| p.strip_prefix("lang="));
    said.and_then(|l| l.parse().ok()).unwrap_or(Lang::En)
}

async fn feed(cx: &Ctx, uri: &Uri, code: Option<&str>) -> Result<Feed> {
    let lang = language(uri);
    let site = cx.words().t(lang, "shell-site-name");
    let agency = match code {
        Some(code) => Some(agencies::by_code(cx.db(), code).await?),
        None => None,
    };
    let wanted = Wanted { agency: agency.as_ref().map(|a| a.id), most: MOST, ..Wanted::default() };
    let rows = store::cards(cx.db(), &wanted).await?;
    let updated = rows.iter().map(|r| r.updated_at).max().unwrap_or(0);
    let (path, page, title) = match &agency {
        Some(a) => (format!("/agencies/{}/feed", a.code), format!("/agencies/{}", a.code), a.name(lang).to_owned()),
        None => ("/feed".to_owned(), "/".to_owned(), site),
    };
    Ok(Feed {
        base: cx.machine.base_url().to_owned(),
        lang: lang.code(),
        other: lang.other().code(),
        title,
        about: cx.words().t(lang, "public_site-front-lede"),
        path,
        page,
        updated: words::iso(updated),
        cards: cards(rows, lang),
        corrected: cx.words().t(lang, "public_site-corrected"),
    })
}

fn answer(
    cx: &Ctx,
    seen: &Seen,
    kind: &'static str,
    text: std::result::Result<String, askama::Error>,
) -> Result<Response> {
    Ok(unless_seen(cx, seen, HeaderValue::from_static(kind), text.map_err(Error::fault)?))
}

const ATOM: &str = "application/atom+xml; charset=utf-8";
const RSS: &str = "application/rss+xml; charset=utf-8";

pub async fn atom(cx: Ctx, uri: Uri, seen: Seen) -> Result<Response> {
    answer(&cx, &seen, ATOM, Atom { feed: feed(&cx, &uri, None).await? }.render())
}
pub async fn rss(cx: Ctx, uri: Uri, seen: Seen) -> Result<Response> {
    answer(&cx, &seen, RSS, Rss { feed: feed(&cx, &uri, None).await? }.render())
}
pub async fn agency_atom(cx: Ctx, Piece(code): Piece, uri: Uri, seen: Seen) -> Result<Response> {
    answer(&cx, &seen, ATOM, Atom { feed: feed(&cx, &uri, Some(&code)).await? }.render())
}
pub async fn agency_rss(cx: Ctx, Piece(code): Piece, uri: Uri, seen: Seen) -> Result<Response> {
    answer(&cx, &seen, RSS, Rss { feed: feed(&cx, &uri, Some(&code)).await? }.render())
}
