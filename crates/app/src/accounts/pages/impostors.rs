//! Reports of impostors, for whoever oversees the government.
use crate::accounts::impostors;
use crate::accounts::store::public::{Report, in_state};
use crate::people::roles::OVERSEE;
use crate::shell::paging::PAGE;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "accounts/pages/impostors.html")]
struct List {
    page: Page,
    open: Vec<Report>,
    confirmed: Vec<Report>,
    dismissed: Vec<Report>,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    if !cx.actor.may_everywhere(OVERSEE) {
        return Err(Error::not_allowed());
    }
    let list = List {
        page: Page::new(&cx, "accounts-impostors-title"),
        open: in_state(cx.db(), "open", i64::MAX, PAGE).await?,
        confirmed: in_state(cx.db(), "confirmed", i64::MAX, PAGE).await?,
        dismissed: in_state(cx.db(), "dismissed", i64::MAX, PAGE).await?,
    };
    Ok(html(list.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "accounts/pages/impostor.html")]
struct One {
    page: Page,
    report: Report,
    decision: String,
    reason: String,
    decisions: Vec<(String, String)>,
}

fn show(cx: &Ctx, report: Report, form: &FormData, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "accounts-impostor-title").with(error);
    let decisions = ["confirmed", "dismissed"].map(|d| (d.to_owned(), page.word(&format!("accounts-impostor-{d}"))));
    let (decision, reason) = (form.text("decision").to_owned(), form.text("reason").to_owned());
    One { page, report, decision, reason, decisions: decisions.into() }.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(show(&cx, impostors::see(&cx, id).await?, &FormData::default(), None)?))
}

pub async fn judge(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match impostors::judge(&cx, id, form.text("decision"), form.text("reason")).await {
        Ok(_) => Ok(see("/desk/impostors")),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(show(&cx, impostors::see(&cx, id).await?, &form, Some(&e))?))
        }
    }
}
