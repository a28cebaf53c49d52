//! The calendar: what goes out, went out or is meant to, by day. Moving something is writing its next version with
//! another time, by the same rules as any edit; what is approved stays where it was approved.
use crate::people::roles::{DRAFT_POSTS, SEE_DESK};
use crate::policy::Pack;
use crate::posts::{self, Brief, State};
use crate::shell::Page;
use crate::{agencies, publishing};
use ground::{Ctx, Error, Result};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// One page shows at most so many posts of an agency.
const MOST: i64 = 1000;
/// A day shows so many; the rest is folded.
pub const A_DAY: usize = 6;

/// A span of whole weeks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub first: Date,
    pub weeks: usize,
    /// The month it shows; none for a single week.
    pub month: Option<Date>,
}

fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

impl Span {
    /// `month` is `2026-11`, `week` a day in it; the present month when neither can be read.
    pub fn of(month: &str, week: &str, today: Date) -> Span {
        if let Ok(day) = week.parse::<Date>() {
            return Span { first: monday(day), weeks: 1, month: None };
        }
        let first = format!("{month}-01").parse().unwrap_or_else(|_| today.first_of_month());
        let from = monday(first);
        let days = (first.last_of_month() - from).get_days() + 1;
        Span { first: from, weeks: usize::try_from(days).unwrap_or(1).div_ceil(7), month: Some(first) }
    }
    pub fn day(&self, n: usize) -> Date {
        self.first.saturating_add(i64::try_from(n).unwrap_or(0).days())
    }
    pub fn end(&self) -> Date {
        self.day(self.weeks * 7)
    }
    /// The query of the span before (`-1`) or after (`1`).
    pub fn beside(&self, step: i64) -> String {
        match self.month {
            Some(month) => month_query(month.saturating_add(step.months())),
            None => format!("week={}", self.first.saturating_add(step.weeks())),
        }
    }
    pub fn query(&self) -> String {
        self.beside(0)
    }
    /// The same time by the other view.
    pub fn other(&self, today: Date) -> String {
        match self.month {
            Some(_) if self.first <= today && today < self.end() => format!("week={today}"),
            Some(month) => format!("week={month}"),
            None => month_query(self.first),
        }
    }
}

fn month_query(day: Date) -> String {
    format!("month={:04}-{:02}", day.year(), day.month())
}

/// One post on one day.
pub struct Event {
    pub id: i64,
    pub version: i64,
    pub at: i64,
    pub line: String,
    pub lang: &'static str,
    /// How its edge looks.
    pub class: &'static str,
    pub word: &'static str,
    pub may_move: bool,
    /// Moving takes it out of somebody's hands.
    pub submitted: bool,
}

pub struct Day {
    pub start: i64,
    pub number: i64,
    pub outside: bool,
    pub today: bool,
    pub events: Vec<Event>,
}

fn look(p: &Brief, deliveries: &[String], now: i64) -> (&'static str, &'static str) {
    let any = |states: &[&str]| deliveries.iter().any(|d| states.contains(&d.as_str()));
    match p.state() {
        State::Draft => ("draft", "desk-cal-draft"),
        State::Rejected if p.released_version.is_none() => ("draft bad", "desk-cal-rejected"),
        State::Submitted if p.released_version.is_none() => ("approval", "desk-cal-approval"),
        _ if any(&["failed", "unconfirmed"]) => ("trouble", "desk-cal-trouble"),
        _ if any(&["sent"]) => ("published", "desk-cal-published"),
        _ if p.due_at.is_some_and(|at| at > now) => ("scheduled", "desk-cal-scheduled"),
        _ => ("scheduled", "desk-cal-sending"),
    }
}

