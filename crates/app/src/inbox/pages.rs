//! The inbox at the desk, and comments sent from the public page.
use super::message::{Answer, Message};
use super::store::{self, Wanted};
use super::versions::{self, Shown};
use super::{Due, actions, due, receive, rules};
use crate::accounts;
use crate::people::{self, roles};
use crate::posts;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::db::DbError;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<i64>,
}

struct Failing {
    account: String,
    error: String,
    since: i64,
}

#[derive(Template)]
#[template(path = "inbox/pages/list.html")]
struct List {
    page: Page,
    messages: Vec<(Message, Due)>,
    state: String,
    tabs: Vec<(&'static str, &'static str)>,
    older: Option<String>,
    failing: Vec<Failing>,
}

fn lines(page: &Page, messages: Vec<Message>) -> Vec<(Message, Due)> {
    messages.into_iter().map(|m| (m.clone(), due(page, m.received_at))).collect()
}

/// Accounts of this desk that cannot be read at the moment.
async fn failing(cx: &Ctx) -> Result<Vec<Failing>> {
    let mut all = vec![];
    for agency in cx.actor.scopes(roles::SEE_DESK).unwrap_or_default() {
        for account in accounts::live_of(cx.db(), agency).await? {
            let cursor = store::cursor(cx.db(), account.id).await?;
            if let Some((since, error)) = cursor.and_then(|c| c.failing_since.map(|s| (s, c.error))) {
                all.push(Failing { account: account.label(cx), error, since });
            }
        }
    }
    Ok(all)
}

pub async fn list(cx: Ctx, Query(q): Query<Filter>) -> Result<Response> {
    let state = q.state.unwrap_or_else(|| "open".into());
    let wanted = Wanted {
        agencies: cx.actor.scopes(roles::SEE_DESK),
        state: if state == "all" { String::new() } else { state.clone() },
        post: None,
        before: q.after.unwrap_or(i64::MAX),
        most: PAGE + 1,
    };
    // What is to answer comes longest waiting first; the rest newest first.
    let found = match &wanted.agencies {
        Some(agencies) if state == "open" => {
            store::oldest_open(cx.db(), agencies, q.after.unwrap_or(0), PAGE + 1).await?
        }
        _ => store::list(cx.db(), &wanted).await?,
    };
    let (messages, next) = cut(found, PAGE, |m| m.id);
    let older = next.map(|n| format!("/inbox?state={state}&after={n}"));
    let tabs = vec![
        ("open", "inbox-tab-open"),
        ("answered", "inbox-tab-answered"),
        ("closed", "inbox-tab-closed"),
        ("all", "inbox-tab-all"),
    ];
    let failing = failing(&cx).await?;
    let page = Page::new(&cx, "inbox-title");
    let messages = lines(&page, messages);
    Ok(html(List { page, messages, state, tabs, older, failing }.render().map_err(Error::fault)?))
}

struct Said {
    a: Answer,
    author: String,
    decider: String,
    may_decide: bool,
    /// The words it answers were changed since.
    outdated: bool,
}

#[derive(Template)]
#[template(path = "inbox/pages/one.html")]
struct One {
    page: Page,
    m: Message,
    due: Due,
    /// What else waits, beside the thread.
    beside: Vec<(Message, Due)>,
    post_line: Option<(i64, String)>,
    above: Option<Message>,
    /// What it said before and since; empty where it was never changed.
    versions: Vec<Shown>,
    answers: Vec<Said>,
    typed: String,
    may_write: bool,
    may_moderate: bool,
    at_once: bool,
    waiting: bool,
}

