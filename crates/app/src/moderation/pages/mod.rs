//! Moderation at the desk: the queue, one message, one decision.
pub mod public;

use super::actions::{self, NewDecision};
use super::case::{ACTIONS, Appeal, Decision, NONE, Report, action_word};
use super::store;
use crate::inbox::{self, Message};
use crate::people::{self, roles};
use crate::policy::Pack;
use crate::shell::paging::{PAGE, cut};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::db::DbError;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct After {
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "moderation/pages/queue.html")]
struct Queue {
    page: Page,
    appeals: Vec<Appeal>,
    proposed: Vec<Decision>,
    reports: Vec<(Report, Message)>,
    decisions: Vec<Decision>,
    older: Option<String>,
}

pub async fn queue(cx: Ctx, Query(q): Query<After>) -> Result<Response> {
    let scopes = cx.actor.scopes(roles::SEE_DESK);
    let scopes = scopes.as_deref();
    let mut reports = vec![];
    for r in store::open_reports(cx.db(), scopes, PAGE).await? {
        let m = inbox::find(cx.db(), r.message_id).await?;
        reports.push((r, m));
    }
    let rows = store::decisions(cx.db(), scopes, "", q.after.unwrap_or(i64::MAX), PAGE + 1).await?;
    let (decisions, next) = cut(rows, PAGE, |d| d.id);
    let page = Queue {
        page: Page::new(&cx, "moderation-title"),
        appeals: store::open_appeals(cx.db(), scopes, PAGE).await?,
        proposed: store::decisions(cx.db(), scopes, "proposed", i64::MAX, PAGE).await?,
        reports,
        decisions,
        older: next.map(|n| format!("/moderation?after={n}")),
    };
    Ok(html(page.render().map_err(Error::fault)?))
}

/// A ground as a choice, with what it never covers.
pub struct GroundChoice {
    pub id: String,
    pub title: String,
    pub description: String,
    pub never: String,
    pub clause: String,
    pub least: &'static str,
    pub two: &'static str,
}

pub fn choices(cx: &Ctx) -> Result<Vec<GroundChoice>> {
    let lang = cx.lang.code();
    let choice = |g: &crate::policy::Ground| GroundChoice {
        id: g.id.clone(),
        title: g.title.get(lang).into(),
        description: g.description.get(lang).into(),
        never: g.never.get(lang).into(),
        clause: g.clause.clone(),
        least: action_word(g.least_action.word()),
        two: match g.two_reviewers {
            crate::policy::SecondReviewer::No => "moderation-two-no",
            crate::policy::SecondReviewer::Yes => "moderation-two-yes",
            crate::policy::SecondReviewer::PublicFigure => "moderation-two-figure",
        },
    };
    Ok(cx.machine.part::<Pack>()?.grounds().iter().map(choice).collect())
}

#[derive(Template)]
#[template(path = "moderation/pages/message.html")]
struct OneMessage {
    page: Page,
    m: Message,
    /// What it said before and since, with what was answered and decided.
    versions: Vec<inbox::Shown>,
    reports: Vec<Report>,
    decisions: Vec<Decision>,
    grounds: Vec<GroundChoice>,
    actions: Vec<(&'static str, &'static str)>,
    typed: NewDecision,
}

async fn render(cx: &Ctx, m: Message, typed: NewDecision, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "moderation-message-title").with(error);
    let reports = store::reports_of(cx.db(), m.id).await?;
    let decisions = store::of_message(cx.db(), m.id).await?;
    let decided: Vec<(i64, &str)> = decisions.iter().map(|d| (d.decided_at, d.snapshot.as_str())).collect();
    let versions = inbox::history(cx, &m, &decided).await?;
    let grounds = choices(cx)?;
    let actions = [NONE].into_iter().chain(ACTIONS.map(|(code, _)| code)).map(|code| (code, action_word(code)));
    let actions = actions.collect();
    OneMessage { page, m, versions, reports, decisions, grounds, actions, typed }.render().map_err(Error::fault)
}

pub async fn message(cx: Ctx, Id(id): Id) -> Result<Response> {
    let m = inbox::see(&cx, id).await?;
    Ok(html(render(&cx, m, NewDecision::default(), None).await?))
}

pub async fn decide(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let new = NewDecision {
        action: form.text("action").into(),
        ground: form.text("ground").into(),
        reason: form.text("reason").into(),
        public_figure: form.text("public_figure") == "yes",
        seen: form.text("seen").into(),
    };
    match actions::decide(&cx, id, &new).await {
        Ok(d) => Ok(see(format!("/moderation/decisions/{}", d.id))),
        Err(e) => {
            let error = again(e)?;
            let m = inbox::see(&cx, id).await?;
            Ok(html_again(render(&cx, m, new, Some(&error)).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "moderation/pages/decision.html")]
struct OneDecision {
    page: Page,
    d: Decision,
    ground: Option<GroundChoice>,
    decider: String,
    second: String,
    appeal: Option<Appeal>,
    appeal_decider: String,
    may_second: bool,
    may_decide_appeal: bool,
}

async fn render_decision(cx: &Ctx, d: Decision, error: Option<&Error>) -> Result<String> {
    let name = async |id: Option<i64>| match id {
        Some(id) => people::person_name(cx.db(), id).await,
        None => Ok(String::new()),
    };
    let (decider, second) = (name(Some(d.decided_by)).await?, name(d.second_by).await?);
    let appeal = store::appeal_of(cx.db(), d.id).await?;
    let appeal_decider = name(appeal.as_ref().and_then(|a| a.decided_by)).await?;
    let me = cx.actor.person().ok();
    let may = |right| cx.actor.may(right, d.agency_id);
    let may_second =
        d.state == "proposed" && me != Some(d.decided_by) && (may(roles::MODERATE) || may(roles::DECIDE_APPEALS));
    let may_decide_appeal = appeal.as_ref().is_some_and(|a| a.state == "open" && a.lodged_by != cx.actor.label())
        && may(roles::DECIDE_APPEALS)
        && me != Some(d.decided_by)
        && me != d.second_by;
    let ground = choices(cx)?.into_iter().find(|g| g.id == d.ground);
    let page = Page::new(cx, "moderation-decision-title").with(error);
    let one = OneDecision { page, d, ground, decider, second, appeal, appeal_decider, may_second, may_decide_appeal };
    one.render().map_err(Error::fault)
}

pub async fn decision(cx: Ctx, Id(id): Id) -> Result<Response> {
    let d = actions::see(&cx, id).await?;
    Ok(html(render_decision(&cx, d, None).await?))
}

async fn back<T>(cx: &Ctx, decision: i64, result: Result<T>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/moderation/decisions/{decision}"))),
        Err(e) => {
            let error = again(e)?;
            let d = actions::see(cx, decision).await?;
            Ok(html_again(render_decision(cx, d, Some(&error)).await?))
        }
    }
}

pub async fn second(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::second(&cx, id, form.text("agree") == "yes", form.text("reason")).await;
    back(&cx, id, result).await
}

pub async fn decide_appeal(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let decision = store::appeal(cx.db(), id).await.map_err(DbError::unseen)?.decision_id;
    let result = actions::decide_appeal(&cx, id, form.text("outcome"), form.text("reason")).await;
    back(&cx, decision, result).await
}
