//! What does not answer at the moment, and by which other ways people can be reached.
use super::actions;
use super::hold::{Hold, of_server};
use crate::accounts::{self, Account};
use crate::agencies;
use crate::people::roles::SEE_DESK;
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result};
use std::collections::BTreeMap;

/// An agency that has an account there, and its other accounts.
pub struct Touched {
    agency: String,
    there: Vec<String>,
    others: Vec<String>,
}

pub struct Row {
    pub hold: Hold,
    pub platform: String,
    pub address: String,
    touched: Vec<Touched>,
}

#[derive(Template)]
#[template(path = "publishing/pages/away.html")]
struct Servers {
    page: Page,
    rows: Vec<Row>,
}

fn scope(cx: &Ctx, account: &Account) -> Result<String> {
    let connector = accounts::connector_of(cx, &account.platform)?;
    let platform = connector.map(|c| c.capabilities().platform).unwrap_or_default();
    Ok(of_server(platform, &accounts::server_of(cx, account)?))
}

/// What is away and concerns the agencies of whoever asks.
pub async fn rows(cx: &Ctx) -> Result<Vec<Row>> {
    let away = actions::away(cx).await?;
    if away.is_empty() {
        return Ok(vec![]);
    }
    let mut found: BTreeMap<String, Vec<Touched>> = BTreeMap::new();
    for agency in cx.actor.scopes(SEE_DESK).unwrap_or_default() {
        let live = accounts::live_of(cx.db(), agency).await?;
        let mut places = vec![];
        for account in live.iter().filter(|a| a.publishes()) {
            places.push((scope(cx, account)?, account.label(cx)));
        }
        for hold in &away {
            let (there, others): (Vec<_>, Vec<_>) = places.iter().partition(|(scope, _)| *scope == hold.scope);
            if !there.is_empty() {
                let names = |all: Vec<&(String, String)>| all.into_iter().map(|(_, label)| label.clone()).collect();
                let agency = agencies::name(cx.db(), agency, cx.lang).await?;
                let touched = Touched { agency, there: names(there), others: names(others) };
                found.entry(hold.scope.clone()).or_default().push(touched);
            }
        }
    }
    let all = cx.actor.scopes(SEE_DESK).is_none();
    let mut rows = vec![];
    for hold in away {
        let touched = found.remove(&hold.scope).unwrap_or_default();
        let Some((platform, address)) = hold.server() else { continue };
        if all || !touched.is_empty() {
            let (platform, address) = (platform.to_owned(), address.to_owned());
            rows.push(Row { hold, platform, address, touched });
        }
    }
    Ok(rows)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let rows = rows(&cx).await?;
    Ok(html(Servers { page: Page::new(&cx, "publishing-away-title"), rows }.render().map_err(Error::fault)?))
}
