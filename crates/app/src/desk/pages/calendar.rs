//! The calendar's page, and moving a post on it.
use crate::desk::calendar::{self, A_DAY, Day, Span};
use crate::people::roles::DRAFT_POSTS;
use crate::policy::Pack;
use crate::posts;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, Query, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say, words};
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize, Default)]
pub struct Wanted {
    month: Option<String>,
    week: Option<String>,
    agency: Option<i64>,
}

/// What could not be moved, and where it was to go.
struct Refused {
    id: i64,
    typed: String,
}

#[derive(Template)]
#[template(path = "desk/pages/calendar.html")]
struct Calendar {
    page: Page,
    heading: String,
    days: Vec<Day>,
    full: bool,
    span: Span,
    today: Date,
    agency: i64,
    choices: Vec<(String, String)>,
    may_draft: bool,
    refused: Refused,
}

impl Calendar {
    fn at(&self, query: &str) -> String {
        if self.choices.len() > 1 {
            format!("/posts/calendar?{query}&agency={}", self.agency)
        } else {
            format!("/posts/calendar?{query}")
        }
    }
    fn input(&self, id: &i64, at: &i64) -> String {
        if *id == self.refused.id { self.refused.typed.clone() } else { words::local_input(*at) }
    }
    /// The list of what is wrong leads to the field that was refused.
    fn input_id(&self, id: &i64) -> String {
        if *id == self.refused.id { "scheduled_at".into() } else { format!("at-{id}") }
    }
    fn beside(&self, step: i64) -> String {
        self.at(&self.span.beside(step))
    }
    fn other(&self) -> String {
        self.at(&self.span.other(self.today))
    }
    /// The span as a field of a form, so that a move comes back to it.
    fn span_name(&self) -> &'static str {
        if self.span.month.is_some() { "month" } else { "week" }
    }
    fn span_value(&self) -> String {
        self.span.query().split_once('=').map(|(_, value)| value.to_owned()).unwrap_or_default()
    }
    fn nothing(&self) -> bool {
        self.days.iter().all(|d| d.events.is_empty())
    }
}

async fn render(cx: &Ctx, w: &Wanted, refused: Refused, error: Option<&Error>) -> Result<String> {
    let page = Page::new(cx, "desk-cal-title").with(error);
    let pack = cx.machine.part::<Pack>()?;
    let today = pack.day_at(cx.now());
    let span = Span::of(w.month.as_deref().unwrap_or(""), w.week.as_deref().unwrap_or(""), today);
    let agency = calendar::agency(cx, w.agency).await?;
    let (days, full) = calendar::days(cx, &page, span, agency).await?;
    let start = pack.start_of(span.month.unwrap_or(span.first));
    let heading = match span.month {
        Some(_) => page.month(&start),
        None => page.ts("desk-cal-week-of", "day", page.date(&start)),
    };
    let choices = calendar::choices(cx).await?;
    let may_draft = cx.actor.may(DRAFT_POSTS, agency);
    let body = Calendar { page, heading, days, full, span, today, agency, choices, may_draft, refused };
    body.render().map_err(Error::fault)
}

pub async fn page(cx: Ctx, Query(w): Query<Wanted>) -> Result<Response> {
    Ok(html(render(&cx, &w, Refused { id: 0, typed: String::new() }, None).await?))
}

/// The same words at another time: the next version, by the rules of every edit.
pub async fn reschedule(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let typed = form.text("scheduled_at").to_owned();
    let wanted = || Wanted {
        month: Some(form.text("month").to_owned()),
        week: Some(form.text("week").to_owned()),
        agency: form.number("agency"),
    };
    let bad = || Error::invalid(vec![FieldError::new("scheduled_at", Say::new("posts-error-time"))]);
    let moved = match words::parse_local(&typed).ok_or_else(bad) {
        Ok(at) => posts::reschedule(&cx, id, form.number("version").unwrap_or(0), at).await.map(|_| at),
        Err(e) => Err(e),
    };
    match moved {
        Ok(at) => {
            let day = cx.machine.part::<Pack>()?.day_at(at);
            let week = !form.text("week").is_empty();
            let query =
                if week { format!("week={day}") } else { format!("month={:04}-{:02}", day.year(), day.month()) };
            let agency = form.number("agency").map(|a| format!("&agency={a}")).unwrap_or_default();
            Ok(see(format!("/posts/calendar?{query}{agency}#p{id}")))
        }
        Err(e) => Ok(html_again(render(&cx, &wanted(), Refused { id, typed }, Some(&again(e)?)).await?)),
    }
}
