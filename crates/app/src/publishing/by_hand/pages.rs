//! Tasks by hand at the desk: the words to copy, and what became of it.
use super::actions;
use super::rules::Said;
use super::task::Task;
use crate::accounts::{self, Account};
use crate::people::{self, roles};
use crate::posts;
use crate::publishing::content;
use crate::publishing::delivery::Delivery;
use crate::publishing::parts;
use crate::publishing::store::{self, by_hand};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

/// So many are listed; the rest come when these are done.
const MOST: i64 = 200;

struct Row {
    task: Task,
    account: String,
    line: String,
}

#[derive(Template)]
#[template(path = "publishing/pages/by_hand.html")]
struct List {
    page: Page,
    rows: Vec<Row>,
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let agencies = cx.actor.scopes(roles::SEE_DESK).unwrap_or_default();
    let mut rows = vec![];
    for task in by_hand::open(cx.db(), &agencies, MOST).await? {
        let d = store::find(cx.db(), task.delivery_id).await?;
        let account = accounts::find(cx.db(), task.account_id).await?.label(&cx);
        rows.push(Row { line: posts::first_line(&content::text(cx.db(), &d).await?), task, account });
    }
    Ok(html(List { page: Page::new(&cx, "publishing-by-hand-title"), rows }.render().map_err(Error::fault)?))
}

struct Picture {
    id: i64,
    alt: String,
}

#[derive(Template)]
#[template(path = "publishing/pages/by_hand_one.html")]
struct One {
    page: Page,
    d: Delivery,
    task: Task,
    account: Account,
    label: String,
    text: String,
    lang: String,
    pictures: Vec<Picture>,
    recording: Option<posts::Recording>,
    /// Where the part before stands, for one that answers it.
    answers: Option<String>,
    decider: String,
    may_act: bool,
    typed: Said,
}

async fn render(cx: &Ctx, delivery: i64, typed: Said, error: Option<&Error>) -> Result<String> {
    let (d, task) = actions::see(cx, delivery).await?;
    let account = accounts::find(cx.db(), d.account_id).await?;
    let version = posts::version(cx.db(), d.post_id, d.version).await?;
    let (taken, before) = (task.kind == "take-down", parts::before(cx.db(), &d).await?);
    // What follows a post is words alone.
    let words_alone = taken || before.is_some();
    let pictures = version.pictures.iter().map(|p| Picture { id: p.id, alt: posts::alt(p) });
    let decider = match task.decided_by {
        Some(id) => people::person_name(cx.db(), id).await?,
        None => String::new(),
    };
    let may = |right| cx.actor.may(right, d.agency_id);
    let page = One {
        page: Page::new(cx, "publishing-by-hand-one").with(error),
        label: account.label(cx),
        text: content::text(cx.db(), &d).await?,
        lang: if version.text_dz.trim().is_empty() { "en" } else { "dz" }.into(),
        pictures: if words_alone { vec![] } else { pictures.collect() },
        recording: version.recording.filter(|_| !words_alone),
        answers: before.map(|b| b.url),
        may_act: task.is_open() && (may(roles::DRAFT_POSTS) || may(roles::APPROVE_POSTS)),
        decider,
        account,
        d,
        task,
        typed,
    };
    page.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(delivery): Id) -> Result<Response> {
    Ok(html(render(&cx, delivery, Said::default(), None).await?))
}

async fn done(cx: &Ctx, delivery: i64, said: Said, result: Result<Delivery>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/publishing/by-hand/{delivery}"))),
        Err(e) => {
            let error = again(e)?;
            Ok(html_again(render(cx, delivery, said, Some(&error)).await?))
        }
    }
}

fn said(form: &FormData) -> Said {
    Said { url: form.text("url").into(), note: form.text("note").into(), shown: false }
}

pub async fn finish(cx: Ctx, Id(delivery): Id, form: FormData) -> Result<Response> {
    let said = said(&form);
    let picture = form.file("picture").map(|f| f.bytes.to_vec()).filter(|b| !b.is_empty());
    let result = actions::finish(&cx, delivery, said.clone(), picture).await;
    done(&cx, delivery, said, result).await
}

pub async fn refuse(cx: Ctx, Id(delivery): Id, form: FormData) -> Result<Response> {
    let said = said(&form);
    let result = actions::refuse(&cx, delivery, said.clone()).await;
    done(&cx, delivery, said, result).await
}