/// The agency whose calendar is shown: the one asked for, the person's own, the first they may see.
pub async fn agency(cx: &Ctx, wanted: Option<i64>) -> Result<i64> {
    if let Some(wanted) = wanted {
        return if cx.actor.may(SEE_DESK, wanted) { Ok(wanted) } else { Err(Error::not_allowed()) };
    }
    let scopes = cx.actor.scopes(SEE_DESK);
    let home = cx.actor.home.filter(|h| scopes.as_ref().is_none_or(|s| s.contains(h)));
    if let Some(own) = home.or_else(|| scopes.as_ref().and_then(|s| s.first().copied())) {
        return Ok(own);
    }
    let everyone = agencies::everyone(cx.db()).await?;
    everyone.iter().find(|a| a.current).map(|a| a.id).ok_or_else(Error::not_found)
}

/// The agencies to choose from, when there is a choice.
pub async fn choices(cx: &Ctx) -> Result<Vec<(String, String)>> {
    let all = match cx.actor.scopes(SEE_DESK) {
        Some(scopes) => {
            let mut all = vec![];
            for id in scopes {
                all.push(agencies::find(cx.db(), id).await?);
            }
            all
        }
        None => agencies::everyone(cx.db()).await?.into_iter().filter(|a| a.current).collect(),
    };
    Ok(all.iter().map(|a| (a.id.to_string(), a.name(cx.lang).to_owned())).collect())
}

pub async fn days(cx: &Ctx, page: &Page, span: Span, agency: i64) -> Result<(Vec<Day>, bool)> {
    let pack = cx.machine.part::<Pack>()?;
    let (from, to) = (pack.start_of(span.first), pack.start_of(span.end()));
    let rows = posts::due(cx.db(), &[agency], from, to, MOST).await?;
    let ids: Vec<i64> = rows.iter().map(|p| p.id).collect();
    let mut states: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (post, state) in publishing::states_of(cx.db(), &ids).await? {
        states.entry(post).or_default().push(state);
    }
    let drafts = cx.actor.may(DRAFT_POSTS, agency);
    let today = pack.day_at(cx.now());
    let mut days: Vec<Day> = (0..span.weeks * 7)
        .map(|n| {
            let day = span.day(n);
            let outside = span.month.is_some_and(|m| m.month() != day.month());
            let number = i64::from(day.day());
            Day { start: pack.start_of(day), number, outside, today: day == today, events: vec![] }
        })
        .collect();
    let full = rows.len() as i64 >= MOST;
    for p in rows {
        let at = p.due_at.unwrap_or_default();
        let Some(day) = days.iter_mut().rev().find(|d| d.start <= at) else { continue };
        let (class, word) = look(&p, states.get(&p.id).map_or(&[], Vec::as_slice), cx.now());
        let (line, lang) = p.line(page.lang());
        let open = matches!(p.state(), State::Draft | State::Rejected | State::Submitted);
        let may_move = drafts && open && p.released_version.is_none();
        let submitted = p.state() == State::Submitted;
        day.events.push(Event { id: p.id, version: p.version, at, line, lang, class, word, may_move, submitted });
    }
    Ok((days, full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_monday() {
        let today = Date::constant(2026, 11, 24);
        let month = Span::of("", "", today);
        assert_eq!(
            (month.first.to_string(), month.weeks, month.end().to_string()),
            ("2026-10-26".into(), 6, "2026-12-07".into())
        );
        assert_eq!((month.beside(1), month.beside(-1)), ("month=2026-12".into(), "month=2026-10".into()));
        assert_eq!(month.other(today), "week=2026-11-24");
        let february = Span::of("2027-02", "", today);
        assert_eq!(
            (february.first.to_string(), february.weeks),
            ("2027-02-01".into(), 4),
            "a month that is four weeks"
        );
        let week = Span::of("", "2026-12-31", today);
        assert_eq!(
            (week.first.to_string(), week.weeks, week.beside(1)),
            ("2026-12-28".into(), 1, "week=2027-01-04".into())
        );
        for wrong in ["2026-13", "x", "9999-12", "2026-11-24"] {
            Span::of(wrong, "", today);
        }
    }
}
