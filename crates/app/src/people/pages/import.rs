//! Joiners, movers and leavers as a table, in and out.
use super::agency_name;
use crate::people::import::{self, Done, Outcome};
use crate::people::roles::{MANAGE_PEOPLE, Role};
use crate::people::staff::MOST_ROWS;
use crate::people::store;
use crate::shell::{Page, again, table};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, html, html_again};
use ground::{Ctx, Error, FieldError, Result, Say};

/// So many faults are listed; their number is told.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "people/pages/import.html")]
struct Import {
    page: Page,
    most: usize,
    faults: Vec<(u64, String)>,
    more: usize,
    done: Option<(Done, bool)>,
}

fn render(cx: &Ctx, outcome: Option<Outcome>, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "people-import-title").with(error);
    let mut import = Import { page, most: MOST_ROWS, faults: vec![], more: 0, done: None };
    match outcome {
        Some(Outcome::Faults(faults)) => {
            import.more = faults.len().saturating_sub(SHOWN);
            import.faults = faults.iter().take(SHOWN).map(|f| (f.line, import.page.say(&f.say))).collect();
        }
        Some(Outcome::Good(done, carried)) => import.done = Some((done, carried)),
        None => {}
    }
    import.render().map_err(Error::fault)
}

pub async fn form(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, None, None)?))
}

pub async fn submit(cx: Ctx, form: FormData) -> Result<Response> {
    let outcome = match form.file("file") {
        Some(file) => import::import(&cx, &file.bytes, form.text("do") == "carry-out").await,
        None => Err(Error::invalid(vec![FieldError::new("file", Say::new("people-import-no-file"))])),
    };
    match outcome {
        Ok(faults @ Outcome::Faults(_)) => Ok(html_again(render(&cx, Some(faults), None)?)),
        Ok(good) => Ok(html(render(&cx, Some(good), None)?)),
        Err(e) => Ok(html_again(render(&cx, None, Some(&again(e)?))?)),
    }
}

/// Everybody one manages, with their roles. Made so that it can be read back.
pub async fn export(cx: Ctx) -> Result<Response> {
    let scopes = cx.actor.scopes(MANAGE_PEOPLE);
    let (mut rows, mut after) = (vec![], 0);
    loop {
        let some = store::list_persons(cx.db(), scopes.clone(), "", after, 500).await?;
        let Some(last) = some.last() else { break };
        after = last.id;
        for p in &some {
            let held = store::grants_of(cx.db(), p.id).await?;
            let live = held.iter().filter(|g| g.live(cx.now())).filter_map(|g| Role::parse(&g.role));
            let roles: Vec<&str> = live.map(Role::code).collect();
            rows.push(vec![
                p.name.clone(),
                p.email.clone(),
                agency_name(&cx, p.agency_id).await?,
                p.employment.clone().unwrap_or_default(),
                p.job_title.clone().unwrap_or_default(),
                p.state.clone(),
                roles.join(" "),
            ]);
        }
    }
    table::download("people.csv", &["name", "email", "agency", "employment", "job_title", "state", "roles"], rows)
}
