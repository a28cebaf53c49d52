//! What posts cost, at the desk: every account of one's agencies that is written to by the program.
use super::actions::{self, month};
use super::row::Limit;
use super::rules;
use crate::accounts::{self, Account};
use crate::agencies;
use crate::people::roles::SEE_DESK;
use crate::publishing::store::spending as rows;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

/// What was typed, or stands.
struct Typed {
    price: String,
    most: String,
    currency: String,
}

struct Row {
    id: i64,
    account: String,
    agency: String,
    /// The platform is known to bill each post.
    billed: bool,
    limit: Option<Limit>,
    posts: i64,
    spent: String,
    typed: Typed,
    may: bool,
    /// The form that has faults.
    wrong: bool,
}

impl Row {
    fn tone(&self) -> &'static str {
        match &self.limit {
            Some(l) if (self.posts + 1) * l.price > l.most => "bad",
            Some(l) if self.posts * l.price * 5 > l.most * 4 => "warn",
            Some(_) => "good",
            None => "",
        }
    }
}

#[derive(Template)]
#[template(path = "publishing/pages/spending.html")]
struct Spending {
    page: Page,
    rows: Vec<Row>,
}

async fn row(cx: &Ctx, account: &Account, agency: &str) -> Result<Row> {
    let limit = rows::limit(cx.db(), account.id).await?;
    let posts = rows::posts(cx.db(), account.id, &month(cx, cx.now())?).await?;
    let of = |amount: fn(&Limit) -> i64| limit.as_ref().map(|l| rules::shown(amount(l))).unwrap_or_default();
    let currency = limit.as_ref().map_or_else(|| "USD".to_owned(), |l| l.currency.clone());
    let typed = Typed { price: of(|l| l.price), most: of(|l| l.most), currency };
    let connector = accounts::connector_of(cx, &account.platform)?;
    Ok(Row {
        id: account.id,
        account: account.label(cx),
        agency: agency.to_owned(),
        billed: connector.is_some_and(|c| c.is_billed()),
        posts,
        spent: limit.as_ref().map(|l| rules::shown(posts * l.price)).unwrap_or_default(),
        typed,
        may: rules::may(&cx.actor, account.agency_id),
        limit,
        wrong: false,
    })
}

async fn render(cx: &Ctx, wrong: Option<(i64, &FormData, &Error)>) -> Result<String> {
    let mut all = vec![];
    for agency in cx.actor.scopes(SEE_DESK).unwrap_or_default() {
        let name = agencies::name(cx.db(), agency, cx.lang).await?;
        for account in accounts::live_of(cx.db(), agency).await?.iter().filter(|a| a.publishes()) {
            if !accounts::is_ours(&account.platform) {
                all.push(row(cx, account, &name).await?);
            }
        }
    }
    if let Some((id, form, _)) = wrong
        && let Some(row) = all.iter_mut().find(|r| r.id == id)
    {
        let text = |name| form.text(name).to_owned();
        row.typed = Typed { price: text("price"), most: text("most"), currency: text("currency") };
        row.wrong = true;
    }
    // Those that cost something first.
    all.sort_by_key(|r| (!r.billed && r.limit.is_none(), r.agency.clone(), r.account.clone()));
    let page = Page::new(cx, "publishing-spending-title").with(wrong.map(|w| w.2));
    // Each account has a form of its own.
    let page = page.ending(&wrong.map(|w| w.0.to_string()).unwrap_or_default());
    Spending { page, rows: all }.render().map_err(Error::fault)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, None).await?))
}

pub async fn set(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match actions::set(&cx, id, form.text("price"), form.text("most"), form.text("currency")).await {
        Ok(_) => Ok(see("/publishing/spending")),
        Err(e) => Ok(html_again(render(&cx, Some((id, &form, &again(e)?))).await?)),
    }
}

pub async fn lift(cx: Ctx, Id(id): Id, _: FormData) -> Result<Response> {
    actions::lift(&cx, id).await?;
    Ok(see("/publishing/spending"))
}
