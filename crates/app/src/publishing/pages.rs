//! What became of a post on each of its accounts, and what a person may do about it.
use super::delivery::{Attempt, Delivery, shown_state};
use super::store;
use super::{actions, by_hand, parts};
use crate::accounts;
use crate::people::roles;
use crate::posts;
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
    /// It reaches nobody.
    practice: bool,
    /// Where a person sees what stands on the account; may be empty.
    look_at: String,
    /// What it says of a part that waits for the one before.
    waits: Option<&'static str>,
}

impl Row {
    fn word(&self) -> &'static str {
        match self.state {
            "waiting" => "publishing-state-waiting",
            "sending" => "publishing-state-sending",
            "checking" => "publishing-state-checking",
            "working" => "publishing-state-working",
            "by-hand" => "publishing-state-by-hand",
            "frozen" => "publishing-state-frozen",
            "sent" if self.d.unwanted => "publishing-state-unwanted",
            "sent" => "publishing-state-sent",
            "failed" => "publishing-state-failed",
            "unconfirmed" => "publishing-state-unconfirmed",
            "taken-down" => "publishing-state-taken-down",
            _ => "publishing-state-cancelled",
        }
    }
    fn tone(&self) -> &'static str {
        match self.state {
            "sent" if self.d.problem.is_empty() && !self.d.unwanted && !self.by_hand() => "good",
            "waiting" | "sending" | "checking" | "working" => "info",
            "unconfirmed" | "sent" | "by-hand" | "frozen" => "warn",
            "failed" => "bad",
            _ => "",
        }
    }
    fn problem_word(&self) -> &'static str {
        match self.d.problem.as_str() {
            "unauthorised" => "publishing-problem-unauthorised",
            "account-closed" => "publishing-problem-account-closed",
            "handed-over" => "publishing-problem-handed-over",
            "no-connector" => "publishing-problem-no-connector",
            "no-remote-id" => "publishing-problem-no-remote-id",
            "by-hand" => "publishing-problem-by-hand",
            "frozen" => "publishing-problem-frozen",
            "limit" => "publishing-problem-limit",
            "gave-up" => "publishing-problem-gave-up",
            "edit-not-possible" => "publishing-problem-edit",
            "take_down-not-possible" => "publishing-problem-take-down",
            _ => "publishing-problem-refused",
        }
    }
    /// Whether it is tried again by itself.
    fn is_tried_again(&self) -> bool {
        let to_change = self.state == "sent" && (self.d.unwanted || self.outdated());
        self.d.problem.is_empty() && (to_change || self.state == "waiting" || self.state == "checking")
    }
    fn outdated(&self) -> bool {
        self.state == "sent" && self.d.sent_version.is_some_and(|v| v < self.d.version)
    }
    /// Whether a person is asked to do something on this account.
    fn by_hand(&self) -> bool {
        self.handed_over().is_some()
    }
    fn handed_over(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|a| a.ended_at.is_none() && a.by_hand())
    }
    /// What the person is asked to do.
    fn hand_word(&self) -> &'static str {
        by_hand::word(self.handed_over().map_or("", |a| a.kind.as_str()))
    }
    fn can_retry(&self) -> bool {
        self.state == "failed" || (self.state == "sent" && !matches!(self.d.problem.as_str(), "" | "frozen"))
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
        "recalled" => "publishing-outcome-recalled",
        "working" => "publishing-outcome-working",
        _ => "publishing-outcome-open",
    };
    (kind, outcome)
}

#[derive(Template)]
#[template(path = "publishing/pages/deliveries.html")]
struct Deliveries {
    page: Page,
    back: (String, &'static str),
    lede: String,
    rows: Vec<Row>,
    may_decide: bool,
}

async fn row(cx: &Ctx, d: Delivery, before: Option<&Delivery>) -> Result<Row> {
    let attempts = store::attempts(cx.db(), d.id).await?;
    let state = shown_state(&d, attempts.iter().find(|a| a.ended_at.is_none()));
    let account = accounts::find(cx.db(), d.account_id).await?;
    let practice = account.is_practice(cx);
    let look_at = if practice { format!("/practice#a{}", account.id) } else { account.url.clone() };
    let account = account.label(cx);
    let waits = parts::waits(&d, before);
    let late = waits.is_none()
        && d.sent_at.unwrap_or_else(|| cx.now()) > d.due_at + super::late::LATE
        && matches!(state, "waiting" | "sending" | "checking" | "sent");
    Ok(Row { d, account, practice, look_at, state, attempts, late, waits })
}

async fn of_post(cx: &Ctx, post: i64, error: Option<&Error>) -> Result<String> {
    let post = posts::see(cx, post).await?;
    let mut rows = vec![];
    let all = store::of_post(cx.db(), post.id).await?;
    for d in &all {
        let before = all.iter().find(|b| b.account_id == d.account_id && b.part == d.part - 1);
        rows.push(row(cx, d.clone(), before).await?);
    }
    let may_decide = cx.actor.may(roles::APPROVE_POSTS, post.agency);
    let page = Page::new(cx, "publishing-title").with(error);
    let (back, lede) = ((format!("/posts/{}", post.id), "publishing-back"), post.line().to_string());
    Deliveries { page, back, lede, rows, may_decide }.render().map_err(Error::fault)
}

async fn of_answer(cx: &Ctx, d: Delivery, error: Option<&Error>) -> Result<String> {
    let may_decide = cx.actor.may(roles::APPROVE_POSTS, d.agency_id);
    let page = Page::new(cx, "publishing-title").with(error);
    let (back, lede) = (("/inbox".to_owned(), "publishing-back-inbox"), d.body.clone());
    let rows = vec![row(cx, d, None).await?];
    Deliveries { page, back, lede, rows, may_decide }.render().map_err(Error::fault)
}

pub async fn deliveries(cx: Ctx, Id(post): Id) -> Result<Response> {
    Ok(html(of_post(&cx, post, None).await?))
}

pub async fn answer(cx: Ctx, Id(answer): Id) -> Result<Response> {
    let d = actions::see_answer(&cx, answer).await?;
    Ok(html(of_answer(&cx, d, None).await?))
}

async fn done(cx: &Ctx, id: i64, result: Result<Delivery>) -> Result<Response> {
    match result {
        Ok(d) if d.is_answer() => Ok(see(format!("/answers/{}/delivery", d.post_id))),
        Ok(d) => Ok(see(format!("/posts/{}/deliveries", d.post_id))),
        Err(e) => {
            let error = again(e)?;
            let d = actions::see(cx, id).await?;
            let text = if d.is_answer() {
                of_answer(cx, d, Some(&error)).await?
            } else {
                of_post(cx, d.post_id, Some(&error)).await?
            };
            Ok(html_again(text))
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
