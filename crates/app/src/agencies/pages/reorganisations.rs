//! Recording reorganisations, and what is recorded of them.
use crate::agencies::reorganisation::{Kind, NewReorganisation, Reorganisation};
use crate::agencies::reorganising::{self, allowed};
use crate::agencies::store::{self, Agency, endings};
use crate::shell::paging::PAGE;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::db::DbError;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

/// An act with those who ended and those who carry on.
pub struct Line {
    pub act: Reorganisation,
    pub from: Vec<Agency>,
    pub to: Vec<Agency>,
    pub heir: Agency,
}

impl Line {
    async fn of(cx: &Ctx, act: Reorganisation) -> Result<Line> {
        let (from, to) = (endings::parts(cx.db(), act.id, "from").await?, endings::parts(cx.db(), act.id, "to").await?);
        Ok(Line { heir: store::find(cx.db(), act.heir_id).await?, act, from, to })
    }
    fn word(&self) -> &'static str {
        Kind::parse(&self.act.kind).map_or("agencies-kind-merge", Kind::word)
    }
    fn state(&self) -> (&'static str, &'static str) {
        match self.act.state.as_str() {
            reorganising::ORDERED => ("warn", "agencies-state-ordered"),
            reorganising::EFFECTIVE => ("good", "agencies-state-effective"),
            _ => ("", "agencies-state-revoked"),
        }
    }
    /// Its day in the words of the page's language.
    fn day(&self, page: &Page) -> String {
        let day = &self.act.effective_on;
        ground::words::parse_local(&format!("{day}T00:00")).map_or_else(|| day.clone(), |us| page.date(&us))
    }
    fn codes(&self, some: &[Agency]) -> String {
        some.iter().map(|a| a.code.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Template)]
#[template(path = "agencies/pages/reorganisations.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    allowed(&cx)?;
    let mut lines = vec![];
    for act in endings::list(cx.db(), i64::MAX, PAGE).await? {
        lines.push(Line::of(&cx, act).await?);
    }
    let list = List { page: Page::new(&cx, "agencies-reorganisations"), lines };
    Ok(html(list.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "agencies/pages/reorganise.html")]
struct Form {
    page: Page,
    kinds: Vec<(String, String)>,
    kind: String,
    from: String,
    to: String,
    heir: String,
    effective_on: String,
    reason: String,
    order_ref: String,
}

fn show(cx: &Ctx, form: &FormData, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "agencies-reorganise").with(error);
    let text = |name: &str| form.text(name).to_owned();
    Form {
        kinds: Kind::ALL.map(|k| (k.code().to_owned(), page.word(k.word()))).into(),
        kind: text("kind"),
        from: text("from"),
        to: text("to"),
        heir: text("heir"),
        effective_on: text("effective_on"),
        reason: text("reason"),
        order_ref: text("order_ref"),
        page,
    }
    .render()
    .map_err(Error::fault)
}

pub async fn form(cx: Ctx) -> Result<Response> {
    allowed(&cx)?;
    Ok(html(show(&cx, &FormData::default(), None)?))
}

pub async fn create(cx: Ctx, form: FormData) -> Result<Response> {
    let codes = |name: &str| {
        let parts = form.text(name).split(|c: char| c.is_whitespace() || c == ',' || c == ';');
        parts.filter(|c| !c.is_empty()).map(str::to_owned).collect()
    };
    let new = NewReorganisation {
        kind: Kind::parse(form.text("kind")),
        from: codes("from"),
        to: codes("to"),
        heir: form.text("heir").trim().into(),
        effective_on: form.text("effective_on").trim().into(),
        reason: form.text("reason").into(),
        order_ref: form.text("order_ref").into(),
    };
    match reorganising::reorganise(&cx, &new).await {
        Ok(r) => Ok(see(format!("/agencies/reorganisations/{}", r.id))),
        Err(e) => Ok(html_again(show(&cx, &form, Some(&again(e)?))?)),
    }
}

#[derive(Template)]
#[template(path = "agencies/pages/reorganisation.html")]
struct One {
    page: Page,
    line: Line,
}

async fn render(cx: &Ctx, id: i64, error: Option<&Error>) -> Result<String> {
    let act = endings::find(cx.db(), id).await.map_err(DbError::unseen)?;
    let page = Page::new(cx, "agencies-reorganisation").with(error);
    One { page, line: Line::of(cx, act).await? }.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    allowed(&cx)?;
    Ok(html(render(&cx, id, None).await?))
}

pub async fn revoke(cx: Ctx, Id(id): Id) -> Result<Response> {
    match reorganising::revoke(&cx, id).await {
        Ok(_) => Ok(see(format!("/agencies/reorganisations/{id}"))),
        Err(e) => Ok(html_again(render(&cx, id, Some(&again(e)?)).await?)),
    }
}
