//! The page to train on.
use super::FAULTS;
use super::actions::{self, Trained};
use crate::agencies;
use crate::people::roles::{DRAFT_POSTS, REQUEST_ACCOUNTS};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use connect::simulator::SetFault;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

struct Row {
    t: Trained,
    agency: String,
    may: bool,
    /// What was typed into a form of this account that had faults.
    typed: Option<FormData>,
}

impl Row {
    /// Where a field stands: what was wrong leads to that of the account it was typed for.
    fn at(&self, name: &str) -> String {
        if self.typed.is_some() { name.to_owned() } else { format!("{name}{}", self.t.account.id) }
    }
    /// What was wrong with a field of this account.
    fn wrong<'p>(&self, page: &'p Page, name: &str) -> Option<&'p str> {
        let mut all = page.wrong.iter().filter(|w| self.typed.is_some() && w.field == name);
        all.next().map(|w| w.text.as_str())
    }
    /// Of the two forms of this account, whether this one was sent and is shown again.
    fn again(&self, writing: bool) -> bool {
        let written = |form: &FormData| form.pairs.iter().any(|(name, _)| name == "text");
        self.typed.as_ref().is_some_and(|form| written(form) == writing)
    }
    fn typed(&self, name: &str) -> &str {
        self.typed.as_ref().map_or("", |form| form.text(name))
    }
    /// How often, as it stands in the field.
    fn times(&self) -> &str {
        let typed = self.typed("times");
        if typed.is_empty() { "1" } else { typed }
    }
    /// The beginning of a post, as one line.
    fn line(text: &str) -> String {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().count() > 80 { words.chars().take(79).chain(['…']).collect() } else { words }
    }
}

#[derive(Template)]
#[template(path = "publishing/pages/practice.html")]
struct Practice {
    page: Page,
    rows: Vec<Row>,
    may_ask: bool,
    may_write: bool,
    faults: &'static [(connect::simulator::Fault, &'static str, &'static str, &'static str)],
}

impl Practice {
    fn word(&self, set: &SetFault) -> &'static str {
        FAULTS.iter().find(|(f, ..)| *f == set.fault).map_or("", |(_, _, word, _)| word)
    }
}

async fn render(cx: &Ctx, wrong: Option<(i64, &FormData, &Error)>) -> Result<String> {
    let mut rows = vec![];
    for t in actions::list(cx).await? {
        let agency = agencies::name(cx.db(), t.account.agency_id, cx.lang).await?;
        let typed = wrong.filter(|(id, ..)| *id == t.account.id).map(|(_, form, _)| form.clone());
        rows.push(Row { may: actions::may(cx, &t.account), agency, typed, t });
    }
    let page = Page::new(cx, "publishing-practice-title").with(wrong.map(|w| w.2));
    let may = |right| cx.actor.may_somewhere(right);
    let (may_ask, may_write) = (may(REQUEST_ACCOUNTS), may(DRAFT_POSTS));
    Practice { page, rows, may_ask, may_write, faults: &FAULTS }.render().map_err(Error::fault)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, None).await?))
}

async fn done<T>(cx: &Ctx, id: i64, form: &FormData, result: Result<T>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/practice#a{id}"))),
        Err(e) => Ok(html_again(render(cx, Some((id, form, &again(e)?))).await?)),
    }
}

pub async fn set_fault(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let times = form.number("times").unwrap_or(-1);
    let result = actions::set_fault(&cx, id, form.text("fault"), times).await;
    done(&cx, id, &form, result).await
}

pub async fn clear(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::clear(&cx, id).await;
    done(&cx, id, &form, result).await
}

pub async fn write(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let post = Some(form.text("post"));
    let result = actions::write(&cx, id, form.text("author"), form.text("text"), post).await;
    done(&cx, id, &form, result).await
}
