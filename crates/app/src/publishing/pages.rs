//! What became of a post on each of its accounts, and what a person may do about it.
use super::actions;
use super::delivery::{Attempt, Delivery, shown_state};
use super::store;
use crate::accounts;
use crate::people::roles;
use crate::posts::{self, Post};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

struct Row {
    d: Delivery,
    account: String,
    state: &'static str,
    attempts: Vec<Attempt>,
    late: bool,
}

impl Row {
    fn word(&self) -> &'static str {
        match self.state {
            "waiting" => "publishing-state-waiting",
            "sending" => "publishing-state-sending",
            "checking" => "publishing-state-checking",
            "sent" => "publishing-state-sent",
            "failed" => "publishing-state-failed",
            "unconfirmed" => "publishing-state-unconfirmed",
            "taken-down" => "publishing-state-taken-down",
            _ => "publishing-state-cancelled",
        }
    }
    fn tone(&self) -> &'static str {
        match self.state {
            "sent" if self.d.problem.is_empty() => "good",
            "waiting" | "sending" | "checking" => "info",
            "unconfirmed" | "sent" => "warn",
            "failed" => "bad",
            _ => "",
        }
    }
    fn problem_word(&self) -> &'static str {
        match self.d.problem.as_str() {
            "unauthorised" => "publishing-problem-unauthorised",
            "account-closed" => "publishing-problem-account-closed",
            "no-connector" => "publishing-problem-no-connector",
            "no-remote-id" => "publishing-problem-no-remote-id",
            "gave-up" => "publishing-problem-gave-up",
            "edit-not-possible" => "publishing-problem-edit",
            "take_down-not-possible" => "publishing-problem-take-down",
            _ => "publishing-problem-refused",
        }
    }
    fn outdated(&self) -> bool {
        self.state == "sent" && self.d.sent_version.is_some_and(|v| v < self.d.version)
    }
    fn can_retry(&self) -> bool {
        self.state == "failed" || (self.state == "sent" && !self.d.problem.is_empty())
    }
}

/// The word for what an attempt did and how it ended.
fn attempt_word(a: &Attempt) -> (&'static str, &'static str) {
    let kind = match a.kind.as_str() {
        "send" => "publishing-kind-send",
        "edit" => "publishing-kind-edit",
        _ => "publishing-kind-take-down",
    };
    let outcome = match a.outcome.as_str() {
        "accepted" => "publishing-outcome-accepted",
        "not-sent" => "publishing-outcome-not-sent",
        "refused" => "publishing-outcome-refused",
        "not-there" => "publishing-outcome-not-there",
        "unknown" => "publishing-outcome-unknown",
        _ => "publishing-outcome-open",
    };
    (kind, outcome)
}

#[derive(Template)]
#[template(path = "publishing/pages/deliveries.html")]
struct Deliveries {
    page: Page,
    post: Post,
    rows: Vec<Row>,
    may_decide: bool,
}

async fn render(cx: &Ctx, post: i64, error: Option<&Error>) -> Result<String> {
    let post = posts::see(cx, post).await?;
    let mut rows = vec![];
    for d in store::of_post(cx.db(), post.id).await? {
        let attempts = store::attempts(cx.db(), d.id).await?;
        let state = shown_state(&d, attempts.iter().find(|a| a.ended_at.is_none()));
        let account = accounts::find(cx.db(), d.account_id).await?.label(cx);
        let late = d.sent_at.unwrap_or_else(|| cx.now()) > d.due_at + 2 * ground::clock::MINUTE
            && matches!(state, "waiting" | "sending" | "checking" | "sent");
        rows.push(Row { d, account, state, attempts, late });
    }
    let may_decide = cx.actor.may(roles::APPROVE_POSTS, post.agency);
    let page = Page::new(cx, "publishing-title").with(error);
    Deliveries { page, post, rows, may_decide }.render().map_err(Error::fault)
}

pub async fn deliveries(cx: Ctx, Id(post): Id) -> Result<Response> {
    Ok(html(render(&cx, post, None).await?))
}

async fn done(cx: &Ctx, id: i64, result: Result<Delivery>) -> Result<Response> {
    match result {
        Ok(d) => Ok(see(format!("/posts/{}/deliveries", d.post_id))),
        Err(e) => {
            let error = again(e)?;
            let post = actions::see(cx, id).await?.post_id;
            Ok(html_again(render(cx, post, Some(&error)).await?))
        }
    }
}

pub async fn confirm(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::confirm(&cx, id, form.text("there") == "yes", form.text("url")).await;
    done(&cx, id, result).await
}

pub async fn retry(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = actions::retry(&cx, id).await;
    done(&cx, id, result).await
}
