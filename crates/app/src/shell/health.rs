//! Is it alive, is it ready, how does the background work do.
use super::Page;
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::http::{Id, html, see};
use ground::jobs::{self, Health, JobRow};
use ground::{Ctx, Error, Result};

pub async fn alive() -> &'static str {
    "ok\n"
}

/// Ready: the database answers and the scheduler's heart has beaten within a minute (where this node has workers).
pub async fn ready(cx: Ctx) -> Result<&'static str> {
    let health = jobs::health(&cx).await.map_err(Error::unavailable)?;
    let beat = health.sweeps.iter().find(|s| s.name == "scheduler").map_or(0, |s| s.done_at);
    if cx.machine.config.workers > 0 && beat > 0 && cx.now() - beat > ground::clock::MINUTE {
        return Err(Error::unavailable("the scheduler has not beaten for a minute"));
    }
    Ok("ready\n")
}

pub async fn metrics(cx: Ctx) -> Result<Response> {
    let health = jobs::health(&cx).await?;
    let meters = &cx.machine.meters;
    meters.set("jobs-queued", health.queued);
    meters.set("jobs-running", health.running);
    meters.set("jobs-failed", health.failed);
    meters.set("jobs-late-microseconds", health.late);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], meters.text()).into_response())
}

#[derive(Template)]
#[template(path = "shell/pages/health.html")]
struct HealthPage {
    page: Page,
    health: Health,
    failed: Vec<JobRow>,
    version: &'static str,
}

pub async fn page(cx: Ctx) -> Result<Response> {
    let page = Page::new(&cx, "shell-health-title");
    let (health, failed) = (jobs::health(&cx).await?, jobs::failed(cx.db()).await?);
    let body = HealthPage { page, health, failed, version: env!("CARGO_PKG_VERSION") };
    Ok(html(body.render().map_err(Error::fault)?))
}

/// Puts a job that was given up back into the queue.
pub async fn retry(cx: Ctx, Id(id): Id) -> Result<Response> {
    let tx = cx.begin("shell.retry-job").await?;
    jobs::retry(&tx, id, cx.now()).await?;
    cx.commit(tx).await?;
    Ok(see("/health"))
}
