//! A plan on paper: one version of it, for print and for the file.
use super::one::{Doing, doing};
use super::reading::{Reading, reading};
use crate::plans::plan::PlanRow;
use crate::plans::{actions, store, working};
use crate::shell::Page;
use crate::{agencies, people};
use askama::Template;
use axum::response::Response;
use ground::http::{Id, Query, html};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct AtVersion {
    version: Option<i64>,
}

#[derive(Template)]
#[template(path = "plans/pages/paper.html")]
struct Paper {
    page: Page,
    plan: PlanRow,
    agency: String,
    reading: Reading,
    version: i64,
    hash: String,
    written_by: String,
    written_at: i64,
    /// Who approved exactly this version, and when.
    approved: Option<(String, i64)>,
    doing: Vec<Doing>,
    now: i64,
}

/// The whole plan on paper: one version of it, for print and for the file.
pub async fn paper(cx: Ctx, Id(id): Id, Query(q): Query<AtVersion>) -> Result<Response> {
    let plan = actions::see(&cx, id).await?;
    let version = q.version.unwrap_or(plan.version);
    let (draft, hash, author, at) = match store::version(cx.db(), id, version).await? {
        Some(v) => (v.draft(), v.content_hash.clone(), v.author_id, v.at),
        None if version == plan.version => (plan.draft(), plan.content_hash.clone(), plan.author_id, plan.updated_at),
        None => return Err(Error::not_found()),
    };
    let mut page = Page::new(&cx, "plans-one-title");
    if !draft.title.is_empty() {
        page.title = draft.title.clone();
    }
    let mut approved = None;
    for d in store::decisions(cx.db(), id).await?.iter().filter(|d| d.kind == "approval" && d.version == version) {
        approved = Some((people::person_name(cx.db(), d.person_id).await?, d.at));
    }
    let current = version == plan.version;
    let reached = if current { working::reached(cx.db(), id).await? } else { vec![] };
    let paper = Paper {
        agency: agencies::name(cx.db(), plan.agency_id, cx.lang).await?,
        reading: reading(&cx, &page, &draft, &reached).await?,
        written_by: people::person_name(cx.db(), author).await?,
        written_at: at,
        doing: if current { doing(&cx, id).await? } else { vec![] },
        now: cx.now(),
        page,
        plan,
        version,
        hash,
        approved,
    };
    Ok(html(paper.render().map_err(Error::fault)?))
}
