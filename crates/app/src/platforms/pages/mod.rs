//! Platforms as pages: the public list and summary, and the desk where they are reviewed.
mod ability;
pub mod desk;
pub mod public;
pub mod review;
pub mod terms;

use super::form::{CHOICES, Form, RISKS, SCORES, SECTIONS, rating};
use crate::policy::Pack;
use crate::shell::Page;
use ground::{Ctx, Error, FieldError, Result, Say};

/// One answered question.
pub struct Line {
    pub label: String,
    /// yes, partly or no in words; empty where the question is answered in words.
    pub choice: String,
    pub note: String,
    pub lang: &'static str,
    /// An agency answers this otherwise than the model.
    pub differs: bool,
}

/// One answered part of the form.
pub struct Part {
    pub key: &'static str,
    pub title: String,
    pub clause: &'static str,
    pub lines: Vec<Line>,
}

pub fn parts(page: &Page, whole: &Form, differences: Option<&Form>) -> Vec<Part> {
    let line = |item: &super::form::Item| {
        let answer = whole.answer(item.key);
        let choice = CHOICES.iter().find(|(c, _)| *c == answer.choice).map(|(_, word)| page.word(word));
        Line {
            label: page.word(item.word),
            choice: choice.unwrap_or_default(),
            lang: page.lang_of(&answer.note),
            note: answer.note,
            differs: differences.is_some_and(|d| d.answers.contains_key(item.key)),
        }
    };
    let part = |s: &super::form::Section| Part {
        key: s.key,
        title: page.word(s.word),
        clause: s.clause,
        lines: s.items.iter().map(line).collect(),
    };
    SECTIONS.iter().map(part).collect()
}

/// A risk in numbers and in a word.
pub struct Risk {
    pub title: String,
    pub clause: &'static str,
    pub score: i64,
    pub word: &'static str,
    pub tone: &'static str,
}

pub fn risks(page: &Page, whole: &Form) -> Vec<Risk> {
    let titles = ["platforms-risk-privacy", "platforms-risk-residual", "platforms-risk-security"];
    let risk =
        |(n, ((_, _, clause), title)): (usize, (&(super::form::Item, super::form::Item, &'static str), &str))| {
            let score = whole.risk(n);
            let (word, tone) = rating(score);
            Risk { title: page.word(title), clause, score, word, tone }
        };
    RISKS.iter().zip(titles).enumerate().map(risk).collect()
}

/// What the policy chooses by: the measure, its score and its weight.
pub struct Score {
    pub label: String,
    pub score: i64,
    pub weight: i64,
}

pub fn scores(page: &Page, whole: &Form) -> Vec<Score> {
    let score = |(score, weight): &(super::form::Item, super::form::Item)| Score {
        label: page.word(score.word),
        score: whole.number(score.key),
        weight: whole.number(weight.key),
    };
    SCORES.iter().map(score).collect()
}

/// `3.2` of 32 tenths, in the digits of the reader.
pub fn tenths(page: &Page, n: i64) -> String {
    format!("{}.{}", page.num(n / 10), page.num(n % 10))
}

/// The first moment of a day that was typed; empty is none.
pub fn day(cx: &Ctx, field: &'static str, text: &str) -> Result<Option<i64>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = text.trim().parse::<jiff::civil::Date>();
    let day = day.map_err(|_| Error::invalid(vec![FieldError::new(field, Say::new("platforms-error-day"))]))?;
    Ok(Some(cx.machine.part::<Pack>()?.start_of(day)))
}

/// The last moment of a day that was typed.
pub fn end_of_day(cx: &Ctx, field: &'static str, text: &str) -> Result<Option<i64>> {
    Ok(day(cx, field, text)?.map(|at| at + ground::clock::DAY))
}

pub fn kind_word(kind: &str) -> String {
    format!("platforms-kind-{kind}")
}