async fn render(cx: &Ctx, m: Message, typed: &str, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "inbox-one-title").with(error);
    let me = cx.actor.person().ok();
    let said = versions::all(cx.db(), &m).await?;
    let newest = said.last().map_or(1, |v| v.n);
    let versions = versions::history(cx, &m, &[]).await?;
    let mut answers = vec![];
    for a in store::answers(cx.db(), m.id).await? {
        let author = people::person_name(cx.db(), a.author_id).await?;
        let decider = match a.decided_by.filter(|d| *d != a.author_id) {
            Some(id) => people::person_name(cx.db(), id).await?,
            None => String::new(),
        };
        let may_decide = a.state == "waiting"
            && me != Some(a.author_id)
            && cx.actor.may(roles::ANSWER_WITHOUT_APPROVAL, a.agency_id);
        let outdated = versions::at(&said, a.created_at) < newest;
        answers.push(Said { a, author, decider, may_decide, outdated });
    }
    let post_line = match m.post_id {
        Some(id) => Some((id, posts::find(cx.db(), id).await?.line())),
        None => None,
    };
    let above = match m.parent_id {
        Some(id) => Some(store::find(cx.db(), id).await?),
        None => None,
    };
    let may_write =
        cx.actor.may(roles::ANSWER_MESSAGES, m.agency_id) && m.visibility != "withdrawn" && m.deleted_at.is_none();
    let may_moderate = cx.actor.may(roles::MODERATE, m.agency_id);
    let at_once = rules::needs_nobody(&cx.actor, m.agency_id);
    let waiting = answers.iter().any(|s| matches!(s.a.state.as_str(), "waiting" | "sending"));
    let typed = typed.to_owned();
    let scopes = cx.actor.scopes(roles::SEE_DESK).unwrap_or_else(|| vec![m.agency_id]);
    let beside = lines(&page, store::oldest_open(cx.db(), &scopes, 0, 20).await?);
    let due = due(&page, m.received_at);
    let one = One {
        page,
        m,
        due,
        beside,
        post_line,
        above,
        versions,
        answers,
        typed,
        may_write,
        may_moderate,
        at_once,
        waiting,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let m = actions::see(&cx, id).await?;
    Ok(html(render(&cx, m, "", None).await?))
}

async fn back<T>(cx: &Ctx, message: i64, typed: &str, result: Result<T>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/inbox/{message}"))),
        Err(e) => {
            let error = again(e)?;
            let m = actions::see(cx, message).await?;
            Ok(html_again(render(cx, m, typed, Some(&error)).await?))
        }
    }
}

pub async fn answer(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::answer(&cx, id, form.text("text")).await;
    back(&cx, id, form.text("text"), result).await
}
pub async fn close(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::close(&cx, id, form.text("reason")).await;
    back(&cx, id, "", result).await
}
async fn message_of(cx: &Ctx, answer: i64) -> Result<i64> {
    Ok(store::answer(cx.db(), answer).await.map_err(DbError::unseen)?.message_id)
}
pub async fn approve(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let message = message_of(&cx, id).await?;
    let result = actions::approve(&cx, id, form.text("content_hash")).await;
    back(&cx, message, "", result).await
}
pub async fn reject(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let message = message_of(&cx, id).await?;
    let result = actions::reject(&cx, id, form.text("content_hash"), form.text("reason")).await;
    back(&cx, message, "", result).await
}

#[derive(Template)]
#[template(path = "inbox/pages/comment.html")]
struct CommentAgain {
    page: Page,
    post: i64,
    parent: i64,
    text: String,
}

/// A comment from the public page; what is wrong with it is shown with what was typed.
pub async fn comment(cx: Ctx, Id(post): Id, form: FormData) -> Result<Response> {
    let parent = form.number("parent").filter(|p| *p > 0);
    match receive::comment(&cx, post, parent, form.text("text")).await {
        Ok(m) => Ok(see(format!("/p/{post}#m{}", m.id))),
        Err(e) => {
            let page = Page::new(&cx, "inbox-comment-title").with(Some(&again(e)?));
            let text = form.text("text").to_owned();
            let again = CommentAgain { page, post, parent: parent.unwrap_or(0), text };
            Ok(html_again(again.render().map_err(Error::fault)?))
        }
    }
}

pub async fn remove(cx: Ctx, Id(id): Id) -> Result<Response> {
    let m = receive::withdraw(&cx, id).await?;
    Ok(see(format!("/p/{}#m{id}", m.post_id.unwrap_or(0))))
}
