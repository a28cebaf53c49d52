//! Figures as pages: of an agency, and of one post.
use super::capture::{self, Capture};
use super::chart::Chart;
use super::counting::KINDS;
use super::definitions::{self, Definition};
use super::figures::{self, Days, Figures, Sums};
use super::store::{self, Measure};
use crate::people::roles::SEE_DESK;
use crate::policy::Pack;
use crate::posts::{self, Post};
use crate::shell::Page;
use crate::{accounts, agencies};
use askama::Template;
use axum::response::Response;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::http::{Id, Query, html};
use ground::{Ctx, Error, Result, Say};
use jiff::civil::Date;
use serde::Deserialize;

/// The word for a kind of figure.
fn word(kind: &str) -> &'static str {
    match kind {
        "sent" => "metrics-sent",
        "failed" => "metrics-failed",
        "unconfirmed" => "metrics-unconfirmed",
        "taken-down" => "metrics-taken-down",
        "corrections" => "metrics-corrections",
        "comments" => "metrics-comments",
        "answers" => "metrics-answers",
        _ => "metrics-decisions",
    }
}

/// A length of time in its largest unit that tells enough.
fn span(page: &Page, us: &Option<i64>) -> String {
    match us {
        None => "–".into(),
        Some(us) if *us < 2 * HOUR => page.tn("metrics-minutes", us / MINUTE),
        Some(us) if *us < 2 * DAY => page.tn("metrics-hours", us / HOUR),
        Some(us) => page.tn("metrics-days", us / DAY),
    }
}

#[derive(Deserialize)]
pub struct Asked {
    agency: Option<i64>,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "metrics/pages/figures.html")]
struct Shown {
    page: Page,
    f: Figures,
    /// What platforms count below the posts of the last thirty days, and what of it was captured.
    captures: Vec<Capture>,
    chart: Chart,
    agency: String,
    choices: Vec<(String, String)>,
    zone_start: Box<dyn Fn(Date) -> i64 + Send + Sync>,
}

impl Shown {
    fn kinds(&self) -> [&'static str; 8] {
        KINDS
    }
    fn word(&self, kind: &str) -> String {
        self.page.word(word(kind))
    }
    fn definitions(&self) -> &'static [Definition] {
        definitions::ALL
    }
    fn of(&self, sums: &Sums, kind: &str) -> String {
        self.page.num(sums.get(kind).copied().unwrap_or(0))
    }
    fn span(&self, us: &Option<i64>) -> String {
        span(&self.page, us)
    }
    fn captured(&self, c: &Capture) -> String {
        let say = Say::new("metrics-capture-of").arg("n", c.captured).arg("all", c.counted);
        self.page.cx.words().say(self.page.cx.lang, &say)
    }
    fn date(&self, day: &Date) -> String {
        self.page.date(&(self.zone_start)(*day))
    }
}

async fn choices(cx: &Ctx) -> Result<Vec<(String, String)>> {
    let all = match cx.actor.scopes(SEE_DESK) {
        None => agencies::everyone(cx.db()).await?.into_iter().filter(|a| a.current).collect(),
        Some(scopes) => {
            let mut all = vec![];
            for id in scopes {
                all.push(agencies::find(cx.db(), id).await?);
            }
            all
        }
    };
    Ok(all.iter().map(|a| (a.id.to_string(), a.name(cx.lang).to_owned())).collect())
}

pub async fn figures(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let choices = choices(&cx).await?;
    let first = || choices.first().and_then(|(id, _)| id.parse().ok());
    let agency = q.agency.or_else(|| super::own_agency(&cx)).or_else(first).ok_or_else(Error::not_allowed)?;
    if !cx.actor.may(SEE_DESK, agency) {
        return Err(Error::not_allowed());
    }
    let days = Days::of(&cx, q.from.as_deref(), q.to.as_deref())?;
    let f = figures::of(&cx, agency, days).await?;
    let captures = capture::of(&cx, agency).await?;
    let chart = Chart::of(&f, "sent", "comments");
    let page = Page::new(&cx, "metrics-title");
    let pack = cx.machine.part::<Pack>()?.clone();
    let zone_start = Box::new(move |day| pack.start_of(day));
    let shown = Shown { page, f, captures, chart, agency: agency.to_string(), choices, zone_start };
    Ok(html(shown.render().map_err(Error::fault)?))
}

struct Row {
    account: String,
    m: Measure,
}

impl Row {
    fn stage(&self) -> &'static str {
        match self.m.stage.as_str() {
            "1h" => "metrics-stage-hour",
            "24h" => "metrics-stage-day",
            _ => "metrics-stage-week",
        }
    }
}

#[derive(Template)]
#[template(path = "metrics/pages/post.html")]
struct OfPost {
    page: Page,
    post: Post,
    counts: Vec<(&'static str, i64)>,
    rows: Vec<Row>,
}

impl OfPost {
    /// Not told is not zero.
    fn told(&self, n: &Option<i64>) -> String {
        n.map_or_else(|| "–".into(), |n| self.page.num(n))
    }
}

pub async fn of_post(cx: Ctx, Id(id): Id) -> Result<Response> {
    let post = posts::see(&cx, id).await?;
    let found = store::of_post(cx.db(), id).await?;
    let n = |kind: &str| found.iter().find(|(k, _)| k == kind).map_or(0, |(_, n)| *n);
    let counts = KINDS.iter().map(|k| (word(k), n(k))).collect();
    let mut rows = vec![];
    for m in store::measures(cx.db(), id).await? {
        rows.push(Row { account: accounts::find(cx.db(), m.account_id).await?.label(&cx), m });
    }
    let page = Page::new(&cx, "metrics-post-title");
    Ok(html(OfPost { page, post, counts, rows }.render().map_err(Error::fault)?))
}
