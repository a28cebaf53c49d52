//! A show for everybody: what it is about, its episodes with players, and where programs follow it.
use crate::agencies::{self, Agency};
use crate::podcast::show::{Episode, Show};
use crate::podcast::{actions, store};
use crate::shell::Page;
use crate::shell::paging::PAGE;
use askama::Template;
use axum::response::Response;
use ground::error::Kind;
use ground::http::{Piece, Query, Seen, html_unless_seen};
use ground::{Ctx, Error, Result, Say};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "podcast/pages/show.html")]
struct ShowPage {
    page: Page,
    agency: Agency,
    account: i64,
    show: Show,
    episodes: Vec<Episode>,
    older: Option<i64>,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// `{code}` is the last but one piece of the address, and the only named one.
pub async fn show(cx: Ctx, Piece(code): Piece, Query(q): Query<Before>, seen: Seen) -> Result<Response> {
    let none =
        || Error::new(Kind::NotFound, Say::new("podcast-none")).next("/agencies", Say::new("podcast-to-agencies"));
    let agency = match agencies::by_code(cx.db(), &code).await {
        Err(ground::db::DbError::NotFound) => return Err(none()),
        found => found?,
    };
    let account = actions::of_agency(&cx, agency.id).await?.ok_or_else(none)?;
    let show = actions::show(&cx, &account).await?;
    let mut episodes = store::episodes(cx.db(), account.id, q.before.unwrap_or(i64::MAX), PAGE + 1).await?;
    let more = i64::try_from(episodes.len()).unwrap_or(0) > PAGE;
    episodes.truncate(usize::try_from(PAGE).unwrap_or(0));
    let older = episodes.last().map(|e| e.id).filter(|_| more);
    let page = Page::public(&cx, show.title.clone());
    let whole = ShowPage { page, agency, account: account.id, show, episodes, older };
    Ok(html_unless_seen(&cx, &seen, whole.render().map_err(Error::fault)?))
}
