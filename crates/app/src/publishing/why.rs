//! Why something waits, or is a person's turn. Rows, facts and the JSON interface keep our own reasons as these sentences; pages
//! say them in the reader's language. What a platform said stays in its own words.
use crate::shell::Page;

pub const RATE_LIMIT: &str = "rate limit";
pub const ASKED_TO_WAIT: &str = "the platform asked to wait";
pub const AWAY: &str = "the platform does not answer";
pub const NO_LOOK: &str = "no answer to a look";
pub const MAKING_READY: &str = "still being made ready";
pub const PAUSED: &str = "the machine was paused";
pub const LOOKING: &str = "no answer; looking for it on the platform";
pub const STOPPED: &str = "everything is stopped; it is looked for again afterwards";
pub const FORGOTTEN: &str = "the platform took it and no longer knows it";
pub const SILENT: &str = "the platform took it a day ago and does not say that it is out";

const WORDS: [(&str, &str); 10] = [
    (RATE_LIMIT, "publishing-why-asked"),
    (ASKED_TO_WAIT, "publishing-why-asked"),
    (AWAY, "publishing-why-away"),
    (NO_LOOK, "publishing-why-away"),
    (MAKING_READY, "publishing-why-making-ready"),
    (PAUSED, "publishing-why-paused"),
    (LOOKING, "publishing-why-looking"),
    (STOPPED, "publishing-why-stopped"),
    (FORGOTTEN, "publishing-why-forgotten"),
    (SILENT, "publishing-why-silent"),
];

/// A reason as a page shows it.
pub struct Told {
    /// The language it is in, as HTML names it.
    pub lang: &'static str,
    pub text: String,
}

pub fn told(page: &Page, why: &str) -> Told {
    match WORDS.iter().find(|(own, _)| *own == why) {
        Some((_, key)) => Told { lang: page.cx.lang.code(), text: page.word(key) },
        // Platforms are asked for English.
        None => Told { lang: "en", text: why.to_owned() },
    }
}
