//! Giving somebody their access back: one asks, another decides.
use crate::people::actions::person_name;
use crate::people::store::access::RecoveryRow;
use crate::people::{own, recovery};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "people/pages/recovery.html")]
struct Recovery {
    page: Page,
    row: RecoveryRow,
    person: String,
    asked_by: String,
    confirm: bool,
}

impl Recovery {
    fn here(&self) -> String {
        format!("/recoveries/{}", self.row.id)
    }
}

/// Only what waits for this one is shown; of everything else nothing is told.
async fn show(cx: &Ctx, id: i64, error: Option<&Error>) -> Result<String> {
    let row = recovery::to_decide(cx).await?.into_iter().find(|r| r.id == id).ok_or_else(Error::not_allowed)?;
    let asked_by = match row.asked_by.strip_prefix("person:").and_then(|id| id.parse().ok()) {
        Some(id) => person_name(cx.db(), id).await?,
        None => row.asked_by.clone(),
    };
    let person = person_name(cx.db(), row.person_id).await?;
    let page = Page::new(cx, "people-recovery-title").with(error);
    let confirm = own::must_confirm(cx).await?;
    Recovery { page, row, person, asked_by, confirm }.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(show(&cx, id, None).await?))
}

pub async fn decide(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = match own::confirm(&cx, form.raw("confirm"), "confirm").await {
        Ok(()) => recovery::decide(&cx, id, form.text("do") == "grant").await,
        Err(e) => Err(e),
    };
    match result {
        Ok(()) => Ok(see("/roles")),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(show(&cx, id, Some(&e)).await?))
        }
    }
}
