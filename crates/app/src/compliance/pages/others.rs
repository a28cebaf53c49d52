//! The pages of whoever oversees: one clause across agencies, and whom to help.
use crate::agencies::{self, Agency};
use crate::compliance::actions;
use crate::compliance::finding::{self, State};
use crate::compliance::map::{self, Line, Sums};
use crate::compliance::store::{self, HelpRequest};
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Piece, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "compliance/pages/clause.html")]
struct ClausePage {
    page: Page,
    id: String,
    obligation: String,
    level: &'static str,
    sums: Sums,
    who: Vec<(Agency, State)>,
    controls: Vec<(&'static str, &'static str)>,
}

pub async fn clause(cx: Ctx, Piece(id): Piece) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let place = pack.obligations().iter().position(|o| o.id == id).ok_or_else(Error::not_found)?;
    let (sums, who) = map::clause(&cx, place).await?;
    let ground::slice::Controls(all) = cx.machine.part()?;
    let controls = finding::serving(pack, all, &id).into_iter().map(|(_, c)| (c.id, c.shown_by)).collect();
    let o = &pack.obligations()[place];
    let title = pack.clause(&id).map_or_else(|| id.clone(), |c| format!("{id} · {}", c.title.get(cx.lang.code())));
    let page = Page::titled(&cx, title);
    let shown = ClausePage { page, id, obligation: o.obligation.clone(), level: o.level.key(), sums, who, controls };
    Ok(html(shown.render().map_err(Error::fault)?))
}

#[derive(Template)]
#[template(path = "compliance/pages/help.html")]
struct HelpPage {
    page: Page,
    requests: Vec<(HelpRequest, Agency)>,
    lines: Vec<Line>,
    typed: (i64, String),
}

async fn help_page(cx: &Ctx, typed: (i64, String), error: Option<&Error>) -> Result<String> {
    let mut requests = vec![];
    for r in store::requests_open(cx.db()).await? {
        let agency = agencies::find(cx.db(), r.agency_id).await?;
        requests.push((r, agency));
    }
    let sections = map::sections(cx, true)?;
    let mut lines = map::lines(cx, &sections, "").await?;
    // Whose work is furthest from what binds them, first.
    lines.sort_by_key(|l| (std::cmp::Reverse(l.sums.not_met), l.sums.share(), l.agency.code.clone()));
    lines.truncate(50);
    let page = Page::new(cx, "compliance-help-title").with(error);
    HelpPage { page, requests, lines, typed }.render().map_err(Error::fault)
}

pub async fn help(cx: Ctx) -> Result<Response> {
    Ok(html(help_page(&cx, (0, String::new()), None).await?))
}

pub async fn answer(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let text = form.text("answer").to_owned();
    match actions::answer(&cx, id, &text).await {
        Ok(()) => Ok(see("/compliance/help")),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(help_page(&cx, (id, text), Some(&e)).await?))
        }
    }
}
