//! What the plans in force cover together, and which agencies have none.
use crate::plans::coverage::{self, Coverage, Group, Held, Line};
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "plans/pages/coverage.html")]
struct Shown {
    page: Page,
    coverage: Coverage,
    lang: &'static str,
}

impl Shown {
    fn groups(&self) -> [Group; 5] {
        Group::ALL
    }
    fn lines(&self, group: &Group) -> Vec<&Line> {
        self.coverage.of(*group)
    }
    fn title<'a>(&self, line: &'a Line) -> &'a str {
        line.title.get(self.lang)
    }
    fn share(&self, line: &Line) -> usize {
        line.plans.len() * 100 / self.coverage.with_plan().max(1)
    }
    /// Agencies with a plan in force, for the matrix of issues.
    fn planned(&self) -> Vec<&Held> {
        self.coverage.held.iter().filter(|h| h.plan.is_some()).collect()
    }
    fn without(&self) -> Vec<&Held> {
        self.coverage.held.iter().filter(|h| h.plan.is_none()).collect()
    }
    fn takes_up(&self, held: &Held, line: &Line) -> bool {
        held.plan.as_ref().is_some_and(|(plan, _)| line.plans.contains(plan))
    }
    fn name<'a>(&self, held: &'a Held) -> &'a str {
        held.agency.name(self.page.cx.lang)
    }
    fn name_lang(&self, held: &Held) -> &'static str {
        held.agency.name_lang(self.page.cx.lang)
    }
}

pub async fn page(cx: Ctx) -> Result<Response> {
    let page = Page::new(&cx, "plans-coverage-title");
    let shown = Shown { page, coverage: coverage::coverage(&cx).await?, lang: cx.lang.code() };
    Ok(html(shown.render().map_err(Error::fault)?))
}
