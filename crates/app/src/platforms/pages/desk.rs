//! The list of platforms at the desk, and one platform with its reviews and terms.
use super::ability::{Ability, ability};
use super::kind_word;
use super::public::{Row, rows};
use crate::agencies;
use crate::people::roles::REQUEST_ACCOUNTS;
use crate::platforms::review::{NATION, Review, Standing, Terms};
use crate::platforms::{actions, rules, store};
use crate::policy::Platform;
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::{Piece, html};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "platforms/pages/desk.html")]
struct Desk {
    page: Page,
    rows: Vec<Row>,
    waiting: Vec<(Review, String)>,
    changed: Vec<(Terms, String)>,
    now: i64,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let name = |id: &str| actions::known(&cx, id).map_or_else(|_| id.to_owned(), |p| p.name.clone());
    let waiting = actions::waiting(&cx).await?;
    let changed = actions::changed_terms(&cx).await?;
    let desk = Desk {
        page: Page::new(&cx, "platforms-title"),
        rows: rows(&cx).await?,
        waiting: waiting.into_iter().map(|r| (name(&r.platform), r)).map(|(n, r)| (r, n)).collect(),
        changed: changed.into_iter().map(|t| (name(&t.platform), t)).map(|(n, t)| (t, n)).collect(),
        now: cx.now(),
    };
    Ok(html(desk.render().map_err(Error::fault)?))
}

/// What an agency has decided for itself.
pub struct Own {
    pub agency: i64,
    pub name: String,
    pub standing: Standing,
    pub reviews: Vec<Review>,
    pub may_write: bool,
}

#[derive(Template)]
#[template(path = "platforms/pages/desk_one.html")]
struct One {
    page: Page,
    platform: Platform,
    kind: String,
    standing: Standing,
    reviewable: bool,
    oversees: bool,
    may_write: bool,
    reviews: Vec<Review>,
    own: Option<Own>,
    terms: Vec<Terms>,
    ability: Ability,
    now: i64,
}

/// The agency for which whoever looks would adapt the model.
pub fn home(cx: &Ctx) -> Option<i64> {
    let scopes = cx.actor.scopes(REQUEST_ACCOUNTS)?;
    cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied())
}

async fn own(cx: &Ctx, platform: &Platform) -> Result<Option<Own>> {
    let works = home(cx).or(cx.actor.home.filter(|_| !rules::oversees(&cx.actor)));
    let Some(agency) = works else { return Ok(None) };
    let reviews = store::of_platform(cx.db(), &platform.id, agency).await?;
    let national = actions::standing(cx, &platform.id, None).await?;
    let may_write =
        rules::may_write_for(&cx.actor, agency) && national.state.open() && !reviews.iter().any(Review::waits);
    let standing = actions::standing(cx, &platform.id, Some(agency)).await?;
    Ok(Some(Own { agency, name: agencies::name(cx.db(), agency, cx.lang).await?, standing, reviews, may_write }))
}

pub async fn one(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let platform = actions::known(&cx, &id)?.clone();
    let reviewable = actions::reviewable(&platform);
    let mut page = Page::new(&cx, "platforms-title");
    page.title.clone_from(&platform.name);
    let (oversees, reviews) = (rules::oversees(&cx.actor), store::of_platform(cx.db(), &id, NATION).await?);
    let one = One {
        kind: page.word(&kind_word(platform.kind)),
        standing: actions::standing(&cx, &id, None).await?,
        reviewable,
        oversees,
        may_write: reviewable && oversees && !reviews.iter().any(Review::waits),
        reviews,
        own: if reviewable { own(&cx, &platform).await? } else { None },
        terms: store::terms::of_platform(cx.db(), &id).await?,
        ability: ability(&cx, &page, &platform)?,
        now: cx.now(),
        page,
        platform,
    };
    Ok(html(one.render().map_err(Error::fault)?))
}
