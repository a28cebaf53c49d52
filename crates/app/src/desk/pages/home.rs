//! The first page after signing in.
use crate::desk::waiting::{self, Item, Section};
use crate::people::roles::{DRAFT_POSTS, MANAGE_PEOPLE, SEE_DESK};
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "desk/pages/home.html")]
struct Home {
    page: Page,
    today: i64,
    sections: Vec<Section>,
    next: Vec<Item>,
    sees: bool,
    drafts: bool,
    people: bool,
}

pub async fn page(cx: Ctx) -> Result<Response> {
    let page = Page::new(&cx, "desk-title");
    let sections = waiting::for_me(&cx, &page).await?;
    let next = waiting::next_out(&cx, &page).await?;
    let (sees, drafts) = (cx.actor.may_somewhere(SEE_DESK), cx.actor.may_somewhere(DRAFT_POSTS));
    let people = cx.actor.may_somewhere(MANAGE_PEOPLE);
    let home = Home { page, today: cx.now(), sections, next, sees, drafts, people };
    Ok(html(home.render().map_err(Error::fault)?))
}
