//! What the public sees of moderation: the grounds, a decision's statement, and the ways to report and to appeal.
use super::{GroundChoice, choices};
use crate::agencies;
use crate::inbox::{self, Message};
use crate::moderation::case::{Appeal, Decision};
use crate::moderation::{actions, store};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::DAY;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result, Say};

#[derive(Template)]
#[template(path = "moderation/pages/grounds.html")]
struct Grounds {
    page: Page,
    /// Each with how many decisions of late named it, and how many of them fell on appeal.
    grounds: Vec<(GroundChoice, i64, i64)>,
}

impl Grounds {
    fn used(&self, all: &i64, fell: &i64) -> String {
        match *all {
            0 => self.page.word("moderation-used-never"),
            n => self.page.say(&Say::new("moderation-used").arg("n", n).arg("fell", *fell)),
        }
    }
}

/// How far back the public list of grounds counts.
const OF_LATE: i64 = 90 * DAY;

pub async fn grounds(cx: Ctx) -> Result<Response> {
    let counted = store::by_ground(cx.db(), cx.now() - OF_LATE).await?;
    let n = |ground: &str, fell: bool| {
        let own = counted.iter().filter(|(g, state, _)| g == ground && (!fell || state == "overturned"));
        own.map(|(_, _, n)| n).sum()
    };
    let with = |g: GroundChoice| {
        let (all, fell) = (n(&g.id, false), n(&g.id, true));
        (g, all, fell)
    };
    let grounds = choices(&cx)?.into_iter().map(with).collect();
    let page = Grounds { page: Page::new(&cx, "moderation-grounds-title"), grounds };
    Ok(html(page.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "moderation/pages/statement.html")]
struct Statement {
    page: Page,
    d: Decision,
    agency: String,
    ground: Option<GroundChoice>,
    appeal: Option<Appeal>,
    /// The reader is who wrote it: sees the words, the reason, and the way to appeal.
    own: bool,
    may_appeal: bool,
    typed: String,
}

async fn render(cx: &Ctx, id: i64, typed: &str, error: Option<&Error>) -> Result<String> {
    let d = store::find(cx.db(), id).await?;
    if !d.acts() || matches!(d.state.as_str(), "proposed" | "declined") {
        return Err(Error::not_found());
    }
    let agency = agencies::name(cx.db(), d.agency_id, cx.lang).await?;
    let ground = choices(cx)?.into_iter().find(|g| g.id == d.ground);
    let appeal = store::appeal_of(cx.db(), id).await?;
    let own = cx.actor.citizen().is_ok() && d.author == cx.actor.label();
    let may_appeal = d.state == "final" && appeal.is_none() && cx.now() <= d.appeal_by;
    let page = Page::new(cx, "moderation-statement-title").with(error);
    let statement = Statement { page, d, agency, ground, appeal, own, may_appeal, typed: typed.into() };
    statement.render().map_err(Error::fault)
}

pub async fn decision(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(render(&cx, id, "", None).await?))
}

pub async fn appeal(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match actions::appeal(&cx, id, form.text("text")).await {
        Ok(_) => Ok(see(format!("/decisions/{id}"))),
        Err(e) => Ok(html_again(render(&cx, id, form.text("text"), Some(&again(e)?)).await?)),
    }
}

#[derive(Template)]
#[template(path = "moderation/pages/report.html")]
struct ReportForm {
    page: Page,
    m: Message,
    reason: String,
    done: bool,
}

async fn report_page(cx: &Ctx, id: i64, reason: &str, done: bool, error: Option<&Error>) -> Result<String> {
    let m = inbox::find(cx.db(), id).await?;
    if !m.on_site() || m.visibility != "shown" {
        return Err(Error::not_found());
    }
    let page = Page::new(cx, "moderation-report-title").with(error);
    ReportForm { page, m, reason: reason.into(), done }.render().map_err(Error::fault)
}

pub async fn report_form(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(report_page(&cx, id, "", false, None).await?))
}

pub async fn report(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    match actions::report(&cx, id, form.text("reason")).await {
        Ok(_) => Ok(html(report_page(&cx, id, "", true, None).await?)),
        Err(e) => Ok(html_again(report_page(&cx, id, form.text("reason"), false, Some(&again(e)?)).await?)),
    }
}
