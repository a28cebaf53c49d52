//! What does not answer at the moment, and by which other ways people can be reached.
use super::actions::{self, scope};
use super::hold::Hold;
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
    /// The connector that speaks with it.
    pub platform: String,
    /// What people call the platform, in the reader's language.
    pub name: String,
    pub address: String,
    /// How many accounts are there that the program writes to, of the reader's agencies.
    pub accounts: usize,
    touched: Vec<Touched>,
}

/// What is on one server.
#[derive(Default)]
struct There {
    /// The platform, as the accounts name it.
    platform: String,
    accounts: usize,
    touched: Vec<Touched>,
}

#[derive(Template)]
#[template(path = "publishing/pages/away.html")]
struct Servers {
    page: Page,
    rows: Vec<Row>,
}

/// What the agencies of whoever asks have on these servers.
async fn of_agencies(cx: &Ctx, agencies: Vec<i64>, away: &[Hold]) -> Result<BTreeMap<String, There>> {
    let mut found: BTreeMap<String, There> = BTreeMap::new();
    for agency in agencies {
        let live = accounts::live_of(cx.db(), agency).await?;
        let mut places = vec![];
        for account in live.iter().filter(|a| a.publishes()) {
            places.push((scope(cx, account)?, account));
        }
        // Practice reaches nobody, and neither does what is away itself.
        let reaches = |scope: &String, a: &Account| !a.is_practice(cx) && away.iter().all(|hold| hold.scope != *scope);
        let others: Vec<_> = places.iter().filter(|(scope, a)| reaches(scope, a)).map(|(_, a)| *a).collect();
        for hold in away {
            let there: Vec<_> = places.iter().filter(|(scope, _)| *scope == hold.scope).map(|(_, a)| *a).collect();
            let Some(first) = there.first() else { continue };
            let names = |all: &[&Account]| all.iter().map(|a| a.label(cx)).collect();
            let agency = agencies::name(cx.db(), agency, cx.lang).await?;
            let on = found.entry(hold.scope.clone()).or_default();
            on.platform.clone_from(&first.platform);
            on.accounts += there.len();
            on.touched.push(Touched { agency, there: names(&there), others: names(&others) });
        }
    }
    Ok(found)
}

/// The same of all agencies, of which there may be many: counted only.
async fn of_all(cx: &Ctx, away: &[Hold]) -> Result<BTreeMap<String, There>> {
    let mut found: BTreeMap<String, There> = BTreeMap::new();
    let mut after = 0;
    loop {
        let some = accounts::live(cx.db(), after).await?;
        let Some(last) = some.last() else { return Ok(found) };
        after = last.id;
        for account in &some {
            let scope = scope(cx, account)?;
            if away.iter().any(|hold| hold.scope == scope) {
                let on = found.entry(scope).or_default();
                on.platform.clone_from(&account.platform);
                on.accounts += 1;
            }
        }
    }
}

/// What is away and concerns the agencies of whoever asks.
pub async fn rows(cx: &Ctx) -> Result<Vec<Row>> {
    let away = actions::away(cx).await?;
    if away.is_empty() {
        return Ok(vec![]);
    }
    let mine = cx.actor.scopes(SEE_DESK);
    let all = mine.is_none();
    let mut found = match mine {
        Some(agencies) => of_agencies(cx, agencies, &away).await?,
        None => of_all(cx, &away).await?,
    };
    let mut rows = vec![];
    for hold in away {
        let There { platform: named, accounts, touched } = found.remove(&hold.scope).unwrap_or_default();
        let Some((platform, address)) = hold.server() else { continue };
        if all || !touched.is_empty() {
            let (platform, address) = (platform.to_owned(), address.to_owned());
            let name = accounts::platform_name(cx, if named.is_empty() { &platform } else { &named });
            rows.push(Row { hold, platform, name, address, accounts, touched });
        }
    }
    Ok(rows)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let rows = rows(&cx).await?;
    Ok(html(Servers { page: Page::new(&cx, "publishing-away-title"), rows }.render().map_err(Error::fault)?))
}
