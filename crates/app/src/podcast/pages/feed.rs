//! The feed that podcast programs follow, and the picture of a show. Sent again only where something changed.
use crate::accounts::Account;
use crate::agencies;
use crate::podcast::show::{Episode, Show};
use crate::podcast::{actions, store};
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ground::clock::SECOND;
use ground::http::ranged::{self, Wanted};
use ground::http::{Id, Piece, Seen, unless_seen};
use ground::words::{self, Lang};
use ground::{Ctx, Error, Result};

/// As many as Apple takes of one feed.
const MOST: i64 = 300;
const RSS: &str = "application/rss+xml; charset=utf-8";

#[derive(Template)]
#[template(path = "podcast/pages/feed.xml")]
struct Feed {
    base: String,
    account: i64,
    code: String,
    author: String,
    show: Show,
    episodes: Vec<Episode>,
}

impl Feed {
    fn date(&self, us: &i64) -> String {
        words::rfc822(*us)
    }
    /// Only what XML can carry.
    fn clean(&self, text: &str) -> String {
        let good = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !matches!(c, '\u{fffe}' | '\u{ffff}');
        text.chars().filter(good).collect()
    }
    fn head(&self, e: &Episode) -> String {
        self.clean(&e.title(&self.show.lang))
    }
    fn page(&self) -> String {
        format!("{}/agencies/{}/podcast", self.base, self.code)
    }
}

/// `12.xml`
pub async fn show(cx: Ctx, Piece(name): Piece, headers: HeaderMap, seen: Seen) -> Result<Response> {
    let id = name.strip_suffix(".xml").filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
    let id = id.and_then(|id| id.parse().ok()).ok_or_else(Error::not_found)?;
    let account = actions::live(&cx, id).await?.ok_or_else(Error::not_found)?;
    let show = actions::show(&cx, &account).await?;
    let changed = store::changed(cx.db(), id).await?.max(show.updated_at) / SECOND * SECOND;
    let changed = HeaderValue::from_str(&words::rfc822(changed)).map_err(Error::fault)?;
    let asked = headers.get(header::IF_MODIFIED_SINCE).filter(|_| !headers.contains_key(header::IF_NONE_MATCH));
    let mut response = if asked == Some(&changed) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        unless_seen(&cx, &seen, HeaderValue::from_static(RSS), feed(&cx, account, show).await?)
    };
    response.headers_mut().insert(header::LAST_MODIFIED, changed);
    Ok(response)
}

async fn feed(cx: &Ctx, account: Account, show: Show) -> Result<String> {
    let agency = agencies::find(cx.db(), account.agency_id).await?;
    let lang: Lang = show.lang.parse().unwrap_or(Lang::En);
    let feed = Feed {
        base: cx.machine.base_url().to_owned(),
        account: account.id,
        author: agency.name(lang).to_owned(),
        code: agency.code,
        episodes: store::episodes(cx.db(), account.id, i64::MAX, MOST).await?,
        show,
    };
    feed.render().map_err(Error::fault)
}

pub async fn artwork(cx: Ctx, Id(id): Id, wanted: Wanted) -> Result<Response> {
    actions::live(&cx, id).await?.ok_or_else(Error::not_found)?;
    let show = store::show(cx.db(), id).await?.filter(|s| !s.artwork.is_empty()).ok_or_else(Error::not_found)?;
    let name = if show.artwork_mime == "image/png" { "artwork.png" } else { "artwork.jpg" };
    let mut response = ranged::file(&cx.machine.storage, &show.artwork, &wanted, &show.artwork_mime, name)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    Ok(response)
}
