//! The page that explains the log to everybody.
use super::store;
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "ledger/pages/log.html")]
struct LogPage {
    page: Page,
    log: Option<Shown>,
    waiting: i64,
}

struct Shown {
    checkpoint: String,
    vkey: String,
    origin: String,
    size: i64,
    address: String,
}

pub async fn log(cx: Ctx) -> Result<Response> {
    let state = store::state(cx.db()).await?.filter(|s| !s.checkpoint.is_empty());
    let shown = state.map(|s| Shown {
        origin: s.checkpoint.lines().next().unwrap_or_default().to_owned(),
        checkpoint: s.checkpoint,
        vkey: s.vkey,
        size: s.size,
        address: cx.url("/log"),
    });
    let waiting = store::count_waiting_few(cx.db()).await?;
    let page = LogPage { page: Page::new(&cx, "ledger-log-title"), log: shown, waiting };
    Ok(html(page.render().map_err(Error::fault)?))
}
