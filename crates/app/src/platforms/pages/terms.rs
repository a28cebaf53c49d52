//! Terms of use as they were on a day, and what changed since the day before.
use super::day;
use crate::people;
use crate::platforms::actions::{self, NewTerms};
use crate::platforms::review::Terms;
use crate::platforms::{rules, store};
use crate::shell::changes::{Change, lines_changed};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::ctx::Who;
use ground::http::{FormData, Id, Piece, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "platforms/pages/terms_new.html")]
struct New {
    page: Page,
    platform: String,
    name: String,
    taken_on: String,
    source: String,
    body: String,
    note: String,
}

fn form(cx: &Ctx, platform: &str, data: &FormData, error: Option<&Error>) -> Result<String> {
    if !rules::oversees(&cx.actor) {
        return Err(Error::not_allowed());
    }
    let name = actions::known(cx, platform)?.name.clone();
    let mut page = Page::new(cx, "platforms-terms-new").with(error);
    page.title = format!("{name} · {}", page.title);
    let text = |field: &str| data.text(field).to_owned();
    let new = New {
        page,
        platform: platform.into(),
        name,
        taken_on: text("taken_on"),
        source: text("source"),
        body: text("body"),
        note: text("note"),
    };
    new.render().map_err(Error::fault)
}

pub async fn new(cx: Ctx, Piece(platform): Piece) -> Result<Response> {
    Ok(html(form(&cx, &platform, &FormData::default(), None)?))
}

pub async fn create(cx: Ctx, Piece(platform): Piece, data: FormData) -> Result<Response> {
    let text = |field: &str| data.text(field).to_owned();
    let recorded = async {
        let taken_at = day(&cx, "taken_on", data.text("taken_on"))?;
        let (source, body, note) = (text("source"), text("body"), text("note"));
        actions::record_terms(&cx, &NewTerms { platform: platform.clone(), taken_at, source, body, note }).await
    };
    match recorded.await {
        Ok(terms) => Ok(see(format!("/desk/platform-terms/{}", terms.id))),
        Err(e) => Ok(html_again(form(&cx, &platform, &data, Some(&again(e)?))?)),
    }
}

#[derive(Template)]
#[template(path = "platforms/pages/terms.html")]
struct One {
    page: Page,
    terms: Terms,
    name: String,
    by: String,
    acknowledged_by: String,
    previous: Option<Terms>,
    /// `None` where the two are too different to compare line by line.
    changed: Option<Vec<Change>>,
    may_acknowledge: bool,
    own: bool,
    effect: String,
    effect_note: String,
    effects: Vec<(String, String)>,
}

async fn show(cx: &Ctx, terms: Terms, data: &FormData, error: Option<&Error>) -> Result<String> {
    let name = actions::known(cx, &terms.platform)?.name.clone();
    let mut page = Page::new(cx, "platforms-terms-one").with(error);
    page.title = format!("{name} · {}", page.title);
    let previous = match terms.previous_id {
        Some(id) => Some(store::terms::find(cx.db(), id).await?),
        None => None,
    };
    let acknowledged_by = match terms.acknowledged_by {
        Some(person) => people::person_name(cx.db(), person).await?,
        None => String::new(),
    };
    let effects = ["none", "review"].map(|e| (e.to_owned(), page.word(&format!("platforms-effect-{e}"))));
    let one = One {
        name,
        by: people::person_name(cx.db(), terms.recorded_by).await?,
        acknowledged_by,
        changed: previous.as_ref().and_then(|p| lines_changed(&p.body, &terms.body)),
        previous,
        may_acknowledge: rules::oversees(&cx.actor) && !terms.acknowledged(),
        own: cx.actor.who == Who::Person(terms.recorded_by),
        effect: data.text("effect").into(),
        effect_note: data.text("effect_note").into(),
        effects: effects.into(),
        terms,
        page,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let terms = actions::see_terms(&cx, id).await?;
    Ok(html(show(&cx, terms, &FormData::default(), None).await?))
}

pub async fn acknowledge(cx: Ctx, Id(id): Id, data: FormData) -> Result<Response> {
    match actions::acknowledge(&cx, id, data.text("effect"), data.text("effect_note")).await {
        Ok(_) => Ok(see(format!("/desk/platform-terms/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let terms = actions::see_terms(&cx, id).await?;
            Ok(html_again(show(&cx, terms, &data, Some(&e)).await?))
        }
    }
}
