//! Agencies as a table, in.
use crate::agencies::importing::{self, Done, Outcome, SHOWN};
use crate::agencies::reorganising::allowed;
use crate::agencies::table::MOST_ROWS;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, html, html_again};
use ground::{Ctx, Error, FieldError, Result, Say};

#[derive(Template)]
#[template(path = "agencies/pages/import.html")]
struct Import {
    page: Page,
    most: usize,
    /// Line, column, what is wrong.
    faults: Vec<(u64, &'static str, String)>,
    more: usize,
    done: Option<(Done, bool)>,
}

fn render(cx: &Ctx, outcome: Option<Outcome>, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "agencies-table-title").with(error);
    let mut import = Import { page, most: MOST_ROWS, faults: vec![], more: 0, done: None };
    match outcome {
        Some(Outcome::Faults(faults)) => {
            import.more = faults.len().saturating_sub(SHOWN);
            let shown = faults.iter().take(SHOWN);
            import.faults = shown.map(|f| (f.line, f.column, import.page.say(&f.say))).collect();
        }
        Some(Outcome::Good(done, carried)) => import.done = Some((done, carried)),
        None => {}
    }
    import.render().map_err(Error::fault)
}

pub async fn form(cx: Ctx) -> Result<Response> {
    allowed(&cx)?;
    Ok(html(render(&cx, None, None)?))
}

pub async fn submit(cx: Ctx, form: FormData) -> Result<Response> {
    let outcome = match form.file("file") {
        Some(file) => importing::import(&cx, &file.bytes, form.text("do") == "carry-out").await,
        None => Err(Error::invalid(vec![FieldError::new("file", Say::new("agencies-no-file"))])),
    };
    match outcome {
        Ok(faults @ Outcome::Faults(_)) => Ok(html_again(render(&cx, Some(faults), None)?)),
        Ok(good) => Ok(html(render(&cx, Some(good), None)?)),
        Err(e) => Ok(html_again(render(&cx, None, Some(&again(e)?))?)),
    }
}
